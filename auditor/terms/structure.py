"""Give each block its context: the headings above it and the sentence that introduces its list.

A table row stands under its header; a list item under its lead-in ("我们会收集以下信息：", "We
collect the following:"), which lends it a verb when it has none of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from auditor.terms.blocks import Block, Kind, Layout
from auditor.terms.plain import marker_of

_RUN = 3
_FOLLOWING = (
    "如下",
    "以下",
    "下列",
    "下述",
    "the following",
    "as follows",
    "berikut",
    "siguiente",
    "seguinte",
    "sau",
)


@dataclass(frozen=True, slots=True)
class Passage:
    """One block with its context, nearest heading last."""

    block: Block
    body: int
    """Offset after the marker of the block ("1.", "（一）")."""
    headings: tuple[Block, ...]
    leads: tuple[Block, ...]


@dataclass(slots=True)
class _Lead:
    block: Block
    heading_level: int
    items_seen: bool = False


def passages_of(layout: Layout) -> tuple[Passage, ...]:
    """Attach context to every block of `layout`, headings included."""
    headings: list[Block] = []
    leads: list[_Lead] = []
    found: list[Passage] = []
    for block in _settled(layout):
        if block.kind is Kind.HEADING:
            while headings and headings[-1].level >= block.level:
                headings.pop()
        leads = _still_open(leads, block, headings)
        text = layout.text[block.start : block.end]
        body = block.start + _marker_length(text)
        chain = tuple(lead.block for lead in leads[-3:])
        found.append(Passage(block, body, tuple(headings[-4:]), chain))
        if block.kind is Kind.HEADING:
            headings.append(block)
        if introduces(text) and block.kind is not Kind.ROW:
            leads.append(_Lead(block, headings[-1].level if headings else 0))
    return tuple(found)


def _settled(layout: Layout) -> Iterator[Block]:
    """Blocks with their kind decided by what follows.

    A numbered short line with nothing under it is an item of a list, no heading; a short line
    without a full stop right before a list is its heading; short lines in a row are a list.
    """
    blocks = layout.blocks
    listed = _listed(layout)
    for index, (block, after) in enumerate(zip(blocks, (*blocks[1:], None), strict=False)):
        text = layout.text[block.start : block.end].strip("*_# \t")
        if index in listed:
            yield replace(block, kind=Kind.PARAGRAPH, level=0)
        elif block.kind is Kind.HEADING and _is_leaf(block, after, layout.text):
            yield replace(block, kind=Kind.ITEM)
        elif (
            block.kind is Kind.PARAGRAPH
            and after is not None
            and after.kind in (Kind.ITEM, Kind.ROW)
            and 0 < len(text) <= 60
            and (text[-1] not in "。.；;：:！!？?，," or _asks_for_list(text, after))
        ):
            yield replace(block, kind=Kind.HEADING, level=6)
        else:
            yield block


def _asks_for_list(text: str, after: Block) -> bool:
    """ "What do we not collect?" right before a list is its heading."""
    return text[-1] in "？?" and after.kind is Kind.ITEM


def _listed(layout: Layout) -> set[int]:
    """Indices of lines that look like headings and are a list: three short ones or more in a row.

    The first may be the heading of the others, the last that of what follows.
    """
    found: set[int] = set()
    blocks = layout.blocks
    index = 0
    while index < len(blocks):
        end = index
        while end < len(blocks) and _is_short(layout, blocks[end]):
            end += 1
        if end - index >= _RUN:
            before = blocks[index - 1] if index else None
            led = before is not None and _opens(layout.text[before.start : before.end])
            stop = end if end == len(blocks) or blocks[end - 1].kind is Kind.PARAGRAPH else end - 1
            found.update(range(index if led else index + 1, stop))
        index = max(end, index + 1)
    return found


def _is_short(layout: Layout, block: Block) -> bool:
    """Tell an unmarked line of a few words without a full stop."""
    if block.kind not in (Kind.HEADING, Kind.PARAGRAPH) or block.end - block.start > 70:
        return False
    text = layout.text[block.start : block.end].strip("*_# \t")
    return (
        bool(text)
        and text[0] != "【"
        and text[-1] not in "。.；;：:！!？?，,"
        and not marker_of(text)[0]
    )


def _opens(text: str) -> bool:
    """Tell a line that a list may follow: a lead-in, or one with a marker."""
    return introduces(text) or marker_of(text.lstrip("*_# "))[0] > 0


def _is_leaf(block: Block, after: Block | None, text: str) -> bool:
    rank, _ = marker_of(text[block.start : block.end].lstrip("*_# "))
    if rank < 4:
        return False
    return after is None or (after.kind is Kind.HEADING and after.level <= block.level)


def introduces(text: str) -> bool:
    """Tell whether a block opens a list: it ends with a colon, or announces what follows."""
    tail = text.rstrip("*_ \t")[-40:].lower()
    if tail.endswith((":", "：")):
        return True
    return any(word in tail[-16:] for word in _FOLLOWING)


def _marker_length(text: str) -> int:
    stripped = len(text) - len(text.lstrip("*_# "))
    rank, length = marker_of(text[stripped:])
    return stripped + length if rank else 0


def _still_open(leads: list[_Lead], block: Block, headings: list[Block]) -> list[_Lead]:
    """Drop the lead-ins that `block` closes."""
    kept: list[_Lead] = []
    for lead in leads:
        if block.kind is Kind.HEADING:
            under = lead.block.kind is Kind.HEADING and block.level > lead.block.level
            sideways = block.level <= lead.heading_level or lead.block.kind is Kind.HEADING
            if sideways and not under:
                continue
        elif block.kind is Kind.ITEM and lead.block.kind is Kind.ITEM:
            if block.level <= lead.block.level:
                continue
        elif block.kind is Kind.PARAGRAPH and lead.block.kind is Kind.PARAGRAPH and lead.items_seen:
            continue
        kept.append(lead)
    for lead in kept:
        lead.items_seen = lead.items_seen or block.kind in (Kind.ITEM, Kind.ROW)
    return kept
