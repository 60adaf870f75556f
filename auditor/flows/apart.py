"""What belongs together only along one way through a method is kept apart.

Two refinements of the blocks of a method, both undoing what compilers and obfuscators did: short
ends that branches share are given back to each of them, and blocks that only compare a register
with constants are told apart by what it holds (`running.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from auditor.dex import Insn, MethodCode
from auditor.flows.cfg import SWITCH, Block, Graph, cut, graph_of, reverse_post_order
from auditor.flows.liveness import NO_RESULT, STORES

_CALLS = [0x6E <= op <= 0x78 or op >= 0xFA for op in range(256)]
_CHAIN = 3
"""Comparisons of one register that make a switch of them."""
_BACK = 4
"""Blocks before a shared end in which its registers are set."""
_SHARED, _SHORT, _COPIED = 6, 16, 160
"""Ways into a shared end, its instructions, and instructions that one method may gain, at most."""


def build_graph(code: MethodCode) -> Graph:
    """The blocks of a method, refined."""
    blocks = _told_apart(cut(code), code.insns)
    return graph_of(blocks, _choosing(blocks, code.insns))


def _choosing(blocks: Sequence[Block], insns: Sequence[Insn]) -> dict[int, int]:
    """Blocks that only compare one register with constants, as where control flow was flattened."""
    found: dict[int, int] = {}
    asked: dict[int, list[int]] = {}
    for number, block in enumerate(blocks):
        last = insns[block.end - 1]
        if block.handlers or (last.op not in SWITCH and last.op not in (0x32, 0x33)):
            continue
        before = insns[block.start : block.end - 1]
        if not all(0x01 <= i.op <= 0x1B for i in before):
            continue
        free = [r for r in last.regs if all(i.regs[:1] != (r,) for i in before)]
        if last.op in SWITCH and free:
            found[number] = free[0]
            continue
        for register in free:
            asked.setdefault(register, []).append(number)
    for register, numbers in asked.items():
        if len(numbers) >= _CHAIN or register in found.values():
            for number in numbers:
                found.setdefault(number, register)
    return found


def _told_apart(blocks: list[Block], insns: Sequence[Insn]) -> list[Block]:
    """The blocks, with short ends of several ways given back to each of them.

    Compilers let branches share the calls that they end with; what goes into such a call belongs
    together only along each branch (tail duplication; Mueller and Whalley, PLDI 1992).
    """
    before: list[list[int]] = [[] for _ in blocks]
    for number, block in enumerate(blocks):
        for following in dict.fromkeys(block.successors):
            before[following].append(number)
    order = reverse_post_order(blocks)
    caught = {h for block in blocks for h, _ in block.handlers}
    found, room = list(blocks), _COPIED
    for number in sorted(range(1, len(blocks)), key=order.__getitem__):
        block, ways = blocks[number], before[number]
        size = block.end - block.start
        if not 2 <= len(ways) <= _SHARED or size > _SHORT or number in caught:
            continue
        if any(order[way] >= order[number] for way in ways) or size * (len(ways) - 1) > room:
            continue
        if not _depends(block, _own(ways, before, found), insns):
            continue
        room -= size * (len(ways) - 1)
        for nth, way in enumerate(ways[1:], 1):
            copy = len(found)
            found.append(replace(found[number], copy=nth))
            order = (*order, order[number])
            onward = tuple(copy if s == number else s for s in found[way].successors)
            found[way] = replace(found[way], successors=onward)
            for following in dict.fromkeys(found[number].successors):
                if following < len(blocks):
                    before[following].append(copy)
    return found


def _own(ways: list[int], before: list[list[int]], blocks: Sequence[Block]) -> list[list[Block]]:
    """The last blocks of each way into a shared end that lie on no other of the ways."""
    chains = []
    for way in ways:
        chain = [way]
        while len(chain) < _BACK and chain[-1] < len(before) and len(before[chain[-1]]) == 1:
            chain.append(before[chain[-1]][0])
        chains.append(chain)
    common = Counter(number for chain in chains for number in dict.fromkeys(chain))
    return [[blocks[n] for n in chain if common[n] == 1] for chain in chains]


def _depends(block: Block, ways: list[list[Block]], insns: Sequence[Insn]) -> bool:
    """Tell whether calls in a block take two registers or more that one of its ways sets."""
    set_here: set[int] = set()
    taken: set[int] = set()
    for insn in insns[block.start : block.end]:
        if _CALLS[insn.op]:
            taken.update(r for r in insn.regs if r not in set_here)
        elif _writes(insn):
            set_here.update(insn.regs[:1])
    if len(taken) < 2:
        return False
    rows = [insn for way in ways for own in way for insn in insns[own.start : own.end]]
    return len({insn.regs[0] for insn in rows if _writes(insn)} & taken) > 1


def _writes(insn: Insn) -> bool:
    return bool(insn.regs) and insn.op not in NO_RESULT and insn.op not in STORES
