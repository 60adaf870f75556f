"""Write small binary XML documents, resource tables, ZIP archives and APKs for tests.

Layout: `ResourceTypes.h` of Android. Everything odd that a test needs is a parameter here.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ANDROID = "http://schemas.android.com/apk/res/android"
IDS = {
    "label": 0x01010001,
    "name": 0x01010003,
    "permission": 0x01010006,
    "readPermission": 0x01010007,
    "enabled": 0x0101000E,
    "debuggable": 0x0101000F,
    "exported": 0x01010010,
    "process": 0x01010011,
    "authorities": 0x01010018,
    "value": 0x01010024,
    "resource": 0x01010025,
    "mimeType": 0x01010026,
    "scheme": 0x01010027,
    "id": 0x010100D0,
    "layout": 0x010100F2,
    "text": 0x0101014F,
    "targetActivity": 0x01010202,
    "minSdkVersion": 0x0101020C,
    "versionCode": 0x0101021B,
    "versionName": 0x0101021C,
    "inputType": 0x01010220,
    "onClick": 0x0101026F,
    "targetSdkVersion": 0x01010270,
    "maxSdkVersion": 0x01010271,
    "allowBackup": 0x01010280,
    "usesCleartextTraffic": 0x010104EC,
    "networkSecurityConfig": 0x01010527,
    "versionCodeMajor": 0x01010576,
    "appComponentFactory": 0x0101057A,
}


@dataclass(frozen=True)
class Ref:
    """A reference to a resource."""

    id: int


Scalar = str | int | bool | Ref


@dataclass(frozen=True)
class E:
    """An element: attributes in `a` are android's, those in `plain` have no namespace."""

    name: str
    a: Mapping[str, Scalar] = field(default_factory=dict)
    children: Sequence[E] = ()
    plain: Mapping[str, Scalar] = field(default_factory=dict)
    decoy: Mapping[str, str] = field(default_factory=dict)
    """Attributes in android's namespace without a resource id: Android does not see them."""
    content: str = ""


def string_pool(strings: Sequence[str], *, utf8: bool = False, header: int = 28) -> bytes:
    parts: list[bytes] = []
    offsets: list[int] = []
    at = 0
    for text in strings:
        if utf8:
            raw = text.encode()
            part = _short(len(text)) + _short(len(raw)) + raw + b"\0"
        else:
            raw = text.encode("utf-16-le")
            units = len(raw) // 2
            length = struct.pack("<H", units)
            if units > 0x7FFF:
                length = struct.pack("<HH", 0x8000 | units >> 16, units & 0xFFFF)
            part = length + raw + b"\0\0"
        offsets.append(at)
        at += len(part)
        parts.append(part)
    body = b"".join(parts) + b"\0" * (-at % 4)
    start = header + 4 * len(strings)
    fields = struct.pack("<5L", len(strings), 0, 0x100 if utf8 else 0, start, 0)
    head = struct.pack("<HHL", 1, header, start + len(body)) + fields
    return head.ljust(header, b"\0") + struct.pack(f"<{len(offsets)}L", *offsets) + body


def _short(size: int) -> bytes:
    return bytes([size]) if size < 0x80 else bytes([0x80 | size >> 8, size & 0xFF])


def chunk(kind: int, body: bytes, header: bytes = b"") -> bytes:
    return struct.pack("<HHL", kind, 8 + len(header), 8 + len(header) + len(body)) + header + body


class _Strings:
    def __init__(self, first: Sequence[str]) -> None:
        self.all = list(first)
        self._known: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        if text not in self._known:
            self._known[text] = len(self.all)
            self.all.append(text)
        return self._known[text]


def axml(
    root: E,
    *,
    utf8: bool = False,
    node_header: int = 16,
    before_nodes: bytes = b"",
    first_type: int = 3,
    pool_header: int = 28,
    claim: int = 0,
) -> bytes:
    """Return `root` as binary XML; `claim` is added to the size in the file's header."""
    names = list(IDS)
    strings = _Strings(names)
    nodes: list[bytes] = []

    def node(kind: int, body: bytes) -> None:
        head = struct.pack("<LL", 1, 0xFFFFFFFF).ljust(node_header - 8, b"\0")
        nodes.append(chunk(kind, body, head))

    def attribute(namespace: int, name: int, value: Scalar) -> bytes:
        raw, kind, data = 0xFFFFFFFF, 0x10, 0
        if isinstance(value, Ref):
            kind, data = 0x01, value.id
        elif isinstance(value, bool):
            kind, data = 0x12, 0xFFFFFFFF if value else 0
        elif isinstance(value, int):
            data = value & 0xFFFFFFFF
        else:
            raw = data = strings(value)
            kind = 0x03
        return struct.pack("<3LHBBL", namespace, name, raw, 8, 0, kind, data)

    def write(element: E) -> None:
        android = strings(ANDROID)
        attributes = [attribute(android, strings(k), v) for k, v in element.decoy.items()]
        attributes += [attribute(android, names.index(k), v) for k, v in element.a.items()]
        attributes += [attribute(0xFFFFFFFF, strings(k), v) for k, v in element.plain.items()]
        name = strings(element.name)
        head = struct.pack("<2L6H", 0xFFFFFFFF, name, 20, 20, len(attributes), 0, 0, 0)
        node(0x0102, head + b"".join(attributes))
        if element.content:
            node(0x0104, struct.pack("<LHBBL", strings(element.content), 8, 0, 0, 0))
        for child in element.children:
            write(child)
        node(0x0103, struct.pack("<2L", 0xFFFFFFFF, name))

    write(root)
    ids = chunk(0x0180, struct.pack(f"<{len(names)}L", *IDS.values()))
    pool = string_pool(strings.all, utf8=utf8, header=pool_header)
    body = pool + ids + before_nodes + b"".join(nodes)
    return struct.pack("<HHL", first_type, 8, 8 + len(body) + claim) + body


