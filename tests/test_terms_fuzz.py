"""Damaged documents end in statements or a `Limit`, never in an error of a library."""

from __future__ import annotations

import io

import docx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.catalog import Catalog
from auditor.terms import TermsSource, annotate, read_terms
from tests.test_terms_formats import pdf

CATALOG = Catalog()
PIECES = [
    "我们会收集您的通讯录。",
    "不会",
    "除",
    "外",
    "We do not ",
    "share your contacts",
    "<table><tr><td rowspan=99>",
    "<p>",
    "</div>",
    "|",
    "\n",
    "1. ",
    "：",
    "\u200b",
    "&#x0;",
    "(",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
]


def docx_bytes() -> bytes:
    document = docx.Document()
    document.add_paragraph("我们会收集您的通讯录。")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


SAMPLES = [
    docx_bytes(),
    pdf("We collect your contacts."),
    "我们会收集您的通讯录。".encode("gb18030"),
]


def check(data: bytes) -> None:
    terms = read_terms([TermsSource("x", data, "given")], CATALOG)
    assert terms.documents or terms.limits
    for document in terms.documents:
        segments = annotate(document, terms.statements)
        assert "".join(text for text, _ in segments) == document.text
    for statement in terms.statements:
        text = terms.documents[0].text
        assert text[statement.start : statement.end] == statement.quote
        assert statement.data_types


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=40))
def test_any_text(pieces: list[str]) -> None:
    check("".join(pieces).encode())


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(SAMPLES), st.integers(0, 100_000), st.binary(max_size=8), st.integers(0, 60))
def test_damaged_files(sample: bytes, at: int, patch: bytes, cut: int) -> None:
    at %= len(sample)
    check(sample[:at] + patch + sample[at + cut :])
