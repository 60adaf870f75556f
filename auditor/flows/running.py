"""The work-list of one method: its blocks, what flows between them, and what exceptions carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.dex import REFERRING, MethodCode
from auditor.flows import arithmetic
from auditor.flows.arithmetic import answered
from auditor.flows.cfg import switch_table
from auditor.flows.heap import Heap, Key, add, merge
from auditor.flows.liveness import NO_RESULT, STORES
from auditor.flows.values import NOTHING, Condition, Obj, Value, join, stepped, widened

if TYPE_CHECKING:
    from auditor.dex import Insn
    from auditor.flows.frames import Frame
    from auditor.flows.machine import Machine

MAX_VISITS = 10
"""Visits of one block in one run of its method, after which what changes becomes unknown."""
WIDEN = 3
"""Visits of a block after which numbers and texts that still change become unknown."""
CHOICES = 64
"""Constants in one run of a method for which the blocks that choose by them are told apart."""
_BRANCHES, _RETURNS, _THROWS, _REFERS = 1, 2, 3, 4
_KINDS = bytes(
    _BRANCHES
    if 0x32 <= op <= 0x3D or op in (0x2B, 0x2C)
    else _RETURNS
    if 0x0E <= op <= 0x11
    else _THROWS
    if op == 0x27
    else _REFERS * (op in REFERRING)
    for op in range(256)
)
"""Opcodes that are not simply carried out."""
State = tuple[list[Value], Heap, frozenset[Condition]]


class Run:
    """One run through a method."""

    def __init__(self, machine: Machine, frame: Frame, code: MethodCode) -> None:
        """Nothing has run yet."""
        self.m = machine
        self.frame = frame
        self.code = code
        self.graph = machine.graph(frame.method, code)
        self.needed = machine.needed(frame.method, code)
        self.states: dict[int, State] = {}
        """By node: the number of a block; of one that chooses, more than that, one a choice."""
        self.visits: dict[int, int] = {}
        self.choices: dict[int, int] = {}
        self.exits: Heap | None = None

    def finish(self) -> Heap:
        """Interpret until no state grows; the heap where it ends (of its entry, where nowhere)."""
        frame, code = self.frame, self.code
        if not self.graph.blocks:
            return frame.entry
        registers = [NOTHING] * max(code.registers, 1)
        wide = _argument_registers(self.m, frame.method, code)
        for register, value in zip(wide, frame.args, strict=False):
            if 0 <= register < len(registers):
                registers[register] = value
        self.states[0] = (registers, Heap(frame.entry), frozenset())
        pending = {0}
        order, blocks = self.graph.order, self.graph.blocks
        size = len(blocks)

        def turn(node: int) -> int:
            return order[node % size]

        while pending:
            number = min(pending, key=turn)
            pending.discard(number)
            visits = self.visits[number] = self.visits.get(number, 0) + 1
            block = blocks[number % size]
            if visits > MAX_VISITS:
                self.m.budget.spent.setdefault(self.m.budget.entry)
                frame.cut = True
                continue
            if not self.m.budget.take(block.end - block.start):
                frame.cut = True
                continue
            for successor in self._block(number):
                pending.add(successor)
        return frame.entry if self.exits is None else self.exits

    def _block(self, number: int) -> list[int]:
        """Interpret one block; return the blocks whose entry state grew."""
        m, frame = self.m, self.frame
        registers, heap, guards = self.states[number]
        registers = list(registers)
        block = self.graph.blocks[number % len(self.graph.blocks)]
        m.heap = heap.branch(frame.entry)
        frame.guards, frame.registers, frame.copy = guards, registers, block.copy
        grown: list[int] = []
        handlers = tuple(dict.fromkeys(h for h, _ in block.handlers))
        covered: Heap | None = None
        if handlers:  # what stood at the end of the blocks before has reached them already
            covered = self._throw(block.fresh, registers, grown, None)
        alive = True
        insns, ops = self.code.insns, m.ops
        for position in range(block.start, block.end):
            insn = insns[position]
            frame.offset = insn.offset
            op = insn.op
            kind = _KINDS[op]
            if kind:
                if kind == _BRANCHES:
                    break
                if kind == _RETURNS:
                    self._return(registers, insn)
                    return grown
                if kind == _THROWS:
                    frame.thrown = join(frame.thrown, registers[insn.regs[0]])
                if kind == _THROWS or insn.ref is None:  # None: no verifier lets it pass
                    alive = False
                    break
            if handlers and _overwrites(op, insn, registers):
                # What was thrown before this sees the old value.
                covered = self._throw(handlers, registers, grown, covered)
            if ops[op](frame, registers, insn) is False:
                alive = False
                break
        if handlers:
            self._throw(handlers, registers, grown, covered)
        if alive:
            heap = m.heap.settled()
            for successor, added in self._branches(block, registers):
                self._flow(successor, registers, heap, frame.guards | added, grown)
        elif not handlers:
            self._leave(m.heap.settled())
        return grown

    def _throw(
        self,
        handlers: tuple[int, ...],
        registers: list[Value],
        grown: list[int],
        covered: Heap | None,
    ) -> Heap | None:
        """Let handlers see what stands here; they have seen `covered`. What they have seen now."""
        m = self.m
        heap = m.heap.settled()
        for handler in handlers:
            self._flow(handler, registers, heap, self.frame.guards, grown, covered)
        if heap is m.heap:
            m.heap = heap.branch(self.frame.entry)
        return m.heap.parent

    def _branches(
        self, block: object, registers: list[Value]
    ) -> list[tuple[int, frozenset[Condition]]]:
        last = self.code.insns[block.end - 1]  # type: ignore[attr-defined]
        successors: tuple[int, ...] = block.successors  # type: ignore[attr-defined]
        nothing: frozenset[Condition] = frozenset()
        if 0x32 <= last.op <= 0x3D and len(successors) == 2:
            decided, condition = arithmetic.decide(last.op, [registers[r] for r in last.regs])
            found = []
            if decided is not True:
                found.append((successors[0], _held(condition, False)))
            if decided is not False:
                found.append((successors[1], _held(condition, True)))
            return found
        if last.op in (0x2B, 0x2C) and last.payload:
            value = registers[last.regs[0]].asked()
            if not value.any and value.atoms and all(type(a) is int for a in value.atoms):
                wanted = value.ints()
                table = switch_table(last)
                targets = {table[i] for i in wanted if i in table}
                chosen = []
                if any(i not in table for i in wanted) and successors:
                    chosen.append(successors[0])
                at = self.code.index_at
                starts = {self.graph.blocks[s].start: s for s in successors}
                chosen += [starts[at[t]] for t in sorted(targets) if at.get(t) in starts]
                return [(s, nothing) for s in dict.fromkeys(chosen)]
        return [(s, nothing) for s in dict.fromkeys(successors)]

    def _flow(
        self,
        number: int,
        registers: list[Value],
        heap: Heap,
        guards: frozenset[Condition],
        grown: list[int],
        covered: Heap | None = None,
    ) -> None:
        """Join a state into that of a block; `covered` lies below `heap` and is part of it."""
        needed = self.needed[number]
        if number in self.graph.chosen:
            number = self._choice(number, registers[self.graph.chosen[number]])
        old = self.states.get(number)
        if old is None:
            kept = [v if needed >> n & 1 else NOTHING for n, v in enumerate(registers)]
            self.states[number] = (kept, heap, guards)
            grown.append(number)
            return
        registers_then, heap_then, guards_then = old
        joined = registers_then
        grows = self.visits.get(number, 0) >= WIDEN
        asked = guards != guards_then
        for n, value in enumerate(registers):
            before = registers_then[n]
            if value is before or not needed >> n & 1:
                continue
            told = answered(before, guards_then, value, guards) if asked else None
            total = join(before, value) if told is None else told
            if grows and total is not before:
                total = widened(before, total)
            if total is not before:
                if joined is registers_then:
                    joined = list(registers_then)
                joined[n] = total
        same = joined is registers_then
        heap_now = heap_then
        if heap is not heap_then:
            later = heap.after(covered) if covered is not None else None
            if later is None:
                changed, below, _ = merge(heap_then, heap)
            else:
                changed, below = add(heap_then, later, self.frame.since)
            self.m.budget.take((len(changed) + len(below)) // 8)
            for key in below:
                self._saw(key)
            if changed:
                same = False
                heap_now = Heap(heap_then.branch(self.frame.entry), changed)
        guards_now = guards_then & guards
        if guards_now != guards_then:
            same = False
        if not same:
            self.states[number] = (joined, heap_now, guards_now)
            grown.append(number)

    def _choice(self, number: int, value: Value) -> int:
        """The node of a block that chooses by a value: each constant has a state of its own.

        What holds at one step of flattened code is not mixed with what holds at others (trace
        partitioning; Rival and Mauborgne, TOPLAS 2007).
        """
        only = value.only()
        if type(only) is not int or value.unset:
            return number
        nth = self.choices.setdefault(only, len(self.choices) + 1)
        return number + nth * len(self.graph.blocks) if nth <= CHOICES else number

    def _saw(self, key: Key) -> None:
        """A join let what stood below the frame count: that is a reading too."""
        m = self.m
        kept, m.heap = m.heap, self.frame.entry
        m.load(key)
        m.heap = kept

    def _return(self, registers: list[Value], insn: Insn) -> None:
        frame = self.frame
        frame.returns = True
        if insn.op != 0x0E:
            value = registers[insn.regs[0]]
            if value.taints:
                taints = stepped(value.taints, "return", frame.method, insn.offset, "")
                value = Value(value.atoms, taints, value.any)
            self.m.keep(value)
            before, held = frame.returned, frame.held
            told = answered(before, held, value, frame.guards) if held != frame.guards else None
            frame.returned = join(before, value) if told is None else told
            frame.held = frame.guards if before is NOTHING else held & frame.guards
        self._leave(self.m.heap.settled())

    def _leave(self, heap: Heap) -> None:
        if self.exits is None or self.exits is heap:
            self.exits = heap
            return
        changed, below, _ = merge(self.exits, heap)
        for key in below:
            self._saw(key)
        if changed:
            self.exits = Heap(self.exits.branch(self.frame.entry), changed)


def _overwrites(op: int, insn: Insn, registers: list[Value]) -> bool:
    """Tell whether an instruction takes away data or objects that a handler could still see."""
    if op in STORES:
        return True
    if op in NO_RESULT or not insn.regs:
        return False
    old = registers[insn.regs[0]]
    return bool(old.taints) or any(type(a) is Obj for a in old.atoms)


def _held(condition: Condition | None, taken: bool) -> frozenset[Condition]:
    if condition is None:
        return frozenset()
    if taken:
        return frozenset((condition,))
    return frozenset((Condition(condition.kind, condition.text, not condition.negated),))


def _argument_registers(machine: Machine, method: int, code: MethodCode) -> list[int]:
    """Registers in which the arguments arrive, in order; long and double take two."""
    info = machine.index.method(method)
    found = []
    register = code.registers - code.ins
    if not info.access & 0x8:
        found.append(register)
        register += 1
    for param in info.params:
        found.append(register)
        register += 2 if param in ("J", "D") else 1
    return found
