"""Decode the instructions of one method to objects, only when a question needs them.

Source: source.android.com, "Dalvik executable instruction formats" and "Dalvik bytecode" (payload
tables). Operands stand in the order in which dexdump prints them.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Final, NamedTuple

from auditor.dex import opcodes
from auditor.dex.bounds import DexFormatError
from auditor.dex.names import ImageNames

Units = list[int]
"""Code units of one method."""
SwitchPayload = tuple[tuple[int, int], ...]
ArrayPayload = tuple[int, tuple[int, ...]]


class Insn(NamedTuple):
    """One instruction."""

    offset: int
    """Code units from the start of the method."""
    op: int
    name: str
    regs: tuple[int, ...]
    """All register operands in order; for an invoke its arguments, also with `/range`."""
    ref: int | str | None = None
    """Global id of a method (invokes), field (iget, sput, …), call site (invoke-custom) or method
    handle; text of a string; descriptor of a type. None when it names nothing that exists."""
    ref2: str | None = None
    """Prototype of an invoke-polymorphic."""
    literal: int | None = None
    """Sign-extended; that of `const/high16` already shifted."""
    target: int | None = None
    """Offset of a branch's target, or of the payload of a switch or fill-array-data."""
    payload: SwitchPayload | ArrayPayload | None = None
    """Of a switch: (key, target) pairs. Of fill-array-data: width of an element in bytes, and the
    elements as unsigned numbers (the type of the array tells their sign)."""


Operands = tuple[tuple[int, ...], int | None, int | None, int | None]
"""Registers, index, literal, branch distance."""


def _s4(value: int) -> int:
    return value - 16 if value & 8 else value


def _s8(value: int) -> int:
    return value - 0x100 if value & 0x80 else value


def _s16(value: int) -> int:
    return value - 0x10000 if value & 0x8000 else value


def _s32(value: int) -> int:
    return value - (1 << 32) if value & 0x80000000 else value


