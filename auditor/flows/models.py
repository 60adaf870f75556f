"""The catalog of the flows stage, arranged so that a call finds its entries at once.

A call names a class, a method and its parameter types; entries name a class of which that class may
be a subtype. `Knowledge` answers for a *chain* of types, nearest first (see `types.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from auditor.catalog import Catalog
from auditor.errors import InvalidCatalogError
from auditor.flows.effects import Statement, parse_effects
from auditor.flows.knowledge import (
    ApiAnnotationEntry,
    DestinationEntry,
    LifecycleEntry,
    ModelEntry,
    OpaqueEntry,
    QueryEntry,
    RenamedEntry,
    SinkEntry,
    SourceEntry,
    UriEntry,
    WordsEntry,
)
from auditor.flows.roles import load_roles

T = TypeVar("T")
_STORE_READ = re.compile(r"(?:=|\||\(|,|{|:|call|async)\s*(?:deep\()?global\('([^']+)'\)")


def descriptor(java: str) -> str:
    """`java.util.List` → `Ljava/util/List;`."""
    return "L" + java.replace(".", "/") + ";"


@dataclass(frozen=True, slots=True)
class Shape:
    """Which overloads of a name are meant."""

    arity: int | None = None
    types: tuple[str, ...] | None = None

    def fits(self, params: Sequence[str]) -> bool:
        """Tell whether a method with these parameter types is meant."""
        if self.types is not None:
            return len(self.types) == len(params) and all(
                simple_type(p) == t.rpartition(".")[2]
                for p, t in zip(params, self.types, strict=True)
            )
        return self.arity is None or self.arity == len(params)


_PRIMITIVES = dict(
    zip(
        "ZBSCIJFDV",
        ["boolean", "byte", "short", "char", "int", "long", "float", "double", "void"],
        strict=True,
    )
)


def simple_type(type_: str) -> str:
    """`[Ljava/lang/String;` → `String[]`; what is no descriptor stays as it is."""
    dims = type_.count("[")
    base = type_.lstrip("[")
    if base[:1] == "L":
        return base[1:-1].rpartition("/")[2].rpartition("$")[2] + "[]" * dims
    return _PRIMITIVES.get(base, base) + "[]" * dims


def parse_method(text: str, where: str) -> tuple[str, list[tuple[str, Shape]]]:
    """`java.util.List.add|offer/1` → class and (name, shape) of each alternative.

    Raises:
        InvalidCatalogError: there is no class in it.
    """
    cls, _, _ = text.partition("(")[0].partition("|")[0].rpartition(".")
    if not cls:
        raise InvalidCatalogError(f"{where}: {text!r} names no class")
    return descriptor(cls), parse_names(text[len(cls) + 1 :])


def parse_names(text: str) -> list[tuple[str, Shape]]:
    """`add|offer/1|put(Object, int)` → (name, shape) of each alternative."""
    return [_name_and_shape(part.strip()) for part in re.split(r"\|(?![^(]*\))", text)]


def _name_and_shape(text: str) -> tuple[str, Shape]:
    head, paren, types = text.partition("(")
    name, _, arity = head.strip().partition("/")
    if paren:
        inner = types.rstrip(")").strip()
        wanted = tuple(t.strip() for t in inner.split(",")) if inner else ()
        return name, Shape(types=wanted)
    return name, Shape(arity=int(arity) if arity else None)


class Table(Generic[T]):
    """(class, method name) → entries with the overloads that they mean."""

    def __init__(self) -> None:
        """Begin empty."""
        self.rows: dict[tuple[str, str], list[tuple[Shape, T]]] = {}
        self.names: set[str] = set()

    def add(self, cls: str, name: str, shape: Shape, entry: T) -> None:
        """Let `entry` stand for a method."""
        self.rows.setdefault((cls, name), []).append((shape, entry))
        self.names.add(name)

    def find(self, chain: Iterable[str], name: str, params: Sequence[str]) -> list[T]:
        """Entries of the nearest class of `chain` that has any for this method."""
        if name not in self.names:
            return []
        for cls in chain:
            rows = self.rows.get((cls, name))
            if rows:
                exact = [e for s, e in rows if s.types is not None and s.fits(params)]
                found = exact or [e for s, e in rows if s.types is None and s.fits(params)]
                if found:
                    return found
        return []


@dataclass(frozen=True, slots=True)
class Model:
    """Effects of one method."""

    statements: tuple[Statement, ...]
    id: str
    keeps_body: bool


class Knowledge:
    """Everything the engine knows about libraries and the platform."""

    def __init__(self, catalog: Catalog) -> None:
        """Load and index the catalog.

        Raises:
            InvalidCatalogError: an entry is wrong.
        """
        self.sources: Table[SourceEntry] = Table()
        self.source_fields: dict[str, SourceEntry] = {}
        self.source_callbacks: Table[SourceEntry] = Table()
        for source in catalog.entries("sources", SourceEntry):
            _add_all(self.sources, source.calls, source, source.id)
            _add_all(self.source_callbacks, source.callbacks, source, source.id)
            for name in source.static_fields:
                self.source_fields[_field(name)] = source
        self.uris = catalog.entries("uris", UriEntry)
        self.uri_fields = {_field(n): u for u in self.uris for n in u.static_fields}
        self.uri_methods: Table[UriEntry] = Table()
        for uri in self.uris:
            _add_all(self.uri_methods, uri.methods, uri, uri.id)
        self.queries: Table[QueryEntry] = Table()
        for query in catalog.entries("queries", QueryEntry):
            _add_all(self.queries, query.calls, query, query.id)
        self.sinks: Table[SinkEntry] = Table()
        self.addressed: Table[SinkEntry] = Table()
        """Those that send to an address which the call itself tells."""
        for sink in catalog.entries("sinks", SinkEntry):
            _add_all(self.sinks, sink.calls, sink, sink.id)
            if sink.kind in ("network", "web") and sink.url is not None:
                _add_all(self.addressed, sink.calls, sink, sink.id)
        self.destinations = {
            descriptor(d.type): d for d in catalog.entries("destinations", DestinationEntry)
        }
        self.models: Table[Model] = Table()
        self.readers_of: dict[str, dict[tuple[str, str], None]] = {}
        """Global store → methods whose model reads it."""
        for model in catalog.entries("propagations", ModelEntry):
            self._add_model(model)
        self.roles = load_roles(catalog)
        self.lifecycles = catalog.entries("lifecycles", LifecycleEntry)
        self.renamed = catalog.entries("renamed", RenamedEntry)
        self.annotations = catalog.entries("annotations", ApiAnnotationEntry)
        self.opaque = tuple(
            "L" + word.replace(".", "/")
            for entry in catalog.entries("opaque", OpaqueEntry)
            for word in entry.words
        )
        """Beginnings of the descriptors of library classes whose bodies are not entered."""
        self.words = {w.id: w.words for w in catalog.entries("consent", WordsEntry)}
        self._uri_rows = sorted(
            ((text.rstrip("/"), uri) for uri in self.uris for text in uri.uris),
            key=lambda row: -len(row[0]),
        )

    def _add_model(self, model: ModelEntry) -> None:
        classes = (model.on,) if isinstance(model.on, str) else model.on
        for text, effects in model.methods.items():
            compiled = Model(parse_effects(effects), model.id, model.keeps_body)
            for store in _STORE_READ.findall(effects):
                self.readers_of.setdefault(store, {}).update(
                    dict.fromkeys((descriptor(c), n) for n, _ in parse_names(text) for c in classes)
                )
            for name, shape in parse_names(text):
                for cls in classes:
                    self.models.add(descriptor(cls), name, shape, compiled)

    def uri_of(self, text: str) -> UriEntry | None:
        """The entry of the longest known Uri that `text` begins with, at a segment's end."""
        plain = text.split("?", 1)[0].split("#", 1)[0]
        for known, entry in self._uri_rows:
            if plain == known or plain.startswith(known + "/"):
                return entry
        return None


def _add_all(table: Table[T], methods: Iterable[str], entry: T, where: str) -> None:
    for text in methods:
        cls, names = parse_method(text, where)
        for name, shape in names:
            table.add(cls, name, shape, entry)


def _field(java: str) -> str:
    cls, _, name = java.rpartition(".")
    return f"{descriptor(cls)}->{name}"
