"""Which methods are worth interpreting in a big app: those from which a read can come to run.

Backward from the reads of personal data over everything that can make a method run: calls (also of
the methods it overrides), the making of an object whose methods the platform calls back, and the
starting of a component. Reflexive, so the reads' own methods are in it. Small apps are interpreted
whole.
"""

from __future__ import annotations

from collections.abc import Iterable

from auditor.flows import targets
from auditor.flows.engine import Engine

SMALL = 12_000
"""Instructions of an app's own code up to which nothing is left out."""
_BELOW = 50
"""Subtypes of a class that are looked at for callers."""
_MOST = 4_000
_FAR = 20
"""Methods and steps at which the search backward ends; where it does, a limit says so."""


class Relevance:
    """The set, which grows when data turn up in new places."""

    def __init__(self, engine: Engine) -> None:
        """Begin with the methods that read personal data."""
        self.engine = engine
        self.index = engine.index
        self.wanted: dict[int, int] = {}
        """Method → how many steps it is away from a read."""
        self.asked: set[str] = set()
        self._by_name = engine.know.roles["started_by_name"]
        self._neighbours: dict[str, tuple[frozenset[str], bool]] = {}
        self.whole = self._is_small()
        if not self.whole:
            self.add(self._readers())

    def _is_small(self) -> bool:
        total = 0
        for cls in self.index.classes():
            if targets.is_opaque(self.engine, cls):
                continue
            for mid in self.index.methods_of(cls):
                total += self.index.size(mid)
            if total > SMALL:
                return False
        return True

    def _readers(self) -> list[int]:
        know, index, types = self.engine.know, self.index, self.engine.types
        found: dict[int, None] = {}
        classes: dict[str, set[str]] = {}
        for table in (know.sources, know.queries):
            for cls, name in table.rows:
                classes.setdefault(name, set()).add(cls)
        below = types.below({cls for named in classes.values() for cls in named})
        read: list[int] = []
        for method in index.methods_named_any(classes, below):
            info = index.method(method)
            chain = types.chain(info.cls)
            if classes[info.name].isdisjoint(chain):
                continue
            tables = (know.sources, know.queries)
            if any(table.find(chain, info.name, info.params) for table in tables):
                read.append(method)
        found.update(dict.fromkeys(index.owners_of_calls(read).tolist()))
        for java in sorted({*know.source_fields, *know.uri_fields}):
            for type_ in ("Landroid/net/Uri;", "Ljava/lang/String;"):
                fid = index.field_id(f"{java}:{type_}")
                if fid is not None:
                    found.update(dict.fromkeys(m for m, _ in index.field_reads(fid)))
        for text in self._telling_texts():
            found.update(dict.fromkeys(m for m, _ in index.string_loads(text)))
        below = types.below({cls for cls, _ in know.source_callbacks.rows})
        for method in index.methods_named_any(know.source_callbacks.names, below):
            info = index.method(method)
            if info.has_code and know.source_callbacks.find(
                types.chain(info.cls), info.name, info.params
            ):
                found[method] = None
        return [m for m in found if not targets.is_opaque(self.engine, index.method(m).cls)]

    def _telling_texts(self) -> list[str]:
        """Content Uris, and names of classes that only reflection would write as texts."""
        know = self.engine.know
        texts = {text for uri in know.uris for text in uri.uris}
        for table in (know.sources, know.queries, know.uri_methods):
            texts.update(cls[1:-1].replace("/", ".") for cls, _ in table.rows)
        texts.update(
            java.partition("->")[0][1:-1].replace("/", ".")
            for java in (*know.source_fields, *know.uri_fields)
        )
        return sorted(texts)

    def add(self, methods: Iterable[int]) -> bool:
        """Add methods with all that can make them run; tell whether anything was new."""
        layer = sorted(m for m in set(methods) if m not in self.wanted)
        grown = bool(layer)
        far = 0
        while layer and far <= _FAR and len(self.wanted) < _MOST:
            for method in layer:
                self.wanted.setdefault(method, far)
            found: set[int] = set()
            named: set[int] = set()
            for method in layer:
                found |= self._before(method, named)
            found.update(self.index.owners_of_calls(named).tolist())
            layer = sorted(
                m
                for m in found
                if m not in self.wanted
                and not targets.is_opaque(self.engine, self.index.method(m).cls)
            )
            far += 1
        if layer:
            self.engine.limit("budget", layer[0], "callers further away were not looked at")
        return grown

    def _before(self, method: int, named: set[int]) -> set[int]:
        """Methods from which `method` can come to run; what calls name goes to `named`."""
        index, types = self.index, self.engine.types
        info = index.method(method)
        if info.name == "<clinit>":
            return self._users(info.cls)
        found: set[int] = set()
        inside, called_back = self._around(info.cls)
        references = index.references(info.name, info.proto)
        mine = [references[cls] for cls in references if cls in inside]
        named.update(mine)
        if not any(index.is_called(m) for m in mine):
            called_back = True  # by a page, a layout, reflection
        if called_back and not self._by_name.covers(types.chain(info.cls)):
            self.engine.callback_classes.add(info.cls)
        if called_back and not info.access & 0xA:
            for cls in (info.cls, *index.all_subtypes(info.cls)[:_BELOW]):
                if cls in self.asked:
                    continue
                self.asked.add(cls)
                found.update(m for m, _ in index.instantiations(cls))
                if self._by_name.covers(types.chain(cls)):
                    found.update(self._starters(cls))
                    found.update(self._registrars(cls))
        return found

    def _around(self, cls: str) -> tuple[frozenset[str], bool]:
        """Classes of the app above and below one, itself included; whether others are there too."""
        known = self._neighbours.get(cls)
        if known is None:
            index = self.index
            near = {*self.engine.types.chain(cls), *index.all_subtypes(cls)[:_BELOW]}
            inside = frozenset(
                c for c in near if index.is_defined(c) and not targets.is_opaque(self.engine, c)
            )
            outside = not near - inside <= {"Ljava/lang/Object;"}
            known = self._neighbours[cls] = (inside, outside)
        return known

    def _users(self, cls: str) -> set[int]:
        """Methods that first use a class: its static initializer runs there."""
        index = self.index
        found = {m for m, _ in index.instantiations(cls)}
        for mid in index.methods_of(cls):
            if index.method(mid).access & 0x8:
                found.update(c for c, _ in index.callers(mid))
        for fid in index.fields_of(cls):
            if index.field(fid).access & 0x8:
                found.update(m for m, _ in index.field_reads(fid))
        return found

    def _registrars(self, cls: str) -> set[int]:
        """A component's own methods by which the platform enters it: they register the others."""
        index, found = self.index, set()
        for mid in index.methods_of(cls):
            info = index.method(mid)
            entered = info.name == "<init>" or (info.name[:2] == "on" and info.name[2:3].isupper())
            if entered and info.has_code:
                found.add(mid)
        return found

    def _starters(self, cls: str) -> set[int]:
        index = self.index
        found = {m for m, _ in index.class_loads(cls)}
        found.update(m for m, _ in index.string_loads(cls[1:-1].replace("/", ".")))
        java = cls[1:-1].replace("/", ".")
        for component in self.engine.manifest.components:
            if java in (component.name, component.target):
                for filter_ in component.filters:
                    for action in filter_.actions:
                        found.update(m for m, _ in index.string_loads(action))
        return found
