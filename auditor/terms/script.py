"""The text of a document, folded and cut into sentences, each passage once."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.terms.blocks import Block, Layout
from auditor.terms.language import language_of
from auditor.terms.lexicon import Lexicon, Words
from auditor.terms.normal import Folded, fold, is_cjk
from auditor.terms.sentences import Sentence, sentences_of
from auditor.terms.structure import Passage


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence as folded, with its span in the document."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lines:
    """The sentences of one passage."""

    language: str
    body: int
    """Offset of the folded text in the document."""
    folded: Folded
    sentences: list[Sentence]

    def span(self, sentence: Sentence) -> tuple[int, int]:
        """Half-open span of a sentence in the document."""
        return self.part(sentence, 0, len(sentence.text))

    def part(self, sentence: Sentence, start: int, end: int) -> tuple[int, int]:
        """Half-open span in the document of a part of a sentence."""
        a, b = self.folded.span(sentence.start + start, sentence.start + end)
        return self.body + a, self.body + b


class Script:
    """Gives the sentences of passages and blocks, in the language each is written in."""

    def __init__(self, layout: Layout, lexicon: Lexicon, language: str, regional: bool) -> None:
        """Prepare; `language` is the primary tag of most of the text."""
        self.layout = layout
        self.lexicon = lexicon
        self.language = language
        self.regional = regional
        self._lines: dict[int, Lines] = {}
        self._headings: dict[int, Sentence] = {}

    def text(self, block: Block) -> str:
        """The words of a block as written."""
        return self.layout.text[block.start : block.end]

    def words(self, text: str) -> tuple[str, Words]:
        """Language tag and words for a text; Chinese wins where a line has an ideograph."""
        if self.language == "zh" and any(is_cjk(c) for c in text[:60]):
            return "zh", self.lexicon.words("zh")
        tag = language_of(text, self.language)
        if len(text) <= 60 and tag != "zh":
            tag = self.language if self.language != "zh" else "en"
        return tag, self.lexicon.words(tag)

    def lines(self, passage: Passage) -> Lines:
        """The sentences of a passage, its marker left out."""
        start = passage.block.start
        if start not in self._lines:
            text = self.layout.text[passage.body : passage.block.end]
            tag, words = self.words(text)
            folded = fold(text, self.regional)
            self._lines[start] = Lines(tag, passage.body, folded, sentences_of(folded, words))
        return self._lines[start]

    def whole(self, block: Block) -> Sentence:
        """A block as one sentence, for headings."""
        if block.start not in self._headings:
            text = self.text(block)
            _, words = self.words(text)
            self._headings[block.start] = Sentence(fold(text, self.regional).text, 0, words)
        return self._headings[block.start]

    def last_sentence(self, block: Block) -> Sentence | None:
        """The last sentence of a block, which introduces what follows."""
        text = self.text(block)
        _, words = self.words(text)
        sentences = sentences_of(fold(text, self.regional), words)
        return sentences[-1] if sentences else None

    def spoken(self) -> list[Spoken]:
        """Every sentence that was asked for, in order of the text."""
        found: list[Spoken] = []
        for _, lines in sorted(self._lines.items()):
            found.extend(Spoken(s.text, *lines.span(s)) for s in lines.sentences)
        return found
