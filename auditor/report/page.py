"""Gather what the page shows from a report: a `Page` of values without language.

Every list is cut to a number a reader can use and a file can carry; the number left out is kept
beside it, so that nothing looks complete that is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from auditor.model import (
    AuditReport,
    Disclosure,
    Endpoint,
    Finding,
    Flow,
    Indicator,
    Level,
    Library,
    Limit,
    PermissionUse,
    Practice,
    Scope,
    Severity,
    SourceRead,
    Statement,
    Warning_,
    is_a,
)
from auditor.report.answers import CONTACTS, Proof, terms_key, terms_on_book
from auditor.report.answers_more import answer_all, localized, summary, told_apart
from auditor.report.document import app_severity, practice_id, sorted_findings
from auditor.report.glance import Glance, glance
from auditor.report.picture import main_flows
from auditor.report.seen import Seen
from auditor.report.view import Answer, Shown, party, place, recipient
from auditor.report.where import where_to
from auditor.report.words import Code, Local, Name, Said, Value, say

T = TypeVar("T")
_SENTENCE = re.compile(r"[^.。]+[.。]?\s*")

FINDINGS = 50
ROWS = 150
STATEMENTS = 120
PLACES = 12
"""Places that one row of limits names."""


@dataclass(frozen=True, slots=True)
class Cut(Generic[T]):
    """The first items of a list, and how many are left out."""

    items: tuple[T, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Box:
    """One of the four boxes under the answer."""

    label: Said
    value: Said
    tone: str
    """bad, warn, open (unknown) or calm."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One row of the ladder of evidence."""

    data: Name
    seen: tuple[bool, ...]
    """For each level, weakest first."""
    level: Level
    disclosure: Disclosure | None
    terms: Said | None
    """How the terms disclose it, in two or three words."""
    to: tuple[Value, ...]
    leaves: bool
    """A path out of the phone was followed."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One moment of the timeline."""

    name: Name
    said: tuple[Said, ...]
    tone: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding as a card: sentence | path | address | provision."""

    finding: Finding
    title: Value
    why: Local
    closing: tuple[Value, ...]
    """How sure it is, and why it is as grave as it is."""
    quotes: tuple[Shown, ...]
    paths: tuple[Shown, ...]
    where: tuple[tuple[Value, Value, bool], ...]
    """Address, recipient, whether it is not encrypted."""
    first: tuple[Indicator, ...]
    others: tuple[Indicator, ...]
    shows: Local
    """What an analysis of a package can show about these provisions, each sentence once."""
    lists: tuple[tuple[str, tuple[Local, ...]], ...]
    """Message key of the heading, and the items."""
    no_terms: bool
    terms: Said | None
    """How the terms disclose its practice, in two or three words."""


@dataclass(frozen=True, slots=True)
class LimitRow:
    """What was not examined for one reason, and where."""

    kind: str
    why: str
    places: Cut[str]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the templates draw."""

    report: AuditReport
    hidden: bool
    severity: Severity | None
    summary: tuple[Said, ...]
    pull: Statement | None
    """The sentence of the terms on the address book, quoted at the top."""
    boxes: tuple[Box, ...]
    flows: tuple[Flow, ...]
    ladder: tuple[Rung, ...]
    answers: tuple[Answer, ...]
    glance: tuple[Glance, ...]
    findings: Cut[FindingView]
    timeline: tuple[Phase, ...]
    permissions: Cut[PermissionUse]
    plain_permissions: Cut[PermissionUse]
    endpoints: Cut[Endpoint]
    plain_endpoints: Cut[Endpoint]
    libraries: Cut[Library]
    statements: Cut[Statement]
    warnings: Cut[Warning_]
    limits: Cut[LimitRow]
    lending_reasons: tuple[Local, ...]
    jurisdiction_why: Local


