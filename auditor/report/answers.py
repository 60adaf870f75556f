"""Answer the fifteen questions (`research: questions.md`): 1 to 8 here, 9 to 15 in `answers_more`.

In: `Seen`. Out: `Answer`s without language. An answer says what was seen and at which level; where
code or terms were not visible it says so instead of "no".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from auditor.model import Disclosure, Flow, Level, Practice, Scope, SinkKind, SourceRead, Statement
from auditor.report.seen import LEAVES, Seen
from auditor.report.view import Answer, Shown, owner, recipient
from auditor.report.where import address_points, where_to
from auditor.report.words import Code, Local, Name, Said, Value, known, named, say

CONTACTS = "contacts"
EXHIBITS = 4
"""Exhibits under one answer."""
POINTS = 18
"""Points of one answer's list."""

Proof = Callable[[], Shown]
"""Makes an exhibit: called only for those that the page shows, so that numbers have no gaps."""


def reads_the_book(seen: Seen) -> Answer:
    """Answer 1: the whole address book, or only picked people?"""
    reads, flows = seen.reads(CONTACTS), seen.flows(CONTACTS)
    reached = [r for r in reads if r.level.rank >= Level.REACHABLE.rank]
    scopes = {*(r.scope for r in reached), *(f.scope for f in flows)}
    more: list[Said] = []
    if Scope.BULK in scopes:
        verdict, key = "yes", "q1.whole"
        if any(r.picker_mask for r in reached):
            more.append(say("q1.mask"))
        elif Scope.ONE_PICKED in scopes:
            more.append(say("q1.also_picked"))
        if reached and all(r.owner != "app" for r in reached):
            more.append(say("q1.library", who=_owners(reached)))
    elif Scope.UNKNOWN in scopes:
        verdict, key = "partly", "q1.some"
    elif scopes:
        verdict, key = "picked", "q1.picked"
    elif reads:
        verdict, key = "partly", "q1.referenced"
    elif seen.hidden:
        verdict, key = "cannot_tell", "q1.hidden"
    elif seen.requests(CONTACTS):
        verdict, key = "partly", "q1.requested"
    else:
        verdict, key = "no_sign", "q1.none"
    requests = seen.requests(CONTACTS)
    if requests:
        more.append(say("q1.permission", names=[Code(name) for name in requests[:4]]))
    elif scopes or reads:
        more.append(say("q1.no_permission"))
    more += _caveat(seen, bool(scopes))
    shown: list[Proof] = [partial(seen.exhibits.read, read) for read in reads]
    return answer(1, verdict, say(key), more, shown=_beside(seen, shown or _sites(seen)))


def sends_the_book(seen: Seen) -> Answer:
    """Answer 2: is the whole book sent away? Texts from this phone are told apart."""
    every = seen.flows(CONTACTS)
    flows = [f for f in every if f.sink_kind != SinkKind.SMS]
    texted = [f for f in every if f.sink_kind == SinkKind.SMS]
    traced = [f for f in flows if f.level == Level.TRACED]
    bulk = [f for f in traced if f.scope == Scope.BULK]
    more: list[Said] = []
    if bulk and all(f.sink_kind == SinkKind.WEB for f in bulk):
        verdict, short = "partly", say("q2.page")
    elif bulk:
        verdict, short = "yes", say("q2.whole", where=where_to(bulk))
    elif traced:
        part = all(f.scope == Scope.ONE_PICKED for f in traced)
        verdict, short = "partly", say("q2.picked" if part else "q2.some", where=where_to(traced))
    elif flows:
        verdict, short = "partly", say("q2.linked", where=where_to(flows))
    elif texted:
        verdict, short = "partly", say("q2.texted")
    elif seen.hidden:
        verdict, short = "cannot_tell", say("q2.hidden")
    elif seen.reads(CONTACTS):
        verdict, short = "no_sign", say("q2.read_only")
    else:
        verdict, short = "no_sign", say("q2.none")
    if traced and len(flows) > len(traced):
        more.append(say("q2.also_linked", where=where_to([f for f in flows if f not in traced])))
    if flows and texted:
        more.append(say("q2.also_texted"))
    if traced or texted:
        more.append(say("q2.capability"))
    more += _caveat(seen, bool(traced))
    shown: list[Proof] = [partial(seen.exhibits.flow, f) for f in [*flows, *texted]]
    return answer(2, verdict, short, more, shown=_beside(seen, shown))


