"""Pages and scripts that lie in archives inside the package: offline H5 packages, mini-programs.

`.zip` and `.wgt` (uni-app) are ZIP; `.wxapkg` begins with 0xBE, a header of big-endian numbers and
a table of names, offsets and sizes (as its public unpackers describe it). All is bounded, nothing
is written; what is damaged or encrypted gives nothing, and a limit says so.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

ENDINGS = (".zip", ".wgt", ".wgtu", ".wxapkg", ".amr")
_ENTRIES = 4_000
_LARGEST = 24 * 1024 * 1024
"""Bytes of one member."""
_TOTAL = 64 * 1024 * 1024


class UnreadableArchiveError(Exception):
    """It is no archive of these kinds, or a damaged or encrypted one."""


def is_archive(data: bytes) -> bool:
    """Tell whether the bytes begin like an archive that can be read here."""
    return data[:4] == b"PK\x03\x04" or (data[:1] == b"\xbe" and data[13:14] == b"\xed")


def members(data: bytes, endings: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of the members whose names end so, in the archive's order.

    Raises:
        UnreadableArchiveError: the archive or a member cannot be read.
    """
    if data[:1] == b"\xbe":
        yield from _wxapkg(data, endings)
        return
    room = _TOTAL
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for info in archive.infolist()[:_ENTRIES]:
                if not info.filename.lower().endswith(endings) or info.is_dir():
                    continue
                if info.flag_bits & 1:
                    raise UnreadableArchiveError("its members are encrypted")
                size = min(info.file_size, _LARGEST, room)
                if info.file_size > size:
                    raise UnreadableArchiveError("it unfolds to more than is read")
                with archive.open(info) as member:
                    held = member.read(size + 1)
                room -= len(held)
                yield info.filename, held[:size]
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        ValueError,
        EOFError,
        OSError,
    ) as e:
        raise UnreadableArchiveError("it is damaged") from e


def _wxapkg(data: bytes, endings: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    try:
        (count,) = struct.unpack_from(">I", data, 14)
        at = 18
        for _ in range(min(count, _ENTRIES)):
            (length,) = struct.unpack_from(">I", data, at)
            name = data[at + 4 : at + 4 + min(length, 1_000)].decode("utf-8", "replace")
            offset, size = struct.unpack_from(">II", data, at + 4 + length)
            at += 12 + length
            if name.lower().endswith(endings) and size <= _LARGEST and offset + size <= len(data):
                yield name.lstrip("/"), data[offset : offset + size]
    except struct.error as error:
        raise UnreadableArchiveError("its table is cut off") from error
