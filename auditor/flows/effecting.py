"""Carry out the effects that the catalog writes for library methods (language: `effects.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.flows import defaults, functions, pairing, passing
from auditor.flows.effects import (
    Apply,
    Assign,
    Expr,
    Invoke,
    New,
    Path,
    Statement,
    Text,
    parse_expr,
)
from auditor.flows.entries import all_entries, entry_name, get_entry, put_entry
from auditor.flows.values import (
    ANY,
    NOTHING,
    SEPARATOR,
    Obj,
    Taint,
    Value,
    join,
    of,
    relabelled,
    stepped,
)

if TYPE_CHECKING:
    from auditor.dex import MethodInfo
    from auditor.flows.engine import Engine
    from auditor.flows.models import Model

_REACH = 400
"""Objects that one look into the depth of a value visits."""


@dataclass(slots=True)
class Env:
    """What the names of an effect mean at one call."""

    engine: Engine
    method: MethodInfo
    this: Value
    args: tuple[Value, ...]
    result: Value | None = None
    ended: bool = False
    """A `call` among the effects never returned."""


def apply(
    engine: Engine, model: Model, method: MethodInfo, this: Value, args: tuple[Value, ...]
) -> Value | None:
    """Carry out a model; its result is what it says, else an unknown value of the type."""
    return carry_out(engine, model.statements, method, this, args)


def carry_out(
    engine: Engine,
    statements: tuple[Statement, ...],
    method: MethodInfo,
    this: Value,
    args: tuple[Value, ...],
    result: Value | None = None,
) -> Value | None:
    """Carry out statements, `result` being what a body returned before."""
    env = Env(engine, method, this, args, result)
    execute(env, statements)
    if env.result is not None:
        if method.ret == "V" or env.result is NOTHING:
            return defaults.typed(engine, method.ret, _here(env)) if method.ret != "V" else ANY
        return _noted(env, env.result)
    if method.ret == "V":
        return ANY
    return defaults.typed(engine, method.ret, _here(env))


def _noted(env: Env, value: Value) -> Value:
    if not value.taints:
        return value
    frame = env.engine.frames[-1]
    name = env.method.cls[1:-1].rpartition("/")[2].replace("$", ".") + "." + env.method.name
    taints = stepped(value.taints, "through", frame.method, frame.offset, name)
    return Value(value.atoms, taints, value.any)


def _here(env: Env) -> tuple[object, ...]:
    frame = env.engine.frames[-1]
    return (frame.method, frame.offset, frame.context, "model")


def execute(env: Env, statements: tuple[Statement, ...]) -> None:
    """Carry out statements in order."""
    for statement in statements:
        if not isinstance(statement, Assign):
            evaluate(env, statement)
            continue
        value = evaluate(env, statement.value)
        _assign(env, statement.target, value, weak=statement.weak)


def _assign(env: Env, target: Path, value: Value, *, weak: bool) -> None:
    if not target.tail:
        if target.base == "ret":
            old = env.result
            env.result = value if old is None or not weak else join(old, value)
        elif target.base[0] == "a" and target.base != "args" and value is not NOTHING:
            base = evaluate(env, target)
            env.engine.put_field(base, "[?]", value, weak=True)
        elif target.base == "this":
            env.engine.put_field(env.this, "[?]", value, weak=True)
        return
    owner = evaluate(env, Path(target.base, target.tail[:-1]))
    last = target.tail[-1]
    if value is NOTHING:
        return
    if isinstance(last, str):
        if last == "elem":
            _add(env, owner, value)
        else:
            env.engine.put_field(owner, last, _stored(env, value, last), weak=weak)
        return
    key = evaluate(env, last)
    if weak:
        env.engine.put_field(owner, entry_name(key), _stored(env, value, ""), weak=True)
    else:
        put_entry(env.engine, owner, key, value)


def _add(env: Env, owner: Value, value: Value) -> None:
    env.engine.put_field(owner, "[?]", _stored(env, value, ""), weak=True)


def _stored(env: Env, value: Value, note: str) -> Value:
    if not value.taints:
        return value
    frame = env.engine.frames[-1]
    name = env.method.cls[1:-1].rpartition("/")[2].replace("$", ".") + "." + env.method.name
    taints = stepped(value.taints, "through", frame.method, frame.offset, name)
    return Value(value.atoms, taints, value.any)


def evaluate_text(env: Env, text: str) -> Value:
    """Value of an expression as the catalog writes it."""
    return evaluate(env, parse_expr(text))


def evaluate(env: Env, expr: Expr) -> Value:
    """Value of an expression."""
    if isinstance(expr, Path):
        return _path(env, expr)
    if isinstance(expr, Text):
        return of(expr.value)
    if isinstance(expr, New):
        return _new(env, expr)
    if isinstance(expr, Apply):
        return functions.call(env, expr.function, expr.args)
    if isinstance(expr, Invoke):
        return _invoke(env, expr)
    total = NOTHING
    for term in expr.terms:
        total = join(total, evaluate(env, term))
    return total


def _path(env: Env, path: Path) -> Value:
    value = _base(env, path.base)
    for step in path.tail:
        if isinstance(step, str):
            value = _field(env, value, step)
        else:
            value = get_entry(env.engine, value, evaluate(env, step)) if value.atoms else NOTHING
    return value


def _base(env: Env, base: str) -> Value:
    if base == "this":
        return env.this
    if base == "ret":
        return env.result or NOTHING
    if base == "args":
        total = NOTHING
        for arg in env.args:
            total = join(total, arg)
        return total
    if base.startswith("global:"):
        return of(env.engine.made("Ljava/lang/Object;", ("global", base[7:])))
    number = int(base[1:])
    return env.args[number] if number < len(env.args) else NOTHING


def _field(env: Env, owner: Value, name: str) -> Value:
    engine = env.engine
    total = NOTHING
    for obj in owner.objects():
        if name == "elem":
            found: Value | None = all_entries(engine, obj)
        else:
            found = engine.get_field(obj, name)
        if found is not None:
            total = join(total, found)
    if owner.taints:
        unknown = total is NOTHING
        total = Value(total.atoms, total.taints | owner.taints, total.any or unknown)
    return total


def _new(env: Env, expr: New) -> Value:
    obj = env.engine.allocate(expr.type, f"new:{expr.type}")
    value = of(obj)
    for name, field in expr.fields:
        held = evaluate(env, field)
        if held is not NOTHING:
            env.engine.put_field(value, "[?]" if name == "elem" else name, held)
    return value


def _invoke(env: Env, expr: Invoke) -> Value:
    engine = env.engine
    on = evaluate(env, expr.on)
    if not on.objects():
        return NOTHING
    args = tuple(evaluate(env, a) for a in expr.args)
    if expr.mode == "later":
        label = evaluate(env, expr.label) if expr.label is not None else NOTHING
        passing.later(engine, expr.trigger, on, expr.name, args, label)
        return NOTHING
    if expr.mode == "async":
        passing.later(engine, "background", on, expr.name, args, NOTHING)
    noted = tuple(
        Value(a.atoms, stepped(a.taints, "callback", f.method, f.offset, expr.name), a.any)
        if a.taints
        else a
        for f in engine.frames[-1:]
        for a in args
    )
    result = engine.call_named(on, expr.name, noted)
    return NOTHING if result is None else result


def deep_taints(engine: Engine, value: Value, *, app: bool) -> frozenset[Taint]:
    """Data that can be reached from `value` through fields and entries, under their keys.

    `app`: also through objects of the app's own classes (what a serialiser does), except those
    that hold the app together (contexts, views, threads).
    """
    if not engine.holders or not value.atoms:
        return value.taints
    found: dict[tuple[int, str], Taint] = {}
    seen: set[Obj] = set()
    beside: dict[tuple[Obj, str], str] = {}
    stack: list[tuple[Value, str]] = [(value, "")]
    while stack and len(seen) < _REACH:
        here, label = stack.pop()
        for taint in relabelled(here.taints, label) if label else here.taints:
            found.setdefault((taint.source, taint.label), taint)
        for obj in here.objects():
            if obj in seen or (obj.app and not app) or is_sealed(engine, obj):
                continue
            seen.add(obj)
            if obj.app:
                beside.update(pairing.names_beside(engine, obj))
            for name in list(engine.names.get(obj, ())):
                if name[:1] == "$":
                    continue
                inner = engine.get_field(obj, name)
                if inner is not None and (inner.taints or inner.atoms):
                    own = beside.get((obj, name)) or _label(engine, obj, name)
                    stack.append(
                        (inner, f"{label}{SEPARATOR}{own}" if label and own else own or label)
                    )
    return frozenset(found.values())


def _label(engine: Engine, obj: Obj, name: str) -> str:
    if name[:1] == "[":
        inner = name[1:-1]
        return "" if inner == "?" or inner.lstrip("-").isdigit() else inner
    return functions.serialized_name(engine, obj.type, name) if obj.app else ""


def is_sealed(engine: Engine, obj: Obj) -> bool:
    """Tell whether an object holds the app together (a context, a view, a thread)."""
    found = engine.sealed.get(obj.type)
    if found is None:
        chain = engine.types.chain(obj.type)
        role = engine.know.roles["holds_together"]
        found = engine.sealed[obj.type] = role.covers(chain)
    return found
