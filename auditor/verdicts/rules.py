"""The schema of finding rules: `data/findings/`, one rule a file, the file's name is its id.

A rule says what it is about, when it reports, and in which words; it names kinds of things (data
types, disclosures, levels), never a class, a host or an app. Phrases that several rules share stand
in `data/phrases/`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from auditor.catalog import Entry
from auditor.model import Action, Disclosure, Level, Scope, Severity, SinkKind


class Frozen(BaseModel):
    """A part of an entry: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Frozen):
    """The same in both languages; placeholders such as `{data}` are filled in from the match."""

    en: Annotated[str, Field(min_length=1)]
    zh: Annotated[str, Field(min_length=1)]


class About(StrEnum):
    """What one finding of a rule is about."""

    PRACTICE = "practice"
    PERMISSIONS = "permissions"
    WARNINGS = "warnings"
    DECLARED = "declared"
    """Something that the terms declare and the code cannot do."""
    LIMITS = "limits"
    OBSERVATIONS = "observations"
    CONFLICTS = "conflicts"
    """Sentences of the terms that contradict each other."""


class Party(StrEnum):
    """Which kind of recipient a condition accepts."""

    FIRST_PARTY = "first_party"
    THIRD_PARTY = "third_party"
    UNKNOWN = "unknown"
    PEOPLE_TEXTED = "people_texted"
    OTHER_APPS = "other_apps"
    WEB_PAGE = "web_page"


class Trigger(StrEnum):
    """A fact that a legal provision can hang on."""

    PERMISSION_REQUESTED = "permission_requested"
    DATA_COLLECTED = "data_collected"
    DATA_UPLOADED = "data_uploaded"
    UNDECLARED = "undeclared_in_policy"
    CONTRADICTS = "contradicts_policy"
    THIRD_PARTY = "third_party_shared"
    NO_POLICY = "no_policy"
    CLEARTEXT = "cleartext_upload"
    BEFORE_CONSENT = "collected_before_consent"
    FOR_COLLECTION = "used_for_debt_collection"


class When(Frozen):
    """Conditions; all that are given must hold, an empty one holds always."""

    action: tuple[Action, ...] = ()
    data_type: tuple[str, ...] = ()
    not_data_type: tuple[str, ...] = ()
    min_level: Level | None = None
    max_level: Level | None = None
    scope: tuple[Scope, ...] = ()
    recipient: tuple[Party, ...] = ()
    disclosure: tuple[Disclosure, ...] = ()
    reason: tuple[str, ...] = ()
    not_reason: tuple[str, ...] = ()
    sink: tuple[SinkKind, ...] = ()
    before_consent: bool | None = None
    cleartext: bool | None = None
    picker_mask: bool | None = None
    shared: bool | None = None
    """Whether the same data are also seen to leave, `linked` or better."""
    by_library: bool | None = None
    purpose_beyond_terms: bool | None = None
    blind: bool | None = None
    """Whether part of the code could not be read."""
    lending: bool | None = None
    jurisdiction: tuple[str, ...] = ()
    """Only where one of these rule packs is applied; provisions then come from these alone."""
    permissions: tuple[str, ...] = ()
    """Requested permissions that count, `READ_CONTACTS` for `android.permission.READ_CONTACTS`."""
    permission_types: tuple[str, ...] = ()
    """Data types whose permissions count."""
    limits: tuple[str, ...] = ()
    """Kinds of limits that count."""
    warnings: tuple[str, ...] = ()
    """Kinds of warning sentences that count."""
    unless_warning: tuple[str, ...] = ()
    """A sentence that also bears one of these kinds does not count."""
    observed: tuple[str, ...] = ()
    """Kinds of observations that count."""
    conflicts: tuple[str, ...] = ()
    """Kinds of conflicts within the terms that count."""


class InlineStatement(Frozen):
    """A statement of an example: what matters for its class."""

    says: tuple[str, ...]
    """Data types; `+x` when a broader word stands for x."""
    negated: bool = False
    action: Action = Action.COLLECT
    entity: str = "we"
    recipients: tuple[str, ...] = ()
    scope: str = ""
    purposes: tuple[str, ...] = ()


class InlineCase(Frozen):
    """A small made-up app as an example that a test judges."""

    practice: str = ""
    """`action data_type recipient`, `share contacts first_party`; empty for none."""
    level: Level = Level.TRACED
    scope: Scope = Scope.BULK
    sink: SinkKind = SinkKind.NETWORK
    endpoint: str = "https://api.example.test/u"
    owner: str = "app"
    category: str = ""
    """Category of the library that owns the code."""
    before_consent: bool | None = None
    picker_mask: bool = False
    terms: tuple[InlineStatement, ...] | None = None
    """None: the app has no terms."""
    warnings: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    lending: bool = True
    jurisdictions: tuple[str, ...] = ("cn",)
    target_sdk: int = 30
    cleartext: bool | None = None
    observed: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    """Kinds of conflicts between the first statement and the second."""


class Examples(Frozen):
    """Apps on which the rule reports, and apps on which it does not.

    A word is the name of a folder under `samples/`; a mapping is a small made-up case.
    """

    match: Annotated[tuple[str | InlineCase, ...], Field(min_length=1)]
    no_match: Annotated[tuple[str | InlineCase, ...], Field(min_length=1)]


class FindingRule(Entry):
    """One rule."""

    title: Words
    why: Words
    severity: Severity
    severity_why: Words
    about: About
    when: When
    bears_on: tuple[Trigger, ...] = ()
    """Facts whose provisions are shown beside the finding."""
    in_favour: tuple[str, ...] = ()
    """Ids or groups of `data/phrases/`; each says itself when it applies."""
    not_shown: tuple[str, ...]
    to_do: tuple[str, ...]
    reference: str
    examples: Examples


class Phrase(Entry):
    """A sentence that several rules use."""

    group: str = ""
    en: str
    zh: str
    only_if: str = ""
    """Name of a circumstance (`circumstances.py`) that must hold; `!name` for its opposite."""
    jurisdictions: tuple[str, ...] = ()
    """Only where one of these rule packs is applied."""
