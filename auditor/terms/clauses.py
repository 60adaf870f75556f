"""Which data types each clause of a document names, so that a reference to it can be followed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from auditor.terms.blocks import Kind
from auditor.terms.grammar import parse
from auditor.terms.normal import fold
from auditor.terms.plain import marker_of
from auditor.terms.references import Path, number_of
from auditor.terms.script import Script
from auditor.terms.sentences import Sentence
from auditor.terms.structure import Passage
from auditor.terms.types import Definitions, Named

_PEOPLE = ("contacts", "emergency_contact")
_HAN = r"[一二三四五六七八九十]{1,3}"
_LABEL = re.compile(rf"\d{{1,2}}(?:\.\d{{1,2}}){{0,4}}|{_HAN}|[ivx]{{1,4}}(?![a-z])|[a-z](?![a-z])")
_INLINE = re.compile(rf"\((\d{{1,2}}|[a-z]|{_HAN})\)")


@dataclass
class Clauses:
    """Which data types each clause of a document names."""

    types: dict[Path, Named] = field(default_factory=dict)
    _open: list[tuple[int, Path]] = field(default_factory=list)

    def enter(self, marker: str, rank: int) -> None:
        """A block with a marker begins; `rank` is small for wide sections."""
        label = _LABEL.search(marker.lower())
        if label is None:
            return
        number = number_of(label[0])
        while self._open and self._open[-1][0] >= rank:
            self._open.pop()
        parent = self._open[-1][1] if self._open else ()
        path = tuple(number.split(".")) if "." in number else (*parent, number)
        self._open.append((rank, path))

    def add(self, named: Named, inline: str = "") -> None:
        """The open clause names these types; `inline` is a label inside its sentence: (b)."""
        if not self._open or not named.all:
            return
        path = self._open[-1][1]
        if inline:
            path = (*path, number_of(inline))
        for size in range(1, len(path) + 1):
            self.types[path[:size]] = self.types.get(path[:size], Named()) | named

    def named(self, value: str) -> Named:
        """What a reference stands for; nothing when the clause is unknown."""
        kind, *paths = value.split(" ")
        found = Named()
        for path in paths:
            found = found | self.types.get(tuple(path.split(".")), Named())
        if kind == "people":
            return Named(
                tuple(t for t in found.all if t in _PEOPLE),
                tuple(t for t in found.exact if t in _PEOPLE),
            )
        return found


def inline_labels(text: str) -> list[tuple[int, str]]:
    """Labels of a list inside one block: "(a) …; (b) …", each with its offset; they must ascend."""
    found = [(m.end(), m[1]) for m in _INLINE.finditer(text)]
    firsts = {"1", "a", "一"}
    return found if len(found) > 1 and found[0][1] in firsts else []


def label_before(labels: list[tuple[int, str]], offset: int) -> str:
    """The label that governs an offset, or an empty string."""
    before = [label for at, label in labels if at <= offset]
    return before[-1] if before else ""


def clauses_of(script: Script, definitions: Definitions, passages: tuple[Passage, ...]) -> Clauses:
    """Take in what each numbered clause of a document names, denials left out."""
    clauses = Clauses()
    for passage in passages:
        block = passage.block
        if block.kind is Kind.ROW:
            continue
        if passage.body > block.start:
            marker = script.layout.text[block.start : passage.body]
            clauses.enter(fold(marker).text, marker_of(marker.strip("*_# "))[0])
        lines = script.lines(passage)
        labels = inline_labels(lines.folded.text)
        for sentence in lines.sentences:
            if sentence.mentions and not _only_denies(sentence):
                for mention in sentence.mentions:
                    label = label_before(labels, sentence.start + mention.start)
                    clauses.add(definitions.resolve(sentence, [mention]), label)
    return clauses


def _only_denies(sentence: Sentence) -> bool:
    """Whether a clause names data only to say that they are not taken."""
    if not sentence.has("negator") or sentence.has("exception"):
        return False
    verbs = parse(sentence).verbs
    return bool(verbs) and all(v.negated for v in verbs)
