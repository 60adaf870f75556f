"""Functions of the effect language that keep apart what a name and its value stand for.

A map that is made of pairs has each value under the name beside it, not all of them under all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.flows.values import NOTHING, Value

if TYPE_CHECKING:
    from auditor.flows.effecting import Env

_MOST = 120
"""Pairs of one map that are told apart."""


def paired(env: Env, into: Value, pairs: Value) -> Value:
    """Put the second of each pair (one, or the elements of arrays and lists) under its first."""
    engine, found = env.engine, list(pairs.objects())
    for held in list(found):
        for name in [n for n in engine.names.get(held, ()) if n[:1] == "["]:
            found += (engine.get_field(held, name) or NOTHING).objects()
    for pair in dict.fromkeys(found[:_MOST]):
        first = engine.get_field(pair, "first")
        second = engine.get_field(pair, "second")
        if second is None:
            continue
        names = first.texts() if first is not None else []
        unknown = first is None or first.any or not names
        for name in [f"[{n}]" for n in names] + (["[?]"] if unknown else []):
            engine.put_field(into, name, second, weak=True)
    return into


FUNCTIONS: dict[str, Callable[..., Value]] = {"paired": paired}
