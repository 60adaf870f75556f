"""Fields of objects and statics at one point of the program, as layers of changes.

A layer holds what changed since its parent; copying a state is making an empty layer. Every entry
carries the time (a growing number) of its writing, so that a frame can tell what it found from what
it wrote itself.
"""

from __future__ import annotations

from auditor.flows.values import NOTHING, Obj, Value, join

Key = tuple[Obj | str, str]
"""(object or class descriptor, field)."""
Stored = tuple[Value, int]
"""Value and time of writing."""
_DEEP = 5
NEW = "$new"
"""Field that says that code of the app made the object, and whether once or more often."""


class Heap:
    """One layer."""

    __slots__ = ("changes", "depth", "parent")

    def __init__(self, parent: Heap | None, changes: dict[Key, Stored] | None = None) -> None:
        """Lay a new layer over `parent`."""
        self.parent = parent
        self.changes: dict[Key, Stored] = {} if changes is None else changes
        self.depth: int = parent.depth + 1 if parent else 0

    def find(self, key: Key) -> Stored | None:
        """What stands under `key`, or None."""
        layer: Heap | None = self
        while layer is not None:
            found = layer.changes.get(key)
            if found is not None:
                return found
            layer = layer.parent
        return None

    def since(self, base: Heap) -> dict[Key, Stored]:
        """All changes after `base`, which must lie below."""
        layers = []
        layer: Heap | None = self
        while layer is not None and layer is not base:
            layers.append(layer.changes)
            layer = layer.parent
        total: dict[Key, Stored] = {}
        for changes in reversed(layers):
            total.update(changes)
        return total

    def after(self, lower: Heap) -> dict[Key, Stored] | None:
        """Changes after `lower`, None where it does not lie below."""
        if self.parent is lower:
            return self.changes
        if self is lower:
            return {}
        layer: Heap | None = self
        while layer is not None and layer is not lower:
            layer = layer.parent
        return None if layer is None else self.since(lower)

    def settled(self) -> Heap:
        """A layer that says the same and is not written to any more: the one below an empty one."""
        return self if self.changes or self.parent is None else self.parent

    def branch(self, entry: Heap) -> Heap:
        """A new layer over this one, flattened down to `entry` when the pile is high."""
        if self.depth - entry.depth > _DEEP:
            return Heap(Heap(entry, self.since(entry)))
        return Heap(self)


def common(a: Heap, b: Heap) -> Heap:
    """The highest layer that lies below both."""
    while a is not b:
        if a.depth >= b.depth:
            if a.parent is None:
                return b
            a = a.parent
        else:
            assert b.parent is not None
            b = b.parent
    return a


def merge(a: Heap, b: Heap) -> tuple[dict[Key, Stored], list[Key], Heap]:
    """Join two heaps.

    Returns what differs from `a` after the join, the keys whose value below both counted (their
    reader must know that it read them), and the common layer. What is stored on one side only may
    be unset after the join, unless its object was made on that side only.
    """
    base = common(a, b)
    left, right = a.since(base), b.since(base)
    changed: dict[Key, Stored] = {}
    below: list[Key] = []
    for key, stored in right.items():
        mine = left.get(key)
        if mine is stored:
            continue
        value, time = stored
        if mine is None:
            mine = base.find(key)
            below.append(key)
        old = mine[0] if mine else NOTHING
        if old is value and old is not NOTHING:
            continue
        joined = _joined(key, old, value, left, right, base)
        if mine is None or joined is not old:
            changed[key] = (joined, max(time, mine[1]) if mine else time)
    for key, (value, time) in left.items():
        if key in right:
            continue
        below.append(key)
        theirs = base.find(key)
        joined = _joined(key, value, theirs[0] if theirs else NOTHING, left, right, base)
        if joined is not value:
            changed[key] = (joined, time)
    return changed, below, base


def add(a: Heap, later: dict[Key, Stored], since: int) -> tuple[dict[Key, Stored], list[Key]]:
    """Join a heap with one that it covers but for some later changes.

    Returns what differs from `a` after the join, and the keys whose value of before `since`
    counted. Gives what `merge` gives, for less work.
    """
    changed: dict[Key, Stored] = {}
    below: list[Key] = []
    for key, (value, time) in later.items():
        mine = a.find(key)
        if mine is None or mine[1] <= since:
            below.append(key)
        old = mine[0] if mine else NOTHING
        if old is value and old is not NOTHING:
            continue
        joined = _joined(key, old, value, {}, later, a)
        if mine is None or joined is not old:
            changed[key] = (joined, max(time, mine[1]) if mine else time)
    return changed, below


def _joined(
    key: Key, a: Value, b: Value, left: dict[Key, Stored], right: dict[Key, Stored], base: Heap
) -> Value:
    """Join of what stands under `key` on both sides; where nothing stands, it may be unset."""
    if a is not NOTHING and b is not NOTHING:
        return join(a, b)
    value = join(a, b)
    if value.unset or key[1] == NEW:
        return value
    here, there = (left, right) if b is NOTHING else (right, left)
    marker = (key[0], NEW)
    if marker in here and marker not in there and base.find(marker) is None:
        return value
    return value.or_unset()
