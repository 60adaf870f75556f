"""The built-in functions of the effect language, one entry each in `TABLE`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.flows import addresses, contents, effecting, inside, pairing, sinks, sources
from auditor.flows.effects import Expr
from auditor.flows.entries import all_entries, put_entry
from auditor.flows.values import (
    ANY,
    NOTHING,
    ClassRef,
    Condition,
    MethodName,
    Obj,
    Template,
    Value,
    concat,
    join,
    of,
    stepped,
    tainted,
)

if TYPE_CHECKING:
    from auditor.flows.effecting import Env
    from auditor.flows.engine import Engine

_FROM = re.compile(
    r"\b(?:from|into|update|table(?: if not exists)?)\s+[`\"\[]?([\w.$]{1,80})", re.I
)


def call(env: Env, name: str, args: tuple[Expr, ...]) -> Value:
    """Evaluate `name(args)`."""
    return TABLE[name](env, *(effecting.evaluate(env, a) for a in args))


def deep(env: Env, *values: Value) -> Value:
    """Every datum reachable from the values; constant texts stay known."""
    total = NOTHING
    for value in values:
        taints = effecting.deep_taints(env.engine, value, app=True)
        flat = text(env, value)
        total = join(total, Value(flat.atoms, taints, flat.any or not flat.atoms))
    return total


def text(env: Env, value: Value = NOTHING) -> Value:
    """The value as text: constants as they are, of builders what they hold, else unknown."""
    atoms = frozenset(a for a in value.atoms if type(a) in (str, int, Template))
    found = Value(atoms, value.taints, value.any)
    for obj in value.objects():
        inner = env.engine.get_field(obj, "text")
        if inner is not None and inner.atoms and not inner.objects():
            found = join(found, inner)
        elif (known := _file_text(env.engine, obj)) is not None:
            found = join(found, of(known))
        else:
            found = join(found, ANY)
    return found


def _file_text(engine: Engine, obj: Obj) -> str | None:
    return contents.content_of(engine, obj) if engine.contents else None


def data(env: Env, value: Value) -> Value:
    """What the value carries at any depth, without its constants; nothing when it carries none."""
    taints = effecting.deep_taints(env.engine, value, app=True)
    return tainted(taints) if taints else NOTHING


def string(env: Env, value: Value) -> Value:
    """As text, with all data inside."""
    return deep(env, value)


def joined(env: Env, *values: Value) -> Value:
    """Texts one after another."""
    total = of("")
    for value in values:
        total = concat(total, deep(env, value))
    return total


def mark(env: Env, value: Value, note: Value) -> Value:
    """The value with a transformation noted on its data."""
    frame = env.engine.frames[-1]
    word = note.only()
    taints = stepped(
        value.taints, "transform", frame.method, frame.offset, str(word), mark=str(word)
    )
    return Value(value.atoms, taints, value.any)


def file(env: Env, value: Value) -> Value:
    """The last part of a file's path; of one that is known up to its folder, that of any there.

    One name stands for all paths of which nothing is known.
    """
    names = [name or _any_in(folder) for folder, name in _places(env.engine, value)]
    return of(*(n for n in names if n)) if any(names) else of(_UNKNOWN)


def named(env: Env, value: Value) -> Value:
    """The last part of a file's path as a text, with the data that its path carries."""
    names = [name for _, name in _places(env.engine, value)]
    taints = effecting.deep_taints(env.engine, value, app=False)
    return Value(frozenset(n for n in names if n), taints, not all(names) or not names)


def listing(env: Env, value: Value) -> Value:
    """The name of any file in the folder of a file: what a list of the folder leads to."""
    names = [_any_in(folder) for folder, _ in _places(env.engine, value)]
    return of(*(n for n in names if n)) if any(names) else of("(nowhere)")


def _any_in(folder: str) -> str:
    return f"{folder}/*" if folder else ""


def _places(engine: Engine, value: Value) -> list[tuple[str, str]]:
    """Folder and name of a file, each empty where it is not known."""
    found = []
    for atom in sorted(sinks.flat_url(engine, value).atoms, key=str):
        parts = atom.parts if isinstance(atom, Template) else (str(atom),)
        path = "".join(_GAP if part is None else part for part in parts).rstrip("/")
        above, _, name = path.rpartition("/")
        folder = above.rpartition("/")[2]
        if name.endswith(_GAP):
            name = ""
        found.append(("" if _GAP in folder else folder, name.rpartition(_GAP)[2]))
    return found


_UNKNOWN, _GAP = "(unknown)", "\0"


def table(env: Env, value: Value) -> Value:
    """The table that an SQL text names."""
    names = {m.group(1).lower() for t in _heads(value) for m in _FROM.finditer(t[:2000])}
    return Value(frozenset(names)) if names else ANY


def _heads(value: Value) -> list[str]:
    heads = value.texts()
    heads += [a.parts[0] for a in value.atoms if isinstance(a, Template) and a.parts[0]]
    return heads


