"""The JSON contract, first part: pydantic models of the app, its code and its flows.

A field may be added in version 1 of the document, never renamed or removed.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from auditor.model import Action, Disclosure, Level, Scope, SinkKind
from auditor.report.clean import well_formed

Text = Annotated[str, BeforeValidator(lambda v: well_formed(v) if isinstance(v, str) else v)]
"""A string that UTF-8 can write; otherwise as the app or the terms have it, so hostile."""


class Value(BaseModel):
    """A part of the document, made from the model's value of the same shape."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class ToolOut(Value):
    """The program that wrote the document."""

    name: Text
    version: Text
    catalog: Text = Field(description="SHA-256 over the program's data/")


class FileOut(Value):
    """One APK of the app."""

    name: Text
    sha256: Text
    size: int = Field(description="bytes")
    md5: Text = Field(default="", description="as a name only: published lists use it")
    sha1: Text = Field(default="", description="likewise")


class SignerOut(Value):
    """One signing certificate."""

    scheme: Text
    sha256: Text
    subject: Text
    not_before: Text = ""


class FilterOut(Value):
    """One intent filter."""

    actions: list[Text] = []
    categories: list[Text] = []
    schemes: list[Text] = []
    mime_types: list[Text] = []


class ComponentOut(Value):
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


class FrameworkOut(Value):
    """A framework that carries the app's logic outside plain DEX."""

    id: Text
    name: Text
    evidence: list[Text] = []
    visible: bool = True


class PackerOut(Value):
    """A packer or protector that hides code."""

    id: Text
    name: Text
    vendor: Text = ""
    evidence: list[Text] = []
    confidence: Text = ""


class LendingOut(Value):
    """Whether this is a lending app (null: cannot be told)."""

    is_lending: bool | None = None
    reasons: list[Text] = []
    reasons_zh: list[Text] = []


class AppOut(Value):
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
    renamed_share: float = Field(
        default=0.0, description="part of the app's own classes whose names were removed"
    )


class PermissionOut(Value):
    """One requested permission."""

    name: Text
    data_types: list[Text]
    max_sdk: int | None
    reachable_uses: int = Field(description="call sites that need it and that the app can reach")
    referenced_uses: int = Field(default=0, description="the same, reached or not")


class PlaceOut(Value):
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


class ReadOut(Value):
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


class FlowOut(Value):
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


class PracticeOut(Value):
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


class EndpointOut(Value):
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
    basis: Text = Field(default="", description="how the recipient was told")
    origins: list[Text] = Field(
        default=[], description="host set at run time: what code near the request reads"
    )
    recipient_note: Text = ""
    checks_off: list[Text] = Field(
        default=[], description="checks of the connection that code of this owner switches off"
    )


class SettingOut(Value):
    """What the app tells a library to collect or not to."""

    data_type: Text
    state: Text = Field(description="on, off or unknown")
    by: Text
    where: Text


class FamilyOut(Value):
    """Field names that code of common origin carries: a hint, no proof of upload."""

    family: Text
    name: Text
    package: Text = Field(description="Java package, or file outside DEX")
    owner: Text
    keys: list[Text]
    source: Text


class LibraryOut(Value):
    """One library or SDK in the package."""

    id: Text
    name: Text
    vendor: Text
    evidence: list[Text]
    version: Text = ""
    category: Text = ""
    confidence: Text = ""
    data_types: list[Text] = []
    settings: list[SettingOut] = Field(default=[], description="empty: merely present")
