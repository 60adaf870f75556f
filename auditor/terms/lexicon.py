"""The words of `data/lexicon`, compiled: phrases found in one pass, the longest match wins.

A matcher never backtracks: phrases are looked up by their first two characters, patterns are
bounded (a test refuses `*` and `+` without a bound) and run on one sentence at a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from auditor.catalog import Catalog, Entry
from auditor.errors import InvalidCatalogError
from auditor.terms.language import LANGUAGES
from auditor.terms.normal import fold
from auditor.terms.references import References, ReferenceWords


class TypeWords(Entry):
    """Words of one language for one data type; `type` is empty for phrases that are no mention."""

    type: str
    phrases: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    vetoes: tuple[str, ...] = ()
    veto_patterns: tuple[str, ...] = ()
    """A pattern with a group vetoes what the group holds, by the words around it."""
    veto_unless: tuple[str, ...] = ()
    """Words of a permission list: where one stands in the sentence, a veto is a mention."""
    scope: str = ""
    broad: bool = False
    near: tuple[str, ...] = ()
    near_type: str = ""
    unless: tuple[str, ...] = ()
    examples: dict[Literal["match", "no_match"], tuple[str, ...]] = {}


class CueWords(Entry):
    """Function words of one language: `kind` tells the grammar what to do with a match."""

    kind: str
    value: str
    phrases: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    inflect: bool = False


class Hypernym(Entry):
    """A broader word: what it covers, and what it commonly denotes by itself."""

    en: str
    zh: str
    covers: tuple[str, ...]
    implies: tuple[str, ...] = ()


class Sense(NamedTuple):
    """What a phrase stands for."""

    kind: str
    value: str
    entry: TypeWords | CueWords | ReferenceWords
    rank: int = 0
    """Of two matches of one length the one with the smaller rank counts."""


class Hit(NamedTuple):
    """One match in a folded text, half-open."""

    start: int
    end: int
    sense: Sense


_DOUBLED = frozenset(
    ["get", "scan", "submit", "permit", "log", "let", "transmit", "refer", "control"]
)


def inflections(verb: str) -> set[str]:
    """Regular English forms of `verb`, whose first word is the one that changes."""
    head, _, rest = verb.partition(" ")
    tail = f" {rest}" if rest else ""
    stem = head[:-1] if head.endswith("e") and not head.endswith("ee") else head
    third = head + ("es" if head.endswith(("s", "sh", "ch", "x")) else "s")
    forms = {head, third, stem + "ed", stem + "ing"}
    if head.endswith("y") and head[-2:-1] not in "aeiou":
        forms |= {head[:-1] + "ies", head[:-1] + "ied"}
    if head in _DOUBLED:
        forms |= {head + head[-1] + "ed", head + head[-1] + "ing"}
    return {form + tail for form in forms}


_ROMANCE = {
    "ar": "ar a amos an am ado ada ados adas aremos ará arán ando amos",
    "er": "er e emos en em ido ida idos idas eremos erá erán endo iendo",
    "ir": "ir e imos en em ido ida idos idas iremos irá irán indo iendo",
}


def romance_forms(verb: str) -> set[str]:
    """Regular forms of a Spanish or Portuguese infinitive; any other word as it is."""
    head, _, rest = verb.partition(" ")
    endings = _ROMANCE.get(head[-2:], "")
    if not endings or len(head) < 4:
        return {verb}
    tail = f" {rest}" if rest else ""
    return {head[:-2] + ending + tail for ending in endings.split()} | {verb}


def _forms(cue: CueWords, phrase: str) -> list[str]:
    if not cue.inflect:
        return [phrase]
    romance = cue.id.startswith(("es.", "pt."))
    return sorted(romance_forms(phrase) if romance else inflections(phrase))


def _plurals(phrase: str) -> set[str]:
    if not phrase[-1:].isascii() or not phrase[-1:].isalpha() or phrase.endswith("s"):
        return {phrase}
    if phrase.endswith("y") and phrase[-2:-1] not in "aeiou":
        return {phrase, phrase[:-1] + "ies"}
    return {phrase, phrase + "s"}


def _latin(char: str) -> bool:
    return char.isalnum() and char < "⺀"


class Matcher:
    """Phrases and patterns of one language in some layers; matches of one layer do not overlap."""

    def __init__(self, layers: int = 1) -> None:
        """Start empty."""
        self._layers = layers
        self._phrases: dict[str, list[tuple[str, Sense, int]]] = {}
        self._patterns: list[tuple[re.Pattern[str], Sense, int]] = []

    def add(self, phrase: str, sense: Sense, layer: int = 0) -> None:
        """Add a literal phrase; at a Latin letter it starts and ends with a word."""
        low = fold(phrase).text
        self._phrases.setdefault(low[:2], []).append((low, sense, layer))

    def add_pattern(self, pattern: str, sense: Sense, layer: int = 0) -> None:
        """Add a bounded regular expression."""
        compiled = re.compile(pattern.translate(_AS_FOLDED), re.IGNORECASE)
        self._patterns.append((compiled, sense, layer))

    def close(self) -> None:
        """Sort so that the longest phrase of each start comes first."""
        short = {k: v for k, v in self._phrases.items() if len(k) == 1}
        for key, phrases in self._phrases.items():
            if len(key) == 2:
                phrases.extend(short.get(key[0], ()))
            phrases.sort(key=lambda item: (-len(item[0]), item[1].rank, item[0]))

    def find(self, text: str) -> list[Hit]:
        """Every match in `text` by position; in each layer the longer ones are served first."""
        layers: list[list[Hit]] = [[] for _ in range(self._layers)]
        self._literal(text, layers)
        for pattern, sense, layer in self._patterns:
            for match in pattern.finditer(text):
                start, end = match.span(1) if pattern.groups else match.span()
                if end > start:
                    layers[layer].append(Hit(start, end, sense))
        if self._layers == 1:
            return _longest(layers[0])
        found = [hit for hits in layers for hit in _longest(hits)]
        found.sort(key=_position)
        return found

    def _literal(self, text: str, layers: list[list[Hit]]) -> None:
        table = self._phrases
        size = len(text)
        for index in range(size):
            found = table.get(text[index : index + 2]) or table.get(text[index])
            if not found:
                continue
            if _latin(text[index]) and index and _latin(text[index - 1]):
                continue
            done = 0
            for phrase, sense, layer in found:
                if done >> layer & 1 or not text.startswith(phrase, index):
                    continue
                stop = index + len(phrase)
                if stop < size and _latin(text[stop - 1]) and _latin(text[stop]):
                    continue
                layers[layer].append(Hit(index, stop, sense))
                done |= 1 << layer


def _position(hit: Hit) -> tuple[int, int]:
    return hit.start, hit.end


def _precedence(hit: Hit) -> tuple[bool, int, int, int]:
    """Broad words yield to every other: "information from your phone" to "phone book"."""
    return hit.sense.kind == "broad", hit.start - hit.end, hit.sense.rank, hit.start


def _longest(hits: list[Hit]) -> list[Hit]:
    """Drop every match that a longer one (or an earlier one of the same length) overlaps."""
    hits.sort(key=_position)
    if all(a.end <= b.start for a, b in pairwise(hits)):
        return hits
    kept: list[Hit] = []
    taken: set[int] = set()
    for hit in sorted(hits, key=_precedence):
        if hit.start not in taken and hit.end - 1 not in taken:
            taken.update(range(hit.start, hit.end))
            kept.append(hit)
    kept.sort(key=_position)
    return kept


_AS_FOLDED = str.maketrans(
    {"，": ",", "；": ";", "：": ":", "！": "!", "？": r"\?", "（": r"\(", "）": r"\)"}
)
"""Punctuation of patterns, as folding writes it."""

LAYERS: tuple[frozenset[str], ...] = (
    frozenset(
        {"verb", "negator", "none", "exception", "breaker", "conj", "prep", "condition"}
        | {"consent", "optional"}
    ),
    frozenset({"party", "noparty"}),
    frozenset({"purpose"}),
    frozenset({"filler"}),
    frozenset({"infinitive"}),
    frozenset({"category"}),
    frozenset(
        {"question", "right", "duty", "definition", "anaphor", "other", "select", "local", "otp"}
        | {"ask", "refusal", "excludes", "minor", "undo", "includes", "past", "stopped"}
    ),
)
"""Kinds of cues that compete for the same characters; matches of different layers may overlap."""
HEADS = ("section", "column", "answer")
"""Kinds that are looked for in headings, table headers and answers only."""


@dataclass(frozen=True)
class Words:
    """The layers of one language."""

    language: str
    nouns: Matcher
    cues: Matcher
    heads: Matcher
    references: References | None = None


class Lexicon:
    """The lexicon of every language, compiled when it is first asked for."""

    def __init__(self, catalog: Catalog) -> None:
        """Read the entries of `catalog` (cheap); compile later."""
        self._catalog = catalog
        self._words: dict[str, Words] = {}

    @cached_property
    def types(self) -> tuple[TypeWords, ...]:
        """Words for data types, all languages."""
        return self._catalog.entries("lexicon/types", TypeWords)

    @cached_property
    def cues(self) -> tuple[CueWords, ...]:
        """Function words, all languages."""
        return self._catalog.entries("lexicon/cues", CueWords)

    @cached_property
    def _references(self) -> dict[str, References]:
        entries = self._catalog.entries("lexicon/references", ReferenceWords)
        return {entry.id: References(entry) for entry in entries}

    @cached_property
    def hypernyms(self) -> dict[str, Hypernym]:
        """Broader words by id."""
        return {h.id: h for h in self._catalog.entries("lexicon/hypernyms", Hypernym)}

    def words(self, language: str) -> Words:
        """The compiled words of `language`; English when it has none."""
        tag = language if language in LANGUAGES else "en"
        if tag not in self._words:
            self._words[tag] = self._compile(tag)
        return self._words[tag]

    def _compile(self, tag: str) -> Words:
        nouns, heads = Matcher(), Matcher(len(HEADS))
        cues = Matcher(len(LAYERS))
        chosen = {tag, "any"} | ({"en"} if tag in {"fil", "hi"} else set())
        for entry in self.types:
            if entry.id.split(".")[0] in chosen:
                _add_type(nouns, entry, plural=tag in {"en", "fil", "hi"})
        for cue in self.cues:
            if cue.id.split(".")[0] in chosen:
                sense = Sense(cue.kind, cue.value, cue)
                matcher, layer = cues, 0
                if cue.kind in HEADS:
                    matcher, layer = heads, HEADS.index(cue.kind)
                else:
                    layer = _layer(cue)
                for phrase in cue.phrases:
                    for form in _forms(cue, phrase):
                        matcher.add(form, sense, layer)
                for pattern in cue.patterns:
                    matcher.add_pattern(pattern, sense, layer)
        for matcher in (nouns, heads, cues):
            matcher.close()
        return Words(tag, nouns, cues, heads, self._references.get(tag))


@lru_cache(maxsize=4)
def lexicon_of(catalog: Catalog) -> Lexicon:
    """The lexicon of a catalog, compiled once for all documents and packages of a run."""
    return Lexicon(catalog)


def _layer(cue: CueWords) -> int:
    for index, kinds in enumerate(LAYERS):
        if cue.kind in kinds:
            return index
    raise InvalidCatalogError(f"lexicon: entry {cue.id!r}: unknown kind {cue.kind!r}")


def _add_type(nouns: Matcher, entry: TypeWords, plural: bool) -> None:
    kind = "veto" if not entry.type else "broad" if entry.broad else "type"
    sense, veto = Sense(kind, entry.type, entry), Sense("veto", entry.type, entry, 1)
    strong = Sense("veto", entry.type, entry, -1)
    for phrases, meaning in ((entry.phrases, sense), (entry.vetoes, veto)):
        for phrase in phrases:
            for form in sorted(_plurals(phrase)) if plural else [phrase]:
                nouns.add(form, meaning)
    for pattern in entry.patterns:
        nouns.add_pattern(pattern, sense)
    for pattern in entry.veto_patterns:
        nouns.add_pattern(pattern, strong)
