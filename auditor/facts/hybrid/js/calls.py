"""Join calls with what they call: functions of the program, modules, interfaces of the host."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.facts.hybrid.js.apis import JsApi, JsApis, native_reads, plain_path
from auditor.facts.hybrid.js.builder import Program
from auditor.facts.hybrid.js.graph import ANY, Call, Graph, Value
from auditor.facts.hybrid.js.text import ADDRESS, Texts
from auditor.facts.hybrid.words import speaks_of

_ROUNDS = 4
"""How often calls without a known target are given their general meaning."""
_ELEMENTS = frozenset(
    {"forEach", "map", "filter", "some", "every", "find", "findIndex", "flatMap", "each", "reduce"}
)
_SAME = frozenset(
    {"filter", "slice", "concat", "sort", "reverse", "finally", "trim", "toString", "valueOf"}
)
_ADDS = frozenset({"push", "unshift", "add", "append", "set", "put", "concat", "splice"})
_IDENTITY = frozenset(
    {
        "Promise.all",
        "Promise.resolve",
        "Promise.race",
        "Promise.allSettled",
        "Object.freeze",
        "Array.from",
        "JSON.parse",
        "Object.keys",
        "Object",
        "String",
    }
)
_NO_RESULT = frozenset({"console.log", "console.error", "console.warn", "alert", "setTimeout"})


@dataclass(frozen=True, slots=True)
class Use:
    """One call of a known interface."""

    api: JsApi
    call: int
    path: str


class Linker:
    """Runs the graph to its end, giving every call its meaning."""

    def __init__(self, program: Program, apis: JsApis) -> None:
        """Work on `program`; `solve` does everything."""
        self.program = program
        self.graph: Graph = program.graph
        self.apis = apis
        self.uses: list[Use] = []
        self.source_nodes: dict[int, list[Use]] = {}
        self._seen: set[tuple[int, str]] = set()
        self.bases: dict[str, int] = {}
        """Instance path → node of the base address it was made with."""
        self.pending: list[tuple[JsApi, int, str]] = []
        self.origins: dict[int, list[int]] = {}
        """Result of an unknown call → what it was given."""
        self._kept: dict[str, int] = {}

    def solve(self) -> None:
        """Join and move values until nothing is new."""
        for number in range(len(self.graph.calls)):
            self._watch(number)
        self.graph.solve()
        for _ in range(_ROUNDS):
            before = len(self.graph.calls)
            changed = self._name_loose() | self._open_calls() | self._retry()
            self.graph.solve()
            if not changed and before == len(self.graph.calls):
                break
        for api in self.apis.handed:
            for name in api.calls:
                self._hand(api, name)

    def _hand(self, api: JsApi, name: str) -> None:
        """The parameters of a function that the app calls by its name hold its data."""
        graph = self.graph
        nodes = [self.program.globals[name]] if name in self.program.globals else []
        nodes += [source for rows in graph.stores.values() for key, source in rows if key == name]
        found = {w for n in nodes for k, w in graph.values[n] if k == "f" and isinstance(w, int)}
        for function in sorted(found):
            target = graph.functions[function]
            made = Call(-1, -1, [], graph.node(), function, target.file, target.start, name)
            made.modelled = made.opaque = True
            graph.calls.append(made)
            use = Use(api, len(graph.calls) - 1, name)
            self.uses.append(use)
            for param in target.params:
                self.source_nodes.setdefault(param, []).append(use)

    # ------------------------------------------------------------ known targets

    def _watch(self, number: int) -> None:
        call = self.graph.calls[number]
        self.graph.watch(call.callee, lambda value: self._target(number, value))

    def _target(self, number: int, value: Value) -> None:
        kind, what = value
        call = self.graph.calls[number]
        if kind == "f" and isinstance(what, int):
            self._enter(number, what, call.args, call.this)
        elif kind == "call" and isinstance(what, int):
            self._enter(number, what, call.args[1:], call.args[0] if call.args else -1)
        elif kind == "apply" and isinstance(what, int):
            self._apply(number, what)
        elif kind == "bind" and isinstance(what, int):
            self.graph.add(call.result, ("f", what))
        elif kind == "x" and isinstance(what, int) and call.args:
            self.graph.copy(call.args[0], what)
            call.modelled = True
        elif kind == "r" and isinstance(what, str):
            self._require(number, what)
        elif kind == "r.n" and call.args:
            self._getter(call)
        elif kind == "p" and isinstance(what, str):
            self._interface(number, what)

    def _enter(self, number: int, function: int, args: list[int], this: int) -> None:
        graph, call = self.graph, self.graph.calls[number]
        target = graph.functions[function]
        if function in call.targets:
            return
        call.targets.add(function)
        for arg, param in zip(args, target.params, strict=False):
            graph.copy(arg, param, number)
        if target.rest >= 0:
            for value in list(graph.values[target.rest]):
                if value[0] == "o" and isinstance(value[1], int):
                    for arg in args:
                        graph.copy(arg, graph.property(value[1], ANY), number)
        if call.new:
            graph.place(call.result, graph.prototype(function))
            graph.place(target.this, graph.prototype(function))
        elif this >= 0:
            graph.copy(this, target.this, number)
        graph.copy(target.result, call.result, number)

    def _apply(self, number: int, function: int) -> None:
        graph, call = self.graph, self.graph.calls[number]
        target = graph.functions[function]
        self._enter(number, function, [], call.args[0] if call.args else -1)
        if len(call.args) > 1:
            for param in target.params:
                graph.load(call.args[1], ANY, param)

    def _require(self, number: int, prefix: str) -> None:
        graph, call = self.graph, self.graph.calls[number]
        call.modelled = True
        if not call.args:
            return

        def act(value: Value) -> None:
            key = f"{prefix}:{value[1]}" if prefix else str(value[1])
            exports = self.program.exports(key)
            graph.copy(exports, call.result)
            if prefix:
                graph.load(exports, "default", call.result)

        graph.watch(call.args[0], act, "s")

    def _getter(self, call: Call) -> None:
        """webpack's `n(module)`: `r = n(o)`, then `r.a` or `r()` is the module's default."""
        graph = self.graph
        call.modelled = True
        graph.copy(call.args[0], call.result)
        holder = graph.new_object()
        graph.place(call.result, holder)
        inner = graph.property(holder, "a")
        graph.copy(call.args[0], inner)
        graph.load(call.args[0], "default", inner)

    # ------------------------------------------------------------ interfaces of the host

    def _interface(self, number: int, path: str) -> None:
        call = self.graph.calls[number]
        if (number, path) in self._seen:
            return
        self._seen.add((number, path))
        call.paths.add(path)
        plain = plain_path(path)
        if call.new or plain in ("axios.create", "require", "plus.net.XMLHttpRequest"):
            self._instance(number, plain)
        if plain == "Promise" and call.new and call.args:
            self._promise(call)
        elif plain in _IDENTITY and call.args:
            self.graph.copy(call.args[0], call.result)
        elif plain == "Object.assign" and call.args:
            for source in call.args[1:]:
                self.graph.merge(source, call.args[0])
            self.graph.copy(call.args[0], call.result)
        elif plain in _NO_RESULT:
            call.modelled = True
        for api in self.apis.of(path) or native_reads(path, self.apis):
            if api.kind in ("source", "sink", "gives", "store", "load"):
                self._use(api, number, path)

    def _instance(self, number: int, plain: str) -> None:
        call = self.graph.calls[number]
        if plain == "require":
            self.graph.watch(call.args[0], lambda v: self._named_module(call, v), "s")
            return
        base = plain.removesuffix(".create")
        path = f"{base}@{number}"
        self.graph.add(call.result, ("p", path))
        self.graph.place(call.result, self.graph.new_object())
        if base == "axios" and call.args:
            node = self.graph.node()
            self.graph.load(call.args[0], "baseURL", node)
            self.bases[path] = node

    def _named_module(self, call: Call, value: Value) -> None:
        key = str(value[1])
        self.graph.copy(self.program.exports(key), call.result)
        self.graph.add(call.result, ("p", key))

    def _promise(self, call: Call) -> None:
        graph = self.graph
        call.modelled = True

        def act(value: Value) -> None:
            if isinstance(value[1], int):
                function = graph.functions[value[1]]
                if function.params:
                    graph.add(function.params[0], ("x", call.result))

        graph.watch(call.args[0], act, "f")

    def _use(self, api: JsApi, number: int, path: str) -> None:
        call = self.graph.calls[number]
        if not all(self._holds(call, port, wanted) for port, wanted in api.when.items()):
            return
        if api.mentions and not self._mentions(call, api.mentions):
            self.pending.append((api, number, path))
            return
        if api.speaks and not self._speaks(call, api):
            return
        call.modelled = True
        use = Use(api, number, path)
        self.uses.append(use)
        if api.kind == "source":
            for node in self._outs(api, call):
                self.source_nodes.setdefault(node, []).append(use)
        elif api.kind == "gives":
            for node in self._outs(api, call):
                self.graph.add(node, ("p", f"{api.path}@{number}"))
        elif api.kind in ("store", "load"):
            self._keep(api, call)
        if api.kind == "sink" and not call.new:
            self._responses(call)

    def _responses(self, call: Call) -> None:
        """What a server answers is not the data that was sent: callbacks get nothing from it."""

    def _holds(self, call: Call, port: str, wanted: str) -> bool:
        node = self.port(call, port)
        return node >= 0 and ("s", wanted) in self.graph.values[node]

    def _speaks(self, call: Call, api: JsApi) -> bool:
        node = self.port(call, api.speaks)
        words = self.apis.words.get(api.data_type, ())
        texts = [w for k, w in self.graph.values[node] if k == "s"] if node >= 0 else []
        return any(speaks_of(str(text), words) for text in texts)

    def _mentions(self, call: Call, starts: tuple[str, ...]) -> bool:
        """Tell whether an argument comes, through whatever calls, from one of these texts."""
        seen = set(call.args)
        wave = list(call.args)
        for _ in range(6):
            following: list[int] = []
            for node in wave:
                for kind, what in self.graph.values[node]:
                    if kind in ("s", "p") and plain_path(str(what)).startswith(starts):
                        return True
                sources = [s for s, _ in self.graph.into[node]]
                sources += self.graph.concat.get(node, []) + self.origins.get(node, [])
                following += [s for s in sources if s not in seen]
                seen.update(following)
            wave = following[:200]
        return False

    def _keep(self, api: JsApi, call: Call) -> None:
        """Local storage: what is kept under a key comes back under it."""
        key_node = self.port(call, api.key)
        if key_node < 0:
            return

        def act(value: Value) -> None:
            cell = self._kept.setdefault(str(value[1]), self.graph.node())
            if api.kind == "store":
                for port in api.body:
                    self.graph.copy(self.port(call, port), cell)
            else:
                for node in self._outs(api, call):
                    self.graph.copy(cell, node)

        self.graph.watch(key_node, act, "s")

    def _outs(self, api: JsApi, call: Call) -> list[int]:
        return [node for port in api.out if (node := self.port(call, port)) >= 0]

    def port(self, call: Call, port: str) -> int:
        """Node of a port (see `JsApi`), -1 when the call has none."""
        if port == "result":
            return call.result
        if port == "receiver":
            return call.this
        head, _, slot = port.partition("()")
        number, _, name = head.partition(".")
        if not number.isdigit() or int(number) >= len(call.args):
            return -1
        node = call.args[int(number)]
        for part in name.split(".") if name else ():
            held = self.graph.node()
            self.graph.load(node, part, held)
            node = held
        return self._parameter(node, int(slot)) if slot else node

    def _parameter(self, node: int, slot: int) -> int:
        """Node that flows into the `slot`-th parameter of whatever function `node` holds."""
        graph, holder = self.graph, self.graph.node()

        def act(value: Value) -> None:
            if isinstance(value[1], int):
                params = graph.functions[value[1]].params
                if slot < len(params):
                    graph.copy(holder, params[slot])

        graph.watch(node, act, "f")
        return holder

    # ------------------------------------------------------------ calls of unknown targets

    def _name_loose(self) -> bool:
        """Interfaces known by the name of their method alone, where the target is not known."""
        found = False
        for number, call in enumerate(self.graph.calls):
            if call.targets or call.modelled or call.method not in self.apis.by_name:
                continue
            for api in self.apis.by_name[call.method]:
                if api.kind == "sink" and not self._addressed(api, call):
                    continue
                if (number, api.id) not in self._seen:
                    self._seen.add((number, api.id))
                    self._use(api, number, f"?.{call.method}")
                    found = True
        return found

    def _retry(self) -> bool:
        """Ask again what arguments are made from: unknown calls have got their meaning since."""
        waiting, self.pending = self.pending, []
        for api, number, path in waiting:
            self._use(api, number, path)
        return len(self.pending) < len(waiting)

    def _addressed(self, api: JsApi, call: Call) -> bool:
        """Tell whether a call known by its method alone is given something like an address."""
        texts = Texts(self.graph).of(self.port(call, api.url))
        return any(ADDRESS.match(text) for text in texts)

    def _open_calls(self) -> bool:
        """Give calls of unknown functions their general meaning: results and callbacks."""
        found = False
        for call in self.graph.calls:
            if call.targets or call.opaque or (call.modelled and call.method != "then"):
                continue
            call.opaque = found = True
            if not call.modelled:
                self._opaque(call)
        return found

    def _opaque(self, call: Call) -> None:
        graph, method = self.graph, call.method
        if call.this >= 0:
            if method in _SAME:
                graph.copy(call.this, call.result)
            if method in _ADDS:
                self._add(call)
            graph.extra.append((call.this, call.result, "deep"))
        self.origins[call.result] = [call.this, *call.args] if call.this >= 0 else call.args
        holder = graph.node()
        if method in _ELEMENTS:
            graph.load(call.this, ANY, holder) if call.this >= 0 else None
            for arg in call.args:
                graph.load(arg, ANY, holder)
        elif method in ("then", "done", "success", "subscribe", "tap", "pipe", "catch"):
            graph.copy(call.this, holder) if call.this >= 0 else None
        if call.this >= 0:
            graph.extra.append((call.this, holder, "own"))
        for arg in call.args:
            graph.extra.append((arg, call.result, "deep"))
            if method in ("each", "map", "forEach"):
                graph.extra.append((arg, holder, "own"))
            graph.watch(arg, lambda value: self._callback(call, value, holder), "f")

    def _add(self, call: Call) -> None:
        """`list.push(x)` and the like; `form.append("name", x)` keeps the name."""
        graph = self.graph
        keys = [str(w) for k, w in graph.values[call.args[0]] if k == "s"] if call.args else []
        if len(call.args) == 2 and len(keys) == 1:
            graph.store(call.this, keys[0], call.args[1])
            return
        for arg in call.args:
            graph.store(call.this, ANY, arg)

    def _callback(self, call: Call, value: Value, holder: int) -> None:
        """A function handed to an unknown one: it gets the receiver, its result comes back."""
        if not isinstance(value[1], int):
            return
        graph = self.graph
        function = graph.functions[value[1]]
        for param in function.params[:2]:
            graph.copy(holder, param)
        if call.method in ("map", "flatMap"):
            graph.place(call.result, graph.new_object())
            graph.store(call.result, ANY, function.result)
        elif call.method in ("then", "reduce", "catch"):
            graph.copy(function.result, call.result)
