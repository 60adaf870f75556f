"""What a call means: source, query, sink, library model, a body of the app, or none of these.

`Engine` adds to `Machine` the meaning of calls and of statics. What it learns on the way (reads of
personal data, sends, callbacks to run later) it notes as *events* of the frame at hand; `roots.py`
runs the entry points and collects the events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.dex import CodeIndex, MethodInfo
from auditor.flows import (
    bodies,
    defaults,
    effecting,
    passing,
    requests,
    sinks,
    sources,
    strings,
    targets,
)
from auditor.flows.events import PICKED, Source
from auditor.flows.frames import Budget, Frame
from auditor.flows.knowledge import QueryEntry, SinkEntry, SourceEntry, UriEntry
from auditor.flows.machine import Machine
from auditor.flows.models import Knowledge, Model
from auditor.flows.renamed import Recognised, Renamed
from auditor.flows.textual import Textual
from auditor.flows.values import (
    ANY,
    NOTHING,
    Obj,
    Value,
    join,
    of,
)
from auditor.model import Limit, Manifest, Resources, View

if TYPE_CHECKING:
    from auditor.dex import Insn

_BODIES_MAX = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """What all calls that name one method have in common."""

    chain: tuple[str, ...]
    """Supertypes of the class that it names."""
    sources: tuple[SourceEntry, ...]
    queries: tuple[QueryEntry, ...]
    sinks: tuple[SinkEntry, ...]
    uris: tuple[UriEntry, ...]
    described: bool
    """One of these is not empty."""
    column: bool
    """It reads a column of a cursor."""
    interface: bool
    """It may be an annotated request."""
    text: strings.Function | None
    control: bool
    """It may act on screens and components."""


class Engine(Machine):
    """The interpreter with all it knows about libraries."""

    def __init__(
        self,
        index: CodeIndex,
        knowledge: Knowledge,
        manifest: Manifest,
        resources: Resources,
        budget: Budget,
    ) -> None:
        """Nothing is interpreted yet."""
        super().__init__(index, budget)
        self.know = knowledge
        self.manifest = manifest
        self.resources = resources
        self.sources: list[Source] = [Source(PICKED, "", (-1, 0), -1, "picked", "one_picked", "")]
        self.source_numbers: dict[tuple[object, ...], int] = {}
        self.limits: dict[Limit, None] = {}
        self.component: Obj | None = None
        self.hosts: dict[Obj, dict[Obj, None]] = {}
        """Fragment → the components that show it."""
        self.views: dict[int, View] = {}
        self.picks: dict[str, None] = {}
        """Data types of which the app lets the user pick a row."""
        self.pick_screens: set[str] = set()
        """Classes of the components that do so."""
        self.bases: dict[str, None] = {}
        """Base addresses of the clients seen so far; `bases_of` those of each interface."""
        self.bases_of: dict[str, dict[str, None]] = {}
        self.unresolved_start = False
        self.plans: dict[int, Plan] = {}
        self.kinds: dict[tuple[str, str], str] = {}
        self.targets: dict[tuple[int, str], tuple[str, object]] = {}
        self.decoded: dict[tuple[int, str], str | None] = {}
        self.gave_up: dict[int, int] = {}
        self.callbacks: dict[str, list[tuple[str, int]]] = {}
        self.serialized: dict[tuple[str, str], str] = {}
        self.files: Callable[[str], bytes | None] = lambda path: None
        """Bytes of a file of the package by its path, None when there is none."""
        self.switches: dict[str, bool] = {}
        """Class of an interceptor → whether it gives requests another address."""
        self.contents: dict[str, str] = {}
        """Texts of the files that code has opened, by the constant that stands for them."""
        self.sealed: dict[str, bool] = {}
        self.request_methods: dict[int, bool] = {}
        self.renamed = Renamed(index, knowledge.renamed)
        self.textual = Textual(index)
        self.partial = False
        """Not every method is interpreted: fields may be stored into by others."""
        self.callback_classes: set[str] = set()
        """Classes whose objects, handed on, can come to read personal data when called back."""
        self.idle = 0
        """How many methods deep the interpreter is in code of no interest."""
        self.enter: Callable[[int], bool] = lambda method: True
        """Whether the body of a method may be entered when nothing of interest goes in."""

    # ------------------------------------------------------------ calls

    def limit(self, kind: str, method: int, why: str) -> None:
        """Note what could not be followed, once."""
        self.limits.setdefault(Limit(kind, self.index.signature(method), why))

    def invoke(self, frame: Frame, insn: Insn, args: tuple[Value, ...]) -> Value | None:
        """Interpret one invoke instruction."""
        if insn.op in (0xFC, 0xFD):
            return self._invoke_custom(insn, args)
        method = self.index.method(int(insn.ref))  # type: ignore[arg-type]
        static = insn.op in (0x71, 0x77)
        args = _narrow(args, method, static)
        if not args and not static:
            return ANY  # no verifier lets it pass
        return self.call(method, args, static=static, virtual=insn.op in (0x6E, 0x72, 0x74, 0x78))

    def call(
        self, method: MethodInfo, args: tuple[Value, ...], *, static: bool, virtual: bool
    ) -> Value | None:
        """Interpret a call of `method`; `args` begins with the receiver unless static."""
        plan = self.plans.get(method.id) or self._plan(method)
        receiver = NOTHING if static else args[0]
        params = args if static else args[1:]
        if plan.control:
            led = self.control(method, plan.chain, args, static=static)
            if led is not None:
                return led
        given = self._given(method, plan, receiver, params) if plan.described else NOTHING
        if plan.interface and not static and requests.is_request(self, method):
            result: Value | None = requests.send(self, receiver, method, params)
        else:
            result = None
            if plan.text is not None:
                result = strings.evaluate(self, plan.text, method, receiver, params, static)
            if result is None:
                result = self._dispatch(method, args, static=static, virtual=virtual)
        if plan.column and params and result is not None:
            result = sources.relabel_column(self, receiver, params[0], result)
        if given is NOTHING or result is None:
            return result if given is NOTHING else given
        if given.objects() or result.any or not result.atoms:
            objects = given if given.objects() else Value(result.atoms, given.taints, True)
            return objects.with_taints(result.taints)
        return result.with_taints(given.taints)

    def _plan(self, method: MethodInfo) -> Plan:
        know, name, params = self.know, method.name, method.params
        chain = self.types.chain(method.cls)
        sources_ = know.sources.find(chain, name, params)
        queries = know.queries.find(chain, name, params)
        sinks_ = know.sinks.find(chain, name, params)
        uris = know.uri_methods.find(chain, name, params)
        column = name.startswith("get") and params == ("I",)
        plan = Plan(
            chain=chain,
            sources=tuple(sources_),
            queries=tuple(queries),
            sinks=tuple(sinks_),
            uris=tuple(uris[:1]),
            described=bool(sources_ or queries or sinks_ or uris),
            column=column and "Landroid/database/Cursor;" in chain,
            interface=bool(self.index.class_access(method.cls) & 0x200),
            text=strings.function_of(self, method, chain),
            control=self.controls(method, chain),
        )
        if method.id >= 0:  # others are made for one call
            self.plans[method.id] = plan
        return plan

    def _given(
        self, method: MethodInfo, plan: Plan, receiver: Value, params: tuple[Value, ...]
    ) -> Value:
        """What the call reads, by the catalog; what it gives away is noted."""
        given = NOTHING
        for source in plan.sources:
            env = effecting.Env(self, method, receiver, params)
            given = join(given, sources.give(env, source))
        for query in plan.queries:
            env = effecting.Env(self, method, receiver, params)
            given = join(given, sources.query(env, query))
        for sink in plan.sinks:
            sinks.send(effecting.Env(self, method, receiver, params, given), sink)
        for uri in plan.uris:
            given = join(given, of(sources.uri_object(self, uri.uris[0] if uri.uris else uri.id)))
        return given

    def _dispatch(
        self, method: MethodInfo, args: tuple[Value, ...], *, static: bool, virtual: bool
    ) -> Value | None:
        if static or not virtual:
            return self.land(method, method.cls, args, static=static)
        receiver = args[0]
        objects = receiver.objects()
        if not objects:
            return self._unknown_receiver(method, args)
        kinds: dict[str, list[Obj]] = {}
        for obj in objects:
            kinds.setdefault(self._kind(obj.type, method.cls), []).append(obj)
        total: Value | None = None
        for kind, alike in kinds.items():
            this = Value(frozenset(alike), receiver.taints)
            result = self.land(method, kind, (this, *args[1:]), static=False)
            if result is not None:
                total = result if total is None else join(total, result)
        return total

    def _kind(self, type_: str, cls: str) -> str:
        """The type by which a call of a method of `cls` on an object of `type_` is decided."""
        kind = self.kinds.get((type_, cls))
        if kind is None:
            # An object of a library may be seen through another of its types.
            own = self.index.is_defined(type_) or self.types.is_a(type_, cls)
            kind = self.kinds[(type_, cls)] = type_ if own else cls
        return kind

    def _unknown_receiver(self, method: MethodInfo, args: tuple[Value, ...]) -> Value | None:
        kinds = self.types.implementations(method.cls, method.name, method.proto)
        if not kinds or len(kinds) > _BODIES_MAX or not self.index.is_defined(method.cls):
            return self.land(method, method.cls, args, static=False)
        total: Value | None = None
        for kind in kinds:
            this = of(self.made(kind, ("any", kind))).with_taints(args[0].taints)
            result = self.land(method, kind, (this, *args[1:]), static=False)
            if result is not None:
                total = result if total is None else join(total, result)
        return total

    def land(
        self, method: MethodInfo, kind: str, args: tuple[Value, ...], *, static: bool
    ) -> Value | None:
        """Run the implementation that objects of type `kind` have."""
        key = (method.id, kind)
        target = self.targets.get(key)
        if target is None:
            target = targets.target_of(self, method, kind)
            if method.id >= 0:
                self.targets[key] = target
        what, thing = target
        if what == "model":
            assert isinstance(thing, Model)
            receiver = NOTHING if static else args[0]
            params = args if static else args[1:]
            result: Value | None = effecting.apply(self, thing, method, receiver, params)
            if thing.keeps_body:
                body = targets.body_of(self, method, kind)
                if body is not None:
                    bodies.enter_body(self, body, args)
            return result
        if what == "body":
            assert isinstance(thing, int)
            known = self.renamed.methods.get(thing)
            if known is not None:
                return self._renamed(known, thing, args, static=static)
            return bodies.enter_body(self, thing, args)
        return passing.pass_on(self, method, args, static=static)

    def _renamed(
        self, known: Recognised, method: int, args: tuple[Value, ...], *, static: bool
    ) -> Value | None:
        """A method of a library that was renamed, as the catalog describes it."""
        info = self.index.method(method)
        if known.library:
            self.limit("renamed_library", method, f"taken for {known.library} by its texts")
        receiver, params = (NOTHING, args) if static else (args[0], args[1:])
        others = [n for n in range(len(params)) if n not in known.positions]
        order = (*known.positions, *others)
        chosen = tuple(params[n] if n < len(params) else ANY for n in order)
        result = bodies.enter_body(self, method, args) if known.after else None
        if known.after and result is None:
            return None
        if known.sink is not None:
            sinks.send(effecting.Env(self, info, receiver, chosen, NOTHING), known.sink)
        return effecting.carry_out(self, known.statements, info, receiver, chosen, result)

    def call_named(self, on: Value, name: str, args: tuple[Value, ...]) -> Value | None:
        """Call the method `name` of each object: a body of the app, else a model."""
        total: Value | None = None
        for obj in on.objects():
            for method in targets.methods_called(self, obj.type, name, len(args)):
                passed = self._fitted(method, args)
                this = Value(frozenset((obj,)), on.taints)
                result = self.land(method, obj.type, (this, *passed), static=False)
                if result is not None:
                    total = result if total is None else join(total, result)
        return total

    def _fitted(self, method: MethodInfo, args: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple(
            defaults.typed(self, param, ("argument", method.id, n)) if arg is ANY else arg
            for n, (param, arg) in enumerate(zip(method.params, args, strict=False))
        )

    def _invoke_custom(self, insn: Insn, args: tuple[Value, ...]) -> Value:
        obj = self.allocate("Lauditor/Lambda;", "lambda")
        site = self.index.call_site(int(insn.ref))  # type: ignore[arg-type]
        for n, arg in enumerate(args):
            self.put_field(of(obj), f"captured{n}", arg)
        self.put_field(of(obj), "$site", of(str(site)))
        return of(obj)

    # ------------------------------------------------------------ statics and fields

    def prepare(self, cls: str) -> None:
        """Run the static initializer of an app class, once, before anything else is known."""
        defaults.run_initializer(self, cls)

    def static(self, fid: int) -> Value:
        """A static field: of the platform, stored, or as the DEX file initialises it."""
        return defaults.static_field(self, fid)

    def missing(self, owner: Value, cls: str, name: str, type_: str) -> Value:
        """A field nothing was stored into: its default, or unknown when others may store."""
        return defaults.unset_field(self, owner, cls, name, type_)

    # ------------------------------------------------------------ for subclasses

    def controls(self, method: MethodInfo, chain: tuple[str, ...]) -> bool:
        """Tell whether calls of a method may act on screens and components."""
        return False

    def control(
        self,
        method: MethodInfo,
        chain: tuple[str, ...],
        args: tuple[Value, ...],
        *,
        static: bool,
    ) -> Value | None:
        """Let such a call act; what it gives when that is all it does."""
        return None

    def stays_inside(self, params: tuple[Value, ...]) -> bool:
        """Tell whether a message is an Intent that only the app itself receives."""
        raise NotImplementedError

    def start_component(self, intent: Value, kind: str) -> None:
        """Start the component that an Intent names."""
        raise NotImplementedError

    def binder_of(self, intent: Value) -> Value:
        """What `onBind` of the service that an Intent names returns."""
        raise NotImplementedError

    def view_object(self, identifier: Value, type_: str) -> Obj:
        """The view of that id in the screen at hand."""
        raise NotImplementedError

    def use_layout(self, identifier: Value, owner: Value) -> None:
        """Make a layout's views and callbacks known."""
        raise NotImplementedError

    def reflect(self, member: Value, on: Value, args: Value) -> Value:
        """`Method.invoke` or `Field.get`."""
        raise NotImplementedError

    def expose(self, value: Value, view: Value) -> None:
        """`addJavascriptInterface`: let a page call methods of an object."""
        raise NotImplementedError

    def publish(self, event: Value) -> None:
        """Hand an event to its subscribers."""
        raise NotImplementedError


def _narrow(args: tuple[Value, ...], method: MethodInfo, static: bool) -> tuple[Value, ...]:
    """One value an argument: of the two registers of a long or double, the first."""
    if "J" not in method.params and "D" not in method.params:
        return args
    found = list(args[: 0 if static else 1])
    at = len(found)
    for param in method.params:
        if at < len(args):
            found.append(args[at])
        at += 2 if param in ("J", "D") else 1
    return tuple(found)
