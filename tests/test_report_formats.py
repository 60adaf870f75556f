"""SARIF, CSV and the terminal summary: valid, exact, and harmless whatever the app says."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from lxml import etree

from auditor.report import (
    RENDERERS,
    render_csv,
    render_graphml,
    render_mermaid,
    render_sarif,
    summarize,
)
from auditor.report.table import COLUMNS, safe
from tests import report_fixture as fixture

ALL = range(len(fixture.HOSTILE))


def run(text: str) -> dict[str, Any]:
    log = json.loads(text)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (only,) = log["runs"]
    found: dict[str, Any] = only
    return found


def check_sarif(found: dict[str, Any]) -> None:
    """Check what SARIF 2.1.0 demands of the objects that are written (§3.14 to §3.58)."""
    driver = found["tool"]["driver"]
    assert driver["name"]
    assert re.fullmatch("[a-zA-Z]{2}(-[a-zA-Z]{2})?", found["language"])
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    for note in found["invocations"][0]["toolExecutionNotifications"]:
        assert note["level"] in {"none", "note", "warning", "error"}
        assert note["message"]["text"]
    for result in found["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        assert result["locations"]
        places = list(result["locations"])
        for flow in result.get("codeFlows", []):
            for thread in flow["threadFlows"]:
                assert thread["locations"]
                places += [step["location"] for step in thread["locations"]]
        for place in places:
            uri = place["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"[A-Za-z0-9_.~/!%-]+", uri)


def test_sarif_values() -> None:
    found = run(render_sarif(fixture.rich(), "en"))
    check_sarif(found)
    assert [r["ruleId"] for r in found["results"]] == [
        "contacts-upload-denied",
        "contacts-third-party-undeclared",
        "permission-excessive",
    ]
    first = found["results"][0]
    assert first["level"] == "error"
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].startswith(
        "Lcom/kuaiyijie/loan/contact/ContactReader;->readAll("
    )
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == (
        "kuaiyijie-3.2.1.apk!/classes.dex"
    )
    steps = first["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["kinds"] for step in steps] == [
        ["source"],
        ["store"],
        ["return"],
        ["store"],
        ["transform"],
        ["sink"],
    ]
    notes = found["invocations"][0]["toolExecutionNotifications"]
    assert [n["descriptor"]["id"] for n in notes] == ["native_code", "reflection", "terms_linked"]


@pytest.mark.parametrize("index", ALL)
def test_sarif_of_hostile_strings(index: int) -> None:
    check_sarif(run(render_sarif(fixture.hostile(index), "zh")))


def rows(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_csv_rows() -> None:
    found = rows(render_csv(fixture.rich(), "zh"))
    assert [row["kind"] for row in found] == ["finding"] * 3 + ["practice"] * 5 + ["limit"] * 3
    first = found[0]
    assert tuple(first) == COLUMNS
    assert first["title"] == "整本通讯录被发送，而条款称不读取通讯录"
    assert first["quote"] == "我们不会读取您的通讯录。"
    assert first["endpoint"] == "https://api.kuaiyijie.example/v2/risk/addressBook"
    assert first["level"] == "traced"
    assert first["sha256"] == fixture.sha("apk")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+7", "'+7"),
        ("-7", "'-7"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'=1"),
        ("＝1", "'＝1"),
        ("\t=1", "'=1"),
        ("a=1", "a=1"),
        ("快易借", "快易借"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(cell: str, expected: str) -> None:
    assert safe(cell) == expected


@pytest.mark.parametrize("index", ALL)
def test_csv_of_hostile_strings(index: int) -> None:
    for row in rows(render_csv(fixture.hostile(index), "en")):
        assert set(row) == set(COLUMNS)
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
            assert "\n" not in cell and "\x1b" not in cell


def test_the_terminal_summary() -> None:
    lines = [(line.kind, line.text) for line in summarize(fixture.rich(), "zh")]
    assert lines[0] == ("title", "快易借  com.kuaiyijie.loan  3.2.1")
    assert lines[1] == ("answer", "这款应用的代码能够读取您的整本通讯录。")
    assert ("high", "高度关注：整本通讯录被发送，而条款称不读取通讯录") in lines
    assert lines[-1] == ("limit", "仅有链接的条款：1 处。")


def test_the_terminal_summary_of_hidden_code_is_not_clean() -> None:
    text = "\n".join(line.text for line in summarize(fixture.packed(), "en"))
    assert "This says nothing about what the app does." in text
    assert "Code hidden by a packer: one place." in text


@pytest.mark.parametrize("index", ALL)
def test_no_escape_sequence_reaches_the_terminal(index: int) -> None:
    for line in summarize(fixture.hostile(index), "en"):
        assert line.text.isprintable(), line
        assert len(line.text) < 4_000


@pytest.mark.parametrize("name", RENDERERS)
def test_every_format_is_deterministic_text(name: str) -> None:
    for make in (fixture.rich, fixture.packed, fixture.quiet):
        text = RENDERERS[name](make(), "zh")
        assert text == RENDERERS[name](make(), "zh")
        assert text.encode()


GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


def test_graphml_values() -> None:
    root = etree.fromstring(render_graphml(fixture.rich()).encode())
    labels = {n.get("id"): {d.get("key"): d.text for d in n} for n in root.iter(f"{GRAPHML}node")}
    kinds = [v["node.kind"] for v in labels.values()]
    assert kinds.count("recipient") == 2
    assert kinds.count("endpoint") == 4
    first = [
        (labels[e.get("source")]["node.kind"], labels[e.get("target")]["node.kind"])
        for e in root.iter(f"{GRAPHML}edge")
        if e[0].text == "flow-contacts-1"
    ]
    assert first == [
        ("data_type", "place"),
        *[("place", "place")] * 5,
        ("place", "endpoint"),
        ("endpoint", "recipient"),
    ]


@pytest.mark.parametrize("index", ALL)
def test_graphml_of_hostile_strings_is_well_formed(index: int) -> None:
    root = etree.fromstring(render_graphml(fixture.hostile(index)).encode())
    assert {e.tag for e in root.iter()} == {
        f"{GRAPHML}{name}" for name in ("graphml", "key", "graph", "node", "edge", "data")
    }


MERMAID = re.compile(
    r"flowchart LR"
    r'|  n\d+(\(\[|\[|\{\{|\[/)"[^"\\<>&`\n]*"(\]\)|\]|\}\}|/\])'
    r"|  n\d+ (-->|-\.->) n\d+"
)
"""Every line that a flowchart of ours may have."""


def test_mermaid_values() -> None:
    lines = render_mermaid(fixture.rich(), "en").splitlines()

    assert lines[0] == "flowchart LR"
    assert lines[1] == '  n0(["the address book, the whole list"])'
    assert '  n1["ContactReader.readAll"]' in lines
    assert any("POST http://risk.kyj-data.example/collect" in line for line in lines)
    assert "  n0 --> n1" in lines
    assert any(" -.-> " in line for line in lines)
    assert "通讯录" in render_mermaid(fixture.rich(), "zh")


def test_mermaid_of_an_app_without_flows_says_so() -> None:
    assert render_mermaid(fixture.quiet(), "en") == 'flowchart LR\n  n0["No sign seen"]\n'


@pytest.mark.parametrize("index", range(len(fixture.HOSTILE)))
def test_mermaid_of_hostile_strings_holds_only_what_it_may(index: int) -> None:
    text = render_mermaid(fixture.hostile(index), "en")
    assert [line for line in text.splitlines() if not MERMAID.fullmatch(line)] == []
