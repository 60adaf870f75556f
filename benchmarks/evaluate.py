"""Measure how good the answers are, on corpora with known truth.

    python -m benchmarks.evaluate [--corpus FOLDER] [--only PART]… [--processes N]

FOLDER (default `$AUDITOR_CORPUS`, else `../shared/corpus`) holds `loanbench/` (apps with
`truth.json`, and `score.py`), `droidbench/` (apps and `truth.csv`) and `terms/`; a part that is not
there is skipped with a word. Parts: `loanbench`, `droidbench`, `renamed` (built here, see
`evaluate_renamed.py`), `terms`, `determinism`. Reports are written to `out/evaluate/`. Exit code
1 when a figure stands below its target.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks import evaluate_determinism, evaluate_droidbench, evaluate_renamed

ROOT = Path(__file__).parent.parent
OUT = ROOT / "out" / "evaluate"
TARGETS = {"precision": 0.97, "recall": 0.95, "endpoint": 0.90, "scope": 0.95, "consent": 0.90}
"""Of LoanBench, over flows that are `traced`."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    default = os.environ.get("AUDITOR_CORPUS") or str(ROOT.parent / "shared" / "corpus")
    parser.add_argument("--corpus", type=Path, default=Path(default))
    parser.add_argument("--only", action="append", choices=sorted(PARTS), default=[])
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    good = True
    for name in options.only or PARTS:
        begin = time.perf_counter()
        print(f"\n==== {name}", flush=True)
        good = PARTS[name](options.corpus, options.processes) and good
        print(f"{name}: {time.perf_counter() - begin:.1f} s", flush=True)
    sys.exit(0 if good else 1)


# ---------------------------------------------------------------- LoanBench


def loanbench(corpus: Path, processes: int) -> bool:
    """Scan every case as a user would, quotes off, and let the corpus's own program score it."""
    base = corpus / "loanbench"
    cases = sorted(p.parent for p in base.glob("dev/*/truth.json"))
    if not cases:
        print(f"no LoanBench in {base}: skipped")
        return True
    out = OUT / "loanbench"
    out.mkdir(parents=True, exist_ok=True)
    begin = time.perf_counter()
    with ProcessPoolExecutor(processes) as pool:
        seconds = list(pool.map(_scan, cases, [out] * len(cases)))
    slowest = max(zip(seconds, cases, strict=True))
    print(
        f"{len(cases)} apps in {time.perf_counter() - begin:.1f} s with {processes} processes;"
        f" slowest {slowest[1].name}, {slowest[0]:.1f} s"
    )
    table = out.parent / "loanbench.json"
    command = [sys.executable, str(base / "score.py"), str(out), "--json", str(table)]
    print(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return _meets(json.loads(table.read_text(encoding="utf-8")))


def _scan(case: Path, out: Path) -> float:
    """Write the reports of one case; return the seconds it took."""
    from auditor.catalog import Catalog
    from auditor.pipeline import Options, audit, read_terms_file
    from auditor.report import RENDERERS

    truth = json.loads((case / "truth.json").read_text(encoding="utf-8"))
    terms = tuple(read_terms_file(case / name) for name in truth.get("terms_files", ()))
    begin = time.perf_counter()
    report = audit(case / truth["artifact"], Catalog(), Options(terms=terms, quotes=False))
    seconds = time.perf_counter() - begin
    for suffix in ("json", "html"):
        text = RENDERERS[suffix](report, "en")
        assert isinstance(text, str)
        (out / f"{case.name}.{suffix}").write_text(text, encoding="utf-8")
    return seconds


def _meets(rows: list[dict[str, object]]) -> bool:
    """Print each figure beside its target."""

    def total(key: str, place: int | None = None) -> int:
        return sum(r[key] if place is None else r[key][place] for r in rows)  # type: ignore

    found, missed, alarms = total("tp"), total("fn"), total("fp")
    figures = {
        "precision": found / max(1, found + alarms),
        "recall": found / max(1, found + missed),
        "endpoint": total("ep", 0) / max(1, total("ep", 1)),
        "scope": total("scope", 0) / max(1, total("scope", 1)),
        "consent": total("consent", 0) / max(1, total("consent", 1)),
    }
    for name, figure in figures.items():
        word = "met" if figure >= TARGETS[name] else "NOT MET"
        print(f"{name:<10} {figure:.3f}  target {TARGETS[name]:.2f}  {word}")
    return all(figure >= TARGETS[name] for name, figure in figures.items())


# ---------------------------------------------------------------- terms


def terms(corpus: Path, processes: int) -> bool:
    """Run the evaluation of terms, which prints its own tables."""
    folder = corpus / "terms"
    if not (folder / "ca4p.texts.tar.gz").exists():
        print(f"no corpus of terms in {folder}: skipped")
        return True
    command = [sys.executable, "-m", "benchmarks.terms_evaluate", "--corpus", str(folder)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


PARTS: dict[str, Callable[[Path, int], bool]] = {
    "loanbench": loanbench,
    "droidbench": evaluate_droidbench.droidbench,
    "renamed": evaluate_renamed.renamed,
    "terms": terms,
    "determinism": evaluate_determinism.determinism,
}


if __name__ == "__main__":
    main()
