"""Pages whose makers would like parts of them not to be read, or the reader to stop over them."""

from __future__ import annotations

import time

import pytest

from auditor.terms import sieve
from auditor.terms.html import read_html
from auditor.terms.sieve import sift

LIMIT = 1_000_000
SAID = "We collect your contacts."


def text_of(page: str) -> str:
    return " ".join(read_html(page, LIMIT).text.split())


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<div>" * 300 + f"<p>{SAID}", id="deeper than trees are built"),
        pytest.param("<div>" * 100_000 + f"<p>{SAID}", id="so deep that only tags are stripped"),
        pytest.param("<b></b>" * 200_000 + f"<p>{SAID}", id="behind empty elements"),
        pytest.param("<p></p><br>\n" * 30_000 + f"<p>{SAID}", id="behind empty lines"),
        pytest.param(f"<script>{'x=1;' * 4_000_000}</script><p>{SAID}", id="behind a long script"),
        pytest.param(f"<img src='data:,{'A' * 12_000_000}'><p>{SAID}", id="behind a long picture"),
        pytest.param(f"<p hidden>{'x ' * 3_000_000}</p><p>{SAID}", id="behind invisible text"),
        pytest.param("<p>We <i>collect</i> your <span class=x>contacts</span>.", id="inline"),
        pytest.param("<table><tr><td>We <b>collect</b> your contacts.", id="in a cell"),
        pytest.param(f"<body style='display:none'><p>{SAID}", id="a page shown by its script"),
        pytest.param(f"<p>a</p></body></html>{SAID}", id="behind the end"),
        pytest.param(f"<?xml version='1.0'?><html><p>{SAID}", id="XHTML"),
    ],
)
def test_text_is_found(page: str) -> None:
    assert text_of(f"<html><body>{page}").endswith(SAID)


@pytest.mark.parametrize(
    "page",
    [
        f"<script>{SAID}</script>",
        f"<div style='display : none'>{SAID}</div>",
        f"<p hidden>{SAID}</p>",
        f"<nav><ul><li>{SAID}</ul></nav>",
        f"<div class='cookie-banner'>{SAID}</div>",
        f"<svg><text>{SAID}</text></svg>",
    ],
)
def test_what_is_no_text_of_the_page_is_left_out(page: str) -> None:
    assert text_of(f"<html><body><p>before</p>{page}<p>behind</p>") == "before behind"


def test_structure_stays() -> None:
    page = (
        "<html><head><title> The\ntitle </title></head><h2>Data</h2><ul><li>one<p></p>more<li>"
        "<b>two</b></ul><table><tr><th>a<th>b<tr><td rowspan=2>1<td><tr><td>3</table>"
        "<pre>x\n  y</pre><nav><a href='https://a.example/p'>p</a></nav>"
    )
    layout = read_html(page, LIMIT)
    assert layout.title == "The title"
    assert layout.links == ("https://a.example/p",)
    assert layout.text == "Data\none\nmore\ntwo\na | b\n1 | \n1 | 3\nx\n  y\n"
    assert [str(b.kind) for b in layout.blocks] == [
        *("heading", "item", "item", "item", "row", "row", "row", "paragraph")
    ]
    assert not layout.truncated


def test_what_is_not_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sieve, "MAX_ELEMENTS", 900)
    assert not read_html("<html>" + "<p>a</p>" * 900, LIMIT).truncated
    assert read_html("<html>" + "<p>a</p>" * 20_000 + "<p>end", LIMIT).truncated
    deep = "<html>" + "<i>" * 3_000 + "text " * 20_000
    assert sift(deep, LIMIT) is None
    assert not read_html(deep, LIMIT).truncated
    assert read_html(deep, 10_000).truncated


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<div>" * 50_000 + "</b>" * 50_000, id="ends of what never began"),
        pytest.param("<b>" * 100_000 + "x</p>" * 100_000, id="inline elements without an end"),
        pytest.param("<style>" * 99 + "</script>" * 50_000 + "<script>" * 50_000, id="scripts"),
        pytest.param("<p " + "x " * 500_000, id="attributes"),
        pytest.param('<p a="' * 200_000, id="quotes"),
        pytest.param("<table>" * 100_000, id="tables"),
        pytest.param("<!--" * 200_000, id="comments"),
        pytest.param("<table>" + "<tr><td rowspan=999>a" * 20_000, id="spans"),
        pytest.param("<table><tr><td rowspan=²>a<td colspan=-1>b", id="odd numbers"),
    ],
)
def test_a_page_takes_time_by_its_length(page: str) -> None:
    start = time.process_time()
    read_html(f"<html><body>{page}", LIMIT)
    assert time.process_time() - start < 10


def test_a_form_of_too_many_values_is_not_parsed() -> None:
    from auditor.terms.datasafety import read_data_safety

    form = '{"dataShared":[{"type":"Contacts","purposes":["x"]}%s]}'
    assert read_data_safety(form % "", LIMIT) is not None
    assert read_data_safety(form % (",[]" * 300_000), LIMIT) is None
