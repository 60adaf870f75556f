"""`auditor notices`: the columns of the regulators, 疑似 and 线索 in every row."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from auditor import model as m
from auditor.catalog import DATA, Catalog
from auditor.cli import run
from auditor.pipeline import Options, audit, read_terms_file
from auditor.report import build, render_json
from auditor.report.contract import Document
from auditor.report.notice_formats import CAC, MIIT, NOTICES, item_of
from auditor.report.notices import Details, Notice, notice_rows, problems
from auditor.verdicts import load_knowledge
from tests import report_fixture as fixture

SAMPLES = Path(__file__).parents[1] / "samples"
CASES = ("picker-mask", "denied-upload", "honest-lender-next", "honest-lender")


@cache
def audited(case: str) -> m.AuditReport:
    terms = [read_terms_file(p) for p in sorted((SAMPLES / case).glob("terms.*"))]
    options = Options(terms=terms, quotes=False, jurisdictions=("cn",), lending=True)
    return audit(SAMPLES / case / "app.apk", Catalog(DATA), options)


@cache
def rows() -> tuple[Notice, ...]:
    return notice_rows(build(audited(case)) for case in CASES)


def table(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_miit_has_exactly_its_columns() -> None:
    """`序号 | 应用名称 | 应用开发者 | 应用来源 | 应用版本 | 所涉问题`, one row an app."""
    assert table(NOTICES["miit"](rows(), False)) == [
        ["序号", "应用名称", "应用开发者", "应用来源", "应用版本", "所涉问题"],
        [
            "1",
            "信易借",
            "待核实（签名证书：Example）",
            "送检文件 app.apk",
            "3.1.2",
            "疑似违规收集个人信息；疑似超范围收集个人信息；疑似APP强制、频繁、过度索取权限（线索）",
        ],
        [
            "2",
            "安心白",
            "待核实（签名证书：Example）",
            "送检文件 app.apk",
            "2.5.0",
            "疑似违规收集个人信息；疑似超范围收集个人信息；疑似APP强制、频繁、过度索取权限（线索）",
        ],
        [
            "3",
            "急用宝",
            "待核实（签名证书：Example）",
            "送检文件 app.apk",
            "1.0.9",
            "疑似违规收集个人信息；疑似超范围收集个人信息；疑似APP强制、频繁、过度索取权限（线索）",
        ],
    ]


def test_what_a_person_knows_fills_the_columns() -> None:
    sha = audited("picker-mask").package.sha256
    known = {
        sha: Details("信易科技有限公司", "某应用市场"),
        "com.xinyijie.cash": Details("by package", ""),
    }
    made = notice_rows([build(audited("picker-mask"))], known)
    first = table(NOTICES["miit"](made, True))[1]

    assert first[2:5] == ["信易科技有限公司", "某应用市场", "3.1.2"]
    assert first[6:] == ["com.xinyijie.cash", "312", sha]


def test_cac_is_one_table_a_type_of_app() -> None:
    other = replace(audited("denied-upload"), lending=m.LendingAssessment(None))
    made = notice_rows([build(audited("honest-lender-next")), build(other)])
    found = table(NOTICES["cac"](made, False))

    assert [row for row in found if len(row) == 1] == [["网络借贷类"], ["类别未能判定"]]
    assert found[1] == found[4] == list(CAC)
    assert found[2][1:3] == ["安心白", "2.5.0"]
    assert found[2][4] == (
        "疑似未明示收集使用个人信息的目的、方式和范围（二.1）；"
        "疑似违反必要原则，收集与其提供的服务无关的个人信息（四.1）（线索）"
    )
    assert found[5][4].startswith("疑似未经用户同意收集使用个人信息（三.1、三.9）")


def test_cverc_names_an_app_under_each_problem() -> None:
    text = NOTICES["cverc"](rows(), False)

    assert text.startswith("以下为静态分析得出的线索")
    assert (
        "2、在征得用户同意前疑似已开始收集个人信息（线索，三.1），涉及1款移动应用如下：\n"
        "《急用宝》（版本1.0.9，送检文件 app.apk）。" in text
    )
    assert text.count("《信易借》") == 5
    numbered = re.findall(r"^(\d+)、", text, re.MULTILINE)
    assert numbered == [str(n) for n in range(1, len(numbered) + 1)]


def test_csv_leads_to_the_evidence() -> None:
    found = table(NOTICES["csv"](rows(), False))
    listed = [dict(zip(found[0], row, strict=True)) for row in found[1:]]
    one = next(r for r in listed if r["rule"] == "contacts-upload-vague")

    assert one["problem_code"] == "not-declared"
    assert one["item"] == "二.1"
    assert one["provision"] == "cn-app-2019.2.1"
    assert one["finding"] == "contacts-upload-vague:share:contacts:first_party"
    assert one["evidence"].startswith("f-")
    assert one["sha256"] == audited("honest-lender-next").package.sha256


@pytest.mark.parametrize("form", NOTICES)
def test_every_row_says_that_it_is_a_clue(form: str) -> None:
    text = NOTICES[form](rows(), True)

    if form == "cverc":
        lines = [line for line in text.splitlines() if re.match(r"\d+、", line)]
    else:
        lines = [",".join(r) for r in table(text) if any("疑似" in c for c in r) or len(r) > 6]
        lines = [x for x in lines if not x.startswith(("序号", "app_name"))]
    assert lines
    for line in lines:
        assert "疑似" in line
        assert "线索" in line


def test_problem_words_never_stand_without_doubt() -> None:
    for problem in problems():
        if problem.id != "none":
            assert "疑似" in problem.sentence, problem.id


def test_hidden_code_is_told() -> None:
    blind = replace(audited("picker-mask"), limits=(m.Limit("packed", "classes.dex", "x"),))
    text = NOTICES["cac"](notice_rows([build(blind)]), False)

    assert "部分代码不可见，线索可能不全" in text


def test_apps_without_the_chinese_pack_or_without_clues_give_no_row() -> None:
    elsewhere = replace(audited("picker-mask"), jurisdictions=("play",))

    assert notice_rows([build(elsewhere), build(audited("honest-lender"))]) == ()
    assert table(NOTICES["miit"]((), False)) == [list(MIIT)]
    assert "没有线索不等于没有问题" in NOTICES["cverc"]((), False)


# ---------------------------------------------------------------- the words


def test_every_rule_is_placed_and_every_item_is_a_provision_that_was_verified() -> None:
    knowledge = load_knowledge(Catalog(DATA))
    placed = {rule for problem in problems() for rule in problem.rules}
    provisions = {p.id: p for i in knowledge.instruments for p in i.provisions}

    assert placed == {rule.id for rule in knowledge.rules}
    for problem in problems():
        if problem.provision:
            assert provisions[problem.provision].verified, problem.id
            assert provisions[problem.provision].auto_trigger, problem.id
    none = next(p for p in problems() if p.id == "none")
    assert not [p.id for p in problems() if p.id != "none" and set(p.rules) & set(none.rules)]


@pytest.mark.parametrize(
    ("provision", "item"),
    [
        ("cn-app-2019.4.1", "四.1"),
        ("cn-app-2019.5", "五"),
        ("cn-pipl.51", "个保法第51条"),
        ("", ""),
    ],
)
def test_items(provision: str, item: str) -> None:
    assert item_of(provision) == item


@pytest.mark.parametrize("index", range(len(fixture.HOSTILE)))
@pytest.mark.parametrize("form", NOTICES)
def test_hostile_strings_are_no_formula_and_one_cell(form: str, index: int) -> None:
    bad = fixture.hostile(index)
    finding = replace(
        fixture.rich().findings[0], rule="contacts-upload-denied", title=bad.findings[0].title
    )
    made = notice_rows(
        [build(replace(bad, findings=(finding,), lending=m.LendingAssessment(True)))]
    )
    text = NOTICES[form](made, True)

    assert len(made) == 1
    assert len(text) < 20_000
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]", text)
    if form != "cverc":
        assert not [c for row in table(text) for c in row if c.startswith(("=", "+", "-", "@"))]


# ---------------------------------------------------------------- the command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    for case in ("picker-mask", "denied-upload"):
        (tmp_path / "out" / f"{case}.json").write_text(render_json(audited(case)), "utf-8")
    return tmp_path


def test_notices_of_a_folder_of_reports(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "who.csv").write_text(
        "app,developer,source\ncom.xinyijie.cash,信易科技,某商店\n", encoding="utf-8"
    )
    asked = ["notices", "out", "--format", "miit", "--details", "who.csv", "-o", "clues.csv"]
    assert run(asked) == 0

    found = table((folder / "clues.csv").read_text("utf-8"))
    assert [row[1:5] for row in found[1:]] == [
        ["信易借", "信易科技", "某商店", "3.1.2"],
        ["急用宝", "待核实（签名证书：Example）", "送检文件 app.apk", "1.0.9"],
    ]
    assert capsys.readouterr().out == "clues.csv\n"


def test_a_bad_report_among_others_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "out" / "bad.json").write_text("{", encoding="utf-8")
    assert run(["notices", "out", "--format", "miit"]) == 3

    printed = capsys.readouterr()
    assert "out/bad.json: not JSON" in printed.err
    assert len(printed.out.splitlines()) == 3


def test_an_app_is_audited_now(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = str(SAMPLES / "denied-upload" / "app.apk")
    assert run(["notices", app, "--format", "csv"]) == 0

    assert "no-policy" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["name,developer\na,b\n", "\x00\xff"])
def test_a_bad_table_of_details_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (folder / "who.csv").write_bytes(text.encode("latin-1"))
    assert run(["notices", "out", "--format", "miit", "--details", "who.csv"]) in (2, 3)
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_documents_may_come_from_anywhere() -> None:
    """A store hands over parsed documents; rows are the same as from reports just made."""
    text = render_json(audited("picker-mask"))
    again = Document.model_validate_json(text)

    assert notice_rows([again]) == notice_rows([build(audited("picker-mask"))])
