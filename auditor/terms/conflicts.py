"""Contradictions and narrowings among statements, within a document and between documents.

After PolicyLint (Andow et al., USENIX Security 2019): two statements of opposite sign about the
same kind of act conflict when their data types are equal or one covers the other. A denial of the
narrower type takes a part back from a broad yes (narrowing); a denial of the same or the broader
type contradicts the yes. A denial of "other" entries does not contradict a yes about chosen ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.model import Action, Conflict, DataType, Statement, is_a
from auditor.terms.lexicon import Hypernym

MAX_CONFLICTS = 100
ROOT = "personal_information"
"""A yes about all personal information is taken back by every denial; that says nothing. Nor does a
no to collecting it at all, beside sentences that name what is collected: it is about minors,
visitors, or what is not needed."""
_TAKING = frozenset({Action.COLLECT, Action.UPLOAD, Action.RETAIN})
_GIVING = frozenset({Action.SHARE, Action.DISCLOSE, Action.ENTRUST})
_SELLING = frozenset({Action.SELL})
"""Who shares and does not sell says nothing contradictory."""


def find_conflicts(
    statements: Sequence[Statement], hypernyms: Mapping[str, Hypernym]
) -> tuple[Conflict, ...]:
    """Every pair that conflicts, the first for each denial and type; sorted by their ids' order."""
    denials = [s for s in statements if s.negated and s.modality != "only_if"]
    found: list[Conflict] = []
    for denial in denials:
        seen: set[str] = set()
        for affirmed in statements:
            if affirmed.negated or not _same_act(affirmed, denial) or _reconciled(affirmed, denial):
                continue
            for kind, data_type in _overlaps(affirmed, denial, hypernyms):
                if data_type not in seen:
                    seen.add(data_type)
                    found.append(_conflict(kind, affirmed, denial, data_type))
        if len(found) >= MAX_CONFLICTS:
            break
    return tuple(found[:MAX_CONFLICTS])


def _same_act(a: Statement, b: Statement) -> bool:
    families = [_TAKING, _GIVING, _SELLING]
    if a.action is Action.UPLOAD or b.action is Action.UPLOAD:
        return a.action in _TAKING and b.action in _TAKING and a.scope != "local_only"
    return any(a.action in f and b.action in f for f in families)


def _reconciled(affirmed: Statement, denial: Statement) -> bool:
    """Whether scopes or conditions let both be true."""
    if affirmed.scope in ("selected_only", "otp_only"):
        return True
    if affirmed.scope == "local_only" and denial.action is not Action.COLLECT:
        return True
    if affirmed.modality == "only_if" or (affirmed.modality and denial.action in _GIVING):
        return True
    if affirmed.entity not in ("we", denial.entity):
        return True
    return denial.action in _GIVING and not _meet(affirmed.recipients, denial.recipients)


def _meet(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return not a or not b or bool(set(a) & set(b)) or "third_party" in (*a, *b)


def _overlaps(
    affirmed: Statement, denial: Statement, hypernyms: Mapping[str, Hypernym]
) -> list[tuple[str, DataType]]:
    pairs: list[tuple[str, DataType]] = []
    for no in denial.exact:
        if no == ROOT and denial.action in _TAKING:
            continue
        for yes in affirmed.exact:
            if is_a(yes, no) or _covers(no, yes, hypernyms):
                partial = denial.scope == "other_only"
                pairs.append(("narrowing" if partial else "contradiction", yes))
            elif yes != ROOT and (is_a(no, yes) or _covers(yes, no, hypernyms)):
                pairs.append(("narrowing", no))
    return pairs


def _covers(broad: str, narrow: str, hypernyms: Mapping[str, Hypernym]) -> bool:
    hypernym = hypernyms.get(broad)
    return hypernym is not None and narrow.split(".")[0] in hypernym.covers


def _conflict(kind: str, affirmed: Statement, denial: Statement, data_type: DataType) -> Conflict:
    where = "the same document" if affirmed.document == denial.document else "another document"
    verb = "contradicts" if kind == "contradiction" else "narrows"
    why = f"A denial in {where} {verb} the statement that this data is handled ({affirmed.action})."
    return Conflict(kind, affirmed.id, denial.id, data_type, why)
