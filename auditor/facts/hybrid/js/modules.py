"""Module systems of bundles: each module gets an `exports` object and a loader."""

from __future__ import annotations

import tree_sitter

from auditor.facts.hybrid.js.builder import FUNCTIONS, Builder
from auditor.facts.hybrid.js.functions import parameters


def bind_modules(b: Builder, table: list[tuple[str, tree_sitter.Node]], total: int) -> None:
    """Bind the parameters of module functions: module, exports, require."""
    if len(table) != total or any(len(parameters(b, f)) > 3 for _, f in table):
        return
    for key, function in table:
        number = b.made.get(function.start_byte)
        if number is not None:
            bind_module(b, key, number, function, (0, 1, 2), "")


def bind_module(
    b: Builder,
    key: str,
    number: int,
    node: tree_sitter.Node,
    slots: tuple[int, int, int],
    deps: str,
) -> None:
    """Give the parameters of a module's function their meaning."""
    graph, made = b.graph, b.graph.functions[number]
    module = b.program.module(key)
    exports = b.program.exports(key)
    graph.place(exports, graph.new_object())
    wanted = ((slots[0], ("o", module)), (slots[2], ("r", deps)))
    for slot, value in wanted:
        if 0 <= slot < len(made.params):
            graph.add(made.params[slot], value)
    if 0 <= slots[1] < len(made.params):
        graph.copy(exports, made.params[slots[1]])
    graph.copy(exports, made.this)
    made.trigger = made.trigger or "screen_start"
    span = (node.start_byte, node.end_byte)
    b.program.identities.append((module, b.file, span[0] + b.shift, span[1] + b.shift))


def metro_module(b: Builder, node: tree_sitter.Node, args: list[tree_sitter.Node]) -> bool:
    """`__d(function(global, require, default, all, module, exports, deps) {…}, id, deps)`."""
    if len(args) < 2 or args[0].type not in FUNCTIONS or args[1].type not in ("number", "string"):
        return False
    b.visit(args[0])
    number = b.made.get(args[0].start_byte)
    if number is None:
        return True
    made = b.graph.functions[number]
    key = "metro:" + (b.plain(args[1]) if args[1].type == "string" else b.text(args[1]))
    bind_module(b, key, number, args[0], (4, 5, 1), "metro")
    for slot in (2, 3):
        if slot < len(made.params):
            b.graph.add(made.params[slot], ("r", "metro"))
    if len(args) > 2 and len(made.params) > 6:
        b.graph.copy(b.value(args[2]), made.params[6])
    return True
