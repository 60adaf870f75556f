"""The JSON of `auditor diff`, version 1: what came, went and changed between two reports.

A field may be added in version 1, never renamed or removed.
"""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

from pydantic import ConfigDict, Field

from auditor.report.contract import (
    DocumentOut,
    FindingOut,
    LimitOut,
    StatementOut,
    WarningOut,
)
from auditor.report.contract_app import (
    EndpointOut,
    FlowOut,
    LibraryOut,
    PermissionOut,
    PracticeOut,
    SignerOut,
    Text,
    ToolOut,
    Value,
)

T = TypeVar("T")


class Difference(Value):
    """One property that is no longer what it was."""

    field: Text
    old: Any
    new: Any


class Changed(Value, Generic[T]):
    """The same thing in both reports, with what differs."""

    old: T
    new: T
    differences: list[Difference]


class Section(Value, Generic[T]):
    """One kind of thing: what only the new report has, what only the old one has, what changed."""

    came: list[T] = []
    went: list[T] = []
    changed: list[Changed[T]] = []
    same: int = Field(default=0, description="number that differ in nothing compared")
    moved: int = Field(
        default=0, description="of `same`: number whose classes or methods have other names now"
    )

    @property
    def differs(self) -> bool:
        """Tell whether anything came, went or changed."""
        return bool(self.came or self.went or self.changed)


class SideOut(Value):
    """One of the two reports."""

    tool: ToolOut
    package: Text
    label: Text
    version_name: Text
    version_code: Text
    sha256: Text
    name: Text
    severity: Text = ""


class Changes(Value):
    """What changed from one report to another, version 1."""

    model_config = ConfigDict(from_attributes=True, frozen=True, validate_by_name=True)

    schema_: Literal["auditor.diff/1"] = Field(default="auditor.diff/1", alias="schema")
    old: SideOut
    new: SideOut
    cautions: list[Text] = Field(
        description="why a difference may be none of the app: other_package, other_signer, "
        "same_file, other_tool, older_version, hidden_now, hidden_before, terms_only_new, "
        "terms_only_old"
    )
    denials_gone: list[Text] = Field(
        default=[], description="data types that only the older terms deny to take"
    )
    denials_new: list[Text] = Field(
        default=[], description="data types that only the newer terms deny to take"
    )
    app: list[Difference]
    signers: Section[SignerOut]
    permissions: Section[PermissionOut]
    flows: Section[FlowOut]
    practices: Section[PracticeOut]
    endpoints: Section[EndpointOut]
    libraries: Section[LibraryOut]
    documents: Section[DocumentOut]
    statements: Section[StatementOut]
    warnings: Section[WarningOut]
    findings: Section[FindingOut]
    limits: Section[LimitOut]
