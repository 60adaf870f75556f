"""What stands in statics and fields that nothing was stored into, and for values of which only
the type is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.flows import bodies, concrete, sources, strings
from auditor.flows.frames import Frame
from auditor.flows.heap import Heap
from auditor.flows.values import ANY, TRUTH, ZERO, ClassRef, Value, join, of, tainted

if TYPE_CHECKING:
    from auditor.flows.engine import Engine


def run_initializer(engine: Engine, cls: str) -> None:
    """Run the static initializer of an app class, once, before anything else is known."""
    if cls in engine.prepared or not engine.index.is_defined(cls):
        return
    engine.prepared.add(cls)
    above = engine.index.superclass(cls)
    if above:
        engine.prepare(above)
    initializer = engine.index.find_method(cls, "<clinit>", "()V")
    if initializer is None or cls in engine.renamed.still:
        return
    kept_heap, kept_frames, kept_clock = engine.heap, engine.frames, engine.clock
    room = engine.budget.here
    engine.budget.here = max(room, engine.budget.each)
    frame = Frame(initializer, None, (), engine.base, 0, ())
    engine.heap, engine.frames, engine.clock = Heap(engine.base), [], 1
    code = engine.index.code(initializer)
    if code is not None:
        engine.visited.add(initializer)
        summary = engine.interpret(frame, code)
        for key, (value, _) in summary.writes.items():
            if key[1] != "$new":
                engine.base.changes[key] = (value, 0)
        for event, payload in summary.events.items():
            if kept_frames:
                engine.note(event, payload, kept_frames[-1])
    engine.budget.here = room
    engine.heap, engine.frames, engine.clock = kept_heap, kept_frames, max(kept_clock, engine.clock)
    if _computed(engine, cls, initializer):
        return
    if kept_frames:  # now with what stands in other classes' fields here
        engine.run(initializer, (), None)


def _computed(engine: Engine, cls: str, initializer: int) -> bool:
    """Fill in the texts that loops of an initializer make of constants; tell whether all are known.

    Shrinkers put decoders of texts into the initializers that use them.
    """
    base = engine.base.changes
    unknown = {
        info.name: base[(cls, info.name)][0]
        for info in map(engine.index.field, engine.index.fields_of(cls))
        if info.type in _TEXTS and (cls, info.name) in base
        if _is_open(engine, base[(cls, info.name)][0], info.type)
    }
    if not unknown:
        return False
    known = concrete.initial(
        engine.index, initializer, lambda method: bodies.is_described(engine, method)
    )
    for name, value in unknown.items():
        found = known.get(name)
        if isinstance(found, str):
            base[(cls, name)] = (of(found), 0)
        for obj in value.objects() if isinstance(found, list) else ():
            base.pop((obj, "[?]"), None)
            for n, text in enumerate(found or ()):
                base[(obj, f"[{n}]")] = (of(text), 0)
                engine.names.setdefault(obj, {}).setdefault(f"[{n}]")
    return set(unknown) <= set(known)


def _is_open(engine: Engine, value: Value, type_: str) -> bool:
    """Tell whether a text, or some element of an array of texts, is not one constant."""
    if type_[0] != "[":
        return type(value.only()) is not str
    base = engine.base.changes
    entries = [(o, n) for o in value.objects() for n in engine.names.get(o, ()) if n[:1] == "["]
    return any(e in base and type(base[e][0].only()) is not str for e in entries)


_TEXTS = ("Ljava/lang/String;", "[Ljava/lang/String;")


def static_field(engine: Engine, fid: int) -> Value:
    """A static field: of the platform, stored, or as the DEX file initialises it."""
    info = engine.index.field(fid)
    java = f"{info.cls}->{info.name}"
    source = engine.know.source_fields.get(java)
    if source:
        number = sources.number_of(
            engine, source.data_type, fid, source.id, source.scope, info.name
        )
        return tainted(sources.fresh_taint(engine, number, ""))
    uri = engine.know.uri_fields.get(java)
    if uri:
        return of(sources.uri_object(engine, uri.uris[0] if uri.uris else java))
    resolved = engine.index.lookup_field(info.cls, info.name, info.type)
    if resolved is not None:
        info = engine.index.field(resolved)
    if not info.defined:
        constant = strings.platform_constant(info.cls, info.name)
        if constant is not None:
            return of(constant)
        if info.type[:1] == "L":
            obj = engine.made(info.type, ("static", info.cls, info.name))
            return of(obj)
        return ANY
    engine.prepare(info.cls)
    found = engine.load((info.cls, info.name))
    value = found[0] if found else _initial(engine, info.static_value, info.type)
    if found and value.unset and info.static_value is not None:
        value = join(value, _initial(engine, info.static_value, info.type))
    if engine.partial and _stored_elsewhere(engine, info.id):
        value = join(value, typed(engine, info.type, ("field", info.cls, info.name)))
    return value


def _stored_elsewhere(engine: Engine, fid: int) -> bool:
    """Tell whether a method that was not interpreted stores into a field."""
    return any(m not in engine.visited for m, _ in engine.index.field_writes(fid))


def _initial(engine: Engine, constant: object, type_: str) -> Value:
    """Value of a static field that no code has stored into yet."""
    if isinstance(constant, bool):
        return of(int(constant))
    if isinstance(constant, int | str):
        return of(constant)
    if constant is None:
        return ZERO
    descriptor = getattr(constant, "descriptor", None)
    return of(ClassRef(descriptor)) if descriptor else ANY


def unset_field(engine: Engine, owner: Value, cls: str, name: str, type_: str) -> Value:
    """A field nothing was stored into: its default, or unknown when others may store."""
    if type_[:1] not in ("L", "["):
        return ZERO if not owner.any and owner.atoms else ANY
    objects = owner.objects()
    if objects and all(o.app for o in objects) and not owner.any:
        first = objects[0]
        if engine.heap.find((first, "$new")) is not None and not _may_be_set(
            engine, cls, name, type_
        ):
            return ZERO
    found = typed(engine, type_, ("field", cls, name))
    if found.objects() and objects and not owner.any:  # what is put into it lies in the owner
        engine.put_field(owner, name, found, weak=True)
    return found


def _may_be_set(engine: Engine, cls: str, name: str, type_: str) -> bool:
    fid = engine.index.lookup_field(cls, name, type_) if engine.partial else None
    return fid is not None and _stored_elsewhere(engine, fid)


def typed(engine: Engine, type_: str, key: tuple[object, ...]) -> Value:
    """An unknown value of a type; of a library class, an object that can be filled."""
    if type_ == "V":
        return ANY
    if type_ == "Z":
        return TRUTH
    if type_[:1] != "L" or type_ in ("Ljava/lang/String;", "Ljava/lang/CharSequence;"):
        return ANY
    if engine.index.is_defined(type_):
        return ANY
    if type_ == "Ljava/lang/Object;":
        return ANY
    return of(engine.made(type_, ("typed", type_, *key)))
