"""Find what a rule reports about: pure questions about one case.

In: a rule's conditions and a case. Out: matches, each with what it is about and its evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from auditor.model import (
    Action,
    CallSite,
    DataType,
    Level,
    Practice,
    SourceRead,
    Statement,
    Warning_,
    is_a,
)
from auditor.verdicts.case import Case, Observation, is_cleartext
from auditor.verdicts.mismatch import declared_not_possible, purpose_beyond_terms
from auditor.verdicts.ontology import ROOT, Ontology
from auditor.verdicts.parties import Parties
from auditor.verdicts.practices import practice_id
from auditor.verdicts.rules import About, FindingRule, Party, When

PREFIX = "android.permission."


@dataclass(frozen=True, slots=True)
class Match:
    """One thing that a rule reports about."""

    subject: str
    """What tells it from other matches of the rule; empty for one about the whole app."""
    evidence: tuple[str, ...]
    data_types: tuple[DataType, ...] = ()
    practice: Practice | None = None
    permissions: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    warnings: tuple[Warning_, ...] = ()
    limits: tuple[str, ...] = ()
    """Kinds of limits, each with the number of times it occurs: `reflection (3)`."""
    observations: tuple[Observation, ...] = ()


def find_matches(
    rule: FindingRule, case: Case, ontology: Ontology, purposes: dict[str, tuple[str, ...]]
) -> tuple[Match, ...]:
    """Give everything in `case` that `rule` reports about, in the order of the case."""
    if not _app_holds(rule.when, case):
        return ()
    return tuple(_matches(rule, case, ontology, purposes))


def _matches(
    rule: FindingRule, case: Case, ontology: Ontology, purposes: dict[str, tuple[str, ...]]
) -> Iterator[Match]:
    when = rule.when
    match rule.about:
        case About.PRACTICE:
            for practice in case.practices:
                if _practice_holds(when, practice, case, purposes):
                    yield _of_practice(practice, when, case)
        case About.PERMISSIONS:
            yield from _of_permissions(when, case, ontology)
        case About.WARNINGS:
            yield from _of_warnings(when, case)
        case About.DECLARED:
            yield from _of_declared(when, case, ontology)
        case About.LIMITS:
            yield from _of_limits(when, case)
        case About.CONFLICTS:
            yield from _of_conflicts(when, case)
        case About.OBSERVATIONS:
            seen = tuple(sorted(o for o in case.observations if o.kind in when.observed))
            if seen:
                yield Match("", tuple(o.where for o in seen), observations=seen)
        case _:
            assert_never(rule.about)


def _app_holds(when: When, case: Case) -> bool:
    if when.lending is not None and (case.lending.is_lending is True) != when.lending:
        return False
    if when.blind is not None and case.blind != when.blind:
        return False
    return not when.jurisdiction or bool(set(when.jurisdiction) & set(case.jurisdictions))


def _practice_holds(
    when: When, practice: Practice, case: Case, purposes: dict[str, tuple[str, ...]]
) -> bool:
    return (
        _what_holds(when, practice, case.parties)
        and _terms_hold(when, practice)
        and _how_holds(when, practice, case)
        and _is(when.purpose_beyond_terms, lambda: purpose_beyond_terms(practice, case, purposes))
    )


def _what_holds(when: When, practice: Practice, parties: Parties) -> bool:
    """Check action, data, level, scope and recipient."""
    types = when.data_type
    return not (
        (when.action and practice.action not in when.action)
        or (types and not any(is_a(practice.data_type, t) for t in types))
        or any(is_a(practice.data_type, t) for t in when.not_data_type)
        or (when.min_level and practice.level.rank < when.min_level.rank)
        or (when.max_level and practice.level.rank > when.max_level.rank)
        or (when.scope and practice.scope not in when.scope)
        or (when.recipient and party_of(practice, parties) not in when.recipient)
    )


def _terms_hold(when: When, practice: Practice) -> bool:
    return not (
        (when.disclosure and practice.disclosure not in when.disclosure)
        or (when.reason and practice.reason not in when.reason)
        or practice.reason in when.not_reason
    )


def _how_holds(when: When, practice: Practice, case: Case) -> bool:
    """Check how, when and by whom it is done."""
    sinks = {f.sink_kind for f in case.flows_of(practice)}
    if when.sink and not sinks & set(when.sink):
        return False
    if when.before_consent is not None and practice.before_consent is not when.before_consent:
        return False
    return (
        _is(when.cleartext, lambda: any(is_cleartext(e) for e in case.endpoints_of(practice)))
        and _is(when.picker_mask, lambda: bool(_masked(practice, case)))
        and _is(when.shared, lambda: case.is_shared(practice.data_type))
        and _is(when.by_library, lambda: practice.owner != "app")
    )


def _is(wanted: bool | None, question: Callable[[], bool]) -> bool:
    """Tell whether the answer is the one wanted; None wants nothing."""
    return wanted is None or question() == wanted


def party_of(practice: Practice, parties: Parties) -> Party | None:
    """Give the kind of recipient; None for a mere read."""
    if practice.action is Action.COLLECT:
        return None
    if parties.is_third(practice):
        return Party.THIRD_PARTY
    rented = practice.recipient in parties.for_rent
    return Party.UNKNOWN if rented else Party(practice.recipient)


def _masked(practice: Practice, case: Case) -> list[SourceRead]:
    return [r for r in case.reads if r.picker_mask and is_a(r.data_type, practice.data_type)]


def _of_practice(practice: Practice, when: When, case: Case) -> Match:
    evidence = [*practice.flows, *practice.statements]
    sites: tuple[CallSite, ...] = () if practice.flows else practice.call_sites
    if when.picker_mask:
        sites = tuple(r.site for r in _masked(practice, case))
    evidence += [f"{s.caller}@{s.offset}" for s in sites]
    return Match(
        practice_id(practice),
        tuple(dict.fromkeys(evidence)),
        (practice.data_type,),
        practice,
        statements=_statements(practice.statements, case),
    )


def _of_permissions(when: When, case: Case, ontology: Ontology) -> Iterator[Match]:
    wanted = {PREFIX + name if "." not in name else name for name in when.permissions}
    if when.permission_types:
        wanted |= {
            name
            for name in case.permissions
            if set(ontology.permissions.get(name, ())) & set(when.permission_types)
        }
    found = tuple(sorted(case.permissions & wanted))
    if not found:
        return
    types = tuple(sorted(case.permission_types(frozenset(found), ontology)))
    yield Match("", found, types, permissions=found)


def _of_declared(when: When, case: Case, ontology: Ontology) -> Iterator[Match]:
    for data_type, statements in declared_not_possible(case, ontology):
        if when.data_type and not any(is_a(data_type, t) for t in when.data_type):
            continue
        yield Match(data_type, tuple(s.id for s in statements), (data_type,), statements=statements)


def _of_warnings(when: When, case: Case) -> Iterator[Match]:
    milder = {
        (w.document, w.start, w.end) for w in case.terms.warnings if w.kind in when.unless_warning
    }
    found = tuple(
        w
        for w in case.terms.warnings
        if w.kind in when.warnings and (w.document, w.start, w.end) not in milder
    )
    if found:
        yield Match("", tuple(f"{w.document}:{w.start}-{w.end}" for w in found), warnings=found)


def _of_conflicts(when: When, case: Case) -> Iterator[Match]:
    """Give each type that one sentence names in a yes and another in a no."""
    by_id = {s.id: s for s in case.terms.statements}
    seen: set[str] = set()
    for conflict in case.terms.conflicts:
        pair = [by_id[i] for i in (conflict.affirms, conflict.denies) if i in by_id]
        top = DataType(conflict.data_type.split(".", 1)[0])
        named = len(pair) == 2 and all(any(is_a(t, top) for t in s.exact) for s in pair)
        if conflict.kind in when.conflicts and named and top not in {*seen, ROOT}:
            seen.add(top)
            ids = (conflict.affirms, conflict.denies)
            yield Match(str(top), ids, (top,), statements=tuple(pair))


def _of_limits(when: When, case: Case) -> Iterator[Match]:
    found = [limit for limit in case.limits if limit.kind in when.limits]
    if not found:
        return
    types = {p.data_type for p in case.practices if p.level is Level.REQUESTED}
    if when.permission_types and not types & set(when.permission_types):
        return
    kinds = sorted({limit.kind for limit in found})
    counted = tuple(f"{k} ({sum(x.kind == k for x in found)})" for k in kinds)
    yield Match("", tuple(f"limit:{k}" for k in kinds), tuple(sorted(types)), limits=counted)


def _statements(ids: Sequence[str], case: Case) -> tuple[Statement, ...]:
    by_id = {s.id: s for s in case.terms.statements}
    return tuple(by_id[i] for i in ids if i in by_id)
