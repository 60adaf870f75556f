"""Cross-references inside a document: 第2.3条所列信息 means the data that clause 2.3 names.

A clause number beside a word for data is a mention; what it stands for is known when every clause
has been looked through once. A number beside anything else ("in the cases of 3.2") is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from auditor.catalog import Entry

Path = tuple[str, ...]
_DIGITS = {d: n for n, d in enumerate("一二三四五六七八九", 1)}
_PLAIN = r"\d{1,2}(?:\.\d{1,2}){0,3}"
_HAN = r"[一二三四五六七八九十]{1,3}"
_SUB = rf"\s?第?\((?:\d{{1,2}}|[a-z]|{_HAN})\)"
_MOST = 30
"""So many clauses a range may span."""


class ReferenceWords(Entry):
    """Words of one language around clause numbers."""

    order: Literal["before", "after"]
    units: tuple[str, ...]
    links: tuple[str, ...]
    nouns: tuple[str, ...]
    people: tuple[str, ...]
    conjunctions: tuple[str, ...]
    ranges: tuple[str, ...]
    examples: dict[Literal["match", "no_match"], tuple[str, ...]] = {}


@dataclass(frozen=True)
class References:
    """Finds references of one language in folded text."""

    words: ReferenceWords

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """A bounded pattern: nouns and numbers in the order of the language."""
        w = self.words
        units, nouns = _any(w.units), _any((*w.nouns, *w.people))
        joins = _any((*w.conjunctions, *w.ranges))
        if w.order == "after":
            one = rf"(?:第?{_PLAIN}|第{_HAN})(?:{units})?(?:第{_HAN}(?:{units}))?"
            one += rf"(?:{_SUB}(?:{units})?(?:(?:{joins}){_SUB}){{0,8}}(?:{units})?)?"
            many = rf"{one}(?:(?:{joins}){one}){{0,8}}"
            link = rf"(?:{_any(w.links)}){{0,5}}"
            return re.compile(rf"(?P<numbers>{many})(?P<link>{link})(?P<noun>{nouns})")
        one = rf"{_PLAIN}(?:{_SUB}(?:(?:\s?(?:{joins})\s?){_SUB}){{0,8}})?"
        many = rf"{one}(?:\s?(?:{joins})\s?{one}){{0,8}}"
        between = rf"(?:\s(?:{_any((*w.links, *w.units))})){{0,6}}"
        return re.compile(rf"\b(?P<noun>{nouns})(?P<link>{between})\s(?P<numbers>{many})(?![\d%])")

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield (start, end, value) of every reference; the value is read by `Clauses.named`."""
        if not any(c.isdigit() or c == "第" for c in text):
            return
        for match in self._pattern.finditer(text):
            numbers, link = match["numbers"], match["link"]
            linked = any(unit in numbers + link for unit in self.words.units)
            if "." not in numbers and not (
                linked and (self.words.order == "before" or "第" in numbers)
            ):
                continue
            if self.words.order == "after" and not (link or linked):
                continue
            people = "people" if match["noun"] in self.words.people else ""
            paths = [".".join(p) for p in self._paths(numbers)]
            if paths:
                yield match.start(), match.end(), " ".join([people or "data", *paths])

    def _paths(self, numbers: str) -> list[Path]:
        """Paths of a list of numbers: "2.3条(1)、(2)" are 2.3.1 and 2.3.2, "1.1至1.3" are three."""
        found: list[Path] = []
        parent: Path = ()
        last = 0
        pattern = rf"第?(?P<plain>{_PLAIN})|第(?P<han>{_HAN})|\((?P<sub>\d{{1,2}}|[a-z]|{_HAN})\)"
        for match in re.finditer(pattern, numbers):
            gap = numbers[last : match.start()]
            last = match.end()
            if match["sub"]:
                path = (*parent, number_of(match["sub"]))
                if found and found[-1] == parent:
                    found.pop()
            elif match["han"] and not gap.strip("条款项节章部分") and found:
                path = (*found.pop(), number_of(match["han"]))
                parent = path
            else:
                parent = path = tuple(number_of(match["plain"] or match["han"]).split("."))
            if found and any(gap.strip().startswith(r) for r in self.words.ranges):
                found.extend(_between(found[-1], path))
            found.append(path)
        return found


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w)))


def _between(first: Path, last: Path) -> list[Path]:
    """Clauses between two of the same level."""
    if len(first) != len(last) or first[:-1] != last[:-1]:
        return []
    if not (first[-1].isdigit() and last[-1].isdigit()):
        return []
    numbers = range(int(first[-1]) + 1, min(int(last[-1]), int(first[-1]) + _MOST))
    return [(*first[:-1], str(n)) for n in numbers]


def number_of(text: str) -> str:
    """A label in digits: 二十三 is 23; digits and letters stay as they are."""
    if not text or text[0] not in "一二三四五六七八九十":
        return text
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return str(_DIGITS.get(ones[:1], 0))
    return str(10 * _DIGITS.get(tens[:1], 1) + _DIGITS.get(ones[:1], 0))
