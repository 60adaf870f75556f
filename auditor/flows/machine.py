"""The interpreter: one method at a time over abstract values, with the heap carried along.

Flow-sensitive inside a method (a work-list over basic blocks, in reverse post-order), context-
sensitive by the last call sites, strong updates on objects that stand for one. A finished call is
kept as a *summary* with all that it read from the heap; it is used again wherever arguments and
readings are the same (memoization by dependency, as in Adapton; the abstract domain is that of a
bounded points-to and constant analysis). What a call means stands in `engine.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.dex import CodeIndex, MethodCode
from auditor.flows.apart import build_graph
from auditor.flows.cfg import Graph
from auditor.flows.events import Event, Payload, Site, noted
from auditor.flows.frames import Budget, Frame, Summary
from auditor.flows.heap import NEW, Heap, Key, Stored
from auditor.flows.liveness import is_read_later, read_at_begin
from auditor.flows.operations import operations
from auditor.flows.running import Run
from auditor.flows.types import Types
from auditor.flows.values import (
    ANY,
    BUILDERS,
    NOTHING,
    Obj,
    Taint,
    Value,
    join,
    of,
)

if TYPE_CHECKING:
    from auditor.dex import Insn

MAX_DEPTH = 48
NESTED = 8
"""So often a method stands in one chain of calls, on another object each time; else twice."""
CONTEXT = 3
_OFTEN = 40
"""Calls of one method in one run after which its contexts and constants are not told apart."""
_SUMMARIES = 4
_PILE = 7
"""Layers of the heap beyond which a call begins with a flat copy."""


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
        self.reads: dict[int, list[int]] = {}
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
        self.ops = operations(self)

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
        if self._is_again(method, args) or len(self.frames) >= MAX_DEPTH:
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

    def _is_again(self, method: int, args: tuple[Value, ...]) -> bool:
        """Tell whether a method is in the chain of calls already, often or on the same object."""
        above = self.stack.get(method, 0)
        if above < 2:
            return False
        here = args[0].objects() if args else ()
        if above >= NESTED or len(here) != 1:
            return True
        on = (f.args[0].objects() for f in self.frames if f.method == method and f.args)
        return any(here[0] in objects for objects in on)

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
            exit_heap = Run(self, frame, code).finish()
        finally:
            self.frames.pop()
            self.stack[frame.method] -= 1
            self.heap = outer
        writes = exit_heap.since(frame.entry)
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

    def needed(self, method: int, code: MethodCode) -> list[int]:
        """The registers that count at the beginning of each block of a method, kept."""
        needed = self.reads.get(method)
        if needed is None:
            needed = self.reads[method] = read_at_begin(code, self.graph(method, code))
        return needed

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


def _without_constants(value: Value) -> Value:
    kept = frozenset(a for a in value.atoms if type(a) not in (int, str))
    return value if kept == value.atoms else Value(kept, value.taints, True)
