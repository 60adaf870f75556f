"""LEB128 numbers (section "LEB128" of the DEX format): one at a time, or a whole region at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from auditor.dex.bounds import DexFormatError

MAX_BYTES = 5
"""A number has at most five bytes: 32 bits."""


def read_uleb(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Read an unsigned number at byte `at`; return it and the offset behind it.

    Raises:
        DexFormatError: it reaches `end`, or has more than five bytes.
    """
    value = shift = 0
    for position in range(at, min(at + MAX_BYTES, end)):
        byte = data[position]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFF, position + 1
        shift += 7
    raise DexFormatError(f"number at 0x{at:x} does not end")


def read_sleb(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Read a signed number; otherwise like `read_uleb`."""
    value = shift = 0
    for position in range(at, min(at + MAX_BYTES, end)):
        byte = data[position]
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            if byte & 0x40:
                value -= 1 << shift
            return value, position + 1
    raise DexFormatError(f"number at 0x{at:x} does not end")


class UlebRegion(NamedTuple):
    """Every unsigned number of a region, as if one stood behind the other."""

    values: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    """Offset, within the region, of the last byte of each value."""
    too_long: npt.NDArray[np.bool_]
    """Whether a value has more than five bytes."""


def read_ulebs(region: npt.NDArray[np.uint8], breaks: npt.NDArray[np.int64]) -> UlebRegion:
    """Decode a region of bytes in one pass; bytes after the last complete number are dropped.

    At each offset in `breaks` a number starts, whatever stands before it.
    """
    closing = region < 0x80
    closing[breaks[breaks > 0] - 1] = True
    ends = np.flatnonzero(closing)
    starts = np.empty_like(ends)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    lengths = ends - starts + 1
    values = (region[starts] & 0x7F).astype(np.int64)
    for extra in range(1, MAX_BYTES):
        rows = np.flatnonzero(lengths > extra)
        if not rows.size:
            break
        values[rows] |= (region[starts[rows] + extra] & 0x7F).astype(np.int64) << (7 * extra)
    values &= 0xFFFFFFFF
    return UlebRegion(values, ends, lengths > MAX_BYTES)
