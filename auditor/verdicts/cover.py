"""Find the statements that speak of a practice, and how closely.

In: one practice, the statements of the terms. Out: `Cover` values: the statement, how far its words
are from the data type and from the recipient, and what kind of word it is (an affirmation, an
affirmation of a part, a denial, a denial with a condition).

A statement of our own collecting says nothing about giving to others, and the other way round a
promise not to sell says nothing about collecting. Emergency contacts that the user names are not
the address book; they do cover entries picked from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from auditor.model import Action, Practice, Scope, Statement, is_a
from auditor.verdicts.generic import GENERAL, GeneralWords
from auditor.verdicts.ontology import Ontology
from auditor.verdicts.parties import Parties
from auditor.verdicts.practices import FIRST_PARTY, PEOPLE_TEXTED

PICKED = "emergency_contact"
_TAKING = {Action.COLLECT, Action.USE, Action.UPLOAD, Action.RETAIN}
_GIVING = {Action.SHARE, Action.ENTRUST, Action.SELL, Action.DISCLOSE}
_OURSELVES = {"we", "", "affiliate"}
_GENERIC = {"third_party", "generic_third", "partner", "sdk", "service_provider", "anyone", ""}
"""Recipients and entities that are some third party, none by name."""
ROLE_WORDS = {
    "affiliate", "authority", "collection_agency", "collector", "credit_bureau", "funding",
    "lender", "regulator", "relatives", "risk_vendor",
}  # fmt: skip
"""Recipients of a certain role; they cover one that is known to have it, though not by name."""
_LIMITED = {"selected_only", "otp_only", "local_only"}
_CHOOSING = {"emergency_contact", "emergency_reference"}
"""Purposes that need the chosen entries and no others."""
_CONTACTING = {
    "contact_borrower", "debt_collection", "emergency_contact", "emergency_reference", "marketing",
    "social_recommend", "social_recommendation",
}  # fmt: skip
"""Purposes for which the people in the data are called or written to."""
_CONDITIONAL = {"with_consent", "only_if"}


class Kind(StrEnum):
    """What a statement does to a practice."""

    AFFIRMS = "affirms"
    LIMITS = "limits"
    """Affirms a part of it only: chosen entries, one-time codes, use on the device."""
    DENIES = "denies"
    DENIES_REST = "denies_rest"
    """Denies what goes beyond the part that is affirmed: "no other messages"."""
    CONDITION = "condition"
    """Denies it unless a condition is met."""


@dataclass(frozen=True, slots=True)
class Cover:
    """One statement as it bears on one practice."""

    statement: Statement
    kind: Kind
    up: int
    """Edges from the practice's data type to the statement's word; 0 names it."""
    vagueness: float
    """The greater of both measures of vagueness, for the data and for the recipient."""
    recipient_up: int
    """0 when the recipient is named, 1 when it is only "third parties"."""
    general: bool = False
    """It only speaks of personal information, or of other information, in general."""

    @property
    def chosen_only(self) -> bool:
        """Tell whether it allows the entries that the user chooses."""
        return self.kind is Kind.LIMITS and self.statement.scope not in ("otp_only", "local_only")

    @property
    def exact(self) -> bool:
        """Tell whether both the data and the recipient are named."""
        return not self.up and not self.recipient_up


def covers_of(
    practice: Practice,
    statements: Iterable[Statement],
    ontology: Ontology,
    parties: Parties,
    general: GeneralWords,
) -> tuple[Cover, ...]:
    """Give every cover of `practice`, nearest first."""
    found = []
    for statement in statements:
        word = _nearest_word(practice, statement, ontology)
        recipient = _recipient_distance(practice, statement, parties)
        if word is None or recipient is None:
            continue
        general_word = word in GENERAL and practice.data_type != word
        if general_word and not general.count(word, statement, practice, parties):
            continue
        up = ontology.distance(practice.data_type, word) or 0
        vagueness = ontology.vagueness(practice.data_type, word)
        kind = _kind(practice, statement)
        worse = max(vagueness, 0.5 if recipient else 0.0)
        found.append(Cover(statement, kind, up, worse, recipient, general_word))
    return tuple(sorted(found, key=lambda c: (c.recipient_up, c.up, c.statement.id)))


def declared_for_ourselves(
    practice: Practice, statements: Iterable[Statement], ontology: Ontology
) -> tuple[Statement, ...]:
    """Give the statements that affirm our own taking of the data which `practice` gives away."""
    return tuple(
        s
        for s in statements
        if not s.negated
        and s.action in _TAKING
        and s.entity in _OURSELVES
        and _nearest_word(practice, s, ontology) not in (None, *GENERAL)
    )


def _nearest_word(practice: Practice, statement: Statement, ontology: Ontology) -> str | None:
    """Give the narrowest word of the statement that covers the data; None when none does."""
    wanted = practice.data_type
    if _named(practice, statement):
        return wanted
    # What a broader word was taken to mean is as vague as the broader word.
    meant = [t for t in statement.data_types if t not in statement.exact]
    if wanted in meant or any(is_a(t, wanted) for t in meant):
        return ontology.nearest_cover(meant, wanted)
    covering = [
        (up, said)
        for said in statement.data_types
        if (up := ontology.distance(wanted, said)) is not None
    ]
    return min(covering)[1] if covering else None


def _named(practice: Practice, statement: Statement) -> bool:
    """Tell whether the statement's own words name the data, or a part of them.

    A part names the whole when it is affirmed; denied, it denies only itself.
    """
    wanted, picked = practice.data_type, _picks(practice)
    for word in statement.exact:
        if word == wanted or (picked and word == PICKED):
            return True
        if is_a(word, wanted):
            return not statement.negated or any(is_a(d, word) for d in practice.details)
    return False


def _picks(practice: Practice) -> bool:
    return practice.data_type == "contacts" and practice.scope is Scope.ONE_PICKED


def _recipient_distance(practice: Practice, statement: Statement, parties: Parties) -> int | None:
    """Give 0 for the same recipient, 1 for an unnamed third party, None for somebody else."""
    names = parties.names(practice)
    if statement.negated and statement.action is Action.SELL:
        return None
    if not parties.is_third(practice):
        return _own_distance(practice, statement, names)
    if statement.action in _TAKING:
        if statement.entity in _OURSELVES:
            # "We do not collect it" also denies giving it away; "we collect it" grants nothing.
            return 0 if statement.negated else None
        return _match([statement.entity], names)
    return _match(statement.recipients or ("",), names)


def _own_distance(practice: Practice, statement: Statement, names: frozenset[str]) -> int | None:
    """Distance for a read, and for sending to ourselves or to an address whose owner is unknown."""
    if statement.entity == "user":
        return None
    texting = practice.recipient == PEOPLE_TEXTED
    if texting and not statement.negated and not set(statement.purposes) & _CONTACTING:
        return None
    if statement.negated:
        if _denies_a_purpose(statement) and not texting:
            return None
        if statement.action in _GIVING or statement.action is Action.RETAIN:
            return None
        if statement.action is Action.UPLOAD and practice.action is Action.COLLECT:
            return 0 if statement.entity in _OURSELVES else None
    if statement.entity in _OURSELVES:
        return 0
    if practice.owner == "app" or practice.recipient == FIRST_PARTY:
        return None
    return _match([statement.entity], names)


def _denies_a_purpose(statement: Statement) -> bool:
    """Tell whether it only says what the data are not used for: "not for debt collection"."""
    purposes = set(statement.purposes)
    if statement.scope == "other_only" or not purposes:
        return False
    return statement.action is Action.USE or purposes <= _CONTACTING - _CHOOSING


def _match(said: Iterable[str], names: Collection[str]) -> int | None:
    """Compare recipients that the terms name with the names of the one that is seen."""
    folded = {_fold(name) for name in names if name}
    best: int | None = None
    for word in said:
        if word in _GENERIC or (word in ROLE_WORDS and word in names):
            best = 1
        elif word in ROLE_WORDS:
            continue
        elif any(_same_name(_fold(word), name) for name in folded):
            return 0
    return best


def _same_name(one: str, other: str) -> bool:
    """Tell whether one name contains the other; very short ones must be equal."""
    short = min(one, other, key=len)
    if len(short) < (3 if short.isascii() else 2):
        return one == other
    return one in other or other in one


def _fold(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _kind(practice: Practice, statement: Statement) -> Kind:
    reading = practice.action is Action.COLLECT
    if statement.negated and statement.action is Action.UPLOAD and reading:
        return Kind.AFFIRMS  # "it is not uploaded" speaks of use on the device
    if statement.negated:
        if statement.condition or statement.modality in _CONDITIONAL:
            return Kind.CONDITION
        return Kind.DENIES_REST if statement.scope == "other_only" else Kind.DENIES
    if statement.scope == "local_only" and practice.action is Action.COLLECT:
        return Kind.AFFIRMS
    if statement.scope in _LIMITED or _for_choosing(practice, statement):
        return Kind.LIMITS
    return Kind.AFFIRMS


def _for_choosing(practice: Practice, statement: Statement) -> bool:
    """Tell whether the address book is declared for the choice of an emergency contact alone."""
    return (
        practice.data_type == "contacts"
        and statement.scope != "full"
        and statement.action is not Action.UPLOAD
        and bool(statement.purposes)
        and set(statement.purposes) <= _CHOOSING
    )
