"""The structure of a document, before anything is understood: blocks that are spans of its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item or table row; `start` and `end` are offsets in the text."""

    kind: Kind
    start: int
    end: int
    level: int = 0
    """Heading level (1 is the highest) or depth of the list (0 is the outermost)."""
    cells: tuple[tuple[int, int], ...] = ()
    """Spans of the cells of a row."""
    header: tuple[str, ...] = ()
    """Text of the header cell above each cell."""
    title: bool = False
    """Set for rows that are headers themselves."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A document as text with blocks."""

    text: str
    blocks: tuple[Block, ...]
    title: str = ""
    links: tuple[str, ...] = ()
    truncated: bool = False


@dataclass
class LayoutBuilder:
    """Collects blocks while a document is read; texts are joined by line breaks."""

    limit: int
    """Characters after which everything is dropped."""
    parts: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    size: int = 0
    truncated: bool = False

    def add(self, kind: Kind, text: str, level: int = 0) -> None:
        """Append one block."""
        text = text.strip()
        if not text or self.truncated:
            return
        start = self._append(text)
        self.blocks.append(Block(kind, start, start + len(text), level))

    def add_row(self, cells: list[str], header: tuple[str, ...], title: bool = False) -> None:
        """Append one table row; cells are joined by ` | `."""
        cells = [" ".join(c.split()) for c in cells]
        if self.truncated or not any(cells):
            return
        start = self._append(" | ".join(cells))
        spans, at = [], start
        for cell in cells:
            spans.append((at, at + len(cell)))
            at += len(cell) + 3
        self.blocks.append(
            Block(Kind.ROW, start, at - 3, 0, tuple(spans), header[: len(cells)], title)
        )

    def _append(self, text: str) -> int:
        start = self.size
        self.parts += [text, "\n"]
        self.size += len(text) + 1
        if self.size > self.limit:
            self.truncated = True
        return start

    def build(self, title: str = "", links: tuple[str, ...] = ()) -> Layout:
        """The finished layout, cut at the limit."""
        text = "".join(self.parts)[: self.limit]
        kept = tuple(b for b in self.blocks if b.end <= len(text))
        if len(kept) < len(self.blocks) and self.blocks:
            last = self.blocks[len(kept)]
            if last.start < len(text) and not last.cells:
                kept += (Block(last.kind, last.start, len(text), last.level),)
        return Layout(text, kept, title, links, self.truncated)
