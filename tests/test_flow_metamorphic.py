"""What must not change the flows of a program, and what must: on generated programs.

Names of classes, code that never runs, the order of statements that have nothing to do with each
other, instructions that do nothing, more classes and the file in which a class lies change no flow.
Without its sink, or its source, a flow is gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.dex import CodeIndex, DexInput
from auditor.flows.trace import trace_flows
from tests.facts_fixture import NoResources
from tests.flow_fixture import Numbered, launched, pairs_of
from tests.flow_programs import BOXES, NUMBERS, TEXTS, Function, Statement, smali
from tests.smali import assemble
from tests.test_flow_reference import programs

_SETTINGS = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
_LOCAL = {"source", "text", "null", "move", "number", "add"}
"""Statements that touch nothing but their variables."""
_VARIABLES = {*TEXTS, *NUMBERS, *BOXES}
_NOTHING = """
.method public static nothing()V
    .registers 1
    nop
    return-void
.end method
"""
_SUPER = ".super Ljava/lang/Object;\n"
_UNRELATED = """
.class public Lt/Unrelated;
.super Ljava/lang/Object;
.field public f:Ljava/lang/String;
.method public static quiet(Ljava/lang/String;)Ljava/lang/String;
    .registers 2
    const-string v0, "quiet"
    return-object v0
.end method
"""


@given(programs())
@_SETTINGS
def test_names_of_classes(functions: list[Function]) -> None:
    text = smali(functions)
    renamed = re.sub(r"Lt/(Box|Go|Same|Kept|Other);", r"La/b/c/X\1$1;", text)
    assert renamed != text
    assert pairs_of(renamed) == pairs_of(text)


@given(programs())
@_SETTINGS
def test_names_of_fields_and_methods(functions: list[Function]) -> None:
    text = smali(functions)
    renamed = re.sub(r"\bhelp(\d)\b", r"a\1", text)
    renamed = re.sub(r"(->|\.field public )f:Ljava", r"\1zz:Ljava", renamed)
    assert pairs_of(renamed) == pairs_of(text)


@given(programs())
@_SETTINGS
def test_code_that_never_runs(functions: list[Function]) -> None:
    """Behind a condition that constants decide."""
    leak: list[Statement] = [("source", "s0", 1), ("sink", "s0", 1), ("put_static", "s0")]
    dead: list[Statement] = [("number", "i0", 0), ("if", ("number", "i0", 1), leak, [])]
    first = replace(functions[0], body=[*dead, *functions[0].body])
    assert pairs_of(smali([first, *functions[1:]])) == pairs_of(smali(functions))


@given(programs())
@_SETTINGS
def test_instructions_that_do_nothing(functions: list[Function]) -> None:
    text = smali(functions)
    lines = []
    for line in text.split("\n"):
        ahead = line.strip().partition(" ")[0]
        # A result must be taken at once, and a handler begins with its exception.
        if re.match("[a-z]", ahead) and not ahead.startswith(("move-result", "move-exception")):
            lines.append("    nop")
        lines.append(line)
    assert pairs_of("\n".join(lines)) == pairs_of(text)


@given(programs())
@_SETTINGS
def test_more_methods_and_classes(functions: list[Function]) -> None:
    text = smali(functions)
    more = text.replace(".super Ljava/lang/Object;\n.field", f"{_SUPER}{_NOTHING}.field")
    assert pairs_of(more + _UNRELATED) == pairs_of(text)


def swapped(body: Sequence[Statement]) -> list[Statement]:
    """Neighbours that have no variable in common change places."""
    found = list(body)
    place = 0
    while place + 1 < len(found):
        one, other = found[place], found[place + 1]
        names = [
            {part for part in each if isinstance(part, str)} & _VARIABLES for each in (one, other)
        ]
        if one[0] in _LOCAL and other[0] in _LOCAL and not names[0] & names[1]:
            found[place], found[place + 1] = other, one
            place += 1
        place += 1
    return found


@given(programs())
@_SETTINGS
def test_order_of_what_is_independent(functions: list[Function]) -> None:
    turned = [replace(f, body=swapped(f.body)) for f in functions]
    assert pairs_of(smali(turned)) == pairs_of(smali(functions))


def changed(block: Sequence[Statement], by: Callable[[Statement], Statement]) -> list[Statement]:
    """Every statement changed, also inside branches and loops."""
    found = []
    for statement in block:
        inner = [changed(part, by) if isinstance(part, list) else part for part in statement]
        found.append(by(tuple(inner)))
    return found


def everywhere(
    functions: Sequence[Function], by: Callable[[Statement], Statement]
) -> list[Function]:
    return [replace(f, body=changed(f.body, by)) for f in functions]


@given(programs(), st.integers(0, 2))
@_SETTINGS
def test_without_its_sink_a_flow_is_gone_and_no_other(
    functions: list[Function], number: int
) -> None:
    quiet = everywhere(
        functions, lambda s: ("look", s[1]) if s[0] == "sink" and s[2] == number else s
    )
    before = pairs_of(smali(functions))
    assert pairs_of(smali(quiet)) == {pair for pair in before if pair[1] != number}


@given(programs(), st.integers(0, 2))
@_SETTINGS
def test_without_its_source_a_flow_is_gone_and_no_other(
    functions: list[Function], number: int
) -> None:
    """A constant stands where the data were read; nothing else of the program depends on which."""
    clean = everywhere(
        functions,
        lambda s: ("text", s[1], "p") if s[0] == "source" and s[2] == number else s,
    )
    before = pairs_of(smali(functions))
    assert pairs_of(smali(clean)) == {pair for pair in before if pair[0] != number}


@given(programs())
@_SETTINGS
def test_files_in_which_the_classes_lie(functions: list[Function]) -> None:
    text = smali(functions)
    classes = [f".class{one}" for one in text.split(".class")[1:]]
    found = []
    for parts in ([text], classes, classes[::-1], [classes[0], "".join(classes[1:])]):
        inputs = [DexInput(f"classes{n}.dex", assemble(part)) for n, part in enumerate(parts)]
        traced = trace_flows(CodeIndex.build(inputs), launched("t.Main"), NoResources(), Numbered())
        found.append(
            sorted(
                (f.source.signature, f.source.offset, f.sink.signature, f.sink.offset, f.level)
                for f in traced.flows
            )
        )
    assert found == [found[0]] * len(found)
