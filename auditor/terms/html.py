"""HTML to blocks: saved pages with their navigation, scripts and banners left out.

`sieve.py` makes a small tree of a page; where it gives up, a tag stripper reads, so that a hostile
page still yields its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from lxml import etree

from auditor.terms.blocks import Kind, Layout, LayoutBuilder
from auditor.terms.plain import looks_like_heading, marker_of
from auditor.terms.sieve import BLOCKS, sift

_HIDE = re.compile(
    r"(?:^|[-_\s])(?:cookie|cookies|nav|navbar|navigation|menu|breadcrumb|sidebar|footer|banner|share|toc|"
    r"catalog|skip-link|newsletter|consent-banner|gdpr)(?:$|[-_\s])",
    re.I,
)
_TAG = re.compile(r"<[^<>]{0,4000}>")
_OPENING = re.compile(r"<(script|style)\b", re.I)
_CLOSING = {tag: re.compile(f"</{tag}", re.I) for tag in ("script", "style")}
_MAX_CELLS = 100
_MENU = 2
"""So many links and no word beside them are a menu."""
_CUT = 8
"""Characters that are read of a page without a tree, for each one that may be kept."""


def read_html(text: str, limit: int) -> Layout:
    """Read a page; falls back to stripping tags where no tree can be built."""
    sifted = sift(text, limit)
    if sifted is None:
        return _strip(text, limit)
    builder = LayoutBuilder(limit)
    _Walker(builder).walk(sifted.root)
    if not builder.blocks:
        return _strip(text, limit)
    builder.truncated = builder.truncated or sifted.truncated
    return builder.build(sifted.title, sifted.links)


def _hidden(node: etree._Element) -> bool:
    names = f"{node.get('class', '')} {node.get('id', '')}"
    return bool(_HIDE.search(names[:400])) and len("".join(_texts(node, 1500))) < 1500


def _texts(node: etree._Element, limit: int) -> Iterator[str]:
    size = 0
    for piece in node.itertext():
        yield str(piece)
        size += len(piece)
        if size > limit:
            return


class _Walker:
    """Walks a tree without recursion on hostile depth and hands blocks to the builder."""

    def __init__(self, builder: LayoutBuilder) -> None:
        self.builder = builder
        self.inline: list[str] = []
        self.kind = Kind.PARAGRAPH
        self.level = 0
        self.bold = True
        self.links = 0
        """Links in the block so far; negative once it has words outside of them."""

    def flush(self) -> None:
        text = "".join(self.inline).strip()
        self.inline.clear()
        menu = self.links >= _MENU
        self.links = 0
        if text and not menu:
            kind, level = self._classify(text)
            self.builder.add(kind, text, level)
        self.bold = True

    def _classify(self, text: str) -> tuple[Kind, int]:
        if self.kind is not Kind.PARAGRAPH:
            return self.kind, self.level
        rank, _ = marker_of(text)
        if looks_like_heading(text, rank, bold=self.bold):
            return Kind.HEADING, rank or 1
        return (Kind.ITEM, rank) if rank else (Kind.PARAGRAPH, 0)

    def walk(self, root: etree._Element) -> None:
        """Depth first with an explicit stack."""
        stack: list[tuple[etree._Element, bool]] = [(root, False)]
        while stack and not self.builder.truncated:
            node, done = stack.pop()
            if done:
                self._leave(node)
            elif self._enter(node):
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(node))
            else:
                self._tail(node)
        self.flush()

    def _enter(self, node: etree._Element) -> bool:
        """Take the node's own text; False when its children are not to be visited."""
        tag = str(node.tag)
        if _hidden(node):
            return False
        if tag == "table" and not node.xpath(".//table"):
            self.flush()
            self._table(node)
            return False
        if tag in BLOCKS:
            self.flush()
            self._open(tag, node)
        self._text(node.text, tag)
        return True

    def _open(self, tag: str, node: etree._Element) -> None:
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.kind, self.level = Kind.HEADING, int(tag[1])
        elif tag in ("li", "dd"):
            depth = sum(1 for a in node.iterancestors("ul", "ol", "dl"))
            self.kind, self.level = Kind.ITEM, 8 + depth
        elif tag in ("ul", "ol", "dl", "div", "section", "article", "dt", "body", "table"):
            self.kind, self.level = Kind.PARAGRAPH, 0

    def _text(self, text: str | None, tag: str) -> None:
        if text and text.strip():
            self.bold = self.bold and tag in ("b", "strong")
            self.links = self.links + 1 if tag == "a" and self.links >= 0 else -1
        if text:
            self.inline.append(re.sub(r"\s+", " ", text) if tag != "pre" else text)

    def _leave(self, node: etree._Element) -> None:
        if node.tag in BLOCKS:
            self.flush()
            if node.tag not in ("p", "br"):
                self.kind, self.level = Kind.PARAGRAPH, 0
                parent = node.getparent()
                if parent is not None and parent.tag in ("li", "dd"):
                    self._open("li", parent)
        self._tail(node)

    def _tail(self, node: etree._Element) -> None:
        parent = node.getparent()
        if node.tail:
            self._text(node.tail, str(parent.tag) if parent is not None else "")

    def _table(self, table: etree._Element) -> None:
        """Rows with their header; cells that span rows are repeated below."""
        header: tuple[str, ...] = ()
        carried: dict[int, tuple[str, int]] = {}
        for row in table.iter("tr"):
            if self.builder.truncated:
                break
            cells = _cells(row, carried)
            heads = bool(row.findall("th")) and not row.findall("td")
            if len(cells) == 1 and not heads:
                self.builder.add(Kind.PARAGRAPH, cells[0])
            elif not header:
                header = tuple(cells)
                self.builder.add_row(cells, (), title=True)
            else:
                self.builder.add_row(cells, header)
        self.kind, self.level = Kind.PARAGRAPH, 0


