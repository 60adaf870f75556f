"""Read the directory of a ZIP archive as Android does: end record, zip64, central directory.

Layout: PKWARE APPNOTE 6.3.9, sections 4.3 (records) and 4.5.3 (zip64). What Android accepts:
`system/libziparchive/zip_archive.cc`. The central directory is binding, not the local headers: of
two entries with one name the first counts (current Android refuses such archives), and entries
behind the count of the end record do not exist. Deviations are told as `archive_malformed`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.errors import UnreadablePackageError
from auditor.ingest.source import Source
from auditor.model import Limit

STORED, DEFLATED = 0, 8
_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END_SIGNATURE, _ENTRY_SIGNATURE = b"PK\x05\x06", b"PK\x01\x02"
_MAX_COMMENT = 0xFFFF
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as the central directory describes it; sizes in bytes."""

    name: str
    size: int
    compressed: int
    method: int
    flags: int
    crc: int
    header: int
    """Offset of the local header."""

    @property
    def is_deflated(self) -> bool:
        """Tell whether to inflate: what is not method 8 Android takes as stored.

        Tampered archives name methods that do not exist, for either way of storing; unequal sizes
        give the deflated ones away.
        """
        if self.method == DEFLATED:
            return True
        return self.method != STORED and self.compressed != self.size


@dataclass(frozen=True, slots=True)
class Directory:
    """The central directory of one archive."""

    start: int
    """Its offset; a signing block may stand right before."""
    end: int
    """Offset of the end record."""
    entries: dict[str, Entry]
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class _End:
    """What the end record says, and where it stands."""

    offset: int
    count: int
    size: int
    start: int
    trailing: bool
    """Other bytes follow."""


def read_directory(source: Source, where: str, max_entries: int, max_size: int) -> Directory:
    """Read the central directory of `source`; `where` names it in errors and limits.

    Raises:
        UnreadablePackageError: no ZIP archive, or a truncated one.
    """
    end = _find_end(source, where)
    limits = [_odd(where, "data follow the end of the archive")] if end.trailing else []
    start, shift = end.start, 0
    if end.count and source.read(start, 4) != _ENTRY_SIGNATURE:
        start = end.offset - end.size
        shift = start - end.start
        if source.read(start, 4) != _ENTRY_SIGNATURE:
            raise UnreadablePackageError(f"{where}: damaged ZIP archive (no central directory)")
        why = "data stand before the archive and its offsets do not count them"
        limits.append(_odd(where, why))
    raw = source.read(start, min(end.offset - start, max_size))
    entries, told = _entries(raw, min(end.count, max_entries), shift, where)
    if end.count > max_entries:
        told.append(Limit("budget", where, f"only the first {max_entries} entries were read"))
    return Directory(start, end.offset, entries, (*limits, *told))


def _odd(where: str, why: str) -> Limit:
    return Limit("archive_malformed", where, why)


# ---------------------------------------------------------------- the end record


def _find_end(source: Source, where: str) -> _End:
    """Find the last end record whose comment ends with the file, else the last one."""
    base = max(0, source.size - _END.size - _MAX_COMMENT)
    tail = source.read(base, source.size - base)
    found = last = -1
    at = tail.rfind(_END_SIGNATURE)
    while at >= 0 and found < 0:
        if at + _END.size <= len(tail):
            last = max(last, at)
            if at + _END.size + _END.unpack_from(tail, at)[7] == len(tail):
                found = at
        at = tail.rfind(_END_SIGNATURE, 0, at)
    if last < 0:
        raise UnreadablePackageError(f"{where}: {_not_a_zip(source)}")
    best = found if found >= 0 else last
    _, _, _, _, count, size, start, _ = _END.unpack_from(tail, best)
    if count == _FULL16 or _FULL32 in (size, start):
        count, size, start = _end64(source, base + best) or (count, size, start)
    return _End(base + best, count, size, start, trailing=found < 0)


