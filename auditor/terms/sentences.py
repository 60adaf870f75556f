"""Sentences and clauses of one block, with the words of the lexicon found in them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from auditor.terms.lexicon import Hit, Sense, TypeWords, Words
from auditor.terms.normal import Folded, is_cjk

MAX_SENTENCE = 1500
"""A longer sentence is cut: no person wrote it."""

_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|inc|ltd|co|corp|no|nos|mr|mrs|ms|dr|st|art|sec|vs|s\.a|c\.v|pt|tbk|u\.s|v|sdn|bhd|pvt)"
    r"|(?:^|\s)[a-z]|(?:^|[\s(])\d{1,3})\.$"
)
_FREE = frozenset(
    {"other", "otp", "select", "local", "anaphor", "definition", "purpose", "category"}
)
"""Kinds of cues that count inside the name of a data type too (其他短信, 短信验证码)."""
_ACTORS = frozenset({"we", "user", "tool"})
_WITH = frozenset("与和同跟")
_INTO = frozenset("向对与给")
_STOPS = "。！？!?\n"
_CLAUSE = "，,；;：:"


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Half-open spans of the sentences of a folded text, blanks at their edges left out."""
    spans: list[tuple[int, int]] = []
    start = 0
    size = len(text)
    for index, char in enumerate(text):
        stop = char in _STOPS
        if char == "." and (index + 1 == size or text[index + 1] in " \"')”"):
            stop = not _ABBREVIATION.search(text[max(0, index - 8) : index + 1])
        if char in ";；" and index - start > 60:
            stop = True
        if stop or index - start >= MAX_SENTENCE:
            _push(spans, text, start, index + 1)
            start = index + 1
    _push(spans, text, start, size)
    return spans


def _push(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start] in " \t*_":
        start += 1
    while end > start and text[end - 1] in " \t*_":
        end -= 1
    if end > start:
        spans.append((start, end))


