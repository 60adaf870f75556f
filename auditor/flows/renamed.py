"""Methods of well-known libraries that an obfuscator renamed, told by their texts and shapes.

R8 renames classes, inlines methods and drops parameters; it keeps the texts of messages and the
types of the platform. An entry (`data/renamed/`) names texts that the methods of one class load,
and of a few methods what they take, give and load. All else of the library is interpreted like the
app's own code. In: the bytecode index and the catalog. Out: what the recognised methods do.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditor.dex import CodeIndex, MethodInfo
from auditor.flows.asked import asked_annotations
from auditor.flows.effects import Statement, parse_effects
from auditor.flows.knowledge import RenamedEntry, RenamedMethod, SinkEntry
from auditor.flows.models import descriptor, simple_type

_ALIKE = 4
"""More classes than this that carry the same texts are no library."""
_TAKES = "this.elem += deep(args)"
_KINDS = 60
"""Subtypes of a recognised class whose makers are looked at."""
_ROUNDS = 3
"""Classes are known by the methods that take or give them: so often all entries are tried."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a renamed method does."""

    entry: str
    library: str
    positions: tuple[int, ...]
    """Parameters that the effects call a0, a1, …, the receiver not counted; the others follow."""
    statements: tuple[Statement, ...]
    after: bool
    """The app's copy of the method is interpreted first; the effects add to what it gives."""
    sink: SinkEntry | None


