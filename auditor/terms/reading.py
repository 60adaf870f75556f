"""Read one document: passages in order, with a memory for definitions and antecedents.

In: a layout. Out: `Reading`s, the claims with their data types resolved and their span in the
document's text. Nothing here knows about files or other documents.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from auditor.model import Action
from auditor.terms.blocks import Block, Kind, Layout
from auditor.terms.grammar import Claim, Frame, Parsed, claims_of, parse
from auditor.terms.language import language_of
from auditor.terms.lexicon import Hit, Lexicon, Words
from auditor.terms.normal import Folded, fold, is_cjk
from auditor.terms.sections import SKIPPED, section_of
from auditor.terms.sentences import Sentence, sentences_of
from auditor.terms.structure import Passage, introduces, passages_of
from auditor.terms.types import Definitions, Named

_ANSWERS_NO = ("不会", "不", "否", "no", "never", "we do not", "we don't", "tidak", "não", "không")
_CONTEXT = 160
_INCLUDES = (
    "包括",
    "包含",
    "例如",
    "如",
    "(",
    "include",
    "such as",
    "为",
    "termasuk",
    "incluye",
    "incluindo",
    "bao gồm",
)


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


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence as folded, with its span in the document."""

    text: str
    start: int
    end: int


@dataclass
class _Memory:
    """What anaphors may point to."""

    sentence: Named = field(default_factory=Named)
    block: Named = field(default_factory=Named)
    topic: Named = field(default_factory=Named)
    recipient: str = ""
    """The name that a list of SDKs or partners gave last ("SDK名称：…")."""
    section: tuple[Block, ...] = ()
    purposes: tuple[str, ...] = ()


