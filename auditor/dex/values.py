"""Encoded values: constants of static fields, elements of annotations, arguments of call sites.

Source: "Dalvik executable format", section "encoded_value encoding".
"""

from __future__ import annotations

import struct
from typing import NamedTuple, TypeVar

from auditor.dex.bounds import Budget, DexFormatError
from auditor.dex.leb128 import read_uleb
from auditor.dex.names import ImageNames

T = TypeVar("T")
_MAX_DEPTH = 16
_MAX_VALUES = 1 << 16


class EncodedType(NamedTuple):
    """A class literal."""

    descriptor: str


class EncodedField(NamedTuple):
    """A field literal."""

    signature: str


class EncodedEnum(NamedTuple):
    """An enumeration constant, by its field."""

    signature: str


class EncodedMethod(NamedTuple):
    """A method literal."""

    signature: str


class EncodedMethodType(NamedTuple):
    """A prototype literal."""

    proto: str


class EncodedMethodHandle(NamedTuple):
    """A method handle, by its global id."""

    id: int


class Annotation(NamedTuple):
    """One annotation; nested ones have the visibility `nested`."""

    type: str
    visibility: str
    """build, runtime, system, nested."""
    elements: tuple[tuple[str, Value], ...]

    def get(self, name: str) -> Value:
        """Value of an element, None when it is not given."""
        return next((value for key, value in self.elements if key == name), None)


Value = (
    int
    | float
    | str
    | bool
    | None
    | EncodedType
    | EncodedField
    | EncodedEnum
    | EncodedMethod
    | EncodedMethodType
    | EncodedMethodHandle
    | Annotation
    | tuple["Value", ...]
)
"""A `char` is an int, as it is in the code."""


class ValueReader:
    """Reads encoded values one after the other; the total is bounded."""

    def __init__(self, names: ImageNames, at: int, budget: Budget) -> None:
        """Start at byte `at`."""
        self._names, self._data, self._end = names, names.image.data, names.image.end
        self.at = at
        self._budget = budget
        self._left = _MAX_VALUES

    def array(self, depth: int = 0) -> tuple[Value, ...]:
        """Read an `encoded_array`.

        Raises:
            DexFormatError: it leaves the file, nests too deep, or names nothing.
        """
        count = self._number()
        self._budget.spend(1)
        if count > self._left:
            raise DexFormatError(f"array of {count} values at 0x{self.at:x}")
        return tuple([self.value(depth + 1) for _ in range(count)])

    def annotation(self, visibility: str = "nested", depth: int = 0) -> Annotation:
        """Read an `encoded_annotation`; raises like `array`."""
        type_ = self._known(self._names.type(self._number()))
        count = self._number()
        self._budget.spend(1)
        if count > self._left:
            raise DexFormatError(f"annotation with {count} elements at 0x{self.at:x}")
        elements = []
        for _ in range(count):
            name = self._known(self._names.string(self._number()))
            elements.append((name, self.value(depth + 1)))
        return Annotation(type_, visibility, tuple(elements))

    def value(self, depth: int = 0) -> Value:
        """Read an `encoded_value`; raises like `array`."""
        self._left -= 1
        self._budget.spend(1)
        if depth > _MAX_DEPTH or self._left < 0 or self.at >= self._end:
            raise DexFormatError(f"value at 0x{self.at:x} nests too deep or leaves the file")
        head = self._data[self.at]
        self.at += 1
        kind, arg = head & 0x1F, head >> 5
        if kind == 0x1C:
            return self.array(depth)
        if kind == 0x1D:
            return self.annotation(depth=depth)
        if kind == 0x1E:
            return None
        if kind == 0x1F:
            return bool(arg)
        raw = self._data[self.at : min(self.at + arg + 1, self._end)]
        if len(raw) != arg + 1:
            raise DexFormatError("value leaves the file")
        self.at += arg + 1
        return self._scalar(kind, raw)

    def _scalar(self, kind: int, raw: bytes) -> Value:
        if kind in (0x00, 0x02, 0x04, 0x06):
            return int.from_bytes(raw, "little", signed=True)
        number = int.from_bytes(raw, "little")
        if kind == 0x03:
            return number
        if kind == 0x10 and len(raw) <= 4:
            return float(struct.unpack("<f", raw.rjust(4, b"\0"))[0])
        if kind == 0x11:
            return float(struct.unpack("<d", raw.rjust(8, b"\0"))[0])
        return self._named(kind, number)

    def _named(self, kind: int, index: int) -> Value:
        names = self._names
        if kind == 0x15:
            return EncodedMethodType(self._known(names.proto(index)))
        if kind == 0x16:
            return EncodedMethodHandle(self._known(names.handle(index)))
        if kind == 0x17:
            return self._known(names.string(index))
        if kind == 0x18:
            return EncodedType(self._known(names.type(index)))
        if kind == 0x19:
            return EncodedField(self._known(names.field_signature(index)))
        if kind == 0x1A:
            return EncodedMethod(self._known(names.method_signature(index)))
        if kind == 0x1B:
            return EncodedEnum(self._known(names.field_signature(index)))
        raise DexFormatError(f"value of unknown kind 0x{kind:02x} at 0x{self.at:x}")

    def _number(self) -> int:
        number, self.at = read_uleb(self._data, self.at, self._end)
        return number

    def _known(self, found: T | None) -> T:
        if found is None:
            raise DexFormatError(f"value at 0x{self.at:x} names nothing")
        return found
