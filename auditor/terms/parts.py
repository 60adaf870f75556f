"""The values of the grammar: a verb, a parsed sentence, a claim, a frame."""

from __future__ import annotations

from dataclasses import dataclass, field

from auditor.model import Action
from auditor.terms.lexicon import Hit
from auditor.terms.sentences import Sentence

FIRST = frozenset({"we", "user", "tool"})
"""Roles that are no third party; a tool is a cookie or the like."""
WAIVERS = ("无需", "无须", "不需要", "不必", "不要求", "not required to", "not need")
"""Words that free the user from giving something."""


@dataclass(slots=True)
class Verb:
    """One verb of the sentence with what its surroundings say."""

    hit: Hit
    clause: int
    sense: str
    negated: bool = False
    modality: str = ""
    entity: str = "we"
    subject: str = ""
    """Role of the nearest party before it, empty when there is none in the sentence."""
    recipients: tuple[str, ...] = ()
    inward: bool = False
    """The data come to us: 向我们提供, share with us."""
    unable: bool = False
    """"无法", "cannot": a consequence, no promise."""
    duty: bool = False
    """It forbids or advises somebody else; no claim about us."""
    chain: int = 0
    """Verbs with the same number are joined by "and", "or", "、"."""


@dataclass(slots=True)
class Parsed:
    """A sentence with its verbs."""

    sentence: Sentence
    verbs: list[Verb] = field(default_factory=list)
    exceptions: list[Hit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one verb says about some mentions; types are resolved by the reader."""

    action: Action
    negated: bool
    mentions: tuple[Hit, ...]
    entity: str = "we"
    recipients: tuple[str, ...] = ()
    modality: str = ""
    scope: str = ""
    condition: tuple[int, int] | None = None
    """Span in the sentence of the clause that states a condition or exception."""
    confidence: str = "high"
    elliptic: bool = False
    """The object is not named in the sentence; the reader finds the antecedent."""


@dataclass(slots=True)
class Frame:
    """What a lead-in, a heading or a table header lends to words without a verb."""

    action: Action = Action.COLLECT
    negated: bool = False
    entity: str = "we"
    recipients: tuple[str, ...] = ()
    modality: str = ""
    scope: str = ""
    confidence: str = "high"
    denies: bool = False
    """The lead-in stops behind its negator ("We do not:"): the verbs of its items are denied."""
