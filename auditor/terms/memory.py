"""What anaphors may point to while a document is read: "上述信息", "this information", "them"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from auditor.model import Action
from auditor.terms.blocks import Block
from auditor.terms.grammar import Claim
from auditor.terms.lexicon import Hypernym
from auditor.terms.parts import FIRST
from auditor.terms.plain import marker_of
from auditor.terms.sentences import Sentence
from auditor.terms.types import Named

_SDK = re.compile(
    r"(?:\d{1,2}[.、]\s?)?([^,:。;，：；]{1,40}?sdk(?:\([^()]{1,30}\))?)\s?[,:，：。]"
)


_LONG_NAME = 40
_NAME = re.compile(r"sdk|有限(?:责任)?公司|\b(?:ltd|inc|llc|limited)\b")
_OWN = (Action.COLLECT, Action.USE)


@dataclass
class Memory:
    """Antecedents, nearest first: sentence, heading, section."""

    sentence: Named = field(default_factory=Named)
    """Types of the sentence before in the same block."""
    block: Named = field(default_factory=Named)
    """Types of the blocks before in the same section."""
    collected: Named = field(default_factory=Named)
    """Types that the operator said before, anywhere, to collect or use."""
    topic: Named = field(default_factory=Named)
    """Types that the heading or label above names."""
    recipient: str = ""
    """The name that a list of SDKs or partners gave last ("SDK名称：…")."""
    own: str = ""
    """The SDK whose name opens the block that is being read ("高德SDK：…")."""
    section: tuple[Block, ...] = ()

    def enter(self, section: tuple[Block, ...]) -> None:
        """Start a passage; of other sections only words like "the above" may speak."""
        if self.section != section:
            self.section = section
            self.block = Named()
            self.recipient = ""
        self.sentence = Named()
        self.own = ""

    def antecedent(
        self, sentence: Sentence, claim: Claim, hypernyms: Mapping[str, Hypernym]
    ) -> Named:
        """Types that a claim without an object speaks of; nothing when none is near."""
        if self.sentence.all:
            return self.sentence
        anaphor = sentence.has("anaphor")
        if not (claim.negated or anaphor):
            return Named()
        if any(t not in hypernyms for t in self.topic.exact):
            return self.topic
        outward = claim.action not in _OWN
        if anaphor and self.block.all and (outward or claim.negated):
            return Named(self.block.all, ())
        if anaphor and outward and not self.topic.all and _points_back(sentence):
            return Named(self.collected.all, ())
        return self.topic

    def note(self, claim: Claim, named: Named) -> None:
        """Keep what the operator says to collect: "the above information" may mean it."""
        if claim.entity == "we" and not claim.negated and claim.action in _OWN:
            self.collected = self.collected | named

    def both_sides(self, claim: Claim, section: str, actors: tuple[str, ...] = ()) -> list[Claim]:
        """A claim, and its twin when a third party collects: what it gets, we let it have."""
        name = self.own or (self.recipient if section == "share" else "")
        if claim.action is Action.SHARE and not claim.recipients and name:
            return [replace(claim, recipients=(name,))]
        entity = name if name and claim.entity in ("we", "sdk") else claim.entity
        if claim.action is not Action.COLLECT or entity == "we":
            return [claim]
        twin = replace(claim, action=Action.SHARE, entity="we", recipients=(entity, *actors))
        return [replace(claim, entity=entity), twin]


def _points_back(sentence: Sentence) -> bool:
    """Whether an anaphor speaks of all that stands above, not just of what came before."""
    words = [sentence.text[c.start : c.end].lower() for c in sentence.of("anaphor")]
    return any(
        w.startswith(("上述", "前述", "以上")) or "above" in w or "afore" in w for w in words
    )


def name_after(sentence: Sentence) -> tuple[int, int] | None:
    """Span of the name in a line like "SDK名称：友盟", or None."""
    columns = [h for h in sentence.heads if h.sense.kind == "column"]
    hits = [
        h
        for h in columns
        if h.sense.value == "recipient" and not any(c.isalpha() for c in sentence.text[: h.start])
    ]
    if not hits or sentence.text[hits[0].end : hits[0].end + 1] != ":":
        return None
    start = hits[0].end + 1
    end = min(
        [len(sentence.text), *(p for c in ",，。;； " if (p := sentence.text.find(c, start)) > 0)]
    )
    return (start, min(end, start + 80)) if end > start else None


def opening_sdk(sentence: Sentence) -> tuple[int, int] | None:
    """Span of the SDK's name at the head of a line ("穿山甲SDK：…", "Umeng SDK, …"), or None."""
    match = _SDK.match(sentence.text)
    if match is None or any(c.sense.kind == "verb" for c in sentence.cues if c.end <= match.end(1)):
        return None
    return match.span(1)


def named_in_heading(heading: Sentence, written: str) -> str:
    """The SDK or company that a heading is, "（一）极光推送SDK"; empty for "第三方SDK目录"."""
    text = heading.text
    if len(text) > _LONG_NAME or not _NAME.search(text):
        return ""
    sections = [h for h in heading.heads if h.sense.kind == "section"]
    if any(text[h.start : h.end] != "sdk" for h in sections) or heading.has("verb"):
        return ""
    bare = written.strip("*_# ")
    return bare[marker_of(bare)[1] :].strip(" :：.、")[:80]


def receiver_label(sentence: Sentence) -> tuple[str, int, int] | None:
    """Role and span of the label in "征信机构：姓名、…", a line of what a party receives."""
    marks = [p for p in (sentence.text.find(":"), sentence.text.find("--")) if p > 0]
    if not marks:
        return None
    end = min(marks)
    if end > _LONG_NAME or any(m.start < end for m in sentence.mentions):
        return None
    if _NAME.search(sentence.text[:end]):
        return ("", 0, end)
    if any(v.start < end for v in sentence.of("verb")):
        return None
    columns = [h for h in sentence.heads if h.sense.kind == "column" and h.start < end]
    if any(h.sense.value != "recipient" for h in columns):
        return None
    roles = [c for c in sentence.of("party") if c.end <= end and c.sense.value not in FIRST]
    return (roles[-1].sense.value, 0, end) if roles else None
