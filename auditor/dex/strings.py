"""The strings of one DEX file, decoded when asked for (`string_id_item`, `string_data_item`).

A string is found by its index; its bytes run from behind the length to the first zero. The
declared length (UTF-16 units) is not needed to read it and is not trusted.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from auditor.dex.bounds import Limits
from auditor.dex.image import DexImage
from auditor.dex.leb128 import MAX_BYTES
from auditor.dex.mutf8 import decode_mutf8

BAD = "\N{REPLACEMENT CHARACTER}"
"""Stands for a string that lies outside the file."""


class StringPool:
    """Strings of one DEX file by index."""

    def __init__(self, image: DexImage, limits: Limits) -> None:
        """Find where each string starts; no text is decoded yet."""
        self._data = image.data
        self._end = image.end
        self.count = len(image.strings)
        self._starts = self._text_starts(image)
        if bad := int(np.count_nonzero(self._starts < 0)):
            limits.add(image.name, f"{bad} of {self.count} strings lie outside the file")

    def _text_starts(self, image: DexImage) -> npt.NDArray[np.int64]:
        """Offset of the first character of each string, -1 when it is not in the file."""
        raw = image.raw
        at = image.strings.astype(np.int64)
        inside = at < self._end - 1
        at[~inside] = 0
        open_ = inside.copy()
        for _ in range(MAX_BYTES):  # skip the length
            long = open_ & (raw[np.minimum(at, self._end - 1)] >= 0x80)
            at += open_
            open_ = long & (at < self._end - 1)
        at[~inside | (at >= self._end)] = -1
        return at

    def text(self, index: int) -> str:
        """Text of string `index`; U+FFFD when there is none."""
        raw = self.raw(index)
        return BAD if raw is None else decode_mutf8(raw)

    def raw(self, index: int) -> bytes | None:
        """Bytes of string `index` without length and zero, None when there is none."""
        if not 0 <= index < self.count:
            return None
        start = int(self._starts[index])
        if start < 0:
            return None
        stop = self._data.find(b"\0", start, self._end)
        return self._data[start : self._end if stop < 0 else stop]

    def texts(self, indexes: npt.NDArray[np.int64]) -> list[str]:
        """Text of many strings, in the order asked."""
        data, end, find = self._data, self._end, self._data.find
        inside = (indexes >= 0) & (indexes < self.count)
        starts = np.full(indexes.size, -1, dtype=np.int64)
        starts[inside] = self._starts[indexes[inside]]
        found = []
        for start in starts.tolist():
            stop = find(b"\0", start, end) if start >= 0 else start
            raw = data[start : stop if stop >= 0 else end] if start >= 0 else None
            if raw is None:
                found.append(BAD)
            else:
                found.append(raw.decode("ascii") if raw.isascii() else decode_mutf8(raw))
        return found

    def containing(self, needle: bytes) -> list[int]:
        """Indexes of the strings in whose bytes `needle` (not empty, without zero) stands."""
        spans = self._span()
        if spans is None or not needle:
            return []
        low, high, order = spans
        hits: set[int] = set()
        at = self._data.find(needle, low, high)
        sorted_starts = self._starts[order]
        while at >= 0:
            behind = self._data.find(b"\0", at, self._end)
            # Strings may share bytes: each that begins in this run before the hit holds it.
            first = self._data.rfind(b"\0", low, at) + 1
            left = int(np.searchsorted(sorted_starts, max(first, low), "left"))
            right = int(np.searchsorted(sorted_starts, at, "right"))
            hits.update(order[left:right].tolist())
            if behind < 0:
                break
            at = self._data.find(needle, behind, high)
        return sorted(i for i in hits if needle in (self.raw(i) or b""))

    def _span(self) -> tuple[int, int, npt.NDArray[np.int64]] | None:
        """First byte, end, and order by offset of the strings that exist."""
        order = np.argsort(self._starts, kind="stable")
        order = order[int(np.count_nonzero(self._starts < 0)) :]
        if not order.size:
            return None
        last = int(self._starts[order[-1]])
        stop = self._data.find(b"\0", last, self._end)
        return int(self._starts[order[0]]), self._end if stop < 0 else stop, order


def decode_all(pool: StringPool) -> Iterable[str]:
    """Every string of the pool by index."""
    return pool.texts(np.arange(pool.count, dtype=np.int64))
