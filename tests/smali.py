"""A small smali assembler: method bodies as text become DEX files, without Java.

Understood are `.class`, `.super`, `.source`, `.implements`, `.field … [= literal]`, `.method`,
`.registers`/`.locals`, `.line`, every instruction, labels, `.catch`, `.catchall`, and the payload
tables `.packed-switch`, `.sparse-switch`, `.array-data`. Not understood: annotations, names of
parameters.

    data = assemble('''
    .class public Lp/C;
    .super Ljava/lang/Object;
    .method public static m()V
        .registers 1
        const-string v0, "hello"
        return-void
    .end method
    ''')
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from auditor.dex import opcodes
from tests.dex_writer import ClassDef, Code, FieldDef, Item, MethodDef, Ref, Try, write_dex

_OPS = {name: op for op, name in enumerate(opcodes.NAMES) if opcodes.FORMATS[op]}
_TABLES = {
    opcodes.STRING: "string",
    opcodes.TYPE: "type",
    opcodes.FIELD: "field",
    opcodes.METHOD: "method",
    opcodes.PROTO: "proto",
}
ACCESS = {
    "public": 1,
    "private": 2,
    "protected": 4,
    "static": 8,
    "final": 0x10,
    "synchronized": 0x20,
    "volatile": 0x40,
    "bridge": 0x40,
    "varargs": 0x80,
    "native": 0x100,
    "interface": 0x200,
    "abstract": 0x400,
    "synthetic": 0x1000,
    "annotation": 0x2000,
    "enum": 0x4000,
    "constructor": 0x10000,
}
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\{[^}]*\}|[^\s,{}"]+')


def assemble(text: str, version: str = "035") -> bytes:
    """Assemble one or more classes to the bytes of a DEX file."""
    return write_dex(parse_classes(text), version)


def parse_classes(text: str) -> list[ClassDef]:
    """Every class of a text."""
    classes: list[ClassDef] = []
    body: _Body | None = None
    for raw in text.split("\n"):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        words = line.split()
        if body is not None:
            if line == ".end method":
                classes[-1].methods.append(body.finish())
                body = None
            else:
                body.add(line)
        elif words[0] == ".class":
            classes.append(ClassDef(words[-1], _flags(words[1:-1])))
        elif words[0] == ".super":
            classes[-1].superclass = words[1]
        elif words[0] == ".source":
            classes[-1].source = json.loads(line.partition(" ")[2])
        elif words[0] == ".implements":
            classes[-1].interfaces.append(words[1])
        elif words[0] == ".field":
            classes[-1].fields.append(_field(line))
        elif words[0] == ".method":
            body = _Body(words[-1], _flags(words[1:-1]))
        else:
            raise ValueError(f"not understood: {line}")
    return classes


def _flags(words: list[str]) -> int:
    return sum({ACCESS[word] for word in words})


def _field(line: str) -> FieldDef:
    head, _, value = line.partition(" = ")
    *flags, name_type = head.split()[1:]
    name, _, type_ = name_type.partition(":")
    constant = None
    if value:
        constant = json.loads(value) if value[0] == '"' else _number(value)
    return FieldDef(name, type_, _flags(flags), constant)


def _number(word: str) -> int:
    return int(re.sub("[Lst]$", "", word), 0)


@dataclass
class _Body:
    """A method while its lines are read."""

    signature: str
    access: int
    registers: int | None = None
    local: int | None = None
    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word == ".registers":
            self.registers = int(rest)
        elif word == ".locals":
            self.local = int(rest)
        elif word not in (".prologue", ".line"):
            self.lines.append(line)

    def finish(self) -> MethodDef:
        name, _, rest = self.signature.partition("(")
        proto = "(" + rest
        ins = sum(2 if p in "JD" else 1 for p in params(proto)) + (0 if self.access & 8 else 1)
        registers = self.registers if self.registers is not None else (self.local or 0) + ins
        if not self.lines:
            return MethodDef(name, proto, self.access, None)
        first_parameter = registers - ins
        items, labels, tries = _assemble(self.lines, first_parameter)
        _patch(items, labels)
        blocks = [
            Try(labels[a], labels[b], caught, labels[handler]) for a, b, caught, handler in tries
        ]
        units = [unit for item in items for unit in item.units]
        return MethodDef(name, proto, self.access, Code(registers, ins, units, blocks))


def params(proto: str) -> list[str]:
    """Parameter types of a prototype."""
    return re.findall(r"\[*(?:L[^;]*;|[ZBSCIJFD])", proto[1 : proto.index(")")])


_TryLine = tuple[str, str, str | None, str]


def _assemble(
    lines: list[str], first_parameter: int
) -> tuple[list[Item], dict[str, int], list[_TryLine]]:
    items: list[Item] = []
    labels: dict[str, int] = {}
    tries: list[_TryLine] = []
    at, rest = 0, iter(lines)
    for line in rest:
        if line.startswith(":"):
            labels[line] = at
            continue
        if line.startswith((".catch", ".catchall")):
            words = line.replace("{", " ").replace("}", " ").split()
            caught = words[1] if words[0] == ".catch" else None
            tries.append((words[-4], words[-2], caught, words[-1]))
            continue
        if line.startswith("."):
            if at % 2:
                items.append(Item([0], at))
                labels.update({name: at + 1 for name, where in labels.items() if where == at})
                at += 1
            block = [line]
            while not block[-1].startswith(".end"):
                block.append(next(rest))
            items.append(_payload(block, at))
        else:
            items.append(_instruction(line, at, first_parameter))
        at += len(items[-1].units)
    return items, labels, tries


def _payload(block: list[str], at: int) -> Item:
    kind, _, arg = block[0].partition(" ")
    body = block[1:-1]
    if kind == ".array-data":
        width = int(arg)
        raw = b"".join((_number(v) % (1 << 8 * width)).to_bytes(width, "little") for v in body)
        raw += b"\0" * (len(raw) % 2)
        data = [int.from_bytes(raw[i : i + 2], "little") for i in range(0, len(raw), 2)]
        return Item([0x300, width, len(body) & 0xFFFF, len(body) >> 16, *data], at)
    if kind == ".packed-switch":
        targets = list(body)
        units: list[int | Ref] = [0x100, len(targets), *_split(_number(arg))]
    else:
        pairs = [entry.split(" -> ") for entry in body]
        targets = [target for _, target in pairs]
        units = [0x200, len(targets)]
        for key, _ in pairs:
            units += _split(_number(key))
    return Item(units + [0, 0] * len(targets), at, table=targets)


def _split(value: int) -> list[int | Ref]:
    return [value & 0xFFFF, value >> 16 & 0xFFFF]


def _instruction(line: str, at: int, first_parameter: int) -> Item:
    name, *operands = _TOKEN.findall(line)
    op, layout = _OPS[name], opcodes.FORMATS[_OPS[name]]
    regs: list[int] = []
    ref: Ref | None = None
    second: Ref | None = None
    literal, label = 0, ""
    for word in operands:
        if word.startswith("{"):
            regs += _list(word, first_parameter)
        elif re.fullmatch(r"[vp]\d+", word):
            regs.append(_register(word, first_parameter))
        elif word.startswith(":"):
            label = word
        elif ref is not None:
            second = Ref("proto", word)
        elif opcodes.REF_KINDS[op]:
            value = json.loads(word) if word[0] == '"' else word
            ref = Ref(_TABLES[int(opcodes.REF_KINDS[op])], value)
        else:
            literal = _number(word)
    units: list[int | Ref] = [op, *[0] * (int(layout[0]) - 1)]
    _ENCODERS[layout[1:] if layout[0] in "12" else layout](units, regs, literal)
    if ref is not None:
        units[1] = ref
    if second is not None:
        units[3] = second
    return Item(units, at, label=label, layout=layout)


def _register(word: str, first_parameter: int) -> int:
    return int(word[1:]) + (first_parameter if word[0] == "p" else 0)


def _list(word: str, first_parameter: int) -> list[int]:
    inner = word.strip("{}").strip()
    if ".." in inner:
        low, high = (_register(w.strip(), first_parameter) for w in inner.split(".."))
        return list(range(low, high + 1))
    return [_register(w.strip(), first_parameter) for w in inner.split(",") if w.strip()]


def _plain(units: list[int | Ref], regs: list[int], literal: int) -> None:
    units[0] = _op(units) | (regs[0] << 8 if regs else 0)
    if len(units) > 1:
        units[1] = regs[1] if len(regs) > 1 else literal & 0xFFFF


def _nibbles(units: list[int | Ref], regs: list[int], literal: int) -> None:
    b = regs[1] if len(regs) > 1 else literal & 15
    units[0] = _op(units) | regs[0] << 8 | b << 12
    if len(units) > 1:
        units[1] = literal & 0xFFFF


def _op(units: list[int | Ref]) -> int:
    assert isinstance(units[0], int)
    return units[0]


def _x23(units: list[int | Ref], regs: list[int], literal: int) -> None:
    units[0] = _op(units) | regs[0] << 8
    units[1] = regs[1] | (regs[2] if len(regs) > 2 else literal & 0xFF) << 8


def _high(units: list[int | Ref], regs: list[int], literal: int) -> None:
    shift = 16 if _op(units) == 0x15 else 48
    units[0], units[1] = _op(units) | regs[0] << 8, literal >> shift & 0xFFFF


def _wide(units: list[int | Ref], regs: list[int], literal: int) -> None:
    if regs:
        units[0] = _op(units) | regs[0] << 8
    for number in range(1, len(units)):
        units[number] = literal >> 16 * (number - 1) & 0xFFFF


def _x32(units: list[int | Ref], regs: list[int], literal: int) -> None:
    units[1:3] = regs


def _five(units: list[int | Ref], regs: list[int], literal: int) -> None:
    count, padded = len(regs), (regs + [0] * 5)[:5]
    units[0] = _op(units) | padded[4] << 8 | count << 12
    units[2] = padded[0] | padded[1] << 4 | padded[2] << 8 | padded[3] << 12


def _range(units: list[int | Ref], regs: list[int], literal: int) -> None:
    units[0], units[2] = _op(units) | len(regs) << 8, regs[0] if regs else 0


_ENCODERS = {
    "0x": _plain,
    "2x": lambda u, r, n: _nibbles(u, r, n) if len(u) == 1 else _plain(u, r, n),
    "1n": _nibbles,
    "1x": _plain,
    "0t": _plain,
    "1t": _plain,
    "1s": _plain,
    "1h": _high,
    "1c": _plain,
    "3x": _x23,
    "2b": _x23,
    "2t": _nibbles,
    "2s": _nibbles,
    "2c": _nibbles,
    "30t": _wide,
    "32x": _x32,
    "31i": _wide,
    "31t": _wide,
    "31c": _wide,
    "35c": _five,
    "3rc": _range,
    "45cc": _five,
    "4rcc": _range,
    "51l": _wide,
}


def _patch(items: list[Item], labels: dict[str, int]) -> None:
    """Fill the distances of branches and of payload tables in."""
    switches = {labels[i.label]: i.at for i in items if i.label and i.layout == "31t"}
    for item in items:
        if item.label:
            distance = labels[item.label] - item.at
            if item.layout == "10t":
                item.units[0] = _op(item.units) | (distance & 0xFF) << 8
            elif item.layout in ("20t", "21t", "22t"):
                item.units[1] = distance & 0xFFFF
            else:
                item.units[1:3] = _split(distance)
        if item.table:
            base, start = switches[item.at], len(item.units) - 2 * len(item.table)
            for number, target in enumerate(item.table):
                where = start + 2 * number
                item.units[where : where + 2] = _split(labels[target] - base)
