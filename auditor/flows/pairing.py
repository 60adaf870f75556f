"""Which name a value has, where the two lie beside each other.

A map that is made of pairs has each value under the name beside it, not all of them under all. A
form whose class was renamed has its names in one list and its values in another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.flows.values import NOTHING, Obj, Value

if TYPE_CHECKING:
    from auditor.flows.effecting import Env
    from auditor.flows.engine import Engine

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


def names_beside(engine: Engine, obj: Obj) -> dict[tuple[Obj, str], str]:
    """Of an object with two lists, one of constant texts: the names of the other's entries."""
    lists = [
        held
        for name in engine.names.get(obj, ())
        for held in (engine.get_field(obj, name) or NOTHING).objects()
        if not held.app and "[0]" in engine.names.get(held, ())
    ]
    if len(lists) != 2:
        return {}
    rows = [_entries(engine, held) for held in lists]
    for (names, values), other in ((rows, lists[1]), (rows[::-1], lists[0])):
        texts = {place: value.only() for place, value in names.items()}
        plain = all(isinstance(text, str) for text in texts.values())
        if plain and names.keys() == values.keys() and any(v.taints for v in values.values()):
            return {(other, place): str(text) for place, text in texts.items()}
    return {}


def _entries(engine: Engine, held: Obj) -> dict[str, Value]:
    found = {}
    for name in engine.names.get(held, ()):
        value = engine.get_field(held, name) if name[1:-1].isdigit() else None
        if value is not None:
            found[name] = value
    return found


FUNCTIONS: dict[str, Callable[..., Value]] = {"paired": paired}
