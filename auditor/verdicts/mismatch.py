"""Mismatches in the other direction: what the terms claim and the code does not bear out.

Two kinds: data that the terms say are collected and this version cannot collect, and purposes for
which a library is made that the terms do not give. Both are statements about what was seen; where
code was hidden, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.model import Action, DataType, Level, Practice, Statement, is_a
from auditor.verdicts.case import Case
from auditor.verdicts.ontology import Ontology

_TAKING = {Action.COLLECT, Action.USE, Action.UPLOAD, Action.SHARE}
_BY_HAND = frozenset(
    {"phone_number", "storage", "camera", "microphone", "device_ids", "installed_apps"}
)
"""Types with a permission that can also be typed in, or be read with none."""


def checkable(ontology: Ontology) -> frozenset[DataType]:
    """Give the types that code cannot read without a permission and a call this program knows."""
    return frozenset(t for types in ontology.permissions.values() for t in types) - _BY_HAND


def declared_not_possible(
    case: Case, ontology: Ontology
) -> Iterator[tuple[DataType, tuple[Statement, ...]]]:
    """Give types that the terms say are collected though no code of this version reads them."""
    if case.blind:
        return
    read = {p.data_type for p in case.practices if p.level.rank > Level.REQUESTED.rank}
    for data_type in sorted(checkable(ontology) - read):
        statements = tuple(
            s
            for s in case.terms.statements
            if not s.negated
            and s.action in _TAKING
            and s.entity in {"we", ""}
            and any(is_a(word, data_type) for word in s.exact)
        )
        if statements:
            yield data_type, statements


def purpose_beyond_terms(
    practice: Practice, case: Case, purposes: Mapping[str, tuple[str, ...]]
) -> bool:
    """Tell whether the library that does it serves purposes that the terms do not give.

    `purposes` gives the purposes of a category of libraries. False unless the terms state purposes
    for these data and the library's category is known.
    """
    if practice.owner == "app" or not practice.purposes:
        return False
    category = next((x.category for x in case.libraries if x.id == practice.owner), "")
    served = purposes.get(category, ())
    return bool(served) and not set(served) & set(practice.purposes)
