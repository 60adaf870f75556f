"""Find every instruction of a file: all methods swept in lockstep.

`pc` holds one cursor a method. Each round marks it, looks the length of its instruction up and
advances; cursors that reach the end of their method drop out. There are as many rounds as the
longest method has instructions, and each is a few numpy operations; when few methods are left,
they are finished one by one. The runtime's verifier sweeps linearly too, so what is hidden behind
a jump into the middle of an instruction is not code to it either.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from auditor.dex.bounds import Limits
from auditor.dex.image import DexImage
from auditor.dex.opcodes import (
    ARRAY_PAYLOAD,
    FORMATS,
    LENGTHS,
    NO_REF,
    PACKED_PAYLOAD,
    REF_KINDS,
    SPARSE_PAYLOAD,
)
from auditor.dex.symbols import sorted_unique

Longs = npt.NDArray[np.int64]
_FEW = 48
"""Below so many methods a loop is faster than rounds of numpy."""
_HEADER_UNITS = 8
"""Code units of a `code_item` before its instructions."""
_UNASSIGNED = np.array([not f for f in FORMATS])
_BLOCK = 1 << 16


class CodeItems(NamedTuple):
    """The `code_item`s of a file, by offset, each once; positions count code units of the file."""

    offsets: Longs
    """Byte offset of each item."""
    starts: Longs
    """Position of its first instruction."""
    ends: Longs


class References(NamedTuple):
    """Instructions that name an entry of a constant table, in order of their position."""

    item: npt.NDArray[np.int32]
    """Row of `CodeItems`."""
    offset: npt.NDArray[np.int32]
    """Code units from the start of the method."""
    op: npt.NDArray[np.uint8]
    entry: npt.NDArray[np.int64]
    """Entry of the table that `REF_KINDS[op]` says."""


def read_code_items(image: DexImage, offsets: Longs, limits: Limits) -> CodeItems:
    """Check the `code_item`s at these byte offsets; what leaves the file or overlaps is dropped."""
    unique = sorted_unique(offsets[offsets != 0])
    usable = unique[(unique > 0) & (unique % 2 == 0) & (unique + 2 * _HEADER_UNITS <= image.end)]
    units = image.units
    heads = usable // 2
    sizes = units[heads + 6].astype(np.int64) | units[heads + 7].astype(np.int64) << 16
    starts = heads + _HEADER_UNITS
    ends = starts + sizes
    inside = ends <= units.size
    usable, starts, ends = usable[inside], starts[inside], ends[inside]
    reached = np.maximum.accumulate(np.concatenate(([0], ends)))[:-1]
    apart = starts - _HEADER_UNITS >= reached
    kept = CodeItems(usable[apart], starts[apart], ends[apart])
    if bad := unique.size - kept.offsets.size:
        limits.add(
            image.name, f"code of {bad} methods lies outside the file or overlaps other code"
        )
    return kept


def sweep(image: DexImage, items: CodeItems, limits: Limits) -> References:
    """Find the instructions that refer to something, in every method of `items`."""
    low, high = (int(items.starts[0]), int(items.ends[-1])) if items.starts.size else (0, 0)
    if low == high:
        return _nothing()
    units = image.units[low:high]
    starts, ends = items.starts - low, items.ends - low
    ops = np.ascontiguousarray(image.raw[2 * low : 2 * high : 2])
    steps = _steps(units, ops)
    every = np.flatnonzero(_visit(steps, starts, ends))
    _check(image, steps, every, ops[every], starts, ends, limits)
    positions = every[REF_KINDS[ops[every]] != NO_REF]
    last = units.size - 1
    entry = units[np.minimum(positions + 1, last)].astype(np.int64)
    jumbo = np.flatnonzero(ops[positions] == 0x1B)
    entry[jumbo] |= units[np.minimum(positions[jumbo] + 2, last)].astype(np.int64) << 16
    item = _owners(positions, starts)
    return References(
        item.astype(np.int32),
        (positions - starts[item]).astype(np.int32),
        ops[positions],
        entry,
    )


def _nothing() -> References:
    return References(
        np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.uint8), np.empty(0, np.int64)
    )


def _owners(positions: Longs, starts: Longs) -> Longs:
    """Row of the method in which each of the sorted positions lies."""
    first = np.searchsorted(positions, starts)
    counts = np.diff(np.append(first, positions.size))
    return np.repeat(np.arange(starts.size), counts)


def _steps(units: npt.NDArray[np.uint16], ops: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """Length in code units of what starts at each position, were an instruction to start there."""
    steps = LENGTHS[ops]
    tables = np.flatnonzero(ops[: max(0, units.size - 3)] == 0)
    heads = units[tables]
    tables = tables[(heads >= PACKED_PAYLOAD) & (heads <= ARRAY_PAYLOAD)]
    kind = units[tables]
    first = units[tables + 1].astype(np.int64)
    count = units[tables + 2].astype(np.int64) | units[tables + 3].astype(np.int64) << 16
    length = np.where(
        kind == PACKED_PAYLOAD,
        first * 2 + 4,
        np.where(kind == SPARSE_PAYLOAD, first * 4 + 2, (first * count + 1) // 2 + 4),
    )
    steps[tables] = np.minimum(length, np.iinfo(np.int32).max // 2)
    return np.asarray(steps)


def _visit(steps: npt.NDArray[np.int32], starts: Longs, ends: Longs) -> npt.NDArray[np.bool_]:
    """Mark the positions at which an instruction starts."""
    mark = np.zeros(steps.size, dtype=np.bool_)
    alive = starts < ends
    pc, end = starts[alive], ends[alive]
    while pc.size > _FEW:
        mark[pc] = True
        pc = pc + steps[pc]
        alive = pc < end
        if not alive.all():
            pc, end = pc[alive], end[alive]
    for one, stop in zip(pc.tolist(), end.tolist(), strict=True):
        _finish(steps, mark, one, stop)
    return mark


def _finish(steps: npt.NDArray[np.int32], mark: npt.NDArray[np.bool_], pc: int, end: int) -> None:
    """Sweep the rest of one method, block by block so that memory stays small."""
    while pc < end:
        base, stop = pc, min(end, pc + _BLOCK)
        lengths = steps[base:stop].tolist()
        seen = []
        while pc < stop:
            seen.append(pc)
            pc += lengths[pc - base]
        mark[seen] = True


def _check(
    image: DexImage,
    steps: npt.NDArray[np.int32],
    every: Longs,
    ops: npt.NDArray[np.uint8],
    starts: Longs,
    ends: Longs,
    limits: Limits,
) -> None:
    """Note methods whose last instruction leaves them, and opcodes that do not exist."""
    last = every[np.maximum(every.searchsorted(ends) - 1, 0)]
    leaves = (last >= starts) & (last < ends) & (last + steps[last] > ends)
    if bad := int(np.count_nonzero(leaves)):
        limits.add(image.name, f"the last instruction of {bad} methods leaves the method")
    if unknown := int(np.count_nonzero(_UNASSIGNED[ops])):
        limits.add(image.name, f"{unknown} instructions have an opcode that does not exist")
