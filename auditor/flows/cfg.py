"""Basic blocks of one method, with the edges to its exception handlers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from auditor.dex import Insn, MethodCode

_GOTO = {0x28, 0x29, 0x2A}
SWITCH = frozenset((0x2B, 0x2C))
_IF = range(0x32, 0x3E)
_RETURN = range(0x0E, 0x12)
_THROW = 0x27
_RESULT = range(0x0A, 0x0D)


@dataclass(frozen=True, slots=True)
class Block:
    """Instructions `start` to `end` (positions in `insns`), and where they lead."""

    start: int
    end: int
    successors: tuple[int, ...]
    """Block numbers; for a conditional branch: fall-through, then target."""
    handlers: tuple[tuple[int, str | None], ...]
    """Block number and caught type of each handler that covers the block."""
    fresh: tuple[int, ...] = ()
    """Handlers that some way into the block does not stand under: what stands at its beginning has
    not reached them yet."""
    copy: int = 0
    """Number of the copy, where a shared end is told apart by the ways into it."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The blocks of a method; block 0 is its entry."""

    blocks: tuple[Block, ...]
    order: tuple[int, ...]
    """Position of each block in reverse post-order: what to interpret first."""
    chosen: dict[int, int] = field(default_factory=dict)
    """Block that only looks where to go on → the register that says so."""


def cut(code: MethodCode) -> list[Block]:
    """Cut a method into blocks; a target outside the method is left out."""
    insns, at = code.insns, code.index_at
    leaders = {0}
    for position, insn in enumerate(insns):
        ends = insn.op in _IF or insn.op in _GOTO or insn.op in SWITCH
        if ends or insn.op in _RETURN or insn.op == _THROW:
            leaders.add(position + 1)
        leaders.update(at[t] for t in _targets(insn) if t in at)
    for block in code.tries:
        for edge in (block.start, block.end):
            if edge in at:
                leaders.add(at[edge])
        leaders.update(at[a] for _, a in block.handlers if a in at)
    # A result belongs to the call before it, also where a try block ends between the two.
    leaders = {p + 1 if p < len(insns) and insns[p].op in _RESULT else p for p in leaders}
    starts = sorted(p for p in leaders if p < len(insns))
    number = {p: n for n, p in enumerate(starts)}
    blocks: list[Block] = []
    for n, start in enumerate(starts):
        end = starts[n + 1] if n + 1 < len(starts) else len(insns)
        last = insns[end - 1]
        successors: list[int] = []
        falls = not (last.op in _GOTO or last.op in _RETURN or last.op == _THROW)
        if falls and end in number:
            successors.append(number[end])
        successors.extend(number[at[t]] for t in _targets(last) if t in at)
        handlers = [
            (number[at[a]], t)
            for block in code.tries
            if block.start < last.offset + 1 and insns[start].offset < block.end
            for t, a in block.handlers
            if a in at
        ]
        blocks.append(Block(start, end, tuple(successors), tuple(dict.fromkeys(handlers))))
    return blocks


def graph_of(blocks: list[Block], chosen: dict[int, int]) -> Graph:
    """The graph of blocks, ready to be interpreted."""
    return Graph(tuple(_with_fresh(blocks)), reverse_post_order(blocks), chosen)


def _with_fresh(blocks: list[Block]) -> Iterator[Block]:
    """The blocks, each with its fresh handlers."""
    before: list[list[int]] = [[] for _ in blocks]
    for number, block in enumerate(blocks):
        for following in block.successors:
            before[following].append(number)
    under = [{h for h, _ in block.handlers} for block in blocks]
    caught = {h for handlers in under for h in handlers}
    for number, block in enumerate(blocks):
        if not block.handlers:
            yield block
            continue
        entered = number == 0 or number in caught or not before[number]
        fresh = [
            h
            for h in dict.fromkeys(h for h, _ in block.handlers)
            if entered or not all(h in under[b] for b in before[number])
        ]
        yield replace(block, fresh=tuple(fresh))


def _targets(insn: object) -> tuple[int, ...]:
    payload = getattr(insn, "payload", None)
    op = getattr(insn, "op", 0)
    if op in SWITCH and payload:
        return tuple(target for _, target in payload)
    target = getattr(insn, "target", None)
    return (target,) if target is not None and op not in SWITCH and op != 0x26 else ()


def switch_table(insn: Insn) -> dict[int, int]:
    """Key → target of a switch instruction."""
    rows = insn.payload or ()
    return {row[0]: row[1] for row in rows if isinstance(row, tuple) and len(row) == 2}


def reverse_post_order(blocks: list[Block]) -> tuple[int, ...]:
    """Rank of each block; what falls through stands before what is jumped to, so that the body of a
    loop stands before what follows the loop, and handlers stand last."""
    seen, post = {0}, []
    stack = [(0, _last_first(blocks[0]))] if blocks else []
    while stack:
        number, rest = stack[-1]
        following = next((s for s in rest if s not in seen), None)
        if following is None:
            post.append(number)
            stack.pop()
            continue
        seen.add(following)
        stack.append((following, _last_first(blocks[following])))
    order = [len(blocks)] * len(blocks)
    for rank, number in enumerate(reversed(post)):
        order[number] = rank
    return tuple(order)


def _last_first(block: Block) -> Iterator[int]:
    return iter((*(h for h, _ in block.handlers), *reversed(block.successors)))