def gather(report: AuditReport) -> Page:
    """Gather the page of `report`."""
    seen = Seen(report)
    answers = answer_all(seen)
    findings = cut(sorted_findings(report), FINDINGS)
    titles = told_apart(findings.items)
    views = tuple(_finding(seen, finding, titles[finding.id]) for finding in findings.items)
    carrying = [e for e in sorted(report.endpoints) if e.data_types]
    others = [e for e in sorted(report.endpoints) if not e.data_types]
    permissions = sorted(report.permissions, key=lambda p: (-p.reachable_uses, p.name))
    return Page(
        report=report,
        hidden=seen.hidden,
        severity=app_severity(report),
        summary=tuple(summary(answers, report)),
        pull=next(iter(terms_on_book(seen)), None),
        boxes=_boxes(seen, answers),
        flows=tuple(main_flows(seen.flows())),
        ladder=_ladder(seen),
        answers=tuple(answers),
        glance=glance(answers),
        findings=Cut(views, findings.left_out),
        timeline=_timeline(seen),
        permissions=cut((p for p in permissions if p.data_types), ROWS),
        plain_permissions=cut((p for p in permissions if not p.data_types), ROWS),
        endpoints=cut(carrying, ROWS),
        plain_endpoints=cut(others, ROWS),
        libraries=cut(sorted(report.libraries), ROWS),
        statements=cut(
            sorted(report.terms.statements, key=lambda s: (s.document, s.start, s.id)), STATEMENTS
        ),
        warnings=cut(sorted(report.terms.warnings), STATEMENTS),
        limits=cut(_limit_rows(seen.limits), ROWS),
        lending_reasons=tuple(_lending_reasons(report)[:8]),
        jurisdiction_why=in_both(report.jurisdiction_why, report.jurisdiction_why_zh),
    )


def _lending_reasons(report: AuditReport) -> list[Local]:
    lending = report.lending
    translated = dict(enumerate(lending.reasons_zh))
    return [in_both(said, translated.get(i, "")) for i, said in enumerate(lending.reasons)]


def in_both(text: str, zh: str) -> Local:
    """Pair a text that the model keeps in English with its Chinese, where there is one."""
    return Local((("zh", zh),) if zh else (), text)


def cut(items: Iterable[T], most: int) -> Cut[T]:
    """Keep the first `most` items and count the rest."""
    listed = list(items)
    return Cut(tuple(listed[:most]), max(0, len(listed) - most))


def _boxes(seen: Seen, answers: Sequence[Answer]) -> tuple[Box, ...]:
    book = answers[0].verdict
    tones = {"yes": "bad", "partly": "warn", "cannot_tell": "open"}
    traced = {f.data_type.split(".")[0] for f in seen.flows() if f.level == Level.TRACED}
    if len(traced) == 1:
        leaves = say("box.leaves_one", types=Name("data_type", min(traced)))
    elif traced:
        leaves = say("box.leaves_yes", n=len(traced))
    elif seen.flows():
        leaves = say("box.leaves_linked")
    else:
        leaves = say("box.leaves_hidden" if seen.hidden else "box.leaves_none")
    left = "bad" if traced else "warn" if seen.flows() else "open" if seen.hidden else "calm"
    count = len(seen.limits)
    limits = say("box.limits_count", n=count) if count else say("box.limits_none")
    return (
        Box(say("box.book"), say(f"box.book_{book}"), tones.get(book, "calm")),
        Box(say("box.leaves"), leaves, left),
        _terms_box(seen),
        Box(say("box.limits"), limits, "open" if count else "calm"),
    )


def _terms_box(seen: Seen) -> Box:
    label = say("box.terms")
    gravest = seen.gravest(CONTACTS)
    if not seen.report.terms.documents:
        return Box(label, say("box.terms_no_terms"), "open")
    if gravest is None:
        return Box(label, say("box.terms_nothing"), "open" if seen.hidden else "calm")
    tone = {Disclosure.CLEAR: "calm", Disclosure.VAGUE: "warn", Disclosure.NO_TERMS: "open"}
    said = say(terms_key("box.terms_", gravest))
    return Box(label, said, tone.get(gravest.disclosure, "bad"))


