"""Calls, and the calls whose meaning shows in their shape."""

from __future__ import annotations

import tree_sitter

from auditor.facts.hybrid.js.builder import FUNCTIONS, GLOBAL, Builder
from auditor.facts.hybrid.js.expressions import template
from auditor.facts.hybrid.js.graph import ANY, Call
from auditor.facts.hybrid.js.modules import metro_module


def call(b: Builder, node: tree_sitter.Node) -> int:
    """A call or construction."""
    callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    group = node.child_by_field_name("arguments")
    if callee is None:
        return -1
    while callee.type == "parenthesized_expression" and callee.named_children:
        callee = callee.named_children[0]
    listed = group.named_children if group is not None and group.type == "arguments" else []
    listed = [a for a in listed if a.type != "comment"]
    if callee.type == "identifier" and b.text(callee) == "__d" and metro_module(b, node, listed):
        return -1
    this, method, target = called(b, callee)
    args = [b.value(argument) for argument in listed]
    if group is not None and group.type == "template_string":
        args = [template(b, group)]
    made = b.graph.node()
    b.graph.calls.append(
        Call(
            target,
            this,
            args,
            made,
            b.functions[-1],
            b.file,
            node.start_byte + b.shift,
            method,
            node.type == "new_expression",
        )
    )
    special(b, method, listed, args, this, made)
    return made


def called(b: Builder, callee: tree_sitter.Node) -> tuple[int, str, int]:
    """Receiver, name and node of what is called."""
    if callee.type == "sequence_expression" and callee.named_children:
        for child in callee.named_children[:-1]:
            b.visit(child)
        callee = callee.named_children[-1]
    if callee.type not in ("member_expression", "subscript_expression"):
        name = b.text(callee) if callee.type == "identifier" else ""
        return -1, name, b.value(callee)
    base, name_ = callee.child_by_field_name("object"), callee.child_by_field_name("property")
    if base is not None and base.type == "identifier" and name_ is not None:
        key = b.text(name_)
        if b.text(base) in GLOBAL and not b.shadowed(base):
            return -1, key, b.program.variable(key)
    this = b.value(base)
    made = b.graph.node()
    if name_ is None:
        key = b.index(callee.child_by_field_name("index"))
    else:
        key = b.text(name_)
        if key == "sent" and b.functions[-1] >= 0:
            b.graph.copy(b.graph.functions[b.functions[-1]].result, made)
    b.graph.load(this, key, made)
    return this, "" if key == ANY else key, made


def special(
    b: Builder, method: str, nodes: list[tree_sitter.Node], args: list[int], this: int, made: int
) -> None:
    """Calls whose meaning shows in their shape: exports of bundlers, joined text, wrappers."""
    graph = b.graph
    if len(args) >= 2 and nodes[0].type == "string":
        b.started(args[1], b.plain(nodes[0]))
    elif args:
        b.started(args[0], method)
    if method in ("d", "defineProperty") and len(nodes) > 1:
        export(b, method, nodes, args)
    elif method == "concat" and this >= 0:
        graph.concat[made] = [this, *args]
    elif method in ("mark", "wrap") and nodes and nodes[0].type in FUNCTIONS:
        copy_result(b, nodes[0], args[0], method == "mark", made)
    elif len(nodes) == 1 and nodes[0].type == "call_expression" and len(graph.calls) > 1:
        if graph.calls[-2].result == args[0] and graph.calls[-2].method == "mark":
            graph.copy(args[0], made)
    elif nodes and nodes[-1].type == "generator_function":
        # async functions as compilers write them: `run(this, null, function* () {…})`
        copy_result(b, nodes[-1], args[-1], len(nodes) == 1, made)
    elif len(nodes) >= 2 and nodes[1].type == "array":
        class_members(b, nodes[1], args[0])


def export(b: Builder, method: str, nodes: list[tree_sitter.Node], args: list[int]) -> None:
    """Exports as bundlers write them: `d(exports, {a: () => x})`, `d(exports, "a", () => x)`."""
    graph = b.graph
    if method == "defineProperty" and len(nodes) == 3 and nodes[2].type == "object":
        define_property(b, nodes, args)
    elif method == "d" and len(nodes) == 2 and nodes[1].type == "object":
        for member in nodes[1].named_children:
            value = member.child_by_field_name("value") or member
            if (number := b.made.get(value.start_byte)) is not None:
                graph.store(args[0], b.key(member), graph.functions[number].result)
    elif method == "d" and len(nodes) == 3 and nodes[1].type == "string":
        number = b.made.get(nodes[2].start_byte)
        if number is not None:
            graph.store(args[0], b.plain(nodes[1]), graph.functions[number].result)


def copy_result(b: Builder, function: tree_sitter.Node, held: int, itself: bool, made: int) -> None:
    """The call gives the function that it was given, or what this function gives."""
    number = b.made.get(function.start_byte)
    if number is not None:
        b.graph.copy(held if itself else b.graph.functions[number].result, made)


def class_members(b: Builder, listed: tree_sitter.Node, cls: int) -> None:
    """`createClass(Class, [{key: "name", value: function () {…}}])`: classes compiled to ES5."""
    graph, proto = b.graph, b.graph.node()
    graph.load(cls, "prototype", proto)
    for element in listed.named_children[:500]:
        members = {b.key(m): m.child_by_field_name("value") for m in element.named_children}
        key, value = members.get("key"), members.get("value")
        number = b.made.get(value.start_byte) if value is not None else None
        if element.type != "object" or key is None or key.type != "string" or number is None:
            continue
        held = graph.node()
        graph.add(held, ("f", number))
        graph.store(proto, b.plain(key), held)
        graph.copy(proto, graph.functions[number].this)
        b.started(held, b.plain(key))


def define_property(b: Builder, nodes: list[tree_sitter.Node], args: list[int]) -> None:
    """`Object.defineProperty(object, "name", {get: …})`, as compilers write exports."""
    if nodes[1].type != "string":
        return
    key = b.plain(nodes[1])
    for member in nodes[2].named_children:
        value = member.child_by_field_name("value")
        if b.key(member) == "get":
            number = b.made.get((value or member).start_byte)
            if number is not None:
                b.graph.store(args[0], key, b.graph.functions[number].result)
        elif b.key(member) == "value":
            held = b.graph.node()
            b.graph.load(args[2], "value", held)
            b.graph.store(args[0], key, held)
