"""The rules for each kind of syntax, and the reading of one piece of script."""

from __future__ import annotations

from auditor.facts.hybrid.js import bindings, expressions, functions, invocations, objects
from auditor.facts.hybrid.js.builder import Builder, Program, Rule
from auditor.facts.hybrid.js.segments import Piece


def read_piece(program: Program, piece: Piece) -> None:
    """Add one piece of script to a program."""
    Builder(program, piece, RULES).read()


RULES: dict[str, Rule] = {
    "identifier": expressions.identifier,
    "this": expressions.this,
    "string": expressions.string,
    "number": expressions.number,
    "template_string": expressions.template,
    "binary_expression": expressions.binary,
    "ternary_expression": expressions.ternary,
    "sequence_expression": expressions.sequence,
    "parenthesized_expression": expressions.inner,
    "await_expression": expressions.inner,
    "yield_expression": expressions.inner,
    "spread_element": expressions.inner,
    "array": objects.array_literal,
    "object": objects.object_literal,
    "function_expression": functions.function,
    "generator_function": functions.function,
    "arrow_function": functions.function,
    "function_declaration": functions.declaration,
    "generator_function_declaration": functions.declaration,
    "return_statement": functions.returned,
    "class": functions.class_,
    "class_declaration": functions.class_,
    "member_expression": expressions.member,
    "subscript_expression": expressions.subscript,
    "assignment_expression": bindings.assignment,
    "augmented_assignment_expression": bindings.augmented,
    "variable_declarator": bindings.declarator,
    "for_in_statement": bindings.for_in,
    "import_statement": bindings.import_,
    "call_expression": invocations.call,
    "new_expression": invocations.call,
}
