"""Fields of objects and statics at one point of the program, as layers of changes.

A layer holds what changed since its parent; copying a state is making an empty layer. Every entry
carries the time (a growing number) of its writing, so that a frame can tell what it found from what
it wrote itself.
"""

from __future__ import annotations

from auditor.flows.values import Obj, Value, join

Key = tuple[Obj | str, str]
"""(object or class descriptor, field)."""
Stored = tuple[Value, int]
"""Value and time of writing."""
_DEEP = 5


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
    reader must know that it read them), and the common layer.
    """
    base = common(a, b)
    left, right = a.since(base), b.since(base)
    changed: dict[Key, Stored] = {}
    below: list[Key] = []
    for key, (value, time) in right.items():
        mine = left.get(key)
        if mine is None:
            mine = base.find(key)
            below.append(key)
            if mine is None:
                changed[key] = (value, time)
                continue
        joined = join(mine[0], value)
        if joined is not mine[0]:
            changed[key] = (joined, max(time, mine[1]))
    below.extend(key for key in left if key not in right)
    for key in left:
        if key in right:
            continue
        old = base.find(key)
        if old is not None:
            joined = join(left[key][0], old[0])
            if joined is not left[key][0]:
                changed[key] = (joined, left[key][1])
    return changed, below, base
