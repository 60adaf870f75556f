"""PDF to text with pypdf; a scanned document, a locked or a broken one has no text and says so."""

from __future__ import annotations

import io
import logging
import struct
import zlib

from pypdf import PdfReader
from pypdf.errors import PyPdfError

MAX_PAGES = 400
_FAILURES = (
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    OSError,
    RecursionError,
    OverflowError,
    NotImplementedError,
    ArithmeticError,
    AssertionError,
    MemoryError,
)
"""What pypdf lets through on malformed files, besides its own errors."""


def read_pdf(data: bytes, limit: int) -> tuple[str, str]:
    """Text of a PDF and why there is none (one of them is empty).

    Lines of a page are kept; pages are joined by a line break. At most `limit` characters.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return "", "the PDF is encrypted"
        return _pages(reader, limit)
    except _FAILURES as error:
        return "", f"the PDF cannot be read ({type(error).__name__})"


def _pages(reader: PdfReader, limit: int) -> tuple[str, str]:
    parts: list[str] = []
    size = images = 0
    for number, page in enumerate(reader.pages):
        if number >= MAX_PAGES or size > limit:
            break
        text = page.extract_text() or ""
        if not text.strip() and "/XObject" in (page.get("/Resources") or {}):
            images += 1
        parts.append(text)
        size += len(text)
    joined = "\n".join(parts)
    if joined.strip():
        return joined, ""
    if images:
        return "", "the PDF holds scanned pages only; a person must read it"
    return "", "the PDF holds no text"
