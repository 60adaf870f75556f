"""Find the code of an app, also where Android would not load it from by itself.

ART runs `classes.dex`, `classes2.dex`, … at the root of each APK, up to the first number that is
missing (`ArtDexFileLoader::OpenAllDexFilesFromZip`). DEX or APK content anywhere else can only be
loaded by the app at run time: it is told, and APKs can be audited on their own.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auditor.errors import UnreadablePackageError
from auditor.ingest.archive import Archive, checksum_limits, open_archive
from auditor.model import Limit, Package

_MAGIC = 8
_DEX, _COMPACT_DEX, _ZIP = b"dex\n", b"cdex", b"PK\x03\x04"
_MAX_NESTED = 100
_MAX_OPENED = 1 << 30
"""Bytes of archives inside the app that are unpacked to look for code."""
_MAX_TOLD = 20
_BEFORE = "a DEX file stands before the archive; Android 5 to 8 may run it instead of classes.dex"
_OTHER_CHECKSUM = "not the checksum that its header states: altered; Android refuses such a file"
_OTHER_DIGEST = "not the SHA-1 that its header states: altered after it was built"
_HEADER, _MAX_HEADERS = 0x70, 500
_OUTSIDE = "DEX outside the places Android loads"


@dataclass(frozen=True, slots=True)
class Inside:
    """What lies in the files of an app besides its own code."""

    nested: tuple[str, ...]
    limits: tuple[Limit, ...]


def dex_names(names: Iterable[str]) -> list[str]:
    """Return the DEX files that ART loads from one APK, in its order."""
    known = set(names)
    found = ["classes.dex"] if "classes.dex" in known else []
    while found and f"classes{len(found) + 1}.dex" in known:
        found.append(f"classes{len(found) + 1}.dex")
    return found


def inspect_files(archives: Sequence[Archive], *, nested_audited: bool) -> Inside:
    """Look at the first bytes of every file of an app for hidden DEX and nested APKs."""
    nested: list[str] = []
    limits: list[Limit] = []
    has_code = False
    left = _MAX_OPENED
    for archive in archives:
        if archive.source.read(0, 4) == _DEX:
            limits.append(Limit("dynamic_code", archive.where, _BEFORE))
        loaded = set(dex_names(archive.entries))
        has_code = has_code or bool(loaded)
        for name, head in _heads(archive, loaded):
            where = f"{archive.where}!/{name}"
            if head[:4] in (_DEX, _COMPACT_DEX):
                limits.append(Limit("dynamic_code", where, _OUTSIDE))
            elif head[:4] == _ZIP:
                left -= archive.entries[name].size
                kind = _kind_of_archive(archive, name) if left >= 0 else "unknown"
                if kind == "apk" and len(nested) < _MAX_NESTED:
                    nested.append(where)
                elif kind == "dex":
                    limits.append(Limit("dynamic_code", where, f"{_OUTSIDE}, inside an archive"))
                elif kind:
                    limits.append(Limit("budget", where, "an archive inside; it was not opened"))
    if not has_code:
        why = "no DEX code where Android loads it from"
        limits.append(Limit("code_not_visible", archives[0].where, why))
    if not nested_audited:
        why = "an APK inside the app; it was not examined (use --nested)"
        limits += [Limit("nested_apk", where, why) for where in nested]
    return Inside(tuple(nested), tuple(_capped(limits)))


def _capped(limits: list[Limit]) -> Iterator[Limit]:
    """Yield at most 20 limits of one kind and reason, then how many there are."""
    count: dict[tuple[str, str], int] = {}
    for limit in limits:
        key = (limit.kind, limit.why)
        count[key] = count.get(key, 0) + 1
        if count[key] <= _MAX_TOLD:
            yield limit
    for (kind, why), total in count.items():
        if total > _MAX_TOLD:
            yield Limit(kind, f"{total} places in all", why)


def _heads(archive: Archive, skipped: set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the first bytes of each file that could be code in disguise."""
    for name in sorted(archive.entries):
        if name in skipped or archive.entries[name].size < _MAGIC:
            continue
        try:
            yield name, archive.read(name, _MAGIC)
        except UnreadablePackageError:
            continue  # told when the file is read; 8 bytes of it prove nothing


def _kind_of_archive(archive: Archive, name: str) -> str:
    """Return apk, dex (it holds DEX files), unknown, or an empty string for other archives."""
    try:
        inner = open_archive(archive.window(name), name)
    except UnreadablePackageError:
        return "unknown"
    if "AndroidManifest.xml" in inner:
        return "apk"
    return "dex" if dex_names(inner.entries) else ""


# ---------------------------------------------------------------- reading the code


@dataclass(frozen=True, slots=True)
class Code:
    """The DEX files of an app in ART's order, and what is to be said about them."""

    files: tuple[tuple[str, bytes], ...]
    """Name (`classes2.dex`, of a split `split.apk!/classes.dex`) and content."""
    limits: tuple[Limit, ...]


def read_code(package: Package) -> Code:
    """Read the DEX files that ART would load; unreadable ones are told as limits."""
    files: list[tuple[str, bytes]] = []
    limits: list[Limit] = []
    by_place = {(file.part, file.name): file for file in package.files}
    for position, part in enumerate(package.parts):
        for name in dex_names(name for owner, name in by_place if owner == part.name):
            file = by_place[part.name, name]
            where = f"{part.name}!/{name}"
            data = file.load()
            if file.size and not data:
                limits.append(Limit("dex_malformed", where, "its content cannot be read"))
                continue
            limits += checksum_limits(where, data, file.crc)
            limits += _dex_checksums(where, data)
            files.append((where if position else name, data))
    return Code(tuple(files), tuple(limits))


def _dex_checksums(where: str, data: bytes) -> Iterator[Limit]:
    """Compare a DEX file with the checksum and the digest in its headers (`header_item`).

    ART refuses a file with another checksum; it does not look at the digest.
    """
    at = 0
    for _ in range(_MAX_HEADERS):
        if data[at : at + 4] != _DEX or len(data) < at + _HEADER:
            return
        size = int.from_bytes(data[at + 32 : at + 36], "little")
        end = at + size if _HEADER <= size <= len(data) - at else len(data)
        if zlib.adler32(data[at + 12 : end]) != int.from_bytes(data[at + 8 : at + 12], "little"):
            yield Limit("archive_malformed", where, _OTHER_CHECKSUM)
        elif (
            hashlib.sha1(data[at + 32 : end], usedforsecurity=False).digest()
            != (data[at + 12 : at + 32])
        ):
            yield Limit("archive_malformed", where, _OTHER_DIGEST)
        if data[at + 4 : at + 7] != b"041":
            return
        at = end


def dex_files(package: Package) -> tuple[tuple[str, bytes], ...]:
    """Return name and content of each DEX file that ART would load; see `read_code`."""
    return read_code(package).files


def nested_packages(package: Package) -> Iterator[tuple[str, bytes]]:
    """Yield name (`part!/path`) and bytes of each APK inside the app."""
    wanted = set(package.nested)
    for file in package.files:
        name = f"{file.part}!/{file.name}"
        if name in wanted:
            yield name, file.load()
