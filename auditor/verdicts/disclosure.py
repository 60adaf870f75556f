"""Classify how the terms disclose a practice.

In: a practice and the terms. Out: one of PoliCheck's classes with the statements that decide it,
the numeric vagueness and the reason (an id of `data/reasons/`). The order of statements does not
matter.

PoliCheck's decision (Andow et al., USENIX Security 2020, table 2), with three things it lacks:
scope (terms that allow chosen entries only do not allow the whole table), the recipient's role
(what is declared for ourselves is not declared for a third party), and conditions (a denial
"without your consent" is none).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.catalog import Catalog, Entry
from auditor.model import (
    Action,
    Disclosure,
    Level,
    Practice,
    Scope,
    Statement,
    Terms,
)
from auditor.verdicts.cover import (
    Cover,
    Kind,
    covers_of,
    declared_for_ourselves,
)
from auditor.verdicts.generic import GeneralWords, use_of_general_words
from auditor.verdicts.ontology import Ontology
from auditor.verdicts.parties import Parties
from auditor.verdicts.practices import OURS, PEOPLE_TEXTED


class Reason(Entry):
    """Why a practice is disclosed as it is, in words; `{data}` and `{recipient}` are filled in."""

    disclosure: Disclosure
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one practice is disclosed."""

    disclosure: Disclosure
    statements: tuple[str, ...]
    """Ids of the statements that decide it, those nearest to the practice first."""
    vagueness: float | None
    reason: str
    purposes: tuple[str, ...] = ()


def classify(
    practice: Practice,
    terms: Terms,
    ontology: Ontology,
    parties: Parties | None = None,
    general: GeneralWords | None = None,
) -> Judgement:
    """Classify how `terms` disclose `practice`.

    A statement counts when it speaks of the same or broader data and of the same or a broader
    recipient; the practice is *clear* only when both are named. `general` saves looking through
    the terms again for each practice.
    """
    if not terms.documents:
        return Judgement(Disclosure.NO_TERMS, (), None, "no_terms")
    parties = parties or Parties()
    general = general or use_of_general_words(terms.statements, ontology.open_words)
    covers = covers_of(practice, terms.statements, ontology, parties, general)
    of = {kind: [c for c in covers if c.kind is kind] for kind in Kind}
    affirmed, limits, denials = _by_scope(practice, of)
    if denials and affirmed:
        return _both(affirmed, denials)
    if denials:
        only_rest = all(c.kind is Kind.DENIES_REST for c in denials)
        reason = "beyond_declared_part" if limits or only_rest else "denied"
        return _judgement(Disclosure.INCORRECT, (*denials, *limits), reason)
    if limits and all(c.up for c in affirmed):
        return _limited(practice, limits, affirmed)
    if not affirmed:
        own: tuple[Statement, ...] = ()
        if parties.is_third(practice) or practice.recipient == PEOPLE_TEXTED:
            own = declared_for_ourselves(practice, terms.statements, ontology)
        return _silent(practice, own, of[Kind.CONDITION])
    return _affirmed(affirmed)


def disclose(
    practices: Iterable[Practice],
    terms: Terms,
    ontology: Ontology,
    reasons: Mapping[str, Reason],
    parties: Parties | None = None,
) -> tuple[Practice, ...]:
    """Give the practices with their disclosure, in the same order.

    Taking data and sending them to the own server is one act: both practices are judged as sending.
    """
    practices = tuple(practices)
    sent = {
        p.data_type: p.recipient
        for p in reversed(practices)
        if p.action is Action.SHARE and p.recipient in OURS and p.level.rank >= Level.LINKED.rank
    }
    general = use_of_general_words(terms.statements, ontology.open_words)
    done = []
    for practice in practices:
        act = practice
        if practice.action is Action.COLLECT and practice.data_type in sent:
            recipient = sent[practice.data_type]
            act = replace(practice, action=Action.SHARE, recipient=recipient)
        found = classify(act, terms, ontology, parties, general)
        done.append(
            replace(
                practice,
                disclosure=found.disclosure,
                statements=found.statements,
                vagueness=found.vagueness,
                reason=found.reason,
                why=reason_text(found.reason, practice, ontology, reasons, "en"),
                purposes=found.purposes,
            )
        )
    return tuple(done)


def reason_text(
    reason: str,
    practice: Practice,
    ontology: Ontology,
    reasons: Mapping[str, Reason],
    language: str,
) -> str:
    """Put a reason into words."""
    text = reasons[reason].zh if language == "zh" else reasons[reason].en
    values = {
        "{data}": ontology.name(practice.data_type, language),
        "{recipient}": practice.recipient,
    }
    return re.sub(r"\{data\}|\{recipient\}", lambda hole: values[hole[0]], text)


