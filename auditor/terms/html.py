"""HTML to blocks: saved pages with their navigation, scripts and banners left out.

lxml parses with recovery and its own ceilings (`huge_tree` off, no network, no entity expansion);
what it refuses is read by a small tag stripper, so a hostile page still yields its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from lxml import etree, html

from auditor.terms.blocks import Kind, Layout, LayoutBuilder
from auditor.terms.plain import looks_like_heading, marker_of

_SKIP = frozenset(
    [
        "script",
        "style",
        "head",
        "noscript",
        "template",
        "svg",
        "iframe",
        "object",
        "button",
        "select",
        "option",
        "nav",
        "footer",
        "form",
        "input",
        "textarea",
        "canvas",
        "audio",
        "video",
        "map",
        "aside",
        "dialog",
    ]
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "tr",
        "td",
        "th",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "body",
        "html",
        "tbody",
        "thead",
        "tfoot",
        "caption",
        "figure",
        "figcaption",
        "address",
        "hr",
        "center",
        "details",
        "summary",
        "br",
    ]
)
_HIDE = re.compile(
    r"(?:^|[-_\s])(?:cookie|cookies|nav|navbar|navigation|menu|breadcrumb|sidebar|footer|banner|share|toc|"
    r"catalog|skip-link|newsletter|consent-banner|gdpr)(?:$|[-_\s])",
    re.I,
)
_INVISIBLE = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.I)
_TAG = re.compile(r"<[^<>]{0,4000}>")
_DROPPED = re.compile(r"<(script|style)\b[^>]{0,2000}>.{0,200000}?</\1\s{0,4}>", re.I | re.S)
_MAX_DEPTH = 200


def read_html(text: str, limit: int) -> Layout:
    """Read a page; falls back to stripping tags where no tree can be built."""
    root = _parse(text)
    if root is None:
        return _strip(text, limit)
    builder = LayoutBuilder(limit)
    _Walker(builder).walk(root)
    if not builder.blocks:
        return _strip(text, limit)
    return builder.build(_title(root), _links(root))


def _parse(text: str) -> etree._Element | None:
    source = re.sub(r"^\s{0,64}<\?xml[^>]{0,200}\?>", "", text[:400]) + text[400:]
    source = source.replace("\x00", "")
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError, AssertionError):
        return None
    return root if root is not None else None


def _title(root: etree._Element) -> str:
    found = root.find(".//title")
    return " ".join((found.text or "").split())[:200] if found is not None else ""


def _links(root: etree._Element) -> tuple[str, ...]:
    links = []
    for anchor in root.iter("a"):
        href = anchor.get("href", "").strip()
        if href.startswith(("http://", "https://")) and len(href) <= 2000:
            links.append(href)
        if len(links) >= 500:
            break
    return tuple(dict.fromkeys(links))


def _hidden(node: etree._Element) -> bool:
    names = f"{node.get('class', '')} {node.get('id', '')}"
    if _INVISIBLE.search(node.get("style", "")[:400]) or node.get("hidden") is not None:
        return True
    return bool(_HIDE.search(names[:400])) and len("".join(_texts(node, 1500))) < 1500


def _texts(node: etree._Element, limit: int) -> Iterator[str]:
    size = 0
    for piece in node.itertext(with_tail=False):
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

    def flush(self) -> None:
        text = "".join(self.inline).strip()
        self.inline.clear()
        if text:
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
        """Depth first with an explicit stack; beyond `_MAX_DEPTH` only the text is taken."""
        stack: list[tuple[etree._Element, int, bool]] = [(root, 0, False)]
        while stack and not self.builder.truncated:
            node, depth, done = stack.pop()
            if done:
                self._leave(node)
            elif self._enter(node, depth):
                stack.append((node, depth, True))
                stack.extend((child, depth + 1, False) for child in reversed(node))
            else:
                self._tail(node)
        self.flush()

    def _enter(self, node: etree._Element, depth: int) -> bool:
        """Take the node's own text; False when its children are not to be visited."""
        tag = node.tag
        if (
            not isinstance(tag, str)
            or tag in _SKIP
            or (tag not in ("html", "body") and _hidden(node))
        ):
            return False
        if tag == "table" and not node.xpath(".//table"):
            self.flush()
            self._table(node)
            return False
        if depth > _MAX_DEPTH:
            self.inline.extend(_texts(node, 100_000))
            return False
        if tag in _BLOCKS:
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
        if text:
            self.inline.append(re.sub(r"\s+", " ", text) if tag != "pre" else text)

    def _leave(self, node: etree._Element) -> None:
        if node.tag in _BLOCKS:
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
    own = [c for c in row if c.tag in ("td", "th")][:100]
    for cell in own:
        _fill(cells, carried)
        text = " ".join("".join(_texts(cell, 20_000)).split())
        rows = cell.get("rowspan", "1")
        count = int(rows) if rows.isdigit() and len(rows) < 4 else 1
        if count > 1:
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
    cut = text[: limit * 8]
    plain = _TAG.sub("\n", _DROPPED.sub(" ", cut))
    builder = LayoutBuilder(limit)
    for line in unescape(plain).split("\n"):
        builder.add(Kind.PARAGRAPH, " ".join(line.split()))
    return builder.build()
