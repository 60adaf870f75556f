"""Chunks and string pools: what binary XML and resource tables are made of.

Layout: `frameworks/base/libs/androidfw/include/androidfw/ResourceTypes.h`; what Android tolerates:
`ResStringPool::setTo` and `string8At` in `ResourceTypes.cpp`. Header sizes larger than usual are
fine there, unknown chunks are skipped, and a string outside its pool reads as missing; so here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = struct.Struct("<HHL")
_POOL = struct.Struct("<5L")
_UTF8 = 0x100

STRING_POOL, TABLE, XML = 0x0001, 0x0002, 0x0003
NO_INDEX = 0xFFFFFFFF

_MAX_TEXT = 1 << 22
"""Bytes of one string that are decoded at most."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One `ResChunk_header`: its body starts at `start + header` and ends before `end`."""

    type: int
    start: int
    header: int
    end: int


def chunk_at(data: bytes, start: int, end: int) -> Chunk | None:
    """Return the chunk at `start` if it lies inside `data[:end]`, as `validate_chunk` wants."""
    if start < 0 or start + _HEADER.size > end:
        return None
    kind, header, size = _HEADER.unpack_from(data, start)
    if header < _HEADER.size or size < header or start + size > end:
        return None
    return Chunk(kind, start, header, start + size)


def chunks(data: bytes, start: int, end: int) -> Iterator[Chunk]:
    """Yield the chunks that follow each other from `start`; stop at the first malformed one."""
    while (chunk := chunk_at(data, start, end)) is not None:
        yield chunk
        start = chunk.end


class StringPool:
    """A `ResStringPool`; strings are decoded when asked for. Missing ones read as empty."""

    def __init__(self, data: bytes, chunk: Chunk) -> None:
        """Read the header of the pool at `chunk`; a malformed pool is an empty one."""
        self._data = data
        self._cache: dict[int, str] = {}
        self._budget = 2 * (chunk.end - chunk.start) + (1 << 20)
        self.count = 0
        self.malformed = True
        self.exhausted = False
        """Overlapping strings had more text than is decoded; the others read as missing."""
        body = chunk.start + 8
        if chunk.header < 8 + _POOL.size or body + _POOL.size > chunk.end:
            return
        count, styles, flags, strings, _ = _POOL.unpack_from(data, body)
        offsets = chunk.start + chunk.header
        room = max(0, chunk.end - offsets) // 4
        self.malformed = count > room or (count > 0 and strings >= chunk.end - chunk.start)
        self.count = min(count, room)
        self._offsets = offsets
        self._strings = chunk.start + strings
        self._end = chunk.end
        self._utf8 = bool(flags & _UTF8)

    def __getitem__(self, index: int) -> str:
        """Return the string of this index, or an empty one."""
        text = self._cache.get(index)
        if text is None:
            if not 0 <= index < self.count:
                return ""
            text = self._cache[index] = self._decode(index)
        return text

    def _decode(self, index: int) -> str:
        at = self._strings + int.from_bytes(
            self._data[self._offsets + 4 * index : self._offsets + 4 * index + 4], "little"
        )
        self.exhausted = self.exhausted or self._budget <= 0
        if self.exhausted or at >= self._end:
            return ""
        if self._utf8:
            _, at = self._length(at, 1)
            size, at = self._length(at, 1)
            codec = "utf-8"
        else:
            units, at = self._length(at, 2)
            size, codec = 2 * units, "utf-16-le"
        size = min(size, self._end - at, _MAX_TEXT)
        self._budget -= size
        return self._data[at : at + size].decode(codec, "replace") if size > 0 else ""

    def _length(self, at: int, width: int) -> tuple[int, int]:
        """Decode a length of one or two units of `width` bytes; return it and what follows."""
        first = int.from_bytes(self._data[at : at + width], "little")
        high = 0x80 << (8 * (width - 1))
        if not first & high:
            return first, at + width
        second = int.from_bytes(self._data[at + width : at + 2 * width], "little")
        return (first & ~high) << (8 * width) | second, at + 2 * width
