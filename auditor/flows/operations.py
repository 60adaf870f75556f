"""The meaning of every instruction but branches, returns and throws, which `running.py` has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.flows import arithmetic
from auditor.flows.entries import get_entry, put_entry, read_field
from auditor.flows.values import ANY, BUILDERS, TRUTH, ZERO, ClassRef, Obj, Value, join, of, stepped

if TYPE_CHECKING:
    from auditor.dex import Insn
    from auditor.flows.frames import Frame
    from auditor.flows.machine import Machine

Operation = Callable[["Frame", list[Value], "Insn"], bool | None]


def operations(m: Machine) -> list[Operation]:  # noqa: C901, PLR0915 - a table
    """The meaning of each opcode; False ends the path."""

    def nothing(frame: Frame, r: list[Value], i: Insn) -> None:
        pass

    def move(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = r[i.regs[1]]

    def move_result(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = frame.result

    def move_exception(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = Value(frame.thrown.atoms, frame.thrown.taints, True)

    def const(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = of(i.literal or 0) if i.literal else ZERO

    def const_string(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = of(str(i.ref))

    def const_class(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = of(ClassRef(str(i.ref)))

    def check_cast(frame: Frame, r: list[Value], i: Insn) -> None:
        value, wanted = r[i.regs[0]], str(i.ref)
        unknown = value.any and not value.objects()
        if unknown and not m.index.is_defined(wanted) and wanted not in _PLAIN:
            key = ("cast", frame.method, i.offset, frame.context)
            r[i.regs[0]] = join(value, of(m.made(wanted, key)))

    def instance_of(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = _instance(m, r[i.regs[1]], str(i.ref))

    def array_length(frame: Frame, r: list[Value], i: Insn) -> None:
        lengths = [m.get_field(o, "$length") for o in r[i.regs[1]].objects()]
        r[i.regs[0]] = lengths[0] if len(lengths) == 1 and lengths[0] else ANY

    def new_instance(frame: Frame, r: list[Value], i: Insn) -> None:
        type_ = str(i.ref)
        m.prepare(type_)

        def alone(obj: Obj) -> bool:
            return obj not in m.kept and not m.holds_later(frame, r, i.regs[0], obj)

        r[i.regs[0]] = of(m.allocate(type_, alone=alone if type_ in BUILDERS else None))

    def new_array(frame: Frame, r: list[Value], i: Insn) -> None:
        obj = m.allocate(str(i.ref))
        m.put_field(of(obj), "$length", r[i.regs[1]].untainted())
        r[i.regs[0]] = of(obj)

    def filled_array(frame: Frame, r: list[Value], i: Insn) -> None:
        obj = m.allocate(str(i.ref))
        m.put_field(of(obj), "$length", of(len(i.regs)))
        for n, register in enumerate(i.regs):
            m.put_field(of(obj), f"[{n}]", r[register])
        frame.result = of(obj)

    def fill_array(frame: Frame, r: list[Value], i: Insn) -> None:
        if not i.payload:
            return
        numbers = i.payload[1]
        for obj in r[i.regs[0]].objects():
            if len(numbers) <= 512:
                for n, number in enumerate(numbers):
                    m.put_field(of(obj), f"[{n}]", of(number))
            else:
                m.put_field(of(obj), "[?]", ANY, weak=True)

    def aget(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = get_entry(m, r[i.regs[1]], r[i.regs[2]])

    def aput(frame: Frame, r: list[Value], i: Insn) -> None:
        put_entry(m, r[i.regs[1]], r[i.regs[2]], r[i.regs[0]])

    def iget(frame: Frame, r: list[Value], i: Insn) -> None:
        field_ = m.index.field(int(i.ref))  # type: ignore[arg-type]
        r[i.regs[0]] = read_field(m, r[i.regs[1]], field_.cls, field_.name, field_.type)

    def iput(frame: Frame, r: list[Value], i: Insn) -> None:
        field_ = m.index.field(int(i.ref))  # type: ignore[arg-type]
        value = r[i.regs[0]]
        if value.taints:
            taints = stepped(value.taints, "store", frame.method, i.offset, field_.name)
            value = Value(value.atoms, taints, value.any)
        m.put_field(r[i.regs[1]], field_.name, value)

    def sget(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = m.static(int(i.ref))  # type: ignore[arg-type]

    def sput(frame: Frame, r: list[Value], i: Insn) -> None:
        field_ = m.index.field(int(i.ref))  # type: ignore[arg-type]
        m.prepare(field_.cls)
        value = r[i.regs[0]]
        if value.taints:
            taints = stepped(value.taints, "store", frame.method, i.offset, field_.name)
            value = Value(value.atoms, taints, value.any)
        m.store((m.declaring(field_.id), field_.name), value)

    def invoke(frame: Frame, r: list[Value], i: Insn) -> bool | None:
        result = m.invoke(frame, i, tuple(r[n] for n in i.regs))
        if result is None:
            return False
        frame.result = result
        return None

    def unary(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = arithmetic.unary(i.op, r[i.regs[1]])

    def binary(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = arithmetic.binary(i.op, r[i.regs[1]], r[i.regs[2]])

    def binary_2addr(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = arithmetic.binary(i.op - 0x20, r[i.regs[0]], r[i.regs[1]])

    def binary_literal(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = arithmetic.with_literal(i.op, r[i.regs[1]], i.literal or 0)

    def compare(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = ANY

    def method_handle(frame: Frame, r: list[Value], i: Insn) -> None:
        r[i.regs[0]] = ANY

    table: list[Operation] = [nothing] * 256
    ranges: list[tuple[range, Operation]] = [
        (range(0x01, 0x0A), move),
        (range(0x0A, 0x0D), move_result),
        (range(0x0D, 0x0E), move_exception),
        (range(0x12, 0x1A), const),
        (range(0x1A, 0x1C), const_string),
        (range(0x1C, 0x1D), const_class),
        (range(0x1F, 0x20), check_cast),
        (range(0x20, 0x21), instance_of),
        (range(0x21, 0x22), array_length),
        (range(0x22, 0x23), new_instance),
        (range(0x23, 0x24), new_array),
        (range(0x24, 0x26), filled_array),
        (range(0x26, 0x27), fill_array),
        (range(0x2D, 0x32), compare),
        (range(0x44, 0x4B), aget),
        (range(0x4B, 0x52), aput),
        (range(0x52, 0x59), iget),
        (range(0x59, 0x60), iput),
        (range(0x60, 0x67), sget),
        (range(0x67, 0x6E), sput),
        (range(0x6E, 0x73), invoke),
        (range(0x74, 0x79), invoke),
        (range(0x7B, 0x90), unary),
        (range(0x90, 0xB0), binary),
        (range(0xB0, 0xD0), binary_2addr),
        (range(0xD0, 0xE3), binary_literal),
        (range(0xFA, 0xFE), invoke),
        (range(0xFE, 0x100), method_handle),
    ]
    for opcodes, operation in ranges:
        for opcode in opcodes:
            table[opcode] = operation
    return table


_PLAIN = frozenset(
    f"Ljava/lang/{n};"
    for n in [
        "String",
        "CharSequence",
        "Object",
        "Integer",
        "Long",
        "Boolean",
        "Double",
        "Float",
        "Character",
        "Number",
    ]
)
"""Types whose values are constants or texts, not objects with fields."""


def _instance(m: Machine, value: Value, wanted: str) -> Value:
    value = value.asked()
    if value.any or not value.atoms or wanted[:1] == "[":
        return TRUTH
    answers = set()
    for atom in value.atoms:
        if type(atom) is Obj:
            if m.types.is_a(atom.type, wanted):
                answers.add(1)
            elif atom.app:
                answers.add(0)
            else:
                answers.update((0, 1))
        elif atom == 0:
            answers.add(0)
        else:
            answers.update((0, 1))
    return Value(frozenset(answers))
