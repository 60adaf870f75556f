"""Texts in .NET assemblies: user strings and names, also inside compressed assembly stores.

Xamarin and .NET for Android compress assemblies in blocks: `XALZ`, index u32, size of the assembly
u32, one LZ4 block (`src/native/monodroid/embedded-assemblies.cc`; the LZ4 block format).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from auditor.facts.hybrid.blobs import FoundText
from auditor.model import Limit

MAX_UNPACKED = 12 * 1024 * 1024
"""Bytes of assemblies that are decompressed for one store, smallest first."""
_MAGIC = b"XALZ"
_WIDE = re.compile(rb"(?:[\x20-\x7e]\x00){5,400}")
_NAME = re.compile(rb"[A-Za-z_][A-Za-z0-9_.]{5,80}\x00")
_MAX_TEXTS = 60_000


def texts_in(data: bytes, where: str) -> tuple[list[FoundText], tuple[Limit, ...]]:
    """User strings (UTF-16) and names (UTF-8) of the assemblies in `data`.

    The offset of a text inside a compressed assembly is that of its block.
    """
    if _MAGIC not in data:
        return _texts(data, -1), ()
    found: list[FoundText] = []
    limits: list[Limit] = []
    room = MAX_UNPACKED
    left = 0
    for offset, size, block in sorted(_blocks(data), key=lambda b: (b[1], b[0])):
        if size > room:
            left += 1
            continue
        room -= size
        plain = lz4_block(block, size)
        if plain is None:
            limits.append(Limit("hybrid", f"{where}@{offset}", "a compressed assembly is damaged"))
            continue
        found += _texts(plain, offset)
    if left:
        why = f"{left} large assemblies were not decompressed: their strings were not read"
        limits.append(Limit("budget", where, why))
    return found[:_MAX_TEXTS], tuple(limits)


def _texts(data: bytes, fixed: int) -> list[FoundText]:
    found = []
    for match in _WIDE.finditer(data):
        at = match.start() if fixed < 0 else fixed
        found.append(FoundText(at, match.group()[::2].decode("ascii")))
    for match in _NAME.finditer(data):
        at = match.start() if fixed < 0 else fixed
        found.append(FoundText(at, match.group()[:-1].decode("ascii")))
        if len(found) > _MAX_TEXTS:
            break
    return found


def _blocks(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Offset, unpacked size and bytes of each compressed assembly."""
    starts = [m.start() for m in re.finditer(_MAGIC, data)][:5_000]
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        if end - start > 12:
            size = struct.unpack_from("<I", data, start + 8)[0]
            if 0 < size <= 256 * 1024 * 1024:
                yield start, size, data[start + 12 : end]


def lz4_block(block: bytes, size: int) -> bytes | None:
    """Decompress one LZ4 block to exactly `size` bytes; None when it is damaged."""
    out = bytearray()
    at, end = 0, len(block)
    while at < end and len(out) < size:
        token = block[at]
        at += 1
        literals, at = _length(block, at, token >> 4)
        if literals < 0 or at + literals > end:
            return None
        out += block[at : at + literals]
        at += literals
        if len(out) >= size:
            break
        if at + 2 > end:
            return None
        distance = block[at] | block[at + 1] << 8
        at += 2
        match, at = _length(block, at, token & 15)
        if match < 0 or distance == 0 or distance > len(out):
            return None
        match = min(match + 4, size - len(out))
        start = len(out) - distance
        chunk = bytes(out[start : start + match])
        while len(chunk) < match:
            chunk += chunk[: match - len(chunk)]
        out += chunk
    return bytes(out) if len(out) == size else None


def _length(block: bytes, at: int, first: int) -> tuple[int, int]:
    """A length of the format: 15 goes on in the following bytes while they are 255."""
    length = first
    if first == 15:
        while True:
            if at >= len(block):
                return -1, at
            more = block[at]
            at += 1
            length += more
            if more != 255:
                break
    return length, at
