"""The report's formats under fuzzed texts: what comes out must parse and hold no live markup."""

from __future__ import annotations

import csv
import io
import json

from lxml import etree
from lxml import html as lxml_html

from auditor.report import RENDERERS, summarize
from tests.report_fixture import everywhere

_ACTIVE = ("script", "iframe", "object", "embed", "base", "form", "link", "img", "video")


def fuzz_report(data: bytes) -> None:
    """Render one report in every format, `data` wherever a text of the app stands."""
    bad = data[:2_000].decode("utf-8", "surrogatepass" if data[:1] == b"\xed" else "replace")
    report = everywhere(bad)
    json.loads(_utf8(RENDERERS["json"](report, "en")))
    json.loads(_utf8(RENDERERS["sarif"](report, "en")))
    for line in _utf8(RENDERERS["jsonl"](report, "en")).splitlines():
        json.loads(line)
    for row in csv.reader(io.StringIO(_utf8(RENDERERS["csv"](report, "en")))):
        assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") for cell in row)
    etree.fromstring(_utf8(RENDERERS["graphml"](report, "en")).encode())
    for shown in summarize(report, "en"):
        assert "\x1b" not in shown.text and "\n" not in shown.text
    page = lxml_html.document_fromstring(_utf8(RENDERERS["html"](report, "en")))
    assert not [e.tag for e in page.iter(*_ACTIVE)]
    for element in page.iter():
        assert not [a for a in element.attrib if str(a).lower().startswith("on")]


def _utf8(text: str) -> str:
    text.encode("utf-8")
    return text
