"""The two builders of texts, which hold what they have so far in a field `text`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.flows.contents import appended
from auditor.flows.texts import (
    QUESTIONS,
    as_text,
    passed,
    pure,
    substring,
    text_of,
)
from auditor.flows.values import (
    ANY,
    NOTHING,
    Obj,
    Template,
    Value,
    as_atom,
    concat,
    join,
    of,
)

if TYPE_CHECKING:
    from auditor.dex import MethodInfo
    from auditor.flows.engine import Engine

_COLLAPSE = 3


_POOL = 12
"""Variants of a text that are kept apart where none of them is another one grown longer."""


def builder(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value | None:
    """Result of a builder's method, its text being changed; None for a method not known."""
    name = method.name
    held = NOTHING
    for obj in receiver.objects():
        held = join(held, engine.get_field(obj, "text") or NOTHING)
    if name == "<init>":
        is_text = bool(method.params) and method.params[0] != "I"
        start = text_of(engine, params[0]) if is_text else of("")
        engine.put_field(receiver, "text", start)
        return ANY
    if name in ("append", "appendCodePoint"):
        _append(engine, method, receiver, held, params)
        return receiver
    if name in ("insert", "replace", "reverse", "deleteCharAt", "delete", "setCharAt", "setLength"):
        taints = held.taints
        for param in params:
            taints |= text_of(engine, param).taints
        result = Value(frozenset(), taints, True)
        if name == "reverse":
            result = Value(frozenset(t[::-1] for t in held.texts()), taints, held.any)
        elif name == "insert" and params[0].only() == 0:
            result = concat(as_text(engine, method, params[1:], 1), held)
        elif name in ("deleteCharAt", "delete", "setLength", "setCharAt"):
            result = _cut(name, held, params)
        engine.put_field(receiver, "text", result)
        return receiver
    if name in ("toString", "substring", "subSequence"):
        if name != "toString":
            return pure(substring, (held, *params), held)
        return held.with_taints(receiver.taints) if held is not NOTHING else ANY
    if name in QUESTIONS or name in ("charAt", "capacity"):
        if name == "charAt":
            return Value(frozenset(), held.taints | receiver.taints, True)
        return ANY
    return None


def _append(
    engine: Engine, method: MethodInfo, receiver: Value, held: Value, params: tuple[Value, ...]
) -> None:
    each = _apart(engine, receiver)
    for obj in each:
        own = engine.get_field(obj, "text") or NOTHING
        engine.put_field(of(obj), "text", _appended(engine, method, own, params))
    if not each:
        engine.put_field(receiver, "text", _appended(engine, method, held, params))


def _apart(engine: Engine, receiver: Value) -> list[Obj]:
    """Several builders of which one stands here, when what is not here can't be seen again."""
    objects = receiver.objects()
    if len(objects) < 2 or receiver.any:
        return []
    for value in engine.frames[-1].registers:
        if value.atoms != receiver.atoms and not value.atoms.isdisjoint(objects):
            return []
    return [] if any(o in engine.kept for o in objects) else objects


def _appended(engine: Engine, method: MethodInfo, held: Value, params: tuple[Value, ...]) -> Value:
    added = as_text(engine, method, params)
    if added.taints:
        added = passed(engine, added, "StringBuilder.append")
    if engine.contents and (whole := appended(engine, held, added)) is not None:
        return whole
    return _collapsed(concat(held if held is not NOTHING else of(""), added))


def _cut(name: str, held: Value, params: tuple[Value, ...]) -> Value:
    """A text that lost its end (a trailing separator, say) keeps its beginning."""
    if name == "setLength" and params[0].only() == 0:
        return of("")
    heads = {as_atom((t, None)) for t in held.texts()}
    heads |= {as_atom((*t.parts, None)) for t in held.atoms if isinstance(t, Template)}
    return Value(frozenset(heads), held.taints, held.any)


def _grows(value: Value) -> bool:
    """Tell whether one text begins with another, as in a loop that appends."""
    texts = sorted(a.parts[0] or "" if isinstance(a, Template) else str(a) for a in value.atoms)
    pairs = zip(texts, texts[1:], strict=False)
    return any(longer.startswith(shorter.rstrip("/")) for shorter, longer in pairs)


def _collapsed(value: Value) -> Value:
    """In a loop a text grows for ever: beyond a few variants keep what all begin with."""
    if len(value.atoms) <= _COLLAPSE or (len(value.atoms) <= _POOL and not _grows(value)):
        return value
    heads = []
    for atom in value.atoms:
        if type(atom) is str:
            heads.append(atom)
        elif isinstance(atom, Template):
            heads.append(atom.parts[0] or "")
        else:
            heads.append("")
    low, high = min(heads), max(heads)
    size = next((n for n, c in enumerate(low) if n >= len(high) or high[n] != c), len(low))
    return Value(frozenset((as_atom((low[:size], None)),)), value.taints, value.any)
