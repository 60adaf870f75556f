"""Run a small decoder of the app on constants: Base64, XOR, reversed or AES-encrypted addresses.

A bounded interpreter of plain values over DEX instructions. It knows the pure classes that decoders
are made of (texts, builders, arrays, Base64, Cipher with key and IV in the code) and gives up, with
None, on everything else. It is our own interpreter over data: nothing of the app is executed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auditor.flows import arithmetic
from auditor.flows.cfg import switch_table
from auditor.flows.pure import LIBRARY, MAX_LENGTH, GiveUp, Thing, builder, whole
from auditor.flows.values import BUILDERS, of

if TYPE_CHECKING:
    from auditor.dex import CodeIndex, Insn, MethodInfo

MAX_STEPS = 40_000
MAX_DEPTH = 8


@dataclass(slots=True)
class _Run:
    index: CodeIndex
    is_known: Callable[[MethodInfo], bool]
    steps: int = MAX_STEPS
    preparing: int = 0
    statics: dict[tuple[str, str], Any] = field(default_factory=dict)
    prepared: set[str] = field(default_factory=set)
    depth: int = 0


def run(
    index: CodeIndex, method: int, args: list[Any], is_known: Callable[[MethodInfo], bool]
) -> str | None:
    """Text that the method returns for these arguments, or None when it cannot be told.

    A method that does more than compute (it stores into statics, or calls what `is_known` says the
    catalog describes) is none for this interpreter.

    Arguments are texts, whole numbers, None, lists of numbers (arrays) or `Thing`s.
    """
    try:
        result = _call(_Run(index, is_known), method, args)
    except (GiveUp, ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError):
        return None
    if isinstance(result, Thing):
        result = result.fields.get("text")
    return result if isinstance(result, str) else None


def initial(
    index: CodeIndex, initializer: int, is_known: Callable[[MethodInfo], bool]
) -> dict[str, str | list[str]]:
    """Texts, and arrays of texts, that a static initializer leaves in fields of its own class.

    Nothing when it does more than compute.
    """
    cls = index.method(initializer).cls
    state = _Run(index, is_known, preparing=1, prepared={cls})
    try:
        _call(state, initializer, [])
    except (GiveUp, ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError):
        return {}
    found: dict[str, str | list[str]] = {}
    for (owner, name), value in state.statics.items():
        text = value.fields.get("text") if isinstance(value, Thing) else value
        if owner != cls:
            continue
        if isinstance(text, str) or (
            isinstance(text, list) and text and all(isinstance(t, str) for t in text)
        ):
            found[name] = text
    return found


def _call(state: _Run, method: int, args: list[Any]) -> Any:  # noqa: ANN401
    code = state.index.code(method)
    if code is None or state.depth >= MAX_DEPTH:
        raise GiveUp
    state.depth += 1
    info = state.index.method(method)
    r: list[Any] = [None] * max(code.registers, 1)
    at = code.registers - code.ins
    types = ([] if info.access & 8 else ["L"]) + list(info.params)
    for type_, arg in zip(types, args, strict=False):
        r[at] = arg
        at += 2 if type_ in ("J", "D") else 1
    position, result = 0, None
    while True:
        state.steps -= 1
        if state.steps < 0 or not 0 <= position < len(code.insns):
            raise GiveUp
        insn = code.insns[position]
        op = insn.op
        if 0x0E <= op <= 0x11:
            state.depth -= 1
            return None if op == 0x0E else r[insn.regs[0]]
        if 0x28 <= op <= 0x2A:
            position = code.index_at[insn.target]  # type: ignore[index]
            continue
        if 0x32 <= op <= 0x3D:
            jump = _test(op, [r[x] for x in insn.regs])
            position = code.index_at[insn.target] if jump else position + 1  # type: ignore[index]
            continue
        if op in (0x2B, 0x2C):
            target = switch_table(insn).get(r[insn.regs[0]])
            position = position + 1 if target is None else code.index_at[target]
            continue
        if 0x6E <= op <= 0x78 and op != 0x73:
            result = _invoke(state, insn, [r[x] for x in insn.regs])
        elif 0x0A <= op <= 0x0C:
            r[insn.regs[0]] = result
        elif op in (0x24, 0x25):
            result = [r[x] for x in insn.regs]
        else:
            _step(state, insn, r)
        position += 1


def _test(op: int, values: list[Any]) -> bool:
    a, b = values[0], values[1] if len(values) > 1 else 0
    if not isinstance(a, int) or not isinstance(b, int):
        if (op - 0x32) % 6 > 1:
            raise GiveUp
        null_a, null_b = a is None or a == 0, b is None or b == 0
        same = a is b or (null_a and null_b)
        return same if (op - 0x32) % 6 == 0 else not same
    tests = (a == b, a != b, a < b, a >= b, a > b, a <= b)
    return tests[(op - 0x32) % 6]


def _step(state: _Run, insn: Insn, r: list[Any]) -> None:  # noqa: C901 - a table
    op, regs = insn.op, insn.regs
    if op == 0:
        return
    if op <= 0x09:
        r[regs[0]] = r[regs[1]]
    elif 0x12 <= op <= 0x19:
        r[regs[0]] = insn.literal or 0
    elif op in (0x1A, 0x1B):
        r[regs[0]] = str(insn.ref)
    elif op == 0x1F or 0x1D <= op <= 0x1E:
        return
    elif op == 0x21:
        r[regs[0]] = len(r[regs[1]])
    elif op == 0x22:
        r[regs[0]] = Thing(str(insn.ref))
    elif op == 0x23:
        size = whole(r[regs[1]])
        if not 0 <= size <= MAX_LENGTH:
            raise GiveUp
        r[regs[0]] = [0 if str(insn.ref)[1] not in "L[" else None] * size
    elif op == 0x26:
        numbers = insn.payload[1] if insn.payload else ()
        r[regs[0]][: len(numbers)] = list(numbers)
    elif 0x44 <= op <= 0x4A:
        place = whole(r[regs[2]])
        if place < 0:
            raise GiveUp
        r[regs[0]] = r[regs[1]][place]
    elif 0x4B <= op <= 0x51:
        place, value = whole(r[regs[2]]), r[regs[0]]
        if place < 0:
            raise GiveUp
        if op == 0x4F:
            value = (whole(value) + 128 & 0xFF) - 128
        elif op == 0x50:
            value = whole(value) & 0xFFFF
        r[regs[1]][place] = value
    else:
        _step_more(state, insn, r)


def _step_more(state: _Run, insn: Insn, r: list[Any]) -> None:
    op, regs = insn.op, insn.regs
    if 0x52 <= op <= 0x5F:
        info = state.index.field(int(insn.ref))  # type: ignore[arg-type]
        owner = r[regs[1]]
        if not isinstance(owner, Thing):
            raise GiveUp
        if op <= 0x58:
            if owner.given and info.name not in owner.fields:
                raise GiveUp
            r[regs[0]] = owner.fields.get(info.name, 0 if info.type[0] not in "L[" else None)
        else:
            owner.fields[info.name] = r[regs[0]]
    elif 0x60 <= op <= 0x66:
        r[regs[0]] = _static(state, int(insn.ref))  # type: ignore[arg-type]
    elif 0x67 <= op <= 0x6D:
        info = state.index.field(int(insn.ref))  # type: ignore[arg-type]
        if not state.preparing:
            raise GiveUp
        state.statics[(info.cls, info.name)] = r[regs[0]]
    elif 0x7B <= op <= 0x8F:
        r[regs[0]] = _known(arithmetic.unary(op, _value(r[regs[1]])))
    elif 0x90 <= op <= 0xA5:
        r[regs[0]] = _known(arithmetic.binary(op, _value(r[regs[1]]), _value(r[regs[2]])))
    elif 0xB0 <= op <= 0xC5:
        r[regs[0]] = _known(arithmetic.binary(op - 0x20, _value(r[regs[0]]), _value(r[regs[1]])))
    elif 0xD0 <= op <= 0xE2:
        r[regs[0]] = _known(arithmetic.with_literal(op, _value(r[regs[1]]), insn.literal or 0))
    else:
        raise GiveUp


def _value(number: Any) -> Any:  # noqa: ANN401
    return of(whole(number))


def _known(value: Any) -> int:  # noqa: ANN401
    only = value.only()
    if not isinstance(only, int):
        raise GiveUp
    return only


def _static(state: _Run, fid: int) -> Any:  # noqa: ANN401
    info = state.index.field(fid)
    if info.type == "Ljava/nio/charset/Charset;":
        return Thing("charset")  # texts are read as UTF-8 whatever it says
    if not state.index.is_defined(info.cls):
        raise GiveUp
    if any(state.index.method(m).name != "<clinit>" for m, _ in state.index.field_writes(fid)):
        raise GiveUp  # the initializer's value is not the only one
    if info.cls not in state.prepared:
        state.prepared.add(info.cls)
        initializer = state.index.find_method(info.cls, "<clinit>", "()V")
        if initializer is not None:
            state.preparing += 1
            depth = state.depth
            try:
                _call(state, initializer, [])
            except GiveUp:
                if (info.cls, info.name) not in state.statics:
                    raise
                state.depth = depth
            finally:
                state.preparing -= 1
    if (info.cls, info.name) in state.statics:
        return state.statics[(info.cls, info.name)]
    resolved = state.index.lookup_field(info.cls, info.name, info.type)
    constant = state.index.field(resolved).static_value if resolved is not None else None
    if isinstance(constant, bool):
        return int(constant)
    return constant


def _invoke(state: _Run, insn: Insn, args: list[Any]) -> Any:  # noqa: ANN401
    method: MethodInfo = state.index.method(int(insn.ref))  # type: ignore[arg-type]
    if "J" in method.params or "D" in method.params:
        args = _narrow(args, method, insn.op in (0x71, 0x77))
    library = LIBRARY.get((method.cls, method.name))
    if library is not None:
        result = library(args)
        if isinstance(result, str | list) and len(result) > MAX_LENGTH:
            raise GiveUp
        return result
    if method.cls in BUILDERS:
        return builder(method, args)
    if state.is_known(method):
        raise GiveUp
    cls = method.cls
    if args and isinstance(args[0], Thing) and insn.op in (0x6E, 0x72, 0x74, 0x78):
        cls = args[0].type
    found = state.index.lookup(cls, method.name, method.proto)
    if found is None or not state.index.method(found).has_code:
        if method.name == "<init>" and method.cls == "Ljava/lang/Object;":
            return None
        raise GiveUp
    return _call(state, found, args)


def _narrow(args: list[Any], method: MethodInfo, static: bool) -> list[Any]:
    found, at = args[: 0 if static else 1], 0 if static else 1
    for param in method.params:
        found.append(args[at])
        at += 2 if param in ("J", "D") else 1
    return found
