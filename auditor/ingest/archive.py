"""Read a ZIP archive as Android does: the central directory decides, not the local headers.

Layout: PKWARE APPNOTE 6.3.9, sections 4.3 (records) and 4.5.3 (zip64). What Android accepts:
`system/libziparchive/zip_archive.cc` and `frameworks/base/libs/androidfw/AssetsProvider.cpp`. So

* sizes, method and flags come from the central directory; the local header only says where the
  data start. Encryption flags are ignored; a method that is not *deflated* means *stored*.
* of two entries with one name the first is used (current Android refuses such archives).
* the entry count of the end record is binding; entries behind it do not exist for Android.

What deviates from an ordinary archive is told as a `Limit` of kind `archive_malformed`. Nothing is
ever written to disk, so names with `..` are only names. Every size is bounded by `Ceilings`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from auditor.errors import UnreadablePackageError
from auditor.ingest.source import BytesSource, Source, WindowSource
from auditor.model import Limit

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_END_SIGNATURE = b"PK\x05\x06"
_MAX_COMMENT = 0xFFFF
_STORED, _DEFLATED = 0, 8
_MAX_TOLD = 20
"""Limits of one kind that are worth a line each."""


@dataclass(frozen=True, slots=True)
class Ceilings:
    """Bounds on what one archive may cost."""

    entries: int = 250_000
    directory: int = 64 << 20
    """Bytes of the central directory."""
    file: int = 512 << 20
    """Uncompressed bytes of one entry."""
    total: int = 4 << 30
    """Uncompressed bytes of all entries; code, manifest and resources come first."""
    free: int = 32 << 20
    """Uncompressed bytes below which any ratio is accepted."""
    ratio: int = 200
    """Largest uncompressed : compressed of a bigger entry; real ones stay below 60."""


CEILINGS = Ceilings()


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as the central directory describes it."""

    name: str
    size: int
    compressed: int
    method: int
    flags: int
    crc: int
    header: int
    """Offset of the local header."""


class Archive:
    """The entries of one ZIP archive by name, in the order of the directory."""

    def __init__(
        self,
        source: Source,
        where: str,
        entries: Mapping[str, Entry],
        directory: int,
        refused: Mapping[str, str],
        limits: tuple[Limit, ...],
    ) -> None:
        """Hold what `open_archive` found: the offset of the directory, and why entries are refused."""
        self.source = source
        self.where = where
        self.entries = MappingProxyType(dict(entries))
        self.directory = directory
        self.limits = limits
        self._refused = refused

    def __contains__(self, name: str) -> bool:
        """Tell whether there is a file of this name."""
        return name in self.entries

    def read(self, name: str, size: int | None = None) -> bytes:
        """Return the content of a file, or its first `size` bytes.

        Raises:
            UnreadablePackageError: above the ceilings, outside the file, or not decompressible.
        """
        entry = self.entries[name]
        wanted = entry.size if size is None else min(size, entry.size)
        if size is None and name in self._refused:
            raise UnreadablePackageError(f"{self.where}: {name}: {self._refused[name]}")
        start = self._data_start(entry)
        if not _deflated(entry):
            data = self.source.read(start, wanted)
            if len(data) < wanted:
                raise UnreadablePackageError(f"{self.where}: {name}: the archive ends inside it")
            return data
        return self._inflate(entry, start, wanted)

    def is_intact(self, name: str, data: bytes) -> bool:
        """Tell whether `data`, the whole content of `name`, has the checksum it should have."""
        return zlib.crc32(data) == self.entries[name].crc

    def window(self, name: str) -> Source:
        """Return a file as a source, without a copy when it is stored.

        Raises:
            UnreadablePackageError: as `read`.
        """
        entry = self.entries[name]
        if _deflated(entry):
            return BytesSource(self.read(name))
        return WindowSource(self.source, self._data_start(entry), entry.size)

    def _data_start(self, entry: Entry) -> int:
        raw = self.source.read(entry.header, _LOCAL.size)
        if len(raw) < _LOCAL.size or raw[:4] != b"PK\x03\x04":
            raise UnreadablePackageError(f"{self.where}: {entry.name}: no local header at its place")
        name_size, extra_size = _LOCAL.unpack(raw)[9:]
        return int(entry.header + _LOCAL.size + name_size + extra_size)

    def _inflate(self, entry: Entry, start: int, wanted: int) -> bytes:
        stored = entry.compressed
        if wanted < entry.size:
            stored = min(stored, 1024 + wanted * 2)  # the tables of a block take up to 320 bytes
        packed = self.source.read(start, stored)
        engine = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            data = engine.decompress(packed, wanted) if wanted else b""
        except zlib.error as error:
            if entry.method != _DEFLATED and entry.compressed >= wanted:
                return packed[:wanted]
            raise UnreadablePackageError(f"{self.where}: {entry.name}: {error}") from error
        if len(data) < wanted and stored == entry.compressed:
            raise UnreadablePackageError(f"{self.where}: {entry.name}: its data end too early")
        return data