def _s64(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _u32(u: Units, at: int) -> int:
    return u[at] | u[at + 1] << 16


def _quad(u: Units, pc: int) -> int:
    return _u32(u, pc + 1) | _u32(u, pc + 3) << 32


# Few registers, many instructions: their tuples are made once.
_ONE: Final = tuple((number,) for number in range(256))
_TWO: Final = tuple((number & 15, number >> 4) for number in range(256))


def _five(u: Units, pc: int) -> tuple[int, ...]:
    head, word = u[pc], u[pc + 2]
    count = head >> 12
    if count == 1:
        return _ONE[word & 15]
    if count == 2:
        return _TWO[word & 0xFF]
    four = _TWO[word & 0xFF] + _TWO[word >> 8]
    if count < 5:
        return four[:count]
    if count == 5:
        return (*four, head >> 8 & 15)
    raise DexFormatError(f"invoke at {pc:04x} has {count} registers")


def _span(u: Units, pc: int) -> tuple[int, ...]:
    first = u[pc + 2]
    return tuple(range(first, first + (u[pc] >> 8)))


_READERS: Final[dict[str, Callable[[Units, int], Operands]]] = {
    "": lambda u, pc: ((), None, None, None),
    "10x": lambda u, pc: ((), None, None, None),
    "12x": lambda u, pc: (_TWO[u[pc] >> 8], None, None, None),
    "11n": lambda u, pc: (_ONE[u[pc] >> 8 & 15], None, _s4(u[pc] >> 12), None),
    "11x": lambda u, pc: (_ONE[u[pc] >> 8], None, None, None),
    "10t": lambda u, pc: ((), None, None, _s8(u[pc] >> 8)),
    "20t": lambda u, pc: ((), None, None, _s16(u[pc + 1])),
    "22x": lambda u, pc: ((u[pc] >> 8, u[pc + 1]), None, None, None),
    "21t": lambda u, pc: (_ONE[u[pc] >> 8], None, None, _s16(u[pc + 1])),
    "21s": lambda u, pc: (_ONE[u[pc] >> 8], None, _s16(u[pc + 1]), None),
    "21h": lambda u, pc: (
        _ONE[u[pc] >> 8],
        None,
        _s16(u[pc + 1]) << (16 if u[pc] & 0xFF == 0x15 else 48),
        None,
    ),
    "21c": lambda u, pc: (_ONE[u[pc] >> 8], u[pc + 1], None, None),
    "23x": lambda u, pc: ((u[pc] >> 8, u[pc + 1] & 0xFF, u[pc + 1] >> 8), None, None, None),
    "22b": lambda u, pc: ((u[pc] >> 8, u[pc + 1] & 0xFF), None, _s8(u[pc + 1] >> 8), None),
    "22t": lambda u, pc: (_TWO[u[pc] >> 8], None, None, _s16(u[pc + 1])),
    "22s": lambda u, pc: (_TWO[u[pc] >> 8], None, _s16(u[pc + 1]), None),
    "22c": lambda u, pc: (_TWO[u[pc] >> 8], u[pc + 1], None, None),
    "30t": lambda u, pc: ((), None, None, _s32(_u32(u, pc + 1))),
    "32x": lambda u, pc: ((u[pc + 1], u[pc + 2]), None, None, None),
    "31i": lambda u, pc: (_ONE[u[pc] >> 8], None, _s32(_u32(u, pc + 1)), None),
    "31t": lambda u, pc: (_ONE[u[pc] >> 8], None, None, _s32(_u32(u, pc + 1))),
    "31c": lambda u, pc: (_ONE[u[pc] >> 8], _u32(u, pc + 1), None, None),
    "35c": lambda u, pc: (_five(u, pc), u[pc + 1], None, None),
    "3rc": lambda u, pc: (_span(u, pc), u[pc + 1], None, None),
    "45cc": lambda u, pc: (_five(u, pc), u[pc + 1], None, None),
    "4rcc": lambda u, pc: (_span(u, pc), u[pc + 1], None, None),
    "51l": lambda u, pc: (_ONE[u[pc] >> 8], None, _s64(_quad(u, pc)), None),
}
_READER_OF = tuple(_READERS[layout] for layout in opcodes.FORMATS)
_LENGTH_OF = tuple(opcodes.LENGTHS.tolist())
_KIND_OF = tuple(opcodes.REF_KINDS.tolist())


def decode_insns(units: Units, names: ImageNames) -> tuple[Insn, ...]:
    """Sweep one method linearly; payload tables are not instructions and are passed over.

    Raises:
        DexFormatError: an instruction or a payload leaves the method, or has an impossible shape.
    """
    resolve = _resolvers(names)
    size = len(units)
    budget = 4 * size  # code units of payloads, which instructions may share
    found: list[Insn] = []
    append, new = found.append, tuple.__new__  # `new` skips the Python-level constructor
    pc = 0
    while pc < size:
        head = units[pc]
        op = head & 0xFF
        if op == 0 and head in _PAYLOADS:
            pc += _payload_length(units, pc)
            continue
        length = _LENGTH_OF[op]
        if pc + length > size:
            raise DexFormatError(f"instruction at {pc:04x} leaves the method")
        regs, index, literal, distance = _READER_OF[op](units, pc)
        ref = None if index is None else resolve[_KIND_OF[op]](index)
        ref2 = payload = target = None
        if distance is not None:
            target = pc + distance
            if op in _EXPECTED:
                payload, used = _read_payload(units, pc, op, target)
                budget -= used
                if budget < 0:
                    raise DexFormatError("the tables of this method are larger than the method")
        elif op in _POLYMORPHIC:
            ref2 = names.proto(units[pc + 3])
        append(new(Insn, (pc, op, _NAMES[op], regs, ref, ref2, literal, target, payload)))
        pc += length
    return tuple(found)


_NAMES = opcodes.NAMES
_POLYMORPHIC = (0xFA, 0xFB)
_PAYLOADS = (opcodes.PACKED_PAYLOAD, opcodes.SPARSE_PAYLOAD, opcodes.ARRAY_PAYLOAD)


def _resolvers(names: ImageNames) -> tuple[Callable[[int], int | str | None], ...]:
    """How to resolve an index, in the order of `opcodes.NO_REF`, `STRING`, …"""
    return (
        lambda index: None,
        names.string,
        names.type,
        names.field,
        names.method,
        names.call_site,
        names.handle,
        names.proto,
    )


def _payload_length(units: Units, at: int) -> int:
    """Length in code units of the table at `at` (section "nop" payloads)."""
    if at + 4 > len(units):
        return len(units) - at if units[at] != opcodes.PACKED_PAYLOAD else 4
    if units[at] == opcodes.PACKED_PAYLOAD:
        return units[at + 1] * 2 + 4
    if units[at] == opcodes.SPARSE_PAYLOAD:
        return units[at + 1] * 4 + 2
    return (units[at + 1] * _u32(units, at + 2) + 1) // 2 + 4


_EXPECTED = {
    0x26: opcodes.ARRAY_PAYLOAD,
    0x2B: opcodes.PACKED_PAYLOAD,
    0x2C: opcodes.SPARSE_PAYLOAD,
}


def _read_payload(
    units: Units, pc: int, op: int, at: int
) -> tuple[SwitchPayload | ArrayPayload, int]:
    """Read the table at `at`; return it and its length in code units."""
    if not 0 <= at <= len(units) - 2 or units[at] != _EXPECTED[op]:
        raise DexFormatError(f"table of the instruction at {pc:04x} is not in the method")
    if op == 0x26:
        return _read_array(units, at)
    count = units[at + 1]
    keys_at = at + 2
    keys = 2 if op == 0x2B else 2 * count
    end = keys_at + keys + 2 * count
    if end > len(units):
        raise DexFormatError(f"switch table at {at:04x} leaves the method")
    targets = [pc + _s32(_u32(units, keys_at + keys + 2 * i)) for i in range(count)]
    if op == 0x2B:
        first = _s32(_u32(units, keys_at))
        return tuple((first + i, target) for i, target in enumerate(targets)), end - at
    pairs = [(_s32(_u32(units, keys_at + 2 * i)), t) for i, t in enumerate(targets)]
    return tuple(pairs), end - at


def _read_array(units: Units, at: int) -> tuple[ArrayPayload, int]:
    if at + 4 > len(units):
        raise DexFormatError(f"array at {at:04x} leaves the method")
    width, count = units[at + 1], _u32(units, at + 2)
    length = 4 + (width * count + 1) // 2
    if width not in (1, 2, 4, 8) or at + length > len(units):
        raise DexFormatError(f"array at {at:04x} leaves the method")
    raw = array("H", units[at + 4 : at + length]).tobytes()
    step = range(0, width * count, width)
    return (width, tuple([int.from_bytes(raw[i : i + width], "little") for i in step])), length
