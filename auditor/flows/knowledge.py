"""The catalog of the flows stage: sources, content Uris, sinks, models of library methods, roots.

In: `data/{sources,uris,queries,sinks,propagations,lifecycles,annotations,consent}/`. Out: entries,
checked (every effect is parsed when the catalog is loaded).

A method is written `java.util.List.add`, `java.util.List.add/1` (number of parameters) or
`java.util.List.add(Object)` (simple type names); it also means overrides in subtypes. Several names
of one class are joined by `|`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from auditor.catalog import Entry
from auditor.flows.effects import parse_effects, parse_expr


def _effects(text: str) -> str:
    parse_effects(text)
    return text


def _expr(text: str) -> str:
    parse_expr(text)
    return text


Effects = Annotated[str, AfterValidator(_effects)]
Expression = Annotated[str, AfterValidator(_expr)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SourceEntry(Entry):
    """Calls, fields or callback parameters that give personal data."""

    data_type: str
    calls: tuple[str, ...] = ()
    static_fields: tuple[str, ...] = ()
    """`android.os.Build.SERIAL`."""
    callbacks: tuple[str, ...] = ()
    """Framework methods that an app overrides; their parameters `gives` carry the data."""
    gives: tuple[str, ...] = ("ret",)
    """Ports that carry the data: ret, this, a0, a1, …."""
    when: dict[str, tuple[str, ...]] = {}
    """Constant values an argument must have (any of them): `{a1: [android_id]}`."""
    when_type: dict[str, tuple[str, ...]] = {}
    """Java types an argument's or the receiver's object must have."""
    scope: Literal["bulk", "one_picked", "unknown"] = "unknown"
    permissions: tuple[str, ...] = ()
    reference: str = ""
    note: str = ""


class UriEntry(Entry):
    """Content Uris behind which personal data lie."""

    data_type: str
    uris: tuple[str, ...] = ()
    """`content://…`; a longer Uri below it (more path segments) means it too."""
    static_fields: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    """Methods that return such a Uri."""
    mime_types: tuple[str, ...] = ()
    """MIME types that a pick Intent may name instead of a Uri."""
    scope: Literal["bulk", "one_picked", "unknown"] = "bulk"
    permissions: tuple[str, ...] = ()
    reference: str = ""
    note: str = ""


class QueryEntry(Entry):
    """Calls that read what lies behind a Uri."""

    calls: tuple[str, ...]
    uri: Expression
    projection: Expression | None = None
    selection: Expression | None = None
    args: Expression | None = None
    gives: tuple[str, ...] = ("ret",)
    also: Effects = ""
    """Further effects of the call (`later result this.onQueryComplete(a0, a1, ret)`)."""
    reference: str = ""


class SinkEntry(Entry):
    """Calls by which data leave."""

    kind: Literal["network", "sms", "call", "file", "log", "ipc", "web"]
    calls: tuple[str, ...]
    data: tuple[Expression, ...]
    """What leaves; always taken at any depth."""
    url: Expression | None = None
    """Where to: the URL's text, or an object whose `url` says it."""
    http_method: Expression | None = None
    client: Expression | None = None
    """The client that sends: its interceptors may replace the address."""
    to: Expression | None = None
    """The stream's or writer's destination; the sink counts only when it leads to one of the
    destinations, and takes its kind and address from there."""
    reference: str = ""
    note: str = ""


class RenamedSink(_Part):
    """A sink among the methods of a renamed library."""

    kind: Literal["network", "sms", "call", "file", "log", "ipc", "web"]
    data: tuple[Expression, ...]
    url: Expression | None = None
    http_method: Expression | None = None

    def entry(self, id_: str) -> SinkEntry:
        """As a sink that calls could name."""
        return SinkEntry(
            id=id_,
            kind=self.kind,
            calls=(),
            data=self.data,
            url=self.url,
            http_method=self.http_method,
        )


class RenamedMethod(_Part):
    """One method of a renamed class: how it is told, and what it does."""

    texts: tuple[str, ...] = ()
    """Texts that it loads, all of them."""
    constructor: bool = False
    takes: tuple[str, ...] = ()
    """Types among its parameters: `String`, `@entry.id`, `interface`, `role @entry.id` (an
    interface of some subtypes of that class, not of all). The effects call them a0, a1, …"""
    exactly: bool = False
    """It takes nothing else."""
    gives: str = ""
    gives_as: str = ""
    takes_as: str = ""
    """The class that it returns, or first takes, is `@this` from now on."""
    effects: Effects = ""
    after: bool = False
    """Interpret the body first; `ret` is what it returned."""
    sink: RenamedSink | None = None


