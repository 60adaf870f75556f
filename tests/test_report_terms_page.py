"""The marked-up terms: every reading in its place, and no foreign text that acts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from lxml import html as lxml_html

from auditor.model import Terms
from auditor.report.terms_page import render_terms_html, render_terms_json, terms_rows
from auditor.terms import annotate
from tests import report_fixture as fixture


def page(terms: Terms, lang: str) -> str:
    segments = {d.name: annotate(d, terms.statements) for d in terms.documents}
    return render_terms_html(terms, segments, lang)


def test_the_terms_object_is_that_of_the_report() -> None:
    made = json.loads(render_terms_json(fixture.terms()))
    assert [s["id"] for s in made["statements"]] == ["st-1", "st-3", "st-2", "st-4"]
    assert made["documents"][0]["origin"] == "base.apk!/assets/privacy.html"


def test_rows_in_chinese() -> None:
    rows = terms_rows(fixture.terms(), "zh")
    assert rows[3][:4] == ("st-2", "运营方（“我们”）", "不收集", "通讯录")
    assert rows[-1][0] == "!"
    assert len({len(row) for row in rows}) == 1


def test_every_sentence_is_marked_where_it_stands() -> None:
    tree = lxml_html.document_fromstring(page(fixture.terms(), "zh"))
    marked = {"".join(map(str, m.itertext())): m.get("class") for m in tree.iter("mark")}
    assert marked["我们不会读取您的通讯录。"] == "no"
    assert marked["我们会将信用信息报送征信机构。"] == "yes"
    assert len(marked) == 4


@pytest.mark.parametrize("index", range(len(fixture.HOSTILE)))
def test_hostile_terms_stay_text(index: int) -> None:
    terms = fixture.hostile(index).terms
    terms = replace(terms, statements=tuple(replace(s, start=0, end=4) for s in terms.statements))
    text = page(terms, "en")
    text.encode()
    assert not set(text) & set("\x00\x07\x1b\x7f\x9b\u202e\u2066\u2028\u200b")
    tree = lxml_html.document_fromstring(text)
    assert not {"script", "img", "svg", "iframe"} & {e.tag for e in tree.iter()}
    for row in terms_rows(terms, "en"):
        assert all(cell.isprintable() for cell in row)
    json.loads(render_terms_json(terms))
