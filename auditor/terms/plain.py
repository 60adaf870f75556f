"""Plain text and Markdown to blocks: numbering, bullets, pipes, underlines, hard-wrapped lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.terms.blocks import Block, Kind, Layout
from auditor.terms.normal import is_cjk

MARKERS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(r"第[一二三四五六七八九十百0-9]{1,5}[章节条编部]")),
    (1, re.compile(r"(?:section|article|part)\s{1,2}(?:\d{1,3}|[ivxlc]{1,6})\b[.:)]?", re.I)),
    (2, re.compile(r"[一二三四五六七八九十]{1,3}\s?[、.．，：:]")),
    (3, re.compile(r"[（(]\s?[一二三四五六七八九十]{1,3}\s?[）)]、?")),
    (5, re.compile(r"\d{1,2}[.．]\d{1,2}(?:[.．]\d{1,2}){0,3}[.．、]?(?!\d)")),
    (4, re.compile(r"\d{1,2}\s?[.．、:：](?!\d)")),
    (6, re.compile(r"[（(]\s?\d{1,2}\s?[）)]、?|\d{1,2}[）)]")),
    (7, re.compile(r"[①-⑳]")),
    (7, re.compile(r"[（(]?[a-zA-Z][.)）]\s|[（(](?:[ivx]{1,5}|[a-z])[）)]")),
    (4, re.compile(r"[IVX]{1,5}[.)]\s")),
    (8, re.compile(r"[-*+•·●◆■○▪–—※►➢]\s{0,4}(?=\S)")),
)
"""Markers of clauses and items with their rank: a smaller one opens a wider section."""

_BULLETS = "-*+•·●◆■○▪–※►➢"
_HASHES = re.compile(r"#{1,6}\s{0,3}")
_RULE = re.compile(r"[-=_*~\s]{3,200}$")
_PIPE_RULE = re.compile(r"[\s|:\-]{3,400}$")
_LABEL = re.compile(r"[^，。；,;：:]{1,24}[：:]")
"""A line that starts with a label goes on with nothing."""


def marker_of(text: str) -> tuple[int, int]:
    """Rank and length of the marker at the head of `text`, `(0, 0)` when there is none."""
    head = text[:24]
    for rank, pattern in MARKERS:
        if match := pattern.match(head):
            return rank, match.end()
    return 0, 0


def read_plain(text: str, limit: int) -> Layout:
    """Read plain text or Markdown; the text itself is kept as it stands."""
    cut = text[:limit]
    blocks: list[Block] = []
    header: tuple[str, ...] = ()
    for start, end in _joined(cut, _lines(cut)):
        line = cut[start:end]
        if line.endswith("|") and line.count("|") == 1 and "\t" not in line:
            stop = start + len(line[:-1].rstrip())
            blocks.extend([Block(Kind.ITEM, start, stop, 8)] if stop > start else [])
            continue
        if _RULE.match(line):
            header = header if "|" in line else ()
            continue
        if line.count("|") >= 2 or (header and "|" in line) or line.count("\t") >= 2:
            sep = "|" if "|" in line else "\t"
            header = _add_row(blocks, cut, start, end, header, sep)
            continue
        header = ()
        _add_line(blocks, cut, start, end)
    return Layout(cut, tuple(blocks), "", (), len(text) > limit)


def _lines(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            left = at + (len(line) - len(line.lstrip()))
            spans.append((left, left + len(stripped)))
        at += len(line) + 1
    return spans


def _joined(text: str, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Lines, a bullet that stands alone (scraped pages) joined to the line after it."""
    bullet = -1
    for start, end in lines:
        if end - start == 1 and text[start] in _BULLETS:
            bullet = start
            continue
        near = bullet >= 0 and start - bullet <= 12
        yield (bullet if near else start), end
        bullet = -1


def _add_row(
    blocks: list[Block], text: str, start: int, end: int, header: tuple[str, ...], sep: str
) -> tuple[str, ...]:
    """Append a pipe row; the first row of a table is its header."""
    if _PIPE_RULE.match(text[start:end]):
        return header
    spans, at = [], start
    for piece in text[start:end].split(sep):
        body = piece.strip(" \t*")
        left = at + piece.find(body) if body else at
        spans.append((left, left + len(body)))
        at += len(piece) + 1
    if spans and spans[0][0] == spans[0][1] and sep == "|":
        spans = spans[1:]
    if spans and spans[-1][0] == spans[-1][1] and sep == "|":
        spans = spans[:-1]
    cells = tuple(spans)
    if not header:
        blocks.append(Block(Kind.ROW, start, end, 0, cells, (), True))
        return tuple(text[a:b] for a, b in cells)
    blocks.append(Block(Kind.ROW, start, end, 0, cells, header[: len(cells)]))
    return header


def _add_line(blocks: list[Block], text: str, start: int, end: int) -> None:
    line = text[start:end]
    if match := _HASHES.match(line):
        level = line[: match.end()].count("#")
        if end > start + match.end():
            blocks.append(Block(Kind.HEADING, start + match.end(), end, level))
        return
    body = line.strip("*_ ")
    rank, length = marker_of(body)
    if rank:
        kind = Kind.HEADING if looks_like_heading(body, rank) else Kind.ITEM
        blocks.append(Block(kind, start, end, rank))
        return
    if blocks and _continues(text, blocks[-1], start, end):
        last = blocks.pop()
        blocks.append(Block(last.kind, last.start, end, last.level))
        return
    kind = (
        Kind.HEADING if looks_like_heading(body, 0, bold=line.startswith("**")) else Kind.PARAGRAPH
    )
    blocks.append(Block(kind, start, end, 1 if kind is Kind.HEADING else 0))


def looks_like_heading(text: str, rank: int, bold: bool = False) -> bool:
    """Tell whether a line is a heading: short, and no sentence.

    A marked line without a comma counts; an unmarked one must also be bold, in capitals or titled.
    """
    body = text.strip("*_ \t")
    if body.startswith("【") and body.endswith("】") and "】" not in body[1:-1]:
        return len(body) <= 30
    short = 26 if any(is_cjk(c) for c in body) else 70
    if len(body) > short or not body or body[-1] in "。；;，,：:！!.、":
        return False
    if any(c in body for c in "。；，,;") or "：" in body[:-1]:
        return False
    if rank and rank <= 5:
        return True
    if bold:
        return True
    latin = [w for w in body.split() if w[:1].isalpha()]
    if not any(is_cjk(c) for c in body):
        return (
            bool(latin) and not rank and sum(w[:1].isupper() for w in latin) * 3 >= len(latin) * 2
        )
    return not rank and body.endswith(
        ("信息", "政策", "协议", "说明", "權政策", "声明", "權", "权限", "列表", "清单")
    )


def _continues(text: str, last: Block, start: int, end: int) -> bool:
    """Tell whether a line goes on with the block before it (a hard wrap).

    A wrap follows a long line directly, and that line does not end a sentence or open a list.
    """
    if last.kind not in (Kind.PARAGRAPH, Kind.ITEM) or text.count("\n", last.end, start) != 1:
        return False
    if _LABEL.match(text[start:end][:40]) or text[start] in "【[（(《<>#*-":
        return False
    tail = text[last.end - 1]
    if tail in "。；;！!？?：:.":
        return False
    previous = text.rfind("\n", 0, last.end) + 1
    width = last.end - max(previous, last.start)
    return width >= (24 if is_cjk(tail) or tail == "，" else 45) or text[start].islower()
