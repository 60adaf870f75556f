"""Tell the format of a document by its bytes, and read it into a layout."""

from __future__ import annotations

import re
import unicodedata

from auditor.model import Limit
from auditor.terms.blocks import Layout
from auditor.terms.datasafety import is_store_page, read_data_safety, store_layout
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
    layout, why = _layout(data)
    if layout is None or not layout.text.strip():
        return None, (unreadable(source, why or "the document holds no text"),)
    if len(source.data) > MAX_BYTES or layout.truncated:
        size = f"{MAX_CHARACTERS:,} characters, or of too many elements"
        cut = f"longer than {size}; only the beginning was read"
        return layout, (Limit("terms_truncated", source.name, cut),)
    return layout, ()


def _layout(data: bytes) -> tuple[Layout | None, str]:
    """The layout of some bytes, or why there is none; readers of rare formats are loaded late."""
    if data.lstrip()[:5] == b"%PDF-":
        from auditor.terms.pdf import read_pdf

        text, why = read_pdf(data, MAX_CHARACTERS)
        return (
            (read_plain(unicodedata.normalize("NFC", text), MAX_CHARACTERS), "")
            if text
            else (None, why)
        )
    if data.startswith(b"PK\x03\x04"):
        from auditor.terms.docx import read_docx

        return read_docx(data, MAX_CHARACTERS)
    text = decode(data)
    if _unreadable(text):
        return None, "no readable text in any known encoding"
    return read_text(text), ""


def read_text(text: str) -> Layout:
    """Read decoded text: a data-safety form, a page, or plain text."""
    form = read_data_safety(text, MAX_CHARACTERS)
    if form is not None:
        return form
    if not looks_like_html(text):
        return read_plain(text, MAX_CHARACTERS)
    layout = read_html(text, MAX_CHARACTERS)
    return store_layout(layout, MAX_CHARACTERS) if is_store_page(text) else layout


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
