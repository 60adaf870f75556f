"""What a call means: source, query, sink, library model, a body of the app, or none of these.

`Engine` adds to `Machine` the meaning of calls and of statics. What it learns on the way (reads of
personal data, sends, callbacks to run later) it notes as *events* of the frame at hand; `roots.py`
runs the entry points and collects the events.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from auditor.dex import CodeIndex, MethodInfo
from auditor.flows import concrete, effecting, requests, strings
from auditor.flows.effects import parse_effects
from auditor.flows.events import PICKED, Later, Read, Send, Source
from auditor.flows.heap import Heap
from auditor.flows.knowledge import QueryEntry, SinkEntry, SourceEntry
from auditor.flows.machine import Budget, Frame, Machine, read_field
from auditor.flows.models import Knowledge, Model
from auditor.flows.renamed import Recognised, Renamed
from auditor.flows.values import (
    ANY,
    NOTHING,
    TRUTH,
    ZERO,
    ClassRef,
    Obj,
    Taint,
    Template,
    Trail,
    Value,
    join,
    of,
    relabelled,
    stepped,
    tainted,
)
from auditor.model import Limit, Manifest, Resources, View

if TYPE_CHECKING:
    from auditor.dex import Insn

_GETTERS_OF_NOTHING = frozenset(
    [
        "size",
        "length",
        "isEmpty",
        "hashCode",
        "equals",
        "equalsIgnoreCase",
        "contains",
        "containsKey",
        "containsValue",
        "startsWith",
        "endsWith",
        "indexOf",
        "lastIndexOf",
        "matches",
        "compareTo",
        "hasNext",
        "moveToNext",
        "moveToFirst",
        "moveToPosition",
        "moveToLast",
        "getCount",
        "getColumnCount",
        "isClosed",
        "isAfterLast",
        "isBeforeFirst",
        "close",
        "getClass",
        "notify",
        "notifyAll",
        "wait",
    ]
)
_FILLERS = ("set", "add", "put", "append", "write", "push", "insert", "with", "offer", "<init>")
_BODIES_MAX = 10
_IDLE = 3
_IDLE_SIZE = 80
"""Of code of no interest, small methods are entered three deep: they make objects and addresses."""
_INSIDE, _INSIDE_MOST = 8, 60
"""How deep, and in how many objects, data are looked for before a body is passed over."""
_OBJECT = "Ljava/lang/Object;"


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
        self.detached = False
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
        self.opaque_classes: frozenset[str] = frozenset()
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
        chain = self.types.chain(method.cls)
        receiver = NOTHING if static else args[0]
        params = args if static else args[1:]
        know, name = self.know, method.name
        given = NOTHING
        for source in know.sources.find(chain, name, method.params):
            given = join(given, self._source(source, method, receiver, params))
        for query in know.queries.find(chain, name, method.params):
            given = join(given, self._query(query, method, receiver, params))
        for sink in know.sinks.find(chain, name, method.params):
            self._send(sink, method, receiver, params, given)
        uri = know.uri_methods.find(chain, name, method.params)
        if uri:
            given = join(given, of(self.uri_object(uri[0].uris[0] if uri[0].uris else uri[0].id)))
        if not static and requests.is_request(self, receiver, method):
            result: Value | None = requests.send(self, receiver, method, params)
        else:
            result = strings.evaluate(self, method, receiver, params, static=static)
            if result is None:
                result = self._dispatch(method, args, chain, static=static, virtual=virtual)
        column = params and method.name.startswith("get") and method.params == ("I",)
        if column and result is not None and "Landroid/database/Cursor;" in chain:
            result = self.relabel_column(receiver, params[0], result)
        if given is NOTHING or result is None:
            return result if given is NOTHING else given
        if given.objects() or result.any or not result.atoms:
            objects = given if given.objects() else Value(result.atoms, given.taints, True)
            return objects.with_taints(result.taints)
        return result.with_taints(given.taints)

    def _dispatch(
        self,
        method: MethodInfo,
        args: tuple[Value, ...],
        chain: Sequence[str],
        *,
        static: bool,
        virtual: bool,
    ) -> Value | None:
        if static or not virtual:
            return self._land(method, method.cls, args, static=static)
        receiver = args[0]
        kinds: dict[str, list[Obj]] = {}
        for obj in receiver.objects():
            kinds.setdefault(self._kind(obj, method), []).append(obj)
        results: list[Value] = []
        returned = False
        for kind, objects in kinds.items():
            this = Value(frozenset(objects), receiver.taints)
            result = self._land(method, kind, (this, *args[1:]), static=False)
            if result is not None:
                returned = True
                results.append(result)
        if not kinds:
            return self._unknown_receiver(method, args)
        if not returned:
            return None
        total = results[0]
        for result in results[1:]:
            total = join(total, result)
        return total

    def _kind(self, obj: Obj, method: MethodInfo) -> str:
        if self.types.is_a(obj.type, method.cls) or not self.index.is_defined(obj.type):
            known = obj.type
            if not self.index.is_defined(known) and not self.types.is_a(known, method.cls):
                return method.cls  # an object of a library, seen through another of its types
            return known
        return obj.type

    def _unknown_receiver(self, method: MethodInfo, args: tuple[Value, ...]) -> Value | None:
        kinds = self.types.implementations(method.cls, method.name, method.proto)
        if not kinds or len(kinds) > _BODIES_MAX or not self.index.is_defined(method.cls):
            return self._land(method, method.cls, args, static=False)
        total: Value | None = None
        for kind in kinds:
            this = of(self.made(kind, ("any", kind))).with_taints(args[0].taints)
            result = self._land(method, kind, (this, *args[1:]), static=False)
            if result is not None:
                total = result if total is None else join(total, result)
        return total

    def _land(
        self, method: MethodInfo, kind: str, args: tuple[Value, ...], *, static: bool
    ) -> Value | None:
        """Run the implementation that objects of type `kind` have."""
        key = (method.id, kind)
        target = self.targets.get(key)
        if target is None:
            target = self.targets[key] = self._target(method, kind)
        what, thing = target
        if what == "model":
            assert isinstance(thing, Model)
            receiver = NOTHING if static else args[0]
            params = args if static else args[1:]
            result: Value | None = effecting.apply(self, thing, method, receiver, params)
            if thing.keeps_body:
                body = self._body(method, kind)
                if body is not None:
                    self.enter_body(body, args)
            return result
        if what == "body":
            assert isinstance(thing, int)
            known = self.renamed.methods.get(thing)
            if known is not None:
                return self._renamed(known, thing, args, static=static)
            return self.enter_body(thing, args)
        return self._default(method, args, static=static)

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
        result = self.enter_body(method, args) if known.after else None
        if known.after and result is None:
            return None
        if known.sink is not None:
            self._send(known.sink, info, receiver, chosen)
        return effecting.carry_out(self, known.statements, info, receiver, chosen, result)

    def _target(self, method: MethodInfo, kind: str) -> tuple[str, object]:
        body = self._body(method, kind)
        owner = self.index.method(body).cls if body is not None else None
        for cls in self.types.chain(kind):
            models = self.know.models.find((cls,), method.name, method.params)
            if cls == _OBJECT and method.name == "toString" and self.index.is_defined(kind):
                break  # of an object of the app it tells nothing of what is inside
            if models:
                return "model", models[0]
            if cls == owner:
                break
        if body is not None:
            return "body", body
        described = self._annotated_model(method)
        return ("model", described) if described else ("none", None)

    def _annotated_model(self, method: MethodInfo) -> Model | None:
        """Model of an annotation on an abstract method that some library implements (Room)."""
        if not self.index.is_defined(method.cls):
            return None
        declared = self.index.lookup(method.cls, method.name, method.proto)
        if declared is None:
            return None
        for annotation in self.index.method_annotations(declared):
            models = self.know.models.find((annotation.type,), "implemented", method.params)
            if models:
                return models[0]
        return None

    def _body(self, method: MethodInfo, kind: str) -> int | None:
        found = self.index.lookup(kind, method.name, method.proto)
        if found is None or not self.index.method(found).has_code:
            return None
        if found not in self.renamed.methods and self.is_opaque(self.index.method(found).cls):
            return None
        return found

    def is_opaque(self, cls: str) -> bool:
        """Tell whether `cls` belongs to library code that is not entered."""
        return cls.startswith(self.know.opaque) or cls in self.renamed.opaque

    def enter_body(self, method: int, args: tuple[Value, ...]) -> Value | None:
        """Interpret a method of the app, unless nothing that goes in is of interest there."""
        frame = self.frames[-1]
        info = self.index.method(method)
        if info.access & 0x8:
            self.prepare(info.cls)
        text = self._decoded(info, args)
        if text is not None:
            return of(text)
        idle = not self.enter(method) and not self.carries(args)
        if idle and (self.idle >= _IDLE or self.index.size(method) > _IDLE_SIZE):
            return self.typed(info.ret, ("skip", method, frame.method, frame.offset))
        noted = tuple(
            Value(a.atoms, stepped(a.taints, "call", frame.method, frame.offset, ""), a.any)
            if a.taints
            else a
            for a in args
        )
        for arg in args:
            self.keep(arg)
        self.idle += idle
        try:
            return self.run(method, noted, (frame.method, frame.offset))
        finally:
            self.idle -= idle

    def _decoded(self, info: MethodInfo, args: tuple[Value, ...]) -> str | None:
        """Text that a decoder of the app makes of constants, when that is all it does."""
        if info.ret != strings.STRING or len(args) > 6 or self.gave_up.get(info.id, 0) > 2:
            return None
        plain: list[object] = []
        for n, arg in enumerate(args):
            if n == 0 and not info.access & 0x8:
                plain.append(concrete.Thing(info.cls, given=True))
                continue
            known, value = strings.plain(self, arg)
            if not known:
                return None
            plain.append(value)
        key = (info.id, repr(plain[0 if info.access & 0x8 else 1 :]))
        if key not in self.decoded:
            self.decoded[key] = concrete.run(self.index, info.id, plain, self.is_described)
            if self.decoded[key] is None:
                self.gave_up[info.id] = self.gave_up.get(info.id, 0) + 1
        return self.decoded[key]

    def is_described(self, method: MethodInfo) -> bool:
        """Tell whether the catalog says anything about a method."""
        chain, know = self.types.chain(method.cls), self.know
        tables = (know.sources, know.queries, know.sinks, know.models)
        return any(table.find(chain, method.name, method.params) for table in tables)

    def carries(self, args: tuple[Value, ...]) -> bool:
        """Tell whether data go in, or a callback that reads some: in a value or what it holds."""
        if any(arg.taints for arg in args):
            return True
        telling, holders = self.callback_classes, self.holders
        if not telling and not holders:
            return False
        level = [obj for arg in args for obj in arg.objects()]
        seen: set[Obj] = set()
        for depth in range(_INSIDE):
            below: list[Obj] = []
            for obj in level:
                if obj in holders or obj.type in telling:
                    return True
                if obj in seen or len(seen) > _INSIDE_MOST:
                    continue
                seen.add(obj)
                if depth and effecting.is_sealed(self, obj):
                    continue
                for name in self.names.get(obj, ()):
                    found = self.heap.find((obj, name))
                    if found is not None:
                        below += [o for o in found[0].atoms if type(o) is Obj]
            level = below
        return False

    def call_named(self, on: Value, name: str, args: tuple[Value, ...]) -> Value | None:
        """Call the method `name` of each object: a body of the app, else a model."""
        total: Value | None = None
        for obj in on.objects():
            for method in self.methods_called(obj.type, name, len(args)):
                passed = self._fitted(method, args)
                this = Value(frozenset((obj,)), on.taints)
                result = self._land(method, obj.type, (this, *passed), static=False)
                if result is not None:
                    total = result if total is None else join(total, result)
        return total

    def methods_called(self, cls: str, name: str, arity: int) -> list[MethodInfo]:
        """Methods `name` with that many parameters that objects of `cls` have, bridges left out."""
        found: dict[str, MethodInfo] = {}
        at: str | None = cls
        while at and self.index.is_defined(at) and len(found) < 8:
            for mid in self.index.methods_of(at):
                info = self.index.method(mid)
                if info.name == name and len(info.params) == arity and not info.access & 0x408:
                    found.setdefault(info.proto, info)
            at = self.index.superclass(at)
        real = [m for m in found.values() if not m.access & 0x1000]
        if real or found:
            return real or list(found.values())
        for above in self.types.chain(cls):
            if self.know.models.find((above,), name, ("Ljava/lang/Object;",) * arity):
                return [_library_method(above, name, arity)]
        return []

    def _fitted(self, method: MethodInfo, args: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple(
            self.typed(param, ("argument", method.id, n)) if arg is ANY else arg
            for n, (param, arg) in enumerate(zip(method.params, args, strict=False))
        )

    def _invoke_custom(self, insn: Insn, args: tuple[Value, ...]) -> Value:
        obj = self.allocate("Lauditor/Lambda;", "lambda")
        site = self.index.call_site(int(insn.ref))  # type: ignore[arg-type]
        for n, arg in enumerate(args):
            self.put_field(of(obj), f"captured{n}", arg)
        self.put_field(of(obj), "$site", of(str(site)))
        return of(obj)

    # ------------------------------------------------------------ library code without a model

    def _default(self, method: MethodInfo, args: tuple[Value, ...], *, static: bool) -> Value:
        """A method of which nothing is known passes on what it is given.

        Data in the arguments reach the result and, for methods whose name says that they fill the
        receiver, the receiver. Objects of the app that are handed over may be called back.
        """
        taints: frozenset[Taint] = frozenset()
        for arg in args:
            taints |= arg.taints | self.held(arg)
        frame = self.frames[-1]
        if method.name in _GETTERS_OF_NOTHING or method.ret in ("Z", "V"):
            result = ANY
        else:
            result = self.typed(method.ret, (frame.method, frame.offset, "default", frame.context))
            if taints:
                note = f"{_short(method.cls)}.{method.name}"
                result = result.with_taints(
                    stepped(taints, "through", frame.method, frame.offset, note)
                )
        if not static and taints and method.name.startswith(_FILLERS):
            inside: frozenset[Taint] = frozenset()
            for arg in args[1:]:
                inside |= arg.taints | self.held(arg)
            if inside:
                self.put_field(args[0], "[?]", tainted(inside), weak=True)
        self._hand_over(args if static else args[1:])
        if method.ret == method.cls and not static and args[0].atoms:
            return join(args[0], result)
        return result

    def held(self, value: Value) -> frozenset[Taint]:
        """Data inside library objects of `value` (containers, texts), not inside the app's."""
        if not value.atoms:
            return frozenset()
        return effecting.deep_taints(self, value, app=False)

    def _hand_over(self, args: Sequence[Value]) -> None:
        for arg in args:
            for obj in arg.objects():
                if not obj.app:
                    continue
                for name, arity in effecting.callback_names(self, obj.type):
                    self.later("callback", of(obj), name, (ANY,) * arity, NOTHING)

    def later(
        self, trigger: str, on: Value, name: str, args: tuple[Value, ...], label: Value
    ) -> None:
        """Note a callback that will be run when its trigger comes."""
        frame = self.frames[-1]
        for obj in on.objects():
            event = ("later", frame.method, frame.offset, f"{obj.number}:{name}:{len(args)}")
            self.note(event, Later(trigger, of(obj), name, args, label, None))

    # ------------------------------------------------------------ sources

    def number_of(self, data_type: str, callee: int, rule: str, scope: str, detail: str) -> int:
        """Number of a source at the instruction at hand."""
        frame = self.frames[-1]
        site = (frame.method, frame.offset)
        key = (site, data_type, scope)
        number = self.source_numbers.get(key)
        if number is None:
            number = self.source_numbers[key] = len(self.sources)
            self.sources.append(Source(number, data_type, site, callee, rule, scope, detail))
        self.note(("read", *site, str(number)), Read(number, None))
        return number

    def _source(
        self,
        entry: SourceEntry,
        method: MethodInfo,
        receiver: Value,
        params: tuple[Value, ...],
    ) -> Value:
        if not self._condition_met(entry, method, receiver, params):
            return NOTHING
        number = self.number_of(entry.data_type, method.id, entry.id, entry.scope, method.name)
        taints = self._fresh_taint(number, "")
        env = effecting.Env(self, method, receiver, params)
        given = NOTHING
        for port in entry.gives:
            if port == "ret":
                made = self.typed(method.ret, (*self._here(), "source"))
                given = join(given, made.with_taints(taints))
            else:
                target = effecting.evaluate_text(env, port)
                self.put_field(target, "[?]", tainted(taints), weak=True)
        return given

    def _here(self) -> tuple[object, ...]:
        frame = self.frames[-1]
        return (frame.method, frame.offset, frame.context)

    def _fresh_taint(self, number: int, label: str) -> frozenset[Taint]:
        frame = self.frames[-1]
        trail = Trail(None, "source", frame.method, frame.offset, "", 1)
        return frozenset((Taint(number, label, trail, ()),))

    def _condition_met(
        self,
        entry: SourceEntry,
        method: MethodInfo,
        receiver: Value,
        params: tuple[Value, ...],
    ) -> bool:
        env = effecting.Env(self, method, receiver, params)
        for port, wanted in entry.when.items():
            value = effecting.evaluate_text(env, port)
            texts = {str(a) for a in value.atoms if type(a) in (str, int)}
            if not texts & set(wanted):
                return False
        for port, types in entry.when_type.items():
            value = effecting.evaluate_text(env, port)
            wanted_types = ["L" + t.replace(".", "/") + ";" for t in types]
            if not any(self.types.is_a(o.type, w) for o in value.objects() for w in wanted_types):
                return False
        return True

    def _query(
        self, entry: QueryEntry, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
    ) -> Value:
        env = effecting.Env(self, method, receiver, params)
        uri = effecting.evaluate_text(env, entry.uri)
        narrowing = uri.taints
        for expression in (entry.selection, entry.args):
            if expression:
                part = effecting.evaluate_text(env, expression)
                narrowing |= part.taints | self.held(part)
        picked = self._is_picked(narrowing)
        found: dict[str, tuple[str, str, str]] = {}
        texts, complete = self.uri_texts(uri)
        for text in texts:
            known = self.know.uri_of(text)
            if known:
                found[known.data_type] = (known.id, known.scope, text)
        if not found:
            if picked and (self.picks or not texts):
                for data_type in self.picks or {"contacts": None}:
                    found[data_type] = ("picked-row", "one_picked", "picked by the user")
            elif not complete:
                self.limit(
                    "unresolved_uri",
                    self.frames[-1].method,
                    f"the address of the query at {self.frames[-1].offset:04x} is not constant",
                )
        given = NOTHING
        for data_type, (rule, scope, detail) in sorted(found.items()):
            scope = "one_picked" if picked else scope
            number = self.number_of(data_type, method.id, rule, scope, detail)
            cursor = self.typed(method.ret, (*self._here(), "query"))
            if method.name == "<init>":
                self.put_field(receiver, "[?]", tainted(self._fresh_taint(number, "")), weak=True)
                continue
            given = join(given, cursor.with_taints(self._fresh_taint(number, "")))
        if entry.projection and given.objects():
            columns = effecting.evaluate_text(env, entry.projection)
            self.put_field(given.untainted(), "$columns", columns.untainted())
        if entry.also:
            env.result = given
            effecting.execute(env, parse_effects(entry.also))
        return given

    def _is_picked(self, taints: frozenset[Taint]) -> bool:
        scopes = {self.sources[t.source].scope for t in taints}
        return "one_picked" in scopes and "bulk" not in scopes

    def uri_object(self, text: str) -> Obj:
        """The Uri object of a constant address."""
        obj = self.made("Landroid/net/Uri;", ("uri", text))
        if (obj, "uri") not in self.base.changes:
            self.base.changes[(obj, "uri")] = (of(text), 0)
            self.names.setdefault(obj, {}).setdefault("uri")
        return obj

    def uri_texts(self, value: Value, depth: int = 0) -> tuple[list[str], bool]:
        """Constant texts (or constant beginnings) of an address, and whether all are known."""
        found: list[str] = []
        complete = not value.any
        for atom in sorted(value.atoms, key=lambda a: (str(type(a)), str(a))):
            if type(atom) is str:
                found.append(atom)
            elif type(atom) is Template:
                if atom.parts[0]:
                    found.append(atom.parts[0].rpartition("/")[0] or atom.parts[0])
                else:
                    complete = False
            elif type(atom) is Obj and depth < 3:
                for name in ("uri", "url", "path", "text"):
                    inner = self.get_field(atom, name)
                    if inner is not None:
                        texts, whole = self.uri_texts(inner, depth + 1)
                        found += texts
                        complete = complete and whole
                        break
                else:
                    complete = False
        return found, complete and bool(found)

    # ------------------------------------------------------------ sinks

    def _send(
        self,
        entry: SinkEntry,
        method: MethodInfo,
        receiver: Value,
        params: tuple[Value, ...],
        given: Value = NOTHING,
    ) -> None:
        if entry.kind == "ipc" and self.stays_inside(params):
            return
        env = effecting.Env(self, method, receiver, params, given)
        taints: frozenset[Taint] = frozenset()
        for expression in entry.data:
            taints |= effecting.deep_taints(
                self, effecting.evaluate_text(env, expression), app=True
            )
        url = effecting.evaluate_text(env, entry.url) if entry.url else NOTHING
        http = effecting.evaluate_text(env, entry.http_method) if entry.http_method else NOTHING
        if entry.to is None:
            self.sent(entry.id, entry.kind, method.id, taints, url, http)
            return
        for obj in effecting.evaluate_text(env, entry.to).objects():
            for cls in self.types.chain(obj.type):
                way = self.know.destinations.get(cls)
                if way:
                    there = effecting.Env(self, method, of(obj), ())
                    url = effecting.evaluate_text(there, way.url)
                    http = (
                        effecting.evaluate_text(there, way.http_method)
                        if way.http_method
                        else NOTHING
                    )
                    self.sent(entry.id, way.kind, method.id, taints, url, http)
                    break

    def sent(
        self,
        sink: str,
        kind: str,
        callee: int,
        taints: frozenset[Taint],
        url: Value,
        http: Value,
        named: frozenset[str] = frozenset(),
    ) -> None:
        """Note that data leave here."""
        frame = self.frames[-1]
        taints = frozenset(t for t in taints if t.source != PICKED)
        flat = self.flat_url(url)
        # One event an address: what goes to one place is not mixed with what goes to another.
        where = "|".join(sorted(map(str, flat.atoms)))[:200]
        event = ("send", frame.method, frame.offset, f"{sink}:{kind}:{where}")
        self.note(event, Send(sink, kind, callee, taints, flat, http, None, named))

    def flat_url(self, value: Value, depth: int = 0) -> Value:
        """The texts and templates of an address, taken out of Uri, URL and builder objects."""
        total = Value(
            frozenset(a for a in value.atoms if type(a) in (str, Template)), frozenset(), value.any
        )
        for obj in value.objects():
            inner = None
            for name in ("url", "uri", "text", "path"):
                inner = self.get_field(obj, name)
                if inner is not None:
                    break
            if inner is not None and depth < 4:
                total = join(total, self.flat_url(inner, depth + 1))
            else:
                total = join(total, ANY)
        return total

    # ------------------------------------------------------------ for subclasses

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

    # ------------------------------------------------------------ statics and defaults

    def prepare(self, cls: str) -> None:
        """Run the static initializer of an app class, once, before anything else is known."""
        if cls in self.prepared or not self.index.is_defined(cls):
            return
        self.prepared.add(cls)
        above = self.index.superclass(cls)
        if above:
            self.prepare(above)
        initializer = self.index.find_method(cls, "<clinit>", "()V")
        if initializer is None:
            return
        kept_heap, kept_frames, kept_clock = self.heap, self.frames, self.clock
        room = self.budget.here
        self.budget.here = max(room, self.budget.each)
        frame = Frame(initializer, None, (), self.base, 0, ())
        self.heap, self.frames, self.clock = Heap(self.base), [], 1
        code = self.index.code(initializer)
        if code is not None:
            self.visited.add(initializer)
            summary = self._interpret(frame, code)
            for key, (value, _) in summary.writes.items():
                if key[1] != "$new":
                    self.base.changes[key] = (value, 0)
            for event, payload in summary.events.items():
                if kept_frames:
                    self.note(event, payload, kept_frames[-1])
        self.budget.here = room
        self.heap, self.frames, self.clock = kept_heap, kept_frames, max(kept_clock, self.clock)
        if kept_frames:  # now with what stands in other classes' fields here
            self.run(initializer, (), None)

    def static(self, fid: int) -> Value:
        """A static field: of the platform, stored, or as the DEX file initialises it."""
        info = self.index.field(fid)
        java = f"{info.cls}->{info.name}"
        source = self.know.source_fields.get(java)
        if source:
            number = self.number_of(source.data_type, fid, source.id, source.scope, info.name)
            return tainted(self._fresh_taint(number, ""))
        uri = self.know.uri_fields.get(java)
        if uri:
            return of(self.uri_object(uri.uris[0] if uri.uris else java))
        resolved = self.index.lookup_field(info.cls, info.name, info.type)
        if resolved is not None:
            info = self.index.field(resolved)
        if not info.defined:
            constant = strings.platform_constant(info.cls, info.name)
            if constant is not None:
                return of(constant)
            if info.type[:1] == "L":
                obj = self.made(info.type, ("static", info.cls, info.name))
                return of(obj)
            return ANY
        self.prepare(info.cls)
        found = self.load((info.cls, info.name))
        value = found[0] if found else self.initial(info.static_value, info.type)
        if found and value.unset and info.static_value is not None:
            value = join(value, self.initial(info.static_value, info.type))
        if self.partial and self._stored_elsewhere(info.id):
            value = join(value, self.typed(info.type, ("field", info.cls, info.name)))
        return value

    def _stored_elsewhere(self, fid: int) -> bool:
        """Tell whether a method that was not interpreted stores into a field."""
        return any(m not in self.visited for m, _ in self.index.field_writes(fid))

    def initial(self, constant: object, type_: str) -> Value:
        """Value of a static field that no code has stored into yet."""
        if isinstance(constant, bool):
            return of(int(constant))
        if isinstance(constant, int | str):
            return of(constant)
        if constant is None:
            return ZERO
        descriptor = getattr(constant, "descriptor", None)
        return of(ClassRef(descriptor)) if descriptor else ANY

    def missing(self, owner: Value, cls: str, name: str, type_: str) -> Value:
        """A field nothing was stored into: its default, or unknown when others may store."""
        if type_[:1] not in ("L", "["):
            return ZERO if not owner.any and owner.atoms else ANY
        objects = owner.objects()
        if objects and all(o.app for o in objects) and not owner.any:
            first = objects[0]
            if self.heap.find((first, "$new")) is not None and not self._may_be_set(
                cls, name, type_
            ):
                return ZERO
        found = self.typed(type_, ("field", cls, name))
        if found.objects() and objects and not owner.any:  # what is put into it lies in the owner
            self.put_field(owner, name, found, weak=True)
        return found

    def _may_be_set(self, cls: str, name: str, type_: str) -> bool:
        fid = self.index.lookup_field(cls, name, type_) if self.partial else None
        return fid is not None and self._stored_elsewhere(fid)

    def typed(self, type_: str, key: tuple[object, ...]) -> Value:
        """An unknown value of a type; of a library class, an object that can be filled."""
        if type_ == "V":
            return ANY
        if type_ == "Z":
            return TRUTH
        if type_[:1] != "L" or type_ in ("Ljava/lang/String;", "Ljava/lang/CharSequence;"):
            return ANY
        if self.index.is_defined(type_):
            return ANY
        if type_ == "Ljava/lang/Object;":
            return ANY
        return of(self.made(type_, ("typed", type_, *key)))

    def read(self, owner: Value, name: str) -> Value:
        """A named field of library objects."""
        return (
            read_field(self, owner, "Ljava/lang/Object;", name, "I") if owner.objects() else NOTHING
        )

    def columns(self, cursor: Value, index: Value) -> str:
        """Name of the column that `index` means, when it is known."""
        atom = index.only()
        if type(atom) is str:
            return atom
        if type(atom) is int:
            for obj in cursor.objects():
                for array in (self.get_field(obj, "$columns") or NOTHING).objects():
                    found = self.get_field(array, f"[{atom}]")
                    name = found.only() if found else None
                    if type(name) is str:
                        return name
        return ""

    def relabel_column(self, cursor: Value, index: Value, value: Value) -> Value:
        """The value read from a column, its data under the column's name."""
        name = self.columns(cursor, index)
        if not name or not value.taints:
            return value
        return Value(value.atoms, relabelled(value.taints, "col:" + name), value.any)


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


def _short(cls: str) -> str:
    return cls[1:-1].rpartition("/")[2].replace("$", ".")


def _library_method(cls: str, name: str, arity: int) -> MethodInfo:
    params = ("Ljava/lang/Object;",) * arity
    proto = "(" + "".join(params) + ")Ljava/lang/Object;"
    return MethodInfo(-1, cls, name, proto, params, "Ljava/lang/Object;", 0, False, False)
