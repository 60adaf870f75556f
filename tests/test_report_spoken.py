"""What the stages say in English is said in every language: recognised, not guessed."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.catalog import DATA, Catalog
from auditor.pipeline import Options, audit, read_terms_file
from auditor.report.clean import one_line
from auditor.report.spoken import LONGEST, recognise, spoken, unspoken
from auditor.report.words import Code, Said, languages, words

ROOT = Path(__file__).parents[1]
SAMPLES = sorted(p for p in (ROOT / "samples").iterdir() if (p / "expected.json").is_file())
NOT_REASONS = {"tls.py", "recipients.py", "conflicts.py"}
"""Files whose `why` is no limit's."""
COMPOSED = {"17 17", "its local header differs from the directory (17); "}
"""Parts that the code joins: a name and a sentence, a beginning and an end."""
STAGES = ("ingest", "dex", "facts", "flows", "terms")
SENTENCE = "the file is empty"
"""Stands for a sentence inside another one."""


@pytest.mark.parametrize("case", SAMPLES, ids=lambda p: p.name)
def test_all_that_an_audit_says_is_said_in_chinese(case: Path) -> None:
    """On every sample: steps, limits, guards, notes, signs; and English stays word for word."""
    app = next(p for p in (case / "app.apk", case / "app.apks") if p.exists())
    terms = tuple(read_terms_file(p) for p in sorted(case.glob("terms.*")))
    report = audit(app, Catalog(DATA), Options(terms=terms, quotes=False))
    said = {
        "step": [s.text for f in report.flows for s in f.steps],
        "guard": [g for f in report.flows for g in f.guards],
        "note": [e.note for e in report.endpoints],
        "who": [e.recipient_note for e in report.endpoints],
        "why": [x.why for x in report.limits],
        "sign": [
            *(e for x in report.libraries for e in x.evidence),
            *(e for x in report.packers for e in x.evidence),
            *(e for x in report.frameworks for e in x.evidence),
        ],
    }
    for kind, texts in said.items():
        assert [one_line(t, 120) for t in unspoken(texts, kind)] == []
        for text in texts:
            if text and len(text) < 500:
                assert words("en").text(spoken(text, kind)) == one_line(text, 1_000)


def rendered(node: ast.expr) -> str | None:
    """Write a literal or f-string as a stage would, with a value in each hole."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            assert isinstance(part, ast.FormattedValue)
            name = ast.unparse(part.value)
            inner = re.search(r"\b(why|unread|error|problems?)\b|_short\(|_OUTSIDE", name)
            parts.append(_inside(name) if inner else "17")
    return "".join(parts)


def _inside(name: str) -> str:
    return "DEX outside the places Android loads" if "_OUTSIDE" in name else SENTENCE


def sentences() -> Iterator[tuple[str, str]]:
    """Every text that a stage gives to a limit, as far as it stands there or in `why`."""
    for stage in STAGES:
        for path in sorted((ROOT / "auditor" / stage).rglob("*.py")):
            if path.name in NOT_REASONS:
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                for given in _given(node):
                    if text := rendered(given):
                        yield f"{path.relative_to(ROOT)}:{given.lineno}", text


def _given(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in ("Limit", "limit") and len(node.args) == 3:
            return [node.args[2]]
        if name == "append" and ast.unparse(node.func) in ("whys.append", "problems.append"):
            return node.args
        if name in ("malformed", "_tell", "tell") and node.args:
            return node.args[-1:] if name == "malformed" else node.args[:1]
    if isinstance(node, ast.Assign) and [ast.unparse(t) for t in node.targets] == ["why"]:
        return [node.value]
    return []


def test_every_reason_that_stands_in_the_code_has_a_message() -> None:
    found = list(sentences())
    wrong = [f"{place}: {text}" for place, text in found if recognise(text, "why") is None]
    wrong = [line for line in wrong if line.partition(": ")[2] not in COMPOSED]

    assert len(found) > 50
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "kind", "key", "values"),
    [
        ("is passed to A.b", "step", "step.passed", {"name": Code("A.b")}),
        (
            "is passed to A.b (by name)",
            "step",
            "step.passed_as",
            {"name": Code("A.b"), "how": "by name"},
        ),
        ("not preference 'agreed'", "guard", "guard.preference_not", {"name": Code("'agreed'")}),
        ("3 classes in Lokhttp3/", "sign", "sign.classes", {"n": "3", "name": Code("Lokhttp3/")}),
        (
            "v1 signature: the file is empty",
            "why",
            "why.v1",
            {"why": Said("why.empty", {})},
        ),
        (
            "packed by X, Y (whole-DEX encryption, later VMP); seen: file a.so",
            "why",
            "why.packed_by_how",
            {
                "name": Code("X, Y"),
                "hides": Said("how.qihoo_jiagu", {}),
                "signs": Code("file a.so"),
            },
        ),
        (
            "packed by X, Y (in some new way); seen: file a.so",
            "why",
            "why.packed_by",
            {"name": Code("X, Y (in some new way)"), "signs": Code("file a.so")},
        ),
        ("a tunnel to some machine: who runs it is not visible", "who", "who.ngrok", {}),
        ("nothing in the package says who holds a.b", "who", "who.nothing", {"name": Code("a.b")}),
        ("something nobody wrote", "why", None, {}),
        ("x: something nobody wrote", "why", None, {}),
        ("", "why", None, {}),
    ],
)
def test_recognise(text: str, kind: str, key: str | None, values: dict[str, object]) -> None:
    found = recognise(text, kind)

    assert (found.key if found else None) == key
    assert (dict(found.values) if found else {}) == values


def test_what_is_not_known_stays_english_and_marked() -> None:
    made = spoken("something <b>new</b>", "why")

    assert words("zh").text(made) == "something <b>new</b>"
    assert words("zh").html(made) == '<span lang="en">something &lt;b&gt;new&lt;/b&gt;</span>'


def test_values_stay_foreign() -> None:
    html = words("zh").html(spoken("is stored as <script>", "step"))

    assert "<script>" not in html
    assert html.startswith("存为 <code><bdi>&lt;script&gt;")


def test_every_language_has_the_same_slots() -> None:
    slot = re.compile(r"\{\^?(\w+)\}")
    english = languages()["en"].messages.texts
    for speak in languages().values():
        for key, text in english.items():
            if key.partition(".")[0] in ("why", "step", "guard", "note", "sign"):
                own = speak.messages.texts[key]
                assert isinstance(text, str)
                assert isinstance(own, str)
                assert sorted(slot.findall(own)) == sorted(slot.findall(text)), key


def test_long_and_repeating_text_takes_little_time() -> None:
    start = time.process_time()
    for text in ("of " * LONGEST, ": " * LONGEST, "more than " * LONGEST, "x" * 1_000_000):
        for kind in ("why", "step", "sign"):
            recognise(text, kind)
    assert time.process_time() - start < 2