class RenamedQuestions(_Part):
    """Annotations that code of a renamed library asks for, one after the other."""

    order: tuple[str, ...]
    """Their classes in the order in which the library asks."""
    texts: dict[str, str]
    """A text loaded after one question and before the next → the class that was asked for."""


class RenamedEntry(Entry):
    """A class of a library that is recognised under any name."""

    library: str = ""
    """Its name; empty where no library is meant."""
    named: tuple[str, ...] = ()
    """Where one of these classes is defined, the library was not renamed."""
    texts: tuple[tuple[str, ...], ...] = ()
    """Texts that the methods of the class load: all of one of these."""
    fields: tuple[tuple[str, ...], ...] = ()
    """Names of fields that the library's own rules keep: all of one of these."""
    without: tuple[str, ...] = ()
    """Texts by which others with such fields are told."""
    built_from: tuple[str, ...] = ()
    """Types (`@entry.id`) that a constructor takes; tried where no text was found."""
    methods: tuple[RenamedMethod, ...] = ()
    made_by: tuple[RenamedMethod, ...] = ()
    """Methods of other classes that make an object of it or of a subtype."""
    anywhere: tuple[RenamedMethod, ...] = ()
    """Methods of any class, told by the platform's classes that they take (full names)."""
    asks: tuple[RenamedQuestions, ...] = ()
    """How its annotations are told."""
    opaque: bool = False
    """Its other methods are not entered."""
    passes: bool = False
    """Its other methods put what they take into it and give what is in it."""
    still: bool = False
    """Its static initializer says nothing of the app."""
    reference: str = ""


class DestinationEntry(Entry):
    """Library objects that a stream can lead to, with the way out they stand for."""

    type: str
    kind: Literal["network", "file", "ipc", "log"]
    url: Expression
    """Its address, `this` being the object."""
    http_method: Expression | None = None


class ModelEntry(Entry):
    """What the methods of one library class do."""

    on: str | tuple[str, ...]
    """Java class name(s); subtypes that do not override a method mean it too."""
    methods: dict[str, Effects]
    """`add|addLast`, `add/1`, `add(Object)` → effects."""
    static: bool = False
    keeps_body: bool = False
    """The app's own copy of the method is interpreted after the model."""
    examples: tuple[str, ...] = ()
    reference: str = ""


class LifecycleEntry(Entry):
    """Methods that the framework calls on a component, in order."""

    on: tuple[str, ...]
    methods: dict[str, str] = {}
    """Method name → trigger (`screen_start`, `activity_result`, …)."""
    annotations: dict[str, str] = {}
    """Annotation class → trigger of the methods that carry it."""
    anywhere: bool = False
    """The framework makes these classes by itself; they stand in no manifest."""
    renamed: str = ""
    """The class above them, an entry of `renamed/`."""
    made_with: tuple[str, ...] = ()
    """What their constructor takes: the library makes those whose class some code names."""
    shapes: dict[str, str] = {}
    """`void (View, Bundle)`, `*` for any type → trigger of the methods that override such a one."""
    reference: str = ""


class ApiAnnotationEntry(Entry):
    """Annotations that make an interface method an HTTP request."""

    method_annotations: dict[str, str]
    """Annotation class → HTTP method (empty: the annotation says it)."""
    body: tuple[str, ...] = ()
    """Parameter annotations whose argument is the body."""
    named: tuple[str, ...] = ()
    """Parameter annotations that give their argument a name (its first element)."""
    maps: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    url: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    fixed_headers: tuple[str, ...] = ()
    """Annotations of the method that list headers, `Name: value`."""
    bare: bool = False
    """Arguments without an annotation are sent as well."""
    domain_headers: tuple[str, ...] = ()
    """Headers whose value names another base address, kept in the global `domains`."""
    reference: str = ""


class WordsEntry(Entry):
    """Words that decide one question about a text on the screen or a stored key."""

    words: tuple[str, ...]
    reference: str = ""


class OpaqueEntry(Entry):
    """Package prefixes of library code that is not entered."""

    words: tuple[str, ...]
