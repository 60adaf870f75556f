"""Assignments, declarations and patterns: where values are put."""

from __future__ import annotations

import tree_sitter

from auditor.facts.hybrid.js.builder import GLOBAL, Builder
from auditor.facts.hybrid.js.graph import ANY


def assignment(b: Builder, node: tree_sitter.Node) -> int:
    """`left = right`; the value is that of the right side."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    value = b.value(right)
    if left is not None:
        bind(b, left, value)
    return value


def augmented(b: Builder, node: tree_sitter.Node) -> int:
    """`left += right` joins texts; other operators make no text."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    value = b.value(right)
    operator = node.child_by_field_name("operator")
    if left is None:
        return value
    if operator is not None and operator.type == "+=":
        value = b.joined([b.value(left), value])
    bind(b, left, value)
    return value


def declarator(b: Builder, node: tree_sitter.Node) -> int:
    """`var name = value`, name possibly a pattern."""
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None:
        return -1
    held = b.value(value) if value is not None else -1
    if name.type == "identifier":
        variable = b.declare(b.text(name))
        if held >= 0:
            b.graph.copy(held, variable)
    elif held >= 0:
        bind(b, name, held, declares=True)
    return -1


def bind(b: Builder, target: tree_sitter.Node, value: int, declares: bool = False) -> None:
    """Let `value` flow into a variable, property or pattern."""
    kind = target.type
    if kind in ("identifier", "shorthand_property_identifier_pattern"):
        name = b.text(target)
        known = any(name in scope for scope in b.scopes)
        local = declares or (kind != "identifier" and not known)
        b.graph.copy(value, b.declare(name) if local else b.variable(name))
    elif kind == "member_expression":
        base, name_ = (
            target.child_by_field_name("object"),
            target.child_by_field_name("property"),
        )
        if base is None or name_ is None:
            return
        key = b.text(name_)
        b.started(value, key)
        if base.type == "identifier" and b.text(base) in GLOBAL and not b.shadowed(base):
            b.graph.copy(value, b.program.variable(key))
        else:
            b.graph.store(b.value(base), key, value)
    elif kind == "subscript_expression":
        base = target.child_by_field_name("object")
        b.graph.store(b.value(base), b.index(target.child_by_field_name("index")), value)
    elif kind == "object_pattern":
        bind_object(b, target, value)
    elif kind == "array_pattern":
        for at, child in enumerate(target.named_children):
            held = b.graph.node()
            b.graph.load(value, str(at), held)
            bind(b, child, held, declares=True)
    elif kind in ("assignment_pattern", "object_assignment_pattern"):
        left, right = target.child_by_field_name("left"), target.child_by_field_name("right")
        held = b.graph.node()
        b.graph.copy(value, held)
        b.graph.copy(b.value(right), held)
        if left is not None:
            bind(b, left, held, declares=True)
    elif kind == "parenthesized_expression" and target.named_children:
        bind(b, target.named_children[0], value)


def bind_object(b: Builder, pattern: tree_sitter.Node, value: int) -> None:
    """Let the properties of `value` flow into an object pattern."""
    for member in pattern.named_children:
        held = b.graph.node()
        if member.type == "pair_pattern":
            b.graph.load(value, b.key(member), held)
            inner = member.child_by_field_name("value")
            if inner is not None:
                bind(b, inner, held, declares=True)
        elif member.type == "shorthand_property_identifier_pattern":
            b.graph.load(value, b.text(member), held)
            b.graph.copy(held, b.declare(b.text(member)))
        elif member.type == "object_assignment_pattern":
            left = member.child_by_field_name("left")
            if left is not None:
                b.graph.load(value, b.text(left), held)
                bind(b, member, held, declares=True)
        elif member.type == "rest_pattern" and member.named_children:
            bind(b, member.named_children[0], value, declares=True)


def for_in(b: Builder, node: tree_sitter.Node) -> int:
    """`for (name of value)` gives the elements; `for … in` gives keys, which hold no data."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    value = b.value(right)
    operator = node.child_by_field_name("operator")
    if left is not None and operator is not None and operator.type == "of":
        held = b.graph.node()
        b.graph.load(value, ANY, held)
        bind(b, left, held, declares=node.child_by_field_name("kind") is not None)
    body = node.child_by_field_name("body")
    if body is not None:
        b.visit(body)
    return -1


def import_(b: Builder, node: tree_sitter.Node) -> int:
    """`import … from "module"`: the module's exports, also known by the module's name."""
    source = node.child_by_field_name("source")
    if source is None:
        return -1
    key = b.plain(source)
    imported = b.program.exports(key)
    b.graph.add(imported, ("p", key))
    clause = next((c for c in node.named_children if c.type == "import_clause"), None)
    for child in clause.named_children if clause is not None else ():
        if child.type == "identifier":
            held = b.declare(b.text(child))
            b.graph.load(imported, "default", held)
        elif child.type == "namespace_import" and child.named_children:
            b.graph.copy(imported, b.declare(b.text(child.named_children[0])))
        elif child.type == "named_imports":
            for item in child.named_children:
                name = item.child_by_field_name("name")
                alias = item.child_by_field_name("alias") or name
                if name is not None and alias is not None:
                    b.graph.load(imported, b.text(name), b.declare(b.text(alias)))
    return -1
