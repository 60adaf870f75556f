"""Flip single bytes of the samples: no finding may vanish in silence.

    python -m fuzz.mutate --count 20000 --seed 1 --workers 2

Each mutation changes one byte of one sample. It must end in an error, in a limit that the unaltered
sample does not have, or in every finding of the unaltered sample; anything else is a survivor, and
is printed. Because every sample is signed, a signature alone would tell of every byte: so it counts
apart what only the signature tells (`signature`), and what other limits tell (`limit`).
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from auditor.errors import AuditError
from auditor.ingest import read_code, read_package_bytes
from auditor.model import AuditReport, Limit, Package
from auditor.pipeline import Options, audit_package
from auditor.terms import TermsSource
from fuzz.harnesses import keep_knowledge, kept_catalog

SAMPLES = Path(__file__).parents[1] / "samples"
ERROR, LIMIT, SIGNATURE, KEPT, SURVIVOR = "error", "limit", "signature", "kept", "survivor"


@dataclass(frozen=True, slots=True)
class Base:
    """An unaltered sample and what is found in it."""

    name: str
    data: bytes
    options: Options
    limits: frozenset[Limit]
    findings: frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mutation."""

    sample: str
    offset: int
    value: int
    kind: str
    lost: tuple[tuple[str, ...], ...] = ()


@cache
def bases() -> tuple[Base, ...]:
    """Every sample, audited once in this process."""
    return tuple(_base(path) for path in sorted(SAMPLES.glob("*/app.apk*")))


def _base(path: Path) -> Base:
    data = path.read_bytes()
    terms = sorted(path.parent.glob("terms.*"))
    given = tuple(TermsSource(p.name, p.read_bytes(), "given") for p in terms)
    options = Options(terms=given, quotes=False, lenient=False)
    package = read_package_bytes("app.apk", data)
    report = audit_package(package, kept_catalog(), options)
    return Base(path.parent.name, data, options, frozenset(report.limits), _findings(report))


def _findings(report: AuditReport) -> frozenset[tuple[str, ...]]:
    flows = {("flow", f.data_type, f.level.value, f.sink_kind.value) for f in report.flows}
    return frozenset({("finding", f.rule) for f in report.findings} | flows)


def mutate(number: int, seed: int) -> Outcome:
    """Make mutation `number` and look at what comes out."""
    chance = random.Random(f"{seed}/{number}")
    base = chance.choice(bases())
    offset = chance.randrange(len(base.data))
    value = base.data[offset] ^ chance.randrange(1, 256)
    data = base.data[:offset] + bytes([value]) + base.data[offset + 1 :]
    return judge(base, data, offset, value)


def judge(base: Base, data: bytes, offset: int = 0, value: int = 0) -> Outcome:
    """Compare an altered sample with the unaltered one."""
    made = partial(Outcome, base.name, offset, value)
    try:
        package = read_package_bytes("app.apk", data)
    except AuditError:
        return made(ERROR)
    early = _new(base, (*package.limits, *read_code(package).limits))
    if any(limit.kind != "signature" for limit in early):
        return made(LIMIT)
    report = _audited(package, base.options)
    new = _new(base, report.limits)
    lost = tuple(sorted(base.findings - _findings(report)))
    if any(limit.kind != "signature" for limit in new):
        return made(LIMIT)
    if not lost:
        return made(KEPT)
    return made(SIGNATURE if new else SURVIVOR, lost)


def _audited(package: Package, options: Options) -> AuditReport:
    return audit_package(package, kept_catalog(), options)


def _new(base: Base, limits: Sequence[Limit]) -> set[Limit]:
    return set(limits) - base.limits


def run(count: int, seed: int, workers: int) -> Iterator[Outcome]:
    """Make `count` mutations in `workers` processes, in order of their numbers."""
    with ProcessPoolExecutor(workers, initializer=keep_knowledge) as pool:
        yield from pool.map(partial(mutate, seed=seed), range(count), chunksize=50)


def main() -> None:
    """Mutate, and print how many ended how."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    for outcome in run(given.count, given.seed, given.workers):
        counts[outcome.kind] += 1
        if outcome.kind in (SURVIVOR, SIGNATURE):
            print(outcome, flush=True)
        if sum(counts.values()) % 1000 == 0:
            print(dict(counts), flush=True)
    print(f"{given.count} mutations, seed {given.seed}: {dict(sorted(counts.items()))}")


if __name__ == "__main__":
    main()