def start(env: Env, intent: Value, kind: Value = NOTHING) -> Value:
    """Start the component that an Intent names."""
    env.engine.start_component(intent, str(kind.only() or "activity"))
    return NOTHING


def view(env: Env, identifier: Value) -> Value:
    """The view of that id in the screen at hand."""
    return of(env.engine.view_object(identifier, env.method.ret))


def layout(env: Env, identifier: Value) -> Value:
    """Make a layout's views known, with the callbacks they declare."""
    env.engine.use_layout(identifier, env.this)
    return NOTHING


def fresh(env: Env, value: Value = NOTHING) -> Value:
    """The value without data."""
    return Value(value.atoms, frozenset(), value.any) if value.atoms else ANY


def proxy(env: Env, cls: Value, base: Value = NOTHING) -> Value:
    """An object of an interface whose methods are requests below `base`."""
    engine = env.engine
    total = NOTHING
    for atom in sorted((a for a in cls.atoms if isinstance(a, ClassRef)), key=repr):
        obj = engine.allocate(atom.descriptor, "proxy:" + atom.descriptor)
        flat = sinks.flat_url(engine, base)
        engine.put_field(of(obj), "$base", flat)
        for known in flat.texts():
            engine.bases.setdefault(known)
            engine.bases_of.setdefault(atom.descriptor, {}).setdefault(known)
        total = join(total, of(obj))
    return total if total is not NOTHING else ANY


def picked(env: Env, value: Value = NOTHING) -> Value:
    """What the user picked."""
    taint = sources.fresh_taint(env.engine, 0, "")
    return value.with_taints(taint) if value is not NOTHING else tainted(taint)


def cond(env: Env, kind: Value, words: Value = NOTHING) -> Value:
    """A truth value that answers a question: its kind, and the key or text asked for."""
    texts = words.texts() or [""]
    return Value(
        frozenset(Condition(str(kind.only()), t[:120]) for t in texts[:4]), frozenset(), True
    )


def klass(env: Env, name: Value) -> Value:
    """`Class.forName`."""
    found = frozenset(
        ClassRef("L" + t.replace(".", "/") + ";") for t in name.texts() if 0 < len(t) < 300
    )
    for obj in name.objects():
        found |= {ClassRef(obj.type)}
    found |= {a for a in name.atoms if isinstance(a, ClassRef)}
    if not found:
        if env.method.name != "getClass":  # which shrinkers call to ask for null
            where = env.engine.frames[-1].method
            env.engine.limit("reflection", where, "a class name is not constant")
        return ANY
    return Value(found)


def instance(env: Env, cls: Value, args: Value = NOTHING) -> Value:
    """A new object of a class, made with the elements of the array `args`."""
    engine = env.engine
    rows: list[Value] = []
    for obj in args.objects():
        while (found := engine.get_field(obj, f"[{len(rows)}]")) is not None and len(rows) < 8:
            rows.append(found)
    total = NOTHING
    for atom in sorted((a for a in cls.atoms if isinstance(a, ClassRef)), key=repr):
        engine.prepare(atom.descriptor)
        made = of(engine.allocate(atom.descriptor, "instance:" + atom.descriptor))
        given = tuple(rows) or (ANY,) * _fewest(env, atom.descriptor)
        engine.call_named(made, "<init>", given)
        total = join(total, made)
    return total if total is not NOTHING else ANY


def _fewest(env: Env, cls: str) -> int:
    """How many parameters the shortest constructor of a class takes."""
    index = env.engine.index
    infos = [index.method(m) for m in index.methods_of(cls)] if index.is_defined(cls) else []
    return min((len(i.params) for i in infos if i.name == "<init>"), default=0)


def method(env: Env, cls: Value, name: Value) -> Value:
    """A `Method` or `Field` by name."""
    found = frozenset(
        MethodName(c.descriptor, n)
        for c in cls.atoms
        if isinstance(c, ClassRef)
        for n in name.texts()
    )
    if not found:
        env.engine.limit(
            "reflection", env.engine.frames[-1].method, "a member's name is not constant"
        )
    return Value(found, any_=not found)


def result(env: Env, member: Value, on: Value, args: Value = NOTHING) -> Value:
    """What `Method.invoke` or `Field.get` gives."""
    return env.engine.reflect(member, on, args)


def store(env: Env, member: Value, on: Value, value: Value = NOTHING) -> Value:
    """`Field.set`."""
    for atom in sorted((a for a in member.atoms if isinstance(a, MethodName)), key=str):
        if on.objects():
            env.engine.put_field(on, atom.name, value, weak=True)
        else:
            env.engine.store((atom.descriptor, atom.name), value, weak=True)
    return NOTHING


def subscribers(env: Env, event: Value) -> Value:
    """Hand an event to the methods that subscribe to its type."""
    env.engine.publish(event)
    return NOTHING