def load_reasons(catalog: Catalog) -> dict[str, Reason]:
    """Read the sentences by their ids."""
    return {reason.id: reason for reason in catalog.entries("reasons", Reason)}


def _by_scope(
    practice: Practice, of: Mapping[Kind, list[Cover]]
) -> tuple[list[Cover], list[Cover], list[Cover]]:
    """Give affirmations, limits that the practice may go beyond, and denials that speak of it."""
    affirmed, limits, denials = of[Kind.AFFIRMS], of[Kind.LIMITS], of[Kind.DENIES]
    rest = of[Kind.DENIES_REST]
    if practice.scope is not Scope.ONE_PICKED:
        if any(not c.up for c in affirmed):  # "no other personal information": this one is named
            rest = [c for c in rest if not c.up]
        return affirmed, limits, denials + rest
    # A picked entry stays within "only those you choose"; the whole table may well be denied.
    chosen = [c for c in limits if c.chosen_only]
    allowed = sorted(affirmed + chosen, key=lambda c: (c.recipient_up, c.up, c.statement.id))
    return allowed, [c for c in limits if c not in chosen], [] if allowed else denials


def _both(affirmed: Sequence[Cover], denials: Sequence[Cover]) -> Judgement:
    """Decide where the terms say both yes and no: the nearer word wins, a tie contradicts.

    In one sentence the no is meant: "it may look as if we collect it, but we do not".
    """
    refused = {(_span(c.statement), c.up) for c in denials}
    affirmed = [c for c in affirmed if (_span(c.statement), c.up) not in refused]
    if not affirmed:
        return _judgement(Disclosure.INCORRECT, denials, "denied")
    yes, no = min(c.up for c in affirmed), min(c.up for c in denials)
    if no < yes:
        return _judgement(Disclosure.INCORRECT, (*denials, *affirmed), "denied_beside_broad_words")
    if yes < no or all(c.general for c in denials):
        return _affirmed(affirmed)
    decisive = (*affirmed, *denials)
    only_rest = all(c.kind is Kind.DENIES_REST for c in denials)
    if only_rest and not any(c.statement.scope == "full" for c in affirmed if not c.up):
        return _judgement(Disclosure.INCORRECT, (*denials, *affirmed), "beyond_declared_part")
    return _judgement(Disclosure.AMBIGUOUS, decisive, "says_both")


def _span(statement: Statement) -> tuple[str, int, int]:
    return statement.document, statement.start, statement.end


def _limited(practice: Practice, limits: Sequence[Cover], affirmed: Sequence[Cover]) -> Judgement:
    """Decide where the data are named for a part only: chosen entries, codes, on the device."""
    named = [c for c in limits if not c.up]
    if not named and affirmed:
        return _affirmed(affirmed)
    local = all(c.statement.scope == "local_only" for c in limits)
    stated = any(c.statement.scope for c in named)
    if stated and (practice.scope is Scope.BULK or local):
        reason = "kept_on_device" if local else "beyond_declared_part"
        return _judgement(Disclosure.INCORRECT, (*limits, *affirmed), reason)
    reason = "declared_for_choosing" if named and not stated else "part_declared"
    vagueness = max(limits[0].vagueness, 0.5)
    return Judgement(Disclosure.VAGUE, _ids(limits), vagueness, reason, _purposes(limits))


def _silent(practice: Practice, own: Sequence[Statement], conditions: Sequence[Cover]) -> Judgement:
    """Decide where nothing covers the practice; `own` declares it for ourselves."""
    if own:
        ids = tuple(sorted(s.id for s in own))
        texted = practice.recipient == PEOPLE_TEXTED
        reason = "declared_not_for_texting" if texted else "declared_for_ourselves"
        return Judgement(Disclosure.OMITTED, ids, None, reason)
    if conditions:
        return _judgement(Disclosure.OMITTED, conditions, "only_a_condition")
    return Judgement(Disclosure.OMITTED, (), None, "silent")


def _affirmed(affirmed: Sequence[Cover]) -> Judgement:
    """Decide between clear and vague by the nearest statement."""
    nearest = affirmed[0]
    if nearest.exact:
        return _judgement(Disclosure.CLEAR, affirmed, "named")
    reason = "broader_words" if nearest.up else "recipient_not_named"
    return Judgement(
        Disclosure.VAGUE, _ids(affirmed), nearest.vagueness, reason, _purposes(affirmed)
    )


def _judgement(disclosure: Disclosure, covers: Iterable[Cover], reason: str) -> Judgement:
    kept = list(covers)
    return Judgement(disclosure, _ids(kept), None, reason, _purposes(kept))


def _ids(covers: Iterable[Cover]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.statement.id for c in covers))


def _purposes(covers: Iterable[Cover]) -> tuple[str, ...]:
    return tuple(
        sorted({p for c in covers if not c.statement.negated for p in c.statement.purposes})
    )
