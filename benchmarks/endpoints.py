"""Addresses found, beside `strings | grep` and the patterns of apkleaks, on real apps.

`python -m benchmarks.endpoints [--list] [APK …]`

*strings* is every `http(s)`, `ws(s)` address in the bytes of every unpacked file. *apkleaks* are
the patterns of that tool (its package is fetched with pip, nothing of it is kept here) over what a
decompiler would print: the constants that code loads, string resources and text files; of what its
link pattern finds, absolute addresses are compared and paths are counted. An address is compared
by host and path. With `--list`, every difference is printed with what this program takes it for.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from auditor.catalog import Catalog
from auditor.dex import CodeIndex, DexInput
from auditor.errors import UnreadablePackageError
from auditor.facts.urls import UrlBook, find_urls, split_url, url_book
from auditor.ingest import read_code, read_package
from auditor.model import Package
from auditor.pipeline import Options, audit
from benchmarks.fetch import apks, cache

_BYTES = re.compile(
    rb"(?:https?|wss?)://[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+"
)
_TEXT = (".json", ".js", ".html", ".htm", ".txt", ".xml", ".properties", ".css", ".bundle", ".md")


def main() -> int:
    """Print one block for each app."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("apk", nargs="*", type=Path)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    catalog = Catalog()
    for path in options.apk or apks():
        _compare(path, catalog, listed=options.list)
    return 0


def _compare(path: Path, catalog: Catalog, *, listed: bool) -> None:
    package = read_package(path)
    report = audit(path, catalog, Options(quotes=False))
    index = CodeIndex.build([DexInput(*file) for file in read_code(package).files])
    ours = {key for e in report.endpoints if (key := _key(e.url))}
    grep = _keys(_strings(package))
    printed = list(_printed(package, index))
    pattern = re.compile(_link_pattern())
    links = [m[1] for text in printed for m in pattern.finditer(f'"{text}"')]
    leaks = _keys(u for link in links if "://" in link for u in find_urls(link))
    paths = {link for link in links if "://" not in link}
    print(f"\n{path.name}: {len(ours)} here, {len(grep)} strings, {len(leaks)} apkleaks", end="")
    print(f" (and {len(paths)} texts that its pattern takes for paths)")
    book, loaded = url_book(catalog), _loaded(index)
    for name, theirs in (("strings", grep), ("apkleaks", leaks)):
        kinds = {key: _why(key, book, loaded, ours) for key in sorted(theirs - ours)}
        counts = ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(kinds.values()).items()))
        print(f"  {name}: {len(theirs & ours)} of them here too; not here: {counts or 'none'}")
        for key, kind in kinds.items() if listed else ():
            print(f"      {kind:<28}{key[:140]}")
        missed = sorted(ours - theirs)
        print(f"  {len(missed)} here that {name} does not have")
        for key in missed if listed else ():
            print(f"      {key[:140]}")


def _key(url: str) -> str:
    """Host and path of an address."""
    parts = split_url(url)
    if parts is None or not parts.hostname or "{" in parts.hostname:
        return ""
    return parts.hostname.lower() + parts.path.rstrip("/")


def _keys(urls: Iterable[str]) -> set[str]:
    return {key for url in urls if (key := _key(url))}


def _files(package: Package) -> Iterator[tuple[str, bytes]]:
    for file in package.files:
        try:
            yield file.name, file.load()
        except UnreadablePackageError:
            continue


def _strings(package: Package) -> Iterator[str]:
    for _, data in _files(package):
        for match in _BYTES.finditer(data):
            yield match.group().decode("ascii").rstrip(".,;:)'\"")


def _printed(package: Package, index: CodeIndex) -> Iterator[str]:
    """What a decompiler would print between quotes, and the text files."""
    yield from index.literals()
    for cls in index.classes():
        for fid in index.fields_of(cls):
            value = index.field(fid).static_value
            if isinstance(value, str):
                yield value
    for texts in package.resources.strings().values():
        yield from texts.values()
    for name, data in _files(package):
        if name.lower().endswith(_TEXT) and b"\0" not in data[:1000]:
            yield from re.findall(r"[\"']([^\"'\n]{3,2000})[\"']", data.decode("utf-8", "replace"))


def _loaded(index: CodeIndex) -> set[str]:
    return _keys(u for text in index.literals() if "://" in text for u in find_urls(text))


def _why(key: str, book: UrlBook, loaded: set[str], ours: set[str]) -> str:
    """What an address is that others list and this program does not."""
    kinds = {book.kind(f"{scheme}://{key}") for scheme in ("http", "https")}
    if other := sorted(kinds - {"endpoint"}):
        return other[0]
    if any(mine.startswith(key) for mine in ours):
        return "beginning of one here"
    if any(key.startswith(mine) for mine in ours):
        return "cut off elsewhere"
    return "in constants of the code" if key in loaded else "in no constant of the code"


def _link_pattern() -> str:
    """The link pattern of apkleaks, out of its own package."""
    kept = cache() / "apkleaks-regexes.json"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "apkleaks"]
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
            (wheel,) = Path(folder).glob("apkleaks*.whl")
            with zipfile.ZipFile(wheel) as held:
                kept.write_bytes(held.read("config/regexes.json"))
    pattern: str = json.loads(kept.read_text())["LinkFinder"]
    return pattern


if __name__ == "__main__":
    sys.exit(main())
