"""A small inclusion-based (Andersen) analysis of JavaScript values.

Nodes stand for variables, properties, expressions, parameters and returns. Values are functions,
objects by allocation site, literals, paths of interfaces that the host provides (`uni.request`),
and module loaders. Copies between nodes remember the call site through which they go, so that text
and data can later be followed through one call and not through all. Everything is bounded: what
does not fit marks the program as `clipped`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

MAX_NODES = 400_000
MAX_VALUES = 10
MAX_STEPS = 1_500_000
"""Moves of a value along an edge, in all runs of `solve`."""
ANY = "*"
"""Property that stands for array elements and for keys that are no literal."""

Value = tuple[str, object]
"""`("f", function)`, `("o", object)`, `("p", path)`, `("s", literal)`, `("r", module)`,
`("x", node)`: a resolver that delivers its argument to a node."""


@dataclass(slots=True)
class Function:
    """One function of the program."""

    params: list[int]
    rest: int
    """Node of the rest parameter or of `arguments`, -1 when there is none."""
    this: int
    result: int
    file: int
    start: int
    outer: int
    name: str = ""
    variable: int = -1
    """Node of the variable that a declaration makes; -1 for functions that are values."""
    trigger: str = ""
    """How the host starts it, when that is visible: click, screen_start, …"""
    component: bool = False
    """Part of a component or page, which the host can start from a template that is not read."""
    inline: bool = False
    """Written as an argument of a call, or called where it stands."""


@dataclass(slots=True)
class Call:
    """One call or construction."""

    callee: int
    this: int
    """Node of the receiver, -1 when there is none."""
    args: list[int]
    result: int
    function: int
    """The function it stands in, -1 at the top of a file."""
    file: int
    offset: int
    method: str
    """Name of the called property or variable; empty when computed."""
    new: bool = False
    targets: set[int] = field(default_factory=set)
    """Functions of the program that it calls."""
    paths: set[str] = field(default_factory=set)
    """Interfaces of the host that it calls."""
    opaque: bool = False
    modelled: bool = False


class Graph:
    """Nodes, values, and the rules that move values; `solve` runs them to the end."""

    def __init__(self) -> None:
        """Start empty."""
        self.values: list[set[Value]] = []
        self.out: list[list[tuple[int, int]]] = []
        self.into: list[list[tuple[int, int]]] = []
        self.concat: dict[int, list[int]] = {}
        """Text made by joining nodes in order."""
        self.literal: dict[int, str] = {}
        self.loads: dict[int, list[tuple[str, int]]] = {}
        self.stores: dict[int, list[tuple[str, int]]] = {}
        self.merges: dict[int, list[int]] = {}
        self.watchers: dict[int, list[Callable[[Value], None]]] = {}
        self.functions: list[Function] = []
        self.calls: list[Call] = []
        self.objects: list[dict[str, int]] = []
        self.whole: dict[int, list[int]] = {}
        """Object: nodes that read whatever it holds, by unknown keys."""
        self.merged: dict[int, list[int]] = {}
        self.extra: list[tuple[int, int, str]] = []
        """Edges of taint alone, (from, to, why): see `taint`."""
        self.protos: dict[int, int] = {}
        self.statics: dict[int, int] = {}
        self.path_objects: dict[str, int] = {}
        """What the program itself stores in an interface of the host."""
        self.placed: list[tuple[int, int]] = []
        """Where each object comes into being."""
        self.named: set[int] = set()
        """Nodes of variables that some expression names."""
        self.clipped = False
        """A bound of the whole program was reached."""
        self.overflowed = False
        """Some node had more values than are kept."""
        self.magic: frozenset[str] = frozenset()
        """Properties that name an interface of the host whatever they are read from."""
        self.steps = 0
        self._queue: deque[tuple[int, Value]] = deque()
        self._edges: set[tuple[int, int, int]] = set()

    def node(self) -> int:
        """Make a node."""
        if len(self.values) >= MAX_NODES:
            self.clipped = True
            return 0
        self.values.append(set())
        self.out.append([])
        self.into.append([])
        return len(self.values) - 1

    def new_object(self) -> int:
        """Make an object and return its number."""
        self.objects.append({})
        return len(self.objects) - 1

    def add(self, node: int, value: Value) -> None:
        """Give a node a value."""
        held = self.values[node]
        if value in held:
            return
        if len(held) >= MAX_VALUES:
            self.overflowed = True
            return
        held.add(value)
        self._queue.append((node, value))

    def place(self, node: int, obj: int) -> None:
        """Let an object come into being at a node."""
        self.placed.append((node, obj))
        self.add(node, ("o", obj))

    def copy(self, source: int, target: int, site: int = -1) -> None:
        """Let everything in `source` flow to `target`; `site` is the call it goes through."""
        if source == target or source < 0 or target < 0:
            return
        edge = (source, target, site)
        if edge in self._edges:
            return
        self._edges.add(edge)
        self.out[source].append((target, site))
        self.into[target].append((source, site))
        for value in list(self.values[source]):
            self.add(target, value)

    def load(self, base: int, name: str, target: int) -> None:
        """`target = base.name`."""
        self.loads.setdefault(base, []).append((name, target))
        if name in self.magic:
            self.add(target, ("p", name))
        for value in list(self.values[base]):
            self._load(value, name, target)

    def store(self, base: int, name: str, source: int) -> None:
        """`base.name = source`."""
        self.stores.setdefault(base, []).append((name, source))
        for value in list(self.values[base]):
            self._store(value, name, source)

    def merge(self, source: int, target: int) -> None:
        """Copy the properties of the objects in `source` to those in `target`."""
        self.watch(
            source, lambda a: self.watch(target, lambda b: self._merge(a, b), kind="o"), kind="o"
        )

    def watch(self, node: int, act: Callable[[Value], None], kind: str = "") -> None:
        """Call `act` for each value that `node` has or gets."""

        seen: set[Value] = set()

        def chosen(value: Value) -> None:
            if (not kind or value[0] == kind) and value not in seen:
                seen.add(value)
                act(value)

        self.watchers.setdefault(node, []).append(chosen)
        for value in list(self.values[node]):
            chosen(value)

    def property(self, obj: int, name: str) -> int:
        """Node of a property of an object."""
        held = self.objects[obj]
        if name not in held:
            held[name] = self.node()
            for reader in self.whole.get(obj, ()):
                self.copy(held[name], reader)
            for other in self.merged.get(obj, ()):
                self.copy(held[name], self.property(other, name))
        return held[name]

    def solve(self) -> None:
        """Move values until nothing changes, or the bound is reached."""
        limit = min(MAX_STEPS, self.steps + MAX_STEPS // 2)
        while self._queue:
            node, value = self._queue.popleft()
            self.steps += 1 + len(self.out[node])
            if self.steps > limit:
                self.clipped = True
                self._queue.clear()
                return
            for target, _ in self.out[node]:
                self.add(target, value)
            for name, target in self.loads.get(node, ()):
                self._load(value, name, target)
            for name, source in self.stores.get(node, ()):
                self._store(value, name, source)
            for act in list(self.watchers.get(node, ())):
                act(value)

    def prototype(self, function: int) -> int:
        """Object that stands for a function's prototype and for what `new` makes with it."""
        if function not in self.protos:
            self.protos[function] = self.new_object()
        return self.protos[function]

    def _static(self, function: int) -> int:
        if function not in self.statics:
            self.statics[function] = self.new_object()
        return self.statics[function]

    def _path_object(self, path: str) -> int:
        if path not in self.path_objects:
            self.path_objects[path] = self.new_object()
        return self.path_objects[path]

    def _load(self, value: Value, name: str, target: int) -> None:
        kind, what = value
        if kind == "o" and isinstance(what, int):
            self._load_property(what, name, target)
        elif kind == "p" and isinstance(what, str) and name != ANY:
            if name == "default":
                self.add(target, value)
            elif what.count(".") < 6:
                self.add(target, ("p", f"{what}.{name}"))
            self.copy(self.property(self._path_object(what), name), target)
        elif kind == "f" and isinstance(what, int) and name != ANY:
            if name == "prototype":
                self.place(target, self.prototype(what))
            elif name in ("call", "apply", "bind"):
                self.add(target, (name, what))
            else:
                self.copy(self.property(self._static(what), name), target)
        elif kind == "r" and name in ("n", "bind"):
            self.add(target, ("r." + name, what))

    def _load_property(self, obj: int, name: str, target: int) -> None:
        if name == ANY:
            readers = self.whole.setdefault(obj, [])
            if target not in readers:
                readers.append(target)
                for held in list(self.objects[obj].values()):
                    self.copy(held, target)
            return
        self.copy(self.property(obj, name), target)
        self.copy(self.property(obj, ANY), target)

    def _store(self, value: Value, name: str, source: int) -> None:
        kind, what = value
        if kind == "o" and isinstance(what, int):
            self.copy(source, self.property(what, name))
        elif kind == "p" and isinstance(what, str) and name != ANY:
            self.copy(source, self.property(self._path_object(what), name))
        elif kind == "f" and isinstance(what, int) and name != ANY:
            if name == "prototype":
                holder = self.node()
                self.place(holder, self.prototype(what))
                self.merge(source, holder)
            else:
                self.copy(source, self.property(self._static(what), name))

    def _merge(self, source: Value, target: Value) -> None:
        a, b = source[1], target[1]
        if not isinstance(a, int) or not isinstance(b, int) or a == b:
            return
        others = self.merged.setdefault(a, [])
        if b in others or len(others) > 64:
            return
        others.append(b)
        for name, held in list(self.objects[a].items()):
            self.copy(held, self.property(b, name))
