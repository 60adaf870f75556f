"""The ZIP around the evidence: written so that the same files give the same bytes, read warily.

Written: entries stored, sorted by name, with one fixed date, so that no version of a compressor
and no clock changes the file. Read: a foreign ZIP is listed first; its number of entries, sizes,
ways of packing and names are checked before a byte is unpacked, and nothing goes to the disk.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import UnreadableInputError
from auditor.opening import open_file
from auditor.report.clean import one_line

MAX_ZIP = 2 * 2**30
"""Bytes of the file."""
MAX_ENTRIES = 2_000
MAX_ENTRY = 1 * 2**30
"""Bytes of one file inside, unpacked."""
MAX_TOTAL = 2 * 2**30
_FREE = 64 << 20
"""Bytes that may unfold from whatever size; beyond them, `_RATIO` times the file's."""
_RATIO = 20
_DATE = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20
_FORBIDDEN = set('\\:*?"<>|')


@dataclass(frozen=True, slots=True)
class Container:
    """What was in the ZIP."""

    files: Mapping[str, bytes]
    canonical: bool
    """The ZIP is exactly what `write_container` makes of these files: nothing is hidden in it."""


def write_container(files: Mapping[str, bytes]) -> bytes:
    """Write `files` as a ZIP; the same files give the same bytes everywhere."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _DATE)
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.create_system = 3
            archive.writestr(info, files[name])
    return out.getvalue()


def open_container(path: Path) -> Container:
    """Read every file of the ZIP at `path`.

    Raises:
        UnreadableInputError: no ZIP, or one that no honest program writes for this purpose.
    """
    try:
        if path.stat().st_size > MAX_ZIP:
            raise UnreadableInputError(f"{path}: larger than {MAX_ZIP >> 30} GB")
        with open_file(path) as stream, zipfile.ZipFile(stream) as archive:
            listed = archive.infolist()
            _check(path, listed)
            files = {info.filename: _read(path, archive, info) for info in listed}
        stored = all(info.compress_type == zipfile.ZIP_STORED for info in listed)
        canonical = stored and path.read_bytes() == write_container(files)
    except OSError as error:
        raise UnreadableInputError(f"{path}: {error.strerror or error}") from error
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, RuntimeError) as error:
        why = one_line(str(error), 120)
        raise UnreadableInputError(f"{path}: not a readable ZIP: {why}") from error
    return Container(files, canonical)


def _check(path: Path, listed: list[zipfile.ZipInfo]) -> None:
    if len(listed) > MAX_ENTRIES:
        raise UnreadableInputError(f"{path}: more than {MAX_ENTRIES} files")
    total = sum(info.file_size for info in listed)
    if total > MAX_TOTAL:
        raise UnreadableInputError(f"{path}: more than {MAX_TOTAL >> 30} GB when unpacked")
    if total > max(_FREE, _RATIO * path.stat().st_size):
        raise UnreadableInputError(f"{path}: packed like a ZIP bomb")
    seen: set[str] = set()
    for info in listed:
        name = info.filename
        shown = one_line(name, 80)
        if name.casefold() in seen:
            raise UnreadableInputError(f"{path}: {shown!r} stands twice")
        seen.add(name.casefold())
        if not is_plain_name(name) or name != info.orig_filename:
            raise UnreadableInputError(f"{path}: {shown!r} is no name of a file inside")
        if info.flag_bits & 0x1 or info.compress_type not in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        ):
            raise UnreadableInputError(f"{path}: {shown!r} is encrypted or packed unusually")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise UnreadableInputError(f"{path}: {shown!r} is no regular file")
        if info.file_size > MAX_ENTRY:
            raise UnreadableInputError(f"{path}: {shown!r} is larger than {MAX_ENTRY >> 30} GB")


def is_plain_name(name: str) -> bool:
    """Tell whether `name` is a relative path without tricks, fit for every file system."""
    parts = name.split("/")
    return (
        0 < len(name) <= 240
        and name.isprintable()
        and not _FORBIDDEN & set(name)
        and all(part and part not in (".", "..") and part == part.strip(" ") for part in parts)
    )


def _read(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Unpack one entry, no further than it says it is long."""
    found = bytearray()
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            found += chunk
            if len(found) > info.file_size:
                name = one_line(info.filename, 80)
                raise UnreadableInputError(f"{path}: {name!r} is longer than it says")
    return bytes(found)
