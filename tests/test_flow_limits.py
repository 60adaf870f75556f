"""The bounds that `docs/limits.md` states are those of the code."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from auditor.flows import machine
from auditor.flows.trace import trace_flows
from tests.facts_fixture import NoResources
from tests.flow_fixture import Numbered, index_of, launched

LIMITS = Path(__file__).parents[1] / "docs" / "limits.md"
_ROW = re.compile(r"\| [^|]+ \| ([\d,]+(?:(?: and |; )[\d,]+)?) \| ((?:`\w+\.\w+`(?:, )?)+) \|")
ROWS = _ROW.findall(LIMITS.read_text(encoding="utf-8").partition("## Data flow")[2])


def test_every_bound_stands_in_the_table() -> None:
    assert len(ROWS) >= 20


@pytest.mark.parametrize(("said", "names"), ROWS, ids=[names for _, names in ROWS])
def test_stated_bounds_are_those_of_the_code(said: str, names: str) -> None:
    found: list[int] = []
    for name in re.findall(r"`(\w+)\.(\w+)`", names):
        value = getattr(importlib.import_module(f"auditor.flows.{name[0]}"), name[1])
        found += value if isinstance(value, tuple) else [value]
    assert [int(n.replace(",", "")) for n in re.split(" and |; ", said)] == found


def chain(length: int) -> str:
    """A screen that hands a datum through `length` methods; the last one sends it."""
    called = "invoke-static {{v0}}, Lt/Main;->h{n}(Ljava/lang/String;)V"
    methods = [".method public onCreate(Landroid/os/Bundle;)V\n.registers 4"]
    methods += ["invoke-static {}, Lt/Source;->read0()Ljava/lang/String;\nmove-result-object v0"]
    for number in range(length):
        methods += [called.format(n=number), "return-void\n.end method"]
        methods += [f".method public static h{number}(Ljava/lang/String;)V\n.registers 1"]
    methods += [
        "invoke-static {v0}, Lt/Sink;->send0(Ljava/lang/String;)V\nreturn-void\n.end method"
    ]
    return "\n".join([".class public Lt/Main;\n.super Landroid/app/Activity;", *methods])


@pytest.mark.parametrize(
    ("length", "flows", "told"),
    [(machine.MAX_DEPTH - 2, 1, False), (machine.MAX_DEPTH + 2, 0, True)],
)
def test_calls_that_go_too_deep_are_told(length: int, flows: int, told: bool) -> None:
    traced = trace_flows(index_of(chain(length)), launched("t.Main"), NoResources(), Numbered())
    assert len(traced.flows) == flows
    entry = "Lt/Main;->onCreate(Landroid/os/Bundle;)V"
    assert [limit.where for limit in traced.limits] == ([entry] if told else [])
    assert all(limit.kind == "budget" for limit in traced.limits)
