"""The report's formats under fuzzed texts: what comes out must parse and hold no live markup.

The first byte of an input chooses the form and the language, so that fuzzing learns which form it
is about and one input costs one form; two inputs of forty become pages, which take longest. The
rest is the text that stands wherever a text of the app does.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zlib
from collections.abc import Callable, Mapping, Sequence

from lxml import etree
from lxml import html as lxml_html

from auditor.model import AuditReport
from auditor.report import RENDERERS, summarize
from auditor.report.terms_page import render_terms_html, render_terms_json, terms_rows
from tests.report_fixture import everywhere

_ACTIVE = ("script", "iframe", "object", "embed", "base", "form", "link", "img", "video")
_LANGUAGES = ("en", "zh")
_TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TEXT = 2_000
"""Bytes of a text; the page of a report is then some 400 KB."""


def fuzz_report(data: bytes) -> None:
    """Render one report in the form that the first byte names, the rest in every text."""
    chosen = data[0] if data else 0
    check = PAGES.get(zlib.crc32(data) % _OTHERS, FORMS[chosen % len(FORMS)])
    check(everywhere(_text(data[1 : 1 + _TEXT])), _LANGUAGES[chosen // 128])


def _text(data: bytes) -> str:
    """Read bytes as a text, lone surrogates and all."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def _json(report: AuditReport, lang: str) -> None:
    assert json.loads(_rendered("json", report, lang))["findings"]


def _lines(report: AuditReport, lang: str) -> None:
    lines = _rendered("jsonl", report, lang).splitlines()
    assert lines
    for line in lines:
        json.loads(line)


def _sarif(report: AuditReport, lang: str) -> None:
    assert json.loads(_rendered("sarif", report, lang))["runs"]


def _table(report: AuditReport, lang: str) -> None:
    rows = list(csv.reader(io.StringIO(_rendered("csv", report, lang).removeprefix("\ufeff"))))
    assert len({len(row) for row in rows}) == 1
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)


def _graph(report: AuditReport, lang: str) -> None:
    assert len(etree.fromstring(_rendered("graphml", report, lang).encode()))


def _diagram(report: AuditReport, lang: str) -> None:
    assert "<" not in _rendered("mmd", report, lang).replace("<br/>", "")


def _terminal(report: AuditReport, lang: str) -> None:
    shown = [line.text for line in summarize(report, lang)]
    rows = [cell for row in terms_rows(report.terms, lang) for cell in row]
    for text in map(_utf8, (*shown, *rows)):
        assert not _TURNS.search(text)
        assert not any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in text)


def _page(report: AuditReport, lang: str) -> None:
    _inert(_rendered("html", report, lang))


def _terms(report: AuditReport, lang: str) -> None:
    terms = report.terms
    ids = tuple(s.id for s in terms.statements)
    cut = {d.name: ((d.text[:9], ids[:2]), (d.text[9:], ids[1:])) for d in terms.documents}
    json.loads(_utf8(render_terms_json(terms)))
    _inert(_utf8(render_terms_html(terms, cut, lang)))


def _rendered(form: str, report: AuditReport, lang: str) -> str:
    text = _utf8(RENDERERS[form](report, lang))
    assert "\0" not in text
    assert "\x1b" not in text
    return text


def _inert(text: str) -> None:
    page = lxml_html.document_fromstring(text)
    assert not [e.tag for e in page.iter(*_ACTIVE)]
    for element in page.iter(etree.Element):
        for name, value in element.attrib.items():
            assert not str(name).lower().startswith("on")
            assert not str(value).strip().lower().startswith(("javascript:", "data:text/html"))


def _utf8(text: str) -> str:
    text.encode("utf-8")
    return text


FORMS: Sequence[Callable[[AuditReport, str], None]] = (
    _json, _lines, _sarif, _table, _graph, _diagram, _terminal,
)  # fmt: skip
"""By the first byte."""
PAGES: Mapping[int, Callable[[AuditReport, str], None]] = {0: _page, 1: _terms}
"""By a checksum, which is not learnt: fuzzing would prefer them, they reach so many branches."""
_OTHERS = 40
