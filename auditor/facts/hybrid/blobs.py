"""Texts inside files that are no text: Hermes bytecode, Dart snapshots, .NET assemblies, ELF.

Every reader is bounded, scans bytes once or a few times, and gives byte offsets. None of them
recovers code: what comes out are addresses, names and the version of a format.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

HERMES_MAGIC = struct.pack("<Q", 0x1F1903C103BC1FC6)
"""`hermes/include/hermes/BCGen/HBC/BytecodeFileFormat.h`."""
_FUNCTION_HEADERS = (16, 12)
"""Bytes of a small function header, older versions first."""
_RUN_MASKS = (0x7FFFFFFF, 0x3FFFFFFF)
"""Bits of a string kind entry that count; its highest one or two bits are the kind."""
MAX_BYTES = 256 * 1024 * 1024
_MAX_FOUND = 4_000
_URL = re.compile(
    rb"(?:https?|wss?)://[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]{4,500}"
)
_WIDE = re.compile(rb"h\x00t\x00t\x00p\x00(?:s\x00)?:\x00/\x00/\x00(?:[\x21-\x7e]\x00){4,500}")
_PATHS = re.compile(rb"/[a-zA-Z0-9_-]{1,40}(?:/[a-zA-Z0-9_.-]{1,60}){1,6}")
_DART = re.compile(rb"package:([a-z0-9_]{2,64})/")


@dataclass(frozen=True, slots=True, order=True)
class FoundText:
    """One text with the byte at which it begins."""

    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class Hermes:
    """What the header of Hermes bytecode says, and its strings."""

    version: int
    functions: int
    strings: tuple[FoundText, ...]


class _Counts(NamedTuple):
    """Numbers of entries in the header; `storage` in bytes."""

    functions: int
    kinds: int
    identifiers: int
    strings: int
    overflow: int
    storage: int


def is_hermes(data: bytes) -> bool:
    """Tell whether `data` is Hermes bytecode."""
    return data[:8] == HERMES_MAGIC


def read_hermes(data: bytes) -> Hermes | None:
    """Read the string table of Hermes bytecode; None when it is none.

    Header: magic u64, version u32, SHA-1 of the source (20 bytes), then counts as u32: file length,
    global code index, functions, string kinds, identifiers, strings, overflowing strings, size of
    the string storage. Where the counts lead outside the file, no string is given.
    """
    if not is_hermes(data) or len(data) < 128:
        return None
    version = struct.unpack_from("<I", data, 8)[0]
    counts = _Counts(*struct.unpack_from("<6I", data, 40))
    found = _hermes_table(data, version, counts)
    return Hermes(version, counts.functions, tuple(found))


def _hermes_table(data: bytes, version: int, counts: _Counts) -> list[FoundText]:
    """Strings by the tables: header (128 bytes), functions, kinds, hashes, entries."""
    entries = _hermes_entries(data, counts)
    long_entries = _aligned(entries + 4 * counts.strings)
    store = _aligned(long_entries + 8 * counts.overflow)
    end = store + counts.storage
    if version < 70 or entries < 0 or end > len(data) or counts.strings > 2_000_000:
        return []
    found = []
    for number in range(counts.strings):
        word = struct.unpack_from("<I", data, entries + 4 * number)[0]
        wide, offset, length = word & 1, (word >> 1) & 0x7FFFFF, word >> 24
        if length == 0xFF:
            if offset >= counts.overflow:
                continue
            offset, length = struct.unpack_from("<II", data, long_entries + 8 * offset)
        start, size = store + offset, length * (2 if wide else 1)
        if 3 <= length <= 2_000 and start + size <= end:
            raw = data[start : start + size]
            text = raw.decode("utf-16-le" if wide else "latin-1", "replace")
            found.append(FoundText(start, text))
    return found


def _hermes_entries(data: bytes, counts: _Counts) -> int:
    """Offset of the string entries, -1 when the tables before them do not fit.

    A function header takes 16 bytes, from version 97 on 12. What tells is the table of kinds behind
    them: runs of equal kind whose lengths add up to the number of strings.
    """
    for header in _FUNCTION_HEADERS:
        kinds = _aligned(128 + header * counts.functions)
        at = _aligned(kinds + 4 * counts.kinds)
        if at > len(data) or counts.kinds > counts.strings:
            continue
        runs = struct.unpack_from(f"<{counts.kinds}I", data, kinds)
        if any(sum(run & mask for run in runs) == counts.strings for mask in _RUN_MASKS):
            return _aligned(at + 4 * counts.identifiers)
    return -1


def _aligned(at: int) -> int:
    return (at + 3) & ~3


def urls_in(data: bytes, wide: bool = False) -> list[FoundText]:
    """Addresses in bytes (and in UTF-16 when `wide`), by offset."""
    found = [FoundText(m.start(), m.group().decode("ascii")) for m in _some(_URL.finditer(data))]
    if wide:
        for match in _some(_WIDE.finditer(data)):
            found.append(FoundText(match.start(), match.group()[::2].decode("ascii", "replace")))
    return sorted(found)


def paths_in(data: bytes) -> list[FoundText]:
    """Texts that are paths of addresses (`/user/contacts`), by offset."""
    return [
        FoundText(m.start(), m.group().decode("ascii"))
        for m in _some(_PATHS.finditer(data))
        if m.start() == 0 or not 0x20 < data[m.start() - 1] < 0x7F
    ]


def dart_packages(data: bytes) -> dict[str, int]:
    """Names of Dart packages in a snapshot, with the first offset of each."""
    found: dict[str, int] = {}
    for match in _some(_DART.finditer(data), 200_000):
        found.setdefault(match.group(1).decode(), match.start())
    return found


def offsets_of(data: bytes, words: Iterable[str]) -> dict[str, int]:
    """First offset of each of `words` that stands in `data`."""
    found = {}
    for word in words:
        at = data.find(word.encode())
        if at >= 0:
            found[word] = at
    return found


def _some(matches: Iterator[re.Match[bytes]], most: int = _MAX_FOUND) -> Iterator[re.Match[bytes]]:
    for count, match in enumerate(matches):
        if count >= most:
            return
        yield match
