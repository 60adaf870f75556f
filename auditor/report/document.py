"""The JSON document, version 1: the contract that other programs read.

In: an `AuditReport`. Out: `Document` (`contract.py`), and its JSON Schema (`schema()`, kept in
`docs/report.schema.json`). No clock, and lists sorted: the same input and catalog give the same
bytes.
"""

from __future__ import annotations

import json
import re
from typing import Any

from auditor.model import AuditReport, Finding, Limit, Practice, Severity, Terms
from auditor.report.contract import Document, TermsOut
from auditor.report.contract_app import CallSiteOut, FlowOut, PracticeOut


def build(report: AuditReport) -> Document:
    """Build the document of `report`."""
    return Document.model_validate(
        {
            "tool": {
                "name": report.tool_name,
                "version": report.tool_version,
                "catalog": report.catalog_digest,
            },
            "app": _app(report),
            "severity": app_severity(report),
            "jurisdictions": list(report.jurisdictions),
            "jurisdiction_why": report.jurisdiction_why,
            "jurisdiction_why_zh": report.jurisdiction_why_zh,
            "permissions": sorted(report.permissions, key=lambda p: (p.name, p.max_sdk or 0)),
            "reads": sorted(report.reads, key=lambda r: (r.data_type, r.site, r.rule)),
            "flows": [_flow(report, index) for index in _order([f.id for f in report.flows])],
            "practices": _practices(report),
            "endpoints": sorted(report.endpoints),
            "libraries": sorted(report.libraries),
            "terms": terms_document(report.terms),
            "findings": sorted_findings(report),
            "limits": all_limits(report),
            "families": sorted(report.families),
            "quotes": dict(sorted(report.quotes.items())),
        }
    )


def render_json(report: AuditReport, lang: str = "en") -> str:
    """Write the document as JSON; `lang` changes nothing, the document is language-free."""
    del lang
    return dump(build(report).model_dump(mode="json", by_alias=True))


def render_json_lines(report: AuditReport, lang: str = "en") -> str:
    """Write one JSON object a line, `kind` first: the app, then each item of each list.

    Every line carries `app` (the package's SHA-256), so that lines of many apps can be joined.
    """
    del lang
    document = build(report).model_dump(mode="json", by_alias=True)
    app = document["app"]["sha256"]
    rows = [{"kind": "app", "app": app, "value": document["app"] | {"tool": document["tool"]}}]
    for kind in _LISTS:
        rows += [{"kind": kind, "app": app, "value": value} for value in document[kind]]
    rows += [
        {"kind": "statements", "app": app, "value": v} for v in document["terms"]["statements"]
    ]
    return "".join(_ACTIVE.sub(_escaped, json.dumps(r, ensure_ascii=False)) + "\n" for r in rows)


def dump(value: Any) -> str:  # noqa: ANN401
    """Write JSON with two spaces and a last line end; what could act on a terminal is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _ACTIVE.sub(_escaped, text) + "\n"


def schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of the document."""
    made = Document.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def terms_document(terms: Terms) -> TermsOut:
    """Give the `terms` object, sorted."""
    return TermsOut.model_validate(
        {
            "documents": sorted(terms.documents, key=lambda d: (d.name, d.sha256, d.origin)),
            "statements": sorted(terms.statements, key=lambda s: (s.document, s.start, s.id)),
            "warnings": sorted(terms.warnings),
            "conflicts": sorted(terms.conflicts),
            "links": sorted(terms.links),
        }
    )


def practice_id(practice: Practice) -> str:
    """Give the id by which findings name a practice."""
    return f"{practice.action}:{practice.data_type}:{practice.recipient}"


def sorted_findings(report: AuditReport) -> list[Finding]:
    """Order findings: gravest first, then by id."""
    return sorted(report.findings, key=lambda f: (-f.severity.rank, f.id, f.rule))


def all_limits(report: AuditReport) -> list[Limit]:
    """Join the limits of every stage, each once, sorted."""
    return sorted({*report.limits, *report.package.limits, *report.terms.limits})


def app_severity(report: AuditReport) -> Severity | None:
    """Give the app's level: the one set, else that of the gravest finding."""
    if report.severity is not None:
        return report.severity
    return max((f.severity for f in report.findings), key=lambda s: s.rank, default=None)


_LISTS = (
    *("permissions", "reads", "flows", "practices", "endpoints", "libraries", "findings"),
    "limits",
)
_ACTIVE = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _order(keys: list[str]) -> list[int]:
    return sorted(range(len(keys)), key=lambda index: (keys[index], index))


def _app(report: AuditReport) -> dict[str, Any]:
    package, manifest = report.package, report.package.manifest
    copied = [
        "package",
        "label",
        "version_name",
        "version_code",
        "min_sdk",
        "target_sdk",
        "queries",
        "cleartext",
        "cleartext_domains",
        "user_certificates",
        "debuggable",
        "allow_backup",
    ]
    return {
        **{name: getattr(manifest, name) for name in copied},
        "labels": dict(sorted(manifest.labels.items())),
        "components": sorted(manifest.components),
        "sha256": package.sha256,
        "size": package.size,
        "name": package.name,
        "files": sorted(package.parts),
        "signers": sorted(package.signers),
        "nested": sorted(package.nested),
        "frameworks": sorted(report.frameworks),
        "packers": sorted(report.packers),
        "lending": report.lending,
        "renamed_share": report.renamed_share,
    }


def _flow(report: AuditReport, index: int) -> dict[str, Any]:
    flow = report.flows[index]
    fields = {name: getattr(flow, name) for name in FlowOut.model_fields}
    sink = {name: getattr(flow.sink, name) for name in CallSiteOut.model_fields}
    return {**fields, "sink": {**sink, "kind": flow.sink_kind}}


def _practices(report: AuditReport) -> list[dict[str, Any]]:
    made = [
        {
            **{n: getattr(p, n) for n in PracticeOut.model_fields if n != "id"},
            "id": practice_id(p),
            "call_sites": sorted(p.call_sites),
        }
        for p in report.practices
    ]
    return [made[i] for i in _order([f"{p['id']}\0{p['owner']}\0{p['level']}" for p in made])]
