"""Read one resource table (`resources.arsc`) lazily.

Opening walks the chunk headers only; an entry is decoded when it is asked for. androguard's
`ARSCParser` builds an object for every entry first, and raises on tables that Android accepts.
Layout: `ResTable_*` in `frameworks/base/libs/androidfw/include/androidfw/ResourceTypes.h`; compact
entries, sparse and 16-bit offset tables as in `LoadedArsc.cpp`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.ingest.chunks import STRING_POOL, TABLE, Chunk, StringPool, chunk_at, chunks

_PACKAGE, _TYPE = 0x0200, 0x0201
_SPARSE, _OFFSET16 = 0x01, 0x02
_COMPLEX, _COMPACT = 0x0001, 0x0008
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
"""Offsets that say: no entry in this configuration."""
_ENTRY = struct.Struct("<HHL")
_VALUE = struct.Struct("<HBBL")
_MAP = struct.Struct("<LHBBL")

MAX_TYPES = 100_000
MAX_ARRAY = 20_000
MAX_PROBES = 2_000_000
"""Type chunks in which entries are looked up, all questions together."""
MAX_ENTRIES = 1_000_000
"""Entries that one listing visits at most."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value: type and data of a `Res_value`, and its string when it is one."""

    type: int
    data: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """What is needed of a `ResTable_config`: its locale and whether it says anything else."""

    locale: str
    """BCP 47: `zh-CN`, `zh-Hant-TW`, `in`; empty for the default."""
    plain: bool
    """Nothing but the locale is set."""


@dataclass(frozen=True, slots=True)
class _Type:
    """One type chunk: the entries of one type in one configuration."""

    chunk: Chunk
    flags: int
    count: int
    entries: int
    config: Config


@dataclass(frozen=True, slots=True)
class _Package:
    """One package: its pools, and its type chunks by type id."""

    types: StringPool
    keys: StringPool
    chunks: dict[int, list[_Type]]


