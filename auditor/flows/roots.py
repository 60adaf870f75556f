"""Entry points: which methods the platform calls, in which order, and what made it call them.

Begins at the components of the manifest and goes on with what their code starts, schedules and
registers, until nothing new comes up: the callback fixpoint of FlowDroid (Arzt et al., PLDI 2014),
with the fields of objects joined between entry points.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush

from auditor.dex import MethodInfo
from auditor.flows import bodies, defaults, effecting, sources, targets
from auditor.flows.app import App
from auditor.flows.components import lifecycle, platform_trigger
from auditor.flows.events import PICKED, Event, Later, Payload, Start
from auditor.flows.frames import Frame
from auditor.flows.heap import NEW, Heap, Key, Stored
from auditor.flows.knowledge import LifecycleEntry
from auditor.flows.models import descriptor
from auditor.flows.relevance import Relevance
from auditor.flows.shaped import Shaped
from auditor.flows.spreading import readers
from auditor.flows.values import (
    ANY,
    NOTHING,
    Condition,
    Obj,
    Taint,
    Trail,
    Value,
    join,
    of,
)

_ROUNDS = 6
_INHERITED = 50
"""Steps that a method counts as further away which a component has from a class above it: it is the
same for all of them, and often a library's."""
_AGAIN = 2
"""All runs of an entry point may take so many times what one may, so that others get theirs."""
_ROOTS = 4000
_INHERIT = frozenset(("background", "callback", "result", "push"))
_CONTEXTS = ("Landroid/content/Context;", "Landroid/content/BroadcastReceiver;")
_HOSTING = frozenset(("Landroid/app/Activity;", "Landroid/content/Context;"))
DENIED = "permission_denied"
"""Condition under which a permission was refused."""
_AFAR = 1_000
RootKey = tuple[int, str, int, int]
"""(object number, method name, parameters, number of the view that was touched, or 0)."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Why a root runs: the root that asked for it (None: the platform), and how."""

    parent: RootKey | None
    trigger: str
    guards: frozenset[Condition]
    label: str
    before: bool | None = None
    """For the platform's own: whether it runs before the user does anything."""


_MESSAGE, _MESSAGES = "Landroid/os/Message;", 8
"""Messages of one handler that are handled one by one: what each holds belongs together."""


@dataclass(slots=True)
class Root:
    """One entry point with all that is known of how it comes to run."""

    key: RootKey
    on: Obj
    name: str
    args: tuple[Value, ...]
    component: Obj | None
    edges: dict[Edge, None] = field(default_factory=dict)
    reads: dict[Key, Stored | None] = field(default_factory=dict)
    events: dict[Event, Payload] = field(default_factory=dict)
    runs: int = 0
    spent: int = 0
    """Budget that its runs took."""
    methods: tuple[int, ...] = ()
    cut: bool = False
    away: int = -1
    """Steps from its methods to a read; unknown below 0."""


_BEGINS = frozenset({"onCreate", "onActivityCreated", "onCreateView", "onViewCreated"})
"""Methods whose Bundle is null when the screen is opened anew."""


