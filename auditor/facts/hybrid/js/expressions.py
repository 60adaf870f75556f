"""Expressions: variables, texts, sums, choices, access to properties."""

from __future__ import annotations

import tree_sitter

from auditor.facts.hybrid.js.builder import GLOBAL, Builder, escape
from auditor.facts.hybrid.js.graph import ANY


def identifier(b: Builder, node: tree_sitter.Node) -> int:
    """A variable."""
    name = b.text(node)
    if name == "arguments" and b.functions[-1] >= 0:
        return arguments(b, b.functions[-1])
    if name == "undefined":
        return -1
    node_ = b.variable(name)
    b.graph.named.add(node_)
    return node_


def arguments(b: Builder, function: int) -> int:
    """The `arguments` of a function: an object with all parameters."""
    made = b.graph.functions[function]
    if made.rest < 0:
        made.rest = b.graph.node()
        obj = b.graph.new_object()
        b.graph.place(made.rest, obj)
        for param in made.params:
            b.graph.copy(param, b.graph.property(obj, ANY))
    return made.rest


def this(b: Builder, node: tree_sitter.Node) -> int:
    """`this` of the current function."""
    return b.graph.functions[b.functions[-1]].this if b.functions[-1] >= 0 else -1


def string(b: Builder, node: tree_sitter.Node) -> int:
    """A string literal."""
    return b.literal(b.plain(node))


def number(b: Builder, node: tree_sitter.Node) -> int:
    """A number, kept as its text."""
    return b.literal(b.text(node))


def template(b: Builder, node: tree_sitter.Node) -> int:
    """A template: the texts and values in order."""
    parts = []
    for child in node.named_children:
        if child.type == "template_substitution":
            parts.append(b.value(child.named_children[0] if child.named_children else None))
        elif child.type == "escape_sequence":
            parts.append(b.literal(escape(b.text(child))))
        else:
            parts.append(b.literal(b.text(child)))
    return b.joined(parts)


def binary(b: Builder, node: tree_sitter.Node) -> int:
    """A sum joins texts; `||`, `&&`, `??` choose; other operators give no value."""
    parts: list[int] = []
    operator = ""
    left: tree_sitter.Node | None = node
    chain: list[tree_sitter.Node] = []
    while left is not None and left.type == "binary_expression":
        kind = left.child_by_field_name("operator")
        kind_text = kind.type if kind is not None else ""
        if chain and kind_text != operator:
            break
        operator = kind_text
        chain.append(left)
        left = left.child_by_field_name("left")
    parts.append(b.value(left))
    parts += [b.value(link.child_by_field_name("right")) for link in reversed(chain)]
    if operator == "+":
        return b.joined(parts)
    return b.union(parts) if operator in ("||", "&&", "??") else -1


def ternary(b: Builder, node: tree_sitter.Node) -> int:
    """A choice: either value."""
    options: list[int] = []
    at: tree_sitter.Node | None = node
    while at is not None and at.type == "ternary_expression":
        condition = at.child_by_field_name("condition")
        if condition is not None:
            b.visit(condition)
        options.append(b.value(at.child_by_field_name("consequence")))
        at = at.child_by_field_name("alternative")
    options.append(b.value(at))
    return b.union(options)


def sequence(b: Builder, node: tree_sitter.Node) -> int:
    """`a, b, c`: the last value."""
    last = -1
    pending = [node]
    flat: list[tree_sitter.Node] = []
    while pending:
        at = pending.pop()
        if at.type == "sequence_expression":
            pending.extend(reversed(at.named_children))
        else:
            flat.append(at)
    for child in flat:
        last = b.visit(child)
    return last


def inner(b: Builder, node: tree_sitter.Node) -> int:
    """An expression around one other: parentheses, await, spread."""
    children = node.named_children
    return b.visit(children[0]) if children else -1


def member(b: Builder, node: tree_sitter.Node) -> int:
    """`base.name`."""
    base, name = node.child_by_field_name("object"), node.child_by_field_name("property")
    if base is None or name is None:
        return -1
    key = b.text(name)
    if base.type == "identifier" and b.text(base) in GLOBAL and not b.shadowed(base):
        return b.program.variable(key)
    made = b.graph.node()
    held = b.value(base)
    if key == "sent" and base.type == "identifier" and b.functions[-1] >= 0:
        # regenerator: `e.next = 3; return promise` … `e.sent` is what the promise delivers
        b.graph.copy(b.graph.functions[b.functions[-1]].result, made)
    b.graph.load(held, key, made)
    return made


def subscript(b: Builder, node: tree_sitter.Node) -> int:
    """`base[index]`."""
    base, index = node.child_by_field_name("object"), node.child_by_field_name("index")
    made = b.graph.node()
    held = b.value(base)
    key = b.index(index)
    b.graph.load(held, key, made)
    return made