# ---------------------------------------------------------------- resource tables

Items = tuple[Scalar, ...]
Entries = Mapping[str, Mapping[str, Scalar | Items]]
"""Entry name → locale (`zh-CN`, or `land` for a landscape variant) → value."""


def arsc(types: Mapping[str, Entries], *, package: int = 0x7F, sparse: bool = False) -> bytes:
    """Return a resource table; ids count from `0xPP010000` in the order given."""
    strings, keys = _Strings(()), _Strings(())
    kinds = list(types)
    chunks = b""
    for number, kind in enumerate(kinds, 1):
        entries = types[kind]
        configs = sorted({config for values in entries.values() for config in values})
        for config in configs:
            chunks += _type_chunk(number, entries, config, strings, keys, sparse)
    type_pool, key_pool = string_pool(kinds), string_pool(keys.all)
    name = "x".encode("utf-16-le").ljust(256, b"\0")
    at = 8 + 4 + 256 + 20
    head = struct.pack("<L", package) + name
    head += struct.pack("<5L", at, 0, at + len(type_pool), 0, 0)
    body = chunk(0x0200, type_pool + key_pool + chunks, head)
    return chunk(0x0002, string_pool(strings.all) + body, struct.pack("<L", 1))


def _type_chunk(
    number: int, entries: Entries, config: str, strings: _Strings, keys: _Strings, sparse: bool
) -> bytes:
    def value(item: Scalar) -> bytes:
        if isinstance(item, Ref):
            return struct.pack("<HBBL", 8, 0, 1, item.id)
        if isinstance(item, bool):
            return struct.pack("<HBBL", 8, 0, 0x12, 0xFFFFFFFF if item else 0)
        if isinstance(item, int):
            return struct.pack("<HBBL", 8, 0, 0x10, item)
        return struct.pack("<HBBL", 8, 0, 3, strings(item))

    body, offsets = b"", []
    for index, (name, values) in enumerate(entries.items()):
        key = keys(name)
        item = values.get(config)
        if item is None:
            if not sparse:
                offsets.append(struct.pack("<L", 0xFFFFFFFF))
            continue
        offsets.append(
            struct.pack("<HH", index, len(body) // 4) if sparse else struct.pack("<L", len(body))
        )
        if isinstance(item, tuple):
            body += struct.pack("<HHLLL", 16, 1, key, 0, len(item))
            for position, one in enumerate(item):
                body += struct.pack("<L", 0x02000000 + position) + value(one)
        else:
            body += struct.pack("<HHL", 8, 0, key) + value(item)
    raw = _config(config)
    start = 8 + 12 + len(raw) + 4 * len(offsets)
    head = struct.pack("<BBHLL", number, int(sparse), 0, len(offsets), start) + raw
    return chunk(0x0201, b"".join(offsets) + body, head)


def _config(text: str) -> bytes:
    raw = bytearray(64)
    raw[:4] = struct.pack("<L", 64)
    if text == "land":
        raw[12] = 2
    elif text:
        language, *rest = text.split("-")
        raw[8 : 8 + len(language)] = language.encode()
        for part in rest:
            at = 36 if len(part) == 4 else 10
            raw[at : at + len(part)] = part.encode()
    return bytes(raw)


# ---------------------------------------------------------------- archives


def zipped(files: Mapping[str, bytes], *, deflate: bool = True) -> bytes:
    out = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data, method)
    return out.getvalue()


def _checked(body: bytes) -> bytes:
    """A DEX file of only a header, with the digest and checksum that it must have."""
    digest = hashlib.sha1(body, usedforsecurity=False).digest()
    return b"dex\n035\0" + struct.pack("<L", zlib.adler32(digest + body)) + digest + body


DEX = _checked(b"\0" * 80)


def manifest(*children: E, package: str = "com.example.loan", **plain: Scalar) -> E:
    sdk = E("uses-sdk", {"minSdkVersion": 21, "targetSdkVersion": 30})
    return E("manifest", {"versionCode": 7}, (sdk, *children), {"package": package, **plain})


def apk(root: E | None = None, files: Mapping[str, bytes] | None = None) -> bytes:
    """Return an APK with a manifest, one empty DEX, and `files`."""
    content = {"AndroidManifest.xml": axml(root or manifest(E("application")))}
    return zipped({**content, "classes.dex": DEX, **(files or {})})
