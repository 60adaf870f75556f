"""Annotations of classes, fields, methods and parameters, read when asked for.

Source: "Dalvik executable format", sections "annotations_directory_item" to "annotation_item".
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from auditor.dex.bounds import Budget, DexFormatError
from auditor.dex.names import ImageNames
from auditor.dex.values import Annotation, ValueReader

VISIBILITIES = ("build", "runtime", "system")
_MAX_IN_SET = 1 << 12


class Directory(NamedTuple):
    """Where the annotations of one class and its members stand, by global id of the member."""

    cls: int
    """Byte offset of the class's `annotation_set_item`, 0 when there is none."""
    fields: dict[int, int]
    methods: dict[int, int]
    parameters: dict[int, int]


def read_directory(names: ImageNames, at: int, budget: Budget) -> Directory:
    """Read the directory at byte `at`.

    Raises:
        DexFormatError: it leaves the file.
    """
    data, end = names.image.data, names.image.end
    if at + 16 > end:
        raise DexFormatError(f"annotations at 0x{at:x} lie outside the file")
    cls, fields, methods, parameters = struct.unpack_from("<4I", data, at)
    if at + 16 + 8 * (fields + methods + parameters) > end:
        raise DexFormatError(f"annotations at 0x{at:x} leave the file")
    budget.spend(fields + methods + parameters)
    start, found = at + 16, []
    for count, resolve in (
        (fields, names.field),
        (methods, names.method),
        (parameters, names.method),
    ):
        numbers = struct.unpack_from(f"<{2 * count}I", data, start)
        members = zip(map(resolve, numbers[::2]), numbers[1::2], strict=True)
        found.append({member: offset for member, offset in members if member is not None})
        start += 8 * count
    return Directory(cls, *found)


def read_set(names: ImageNames, at: int, budget: Budget) -> tuple[Annotation, ...]:
    """Read an `annotation_set_item`; raises like `read_directory`."""
    return tuple([_read_item(names, offset, budget) for offset in _offsets(names, at, budget)])


def read_set_list(names: ImageNames, at: int, budget: Budget) -> tuple[tuple[Annotation, ...], ...]:
    """Read an `annotation_set_ref_list`: one set a parameter; raises like `read_directory`."""
    offsets = _offsets(names, at, budget)
    return tuple([read_set(names, offset, budget) if offset else () for offset in offsets])


def _offsets(names: ImageNames, at: int, budget: Budget) -> tuple[int, ...]:
    data, end = names.image.data, names.image.end
    if at + 4 > end:
        raise DexFormatError(f"annotation set at 0x{at:x} lies outside the file")
    (count,) = struct.unpack_from("<I", data, at)
    if count > _MAX_IN_SET or at + 4 + 4 * count > end:
        raise DexFormatError(f"annotation set at 0x{at:x} leaves the file")
    budget.spend(count)
    return struct.unpack_from(f"<{count}I", data, at + 4)


def _read_item(names: ImageNames, at: int, budget: Budget) -> Annotation:
    if at >= names.image.end:
        raise DexFormatError(f"annotation at 0x{at:x} lies outside the file")
    visibility = names.image.data[at]
    if visibility >= len(VISIBILITIES):
        raise DexFormatError(f"annotation at 0x{at:x} has visibility {visibility}")
    return ValueReader(names, at + 1, budget).annotation(VISIBILITIES[visibility])
