"""Altered packages, from the file to the flow: what a device would run is found, the trick is told.

The cases are those on which other tools stop: local headers against the directory, false methods
and encryption marks, duplicate and long names, data before, between and behind, zip64, odd binary
XML, obfuscated resources, and bytecode that hides from a linear reader.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Mapping
from functools import cache

import pytest

from auditor.ingest import read_package_bytes
from auditor.model import AuditReport, Level
from auditor.pipeline import Options, audit_package
from fuzz.harnesses import KeptNumbered
from tests.apk_signing import signed_apk
from tests.axml import ANDROID, E, Ref, arsc, axml, chunk, manifest, string_pool
from tests.dex_writer import uleb, write_container
from tests.smali import assemble, parse_classes
from tests.zip_writer import Item, items, write_zip

HEAD = ".class public Lt/Main;\n.super Landroid/app/Activity;\n"
BODY = """
.method public onCreate(Landroid/os/Bundle;)V
    .registers 4
    {before}
    invoke-static {{}}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v0
    {between}
    invoke-static {{v0}}, Lt/Sink;->send2(Ljava/lang/String;)V
    return-void
    {after}
.end method
"""
DECOY = ".class public Lt/Decoy;\n.super Ljava/lang/Object;\n"
MAIN = E("action", {"name": "android.intent.action.MAIN"})
LAUNCHER = E("category", {"name": "android.intent.category.LAUNCHER"})
ACTIVITY = E("activity", {"name": "t.Main", "exported": True},
             (E("intent-filter", {}, (MAIN, LAUNCHER)),))  # fmt: skip
ROOT = manifest(E("application", {"label": "Loan"}, (ACTIVITY,)), package="t")


def smali(before: str = "", between: str = "", after: str = "") -> str:
    return HEAD + BODY.format(before=before, between=between, after=after)


def checked(dex: bytes) -> bytes:
    """The file with the digest and checksum that fit its content."""
    rest = hashlib.sha1(dex[32:], usedforsecurity=False).digest() + dex[32:]
    return dex[:8] + struct.pack("<L", zlib.adler32(rest)) + rest


CODE = assemble(smali())
FILES = {"AndroidManifest.xml": axml(ROOT), "classes.dex": CODE, "assets/a.txt": b"a" * 200}


@cache
def catalog() -> KeptNumbered:
    return KeptNumbered()


def audited(data: bytes) -> AuditReport:
    options = Options(quotes=False, lenient=False)
    return audit_package(read_package_bytes("x.apk", data), catalog(), options)


def traced(report: AuditReport) -> bool:
    """Whether the one flow of the code was followed to its end."""
    return any(f.level is Level.TRACED and "send2" in f.sink.signature for f in report.flows)


def told(report: AuditReport) -> str:
    """Every limit but that the package is not signed."""
    found = (f"{x.kind}: {x.why}" for x in report.limits)
    return "\n".join(f for f in found if "no signing certificate" not in f)


# ---------------------------------------------------------------- archives


def with_item(name: str, **values: object) -> bytes:
    """The archive, one entry written otherwise."""
    made = [
        Item(**{"name": n.encode(), "data": d, **(values if n == name else {})})  # type: ignore[arg-type]
        for n, d in FILES.items()
    ]
    return write_zip(made)


def every(**values: Mapping[str, int]) -> bytes:
    return write_zip([Item(n.encode(), d, **values) for n, d in FILES.items()])  # type: ignore[arg-type]


def plus(*more: Item, first: bool = False) -> bytes:
    own = items(FILES)
    return write_zip([*more, *own] if first else [*own, *more])


DEX2 = assemble(DECOY)
FAKE_END = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0, 0, 0, 0, 0)
ARCHIVES = [
    pytest.param(lambda: every(), "", id="ordinary"),
    pytest.param(
        lambda: with_item("classes.dex", local_name=b"classes.txt"),
        "its local header differs from the directory (name)", id="other local name"),
    pytest.param(
        lambda: with_item("classes.dex", local={"size": 1, "compressed": 1}),
        "its local header differs from the directory (sizes or checksum)", id="other local sizes"),
    pytest.param(
        lambda: every(local={"crc": 0, "size": 0, "compressed": 0, "flags": 8}), "",
        id="sizes behind the data"),
    pytest.param(
        lambda: with_item("classes.dex", local={"method": 0x2F3A}),
        "its local header differs from the directory (method)", id="false local method"),
    pytest.param(
        lambda: every(central={"method": 0x6D4}, local={"method": 0x6D4}),
        "unknown compression method", id="false method, deflated"),
    pytest.param(
        lambda: with_item("AndroidManifest.xml", deflate=False, central={"method": 99}),
        "unknown compression method", id="false method, stored"),
    pytest.param(
        lambda: every(central={"flags": 1}, local={"flags": 1}), "marked as encrypted",
        id="marked as encrypted"),
    pytest.param(
        lambda: with_item("classes.dex", local={"flags": 1}),
        "its local header differs from the directory (encryption)", id="encrypted in one header"),
    pytest.param(
        lambda: plus(Item(b"classes.dex", DEX2), Item(b"AndroidManifest.xml", b"decoy")),
        "name stands twice", id="duplicate names behind"),
    pytest.param(
        lambda: plus(Item(b"classes.dex/", b""), Item(b"classes.dex\0", DEX2)),
        "dynamic_code: DEX outside",
        id="a folder and a NUL of the same name"),
    pytest.param(
        lambda: plus(Item(b"CLASSES.DEX", DEX2), Item(b"androidmanifest.xml", b"x"), first=True),
        "dynamic_code: DEX outside", id="the same names in other case"),
    pytest.param(
        lambda: plus(Item(b"a/" * 32_000 + b"x", b"1"), Item(b"n" * 65_535, b"2")), "",
        id="long names"),
    pytest.param(
        lambda: plus(Item(b"", b"1"), Item(b"\xff\xfe/..", b"2")),
        "name points outside the archive", id="odd names"),
    pytest.param(
        lambda: plus(Item(b"../../x", b"1")), "name points outside the archive", id="path up"),
    pytest.param(
        lambda: write_zip(items(FILES), before=b"MZ" * 500), "", id="data before, counted"),
    pytest.param(
        lambda: write_zip(items(FILES), before=b"MZ" * 500, counted=False),
        "data stand before the archive", id="data before, not counted"),
    pytest.param(
        lambda: write_zip(items(FILES), before=DEX2), "a DEX file stands before the archive",
        id="a DEX file before"),
    pytest.param(
        lambda: write_zip(items(FILES), behind=b"x" * 99), "data follow the end", id="data behind"),
    pytest.param(
        lambda: write_zip(items(FILES), comment=FAKE_END + b"!"), "", id="an end in the comment"),
    pytest.param(lambda: write_zip(items(FILES), zip64=True), "", id="zip64"),
    pytest.param(
        lambda: write_zip(items(FILES), count=9), "promises 9 entries and holds 3",
        id="counted too many"),
    pytest.param(
        lambda: write_zip([*items(FILES), Item(b"b", b"")], count=3),
        "entries stand behind the last one", id="counted too few"),
    pytest.param(
        lambda: with_item("assets/a.txt", central={"crc": 7}, local={"crc": 7}),
        "does not have the checksum that the archive states", id="false CRC of an asset"),
    pytest.param(
        lambda: with_item("classes.dex", central={"crc": 7}, local={"crc": 7}),
        "does not have the checksum that the archive states", id="false CRC"),
    pytest.param(
        lambda: with_item("classes.dex", extra=b"\xff" * 3, local_extra=b"\0" * 4_000), "",
        id="extra fields that are none"),
    pytest.param(
        lambda: with_item("classes.dex", deflate=False, local_extra=b"\0" * 3), "",
        id="stored and not aligned"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "why"), ARCHIVES)
def test_archive(make: Callable[[], bytes], why: str) -> None:
    report = audited(make())
    assert traced(report)
    assert (why in told(report)) if why else told(report) == ""


# ---------------------------------------------------------------- manifests and resources


def with_manifest(data: bytes, **more: bytes) -> bytes:
    return write_zip(items({**FILES, "AndroidManifest.xml": data, **more}))


def patched(data: bytes, at: int, value: int) -> bytes:
    return data[:at] + struct.pack("<L", value) + data[at + 4 :]


def wide_attributes() -> bytes:
    """Attributes of 24 bytes each, as `attributeSize` allows."""
    whole = axml(ROOT)
    out, at = bytearray(whole[:8]), 8
    while at < len(whole):
        kind, head, size = struct.unpack_from("<HHL", whole, at)
        part = whole[at : at + size]
        if kind == 0x0102:
            (count,) = struct.unpack_from("<H", part, 28)
            rows = [part[36 + 20 * n : 56 + 20 * n] + b"\xee" * 4 for n in range(count)]
            body = bytearray(part[:36]) + b"".join(rows)
            struct.pack_into("<L", body, 4, len(body))
            struct.pack_into("<H", body, 26, 24)
            part = bytes(body)
        out += part
        at += size
    struct.pack_into("<L", out, 4, len(out))
    return bytes(out)


def twice() -> bytes:
    """An activity whose name stands twice: the first counts, as in Android."""
    shown = axml(manifest(E("application", {}, (E("activity", {"name": "t.Main", "label": "t.Xxxx"},
        (E("intent-filter", {}, (MAIN, LAUNCHER)),)),)), package="t"))  # fmt: skip
    ids = struct.pack("<L", 0x01010001)
    return shown.replace(ids, struct.pack("<L", 0x01010003), 1)


def decoys() -> bytes:
    tricky = E("activity", {"name": "t.Main"}, (E("intent-filter", {}, (MAIN, LAUNCHER)),),
               {"name": "t.Wrong"}, {"name": "t.Decoy"})  # fmt: skip
    return axml(manifest(E("application", {}, (tricky,)), package="t"))


def other_namespace() -> bytes:
    """Android finds attributes by resource id: the text of the namespace does not matter."""
    old, new = (t.encode("utf-16-le") for t in (ANDROID, "x" * len(ANDROID)))
    return axml(ROOT).replace(old, new)


def two_pools() -> bytes:
    """Before the nodes the last pool counts: the first one is a decoy."""
    whole = axml(ROOT)
    made = whole[:8] + string_pool(["decoy"] * 60) + whole[8:]
    return patched(made, 4, len(made))


TABLE = {"string": {"": {"": "Loan"}, "(": {"": "x"}, "\u202e": {"zh": "y"}}}
MANIFESTS = [
    pytest.param(lambda: axml(ROOT, node_header=24), "", id="node headers of 24 bytes"),
    pytest.param(lambda: axml(ROOT, first_type=0), "", id="first byte 0"),
    pytest.param(lambda: axml(ROOT, first_type=0x0101), "", id="another file type"),
    pytest.param(lambda: axml(ROOT, pool_header=64), "", id="long header of the pool"),
    pytest.param(lambda: axml(ROOT, utf8=True), "", id="UTF-8 pool"),
    pytest.param(
        lambda: axml(ROOT, before_nodes=chunk(0x0999, b"junk" * 9)), "", id="unknown chunk"),
    pytest.param(two_pools, "", id="a second string pool"),
    pytest.param(lambda: axml(ROOT) + b"\0" * 999, "", id="bytes behind"),
    pytest.param(
        lambda: axml(ROOT, claim=999), "manifest_malformed", id="a size beyond the file"),
    pytest.param(lambda: patched(axml(ROOT), 8 + 12, 0xFFFF), "", id="false number of styles"),
    pytest.param(wide_attributes, "", id="attributes of 24 bytes"),
    pytest.param(twice, "", id="an attribute twice"),
    pytest.param(decoys, "", id="attributes without a resource id"),
    pytest.param(other_namespace, "", id="another namespace"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "why"), MANIFESTS)
def test_manifest(make: Callable[[], bytes], why: str) -> None:
    report = audited(with_manifest(make()))
    assert traced(report)
    assert [c.name for c in report.package.manifest.components] == ["t.Main"]
    assert (why in told(report)) if why else told(report) == ""


@pytest.mark.parametrize(
    ("table", "why"),
    [
        pytest.param(arsc(TABLE), "", id="names of nothing"),
        pytest.param(arsc(TABLE)[:-40], "resource_malformed", id="cut"),
        pytest.param(b"\0" * 4_000, "resource_malformed", id="zeros"),
        pytest.param(patched(arsc(TABLE), 8, 0xFFFF), "", id="false counts"),
    ],
)
def test_resources(table: bytes, why: str) -> None:
    root = manifest(E("application", {"label": Ref(0x7F010000)}, (ACTIVITY,)), package="t")
    report = audited(with_manifest(axml(root), **{"resources.arsc": table}))
    assert traced(report)
    assert (why in told(report)) if why else told(report) == ""


# ---------------------------------------------------------------- bytecode


def with_code(*dex: bytes) -> bytes:
    named = {f"classes{n or ''}.dex": data for n, data in zip((0, 2, 3), dex, strict=False)}
    return write_zip(items({**FILES, **named}))


def poked(dex: bytes, old: bytes, new: bytes) -> bytes:
    """The file with the one place of some bytes overwritten."""
    assert dex.count(old) == 1
    assert len(old) == len(new)
    return checked(dex.replace(old, new))


def code_at(dex: bytes) -> int:
    """Offset of the only code item: registers, ins, outs, tries."""
    return dex.index(struct.pack("<4H", 4, 2, 5, 0))


def false_lines() -> bytes:
    at = code_at(CODE) + 8
    return checked(CODE[:at] + struct.pack("<L", 0x70) + CODE[at + 4 :])


def shared_code() -> bytes:
    """Two methods whose code is the same item."""
    twin = "\n.method public other(Landroid/os/Bundle;)V\n.registers 9\nreturn-void\n.end method\n"
    dex = assemble(smali() + twin)
    first, second = code_at(dex), dex.index(struct.pack("<4H", 9, 2, 5, 0))
    return poked(dex, uleb(second), uleb(first))


NOPS = "nop\n" * 4
MARK = "const/16 v1, 0x7abc"
DEXES = [
    pytest.param(
        lambda: poked(assemble(smali(after=MARK)), b"\x13\x01\xbc\x7a", b"\x3e\x00\x73\x00"),
        "have an opcode that does not exist", id="invalid opcodes in dead code"),
    pytest.param(
        lambda: assemble(smali(before=f"goto :on\n{NOPS}:on")), "", id="dead code jumped over"),
    pytest.param(
        lambda: assemble(smali(
            before="const/4 v1, 0\npacked-switch v1, :t\ngoto :on\nnop\n:t\n.packed-switch 0\n"
            ":on\n.end packed-switch\n:on\nnop")), "", id="a switch table inside the code"),
    pytest.param(
        lambda: assemble(smali(
            before="goto :on\nnop\n:t\n.array-data 1\n1\n2\n3\n4\n.end array-data\n:on\nnop")),
        "", id="array data inside the code"),
    pytest.param(false_lines, "", id="false debug info"),
    pytest.param(shared_code, "", id="two methods with one code item"),
    pytest.param(
        lambda: CODE + assemble(DECOY), "stand behind the end of the DEX file",
        id="a DEX file behind the DEX file"),
    pytest.param(
        lambda: write_container([parse_classes(DECOY), parse_classes(smali())]), "",
        id="second file of a container"),
    pytest.param(
        lambda: CODE[:8] + b"\0" * 4 + CODE[12:], "not the checksum that its header states",
        id="false checksum"),
    pytest.param(
        lambda: checked(CODE[:4] + b"039\0" + CODE[8:]), "", id="another version"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "why"), DEXES)
def test_bytecode(make: Callable[[], bytes], why: str) -> None:
    report = audited(with_code(make()))
    assert traced(report)
    assert (why in told(report)) if why else told(report) == ""


def test_code_that_no_device_runs_is_told_and_makes_no_flow() -> None:
    """Behind the end of a file, or after a gap in the numbers: dead for Android."""
    hidden = audited(with_code(assemble(DECOY) + CODE))
    assert not traced(hidden)
    assert "stand behind the end of the DEX file" in told(hidden)
    gap = audited(write_zip(items({**FILES, "classes.dex": DEX2, "classes3.dex": CODE})))
    assert not traced(gap)
    assert "dynamic_code: DEX outside" in told(gap)


def test_a_method_that_no_verifier_lets_pass_is_told() -> None:
    at = code_at(CODE)
    report = audited(with_code(checked(CODE[:at] + struct.pack("<H", 1) + CODE[at + 2 :])))
    assert not traced(report)
    assert "onCreate(Landroid/os/Bundle;)V: register v1 in a method of 1" in told(report)


# ---------------------------------------------------------------- signatures


@pytest.mark.parametrize("schemes", ["v1", "v2", "v1+v2", "v1+v2+v3"])
def test_signatures(schemes: str) -> None:
    report = audited(signed_apk(FILES, schemes))
    assert traced(report)
    assert told(report) == ""
    assert [s.scheme for s in report.package.signers] == [schemes]