class Table:
    """One `resources.arsc`."""

    def __init__(self, data: bytes) -> None:
        """Walk the chunk headers of `data`; what is malformed is told in `problems`."""
        self._data = data
        self.problems: list[str] = []
        self._packages: dict[int, list[_Package]] = {}
        self._values: StringPool | None = None
        self._sparse: dict[int, dict[int, int]] = {}
        self._probes = MAX_PROBES
        top = chunk_at(data, 0, len(data))
        if top is None and len(data) >= 12:
            self.problems.append("the table's size does not fit the file")
            top = Chunk(TABLE, 0, min(max(12, data[2] | data[3] << 8), len(data)), len(data))
        if top is None:
            self.problems.append("not a resource table")
            return
        end = top.start + top.header
        for chunk in chunks(data, end, top.end):
            if chunk.type == STRING_POOL and self._values is None:
                self._values = StringPool(data, chunk)
            elif chunk.type == _PACKAGE:
                self._add_package(chunk)
            end = chunk.end
        if top.end - end >= 8:
            self.problems.append("a chunk whose size does not fit")
        if self._values is None or self._values.malformed:
            self.problems.append("the string pool is missing or its sizes do not fit")

    def _add_package(self, chunk: Chunk) -> None:
        data, body = self._data, chunk.start + 8
        if chunk.header < 8 + 4 + 256 + 16:
            self.problems.append("a package whose header is too short")
            return
        number = int.from_bytes(data[body : body + 4], "little") & 0xFF
        type_pool, _, key_pool, _ = struct.unpack_from("<4L", data, body + 4 + 256)
        types = self._pool(chunk, type_pool)
        keys = self._pool(chunk, key_pool)
        if types is None or keys is None:
            self.problems.append("a package without names of its types or entries")
            return
        package = _Package(types, keys, {})
        self._packages.setdefault(number, []).append(package)
        seen, end = 0, chunk.start + chunk.header
        for part in chunks(data, end, chunk.end):
            end = part.end
            if part.type != _TYPE:
                continue
            seen += 1
            if seen > MAX_TYPES:
                self.problems.append(f"more than {MAX_TYPES} type chunks")
                return
            if (read := self._type(part)) is not None:
                package.chunks.setdefault(data[part.start + 8], []).append(read)
        if chunk.end - end >= 8:
            self.problems.append("a chunk inside a package whose size does not fit")

    def _pool(self, package: Chunk, offset: int) -> StringPool | None:
        chunk = chunk_at(self._data, package.start + offset, package.end)
        if chunk is None or chunk.type != STRING_POOL:
            return None
        return StringPool(self._data, chunk)

    def _type(self, chunk: Chunk) -> _Type | None:
        if chunk.header < 8 + 12 + 4:
            self.problems.append("a type chunk whose header is too short")
            return None
        flags = self._data[chunk.start + 9]
        count, entries = struct.unpack_from("<2L", self._data, chunk.start + 12)
        width = 2 if flags & _OFFSET16 and not flags & _SPARSE else 4
        room = max(0, chunk.end - chunk.start - chunk.header) // width
        if count > room:
            self.problems.append("a type chunk with more entries than bytes")
            count = room
        config = _config(self._data[chunk.start + 20 : chunk.start + chunk.header])
        return _Type(chunk, flags, count, chunk.start + entries, config)

    # ------------------------------------------------------------ questions

    @property
    def exhausted(self) -> bool:
        """Tell whether a bound was met: too many lookups, or overlapping strings."""
        return self._probes <= 0 or (self._values is not None and self._values.exhausted)

    def values(self, res_id: int) -> Iterator[tuple[Config, Value]]:
        """Yield the simple value of a resource in each configuration."""
        for _, part, at in self._places(res_id):
            flags = self._entry(at)[0]
            if not flags & _COMPLEX and (value := self._value(part, at)) is not None:
                yield part.config, value

    def items(self, res_id: int) -> Iterator[tuple[Config, tuple[tuple[int, Value], ...]]]:
        """Yield the items of a complex resource (array, plurals, style) in each configuration."""
        for _, part, at in self._places(res_id):
            if not self._entry(at)[0] & _COMPLEX:
                continue
            size = int.from_bytes(self._data[at : at + 2], "little")
            count = int.from_bytes(self._data[at + 12 : at + 16], "little")
            start = at + max(size, 16)
            room = max(0, part.chunk.end - start) // _MAP.size
            found = []
            for i in range(min(count, room, MAX_ARRAY)):
                name, _, _, kind, value = _MAP.unpack_from(self._data, start + _MAP.size * i)
                found.append((name, self._typed(kind, value)))
            yield part.config, tuple(found)

    def name(self, res_id: int) -> str:
        """Return `type/entry`, or an empty string."""
        for package, _, at in self._places(res_id):
            kind = package.types[((res_id >> 16) & 0xFF) - 1]
            return f"{kind}/{package.keys[self._entry(at)[1]]}"
        return ""

    def ids(self, kind: str) -> Iterator[tuple[str, int]]:
        """Yield name (without type) and id of every resource of this type, each id once."""
        seen: set[int] = set()
        for res_id, key, _, _ in self.listing(kind):
            if res_id not in seen:
                seen.add(res_id)
                yield key, res_id

    def listing(self, kind: str) -> Iterator[tuple[int, str, Config, Value | None]]:
        """Yield id, name and value (None when complex) of every entry of this type, per chunk."""
        visited = 0
        for number, package, type_id, parts in self._types_called(kind):
            base = number << 24 | type_id << 16
            for part in parts:
                for index, at in self._entries(part):
                    visited += 1
                    if visited > MAX_ENTRIES:
                        return
                    flags, key = self._entry(at)
                    value = None if flags & _COMPLEX else self._value(part, at)
                    yield base | index, package.keys[key], part.config, value

    def _types_called(self, kind: str) -> Iterator[tuple[int, _Package, int, list[_Type]]]:
        for number, packages in self._packages.items():
            for package in packages:
                for type_id, parts in package.chunks.items():
                    if package.types[type_id - 1] == kind:
                        yield number, package, type_id, parts

    # ------------------------------------------------------------ entries

    def _places(self, res_id: int) -> Iterator[tuple[_Package, _Type, int]]:
        for package in self._packages.get(res_id >> 24, ()):
            parts = package.chunks.get((res_id >> 16) & 0xFF, [])
            self._probes -= len(parts)
            for part in parts if self._probes > 0 else ():
                at = self._place(part, res_id & 0xFFFF)
                if at is not None:
                    yield package, part, at

    def _place(self, part: _Type, index: int) -> int | None:
        """Return where the entry `index` of `part` stands, or None."""
        if part.flags & _SPARSE:
            key = part.chunk.start
            if key not in self._sparse:
                self._sparse[key] = dict(self._entries(part))
            return self._sparse[key].get(index)
        if index >= part.count:
            return None
        offsets = part.chunk.start + part.chunk.header
        if part.flags & _OFFSET16:
            (short,) = struct.unpack_from("<H", self._data, offsets + 2 * index)
            return None if short == _FULL16 else self._inside(part, short * 4)
        (offset,) = struct.unpack_from("<L", self._data, offsets + 4 * index)
        return None if offset == _FULL32 else self._inside(part, offset)

    def _entries(self, part: _Type) -> Iterator[tuple[int, int]]:
        """Yield index and place of every entry of `part`."""
        offsets = part.chunk.start + part.chunk.header
        unit = "H" if part.flags & _OFFSET16 and not part.flags & _SPARSE else "L"
        for index, offset in enumerate(
            struct.unpack_from(f"<{part.count}{unit}", self._data, offsets)
        ):
            if part.flags & _SPARSE:
                index, offset = offset & _FULL16, (offset >> 16) * 4
            elif unit == "H":
                offset = _FULL32 if offset == _FULL16 else offset * 4
            at = part.entries + offset
            if at + _ENTRY.size <= part.chunk.end:
                yield index, at

    def _inside(self, part: _Type, offset: int) -> int | None:
        at = part.entries + offset
        return at if at + _ENTRY.size <= part.chunk.end else None

    def _entry(self, at: int) -> tuple[int, int]:
        """Return the flags and the key index of the entry at `at`."""
        size, flags, key = _ENTRY.unpack_from(self._data, at)
        return (flags, size) if flags & _COMPACT else (flags, key)

    def _value(self, part: _Type, at: int) -> Value | None:
        size, flags, data = _ENTRY.unpack_from(self._data, at)
        if flags & _COMPACT:
            return self._typed(flags >> 8, data)
        start = at + max(size, _ENTRY.size)
        if start + _VALUE.size > part.chunk.end:
            return None
        _, _, kind, value = _VALUE.unpack_from(self._data, start)
        return self._typed(kind, value)

    def _typed(self, kind: int, data: int) -> Value:
        text = self._values[data] if kind == 0x03 and self._values is not None else ""
        return Value(kind, data, text)


def _config(raw: bytes) -> Config:
    """Read the locale of a `ResTable_config`, and whether anything else is set."""
    size = min(int.from_bytes(raw[:4], "little"), len(raw))
    raw = raw[:size].ljust(64, b"\0")
    language = _letters(raw[8:10], "a")
    country = _letters(raw[10:12], "0")
    script = raw[36:40].rstrip(b"\0").decode("ascii", "replace")
    locale = "-".join(part for part in (language, script, country) if part)
    rest = raw[4:8] + raw[12:36] + raw[48:52]
    return Config(locale, not any(rest))


def _letters(raw: bytes, base: str) -> str:
    """Unpack a language or region: two ASCII letters, or three of five bits each."""
    if not raw[0]:
        return ""
    if not raw[0] & 0x80:
        return raw.rstrip(b"\0").decode("ascii", "replace")
    one, two = raw[1] & 0x1F, (raw[1] & 0xE0) >> 5 | (raw[0] & 0x03) << 3
    three = (raw[0] & 0x7C) >> 2
    return "".join(chr(ord(base) + value) for value in (one, two, three))
