"""The same app gives the same bytes, whatever the hash seed and the order of DEX files.

Each *variant* is a process of its own that audits every app and tells the digest of its JSON.

    python -m benchmarks.evaluate_determinism LIST VARIANT
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
OUT = ROOT / "out" / "evaluate" / "determinism"
VARIANTS = {"seed-1": "1", "seed-2": "2", "reversed": "3"}
"""Variant → hash seed. `reversed` takes DEX files, and the apps themselves, last first."""


def determinism(corpus: Path, processes: int) -> bool:
    """Compare the JSON of all variants for every case of LoanBench and every sample."""
    apps = [*_loanbench(corpus), *_samples()]
    OUT.mkdir(parents=True, exist_ok=True)
    listed = OUT / "apps.json"
    listed.write_text(json.dumps(apps), encoding="utf-8")
    with ThreadPoolExecutor(processes) as pool:
        digests = list(pool.map(_run, [listed] * len(VARIANTS), VARIANTS))
    first, good = digests[0], True
    for variant, found in zip(VARIANTS, digests, strict=True):
        for name in sorted(first):
            if found[name] != first[name]:
                good = False
                print(f"  {name}: {variant} differs from seed-1: {_difference(name, variant)}")
    print(f"{len(apps)} apps, {len(VARIANTS)} variants: {'identical' if good else 'DIFFERENT'}")
    return good


def _loanbench(corpus: Path) -> list[tuple[str, str, list[str]]]:
    found = []
    for path in sorted(corpus.glob("loanbench/dev/*/truth.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        terms = [str(path.parent / name) for name in truth.get("terms_files", ())]
        found.append((path.parent.name, str(path.parent / truth["artifact"]), terms))
    return found


def _samples() -> list[tuple[str, str, list[str]]]:
    found = []
    for path in sorted((ROOT / "samples").glob("*/expected.json")):
        said = json.loads(path.read_text(encoding="utf-8"))
        terms = [str(path.parent / name) for name in said.get("terms", ())]
        app = path.parent / said.get("artifact", "app.apk")
        if app.exists():
            found.append(("sample-" + path.parent.name, str(app), terms))
    return found


def _run(listed: Path, variant: str) -> dict[str, str]:
    command = [sys.executable, "-m", "benchmarks.evaluate_determinism", str(listed), variant]
    environment = {**os.environ, "PYTHONHASHSEED": VARIANTS[variant]}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    digests = json.loads(done.stdout)
    assert isinstance(digests, dict)
    return digests


def _difference(name: str, variant: str) -> str:
    a, b = (
        (OUT / v / f"{name}.json").read_text(encoding="utf-8").splitlines()
        for v in ("seed-1", variant)
    )
    lines = [x for x in difflib.unified_diff(a, b, lineterm="", n=0) if x[:3] not in ("---", "+++")]
    return " | ".join(lines[1:5])[:300]


def write_all(apps: Sequence[tuple[str, str, list[str]]], variant: str) -> dict[str, str]:
    """Audit every app in this process; return the digest of each report."""
    from auditor import pipeline
    from auditor.catalog import Catalog
    from auditor.report import RENDERERS

    if variant == "reversed":
        straight = pipeline.read_code
        pipeline.read_code = lambda package: replace(  # type: ignore[attr-defined]
            straight(package), files=tuple(reversed(straight(package).files))
        )
    catalog, digests = Catalog(), {}
    folder = OUT / variant
    folder.mkdir(parents=True, exist_ok=True)
    for name, app, terms in apps if variant != "reversed" else list(reversed(apps)):
        given = tuple(pipeline.read_terms_file(Path(t)) for t in terms)
        options = pipeline.Options(terms=given, quotes=False)
        text = RENDERERS["json"](pipeline.audit(Path(app), catalog, options), "en")
        assert isinstance(text, str)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
        digests[name] = hashlib.sha256(text.encode()).hexdigest()
    return digests


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(write_all(given, sys.argv[2])))
