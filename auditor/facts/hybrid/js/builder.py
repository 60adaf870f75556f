"""Turn the syntax tree of JavaScript into the nodes and rules of a `graph.Graph`.

tree-sitter parses; damaged or newer syntax leaves error nodes, around which the rest is still read.
Scopes are functions (blocks are not told apart). Module systems of bundles (webpack, browserify,
Metro) become modules with an `exports` object each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import tree_sitter
import tree_sitter_javascript

from auditor.facts.hybrid.js.graph import ANY, Function, Graph
from auditor.facts.hybrid.js.segments import Piece

MAX_DEPTH = 200
"""Nesting of expressions that is followed; deeper ones are left out and reported as clipped."""
GLOBAL = frozenset({"window", "globalThis", "self", "global", "top"})
FUNCTIONS = frozenset(
    {
        "function_expression",
        "function_declaration",
        "arrow_function",
        "method_definition",
        "generator_function",
        "generator_function_declaration",
    }
)
_DECLARED = """
(variable_declarator name: (identifier) @d)
(class_declaration name: (identifier) @d)
(catch_clause parameter: (identifier) @d)
(function_declaration name: (identifier) @o)
(generator_function_declaration name: (identifier) @o)
(function_expression) @f (function_declaration) @f (arrow_function) @f
(method_definition) @f (generator_function) @f (generator_function_declaration) @f
"""
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_LONGEST_LITERAL = 2048


Rule = Callable[["Builder", tree_sitter.Node], int]
"""Builds one node of the tree; returns the graph's node of its value, -1 when it has none."""


@cache
def language() -> tree_sitter.Language:
    """The grammar of JavaScript."""
    return tree_sitter.Language(tree_sitter_javascript.language())


def parse(source: bytes) -> tree_sitter.Tree:
    """Parse JavaScript; never fails, errors become nodes."""
    return tree_sitter.Parser(language()).parse(source)


class Program:
    """What the files of one app share: the graph, global variables and modules."""

    def __init__(self, magic: frozenset[str], triggers: Mapping[str, str]) -> None:
        """Start empty.

        Args:
            magic: properties that are interfaces of the host.
            triggers: names of events and of functions that the host calls, with what starts them.
        """
        self.graph = Graph()
        self.graph.node()
        self.graph.magic = magic
        self.triggers = triggers
        self.globals: dict[str, int] = {}
        self.modules: dict[str, int] = {}
        self.identities: list[tuple[int, int, int, int]] = []
        """Module object with the file, start and end of its code, to be named by what it holds."""

    def variable(self, name: str) -> int:
        """Node of a global variable; it also stands for the host's interface of that name."""
        if name not in self.globals:
            self.globals[name] = self.graph.node()
            self.graph.add(self.globals[name], ("p", name))
        return self.globals[name]

    def module(self, key: str) -> int:
        """Object `module` of the module called `key`."""
        if key not in self.modules:
            self.modules[key] = self.graph.new_object()
        return self.modules[key]

    def exports(self, key: str) -> int:
        """Node of `module.exports`."""
        return self.graph.property(self.module(key), "exports")