def _deflated(entry: Entry) -> bool:
    """Tell whether to inflate. Android stores what is not method 8; tampered ones may be either."""
    if entry.method == _DEFLATED:
        return True
    return entry.method != _STORED and entry.compressed != entry.size


def open_archive(source: Source, where: str, ceilings: Ceilings = CEILINGS) -> Archive:
    """Read the central directory of `source`; `where` names it in errors and limits.

    Raises:
        UnreadablePackageError: no ZIP archive, or a truncated one.
    """
    head = source.read(0, 4)
    end, count, size, start, limits = _end_record(source, where, head)
    if source.read(start, 4) != b"PK\x01\x02" and count:
        moved = end - size
        if source.read(moved, 4) != b"PK\x01\x02":
            raise UnreadablePackageError(f"{where}: damaged ZIP archive (no central directory)")
        limits.append(_odd(where, "data stand before the archive and its offsets do not count them"))
        shift, start = moved - start, moved
    else:
        shift = 0
    raw = source.read(start, min(end - start, ceilings.directory))
    entries, more = _entries(raw, min(count, ceilings.entries), shift, where)
    limits += more
    if count > ceilings.entries:
        limits.append(Limit("budget", where, f"only the first {ceilings.entries} entries were read"))
    if head[:4] == b"dex\n":
        why = "a DEX file stands before the archive; Android 5 to 8 may run it instead of classes.dex"
        limits.append(Limit("dynamic_code", where, why))
    refused = _refused(entries, ceilings)
    limits += [Limit("budget", f"{where}!/{name}", why) for name, why in refused.items()][:_MAX_TOLD]
    return Archive(source, where, entries, start, refused, tuple(limits))


def _refused(entries: Mapping[str, Entry], top: Ceilings) -> dict[str, str]:
    """Tell which entries are too big to be read, and why."""
    refused: dict[str, str] = {}
    total = 0
    for entry in sorted(entries.values(), key=lambda entry: not _is_vital(entry.name)):
        stored = max(1, entry.compressed)
        total += entry.size
        if entry.size > top.file:
            refused[entry.name] = f"{entry.size} bytes are more than the ceiling of {top.file}"
        elif _deflated(entry) and entry.size > max(top.free, top.ratio * stored):
            why = f"{stored} bytes claim to unfold to {entry.size}: looks like a ZIP bomb"
            refused[entry.name] = why
        elif total > top.total:
            refused[entry.name] = f"all files together are more than the ceiling of {top.total} bytes"
        if entry.name in refused:
            total -= entry.size
    return refused


def _is_vital(name: str) -> bool:
    return name.endswith(".dex") or name in ("AndroidManifest.xml", "resources.arsc")


def _odd(where: str, why: str) -> Limit:
    return Limit("archive_malformed", where, why)


