"""One method's code: instructions, exception handlers, debug lines (`code_item`)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.dex.bounds import DexFormatError
from auditor.dex.image import DexImage
from auditor.dex.insns import Insn, decode_insns
from auditor.dex.leb128 import read_sleb, read_uleb
from auditor.dex.names import ImageNames

HEADER_BYTES = 16
MAX_UNITS = 1 << 19
"""Code units of the longest method that is decoded; compilers make at most about a third of it."""
_MAX_LINES = 1 << 16

# Opcodes of the line table ("debug_info_item").
_END, _ADVANCE_PC, _ADVANCE_LINE, _START_LOCAL, _START_LOCAL_EXT, _END_LOCAL, _RESTART_LOCAL = (
    range(7)
)
_SET_FILE, _FIRST_SPECIAL, _LINE_BASE, _LINE_RANGE = 9, 0x0A, -4, 15
_NUMBERS = {_START_LOCAL: 3, _START_LOCAL_EXT: 4, _END_LOCAL: 1, _RESTART_LOCAL: 1, _SET_FILE: 1}
"""Numbers that follow an opcode which says nothing about lines."""


@dataclass(frozen=True, slots=True)
class TryBlock:
    """Instructions `start` to `end` (code units, half-open) and where their exceptions go."""

    start: int
    end: int
    handlers: tuple[tuple[str | None, int], ...]
    """(caught type, handler's offset) in order; type None catches everything."""


@dataclass(frozen=True, slots=True)
class MethodCode:
    """The decoded code of one method."""

    registers: int
    ins: int
    """Registers of the arguments: the last ones."""
    insns: tuple[Insn, ...]
    index_at: Mapping[int, int]
    """Position in `insns` of the instruction at a code-unit offset."""
    tries: tuple[TryBlock, ...]
    image: DexImage = field(repr=False, compare=False)
    debug: int = field(repr=False, compare=False)
    """Byte offset of the `debug_info_item`, 0 when there is none."""

    def lines(self) -> tuple[tuple[int, int], ...]:
        """(code-unit offset, source line) in order; empty when there is none or it is malformed."""
        if not self.debug:
            return ()
        try:
            return _read_lines(self.image, self.debug)
        except DexFormatError:
            return ()


def read_code(image: DexImage, at: int, names: ImageNames) -> MethodCode:
    """Decode the `code_item` at byte `at`.

    Raises:
        DexFormatError: it leaves the file, or an instruction, table or handler is malformed.
    """
    if at < 0 or at % 2 or at + HEADER_BYTES > image.end:
        raise DexFormatError(f"code at 0x{at:x} lies outside the file")
    registers, ins, _, tries, debug, size = struct.unpack_from("<4H2I", image.data, at)
    start = at + HEADER_BYTES
    end = start + 2 * size
    if end > image.end:
        raise DexFormatError(f"code at 0x{at:x} leaves the file")
    if size == 0:
        raise DexFormatError("code without instructions")
    if size > MAX_UNITS:
        raise DexFormatError(f"{size} code units; methods of more than {MAX_UNITS} are not decoded")
    units = memoryview(image.data)[start:end].cast("H").tolist()
    insns = decode_insns(units, names)
    highest = max(map(max, filter(None, (insn.regs for insn in insns))), default=-1)
    if max(highest + 1, ins) > registers:  # no verifier lets it pass
        raise DexFormatError(f"register v{max(highest, ins - 1)} in a method of {registers}")
    return MethodCode(
        registers,
        ins,
        insns,
        {insn.offset: position for position, insn in enumerate(insns)},
        _read_tries(image, end + (2 if size % 2 else 0), tries, names) if tries else (),
        image,
        debug if debug < image.end else 0,
    )


def _read_tries(image: DexImage, at: int, count: int, names: ImageNames) -> tuple[TryBlock, ...]:
    handlers_at = at + 8 * count
    if handlers_at > image.end:
        raise DexFormatError("try blocks leave the file")
    known: dict[int, tuple[tuple[str | None, int], ...]] = {}
    budget = image.end - handlers_at
    found = []
    for number in range(count):
        start, length, offset = struct.unpack_from("<IHH", image.data, at + 8 * number)
        if offset not in known:
            known[offset] = _read_handlers(image, handlers_at + offset, budget, names)
            budget -= len(known[offset])
        found.append(TryBlock(start, start + length, known[offset]))
    return tuple(found)


def _read_handlers(
    image: DexImage, at: int, budget: int, names: ImageNames
) -> tuple[tuple[str | None, int], ...]:
    count, at = read_sleb(image.data, at, image.end)
    if abs(count) > budget:
        raise DexFormatError("exception handlers leave the file")
    found: list[tuple[str | None, int]] = []
    for _ in range(abs(count)):
        type_index, at = read_uleb(image.data, at, image.end)
        address, at = read_uleb(image.data, at, image.end)
        caught = names.type(type_index)
        if caught is None:
            raise DexFormatError(
                f"exception handler catches type {type_index}, which does not exist"
            )
        found.append((caught, address))
    if count <= 0:
        address, at = read_uleb(image.data, at, image.end)
        found.append((None, address))
    return tuple(found)


def _read_lines(image: DexImage, at: int) -> tuple[tuple[int, int], ...]:
    """Run the state machine of the `debug_info_item`."""
    data, end = image.data, image.end
    line, at = read_uleb(data, at, end)
    parameters, at = read_uleb(data, at, end)
    if parameters > 0xFF:
        raise DexFormatError(f"{parameters} names of parameters")
    for _ in range(parameters):
        _, at = read_uleb(data, at, end)
    address = 0
    found: list[tuple[int, int]] = []
    for _ in range(_MAX_LINES):
        if at >= end:
            break
        op, at = data[at], at + 1
        if op == _END:
            break
        if op == _ADVANCE_PC:
            step, at = read_uleb(data, at, end)
            address += step
        elif op == _ADVANCE_LINE:
            step, at = read_sleb(data, at, end)
            line += step
        elif op in _NUMBERS:
            for _ in range(_NUMBERS[op]):
                _, at = read_uleb(data, at, end)
        elif op >= _FIRST_SPECIAL:
            address += (op - _FIRST_SPECIAL) // _LINE_RANGE
            line += _LINE_BASE + (op - _FIRST_SPECIAL) % _LINE_RANGE
            found.append((address, line))
    return tuple(found)
