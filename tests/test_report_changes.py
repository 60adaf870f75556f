"""`auditor diff`: what came, went and changed, and what only has another name."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor import model as m
from auditor.catalog import DATA, Catalog
from auditor.cli import run
from auditor.errors import UnreadableInputError
from auditor.pipeline import Options, audit, read_terms_file
from auditor.report import build
from auditor.report.changes import compare, pair
from auditor.report.changes_contract import Changes
from auditor.report.changes_out import (
    changes_lines,
    changes_schema,
    render_changes_html,
    render_changes_json,
)
from auditor.report.contract import Document
from auditor.report.reopen import parse_report, read_report
from tests import report_fixture as fixture

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
SECTIONS = (
    *("signers", "permissions", "flows", "practices", "endpoints", "libraries", "documents"),
    *("statements", "warnings", "findings", "limits"),
)


@cache
def audited(case: str) -> Document:
    folder = SAMPLES / case
    terms = sorted(folder.glob("terms.*"))
    options = Options(terms=tuple(map(read_terms_file, terms)), quotes=False)
    return build(audit(folder / "app.apk", Catalog(DATA), options))


def edited(document: Document, change: Callable[[dict[str, Any]], None]) -> Document:
    raw = document.model_dump(mode="json", by_alias=True)
    change(raw)
    return Document.model_validate(raw)


def counts(changes: Changes) -> dict[str, tuple[int, int, int]]:
    found = {}
    for name in SECTIONS:
        section = getattr(changes, name)
        if section.differs:
            found[name] = (len(section.came), len(section.went), len(section.changed))
    return found


def fields(changes: Changes, name: str) -> list[list[str]]:
    return [[d.field for d in c.differences] for c in getattr(changes, name).changed]


def test_two_versions_of_a_lender() -> None:
    """`honest-lender-next` adds the permission and the upload, and drops the denial."""
    changes = compare(audited("honest-lender"), audited("honest-lender-next"))

    assert changes.cautions == []
    assert [(d.field, d.old, d.new) for d in changes.app] == [
        ("version_name", "2.4.0", "2.5.0"),
        ("version_code", "58", "61"),
        ("severity", "low", "high"),
    ]
    assert [p.name for p in changes.permissions.came] == ["android.permission.READ_CONTACTS"]
    assert [(f.data_type, f.endpoint) for f in changes.flows.came] == [
        ("contacts", "https://api.anxinbai.example/v1/relations")
    ]
    assert [e.url for e in changes.endpoints.came] == ["https://api.anxinbai.example/v1/relations"]
    assert changes.denials_gone == ["contacts"]
    assert changes.denials_new == []
    assert [f.rule for f in changes.findings.came] == [
        "contacts-upload-vague",
        "beyond-necessity",
    ]
    assert not (changes.findings.went or changes.flows.went or changes.permissions.went)


def test_the_other_way_round_everything_goes() -> None:
    there = compare(audited("honest-lender"), audited("honest-lender-next"))
    back = compare(audited("honest-lender-next"), audited("honest-lender"))

    assert back.cautions == ["older_version"]
    for name in SECTIONS:
        one, other = getattr(there, name), getattr(back, name)
        assert (one.came, one.went, one.same) == (other.went, other.came, other.same), name


@pytest.mark.parametrize("case", ["picker-mask", "relay", "hostile-strings", "english-lender"])
def test_a_report_does_not_differ_from_itself(case: str) -> None:
    changes = compare(audited(case), audited(case))

    assert counts(changes) == {}
    assert changes.app == []
    assert changes.cautions == ["same_file"]


def renamed(document: Document, package: str) -> Document:
    """The same app after an obfuscator: every own class has another name, every place moved."""
    letters = (f"{a}/{b}" for a, b in itertools.product("abcdefgh", repeat=2))
    names: dict[str, str] = {}

    def other(match: re.Match[str]) -> str:
        return names.setdefault(match[0], f"L{next(letters)};")

    text = json.dumps(document.model_dump(mode="json", by_alias=True), ensure_ascii=False)
    text = re.sub(rf"L{package}/[\w/$]+;", other, text)
    text = re.sub(r'("offset": )(\d+)', lambda f: f"{f[1]}{int(f[2]) + 40}", text)
    text = re.sub(r'"f-(\w+)"', lambda f: f'"f-{f[1][::-1]}"', text)
    assert names
    return parse_report(text.encode(), "renamed.json")


@pytest.mark.parametrize("case", ["picker-mask", "denied-upload"])
def test_an_obfuscated_build_of_the_same_app_shows_no_change(case: str) -> None:
    old = audited(case)
    own = old.app.package.replace(".", "/").rpartition("/")[0]
    changes = compare(old, renamed(old, own))

    assert counts(changes) == {}
    assert changes.flows.same == len(old.flows)
    assert changes.flows.moved == len(old.flows) > 0


def test_a_path_that_moves_to_another_host_is_one_change() -> None:
    old = audited("honest-lender-next")

    def move(raw: dict[str, Any]) -> None:
        flow = raw["flows"][0]
        flow["endpoint"] = flow["endpoint"].replace("api.anxinbai.example", "api2.anxinbai.example")
        flow["before_consent"] = True
        flow["source"]["caller"] = "La/b;->c()V"

    changes = compare(old, edited(old, move))

    assert counts(changes) == {"flows": (0, 0, 1)}
    assert fields(changes, "flows") == [["endpoint", "before_consent"]]
    said = [line.text for line in changes_lines(changes, "en") if line.kind == "answer"]
    assert said == [
        "The address book (the whole list) can now go to the app's own operator "
        "(api2.anxinbai.example); before: api.anxinbai.example.",
        "The address book (the whole list) can now be sent to the app's own operator "
        "(api2.anxinbai.example) before any agreement.",
    ]


def test_a_path_to_somebody_else_is_a_new_path() -> None:
    old = audited("honest-lender-next")

    def redirect(raw: dict[str, Any]) -> None:
        flow = raw["flows"][0]
        flow["endpoint"], flow["recipient"] = "https://score.example/in", "Score Ltd"

    changes = compare(old, edited(old, redirect))

    assert counts(changes) == {"flows": (1, 1, 0)}


def test_a_reworded_sentence_is_a_change_and_a_turned_one_too() -> None:
    old = audited("honest-lender")

    def reword(raw: dict[str, Any]) -> None:
        said = next(
            s for s in raw["terms"]["statements"] if s["data_types"] == ["emergency_contact"]
        )
        said["quote"] += " "
        said["quote"] = said["quote"].replace("收集", "获取")

    changes = compare(old, edited(old, reword))

    assert counts(changes) == {"statements": (0, 0, 1)}
    assert fields(changes, "statements") == [["quote"]]


CAUTIONS = {
    "other_package": lambda r: replace(
        r, package=replace(r.package, manifest=replace(r.package.manifest, package="other.app"))
    ),
    "other_signer": lambda r: replace(
        r, package=replace(r.package, signers=(m.Signer("v2", fixture.sha("other"), "CN=x"),))
    ),
    "older_version": lambda r: replace(
        r, package=replace(r.package, manifest=replace(r.package.manifest, version_code="12"))
    ),
    "other_tool": lambda r: replace(r, catalog_digest=fixture.sha("newer")),
    "hidden_now": lambda r: replace(r, limits=(*r.limits, m.Limit("packed", "classes.dex", "x"))),
    "terms_only_old": lambda r: replace(r, terms=m.Terms()),
}


@pytest.mark.parametrize("caution", CAUTIONS)
def test_what_can_mislead_is_said(caution: str) -> None:
    old = fixture.rich()
    new = CAUTIONS[caution](old)
    other = replace(new.package, sha256=fixture.sha("another file"))
    changes = compare(build(old), build(replace(new, package=other)))

    assert changes.cautions == [caution]
    for lang in ("en", "zh"):
        page = render_changes_html(changes, lang)
        assert page.count('class="alarm"') == 1


def test_pairs_are_made_in_rounds() -> None:
    old = [m.Limit("a", "1", "x"), m.Limit("a", "2", "x"), m.Limit("b", "1", "x")]
    new = [m.Limit("a", "3", "x"), m.Limit("a", "2", "x"), m.Limit("c", "1", "x")]
    pairs, went, came = pair(
        build(replace(fixture.quiet(), limits=tuple(old))).limits,
        build(replace(fixture.quiet(), limits=tuple(new))).limits,
        [lambda x: (x.kind, x.where), lambda x: x.kind],
    )

    assert sorted((a.where, b.where) for a, b in pairs) == [("1", "3"), ("2", "2")]
    assert ([x.kind for x in went], [x.kind for x in came]) == (["b"], ["c"])


# ---------------------------------------------------------------- what is written


def test_the_json_follows_its_schema_and_is_the_same_twice() -> None:
    changes = compare(audited("honest-lender"), audited("honest-lender-next"))
    text = render_changes_json(changes)

    jsonschema.validate(json.loads(text), changes_schema())
    assert (
        json.loads((ROOT / "docs" / "diff.schema.json").read_text("utf-8")) == changes_schema()
    ), "write docs/diff.schema.json again: `auditor schema diff > docs/diff.schema.json`"
    assert json.loads(text)["schema"] == "auditor.diff/1"
    assert text == render_changes_json(
        compare(audited("honest-lender"), audited("honest-lender-next"))
    )


@pytest.mark.parametrize("index", range(len(fixture.HOSTILE)))
def test_hostile_strings_stay_text(index: int) -> None:
    changes = compare(build(fixture.rich()), build(fixture.hostile(index)))
    page = render_changes_html(changes, "en")
    lines = changes_lines(changes, "en")

    assert "<script" not in page
    assert "<img" not in page
    assert "onload=document" not in page.replace("&lt;svg onload=document", "")
    assert all(line.text.isprintable() for line in lines)
    assert len(page) < 2_000_000


def test_every_field_that_can_differ_has_words() -> None:
    from auditor.report import changes as c
    from auditor.report.words import known

    named = {
        *c._APP,
        "quote",
        "severity",
        "disclosure",
        "confidence",
        *(
            f if isinstance(f, str) else f[0]
            for fields_ in (c._PERMISSION, c._LIBRARY, c._DOCUMENT, c._ENDPOINT, c._PRACTICE)
            for f in fields_
        ),
        *c._FLOW,
        *c._SAID,
    }
    assert [n for n in sorted(named) if not known(f"diff.field_{n}")] == []
    assert [n for n in SECTIONS if not known(f"diff.section_{n}")] == []


# ---------------------------------------------------------------- the command


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for case in ("honest-lender", "honest-lender-next"):
        text = json.dumps(audited(case).model_dump(mode="json", by_alias=True))
        (tmp_path / f"{case}.json").write_text(text, encoding="utf-8")
    return tmp_path


def test_diff_prints_the_answer_first(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "honest-lender.json", "honest-lender-next.json"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "安心白 version 2.4.0  →  安心白 version 2.5.0",
        "New: the code can send the address book (the whole list) to the app's own operator "
        "(api.anxinbai.example).",
        "New permissions open the address book.",
    ]
    assert "+ android.permission.READ_CONTACTS  [the address book]" in lines


def test_diff_takes_an_app_on_one_side(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    next_ = SAMPLES / "honest-lender-next"
    asked = ["diff", "honest-lender.json", str(next_ / "app.apk")]
    asked += ["--new-terms", str(next_ / "terms.html"), "-f", "json", "-o", "d.json"]
    assert run(asked) == 0

    made = Changes.model_validate_json((reports / "d.json").read_text("utf-8"))
    assert counts(made) == counts(compare(audited("honest-lender"), audited("honest-lender-next")))


def test_diff_can_fail_on_new_findings(reports: Path) -> None:
    assert run(["diff", "honest-lender.json", "honest-lender-next.json", "--fail-on", "high"]) == 1
    assert run(["diff", "honest-lender-next.json", "honest-lender.json", "--fail-on", "low"]) == 0


def test_terms_of_a_report_are_in_it(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    terms = str(SAMPLES / "honest-lender" / "terms.html")
    assert run(["diff", "honest-lender.json", "honest-lender-next.json", "--old-terms", terms]) == 2
    assert "its terms are in it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not JSON"),
        ("{}", "no report of this program"),
        ('{"schema": "auditor.report/2"}', "is newer than this program reads"),
        ('{"schema": "auditor.report/1"}', "tool: Field required"),
        ("[" * 100_000, "not JSON"),
        ('{"schema": "auditor.report/1", "x": ' + "[" * 5_000 + "]" * 5_000 + "}", "bad.json: "),
    ],
)
def test_a_bad_report_is_one_line(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(UnreadableInputError, match=re.escape(why)) as caught:
        read_report(path)
    assert len(str(caught.value).splitlines()) == 1


def twice(raw: dict[str, Any]) -> None:
    """A second path of the same data to the same recipient, by another address."""
    first = next(f for f in raw["flows"] if f["level"] == "traced" and f["endpoint"])
    raw["flows"].append({**first, "id": "second", "endpoint": f"{first['endpoint']}/second"})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(False, True, "One more path: the code can send", id="one more"),
        pytest.param(True, False, "One path less by which", id="one less"),
    ],
)
def test_one_path_of_several_is_not_told_as_all_or_nothing(old: bool, new: bool, said: str) -> None:
    plain = build(fixture.rich())
    more = edited(plain, twice)
    changes = compare(more if old else plain, more if new else plain)
    lines = [line.text for line in changes_lines(changes, "en")]

    assert any(said in line for line in lines)
    assert not [line for line in lines if line.startswith(("New: the code", "No longer seen"))]
