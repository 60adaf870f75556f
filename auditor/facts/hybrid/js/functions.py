"""Functions and classes."""

from __future__ import annotations

import tree_sitter

from auditor.facts.hybrid.js.bindings import bind
from auditor.facts.hybrid.js.builder import Builder
from auditor.facts.hybrid.js.graph import ANY, Function


def parameters(b: Builder, node: tree_sitter.Node) -> list[tree_sitter.Node]:
    """Nodes of the parameters of a function."""
    single = node.child_by_field_name("parameter")
    if single is not None:
        return [single]
    group = node.child_by_field_name("parameters")
    return [c for c in group.named_children if c.type != "comment"] if group is not None else []


def function(b: Builder, node: tree_sitter.Node) -> int:
    """A function: its scope, parameters and body."""
    graph = b.graph
    made = graph.node()
    function = Function(
        [],
        -1,
        graph.node(),
        graph.node(),
        b.file,
        node.start_byte + b.shift,
        b.functions[-1],
    )
    number = len(graph.functions)
    graph.functions.append(function)
    graph.add(made, ("f", number))
    b.made[node.start_byte] = number
    function.inline = _is_inline(node)
    name = node.child_by_field_name("name")
    function.name = b.text(name) if name is not None else ""
    if node.type == "arrow_function" and b.functions[-1] >= 0:
        function.this = graph.functions[b.functions[-1]].this
    scope: dict[str, int] = {}
    if node.type == "function_expression" and name is not None:
        scope[function.name] = made
    for declared in sorted(b.declared.get(node.start_byte, ())):
        scope[declared] = graph.node()
    b.scopes.append(scope)
    b.functions.append(number)
    for parameter in parameters(b, node):
        param = graph.node()
        function.params.append(param)
        bind_parameter(b, parameter, param, function)
    body = node.child_by_field_name("body")
    if body is not None:
        if body.type == "statement_block":
            for child in body.named_children:
                b.visit(child)
        else:
            graph.copy(b.value(body), function.result)
    b.functions.pop()
    b.scopes.pop()
    return made


def bind_parameter(b: Builder, parameter: tree_sitter.Node, param: int, function: Function) -> None:
    """Let a parameter's value flow into its name or pattern."""
    if parameter.type == "identifier":
        b.scopes[-1][b.text(parameter)] = param
    elif parameter.type == "rest_pattern":
        function.rest = param
        obj = b.graph.new_object()
        b.graph.place(param, obj)
        bind(b, parameter.named_children[0], param)
    else:
        bind(b, parameter, param)


def declaration(b: Builder, node: tree_sitter.Node) -> int:
    """`function name() {…}`."""
    name = node.child_by_field_name("name")
    made = function(b, node)
    if name is not None:
        variable = b.declare(b.text(name))
        b.graph.copy(made, variable)
        exported = node.parent is not None and node.parent.type == "export_statement"
        number = b.made[node.start_byte]
        b.graph.functions[number].variable = -1 if exported else variable
    return -1


def returned(b: Builder, node: tree_sitter.Node) -> int:
    """`return value`."""
    children = node.named_children
    if children and b.functions[-1] >= 0:
        b.graph.copy(b.value(children[0]), b.graph.functions[b.functions[-1]].result)
    return -1


def class_(b: Builder, node: tree_sitter.Node) -> int:
    """A class: its methods and fields share one object, the prototype."""
    graph = b.graph
    made, body = graph.node(), node.child_by_field_name("body")
    proto = graph.node()
    constructor = class_function(b, node, body)
    graph.add(made, ("f", constructor))
    graph.place(proto, graph.prototype(constructor))
    first = len(graph.functions)
    for member in body.named_children if body is not None else ():
        name = member.child_by_field_name("name") or member.child_by_field_name("property")
        key = b.text(name) if name is not None else ANY
        if member.type == "method_definition" and key != "constructor":
            held = function(b, member)
            graph.store(proto, key, held)
            b.started(held, key)
        elif member.type == "field_definition":
            value = member.child_by_field_name("value")
            if value is not None:
                held = field(b, value, constructor)
                graph.store(proto, key, held)
                graph.store(made, key, held)
    for number in range(first, len(graph.functions)):
        graph.copy(proto, graph.functions[number].this)
    heritage = next((c for c in node.named_children if c.type == "class_heritage"), None)
    if heritage is not None:
        parent = graph.node()
        graph.load(b.value(heritage.named_children[0]), "prototype", parent)
        graph.merge(parent, proto)
    name = node.child_by_field_name("name")
    if name is not None:
        graph.copy(made, b.declare(b.text(name)))
    return made


def field(b: Builder, value: tree_sitter.Node, constructor: int) -> int:
    """A field of a class, evaluated in its constructor."""
    b.functions.append(constructor)
    held = b.value(value)
    b.functions.pop()
    return held


def class_function(b: Builder, node: tree_sitter.Node, body: tree_sitter.Node | None) -> int:
    """The function that makes an object of the class: its constructor, or an empty one."""
    graph = b.graph
    for member in body.named_children if body is not None else ():
        name = member.child_by_field_name("name")
        if name is not None and b.text(name) == "constructor" and member.type.startswith("method"):
            function(b, member)
            number = b.made[member.start_byte]
            graph.place(graph.functions[number].this, graph.prototype(number))
            return number
    number = len(graph.functions)
    this = graph.node()
    at = node.start_byte + b.shift
    graph.functions.append(Function([], -1, this, graph.node(), b.file, at, b.functions[-1]))
    graph.place(this, graph.prototype(number))
    return number


def _is_inline(node: tree_sitter.Node) -> bool:
    """Tell whether a function is handed over, or called, where it is written."""
    parent = node.parent
    while parent is not None and parent.type in ("parenthesized_expression", "unary_expression"):
        parent = parent.parent
    return parent is not None and parent.type in ("arguments", "call_expression")