class DocumentReader:
    """Reads the passages of one document."""

    def __init__(self, layout: Layout, lexicon: Lexicon, language: str, regional: bool) -> None:
        """Prepare; `language` is the primary tag of most of the text."""
        self.layout = layout
        self.lexicon = lexicon
        self.language = language
        self.regional = regional
        self.definitions = Definitions(lexicon.hypernyms)
        self.memory = _Memory()
        self.readings: list[Reading] = []
        self._read: dict[int, tuple[str, Folded, list[Sentence]]] = {}
        self._spoken: list[tuple[int, Folded, list[Sentence]]] = []
        self._headings: dict[int, Sentence] = {}
        self._frames: dict[int, Frame | None] = {}

    def read(self) -> list[Reading]:
        """All readings in order of the text; definitions are learnt first, for they may stand last."""
        passages = passages_of(self.layout)
        for passage in passages:
            self._learn(passage)
        for passage in passages:
            if passage.block.kind is Kind.ROW:
                self._row(passage)
            else:
                self._prose(passage)
        return self.readings

    def spoken(self) -> list[Spoken]:
        """Every sentence that was read, in order of the text; call after `read`."""
        found: list[Spoken] = []
        for body, folded, sentences in self._spoken:
            for sentence in sentences:
                start, end = folded.span(sentence.start, sentence.start + len(sentence.text))
                found.append(Spoken(sentence.text, body + start, body + end))
        return found

    # -------------------------------------------------------------- words and text

    def _words(self, text: str) -> tuple[str, Words]:
        if self.language == "zh" and any(is_cjk(c) for c in text[:60]):
            return "zh", self.lexicon.words("zh")
        tag = language_of(text, self.language) if len(text) > 60 else self._short(text)
        return tag, self.lexicon.words(tag)

    def _short(self, text: str) -> str:
        chinese = language_of(text, self.language) == "zh"
        return "zh" if chinese else (self.language if self.language != "zh" else "en")

    def _sentences(self, passage: Passage) -> tuple[str, Folded, list[Sentence]]:
        start = passage.block.start
        if start not in self._read:
            text = self.layout.text[passage.body : passage.block.end]
            tag, words = self._words(text)
            folded = fold(text, self.regional)
            sentences = sentences_of(folded, words)
            self._read[start] = (tag, folded, sentences)
            self._spoken.append((passage.body, folded, sentences))
        return self._read[start]

    def _learn(self, passage: Passage) -> None:
        if passage.block.kind is Kind.ROW:
            return
        _, _, sentences = self._sentences(passage)
        for sentence in sentences:
            mentions = sentence.mentions
            for index, mention in enumerate(mentions):
                if mention.sense.kind == "broad":
                    members = _members(sentence, mention, mentions[index + 1 :])
                    named = self.definitions.resolve(sentence, members)
                    self.definitions.learn(mention.sense.value, named.exact)

    # -------------------------------------------------------------- prose

    def _prose(self, passage: Passage) -> None:
        tag, folded, sentences = self._sentences(passage)
        section = section_of(passage, self._heading_words)
        if passage.block.kind is Kind.HEADING:
            self._heading(passage, sentences)
        if section in SKIPPED and not any(_speaks_for_us(s) for s in sentences):
            return
        if self.memory.section != passage.headings:
            self.memory.section = passage.headings
            self.memory.block = Named()
            self.memory.recipient = ""
        self._note_recipient(sentences)
        frame = None if passage.block.kind is Kind.HEADING else self._frame(passage, section)
        block_named = Named()
        self.memory.sentence = Named()
        purposes = _following_purposes(sentences)
        question: Sentence | None = None
        heading = passage.block.kind is Kind.HEADING
        joint: Frame | None = None
        defines = False
        for number, sentence in enumerate(sentences):
            if question is not None:
                self._answer(question, sentence, passage, folded, tag)
            asks = _asks(sentence) or (
                passage.block.kind is Kind.HEADING and sentence.has("question")
            )
            question = sentence if asks else None
            defines = _defines(sentence) or (defines and sentence.joined)
            if question is not None or defines:
                continue
            if self._labels(sentence, sentences):
                self.memory.topic = self.definitions.resolve(sentence, sentence.mentions)
                continue
            parsed = parse(sentence)
            if sentence.joined and not parsed.verbs and joint is not None:
                frame = joint
            joint = frame_of(parsed) or (joint if sentence.joined else None)
            if section in SKIPPED and not _speaks_for_us(sentence):
                continue
            for claim in claims_of(parsed, frame):
                if heading and not claim.negated and not _first_person(sentence):
                    continue
                named = self._resolve(sentence, claim)
                if not named.all:
                    continue
                for one in self._both_sides(claim, section):
                    self._emit(passage, folded, sentence, one, named, purposes[number], tag)
            here = self.definitions.resolve(sentence, sentence.mentions)
            if here.all:
                self.memory.sentence = here
                block_named = block_named | here
        if block_named.all:
            self.memory.block = self.memory.block | block_named

    def _note_recipient(self, sentences: list[Sentence]) -> None:
        """Remember "SDK名称：友盟" for the lines that follow."""
        for sentence in sentences[:1]:
            columns = [h for h in sentence.heads if h.sense.kind == "column"]
            hits = [h for h in columns if h.start <= 4 and h.sense.value == "recipient"]
            rest = sentence.text[hits[0].end :] if hits else ""
            if rest[:1] == ":":
                self.memory.recipient = rest[1:].split(",")[0].split("。")[0].strip()[:80]

    def _both_sides(self, claim: Claim, section: str) -> list[Claim]:
        """A claim, and its twin when a third party collects: what it gets, we let it have."""
        listed = section == "share" and self.memory.recipient
        if claim.action is Action.SHARE and not claim.recipients and listed:
            return [replace(claim, recipients=(self.memory.recipient,))]
        if claim.action is not Action.COLLECT:
            return [claim]
        entity = claim.entity
        if listed and entity in ("we", "sdk"):
            entity = self.memory.recipient
        if entity == "we":
            return [claim]
        twin = replace(claim, action=Action.SHARE, entity="we", recipients=(entity,))
        return [replace(claim, entity=entity), twin]

    def _labels(self, sentence: Sentence, sentences: list[Sentence]) -> bool:
        """A short first sentence without a verb ("4. Contacts.") is the topic of the others."""
        if sentence is not sentences[0] or len(sentences) < 2 or not sentence.mentions:
            return False
        return (
            len(sentence.text) <= 60 and not sentence.has("verb") and sentence.text[-1] in ".。:："
        )

    def _heading(self, passage: Passage, sentences: list[Sentence]) -> None:
        named = Named()
        for sentence in sentences:
            named = named | self.definitions.resolve(sentence, sentence.mentions)
        self.memory.topic = named

    def _heading_words(self, block: Block) -> Sentence:
        if block.start not in self._headings:
            text = self.layout.text[block.start : block.end]
            _, words = self._words(text)
            self._headings[block.start] = Sentence(fold(text, self.regional).text, 0, words)
        return self._headings[block.start]

    def _resolve(self, sentence: Sentence, claim: Claim) -> Named:
        """Types of a claim's mentions, or of the antecedent when its object is not named."""
        if claim.mentions:
            return self.definitions.resolve(sentence, claim.mentions)
        memory = self.memory
        if memory.sentence.all:
            return memory.sentence
        anaphor = sentence.has("anaphor")
        if not (claim.negated or anaphor):
            return Named()
        if any(t not in self.lexicon.hypernyms for t in memory.topic.exact):
            return memory.topic
        outward = claim.action not in (Action.COLLECT, Action.USE)
        if anaphor and memory.block.all and (outward or claim.negated):
            return Named(memory.block.all, ())
        return memory.topic

    def _answer(
        self, question: Sentence, answer: Sentence, passage: Passage, folded: Folded, tag: str
    ) -> None:
        """ "我们会收集您的通讯录吗？不会。" denies what was asked."""
        if not answer.text.startswith(_ANSWERS_NO):
            return
        for claim in claims_of(parse(question), None):
            named = self.definitions.resolve(question, claim.mentions)
            if named.all:
                self._emit(passage, folded, answer, replace(claim, negated=True), named, (), tag)

    # -------------------------------------------------------------- frames

    def _frame(self, passage: Passage, section: str) -> Frame | None:
        for lead in reversed(passage.leads):
            frame = self._frame_of_lead(lead)
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
        text = self.layout.text[passage.body : passage.block.end]
        return "：" in text[:24] or ":" in text[:40]

    def _frame_of_lead(self, lead: Block) -> Frame | None:
        """The frame of a lead-in: what its last verb says, read once."""
        if lead.start not in self._frames:
            self._frames[lead.start] = self._read_lead(lead)
        return self._frames[lead.start]

    def _read_lead(self, lead: Block) -> Frame | None:
        text = self.layout.text[lead.start : lead.end]
        _, words = self._words(text)
        folded = fold(text, self.regional)
        sentences = sentences_of(folded, words)
        if not sentences or not introduces(text):
            return None
        sentence = sentences[-1]
        if sentence.has("question") and not sentence.has("verb"):
            return None
        parsed = parse(sentence)
        return frame_of(parsed)

    # -------------------------------------------------------------- tables

    def _row(self, passage: Passage) -> None:
        from auditor.terms.tables import read_row

        block = passage.block
        if block.title:
            return
        section = section_of(passage, self._heading_words)
        if section in ("definition", "rights"):
            return
        tag, words = self._words(self.layout.text[block.start : block.end])
        frame = self._frame(passage, section) or Frame(confidence="medium")
        text = self.layout.text
        for claim, named, purposes in read_row(
            text, block, words, frame, self.definitions, self.regional
        ):
            self.readings.append(
                Reading(
                    claim, named, purposes, block.start, block.end, tag,
                    _clip(" | ".join(block.header) or self._context(passage)),
                )
            )  # fmt: skip

    # -------------------------------------------------------------- output

    def _emit(
        self,
        passage: Passage,
        folded: Folded,
        sentence: Sentence,
        claim: Claim,
        named: Named,
        purposes: tuple[str, ...],
        tag: str,
    ) -> None:
        start, end = folded.span(sentence.start, sentence.start + len(sentence.text))
        if claim.negated:
            purposes = _purposes([sentence])
        self.readings.append(
            Reading(
                claim,
                named,
                purposes,
                passage.body + start,
                passage.body + end,
                tag,
                self._context(passage),
            )
        )

    def _context(self, passage: Passage) -> str:
        blocks = (*passage.headings[-1:], *passage.leads[-1:])
        return _clip(" › ".join(self.layout.text[b.start : b.end].strip("*# ") for b in blocks))


