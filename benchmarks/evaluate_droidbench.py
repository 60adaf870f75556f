"""Score the data-flow engine on DroidBench, with DroidBench's own sources and sinks.

A leak is a pair of source call and sink call; per app the smaller of found and true leaks counts as
found, the rest as missed or as false alarm. `ImplicitFlows` stands apart: data that leak through
the condition of a branch are not traced. Reasons for known differences: `droidbench/known.yaml`.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from auditor.catalog import Catalog, read_yaml
from auditor.dex import CodeIndex, DexInput
from auditor.flows.trace import trace_flows
from auditor.ingest import read_code, read_package

HERE = Path(__file__).parent / "droidbench"
TARGET = 0.93
APART = "ImplicitFlows"


class Lists(Catalog):
    """The catalog with DroidBench's sources and sinks in place of ours."""

    def files(self, folder: str) -> list[Path]:
        if folder in ("sources", "sinks"):
            return sorted((HERE / folder).glob("*.yaml"))
        return super().files(folder)


@dataclass(frozen=True)
class Row:
    """One app: how many leaks it has and how many were found, one line for each found."""

    app: str
    category: str
    want: int
    note: str
    pairs: tuple[str, ...] = ()
    limits: int = 0

    @property
    def score(self) -> tuple[int, int, int]:
        """Found, false alarms, missed."""
        got = len(self.pairs)
        return min(got, self.want), max(0, got - self.want), max(0, self.want - got)


def droidbench(corpus: Path, processes: int) -> bool:
    """Trace every app, print categories, differences and F1."""
    base = corpus / "droidbench"
    if not (base / "truth.csv").exists():
        print(f"no DroidBench in {base}: skipped")
        return True
    with (base / "truth.csv").open(encoding="utf-8", newline="") as lines:
        rows = [
            Row(r["apk"], r["category"], int(r["leaks"]), r["note"]) for r in csv.DictReader(lines)
        ]
    with ProcessPoolExecutor(processes) as pool:
        done = list(pool.map(_trace, rows, [base] * len(rows), chunksize=4))
    _print_categories(done)
    good = _print_score("all but " + APART, [r for r in done if r.category != APART]) >= TARGET
    _print_score(APART, [r for r in done if r.category == APART])
    print(f"target: F1 {TARGET} over all but {APART}: {'met' if good else 'NOT MET'}")
    _print_differences(done)
    return good


@cache
def _lists() -> Lists:
    return Lists()


def _trace(row: Row, base: Path) -> Row:
    package = read_package(base / row.app)
    code = CodeIndex.build([DexInput(name, data) for name, data in read_code(package).files])
    traced = trace_flows(code, package.manifest, package.resources, _lists())
    pairs = sorted(
        {
            f"{_short(f.source.signature)} at {_short(f.source.caller)}+{f.source.offset:04x}"
            f" -> {_short(f.sink.signature)} at {_short(f.sink.caller)}+{f.sink.offset:04x}"
            for f in traced.flows
        }
    )
    return Row(row.app, row.category, row.want, row.note, tuple(pairs), len(traced.limits))


def _short(signature: str) -> str:
    cls, _, rest = signature.partition("->")
    return cls.rstrip(";").rpartition("/")[2] + "." + rest.partition("(")[0]


def _total(rows: Sequence[Row]) -> tuple[int, int, int]:
    scores = [r.score for r in rows]
    return sum(s[0] for s in scores), sum(s[1] for s in scores), sum(s[2] for s in scores)


def _print_categories(rows: Sequence[Row]) -> None:
    print(f"{'category':<30}{'apps':>5}{'leaks':>7}{'found':>7}{'alarms':>8}{'missed':>8}")
    for category in sorted({r.category for r in rows}):
        mine = [r for r in rows if r.category == category]
        found, alarms, missed = _total(mine)
        print(f"{category:<30}{len(mine):>5}{found + missed:>7}{found:>7}{alarms:>8}{missed:>8}")


def _print_score(title: str, rows: Sequence[Row]) -> float:
    found, alarms, missed = _total(rows)
    precision = found / (found + alarms) if found + alarms else 0.0
    recall = found / (found + missed) if found + missed else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    print(
        f"{title}: {len(rows)} apps, found {found}, alarms {alarms}, missed {missed};"
        f" precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}"
    )
    return f1


def _print_differences(rows: Sequence[Row]) -> None:
    known = {e["app"]: e["why"] for e in read_yaml(HERE / "known.yaml")["entries"]}
    for row in rows:
        _, alarms, missed = row.score
        if not alarms and not missed:
            if row.app in known:
                print(f"  known.yaml names {row.app}, which is right now")
            continue
        words = [f"{missed} missed"] * bool(missed) + [f"{alarms} false"] * bool(alarms)
        print(f"  {row.app}: {', '.join(words)}; {known.get(row.app, 'NO REASON IS KNOWN')}")
        if alarms:
            for pair in row.pairs:
                print(f"      {pair}")