def _cells(row: etree._Element, carried: dict[int, tuple[str, int]]) -> list[str]:
    cells: list[str] = []
    own = [c for c in row if c.tag in ("td", "th")][:_MAX_CELLS]
    for cell in own:
        _fill(cells, carried)
        text = " ".join("".join(_texts(cell, 20_000)).split())
        rows = cell.get("rowspan", "1")
        count = int(rows) if rows.isdecimal() and len(rows) < 4 else 1
        if count > 1 and len(cells) < _MAX_CELLS:
            carried[len(cells)] = (text, count - 1)
        cells.append(text)
    _fill(cells, carried)
    return cells


def _fill(cells: list[str], carried: dict[int, tuple[str, int]]) -> None:
    while len(cells) in carried:
        text, left = carried.pop(len(cells))
        if left > 1:
            carried[len(cells)] = (text, left - 1)
        cells.append(text)


def _strip(text: str, limit: int) -> Layout:
    """Text of a page that no tree explains: tags out, character entities in."""
    plain = _TAG.sub("\n", _without_scripts(text[: limit * _CUT]))
    builder = LayoutBuilder(limit)
    for line in unescape(plain).split("\n"):
        builder.add(Kind.PARAGRAPH, " ".join(line.split()))
    builder.truncated = builder.truncated or len(text) > limit * _CUT
    return builder.build()


def _without_scripts(text: str) -> str:
    """Leave scripts and styles out, in one pass; one that never ends is left where it is."""
    kept: list[str] = []
    at = 0
    endless: set[str] = set()
    for opening in _OPENING.finditer(text):
        tag = opening[1].lower()
        if opening.start() < at or tag in endless:
            continue
        closing = _CLOSING[tag].search(text, opening.end())
        if closing is None:
            endless.add(tag)
            continue
        kept.append(text[at : opening.start()])
        at = closing.start()
    return " ".join([*kept, text[at:]])
