"""Number the evidence that the page shows: the first use shows it, later ones refer to it.

In: reads, flows, statements, warnings, and decompiled methods by signature. Out: `Shown`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from auditor.model import CallSite, Flow, SourceRead, Statement, Step, Warning_
from auditor.report.clean import one_line, visible
from auditor.report.spoken import recognise, spoken
from auditor.report.view import (
    Exhibit,
    Shown,
    Spot,
    StepView,
    class_and_name,
    excerpt,
    owner,
    party,
    readable,
    recipient,
    step_words,
)
from auditor.report.words import Code, Name, Said, Value, say

STEPS = 24
"""Steps of one flow that the page shows."""
WITH_CODE = 60
"""Exhibits that may carry decompiled lines; later ones give the place only."""
QUOTE = 1_200
"""Characters of one quoted sentence."""

Facts = list[tuple[str, Value]]


@dataclass(slots=True)
class Exhibits:
    """The numbering, in the order of first use."""

    quotes: Mapping[str, str]
    _known: dict[object, Exhibit] = field(default_factory=dict)
    _lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def read(self, read: SourceRead) -> Shown:
        """Show one read of personal data."""
        return self._show(("read", read.site, read.data_type), lambda n: self._read(n, read))

    def site(self, site: CallSite, data_type: str) -> Shown:
        """Show a call site that a practice names and no read describes."""
        title = say("exhibit.read", data=Name("data_type", data_type))
        return self._show(
            ("read", site, data_type),
            lambda n: Exhibit(n, "read", title, spots=(self._spot(n, site),)),
        )

    def flow(self, flow: Flow) -> Shown:
        """Show one flow: its ends with their code, its steps."""
        return self._show(("flow", flow.id), lambda n: self._flow(n, flow))

    def statement(self, statement: Statement) -> Shown:
        """Show one statement of the terms."""
        key = ("statement", statement.id, statement.document, statement.start)
        return self._show(key, lambda n: _statement(n, statement))

    def warning(self, warning: Warning_) -> Shown:
        """Show one sentence of the terms that should warn a borrower."""
        return self._show(warning, lambda n: _warning(n, warning))

    def _show(self, key: object, make: Callable[[int], Exhibit]) -> Shown:
        if key in self._known:
            return Shown(self._known[key], first=False)
        made = make(len(self._known) + 1)
        self._known[key] = made
        return Shown(made, first=True)

    def _read(self, number: int, read: SourceRead) -> Exhibit:
        facts: Facts = [
            ("fact.level", Name("level", read.level)),
            ("fact.scope", Name("scope", read.scope)),
            ("fact.trigger", Name("trigger", read.trigger or "unknown")),
            ("fact.owner", owner(read.owner)),
        ]
        if read.detail:
            known = recognise(read.detail, "note")
            facts.append(("fact.detail", known or Code(read.detail)))
        if read.columns:
            facts.append(("fact.columns", [Code(c) for c in read.columns[:20]]))
        title = say("exhibit.read", data=Name("data_type", read.data_type))
        return Exhibit(number, "read", title, tuple(facts), (self._spot(number, read.site),))

    def _flow(self, exhibit: int, flow: Flow) -> Exhibit:
        spots = (self._spot(exhibit, flow.source), self._spot(exhibit, flow.sink))
        steps = tuple(
            StepView(
                Name("step", s.kind or "call"),
                *_step(s.text),
                _place(s.caller, s.offset, s.dex),
                number,
            )
            for number, s in _ends(list(enumerate(flow.steps, 1)))
        )
        title = say("exhibit.flow", data=Name("data_type", flow.data_type))
        left_out = max(0, len(flow.steps) - STEPS)
        facts = tuple(_flow_facts(flow))
        return Exhibit(exhibit, "flow", title, facts, spots, steps, left_out)

    def _spot(self, number: int, site: CallSite) -> Spot:
        """Make a call ready to be shown, with the lines of its method unless they are shown."""
        bare = _place(site.caller, site.offset, site.dex, site.signature)
        source = self.quotes.get(site.caller, "")
        if not source or number > WITH_CODE:
            return bare
        key = (site.caller, site.signature)
        if (before := self._lines.setdefault(key, number)) != number:
            return replace(bare, shown_in=before)
        lines, left_out = excerpt(source, site.signature)
        return replace(bare, lines=lines, left_out=left_out)


def _step(text: str) -> tuple[str, Value]:
    """Give the code of a step, or else its words."""
    code, words = step_words(text)
    return (code, "") if code else ("", spoken(words, "step"))


def _ends(steps: list[tuple[int, Step]]) -> list[tuple[int, Step]]:
    """Keep the beginning and the end of a long flow."""
    return steps if len(steps) <= STEPS else [*steps[: STEPS - 8], *steps[-8:]]


def _place(caller: str, offset: int, dex: str, callee: str = "") -> Spot:
    cls, name = class_and_name(caller)
    return Spot(
        method=readable(caller),
        cls=cls,
        name=name,
        signature=one_line(caller, 600),
        offset=offset,
        dex=one_line(dex, 200),
        calls=readable(callee) if callee else "",
    )


def _flow_facts(flow: Flow) -> Facts:
    facts: Facts = [
        ("fact.level", Name("level", flow.level)),
        ("fact.scope", Name("scope", flow.scope)),
        ("fact.trigger", Name("trigger", flow.trigger or "unknown")),
        ("fact.consent", Name("consent", str(flow.before_consent).lower())),
        ("fact.sink", Name("sink", flow.sink_kind)),
        ("fact.recipient", recipient(party(flow))),
        ("fact.owner", owner(flow.owner)),
    ]
    if flow.endpoint:
        facts.append(("fact.endpoint", Code(f"{flow.http_method} {flow.endpoint}".strip())))
    if flow.fields:
        facts.append(("fact.fields", [Code(f) for f in flow.fields[:20]]))
    if flow.transforms:
        facts.append(("fact.transforms", [Name("transform", t) for t in flow.transforms[:10]]))
    if flow.guards:
        facts.append(("fact.guards", [spoken(g, "guard") for g in flow.guards[:10]]))
    if flow.entry:
        facts.append(("fact.entry", Code(readable(flow.entry))))
    return facts


def _statement(number: int, statement: Statement) -> Exhibit:
    facts: Facts = [
        ("fact.entity", Name("entity", statement.entity)),
        ("fact.action", Name("action", statement.action)),
        ("fact.data", [Name("data_type", t) for t in statement.data_types[:8]]),
    ]
    if statement.scope:
        facts.append(("fact.extent", Name("terms_scope", statement.scope)))
    if statement.purposes:
        facts.append(("fact.purposes", [Name("purpose", p) for p in statement.purposes[:8]]))
    if statement.recipients:
        facts.append(("fact.recipients", [Name("entity", r) for r in statement.recipients[:8]]))
    if statement.condition:
        facts.append(("fact.condition", statement.condition))
    if statement.context:
        facts.append(("fact.context", statement.context))
    return Exhibit(
        number,
        "statement",
        Said("exhibit.denial" if statement.negated else "exhibit.statement"),
        tuple(facts),
        quote=visible(statement.quote, QUOTE),
        quote_lang=statement.language,
        source=_span(statement.document, statement.start, statement.end),
    )


def _warning(number: int, warning: Warning_) -> Exhibit:
    return Exhibit(
        number,
        "warning",
        say("exhibit.warning", kind=Name("warning", warning.kind)),
        quote=visible(warning.quote, QUOTE),
        source=_span(warning.document, warning.start, warning.end),
    )


def _span(document: str, start: int, end: int) -> str:
    return f"{one_line(document, 200)} · {start:,}–{end:,}"