class Renamed:
    """The recognised classes and methods of one app."""

    def __init__(self, index: CodeIndex, entries: Sequence[RenamedEntry]) -> None:
        """Look for every entry whose library does not stand in the app under its own name."""
        self.index = index
        self.classes: dict[str, tuple[str, ...]] = {}
        """Entry id, or the id given to what a method returns → descriptors."""
        self.methods: dict[int, Recognised] = {}
        self.annotations: dict[str, str] = {}
        """Descriptor of an annotation's class → the name that it had."""
        self._loaders: dict[str, frozenset[int]] = {}
        wanted = [e for e in entries if not any(index.is_defined(descriptor(c)) for c in e.named)]
        for entry in wanted:
            found = self._classes_with(entry.texts) or self._holding(entry)
            if found:
                self.classes[entry.id] = found
        for _ in range(_ROUNDS if self.classes else 0):
            self._round(wanted)
        for entry in entries:
            for row in entry.anywhere:
                self._match_all(entry, (row,), self._of_shape(row))
        for questions in (q for e in wanted for q in e.asks):
            self.annotations.update(asked_annotations(index, questions))
        self.opaque = self._of([e for e in wanted if e.opaque])
        """Classes whose other methods are not entered."""
        self.still = self._of([e for e in wanted if e.still]) | self.opaque
        """Classes whose static initializer is not run."""
        for entry in wanted:
            for cls in self.classes.get(entry.id, ()) if entry.passes else ():
                self._pass_on(entry, cls)

    def _of(self, entries: Sequence[RenamedEntry]) -> set[str]:
        return {cls for e in entries for cls in self.classes.get(e.id, ())}

    def _round(self, wanted: Sequence[RenamedEntry]) -> None:
        """Match the methods of the classes known so far; that may tell further classes."""
        for entry in wanted:
            if entry.built_from and entry.id not in self.classes:
                found = self._built_from(entry.built_from)
                if found:
                    self.classes[entry.id] = found
            for cls in self.classes.get(entry.id, ()):
                self._match(entry, cls)
        for entry in wanted:
            self._match_elsewhere(entry)

    def _loading(self, text: str) -> frozenset[int]:
        found = self._loaders.get(text)
        if found is None:
            found = self._loaders[text] = frozenset(m for m, _ in self.index.string_loads(text))
        return found

    def _classes_with(self, alternatives: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
        """Classes whose methods load every text of one of the alternatives."""
        found: set[str] = set()
        for texts in alternatives:
            classes = [{self.index.method(m).cls for m in self._loading(t)} for t in texts]
            here = set.intersection(*classes) if classes else set()
            found |= here if len(here) <= _ALIKE else set()
        return tuple(sorted(found))

    def _holding(self, entry: RenamedEntry) -> tuple[str, ...]:
        """Classes that declare fields of kept names and load none of the texts that exclude it."""
        found: set[str] = set()
        for names in entry.fields:
            owners = [{self.index.field(f).cls for f in self.index.fields_named(n)} for n in names]
            found |= set.intersection(*owners) if owners else set()
        found = {c for c in found if self.index.is_defined(c)}
        for text in entry.without:
            found -= {self.index.method(m).cls for m in self._loading(text)}
        return tuple(sorted(found)) if len(found) <= _ALIKE else ()

    def _built_from(self, types: tuple[str, ...]) -> tuple[str, ...]:
        """Classes with a constructor that takes all of these."""
        found: set[str] = set()
        for chosen in itertools.product(*(self.classes.get(t[1:], ()) for t in types)):
            for mid in self.index.methods_taking(chosen):
                info = self.index.method(mid)
                if info.has_code and info.name == "<init>":
                    found.add(info.cls)
        return tuple(sorted(found)) if len(found) <= _ALIKE else ()

    def _match(self, entry: RenamedEntry, cls: str) -> None:
        self._match_all(entry, entry.methods, self.index.methods_of(cls))

    def _of_shape(self, row: RenamedMethod) -> list[int]:
        """Methods with code that take, or else give, the platform's types that a row names."""
        taken = [descriptor(t) for t in row.takes if "." in t]
        index = self.index
        found = (
            index.methods_taking(taken) if taken else index.methods_giving(descriptor(row.gives))
        )
        return [m for m in found if index.method(m).has_code]

    def _pass_on(self, entry: RenamedEntry, cls: str) -> None:
        """Methods of a container of bytes that no row describes."""
        for mid in self.index.methods_of(cls):
            info = self.index.method(mid)
            if not info.has_code or info.access & 0x8 or info.name == "<clinit>":
                continue
            effects = _TAKES
            if info.ret == cls or cls in self.index.all_subtypes(info.ret):
                effects += "; ret = this"
            elif info.ret[:1] in ("L", "["):
                effects += "; ret = deep(this)"
            known = Recognised(entry.id, "", (), parse_effects(effects), False, None)
            self.methods.setdefault(mid, known)

    def _match_elsewhere(self, entry: RenamedEntry) -> None:
        """Methods of other classes that make an object of this one or of a subtype."""
        if not entry.made_by:
            return
        for cls in self.classes.get(entry.id, ()):
            for kind in (cls, *self.index.all_subtypes(cls)[:_KINDS]):
                makers = {m for m, _ in self.index.instantiations(kind)}
                self._match_all(entry, entry.made_by, sorted(makers))

    def abstract_method(self, entry: str) -> tuple[str, int] | None:
        """Name and number of parameters of the one abstract method of a recognised class."""
        for cls in self.classes.get(entry, ()):
            infos = [self.index.method(m) for m in self.index.methods_of(cls)]
            found = {(i.name, len(i.params)) for i in infos if i.access & 0x400}
            if len(found) == 1:
                return found.pop()
        return None

    def _match_all(
        self, entry: RenamedEntry, rows: Sequence[RenamedMethod], methods: Iterable[int]
    ) -> None:
        for mid in methods:
            info = self.index.method(mid)
            for row in rows:
                positions = self._fits(row, info)
                if positions is None:
                    continue
                sink = row.sink.entry(entry.id) if row.sink is not None else None
                effects = parse_effects(row.effects)
                known = Recognised(entry.id, entry.library, positions, effects, row.after, sink)
                self.methods.setdefault(mid, known)
                if row.gives_as and self.index.is_defined(info.ret):
                    self.classes.setdefault(row.gives_as, (info.ret,))
                if row.takes_as:
                    self.classes.setdefault(row.takes_as, (info.params[positions[0]],))
                break

    def _fits(self, row: RenamedMethod, info: MethodInfo) -> tuple[int, ...] | None:
        """Positions of the parameters that the row names, None when the method is not meant."""
        if row.constructor != (info.name == "<init>") or info.name == "<clinit>":
            return None
        if row.gives and not self._is(info.ret, row.gives):
            return None
        if row.exactly and len(info.params) != len(row.takes):
            return None
        if not all(info.id in self._loading(text) for text in row.texts):
            return None
        positions: list[int] = []
        for wanted in row.takes:
            fitting = (
                n
                for n, type_ in enumerate(info.params)
                if n not in positions and self._is(type_, wanted)
            )
            at = next(fitting, None)
            if at is None:
                return None
            positions.append(at)
        return tuple(positions)

    def _is_role(self, type_: str, cls: str) -> bool:
        """Tell whether some subtypes of `cls`, but not `cls` itself, implement an interface."""
        if not self.index.is_defined(type_) or not self.index.class_access(type_) & 0x200:
            return False
        below = self.index.all_subtypes(type_)
        return cls not in below and not set(self.index.all_subtypes(cls)).isdisjoint(below)

    def annotation(self, type_: str) -> str:
        """The name of an annotation's class, Java style, as it was before it was renamed."""
        return self.annotations.get(type_) or type_[1:-1].replace("/", ".")

    def _is(self, type_: str, wanted: str) -> bool:
        if wanted == "any":
            return True
        if wanted.startswith("@"):
            return type_ in self.classes.get(wanted[1:], ())
        if wanted.startswith("role @"):
            return any(self._is_role(type_, cls) for cls in self.classes.get(wanted[6:], ()))
        if wanted == "interface":
            return self.index.is_defined(type_) and bool(self.index.class_access(type_) & 0x200)
        return wanted in (simple_type(type_), type_[1:-1].replace("/", "."))
