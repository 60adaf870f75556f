"""Find the APK Signing Block, which stands right before the central directory, and take it apart.

Format: source.android.com/docs/security/features/apksigning/v2, section "APK Signing Block".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.ingest.archive import Archive

_MAGIC = b"APK Sig Block 42"
BLOCKS = {0x7109871A: "v2", 0xF05368C0: "v3", 0x1B93AD61: "v3.1"}
_MAX_BLOCK = 64 << 20
_MAX_ITEMS = 50


@dataclass(frozen=True, slots=True)
class Block:
    """One signing block."""

    start: int
    """Its offset in the file: where the entries end."""
    schemes: dict[int, bytes]
    """Content of each signature scheme by its id, the first where one stands twice."""


def find_block(archive: Archive) -> Block | None:
    """Return the signing block, None when there is none.

    Raises:
        ValueError: its sizes do not fit.
    """
    end = archive.directory
    foot = archive.source.read(end - 24, 24) if end >= 32 else b""
    if foot[8:] != _MAGIC:
        return None
    size = int.from_bytes(foot[:8], "little")
    if not 24 <= size <= min(_MAX_BLOCK, end - 8):
        raise ValueError("the signing block's size does not fit")
    start = end - size - 8
    if archive.source.read(start, 8) != foot[:8]:
        raise ValueError("the signing block gives two different sizes")
    pairs = archive.source.read(end - size, size - 24)
    schemes: dict[int, bytes] = {}
    at = 0
    while at + 12 <= len(pairs):
        length, kind = struct.unpack_from("<QL", pairs, at)
        if length < 4 or at + 8 + length > len(pairs):
            raise ValueError("a pair of the signing block does not fit")
        if kind in BLOCKS:
            schemes.setdefault(kind, pairs[at + 12 : at + 8 + length])
        at += 8 + length
    return Block(start, schemes)


def prefixed(data: bytes, at: int) -> bytes:
    """Return what follows a 32-bit length at `at`.

    Raises:
        ValueError: the length leads outside.
    """
    size = int.from_bytes(data[at : at + 4], "little")
    if at + 4 + size > len(data):
        raise ValueError("a length points outside the signing block")
    return data[at + 4 : at + 4 + size]


def sequence(data: bytes) -> Iterator[bytes]:
    """Yield items that each follow a 32-bit length, 50 at most."""
    at = 0
    for _ in range(_MAX_ITEMS):
        if at + 4 > len(data):
            return
        item = prefixed(data, at)
        yield item
        at += 4 + len(item)