def carry(env: Env, words: Value, data: Value) -> Value:
    """A text as it is known, with the data of something that it contains."""
    taints = effecting.deep_taints(env.engine, data, app=True)
    return words.with_taints(taints | words.taints)


def anything(env: Env) -> Value:
    """Something unknown."""
    return ANY


def choose(env: Env, number: Value, *values: Value) -> Value:
    """The value that the number names, all of them when it is not known."""
    known = number.only()
    if isinstance(known, int) and 0 <= known < len(values):
        return values[known]
    total = NOTHING
    for value in values:
        total = join(total, value)
    return total


def append(env: Env, container: Value, value: Value) -> Value:
    """Put at the end of a list whose length is known; else anywhere."""
    objects = container.objects()
    engine = env.engine
    _note_why(engine, container)
    if len(objects) == 1 and not container.any and engine.is_one(objects[0]):
        held = engine.get_field(objects[0], "$size")
        size = (None if held.unset else held.only()) if held is not None else 0
        if isinstance(size, int) and size < _LONGEST and held is not ANY:
            put_entry(engine, container, of(size), value)
            engine.put_field(container, "$size", of(size + 1))
            return NOTHING
    engine.put_field(container, "$size", ANY)
    put_entry(engine, container, ANY, value)
    return NOTHING


def _note_why(engine: Engine, container: Value) -> None:
    """Keep the conditions under which anything is put into a list: it is empty where none holds."""
    guards = engine.frames[-1].guards
    for obj in container.objects():
        held = engine.get_field(obj, _WHY)
        if held is None and not guards:
            continue
        why = guards if held is None else guards & {a for a in held.atoms if type(a) is Condition}
        engine.put_field(of(obj), _WHY, Value(frozenset(why), any_=True))


_WHY = "$why"


def filled(env: Env, container: Value, number: Value = ANY) -> Value:
    """Whether a list holds anything (its size), or with 0 whether it is empty, as an answer."""
    found: set[Condition] = set()
    for obj in container.objects():
        why = env.engine.get_field(obj, _WHY)
        found |= {a for a in why.atoms if type(a) is Condition} if why is not None else set()
    if number.only() == 0:
        found = {Condition(c.kind, c.text, not c.negated) for c in found}
    return Value(frozenset(found), any_=True) if found else ANY


def binder(env: Env, intent: Value) -> Value:
    """What `onBind` of the service that an Intent names returns."""
    return env.engine.binder_of(intent)


def scatter(env: Env, container: Value) -> Value:
    """Positions are no longer known: every element may be anywhere."""
    for obj in container.objects():
        held = all_entries(env.engine, obj)
        env.engine.put_field(of(obj), "$size", ANY)
        if held is not NOTHING:
            env.engine.put_field(of(obj), "[?]", held, weak=True)
    return NOTHING


_LONGEST = 16
"""Elements of a list whose positions are told apart."""


def bridge(env: Env, value: Value) -> Value:
    """Give an object of the app to the page: its marked methods can be called from there."""
    env.engine.expose(value, env.this)
    return NOTHING


def serialized_name(engine: Engine, cls: str, name: str) -> str:
    """Name under which a serialiser writes a field: its annotation's, else its own."""
    key = (cls, name)
    known = engine.serialized.get(key)
    if known is None:
        known = engine.serialized[key] = _serialized_name(engine, cls, name)
    return known


def _serialized_name(engine: Engine, cls: str, name: str) -> str:
    at: str | None = cls
    while at and engine.index.is_defined(at):
        for fid in engine.index.fields_of(at):
            if engine.index.field(fid).name == name:
                for annotation in engine.index.field_annotations(fid):
                    for key, value in annotation.elements:
                        if key in ("value", "name") and isinstance(value, str) and value:
                            return value
                return "" if is_renamed(at, name) else name
        at = engine.index.superclass(at)
    return ""


def is_renamed(cls: str, name: str) -> bool:
    """Tell whether a field bears no name of its own: one letter, or two in a class of two."""
    simple = cls.rpartition("/")[2].removeprefix("L").removesuffix(";").rpartition("$")[2]
    return len(name) < 2 or (len(name) == 2 and len(simple) <= 2)


TABLE: dict[str, Callable[..., Value]] = {
    "deep": deep,
    "data": data,
    "str": string,
    "text": text,
    "concat": joined,
    "mark": mark,
    "file": file,
    "listing": listing,
    "named": named,
    "table": table,
    "start": start,
    "view": view,
    "layout": layout,
    "fresh": fresh,
    "proxy": proxy,
    "picked": picked,
    "cond": cond,
    "klass": klass,
    "instance": instance,
    "method": method,
    "result": result,
    "store": store,
    "subscribers": subscribers,
    "carry": carry,
    "any": anything,
    "choose": choose,
    "bridge": bridge,
    "append": append,
    "filled": filled,
    "binder": binder,
    "scatter": scatter,
    **addresses.FUNCTIONS,
    **contents.FUNCTIONS,
    **inside.FUNCTIONS,
    **pairing.FUNCTIONS,
}
