"""Follow personal data through a solved graph, from a read to what sends it.

Breadth first over (node, calls entered): data that entered a function at one call leaves it at this
call only, to a depth of `_CALLS`. Data inside an object count as sent when the object is sent; a
single property of an object that holds data elsewhere does not.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from auditor.facts.hybrid.js.graph import Graph

_CALLS = 6
_STATES = 150_000

Stack = tuple[int, ...]
State = tuple[int, Stack]


@dataclass(frozen=True, slots=True)
class Arrival:
    """Data that reach a node: by which calls, and over which steps."""

    node: int
    stack: Stack
    path: tuple[tuple[int, str], ...]
    """(call number or -1, what happens), from the source on."""


class Taint:
    """The edges along which data move.

    Vertex 3n is node n itself, 3n+1 all that it holds, 3o+2 the object o.
    """

    def __init__(self, graph: Graph) -> None:
        """Derive the edges from a solved graph."""
        self.graph = graph
        self.edges: dict[int, list[tuple[int, int, str]]] = {}
        self.results = {f.result: number for number, f in enumerate(graph.functions)}
        for node, outs in enumerate(graph.out):
            for target, site in outs:
                self._edge(3 * node, 3 * target, site, "")
                self._edge(3 * node + 1, 3 * target + 1, site, "")
        for node, obj in graph.placed:
            self._edge(3 * obj + 2, 3 * node + 1, -1, "")
        self._memory()
        for target, parts in graph.concat.items():
            for part in parts:
                self._edge(3 * part + 1, 3 * target, -1, "joined into a text")
        for source, target, how in graph.extra:
            self._edge(3 * source + (how == "deep"), 3 * target, -1, "")

    def _memory(self) -> None:
        graph = self.graph
        for base, loads in graph.loads.items():
            for _, target in loads:
                self._edge(3 * base, 3 * target, -1, "")
        for base, stores in graph.stores.items():
            objects = [w for k, w in graph.values[base] if k == "o" and isinstance(w, int)]
            for name, source in stores:
                for obj in objects:
                    self._edge(3 * source + 1, 3 * obj + 2, -1, f".{name}")

    def _edge(self, source: int, target: int, site: int, label: str) -> None:
        self.edges.setdefault(source, []).append((target, site, label))

    def follow(self, source: int, wanted: set[int]) -> tuple[list[Arrival], set[str], bool]:
        """Arrivals at the nodes of `wanted` of data that start in node `source`.

        Returns them with the names of properties under which the data were stored, and whether the
        bound cut the search short.
        """
        start: State = (3 * source, ())
        before: dict[State, tuple[State, int, str] | None] = {start: None}
        queue = deque([start])
        arrivals: list[Arrival] = []
        clipped = False
        while queue:
            state = queue.popleft()
            vertex, stack = state
            if vertex % 3 == 1 and vertex // 3 in wanted:
                arrivals.append(Arrival(vertex // 3, stack, _path(before, state)))
            for target, site, label in self._steps(vertex):
                entered = self._enter(vertex, target, site, stack)
                if entered is None:
                    continue
                following = (target, entered)
                if following in before:
                    continue
                if len(before) >= _STATES:
                    clipped = True
                    continue
                before[following] = (state, site, label)
                queue.append(following)
        return arrivals, _names(self.edges, before, wanted), clipped

    def _steps(self, vertex: int) -> list[tuple[int, int, str]]:
        found = self.edges.get(vertex, [])
        return [*found, (vertex + 1, -1, "")] if vertex % 3 == 0 else found

    def _enter(self, vertex: int, target: int, site: int, stack: Stack) -> Stack | None:
        """Calls entered after an edge; None when it leaves by a call that was not entered."""
        if site < 0:
            return stack
        if vertex % 3 < 2 and vertex // 3 in self.results:
            if not stack:
                return ()
            return stack[:-1] if stack[-1] == site else None
        return (*stack, site)[-_CALLS:]


def _path(
    before: dict[State, tuple[State, int, str] | None], state: State
) -> tuple[tuple[int, str], ...]:
    steps: list[tuple[int, str]] = []
    at: State | None = state
    while at is not None and (came := before[at]) is not None:
        at, site, label = came
        if site >= 0 or label:
            steps.append((site, label))
    return tuple(reversed(steps))


def _names(
    edges: dict[int, list[tuple[int, int, str]]],
    before: dict[State, tuple[State, int, str] | None],
    wanted: set[int],
) -> set[str]:
    """Property names on reached edges that lead on to a wanted node."""
    reached = {vertex for vertex, _ in before}
    back: dict[int, list[int]] = {}
    for source in reached:
        for target, _, _ in edges.get(source, ()):
            if target in reached:
                back.setdefault(target, []).append(source)
        if source % 3 == 0 and source + 1 in reached:
            back.setdefault(source + 1, []).append(source)
    useful = {3 * node + 1 for node in wanted} & reached
    pending = list(useful)
    while pending:
        for source in back.get(pending.pop(), ()):
            if source not in useful:
                useful.add(source)
                pending.append(source)
    return {
        label[1:]
        for source in useful
        for target, _, label in edges.get(source, ())
        if target in useful and label.startswith(".") and label not in (".*",)
    }
