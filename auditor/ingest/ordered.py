"""Make androguard's decompiler say the same thing twice.

DAD walks over sets of objects that hash by their address, so some 0.4 % of methods come out with
another order of declarations or branches in each run. A report must be byte-identical, so while a
method is decompiled the name `set` in DAD's modules means a set that remembers its order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableSet
from contextlib import contextmanager
from importlib import import_module
from threading import Lock
from typing import Any

_MODULES = ("basic_blocks", "control_flow", "dataflow", "graph", "instruction", "writer")
_ONE_AT_A_TIME = Lock()


class OrderedSet(MutableSet[Any]):
    """A set in order of insertion, with the methods that DAD uses."""

    def __init__(self, items: Iterable[Any] = ()) -> None:
        """Hold `items`, each once."""
        self._items = dict.fromkeys(items)

    def __contains__(self, item: object) -> bool:
        """Tell whether `item` is in it."""
        return item in self._items

    def __iter__(self) -> Iterator[Any]:
        """Yield the items in order of insertion."""
        return iter(self._items)

    def __len__(self) -> int:
        """Count the items."""
        return len(self._items)

    def add(self, value: Any) -> None:  # noqa: ANN401
        """Add one item."""
        self._items.setdefault(value)

    def discard(self, value: Any) -> None:  # noqa: ANN401
        """Remove one item if it is there."""
        self._items.pop(value, None)

    def update(self, *others: Iterable[Any]) -> None:
        """Add all items of `others`."""
        for other in others:
            self._items.update(dict.fromkeys(other))

    def difference_update(self, other: Iterable[Any]) -> None:
        """Remove all items of `other`."""
        for item in other:
            self._items.pop(item, None)

    def copy(self) -> OrderedSet:
        """Return a set of its own with the same items."""
        return OrderedSet(self._items)

    def union(self, other: Iterable[Any]) -> OrderedSet:
        """Return the items of both."""
        return OrderedSet((*self._items, *other))

    def intersection(self, other: Iterable[Any]) -> OrderedSet:
        """Return the items that are in both, in the order of this one."""
        kept = set(other)
        return OrderedSet(item for item in self._items if item in kept)


@contextmanager
def ordered_sets() -> Iterator[None]:
    """Let `set` mean `OrderedSet` in the decompiler's modules; one thread at a time."""
    modules: list[Any] = [import_module(f"androguard.decompiler.{name}") for name in _MODULES]
    with _ONE_AT_A_TIME:
        for module in modules:
            module.set = OrderedSet
        try:
            yield
        finally:
            for module in modules:
                del module.set