def sends_where(seen: Seen) -> Answer:
    """Answer 3: to which server, run by whom?"""
    flows = seen.flows(CONTACTS) or seen.flows()
    about = "q3.contacts" if seen.flows(CONTACTS) else "q3.any"
    points = address_points(seen, flows)
    run_time = sum(e.resolution == "partial" for e in seen.report.endpoints)
    more = [say("q3.run_time", n=run_time)] if run_time else []
    more.append(say("q3.country"))
    if points:
        return answer(3, "see", say(about, n=len(points)), more, points)
    key = "q3.hidden" if seen.hidden else "q3.none"
    others = sorted({e.host for e in seen.report.endpoints if e.host})
    if others:
        more.insert(0, say("q3.others", n=len(others), hosts=[Code(h) for h in others[:5]]))
    verdict = "cannot_tell" if seen.hidden else "no_sign"
    return answer(3, verdict, say(key), more)


def sends_when(seen: Seen) -> Answer:
    """Answer 4: at what moment?"""
    reads, flows = seen.reads(CONTACTS), seen.flows(CONTACTS)
    moments: dict[tuple[str, str], Level] = {}
    seen_at: list[Flow | SourceRead] = [*flows, *reads]
    for item in seen_at:
        if item.level.rank >= Level.REACHABLE.rank:
            key = (item.trigger or "unknown", str(item.before_consent).lower())
            moments[key] = max(moments.get(key, item.level), item.level, key=lambda v: v.rank)
    points = [
        (
            say("q4.moment", when=Name("trigger", when), level=Name("level", level)),
            say(f"q4.consent_{consent}"),
        )
        for (when, consent), level in sorted(moments.items())
    ]
    if not points:
        verdict = "cannot_tell" if seen.hidden else "no_sign"
        return answer(4, verdict, say("q4.hidden" if seen.hidden else "q4.none"))
    consents = {consent for _, consent in moments}
    if any(f.before_consent and f.level == Level.TRACED for f in flows):
        short = say("q4.sent_early")
    elif "true" in consents:
        short = say("q4.early")
    else:
        short = say("q4.waits" if consents == {"false"} else "q4.seen", n=len(points))
    verdict = "yes" if "true" in consents else "see"
    return answer(4, verdict, short, [say("q4.static")], points)


def takes_which_facts(seen: Seen) -> Answer:
    """Answer 5: which facts about relatives are taken?"""
    reads, flows = seen.reads(CONTACTS), seen.flows(CONTACTS)
    fields = sorted({name for f in flows for name in f.fields})
    columns = sorted({c for r in reads for c in r.columns})
    narrow = {*(r.data_type for r in reads), *(f.data_type for f in flows)} - {CONTACTS}
    points: list[tuple[Said, ...]] = []
    if narrow:
        points.append((say("q5.types", types=[Name("data_type", t) for t in sorted(narrow)]),))
    if fields:
        points.append((say("q5.fields", names=_meant(fields)),))
    if columns:
        points.append((say("q5.columns", names=_meant(columns)),))
    elif points and reads:
        points.append((say("q5.no_columns"),))
    if points:
        return answer(5, "see", say("q5.seen"), [say("q5.names_only")], points)
    if reads or flows:
        return answer(5, "cannot_tell", say("q5.unknown"))
    key = "q5.hidden" if seen.hidden else "q5.none"
    return answer(5, "cannot_tell" if seen.hidden else "no_sign", say(key))


def _meant(names: Sequence[str]) -> list[Value]:
    """Give names as they stand in code, with what Android means by those that it made itself."""
    return [
        say("q5.meant", name=Code(name), means=Name("column", name.lower()))
        if named("column", name.lower())
        else Code(name)
        for name in names[:20]
    ]


