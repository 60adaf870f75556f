"""Whether a register is read again before it is written."""

from __future__ import annotations

from auditor.dex import Insn, MethodCode
from auditor.flows.cfg import Graph

STORES = frozenset((*range(0x4B, 0x52), *range(0x59, 0x60), *range(0x67, 0x6E)))
"""Opcodes that put a register into an array or a field."""
NO_RESULT = frozenset(
    (*range(0x0E, 0x12), 0x1D, 0x1E, 0x1F, *range(0x24, 0x2D), *range(0x32, 0x3E))
    + (*range(0x6E, 0x79), *range(0xFA, 0xFE), 0)
)
"""Opcodes that write no register, or (check-cast) the one they read."""
_IN_PLACE = range(0xB0, 0xD0)
"""Binary operations whose first register is read and written."""
_BLOCKS = 400


def is_read_later(code: MethodCode, graph: Graph, position: int, register: int) -> bool:
    """Tell whether some way on from after `position` reads `register` before writing it.

    True as well where the method has too many blocks to tell.
    """
    here = next(n for n, b in enumerate(graph.blocks) if b.start <= position < b.end)
    found = _scan(code, graph, here, position + 1, register)
    if found is not None:
        return found
    seen: set[int] = set()
    waiting = _following(graph, here)
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        if len(seen) > _BLOCKS:
            return True
        found = _scan(code, graph, number, graph.blocks[number].start, register)
        if found:
            return True
        handlers = [h for h, _ in graph.blocks[number].handlers]
        waiting += handlers if found is False else _following(graph, number)
    return False


def _following(graph: Graph, number: int) -> list[int]:
    block = graph.blocks[number]
    return [*block.successors, *(h for h, _ in block.handlers)]


def _scan(code: MethodCode, graph: Graph, number: int, start: int, register: int) -> bool | None:
    """Whether the rest of a block reads the register first (True), writes it (False), neither."""
    for insn in code.insns[start : graph.blocks[number].end]:
        if register in _read(insn):
            return True
        if insn.op not in STORES and insn.op not in NO_RESULT and insn.regs[:1] == (register,):
            return False
    return None


def _read(insn: Insn) -> tuple[int, ...]:
    if insn.op in STORES or insn.op in NO_RESULT or insn.op in _IN_PLACE:
        return insn.regs
    return insn.regs[1:]


def read_at_begin(code: MethodCode, graph: Graph) -> list[int]:
    """For each block the registers, as bits, that some way on from its beginning reads unwritten.

    What a handler reads counts from the beginning of a block that it covers: anything may throw.
    """
    reads, writes = [], []
    for block in graph.blocks:
        read = written = 0
        for insn in code.insns[block.start : block.end]:
            for register in _read(insn):
                if not written >> register & 1:
                    read |= 1 << register
            if insn.regs and insn.op not in STORES and insn.op not in NO_RESULT:
                written |= 1 << insn.regs[0]
        reads.append(read)
        writes.append(written)
    found = list(reads)
    backward = sorted(range(len(found)), key=graph.order.__getitem__, reverse=True)
    changed = True
    while changed:
        changed = False
        for number in backward:
            block, after, caught = graph.blocks[number], 0, 0
            for following in block.successors:
                after |= found[following]
            for handler, _ in block.handlers:
                caught |= found[handler]
            now = reads[number] | (after & ~writes[number]) | caught
            if now != found[number]:
                found[number] = now
                changed = True
    return found
