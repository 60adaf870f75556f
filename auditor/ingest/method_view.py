"""Show androguard's decompiler one method of a DEX file, without parsing the file.

`androguard.core.dex.DEX` builds an object for every item of a file (seconds, hundreds of MB); its
decompiler asks only for the code of one method and for the names which that code uses. So the two
classes here stand where it expects a `ClassManager` and an `EncodedMethod`, and look names up in
the tables when asked. Format: source.android.com/docs/core/runtime/dex-format.

Anything malformed ends in one of `UNREADABLE`, which `quote` turns into "no text".
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Any

UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    StopIteration,
    struct.error,
    TypeError,
    ValueError,
)
"""What androguard raises on code that it does not understand, `InvalidInstruction` excepted."""

_MAX_PARAMETERS = 255
_MAX_STRING = 10_000
_MAX_METHODS = 65_536
_MAX_CANDIDATES = 500_000
"""Methods of the quoted classes that are looked at; repeated class definitions count again."""


class Names:
    """The tables of one DEX file, by index; plays androguard's `ClassManager` and `DEX`."""

    def __init__(self, data: bytes) -> None:
        """Read the table offsets in the header of `data`."""
        from androguard.core.dex import DalvikPacker

        self.data = data
        self.packer = DalvikPacker(0x12345678)
        numbers = struct.unpack_from("<12L", data, 0x38)
        self._strings, self._types, self._protos = numbers[1], numbers[3], numbers[5]
        self._fields, self._methods = numbers[7], numbers[9]
        self.class_count, self.classes = numbers[10], numbers[11]

    def get_string(self, index: int) -> str:
        """Return a string, cut at 10,000 characters."""
        (at,) = struct.unpack_from("<L", self.data, self._strings + 4 * index)
        return _text(self._raw(at))

    get_raw_string = get_string

    def type_bytes(self, index: int) -> bytes:
        """Return a type descriptor as it stands in the file."""
        (string,) = struct.unpack_from("<L", self.data, self._types + 4 * index)
        (at,) = struct.unpack_from("<L", self.data, self._strings + 4 * string)
        return self._raw(at)

    def get_type(self, index: int) -> str:
        """Return a type descriptor; none for the index that means "any exception"."""
        return "Ljava/lang/Throwable;" if index < 0 else _text(self.type_bytes(index))

    get_cm_type = get_type

    def get_field(self, index: int) -> tuple[str, str, str]:
        """Return class, type and name of a field."""
        cls, kind, name = struct.unpack_from("<2HL", self.data, self._fields + 8 * index)
        return self.get_type(cls), self.get_type(kind), self.get_string(name)

    def get_proto(self, index: int) -> tuple[str, str]:
        """Return `(A B)` and the return type, as androguard spells them."""
        _, returned, at = struct.unpack_from("<3L", self.data, self._protos + 12 * index)
        types: tuple[int, ...] = ()
        if at:
            (count,) = struct.unpack_from("<L", self.data, at)
            types = struct.unpack_from(f"<{min(count, _MAX_PARAMETERS)}H", self.data, at + 4)
        return f"({' '.join(map(self.get_type, types))})", self.get_type(returned)

    def get_method_ref(self, index: int) -> MethodName:
        """Return the name of a method."""
        cls, proto, name = struct.unpack_from("<2HL", self.data, self._methods + 8 * index)
        return MethodName(self.get_type(cls), self.get_string(name), self.get_proto(proto))

    def get_odex_format(self) -> bool:
        """Tell that this is no ODEX."""
        return False

    def _raw(self, at: int) -> bytes:
        while self.data[at] & 0x80:
            at += 1
        end = self.data.find(b"\0", at + 1, at + 2 + 3 * _MAX_STRING)
        return self.data[at + 1 : end if end >= 0 else at + 1 + _MAX_STRING]


def _text(raw: bytes) -> str:
    """Decode MUTF-8; surrogates stay apart, as the decompiler writes them."""
    return raw.replace(b"\xc0\x80", b"\0").decode(
        "utf-8", "surrogatepass" if _cesu(raw) else "replace"
    )


def _cesu(raw: bytes) -> bool:
    try:
        raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


