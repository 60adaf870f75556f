"""Components, screens, events and reflection: how control travels outside of ordinary calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.flows import effecting, passing, sinks, sources
from auditor.flows.engine import Engine
from auditor.flows.entries import all_entries
from auditor.flows.events import End, Later, Start
from auditor.flows.values import (
    ANY,
    NOTHING,
    ClassRef,
    MethodName,
    Obj,
    Value,
    join,
    join_all,
    of,
)

if TYPE_CHECKING:
    from auditor.dex import CodeIndex, MethodInfo
    from auditor.flows.frames import Budget
    from auditor.flows.models import Knowledge
    from auditor.model import Component, Manifest, Resources

_APPLICATION = frozenset(("getApplication", "getApplicationContext"))
_SUBSCRIBER = "Subscribe;"


class App(Engine):
    """The engine, with the app's manifest and resources in play."""

    def __init__(
        self,
        index: CodeIndex,
        knowledge: Knowledge,
        manifest: Manifest,
        resources: Resources,
        budget: Budget,
    ) -> None:
        """Nothing is interpreted yet."""
        super().__init__(index, knowledge, manifest, resources, budget)
        self.ends = knowledge.roles["ends"]
        self.gives_host = knowledge.roles["gives_host"]
        self.exposed: dict[Obj, Value] = {}
        """Objects that pages can call, with the views that show the pages."""
        self.subscriber_list: list[tuple[str, int]] | None = None
        self.declared: set[str] | None = None
        self.receivers: dict[str, dict[str, None]] = {}
        """Broadcast receivers registered in code: action → classes."""

    def component_object(self, cls: str) -> Obj:
        """The one instance of a component that the analysis knows."""
        return self.made(cls, ("component", cls))

    def controls(self, method: MethodInfo, chain: tuple[str, ...]) -> bool:
        """Tell whether calls of a method may act on screens and components."""
        name = method.name
        return (
            name in _APPLICATION
            or name.startswith("setOn")
            or self.ends.means(name, chain)
            or self.gives_host.means(name)
        )

    def control(
        self,
        method: MethodInfo,
        chain: tuple[str, ...],
        args: tuple[Value, ...],
        *,
        static: bool,
    ) -> Value | None:
        """The application object is the one of the manifest, a fragment's host the one known."""
        name = method.name
        if name in _APPLICATION and not static:
            cls = "L" + self.manifest.application_class.replace(".", "/") + ";"
            if self.index.is_defined(cls):
                return of(self.component_object(cls))
        if name.startswith("setOn") and len(args) == 2 and args[1].only() == 0:
            self._unregister(args[0])
        if self.ends.means(name, chain):
            frame = self.frames[-1]
            self.note(("end", frame.method, frame.offset, name), End(None))
        if not static and not method.params and self.gives_host.means(name):
            hosts = [h for o in args[0].objects() for h in self.hosts.get(o, ())]
            if hosts:
                return of(*hosts)
        return None

    def _unregister(self, view: Value) -> None:
        """A listener set to null straight after it was set never runs."""
        frame = self.frames[-1]
        code = self.index.code(frame.method)
        if code is None:
            return
        here = code.index_at.get(frame.offset, -1)
        block = next(
            (b for b in self.graph(frame.method, code).blocks if b.start <= here < b.end), None
        )
        for event, payload in list(frame.events.items()):
            same = event[1] == frame.method and isinstance(payload, Later)
            if not same or block is None or not isinstance(payload, Later):
                continue
            there = code.index_at.get(event[2], -1)
            if block.start <= there < here and view.atoms & join_all(payload.args).atoms:
                del frame.events[event]

    def component_class(self, component: Component) -> str:
        """JVM descriptor of the class that runs, of an alias its target's."""
        return "L" + (component.target or component.name).replace(".", "/") + ";"

    def start_component(self, intent: Value, kind: str) -> None:
        """Find what an Intent starts: by class, else by action."""
        frame = self.frames[-1]
        for obj in intent.objects():
            self._note_picker(obj)
            classes = self._classes(obj, kind)
            for cls in classes:
                target = self.component_object(cls)
                self.store((target, "intent"), of(obj), weak=True)
            if classes:
                event = ("start", frame.method, frame.offset, f"{kind}:{obj.number}")
                self.note(event, Start(kind, tuple(classes), None))
        if not intent.objects():
            self.unresolved_start = True

    def binder_of(self, intent: Value) -> Value:
        """What `onBind` of the service that an Intent names returns, as far as it has run."""
        total = NOTHING
        for obj in intent.objects():
            for cls in self._classes(obj, "service"):
                held = self.get_field(self.component_object(cls), "binder")
                total = join(total, held or NOTHING)
        return total

    def stays_inside(self, params: tuple[Value, ...]) -> bool:
        """Every Intent among the arguments leads to components of the app."""
        intents = [o for p in params for o in p.objects() if o.type == "Landroid/content/Intent;"]
        return bool(intents) and all(self._is_own(o) for o in intents)

    def _is_own(self, intent: Obj) -> bool:
        """An Intent that names a class of the app, or an action that only the app listens for."""
        if self._classes(intent, ""):
            return True
        named = self.get_field(intent, "component")
        if named is not None and any(isinstance(a, ClassRef) for a in named.atoms):
            return True
        listening = self.made("Ljava/lang/Object;", ("global", "receivers"))
        actions = self.get_field(intent, "action") or NOTHING
        return bool(actions.texts()) and all(
            self.get_field(listening, f"[{action}]") is not None for action in actions.texts()
        )

    def _note_picker(self, intent: Obj) -> None:
        """An Intent that lets the user pick a row of a table."""
        actions = (self.get_field(intent, "action") or NOTHING).texts()
        if not set(actions).intersection(self.know.roles["lets_pick"].words):
            return
        target = NOTHING
        for name in ("data", "uri", "type"):
            target = join(target, self.get_field(intent, name) or NOTHING)
        texts, _ = sources.uri_texts(self, target)
        for text in texts:
            known = self.know.uri_of(text) or next(
                (u for u in self.know.uris if text in u.mime_types), None
            )
            if known:
                self.picks.setdefault(known.data_type)
                if self.component:
                    self.pick_screens.add(self.component.type)

    def _classes(self, intent: Obj, kind: str) -> list[str]:
        found: dict[str, None] = {}
        named = self.get_field(intent, "component") or NOTHING
        for obj in named.objects():  # a ComponentName
            named = join(named, self.get_field(obj, "cls") or NOTHING)
            named = join(named, self.get_field(obj, "component") or NOTHING)
        for atom in sorted(named.atoms, key=str):
            if isinstance(atom, ClassRef):
                found.setdefault(atom.descriptor)
            elif isinstance(atom, str):
                found.setdefault("L" + atom.replace(".", "/") + ";")
        actions = (self.get_field(intent, "action") or NOTHING).texts()
        for component in self.manifest.components:
            if any(a in f.actions for f in component.filters for a in actions):
                found.setdefault(self.component_class(component))
        for action in actions:
            for cls in self.receivers.get(action, ()):
                found.setdefault(cls)
        if not found and named.any:
            self.unresolved_start = True
        return [c for c in found if self.index.is_defined(c) and self._can_start(c)]

    def _can_start(self, cls: str) -> bool:
        """Android starts no activity or service that the manifest does not declare."""
        if self.declared is None:
            self.declared = {self.component_class(c) for c in self.manifest.components}
        chain = self.types.chain(cls)
        return cls in self.declared or not self.know.roles["must_be_declared"].covers(chain)

    def view_object(self, identifier: Value, type_: str) -> Obj:
        """One object for each view id of a component; its text comes from the layouts in use."""
        number = identifier.only()
        owner = self.component.type if self.component else ""
        view = self.views.get(number & 0xFFFFFFFF) if isinstance(number, int) else None
        cls = type_
        if view:
            cls = _view_class(view.cls)
            if not self.index.is_defined(cls) and "/" not in view.cls and "." not in view.cls:
                cls = f"Landroid/widget/{view.cls};"
        key = ("view", owner, number) if isinstance(number, int) else ("view", owner, "?")
        obj = self.made(cls, key)
        if view and (obj, "text") not in self.base.changes:
            facts = {"text": of(view.text) if view.text else ANY, "id": of(number or 0)}
            if view.input_type:
                facts["inputType"] = of(view.input_type)
            for name, value in facts.items():
                self.base.changes[(obj, name)] = (value, 0)
                self.names.setdefault(obj, {}).setdefault(name)
        return obj

    def use_layout(self, identifier: Value, owner: Value) -> None:
        """Views become known by id; `android:onClick` runs a method of the screen."""
        for number in identifier.ints():
            for view in self.resources.layout(number & 0xFFFFFFFF):
                if view.id is not None:
                    self.views.setdefault(view.id, view)
                if view.on_click and self.component:
                    seen = of(self.view_object(of(view.id or 0), "Landroid/view/View;"))
                    label = of(view.text) if view.text else NOTHING
                    passing.later(self, "click", of(self.component), view.on_click, (seen,), label)
                for name in (view.fragment, view.cls if "." in view.cls else ""):
                    cls = "L" + name.replace(".", "/") + ";"
                    if name and self.index.is_defined(cls):
                        frame = self.frames[-1]
                        event = ("start", frame.method, frame.offset, "view:" + cls)
                        self.note(event, Start("view", (cls,), None))

    def reflect(self, member: Value, on: Value, args: Value) -> Value:
        """Call or read what a `Method` or `Field` of constant name stands for."""
        total = NOTHING
        given = NOTHING
        rows: list[Value] = []
        for obj in args.objects():
            for n in range(8):
                found = self.get_field(obj, f"[{n}]")
                if found is not None:
                    rows.append(found)
            given = join(given, all_entries(self, obj))
        known = [a for a in member.atoms if isinstance(a, MethodName)]
        for atom in sorted(known, key=str):
            methods = self._named(atom)
            for method in methods:
                static = bool(method.access & 0x8)
                passed = tuple(rows[: len(method.params)])
                if len(passed) < len(method.params):
                    passed += (given,) * (len(method.params) - len(passed))
                full = passed if static else (on, *passed)
                result = self.call(method, full, static=static, virtual=not static)
                if result is not None:
                    total = join(total, result)
            total = join(total, self._field_value(atom, on))
        if total is NOTHING:
            self.limit("reflection", self.frames[-1].method, "the member called is not resolved")
            taints = args.taints | on.taints | passing.held(self, args)
            return Value(frozenset(), taints, True)
        return total

    def _named(self, atom: MethodName) -> list[MethodInfo]:
        found: dict[str, MethodInfo] = {}
        for mid in self.index.methods_named(atom.name):
            info = self.index.method(mid)
            if info.cls in self.types.chain(atom.descriptor)[:8]:
                found.setdefault(info.proto, info)
        if found or self.index.is_defined(atom.descriptor):
            return list(found.values())[:4]
        return self.know_methods(atom.descriptor, atom.name)

    def know_methods(self, cls: str, name: str) -> list[MethodInfo]:
        """Library methods that only reflection names: as many parameters as the catalog tells."""
        from auditor.dex import MethodInfo

        found = []
        chain = self.types.chain(cls)
        for table in (self.know.queries, self.know.sources, self.know.sinks, self.know.models):
            for above in chain:
                for shape, _ in table.rows.get((above, name), ()):
                    count = shape.arity if shape.arity is not None else len(shape.types or ())
                    arity = count or 6
                    params = ("Ljava/lang/Object;",) * arity
                    proto = "(" + "".join(params) + ")Ljava/lang/Object;"
                    found.append(
                        MethodInfo(
                            -2 - hash_of(cls + name),
                            cls,
                            name,
                            proto,
                            params,
                            "Ljava/lang/Object;",
                            0,
                            False,
                            False,
                        )
                    )
                    return found
        return found

    def _field_value(self, atom: MethodName, on: Value) -> Value:
        java = f"{atom.descriptor}->{atom.name}"
        uri = self.know.uri_fields.get(java)
        if uri and uri.uris:
            return of(sources.uri_object(self, uri.uris[0]))
        found = self.load((atom.descriptor, atom.name))
        if found is not None:
            return found[0]
        total = NOTHING
        for obj in on.objects():
            inner = self.get_field(obj, atom.name)
            if inner is not None:
                total = join(total, inner)
        return total

    def expose(self, value: Value, view: Value) -> None:
        """Methods marked for JavaScript become entry points; what they return goes to the page."""
        old = (self.manifest.target_sdk or 17) < 17
        for obj in value.objects():
            if not obj.app:
                continue
            self.exposed.setdefault(obj, NOTHING)
            self.exposed[obj] = join(self.exposed[obj], view)
            at: str | None = obj.type
            while at and self.index.is_defined(at):
                for mid in self.index.methods_of(at):
                    info = self.index.method(mid)
                    marked = any(
                        a.type.endswith("/JavascriptInterface;")
                        for a in self.index.method_annotations(mid)
                    )
                    if info.has_code and (marked or (old and info.access & 0x1)):
                        args = (ANY,) * len(info.params)
                        passing.later(self, "web_bridge", of(obj), info.name, args, NOTHING)
                at = self.index.superclass(at)

    def returned_to_page(self, obj: Obj, method: MethodInfo, value: Value) -> None:
        """Note that a bridge method handed `value` to the page."""
        taints = effecting.deep_taints(self, value, app=False)
        if not taints:
            return
        pages = NOTHING
        for view in self.exposed.get(obj, NOTHING).objects():
            pages = join(pages, self.get_field(view, "url") or NOTHING)
        sinks.sent(self, "web-bridge-return", "web", method.id, taints, pages, NOTHING)

    def publish(self, event: Value) -> None:
        """EventBus: every method marked as a subscriber whose parameter the event fits."""
        for cls, method in self._subscribers():
            info = self.index.method(method)
            wanted = info.params[0]
            fits = [o for o in event.objects() if self.types.is_a(o.type, wanted)]
            if fits or event.any or wanted == "Ljava/lang/Object;":
                passed = Value(frozenset(fits), event.taints, event.any) if fits else event
                objects = [o for o in self.objects.values() if o.type == cls][:4]
                for obj in objects or [self.component_object(cls)]:
                    passing.later(self, "callback", of(obj), info.name, (passed,), NOTHING)
                    self.land(info, cls, (of(obj), passed), static=False)

    def _subscribers(self) -> list[tuple[str, int]]:
        if self.subscriber_list is None:
            found = []
            for cls in self.index.classes():
                for mid in self.index.methods_of(cls):
                    info = self.index.method(mid)
                    if len(info.params) != 1 or not info.has_code:
                        continue
                    marked = any(
                        a.type.endswith(_SUBSCRIBER) for a in self.index.method_annotations(mid)
                    )
                    if marked or info.name.startswith("onEvent") and info.params[0][:1] == "L":
                        found.append((cls, mid))
            self.subscriber_list = found
        return self.subscriber_list


def hash_of(text: str) -> int:
    """A small stable number for a name."""
    total = 0
    for char in text:
        total = (total * 131 + ord(char)) & 0xFFFFFF
    return total


def _view_class(name: str) -> str:
    return "L" + name.replace(".", "/") + ";"
