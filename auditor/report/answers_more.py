"""Answer the questions 9 to 15: from refusal and recipients to what a person can do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

from auditor.model import AuditReport, Finding, Scope, SinkKind
from auditor.report.answers import (
    CONTACTS,
    Proof,
    answer,
    reads_the_book,
    sends_the_book,
    sends_what_else,
    sends_when,
    sends_where,
    takes_which_facts,
    terms_say_so,
    terms_speak_of_collection,
)
from auditor.report.channels import channels, local
from auditor.report.document import sorted_findings
from auditor.report.seen import Seen, host_of
from auditor.report.spoken import spoken
from auditor.report.view import Answer, party, recipient
from auditor.report.where import checks_off
from auditor.report.words import Code, Local, Name, Said, Value, say


def refusal(seen: Seen) -> Answer:
    """Answer 9: can I refuse, and type two contacts by hand?"""
    refused = [f for f in seen.flows() if f.trigger == "consent_refuse"]
    found = [f for f in sorted_findings(seen.report) if "refus" in f.rule]
    points: list[tuple[Said, ...]] = [(say("q9.finding", title=title(f)),) for f in found]
    shown: list[Proof] = []
    emergency = seen.statements_about("emergency_contact")
    if emergency:
        points.append((say("q9.typed_terms"),))
        shown = [partial(seen.exhibits.statement, s) for s in emergency]
    if any(r.scope == Scope.ONE_PICKED for r in seen.reads(CONTACTS)):
        points.append((say("q9.picker"),))
    if refused:
        points.append((say("q9.after_refusal", n=len(refused)),))
        shown += [partial(seen.exhibits.flow, f) for f in refused]
    more = [say("q9.try")]
    if found:
        return answer(9, "no", say("q9.dependent"), more, points, shown)
    return answer(9, "cannot_tell", say("q9.unknown"), more, points, shown)


def who_else(seen: Seen) -> Answer:
    """Answer 10: who else receives it?"""
    third: dict[str, set[str]] = {}
    nameless: dict[str, None] = {}
    for flow in seen.flows():
        who = party(flow)
        if who in ("", "unknown"):
            nameless[host_of(flow.endpoint)] = None
        elif who not in ("first_party", "web_page"):
            third.setdefault(who, set()).add(flow.data_type)
    points: list[tuple[Said, ...]] = [
        (say("q10.party", who=recipient(who), types=_types(types)),)
        for who, types in sorted(third.items())
    ]
    collectors = [lib for lib in sorted(seen.report.libraries) if lib.data_types]
    points += [
        (
            say(
                "q10.library",
                name=lib.name,
                vendor=lib.vendor or lib.name,
                types=_types(lib.data_types),
            ),
        )
        for lib in collectors
    ]
    declared = sorted(
        {r for s in seen.report.terms.statements if not s.negated for r in s.recipients}
    )
    more = [say("q10.server")]
    if declared:
        names: list[Value] = [Name("entity", r) for r in declared[:10]]
        more.insert(0, say("q10.declared", names=names))
    if any(party(f) == "web_page" for f in seen.flows()):
        more.insert(0, say("q10.page"))
    hosts: list[Value] = [*map(Code, sorted(filter(None, nameless))[:5])]
    unnamed = say("q10.unnamed" if hosts else "q10.no_host", hosts=hosts)
    if third:
        more = [unnamed, *more] if nameless else more
        named = third.keys() - {"people_texted"}
        short = say("q10.seen", n=len(named)) if named else say("q10.people")
        return answer(10, "yes", short, more, points)
    if nameless:
        return answer(10, "cannot_tell", unnamed, more, points)
    if collectors:
        return answer(10, "partly", say("q10.libraries", n=len(collectors)), more, points)
    key = "q10.hidden" if seen.hidden else "q10.none"
    return answer(10, "cannot_tell" if seen.hidden else "no_sign", say(key), more)


def protection(seen: Seen) -> Answer:
    """Answer 11: is it protected on the way?"""
    manifest = seen.report.package.manifest
    flows = seen.flows()
    urls = {e.url for e in seen.endpoints() if e.cleartext} | {
        f.endpoint for f in flows if f.endpoint.startswith("http://")
    }
    points: list[tuple[Said, ...]] = [
        (say("q11.cleartext", address=Code(url)),) for url in sorted(urls)
    ]
    if manifest.cleartext:
        points.append((say("q11.allows"),))
    if manifest.cleartext_domains:
        domains: list[Value] = [Code(d) for d in manifest.cleartext_domains[:6]]
        points.append((say("q11.domains", names=domains),))
    if manifest.user_certificates:
        points.append((say("q11.user_certificates"),))
    wraps = sorted({t for f in flows for t in f.transforms})
    if wraps:
        points.append((say("q11.wrapped", how=[Name("transform", w) for w in wraps[:6]]),))
    more = [say("q11.checks")]
    shown = [partial(seen.exhibits.flow, f) for f in flows if f.endpoint in urls]
    if urls:
        return answer(11, "no", say("q11.plain", n=len(urls)), more, points, shown)
    weak = [e for e in seen.endpoints() if e.checks_off]
    points = [*((say("q11.at", address=Code(e.url)), checks_off(e)) for e in weak), *points]
    if any(f.endpoint.startswith("https://") for f in flows):
        return answer(11, "partly", say("q11.weak" if weak else "q11.https"), more, points)
    sent = any(f.sink_kind == SinkKind.NETWORK for f in flows)
    key = "q11.hidden" if seen.hidden else "q11.run_time" if sent else "q11.none"
    return answer(11, "cannot_tell", say(key), more, points)


def behaves_otherwise(seen: Seen) -> Answer:
    """Answer 12: does the app behave otherwise under review?"""
    guarded = [f for f in seen.report.flows if f.guards]
    if guarded:
        points = [
            (say("q12.guard", guard=spoken(g, "guard")),)
            for g in sorted({g for f in guarded for g in f.guards})
        ]
        shown = [partial(seen.exhibits.flow, f) for f in guarded]
        return answer(
            12, "partly", say("q12.seen", n=len(points)), [say("q12.server")], points, shown
        )
    key = "q12.hidden" if seen.hidden else "q12.none"
    return answer(12, "cannot_tell", say(key), [say("q12.server")])


def same_maker(seen: Seen) -> Answer:
    """Answer 13: which other apps look like the same maker?"""
    report = seen.report
    points: list[tuple[Said, ...]] = [
        (say("q13.signer", sha256=Code(s.sha256), subject=s.subject or "—"),)
        for s in sorted(report.package.signers)
    ]
    own = sorted({e.host for e in report.endpoints if e.host and e.recipient == "first_party"})
    if own:
        hosts: list[Value] = [Code(h) for h in own[:8]]
        points.append((say("q13.hosts", n=len(own), hosts=hosts),))
    for lib in sorted(report.libraries):
        if lib.category in ("collector", "collector_family", "white_label"):
            points.append((say("q13.family", name=lib.name),))
    for hint in sorted(report.families):
        keys: list[Value] = [Code(key) for key in hint.keys[:5]]
        points.append((say("q13.keys", name=hint.name, n=len(hint.keys), keys=keys),))
    named = sorted({e for s in report.terms.statements for e in [s.entity] if e not in _ENTITIES})
    if named:
        points.append((say("q13.named", names=list(named[:6])),))
    return answer(13, "see", say("q13.how"), [say("q13.register")], points)


def limits_and_confidence(seen: Seen) -> Answer:
    """Answer 14: what could not be seen, and how sure is each finding?"""
    counts = Counter(limit.kind for limit in seen.limits)
    order = sorted(counts, key=lambda kind: (-counts[kind], kind))
    points: list[tuple[Said, ...]] = [
        (say("q14.limit", kind=Name("limit", kind), n=counts[kind]),) for kind in order
    ]
    titles = told_apart(sorted_findings(seen.report))
    for found in sorted_findings(seen.report):
        level = Name("confidence", found.confidence)
        said = [say("q14.confidence", title=titles[found.id], level=level)]
        if found.confidence_why:
            said.append(say("plain", text=localized(found, "confidence_why", found.confidence_why)))
        points.append(tuple(said))
    more = [say("q14.server")]
    if not counts:
        return answer(14, "see", say("q14.nothing"), more, points)
    names: list[Value] = [Name("limit", kind) for kind in order[:3]]
    key = "q14.hidden" if seen.hidden else "q14.some"
    return answer(14, "see", say(key, n=sum(counts.values()), names=names), more, points)


def what_to_do(seen: Seen) -> Answer:
    """Answer 15: what can I do now?"""
    steps = ["keep", "hash", "withdraw", "erase", "relatives", "complain"]
    points = [(say(f"q15.{step}"),) for step in steps]
    points += [
        (
            say(
                "q15.channel",
                name=local(channel.name),
                takes=local(channel.takes),
                how=local(channel.how),
            ),
        )
        for channel in channels(seen.report.jurisdictions)
    ]
    return answer(15, "see", say("q15.first"), [say("q15.proof"), say("q15.recheck")], points)


QUESTIONS = (
    reads_the_book,
    sends_the_book,
    sends_where,
    sends_when,
    takes_which_facts,
    sends_what_else,
    terms_say_so,
    terms_speak_of_collection,
    refusal,
    who_else,
    protection,
    behaves_otherwise,
    same_maker,
    limits_and_confidence,
    what_to_do,
)
"""One function a question, in the order of their numbers."""


def answer_all(seen: Seen) -> list[Answer]:
    """Answer every question; exhibits are numbered on the way."""
    return [question(seen) for question in QUESTIONS]


def summary(answers: list[Answer], report: AuditReport) -> list[Said]:
    """Choose the sentences that open the page: the book, where to, what else, terms, limits."""
    by = {a.number: a for a in answers}
    said = [by[1].short, *(s for s in by[1].more if s.key == "q1.no_permission")]
    if by[2].verdict != "no_sign" or by[1].verdict in ("yes", "partly"):
        said.append(by[2].short)
    if by[2].short.key == "q2.page":
        said += [s for s in by[2].more if s.key == "q2.also_linked"]
    if by[4].short.key in ("q4.sent_early", "q4.early", "q4.waits"):
        said.append(by[4].short)
    said.append(by[7].short)
    if by[6].verdict in ("yes", "partly", "cannot_tell") or by[6].short.key == "q6.read":
        said.append(by[6].short)
    said += [s for s in by[6].more if s.key == "q6.early"]
    if report.terms.documents and by[8].verdict == "yes":
        said.append(by[8].short)
    said.append(by[14].short)
    return said


def title(finding: Finding) -> Local:
    """Give a finding's title in every language it has."""
    return localized(finding, "title", finding.title)


def told_apart(findings: Sequence[Finding]) -> dict[str, Value]:
    """Give the title of each finding by its id; where two are alike, with the recipient."""
    counts = Counter(f.title for f in findings)
    titles: dict[str, Value] = {}
    for found in findings:
        who = found.practice.split(":", 2)[2] if found.practice.count(":") >= 2 else ""
        alike = counts[found.title] > 1 and who
        titles[found.id] = (
            say("finding.towards", title=title(found), who=recipient(who))
            if alike
            else title(found)
        )
    return titles


def localized(finding: Finding, name: str, other: str) -> Local:
    """Give one text of a finding (`title`, `why`) in every language it has; `other` is English."""
    split = [(key.partition("."), text) for key, text in finding.texts.items()]
    return Local(tuple(sorted((lang, t) for (k, _, lang), t in split if k == name and lang)), other)


def _types(types: Iterable[str]) -> list[Value]:
    return [Name("data_type", t) for t in sorted(types)[:8]]


_ENTITIES = frozenset(
    {
        *("we", "affiliate", "third_party", "collection_agency", "credit_bureau", "regulator"),
        *("user", "lender", "relatives", "risk_vendor", "sdk"),
    }
)
"""Parties that the terms' reader knows by kind; any other entity is a name."""
