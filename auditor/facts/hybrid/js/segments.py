"""Cut scripts into pieces that can be parsed apart, and choose those worth the time.

A bundle of 20 MB needs a gigabyte to be parsed as one tree. Bundles are made of modules, so a big
script is cut at the beginnings of modules; what holds no name of an interface and no address is
not parsed. HTML gives its inline scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from auditor.facts.hybrid.js.bundles import find_modules, related_modules

WHOLE = 300_000
"""Bytes up to which a script is read as one piece."""
PARSED = 320_000
"""Bytes of all scripts of one app that are parsed."""
_LARGEST = 150_000
"""Bytes of one piece that are parsed."""
_HANDLER = re.compile(
    rb"\son([a-z]{3,20})\s{0,4}=\s{0,4}(?:\"([^\"<>]{1,2000})\"|'([^'<>]{1,2000})')", re.I
)
_HITS = 300
"""Places of one word that are looked at in a big script."""
_AROUND = (20_000, 6_000, 2_000)
"""Bytes before and after a place that are parsed in a script without modules, by rank."""
NOTHING = 3
"""Rank of a piece that holds nothing of interest."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text to parse: `text` begins at byte `shift` of the file (negative shifts: a wrapper)."""

    file: int
    shift: int
    text: bytes
    rank: int
    """0: reads personal data by name; 1: sends; 2: holds an address; 3: nothing of these."""
    event: str = ""
    """The text is the attribute of this name in an HTML page: `onclick`."""


def inline_scripts(html: bytes) -> list[tuple[int, bytes]]:
    """Offset and text of the scripts inside an HTML page."""
    found: list[tuple[int, bytes]] = []
    lower = html.lower()
    at = lower.find(b"<script")
    while at >= 0 and len(found) < 200:
        start = lower.find(b">", at)
        end = lower.find(b"</script", start) if start >= 0 else -1
        if end < 0:
            break
        if html[start + 1 : end].strip():
            found.append((start + 1, html[start + 1 : end]))
        at = lower.find(b"<script", end)
    return found


def handlers(file: int, html: bytes) -> list[Piece]:
    """Scripts in attributes of an HTML page: `onclick="go()"`."""
    found = []
    for match in islice(_HANDLER.finditer(html), 500):
        text = match.group(2) or match.group(3) or b""
        start = match.start(2) if match.group(2) else match.start(3)
        found.append(Piece(file, start, text, 1, match.group(1).decode().lower()))
    return found


def cut(file: int, text: bytes, words: Sequence[Sequence[bytes]], base: int = 0) -> list[Piece]:
    """Cut one script into pieces, each with its rank.

    `words` holds, for each rank from 0 on, the texts that give a piece this rank.
    """
    hits = _hits(text, words)
    if len(text) <= WHOLE:
        return [Piece(file, base, text, min((rank for _, rank in hits), default=NOTHING))]
    bundle = find_modules(text)
    ranks: dict[tuple[int, int], int] = {}
    core: set[int] = set()
    for at, rank in hits:
        number = bundle.module_at(at)
        start, end = bundle.span(number) if number >= 0 else (0, len(text))
        if rank == 0 and number >= 0:
            core.add(number)
        if end - start > _LARGEST:
            around = _AROUND[min(rank, len(_AROUND) - 1)]
            start, end = _window(text, max(start, at - around), min(end, at + around))
        ranks[start, end] = min(rank, ranks.get((start, end), NOTHING))
    for number, rank in related_modules(bundle, text, core).items():
        start, end = bundle.span(number)
        if end - start <= _LARGEST:
            ranks[start, end] = min(rank, ranks.get((start, end), NOTHING))
    return [
        Piece(file, base + start - shift, body, rank)
        for (start, end), rank in _disjoint(ranks)
        for body, shift in [bundle.program(text, start, end)]
    ]


def _hits(text: bytes, words: Sequence[Sequence[bytes]]) -> list[tuple[int, int]]:
    """Offsets of the words with their ranks, the first few hundred of each word."""
    found = []
    for rank, group in enumerate(words):
        for word in group:
            at = text.find(word)
            for _ in range(_HITS):
                if at < 0:
                    break
                found.append((at, rank))
                at = text.find(word, at + 64)
    return sorted(found)


def _window(text: bytes, start: int, end: int) -> tuple[int, int]:
    """Move the borders of a window to ends of statements, where some are near."""
    low = text.rfind(b";", max(0, start - 2_000), start) + 1
    high = text.find(b";", end, end + 2_000) + 1
    return (low or start), (high or end)


def _disjoint(ranks: dict[tuple[int, int], int]) -> list[tuple[tuple[int, int], int]]:
    """Join spans that overlap, as long as they stay small."""
    joined: list[tuple[tuple[int, int], int]] = []
    for (start, end), rank in sorted(ranks.items()):
        if joined and start < joined[-1][0][1]:
            (first, last), before = joined[-1]
            if max(end, last) - first <= _LARGEST:
                joined[-1] = ((first, max(end, last)), min(rank, before))
                continue
            start = last
            if start >= end:
                continue
        joined.append(((start, end), rank))
    return joined


def choose(pieces: Iterable[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Take the most interesting pieces within `PARSED` bytes; return them and those left out."""
    taken: list[Piece] = []
    left: list[Piece] = []
    room = PARSED
    for piece in sorted(pieces, key=lambda p: (p.rank, len(p.text), p.file, p.shift)):
        if len(piece.text) <= room:
            taken.append(piece)
            room -= len(piece.text)
        else:
            left.append(piece)
    return sorted(taken, key=lambda p: (p.file, p.shift)), left
