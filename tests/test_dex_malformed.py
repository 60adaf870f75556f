"""Hostile DEX files: whatever the bytes say, the index answers, and says what it could not read."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.dex import CodeIndex, DexInput
from auditor.model import Limit
from tests.dex_writer import write_container
from tests.smali import assemble, parse_classes

GOLDEN = Path(__file__).parent / "golden" / "dex"
RICH = (GOLDEN / "rich.dex").read_bytes()
FORMATS = assemble((GOLDEN / "formats.smali").read_text(), "039")
SMALL = """
.class public Lp/A;
.super Ljava/lang/Object;
.field public static final URL:Ljava/lang/String; = "https://a.test/"
.method public static m()V
    .registers 2
    const-string v0, "hello"
    invoke-static {}, Lp/A;->m()V
    return-void
.end method
"""
PLAIN = assemble(SMALL)
CONTAINER = write_container([parse_classes(SMALL), parse_classes(SMALL.replace("Lp/A;", "Lp/B;"))])


def build(*data: bytes) -> CodeIndex:
    return CodeIndex.build([DexInput(f"classes{n or ''}.dex", d) for n, d in enumerate(data)])


def ask_everything(index: CodeIndex) -> list[str]:
    """Ask every question there is; every text must be fit for a report."""
    said = [*index.dex_names, *index.strings(), *index.literals()]
    for mid in index.all_methods():
        info = index.method(mid)
        said += [index.signature(mid), info.ret, *info.params, index.method_dex(mid)]
        assert index.method_id(index.signature(mid)) is not None or "(" in info.name + info.cls
        index.callers(mid), index.callees(mid)
        index.method_annotations(mid), index.parameter_annotations(mid)
        index.lookup(info.cls, info.name, info.proto)
        code = index.code(mid)
        if code is not None:
            assert [i.offset for i in code.insns] == sorted(code.index_at)
            code.lines()
            for insn in code.insns:
                if isinstance(insn.ref, int) and insn.op in (0xFC, 0xFD):
                    index.call_site(insn.ref)
                if isinstance(insn.ref, int) and insn.op == 0xFE:
                    index.method_handle(insn.ref)
    for cls in index.classes():
        index.class_annotations(cls), index.all_subtypes(cls), index.class_dex(cls)
        said += [cls, index.source_file(cls), *index.supertypes(cls), *index.subtypes(cls)]
        for fid in index.fields_of(cls):
            said.append(index.field_signature(fid))
            index.field(fid), index.field_annotations(fid), index.field_reads(fid)
            index.field_writes(fid)
        index.instantiations(cls), index.class_loads(cls), index.type_uses(cls)
    said += index.strings_containing(b"a")
    index.owners_of_calls(index.all_methods())
    said += [f"{limit.where} {limit.why}" for limit in index.limits]
    for text in said:
        text.encode("utf-8")
    return said


def put(data: bytes, at: int, *values: int) -> bytes:
    changed = bytearray(data)
    struct.pack_into(f"<{len(values)}I", changed, at, *values)
    return bytes(changed)


def word(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", data, at)[0])


N = len(PLAIN)
WHOLE = [
    pytest.param(b"", "too short for a DEX file: 0 bytes", id="empty"),
    pytest.param(PLAIN[:0x6F], "too short for a DEX file: 111 bytes", id="header cut"),
    pytest.param(
        b"\x7fELF" + PLAIN[4:],
        "not a DEX file: its first bytes are 7f 45 4c 46 30 33 35 00",
        id="something else",
    ),
    pytest.param(PLAIN[:4] + b"042\0" + PLAIN[8:], "DEX version '042' is not known", id="version"),
    pytest.param(put(PLAIN, 0x28, 0x78563412), "byte order is not little-endian", id="byte order"),
    pytest.param(
        CONTAINER[:0x74], "too short for a DEX container: 116 bytes", id="container header cut"
    ),
]


@pytest.mark.parametrize(("data", "why"), WHOLE)
def test_not_read_at_all(data: bytes, why: str) -> None:
    index = build(data)
    assert index.limits == (Limit("dex_malformed", "classes.dex", why),)
    assert index.classes() == () and index.dex_names == ()
    assert ask_everything(index)[:1] == [f"classes.dex {why}"]


PARTS = [
    pytest.param(PLAIN + b"hidden", "6 bytes stand behind the end of the DEX file", id="appended"),
    pytest.param(
        put(PLAIN, 0x20, N + 1), f"truncated: {N + 1} bytes declared, {N} present", id="cut"
    ),
    pytest.param(put(PLAIN, 0x20, 5), f"declares a size of 5 bytes; {N} present", id="tiny size"),
    pytest.param(put(PLAIN, 0x34, N), f"map list at 0x{N:x} lies outside the file", id="no map"),
    pytest.param(
        put(PLAIN, 0x38, 0xFFFFFFFF),
        f"string table: 4294967295 entries declared, {(N - 0x70) // 4} inside the file",
        id="huge string table",
    ),
    pytest.param(
        put(PLAIN, 0x5C, N), "method table: 1 entries declared, 0 inside the file", id="no methods"
    ),
    pytest.param(
        put(PLAIN, word(PLAIN, 0x3C), 0xFFFFFFF0),
        f"1 of {word(PLAIN, 0x38)} strings cannot be read",
        id="string outside",
    ),
    pytest.param(
        put(PLAIN, word(PLAIN, 0x64), 0xFFFF), "1 classes have no type", id="class without type"
    ),
    pytest.param(
        put(PLAIN, word(PLAIN, 0x64) + 24, N - 1),
        "members of 1 classes cannot be read",
        id="class data outside",
    ),
    pytest.param(
        put(PLAIN, word(PLAIN, 0x5C), 0xFFFFFFFF),
        "1 entries of the table of methods are malformed",
        id="method of no class",
    ),
    pytest.param(
        put(PLAIN, word(PLAIN, 0x4C) + 4, 0xFFFF), "1 prototypes cannot be read", id="prototype"
    ),
]


@pytest.mark.parametrize(("data", "why"), PARTS)
def test_read_in_part(data: bytes, why: str) -> None:
    index = build(data)
    ask_everything(index)
    assert Limit("dex_malformed", "classes.dex", why) in index.limits


CODE = PLAIN.index(struct.pack("<4H", 2, 0, 5, 0))
"""The `code_item` of `m`: its instructions start 16 bytes later."""
BODIES = [
    pytest.param(put(PLAIN, CODE + 12, 0), "code without instructions", id="empty"),
    pytest.param(put(PLAIN, CODE + 12, 0x10000000), None, id="size outside the file"),
    pytest.param(
        put(PLAIN, CODE + 12, 1), "instruction at 0000 leaves the method", id="cut inside"
    ),
    pytest.param(
        put(PLAIN, CODE + 16, 0x0000002B, 0x00000000),
        "table of the instruction at 0000 is not in the method",
        id="switch on itself",
    ),
    pytest.param(
        put(PLAIN, CODE + 16, 0x00056026),
        "table of the instruction at 0000 is not in the method",
        id="array outside",
    ),
    pytest.param(
        put(PLAIN, CODE + 16, 0x0000F071), "invoke at 0000 has 15 registers", id="15 arguments"
    ),
]


@pytest.mark.parametrize(("data", "why"), BODIES)
def test_malformed_code(data: bytes, why: str | None) -> None:
    """The method is not decoded, and a limit names it; the rest of the file is read."""
    index = build(data)
    mid = index.method_id("Lp/A;->m()V")
    assert mid is not None
    assert index.code(mid) is None and index.code(mid) is None
    assert {(limit.kind, limit.where) for limit in index.limits} == {
        ("dex_malformed", "classes.dex")
    }
    if why is not None:
        assert f"Lp/A;->m()V: {why}" in [limit.why for limit in index.limits]
    assert index.method(mid).has_code
    assert "https://a.test/" in ask_everything(index)


def test_references_to_nothing() -> None:
    """const-string of a string that is not there: decoded without it, and not a reference."""
    index = build(put(PLAIN, CODE + 16, 0x7777001A))
    mid = index.method_id("Lp/A;->m()V")
    assert mid is not None
    code = index.code(mid)
    assert code is not None and code.insns[0].ref is None
    assert [limit.why for limit in index.limits] == [
        "1 instructions refer to an entry that does not exist"
    ]


def test_a_broken_file_does_not_hide_the_others() -> None:
    index = build(b"dex\n", PLAIN, RICH[:-8])
    assert index.is_defined("Lp/A;")
    assert {limit.where for limit in index.limits} >= {"classes.dex", "classes2.dex"}


def test_unknown_opcodes_are_counted() -> None:
    index = build(put(PLAIN, CODE + 16, 0x003E0073))
    assert [limit.why for limit in index.limits] == [
        "2 instructions have an opcode that does not exist"
    ]
    mid = index.method_id("Lp/A;->m()V")
    assert mid is not None
    code = index.code(mid)
    assert code is not None and [i.name for i in code.insns[:2]] == ["unused-73", "unused-3e"]


def test_limits_do_not_depend_on_the_order_of_questions() -> None:
    data = bytearray(RICH)
    for at in range(0x200, len(data), 37):
        data[at] ^= 0x55
    first, second = build(bytes(data)), build(bytes(data))
    for mid in first.all_methods():
        first.code(mid)
    for mid in reversed(second.all_methods()):
        second.code(mid)
    assert first.limits == second.limits


# ---------------------------------------------------------------- work is bounded


def test_strings_that_share_their_bytes() -> None:
    """65,536 strings, each the rest of the file: not 65,536 copies of it."""
    count, tail = 1 << 16, 1 << 20
    header = bytearray(PLAIN[:0x70]) + struct.pack("<I", 0x70 + 4 * count) * count + b"a" * tail
    struct.pack_into("<I", header, 0x20, len(header))
    data = put(put(bytes(header), 0x38, count, 0x70), 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    start = time.perf_counter()
    index = build(data)
    assert sum(map(len, index.strings())) < 3 * len(data)
    assert time.perf_counter() - start < 5
    assert any("strings cannot be read" in limit.why for limit in index.limits)


def test_classes_that_share_their_members() -> None:
    """Many classes over one big `class_data_item`: not a product of both."""
    members = "\n".join(f".field public f{n}:I" for n in range(3000))
    text = f".class public Lp/A;\n.super Ljava/lang/Object;\n{members}\n"
    text += "\n".join(f".class Lp/C{n};\n.super Ljava/lang/Object;" for n in range(2000))
    data = bytearray(assemble(text))
    table = word(bytes(data), 0x64)
    offset = word(bytes(data), table + 24)
    for row in range(word(bytes(data), 0x60)):
        struct.pack_into("<I", data, table + 32 * row + 24, offset)
    start = time.perf_counter()
    index = build(bytes(data))
    assert time.perf_counter() - start < 5
    assert any("members of" in limit.why for limit in index.limits)
    assert len(index.fields_of("Lp/A;")) == 3000


def test_one_method_of_only_nops() -> None:
    text = SMALL.replace('const-string v0, "hello"', "nop\n" * 200_000)
    start = time.perf_counter()
    index = build(assemble(text))
    assert index.limits == ()
    assert [offset for offset, _ in index.callees(0)] == [200_000]
    assert time.perf_counter() - start < 20


def test_switches_that_share_a_table() -> None:
    switches = "packed-switch v0, :t\n" * 2000
    targets = ":a\n" * 2000
    text = SMALL.replace('const-string v0, "hello"', f":a\n{switches}").replace(
        "return-void", f"return-void\n:t\n.packed-switch 0\n{targets}.end packed-switch"
    )
    index = build(assemble(text))
    assert index.code(0) is None
    assert index.limits[0].why.endswith("the tables of this method are larger than the method")


def test_long_names_are_shortened_and_stay_distinct() -> None:
    stem = "Lp/" + "a" * 70_000
    text = "".join(
        f".class public {stem}{end};\n.super Ljava/lang/Object;\n"
        f".method public native m({stem}{end};)V\n.end method\n"
        for end in "xy"
    )
    index = build(assemble(text))
    assert [len(cls) for cls in index.classes()] == [82, 82]
    assert len(set(index.classes())) == 2
    assert {index.method(m).cls for m in index.methods_named("m")} == set(index.classes())
    assert index.limits == (
        Limit("budget", "classes.dex", "2 names longer than 65535 characters are shortened"),
    )


def test_prototypes_of_long_names() -> None:
    """One descriptor, named 255 times in each of 300 prototypes."""
    long = "L" + "a" * 1000 + ";"
    methods = "".join(
        f".method public native m({long * (255 - n % 2)}{'I' * (n % 2)})L{n};\n.end method\n"
        for n in range(300)
    )
    index = build(assemble(f".class public Lp/A;\n.super Ljava/lang/Object;\n{methods}"))
    assert 0 < len(index.methods_of("Lp/A;")) < 30
    assert any("prototypes cannot be read" in limit.why for limit in index.limits)


def test_a_chain_of_classes() -> None:
    """Each class extends the one before: answers stay short, and a limit says so."""
    text = "".join(
        f".class public LC{n};\n.super {f'LC{n - 1};' if n else 'Ljava/lang/Object;'}\n"
        for n in range(3000)
    )
    index = build(assemble(text))
    assert index.supertypes("LC3;") == ("LC2;", "LC1;", "LC0;", "Ljava/lang/Object;")
    assert len(index.supertypes("LC2999;")) == 256
    assert index.lookup("LC2999;", "m", "()V") is None
    assert len(index.all_subtypes("LC0;")) == 2999
    assert [limit.why for limit in index.limits] == [
        "LC2999; has more than 256 supertypes; the farthest are left out"
    ]


def test_annotations_that_share_their_bytes() -> None:
    """An annotation set that names the same annotation 4096 times, asked for again and again."""
    data = bytearray(RICH)
    directory = word(RICH, word(RICH, 0x64) + 20)
    first = word(RICH, word(RICH, directory) + 4)
    at = len(data) + -len(data) % 4
    data += b"\0" * (-len(data) % 4) + struct.pack("<I4096I", 4096, *[first] * 4096)
    struct.pack_into("<I", data, directory, at)
    struct.pack_into("<I", data, 0x20, len(data))
    start = time.perf_counter()
    index = build(bytes(data))
    for _ in range(50):
        index.class_annotations("Lp/Rich;")
    assert time.perf_counter() - start < 5
    assert [limit.why for limit in index.limits] == [
        "annotations of Lp/Rich;: what describes the code is larger than the files; not read"
    ]


# ---------------------------------------------------------------- chance

MUTATED = [RICH, FORMATS, PLAIN, CONTAINER]
EDGES = st.sampled_from([0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF])
slow = settings(
    max_examples=150, deadline=2000, derandomize=True, suppress_health_check=list(HealthCheck)
)


@slow
@given(
    st.sampled_from(MUTATED),
    st.lists(st.tuples(st.integers(0, 1 << 14), st.integers(0, 255)), max_size=12),
    st.integers(0, 1 << 14),
)
def test_bytes_changed(data: bytes, changes: list[tuple[int, int]], cut: int) -> None:
    changed = bytearray(data)
    for at, value in changes:
        changed[at % len(changed)] = value
    ask_everything(build(bytes(changed[: len(changed) - cut] if cut < 64 else changed)))


@slow
@given(
    st.sampled_from(MUTATED),
    st.lists(st.tuples(st.integers(0, 1 << 13), EDGES | st.integers(0, 1 << 14)), max_size=6),
)
def test_words_changed(data: bytes, changes: list[tuple[int, int]]) -> None:
    changed = bytearray(data)
    for at, value in changes:
        struct.pack_into("<I", changed, 4 * (at % (len(changed) // 4 - 1)), value)
    ask_everything(build(bytes(changed), data))


@slow
@given(st.sampled_from(MUTATED), st.integers(8, 0x80), EDGES | st.integers(0, 1 << 13))
def test_header_changed(data: bytes, at: int, value: int) -> None:
    ask_everything(build(put(data, at & ~3, value)))
