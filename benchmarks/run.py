"""Side by side in one run: the bytecode index, the whole `auditor scan`, androguard's AnalyzeAPK.

`python -m benchmarks.run [--runs N] [--reference-runs N] [--json FILE] [APK …]`

Each subject is a process of its own, started anew for each run, subjects taking turns; measured are
its wall-clock time, its processor time (steadier on a busy machine) and the peak of its resident
memory, as the kernel reports them to `wait4`. Printed are medians, and the ratios to AnalyzeAPK.
*floor* only unzips the DEX files. Targets are judged by processor time. Nobody here multiplies
matrices: numpy is told not to start a pool of threads (`OPENBLAS_NUM_THREADS=1`), which costs more
than reading a small DEX file. Last, how the time of one scan divides among its stages.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.fetch import apks

ROOT = Path(__file__).parent.parent
_READ_DEX = """
import re, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as zipped:
    names = [n for n in zipped.namelist() if re.fullmatch(r"classes[0-9]*[.]dex", n)]
    names.sort(key=lambda n: int(n[7:-4] or 1))
    files = [(name, zipped.read(name)) for name in names]
"""
_INDEX = """
from auditor.dex import CodeIndex, DexInput
index = CodeIndex.build([DexInput(*file) for file in files])
sites = [site for mid in index.methods_named("query") for site in index.callers(mid)]
assert len(index.classes()) > 0 and len(sites) > 0
"""
_ANALYZE = """
import sys
from loguru import logger
logger.remove()
from androguard.misc import AnalyzeAPK
apk, dexes, analysis = AnalyzeAPK(sys.argv[1])
sites = [c for m in analysis.find_methods(methodname="^query$") for c in m.get_xref_from()]
assert len(dexes) > 0 and len(sites) > 0
"""
_SCAN = """
import sys
from auditor.cli import main
sys.argv = ["auditor", "scan", sys.argv[1], "--out", sys.argv[2], "--format", "html,json"]
try:
    main()
except SystemExit as done:
    sys.exit(0 if done.code in (0, 1, None) else done.code)  # 1: findings above the threshold
"""
_STAGES = """
import json, sys, time
marks = [("imports", time.perf_counter())]
from collections.abc import Callable
from pathlib import Path
from auditor import pipeline
from auditor.catalog import Catalog
from auditor.report import RENDERERS
def progress(stage):
    marks.append((stage, time.perf_counter()))
report = pipeline.audit(Path(sys.argv[1]), Catalog(), pipeline.Options(progress=progress))
progress("report")
for name in ("html", "json"):
    RENDERERS[name](report, "en")
progress("")
spent = [(name, end - start) for (name, start), (_, end) in zip(marks, marks[1:])]
Path(sys.argv[2], "stages.json").write_text(json.dumps(spent))
"""
SUBJECTS = {"floor": _READ_DEX, "index": _READ_DEX + _INDEX, "scan": _SCAN, "androguard": _ANALYZE}
HIDDEN = {"stages": _STAGES}
TARGETS = {"index": (30, 8), "scan": (10, 4)}
"""How many times faster and smaller than androguard each should be at least."""


class Measured(NamedTuple):
    """One run, or the medians of several."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds."""
    memory: float
    """Peak, in MB."""


def measure(name: str, apk: Path, keep: Callable[[Path], None] | None = None) -> Measured:
    """Run one subject.

    Raises:
        RuntimeError: the subject fails.
    """
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as log:
        start = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-c", {**SUBJECTS, **HIDDEN}[name], str(apk), folder],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode or (name == "scan" and not any(Path(folder).iterdir())):
            log.seek(0)
            raise RuntimeError(
                f"{name} on {apk.name}: {log.read().decode(errors='replace')[-2000:]}"
            )
        if keep is not None:
            keep(Path(folder))
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def measure_all(
    apk: Path, subjects: list[str], runs: int, reference_runs: int
) -> dict[str, Measured]:
    """Medians of each subject on one APK."""
    taken: dict[str, list[Measured]] = {name: [] for name in subjects}
    for turn in range(max(runs, reference_runs)):
        for name in subjects:
            if turn < (reference_runs if name == "androguard" else runs):
                taken[name].append(measure(name, apk))
    return {
        name: Measured(*(statistics.median(column) for column in zip(*found, strict=True)))
        for name, found in taken.items()
    }


def report(apk: Path, medians: dict[str, Measured]) -> bool:
    """Print the rows of one APK; tell whether every target is met."""
    print(f"\n{apk.name} ({apk.stat().st_size / 1e6:.1f} MB)")
    reference = medians.get("androguard")
    met = True
    for name, row in medians.items():
        line = f"  {name:<12}{row.wall:>8.2f} s{row.cpu:>8.2f} s cpu{row.memory:>7.0f} MB"
        if reference is not None and name != "androguard":
            faster, cpu, smaller = (r / m for r, m in zip(reference, row, strict=True))
            line += f"{faster:>8.1f}× faster{cpu:>7.1f}× less cpu{smaller:>7.1f}× smaller"
            if name in TARGETS:
                good = cpu >= TARGETS[name][0] and smaller >= TARGETS[name][1]
                line += f"   target {TARGETS[name][0]}×, {TARGETS[name][1]}×: "
                line += "met" if good else "missed"
                met &= good
        print(line)
    return met


def report_stages(apk: Path) -> None:
    """Print how one scan's wall-clock time divides among its stages."""
    spent: list[tuple[str, float]] = []
    measure("stages", apk, lambda f: spent.extend(json.loads((f / "stages.json").read_text())))
    total = sum(seconds for _, seconds in spent)
    rows = (f"{name} {seconds:.2f} s ({seconds / total:.0%})" for name, seconds in spent)
    print("  stages of a scan: " + ", ".join(rows))


def main() -> int:
    """Measure and print; the exit code tells whether every target is met."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("apk", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--reference-runs", type=int, default=3)
    parser.add_argument("--subjects", default=",".join(SUBJECTS))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    subjects = [name for name in options.subjects.split(",") if name in SUBJECTS]
    if "scan" in subjects and not (ROOT / "auditor" / "cli.py").exists():
        subjects.remove("scan")
    met, found = True, {}
    for apk in options.apk or apks():
        medians = measure_all(apk, subjects, options.runs, options.reference_runs)
        found[apk.name] = {name: row._asdict() for name, row in medians.items()}
        met &= report(apk, medians)
        if "scan" in subjects:
            report_stages(apk)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
