"""Open a ZIP archive and read its files, each within bounds.

What Android does: `system/libziparchive/zip_archive.cc`, and for resources
`frameworks/base/libs/androidfw/AssetsProvider.cpp`. Sizes, method and flags come from the central
directory; the local header only says where the data start. Encryption flags are ignored.
Nothing is ever written to disk, so names with `..` are only names.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from auditor.errors import UnreadablePackageError
from auditor.ingest.source import BytesSource, Source, WindowSource
from auditor.ingest.zip_directory import DEFLATED, Directory, Entry, read_directory, shown
from auditor.model import Limit

_LOCAL = struct.Struct("<4s5H3L2H")
_DESCRIPTOR = 8
"""Flag of a local header without sizes: they follow the data."""
_WIDE = 0xFFFFFFFF
_BLOCK_TABLES = 1024
"""Compressed bytes that the tables of one deflate block need at most, rounded up."""
_OTHER_CHECKSUM = (
    "its content does not have the checksum that the archive states: altered or damaged"
)
_MAX_TOLD = 20
"""Limits of one kind that are worth a line each."""


@dataclass(frozen=True, slots=True)
class Ceilings:
    """Bounds on what one archive may cost, in bytes where nothing else is said."""

    entries: int = 250_000
    """Number of entries."""
    directory: int = 64 << 20
    file: int = 512 << 20
    """One entry, uncompressed."""
    total: int = 4 << 30
    """All entries, uncompressed; code, manifest and resources come first."""
    free: int = 32 << 20
    """Uncompressed size up to which any ratio is accepted."""
    ratio: int = 200
    """Largest uncompressed : compressed of a bigger entry; real ones stay below 60."""


CEILINGS = Ceilings()


class Archive:
    """The entries of one ZIP archive by name, in the order of the directory."""

    def __init__(
        self, source: Source, where: str, directory: Directory, refused: Mapping[str, str]
    ) -> None:
        """Hold what `open_archive` found; `refused` says why an entry is not read."""
        self.source = source
        self.where = where
        self.entries = MappingProxyType(directory.entries)
        self.directory, self.end = directory.start, directory.end
        told = (Limit("budget", f"{where}!/{name}", why) for name, why in refused.items())
        self.limits = (*directory.limits, *list(told)[:_MAX_TOLD])
        self._refused = refused
        self._damaged: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        """Tell whether there is a file of this name."""
        return name in self.entries

    def content(self, name: str) -> bytes:
        """Return the content of a file, nothing where it cannot be read; `damage` tells then."""
        try:
            return self.read(name)
        except UnreadablePackageError as error:
            self._damaged.setdefault(name, str(error))
            return b""

    def damage(self) -> list[Limit]:
        """Tell which of the files read so far could not be read, or not as they were packed."""
        found = [
            Limit("archive_malformed", f"{self.where}!/{name}", why)
            for name, why in sorted(self._damaged.items())
            if name not in self._refused  # told already
        ]
        if len(found) > _MAX_TOLD:
            why = f"{len(found) - _MAX_TOLD} more files are damaged or unreadable"
            found[_MAX_TOLD:] = [Limit("archive_malformed", self.where, why)]
        return found

    def read(self, name: str, size: int | None = None) -> bytes:
        """Return the content of a file, or its first `size` bytes.

        Raises:
            UnreadablePackageError: above the ceilings, outside the file, or not decompressible.
        """
        entry = self.entries[name]
        wanted = entry.size if size is None else min(size, entry.size)
        if size is None and name in self._refused:
            raise self._error(name, self._refused[name])
        start = self._data_start(entry)
        if entry.is_deflated:
            data = self._inflate(entry, start, wanted)
        else:
            data = self.source.read(start, wanted)
        if len(data) < wanted:
            raise self._error(name, "the archive ends inside it")
        if wanted == entry.size and zlib.crc32(data) != entry.crc:
            self._damaged.setdefault(name, _OTHER_CHECKSUM)
        return data

    def window(self, name: str) -> Source:
        """Return a file as a source, without a copy when it is stored.

        Raises:
            UnreadablePackageError: as `read`.
        """
        entry = self.entries[name]
        if entry.is_deflated:
            return BytesSource(self.read(name))
        return WindowSource(self.source, self._data_start(entry), entry.size)

    def _error(self, name: str, why: object) -> UnreadablePackageError:
        return UnreadablePackageError(f"{self.where}: {shown(name)}: {why}")

    def _data_start(self, entry: Entry) -> int:
        raw = self.source.read(entry.header, _LOCAL.size + 4 * len(entry.name))
        if len(raw) < _LOCAL.size or raw[:4] != b"PK\x03\x04":
            raise self._error(entry.name, "no local header at its place")
        local = _LOCAL.unpack_from(raw)
        if differing := list(_differing(entry, local, raw[_LOCAL.size :])):
            why = f"its local header differs from the directory ({', '.join(differing)}); "
            self._damaged.setdefault(entry.name, why + "the directory was followed")
        return int(entry.header + _LOCAL.size + local[9] + local[10])

    def _inflate(self, entry: Entry, start: int, wanted: int) -> bytes:
        stored = entry.compressed
        if wanted < entry.size:
            stored = min(stored, _BLOCK_TABLES + 2 * wanted)
        packed = self.source.read(start, stored)
        try:
            data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, wanted) if wanted else b""
        except zlib.error as error:
            if entry.method != DEFLATED and len(packed) >= wanted:
                return packed[:wanted]
            raise self._error(entry.name, error) from error
        if len(data) < wanted == entry.size:
            raise self._error(entry.name, "its data end too early")
        return data


def _differing(entry: Entry, local: tuple[int, ...], after: bytes) -> Iterator[str]:
    """Name what a local header says otherwise than the directory.

    Android (`libziparchive`, FindEntry) refuses to read an entry whose name, sizes or checksum
    differ; of method and encryption it looks at the directory only.
    """
    flags, method, crc, compressed, size, name = (local[n] for n in (2, 3, 6, 7, 8, 9))
    if after[:name].decode("utf-8", "replace") != entry.name:
        yield "name"
    if method != entry.method:
        yield "method"
    if (flags ^ entry.flags) & 1:
        yield "encryption"
    told_here = not flags & _DESCRIPTOR and _WIDE not in (compressed, size)
    if told_here and (crc, compressed, size) != (entry.crc, entry.compressed, entry.size):
        yield "sizes or checksum"


def open_archive(source: Source, where: str, ceilings: Ceilings = CEILINGS) -> Archive:
    """Read the directory of `source`; `where` names the archive in errors and limits.

    Raises:
        UnreadablePackageError: no ZIP archive, or a truncated one.
    """
    directory = read_directory(source, where, ceilings.entries, ceilings.directory)
    return Archive(source, where, directory, _refused(directory.entries, ceilings))


def checksum_limits(where: str, data: bytes, crc: int | None) -> list[Limit]:
    """Tell that `data` differ from the checksum in the archive; Android does not look at it."""
    if crc is None or zlib.crc32(data) == crc:
        return []
    return [Limit("archive_malformed", where, _OTHER_CHECKSUM)]


def _refused(entries: Mapping[str, Entry], top: Ceilings) -> dict[str, str]:
    """Tell which entries are too big to be read, and why."""
    refused: dict[str, str] = {}
    total = 0
    for entry in sorted(entries.values(), key=lambda entry: not _is_vital(entry.name)):
        if why := _too_big(entry, total, top):
            refused[entry.name] = why
        else:
            total += entry.size
    return refused


def _too_big(entry: Entry, total: int, top: Ceilings) -> str:
    if entry.size > top.file:
        return f"{entry.size} bytes are more than the ceiling of {top.file}"
    stored = max(1, entry.compressed)
    if entry.is_deflated and entry.size > max(top.free, top.ratio * stored):
        return f"{stored} bytes claim to unfold to {entry.size}: looks like a ZIP bomb"
    if total + entry.size > top.total:
        return f"all files together are more than the ceiling of {top.total} bytes"
    return ""


def _is_vital(name: str) -> bool:
    return name.endswith(".dex") or name in ("AndroidManifest.xml", "resources.arsc")
