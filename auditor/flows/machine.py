"""The interpreter: one method at a time over abstract values, with the heap carried along.

Flow-sensitive inside a method (a work-list over basic blocks, in reverse post-order), context-
sensitive by the last call sites, strong updates on objects that stand for one. A finished call is
kept as a *summary* with all that it read from the heap; it is used again wherever arguments and
readings are the same (memoization by dependency, as in Adapton; the abstract domain is that of a
bounded points-to and constant analysis). What it means that code sends data stands in `calls.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.dex import REFERRING, CodeIndex, MethodCode
from auditor.flows import arithmetic
from auditor.flows.cfg import Graph, build_graph, switch_table
from auditor.flows.events import Event, Payload, Site, noted
from auditor.flows.heap import NEW as NEW
from auditor.flows.heap import Heap, Key, Stored, add, merge
from auditor.flows.liveness import NO_RESULT, STORES, is_read_later
from auditor.flows.types import Types
from auditor.flows.values import (
    ANY,
    BUILDERS,
    NOTHING,
    TRUTH,
    ZERO,
    ClassRef,
    Condition,
    Obj,
    Taint,
    Value,
    join,
    of,
    relabelled,
    stepped,
    widened,
)

if TYPE_CHECKING:
    from auditor.dex import Insn

MAX_DEPTH = 48
CONTEXT = 3
MAX_VISITS = 10
"""Visits of one block in one run of its method, after which what changes becomes unknown."""
_OFTEN = 40
"""Calls of one method in one run after which its contexts and constants are not told apart."""
WIDEN = 3
"""Visits of a block after which numbers and texts that still change become unknown."""
_SUMMARIES = 4
_PILE = 7
"""Layers of the heap beyond which a call begins with a flat copy."""


@dataclass(slots=True)
class Frame:
    """One method being interpreted."""

    method: int
    site: Site | None
    context: tuple[Site, ...]
    entry: Heap
    since: int
    args: tuple[Value, ...]
    offset: int = 0
    reads: dict[Key, Stored | None] = field(default_factory=dict)
    events: dict[Event, Payload] = field(default_factory=dict)
    guards: frozenset[Condition] = frozenset()
    result: Value = NOTHING
    """Of the last call, for move-result."""
    thrown: Value = NOTHING
    returned: Value = NOTHING
    returns: bool = False
    cut: bool = False


@dataclass(slots=True)
class Summary:
    """What one call did, and all it depended on."""

    args: tuple[Value, ...]
    reads: dict[Key, Stored | None]
    writes: dict[Key, Stored]
    events: dict[Event, Payload]
    returned: Value
    returns: bool
    thrown: Value
    cut: bool


class Budget:
    """How much work may still be done: instructions, and entries of the heap that are joined."""

    def __init__(self, total: int, each: int) -> None:
        """`total` for the app, `each` for one entry point."""
        self.left = total
        self.each = each
        self.here = each
        self.entry = -1
        """The entry point at hand, a method id."""
        self.spent: dict[int, None] = {}
        """Entry points that ran out."""

    def take(self, count: int) -> bool:
        """Spend; False when nothing is left."""
        self.left -= count
        self.here -= count
        if self.left < 0 or self.here < 0:
            self.spent.setdefault(self.entry)
            return False
        return True


class Machine:
    """The state of one analysis and the meaning of every instruction but calls."""

    def __init__(self, index: CodeIndex, budget: Budget) -> None:
        """Begin with an empty heap."""
        self.index = index
        self.types = Types(index)
        self.budget = budget
        self.clock = 1
        self.base = Heap(None)
        self.heap = self.base
        self.frames: list[Frame] = []
        self.objects: dict[tuple[object, ...], Obj] = {}
        self.names: dict[Obj | str, dict[str, None]] = {}
        self.declarers: dict[int, str] = {}
        self.graphs: dict[int, Graph] = {}
        self.summaries: dict[tuple[int, tuple[Site, ...]], list[Summary]] = {}
        self.prepared: set[str] = set()
        self.visited: set[int] = set()
        self.stack: dict[int, int] = {}
        self.holders: dict[Obj | str, None] = {}
        """Objects and classes that ever held data in a field of their own."""
        self.kept: set[Obj] = set()
        """Builders of texts that were stored, handed to a body, or returned."""
        self.counts: dict[int, int] = {}
        """Calls of each method in the run of the entry point at hand."""
        self.ops = _operations(self)

    # ------------------------------------------------------------ heap

    def load(self, key: Key) -> Stored | None:
        """Read the heap and let every frame that found it there know."""
        found = self.heap.find(key)
        time = found[1] if found else 0
        for frame in reversed(self.frames):
            if time > frame.since or key in frame.reads:
                break
            frame.reads[key] = found
        return found

    def store(self, key: Key, value: Value, *, weak: bool = False) -> None:
        """Write the heap."""
        if weak:
            old = self.load(key)
            if old:
                value = join(old[0], value)
                if value is old[0]:
                    return
        self.clock += 1
        self.heap.changes[key] = (value, self.clock)
        self.names.setdefault(key[0], {}).setdefault(key[1])
        self.keep(value)
        if value.taints:
            self.holders[key[0]] = None

    def keep(self, value: Value) -> None:
        """Note builders of texts that something else than a register holds from now on."""
        for atom in value.atoms:
            if type(atom) is Obj and atom.type in BUILDERS:
                self.kept.add(atom)

    def made(self, type_: str, key: tuple[object, ...]) -> Obj:
        """The object of that name; the first asking makes it."""
        obj = self.objects.get(key)
        if obj is None:
            app = self.index.is_defined(type_)
            obj = self.objects[key] = Obj(len(self.objects) + 1, type_, key, app)
        return obj

    def allocate(
        self, type_: str, salt: str = "", alone: Callable[[Obj], bool] | None = None
    ) -> Obj:
        """A new object at the instruction at hand; made again in one run, it stands for many.

        `alone` tells of a builder of texts whether the one made before is gone by now, so that the
        new one is the only one (after the recency of Balakrishnan and Reps, SAS 2006).
        """
        frame = self.frames[-1]
        obj = self.made(type_, (frame.method, frame.offset, salt or type_, frame.context))
        marker = (obj, NEW)
        found = self.load(marker)
        if found and alone is not None and alone(obj):
            found = None
        self.clock += 1
        self.heap.changes[marker] = (of(2 if found else 1), self.clock)
        for name in self.names.get(obj, ()):
            if not found:  # what an earlier run stored here was another object's
                self.heap.changes[(obj, name)] = (NOTHING, self.clock)
            else:  # in the one just made nothing is stored yet
                held = self.load((obj, name))
                if held and not held[0].unset:
                    self.heap.changes[(obj, name)] = (held[0].or_unset(), self.clock)
        return obj

    def holds_later(self, frame: Frame, registers: list[Value], but: int, obj: Obj) -> bool:
        """Tell whether a register other than `but` that is read later holds an object."""
        code = self.index.code(frame.method)
        holders = [n for n, v in enumerate(registers) if n != but and obj in v.atoms]
        if not holders or code is None:
            return bool(holders)
        graph, at = self.graph(frame.method, code), code.index_at[frame.offset]
        return any(is_read_later(code, graph, at, n) for n in holders)

    def is_one(self, obj: Obj) -> bool:
        """Tell whether `obj` stands for one object in this run."""
        found = self.load((obj, NEW))
        return found is None or found[0].only() == 1

    def get_field(self, obj: Obj, name: str) -> Value | None:
        """Value of a field, or None when nothing was ever stored."""
        found = self.load((obj, name))
        return None if found is None or found[0] is NOTHING else found[0]

    def put_field(self, target: Value, name: str, value: Value, *, weak: bool = False) -> None:
        """Store into a field of every object of `target`; strongly when there is but one."""
        objects = target.objects()
        weak = weak or len(objects) != 1 or target.any
        for obj in objects:
            self.store((obj, name), value, weak=weak or not self.is_one(obj))

    # ------------------------------------------------------------ calls of bodies

    def run(self, method: int, args: tuple[Value, ...], site: Site | None) -> Value | None:
        """Interpret a method of the app; None when it never returns normally."""
        code = self.index.code(method)
        if code is None:
            return ANY
        caller = self.frames[-1] if self.frames else None
        context = ((site, *caller.context)[:CONTEXT]) if site and caller else ()
        often = self.counts[method] = self.counts.get(method, 0) + 1
        if often > _OFTEN:
            if often > 6 * _OFTEN:
                self.budget.spent.setdefault(self.budget.entry)
                if caller:
                    caller.cut = True
                return self.opaque(args)
            context = ()
            args = tuple(_without_constants(a) for a in args)
        known = self.summaries.setdefault((method, context), [])
        for summary in known:
            if summary.args == args and self._holds(summary):
                return self._apply(summary, caller)
        if self.stack.get(method, 0) >= 2 or len(self.frames) >= MAX_DEPTH:
            if len(self.frames) >= MAX_DEPTH:
                self.budget.spent.setdefault(self.budget.entry)
            if caller:
                caller.cut = True
            return self.opaque(args)
        self.visited.add(method)
        kept = self.heap
        if kept.depth > _PILE:
            self.heap = Heap(self.base, kept.since(self.base))
        frame = Frame(method, site, context, self.heap, self.clock, args)
        summary = self.interpret(frame, code)
        self.heap = kept
        known.append(summary)
        if len(known) > _SUMMARIES:
            known.pop(0)
        return self._apply(summary, caller, fresh=True)

    def opaque(self, args: tuple[Value, ...]) -> Value:
        """What comes out of code that is not entered: unknown, with what went in."""
        taints: frozenset[Taint] = frozenset()
        for arg in args:
            taints |= arg.taints
        return Value(frozenset(), taints, True)

    def _holds(self, summary: Summary) -> bool:
        for key, then in summary.reads.items():
            now = self.load(key)
            if now is then:
                continue
            if now is None or then is None or now[0] != then[0]:
                return False
        return True

    def _apply(
        self, summary: Summary, caller: Frame | None, *, fresh: bool = False
    ) -> Value | None:
        if not fresh:
            # The writing is new, even though the values are not.
            for key, (value, _) in summary.writes.items():
                self.clock += 1
                self.heap.changes[key] = (value, self.clock)
                if key[1] == NEW and value.only() == 1:
                    self._forget(key[0], summary.writes)
        else:
            self.heap.changes.update(summary.writes)
        if caller:
            for event, payload in summary.events.items():
                self.note(event, payload, caller)
            caller.thrown = join(caller.thrown, summary.thrown)
            caller.cut = caller.cut or summary.cut
        if summary.cut and not summary.returns:
            return self.opaque(summary.args)  # where it was cut off is not where it ends
        return summary.returned if summary.returns else None

    def _forget(self, made: Obj | str, writes: dict[Key, Stored]) -> None:
        """An object made anew has nothing of what an earlier run stored under its name."""
        for name in self.names.get(made, ()):
            if (made, name) not in writes:
                self.heap.changes[(made, name)] = (NOTHING, self.clock)

    def note(self, event: Event, payload: Payload, frame: Frame | None = None) -> None:
        """Add to what the frame showed, under the conditions that hold here."""
        frame = frame or self.frames[-1]
        old = frame.events.get(event)
        frame.events[event] = noted(old, payload, frame.guards)

    def interpret(self, frame: Frame, code: MethodCode) -> Summary:
        """Interpret a body from the heap at hand, which stays as it is."""
        self.frames.append(frame)
        self.stack[frame.method] = self.stack.get(frame.method, 0) + 1
        outer = self.heap
        try:
            exit_heap = _Run(self, frame, code).finish()
        finally:
            self.frames.pop()
            self.stack[frame.method] -= 1
            self.heap = outer
        writes = exit_heap.since(frame.entry) if exit_heap else {}
        return Summary(
            frame.args,
            frame.reads,
            writes,
            frame.events,
            frame.returned,
            frame.returns,
            frame.thrown,
            frame.cut,
        )

    def declaring(self, fid: int) -> str:
        """The class that declares a static field which the code may name through a subclass."""
        cls = self.declarers.get(fid)
        if cls is None:
            info = self.index.field(fid)
            found = self.index.lookup_field(info.cls, info.name, info.type)
            cls = info.cls if found is None else self.index.field(found).cls
            self.declarers[fid] = cls
        return cls

    def graph(self, method: int, code: MethodCode) -> Graph:
        """The blocks of a method, kept."""
        graph = self.graphs.get(method)
        if graph is None:
            graph = self.graphs[method] = build_graph(code)
        return graph

    # ------------------------------------------------------------ for subclasses

    def invoke(self, frame: Frame, insn: Insn, args: tuple[Value, ...]) -> Value | None:
        """Interpret a call; None when it never returns."""
        raise NotImplementedError

    def prepare(self, cls: str) -> None:
        """Run the static initializer of `cls` when it is first used."""
        raise NotImplementedError

    def missing(self, owner: Value, cls: str, name: str, type_: str) -> Value:
        """What stands in a field that nothing was stored into."""
        raise NotImplementedError

    def static(self, fid: int) -> Value:
        """Value of a static field."""
        raise NotImplementedError


State = tuple[list[Value], Heap, frozenset[Condition]]


class _Run:
    """The work-list of one method."""

    def __init__(self, machine: Machine, frame: Frame, code: MethodCode) -> None:
        self.m = machine
        self.frame = frame
        self.code = code
        self.graph = machine.graph(frame.method, code)
        self.states: dict[int, State] = {}
        self.visits: dict[int, int] = {}
        self.exits: Heap | None = None

    def finish(self) -> Heap | None:
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
        order = self.graph.order
        while pending:
            number = min(pending, key=order.__getitem__)
            pending.discard(number)
            visits = self.visits[number] = self.visits.get(number, 0) + 1
            block = self.graph.blocks[number]
            if visits > MAX_VISITS:
                self.m.budget.spent.setdefault(self.m.budget.entry)
                frame.cut = True
                continue
            if not self.m.budget.take(block.end - block.start):
                frame.cut = True
                continue
            for successor in self._block(number):
                pending.add(successor)
        if self.exits is None:
            return frame.entry
        return self.exits

    def _block(self, number: int) -> list[int]:
        """Interpret one block; return the blocks whose entry state grew."""
        m, frame = self.m, self.frame
        registers, heap, guards = self.states[number]
        registers = list(registers)
        block = self.graph.blocks[number]
        m.heap = heap.branch(frame.entry)
        frame.guards = guards
        grown: list[int] = []
        handlers = tuple(dict.fromkeys(h for h, _ in block.handlers))
        covered: Heap | None = None
        if handlers:  # what stood at the end of the blocks before has reached them already
            for handler in block.fresh:
                self._flow(handler, registers, m.heap, guards, grown)
            m.heap = m.heap.branch(frame.entry)
            covered = m.heap.parent
        alive = True
        insns, ops = self.code.insns, m.ops
        for position in range(block.start, block.end):
            insn = insns[position]
            frame.offset = insn.offset
            op = insn.op
            if 0x32 <= op <= 0x3D or op in (0x2B, 0x2C):
                break
            if 0x0E <= op <= 0x11:
                self._return(registers, insn)
                return grown
            if insn.ref is None and op in REFERRING:  # told by the index; no verifier lets it pass
                alive = False
                break
            if op == 0x27:
                frame.thrown = join(frame.thrown, registers[insn.regs[0]])
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
        if not alive:
            if not handlers:
                self._leave(m.heap)
            return grown
        for successor, added in self._branches(block, registers):
            self._flow(successor, registers, m.heap, frame.guards | added, grown)
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
        for handler in handlers:
            self._flow(handler, registers, m.heap, self.frame.guards, grown, covered)
        m.heap = m.heap.branch(self.frame.entry)
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
        old = self.states.get(number)
        if old is None:
            self.states[number] = (list(registers), heap, guards)
            grown.append(number)
            return
        registers_then, heap_then, guards_then = old
        joined = registers_then
        grows = self.visits.get(number, 0) >= WIDEN
        for n, value in enumerate(registers):
            before = registers_then[n]
            if value is before:
                continue
            total = join(before, value)
            if total is not before:
                if joined is registers_then:
                    joined = list(registers_then)
                joined[n] = widened(total) if grows else total
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
            frame.returned = join(frame.returned, value)
        self._leave(self.m.heap)

    def _leave(self, heap: Heap) -> None:
        if self.exits is None:
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


def _without_constants(value: Value) -> Value:
    kept = frozenset(a for a in value.atoms if type(a) not in (int, str))
    return value if kept == value.atoms else Value(kept, value.taints, True)


Operation = Callable[[Frame, list[Value], "Insn"], bool | None]


def _operations(m: Machine) -> list[Operation]:  # noqa: C901, PLR0915 - a table
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


def entry_name(key: Value) -> str:
    """Field name of the entry under `key`: `[k]`, or `[?]` when the key isn't one constant."""
    atom = key.only()
    if type(atom) is str and len(atom) <= 200:
        return f"[{atom}]"
    if type(atom) is int:
        return f"[{atom}]"
    return "[?]"


