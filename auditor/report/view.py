"""What a page shows, without language: values that the answers make and the templates draw.

A `Said` becomes words in `words`; an exhibit is one piece of evidence, numbered in the order in
which the page first uses it, so that each is shown once and referred to afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from auditor.model import CallSite, Flow, SourceRead, Statement, Warning_
from auditor.report.clean import one_line, visible
from auditor.report.words import Code, Name, Said, Value

LINES = 28
"""Lines of one decompiled method that the page shows."""
STEPS = 24
"""Steps of one flow that the page shows."""

_METHOD = re.compile(r"L([^;()]{1,400});->([^()]{1,200})\(([^()]{0,2000})\)(.{1,400})", re.DOTALL)
_TYPE = re.compile(r"\[*(?:L([^;]{1,400});|([VZBSCIJFD]))")
_PRIMITIVE = dict(
    V="void", Z="boolean", B="byte", S="short", C="char", I="int", J="long", F="float", D="double"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of decompiled source."""

    number: int
    text: str
    hit: bool
    """The call in question stands here."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One instruction of the app, ready to be shown."""

    method: str
    """`com.app.Main.onCreate(Bundle)`."""
    cls: str
    name: str
    signature: str
    offset: int
    dex: str
    calls: str
    """What is called, readable; empty when the spot is no call."""
    lines: tuple[Line, ...] = ()
    left_out: int = 0
    """Lines of the method that are not shown."""


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a flow, ready to be shown."""

    kind: Name
    text: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One piece of evidence with its number."""

    number: int
    kind: str
    """read, flow, statement or warning."""
    title: Said
    facts: tuple[tuple[str, Value], ...] = ()
    """Key of a label and its value."""
    spots: tuple[Spot, ...] = ()
    steps: tuple[StepView, ...] = ()
    steps_left_out: int = 0
    quote: str = ""
    quote_lang: str = ""
    source: str = ""
    """The document, and the span in it."""

    @property
    def is_code(self) -> bool:
        """Tell whether it shows code (else the terms)."""
        return self.kind in ("read", "flow")


@dataclass(frozen=True, slots=True)
class Shown:
    """An exhibit where the page uses it."""

    exhibit: Exhibit
    first: bool
    """True at the one place that shows it in full."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one of the fifteen questions."""

    number: int
    verdict: str
    """yes, no_sign, picked, partly, cannot_tell, not_visible or see."""
    short: Said
    """One sentence that can stand alone at the top of the page."""
    more: tuple[Said, ...] = ()
    points: tuple[tuple[Said, ...], ...] = ()
    points_left_out: int = 0
    exhibits: tuple[Shown, ...] = ()
    exhibits_left_out: int = 0


