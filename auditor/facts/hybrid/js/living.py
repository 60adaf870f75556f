"""Which functions of a program can run at all."""

from __future__ import annotations

from auditor.facts.hybrid.js.graph import Graph


class Living:
    """Tell whether a function can run: its name is used somewhere, or it is a value itself."""

    def __init__(self, graph: Graph) -> None:
        """Look at a solved graph."""
        self.functions = graph.functions
        self.named = graph.named
        self.called = {n for call in graph.calls for n in call.targets}

    def __call__(self, function: int) -> bool:
        """Tell whether a function, and all that enclose it, can run."""
        for _ in range(100):
            if function < 0:
                return True
            at = self.functions[function]
            if at.variable >= 0 and at.variable not in self.named and function not in self.called:
                return False
            function = at.outer
        return True
