"""References to clauses, organisations by name, and the layouts that scraped pages leave behind."""

from __future__ import annotations

import re
from typing import Any

import pytest

from auditor.catalog import Catalog
from auditor.model import Statement
from auditor.terms import TermsSource, read_terms
from auditor.terms.lexicon import Lexicon
from auditor.terms.normal import fold
from auditor.terms.references import References, ReferenceWords, number_of

CATALOG = Catalog()
LEXICON = Lexicon(CATALOG)
ENTRIES = CATALOG.entries("lexicon/references", ReferenceWords)


def read(text: str) -> tuple[Statement, ...]:
    return read_terms([TermsSource("policy.txt", text.encode(), "given")], CATALOG).statements


def shared(text: str) -> dict[str, set[str]]:
    """Recipients by data type of what is given away."""
    found: dict[str, set[str]] = {}
    for s in read(text):
        if s.action in ("share", "disclose", "entrust") and not s.negated:
            for data_type in s.exact:
                found.setdefault(str(data_type), set()).update(s.recipients)
    return found


def examples() -> list[Any]:
    return [
        pytest.param(entry, text, kind == "match", id=f"{entry.id} {text[:20]}")
        for entry in ENTRIES
        for kind, texts in entry.examples.items()
        for text in texts
    ]


@pytest.mark.parametrize(("entry", "text", "expected"), examples())
def test_examples(entry: ReferenceWords, text: str, expected: bool) -> None:
    assert bool(list(References(entry).find(fold(text).text))) is expected


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("zh", "第2.3条(1)、(2)项所列信息", "data 2.3.1 2.3.2"),
        ("zh", "1.1至1.3项信息", "data 1.1 1.2 1.3"),
        ("zh", "第三条第(二)款所述个人信息", "data 3.2"),
        ("zh", "第十二条所述信息", "data 12"),
        ("zh", "第2.4条所述人员", "people 2.4"),
        ("en", "data listed in sections 2.1 and 2.2(b)", "data 2.1 2.2.b"),
        ("en", "information set out in clauses 3.1 to 3.3", "data 3.1 3.2 3.3"),
    ],
)
def test_numbers(language: str, text: str, value: str) -> None:
    words = next(e for e in ENTRIES if e.id == language)
    assert [v for _, _, v in References(words).find(text)] == [value]


def test_chinese_numerals() -> None:
    assert [number_of(n) for n in ("一", "十", "十二", "二十", "二十三", "7", "b")] == [
        "1", "10", "12", "20", "23", "7", "b",
    ]  # fmt: skip


def test_a_reference_stands_for_what_its_clause_names() -> None:
    text = """第二条 信息的收集
2.1 您须提供姓名、身份证号码。
2.2 经您授权，我司将获取：
（1）您的手机通讯录；
（2）您的通话记录。
2.3 我司不会读取您的短信。
第三条 信息的共享
3.1 我司会将第2.2条（1）项所列信息提供给合作银行。
3.2 我司会将第二条所述信息提供给征信机构。
"""
    assert shared(text) == {
        "contacts": {"lender", "credit_bureau"},
        "call_log": {"credit_bureau"},
        "id_card": {"credit_bureau"},
    }


def test_a_reference_inside_a_line() -> None:
    text = """2. What we collect
2.1 We read from your phone: (a) your contact list; (b) your call log.
3. Sharing
3.1 Data under 2.1(a) is never shared with anyone. We share the data in 2.1(b) with our partners.
"""
    assert shared(text) == {"call_log": {"third_party"}}
    denied = [s for s in read(text) if s.negated]
    assert [(s.action, s.exact) for s in denied] == [("share", ("contacts",))]


def test_an_unknown_clause_says_nothing() -> None:
    assert read("我们会将第9.9条所列信息提供给合作银行。") == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "我们会将您的通讯录提供给合作的资金方及上海某某征信有限公司。",
            {"lender", "credit_bureau", "上海某某征信有限公司"},
        ),
        ("我们会将您的人脸信息提供给百行征信。", {"credit_bureau", "百行征信"}),
        (
            "We share your phone number with credit bureaus (Metropol, CreditInfo) and Growth "
            "NBFC Pvt Ltd for scoring.",
            {"credit_bureau", "lender", "Metropol", "CreditInfo", "Growth NBFC Pvt Ltd"},
        ),
        (
            "We give your location to partners such as AppsFlyer and Facebook.",
            {"third_party", "sdk", "AppsFlyer", "Facebook"},
        ),
    ],
)
def test_receivers_by_name(text: str, names: set[str]) -> None:
    [statement] = [s for s in read(text) if s.action == "share"]
    assert set(statement.recipients) == names


def test_a_section_on_sharing_lists_receivers() -> None:
    text = "【对外提供】\n征信机构：姓名、身份证号\n催收合作方：手机号、紧急联系人\n"
    assert shared(text) == {
        "id_card": {"credit_bureau"},
        "phone_number": {"collection_agency"},
        "emergency_contact": {"collection_agency"},
    }


def test_an_sdk_named_in_its_heading() -> None:
    text = "三、第三方SDK\n（一）极光推送SDK\n收集信息：设备标识、应用列表\n"
    assert shared(text) == {"device_ids": {"极光推送SDK"}, "installed_apps": {"极光推送SDK"}}


def test_bullets_alone_on_a_line() -> None:
    text = "Estos datos personales pueden incluir:\n-\nCURP;\n-\nNúmero de tarjeta bancaria.\n"
    assert {t for s in read(text) for t in s.exact} >= {"id_card", "bank_card"}


def test_bare_lines_are_a_list() -> None:
    text = (
        "1. Information we collect\na) Given by you\nFull Name\nNational ID\nPhone Number\nSelfie"
    )
    assert {t for s in read(text) for t in s.exact} == {"id_card", "phone_number", "face"}


def test_no_group_inside_a_lookaround() -> None:
    """A group there is empty in every match, and a pattern with a group marks what it holds."""
    for entry in LEXICON.types:
        for pattern in (*entry.patterns, *entry.veto_patterns):
            bare = re.sub(r"\[[^\]]*\]", "x", pattern.replace(r"\(", ""))
            assert not re.search(r"\(\?<?[=!][^()]*\((?!\?)", bare), entry.id


def test_a_menu_of_links_is_left_out() -> None:
    page = (
        "<html><body><div><a href='#'>通讯录备份</a><a href='#'>上传短信</a></div>"
        "<p>我们会收集<a href='#'>设备标识</a>。</p></body></html>"
    )
    terms = read_terms([TermsSource("policy.html", page.encode(), "given")], CATALOG)
    assert terms.documents[0].text.strip() == "我们会收集设备标识。"
