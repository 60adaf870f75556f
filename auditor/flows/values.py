"""What a register or a field may hold: constants, objects, classes, and the data that taint it.

A value is a set of *atoms* and a set of *taints*; `any` says that it may be something else too, and
`unset` that it may be what a field holds before anything is stored (0 or null): of interest where a
condition asks, not where texts are joined.
Atoms: `str` and `int` constants (`0` is also null), `Template` (a text known in part), `ClassRef`,
`MethodName`, `Condition` (a truth value that asks for consent or a permission) and `Obj`, an object
named by the site that makes it (allocation-site abstraction; Smaragdakis & Balatsouras, "Pointer
Analysis", 2015, section 2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

MAX_ATOMS = 24
"""More atoms than this make the constants among them unknown (objects stay, up to twice that)."""
MAX_TAINTS = 64
MAX_TEXT = 4096
BUILDERS = ("Ljava/lang/StringBuilder;", "Ljava/lang/StringBuffer;")
SEPARATOR = "\U0010fffd"
"""Between the names of a label: a character that no text has (a noncharacter's neighbour)."""


class Obj(tuple[int]):
    """One abstract object; equal only to itself, ordered by the number of its making.

    As a tuple of its number it is hashed and compared without a call of Python code, which the heap
    does some million times; and the order of sets of objects doesn't change from run to run.
    """

    number: int
    type: str
    key: tuple[object, ...]
    app: bool

    def __new__(cls, number: int, type_: str, key: tuple[object, ...], app: bool) -> Obj:
        """Make an object; `key` is the site and context that name it, `app` its class's origin."""
        self = super().__new__(cls, (number,))
        self.number = number
        self.type = type_
        self.key = key
        self.app = app
        return self

    def __repr__(self) -> str:
        """Type and number, for debugging."""
        return f"{self.type}#{self.number}"


class ClassRef(NamedTuple):
    """A `java.lang.Class`."""

    descriptor: str


class MethodName(NamedTuple):
    """A `java.lang.reflect.Method` or `Field`, as far as its name is known."""

    descriptor: str
    name: str


class Template(NamedTuple):
    """A text of which parts are unknown: `None` stands for one unknown part."""

    parts: tuple[str | None, ...]


class Condition(NamedTuple):
    """A truth value that answers a question of interest, such as "has the user agreed?"."""

    kind: str
    text: str
    negated: bool = False


Atom = str | int | ClassRef | MethodName | Template | Condition | Obj


class Trail(NamedTuple):
    """Where a datum went, last step first."""

    before: Trail | None
    kind: str
    method: int
    offset: int
    note: str
    length: int


class Taint:
    """Data of one source under one label; its trail does not count in comparisons."""

    __slots__ = ("label", "marks", "source", "trail")

    def __init__(
        self, source: int, label: str, trail: Trail | None, marks: tuple[str, ...]
    ) -> None:
        """`label` is a column (`col:data1`), a key, or empty; `marks` are its transformations."""
        self.source = source
        self.label = label
        self.trail = trail
        self.marks = marks

    def __hash__(self) -> int:
        """Of source and label."""
        return hash((self.source, self.label))

    def __eq__(self, other: object) -> bool:
        """Same source, same label."""
        return (
            isinstance(other, Taint) and self.source == other.source and self.label == other.label
        )

    def order(self) -> tuple[int, str]:
        """Key to sort by."""
        return (self.source, self.label)

    def __repr__(self) -> str:
        """Source and label, for debugging."""
        return f"<{self.source}:{self.label}>"


_NO_ATOMS: frozenset[Atom] = frozenset()
_NO_TAINTS: frozenset[Taint] = frozenset()


class Value:
    """An immutable set of atoms and taints."""

    __slots__ = ("any", "atoms", "taints", "unset")

    def __init__(
        self,
        atoms: frozenset[Atom] = _NO_ATOMS,
        taints: frozenset[Taint] = _NO_TAINTS,
        any_: bool = False,
        unset: bool = False,
    ) -> None:
        """Make a value; use the functions below where they fit."""
        self.atoms = atoms
        self.taints = taints
        self.any = any_
        self.unset = unset

    def __eq__(self, other: object) -> bool:
        """Same atoms, same taints."""
        return self is other or (
            isinstance(other, Value)
            and self.any == other.any
            and self.unset == other.unset
            and self.atoms == other.atoms
            and self.taints == other.taints
        )

    def __hash__(self) -> int:
        """Of atoms and taints."""
        return hash((self.atoms, self.taints, self.any))

    def __repr__(self) -> str:
        """All it holds, for debugging."""
        atoms, taints = sorted(self.atoms, key=atom_order), sorted(self.taints, key=Taint.order)
        return f"Value({atoms}, {taints}, {self.any})"

    def objects(self) -> list[Obj]:
        """Its objects, in order of their making."""
        atoms = self.atoms
        if len(atoms) == 1:
            (only,) = atoms
            return [only] if type(only) is Obj else []
        found = [a for a in atoms if type(a) is Obj]
        if len(found) > 1:
            found.sort()
        return found

    def texts(self) -> list[str]:
        """Its constant texts, sorted."""
        return sorted(a for a in self.atoms if type(a) is str)

    def ints(self) -> list[int]:
        """Its whole numbers, sorted."""
        return sorted(a for a in self.atoms if type(a) is int)

    def only(self) -> Atom | None:
        """Its one atom when it can be nothing else."""
        if len(self.atoms) == 1 and not self.any:
            return next(iter(self.atoms))
        return None

    def with_taints(self, taints: frozenset[Taint]) -> Value:
        """The same with more taints."""
        if taints <= self.taints:
            return self
        return Value(self.atoms, _few(self.taints | taints), self.any, self.unset)

    def untainted(self) -> Value:
        """The same without taints."""
        return Value(self.atoms, _NO_TAINTS, self.any, self.unset) if self.taints else self

    def or_unset(self) -> Value:
        """The same, or what stands in a field before anything is stored."""
        if self.unset or not (self.atoms or self.taints or self.any):
            return self
        return Value(self.atoms, self.taints, self.any, True)

    def asked(self) -> Value:
        """The value as a condition sees it: what is not set is 0."""
        return Value(self.atoms | {0}, self.taints, self.any) if self.unset else self


NOTHING = Value()
ANY = Value(any_=True)
ZERO = Value(frozenset((0,)))
TRUTH = Value(frozenset((0, 1)))


def atom_order(atom: Atom) -> tuple[int, str, int]:
    """Sort key over all kinds of atoms."""
    if type(atom) is Obj:
        return (3, "", atom.number)
    if type(atom) is int:
        return (0, "", atom)
    if type(atom) is str:
        return (1, atom, 0)
    return (2, repr(atom), 0)


def of(*atoms: Atom) -> Value:
    """A value that is one of `atoms`."""
    return Value(frozenset(atoms))


def tainted(taints: frozenset[Taint]) -> Value:
    """An unknown value that carries `taints`."""
    return Value(_NO_ATOMS, taints, True)


def join(a: Value, b: Value) -> Value:
    """The smallest value that covers both; `a` itself when it covers `b`."""
    if a is b or b is NOTHING:
        return a
    if a is NOTHING:
        return b
    unset = a.unset or b.unset
    if b.atoms <= a.atoms and b.taints <= a.taints and (a.any or not b.any) and a.unset == unset:
        return a
    if a.atoms <= b.atoms and a.taints <= b.taints and (b.any or not a.any):
        # Equal elements of `a` are kept, with their trails.
        return Value(b.atoms, a.taints | b.taints, b.any, unset)
    atoms = a.atoms | b.atoms
    unknown = a.any or b.any
    if len(atoms) > MAX_ATOMS:
        atoms, unknown = _widened(atoms)
    return Value(atoms, _few(a.taints | b.taints), unknown, unset)


def join_all(values: Iterable[Value]) -> Value:
    """Join of any number of values."""
    total = NOTHING
    for value in values:
        total = join(total, value)
    return total


def widened(before: Value, value: Value) -> Value:
    """What `before` grew to, with growing constants made unknown, so that growth comes to an end.

    Several numbers, and several texts, become unknown; what is unknown gains no more of them.
    """
    if before.any:
        kept = frozenset(a for a in value.atoms if a in before.atoms or not is_constant(a))
        if kept == before.atoms and value.taints <= before.taints and value.unset == before.unset:
            return before
        return Value(kept, value.taints, True, value.unset)
    numbers = sum(1 for a in value.atoms if type(a) is int)
    texts = sum(1 for a in value.atoms if type(a) in (str, Template))
    if numbers < 2 and texts < 3:
        return value
    kept = frozenset(
        a
        for a in value.atoms
        if not (type(a) is int and numbers > 1) and not (type(a) in (str, Template) and texts > 2)
    )
    return Value(kept, value.taints, True, value.unset)


def is_constant(atom: Atom) -> bool:
    """Tell whether an atom is a number or a text, known whole or in part."""
    return type(atom) in (int, str, Template)


def _widened(atoms: frozenset[Atom]) -> tuple[frozenset[Atom], bool]:
    objects = sorted((a for a in atoms if type(a) is Obj), key=lambda o: o.number)
    others = sorted((a for a in atoms if type(a) is not Obj), key=atom_order)
    if len(others) > MAX_ATOMS // 2:
        others = [a for a in others if type(a) is not int and type(a) is not Template]
        others = others[: MAX_ATOMS // 2]
    return frozenset(objects[: 2 * MAX_ATOMS] + others), True


def _few(taints: frozenset[Taint]) -> frozenset[Taint]:
    """Bound the labels: beyond the ceiling, one unlabelled taint a source stands for all."""
    if len(taints) <= MAX_TAINTS:
        return taints
    kept: dict[int, Taint] = {}
    for taint in sorted(taints, key=Taint.order):
        kept.setdefault(taint.source, Taint(taint.source, "", taint.trail, taint.marks))
    return frozenset(kept.values())


def relabelled(taints: frozenset[Taint], label: str) -> frozenset[Taint]:
    """The taints with `label` put before the names that they bear already."""
    if not taints or not label:
        return taints
    return frozenset(Taint(t.source, _under(label, t.label), t.trail, t.marks) for t in taints)


def _under(label: str, inner: str) -> str:
    """Names from the outermost inward, then the column: contacts, mobile, data1."""
    if label.startswith("col:"):
        return inner or label[:80]
    names = dict.fromkeys((*field_names(label), *field_names(inner)))
    return SEPARATOR.join(name[:80] for name in list(names)[-5:])


def field_names(label: str) -> list[str]:
    """The keys and the column that a label names."""
    return [name for name in label.removeprefix("col:").split(SEPARATOR) if name]


def stepped(
    taints: frozenset[Taint], kind: str, method: int, offset: int, note: str, mark: str = ""
) -> frozenset[Taint]:
    """The taints one step further; a step at the same place is not noted twice in a row."""
    if not taints:
        return taints
    found = []
    for t in taints:
        last = t.trail
        marks = t.marks if not mark or mark in t.marks else (*t.marks, mark)
        if last and last.method == method and last.offset == offset and last.note == note:
            found.append(t if marks is t.marks else Taint(t.source, t.label, last, marks))
            continue
        length = last.length + 1 if last else 1
        if length > 80:
            found.append(t)
            continue
        trail = Trail(last, kind, method, offset, note, length)
        found.append(Taint(t.source, t.label, trail, marks))
    return frozenset(found)


def concat(a: Value, b: Value) -> Value:
    """Texts of `a` followed by texts of `b`; the unknown stays a gap in the text."""
    left, right = _text_parts(a), _text_parts(b)
    added = b.taints
    if added:
        names = {n for parts in left if parts[-1] and (n := _name_before(parts[-1]))}
        if len(names) == 1:
            added = relabelled(added, names.pop())
    taints = _few(a.taints | added)
    if len(left) * len(right) > MAX_ATOMS:
        left, right = left[: MAX_ATOMS // 2], right[:2]
    atoms: set[Atom] = set()
    for x in left:
        for y in right:
            atoms.add(as_atom(x + y))
    return Value(frozenset(atoms), taints)


_NAME_BEFORE = re.compile(
    r"(?:^|[?&;,{|\s\"'])([A-Za-z_][\w.\[\]-]{0,40})\s?=\s?[\"']?$"  # name=, attribute="
    r"|\"([A-Za-z_][\w. -]{0,40})\"\s?:\s?[\"\[]?$"  # "name":
    r"|<([A-Za-z_][\w.:-]{0,40})(?:\s[^<>]{0,80})?>$"  # <name>
)


def _name_before(text: str) -> str:
    """The name under which a text ends to put what follows: of a form, JSON or XML."""
    match = _NAME_BEFORE.search(text[-140:])
    return next((g for g in match.groups() if g), "") if match else ""


def _text_parts(value: Value) -> list[tuple[str | None, ...]]:
    found: list[tuple[str | None, ...]] = []
    for atom in sorted(value.atoms, key=atom_order):
        if type(atom) is str:
            found.append((atom,))
        elif type(atom) is int:
            found.append((str(atom),))
        elif type(atom) is Template:
            found.append(atom.parts)
        elif (None,) not in found:
            found.append((None,))
    if (value.any or not found) and (None,) not in found:
        found.append((None,))
    return found


def as_atom(parts: tuple[str | None, ...]) -> str | Template:
    """A text when all is known, else a template; bounded in length and in parts."""
    merged: list[str | None] = []
    for part in parts:
        if part == "":
            continue
        if merged and part is None and merged[-1] is None:
            continue
        if merged and part is not None and merged[-1] is not None:
            merged[-1] = (merged[-1] + part)[:MAX_TEXT]
        else:
            merged.append(part)
    if len(merged) > 16:
        merged = [*merged[: 14 if merged[14] is None else 15], None]
    if not merged:
        return ""
    if len(merged) == 1 and merged[0] is not None:
        return merged[0]
    return Template(tuple(merged))
