"""The flows stage: from code, manifest and catalog to reads, flows, endpoints and limits.

In: `CodeIndex`, `Manifest`, `Resources`, `Catalog`, and a function that names the library to which a
class belongs. Out: `Traced`. Nothing is executed; what the budget did not reach is a limit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.catalog import Catalog
from auditor.dex import CodeIndex
from auditor.flows.app import App
from auditor.flows.collect import Collector
from auditor.flows.engine import Read, Source
from auditor.flows.heap import Heap
from auditor.flows.machine import Budget, Frame
from auditor.flows.models import Knowledge
from auditor.flows.roots import Program
from auditor.flows.values import ANY, of
from auditor.model import Endpoint, Flow, Limit, Manifest, Resources, SourceRead

TOTAL_INSTRUCTIONS = 600_000
ENTRY_INSTRUCTIONS = 60_000
_DETACHED = 400
"""Methods with unreached reads that are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Traced:
    """All that the flows stage found."""

    reads: tuple[SourceRead, ...]
    flows: tuple[Flow, ...]
    endpoints: tuple[Endpoint, ...]
    limits: tuple[Limit, ...]


def trace_flows(
    index: CodeIndex,
    manifest: Manifest,
    resources: Resources,
    catalog: Catalog,
    owner: Callable[[str], str] = lambda cls: "app",
) -> Traced:
    """Follow personal data through the app."""
    budget = Budget(TOTAL_INSTRUCTIONS, ENTRY_INSTRUCTIONS)
    engine = App(index, Knowledge(catalog), manifest, resources, budget)
    program = Program(engine)
    program.run()
    referenced = _look_at_the_rest(engine)
    collector = Collector(program, owner)
    limits = dict(engine.limits)
    for method in sorted(budget.spent_at):
        limits.setdefault(
            Limit("budget", index.signature(method), "the analysis ran out of its budget here")
        )
    return Traced(
        tuple(collector.source_reads(referenced)),
        tuple(collector.flows()),
        tuple(collector.endpoints()),
        tuple(sorted(limits)),
    )


def _look_at_the_rest(engine: App) -> dict[int, Source]:
    """Reads in code that no entry point reaches: each method alone, with unknown arguments."""
    index, know = engine.index, engine.know
    callers: dict[int, None] = {}
    for table in (know.sources, know.queries):
        for name in sorted(table.names):
            for method in index.methods_named(name):
                info = index.method(method)
                if table.find(engine.types.chain(info.cls), name, info.params):
                    for caller, _ in index.callers(method):
                        callers.setdefault(caller)
    found: dict[int, Source] = {}
    for method in sorted(callers)[: 10 * _DETACHED]:
        if method in engine.visited or len(found) > _DETACHED:
            continue
        for event in _alone(engine, method).values():
            if isinstance(event, Read):
                found[event.source] = engine.sources[event.source]
    return found


def _alone(engine: App, method: int) -> dict[object, object]:
    info = engine.index.method(method)
    engine.budget.here = 20_000
    engine.heap = Heap(engine.base)
    frame = Frame(method, None, (), engine.base, 0, ())
    engine.frames = [frame]
    args = tuple(engine.typed(p, ("alone", method, n)) for n, p in enumerate(info.params))
    if not info.access & 0x8:
        args = (of(engine.made(info.cls, ("any", info.cls))), *args)
    try:
        engine.run(method, args, None)
    finally:
        engine.frames = []
        engine.heap = engine.base
    _ = ANY
    return dict(frame.events)
