"""Whether a sentence about "personal information" in general speaks of one type of data.

Every policy says "we protect your personal information". Taken at its word such a sentence covers
all data, and nothing would ever be omitted. A document that lists what it collects thereby says
what its "personal information" is (the local hyponyms of PoliGraph, Cui et al., USENIX Security
2023); there the general word adds nothing, unless the sentence leaves the list open ("including but
not limited to").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auditor.model import Action, Statement
from auditor.verdicts.ontology import ROOT
from auditor.verdicts.words import words_in

_LISTS = 3
"""A document that names as many types as collected gives a list."""
_TAKING = {Action.COLLECT, Action.USE, Action.UPLOAD}
_OURSELVES = {"we", ""}
_SENTENCE = frozenset("。；;：:，,.!！？?、")
"""A heading or a table's cell has none of these."""


@dataclass(frozen=True)
class GeneralWords:
    """How the documents of one app use their general words."""

    listed: Mapping[str, int]
    """Number of types that each document says are collected."""
    open_words: tuple[str, ...]
    """Words that leave a list open."""

    def count(self, statement: Statement) -> bool:
        """Tell whether this statement about personal information in general covers a type."""
        listed = self.listed.get(statement.document, 0)
        if statement.negated:
            # "We collect no personal information": beside a list it is about children or guests.
            return statement.action not in _TAKING or listed < _LISTS
        if statement.action is Action.RETAIN or statement.confidence == "low":
            return False
        if statement.modality == "only_if" or not _SENTENCE & set(statement.quote):
            return False
        return listed < _LISTS or bool(words_in(statement.quote, self.open_words))


def use_of_general_words(
    statements: Iterable[Statement], open_words: tuple[str, ...]
) -> GeneralWords:
    """Look through all statements of one app once."""
    types: dict[str, set[str]] = {}
    for s in statements:
        if not s.negated and s.action in _TAKING and s.entity in _OURSELVES:
            named = {t.split(".", 1)[0] for t in s.exact if t != ROOT}
            types.setdefault(s.document, set()).update(named)
    return GeneralWords({name: len(found) for name, found in types.items()}, open_words)