def _members(sentence: Sentence, broad: Hit, after: list[Hit]) -> list[Hit]:
    """What a broad word is said to include: up to the closing bracket, or the next broad word."""
    gap = sentence.text[broad.end : broad.end + 24]
    if not any(word in gap for word in _INCLUDES):
        return []
    bracket = gap.lstrip()[:1] == "("
    limit = sentence.text.find(")", broad.end) if bracket else len(sentence.text)
    members: list[Hit] = []
    for mention in after:
        if mention.sense.kind == "broad" or mention.start > limit:
            break
        members.append(mention)
    return members


def frame_of(parsed: Parsed) -> Frame | None:
    """The frame that a lead-in lends: its last verb about data, its polarity and its parties."""
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
        action = Action(verb.sense) if not verb.inward else Action.COLLECT
    elif claims:
        action = claims[0].action
    elif verb.sense in ("upload", "retain", "use"):
        action = Action(verb.sense)
    shared = action in (Action.SHARE, Action.ENTRUST, Action.SELL)
    modality = verb.modality or ("with_consent" if parsed.sentence.has("consent") else "")
    return Frame(
        action,
        verb.negated,
        "we" if shared else verb.entity,
        verb.recipients if shared else (),
        modality,
    )


def _purposes(sentences: list[Sentence]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.sense.value for s in sentences for c in s.of("purpose")))


