"""Annotations, constants of static fields, and what links an invoke-custom: read when asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

from auditor.dex.annotations import Directory, read_directory, read_set, read_set_list
from auditor.dex.bounds import Budget
from auditor.dex.hierarchy import Hierarchy
from auditor.dex.names import ImageNames
from auditor.dex.records import HANDLE_KINDS, CallSiteInfo, MethodHandle
from auditor.dex.tables import Tables
from auditor.dex.values import (
    Annotation,
    EncodedMethodHandle,
    EncodedMethodType,
    Value,
    ValueReader,
)

T = TypeVar("T")
_KEPT = 1 << 12
"""So many answers of each kind are kept."""


class Metadata:
    """What a DEX file says beside the code; malformed parts are noted and left out."""

    def __init__(self, tables: Tables, names: Sequence[ImageNames], hierarchy: Hierarchy) -> None:
        """Read nothing yet."""
        self._tables, self._names, self._hierarchy = tables, names, hierarchy
        self._directories: dict[str, Directory | None] = {}
        self._constants: dict[str, tuple[Value, ...]] = {}
        self._budget = Budget(4 * sum(image.end for image in tables.images))

    def _place(self, cls: str, column: str) -> tuple[ImageNames, int] | None:
        """The DEX file of a class, and an offset of its `class_def_item` unless it is 0."""
        found = self._hierarchy.definition(cls)
        at = self._hierarchy.column(cls, column)
        return None if found is None or not at else (self._names[found[0]], at)

    def constants(self, cls: str) -> tuple[Value, ...]:
        """First values of the static fields, in their order; the last ones may be missing."""
        if cls not in self._constants:
            values = None
            if (place := self._place(cls, "statics")) is not None:
                names, at = place
                read = ValueReader(names, at, self._budget).array
                values = self._guard(read, names, f"constants of {cls}")
            _keep(self._constants, cls, values or ())
        return self._constants[cls]

    def _directory(self, cls: str) -> Directory | None:
        if cls not in self._directories:
            directory = None
            if (place := self._place(cls, "annotations")) is not None:
                names, at = place
                what = f"annotations of {cls}"
                directory = self._guard(
                    lambda: read_directory(names, at, self._budget), names, what
                )
            _keep(self._directories, cls, directory)
        return self._directories[cls]

    def _guard(self, read: Callable[[], T], names: ImageNames, what: str) -> T | None:
        return self._tables.limits.guard(read, names.image.name, what)

    def of_class(self, cls: str) -> tuple[Annotation, ...]:
        """Annotations of the class itself."""
        directory = self._directory(cls)
        return self._set(cls, 0 if directory is None else directory.cls)

    def of_member(
        self, cls: str, member: int, table: Literal["fields", "methods"]
    ) -> tuple[Annotation, ...]:
        """Annotations of a field or method, by its global id."""
        directory = self._directory(cls)
        if directory is None:
            return ()
        offsets = directory.fields if table == "fields" else directory.methods
        return self._set(cls, offsets.get(member, 0))

    def annotated(self, cls: str, table: Literal["fields", "methods"]) -> tuple[int, ...]:
        """Global ids of the fields or methods of a class that bear annotations."""
        directory = self._directory(cls)
        if directory is None:
            return ()
        return tuple(directory.fields if table == "fields" else directory.methods)

    def of_parameters(self, cls: str, mid: int) -> tuple[tuple[Annotation, ...], ...]:
        """Annotations of a method's parameters, one tuple a parameter."""
        directory, place = self._directory(cls), self._place(cls, "annotations")
        at = 0 if directory is None else directory.parameters.get(mid, 0)
        if not at or place is None:
            return ()
        names, what = place[0], f"annotations of {cls}"
        return self._guard(lambda: read_set_list(names, at, self._budget), names, what) or ()

    def _set(self, cls: str, at: int) -> tuple[Annotation, ...]:
        place = self._place(cls, "annotations")
        if not at or place is None:
            return ()
        names, what = place[0], f"annotations of {cls}"
        return self._guard(lambda: read_set(names, at, self._budget), names, what) or ()

    def call_site(self, site: int) -> CallSiteInfo | None:
        """What an invoke-custom with this global id links (`call_site_item`)."""
        number = int(self._tables.site_base.searchsorted(site, "right")) - 1
        if not 0 <= number < len(self._names):
            return None
        names = self._names[number]
        at = int(names.image.call_sites[site - int(self._tables.site_base[number])])
        read = ValueReader(names, at, self._budget).array
        values = self._guard(read, names, f"call site {site}")
        match values:
            case (EncodedMethodHandle(handle), str(name), EncodedMethodType(proto), *args):
                return CallSiteInfo(self.method_handle(handle), name, proto, tuple(args))
        return None

    def method_handle(self, handle: int) -> MethodHandle | None:
        """What a method handle with this global id leads to (`method_handle_item`)."""
        number = int(self._tables.handle_base.searchsorted(handle, "right")) - 1
        if not 0 <= number < len(self._names):
            return None
        names = self._names[number]
        item = names.image.handles[handle - int(self._tables.handle_base[number])]
        kind = int(item["kind"])
        if kind >= len(HANDLE_KINDS):
            return None
        member = (names.field if kind < 4 else names.method)(int(item["member"]))
        return None if member is None else MethodHandle(HANDLE_KINDS[kind], member)


def _keep(kept: dict[str, T], key: str, value: T) -> None:
    """Keep an answer; the oldest goes when there are too many."""
    if len(kept) >= _KEPT:
        kept.pop(next(iter(kept)))
    kept[key] = value
