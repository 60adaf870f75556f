"""Whether the body of a method is interpreted.

Decoders on constants are run; code of no interest is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.dex import MethodInfo
from auditor.flows import concrete, defaults, effecting, passing, pure, texts
from auditor.flows.values import ANY, Obj, Value, of, stepped

if TYPE_CHECKING:
    from auditor.flows.engine import Engine

_IDLE = 3
_IDLE_SIZE = 80
"""Of code of no interest, small methods are entered three deep: they make objects and addresses."""
_COPY = 32
"""Bits by which the number of a copy stands above the offset of a call."""
_INSIDE, _INSIDE_MOST = 8, 60
"""How deep, and in how many objects, data are looked for before a body is passed over."""


def enter_body(engine: Engine, method: int, args: tuple[Value, ...]) -> Value | None:
    """Interpret a method of the app, unless nothing that goes in is of interest there."""
    frame = engine.frames[-1]
    info = engine.index.method(method)
    if info.access & 0x8:
        engine.prepare(info.cls)
    text = _decoded(engine, info, args)
    if text is not None:
        return of(text)
    if engine.textual.is_textual(info):
        return _through_texts(engine, info, args)
    idle = not engine.enter(method) and not carries(engine, args)
    if idle and (engine.idle >= _IDLE or engine.index.size(method) > _IDLE_SIZE):
        return defaults.typed(engine, info.ret, ("skip", method, frame.method, frame.offset))
    noted = tuple(
        Value(a.atoms, stepped(a.taints, "call", frame.method, frame.offset, ""), a.any)
        if a.taints
        else a
        for a in args
    )
    for arg in args:
        engine.keep(arg)
    engine.idle += idle
    try:
        return engine.run(method, noted, (frame.method, frame.offset + (frame.copy << _COPY)))
    finally:
        engine.idle -= idle


def _through_texts(engine: Engine, info: MethodInfo, args: tuple[Value, ...]) -> Value:
    """What a method that only works on texts gives: unknown, a text with the data of its texts."""
    if info.ret not in (texts.STRING, "Ljava/lang/CharSequence;", "[C", "C"):
        return defaults.typed(engine, info.ret, ("text", info.id))
    frame = engine.frames[-1]
    taints = frozenset(t for arg in args for t in arg.taints | passing.held(engine, arg))
    note = info.name
    return ANY.with_taints(stepped(taints, "through", frame.method, frame.offset, note))


def _decoded(engine: Engine, info: MethodInfo, args: tuple[Value, ...]) -> str | None:
    """Text that a decoder of the app makes of constants, when that is all it does."""
    if info.ret != texts.STRING or len(args) > 6 or engine.gave_up.get(info.id, 0) > 2:
        return None
    plain: list[object] = []
    for n, arg in enumerate(args):
        if n == 0 and not info.access & 0x8:
            plain.append(pure.Thing(info.cls, given=True))
            continue
        known, value = texts.plain(engine, arg)
        if not known:
            return None
        plain.append(value)
    key = (info.id, repr(plain[0 if info.access & 0x8 else 1 :]))
    if key not in engine.decoded:

        def described(method: MethodInfo) -> bool:
            return is_described(engine, method)

        engine.decoded[key] = concrete.run(engine.index, info.id, plain, described)
        if engine.decoded[key] is None:
            engine.gave_up[info.id] = engine.gave_up.get(info.id, 0) + 1
    return engine.decoded[key]


def is_described(engine: Engine, method: MethodInfo) -> bool:
    """Tell whether the catalog says anything about a method."""
    chain, know = engine.types.chain(method.cls), engine.know
    tables = (know.sources, know.queries, know.sinks, know.models)
    return any(table.find(chain, method.name, method.params) for table in tables)


def carries(engine: Engine, args: tuple[Value, ...]) -> bool:
    """Tell whether data go in, or a callback that reads some: in a value or what it holds."""
    if any(arg.taints for arg in args):
        return True
    telling, holders = engine.callback_classes, engine.holders
    if not telling and not holders:
        return False
    level = [obj for arg in args for obj in arg.objects()]
    seen: set[Obj] = set()
    for depth in range(_INSIDE):
        below: list[Obj] = []
        for obj in level:
            if obj in holders or obj.type in telling:
                return True
            if obj in seen or len(seen) > _INSIDE_MOST:
                continue
            seen.add(obj)
            if depth and effecting.is_sealed(engine, obj):
                continue
            for name in engine.names.get(obj, ()):
                found = engine.heap.find((obj, name))
                if found is not None:
                    below += [o for o in found[0].atoms if type(o) is Obj]
        level = below
    return False
