"""Where data leave: what goes out, and to which address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.flows import effecting
from auditor.flows.events import PICKED, Send
from auditor.flows.knowledge import SinkEntry
from auditor.flows.values import ANY, NOTHING, Taint, Template, Value, join, of

if TYPE_CHECKING:
    from auditor.flows.effecting import Env
    from auditor.flows.engine import Engine


def send(env: Env, entry: SinkEntry) -> None:
    """Note what a call gives away, where it leads somewhere outside."""
    engine, method = env.engine, env.method
    if entry.kind == "ipc" and engine.stays_inside(env.args):
        return
    taints: frozenset[Taint] = frozenset()
    for expression in entry.data:
        taints |= effecting.deep_taints(engine, effecting.evaluate_text(env, expression), app=True)
    if entry.to is None:
        url, http = _text(env, entry.url), _text(env, entry.http_method)
        url = switched(engine, _text(env, entry.client), url, http)
        sent(engine, entry.id, entry.kind, method.id, taints, url, http)
        return
    for obj in effecting.evaluate_text(env, entry.to).objects():
        for cls in engine.types.chain(obj.type):
            way = engine.know.destinations.get(cls)
            if way:
                there = effecting.Env(engine, method, of(obj), ())
                url, http = _text(there, way.url), _text(there, way.http_method)
                sent(engine, entry.id, way.kind, method.id, taints, url, http)
                break


def _text(env: Env, expression: str | None) -> Value:
    return effecting.evaluate_text(env, expression) if expression else NOTHING


def sent(
    engine: Engine,
    sink: str,
    kind: str,
    callee: int,
    taints: frozenset[Taint],
    url: Value,
    http: Value,
    named: frozenset[str] = frozenset(),
) -> None:
    """Note that data leave here."""
    frame = engine.frames[-1]
    taints = frozenset(t for t in taints if t.source != PICKED)
    flat = flat_url(engine, url)
    # One event an address: what goes to one place is not mixed with what goes to another.
    where = "|".join(sorted(map(str, flat.atoms)))[:200]
    event = ("send", frame.method, frame.offset, f"{sink}:{kind}:{where}")
    engine.note(event, Send(sink, kind, callee, taints, flat, http, None, named))


def flat_url(engine: Engine, value: Value, depth: int = 0) -> Value:
    """The texts and templates of an address, taken out of Uri, URL and builder objects."""
    total = Value(
        frozenset(a for a in value.atoms if type(a) in (str, Template)), frozenset(), value.any
    )
    for obj in value.objects():
        inner = None
        for name in ("url", "uri", "text", "path"):
            inner = engine.get_field(obj, name)
            if inner is not None:
                break
        if inner is not None and depth < 4:
            total = join(total, flat_url(engine, inner, depth + 1))
        else:
            total = join(total, ANY)
    return total


def switched(engine: Engine, client: Value, url: Value, http: Value) -> Value:
    """The address after the interceptors of a client that replace it; `url` where none does."""
    total = NOTHING
    for made in client.objects():
        for interceptor in (engine.get_field(made, "interceptors") or NOTHING).objects():
            if not _replaces(engine, interceptor.type):
                continue
            chain = engine.allocate(_CHAIN, "chain")
            request = of(engine.allocate(_REQUEST, "request"))
            engine.put_field(request, "url", url)
            engine.put_field(request, "method", http)
            engine.put_field(of(chain), "request", request)
            engine.call_named(of(interceptor), "intercept", (of(chain),))
            proceeded = engine.get_field(chain, "proceeded")
            total = join(total, flat_url(engine, proceeded) if proceeded else NOTHING)
    known = any(isinstance(a, str | Template) for a in total.atoms)
    return Value(total.atoms, url.taints, total.any) if known else url


def _replaces(engine: Engine, cls: str) -> bool:
    """Tell whether the code of an interceptor gives requests another address."""
    known = engine.switches.get(cls)
    if known is None:
        called = {
            (info.cls.rpartition("/")[2], info.name)
            for method in engine.index.methods_of(cls)
            for _, callee in engine.index.callees(method)
            for info in [engine.index.method(callee)]
        }
        known = engine.switches[cls] = bool(called & _REPLACING)
    return known


_CHAIN, _REQUEST = "Lokhttp3/Interceptor$Chain;", "Lokhttp3/Request;"
_REPLACING = frozenset((("HttpUrl$Builder;", "host"), ("Request$Builder;", "url")))