def _ladder(seen: Seen) -> tuple[Rung, ...]:
    rungs = []
    for data_type in seen.data_types:
        level = seen.level(data_type)
        if level is None:
            continue
        marks = tuple(
            bool(seen.requests(data_type)) if step == Level.REQUESTED else level.rank >= step.rank
            for step in Level
        )
        gravest = seen.gravest(data_type)
        flows = seen.flows(data_type)
        rungs.append(
            Rung(
                Name("data_type", data_type),
                marks,
                level,
                gravest.disclosure if gravest else None,
                say(terms_key("box.terms_", gravest)) if gravest else None,
                _goes_to(seen, data_type),
                any(f.level == Level.TRACED for f in flows),
            )
        )
    return tuple(rungs)


def _goes_to(seen: Seen, data_type: str) -> tuple[Value, ...]:
    """Name who receives a data type; else where it stays on the phone: a file, the log."""
    to = {party(f): recipient(party(f)) for f in seen.flows(data_type)}
    if to:
        return tuple(to[name] for name in sorted(to)[:4])
    kept = {f.sink_kind for f in seen.report.flows if is_a(f.data_type, data_type)}
    kinds: list[Value] = [Name("sink", kind) for kind in sorted(kept)]
    return (say("ladder.stays", kinds=kinds),) if kinds else ()


_PHASES = {
    "start": ("application_start", "launcher_start", "screen_start"),
    "use": (
        *("click", "activity_result", "permission_result", "consent_accept", "consent_refuse"),
        *("web_bridge", "other_app"),
    ),
    "background": ("boot", "alarm", "job", "broadcast", "push", "background"),
}


def _timeline(seen: Seen) -> tuple[Phase, ...]:
    phase_of = {trigger: phase for phase, triggers in _PHASES.items() for trigger in triggers}
    reads: dict[str, set[str]] = {}
    sends: dict[str, set[str]] = {}
    leaving: dict[str, list[Flow]] = {}
    items: list[Flow | SourceRead] = [*seen.report.reads, *seen.flows()]
    for item in items:
        if item.level.rank < Level.REACHABLE.rank:
            continue
        phase = phase_of.get(item.trigger, "unknown")
        if item.before_consent:
            phase = "before_consent"
        sent = isinstance(item, Flow) and item.level == Level.TRACED
        (sends if sent else reads).setdefault(phase, set()).add(item.data_type.split(".")[0])
        if isinstance(item, Flow) and sent:
            leaving.setdefault(phase, []).append(item)
    opened = {t.split(".")[0] for p in seen.report.permissions for t in p.data_types}
    install = say("timeline.install", types=_names(opened)) if opened else None
    phases = [Phase(Name("phase", "install"), (install or say("timeline.install_none"),), "calm")]
    for name in ("before_consent", "start", "use", "background", "unknown"):
        gone = sends.get(name, set())
        only_read = reads.get(name, set()) - gone
        said = [say("timeline.send", types=_names(gone))] if gone else []
        said += [say("timeline.to", where=where_to(leaving[name]))] if gone else []
        said += [say("timeline.read", types=_names(only_read))] if only_read else []
        tone = "bad" if gone else "warn" if only_read else "calm"
        if said or name != "unknown":
            phases.append(
                Phase(Name("phase", name), tuple(said or [say("timeline.nothing")]), tone)
            )
    overdue = [say("timeline.overdue")]
    overdue += [say("timeline.overdue_terms", quote=w.quote) for w in _overdue(seen)[:2]]
    phases.append(Phase(Name("phase", "overdue"), tuple(overdue), "open"))
    return tuple(phases)


def _overdue(seen: Seen) -> list[Warning_]:
    kinds = ("overdue_trigger", "contacts_for_collection", "third_parties_told")
    return sorted(
        (w for w in seen.report.terms.warnings if w.kind in kinds),
        key=lambda w: (kinds.index(w.kind), w),
    )


def _names(types: Iterable[str]) -> list[Value]:
    return [Name("data_type", t) for t in sorted(types)[:10]]


