"""Which methods read what data were stored into: fields, and stores such as preferences."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.flows import targets
from auditor.flows.app import App
from auditor.flows.values import Obj


def readers(engine: App) -> dict[int, None]:
    """Methods that read fields and stores in which data stand now."""
    rich = _rich(engine)
    names: dict[str, None] = {}
    stores: dict[str, None] = {}
    found: dict[int, None] = {}
    for (owner, name), (value, _) in engine.base.changes.items():
        if not value.taints and not any(a in rich for a in value.atoms if type(a) is Obj):
            continue
        if type(owner) is Obj and owner.key[0] == "component" and name == "intent":
            found.update(dict.fromkeys(_own_methods(engine, owner.type)))
        if isinstance(owner, str) or owner.app:
            names.setdefault(f"{owner if isinstance(owner, str) else owner.type}->{name}")
        elif owner.key[0] == "global":
            stores.setdefault(str(owner.key[1]))
    found.update(dict.fromkeys(_field_readers(engine, names)))
    for store in stores:
        found.update(dict.fromkeys(_store_readers(engine, store)))
    return found


def _field_readers(engine: App, names: Iterable[str]) -> list[int]:
    """Methods that read the fields `cls->name`, declared there or above."""
    index, found = engine.index, []
    for text in names:
        cls, _, name = text.partition("->")
        for above in (cls, *engine.types.chain(cls)):
            for fid in index.fields_of(above):
                if index.field(fid).name == name:
                    found += [m for m, _ in index.field_reads(fid)]
    return found


def _rich(engine: App) -> set[Obj]:
    """Objects from which data can be reached, through fields and entries of any depth."""
    owners: dict[Obj, list[Obj]] = {}
    rich: set[Obj] = set()
    for (owner, _), (value, _) in engine.base.changes.items():
        if type(owner) is not Obj:
            continue
        if value.taints:
            rich.add(owner)
        for held in value.objects():
            owners.setdefault(held, []).append(owner)
    queue = sorted(rich, key=lambda obj: obj.number)
    while queue:
        for owner in owners.get(queue.pop(), ()):
            if owner not in rich:
                rich.add(owner)
                queue.append(owner)
    return rich


def _own_methods(engine: App, cls: str) -> list[int]:
    """Methods with code that a component's class and its own superclasses define."""
    found = []
    at: str | None = cls
    while at and engine.index.is_defined(at) and not targets.is_opaque(engine, at):
        found += [m for m in engine.index.methods_of(at) if engine.index.method(m).has_code]
        at = engine.index.superclass(at)
    return found


def _store_readers(engine: App, store: str) -> list[int]:
    """Methods that call what reads a global store (preferences, tables, files)."""
    index = engine.index
    found: dict[int, None] = {}
    for cls, name in engine.know.readers_of.get(store, ()):
        for method in index.methods_named(name):
            if cls in engine.types.chain(index.method(method).cls):
                found.update(dict.fromkeys(c for c, _ in index.callers(method)))
    return list(found)
