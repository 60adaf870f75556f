"""Texts of Unity's `global-metadata.dat`: literals of C# code and names of its types and members.

Header (IL2CPP, `vm/GlobalMetadataFileInternals.h`): sanity u32 0xFAB11BAF, version i32, then pairs
of offset and size: string literals (length u32, index i32 each), their bytes, names (NUL after
each). The literals lie one behind the other without an end mark, so without the table two of them
read as one.
"""

from __future__ import annotations

import struct

from auditor.facts.hybrid.blobs import FoundText

MAGIC = struct.pack("<I", 0xFAB11BAF)
_VERSIONS = range(16, 32)
"""Versions with this table of literals."""
_MOST = 400_000
_LONGEST = 2_000


def is_metadata(data: bytes) -> bool:
    """Tell whether `data` is the metadata of IL2CPP."""
    return data[:4] == MAGIC and len(data) >= 32


def texts_in(data: bytes) -> list[FoundText]:
    """Literals, then names, by their offsets; nothing where the tables leave the file."""
    version, table, size, store, room, names, length = struct.unpack_from("<i6I", data, 4)
    found: list[FoundText] = []
    if version in _VERSIONS and table + size <= len(data) and store + room <= len(data):
        for at in range(table, table + min(size, 8 * _MOST) - 7, 8):
            count, index = struct.unpack_from("<II", data, at)
            if 3 <= count <= _LONGEST and index + count <= room:
                start = store + index
                text = data[start : start + count].decode("utf-8", "replace")
                found.append(FoundText(start, text))
    if version in _VERSIONS and names + length <= len(data):
        at = names
        for part in data[names : names + length].split(b"\0")[:_MOST]:
            if 3 <= len(part) <= 200:
                found.append(FoundText(at, part.decode("utf-8", "replace")))
            at += len(part) + 1
    return found
