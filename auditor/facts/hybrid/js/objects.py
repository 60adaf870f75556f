"""Literals of arrays and objects, and components of Vue and uni-app."""

from __future__ import annotations

import tree_sitter

from auditor.facts.hybrid.js.builder import FUNCTIONS, Builder
from auditor.facts.hybrid.js.functions import function, parameters
from auditor.facts.hybrid.js.graph import ANY
from auditor.facts.hybrid.js.modules import bind_modules

_COMPONENT_MARKS = frozenset(
    {"methods", "data", "computed", "onLoad", "onShow", "onLaunch", "setup"}
)
"""Members by which an object literal is a component of Vue or a page of uni-app."""


def array_literal(b: Builder, node: tree_sitter.Node) -> int:
    """An array literal."""
    made = b.graph.node()
    obj = b.graph.new_object()
    b.graph.place(made, obj)
    functions = []
    for at, child in enumerate(node.named_children):
        held = b.value(child)
        if child.type == "spread_element":
            b.graph.load(held, ANY, b.graph.property(obj, ANY))
        else:
            slot = str(at) if at < 64 else ANY
            b.graph.copy(held, b.graph.property(obj, slot))
        functions.append((str(at), child))
    if len(functions) >= 2 and _is_argument(node):
        bind_modules(b, [(k, c) for k, c in functions if c.type in FUNCTIONS], len(functions))
    return made


def object_literal(b: Builder, node: tree_sitter.Node) -> int:
    """An object literal."""
    made = b.graph.node()
    obj = b.graph.new_object()
    b.graph.place(made, obj)
    table: list[tuple[str, tree_sitter.Node]] = []
    keys: set[str] = set()
    members = node.named_children
    if _COMPONENT_MARKS & {b.key(m) for m in members}:
        component(b, made, members)
        return made
    for member in members:
        key = object_member(b, made, member)
        keys.add(key)
        value = member.child_by_field_name("value")
        shape = member.child_by_field_name("key")
        if value is not None and shape is not None and value.type in FUNCTIONS:
            three = len(parameters(b, value)) == 3
            if shape.type in ("string", "number") or three:
                table.append((key, value))
    if table and len(table) == len(members) and _is_argument(node):
        bind_modules(b, table, len(members))
    return made


def object_member(b: Builder, made: int, member: tree_sitter.Node, this: int = -1) -> str:
    """Store one member of an object literal; return its key."""
    key = b.key(member)
    if member.type == "pair":
        value = member.child_by_field_name("value")
        held = b.value(value)
    elif member.type == "method_definition":
        held = function(b, member)
    elif member.type == "shorthand_property_identifier":
        held = b.variable(key)
    elif member.type == "spread_element":
        b.graph.merge(b.value(member), made)
        return ""
    else:
        return ""
    b.graph.store(made, key, held)
    b.started(held, key)
    if member.type == "method_definition" and _is_getter(member):
        for value_ in b.graph.values[held]:
            if value_[0] == "f" and isinstance(value_[1], int):
                b.graph.store(made, key, b.graph.functions[value_[1]].result)
    return key


def component(b: Builder, made: int, members: list[tree_sitter.Node]) -> None:
    """A component of Vue or a page of uni-app: its parts share one `this`."""
    first = len(b.graph.functions)
    for member in members:
        key = object_member(b, made, member)
        held = b.graph.node()
        b.graph.load(made, key, held)
        if key in ("methods", "computed"):
            b.graph.merge(held, made)
        elif key in ("data", "setup"):
            merge_result(b, held, made)
    for number in range(first, len(b.graph.functions)):
        b.graph.copy(made, b.graph.functions[number].this)
        b.graph.functions[number].component = True


def merge_result(b: Builder, function: int, made: int) -> None:
    """What a function returns becomes part of an object."""
    graph = b.graph

    def act(value: tuple[str, object]) -> None:
        if isinstance(value[1], int):
            graph.merge(graph.functions[value[1]].result, made)

    graph.watch(function, act, "f")


def _is_argument(node: tree_sitter.Node) -> bool:
    """Tell whether a literal stands among the arguments of a call, or in an array among them."""
    parent = node.parent
    if parent is not None and parent.type == "array":
        parent = parent.parent
    return parent is not None and parent.type == "arguments"


def _is_getter(member: tree_sitter.Node) -> bool:
    return any(child.type == "get" for child in member.children[:3])
