"""The words themselves: examples, bounded patterns, types that exist."""

from __future__ import annotations

import re
from typing import Any

import pytest

from auditor.catalog import Catalog
from auditor.model import is_a
from auditor.terms import TermsSource, read_terms
from auditor.terms.language import language_of, tag_of
from auditor.terms.lexicon import Lexicon, inflections
from auditor.terms.normal import fold
from auditor.terms.sentences import Sentence
from auditor.terms.warn import matches, warning_rules

CATALOG = Catalog()
LEXICON = Lexicon(CATALOG)
DATA_TYPES = {e["id"] for e in CATALOG.table("data_types.yaml")["entries"]}
BROAD = set(LEXICON.hypernyms)


def patterns() -> list[Any]:
    found: list[Any] = []
    for entry in LEXICON.types:
        for pattern in (*entry.patterns, *entry.veto_patterns):
            found.append(pytest.param(pattern, id=f"{entry.id}: {pattern[:30]}"))
    for cue in LEXICON.cues:
        found.extend(pytest.param(p, id=f"{cue.id}: {p[:30]}") for p in cue.patterns)
    return found


@pytest.mark.parametrize("pattern", patterns())
def test_patterns_are_bounded(pattern: str) -> None:
    """No `*`, `+` or open `{n,}`: a pattern on hostile text must end soon."""
    without_classes = re.sub(r"\\.|\[[^\]]*\]", "x", pattern)
    assert not re.search(r"[*+]|\{\d*,\}", without_classes)
    re.compile(pattern)


def test_every_type_exists() -> None:
    used = {t for e in LEXICON.types for t in (e.type, e.near_type) if t}
    assert used <= DATA_TYPES | BROAD
    for hypernym in LEXICON.hypernyms.values():
        assert set(hypernym.covers) | set(hypernym.implies) <= DATA_TYPES | BROAD


def examples() -> list[Any]:
    found: list[Any] = []
    for entry in LEXICON.types:
        for expected in ("match", "no_match"):
            for text in entry.examples.get(expected, ()):
                found.append(
                    pytest.param(entry.id, text, expected == "match", id=f"{entry.id} {text[:20]}")
                )
    return found


@pytest.mark.parametrize(("entry", "text", "expected"), examples())
def test_examples_of_types(entry: str, text: str, expected: bool) -> None:
    words = LEXICON.words(entry.split(".")[0])
    kind = next(e.type for e in LEXICON.types if e.id == entry)
    sentence = Sentence(fold(text).text, 0, words)
    assert any(is_a(m.sense.value, kind) for m in sentence.mentions) is expected


def warning_examples() -> list[Any]:
    found: list[Any] = []
    for rule in warning_rules(CATALOG):
        for expected in ("match", "no_match"):
            for text in rule.examples.get(expected, ()):
                found.append(
                    pytest.param(rule.id, text, expected == "match", id=f"{rule.id} {text[:20]}")
                )
    return found


@pytest.mark.parametrize(("name", "text", "expected"), warning_examples())
def test_examples_of_warnings(name: str, text: str, expected: bool) -> None:
    rule = next(r for r in warning_rules(CATALOG) if r.id == name)
    assert matches(rule, fold(text).text) is expected


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("我们会收集您的通讯录", "zh"),
        ("本公司將蒐集您的通訊錄及聯絡人資訊", "zh-Hant"),
        ("We collect the contacts on your phone", "en"),
        ("Kami mengumpulkan daftar kontak Anda untuk penilaian kredit", "id"),
        ("Recopilamos su lista de contactos para la evaluación del crédito", "es"),
        ("Nós coletamos seus contatos para a análise de crédito, não os vendemos", "pt"),
        ("Chúng tôi thu thập danh bạ của bạn để đánh giá tín dụng", "vi"),
        ("Kinokolekta namin ang iyong mga contact para sa credit scoring", "fil"),
        ("Hum aapki contact list access karte hain loan ke liye", "hi"),
        ("", "en"),
    ],
)
def test_language(text: str, tag: str) -> None:
    assert tag_of(text) == tag
    assert language_of(text) == tag.split("-")[0]


def test_inflections() -> None:
    assert inflections("share") == {"share", "shares", "shared", "sharing"}
    assert inflections("submit") >= {"submitted", "submitting"}
    assert inflections("ask for") == {"ask for", "asks for", "asked for", "asking for"}
    assert inflections("copy") >= {"copies", "copied", "copying"}


def test_other_languages_have_lower_confidence() -> None:
    text = "Coletamos a sua lista de contatos para análise de crédito, não vendemos seus dados."
    terms = read_terms([TermsSource("p", text.encode(), "given")], CATALOG)
    assert {s.confidence for s in terms.statements} == {"medium"}
    assert {s.language for s in terms.statements} == {"pt"}


def test_conflicts_know_scope() -> None:
    cases = {
        "我们会收集您的通讯录。我们不会读取您的通讯录。": [("contradiction", "contacts")],
        "您可以从通讯录中选择紧急联系人。我们不会读取您的通讯录。": [],
        "我们会收集您的个人信息。我们不会收集您的通讯录。": [],
        "我们会收集您的通讯录。我们不会主动收集未成年人的个人信息。": [],
        "我们会收集您的设备信息。我们不会收集您的已安装应用列表。": [
            ("narrowing", "installed_apps")
        ],
        "我们不会向第三方共享您的个人信息。我们会向催收机构提供您的通讯录。": [
            ("contradiction", "contacts")
        ],
        "未经您同意，我们不会收集您的通讯录。我们会收集您的通讯录。": [],
    }
    for text, expected in cases.items():
        terms = read_terms([TermsSource("p", text.encode(), "given")], CATALOG)
        assert [(c.kind, c.data_type) for c in terms.conflicts] == expected, text
