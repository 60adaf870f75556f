"""Write findings as SARIF 2.1.0 (OASIS Standard), for code scanners and their viewers.

Places in an APK have no lines: an artifact is the DEX file inside the package, the method is a
logical location, the code-unit offset stands in message and properties. Flows become code flows;
limits become notifications, so that what was not examined is in the file too.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from auditor.model import AuditReport, CallSite, Finding, Flow, Limit, Severity, Step
from auditor.report.answers_more import localized, title
from auditor.report.clean import one_line, visible
from auditor.report.document import all_limits, dump, practice_id, sorted_findings
from auditor.report.spoken import spoken
from auditor.report.view import readable
from auditor.report.words import Name, Words, words

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_STEPS = 200


def render_sarif(report: AuditReport, lang: str = "en") -> str:
    """Write `report` as SARIF 2.1.0, its messages in `lang`.

    Raises:
        UsageError: there are no messages in `lang`.
    """
    speak = words(lang)
    findings = sorted_findings(report)
    rules = sorted({f.rule for f in findings})
    flows = {f.id: f for f in report.flows}
    run = {
        "tool": {"driver": _driver(report, speak, findings, rules)},
        "language": speak.tag.split("-")[0],
        "columnKind": "unicodeCodePoints",
        "artifacts": [_artifact(report)],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notice(x, speak) for x in all_limits(report)],
            }
        ],
        "results": [_result(report, f, speak, rules, flows) for f in findings],
        "properties": {
            "package": report.package.manifest.package,
            "catalog": report.catalog_digest,
        },
    }
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _driver(
    report: AuditReport, speak: Words, findings: list[Finding], rules: list[str]
) -> dict[str, Any]:
    first = {f.rule: f for f in reversed(findings)}
    return {
        "name": report.tool_name,
        "version": report.tool_version,
        "semanticVersion": report.tool_version,
        "rules": [
            {
                "id": one_line(rule, 200),
                "shortDescription": {"text": speak.text(title(first[rule])) or rule},
                "defaultConfiguration": {"level": _LEVELS[first[rule].severity]},
            }
            for rule in rules
        ],
    }


def _artifact(report: AuditReport) -> dict[str, Any]:
    package = report.package
    return {
        "location": {"uri": _uri(package.name)},
        "length": package.size,
        "hashes": {"sha-256": package.sha256},
        "mimeType": "application/vnd.android.package-archive",
    }


def _notice(limit: Limit, speak: Words) -> dict[str, Any]:
    what = speak.name("limit", limit.kind)
    return {
        "level": "warning",
        "descriptor": {"id": one_line(limit.kind, 100)},
        "message": {
            "text": f"{what}: {one_line(limit.where)}: {speak.text(spoken(limit.why, 'why'))}"
        },
    }


def _result(
    report: AuditReport, finding: Finding, speak: Words, rules: list[str], flows: dict[str, Flow]
) -> dict[str, Any]:
    practice = next((p for p in report.practices if practice_id(p) == finding.practice), None)
    named = {*finding.evidence, *(practice.flows if practice else ())}
    own = [flows[i] for i in sorted(named) if i in flows]
    sites = [f.source for f in own] or list(practice.call_sites[:10] if practice else ())
    why = speak.text(localized(finding, "why", finding.why))
    result: dict[str, Any] = {
        "ruleId": one_line(finding.rule, 200),
        "ruleIndex": rules.index(finding.rule),
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{speak.text(title(finding))}. {why}".strip()},
        "locations": [_location(report, s) for s in sites[:10]] or [_whole(report)],
        "partialFingerprints": {"finding/v1": one_line(finding.id, 200)},
        "properties": {
            "severity": str(finding.severity),
            "confidence": finding.confidence,
            "practice": finding.practice,
            "disclosure": str(finding.disclosure or ""),
            "bearsOn": [one_line(i.provision, 200) for i in finding.indicators],
        },
    }
    if own:
        result["codeFlows"] = [_code_flow(report, flow, speak) for flow in own[:10]]
    return result


def _code_flow(report: AuditReport, flow: Flow, speak: Words) -> dict[str, Any]:
    steps = flow.steps[:_STEPS] or tuple(
        Step(s.caller, s.offset, s.dex, readable(s.signature), kind)
        for s, kind in ((flow.source, "source"), (flow.sink, "sink"))
    )
    data = speak.text(Name("data_type", flow.data_type))
    level = speak.text(Name("level", flow.level))
    return {
        "message": {"text": f"{data}: {level}"},
        "threadFlows": [
            {
                "locations": [
                    {
                        "kinds": [step.kind or "call"],
                        "location": {
                            **_place(report, step.caller, step.offset, step.dex),
                            "message": {"text": speak.text(spoken(step.text, "step")) or "-"},
                        },
                    }
                    for step in steps
                ]
            }
        ],
    }


def _location(report: AuditReport, site: CallSite) -> dict[str, Any]:
    return {
        **_place(report, site.caller, site.offset, site.dex),
        "message": {"text": f"@{site.offset}: {readable(site.signature)}"},
    }


def _place(report: AuditReport, caller: str, offset: int, dex: str) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(f"{report.package.name}!/{dex}")},
        },
        "logicalLocations": [
            {"fullyQualifiedName": visible(caller, 1_000), "kind": "function"},
        ],
        "properties": {"offset": offset},
    }


def _whole(report: AuditReport) -> dict[str, Any]:
    return {
        "physicalLocation": {"artifactLocation": {"uri": _uri(report.package.name), "index": 0}}
    }


def _uri(name: str) -> str:
    """Write a name as a relative URI reference: everything that could act in one is escaped."""
    return quote(name[:1_000].encode("utf-8", "replace"), safe="/!") or "-"
