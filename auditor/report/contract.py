"""The JSON contract, second part: terms, findings, limits, and the document itself.

A field may be added in version 1 of the document, never renamed or removed.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from auditor.model import Action, Disclosure, Severity
from auditor.report.contract_app import (
    AppOut,
    EndpointOut,
    FamilyOut,
    FlowOut,
    LibraryOut,
    PermissionOut,
    PracticeOut,
    ReadOut,
    Text,
    ToolOut,
    Value,
)


class DocumentOut(Value):
    """One document of terms."""

    name: Text
    sha256: Text
    language: Text
    origin: Text
    role: Text = ""
    title: Text = ""
    effective_date: Text = ""
    version: Text = ""


class StatementOut(Value):
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


class WarningOut(Value):
    """A sentence of the terms that should warn a borrower."""

    kind: Text
    quote: Text
    document: Text
    start: int
    end: int


class ConflictOut(Value):
    """Two statements of the terms that do not agree."""

    kind: Text
    affirms: Text = Field(description="id of a statement")
    denies: Text = Field(description="id of a statement")
    data_type: Text
    why: Text


class TermsOut(Value):
    """All terms, as understood."""

    documents: list[DocumentOut]
    statements: list[StatementOut]
    warnings: list[WarningOut] = []
    conflicts: list[ConflictOut] = []
    links: list[Text] = []


class IndicatorOut(Value):
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
    title_zh: Text = ""
    says_zh: Text = ""
    shows_zh: Text = ""
    date_note: Text = ""
    date_note_zh: Text = ""
    source: Text = ""
    grade: Text = ""


class FindingOut(Value):
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


class LimitOut(Value):
    """Something that was not examined, and why."""

    kind: Text
    where: Text
    why: Text


class Document(Value):
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
    families: list[FamilyOut] = Field(default=[], description="hints of common origin")
    quotes: dict[Text, Text] = Field(default={}, description="decompiled methods, by signature")