class MethodName:
    """Name of a method; plays androguard's `MethodIdItem`."""

    def __init__(self, cls: str, name: str, proto: tuple[str, str]) -> None:
        """Hold class, name, and parameters with return type."""
        self._cls, self._name, self._proto = cls, name, proto

    def get_class_name(self) -> str:
        """Class descriptor."""
        return self._cls

    def get_name(self) -> str:
        """Bare name."""
        return self._name

    def get_proto(self) -> tuple[str, str]:
        """Parameters and return type."""
        return self._proto

    def get_descriptor(self) -> str:
        """Parameters and return type in one string."""
        return "".join(self._proto)

    def get_triple(self) -> tuple[str, str, str]:
        """Class without `L` and `;`, name, descriptor."""
        return self._cls[1:-1], self._name, self.get_descriptor().replace(" ", "")

    @property
    def signature(self) -> str:
        """JVM style: `Lpkg/Class;->name(Larg;)Lret;`."""
        return f"{self._cls}->{self._name}{self.get_descriptor().replace(' ', '')}"


class Method(MethodName):
    """One defined method; plays androguard's `EncodedMethod`."""

    def __init__(self, names: Names, index: int, flags: int, code: int) -> None:
        """Read the name of the method `index`; `code` is the offset of its code item, or 0."""
        name = names.get_method_ref(index)
        super().__init__(name.get_class_name(), name.get_name(), name.get_proto())
        self.names, self.name, self._flags, self.code_offset = names, name.get_name(), flags, code

    def get_access_flags(self) -> int:
        """Access flags."""
        return self._flags

    def get_code_off(self) -> int:
        """Offset of the code item."""
        return self.code_offset

    @property
    def units(self) -> int:
        """Size of the code in 16-bit units."""
        if not self.code_offset:
            return 0
        return int(struct.unpack_from("<L", self.names.data, self.code_offset + 12)[0])

    @cached_property
    def _code(self) -> Any:  # noqa: ANN401
        from androguard.core.dex import DalvikCode

        # 16 bytes of header, the code, and room for its tries: enough, and bounded.
        room = 16 + 2 * self.units + (1 << 16)
        item = self.names.data[self.code_offset : self.code_offset + room]
        return DalvikCode(io.BytesIO(item), self.names)

    def get_code(self) -> Any:  # noqa: ANN401
        """Return androguard's code object, or None for a method without code."""
        return self._code if self.code_offset else None

    def get_instructions(self) -> Iterator[Any]:
        """Yield androguard's instructions."""
        return iter(self._code.get_bc().get_instructions())

    def get_instructions_idx(self) -> Iterator[tuple[int, Any]]:
        """Yield byte offset and instruction."""
        at = 0
        for instruction in self.get_instructions():
            yield at, instruction
            at += instruction.get_length()


def find_methods(names: Names, wanted: set[str]) -> dict[str, Method]:
    """Find the defined methods with these signatures; others are left out."""
    found: dict[str, Method] = {}
    for method in islice(_candidates(names, wanted), _MAX_CANDIDATES):
        if method.signature in wanted:
            found.setdefault(method.signature, method)
            if len(found) == len(wanted):
                break
    return found


def _candidates(names: Names, wanted: set[str]) -> Iterator[Method]:
    """Yield the methods of the classes that `wanted` names."""
    classes = {signature.partition("->")[0].encode() for signature in wanted}
    room = max(0, len(names.data) - names.classes) // 32
    for i in range(min(names.class_count, room)):
        at = names.classes + 32 * i
        (type_index,) = struct.unpack_from("<L", names.data, at)
        (class_data,) = struct.unpack_from("<L", names.data, at + 24)
        if class_data and names.type_bytes(type_index) in classes:
            yield from _methods(names, class_data)


def _methods(names: Names, at: int) -> Iterator[Method]:
    """Yield the methods of a `class_data_item`."""
    counts = []
    for _ in range(4):
        value, at = _uleb128(names.data, at)
        counts.append(value)
    for _ in range(min(counts[0] + counts[1], 2 * _MAX_METHODS)):
        _, at = _uleb128(names.data, at)
        _, at = _uleb128(names.data, at)
    for count in counts[2:]:
        index = 0
        for _ in range(min(count, _MAX_METHODS)):
            step, at = _uleb128(names.data, at)
            flags, at = _uleb128(names.data, at)
            code, at = _uleb128(names.data, at)
            index += step
            yield Method(names, index, flags, code)


def _uleb128(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 35, 7):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    return value, at