@dataclass(frozen=True)
class Sentence:
    """One sentence, its words and its clauses; offsets count its own `text`."""

    text: str
    start: int
    """Offset of the sentence in its folded block."""
    words: Words
    joined: bool = False
    """A semicolon, no full stop, parts it from the sentence before."""

    @cached_property
    def _nouns(self) -> list[Hit]:
        return self.words.nouns.find(self.text)

    @cached_property
    def mentions(self) -> list[Hit]:
        """Data types that are named, those inside the title of a book or law left out."""
        found = [self._pardoned(h) for h in self._nouns if not self._titled(h.start)]
        named = [h for h in found if h.sense.kind != "veto"]
        pointing = self._references
        if not pointing:
            return named
        named = [h for h in named if all(h.end <= r.start or r.end <= h.start for r in pointing)]
        return sorted([*named, *pointing], key=lambda h: h.start)

    @cached_property
    def _references(self) -> list[Hit]:
        """Mentions by the number of a clause: 第2.3条所列信息."""
        finder = self.words.references
        if finder is None:
            return []
        found = finder.find(self.text)
        return [Hit(a, b, Sense("reference", value, finder.words)) for a, b, value in found]

    @cached_property
    def cues(self) -> list[Hit]:
        """Function words, those that are part of a data type's name left out."""
        nouns = [h for h in self._nouns if h.sense.kind != "veto" or not h.sense.value]
        found = self.words.cues.find(self.text)
        starts = [n.start for n in nouns]  # nouns do not overlap
        return [c for c in found if c.sense.kind in _FREE or not _inside(c, nouns, starts)]

    @cached_property
    def heads(self) -> list[Hit]:
        """What the text announces as a heading, a table header or an answer."""
        return self.words.heads.find(self.text)

    @cached_property
    def clauses(self) -> list[int]:
        """Offsets at which clauses start, ascending; the first is 0."""
        starts = [0]
        depth = 0
        for index, char in enumerate(self.text):
            if char in "（(":
                depth += 1
            elif char in "）)" and depth:
                depth -= 1
            elif char in _CLAUSE and not depth and not _in_number(self.text, index):
                starts.append(index + 1)
        return starts

    def clause(self, offset: int) -> int:
        """Number of the clause in which `offset` stands."""
        return bisect_right(self.clauses, offset) - 1

    def bounds(self, clause: int) -> tuple[int, int]:
        """Half-open span of a clause."""
        starts = self.clauses
        return starts[clause], starts[clause + 1] if clause + 1 < len(starts) else len(self.text)

    def apart(self, one: int, other: int) -> bool:
        """Tell whether a semicolon stands between two offsets."""
        first, last = sorted((one, other))
        return ";" in self.text[first:last]

    def of(self, kind: str) -> list[Hit]:
        """Cues of one kind, in order; not to be changed."""
        return self._by_kind.get(kind, [])

    @cached_property
    def _by_kind(self) -> dict[str, list[Hit]]:
        found: dict[str, list[Hit]] = {}
        for cue in self.cues:
            found.setdefault(cue.sense.kind, []).append(cue)
        return found

    def has(self, kind: str) -> bool:
        """Tell whether a cue of this kind stands in the sentence."""
        return kind in self._by_kind

    def preposition_before(self, offset: int) -> Hit | None:
        """The last preposition that ends before `offset`; 不向 and 我们与 are prepositions too."""
        at = bisect_right(self._preposition_starts, offset)
        while at and self._prepositions[at - 1].end > offset:
            at -= 1
        return self._prepositions[at - 1] if at else None

    @cached_property
    def _preposition_starts(self) -> list[int]:
        return [c.start for c in self._prepositions]

    @cached_property
    def _prepositions(self) -> list[Hit]:
        actors = {c.end for c in self.of("party") if c.sense.value in _ACTORS}
        return [c for c in self.cues if self._leads(c, actors)]

    def _leads(self, cue: Hit, actors: set[int]) -> bool:
        """Whether a cue leads to a party: 向; 不向; 与 right behind the company."""
        kind, said = cue.sense.kind, self.text[cue.start : cue.end]
        if kind == "conj":
            return said in _WITH and any(cue.start - n in actors for n in range(4))
        return kind == "prep" or (kind == "negator" and said[-1:] in _INTO)

    def _titled(self, offset: int) -> bool:
        opened = self.text.rfind("《", 0, offset)
        return opened >= 0 and self.text.find("》", opened, offset) < 0

    def _pardoned(self, hit: Hit) -> Hit:
        """A veto that the sentence lifts (电话、短信 in a list of permissions) is a mention."""
        entry = hit.sense.entry
        if hit.sense.kind != "veto" or not isinstance(entry, TypeWords) or not entry.type:
            return hit
        if not any(word in self.text for word in entry.veto_unless):
            return hit
        return hit._replace(sense=Sense("type", entry.type, entry))


def _inside(cue: Hit, nouns: list[Hit], starts: list[int]) -> bool:
    """A cue inside a noun is part of it, unless it begins it: 读取 in 读取短信 is a verb still."""
    at = bisect_right(starts, cue.start) - 1
    if at < 0 or cue.end > nouns[at].end:
        return False
    noun = nouns[at]
    return noun.start < cue.start or not _heads(cue) or cue.end == noun.end


def _heads(cue: Hit) -> bool:
    """读取 heads 读取短信; "call" and "contact" do not head "call log" and "contact list"."""
    return cue.sense.kind == "verb" and cue.sense.value in ("collect", "upload", "provide")


def _in_number(text: str, index: int) -> bool:
    return (
        text[index] in ",:"
        and 0 < index < len(text) - 1
        and text[index - 1].isdigit()
        and text[index + 1].isdigit()
    )


def sentences_of(folded: Folded, words: Words) -> list[Sentence]:
    """The sentences of a folded block."""
    text = folded.text
    return [
        Sentence(text[a:b], a, words, text[:a].rstrip()[-1:] in ("；", ";"))
        for a, b in split_sentences(text)
    ]


def chinese(text: str) -> bool:
    """Tell whether a sentence is written in ideographs."""
    return any(is_cjk(c) for c in text[:200])
