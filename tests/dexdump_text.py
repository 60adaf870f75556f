"""Read what Debian's `dexdump -d` prints, to compare it with the index (tests, benchmarks)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from auditor.dex import CodeIndex
from auditor.dex.disassembly import disassemble
from auditor.dex.mutf8 import decode_mutf8

_INSN = re.compile(r"^[0-9a-f]{6,8}: [0-9a-f. ]{1,40}\|([0-9a-f]{4,6}): (.*)$")
_HEADER = re.compile(r"^[0-9a-f]{6,8}: +\|\[[0-9a-f]+\] ")
_PAYLOAD = re.compile(r"^(?:packed-switch|sparse-switch|array)-data \(\d+ units\)$")
_LITERAL = re.compile(r"#(?:int|long|float|double) \S+ // #([0-9a-f]+)$")
_COMMENT = re.compile(r" // (?:[a-z_]+@[0-9a-f]+(?:, [a-z_]+@[0-9a-f]+)?|[+-][0-9a-f]+|spacer)$")
_BITS = {"const/4": 4, "const": 32, "const-wide/32": 32, "const-wide": 64}


@dataclass
class Dumped:
    """One method as dexdump prints it, normalised to the notation of `disassembly`."""

    signature: str
    registers: int = -1
    ins: int = -1
    insns: list[tuple[int, str]] = field(default_factory=list)
    catches: list[tuple[int, int, list[tuple[str | None, int]]]] = field(default_factory=list)
    lines: list[tuple[int, int]] = field(default_factory=list)


def parse(text: str) -> Iterator[Dumped]:
    """Every method of a dump that has code."""
    cls = name = ""
    method: Dumped | None = None
    section = ""
    for line in text.split("\n"):
        found = _INSN.match(line)
        if found and method is not None:
            section = "insns"
            method.insns.append((int(found[1], 16), found[2]))
            continue
        if section == "insns" and not line.startswith("      catches       : "):
            if method is not None:  # the text of a string goes on in the next line
                offset, start = method.insns[-1]
                method.insns[-1] = (offset, f"{start}\n{line}")
            continue
        if _HEADER.match(line):
            continue
        key, _, value = line.partition(" : ")
        key, value = key.strip(), value.strip()
        if key == "Class descriptor":
            cls = value.strip("'")
        elif key == "name":
            name = value.strip("'")
        elif key == "type" and value.startswith("'("):
            if method is not None and method.registers >= 0:
                yield _normalised(method)
            method, section = Dumped(f"{cls}->{name}{value.strip(chr(39))}"), ""
        elif method is not None:
            section = _detail(method, section, key, value, line)
    if method is not None and method.registers >= 0:
        yield _normalised(method)


def _detail(method: Dumped, section: str, key: str, value: str, line: str) -> str:
    if key == "registers":
        method.registers = int(value)
    elif key == "ins":
        method.ins = int(value)
    elif key in ("catches", "positions", "locals"):
        return key
    elif section == "catches" and " -> " in line:
        caught, _, at = line.strip().partition(" -> ")
        method.catches[-1][2].append((None if caught == "<any>" else caught, int(at, 16)))
    elif section == "catches" and " - " in line:
        start, _, end = line.strip().partition(" - ")
        method.catches.append((int(start, 16), int(end, 16), []))
    elif section == "positions" and " line=" in line:
        at, _, number = line.strip().partition(" line=")
        method.lines.append((int(at, 16), int(number)))
    return section


def _normalised(method: Dumped) -> Dumped:
    kept = [(at, text) for at, text in method.insns if not _PAYLOAD.match(text)]
    method.insns = [(at, _normalise(at, text)) for at, text in kept]
    return method


def _normalise(at: int, text: str) -> str:
    name = text.partition(" ")[0]
    if literal := _LITERAL.search(text):
        return text[: literal.start()] + f"#{_signed(name, literal[1], text)}"
    text = _COMMENT.sub("", text).rstrip(" ")
    if name in ("packed-switch", "sparse-switch", "fill-array-data"):
        head, _, target = text.rpartition(" ")
        return f"{head} {int(target, 16):04x}"
    if name == "goto/32":  # printed as a distance
        return f"goto/32 {at + int(text.rpartition('#')[2], 16):04x}"
    return text


def _signed(name: str, digits: str, text: str) -> int:
    if name not in ("const", "const-wide/32", "const-wide"):
        found = re.search(r"#(?:int|long) (-?\d+) //", text)
        assert found is not None, text
        return int(found[1])
    value, bits = int(digits, 16), _BITS[name]
    return value - (1 << bits) if value >> (bits - 1) else value


def differences(index: CodeIndex, dump: bytes) -> tuple[int, int, list[str]]:
    """Compare an index with a dump of the same file: methods, instructions, what differs."""
    methods = insns = 0
    wrong: list[str] = []
    text = "\n".join(decode_mutf8(line) for line in dump.split(b"\n"))  # strings stand there raw
    for dumped in parse(text):
        methods += 1
        insns += len(dumped.insns)
        wrong += _compare(index, dumped)
    return methods, insns, wrong


def _compare(index: CodeIndex, dumped: Dumped) -> Iterator[str]:
    mid = index.method_id(dumped.signature)
    code = None if mid is None else index.code(mid)
    if mid is None or code is None:
        yield f"{dumped.signature}: not decoded"
        return
    ours = list(disassemble(index, mid))
    if ours != dumped.insns:
        for one, other in zip(ours, dumped.insns, strict=False):
            if one != other:
                yield f"{dumped.signature}: {one} but dexdump has {other}"
        if len(ours) != len(dumped.insns):
            yield f"{dumped.signature}: {len(ours)} instructions, dexdump has {len(dumped.insns)}"
    tries = [(t.start, t.end, list(t.handlers)) for t in code.tries]
    details: list[tuple[str, object, object]] = [
        ("registers", code.registers, dumped.registers),
        ("ins", code.ins, dumped.ins),
        ("catches", tries, dumped.catches),
        ("lines", list(code.lines()), dumped.lines),
    ]
    for what, mine, theirs in details:
        if mine != theirs:
            yield f"{dumped.signature}: {what} {mine} but dexdump has {theirs}"