def sends_what_else(seen: Seen) -> Answer:
    """Answer 6: what else leaves the phone?"""
    sent: list[Name] = []
    points: list[tuple[Said, ...]] = []
    shown: list[Proof] = []
    for data_type in seen.data_types:
        level = seen.level(data_type)
        if data_type in (CONTACTS, "emergency_contact") or level is None:
            continue
        if level.rank < Level.REFERENCED.rank:
            continue
        flows = seen.flows(data_type)
        if flows:
            sent.append(Name("data_type", data_type))
            shown.append(partial(seen.exhibits.flow, flows[0]))
        points.append(_other_point(seen, data_type, level, flows))
    if sent:
        others = [f for f in seen.flows() if not _contacts(f)]
        traced = any(f.level == Level.TRACED for f in others)
        alone = not seen.flows(CONTACTS)
        short = say(("q6.only" if alone else "q6.sent") if traced else "q6.linked", types=sent)
        more = [*_early(others), *_caveat(seen, True)]
        return answer(6, "yes" if traced else "partly", short, more, points, shown)
    if points:
        verdict = "cannot_tell" if seen.hidden else "no_sign"
        return answer(6, verdict, say("q6.read"), _caveat(seen, False), points)
    key = "q6.hidden" if seen.hidden else "q6.none"
    return answer(6, "cannot_tell" if seen.hidden else "no_sign", say(key), _caveat(seen, False))


def _early(flows: Sequence[Flow]) -> list[Said]:
    """Name the data that can leave before the user has agreed to anything."""
    types = {
        f.data_type.split(".")[0]
        for f in flows
        if f.before_consent and f.level == Level.TRACED and f.sink_kind in LEAVES
    }
    return [say("q6.early", types=[Name("data_type", t) for t in sorted(types)])] if types else []


def terms_say_so(seen: Seen) -> Answer:
    """Answer 7: did the terms say so?"""
    if not seen.report.terms.documents:
        return answer(7, "cannot_tell", say("q7.no_terms"), _terms_links(seen))
    about = seen.statements_about(CONTACTS)
    practices = seen.practices(CONTACTS)
    named = seen.statements(s for p in practices for s in p.statements)
    emergency = seen.statements_about("emergency_contact")
    ordered = terms_on_book(seen) if named else about
    shown = [partial(seen.exhibits.statement, s) for s in (ordered or emergency)]
    gravest = seen.gravest(CONTACTS)
    more: list[Said] = []
    if gravest is None and seen.hidden:
        return answer(7, "cannot_tell", say("q7.hidden"), more, shown=shown)
    if gravest is None or gravest.disclosure == Disclosure.NO_TERMS:
        denied = bool(about) and all(s.negated for s in about)
        key = (
            "q7.only_terms"
            if about and not denied
            else "q7.only_denial"
            if denied
            else "q7.nothing"
        )
        return answer(7, "see", say(key), more, shown=shown)
    disclosure = gravest.disclosure
    if disclosure == Disclosure.OMITTED and emergency and not named:
        more.append(say("q7.only_emergency"))
        shown = [partial(seen.exhibits.statement, s) for s in emergency]
    verdict = {Disclosure.CLEAR: "yes", Disclosure.VAGUE: "partly"}.get(disclosure, "no")
    key = terms_key("q7.", gravest)
    if key == f"q7.{disclosure}" and (gravest.reason or gravest.why):
        more.append(_reason(gravest))
    more += _unread_terms(seen)
    return answer(7, verdict, say(key), more, shown=shown)


def terms_speak_of_collection(seen: Seen) -> Answer:
    """Answer 8: do the terms speak of debt collection, of telling others, of credit bureaus?"""
    terms = seen.report.terms
    if not terms.documents:
        return answer(8, "cannot_tell", say("q7.no_terms"), _terms_links(seen))
    shown = [partial(seen.exhibits.warning, w) for w in sorted(terms.warnings)]
    parties = {"collection_agency", "credit_bureau"}
    for statement in sorted(terms.statements, key=lambda s: (s.document, s.start, s.id)):
        if parties & {statement.entity, *statement.recipients} and not statement.negated:
            shown.append(partial(seen.exhibits.statement, statement))
    if not shown:
        return answer(8, "no_sign", say("q8.none"), _unread_terms(seen))
    kinds = sorted({w.kind for w in terms.warnings})
    points = [(Said("q8.kind", {"kind": Name("warning", kind)}),) for kind in kinds]
    return answer(8, "yes", say("q8.seen", n=len(shown)), _unread_terms(seen), points, shown)


