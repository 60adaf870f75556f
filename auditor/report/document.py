"""The JSON document, version 1: the contract that other programs read.

In: an `AuditReport`. Out: `Document`, and its JSON Schema (`schema()`, kept in
`docs/report.schema.json`). Fields may be added in version 1, never renamed or removed. No clock,
and lists sorted: the same input and catalog give the same bytes.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from auditor.model import (
    Action,
    AuditReport,
    Disclosure,
    Level,
    Limit,
    Practice,
    Scope,
    Severity,
    SinkKind,
    Terms,
)
from auditor.report.clean import well_formed

Text = Annotated[str, BeforeValidator(lambda v: well_formed(v) if isinstance(v, str) else v)]
"""A string that UTF-8 can write; otherwise as the app or the terms have it, so hostile."""


class _Value(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)


class ToolOut(_Value):
    """The program that wrote the document."""

    name: Text
    version: Text
    catalog: Text = Field(description="SHA-256 over the program's data/")


class FileOut(_Value):
    """One APK of the app."""

    name: Text
    sha256: Text
    size: int = Field(description="bytes")


class SignerOut(_Value):
    """One signing certificate."""

    scheme: Text
    sha256: Text
    subject: Text
    not_before: Text = ""


class FilterOut(_Value):
    """One intent filter."""

    actions: list[Text] = []
    categories: list[Text] = []
    schemes: list[Text] = []
    mime_types: list[Text] = []


class ComponentOut(_Value):
    """One component of the manifest."""

    kind: Text
    name: Text
    exported: bool
    enabled: bool = True
    permission: Text = ""
    process: Text = ""
    target: Text = ""
    authorities: list[Text] = []
    filters: list[FilterOut] = []


class FrameworkOut(_Value):
    """A framework that carries the app's logic outside plain DEX."""

    id: Text
    name: Text
    evidence: list[Text] = []
    visible: bool = True


class PackerOut(_Value):
    """A packer or protector that hides code."""

    id: Text
    name: Text
    vendor: Text = ""
    evidence: list[Text] = []
    confidence: Text = ""


class LendingOut(_Value):
    """Whether this is a lending app (null: cannot be told)."""

    is_lending: bool | None = None
    reasons: list[Text] = []
    reasons_zh: list[Text] = []


class AppOut(_Value):
    """Which app was audited."""

    package: Text
    label: Text
    labels: dict[Text, Text] = Field(description="label for each locale, the default under ''")
    version_name: Text
    version_code: Text
    min_sdk: int | None
    target_sdk: int | None
    sha256: Text
    size: int = Field(description="bytes")
    name: Text = Field(description="file name as given")
    files: list[FileOut]
    signers: list[SignerOut]
    components: list[ComponentOut]
    frameworks: list[FrameworkOut]
    packers: list[PackerOut]
    nested: list[Text] = []
    queries: list[Text] = []
    cleartext: bool | None = None
    cleartext_domains: list[Text] = []
    user_certificates: bool = False
    debuggable: bool = False
    allow_backup: bool | None = None
    lending: LendingOut = LendingOut()


class PermissionOut(_Value):
    """One requested permission."""

    name: Text
    data_types: list[Text]
    max_sdk: int | None
    reachable_uses: int = Field(description="call sites that need it and that the app can reach")
    referenced_uses: int = Field(default=0, description="the same, reached or not")


class PlaceOut(_Value):
    """One instruction."""

    caller: Text
    offset: int = Field(description="in code units, as dexdump prints it")
    dex: Text


class CallSiteOut(PlaceOut):
    """One call."""

    signature: Text


class SinkOut(CallSiteOut):
    """The call by which data leave."""

    kind: SinkKind


class StepOut(PlaceOut):
    """One step of a flow."""

    text: Text
    kind: Text = ""


class ReadOut(_Value):
    """One call site at which personal data enter the app's code."""

    data_type: Text
    level: Level
    scope: Scope
    site: CallSiteOut
    rule: Text
    owner: Text
    trigger: Text = ""
    before_consent: bool | None = None
    columns: list[Text] = []
    picker_mask: bool = False
    detail: Text = ""


class FlowOut(_Value):
    """Personal data that go from a source to a sink."""

    id: Text
    data_type: Text
    level: Level
    scope: Scope
    source: CallSiteOut
    sink: SinkOut
    endpoint: Text
    http_method: Text = ""
    endpoint_candidates: list[Text] = []
    fields: list[Text]
    owner: Text
    recipient: Text
    trigger: Text
    before_consent: bool | None
    entry: Text = ""
    transforms: list[Text] = []
    guards: list[Text] = []
    steps: list[StepOut]