def _end64(source: Source, end: int) -> tuple[int, int, int] | None:
    """Return count, size and start of the directory from the zip64 end record, if there is one."""
    locator = source.read(end - _LOCATOR.size, _LOCATOR.size)
    if len(locator) < _LOCATOR.size or locator[:4] != b"PK\x06\x07":
        return None
    raw = source.read(_LOCATOR.unpack(locator)[2], _END64.size)
    if len(raw) < _END64.size or raw[:4] != b"PK\x06\x06":
        return None
    fields = _END64.unpack(raw)
    return fields[7], fields[8], fields[9]


def _not_a_zip(source: Source) -> str:
    head = source.read(0, 4)
    if not head:
        return "the file is empty"
    if head == b"PK\x03\x04":
        return "truncated ZIP archive (its central directory is missing)"
    if head == b"dex\n":
        return "a bare DEX file, not an APK"
    return "not a ZIP archive, so no APK, XAPK, APKS or APKM (old APKM files are encrypted)"


# ---------------------------------------------------------------- the entries


def _entries(
    raw: bytes, count: int, shift: int, where: str
) -> tuple[dict[str, Entry], list[Limit]]:
    found: dict[str, Entry] = {}
    odd: dict[str, list[str]] = {}
    at = seen = 0
    while seen < count and at + _CENTRAL.size <= len(raw) and raw[at : at + 4] == _ENTRY_SIGNATURE:
        fields = _CENTRAL.unpack_from(raw, at)
        name_end = at + _CENTRAL.size + fields[10]
        extra_end = name_end + fields[11]
        name = raw[at + _CENTRAL.size : name_end].decode("utf-8", "replace")
        entry = _entry(name, fields, raw[name_end:extra_end], shift)
        at = extra_end + fields[12]
        if at > len(raw):
            break
        seen += 1
        for sign in _signs(entry, again=name in found):
            odd.setdefault(sign, []).append(name)
        if not name.endswith("/"):
            found.setdefault(name, entry)
    limits = [_odd(where, f"{_counted(names)}: {why}") for why, names in sorted(odd.items())]
    if seen < count:
        limits.append(_odd(where, f"the directory promises {count} entries and holds {seen}"))
    elif raw[at : at + 4] == _ENTRY_SIGNATURE:
        limits.append(_odd(where, "entries stand behind the last one that Android reads"))
    return found, limits


def _entry(name: str, fields: tuple[int, ...], extra: bytes, shift: int) -> Entry:
    flags, method = fields[3], fields[4]
    crc, compressed, size = fields[7:10]
    header = fields[16]
    if _FULL32 in (compressed, size, header):
        size, compressed, header = _wide(extra, (size, compressed, header))
    return Entry(name, size, compressed, method, flags, crc, header + shift)


def _wide(extra: bytes, values: tuple[int, int, int]) -> tuple[int, int, int]:
    """Replace the values that stand at their maximum by those of the zip64 extra field."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        body = extra[at + 4 : at + 4 + length]
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{len(body) // 8}Q", body))
            size, compressed, header = (
                next(wide, value) if value == _FULL32 else value for value in values
            )
            return size, compressed, header
        at += 4 + length
    return values


def _signs(entry: Entry, *, again: bool) -> Iterator[str]:
    """Tell what is odd about one entry, as a sentence after a list of names."""
    if entry.flags & 1:
        yield "marked as encrypted; Android ignores the mark, and so does this reader"
    if entry.method not in (STORED, DEFLATED):
        yield "unknown compression method; read as Android reads it, as stored"
    if again:
        yield "name stands twice; the first is read, current Android refuses such a package"
    if _points_outside(entry.name):
        yield "name points outside the archive; read in memory only"


def _points_outside(name: str) -> bool:
    if name.startswith(("/", "\\")):
        return True
    return ".." in name and ".." in name.replace("\\", "/").split("/")


def _counted(names: list[str]) -> str:
    first = shown(names[0])
    return f"{first} and {len(names) - 1} more" if len(names) > 1 else first


def shown(name: str) -> str:
    """Write a name out of an archive so that a message stays one short, harmless line."""
    name = name if len(name) <= 80 else name[:79] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in name)
