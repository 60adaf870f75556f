"""A method being interpreted, what is kept of it when it has been, and how much may be done."""

from __future__ import annotations

from dataclasses import dataclass, field

from auditor.flows.events import Event, Payload, Site
from auditor.flows.heap import Heap, Key, Stored
from auditor.flows.values import NOTHING, Condition, Value


@dataclass(slots=True)
class Frame:
    """One method being interpreted."""

    method: int
    site: Site | None
    context: tuple[Site, ...]
    entry: Heap
    since: int
    args: tuple[Value, ...]
    offset: int = 0
    copy: int = 0
    """Number of the copy of the block at hand (`cfg.py`)."""
    registers: list[Value] = field(default_factory=list)
    """As they stand before the instruction at hand."""
    reads: dict[Key, Stored | None] = field(default_factory=dict)
    events: dict[Event, Payload] = field(default_factory=dict)
    guards: frozenset[Condition] = frozenset()
    result: Value = NOTHING
    """Of the last call, for move-result."""
    thrown: Value = NOTHING
    returned: Value = NOTHING
    held: frozenset[Condition] = frozenset()
    """Conditions that hold wherever it returned so far."""
    returns: bool = False
    cut: bool = False


@dataclass(slots=True)
class Summary:
    """What one call did, and all it depended on."""

    args: tuple[Value, ...]
    reads: dict[Key, Stored | None]
    writes: dict[Key, Stored]
    events: dict[Event, Payload]
    returned: Value
    returns: bool
    thrown: Value
    cut: bool


class Budget:
    """How much work may still be done: instructions, and entries of the heap that are joined."""

    def __init__(self, total: int, each: int) -> None:
        """`total` for the app, `each` for one entry point."""
        self.left = total
        self.each = each
        self.here = each
        self.entry = -1
        """The entry point at hand, a method id."""
        self.spent: dict[int, None] = {}
        """Entry points that ran out."""

    def take(self, count: int) -> bool:
        """Spend; False when nothing is left."""
        self.left -= count
        self.here -= count
        if self.left < 0 or self.here < 0:
            self.spent.setdefault(self.entry)
            return False
        return True
