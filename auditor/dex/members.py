"""Members that classes define: every `class_data_item` of a file in a few vectorised passes.

All numbers of the region are decoded at once (`read_ulebs`); the four counts at the head of each
item say how many belong to it, and differences of member indexes are summed up group by group.
Source: "Dalvik executable format", sections "class_data_item", "encoded_field", "encoded_method".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from auditor.dex.bounds import Limits
from auditor.dex.image import DexImage
from auditor.dex.leb128 import read_ulebs

Longs = npt.NDArray[np.int64]
_WINDOW = 1 << 20
"""The items that start within so many bytes are decoded at once."""
_TAIL = 1 << 12
"""Bytes that are decoded behind the start of the last of them, at first."""
_MAX_FAILURES = 16
"""Each item that cannot be read may cost a pass over the file: give up after so many."""


class Members(NamedTuple):
    """Fields or methods as columns: class, entry of the table, flags, code."""

    owner: Longs
    """Row of the class table."""
    entry: Longs
    access: Longs
    code: Longs
    """Offset of the `code_item`, 0 when there is none; zeros for fields."""
    static: npt.NDArray[np.bool_]
    """Static field or direct method: the first group of the item."""


def read_members(image: DexImage, rows: Longs, limits: Limits) -> tuple[Members, Members]:
    """Read the fields and methods that the classes `rows` define.

    The work is bounded: items that overlap to more members than the file has bytes are dropped.
    """
    offsets = image.classes["data"][rows].astype(np.int64)
    present = offsets > 0
    rows, offsets = rows[present], offsets[present]
    inside = offsets < image.end - 4
    bad = int(np.count_nonzero(~inside))
    order = np.argsort(offsets[inside], kind="stable")
    rows, offsets = rows[inside][order], offsets[inside][order]
    budget = image.end
    parts: list[tuple[Members, Members]] = []
    window, failures = _WINDOW, 0
    while rows.size and failures < _MAX_FAILURES:
        start = int(offsets[0])
        near = offsets[: offsets.searchsorted(start + window)]
        stop = min(image.end, int(near[-1]) + max(_TAIL, window - _WINDOW))
        done, found, used = _decode_window(image.raw[start:stop], offsets - start, rows, budget)
        if done:
            parts.append(found)
            budget -= used
            window = _WINDOW
        elif stop == image.end or budget <= 0:
            done, failures = 1, failures + 1
        else:
            window *= 4
        rows, offsets = rows[done:], offsets[done:]
    if bad := bad + failures + rows.size:
        limits.add(image.name, f"members of {bad} classes cannot be read")
    fields, methods = zip(*parts, strict=True) if parts else ((), ())
    return _in_class_order(fields), _in_class_order(methods)


def _decode_window(
    region: npt.NDArray[np.uint8], offsets: Longs, rows: Longs, budget: int
) -> tuple[int, tuple[Members, Members], int]:
    """Decode the first items of a window: how many, their fields and methods, members used."""
    offsets = offsets[offsets < region.size]
    values, ends, too_long = read_ulebs(region, offsets)
    first = np.searchsorted(ends, offsets)  # number of the value that holds this byte
    first = first[first + 4 <= values.size]
    heads = first[:, None] + np.arange(4)
    counts = values[heads] if first.size else np.empty((0, 4), dtype=np.int64)
    last = first + 4 + 2 * counts[:, 0] + 2 * counts[:, 1] + 3 * counts[:, 2] + 3 * counts[:, 3]
    fits = (last <= values.size) & (np.cumsum(counts.sum(axis=1)) <= budget)
    done = int(np.argmin(fits)) if not fits.all() else len(fits)
    first, counts, rows = first[:done], counts[:done], rows[:done]
    usable = np.where(too_long, -1, values)
    static_fields = first + 4
    instance_fields = static_fields + 2 * counts[:, 0]
    direct = instance_fields + 2 * counts[:, 1]
    virtual = direct + 3 * counts[:, 2]
    fields = _join(
        _group(usable, rows, static_fields, counts[:, 0], 2, True),
        _group(usable, rows, instance_fields, counts[:, 1], 2, False),
    )
    methods = _join(
        _group(usable, rows, direct, counts[:, 2], 3, True),
        _group(usable, rows, virtual, counts[:, 3], 3, False),
    )
    return done, (fields, methods), int(counts.sum())


def _group(
    values: Longs, rows: Longs, starts: Longs, counts: Longs, width: int, static: bool
) -> Members:
    """One group (static fields, …) of every item: `counts[i]` members from value `starts[i]`."""
    total = int(counts.sum())
    before = np.cumsum(counts) - counts
    within = np.arange(total) - np.repeat(before, counts)
    at = np.repeat(starts, counts) + width * within
    running = np.cumsum(values[at]) if total else np.empty(0, dtype=np.int64)
    filled = counts > 0
    base = running[before[filled]] - values[at[before[filled]]]
    entry = running - np.repeat(base, counts[filled])
    code = values[at + 2] if width == 3 else np.zeros(total, dtype=np.int64)
    return Members(
        np.repeat(rows, counts), entry, values[at + 1], code, np.full(total, static, dtype=np.bool_)
    )


def _join(*parts: Members) -> Members:
    if not parts:
        empty = np.empty(0, dtype=np.int64)
        return Members(empty, empty, empty, empty, np.empty(0, dtype=np.bool_))
    return Members(
        *(
            np.concatenate([getattr(part, column) for part in parts])
            for column in ("owner", "entry", "access", "code", "static")
        )
    )


def _in_class_order(parts: tuple[Members, ...]) -> Members:
    joined = _join(*parts)
    order = np.argsort(joined.owner, kind="stable")
    return Members(
        joined.owner[order],
        joined.entry[order],
        joined.access[order],
        joined.code[order],
        joined.static[order],
    )
