"""DOCX to blocks with python-docx: headings, list items, tables; a ZIP bomb is refused unopened."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import docx
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

from auditor.terms.blocks import Kind, Layout, LayoutBuilder
from auditor.terms.plain import looks_like_heading, marker_of

MAX_UNPACKED = 200 * 2**20
MAX_RATIO = 200
_FAILURES = (
    zipfile.BadZipFile,
    zlib.error,
    AssertionError,
    RecursionError,
    OverflowError,
    KeyError,
    ValueError,
    AttributeError,
    IndexError,
    TypeError,
    OSError,
    etree.LxmlError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What zipfile, lxml and python-docx let through on malformed files."""


def read_docx(data: bytes, limit: int) -> tuple[Layout | None, str]:
    """Layout of a DOCX, or `None` and why."""
    try:
        if why := _refused(data):
            return None, why
        document = docx.Document(io.BytesIO(data))
        builder = LayoutBuilder(limit)
        for part in document.iter_inner_content():
            if isinstance(part, Table):
                _table(builder, part)
            else:
                _paragraph(builder, part)
    except _FAILURES as error:
        return None, f"the DOCX cannot be read ({type(error).__name__})"
    title = document.core_properties.title or ""
    return builder.build(title[:200]), ""


def _refused(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
    unpacked = sum(e.file_size for e in entries)
    packed = sum(e.compress_size for e in entries) or 1
    if len(entries) > 20_000 or unpacked > MAX_UNPACKED:
        return "the DOCX unpacks to more than this program reads"
    if unpacked > 20 * 2**20 and unpacked > packed * MAX_RATIO:
        return "the DOCX is packed like a ZIP bomb"
    return ""


def _paragraph(builder: LayoutBuilder, paragraph: Paragraph) -> None:
    text = paragraph.text.strip()
    style: Any = paragraph.style
    name = (style.name or "").lower() if style is not None else ""
    rank, _ = marker_of(text)
    if name.startswith(("heading", "title", "标题")):
        digits = [c for c in name if c.isdigit()]
        builder.add(Kind.HEADING, text, int(digits[0]) if digits else 1)
    elif name.startswith("list"):
        builder.add(Kind.ITEM, text, rank or 8)
    elif looks_like_heading(text, rank, bold=_bold(paragraph)):
        builder.add(Kind.HEADING, text, rank or 1)
    else:
        builder.add(Kind.ITEM if rank else Kind.PARAGRAPH, text, rank)


def _bold(paragraph: Paragraph) -> bool:
    runs = [r for r in paragraph.runs if r.text.strip()]
    return bool(runs) and all(r.bold for r in runs)


def _table(builder: LayoutBuilder, table: Table) -> None:
    header: tuple[str, ...] = ()
    for row in table.rows[:5000]:
        cells = [cell.text for cell in row.cells[:100]]
        if not header:
            header = tuple(" ".join(c.split()) for c in cells)
            builder.add_row(cells, (), title=True)
        else:
            builder.add_row(cells, header)
