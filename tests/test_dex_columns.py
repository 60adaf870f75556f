"""The vectorised passes against slow and obvious ones."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.dex import CodeIndex, DexInput, opcodes
from auditor.dex.bounds import DexFormatError
from auditor.dex.leb128 import read_sleb, read_uleb, read_ulebs
from auditor.dex.mutf8 import decode_mutf8, encode_mutf8
from tests.dex_writer import ClassDef, Code, MethodDef, sleb, uleb, write_dex

ROOT = Path(__file__).parent.parent
SAMPLES = sorted((ROOT / "samples").glob("*/app.apk"))[:6]
GOLDEN = sorted((Path(__file__).parent / "golden" / "dex").glob("*.dex"))

Sites = dict[tuple[str, object], list[tuple[int, int]]]


def dex_files(path: Path) -> list[DexInput]:
    if path.suffix == ".dex":
        return [DexInput(path.name, path.read_bytes())]
    with zipfile.ZipFile(path) as apk:
        names = sorted(n for n in apk.namelist() if n.startswith("classes") and n.endswith(".dex"))
        return [DexInput(name, apk.read(name)) for name in names]


def kind_of(op: int) -> str:
    if op in (0x22, 0x1C):
        return "new" if op == 0x22 else "load"
    if opcodes.REF_KINDS[op] == opcodes.FIELD:
        return "read" if "get" in opcodes.NAMES[op] else "write"
    names = {opcodes.STRING: "string", opcodes.TYPE: "use", opcodes.METHOD: "call"}
    return names.get(int(opcodes.REF_KINDS[op]), "")


def slow_sites(index: CodeIndex) -> Sites:
    """Every reference, by decoding every method."""
    found: Sites = defaultdict(list)
    for mid in index.methods_with_code():
        code = index.code(mid)
        for insn in code.insns if code else ():
            if kind_of(insn.op) and insn.ref is not None:
                found[kind_of(insn.op), insn.ref].append((mid, insn.offset))
    return found


def fast_sites(index: CodeIndex, kind: str, ref: object) -> list[tuple[int, int]]:
    ask = {
        "call": index.callers,
        "read": index.field_reads,
        "write": index.field_writes,
        "string": index.string_loads,
        "new": index.instantiations,
        "load": index.class_loads,
        "use": index.type_uses,
    }
    return list(ask[kind](ref))  # type: ignore[operator]


@pytest.mark.parametrize("path", [*SAMPLES, *GOLDEN], ids=lambda p: f"{p.parent.name}/{p.name}")
def test_cross_references(path: Path) -> None:
    index = CodeIndex.build(dex_files(path))
    slow = slow_sites(index)
    assert slow
    for (kind, ref), sites in slow.items():
        assert fast_sites(index, kind, ref) == sites
    callees = defaultdict(list)
    for (kind, ref), sites in slow.items():
        for mid, offset in sites if kind == "call" else ():
            callees[mid].append((offset, ref))
    for mid in index.all_methods():
        assert list(index.callees(mid)) == sorted(callees[mid])
    assert set(index.literals()) == {ref for kind, ref in slow if kind == "string"}


def steps(units: list[int]) -> list[int]:
    """Offsets of the instructions of a method, one by one."""
    found, pc = [], 0
    while pc < len(units):
        found.append(pc)
        head, rest = units[pc], units[pc + 1 : pc + 4]
        if head in (0x100, 0x200, 0x300) and len(rest) == 3:
            count = rest[1] | rest[2] << 16
            pc += {
                0x100: rest[0] * 2 + 4,
                0x200: rest[0] * 4 + 2,
                0x300: (rest[0] * count + 1) // 2 + 4,
            }[head]
        else:
            pc += int(opcodes.FORMATS[head & 0xFF][:1] or 1)
    return found


UNITS = st.one_of(
    st.integers(0, 0xFFFF),
    st.sampled_from([0x100, 0x200, 0x300, 1, 2, 3, 0, 0x71, 0x1A, 0x1B, 0x18, 0x2B, 0x26, 0x22]),
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.lists(st.lists(UNITS, min_size=1, max_size=40), min_size=1, max_size=80))
def test_lockstep_sweep(bodies: list[list[int]]) -> None:
    """Methods of random code units: what the columns hold is what a walk through each finds."""
    methods = [
        MethodDef(f"m{n:02}", "()V", 9, Code(1, 0, [*body])) for n, body in enumerate(bodies)
    ]
    index = CodeIndex.build(
        [DexInput("classes.dex", write_dex([ClassDef("Lp/A;", methods=methods)]))]
    )
    for number, body in enumerate(bodies):
        mid = index.method_id(f"Lp/A;->m{number:02}()V")
        assert mid is not None
        calls = [
            (pc, body[pc + 1])
            for pc in steps(body)
            if opcodes.REF_KINDS[body[pc] & 0xFF] == opcodes.METHOD and pc + 1 < len(body)
        ]
        found = [(pc, index.method(callee).name) for pc, callee in index.callees(mid)]
        inside = [(pc, f"m{ref:02}") for pc, ref in calls if ref < len(bodies)]
        assert [pair for pair in found if pair[0] + 1 < len(body)] == inside


@given(st.lists(st.integers(0, 0xFFFFFFFF), max_size=50))
def test_ulebs(numbers: list[int]) -> None:
    raw = b"".join(map(uleb, numbers))
    region = read_ulebs(np.frombuffer(raw, dtype=np.uint8), np.empty(0, dtype=np.int64))
    assert region.values.tolist() == numbers
    assert not region.too_long.any()
    at = 0
    for number in numbers:
        value, at = read_uleb(raw, at, len(raw))
        assert value == number


@given(st.integers(-(1 << 31), (1 << 31) - 1))
def test_sleb(number: int) -> None:
    raw = sleb(number)
    assert read_sleb(raw, 0, len(raw)) == (number, len(raw))
    with pytest.raises(DexFormatError):
        read_sleb(raw, 0, len(raw) - 1)


def test_numbers_start_at_breaks() -> None:
    """Bytes before an item do not run into its first number."""
    raw = np.array([0x80, 0x80, 0x05, 0x81], dtype=np.uint8)
    region = read_ulebs(raw, np.array([2]))
    assert region.values.tolist() == [0, 5]
    long = read_ulebs(np.array([0x80] * 6 + [1], dtype=np.uint8), np.empty(0, dtype=np.int64))
    assert long.too_long.tolist() == [True]


@given(st.text())
def test_mutf8(text: str) -> None:
    """What can be written comes back; the raw bytes hold no zero."""
    raw = encode_mutf8(text)
    assert b"\0" not in raw
    assert decode_mutf8(raw) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(b"\xed\xa0\xbd", "\\ud83d", id="a surrogate alone"),
        pytest.param(
            b"\xed\xb8\x80\xed\xa0\xbd", "\\ude00\\ud83d", id="a pair the wrong way round"
        ),
        pytest.param(b"\xed\xa0\xbd\xed\xb8\x80", "\N{GRINNING FACE}", id="a pair"),
        pytest.param(b"\xf0\x9f\x98\x80", "\N{GRINNING FACE}", id="four bytes, as plain UTF-8"),
        pytest.param(b"a\xffb", "a\\xffb", id="a byte that fits nowhere"),
        pytest.param(b"a\xc0\x80b", "a\0b", id="zero"),
        pytest.param(b"\xe4\xbd", "\\xe4\\xbd", id="cut"),
    ],
)
def test_mutf8_oddities(raw: bytes, text: str) -> None:
    assert decode_mutf8(raw) == text
    decode_mutf8(raw).encode("utf-8")


@given(st.binary(max_size=40))
def test_mutf8_of_anything(raw: bytes) -> None:
    decode_mutf8(raw).encode("utf-8")
