"""What a document is: role, title, date, version."""

from __future__ import annotations

import re
from typing import Literal

from auditor.catalog import Catalog, Entry
from auditor.terms.blocks import Kind, Layout

_DATE = re.compile(
    r"(\d{4})\s{0,2}[年\-/.]\s{0,2}(\d{1,2})\s{0,2}[月\-/.]\s{0,2}(\d{1,2})|"
    r"(\d{1,2})(?:st|nd|rd|th)?\s{1,2}([A-Z][a-z]{2,8}),?\s{1,2}(\d{4})|([A-Z][a-z]{2,8})\s{1,2}(\d{1,2})(?:st|nd|rd|th)?,?\s{1,2}(\d{4})"
)
_DATE_WORDS = (
    "生效",
    "更新",
    "发布",
    "effective",
    "updated",
    "revised",
    "version",
    "berlaku",
    "actualiza",
    "vigen",
    "版本",
    "修订",
)
_VERSION = re.compile(
    r"(?:版本(?:号)?|version)\s{0,2}[：:]?\s{0,2}[vV]?(\d{1,4}(?:\.\d{1,4}){0,3})", re.I
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def title_of(layout: Layout) -> str:
    """The title: the first heading or short line, else the page's title."""
    for block in layout.blocks[:5]:
        text = layout.text[block.start : block.end].strip("*# =")
        if block.kind is Kind.HEADING or len(text) <= 40:
            return " ".join(text.split())[:120]
    return layout.title


class DocumentWords(Entry):
    """Words by which documents are known: `role` entries in order of precedence, `phrase` ones."""

    kind: Literal["role", "phrase"]
    value: str
    phrases: tuple[str, ...]


def document_words(catalog: Catalog, kind: str) -> tuple[DocumentWords, ...]:
    """Entries of one kind, in their order."""
    found = catalog.entries("lexicon/documents", DocumentWords)
    return tuple(entry for entry in found if entry.kind == kind)


def role_of(layout: Layout, name: str, hint: str, words: tuple[DocumentWords, ...]) -> str:
    """The role of a document: the hint, else what title, file name or opening say."""
    if hint:
        return hint
    for place in (title_of(layout), layout.title, name, layout.text[:300], layout.text[:3000]):
        low = place.lower()
        for entry in words:
            if any(word in low for word in entry.phrases):
                return entry.value
    return "other"


def date_of(text: str) -> str:
    """The effective or last-updated date as ISO, from the head or the foot of the text."""
    for part in (text[:1500], text[-800:]):
        for match in _DATE.finditer(part):
            before = part[max(0, match.start() - 40) : match.start()].lower()
            if any(word in before for word in _DATE_WORDS):
                return _iso(match)
    return ""


def _iso(match: re.Match[str]) -> str:
    y, m, d, d2, name2, y2, name3, d3, y3 = match.groups()
    if y is None:
        y, d = y2 or y3, d2 or d3
        short = (name2 or name3 or "")[:3].lower()
        m = str(_MONTHS.index(short) + 1) if short in _MONTHS else "0"
    if not 1 <= int(m) <= 12 or not 1 <= int(d) <= 31:
        return ""
    return f"{y}-{int(m):02d}-{int(d):02d}"


def version_of(text: str) -> str:
    """The version a document prints in its head."""
    match = _VERSION.search(text[:1500])
    return match.group(1) if match else ""
