"""The page: self-contained, complete in both languages, harmless, bounded."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from lxml import html as lxml_html

from auditor import model as m
from auditor.report.html import TEMPLATES, render_html
from auditor.report.words import languages
from tests import report_fixture as fixture

REPORTS: dict[str, Callable[[], m.AuditReport]] = {
    "rich": fixture.rich,
    "packed": fixture.packed,
    "quiet": fixture.quiet,
}
ALLOWED_ATTRIBUTES = set(
    """lang charset content http-equiv name class type id checked for href aria-labelledby
    aria-hidden aria-label tabindex role scope data-l viewbox focusable value x y width height rx d
    open""".split()  # noqa: SIM905
)


def page(report: m.AuditReport, lang: str = "zh") -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(render_html(report, lang))


def tags(tree: lxml_html.HtmlElement) -> Counter[str]:
    return Counter(e.tag for e in tree.iter() if isinstance(e.tag, str))


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_runs_and_nothing_is_asked_for(name: str, lang: str) -> None:
    tree = page(REPORTS[name](), lang)
    found = tags(tree)
    assert not set(found) & {"script", "img", "iframe", "object", "embed", "link", "form", "base"}
    for element in tree.iter():
        if isinstance(element.tag, str):
            assert set(map(str.lower, element.attrib)) <= ALLOWED_ATTRIBUTES, element.attrib
            assert element.get("href", "#").startswith("#")
    (style,) = tree.iter("style")
    assert style.text is not None
    assert "url(" not in style.text and "@import" not in style.text


def test_the_policy_allows_the_one_style_sheet_only() -> None:
    text = render_html(fixture.rich(), "en")
    tree = lxml_html.document_fromstring(text)
    (policy,) = (e.get("content") for e in tree.iter("meta") if e.get("http-equiv"))
    css = re.findall(r"<style>(.*?)</style>", text, re.S)
    digest = base64.b64encode(hashlib.sha256(css[0].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("name", REPORTS)
def test_structure(name: str) -> None:
    tree = page(REPORTS[name]())
    ids = [e.get("id") for e in tree.iter() if isinstance(e.tag, str) and e.get("id")]
    assert not [i for i, n in Counter(ids).items() if n > 1]
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        for target in (element.get("aria-labelledby") or "").split():
            assert target in ids
        if element.tag == "a":
            assert element.get("href", "")[1:] in ids
        if element.tag == "label":
            assert element.get("for") in ids
    levels = [int(e.tag[1]) for e in tree.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    assert {"header", "nav", "main", "footer"} <= set(tags(tree))


@pytest.mark.parametrize("name", REPORTS)
def test_every_language_says_everything(name: str) -> None:
    tree = page(REPORTS[name]())
    counts = Counter(e.get("data-l") for e in tree.iter() if e.get("data-l") and e.tag == "span")
    assert set(counts) == set(languages())
    assert len(set(counts.values())) == 1


def test_the_first_language_is_the_one_asked_for() -> None:
    for lang, tag, title in (
        ("zh", "zh-Hans", "隐私审计：快易借"),
        ("en", "en", "Privacy audit: 快易借"),
    ):
        tree = page(fixture.rich(), lang)
        assert tree.get("lang") == tag
        assert tree.findtext(".//title") == title
        checked = [e.get("id") for e in tree.iter("input") if e.get("checked") is not None]
        assert checked == [f"l-{lang}"]


def test_the_page_answers_and_shows_evidence() -> None:
    tree = page(fixture.rich(), "en")
    assert [e.get("id") for e in tree.iter("article")][:15] == [f"q{n}" for n in range(1, 16)]
    first = tree.get_element_by_id("q1")
    assert (
        first.xpath(".//details//span[@class='ln hit']")[0]
        .text_content()
        .strip()
        .endswith("CONTENT_URI, null, null, null, null);")
    )
    assert "我们不会读取您的通讯录。" in first.text_content()
    assert "offset 18" in first.text_content()
    card = tree.get_element_by_id("finding-1")
    sides = [s.text_content() for s in card.find_class("side")]
    assert "我们不会读取您的通讯录。" in sides[0]
    assert "UploadTask.run" in sides[1]
    assert "https://api.kuaiyijie.example/v2/risk/addressBook" in sides[2]
    assert "个人信息保护法" in sides[3]
    assert len(tree.findall(".//svg")) == 2


def test_packed_code_is_said_at_the_top_and_never_called_clean() -> None:
    tree = page(fixture.packed(), "en")
    assert "cannot be told" in tree.get_element_by_id("answer").text_content()
    assert "not a sign that there is none" in tree.get_element_by_id("picture").text_content()
    assert "No rule reported anything, but the code was not visible." in (
        tree.get_element_by_id("findings").text_content()
    )


@pytest.mark.parametrize("index", range(len(fixture.HOSTILE)))
def test_hostile_strings_stay_text(index: int) -> None:
    report = fixture.hostile(index)
    text = render_html(report, "en")
    text.encode()
    assert not set(text) & set("\x00\x07\x1b\x7f\x9b\u202e\u2066\u2028\u200b")
    tree = lxml_html.document_fromstring(text)
    assert set(tags(tree)) <= set(tags(page(fixture.everywhere("harmless"), "en")))
    for element in tree.iter():
        if isinstance(element.tag, str):
            assert not [a for a in element.attrib if str(a).lower().startswith("on")]


def test_two_runs_give_the_same_bytes() -> None:
    assert render_html(fixture.rich(), "zh") == render_html(fixture.rich(), "zh")


def test_a_big_app_stays_under_two_megabytes() -> None:
    base = fixture.rich()
    long = "Lcom/a/" + "b" * 60 + "/C{0};->method{0}(Landroid/content/Context;)V"
    reads = tuple(
        replace(base.reads[0], site=m.CallSite(long.format(i), long.format(i), i, "c.dex"))
        for i in range(2_000)
    )
    flows = tuple(
        replace(
            base.flows[i % 4],
            id=f"flow-{i}",
            endpoint=f"https://h{i}.example/{'p' * 80}",
            steps=base.flows[0].steps * 20,
        )
        for i in range(1_500)
    )
    quotes = {long.format(i): "line();\n" * 400 for i in range(2_000)}
    findings = tuple(
        replace(base.findings[i % 3], id=f"F-{i}", evidence=(f"flow-{i}", "st-2"))
        for i in range(300)
    )
    report = replace(
        base,
        reads=reads,
        flows=flows,
        findings=findings,
        quotes={**quotes, **base.quotes},
        endpoints=tuple(
            replace(base.endpoints[0], url=f"https://e{i}.example/") for i in range(3_000)
        ),
        limits=tuple(m.Limit("reflection", f"where {i}", "w" * 300) for i in range(3_000)),
        permissions=tuple(m.PermissionUse(f"p.{i}", (m.DataType("sms"),)) for i in range(5_000)),
        libraries=tuple(replace(base.libraries[0], id=f"l{i}") for i in range(1_000)),
    )
    text = render_html(report, "zh")
    assert len(text.encode()) < 2_000_000
    assert "其余 2,850 项见 JSON 文件" in re.sub("<[^>]+>", "", text)


def test_templates_escape_by_themselves() -> None:
    """No template turns escaping off or marks text as safe."""
    for path in sorted(TEMPLATES.glob("*.j2")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape|Markup", text), path.name
