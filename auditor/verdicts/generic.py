"""Whether a sentence about "personal information" in general speaks of one type of data.

Every policy says "we protect your personal information" and "other information". Taken at its word
such a sentence covers all data, and nothing would ever be omitted. So general words count only
where a sentence plainly says that they are taken (or given away), and a document that lists them
thereby says what its "personal information" is (local hyponyms of PoliGraph, Cui et al., USENIX
Security 2023), unless the sentence leaves the list open ("including but not limited to").

A general denial counts only where nothing is affirmed beside it: in other documents it is about
children, guests, or "irrelevant" information.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.model import Action, Practice, Statement
from auditor.verdicts.ontology import ROOT
from auditor.verdicts.parties import Parties
from auditor.verdicts.words import words_in

OPEN_ENDED = "other_information"
"""The broader word for what is not named further: "certain information on your device"."""
GENERAL = frozenset({ROOT, OPEN_ENDED})
_LISTS = 3
"""A document that names as many types gives a list."""
_LISTS_ALL = 6
"""A document that names as many gives a full one: its "other necessary information" adds none."""
_TAKING = frozenset({Action.COLLECT, Action.UPLOAD})
_GIVING = frozenset({Action.SHARE, Action.ENTRUST, Action.SELL, Action.DISCLOSE})
_SENTENCE = frozenset("。；;：:，,.!！？?、")
"""A heading or a table's cell has none of these."""


@dataclass(frozen=True)
class GeneralWords:
    """How the documents of one app use their general words."""

    taken: Mapping[str, int]
    """Number of types that each document says are taken."""
    given: Mapping[str, int]
    """Number of types that each document says are given to others."""
    left_open: frozenset[str]
    """Ids of the statements that leave their list open."""

    def count(self, word: str, statement: Statement, practice: Practice, parties: Parties) -> bool:
        """Tell whether this statement, in which only `word` covers the data, speaks of them."""
        given = parties.is_third(practice)
        if statement.negated:
            return self._denial_counts(statement, given=given)
        if statement.confidence == "low" or not _SENTENCE & set(statement.quote):
            return False
        if statement.action not in (_GIVING if given else _TAKING):
            return False
        if statement.modality == "only_if":
            return False
        listed = (self.given if given else self.taken).get(statement.document, 0)
        if word == OPEN_ENDED:
            return not statement.condition and listed < _LISTS_ALL
        return listed < _LISTS or statement.id in self.left_open

    def _denial_counts(self, statement: Statement, *, given: bool) -> bool:
        if statement.scope == "other_only" or statement.confidence == "low":
            return False
        if given and statement.action in _GIVING:
            return True
        return not self.taken.get(statement.document, 0)


def use_of_general_words(
    statements: Sequence[Statement], open_words: tuple[str, ...]
) -> GeneralWords:
    """Look through all statements of one app once."""
    taken: dict[str, set[str]] = {}
    given: dict[str, set[str]] = {}
    for s in statements:
        if s.negated:
            continue
        named = {t.split(".", 1)[0] for t in s.exact if t not in GENERAL}
        ours = s.entity in ("we", "")
        if s.action in _GIVING or not ours:
            given.setdefault(s.document, set()).update(named)
        if s.action not in _GIVING and ours:
            taken.setdefault(s.document, set()).update(named)
    return GeneralWords(
        {name: len(found) for name, found in taken.items()},
        {name: len(found) for name, found in given.items()},
        frozenset(
            s.id for s in statements if ROOT in s.data_types and words_in(s.quote, open_words)
        ),
    )
