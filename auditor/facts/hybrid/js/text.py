"""Evaluate the text that a node can hold, within the calls through which data went."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from auditor.facts.hybrid.js.graph import Graph

HOLE = "\0"
"""Stands for a part that is not known."""
ADDRESS = re.compile(r"(?:https?|wss?)://|/[A-Za-z0-9]|\x00/")
"""Beginning of a text that can be an address."""
_MOST = 12
_DEPTH = 40
_WORK = 4000
_LONGEST = 2048


class Texts:
    """Texts of nodes; `calls` fixes at which call each function was entered."""

    def __init__(self, graph: Graph) -> None:
        """Index which function owns a parameter or a result."""
        self.graph = graph
        self.params = {p: n for n, f in enumerate(graph.functions) for p in f.params}
        self.results = {f.result: n for n, f in enumerate(graph.functions)}
        self._work = 0

    def of(self, node: int, stack: Sequence[int] = ()) -> tuple[str, ...]:
        """Texts that `node` can hold, sorted; unknown parts are `HOLE`."""
        entered = {f: site for site in stack for f in self.graph.calls[site].targets}
        self._work = 0
        found = self._of(node, entered, 0, frozenset()) if node >= 0 else set()
        return tuple(sorted(found or {HOLE}))

    def _of(
        self, node: int, entered: Mapping[int, int], depth: int, above: frozenset[int]
    ) -> set[str]:
        self._work += 1
        if depth > _DEPTH or self._work > _WORK or node in above:
            return set()
        if node in self.graph.literal:
            return {self.graph.literal[node]}
        above = above | {node}
        if (parts := self.graph.concat.get(node)) is not None:
            return self._joined(parts, entered, depth + 1, above)
        found: set[str] = set()
        owner = self.params.get(node)
        for source, site in self.graph.into[node]:
            if owner is not None and owner in entered and site >= 0 and site != entered[owner]:
                continue
            inner = entered
            if site >= 0 and (called := self.results.get(source)) is not None:
                inner = {**entered, called: site}
            found |= self._of(source, inner, depth + 1, above)
            if len(found) >= _MOST:
                break
        return set(sorted(found)[:_MOST])

    def _joined(
        self, parts: Sequence[int], entered: Mapping[int, int], depth: int, above: frozenset[int]
    ) -> set[str]:
        texts = {""}
        for part in parts[:64]:
            options = self._of(part, entered, depth, above) or {HOLE}
            texts = {(a + b)[:_LONGEST] for a in texts for b in options}
            texts = set(sorted(texts)[:_MOST])
        return texts
