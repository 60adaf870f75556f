"""Messages are complete in every language, and foreign text in them is harmless."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.errors import UsageError
from auditor.model import Action, Disclosure, Level, Scope, Severity, SinkKind
from auditor.report.words import Code, Local, Name, Said, languages, say, words

ROOT = Path(__file__).parents[1]
ENUMS = {
    "level": Level,
    "level_short": Level,
    "scope": Scope,
    "sink": SinkKind,
    "action": Action,
    "disclosure": Disclosure,
    "severity": Severity,
}


def slots(template: str | dict[str, str]) -> set[str]:
    texts = [template] if isinstance(template, str) else list(template.values())
    return {slot for text in texts for slot in re.findall(r"\{\^?(\w+)\}", text)}


def test_languages_have_the_same_messages_and_slots() -> None:
    english = languages()["en"].messages
    assert set(languages()) >= {"en", "zh"}
    for code, speak in languages().items():
        assert set(speak.messages.texts) == set(english.texts), code
        for key, template in speak.messages.texts.items():
            assert slots(template) == slots(english.texts[key]), (code, key)
        assert set(speak.messages.names) == set(english.names), code
        for kind, names in speak.messages.names.items():
            assert set(names) == set(english.names[kind]), (code, kind)


@pytest.mark.parametrize("kind", ENUMS)
def test_every_value_of_the_model_has_a_word(kind: str) -> None:
    for speak in languages().values():
        assert set(ENUMS[kind]) <= set(speak.messages.names[kind])


def test_every_message_that_code_and_templates_name_exists() -> None:
    known = set(languages()["en"].messages.texts)
    sources = [*(ROOT / "auditor/report").glob("*.py"), *(ROOT / "reports/templates").glob("*.j2")]
    pattern = re.compile(r"""(?:say|\bt|plain|Said)\(\s*["']([a-z0-9_]+\.[a-z0-9_.]+)["']""")
    named = {key for path in sources for key in pattern.findall(path.read_text("utf-8"))}
    assert len(named) > 100
    assert {key for key in named if key[-1] not in "._"} - known == set()


def test_every_message_is_used() -> None:
    sources = [*(ROOT / "auditor/report").glob("*.py"), *(ROOT / "reports/templates").glob("*.j2")]
    sources.append(ROOT / "auditor/batch/site.py")
    text = "\n".join(path.read_text("utf-8") for path in sources)
    made = re.compile(
        r"(q\d+\.title|q15\.\w+|q4\.consent_|q7\.(clear|vague|ambiguous|incorrect|omitted|beyond|kept|declared|recip)"
        r"|section\.|box\.(book|terms)_|method\.\d|gloss\.|finding\.(in_favour|not_shown|to_do)"
        r"|reason\.|table\.setting_|glance\.q|diff\.(state|caution|section|field)_|site\.(column|sign)_|evidence\.(f|shows|keep)_|verify\.|(why|step|guard|note|sign|origin|who|how)\.)"
    )
    unused = [
        key
        for key in languages()["en"].messages.texts
        if f'"{key}"' not in text and not made.match(key)
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("value", "text", "html"),
    [
        pytest.param(
            say("q3.address", address=Code("http://a.b/<i>"), who="A & B"),
            "http://a.b/<i>: A & B.",
            "<code><bdi>http://a.b/&lt;i&gt;</bdi></code>: <bdi>A &amp; B</bdi>.",
            id="foreign text is escaped and isolated",
        ),
        pytest.param(
            say("q1.whole"),
            "The code of this app can read your whole address book.",
            "The code of this app can read <strong>your whole address book</strong>.",
            id="emphasis",
        ),
        pytest.param(
            say("q8.kind", kind=Name("warning", "**x** {y}")),
            "**x** {y}.",
            "**x** {y}.",
            id="a value is not read as a template",
        ),
        pytest.param(
            say("q14.limit", kind=Name("limit", "packed"), n=1),
            "Code hidden by a packer: one place.",
            "Code hidden by a packer: one place.",
            id="singular, with a capital",
        ),
        pytest.param([Code("a"), Code("b"), "c"], "a, b and c", None, id="a list"),
        pytest.param(
            Name("data_type", "contacts.unheard_of"), "the address book", None, id="broader word"
        ),
        pytest.param(Local((("zh", "中"),), "E"), "E", '<span lang="en">E</span>', id="other"),
        pytest.param(1234567, "1,234,567", None, id="a number"),
    ],
)
def test_values_in_english(value: Said, text: str, html: str | None) -> None:
    assert words("en").text(value) == text
    if html is not None:
        assert words("en").html(value) == html


def test_values_in_chinese() -> None:
    speak = words("zh")
    assert speak.text([Name("data_type", "sms"), Name("data_type", "contacts")]) == "短信和通讯录"
    assert speak.text(Local((("zh", "中"),), "E")) == "中"
    assert speak.sentences([say("q1.whole"), say("q1.mask")]) == (
        "这款应用的代码能够读取您的整本通讯录。它让您选择一个人，同一页面背后的代码却读取所有人。"
    )


def test_an_unknown_language_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no messages in 'xx'; known: en, zh"):
        words("xx")


def test_words_never_judge() -> None:
    forbidden = re.compile(
        r"violat|illegal|malware|crime\b|criminal|违法(?!和不良)|违规(?!应用)|恶意|犯罪", re.I
    )
    for code, speak in languages().items():
        for key, template in speak.messages.texts.items():
            texts = [template] if isinstance(template, str) else list(template.values())
            assert not [t for t in texts if forbidden.search(t)], (code, key)


def test_no_reason_of_a_disclosure_is_taken_for_another_message() -> None:
    """A key made of a reason must be the message for that reason, not one that happens to match."""
    made_for = {
        "beyond_declared_part",
        "kept_on_device",
        "declared_for_ourselves",
        "recipient_not_named",
        "no_terms",
    }
    texts = languages()["en"].messages.texts
    reasons = {key.partition(".")[2] for key in texts if key.startswith("reason.")}
    for prefix in ("q7.", "box.terms_"):
        assert {r for r in reasons if f"{prefix}{r}" in texts} == made_for
