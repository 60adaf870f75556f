"""The JSON document keeps its contract and its schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor.model import AuditReport, Limit, Severity
from auditor.report.document import dump, render_json, render_json_lines, schema
from tests import report_fixture as fixture

SCHEMA = Path(__file__).parents[1] / "docs" / "report.schema.json"

CONTRACT = {
    "": "schema tool app permissions flows practices endpoints libraries terms findings limits",
    "tool": "name version catalog",
    "app": (
        "package label labels version_name version_code min_sdk target_sdk sha256 size files"
        " signers components frameworks packers"
    ),
    "app.signers": "sha256 subject scheme",
    "permissions": "name data_types max_sdk reachable_uses",
    "flows": (
        "id data_type level scope source sink endpoint fields owner recipient trigger"
        " before_consent steps"
    ),
    "flows.source": "signature caller offset dex",
    "flows.sink": "kind signature caller offset dex",
    "flows.steps": "caller offset dex text",
    "practices": "action data_type level scope recipient flows call_sites disclosure statements",
    "practices.call_sites": "signature caller offset dex",
    "endpoints": (
        "url scheme host path http_method resolution call_sites owner recipient data_types"
    ),
    "endpoints.call_sites": "caller offset dex",
    "libraries": "id name vendor evidence",
    "terms": "documents statements",
    "terms.documents": "name sha256 language origin",
    "terms.statements": (
        "id entity action data_types negated purposes recipients quote document start end"
    ),
    "findings": "id rule title severity practice disclosure why evidence indicators",
    "findings.indicators": "provision article title effective_from weight says shows",
    "limits": "kind where why",
}


def document(report: AuditReport) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(render_json(report))
    return loaded


def at(value: dict[str, Any], path: str) -> dict[str, Any]:
    """Follow dotted keys, taking the first item of each list that has one."""
    found: Any = value
    for key in filter(None, path.split(".")):
        found = found[key]
        if isinstance(found, list):
            found = next(item for item in found)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("path", CONTRACT)
def test_every_field_of_the_contract_is_there(path: str) -> None:
    assert set(CONTRACT[path].split()) <= set(at(document(fixture.rich()), path))


@pytest.mark.parametrize("make", [fixture.rich, fixture.packed, fixture.quiet])
def test_documents_follow_the_published_schema(make: Callable[[], AuditReport]) -> None:
    published = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(published)
    jsonschema.Draft202012Validator(published).validate(document(make()))


def test_the_published_schema_is_the_one_of_the_code() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == dump(schema()), (
        "write docs/report.schema.json again: `auditor schema > docs/report.schema.json`"
    )


def test_exact_values() -> None:
    made = document(fixture.rich())
    assert made["schema"] == "auditor.report/1"
    assert [f["id"] for f in made["flows"]] == [
        "flow-apps-1",
        "flow-contacts-1",
        "flow-contacts-2",
        "flow-sms-1",
    ]
    assert made["flows"][1]["sink"]["kind"] == "network"
    assert made["flows"][1]["steps"][5] == {
        "caller": "Lcom/kuaiyijie/loan/net/UploadTask;->run()V",
        "offset": 61,
        "dex": "classes2.dex",
        "text": "the request is sent",
        "kind": "sink",
    }
    assert [p["id"] for p in made["practices"]][:2] == [
        "collect:contacts:first_party",
        "collect:installed_apps:first_party",
    ]
    assert made["severity"] == "high"
    assert [f["id"] for f in made["findings"]] == ["F-1", "F-2", "F-3"]
    assert made["app"]["labels"] == {"": "快易借", "en": "Kuai Yi Loan"}


def test_the_order_of_the_input_does_not_matter() -> None:
    report = fixture.rich()
    turned = replace(
        report,
        libraries=report.libraries[::-1],
        permissions=report.permissions[::-1],
        reads=report.reads[::-1],
        flows=report.flows[::-1],
        practices=report.practices[::-1],
        endpoints=report.endpoints[::-1],
        findings=report.findings[::-1],
        limits=report.limits[::-1],
        quotes=dict(reversed(list(report.quotes.items()))),
    )
    assert render_json(turned) == render_json(report)


def test_limits_of_every_stage_are_joined_once() -> None:
    report = fixture.quiet()
    limit = Limit("signature", "base.apk", "why")
    package = replace(report.package, limits=(limit,))
    terms = replace(report.terms, limits=(Limit("terms_unreadable", "a.pdf", "why"), limit))
    made = document(replace(report, package=package, terms=terms, limits=(limit,)))
    assert [entry["kind"] for entry in made["limits"]] == ["signature", "terms_unreadable"]


def test_the_level_of_an_app_without_findings_is_null() -> None:
    assert document(fixture.quiet())["severity"] is None
    assert document(replace(fixture.quiet(), severity=Severity.LOW))["severity"] == "low"


@pytest.mark.parametrize("index", range(len(fixture.HOSTILE)))
def test_hostile_strings_are_kept_but_cannot_act(index: int) -> None:
    text = render_json(fixture.hostile(index))
    text.encode()
    assert not set(text) & set("\x00\x07\x1b\x7f\x9b\u202e\u2066\u2028\u200b")
    label = json.loads(text)["app"]["label"]
    bad = fixture.HOSTILE[index]
    assert label == bad.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def test_json_lines_hold_every_item() -> None:
    lines = [json.loads(line) for line in render_json_lines(fixture.rich()).splitlines()]
    counts: dict[str, int] = {}
    for line in lines:
        counts[line["kind"]] = counts.get(line["kind"], 0) + 1
        assert line["app"] == fixture.sha("apk")
    assert counts == {
        "app": 1,
        "permissions": 5,
        "reads": 4,
        "flows": 4,
        "practices": 5,
        "endpoints": 4,
        "libraries": 3,
        "findings": 3,
        "limits": 3,
        "statements": 4,
    }
