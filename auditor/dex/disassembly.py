"""Instructions as text, in the notation of dexdump (without its trailing comments)."""

from __future__ import annotations

from auditor.dex import opcodes
from auditor.dex.index import CodeIndex
from auditor.dex.insns import Insn


def disassemble(index: CodeIndex, mid: int) -> tuple[tuple[int, str], ...]:
    """(code-unit offset, text) of every instruction of a method; empty when it has no code."""
    code = index.code(mid)
    return () if code is None else tuple((i.offset, render_insn(index, i)) for i in code.insns)


def render_insn(index: CodeIndex, insn: Insn) -> str:
    """`invoke-virtual {v1, v0}, Lp/C;.m:(I)V`; a literal is always printed as a signed integer."""
    layout = opcodes.FORMATS[insn.op]
    registers = ", ".join(f"v{number}" for number in insn.regs)
    operands = [f"{{{registers}}}" if layout in _LISTS else registers] if layout != "10x" else []
    if insn.literal is not None:
        operands.append(f"#{insn.literal}")
    if insn.target is not None:
        operands.append(f"{insn.target:04x}")
    if opcodes.REF_KINDS[insn.op]:
        operands.append(_render_ref(index, insn))
    if insn.ref2 is not None:
        operands.append(insn.ref2)
    return f"{insn.name} {', '.join(o for o in operands if o)}".rstrip(" ")


_LISTS = frozenset(("35c", "3rc", "45cc", "4rcc"))


def _render_ref(index: CodeIndex, insn: Insn) -> str:
    kind = opcodes.REF_KINDS[insn.op]
    if insn.ref is None:
        return "?"
    if isinstance(insn.ref, str):
        return f'"{insn.ref}"' if kind == opcodes.STRING else insn.ref
    if kind == opcodes.METHOD:
        info = index.method(insn.ref)
        return f"{info.cls}.{info.name}:{info.proto}"
    if kind == opcodes.FIELD:
        field = index.field(insn.ref)
        return f"{field.cls}.{field.name}:{field.type}"
    return f"{'call_site' if kind == opcodes.CALL_SITE else 'method_handle'}@{insn.ref:04x}"
