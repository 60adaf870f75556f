"""Code that no entry point reaches: what it would read, and where it would send.

Each method is looked at alone, with unknown arguments; nothing of it can be `reachable` or
`traced`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from auditor.flows import defaults, targets
from auditor.flows.app import App
from auditor.flows.events import Event, Payload, Read, Send, Source
from auditor.flows.frames import Frame
from auditor.flows.heap import Heap
from auditor.flows.models import Table
from auditor.flows.values import of
from auditor.model import Limit

_METHODS = 400
"""Methods that are looked at, of those that read and of those that send."""
_EACH = 2_000
"""Instructions for one of them."""
_ALL = 30_000


@dataclass(slots=True)
class Rest:
    """What unreached code would do."""

    sources: dict[int, Source] = field(default_factory=dict)
    sends: dict[Event, Send] = field(default_factory=dict)


def look_at_the_rest(engine: App) -> Rest:
    """Look at methods with unreached reads, then at methods that send."""
    know, found = engine.know, Rest()
    engine.budget.left, engine.budget.each = _ALL, _EACH
    readers = _callers(engine, (know.sources, know.queries))
    senders = _callers(engine, (know.addressed,))
    above = engine.index.owners_of_calls(senders[:_METHODS]).tolist()
    left_out = 0
    for methods in (readers, senders, sorted(m for m in above if _is_open(engine, m))):
        for n, method in enumerate(methods):
            if method in engine.visited:
                continue
            if n >= _METHODS or engine.budget.left < 0:
                left_out += 1
                continue
            for event, payload in _alone(engine, method).items():
                if isinstance(payload, Read):
                    found.sources[payload.source] = engine.sources[payload.source]
                elif isinstance(payload, Send):
                    found.sends[event] = payload
    if left_out:
        engine.limits.setdefault(
            Limit("budget", "app", f"{left_out} methods that nothing reaches were not looked at")
        )
    return found


def _callers(engine: App, tables: Iterable[Table[Any]]) -> list[int]:
    """Methods of interest that no entry point reached, in order of their ids."""
    index = engine.index
    found: set[int] = set()
    names = {name for table in tables for name in table.names}
    below = engine.types.below({cls for table in tables for cls, _ in table.rows})
    for method in index.methods_named_any(names, below):
        info = index.method(method)
        chain = engine.types.chain(info.cls)
        if any(table.find(chain, info.name, info.params) for table in tables):
            found.add(method)
    callers = set(index.owners_of_calls(found).tolist()) - engine.visited
    return sorted(c for c in callers if _is_open(engine, c))


def _is_open(engine: App, method: int) -> bool:
    return not targets.is_opaque(engine, engine.index.method(method).cls)


def _alone(engine: App, method: int) -> dict[Event, Payload]:
    info = engine.index.method(method)
    engine.budget.here = _EACH
    engine.budget.entry = -1
    engine.counts.clear()
    engine.idle = 3
    engine.heap = Heap(engine.base)
    frame = Frame(method, None, (), engine.base, 0, ())
    engine.frames = [frame]
    args = tuple(defaults.typed(engine, p, ("alone", method, n)) for n, p in enumerate(info.params))
    if not info.access & 0x8:
        args = (of(engine.made(info.cls, ("any", info.cls))), *args)
    try:
        engine.run(method, args, None)
    finally:
        engine.frames = []
        engine.heap = engine.base
        engine.idle = 0
    return dict(frame.events)
