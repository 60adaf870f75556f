"""Texts put together from a pattern or from parts: format, MessageFormat, join."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.flows import passing
from auditor.flows.texts import (
    element,
    passed,
    text_of,
)
from auditor.flows.values import (
    Atom,
    Value,
    concat,
    of,
)

if TYPE_CHECKING:
    from auditor.dex import MethodInfo
    from auditor.flows.engine import Engine

_JOINED = 16
"""Elements that are joined one by one."""


_PLACE = re.compile(r"'([^']*)'|\{(\d{1,2})(?:,[^{}]{0,40})?\}")


_SPEC = re.compile(r"%(?:(\d{1,2})\$)?[-#+ 0,(]{0,6}\d{0,4}(?:\.\d{1,4})?([a-zA-Z%])")


def join_texts(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value:
    """Elements of an array or list of known length with a text between them."""
    between = text_of(engine, params[0])
    taints = between.taints
    for param in params[1:]:
        taints |= param.taints | passing.held(engine, param)
    rows = params[1].objects() if len(params) == 2 else []
    parts: list[Value] = list(params[1:]) if len(params) > 2 else []
    if len(rows) == 1:
        size = engine.get_field(rows[0], "$length") or engine.get_field(rows[0], "$size")
        count = size.only() if size else None
        if type(count) is int and 0 < count <= _JOINED:
            parts = [element(engine, params[1], n) for n in range(count)]
    if not parts:
        return Value(frozenset(), taints, True)
    total = text_of(engine, parts[0])
    for part in parts[1:]:
        total = concat(concat(total, between), text_of(engine, part))
    return Value(total.atoms, total.taints | taints, total.any)


def message_format(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value:
    """`MessageFormat.format`: numbers in braces stand for elements, quoted text for itself."""
    taints = params[0].taints | params[1].taints | passing.held(engine, params[1])
    total: set[Atom] = set()
    flat = text_of(engine, params[0])
    for text in flat.texts()[:4]:
        parts, at = of(""), 0
        for match in _PLACE.finditer(text[:2000]):
            parts = concat(parts, of(text[at : match.start()]))
            at = match.end()
            quoted = match[1] if match[1] != "" else "'"
            held = of(quoted) if match[2] is None else element(engine, params[1], int(match[2]))
            parts = concat(parts, held)
        total |= concat(parts, of(text[at:])).atoms
    return passed(engine, Value(frozenset(total), taints, flat.any or not total), "MessageFormat")


def format_text(engine: Engine, pattern: Value, array: Value) -> Value:
    """`String.format`: every text that pattern and elements give, the unknown left open."""
    taints = pattern.taints | array.taints | passing.held(engine, array)
    total: set[Atom] = set()
    flat = text_of(engine, pattern)
    for text in flat.texts()[:4]:
        if len(text) > 2000:
            continue
        parts = of("")
        at = number = 0
        for match in _SPEC.finditer(text):
            parts = concat(parts, of(text[at : match.start()]))
            at = match.end()
            if match.group(2) in "n%":
                parts = concat(parts, of("\n" if match.group(2) == "n" else "%"))
                continue
            place = int(match.group(1)) - 1 if match.group(1) else number
            number += not match.group(1)
            parts = concat(parts, element(engine, array, place))
        parts = concat(parts, of(text[at:]))
        total |= parts.atoms
        taints |= parts.taints
    result = Value(frozenset(total), taints, flat.any or not total)
    return passed(engine, result, "String.format")
