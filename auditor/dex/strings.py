"""The strings of one DEX file, decoded when asked for (`string_id_item`, `string_data_item`).

A string is found by its index; its bytes run from behind the length to the first zero. The
declared length (UTF-16 units) is not needed to read it and is not trusted.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from auditor.dex.bounds import Limits
from auditor.dex.image import DexImage
from auditor.dex.leb128 import MAX_BYTES
from auditor.dex.mutf8 import decode_mutf8, encode_mutf8

Longs = npt.NDArray[np.int64]
BAD = "\N{REPLACEMENT CHARACTER}"
"""Stands for a string that cannot be read."""


class StringPool:
    """Strings of one DEX file by index."""

    def __init__(self, image: DexImage, limits: Limits) -> None:
        """Find where each string starts and ends; no text is decoded yet."""
        self._data = image.data
        self.count = len(image.strings)
        starts = _text_starts(image)
        ends = _text_ends(image, starts)
        # Strings may share bytes, but all together hold no more than twice the file.
        lengths = np.where(starts >= 0, ends - starts, 0)
        starts[np.cumsum(lengths) > 2 * image.end] = -1
        self._starts, self._ends = starts, ends
        if bad := int(np.count_nonzero(starts < 0)):
            limits.add(image.name, f"{bad} of {self.count} strings cannot be read")

    def text(self, index: int) -> str:
        """Text of string `index`; U+FFFD when there is none."""
        raw = self.raw(index)
        return BAD if raw is None else decode_mutf8(raw)

    def raw(self, index: int) -> bytes | None:
        """Bytes of string `index` without length and zero, None when there is none."""
        if not 0 <= index < self.count or self._starts[index] < 0:
            return None
        return self._data[self._starts[index] : self._ends[index]]

    def texts(self, indexes: Longs) -> list[str]:
        """Text of many strings, in the order asked."""
        inside = (indexes >= 0) & (indexes < self.count)
        starts = np.full(indexes.size, -1, dtype=np.int64)
        starts[inside] = self._starts[indexes[inside]]
        good = starts >= 0
        if not good.any():
            return [BAD] * indexes.size
        ends = np.zeros(indexes.size, dtype=np.int64)
        ends[good] = self._ends[indexes[good]]
        starts[~good] = ends[~good] = low = int(starts[good].min())
        region = self._data[low : int(ends.max())]
        # Every byte becomes the character of that number: right for ASCII, the others follow.
        letters = region.decode("latin-1")
        spans = zip((starts - low).tolist(), (ends - low).tolist(), strict=True)
        found = [letters[start:end] for start, end in spans]
        high = np.flatnonzero(np.frombuffer(region, dtype=np.uint8) >= 0x80)
        wide = high.searchsorted(starts - low) < high.searchsorted(ends - low)
        for row in np.flatnonzero(wide).tolist():
            found[row] = decode_mutf8(found[row].encode("latin-1"))
        for row in np.flatnonzero(~good).tolist():
            found[row] = BAD
        return found

    @cached_property
    def _by_place(self) -> tuple[Longs, Longs, int]:
        """Indexes and starts of the readable strings by where they stand, and the last end."""
        order = np.argsort(self._starts, kind="stable")
        order = order[int(np.count_nonzero(self._starts < 0)) :]
        return order, self._starts[order], int(self._ends[order].max()) if order.size else 0

    def holds(self, text: str) -> bool:
        """Tell whether exactly this text is a string; the table is sorted, as the format demands.

        In a file that is not sorted a string can be missed.
        """
        wanted = encode_mutf8(text)
        low, high = 0, self.count
        while low < high:
            middle = (low + high) // 2
            if (self.raw(middle) or b"") < wanted:
                low = middle + 1
            else:
                high = middle
        return self.raw(low) == wanted

    def containing(self, needle: bytes) -> list[int]:
        """Indexes of the strings in whose bytes `needle` (not empty, without zero) stands."""
        order, starts, high = self._by_place
        if not order.size or not needle:
            return []
        hits: set[int] = set()
        at = self._data.find(needle, int(starts[0]), high)
        while at >= 0:
            # Strings may share bytes: each that begins in this run before the hit holds it.
            behind = self._data.find(b"\0", at, high)
            first = self._data.rfind(b"\0", 0, at) + 1
            left, right = starts.searchsorted(first, "left"), starts.searchsorted(at, "right")
            hits.update(order[left:right].tolist())
            if behind < 0:
                break
            at = self._data.find(needle, behind, high)
        return sorted(i for i in hits if needle in (self.raw(i) or b""))


def _text_starts(image: DexImage) -> Longs:
    """Offset of the first character of each string, -1 when it is not in the file."""
    raw, last = image.raw, image.end - 1
    at = image.strings.astype(np.int64)
    inside = at < last
    at[~inside] = 0
    open_ = inside.copy()
    for _ in range(MAX_BYTES):  # skip the length
        if not open_.any():
            break
        long = open_ & (raw[np.minimum(at, last)] >= 0x80)
        at += open_
        open_ = long & (at < last)
    at[~inside | (at > last)] = -1
    return at


def _text_ends(image: DexImage, starts: Longs) -> Longs:
    """Offset of the zero behind each string, or the end of the file."""
    good = starts[starts >= 0]
    if not good.size:
        return np.zeros_like(starts)
    low, high = int(good.min()), int(good.max())
    closing = image.data.find(b"\0", high, image.end)
    stop = closing + 1 if closing >= 0 else image.end
    zeros = np.flatnonzero(image.raw[low:stop] == 0) + low
    bounded = np.append(zeros, image.end)
    return bounded[zeros.searchsorted(np.maximum(starts, low))]