def _end_record(
    source: Source, where: str, head: bytes
) -> tuple[int, int, int, int, list[Limit]]:
    """Find the end record: its offset, then count, size and start of the directory, and limits."""
    limits: list[Limit] = []
    tail_start = max(0, source.size - _END.size - _MAX_COMMENT)
    tail = source.read(tail_start, source.size - tail_start)
    best = -1
    at = tail.rfind(_END_SIGNATURE)
    while at >= 0:
        if at + _END.size <= len(tail):
            best = max(best, at)
            if at + _END.size + _END.unpack_from(tail, at)[7] == len(tail):
                best = at
                break
        at = tail.rfind(_END_SIGNATURE, 0, at)
    else:
        if best >= 0:
            limits.append(_odd(where, "data follow the end of the archive"))
    if best < 0:
        raise UnreadablePackageError(f"{where}: {_not_a_zip(head, source.size)}")
    _, _, _, _, count, size, start, _ = _END.unpack_from(tail, best)
    end = tail_start + best
    if count == 0xFFFF or size == 0xFFFFFFFF or start == 0xFFFFFFFF:
        locator = source.read(end - _LOCATOR.size, _LOCATOR.size)
        if len(locator) == _LOCATOR.size and locator[:4] == b"PK\x06\x07":
            raw = source.read(_LOCATOR.unpack(locator)[2], _END64.size)
            if len(raw) == _END64.size and raw[:4] == b"PK\x06\x06":
                count, size, start = _END64.unpack(raw)[7:]
    return end, count, size, start, limits


def _not_a_zip(head: bytes, size: int) -> str:
    if not size:
        return "the file is empty"
    if head == b"PK\x03\x04":
        return "truncated ZIP archive (its central directory is missing)"
    if head == b"dex\n":
        return "a bare DEX file, not an APK"
    return "not a ZIP archive, so no APK, XAPK, APKS or APKM (old APKM files are encrypted)"


def _entries(
    raw: bytes, count: int, shift: int, where: str
) -> tuple[dict[str, Entry], list[Limit]]:
    found: dict[str, Entry] = {}
    odd: dict[str, list[str]] = {}
    at = seen = 0
    while seen < count and raw[at : at + 4] == b"PK\x01\x02" and at + _CENTRAL.size <= len(raw):
        fields = _CENTRAL.unpack_from(raw, at)
        name_size, extra_size, note_size = fields[10:13]
        name_at = at + _CENTRAL.size
        name = raw[name_at : name_at + name_size].decode("utf-8", "replace")
        extra = raw[name_at + name_size : name_at + name_size + extra_size]
        at = name_at + name_size + extra_size + note_size
        seen += 1
        if at > len(raw):
            break
        entry = _entry(name, fields, extra, shift)
        for sign in _signs(entry, name in found):
            odd.setdefault(sign, []).append(name)
        if not name.endswith("/"):
            found.setdefault(name, entry)
    limits = [_odd(where, _counted(why, names)) for why, names in sorted(odd.items())]
    if seen < count:
        limits.append(_odd(where, f"the directory promises {count} entries and holds {seen}"))
    elif raw[at : at + 4] == b"PK\x01\x02":
        limits.append(_odd(where, "entries stand behind the last one that Android reads"))
    return found, limits


def _entry(name: str, fields: tuple[int, ...], extra: bytes, shift: int) -> Entry:
    flags, method = fields[3], fields[4]
    crc, compressed, size = fields[7:10]
    header = fields[16]
    if 0xFFFFFFFF in (compressed, size, header):
        compressed, size, header = _zip64(extra, compressed, size, header)
    return Entry(name, size, compressed, method, flags, crc, header + shift)


def _zip64(extra: bytes, compressed: int, size: int, header: int) -> tuple[int, int, int]:
    """Fill the values that stand at their maximum from the zip64 extra field (4.5.3)."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            body = extra[at + 4 : at + 4 + length]
            wide = iter(struct.unpack_from(f"<{len(body) // 8}Q", body))
            size = next(wide, size) if size == 0xFFFFFFFF else size
            compressed = next(wide, compressed) if compressed == 0xFFFFFFFF else compressed
            header = next(wide, header) if header == 0xFFFFFFFF else header
            break
        at += 4 + length
    return compressed, size, header


def _signs(entry: Entry, again: bool) -> Iterator[str]:
    """Tell what is odd about one entry, as a sentence after a list of names."""
    if entry.flags & 1:
        yield "marked as encrypted; Android ignores the mark, and so does this reader"
    if entry.method not in (_STORED, _DEFLATED):
        yield "unknown compression method; read as Android reads it, as stored"
    if again:
        yield "name stands twice; the first is read, current Android refuses such a package"
    if entry.name.startswith(("/", "\\")) or ".." in entry.name.replace("\\", "/").split("/"):
        yield "name points outside the archive; read in memory only"


def _counted(why: str, names: list[str]) -> str:
    first = names[0] if len(names[0]) <= 80 else names[0][:79] + "…"
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{first}{more}: {why}"
