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
        for method in index.methods_named_any(classes):
            info = index.method(method)
            if classes[info.name].isdisjoint(types.chain(info.cls)):
                continue
            if any(
                table.find(types.chain(info.cls), info.name, info.params)
                for table in (know.sources, know.queries)
            ):
                found.update(dict.fromkeys(c for c, _ in index.callers(method)))
        for java in sorted({*know.source_fields, *know.uri_fields}):
            for type_ in ("Landroid/net/Uri;", "Ljava/lang/String;"):
                fid = index.field_id(f"{java}:{type_}")
                if fid is not None:
                    found.update(dict.fromkeys(m for m, _ in index.field_reads(fid)))
        for text in self._telling_texts():
            found.update(dict.fromkeys(m for m, _ in index.string_loads(text)))
        for method in index.methods_named_any(know.source_callbacks.names):
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
            for method in layer:
                found |= self._before(method)
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

    def _before(self, method: int) -> set[int]:
        index, types = self.index, self.engine.types
        info = index.method(method)
        found: set[int] = set()
        called_back = False
        for cls in (*types.chain(info.cls), *index.all_subtypes(info.cls)[:50]):
            reference = index.reference(cls, info.name, info.proto)
            inside = index.is_defined(cls) and not targets.is_opaque(self.engine, cls)
            if reference is not None and inside:
                found.update(c for c, _ in index.callers(reference))
            elif not inside and cls != "Ljava/lang/Object;":
                called_back = True
        if info.name == "<clinit>":
            return self._users(info.cls)
        called_back = called_back or not found  # by a page, a layout, reflection
        if called_back and not self._by_name.covers(types.chain(info.cls)):
            self.engine.callback_classes.add(info.cls)
        if called_back and not info.access & 0xA:
            for cls in (info.cls, *index.all_subtypes(info.cls)[:50]):
                if cls in self.asked:
                    continue
                self.asked.add(cls)
                found.update(m for m, _ in index.instantiations(cls))
                if self._by_name.covers(types.chain(cls)):
                    found.update(self._starters(cls))
                    found.update(self._registrars(cls))
        return found

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
