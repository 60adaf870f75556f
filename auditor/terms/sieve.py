"""A page to a small tree: what no reader of terms asks for is left out while it is parsed.

lxml parses piece by piece, so that neither a second copy of the page nor a tree of millions of
empty elements is ever held. Left out are scripts and their like, what is invisible, attributes,
inline elements that say nothing of the layout, and repeated empty blocks; of elements that stand
too deep only the lines are kept. Nothing is fetched, and no entity but HTML's own is expanded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

SKIP = frozenset(
    "script style head noscript template svg iframe object button select option nav footer form"
    " input textarea canvas audio video map aside dialog".split()
)
"""Elements whose text is no part of the terms."""
BLOCKS = frozenset(
    "p div section article main header ul ol li dl dt dd table tr td th h1 h2 h3 h4 h5 h6"
    " blockquote pre body html tbody thead tfoot caption figure figcaption address hr center"
    " details summary br".split()
)
"""Elements that begin a line of their own."""
_ALWAYS = frozenset("table tbody thead tfoot tr td th pre".split())
"""Elements that are kept when they are empty, too."""
_WHOLE = ("html", "body")
_LINE = "\n"
"""Stands for a block of which only the line end is kept."""
_KEPT = ("class", "id", "rowspan")
_INVISIBLE = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.I)
_BYTES = 1 << 16
MAX_DEPTH = 200
_MAX_OPEN = 2_000
"""Elements in each other that the parser may hold: its time grows with their square."""
MAX_ELEMENTS = 200_000
"""Elements that are kept; a page of that many holds five characters in each."""
_MAX_LINKS, _MAX_LINK, _MAX_TITLE = 500, 2_000, 200


@dataclass(frozen=True, slots=True)
class Sifted:
    """What is left of a page."""

    root: etree._Element
    title: str
    links: tuple[str, ...]
    """Distinct addresses of links, also of those in menus."""
    truncated: bool
    """The page went on behind a bound."""


def sift(text: str, limit: int) -> Sifted | None:
    """Parse a page; None when elements stand too deep in each other, or there is none.

    Args:
        text: the page.
        limit: characters of text after which the rest is not read.
    """
    sieve = _Sieve(limit)
    target: Any = sieve  # lxml's types ask for comments as well
    parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True, no_network=True)
    begin = re.match(r"\s{0,64}<\?xml[^>]{0,200}\?>", text[:400])
    try:
        for at in range(begin.end() if begin else 0, len(text), _BYTES):
            piece = text[at : at + _BYTES].replace("\x00", "")
            parser.feed(piece.encode("utf-8", "replace"))
            if sieve.full:
                break
        parser.close()
    except (etree.XMLSyntaxError, ValueError, AssertionError):
        return None
    if sieve.root is None:
        return None
    return Sifted(sieve.root, sieve.title(), tuple(sieve.links), sieve.full)


class _Sieve:
    """Takes the parser's events and builds the tree; every collection in it is bounded."""

    def __init__(self, limit: int) -> None:
        self.root: etree._Element | None = None
        self.links: dict[str, None] = {}
        self.full = False
        self._limit = limit
        self._builder = etree.TreeBuilder()
        self._builder.start("html", {})
        self._open: list[str] = []
        """Elements around the current place: the tag, or nothing for one that is not kept."""
        self._waiting: list[tuple[str, dict[str | bytes, str | bytes]]] = []
        """The innermost of them, of which it is not yet known whether they hold anything."""
        self._skipped = 0
        self._empty = ""
        """Tag of the empty element behind which nothing has come yet."""
        self._titles: list[str] = []
        self._any = self._in_title = False
        self._elements = self._characters = self._depth = 0

    def title(self) -> str:
        """The first title."""
        return " ".join("".join(self._titles).split())[:_MAX_TITLE]

    # ---------------------------------------------------------------- the parser's events

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._any = True
        if tag == "a":
            self._link(attributes.get("href", ""))
        if self._skipped + len(self._open) > _MAX_OPEN:
            raise ValueError("too many elements in each other")
        self._in_title = tag == "title" and not self._titles
        if self._skipped or self.full:
            self._skipped += 1
        elif tag in _WHOLE:
            self._open.append("")
        elif tag in SKIP or _invisible(attributes):
            self._skipped = 1
        else:
            self._begin(tag, attributes)

    def end(self, tag: str) -> None:
        """An element ends."""
        self._in_title = False
        if self._skipped:
            self._skipped -= 1
        elif self._open and (kept := self._open.pop()):
            self._finish(kept)

    def data(self, text: str) -> None:
        """Text."""
        if self._in_title and len(self._titles) < _MAX_TITLE:
            self._titles.append(text[:_MAX_TITLE])
        if self._skipped:
            return
        blank = text.isspace()
        if blank and self._empty and "pre" not in self._open:
            return
        self._characters += 1 if blank else len(text)
        self.full = self.full or self._characters > 4 * self._limit
        if blank and len(text) > _BYTES:
            text = "\n"
        if not blank:
            self._settle()
            self._empty = ""
        self._builder.data(text)

    def close(self) -> None:
        """The page ends; elements that are still open end with it."""
        while self._open:
            if kept := self._open.pop():
                self._finish(kept)
        if self.root is None and self._any:
            self._builder.end("html")
            self.root = self._builder.close()

    # ---------------------------------------------------------------- the tree

    def _begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        kept: dict[str | bytes, str | bytes] = {
            k: attributes[k][:400] for k in _KEPT if k in attributes
        }
        plain = tag not in BLOCKS and not kept and tag not in ("a", "b", "strong")
        if plain or self._depth >= MAX_DEPTH:
            self._open.append(_LINE if tag in BLOCKS else "")
            if tag in BLOCKS:
                self._line()
            return
        self._open.append(tag)
        self._depth += 1
        self._waiting.append((tag, kept))
        if tag in _ALWAYS:
            self._settle()

    def _finish(self, tag: str) -> None:
        if tag == _LINE:
            self._line()
            return
        self._depth -= 1
        if not self._waiting:
            self._builder.end(tag)
            self._empty = ""
            return
        self._waiting.pop()
        if tag in BLOCKS and not self._waiting:  # else what is around it will begin a line
            self._write(tag)

    def _line(self) -> None:
        self._settle()
        self._write("br")

    def _settle(self) -> None:
        """Begin the elements that wait: there is something in them."""
        for tag, kept in self._waiting:
            self._elements += 1
            self._empty = ""
            self._builder.start(tag, kept)
        self._waiting.clear()
        self.full = self.full or self._elements > MAX_ELEMENTS

    def _write(self, tag: str) -> None:
        """An empty element, but for one that repeats the last."""
        if tag != self._empty:
            self._elements += 1
            self._builder.start(tag, {})
            self._builder.end(tag)
            self._empty = tag
            self.full = self.full or self._elements > MAX_ELEMENTS

    def _link(self, address: str) -> None:
        found = address.strip() if len(address) <= 2 * _MAX_LINK else ""
        if (
            found.startswith(("http://", "https://"))
            and len(found) <= _MAX_LINK
            and len(self.links) < _MAX_LINKS
        ):
            self.links[found] = None


def _invisible(attributes: Mapping[str, str]) -> bool:
    return "hidden" in attributes or bool(_INVISIBLE.search(attributes.get("style", "")[:400]))