def _following_purposes(sentences: list[Sentence]) -> list[tuple[str, ...]]:
    """Purposes of each sentence and of those after it that name no data of their own."""
    found: list[tuple[str, ...]] = []
    after: tuple[str, ...] = ()
    for sentence in reversed(sentences):
        own = _purposes([sentence])
        found.append(own + tuple(p for p in after if p not in own))
        after = () if sentence.mentions else found[-1]
        if any(m.sense.value == "emergency_contact" for m in sentence.mentions):
            after = found[-1]
    return found[::-1]


def _asks(sentence: Sentence) -> bool:
    return sentence.text.endswith(("？", "?"))


def _defines(sentence: Sentence) -> bool:
    """A definition of law ("个人敏感信息是指一旦泄露…") names types without collecting them."""
    if len(sentence.of("category")) >= 3 and not _speaks_for_us(sentence):
        return True
    if not sentence.has("definition"):
        return False
    broad = any(m.sense.value == "personal_information" for m in sentence.mentions)
    return broad or not _speaks_for_us(sentence)


def _first_person(sentence: Sentence) -> bool:
    return any(c.sense.value == "we" for c in sentence.of("party"))


def _speaks_for_us(sentence: Sentence) -> bool:
    """First person and a verb of collecting or sharing."""
    ours = _first_person(sentence)
    acts = any(c.sense.value in ("collect", "share", "upload") for c in sentence.of("verb"))
    asked = any(word in sentence.text for word in ("权限", "permission")) and sentence.has("verb")
    return (ours and acts or asked) and not sentence.has("right")


def _clip(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _CONTEXT else flat[: _CONTEXT - 1] + "…"
