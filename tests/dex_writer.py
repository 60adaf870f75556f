"""Write small DEX files: the counterpart of `auditor.dex`, for tests only.

Source: "Dalvik executable format". The result is complete and passes dexdump's verifier (sorted
tables, map, SHA-1, Adler-32), so that a test starts from a good file and breaks what it wants.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from auditor.dex.mutf8 import encode_mutf8

NO_INDEX = 0xFFFFFFFF


@dataclass(frozen=True)
class Ref:
    """An entry of a constant table: `Ref("method", "Lp/C;->m()V")`."""

    table: str
    value: str


@dataclass
class Item:
    """An instruction or a payload table, at its offset."""

    units: list[int | Ref]
    at: int
    label: str = ""
    layout: str = ""
    table: list[str] = field(default_factory=list)


@dataclass
class Try:
    start: int
    end: int
    caught: str | None
    handler: int


@dataclass
class Code:
    registers: int
    ins: int
    units: list[int | Ref]
    tries: list[Try] = field(default_factory=list)


@dataclass
class FieldDef:
    name: str
    type: str
    access: int = 1
    value: int | str | None = None


@dataclass
class MethodDef:
    name: str
    proto: str
    access: int = 1
    code: Code | None = None


@dataclass
class ClassDef:
    name: str
    access: int = 1
    superclass: str | None = "Ljava/lang/Object;"
    source: str = ""
    interfaces: list[str] = field(default_factory=list)
    fields: list[FieldDef] = field(default_factory=list)
    methods: list[MethodDef] = field(default_factory=list)


def write_dex(classes: Sequence[ClassDef], version: str = "035") -> bytes:
    """One DEX file; of version 041, a container with one."""
    return write_container([classes]) if version == "041" else _Writer(classes, version, 0).data()


def write_container(files: Sequence[Sequence[ClassDef]]) -> bytes:
    """A container of version 041 that holds several DEX files."""
    parts, base = [], 0
    for classes in files:
        parts.append(_Writer(classes, "041", base).data())
        base += len(parts[-1])
    joined, at = bytearray(b"".join(parts)), 0
    for part in parts:
        struct.pack_into("<2I", joined, at + 0x70, len(joined), at)
        _sign(joined, at, len(part))
        at += len(part)
    return bytes(joined)


def _sign(data: bytearray, at: int, size: int) -> None:
    data[at + 12 : at + 32] = hashlib.sha1(data[at + 32 : at + size]).digest()
    struct.pack_into("<I", data, at + 8, zlib.adler32(bytes(data[at + 12 : at + size])))


def uleb(value: int) -> bytes:
    """An unsigned LEB128 number."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def sleb(value: int) -> bytes:
    """A signed LEB128 number."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        done = (value == 0 and not byte & 0x40) or (value == -1 and byte & 0x40)
        out.append(byte | (0 if done else 0x80))
        if done:
            return bytes(out)


def _types(proto: str) -> tuple[list[str], str]:
    from tests.smali import params

    return params(proto), proto[proto.index(")") + 1 :]


def _member(signature: str) -> tuple[str, str, str]:
    cls, _, rest = signature.partition("->")
    if "(" in rest:
        name, _, proto = rest.partition("(")
        return cls, name, "(" + proto
    name, _, type_ = rest.rpartition(":")
    return cls, name, type_


class _Writer:
    """Collects the constant tables, then lays the file out once."""

    def __init__(self, classes: Sequence[ClassDef], version: str, base: int) -> None:
        self.classes, self.version, self.base = classes, version, base
        self.strings: set[str] = set()
        self.types: set[str] = set()
        self.protos: set[str] = set()
        self.fields: set[tuple[str, str, str]] = set()
        self.methods: set[tuple[str, str, str]] = set()
        for cls in classes:
            self._collect(cls)
        self._number()

    def _collect(self, cls: ClassDef) -> None:
        self.types.update([cls.name, *cls.interfaces])
        if cls.superclass:
            self.types.add(cls.superclass)
        if cls.source:
            self.strings.add(cls.source)
        for one in cls.fields:
            self.fields.add((cls.name, one.name, one.type))
            if isinstance(one.value, str):
                self.strings.add(one.value)
        for method in cls.methods:
            self.methods.add((cls.name, method.name, method.proto))
            for unit in method.code.units if method.code else []:
                if isinstance(unit, Ref):
                    self._collect_ref(unit)
            for block in method.code.tries if method.code else []:
                if block.caught:
                    self.types.add(block.caught)

    def _collect_ref(self, ref: Ref) -> None:
        if ref.table == "string":
            self.strings.add(ref.value)
        elif ref.table == "type":
            self.types.add(ref.value)
        elif ref.table == "proto":
            self.protos.add(ref.value)
        elif ref.table == "field":
            self.fields.add(_member(ref.value))
        else:
            self.methods.add(_member(ref.value))

    def _number(self) -> None:
        for cls, name, type_ in self.fields:
            self.types.update([cls, type_])
            self.strings.add(name)
        for cls, name, proto in self.methods:
            self.types.add(cls)
            self.strings.add(name)
            self.protos.add(proto)
        for proto in self.protos:
            args, ret = _types(proto)
            self.types.update([*args, ret])
            self.strings.add(_shorty(proto))
        self.strings |= self.types
        self.string_list = sorted(self.strings, key=lambda s: s.encode("utf-16-be"))
        self.string_ids = {s: i for i, s in enumerate(self.string_list)}
        self.type_list = sorted(self.types, key=self.string_ids.__getitem__)
        self.type_ids = {t: i for i, t in enumerate(self.type_list)}
        self.proto_list = sorted(self.protos, key=self._proto_key)
        self.proto_ids = {p: i for i, p in enumerate(self.proto_list)}
        self.field_list = sorted(self.fields, key=lambda f: self._member_key(f, self.type_ids))
        self.field_ids = {f: i for i, f in enumerate(self.field_list)}
        self.method_list = sorted(self.methods, key=lambda m: self._member_key(m, self.proto_ids))
        self.method_ids = {m: i for i, m in enumerate(self.method_list)}

    def _proto_key(self, proto: str) -> tuple[int, list[int]]:
        args, ret = _types(proto)
        return self.type_ids[ret], [self.type_ids[a] for a in args]

    def _member_key(
        self, member: tuple[str, str, str], third: dict[str, int]
    ) -> tuple[int, int, int]:
        return self.type_ids[member[0]], self.string_ids[member[1]], third[member[2]]

    def _resolve(self, unit: int | Ref) -> int:
        if isinstance(unit, int):
            return unit
        if unit.table in ("field", "method"):
            ids = self.field_ids if unit.table == "field" else self.method_ids
            return ids[_member(unit.value)]
        return {"string": self.string_ids, "type": self.type_ids, "proto": self.proto_ids}[
            unit.table
        ][unit.value]

    def data(self) -> bytes:
        """Lay the file out: header, id tables, data, map."""
        header = 0x78 if self.version == "041" else 0x70
        counts: list[tuple[int, Sequence[object], int]] = [
            (1, self.string_list, 4),
            (2, self.type_list, 4),
            (3, self.proto_list, 12),
            (4, self.field_list, 8),
            (5, self.method_list, 8),
            (6, list(self.classes), 32),
        ]
        at = header
        places: dict[int, int] = {}
        for kind, entries, width in counts:
            places[kind] = at
            at += len(entries) * width
        self.out = bytearray(at)
        self.sections: list[tuple[int, int, int]] = [(0, 1, 0)]
        self.sections += [(k, len(e), places[k]) for k, e, _ in counts if e]
        self.data_start = at
        self._write_strings(places[1])
        self._write_ids(places)
        self._write_classes(places[6])
        map_off = self._write_map()
        self._write_header(header, counts, places, map_off)
        return bytes(self.out)

    def _place(self, kind: int, count: int = 1) -> int:
        """Align, note the start of a section of the map, and return the offset."""
        if kind in (0x1001, 0x2001, 0x1000):
            self.out += b"\0" * (-len(self.out) % 4)
        if count:
            self.sections.append((kind, count, len(self.out)))
        return len(self.out)

    def _write_strings(self, table: int) -> None:
        self._place(0x2002, len(self.string_list))
        for number, text in enumerate(self.string_list):
            struct.pack_into("<I", self.out, table + 4 * number, self.base + len(self.out))
            length = len(text.encode("utf-16-le")) // 2
            self.out += uleb(length) + encode_mutf8(text) + b"\0"

    def _write_ids(self, places: dict[int, int]) -> None:
        for number, type_ in enumerate(self.type_list):
            struct.pack_into("<I", self.out, places[2] + 4 * number, self.string_ids[type_])
        lists = {tuple(_types(p)[0]) for p in self.proto_list} | {
            tuple(c.interfaces) for c in self.classes
        }
        filled = sorted(t for t in lists if t)
        self._place(0x1001, len(filled))
        self.lists: dict[tuple[str, ...], int] = {(): 0}
        for types in filled:
            self.out += b"\0" * (-len(self.out) % 4)
            self.lists[types] = self.base + len(self.out)
            ids = [self.type_ids[t] for t in types]
            self.out += struct.pack(f"<I{len(ids)}H", len(ids), *ids)
        for number, proto in enumerate(self.proto_list):
            args, ret = _types(proto)
            row = (self.string_ids[_shorty(proto)], self.type_ids[ret], self.lists[tuple(args)])
            struct.pack_into("<3I", self.out, places[3] + 12 * number, *row)
        for table, members, third in (
            (places[4], self.field_list, self.type_ids),
            (places[5], self.method_list, self.proto_ids),
        ):
            for number, (cls, name, last) in enumerate(members):
                row = (self.type_ids[cls], third[last], self.string_ids[name])
                struct.pack_into("<2HI", self.out, table + 8 * number, *row)

    def _write_classes(self, table: int) -> None:
        codes = [m.code for c in self.classes for m in c.methods if m.code is not None]
        self._place(0x2001, len(codes))
        offsets = [self._write_code(code) for code in codes]
        with_data = [c for c in self.classes if c.fields or c.methods]
        self._place(0x2000, len(with_data))
        rest = iter(offsets)
        data = {id(c): self._write_members(c, rest) for c in with_data}
        with_values = [c for c in self.classes if any(f.value is not None for f in c.fields)]
        self._place(0x2005, len(with_values))
        values = {id(c): self._write_values(c) for c in with_values}
        for number, cls in enumerate(self.classes):
            row = (
                self.type_ids[cls.name],
                cls.access,
                self.type_ids[cls.superclass] if cls.superclass else NO_INDEX,
                self.lists[tuple(cls.interfaces)],
                self.string_ids[cls.source] if cls.source else NO_INDEX,
                0,
                data.get(id(cls), 0),
                values.get(id(cls), 0),
            )
            struct.pack_into("<8I", self.out, table + 32 * number, *row)

    def _write_code(self, code: Code) -> int:
        self.out += b"\0" * (-len(self.out) % 4)
        at = len(self.out)
        units = [self._resolve(u) for u in code.units]
        spans = sorted({(t.start, t.end) for t in code.tries})
        self.out += struct.pack(
            "<4H2I", code.registers, code.ins, 5, len(spans), 0, len(units)
        ) + struct.pack(f"<{len(units)}H", *units)
        if spans:
            self._write_tries(code, spans, len(units))
        return self.base + at

    def _write_tries(self, code: Code, spans: list[tuple[int, int]], size: int) -> None:
        self.out += b"\0\0" * (size % 2)
        handlers, starts = uleb(len(spans)), []
        for span in spans:
            starts.append(len(handlers))
            mine = [t for t in code.tries if (t.start, t.end) == span]
            typed = [t for t in mine if t.caught]
            every = [t for t in mine if not t.caught]
            handlers += sleb(-len(typed) if every else len(typed))
            for one in typed:
                handlers += uleb(self.type_ids[one.caught or ""]) + uleb(one.handler)
            for one in every[:1]:
                handlers += uleb(one.handler)
        for (start, end), offset in zip(spans, starts, strict=True):
            self.out += struct.pack("<IHH", start, end - start, offset)
        self.out += handlers

    def _write_members(self, cls: ClassDef, codes: Iterator[int]) -> int:
        at = len(self.out)
        offsets = {id(m): next(codes) for m in cls.methods if m.code is not None}
        fields = sorted(cls.fields, key=lambda f: self.field_ids[cls.name, f.name, f.type])
        methods = sorted(cls.methods, key=lambda m: self.method_ids[cls.name, m.name, m.proto])
        groups: list[Sequence[FieldDef | MethodDef]] = [
            [f for f in fields if f.access & 8],
            [f for f in fields if not f.access & 8],
            [m for m in methods if m.access & 0x1000A],
            [m for m in methods if not m.access & 0x1000A],
        ]
        self.out += b"".join(uleb(len(group)) for group in groups)
        for group in groups:
            last = 0
            for member in group:
                third = member.type if isinstance(member, FieldDef) else member.proto
                ids = self.field_ids if isinstance(member, FieldDef) else self.method_ids
                number = ids[cls.name, member.name, third]
                self.out += uleb(number - last) + uleb(member.access)
                last = number
                if isinstance(member, MethodDef):
                    self.out += uleb(offsets.get(id(member), 0))
        return self.base + at

    def _write_values(self, cls: ClassDef) -> int:
        at = len(self.out)
        statics = sorted(
            (f for f in cls.fields if f.access & 8),
            key=lambda f: self.field_ids[cls.name, f.name, f.type],
        )
        while statics and statics[-1].value is None:
            statics.pop()
        self.out += uleb(len(statics))
        for one in statics:
            self.out += self._value(one)
        return self.base + at

    def _value(self, one: FieldDef) -> bytes:
        if one.value is None:
            zero = {"Z": b"\x1f", "J": b"\x06\0", "F": b"\x10\0", "D": b"\x11\0"}
            return zero.get(one.type, b"\x04\0" if one.type in "BSCI" else b"\x1e")
        if isinstance(one.value, str):
            return b"\x77" + self.string_ids[one.value].to_bytes(4, "little")
        if one.type == "Z":
            return b"\x3f" if one.value else b"\x1f"
        kind, width = {"B": (0, 1), "S": (2, 2), "C": (3, 2), "I": (4, 4), "J": (6, 8)}[one.type]
        raw = (one.value % (1 << 8 * width)).to_bytes(width, "little")
        return bytes([kind | (width - 1) << 5]) + raw

    def _write_map(self) -> int:
        at = self._place(0x1000)
        rows = [(k, c, o + self.base) for k, c, o in self.sections]
        rows.sort(key=lambda row: row[2])
        self.out += struct.pack("<I", len(rows))
        for kind, count, offset in rows:
            self.out += struct.pack("<2H2I", kind, 0, count, offset)
        return self.base + at

    def _write_header(
        self,
        header: int,
        counts: list[tuple[int, Sequence[object], int]],
        places: dict[int, int],
        map_off: int,
    ) -> None:
        size = len(self.out)
        self.out[:8] = b"dex\n" + self.version.encode() + b"\0"
        struct.pack_into("<3I", self.out, 0x20, size, header, 0x12345678)
        struct.pack_into("<I", self.out, 0x34, map_off)
        for number, (kind, entries, _) in enumerate(counts):
            start = self.base + places[kind] if entries else 0
            struct.pack_into("<2I", self.out, 0x38 + 8 * number, len(entries), start)
        data = 0 if self.version == "041" else self.data_start
        struct.pack_into("<2I", self.out, 0x68, size - self.data_start if data else 0, data)
        _sign(self.out, 0, size)


def _shorty(proto: str) -> str:
    args, ret = _types(proto)
    return "".join("L" if t[0] in "[L" else t for t in [ret, *args])