_NUMBERS = frozenset(("[I", "[B", "[C", "[S", "[Z", "[J"))


def get_entry(m: Machine, container: Value, key: Value) -> Value:
    """Entries that stand under `key`; taints of the container itself count for each."""
    name = entry_name(key)
    total = NOTHING
    for obj in container.objects():
        if name == "[?]":
            total = join(total, all_entries(m, obj))
        else:
            for each in (name, "[?]"):
                found = m.get_field(obj, each)
                if found is not None:
                    total = join(total, found)
            if total is NOTHING and obj.type.startswith("[["):
                row = of(m.made(obj.type[1:], ("row", obj.number, name)))
                m.put_field(of(obj), name, row)
                total = row
            elif total is NOTHING and obj.type in _NUMBERS and m.load((obj, NEW)):
                total = ZERO  # a new array of numbers holds zeros
    if container.any or total is NOTHING:
        total = Value(total.atoms, total.taints, True)
    return total.with_taints(container.taints)


def put_entry(m: Machine, container: Value, key: Value, value: Value) -> None:
    """Store under `key`: strongly when container and key are each but one."""
    name = entry_name(key)
    if value.taints:
        frame = m.frames[-1]
        taints = stepped(value.taints, "store", frame.method, frame.offset, name)
        value = Value(value.atoms, taints, value.any)
    m.put_field(container, name, value, weak=name == "[?]")


def all_entries(m: Machine, obj: Obj) -> Value:
    """Every entry of a container."""
    total = NOTHING
    for name in list(m.names.get(obj, ())):
        if name[:1] == "[":
            found = m.get_field(obj, name)
            if found is None:
                continue
            if found.taints and name[1:-1].lstrip("-").isidentifier():
                labelled = relabelled(found.taints, name[1:-1])
                found = Value(found.atoms, labelled, found.any)
            total = join(total, found)
    return total


def read_field(m: Machine, owner: Value, cls: str, name: str, type_: str) -> Value:
    """A field of every object of `owner`; taints of the reference itself count."""
    total = NOTHING
    unknown = owner.any
    for obj in owner.objects():
        found = m.get_field(obj, name)
        if found is None:
            found = m.missing(of(obj), cls, name, type_)
            if not obj.app:
                found = found.with_taints(all_entries(m, obj).taints)
        total = join(total, found)
    if unknown or total is NOTHING:
        total = join(total, m.missing(owner, cls, name, type_))
    if owner.taints:
        total = total.with_taints(owner.taints)
    return total
