"""Library methods of which nothing is known: what they pass on, and whom they may call back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.flows import defaults, effecting
from auditor.flows.events import Later
from auditor.flows.values import ANY, NOTHING, Taint, Value, join, of, stepped, tainted

if TYPE_CHECKING:
    from auditor.dex import MethodInfo
    from auditor.flows.engine import Engine


def pass_on(engine: Engine, method: MethodInfo, args: tuple[Value, ...], *, static: bool) -> Value:
    """A method of which nothing is known passes on what it is given.

    Data in the arguments reach the result and, for methods whose name says that they fill the
    receiver, the receiver. Objects of the app that are handed over may be called back.
    """
    taints: frozenset[Taint] = frozenset()
    for arg in args:
        taints |= arg.taints | held(engine, arg)
    frame, roles = engine.frames[-1], engine.know.roles
    if roles["answers_nothing"].means(method.name) or method.ret in ("Z", "V"):
        result = ANY
    else:
        result = defaults.typed(
            engine, method.ret, (frame.method, frame.offset, "default", frame.context)
        )
        if taints:
            note = f"{_short(method.cls)}.{method.name}"
            result = result.with_taints(
                stepped(taints, "through", frame.method, frame.offset, note)
            )
    if not static and taints and roles["fills"].means(method.name):
        inside: frozenset[Taint] = frozenset()
        for arg in args[1:]:
            inside |= arg.taints | held(engine, arg)
        if inside:
            engine.put_field(args[0], "[?]", tainted(inside), weak=True)
    _hand_over(engine, args if static else args[1:])
    if method.ret == method.cls and not static and args[0].atoms:
        return join(args[0], result)
    return result


def held(engine: Engine, value: Value) -> frozenset[Taint]:
    """Data inside library objects of `value` (containers, texts), not inside the app's."""
    if not value.atoms:
        return frozenset()
    return effecting.deep_taints(engine, value, app=False)


def _hand_over(engine: Engine, args: Sequence[Value]) -> None:
    for arg in args:
        for obj in arg.objects():
            if not obj.app:
                continue
            for name, arity in callback_names(engine, obj.type):
                later(engine, "callback", of(obj), name, (ANY,) * arity, NOTHING)


def later(
    engine: Engine, trigger: str, on: Value, name: str, args: tuple[Value, ...], label: Value
) -> None:
    """Note a callback that will be run when its trigger comes."""
    frame = engine.frames[-1]
    for obj in on.objects():
        event = ("later", frame.method, frame.offset, f"{obj.number}:{name}:{len(args)}")
        engine.note(event, Later(trigger, of(obj), name, args, label, None))


def _short(cls: str) -> str:
    return cls[1:-1].rpartition("/")[2].replace("$", ".")


def callback_names(engine: Engine, cls: str) -> list[tuple[str, int]]:
    """Methods by which library code can call an object of the app back: (name, parameters).

    They are public, not static, declared by an app class that has a library supertype, and named
    like callbacks.
    """
    known = engine.callbacks.get(cls)
    if known is None:
        known = engine.callbacks[cls] = _callback_names(engine, cls)
    return known


def _callback_names(engine: Engine, cls: str) -> list[tuple[str, int]]:
    index = engine.index
    outside = [t for t in engine.types.chain(cls) if not index.is_defined(t)]
    if outside in ([], ["Ljava/lang/Object;"]):
        return []
    called = engine.know.roles["called_back"]
    found: dict[tuple[str, int], None] = {}
    at: str | None = cls
    while at and index.is_defined(at) and len(found) < 40:
        for mid in index.methods_of(at):
            info = index.method(mid)
            open_ = info.access & 0x5 and not info.access & 0x1408 and info.has_code
            if open_ and called.means(info.name):
                found.setdefault((info.name, len(info.params)))
        at = index.superclass(at)
    return list(found)
