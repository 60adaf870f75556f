"""Write ZIP archives that lie: every header field of every entry can be given apart.

Layout: PKWARE APPNOTE 6.3.9, section 4.3.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

STORED, DEFLATED = 0, 8


@dataclass(frozen=True)
class Item:
    """One entry; `local` and `central` replace fields of the two headers by name."""

    name: bytes
    data: bytes
    deflate: bool = True
    local: Mapping[str, int] = field(default_factory=dict)
    central: Mapping[str, int] = field(default_factory=dict)
    local_name: bytes | None = None
    extra: bytes = b""
    local_extra: bytes = b""


def items(files: Mapping[str, bytes]) -> list[Item]:
    return [Item(name.encode(), data) for name, data in files.items()]


def write_zip(
    entries: Sequence[Item],
    *,
    before: bytes = b"",
    counted: bool = True,
    behind: bytes = b"",
    comment: bytes = b"",
    count: int | None = None,
    zip64: bool = False,
) -> bytes:
    """Write an archive.

    Args:
        before: bytes in front of it; `counted` says whether offsets count them.
        behind: bytes behind the end record, outside its comment.
        count: what the end record says of the number of entries.
        zip64: give sizes and offsets in the zip64 records only.
    """
    body, central = bytearray(before), bytearray()
    shift = 0 if counted else len(before)
    for item in entries:
        packed = item.data
        if item.deflate:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            packed = packer.compress(item.data) + packer.flush()
        true = {
            "flags": 0,
            "method": DEFLATED if item.deflate else STORED,
            "crc": zlib.crc32(item.data),
            "compressed": len(packed),
            "size": len(item.data),
        }
        at = len(body) - shift
        body += _local({**true, **item.local}, item) + packed
        central += _central({**true, **item.central}, item, at, zip64)
    start = len(body) - shift
    number = len(entries) if count is None else count
    end = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, number, number, len(central), start, len(comment)
    )
    if zip64:
        where = start + len(central)
        record = struct.pack(
            "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, number, number, len(central), start
        )
        end = record + struct.pack("<4sLQL", b"PK\6\7", 0, where, 1)
        end += struct.pack(
            "<4s4H2LH", b"PK\5\6", 0, 0, *(0xFFFF,) * 2, *(0xFFFFFFFF,) * 2, len(comment)
        )
    return bytes(body + central) + end + comment + behind


def _end(number: int, size: int, start: int, comment: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, number, number, size, start, comment)


def _local(values: Mapping[str, int], item: Item) -> bytes:
    name = item.name if item.local_name is None else item.local_name
    head = struct.pack(
        "<4s5H3L2H",
        b"PK\3\4",
        20,
        values["flags"],
        values["method"],
        0,
        0x2821,
        values["crc"],
        values["compressed"],
        values["size"],
        len(name),
        len(item.local_extra),
    )
    return head + name + item.local_extra


def _central(values: Mapping[str, int], item: Item, at: int, zip64: bool) -> bytes:
    sizes = (values["compressed"], values["size"])
    extra, offset = item.extra, at
    if zip64:
        extra = struct.pack("<2H3Q", 1, 24, sizes[1], sizes[0], at) + extra
        sizes, offset = (0xFFFFFFFF, 0xFFFFFFFF), 0xFFFFFFFF
    head = struct.pack(
        "<4s6H3L5H2L",
        b"PK\1\2",
        20,
        20,
        values["flags"],
        values["method"],
        0,
        0x2821,
        values["crc"],
        *sizes,
        len(item.name),
        len(extra),
        0,
        0,
        0,
        0,
        offset,
    )
    return head + item.name + extra