class Builder:
    """Reads one text into a program; the rules of each syntax lie in the modules beside."""

    def __init__(self, program: Program, piece: Piece, rules: Mapping[str, Rule]) -> None:
        """Read one piece of a file; `rules` say what each kind of syntax means."""
        self.rules = rules
        file, source, shift = piece.file, piece.text, piece.shift
        self.event = piece.event
        self.program = program
        self.graph = program.graph
        self.file = file
        self.source = source
        self.shift = shift
        self.scopes: list[dict[str, int]] = []
        self.functions: list[int] = [-1]
        self.declared: dict[int, set[str]] = {}
        self.depth = 0
        self.made: dict[int, int] = {}
        """Start byte of a function's node → its number."""

    def read(self) -> None:
        """Build the rules of the whole text."""
        tree = parse(self.source)
        if self.event:
            self._open_handler()
        self._find_declarations(tree.root_node)
        for child in tree.root_node.named_children:
            self.visit(child)

    def _open_handler(self) -> None:
        """The text is an attribute like `onclick`: a function that an event starts."""
        graph = self.graph
        number = len(graph.functions)
        made = Function([], -1, graph.node(), graph.node(), self.file, self.shift, -1)
        made.trigger = self.program.triggers.get(self.event, "")
        graph.functions.append(made)
        self.functions.append(number)

    def started(self, held: int, event: str) -> None:
        """Note that the host starts the functions in `held` at an event, if it is a known one."""
        trigger = self.program.triggers.get(event, "")
        if not trigger:
            return
        functions = self.graph.functions

        def act(value: tuple[str, object]) -> None:
            if isinstance(value[1], int):
                functions[value[1]].trigger = functions[value[1]].trigger or trigger

        self.graph.watch(held, act, "f")

    def _find_declarations(self, root: tree_sitter.Node) -> None:
        captures = tree_sitter.QueryCursor(tree_sitter.Query(language(), _DECLARED)).captures(root)
        spans = sorted((n.start_byte, -n.end_byte) for n in captures.get("f", ()))
        names = [(n.start_byte, n, 0) for n in captures.get("d", ())]
        names += [(n.start_byte, n, 1) for n in captures.get("o", ())]
        names.sort(key=lambda item: item[0])
        stack: list[tuple[int, int]] = []
        at = 0
        for start, node, outward in names:
            while at < len(spans) and spans[at][0] <= start:
                stack.append((spans[at][0], -spans[at][1]))
                at += 1
            while stack and stack[-1][1] <= start:
                stack.pop()
            open_ = [span for span in stack[-40:] if span[1] > start]
            inner = open_[: len(open_) - outward]
            if inner:
                self.declared.setdefault(inner[-1][0], set()).add(self.text(node))

    def text(self, node: tree_sitter.Node) -> str:
        """Source text of a node."""
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def variable(self, name: str) -> int:
        """Node of the variable that `name` means here."""
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return self.program.variable(name)

    def declare(self, name: str) -> int:
        """Node of a variable of the current function (or a global one)."""
        if not self.scopes:
            return self.program.variable(name)
        scope = self.scopes[-1]
        if name not in scope:
            scope[name] = self.graph.node()
        return scope[name]

    def visit(self, node: tree_sitter.Node) -> int:
        """Build a node of the tree; return the graph's node of its value, -1 when it has none."""
        rule = self.rules.get(node.type)
        if self.depth >= MAX_DEPTH:
            self.graph.clipped = True
            return -1
        self.depth += 1
        try:
            if rule is not None:
                return rule(self, node)
            for child in node.named_children:
                self.visit(child)
            return -1
        finally:
            self.depth -= 1

    def value(self, node: tree_sitter.Node | None) -> int:
        """Build an expression; always a node."""
        made = self.visit(node) if node is not None else -1
        return made if made >= 0 else self.graph.node()

    def union(self, nodes: list[int]) -> int:
        """Node that holds what any of `nodes` holds."""
        known = [n for n in nodes if n >= 0]
        if len(known) == 1:
            return known[0]
        joined = self.graph.node()
        for node in known:
            self.graph.copy(node, joined)
        return joined

    def literal(self, text: str) -> int:
        """Node of a constant text."""
        node = self.graph.node()
        self.graph.literal[node] = text[:_LONGEST_LITERAL]
        if len(text) <= 200:
            self.graph.add(node, ("s", text))
        return node

    def plain(self, node: tree_sitter.Node) -> str:
        """Text of a string literal, escapes resolved."""
        parts = []
        for child in node.named_children:
            raw = self.text(child)
            parts.append(escape(raw) if child.type == "escape_sequence" else raw)
        return "".join(parts)

    def joined(self, parts: list[int]) -> int:
        """Node of the text made of `parts`."""
        node = self.graph.node()
        self.graph.concat[node] = parts
        return node

    def shadowed(self, node: tree_sitter.Node) -> bool:
        """Tell whether a local variable hides the global of this name."""
        name = self.text(node)
        return any(name in scope for scope in self.scopes)

    def index(self, index: tree_sitter.Node | None) -> str:
        """Key of `[index]`: a literal, or `ANY`."""
        if index is None:
            return ANY
        if index.type == "string":
            return self.plain(index)
        if index.type == "number":
            return self.text(index)
        self.visit(index)
        return ANY

    def key(self, member: tree_sitter.Node) -> str:
        """Key of a member of an object literal; empty when it has none."""
        key = member.child_by_field_name("key") or member.child_by_field_name("name")
        if key is None:
            if member.type == "shorthand_property_identifier":
                return self.text(member)
            return ""
        if key.type == "string":
            return self.plain(key)
        return ANY if key.type == "computed_property_name" else self.text(key)


def escape(raw: str) -> str:
    """Resolve one escape sequence of a string literal."""
    body = raw[1:]
    if body.startswith(("x", "u")):
        digits = body[1:].strip("{}")
        try:
            number = int(digits, 16)
        except ValueError:
            return raw
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    if body in ("\n", "\r\n"):
        return ""
    return _ESCAPES.get(body, body)