def _limit_rows(limits: Sequence[Limit]) -> list[LimitRow]:
    """Put the places together at which the same was not examined for the same reason."""
    places: dict[tuple[str, str], list[str]] = {}
    for limit in limits:
        places.setdefault((limit.kind, limit.why), []).append(place(limit.where))
    return [LimitRow(kind, why, cut(at, PLACES)) for (kind, why), at in places.items()]


def _finding(seen: Seen, finding: Finding, titled: Value) -> FindingView:
    practice = _practice_of(seen, finding)
    flows = _flows_of(seen, finding, practice)
    named = {*finding.evidence, *(practice.statements if practice else ())}
    proofs: list[Proof] = [partial(seen.exhibits.flow, flow) for flow in flows[:2]]
    if not proofs:
        places = {f"{r.site.caller}@{r.site.offset}": r for r in seen.report.reads}
        found = [places[e] for e in finding.evidence if e in places]
        proofs = [partial(seen.exhibits.read, read) for read in found[:2]]
    where = {f.endpoint: f for f in flows if f.endpoint}
    ordered = sorted(finding.indicators, key=lambda i: not i.anchor)
    return FindingView(
        finding,
        titled,
        localized(finding, "why", finding.why),
        tuple(_closing(finding)),
        tuple(seen.exhibits.statement(s) for s in _sentences(seen.statements(named))[:3]),
        tuple(make() for make in proofs),
        tuple(
            (Code(url), recipient(party(flow)), url.startswith("http://"))
            for url, flow in list(where.items())[:4]
        ),
        tuple(ordered[:2]),
        tuple(ordered[2:30]),
        in_both(_once(i.shows for i in ordered[:30]), _once(i.shows_zh for i in ordered[:30])),
        _lists(finding),
        not seen.report.terms.documents,
        say(terms_key("box.terms_", practice)) if practice and finding.disclosure else None,
    )


def _once(texts: Iterable[str]) -> str:
    """Join texts of whole sentences, each sentence once, in the order in which they come."""
    sentences = (m for text in texts for m in _SENTENCE.findall(text))
    return "".join(dict.fromkeys(sentences)).strip()


def _closing(finding: Finding) -> list[Value]:
    said: list[Value] = [
        say("finding.confidence", level=Name("confidence", finding.confidence)),
        localized(finding, "confidence_why", finding.confidence_why),
        localized(finding, "severity_why", finding.severity_why),
    ]
    return [value for value in said if not isinstance(value, Local) or value.other]


def _sentences(statements: Sequence[Statement]) -> list[Statement]:
    """Keep one statement of each sentence."""
    return list({(s.document, s.start, s.end): s for s in reversed(statements)}.values())[::-1]


def _practice_of(seen: Seen, finding: Finding) -> Practice | None:
    return next((p for p in seen.report.practices if practice_id(p) == finding.practice), None)


def _flows_of(seen: Seen, finding: Finding, practice: Practice | None) -> list[Flow]:
    named = {*finding.evidence, *(practice.flows if practice else ())}
    found = [f for f in seen.report.flows if f.id in named]
    return sorted(
        found,
        key=lambda f: (
            f.id not in finding.evidence,
            -f.level.rank,
            f.scope != Scope.BULK,
            f.id,
        ),
    )


def _lists(finding: Finding) -> tuple[tuple[str, tuple[Local, ...]], ...]:
    """Pair each item of a finding's lists with its translations, which have one item a line."""
    made = []
    for name in ("in_favour", "not_shown", "to_do"):
        items: tuple[str, ...] = getattr(finding, name)
        lines = {
            key.partition(".")[2]: text.splitlines()
            for key, text in sorted(finding.texts.items())
            if key.startswith(f"{name}.")
        }
        rows = tuple(
            Local(tuple((lang, t[i]) for lang, t in lines.items() if i < len(t)), item)
            for i, item in enumerate(items[:12])
        )
        if rows:
            made.append((f"finding.{name}", rows))
    return tuple(made)
