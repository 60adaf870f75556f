"""What a section is about, from the headings above a passage."""

from __future__ import annotations

from collections.abc import Callable

from auditor.terms.blocks import Block
from auditor.terms.sentences import Sentence
from auditor.terms.structure import Passage

SKIPPED = frozenset({"exempt", "definition", "rights", "other"})
"""Sections whose mentions count only when the sentence says that we collect or share."""

_ORDER = (
    "not_collect",
    "exempt",
    "definition",
    "collect",
    "permissions",
    "share",
    "rights",
    "children",
    "other",
)
"""When a heading speaks of several things, the first of these is what its section is read as."""


def section_of(passage: Passage, words_of: Callable[[Block], Sentence]) -> str:
    """The section of a passage: the nearest heading that says, or an empty string."""
    for heading in reversed(passage.headings):
        values = {h.sense.value for h in words_of(heading).heads if h.sense.kind == "section"}
        for value in _ORDER:
            if value in values:
                return value
    return ""
