"""The language of effects: every construct as a value, and what is wrong told with the text."""

from __future__ import annotations

import pytest

from auditor.flows.effects import (
    FUNCTIONS,
    Apply,
    Assign,
    EffectError,
    Expr,
    Invoke,
    New,
    Path,
    Statement,
    Text,
    Union,
    parse_effects,
    parse_expr,
)
from auditor.flows.functions import TABLE

THIS, RET, A0 = Path("this"), Path("ret"), Path("a0")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("this", THIS, id="receiver"),
        pytest.param("args", Path("args"), id="all arguments"),
        pytest.param("a9.x.elem", Path("a9", ("x", "elem")), id="fields"),
        pytest.param("this[a0]", Path("this", (A0,)), id="an entry under a key"),
        pytest.param("this['k'].x", Path("this", (Text("k"), "x")), id="an entry under a text"),
        pytest.param("global('prefs')[a0]", Path("global:prefs", (A0,)), id="a store of the app"),
        pytest.param("'text, with; signs'", Text("text, with; signs"), id="a text"),
        pytest.param("-12", Text(-12), id="a whole number"),
        pytest.param("a0 | ret|'x'", Union((A0, RET, Text("x"))), id="any of several"),
        pytest.param("new a.b.C", New("La/b/C;"), id="an object"),
        pytest.param(
            "new a.B{x: a0, elem: ret}",
            New("La/B;", (("x", A0), ("elem", RET))),
            id="with fields",
        ),
        pytest.param("deep(a0)", Apply("deep", (A0,)), id="a function"),
        pytest.param("any()", Apply("any", ()), id="without arguments"),
        pytest.param(
            "mark(str(a0), 'hashed')",
            Apply("mark", (Apply("str", (A0,)), Text("hashed"))),
            id="nested",
        ),
        pytest.param("call a0.run()", Invoke("call", A0, "run", ()), id="call a method"),
        pytest.param(
            "call this.f.run(a0, ret)",
            Invoke("call", Path("this", ("f",)), "run", (A0, RET)),
            id="of a field",
        ),
        pytest.param("async a0.run()", Invoke("async", A0, "run", ()), id="now or later"),
        pytest.param(
            "later click this.onClick(a0)",
            Invoke("later", THIS, "onClick", (A0,), "click"),
            id="by a trigger",
        ),
        pytest.param(
            "later click(text(a0)) a1.onClick(a0)",
            Invoke("later", Path("a1"), "onClick", (A0,), "click", Apply("text", (A0,))),
            id="with the words on the button",
        ),
    ],
)
def test_expressions(text: str, expected: Expr) -> None:
    assert parse_expr(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param(";;", (), id="nothing between signs"),
        pytest.param("ret = a0", (Assign(RET, A0, False),), id="a result"),
        pytest.param(
            "this.elem += a0", (Assign(Path("this", ("elem",)), A0, True),), id="one more"
        ),
        pytest.param(
            "this[a0] = ret; ret = this",
            (Assign(Path("this", (A0,)), RET, False), Assign(RET, THIS, False)),
            id="two in a row",
        ),
        pytest.param("start(a0)", (Apply("start", (A0,)),), id="an expression alone"),
    ],
)
def test_statements(text: str, expected: tuple[Statement, ...]) -> None:
    assert parse_effects(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("this.x +=", "the end is no term", id="no value"),
        pytest.param("ret = a0 a1", "; expected, a1 found", id="two values"),
        pytest.param("later tomorrow a0.run()", "no trigger 'tomorrow'", id="an unknown trigger"),
        pytest.param("nosuch(a0)", "nosuch is no term", id="an unknown function"),
        pytest.param("call a0.run(", "the end is no term", id="an open call"),
        pytest.param("new a.B{x a0}", ": expected, a0 found", id="a field without a sign"),
        pytest.param("'text' = a0", "only a path can be stored into", id="a text is no place"),
        pytest.param("a0 ! a1", "cannot read ' ! a1'", id="an unknown sign"),
        pytest.param("a0.", "more expected, the end found", id="an open path"),
        pytest.param("this[a0", "] expected, the end found", id="an open key"),
        pytest.param("'open", "cannot read", id="an open text"),
    ],
)
def test_what_is_wrong_is_told(text: str, why: str) -> None:
    with pytest.raises(EffectError) as error:
        parse_effects(text)
    assert why in str(error.value)
    assert repr(text) in str(error.value)


def test_one_expression_is_one() -> None:
    with pytest.raises(EffectError, match="'a1' left over"):
        parse_expr("a0 a1")


def test_every_function_of_the_language_can_be_carried_out() -> None:
    assert set(TABLE) == set(FUNCTIONS)
