"""What lends a verb to words that have none: a lead-in, a section, the list itself."""

from __future__ import annotations

import re

from auditor.model import Action
from auditor.terms.blocks import Block, Kind
from auditor.terms.grammar import Frame, Parsed, claims_of, parse
from auditor.terms.script import Script
from auditor.terms.sentences import Sentence
from auditor.terms.structure import Passage, introduces

_GIVING = (Action.SHARE, Action.ENTRUST, Action.SELL)


_STOPS_AT_NO = re.compile(
    r"(?:\bnot|\bnever|\bdon['’]t|\bwon['’]t|不会|绝不|从不|\btidak(?: akan)?|\bno|\bnão|\bkhông)"
    r"[*_\s]{0,4}[:：][*_\s]{0,4}$"
)


class Frames:
    """Frames of the passages of one document; each lead-in is read once."""

    def __init__(self, script: Script) -> None:
        """Read from `script`."""
        self._script = script
        self._leads: dict[int, Frame | None] = {}

    def of(self, passage: Passage, section: str) -> Frame | None:
        """The frame of a passage: the nearest lead-in that has one, else its section's."""
        for lead in reversed(passage.leads):
            if lead.start not in self._leads:
                self._leads[lead.start] = self._of_lead(lead)
            frame = self._leads[lead.start]
            if frame is not None:
                return frame
        if section == "not_collect":
            return Frame(negated=True, confidence="medium")
        if section == "share":
            return Frame(Action.SHARE, confidence="medium")
        if section in ("collect", "permissions"):
            return Frame()
        if passage.block.kind is Kind.ITEM or self._labelled(passage):
            return Frame(confidence="low")
        return None

    def _labelled(self, passage: Passage) -> bool:
        text = self._script.layout.text[passage.body : passage.block.end]
        return "：" in text[:24] or ":" in text[:40]

    def _of_lead(self, lead: Block) -> Frame | None:
        if not introduces(self._script.text(lead)):
            return None
        if _STOPS_AT_NO.search(self._script.text(lead).lower()):
            return Frame(negated=True, denies=True, confidence="medium")
        sentence = self._script.last_sentence(lead)
        if sentence is None or (sentence.has("question") and not sentence.has("verb")):
            return None
        return frame_of(parse(sentence)) or _inclusion(sentence)


def _inclusion(sentence: Sentence) -> Frame | None:
    """The frame of "This data may include:": what is handled, without a verb of its own."""
    broad = any(m.sense.kind == "broad" for m in sentence.mentions)
    if not sentence.has("includes") or not (broad or sentence.has("anaphor")):
        return None
    return None if sentence.has("negator") else Frame(confidence="medium")


def frame_of(parsed: Parsed) -> Frame | None:
    """The frame that a sentence lends: its last verb about data, its polarity and its parties."""
    usable = [v for v in parsed.verbs if v.sense not in ("delete", "disclose") and not v.duty]
    outward = [v for v in usable if v.sense in ("share", "entrust", "sell")]
    verbs = outward[-1:] or usable
    if not verbs:
        return None
    verb = verbs[0] if verbs[0].sense == "collect" else verbs[-1]
    if verb.negated and verb.subject == "user":
        return None
    claims = claims_of(Parsed(parsed.sentence, [verb], parsed.exceptions), None)
    action = Action.COLLECT
    if verb.sense in ("share", "entrust", "sell"):
        action = Action.COLLECT if verb.inward else Action(verb.sense)
    elif claims:
        action = claims[0].action
    elif verb.sense in ("upload", "retain", "use"):
        action = Action(verb.sense)
    shared = action in _GIVING
    modality = verb.modality or ("with_consent" if parsed.sentence.has("consent") else "")
    entity, recipients = ("we", verb.recipients) if shared else (verb.entity, ())
    return Frame(action, verb.negated, entity, recipients, modality)
