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

from auditor.facts.hybrid.graph import ANY, Call, Function, Graph
from auditor.facts.hybrid.segments import Piece

MAX_DEPTH = 200
"""Nesting of expressions that is followed; deeper ones are left out and reported as clipped."""
_GLOBAL = frozenset({"window", "globalThis", "self", "global", "top"})
_FUNCTIONS = frozenset(
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
_COMPONENT_MARKS = frozenset(
    {"methods", "data", "computed", "onLoad", "onShow", "onLaunch", "setup"}
)


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
    """Reads one text into a program."""

    def __init__(self, program: Program, piece: Piece) -> None:
        """Read one piece of a file."""
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
            self._handler()
        self._find_declarations(tree.root_node)
        for child in tree.root_node.named_children:
            self.visit(child)

    def _handler(self) -> None:
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

    # ------------------------------------------------------------ names

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

    # ------------------------------------------------------------ walking

    def visit(self, node: tree_sitter.Node) -> int:
        """Build a node of the tree; return the graph's node of its value, -1 when it has none."""
        rule = _RULES.get(node.type)
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

    # ------------------------------------------------------------ simple expressions

    def identifier(self, node: tree_sitter.Node) -> int:
        name = self.text(node)
        if name == "arguments" and self.functions[-1] >= 0:
            return self._arguments(self.functions[-1])
        if name == "undefined":
            return -1
        node_ = self.variable(name)
        self.graph.named.add(node_)
        return node_

    def _arguments(self, function: int) -> int:
        made = self.graph.functions[function]
        if made.rest < 0:
            made.rest = self.graph.node()
            obj = self.graph.new_object()
            self.graph.place(made.rest, obj)
            for param in made.params:
                self.graph.copy(param, self.graph.property(obj, ANY))
        return made.rest

    def this(self, node: tree_sitter.Node) -> int:
        return self.graph.functions[self.functions[-1]].this if self.functions[-1] >= 0 else -1

    def string(self, node: tree_sitter.Node) -> int:
        return self.literal(self.plain(node))

    def plain(self, node: tree_sitter.Node) -> str:
        """Text of a string literal, escapes resolved."""
        parts = []
        for child in node.named_children:
            raw = self.text(child)
            parts.append(_escape(raw) if child.type == "escape_sequence" else raw)
        return "".join(parts)

    def number(self, node: tree_sitter.Node) -> int:
        return self.literal(self.text(node))

    def template(self, node: tree_sitter.Node) -> int:
        parts = []
        for child in node.named_children:
            if child.type == "template_substitution":
                parts.append(self.value(child.named_children[0] if child.named_children else None))
            elif child.type == "escape_sequence":
                parts.append(self.literal(_escape(self.text(child))))
            else:
                parts.append(self.literal(self.text(child)))
        return self.joined(parts)

    def joined(self, parts: list[int]) -> int:
        """Node of the text made of `parts`."""
        node = self.graph.node()
        self.graph.concat[node] = parts
        return node

    def binary(self, node: tree_sitter.Node) -> int:
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
        parts.append(self.value(left))
        parts += [self.value(link.child_by_field_name("right")) for link in reversed(chain)]
        if operator == "+":
            return self.joined(parts)
        return self.union(parts) if operator in ("||", "&&", "??") else -1

    def ternary(self, node: tree_sitter.Node) -> int:
        options: list[int] = []
        at: tree_sitter.Node | None = node
        while at is not None and at.type == "ternary_expression":
            condition = at.child_by_field_name("condition")
            if condition is not None:
                self.visit(condition)
            options.append(self.value(at.child_by_field_name("consequence")))
            at = at.child_by_field_name("alternative")
        options.append(self.value(at))
        return self.union(options)

    def sequence(self, node: tree_sitter.Node) -> int:
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
            last = self.visit(child)
        return last

    def inner(self, node: tree_sitter.Node) -> int:
        """An expression around one other: parentheses, await, spread."""
        children = node.named_children
        return self.visit(children[0]) if children else -1

    # ------------------------------------------------------------ objects

    def array(self, node: tree_sitter.Node) -> int:
        made = self.graph.node()
        obj = self.graph.new_object()
        self.graph.place(made, obj)
        functions = []
        for at, child in enumerate(node.named_children):
            held = self.value(child)
            if child.type == "spread_element":
                self.graph.load(held, ANY, self.graph.property(obj, ANY))
            else:
                slot = str(at) if at < 64 else ANY
                self.graph.copy(held, self.graph.property(obj, slot))
            functions.append((str(at), child))
        if len(functions) >= 2 and _is_argument(node):
            self._modules([(k, c) for k, c in functions if c.type in _FUNCTIONS], len(functions))
        return made

    def object(self, node: tree_sitter.Node) -> int:
        made = self.graph.node()
        obj = self.graph.new_object()
        self.graph.place(made, obj)
        table: list[tuple[str, tree_sitter.Node]] = []
        keys: set[str] = set()
        members = node.named_children
        if _COMPONENT_MARKS & {self._key(m) for m in members}:
            self._component(made, members)
            return made
        for member in members:
            key = self._member(made, member)
            keys.add(key)
            value = member.child_by_field_name("value")
            shape = member.child_by_field_name("key")
            if value is not None and shape is not None and value.type in _FUNCTIONS:
                three = len(self._parameters(value)) == 3
                if shape.type in ("string", "number") or three:
                    table.append((key, value))
        if table and len(table) == len(members) and _is_argument(node):
            self._modules(table, len(members))
        return made

    def _key(self, member: tree_sitter.Node) -> str:
        key = member.child_by_field_name("key") or member.child_by_field_name("name")
        if key is None:
            if member.type == "shorthand_property_identifier":
                return self.text(member)
            return ""
        if key.type == "string":
            return self.plain(key)
        return ANY if key.type == "computed_property_name" else self.text(key)

    def _member(self, made: int, member: tree_sitter.Node, this: int = -1) -> str:
        """Store one member of an object literal; return its key."""
        key = self._key(member)
        if member.type == "pair":
            value = member.child_by_field_name("value")
            held = self.value(value)
        elif member.type == "method_definition":
            held = self.function(member)
        elif member.type == "shorthand_property_identifier":
            held = self.variable(key)
        elif member.type == "spread_element":
            self.graph.merge(self.value(member), made)
            return ""
        else:
            return ""
        self.graph.store(made, key, held)
        self.started(held, key)
        if member.type == "method_definition" and _is_getter(member):
            for value_ in self.graph.values[held]:
                if value_[0] == "f" and isinstance(value_[1], int):
                    self.graph.store(made, key, self.graph.functions[value_[1]].result)
        return key

    def _component(self, made: int, members: list[tree_sitter.Node]) -> None:
        """A component of Vue or a page of uni-app: its parts share one `this`."""
        first = len(self.graph.functions)
        for member in members:
            key = self._member(made, member)
            held = self.graph.node()
            self.graph.load(made, key, held)
            if key in ("methods", "computed"):
                self.graph.merge(held, made)
            elif key in ("data", "setup"):
                self._merge_result(held, made)
        for number in range(first, len(self.graph.functions)):
            self.graph.copy(made, self.graph.functions[number].this)

    def _merge_result(self, function: int, made: int) -> None:
        graph = self.graph

        def act(value: tuple[str, object]) -> None:
            if isinstance(value[1], int):
                graph.merge(graph.functions[value[1]].result, made)

        graph.watch(function, act, "f")

    # ------------------------------------------------------------ modules

    def _modules(self, table: list[tuple[str, tree_sitter.Node]], total: int) -> None:
        """Bind the parameters of module functions: module, exports, require."""
        if len(table) != total or any(len(self._parameters(f)) > 3 for _, f in table):
            return
        for key, function in table:
            number = self.made.get(function.start_byte)
            if number is not None:
                self._bind_module(key, number, function, (0, 1, 2), "")

    def _bind_module(
        self, key: str, number: int, node: tree_sitter.Node, slots: tuple[int, int, int], deps: str
    ) -> None:
        graph, made = self.graph, self.graph.functions[number]
        module = self.program.module(key)
        exports = self.program.exports(key)
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
        self.program.identities.append(
            (module, self.file, span[0] + self.shift, span[1] + self.shift)
        )

    def _metro(self, node: tree_sitter.Node, args: list[tree_sitter.Node]) -> bool:
        """`__d(function(global, require, importDefault, importAll, module, exports, deps) {…}, id, deps)`."""
        if (
            len(args) < 2
            or args[0].type not in _FUNCTIONS
            or args[1].type not in ("number", "string")
        ):
            return False
        self.visit(args[0])
        number = self.made[args[0].start_byte]
        made = self.graph.functions[number]
        key = "metro:" + (self.plain(args[1]) if args[1].type == "string" else self.text(args[1]))
        self._bind_module(key, number, args[0], (4, 5, 1), "metro")
        for slot in (2, 3):
            if slot < len(made.params):
                self.graph.add(made.params[slot], ("r", "metro"))
        if len(args) > 2 and len(made.params) > 6:
            self.graph.copy(self.value(args[2]), made.params[6])
        return True

    # ------------------------------------------------------------ functions

    def _parameters(self, node: tree_sitter.Node) -> list[tree_sitter.Node]:
        single = node.child_by_field_name("parameter")
        if single is not None:
            return [single]
        group = node.child_by_field_name("parameters")
        return [c for c in group.named_children if c.type != "comment"] if group is not None else []

    def function(self, node: tree_sitter.Node) -> int:
        graph = self.graph
        made = graph.node()
        function = Function(
            [],
            -1,
            graph.node(),
            graph.node(),
            self.file,
            node.start_byte + self.shift,
            self.functions[-1],
        )
        number = len(graph.functions)
        graph.functions.append(function)
        graph.add(made, ("f", number))
        self.made[node.start_byte] = number
        function.inline = _is_inline(node)
        name = node.child_by_field_name("name")
        function.name = self.text(name) if name is not None else ""
        if node.type == "arrow_function" and self.functions[-1] >= 0:
            function.this = graph.functions[self.functions[-1]].this
        scope: dict[str, int] = {}
        if node.type == "function_expression" and name is not None:
            scope[function.name] = made
        for declared in sorted(self.declared.get(node.start_byte, ())):
            scope[declared] = graph.node()
        self.scopes.append(scope)
        self.functions.append(number)
        for parameter in self._parameters(node):
            param = graph.node()
            function.params.append(param)
            self._bind_parameter(parameter, param, function)
        body = node.child_by_field_name("body")
        if body is not None:
            if body.type == "statement_block":
                for child in body.named_children:
                    self.visit(child)
            else:
                graph.copy(self.value(body), function.result)
        self.functions.pop()
        self.scopes.pop()
        return made

    def _bind_parameter(self, parameter: tree_sitter.Node, param: int, function: Function) -> None:
        if parameter.type == "identifier":
            self.scopes[-1][self.text(parameter)] = param
        elif parameter.type == "rest_pattern":
            function.rest = param
            obj = self.graph.new_object()
            self.graph.place(param, obj)
            self.bind(parameter.named_children[0], param)
        else:
            self.bind(parameter, param)

    def declaration(self, node: tree_sitter.Node) -> int:
        name = node.child_by_field_name("name")
        made = self.function(node)
        if name is not None:
            variable = self.declare(self.text(name))
            self.graph.copy(made, variable)
            exported = node.parent is not None and node.parent.type == "export_statement"
            number = self.made[node.start_byte]
            self.graph.functions[number].variable = -1 if exported else variable
        return -1

    def returned(self, node: tree_sitter.Node) -> int:
        children = node.named_children
        if children and self.functions[-1] >= 0:
            self.graph.copy(
                self.value(children[0]), self.graph.functions[self.functions[-1]].result
            )
        return -1

    def class_(self, node: tree_sitter.Node) -> int:
        graph = self.graph
        made, body = graph.node(), node.child_by_field_name("body")
        proto = graph.node()
        constructor = self._class_function(node, body)
        graph.add(made, ("f", constructor))
        graph.place(proto, graph.prototype(constructor))
        first = len(graph.functions)
        for member in body.named_children if body is not None else ():
            name = member.child_by_field_name("name") or member.child_by_field_name("property")
            key = self.text(name) if name is not None else ANY
            if member.type == "method_definition" and key != "constructor":
                held = self.function(member)
                graph.store(proto, key, held)
                self.started(held, key)
            elif member.type == "field_definition":
                value = member.child_by_field_name("value")
                if value is not None:
                    held = self._field(value, constructor)
                    graph.store(proto, key, held)
                    graph.store(made, key, held)
        for number in range(first, len(graph.functions)):
            graph.copy(proto, graph.functions[number].this)
        heritage = next((c for c in node.named_children if c.type == "class_heritage"), None)
        if heritage is not None:
            parent = graph.node()
            graph.load(self.value(heritage.named_children[0]), "prototype", parent)
            graph.merge(parent, proto)
        name = node.child_by_field_name("name")
        if name is not None:
            graph.copy(made, self.declare(self.text(name)))
        return made

    def _field(self, value: tree_sitter.Node, constructor: int) -> int:
        self.functions.append(constructor)
        held = self.value(value)
        self.functions.pop()
        return held

    def _class_function(self, node: tree_sitter.Node, body: tree_sitter.Node | None) -> int:
        graph = self.graph
        for member in body.named_children if body is not None else ():
            name = member.child_by_field_name("name")
            if member.type == "method_definition" and name is not None:
                if self.text(name) == "constructor":
                    self.function(member)
                    number = self.made[member.start_byte]
                    graph.place(graph.functions[number].this, graph.prototype(number))
                    return number
        number = len(graph.functions)
        this = graph.node()
        at = node.start_byte + self.shift
        graph.functions.append(
            Function([], -1, this, graph.node(), self.file, at, self.functions[-1])
        )
        graph.place(this, graph.prototype(number))
        return number

    # ------------------------------------------------------------ access and assignment

    def member(self, node: tree_sitter.Node) -> int:
        base, name = node.child_by_field_name("object"), node.child_by_field_name("property")
        if base is None or name is None:
            return -1
        key = self.text(name)
        if base.type == "identifier" and self.text(base) in _GLOBAL and not self._shadowed(base):
            return self.program.variable(key)
        made = self.graph.node()
        held = self.value(base)
        if key == "sent" and base.type == "identifier" and self.functions[-1] >= 0:
            # regenerator: `e.next = 3; return promise` … `e.sent` is what the promise delivers
            self.graph.copy(self.graph.functions[self.functions[-1]].result, made)
        self.graph.load(held, key, made)
        return made

    def _shadowed(self, node: tree_sitter.Node) -> bool:
        name = self.text(node)
        return any(name in scope for scope in self.scopes)

    def subscript(self, node: tree_sitter.Node) -> int:
        base, index = node.child_by_field_name("object"), node.child_by_field_name("index")
        made = self.graph.node()
        held = self.value(base)
        key = self._index(index)
        self.graph.load(held, key, made)
        return made

    def _index(self, index: tree_sitter.Node | None) -> str:
        if index is None:
            return ANY
        if index.type == "string":
            return self.plain(index)
        if index.type == "number":
            return self.text(index)
        self.visit(index)
        return ANY

    def assignment(self, node: tree_sitter.Node) -> int:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        value = self.value(right)
        if left is not None:
            self.bind(left, value)
        return value

    def augmented(self, node: tree_sitter.Node) -> int:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        value = self.value(right)
        operator = node.child_by_field_name("operator")
        if left is None:
            return value
        if operator is not None and operator.type == "+=":
            value = self.joined([self.value(left), value])
        self.bind(left, value)
        return value

    def declarator(self, node: tree_sitter.Node) -> int:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None:
            return -1
        held = self.value(value) if value is not None else -1
        if name.type == "identifier":
            variable = self.declare(self.text(name))
            if held >= 0:
                self.graph.copy(held, variable)
        elif held >= 0:
            self.bind(name, held, declares=True)
        return -1

    def bind(self, target: tree_sitter.Node, value: int, declares: bool = False) -> None:
        """Let `value` flow into a variable, property or pattern."""
        kind = target.type
        if kind in ("identifier", "shorthand_property_identifier_pattern"):
            name = self.text(target)
            known = any(name in scope for scope in self.scopes)
            local = declares or (kind != "identifier" and not known)
            self.graph.copy(value, self.declare(name) if local else self.variable(name))
        elif kind == "member_expression":
            base, name_ = (
                target.child_by_field_name("object"),
                target.child_by_field_name("property"),
            )
            if base is None or name_ is None:
                return
            key = self.text(name_)
            self.started(value, key)
            if (
                base.type == "identifier"
                and self.text(base) in _GLOBAL
                and not self._shadowed(base)
            ):
                self.graph.copy(value, self.program.variable(key))
            else:
                self.graph.store(self.value(base), key, value)
        elif kind == "subscript_expression":
            base = target.child_by_field_name("object")
            self.graph.store(
                self.value(base), self._index(target.child_by_field_name("index")), value
            )
        elif kind == "object_pattern":
            self._bind_object(target, value)
        elif kind == "array_pattern":
            for at, child in enumerate(target.named_children):
                held = self.graph.node()
                self.graph.load(value, str(at), held)
                self.bind(child, held, declares=True)
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            left, right = target.child_by_field_name("left"), target.child_by_field_name("right")
            held = self.graph.node()
            self.graph.copy(value, held)
            self.graph.copy(self.value(right), held)
            if left is not None:
                self.bind(left, held, declares=True)
        elif kind == "parenthesized_expression" and target.named_children:
            self.bind(target.named_children[0], value)

    def _bind_object(self, pattern: tree_sitter.Node, value: int) -> None:
        for member in pattern.named_children:
            held = self.graph.node()
            if member.type == "pair_pattern":
                self.graph.load(value, self._key(member), held)
                inner = member.child_by_field_name("value")
                if inner is not None:
                    self.bind(inner, held, declares=True)
            elif member.type == "shorthand_property_identifier_pattern":
                self.graph.load(value, self.text(member), held)
                self.graph.copy(held, self.declare(self.text(member)))
            elif member.type == "object_assignment_pattern":
                left = member.child_by_field_name("left")
                if left is not None:
                    self.graph.load(value, self.text(left), held)
                    self.bind(member, held, declares=True)
            elif member.type == "rest_pattern" and member.named_children:
                self.bind(member.named_children[0], value, declares=True)

    def for_in(self, node: tree_sitter.Node) -> int:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        value = self.value(right)
        operator = node.child_by_field_name("operator")
        if left is not None and operator is not None and operator.type == "of":
            held = self.graph.node()
            self.graph.load(value, ANY, held)
            self.bind(left, held, declares=node.child_by_field_name("kind") is not None)
        body = node.child_by_field_name("body")
        if body is not None:
            self.visit(body)
        return -1

    def import_(self, node: tree_sitter.Node) -> int:
        source = node.child_by_field_name("source")
        if source is None:
            return -1
        key = self.plain(source)
        imported = self.program.exports(key)
        self.graph.add(imported, ("p", key))
        clause = next((c for c in node.named_children if c.type == "import_clause"), None)
        for child in clause.named_children if clause is not None else ():
            if child.type == "identifier":
                held = self.declare(self.text(child))
                self.graph.load(imported, "default", held)
            elif child.type == "namespace_import" and child.named_children:
                self.graph.copy(imported, self.declare(self.text(child.named_children[0])))
            elif child.type == "named_imports":
                for item in child.named_children:
                    name = item.child_by_field_name("name")
                    alias = item.child_by_field_name("alias") or name
                    if name is not None and alias is not None:
                        self.graph.load(imported, self.text(name), self.declare(self.text(alias)))
        return -1

    # ------------------------------------------------------------ calls

    def call(self, node: tree_sitter.Node) -> int:
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        group = node.child_by_field_name("arguments")
        if callee is None:
            return -1
        while callee.type == "parenthesized_expression" and callee.named_children:
            callee = callee.named_children[0]
        listed = group.named_children if group is not None and group.type == "arguments" else []
        listed = [a for a in listed if a.type != "comment"]
        if callee.type == "identifier" and self.text(callee) == "__d" and self._metro(node, listed):
            return -1
        this, method, target = self._callee(callee)
        args = [self.value(argument) for argument in listed]
        if group is not None and group.type == "template_string":
            args = [self.template(group)]
        made = self.graph.node()
        self.graph.calls.append(
            Call(
                target,
                this,
                args,
                made,
                self.functions[-1],
                self.file,
                node.start_byte + self.shift,
                method,
                node.type == "new_expression",
            )
        )
        self._special(method, listed, args, this, made)
        return made

    def _callee(self, callee: tree_sitter.Node) -> tuple[int, str, int]:
        """Receiver, name and node of what is called."""
        if callee.type == "sequence_expression" and callee.named_children:
            for child in callee.named_children[:-1]:
                self.visit(child)
            callee = callee.named_children[-1]
        if callee.type not in ("member_expression", "subscript_expression"):
            name = self.text(callee) if callee.type == "identifier" else ""
            return -1, name, self.value(callee)
        base, name_ = callee.child_by_field_name("object"), callee.child_by_field_name("property")
        if base is not None and base.type == "identifier" and self.text(base) in _GLOBAL:
            if name_ is not None and not self._shadowed(base):
                return -1, self.text(name_), self.program.variable(self.text(name_))
        this = self.value(base)
        made = self.graph.node()
        if name_ is None:
            key = self._index(callee.child_by_field_name("index"))
        else:
            key = self.text(name_)
            if key == "sent" and self.functions[-1] >= 0:
                self.graph.copy(self.graph.functions[self.functions[-1]].result, made)
        self.graph.load(this, key, made)
        return this, "" if key == ANY else key, made

    def _special(
        self, method: str, nodes: list[tree_sitter.Node], args: list[int], this: int, made: int
    ) -> None:
        """Calls whose meaning shows in their shape: exports of bundlers, joined text, wrappers."""
        graph = self.graph
        if len(args) >= 2 and nodes[0].type == "string":
            self.started(args[1], self.plain(nodes[0]))
        elif args:
            self.started(args[0], method)
        if method == "d" and len(nodes) == 2 and nodes[1].type == "object":
            for member in nodes[1].named_children:
                value = member.child_by_field_name("value") or member
                if (number := self.made.get(value.start_byte)) is not None:
                    graph.store(args[0], self._key(member), graph.functions[number].result)
        elif method == "d" and len(nodes) == 3 and nodes[1].type == "string":
            if (number := self.made.get(nodes[2].start_byte)) is not None:
                graph.store(args[0], self.plain(nodes[1]), graph.functions[number].result)
        elif method == "defineProperty" and len(nodes) == 3 and nodes[2].type == "object":
            self._define(nodes, args)
        elif method == "concat" and this >= 0:
            graph.concat[made] = [this, *args]
        elif method in ("mark", "wrap") and nodes and nodes[0].type in _FUNCTIONS:
            number = self.made[nodes[0].start_byte]
            graph.copy(args[0] if method == "mark" else graph.functions[number].result, made)
        elif len(nodes) == 1 and nodes[0].type == "call_expression":
            if graph.calls[-2].result == args[0] and graph.calls[-2].method == "mark":
                graph.copy(args[0], made)
        elif method == "__awaiter" and nodes and (last := self.made.get(nodes[-1].start_byte)):
            graph.copy(graph.functions[last].result, made)

    def _define(self, nodes: list[tree_sitter.Node], args: list[int]) -> None:
        if nodes[1].type != "string":
            return
        key = self.plain(nodes[1])
        for member in nodes[2].named_children:
            value = member.child_by_field_name("value")
            if self._key(member) == "get":
                number = self.made.get((value or member).start_byte)
                if number is not None:
                    self.graph.store(args[0], key, self.graph.functions[number].result)
            elif self._key(member) == "value":
                held = self.graph.node()
                self.graph.load(args[2], "value", held)
                self.graph.store(args[0], key, held)


def _is_argument(node: tree_sitter.Node) -> bool:
    """Tell whether a literal stands among the arguments of a call, or in an array among them."""
    parent = node.parent
    if parent is not None and parent.type == "array":
        parent = parent.parent
    return parent is not None and parent.type == "arguments"


def _is_inline(node: tree_sitter.Node) -> bool:
    """Tell whether a function is handed over, or called, where it is written."""
    parent = node.parent
    while parent is not None and parent.type in ("parenthesized_expression", "unary_expression"):
        parent = parent.parent
    return parent is not None and parent.type in ("arguments", "call_expression")


def _is_getter(member: tree_sitter.Node) -> bool:
    return any(child.type == "get" for child in member.children[:3])


def _escape(raw: str) -> str:
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


_RULES: dict[str, Callable[[Builder, tree_sitter.Node], int]] = {
    "identifier": Builder.identifier,
    "this": Builder.this,
    "string": Builder.string,
    "number": Builder.number,
    "template_string": Builder.template,
    "binary_expression": Builder.binary,
    "ternary_expression": Builder.ternary,
    "sequence_expression": Builder.sequence,
    "parenthesized_expression": Builder.inner,
    "await_expression": Builder.inner,
    "yield_expression": Builder.inner,
    "spread_element": Builder.inner,
    "array": Builder.array,
    "object": Builder.object,
    "function_expression": Builder.function,
    "generator_function": Builder.function,
    "arrow_function": Builder.function,
    "function_declaration": Builder.declaration,
    "generator_function_declaration": Builder.declaration,
    "return_statement": Builder.returned,
    "class": Builder.class_,
    "class_declaration": Builder.class_,
    "member_expression": Builder.member,
    "subscript_expression": Builder.subscript,
    "assignment_expression": Builder.assignment,
    "augmented_assignment_expression": Builder.augmented,
    "variable_declarator": Builder.declarator,
    "for_in_statement": Builder.for_in,
    "import_statement": Builder.import_,
    "call_expression": Builder.call,
    "new_expression": Builder.call,
}