def answer(
    number: int,
    verdict: str,
    short: Said,
    more: Sequence[Said] = (),
    points: Sequence[tuple[Said, ...]] = (),
    shown: Sequence[Proof] = (),
) -> Answer:
    """Make an answer; what passes the caps is counted, not shown."""
    return Answer(
        number,
        verdict,
        short,
        tuple(more),
        tuple(points[:POINTS]),
        max(0, len(points) - POINTS),
        tuple(make() for make in shown[:EXHIBITS]),
        max(0, len(shown) - EXHIBITS),
    )


def terms_key(prefix: str, practice: Practice) -> str:
    """Give the key for how the terms disclose a practice: by its reason, else by its class."""
    by_reason = f"{prefix}{practice.reason}"
    return by_reason if practice.reason and known(by_reason) else f"{prefix}{practice.disclosure}"


def _reason(practice: Practice) -> Said:
    if not known(f"reason.{practice.reason}"):
        return say("plain", text=Local((), practice.why))
    return say(
        f"reason.{practice.reason}",
        data=Name("data_type", practice.data_type),
        recipient=recipient(practice.recipient),
    )


def _caveat(seen: Seen, proved: bool) -> list[Said]:
    if seen.hidden:
        return [say("caveat.hidden_more" if proved else "caveat.hidden")]
    return [say("caveat.blurred")] if seen.blurred and not proved else []


def _terms_links(seen: Seen) -> list[Said]:
    links = sorted(seen.report.terms.links)
    return [say("q7.links", links=[Code(link) for link in links[:4]])] if links else []


def _unread_terms(seen: Seen) -> list[Said]:
    unread = any(limit.kind.startswith("terms") for limit in seen.limits)
    return [say("caveat.terms")] if unread else []


def _owners(reads: Sequence[SourceRead]) -> list[Value]:
    return [owner(name) for name in sorted({r.owner for r in reads})[:4]]


def _other_point(
    seen: Seen, data_type: str, level: Level, flows: Sequence[Flow]
) -> tuple[Said, ...]:
    data = Name("data_type", data_type)
    disclosure = seen.disclosure(data_type)
    said = [say("q6.point", data=data, level=Name("level", level))]
    if flows:
        said.append(say("q6.to", where=where_to(flows)))
    if disclosure:
        said.append(say("q6.terms", disclosure=Name("disclosure", disclosure)))
    return tuple(said)


def _contacts(flow: Flow) -> bool:
    return flow.data_type.split(".")[0] == CONTACTS


def terms_on_book(seen: Seen) -> list[Statement]:
    """Choose what the terms say of the address book: what its gravest practice rests on.

    Denials come first, then sentences that allow a part, then the rest as the terms order them;
    where it is the part that is overstepped, that comes first.
    """
    gravest = seen.gravest(CONTACTS)
    named = seen.statements(gravest.statements if gravest else ())
    part = gravest is not None and gravest.reason == "beyond_declared_part"

    def order(statement: Statement) -> tuple[bool, bool]:
        first, then = not statement.negated, not statement.scope
        return (then, first) if part else (first, then)

    return sorted(named or seen.statements_about(CONTACTS), key=order)


def _beside(seen: Seen, shown: list[Proof]) -> list[Proof]:
    """Put the sentence of the terms where the cap cannot cut it: beside the first code."""
    said = [partial(seen.exhibits.statement, s) for s in terms_on_book(seen)[:1]]
    return [*shown[: EXHIBITS - 1], *said, *shown[EXHIBITS - 1 :]]


def _sites(seen: Seen) -> list[Proof]:
    return [
        partial(seen.exhibits.site, site, practice.data_type)
        for practice in seen.practices(CONTACTS)
        for site in practice.call_sites[:EXHIBITS]
    ]
