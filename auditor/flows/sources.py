"""Where personal data enter: calls that give them, and queries whose address decides which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.flows import defaults, effecting, passing
from auditor.flows.effects import parse_effects
from auditor.flows.events import Read, Source
from auditor.flows.knowledge import QueryEntry, SourceEntry
from auditor.flows.values import (
    NOTHING,
    Obj,
    Taint,
    Template,
    Trail,
    Value,
    join,
    of,
    relabelled,
    tainted,
)

if TYPE_CHECKING:
    from auditor.flows.effecting import Env
    from auditor.flows.engine import Engine


def number_of(
    engine: Engine, data_type: str, callee: int, rule: str, scope: str, detail: str
) -> int:
    """Number of a source at the instruction at hand."""
    frame = engine.frames[-1]
    site = (frame.method, frame.offset)
    key = (site, data_type, scope)
    number = engine.source_numbers.get(key)
    if number is None:
        number = engine.source_numbers[key] = len(engine.sources)
        engine.sources.append(Source(number, data_type, site, callee, rule, scope, detail))
    engine.note(("read", *site, str(number)), Read(number, None))
    return number


def give(env: Env, entry: SourceEntry) -> Value:
    """What a call that reads personal data gives: its result, or what it fills."""
    if not _condition_met(env, entry):
        return NOTHING
    engine, method = env.engine, env.method
    number = number_of(engine, entry.data_type, method.id, entry.id, entry.scope, method.name)
    taints = fresh_taint(engine, number, "")
    given = NOTHING
    for port in entry.gives:
        if port == "ret":
            made = defaults.typed(engine, method.ret, (*_here(engine), "source"))
            given = join(given, made.with_taints(taints))
        else:
            target = effecting.evaluate_text(env, port)
            engine.put_field(target, "[?]", tainted(taints), weak=True)
    return given


def _condition_met(env: Env, entry: SourceEntry) -> bool:
    for port, wanted in entry.when.items():
        value = effecting.evaluate_text(env, port)
        texts = {str(a) for a in value.atoms if type(a) in (str, int)}
        if not texts & set(wanted):
            return False
    for port, types in entry.when_type.items():
        objects = effecting.evaluate_text(env, port).objects()
        kinds = ["L" + t.replace(".", "/") + ";" for t in types]
        if not any(env.engine.types.is_a(o.type, kind) for o in objects for kind in kinds):
            return False
    return True


def query(env: Env, entry: QueryEntry) -> Value:
    """The cursor of a query, with the data that lie behind its address."""
    engine, method = env.engine, env.method
    uri = effecting.evaluate_text(env, entry.uri)
    picked = _is_picked(engine, _narrowing(env, entry, uri))
    given = NOTHING
    for data_type, (rule, scope, detail) in sorted(_behind(engine, uri, picked=picked).items()):
        scope = "one_picked" if picked else scope
        number = number_of(engine, data_type, method.id, rule, scope, detail)
        cursor = defaults.typed(engine, method.ret, (*_here(engine), "query"))
        if method.name == "<init>":
            engine.put_field(env.this, "[?]", tainted(fresh_taint(engine, number, "")), weak=True)
            continue
        given = join(given, cursor.with_taints(fresh_taint(engine, number, "")))
    if entry.projection and given.objects():
        columns = effecting.evaluate_text(env, entry.projection)
        engine.put_field(given.untainted(), "$columns", columns.untainted())
    if entry.also:
        env.result = given
        effecting.execute(env, parse_effects(entry.also))
    return given


def _narrowing(env: Env, entry: QueryEntry, uri: Value) -> frozenset[Taint]:
    """Data in what narrows a query: its address, its selection and the arguments of that."""
    taints = uri.taints
    for expression in (entry.selection, entry.args):
        if expression:
            part = effecting.evaluate_text(env, expression)
            taints |= part.taints | passing.held(env.engine, part)
    return taints


def _behind(engine: Engine, uri: Value, *, picked: bool) -> dict[str, tuple[str, str, str]]:
    """Data type → (rule, scope, detail) of what lies behind an address."""
    found: dict[str, tuple[str, str, str]] = {}
    texts, complete = uri_texts(engine, uri)
    for text in texts:
        known = engine.know.uri_of(text)
        if known:
            found[known.data_type] = (known.id, known.scope, text)
    if found:
        return found
    if picked and (engine.picks or not texts):
        for data_type in engine.picks or {"contacts": None}:
            found[data_type] = ("picked-row", "one_picked", "picked by the user")
    elif not complete:
        at = engine.frames[-1]
        why = f"the address of the query at {at.offset:04x} is not constant"
        engine.limit("unresolved_uri", at.method, why)
    return found


def _is_picked(engine: Engine, taints: frozenset[Taint]) -> bool:
    scopes = {engine.sources[t.source].scope for t in taints}
    return "one_picked" in scopes and "bulk" not in scopes


def _here(engine: Engine) -> tuple[object, ...]:
    frame = engine.frames[-1]
    return (frame.method, frame.offset, frame.context)


def fresh_taint(engine: Engine, number: int, label: str) -> frozenset[Taint]:
    """Data of a source that enter at the instruction at hand."""
    frame = engine.frames[-1]
    trail = Trail(None, "source", frame.method, frame.offset, "", 1)
    return frozenset((Taint(number, label, trail, ()),))


def uri_object(engine: Engine, text: str) -> Obj:
    """The Uri object of a constant address."""
    obj = engine.made("Landroid/net/Uri;", ("uri", text))
    if (obj, "uri") not in engine.base.changes:
        engine.base.changes[(obj, "uri")] = (of(text), 0)
        engine.names.setdefault(obj, {}).setdefault("uri")
    return obj


def uri_texts(engine: Engine, value: Value, depth: int = 0) -> tuple[list[str], bool]:
    """Constant texts (or constant beginnings) of an address, and whether all are known."""
    found: list[str] = []
    complete = not value.any
    for atom in sorted(value.atoms, key=lambda a: (str(type(a)), str(a))):
        if type(atom) is str:
            found.append(atom)
        elif type(atom) is Template:
            if atom.parts[0]:
                found.append(atom.parts[0].rpartition("/")[0] or atom.parts[0])
            else:
                complete = False
        elif type(atom) is Obj and depth < 3:
            for name in ("uri", "url", "path", "text"):
                inner = engine.get_field(atom, name)
                if inner is not None:
                    texts, whole = uri_texts(engine, inner, depth + 1)
                    found += texts
                    complete = complete and whole
                    break
            else:
                complete = False
    return found, complete and bool(found)


def _column(engine: Engine, cursor: Value, index: Value) -> str:
    """Name of the column that `index` means, when it is known."""
    atom = index.only()
    if type(atom) is str:
        return atom
    if type(atom) is int:
        for obj in cursor.objects():
            for array in (engine.get_field(obj, "$columns") or NOTHING).objects():
                found = engine.get_field(array, f"[{atom}]")
                name = found.only() if found else None
                if type(name) is str:
                    return name
    return ""


def relabel_column(engine: Engine, cursor: Value, index: Value, value: Value) -> Value:
    """The value read from a column, its data under the column's name."""
    name = _column(engine, cursor, index)
    if not name or not value.taints:
        return value
    return Value(value.atoms, relabelled(value.taints, "col:" + name), value.any)