@dataclass(slots=True)
class Exhibits:
    """The numbering of evidence: the first use shows it, later ones refer to it."""

    quotes: Mapping[str, str]
    _known: dict[object, Exhibit] = field(default_factory=dict)

    def read(self, read: SourceRead) -> Shown:
        """Show one read of personal data."""
        facts: list[tuple[str, Value]] = [
            ("fact.level", Name("level", read.level)),
            ("fact.scope", Name("scope", read.scope)),
            ("fact.trigger", Name("trigger", read.trigger or "unknown")),
            ("fact.owner", owner(read.owner)),
        ]
        if read.detail:
            facts.append(("fact.detail", Code(read.detail)))
        if read.columns:
            facts.append(("fact.columns", [Code(c) for c in read.columns[:20]]))
        title = Said("exhibit.read", {"data": Name("data_type", read.data_type)})
        spots = (self.spot(read.site.caller, read.site.offset, read.site.dex, read.site.signature),)
        return self._show(("read", read.site, read.data_type), "read", title, facts, spots=spots)

    def site(self, site: CallSite, data_type: str) -> Shown:
        """Show a call site that a practice names and no read describes."""
        title = Said("exhibit.read", {"data": Name("data_type", data_type)})
        spots = (self.spot(site.caller, site.offset, site.dex, site.signature),)
        return self._show(("read", site, data_type), "read", title, [], spots=spots)

    def flow(self, flow: Flow) -> Shown:
        """Show one flow: its ends with their code, its steps."""
        facts: list[tuple[str, Value]] = [
            ("fact.level", Name("level", flow.level)),
            ("fact.scope", Name("scope", flow.scope)),
            ("fact.trigger", Name("trigger", flow.trigger or "unknown")),
            ("fact.consent", Name("consent", str(flow.before_consent).lower())),
            ("fact.sink", Name("sink", flow.sink_kind)),
            ("fact.recipient", recipient(flow.recipient)),
            ("fact.owner", owner(flow.owner)),
        ]
        if flow.endpoint:
            facts.append(("fact.endpoint", Code(f"{flow.http_method} {flow.endpoint}".strip())))
        if flow.fields:
            facts.append(("fact.fields", [Code(f) for f in flow.fields[:20]]))
        if flow.transforms:
            facts.append(("fact.transforms", list(flow.transforms[:10])))
        if flow.guards:
            facts.append(("fact.guards", list(flow.guards[:10])))
        if flow.entry:
            facts.append(("fact.entry", Code(readable(flow.entry))))
        ends = tuple(
            self.spot(s.caller, s.offset, s.dex, s.signature) for s in (flow.source, flow.sink)
        )
        steps = tuple(
            StepView(Name("step", s.kind or "call"), s.text, _bare_spot(s.caller, s.offset, s.dex))
            for s in flow.steps[:STEPS]
        )
        title = Said("exhibit.flow", {"data": Name("data_type", flow.data_type)})
        left = max(0, len(flow.steps) - STEPS)
        return self._show(
            ("flow", flow.id), "flow", title, facts, spots=ends, steps=steps, left=left
        )

    def statement(self, statement: Statement) -> Shown:
        """Show one statement of the terms."""
        key = "exhibit.denial" if statement.negated else "exhibit.statement"
        types = [Name("data_type", t) for t in statement.data_types[:8]]
        facts: list[tuple[str, Value]] = [
            ("fact.entity", Name("entity", statement.entity)),
            ("fact.action", Name("action", statement.action)),
            ("fact.data", types),
        ]
        if statement.purposes:
            facts.append(("fact.purposes", [Name("purpose", p) for p in statement.purposes[:8]]))
        if statement.recipients:
            names = [Name("entity", r) for r in statement.recipients[:8]]
            facts.append(("fact.recipients", names))
        if statement.condition:
            facts.append(("fact.condition", statement.condition))
        if statement.context:
            facts.append(("fact.context", statement.context))
        return self._show(
            ("statement", statement.id, statement.document, statement.start),
            "statement",
            Said(key),
            facts,
            quote=visible(statement.quote, 1_200),
            lang=statement.language,
            source=_span(statement.document, statement.start, statement.end),
        )

    def warning(self, warning: Warning_) -> Shown:
        """Show one sentence of the terms that should warn a borrower."""
        return self._show(
            warning,
            "warning",
            Said("exhibit.warning", {"kind": Name("warning", warning.kind)}),
            [],
            quote=visible(warning.quote, 1_200),
            source=_span(warning.document, warning.start, warning.end),
        )

    def spot(self, caller: str, offset: int, dex: str, callee: str = "") -> Spot:
        """Make an instruction ready to be shown, with the lines of its method around it."""
        bare = _bare_spot(caller, offset, dex, callee)
        source = self.quotes.get(caller, "")
        lines, left_out = excerpt(source, callee) if source else ((), 0)
        return Spot(
            bare.method,
            bare.cls,
            bare.name,
            bare.signature,
            offset,
            bare.dex,
            bare.calls,
            lines,
            left_out,
        )

    def _show(
        self,
        key: object,
        kind: str,
        title: Said,
        facts: Sequence[tuple[str, Value]],
        *,
        spots: tuple[Spot, ...] = (),
        steps: tuple[StepView, ...] = (),
        left: int = 0,
        quote: str = "",
        lang: str = "",
        source: str = "",
    ) -> Shown:
        if key in self._known:
            return Shown(self._known[key], first=False)
        number = len(self._known) + 1
        made = Exhibit(number, kind, title, tuple(facts), spots, steps, left, quote, lang, source)
        self._known[key] = made
        return Shown(made, first=True)


def readable(signature: str) -> str:
    """Write a JVM-style method as a Java reader would: `com.app.Main.onCreate(Bundle)`."""
    match = _METHOD.fullmatch(signature)
    if not match:
        return one_line(signature)
    cls, name, arguments, _ = match.groups()
    types = [
        (m[1].rsplit("/", 1)[-1] if m[1] else _PRIMITIVE[m[2]])
        + "[]" * (m[0].count("[") if m[0][0] == "[" else 0)
        for m in _TYPE.finditer(arguments)
    ]
    return one_line(f"{cls.replace('/', '.')}.{name}({', '.join(types)})")


def class_and_name(signature: str) -> tuple[str, str]:
    """Split a JVM-style method in its simple class name and its own name."""
    match = _METHOD.fullmatch(signature)
    if not match:
        return "", one_line(signature, 80)
    return one_line(match[1].rsplit("/", 1)[-1], 80), one_line(match[2], 80)


def excerpt(source: str, callee: str) -> tuple[tuple[Line, ...], int]:
    """Cut the lines around the call of `callee` out of decompiled `source`; count what is left out."""
    rows = source.splitlines()[:5_000]
    cls, name = class_and_name(callee) if callee else ("", "")
    wanted = f"new {cls}(" if name == "<init>" else f"{name}("
    hits = [i for i, row in enumerate(rows) if name and wanted in row]
    first = hits[0] if hits else 0
    start = max(0, min(first - LINES // 2, len(rows) - LINES))
    shown = rows[start : start + LINES]
    lines = tuple(
        Line(start + i + 1, visible(row.expandtabs(4), 400), start + i in hits[:1])
        for i, row in enumerate(shown)
    )
    return lines, len(rows) - len(shown)


def recipient(name: str) -> Value:
    """Name a recipient: a word for the parties that have no name."""
    if name in ("", "first_party", "third_party", "unknown"):
        return Name("recipient", name or "unknown")
    return name


def owner(id_: str) -> Value:
    """Name an owner of code: the app itself, or a library by its id."""
    return Name("owner", "app") if id_ == "app" else Code(id_)


def _bare_spot(caller: str, offset: int, dex: str, callee: str = "") -> Spot:
    cls, name = class_and_name(caller)
    calls = readable(callee) if callee else ""
    return Spot(
        readable(caller), cls, name, one_line(caller, 600), offset, one_line(dex, 200), calls
    )


def _span(document: str, start: int, end: int) -> str:
    return f"{one_line(document, 200)} · {start:,}–{end:,}"
