"""Values as texts: what is known of them, and pure functions of texts on every combination."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.flows import effecting, passing
from auditor.flows.contents import content_of
from auditor.flows.values import (
    ANY,
    NOTHING,
    Atom,
    Obj,
    Template,
    Value,
    join,
    of,
    stepped,
)

if TYPE_CHECKING:
    from auditor.dex import MethodInfo
    from auditor.flows.engine import Engine

STRING = "Ljava/lang/String;"


_SHOWN = {
    "Ljava/io/File;": "path",
    "Landroid/net/Uri;": "uri",
    "Ljava/net/URI;": "uri",
    "Ljava/net/URL;": "url",
}
"""The field whose text an object of the platform shows as its own; of others, `text`."""


def text_of(engine: Engine, value: Value) -> Value:
    """A value as text, with the data that its containers hold."""

    atoms: set[Atom] = set()
    unknown = value.any
    taints = value.taints
    for atom in value.atoms:
        if type(atom) is Obj:
            inner = engine.get_field(atom, _SHOWN.get(atom.type, "text")) if not atom.app else None
            if inner is not None:
                flat = text_of(engine, inner) if inner.objects() else inner
                atoms |= flat.atoms
                unknown = unknown or flat.any
                taints |= flat.taints
            elif engine.contents and (known := content_of(engine, atom)) is not None:
                atoms.add(known)
                taints |= effecting.deep_taints(engine, of(atom), app=False)
            else:
                unknown = True
                taints |= effecting.deep_taints(engine, of(atom), app=False)
        elif type(atom) in (str, int, Template):
            atoms.add(atom)
        else:
            unknown = True
    return Value(frozenset(atoms), taints, unknown)


def plain(engine: Engine, value: Value) -> tuple[bool, object]:
    """Whether a value is one constant (a text, a number, an array of numbers), and which."""
    only = value.only()
    if value.taints or only is None:
        return False, None
    if type(only) in (str, int):
        return True, only
    if type(only) is not Obj:
        return False, None
    if only.type == STRING:
        inner = engine.get_field(only, "text")
        return plain(engine, inner) if inner is not None else (False, None)
    if only.type not in ("[I", "[C", "[B", "[S"):
        return False, None
    size = engine.get_field(only, "$length")
    count = size.only() if size else None
    if type(count) is not int or not 0 <= count <= 512 or engine.get_field(only, "[?]"):
        return False, None
    units = []
    for n in range(count):
        element = engine.get_field(only, f"[{n}]")
        unit = element.only() if element else 0
        if type(unit) is not int:
            return False, None
        units.append(unit)
    return True, units


def passed(engine: Engine, value: Value, note: str) -> Value:
    """A value whose data went through a method, `note`."""
    if not value.taints:
        return value
    frame = engine.frames[-1]
    taints = stepped(value.taints, "through", frame.method, frame.offset, note)
    return Value(value.atoms, taints, value.any)


def as_text(engine: Engine, method: MethodInfo, params: tuple[Value, ...], first: int = 0) -> Value:
    """The first of `params` as text, by the type that the method declares for parameter `first`."""
    value = text_of(engine, params[0]) if params else NOTHING
    if first < len(method.params):
        if method.params[first][:1] == "L" and 0 in value.atoms:
            # Zero stands for null here, of which no address is made.
            value = Value(value.atoms - {0}, value.taints, value.any or len(value.atoms) == 1)
        if method.params[first] == "C":
            value = Value(frozenset(_char(a) for a in value.atoms), value.taints, value.any)
        elif method.params[first] == "Z":
            names = {0: "false", 1: "true"}
            value = Value(
                frozenset(names.get(a, a) if type(a) is int else a for a in value.atoms),
                value.taints,
                value.any,
            )
    return value


def _char(atom: Atom) -> Atom:
    return chr(atom) if type(atom) is int and 0 <= atom < 0xD800 else atom


def element(engine: Engine, array: Value, place: int) -> Value:
    """The element of an array at a place, as text."""
    found = NOTHING
    for obj in array.objects():
        for name in (f"[{place}]", "[?]"):
            inner = engine.get_field(obj, name)
            if inner is not None:
                found = join(found, text_of(engine, inner))
    return found if found is not NOTHING else ANY


def array_text(engine: Engine, value: Value) -> Value | None:
    """Text of a char or byte array whose elements are all known."""
    objects = value.objects()
    if len(objects) != 1 or objects[0].type not in ("[C", "[B"):
        return None
    obj = objects[0]
    kept = engine.get_field(obj, "text")
    length = engine.get_field(obj, "$length")
    size = length.only() if length else None
    if type(size) is not int or not 0 <= size <= 256 or engine.get_field(obj, "[?]"):
        return kept.with_taints(value.taints | passing.held(engine, of(obj))) if kept else None
    units = []
    taints = value.taints
    for n in range(size):
        element = engine.get_field(obj, f"[{n}]")
        unit = element.only() if element else 0
        if element:
            taints |= element.taints
        if type(unit) is not int:
            return Value(frozenset(), taints | passing.held(engine, of(obj)), True)
        units.append(unit)
    if obj.type == "[C":
        return of("".join(chr(u & 0xFFFF) for u in units)).with_taints(taints)
    return of(bytes(u & 0xFF for u in units).decode("utf-8", "replace")).with_taints(taints)


def pure(
    function: Callable[..., str | int], operands: tuple[Value, ...], *tainting: Value
) -> Value:
    """Apply to every combination of known operands; unknown when one is not."""
    taints = frozenset().union(*(v.taints for v in tainting)) if tainting else frozenset()
    rows: list[list[str | int]] = [[]]
    for value in operands:
        known = [a for a in value.atoms if isinstance(a, str | int)]
        if value.any or not known or len(known) != len(value.atoms) or len(rows) * len(known) > 8:
            return Value(frozenset(), taints, True)
        rows = [[*row, k] for row in rows for k in sorted(known, key=str)]
    results: set[Atom] = set()
    for row in rows:
        try:
            results.add(function(*row))
        except (ValueError, TypeError, IndexError, AttributeError, OverflowError):
            return Value(frozenset(), taints, True)
    return Value(frozenset(results), taints)


QUESTIONS = frozenset(
    [
        "equals",
        "equalsIgnoreCase",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "isEmpty",
        "isBlank",
        "length",
        "indexOf",
        "lastIndexOf",
        "compareTo",
        "compareToIgnoreCase",
        "hashCode",
        "contentEquals",
        "regionMatches",
    ]
)


def _region_matches(text: str, *rest: int | str) -> int:
    ignore, (at, other, there, size) = rest[0] if len(rest) == 5 else 0, rest[-4:]
    mine, theirs = text[int(at) :][: int(size)], str(other)[int(there) :][: int(size)]
    if ignore:
        mine, theirs = mine.lower(), theirs.lower()
    return int(len(mine) == int(size) and mine == theirs)


_ASK: dict[str, Callable[..., int]] = {
    "regionMatches": _region_matches,
    "equals": lambda a, b: int(a == b),
    "contentEquals": lambda a, b: int(a == b),
    "equalsIgnoreCase": lambda a, b: int(str(a).lower() == str(b).lower()),
    "contains": lambda a, b: int(b in a),
    "startsWith": lambda a, b: int(a.startswith(b)),
    "endsWith": lambda a, b: int(a.endswith(b)),
    "isEmpty": lambda a: int(not a),
    "isBlank": lambda a: int(not a.strip()),
    "length": len,
    "indexOf": lambda a, b: a.find(chr(b) if isinstance(b, int) else b),
    "lastIndexOf": lambda a, b: a.rfind(chr(b) if isinstance(b, int) else b),
}


def question(name: str, me: Value, given: list[Value]) -> Value:
    """Answer to a question about texts, one of `QUESTIONS`; it carries no data."""
    function = _ASK.get(name)
    if function is None:
        return ANY
    return pure(function, (me, *given))


def substring(s: str, a: int, b: int | None = None) -> str:
    """`String.substring`."""
    return s[int(a) :] if b is None else s[int(a) : int(b)]
