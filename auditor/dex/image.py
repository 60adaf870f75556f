"""One logical DEX file: its fixed-size tables as numpy views on the bytes, every bound checked.

Source: source.android.com, "Dalvik executable format", sections "header_item" to "class_def_item",
"map_list". A table whose size or offset leaves the file is cut to what is inside, and a `Limit`
says so. A file of version 041 is a container: several headers, all offsets count from its start.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from auditor.dex.bounds import Limits

HEADER_SIZE: Final = 0x70
CONTAINER_HEADER_SIZE: Final = 0x78
VERSIONS: Final = ("035", "036", "037", "038", "039", "040", "041")
NO_INDEX: Final = 0xFFFFFFFF
MAX_LOGICAL: Final = 500
"""Headers read from one container."""

U32 = np.dtype("<u4")
PROTO_ID = np.dtype([("shorty", "<u4"), ("ret", "<u4"), ("params", "<u4")])
MEMBER_ID = np.dtype([("cls", "<u2"), ("type", "<u2"), ("name", "<u4")])
"""`field_id_item` (type) and `method_id_item` (there, `type` is the prototype)."""
CLASS_DEF = np.dtype(
    [
        (name, "<u4")
        for name in (
            "cls",
            "access",
            "super",
            "interfaces",
            "source",
            "annotations",
            "data",
            "statics",
        )
    ]
)
HANDLE_ITEM = np.dtype([("kind", "<u2"), ("pad1", "<u2"), ("member", "<u2"), ("pad2", "<u2")])
MAP_ITEM = np.dtype([("type", "<u2"), ("unused", "<u2"), ("size", "<u4"), ("offset", "<u4")])
_MAP_CALL_SITES, _MAP_HANDLES = 0x0007, 0x0008


@dataclass(frozen=True, slots=True)
class DexInput:
    """The bytes of one `.dex` file; `name` as in `model.CodePlace.dex`."""

    name: str
    data: bytes


class DexImage(NamedTuple):
    """One logical DEX file. All offsets count from the start of `data`."""

    name: str
    data: bytes
    end: int
    """Bytes of `data` that belong to the file; nothing behind it is read."""
    version: str
    strings: npt.NDArray[np.uint32]
    types: npt.NDArray[np.uint32]
    protos: npt.NDArray[Any]
    fields: npt.NDArray[Any]
    methods: npt.NDArray[Any]
    classes: npt.NDArray[Any]
    call_sites: npt.NDArray[np.uint32]
    handles: npt.NDArray[Any]

    @property
    def raw(self) -> npt.NDArray[np.uint8]:
        """The readable bytes."""
        return np.frombuffer(self.data, dtype=np.uint8, count=self.end)

    @property
    def units(self) -> npt.NDArray[np.uint16]:
        """The readable bytes as 16-bit code units."""
        return np.frombuffer(self.data, dtype="<u2", count=self.end // 2)


def read_images(given: DexInput, limits: Limits) -> list[DexImage]:
    """Read the headers and tables of one input; what cannot be read is added to `limits`."""
    images: list[DexImage] = []
    for start in _header_offsets(given, limits):
        name = given.name if not images else f"{given.name}#{len(images) + 1}"
        images.append(_read_image(given, start, name, limits))
    return images


def _header_offsets(given: DexInput, limits: Limits) -> Iterator[int]:
    data, start = given.data, 0
    for _ in range(MAX_LOGICAL):
        if (why := _wrong_header(data, start)) is not None:
            limits.add(given.name, why if start == 0 else f"header at 0x{start:x}: {why}")
            return
        yield start
        size = _u32(data, start + 0x20)
        if data[start + 4 : start + 7] != b"041":
            if size < len(data):
                limits.add(
                    given.name, f"{len(data) - size} bytes stand behind the end of the DEX file"
                )
            return
        start += size
        container = _u32(data, 0x70)
        if start >= min(len(data), container) or size < CONTAINER_HEADER_SIZE:
            if container < len(data):
                behind = len(data) - container
                limits.add(given.name, f"{behind} bytes stand behind the end of the container")
            return
    limits.add(given.name, f"more than {MAX_LOGICAL} DEX files in one container")


def _wrong_header(data: bytes, at: int) -> str | None:
    if len(data) - at < HEADER_SIZE:
        return f"too short for a DEX file: {len(data) - at} bytes"
    if data[at : at + 4] != b"dex\n" or data[at + 7] != 0:
        return "not a DEX file: its first bytes are " + data[at : at + 8].hex(" ")
    version = data[at + 4 : at + 7].decode("latin-1")
    if version not in VERSIONS:
        return f"DEX version {version!r} is not known"
    if version == "041" and len(data) - at < CONTAINER_HEADER_SIZE:
        return f"too short for a DEX container: {len(data) - at} bytes"
    if _u32(data, at + 0x28) != 0x12345678:
        return "byte order is not little-endian"
    return None


def _u32(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", data, at)[0])


def _readable_end(given: DexInput, start: int, version: str, limits: Limits) -> int:
    """End of the bytes that offsets of this header may point into."""
    declared = _u32(given.data, start + (0x70 if version == "041" else 0x20))
    if declared > len(given.data):
        limits.add(given.name, f"truncated: {declared} bytes declared, {len(given.data)} present")
        return len(given.data)
    if declared < HEADER_SIZE:
        limits.add(given.name, f"declares a size of {declared} bytes; {len(given.data)} present")
        return len(given.data)
    return declared


def _read_image(given: DexInput, start: int, name: str, limits: Limits) -> DexImage:
    data = given.data
    version = data[start + 4 : start + 7].decode("ascii")
    end = _readable_end(given, start, version, limits)
    sizes = struct.unpack_from("<14I", data, start + 0x34)
    map_off = sizes[0]

    def table(what: str, count: int, offset: int, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        fit = max(0, end - offset) // dtype.itemsize
        if count > fit:
            limits.add(name, f"{what}: {count} entries declared, {fit} inside the file")
            count = fit
        if count <= 0:
            return np.empty(0, dtype=dtype)
        return np.frombuffer(data, dtype=dtype, count=count, offset=offset)

    sites, handles = _mapped(data, map_off, end, name, limits)
    return DexImage(
        name=name,
        data=data,
        end=end,
        version=version,
        strings=table("string table", sizes[1], sizes[2], U32),
        types=table("type table", min(sizes[3], 0xFFFF + 1), sizes[4], U32),
        protos=table("prototype table", min(sizes[5], 0xFFFF + 1), sizes[6], PROTO_ID),
        fields=table("field table", sizes[7], sizes[8], MEMBER_ID),
        methods=table("method table", sizes[9], sizes[10], MEMBER_ID),
        classes=table("class table", sizes[11], sizes[12], CLASS_DEF),
        call_sites=table("call site table", *sites, U32),
        handles=table("method handle table", *handles, HANDLE_ITEM),
    )


def _mapped(
    data: bytes, map_off: int, end: int, name: str, limits: Limits
) -> tuple[tuple[int, int], tuple[int, int]]:
    """(count, offset) of the two tables that only the map names: call sites, method handles."""
    none = (0, 0)
    if map_off == 0 or map_off + 4 > end:
        limits.add(name, f"map list at 0x{map_off:x} lies outside the file")
        return none, none
    count = _u32(data, map_off)
    fit = (end - map_off - 4) // MAP_ITEM.itemsize
    if count > fit:
        limits.add(name, f"map list: {count} entries declared, {fit} inside the file")
    items = np.frombuffer(data, dtype=MAP_ITEM, count=min(count, fit), offset=map_off + 4)
    found = []
    for kind in (_MAP_CALL_SITES, _MAP_HANDLES):
        rows = items[items["type"] == kind]
        found.append((int(rows["size"][0]), int(rows["offset"][0])) if rows.size else none)
    return found[0], found[1]
