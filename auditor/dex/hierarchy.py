"""Which class extends or implements which; walks end even where a hostile file has a cycle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from auditor.dex.image import NO_INDEX
from auditor.dex.names import ImageNames
from auditor.dex.symbols import read_type_list
from auditor.dex.tables import Tables

MAX_SUPERTYPES = 256
MAX_INTERFACES = 1024
"""Of one class."""
MAX_EDGES = 1 << 20
"""Interfaces that all classes name together."""
_KEPT = 1 << 21
"""So many subtypes are kept in answers."""


class Hierarchy:
    """The classes that the app defines, by descriptor."""

    def __init__(self, tables: Tables, names: Sequence[ImageNames]) -> None:
        """Read the class tables; nothing is walked yet."""
        self._tables, self._names = tables, names
        self._up: dict[str, tuple[str, ...]] = {}
        self._down: dict[str, tuple[str, ...]] = {}
        self._kept = 0

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Every defined class, in order of definition."""
        types = self._tables.symbols.types
        return tuple([types[i] for i in self._tables.class_order.tolist()])

    def definition(self, cls: str) -> tuple[int, int] | None:
        """(number of the DEX file, row of its class table), None when no file defines it."""
        return self._definitions.get(cls)

    @cached_property
    def _definitions(self) -> dict[str, tuple[int, int]]:
        order = self._tables.class_order
        images = self._tables.class_image[order].tolist()
        rows = self._tables.class_row[order].tolist()
        return dict(zip(self.classes, zip(images, rows, strict=True), strict=True))

    def column(self, cls: str, name: str) -> int | None:
        """One field of the `class_def_item`."""
        found = self.definition(cls)
        return None if found is None else int(self._names[found[0]].image.classes[name][found[1]])

    def superclass(self, cls: str) -> str | None:
        """Direct superclass."""
        return self._parents.get(cls, (None, ()))[0]

    def interfaces(self, cls: str) -> tuple[str, ...]:
        """Interfaces that the class names itself."""
        return self._parents.get(cls, (None, ()))[1]

    @cached_property
    def _parents(self) -> dict[str, tuple[str | None, tuple[str, ...]]]:
        found: dict[str, tuple[str | None, tuple[str, ...]]] = {}
        tables = self._tables
        lists: dict[tuple[int, int], tuple[str, ...]] = {}
        edges = 0
        for type_id, cls in zip(tables.class_order.tolist(), self.classes, strict=True):
            number = int(tables.class_image[type_id])
            names = self._names[number]
            row = names.image.classes[int(tables.class_row[type_id])]
            above, at = int(row["super"]), int(row["interfaces"])
            parent = None if above == NO_INDEX else names.type(above)
            if at and (number, at) not in lists:
                listed = read_type_list(names.image, at, names.types, MAX_INTERFACES)
                if listed is None or edges > MAX_EDGES:
                    listed = None
                    tables.limits.add(names.image.name, f"interfaces of {cls} cannot be read")
                lists[number, at] = tuple(dict.fromkeys(listed or ()))
            interfaces = lists[number, at] if at and edges <= MAX_EDGES else ()
            edges += len(interfaces)
            found[cls] = (parent if parent != cls else None, interfaces)
        return found

    @cached_property
    def _children(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, set[str]] = {}
        for cls, (parent, interfaces) in self._parents.items():
            for above in (parent, *interfaces):
                if above is not None:
                    found.setdefault(above, set()).add(cls)
        return {above: tuple(sorted(below)) for above, below in found.items()}

    def subtypes(self, cls: str) -> tuple[str, ...]:
        """Direct subclasses and implementers."""
        return self._children.get(cls, ())

    def all_subtypes(self, cls: str) -> tuple[str, ...]:
        """Everything below, sorted."""
        if cls not in self._down:
            found = tuple(sorted(_walk(cls, self.subtypes, len(self.classes))))
            self._kept += len(found)
            if self._kept > _KEPT:
                self._down.clear()
                self._kept = len(found)
            self._down[cls] = found
        return self._down[cls]

    def supertypes(self, cls: str) -> tuple[str, ...]:
        """Everything above, nearest first."""
        if cls not in self._up:
            found = _walk(cls, self._above, MAX_SUPERTYPES + 1)
            if len(found) > MAX_SUPERTYPES:
                where, why = self.dex_of(cls), f"{cls} has more than {MAX_SUPERTYPES} supertypes"
                self._tables.limits.add(where, f"{why}; the farthest are left out", "budget")
            self._up[cls] = tuple(found[:MAX_SUPERTYPES])
        return self._up[cls]

    def dex_of(self, cls: str) -> str:
        """Name of the DEX file that defines a class, or an empty string."""
        found = self.definition(cls)
        return "" if found is None else self._names[found[0]].image.name

    def _above(self, cls: str) -> Iterable[str]:
        parent, interfaces = self._parents.get(cls, (None, ()))
        return interfaces if parent is None else (parent, *interfaces)

    def superclasses(self, cls: str) -> Iterable[str]:
        """The class itself, then its superclasses up to the first undefined one."""
        seen: set[str] = {cls}
        at: str | None = cls
        while at is not None:
            yield at
            at = self.superclass(at)
            if at in seen or len(seen) > MAX_SUPERTYPES:
                return
            seen.add(at or "")


def _walk(start: str, following: Callable[[str], Iterable[str]], most: int) -> list[str]:
    """Breadth first from `start`, which is left out; about `most` of them."""
    seen = {start: None}
    level = [start]
    while level and len(seen) <= most:
        found = [near for cls in level for near in following(cls)]
        level = [cls for cls in dict.fromkeys(found) if cls not in seen]
        seen.update(dict.fromkeys(level))
    return list(seen)[1:]
