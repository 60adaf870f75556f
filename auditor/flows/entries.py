"""Fields of objects and entries of containers; an entry is a field named `[key]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.flows.heap import NEW
from auditor.flows.values import NOTHING, ZERO, Obj, Value, join, of, relabelled, stepped

if TYPE_CHECKING:
    from auditor.flows.machine import Machine


def entry_name(key: Value) -> str:
    """Field name of the entry under `key`: `[k]`, or `[?]` when the key isn't one constant."""
    atom = key.only()
    if type(atom) is str and len(atom) <= 200:
        return f"[{atom}]"
    if type(atom) is int:
        return f"[{atom}]"
    return "[?]"


_NUMBERS = frozenset(("[I", "[B", "[C", "[S", "[Z", "[J"))


def get_entry(m: Machine, container: Value, key: Value) -> Value:
    """Entries that stand under `key`; taints of the container itself count for each."""
    name = entry_name(key)
    total = NOTHING
    for obj in container.objects():
        if name == "[?]":
            total = join(total, all_entries(m, obj))
        else:
            for each in (name, "[?]"):
                found = m.get_field(obj, each)
                if found is not None:
                    total = join(total, found)
            if total is NOTHING and obj.type.startswith("[["):
                row = of(m.made(obj.type[1:], ("row", obj.number, name)))
                m.put_field(of(obj), name, row)
                total = row
            elif total is NOTHING and obj.type in _NUMBERS and m.load((obj, NEW)):
                total = ZERO  # a new array of numbers holds zeros
    if container.any or total is NOTHING:
        total = Value(total.atoms, total.taints, True)
    return total.with_taints(container.taints)


def put_entry(m: Machine, container: Value, key: Value, value: Value) -> None:
    """Store under `key`: strongly when container and key are each but one."""
    name = entry_name(key)
    if value.taints:
        frame = m.frames[-1]
        taints = stepped(value.taints, "store", frame.method, frame.offset, name)
        value = Value(value.atoms, taints, value.any)
    m.put_field(container, name, value, weak=name == "[?]")


def all_entries(m: Machine, obj: Obj) -> Value:
    """Every entry of a container."""
    total = NOTHING
    for name in list(m.names.get(obj, ())):
        if name[:1] == "[":
            found = m.get_field(obj, name)
            if found is None:
                continue
            if found.taints and name[1:-1].lstrip("-").isidentifier():
                labelled = relabelled(found.taints, name[1:-1])
                found = Value(found.atoms, labelled, found.any)
            total = join(total, found)
    return total


def read_field(m: Machine, owner: Value, cls: str, name: str, type_: str) -> Value:
    """A field of every object of `owner`; taints of the reference itself count."""
    total = NOTHING
    unknown = owner.any
    for obj in owner.objects():
        found = m.get_field(obj, name)
        if found is None:
            found = m.missing(of(obj), cls, name, type_)
            if not obj.app:
                found = found.with_taints(all_entries(m, obj).taints)
        total = join(total, found)
    if unknown or total is NOTHING:
        total = join(total, m.missing(owner, cls, name, type_))
    if owner.taints:
        total = total.with_taints(owner.taints)
    return total
