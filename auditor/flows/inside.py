"""Functions of the effect language that look inside objects whose fields have no known names.

They serve the models of renamed libraries (`renamed.py`): what a field is called there says
nothing, what it holds does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.flows import passing, sinks
from auditor.flows.values import ANY, NOTHING, Obj, Value, join, of

if TYPE_CHECKING:
    from auditor.flows.effecting import Env
    from auditor.flows.engine import Engine

_NEAR, _NEAREST = 4, 60
"""How deep, and through how many objects, an address or a callback is looked for."""
_VERBS = frozenset(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"])


def made(env: Env) -> Value:
    """A new object of the type that the method returns."""
    return of(env.engine.allocate(env.method.ret, "made"))


def address(env: Env, value: Value) -> Value:
    """The address that an object has, or an object among its fields."""
    engine = env.engine
    total = NOTHING
    seen: set[Obj] = set()
    level = list(value.objects())
    for _ in range(_NEAR):
        below: list[Obj] = []
        for obj in level:
            if obj in seen or len(seen) > _NEAREST:
                continue
            seen.add(obj)
            held = engine.get_field(obj, "url")
            if held is not None and held.atoms:
                total = join(total, sinks.flat_url(engine, held))
                continue
            for name in engine.names.get(obj, ()) if obj.app else ():
                inner = engine.get_field(obj, name)
                below += inner.objects() if inner is not None else ()
        if total is not NOTHING:
            return total
        level = below
    return ANY


def verb(env: Env, value: Value) -> Value:
    """The HTTP method among the texts that an object holds."""
    found = {
        atom
        for obj in value.objects()
        for name in env.engine.names.get(obj, ())
        for atom in (env.engine.get_field(obj, name) or NOTHING).atoms
        if atom in _VERBS
    }
    return Value(frozenset(found)) if found else ANY


def within(env: Env, value: Value) -> Value:
    """The objects that an object's fields hold."""
    total = NOTHING
    for obj in value.objects():
        for name in env.engine.names.get(obj, ()):
            total = join(total, env.engine.get_field(obj, name) or NOTHING)
    return Value(frozenset(total.objects()))


def base(env: Env, value: Value) -> Value:
    """Remember an address as the beginning of requests whose own is not known."""
    for known in sinks.flat_url(env.engine, value).texts():
        env.engine.bases.setdefault(known)
    return NOTHING


def callbacks(env: Env, value: Value, given: Value = NOTHING) -> Value:
    """Let the methods of the app's interfaces that objects implement be called later.

    With a second argument (the id of a renamed class): of all objects that can be reached, only
    the methods that give this class.
    """
    engine = env.engine
    word = given.only()
    wanted = engine.renamed.classes.get(word, ()) if isinstance(word, str) else ()
    level, seen = list(value.objects()), set[Obj]()
    while level and len(seen) <= _NEAREST:
        obj = level.pop(0)
        if obj in seen:
            continue
        seen.add(obj)
        for name, arity in _interface_methods(engine, obj.type, wanted if word else None):
            passing.later(engine, "result", of(obj), name, (ANY,) * arity, NOTHING)
        for name in engine.names.get(obj, ()) if word else ():
            level += (engine.get_field(obj, name) or NOTHING).objects()
    return NOTHING


def resumed(env: Env, value: Value, of_class: Value) -> Value:
    """Run the abstract method of a renamed class on the objects of its subtypes, now and later."""
    engine = env.engine
    entry = str(of_class.only())
    wanted = engine.renamed.abstract_method(entry)
    kinds = engine.renamed.classes.get(entry, ())
    total = NOTHING
    for obj in value.objects() if wanted else ():
        if wanted and any(engine.types.is_a(obj.type, kind) for kind in kinds):
            name, arity = wanted
            passing.later(engine, "background", of(obj), name, (ANY,) * arity, NOTHING)
            given = engine.call_named(of(obj), name, (ANY,) * arity)
            total = join(total, given if given is not None else NOTHING)
    return total if total is not NOTHING else ANY


def handed(env: Env, to: Value, value: Value) -> Value:
    """Call what takes an object first in the interfaces of the app that objects implement."""
    engine = env.engine
    for obj in to.objects():
        named = _interface_methods(engine, obj.type, None) or _taking_objects(engine, obj.type)
        for name, arity in named:
            if arity:
                engine.call_named(of(obj), name, (value, *(ANY,) * (arity - 1)))
    return NOTHING


def _taking_objects(engine: Engine, cls: str) -> list[tuple[str, int]]:
    """Methods by which a class can be called back whose interface R8 merged into it."""
    index = engine.index
    infos = [index.method(m) for m in index.methods_of(cls)] if index.is_defined(cls) else []
    return [
        (i.name, len(i.params))
        for i in infos
        if i.has_code and i.params[:1] == ("Ljava/lang/Object;",) and not i.access & 0x1000A
    ]


def _interface_methods(
    engine: Engine, cls: str, gives: tuple[str, ...] | None
) -> list[tuple[str, int]]:
    index, found = engine.index, dict[tuple[str, int], None]()
    for above in engine.types.chain(cls):
        if not index.is_defined(above) or not index.class_access(above) & 0x200:
            continue
        for mid in index.methods_of(above):
            info = index.method(mid)
            if not info.has_code and (gives is None or info.ret in gives):
                found[info.name, len(info.params)] = None
    return list(found)


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "made": made,
    "address": address,
    "verb": verb,
    "within": within,
    "base": base,
    "callbacks": callbacks,
    "resumed": resumed,
    "handed": handed,
}