class Program:
    """Run every entry point until nothing changes."""

    def __init__(self, engine: App) -> None:
        """Nothing has run yet."""
        self.engine = engine
        self.relevance = Relevance(engine)
        if not self.relevance.whole:
            engine.enter = self.relevance.wanted.__contains__
            engine.partial = True
        self.roots: dict[RootKey, Root] = {}
        self.queue: list[tuple[int, int, Root]] = []
        self.queued: set[RootKey] = set()
        self.order = 0
        self.started: set[str] = set()
        self.shaped = Shaped(engine)
        self.looked_at = 0
        """Objects that were asked whether they are components told by their shape."""
        self.results: set[RootKey] = set()
        """Entry points that get what another screen gives back."""
        self.skipped: dict[RootKey, None] = {}
        """Entry points that reach nothing of interest, as far as is known."""

    # ------------------------------------------------------------ seeds

    def run(self) -> None:
        """Start with the manifest; go on to the fixpoint."""
        self._seed()
        rounds = 0
        while self.queue and rounds < _ROUNDS:
            rounds += 1
            while self.queue:
                self._run(self._next())
            self._requeue()
            self._spread()
        if not self.queue and (self.engine.unresolved_start or not self._has_screen()):
            self._start_the_rest()
            while self.queue:
                self._run(self._next())

    def _seed(self) -> None:
        manifest = self.engine.manifest
        for name in (manifest.app_component_factory, manifest.application_class):
            if name:
                self._component(descriptor(name), "application_start", before=True)
        for component in manifest.components:
            if not component.enabled:
                continue
            cls = self.engine.component_class(component)
            trigger, before = platform_trigger(self.engine, component)
            if trigger:
                self._component(cls, trigger, before=before)
        self._seed_frameworks()

    def _seed_frameworks(self) -> None:
        """Classes that a framework makes by itself, such as the modules of a script bridge."""
        index = self.engine.index
        for entry in self.engine.know.lifecycles:
            if not entry.anywhere:
                continue
            kinds = {s for base in entry.on for s in index.all_subtypes(descriptor(base))}
            for cls in sorted(kinds):
                if not index.class_access(cls) & 0x400:
                    self._seed_class(cls, entry)

    def _seed_class(self, cls: str, entry: LifecycleEntry) -> None:
        index = self.engine.index
        obj = self.engine.made(cls, ("component", cls))
        marks = {descriptor(name): trigger for name, trigger in entry.annotations.items()}
        at: str | None = cls
        while at and index.is_defined(at):
            for mid in index.methods_of(at):
                info = index.method(mid)
                trigger = entry.methods.get(info.name, "")
                if info.name == "<init>":
                    trigger = "background"
                for annotation in index.method_annotations(mid):
                    trigger = marks.get(annotation.type, trigger)
                if trigger and info.has_code and not info.access & 0x8:
                    edge = Edge(None, trigger, frozenset(), "", None)
                    self._root(obj, info.name, (ANY,) * len(info.params), None, edge)
            at = index.superclass(at)

    def _has_screen(self) -> bool:
        """Tell whether the platform would show anything of the app by itself."""
        return any(
            platform_trigger(self.engine, c)[0] == "launcher_start"
            for c in self.engine.manifest.components
        )

    def _start_the_rest(self) -> None:
        """Some Intent could not be resolved: it may start any component that is left."""
        for component in self.engine.manifest.components:
            cls = self.engine.component_class(component)
            if component.enabled and cls not in self.started:
                self._component(cls, "unknown", before=None)

    def _component(
        self,
        cls: str,
        trigger: str,
        *,
        before: bool | None = None,
        parent: RootKey | None = None,
        guards: frozenset[Condition] = frozenset(),
    ) -> None:
        engine = self.engine
        if not engine.index.is_defined(cls):
            return
        self.started.add(cls)
        obj = engine.component_object(cls)
        if parent is not None and not any(t in engine.types.chain(cls) for t in _CONTEXTS):
            host = self.roots[parent].component
            if host is not None and host is not obj:
                hosts = engine.hosts.get(host) or {host: None}  # a fragment inside a fragment
                engine.hosts.setdefault(obj, {}).update(hosts)
        for name, arity, kind in lifecycle(engine, cls):
            how = kind if parent is not None or kind not in ("", "screen_start") else trigger
            if parent is None and kind in ("screen_start", "application_start", ""):
                how = trigger
            edge = Edge(parent, how or trigger, guards, "", before)
            self._root(obj, name, (ANY,) * arity, obj, edge)

    # ------------------------------------------------------------ running

    def _enqueue(self, root: Root) -> None:
        """Let an entry point run (again): those nearest to a read first, else in order."""
        if root.key in self.queued:
            return
        self.queued.add(root.key)
        if not self.relevance.whole and root.away < 0:
            methods = targets.methods_called(self.engine, root.on.type, root.name, len(root.args))
            wanted = self.relevance.wanted
            root.away = min((wanted.get(m.id, _AFAR) for m in methods), default=_AFAR)
            if all(m.cls != root.on.type for m in methods):
                root.away += _INHERITED
        self.order += 1
        heappush(self.queue, (max(root.away, 0), self.order, root))

    def _next(self) -> Root:
        """The entry point whose turn it is."""
        root = heappop(self.queue)[2]
        self.queued.discard(root.key)
        return root

    def _root(
        self, on: Obj, name: str, args: tuple[Value, ...], component: Obj | None, edge: Edge
    ) -> None:
        messages = args[0].objects() if args else []
        if 1 < len(messages) <= _MESSAGES and all(m.type == _MESSAGE for m in messages):
            for message in messages:
                self._root(on, name, (of(message), *args[1:]), component, edge)
            return
        alone = edge.trigger == "click" or (len(messages) == 1 and messages[0].type == _MESSAGE)
        touched = args[0].only() if alone and args else None
        key = (on.number, name, len(args), touched.number if isinstance(touched, Obj) else 0)
        root = self.roots.get(key)
        if root is None:
            if len(self.roots) >= _ROOTS:
                self.engine.limit("budget", 0, "more entry points than the analysis takes")
                return
            root = self.roots[key] = Root(key, on, name, args, component)
            self._enqueue(root)
        else:
            joined = tuple(join(a, b) for a, b in zip(root.args, args, strict=True))
            if any(a is not b for a, b in zip(joined, root.args, strict=True)):
                root.args = joined
                self._enqueue(root)
        root.edges.setdefault(edge)

    def _run(self, root: Root) -> None:
        engine = self.engine
        if root.runs >= _ROUNDS:
            return
        methods = targets.methods_called(engine, root.on.type, root.name, len(root.args))
        if not methods:
            return
        if not self.relevance.whole and not self._is_wanted(root, methods):
            self.skipped[root.key] = None
            return
        room = min(engine.budget.each, _AGAIN * engine.budget.each - root.spent)
        if room <= 0:
            return
        root.runs += 1
        root.methods = tuple(m.id for m in methods if m.id >= 0)
        engine.budget.here = room
        engine.budget.entry = methods[0].id
        engine.counts.clear()
        engine.component = root.component
        engine.heap = Heap(engine.base)
        engine.clock = max(engine.clock, 1)
        frame = Frame(methods[0].id, None, (), engine.base, 0, root.args)
        engine.frames = [frame]
        try:
            if root.name == "onCreate" and root.on is root.component:
                self._begin(root.on)
            for method in methods:
                args = self._arguments(root, method)
                result = engine.land(method, root.on.type, (of(root.on), *args), static=False)
                if result is not None and root.name == "onBind":
                    engine.put_field(of(root.on), "binder", result, weak=True)
                if result is not None and root.on in engine.exposed:
                    frame.method, frame.offset = method.id, 0
                    engine.returned_to_page(root.on, method, result)
        finally:
            engine.frames = []
        root.spent += room - engine.budget.here
        changes = engine.heap.since(engine.base)
        root.reads, root.cut = frame.reads, frame.cut
        # A run that ended early does not take back what an earlier one showed.
        root.events = {**root.events, **frame.events} if frame.cut else frame.events
        base = engine.base.changes
        for key, (value, _) in changes.items():
            if key[1] == NEW:
                continue
            old = base.get(key)
            if old is None or old[0] is NOTHING:
                made_here = (key[0], NEW) in changes or root.name == "<init>" and key[0] is root.on
                value = value if made_here else value.or_unset()
            merged = value if old is None else join(old[0], value)
            if old is None or merged is not old[0]:
                base[key] = (merged, 0)
        engine.heap = engine.base
        self._follow(root)
        self._begin_shaped(root)

    def _begin(self, component: Obj) -> None:
        """The platform makes a new instance before it calls `onCreate`: no field is set yet."""
        engine = self.engine
        chain = engine.types.chain(component.type)
        if not any(t in chain for t in _CONTEXTS[:1]):
            return
        for name in list(engine.names.get(component, ())):
            if name not in ("intent", "binder") and name[:1] != "$":
                engine.store((component, name), NOTHING)
        for method in targets.methods_called(engine, component.type, "<init>", 0):
            engine.land(method, component.type, (of(component),), static=False)

    def _begin_shaped(self, root: Root) -> None:
        """Let the components run that were made, or whose class was named, in this run."""
        engine, shaped = self.engine, self.shaped
        for method in [m for m in shaped.named if m in engine.visited]:
            for cls in shaped.named.pop(method):
                engine.component_object(cls)
        made = list(engine.objects.values())[self.looked_at :] if shaped.methods else ()
        self.looked_at += len(made)
        for obj in made:
            for name, arity, trigger in shaped.methods.get(obj.type, ()):
                edge = Edge(root.key, trigger, frozenset(), "")
                if trigger == "activity_result":
                    self.results.add((obj.number, name, arity, 0))
                self._root(obj, name, (ANY,) * arity, root.component, edge)

    def _is_wanted(self, root: Root, methods: list[MethodInfo]) -> bool:
        """Tell whether an entry point can come to a read, or is given data."""
        wanted = self.relevance.wanted
        return (
            any(m.id in wanted or m.id < 0 for m in methods)
            or root.name == "<init>"
            or (root.on is not root.component and bodies.carries(self.engine, (of(root.on),)))
            or any(effecting.deep_taints(self.engine, a, app=True) for a in root.args)
        )

    def _spread(self) -> bool:
        """Data stand in fields and stores now: what reads them is of interest too."""
        if self.relevance.whole or not self.relevance.add(readers(self.engine)):
            return False
        for key in list(self.skipped):
            root = self.roots[key]
            methods = targets.methods_called(self.engine, root.on.type, root.name, len(root.args))
            root.away = -1
            if self._is_wanted(root, methods):
                del self.skipped[key]
                self._enqueue(root)
        return bool(self.queue)

    def _arguments(self, root: Root, method: MethodInfo) -> tuple[Value, ...]:
        engine = self.engine
        found = []
        callbacks = engine.know.source_callbacks.find(
            engine.types.chain(root.on.type), method.name, method.params
        )
        given = {port for entry in callbacks for port in entry.gives}
        for n, (param, arg) in enumerate(zip(method.params, root.args, strict=False)):
            value = arg
            if arg is ANY:
                value = defaults.typed(engine, param, ("argument", root.on.number, method.name, n))
            if param == "Landroid/content/Intent;":
                value = self._intent(root, value)
            if param == "Landroid/os/Bundle;" and root.on is root.component:
                saved = engine.made(param, ("saved", root.on.number))
                value = of(saved, 0) if root.name in _BEGINS else of(saved)
            if param == "[I" and root.name == "onRequestPermissionsResult":
                answers = of(engine.made(param, ("answers", root.on.number)))
                asked = Value(frozenset((Condition(DENIED, ""),)), frozenset(), True)
                engine.put_field(answers, "[?]", asked, weak=True)
                value = answers
            if param in _HOSTING and root.on in engine.hosts:
                value = of(*engine.hosts[root.on])
            if f"a{n}" in given:
                for entry in callbacks:
                    engine.frames[-1].offset = 0
                    number = sources.number_of(
                        engine, entry.data_type, method.id, entry.id, entry.scope, method.name
                    )
                    value = value.with_taints(
                        frozenset(
                            (Taint(number, "", Trail(None, "source", method.id, 0, "", 1), ()),)
                        )
                    )
            found.append(value)
        return tuple(found)

    def _intent(self, root: Root, value: Value) -> Value:
        engine = self.engine
        if root.name == "onActivityResult" or root.key in self.results:
            results = engine.made("Ljava/lang/Object;", ("global", "activity_results"))
            sent = engine.get_field(results, "[?]")
            taint = Taint(PICKED, "", Trail(None, "picked", -1, 0, "", 1), ())
            picked = value.with_taints(frozenset((taint,)))
            return join(picked, sent) if sent else picked
        held = engine.get_field(root.component or root.on, "intent")
        return join(held, value) if held else value

    def _follow(self, root: Root) -> None:
        """Queue what the root registered and started."""
        for event, payload in root.events.items():
            if isinstance(payload, Later):
                label = self._label(payload)
                edge = Edge(root.key, payload.trigger, payload.guards or frozenset(), label)
                for obj in payload.on.objects():
                    component = obj if obj.key[0] == "component" else root.component
                    self._root(obj, payload.name, payload.args, component, edge)
            elif isinstance(payload, Start):
                for cls in payload.classes:
                    trigger = {"service": "background", "broadcast": "broadcast"}.get(
                        payload.kind, "screen_start"
                    )
                    self._component(
                        cls, trigger, parent=root.key, guards=payload.guards or frozenset()
                    )
            del event

    def _label(self, payload: Later) -> str:
        """What stands on the button or dialog: texts, and texts of resources, also set later."""
        engine = self.engine
        label = payload.label
        for obj in payload.args[0].objects() if payload.args else ():
            found = engine.base.find((obj, "text"))
            if found is not None:
                label = join(label, found[0])
        texts = label.texts()[:6]
        for number in label.ints()[:6]:
            texts += engine.resources.string(number & 0xFFFFFFFF).values()
        return " ".join(dict.fromkeys(texts))[:400]

    def _requeue(self) -> None:
        """Roots that read what has changed since run again."""
        base = self.engine.base.changes
        for root in self.roots.values():
            for key, then in root.reads.items():
                now = base.get(key)
                if now is then or key[1] == NEW:
                    continue
                if now is None or then is None or now[0] != then[0]:
                    self._enqueue(root)
                    break
