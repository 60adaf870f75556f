"""Read one document: passages in order, with a memory for definitions and antecedents.

In: a layout. Out: `Reading`s, the claims with their data types resolved and their span in the
document's text. Nothing here knows about files or other documents.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor.model import Action
from auditor.terms.blocks import Kind, Layout
from auditor.terms.clauses import clauses_of
from auditor.terms.frames import Frames, frame_of
from auditor.terms.grammar import Claim, Frame, claims_of, parse
from auditor.terms.lexicon import Lexicon
from auditor.terms.memory import (
    Memory,
    name_after,
    named_in_heading,
    opening_sdk,
    receiver_label,
)
from auditor.terms.organisations import actors, with_names
from auditor.terms.sayings import (
    asks,
    defines,
    first_person,
    following_purposes,
    labels,
    members_of,
    purposes_in,
    speaks_for_us,
)
from auditor.terms.script import Lines, Script, Spoken
from auditor.terms.sections import SKIPPED, section_of
from auditor.terms.sentences import Sentence
from auditor.terms.structure import Passage, passages_of
from auditor.terms.tables import read_cells, read_row
from auditor.terms.types import Definitions, Named

_ANSWERS_NO = (
    "不会", "不", "否", "no", "never", "we do not", "we don't", "tidak", "não", "không",
)  # fmt: skip
_NO_DENIALS = ("no problem", "no worries", "no need", "no doubt", "not a problem", "不一定", "不过")
_CONTEXT = 160


@dataclass(frozen=True, slots=True)
class Reading:
    """One claim of the document."""

    claim: Claim
    named: Named
    purposes: tuple[str, ...]
    start: int
    end: int
    language: str
    context: str
    condition: str = ""


@dataclass
class _Flow:
    """What passes from sentence to sentence of one passage."""

    frame: Frame | None
    joint: Frame | None = None
    """The frame of the sentence before a semicolon."""
    defining: bool = False
    question: Sentence | None = None


class DocumentReader:
    """Reads the passages of one document."""

    def __init__(self, layout: Layout, lexicon: Lexicon, language: str, regional: bool) -> None:
        """Prepare; `language` is the primary tag of most of the text."""
        self.script = Script(layout, lexicon, language, regional)
        self.frames = Frames(self.script)
        self.definitions = Definitions(lexicon.hypernyms)
        self.memory = Memory()
        self.readings: list[Reading] = []

    def read(self) -> list[Reading]:
        """All readings in order of the text; definitions first, for they may stand last."""
        passages = passages_of(self.script.layout)
        for passage in passages:
            self._learn(passage)
        clauses = clauses_of(self.script, self.definitions, passages)
        self.definitions.clauses = clauses.named
        for passage in passages:
            section = section_of(passage, self.script.whole)
            if passage.block.kind is Kind.ROW:
                self._row(passage, section)
            else:
                self._prose(passage, section)
        return self.readings

    def spoken(self) -> list[Spoken]:
        """Every sentence that was read, in order of the text; call after `read`."""
        return self.script.spoken()

    def _learn(self, passage: Passage) -> None:
        """Take in what broad words are said to include."""
        if passage.block.kind is Kind.ROW:
            return
        for sentence in self.script.lines(passage).sentences:
            mentions = sentence.mentions
            for index, mention in enumerate(mentions):
                if mention.sense.kind == "broad":
                    members = members_of(sentence, mention, mentions[index + 1 :])
                    named = self.definitions.resolve(sentence, members)
                    self.definitions.learn(mention.sense.value, named.exact)

    # -------------------------------------------------------------- prose

    def _prose(self, passage: Passage, section: str) -> None:
        lines = self.script.lines(passage)
        heading = passage.block.kind is Kind.HEADING
        if heading:
            self.memory.topic = self._named_in(lines.sentences)
        if section in SKIPPED and not any(speaks_for_us(s) for s in lines.sentences):
            return
        self.memory.enter(passage.headings)
        self._note_names(lines)
        flow = _Flow(None if heading else self.frames.of(passage, section))
        if section == "share" and not heading:
            self._share_frame(passage, lines, flow)
        if self.memory.own and not heading:
            flow.frame = Frame(Action.SHARE, confidence="medium")
        purposes = following_purposes(lines.sentences)
        for sentence, wanted in zip(lines.sentences, purposes, strict=True):
            if self._is_statement(passage, lines, sentence, flow):
                self._sentence(passage, section, lines, sentence, wanted, flow)
        self.memory.block = self.memory.block | self._named_in(
            [s for s in lines.sentences if not defines(s)]
        )

    def _share_frame(self, passage: Passage, lines: Lines, flow: _Flow) -> None:
        """Set who receives what a line lists: "征信机构：姓名", or the SDK above."""
        if not self.memory.recipient and passage.headings:
            self.memory.recipient = named_in_heading(
                self.script.whole(passage.headings[-1]), self.script.text(passage.headings[-1])
            )
        first = lines.sentences[0] if lines.sentences else None
        label = receiver_label(first) if first is not None else None
        if first is not None and label is not None:
            role, start, end = label
            named = any(c.sense.entry.id.endswith(".named") for c in first.of("party"))
            written = self._as_written(lines, first, (start, end))
            flow.frame = Frame(
                Action.SHARE,
                recipients=(role, written) if role and named else (role or written,),
                confidence="medium",
            )

    def _note_names(self, lines: Lines) -> None:
        """Remember "SDK名称：友盟" for the lines that follow, "友盟SDK：…" for this one."""
        for sentence in lines.sentences[:1]:
            if (named := name_after(sentence)) is not None:
                self.memory.recipient = self._as_written(lines, sentence, named)
            elif (own := opening_sdk(sentence)) is not None:
                self.memory.own = self._as_written(lines, sentence, own)

    def _is_statement(
        self, passage: Passage, lines: Lines, sentence: Sentence, flow: _Flow
    ) -> bool:
        """Whether a sentence states something: no question, no definition, no label."""
        if flow.question is not None:
            self._answer(flow.question, sentence, passage, lines)
        heading = passage.block.kind is Kind.HEADING
        asking = asks(sentence) or (heading and sentence.has("question"))
        flow.question = sentence if asking else None
        flow.defining = defines(sentence) or (flow.defining and sentence.joined)
        if asking or flow.defining:
            return False
        if labels(sentence, lines.sentences):
            self.memory.topic = self._named_in([sentence])
            return False
        return True

    def _sentence(
        self,
        passage: Passage,
        section: str,
        lines: Lines,
        sentence: Sentence,
        purposes: tuple[str, ...],
        flow: _Flow,
    ) -> None:
        parsed = parse(sentence)
        if sentence.joined and not parsed.verbs and flow.joint is not None:
            flow.frame = flow.joint
        flow.joint = frame_of(parsed) or (flow.joint if sentence.joined else None)
        if section not in SKIPPED or speaks_for_us(sentence):
            heading = passage.block.kind is Kind.HEADING
            for claim in self._in_time(sentence, lines, claims_of(parsed, flow.frame)):
                if flow.frame is not None and flow.frame.denies and not claim.negated:
                    claim = replace(claim, negated=True)
                if not heading or claim.negated or first_person(sentence):
                    self._claim(passage, section, lines, sentence, claim, purposes)
        here = self._named_in([sentence])
        if here.all:
            self.memory.sentence = here

    def _in_time(self, sentence: Sentence, lines: Lines, claims: list[Claim]) -> list[Claim]:
        """Claims about former versions: denied when the sentence or the next says "no longer"."""
        if not sentence.has("past"):
            return claims
        index = lines.sentences.index(sentence)
        near = lines.sentences[index : index + 2]
        if any(s.has("stopped") for s in near):
            return [replace(c, negated=True) for c in claims]
        return [c for c in claims if c.negated]

    def _claim(
        self,
        passage: Passage,
        section: str,
        lines: Lines,
        sentence: Sentence,
        claim: Claim,
        purposes: tuple[str, ...],
    ) -> None:
        """Resolve the types of a claim and keep it, from both sides where a third party acts."""
        if claim.mentions:
            named = self.definitions.resolve(sentence, claim.mentions)
        else:
            hypernyms = self.definitions.hypernyms
            named = self.memory.antecedent(sentence, claim, hypernyms)
        if named.all:
            text = self.script.layout.text
            claim = with_names(text, lines, sentence, claim)
            names = actors(text, lines, sentence, claim)
            for one in self.memory.both_sides(claim, section, names):
                self._emit(passage, lines, sentence, one, named, purposes)

    def _answer(self, question: Sentence, answer: Sentence, passage: Passage, lines: Lines) -> None:
        """Read "我们会收集您的通讯录吗？不会。" as a denial of what was asked."""
        if answer.has("optional"):
            for mention in question.mentions:
                named = self.definitions.resolve(question, [mention])
                claim = Claim(Action.COLLECT, False, (mention,), modality="optional")
                self._emit(passage, lines, answer, replace(claim, confidence="low"), named, ())
            return
        if not answer.text.startswith(_ANSWERS_NO) or answer.text.startswith(_NO_DENIALS):
            return
        for claim in claims_of(parse(question), None):
            named = self.definitions.resolve(question, claim.mentions)
            if named.all:
                self._emit(passage, lines, answer, replace(claim, negated=True), named, ())

    def _named_in(self, sentences: list[Sentence]) -> Named:
        named = Named()
        for sentence in sentences:
            named = named | self.definitions.resolve(sentence, sentence.mentions)
        return named

    # -------------------------------------------------------------- tables

    def _row(self, passage: Passage, section: str) -> None:
        block = passage.block
        if block.title or section in ("definition", "rights"):
            return
        tag, words = self.script.words(self.script.text(block))
        frame = self.frames.of(passage, section) or Frame(confidence="medium")
        rows = read_row(
            self.script.layout.text, block, words, frame, self.definitions, self.script.regional
        )
        inside = read_cells(
            self.script.layout.text, block, words, self.definitions, self.script.regional
        )
        context = _clip(" | ".join(block.header) or self._context(passage))
        for claim, named, purposes in [*rows, *inside]:
            self.memory.note(claim, named)
            self.readings.append(
                Reading(claim, named, purposes, block.start, block.end, tag, context)
            )

    # -------------------------------------------------------------- output

    def _emit(
        self,
        passage: Passage,
        lines: Lines,
        sentence: Sentence,
        claim: Claim,
        named: Named,
        purposes: tuple[str, ...],
    ) -> None:
        self.memory.note(claim, named)
        start, end = lines.span(sentence)
        meant = purposes_in(sentence) if claim.negated else purposes
        if "emergency_contact" in named.all and "contacts" not in named.all:
            meant = tuple(p for p in meant if p != "emergency_contact")
        context = self._context(passage)
        condition = self._as_written(lines, sentence, claim.condition)
        self.readings.append(
            Reading(claim, named, meant, start, end, lines.language, context, condition)
        )

    def _as_written(self, lines: Lines, sentence: Sentence, part: tuple[int, int] | None) -> str:
        if part is None:
            return ""
        start, end = lines.part(sentence, *part)
        return " ".join(self.script.layout.text[start:end].split())

    def _context(self, passage: Passage) -> str:
        blocks = (*passage.headings[-1:], *passage.leads[-1:])
        return _clip(" › ".join(self.script.text(b).strip("*# ") for b in blocks))


def _clip(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _CONTEXT else flat[: _CONTEXT - 1] + "…"