class PracticeOut(_Value):
    """An action on a data type towards a recipient."""

    id: Text = Field(description="action:data_type:recipient")
    action: Action
    data_type: Text
    level: Level
    scope: Scope
    recipient: Text
    flows: list[Text]
    call_sites: list[CallSiteOut]
    disclosure: Disclosure
    statements: list[Text]
    owner: Text = "app"
    trigger: Text = ""
    before_consent: bool | None = None
    vagueness: float | None = None
    why: Text = ""
    reason: Text = ""
    details: list[Text] = []
    purposes: list[Text] = []


class EndpointOut(_Value):
    """One address the code can send to."""

    url: Text
    scheme: Text
    host: Text
    path: Text
    http_method: Text
    resolution: Text = Field(description="literal, joined or partial")
    call_sites: list[PlaceOut]
    owner: Text
    recipient: Text
    data_types: list[Text]
    fields: list[Text] = []
    cleartext: bool = False
    note: Text = ""


class LibraryOut(_Value):
    """One library or SDK in the package."""

    id: Text
    name: Text
    vendor: Text
    evidence: list[Text]
    version: Text = ""
    category: Text = ""
    confidence: Text = ""
    data_types: list[Text] = []


class DocumentOut(_Value):
    """One document of terms."""

    name: Text
    sha256: Text
    language: Text
    origin: Text
    role: Text = ""
    title: Text = ""
    effective_date: Text = ""
    version: Text = ""


class StatementOut(_Value):
    """What one clause declares or denies; `start` and `end` are a half-open span of characters."""

    id: Text
    entity: Text
    action: Action
    data_types: list[Text]
    negated: bool
    purposes: list[Text]
    recipients: list[Text]
    quote: Text
    document: Text
    start: int
    end: int
    modality: Text = ""
    scope: Text = ""
    condition: Text = ""
    language: Text = ""
    confidence: Text = ""
    exact: list[Text] = []
    context: Text = ""


class WarningOut(_Value):
    """A sentence of the terms that should warn a borrower."""

    kind: Text
    quote: Text
    document: Text
    start: int
    end: int


class ConflictOut(_Value):
    """Two statements of the terms that do not agree."""

    kind: Text
    affirms: Text = Field(description="id of a statement")
    denies: Text = Field(description="id of a statement")
    data_type: Text
    why: Text


class TermsOut(_Value):
    """All terms, as understood."""

    documents: list[DocumentOut]
    statements: list[StatementOut]
    warnings: list[WarningOut] = []
    conflicts: list[ConflictOut] = []
    links: list[Text] = []


class IndicatorOut(_Value):
    """A provision that a finding bears on; never a statement that it was broken."""

    provision: Text
    article: Text
    title: Text
    effective_from: Text
    weight: Text
    says: Text
    shows: Text
    anchor: bool = False
    jurisdiction: Text = ""
    title_local: Text = ""
    says_zh: Text = ""
    shows_zh: Text = ""
    date_note: Text = ""
    date_note_zh: Text = ""
    source: Text = ""


class FindingOut(_Value):
    """What one rule reports."""

    id: Text
    rule: Text
    title: Text
    severity: Severity
    practice: Text
    disclosure: Disclosure | None
    why: Text
    evidence: list[Text] = Field(description="ids of flows and statements, or caller@offset")
    indicators: list[IndicatorOut]
    confidence: Text = ""
    confidence_why: Text = ""
    in_favour: list[Text] = []
    not_shown: list[Text] = []
    to_do: list[Text] = []
    texts: dict[Text, Text] = {}
    severity_why: Text = ""


class LimitOut(_Value):
    """Something that was not examined, and why."""

    kind: Text
    where: Text
    why: Text


class Document(_Value):
    """The report of one app, version 1."""

    model_config = ConfigDict(from_attributes=True, frozen=True, validate_by_name=True)

    schema_: Literal["auditor.report/1"] = Field(default="auditor.report/1", alias="schema")
    tool: ToolOut
    app: AppOut
    severity: Severity | None
    jurisdictions: list[Text] = []
    jurisdiction_why: Text = ""
    jurisdiction_why_zh: Text = ""
    permissions: list[PermissionOut]
    reads: list[ReadOut]
    flows: list[FlowOut]
    practices: list[PracticeOut]
    endpoints: list[EndpointOut]
    libraries: list[LibraryOut]
    terms: TermsOut
    findings: list[FindingOut]
    limits: list[LimitOut]
    quotes: dict[Text, Text] = Field(default={}, description="decompiled methods, by signature")


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


def sorted_findings(report: AuditReport) -> list[Any]:
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
