"""Tell the format of a document by its bytes, and read it into a layout."""

from __future__ import annotations

import re

from auditor.model import Limit
from auditor.terms.blocks import Layout
from auditor.terms.decode import decode
from auditor.terms.html import read_html
from auditor.terms.plain import read_plain
from auditor.terms.sources import MAX_BYTES, MAX_CHARACTERS, TermsSource

_HTML = re.compile(
    r"<\s{0,3}(?:!doctype html|html|head|body|div|p|table|h[1-6]|ul|ol|span|br)\b", re.I
)


def layout_of(source: TermsSource) -> tuple[Layout | None, tuple[Limit, ...]]:
    """Read one document; `None` and a `Limit` when nothing of it can be read."""
    data = source.data[:MAX_BYTES]
    text = decode(data)
    if _unreadable(text):
        return None, (unreadable(source, "no readable text in any known encoding"),)
    layout = (
        read_html(text, MAX_CHARACTERS)
        if looks_like_html(text)
        else read_plain(text, MAX_CHARACTERS)
    )
    limits: list[Limit] = []
    if len(source.data) > MAX_BYTES or layout.truncated:
        why = f"longer than {MAX_CHARACTERS:,} characters; only the beginning was read"
        limits.append(Limit("terms_truncated", source.name, why))
    if not layout.text.strip():
        return None, (unreadable(source, "the document holds no text"),)
    return layout, tuple(limits)


def unreadable(source: TermsSource, why: str) -> Limit:
    """The limit for a document of which nothing was read."""
    return Limit("terms_unreadable", source.name, why)


def looks_like_html(text: str) -> bool:
    """Tell whether a text is a page: two tags of structure in its first part."""
    found = _HTML.findall(text[:20000])
    return len(found) >= 2 or bool(
        re.match(r"\s{0,200}<(?:!doctype html|html)\b", text[:400], re.I)
    )


def _unreadable(text: str) -> bool:
    head = text[:20000]
    bad = sum(1 for c in head if c == "�" or (c < " " and c not in "\n\t\f\v"))
    return not head.strip() or bad * 4 > len(head)
