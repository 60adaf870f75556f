"""The vocabulary every stage shares; read this file first.

    Package  = the files of one app            (`ingest`)
    CallSite = an instruction that calls       (`dex`)
    source call site --taint--> sink call site = Flow        (`flows`: what the code does)
    Flow grouped by (action, data type, recipient) = Practice (`verdicts`: what it amounts to)
    Practice compared with the declared Statements = Disclosure
    a rule that reports that Disclosure            = Finding  (with its evidence)
    what was not examined, and why                 = Limit    (never reads as "clean")

Only values live here: frozen and comparable, no I/O, no knowledge of androguard or numpy.
Names of classes in manifests are Java style (`com.app.Main`); names in code are JVM style
(`Lcom/app/Main;`, `Lcom/app/Main;->onCreate(Landroid/os/Bundle;)V`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType, Protocol

DataType = NewType("DataType", str)
"""A dotted id of `data/data_types.yaml`; a prefix is broader: `contacts` covers its `phone`."""

MethodRef = NewType("MethodRef", str)
"""A method, JVM style: `Lcom/app/Api;->send(Ljava/lang/String;)V`."""


def is_a(narrow: str, broad: str) -> bool:
    """Tell whether `narrow` is `broad` or lies under it."""
    return narrow == broad or narrow.startswith(broad + ".")


class Level(StrEnum):
    """How much was proved about a practice, weakest first."""

    REQUESTED = "requested"
    REFERENCED = "referenced"
    REACHABLE = "reachable"
    LINKED = "linked"
    TRACED = "traced"

    @property
    def rank(self) -> int:
        """Position in the ladder, 0 (requested) to 4 (traced)."""
        return list(Level).index(self)


class Scope(StrEnum):
    """How much of a table a read takes."""

    BULK = "bulk"
    """A loop over the table, or a query without selection."""
    ONE_PICKED = "one_picked"
    """Only rows that the user picked."""
    UNKNOWN = "unknown"


class SinkKind(StrEnum):
    """By which way data leave."""

    NETWORK = "network"
    SMS = "sms"
    CALL = "call"
    FILE = "file"
    LOG = "log"
    IPC = "ipc"
    WEB = "web"


class Action(StrEnum):
    """What a statement says is done with the data."""

    COLLECT = "collect"
    USE = "use"
    SHARE = "share"
    ENTRUST = "entrust"
    SELL = "sell"
    DISCLOSE = "disclose"
    RETAIN = "retain"
    UPLOAD = "upload"


class Disclosure(StrEnum):
    """How the terms disclose one practice: PoliCheck's five classes (Andow et al., USENIX Security
    2020), and `NO_TERMS` where none were given or found."""

    CLEAR = "clear"
    VAGUE = "vague"
    AMBIGUOUS = "ambiguous"
    INCORRECT = "incorrect"
    OMITTED = "omitted"
    NO_TERMS = "no_terms"


class Severity(StrEnum):
    """How serious a finding is, least first."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """Position, 0 (info) to 3 (high)."""
        return list(Severity).index(self)


# ---------------------------------------------------------------- the package


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file inside the app's APKs."""

    part: str
    """Name of the APK it lies in, as the user's package names it: `split_config.zh.apk`."""
    name: str
    """Path inside that APK, as Android reads it: `assets/privacy.html`."""
    size: int
    """Uncompressed bytes."""
    load: Callable[[], bytes] = field(compare=False, repr=False)
    """Read the whole file (bounded by `size` and by the reader's own ceiling).

    Nothing where it cannot be decompressed; the limits of the package then say so.
    """
    crc: int | None = None
    """CRC-32 that the archive states; Android does not check it."""


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One APK of the app."""

    name: str
    sha256: str
    size: int
    md5: str = ""
    """The older digests are kept because published indicators name files by them."""
    sha1: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Signer:
    """One signing certificate."""

    scheme: str
    """v1, v2, v3, v3.1 or v4; several joined by `+` when the same certificate signs them."""
    sha256: str
    subject: str
    not_before: str = ""
    """Start of validity, ISO date, empty when unreadable."""


@dataclass(frozen=True, slots=True, order=True)
class IntentFilter:
    """One intent filter of a component."""

    actions: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    mime_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Component:
    """One component of the manifest, with the values Android would use."""

    kind: str
    """activity, service, receiver or provider (an alias is an activity with `target`)."""
    name: str
    exported: bool
    enabled: bool = True
    permission: str = ""
    process: str = ""
    target: str = ""
    authorities: tuple[str, ...] = ()
    filters: tuple[IntentFilter, ...] = ()
    meta_data: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class PermissionRequest:
    """One `uses-permission` or `uses-permission-sdk-23`."""

    name: str
    max_sdk: int | None = None
    sdk_23: bool = False
    implied_by: str = ""
    """Not asked for: Android grants it together with this permission (old target SDKs)."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the manifests of all parts say, merged."""

    package: str
    version_name: str = ""
    version_code: str = ""
    min_sdk: int | None = None
    target_sdk: int | None = None
    application_class: str = ""
    app_component_factory: str = ""
    label: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Label for each locale; the default one under `""`."""
    permissions: tuple[PermissionRequest, ...] = ()
    components: tuple[Component, ...] = ()
    queries: tuple[str, ...] = ()
    """`package:x`, `provider:x`, or `intent:action` of `<queries>`."""
    cleartext: bool | None = None
    """Whether cleartext traffic is permitted; None when neither manifest nor configuration says."""
    cleartext_domains: tuple[str, ...] = ()
    user_certificates: bool = False
    """The network-security-config trusts certificates that the user installed."""
    debuggable: bool = False
    allow_backup: bool | None = None
    meta_data: tuple[tuple[str, str], ...] = ()
    icons: tuple[str, ...] = ()
    """Files of the launcher icon in every configuration, sorted; XML ones included."""


@dataclass(frozen=True, slots=True)
class View:
    """One element of a layout."""

    cls: str
    """Java class name as written (`Button`, `com.app.MyView`, `fragment`)."""
    id: int | None = None
    on_click: str = ""
    text: str = ""
    """Literal text, or the text of the string resource it names."""
    fragment: str = ""
    """Class named by `android:name` or `class` of a `<fragment>`."""
    input_type: int = 0


class Resources(Protocol):
    """The resource table of all parts; looked up lazily because most apps need few entries."""

    def string(self, res_id: int) -> Mapping[str, str]:
        """Text of a string resource for each locale (default under `""`), or nothing."""

    def name(self, res_id: int) -> str:
        """Name of a resource, `layout/activity_main`, or an empty string."""

    def id_of(self, name: str) -> int | None:
        """Id of the resource called `string/app_name`, or None."""

    def array(self, res_id: int) -> tuple[str, ...]:
        """Elements of a string array, or nothing."""

    def layout(self, res_id: int) -> tuple[View, ...]:
        """Views of a layout in document order (includes followed), or nothing."""

    def strings(self) -> Mapping[str, Mapping[str, str]]:
        """Every string resource: name, then text for each locale."""


@dataclass(frozen=True, slots=True)
class Package:
    """One app as the user holds it: base and splits, read like Android reads them."""

    path: str
    name: str
    """File name without its folder."""
    sha256: str
    """Of the file given; of the sorted parts' digests when a folder was given."""
    size: int
    parts: tuple[Part, ...]
    manifest: Manifest
    signers: tuple[Signer, ...]
    files: tuple[PackageFile, ...]
    """Every file of every part, by part then name, `.dex` included."""
    resources: Resources
    nested: tuple[str, ...] = ()
    """APKs that lie inside as assets or raw files, `part!/name`."""
    limits: tuple[Limit, ...] = ()


# ---------------------------------------------------------------- code and flows


@dataclass(frozen=True, slots=True, order=True)
class CodePlace:
    """One instruction."""

    caller: str
    """The method it stands in, JVM style; `part!/name` for a place outside DEX."""
    offset: int
    """Code-unit offset inside the method as dexdump prints it; byte offset outside DEX."""
    dex: str
    """The DEX file, `classes2.dex`, or `split.apk!/classes.dex` for a split."""


@dataclass(frozen=True, slots=True, order=True)
class CallSite:
    """One call: what is called, and where."""

    signature: str
    caller: str
    offset: int
    dex: str

    @property
    def place(self) -> CodePlace:
        """Where the call stands."""
        return CodePlace(self.caller, self.offset, self.dex)


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One step of a flow: where, and in words (a template id of the report with its values)."""

    caller: str
    offset: int
    dex: str
    text: str
    """Plain English, one line."""
    kind: str = ""
    """call, return, store, load, transform, callback, component, source, sink."""


@dataclass(frozen=True, slots=True, order=True)
class SourceRead:
    """One call site at which personal data enter the app's code."""

    data_type: DataType
    site: CallSite
    level: Level
    """`referenced` or `reachable`."""
    scope: Scope
    rule: str
    """Id of the source in the catalog."""
    owner: str
    """`app` or a library's id."""
    trigger: str = ""
    """Words for the entry point that reaches it: see `Flow.trigger`."""
    before_consent: bool | None = None
    columns: tuple[str, ...] = ()
    picker_mask: bool = False
    """The user is asked to pick one entry on the same screen while this reads the whole table."""
    detail: str = ""
    """The Uri or constant that made it a source, as resolved."""


@dataclass(frozen=True, slots=True, order=True)
class Flow:
    """Personal data that go from a source to a sink."""

    id: str
    data_type: DataType
    level: Level
    scope: Scope
    source: CallSite
    sink: CallSite
    sink_kind: SinkKind
    endpoint: str
    """Joined URL, `host:port` of a raw socket, or empty."""
    http_method: str
    fields: tuple[str, ...]
    """Names under which the data leave: JSON keys, form fields, columns."""
    owner: str
    recipient: str
    trigger: str
    """application_start, launcher_start, screen_start, click, activity_result, permission_result,
    consent_accept, consent_refuse, boot, alarm, job, broadcast, push, web_bridge, other_app,
    background, unknown."""
    before_consent: bool | None
    """True: can run with no act of the user; False: only after consent; None: neither shown."""
    steps: tuple[Step, ...]
    transforms: tuple[str, ...] = ()
    """encrypted, hashed, base64, compressed, … with the place in the step."""
    endpoint_candidates: tuple[str, ...] = ()
    entry: str = ""
    """The method at which the path starts, JVM style."""
    guards: tuple[str, ...] = ()
    """Conditions under which the flow runs, in words."""


@dataclass(frozen=True, slots=True, order=True)
class FamilyHint:
    """Names of fields that code of common origin carries: a hint of origin, no proof of upload."""

    family: str
    name: str
    package: str
    """Java package (its first parts) whose code names the keys, or the file outside DEX."""
    owner: str
    keys: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """One address the code can send to."""

    url: str
    scheme: str
    host: str
    path: str
    http_method: str
    resolution: str
    """literal, joined or partial."""
    call_sites: tuple[CodePlace, ...]
    owner: str
    recipient: str
    data_types: tuple[DataType, ...] = ()
    fields: tuple[str, ...] = ()
    cleartext: bool = False
    note: str = ""
    """Why it is partial, or what else a reader should know."""
    basis: str = ""
    """How the recipient was told: known_host, cloud_host, address, package, label, signer,
    operator, backend, other_than_own, none."""
    origins: tuple[str, ...] = ()
    """Of a host that is set at run time: what code near the request reads, `preference:host`."""
    recipient_note: str = ""
    """What a reader should know of the recipient, one sentence."""
    checks_off: tuple[str, ...] = ()
    """Checks of the connection that code of the same owner switches off: trust_all, any_hostname,
    ignores_errors; where, stands with the finding."""


@dataclass(frozen=True, slots=True, order=True)
class LibrarySetting:
    """One call or manifest entry that decides whether a library collects a data type."""

    data_type: DataType
    state: str
    """on, off, or unknown when the value is no constant."""
    by: str
    """`Lcls;->method(value)`, or `name=value` of a meta-data."""
    where: str
    """`caller@offset`, or the manifest."""


@dataclass(frozen=True, slots=True, order=True)
class Library:
    """One library or SDK in the package."""

    id: str
    name: str
    vendor: str
    evidence: tuple[str, ...]
    version: str = ""
    category: str = ""
    confidence: str = "high"
    data_types: tuple[DataType, ...] = ()
    """What its vendor or its code says it can read."""
    prefixes: tuple[str, ...] = ()
    """JVM-style class prefixes by which its frames are recognised."""
    settings: tuple[LibrarySetting, ...] = ()
    """What the app tells it to collect or not to; empty: merely present."""


# ---------------------------------------------------------------- terms


@dataclass(frozen=True, slots=True)
class TermsDocument:
    """One document of terms, as text."""

    name: str
    sha256: str
    language: str
    """BCP 47 primary tag of most of the text: zh, zh-Hant, en, id, …."""
    origin: str
    """`given`, or where in the package it lies: `base.apk!/assets/privacy.html`."""
    role: str
    """privacy_policy, user_agreement, authorisation, sdk_list, data_safety, children, other."""
    text: str = field(repr=False)
    """What was read; spans of statements count its characters."""
    title: str = ""
    effective_date: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Statement:
    """What one clause declares or denies."""

    id: str
    entity: str
    """we, affiliate, third_party, collection_agency, credit_bureau, regulator, user, or a name."""
    action: Action
    data_types: tuple[DataType, ...]
    negated: bool
    purposes: tuple[str, ...]
    recipients: tuple[str, ...]
    quote: str
    document: str
    start: int
    end: int
    """Half-open span of `quote` in the document's text."""
    modality: str = ""
    """`optional`, `with_consent`, `only_if`, or empty."""
    scope: str = ""
    """full, selected_only, local_only, otp_only, other_only (partial denial), or empty."""
    condition: str = ""
    language: str = ""
    confidence: str = "high"
    exact: tuple[DataType, ...] = ()
    """Those of `data_types` that the words name themselves, not through a broader word."""
    context: str = ""
    """Heading, table header or list lead-in under which it stands."""


@dataclass(frozen=True, slots=True, order=True)
class Warning_:
    """A sentence of the terms that should warn a borrower."""

    kind: str
    """contacts_for_collection, third_parties_told, consent_bundled, data_sold, …"""
    quote: str
    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Conflict:
    """Two statements of the terms that do not agree (PolicyLint: contradictions, narrowings)."""

    kind: str
    """contradiction (both cannot be true) or narrowing (the denial takes a part back)."""
    affirms: str
    """Id of the statement that says yes."""
    denies: str
    """Id of the statement that says no."""
    data_type: DataType
    """The narrower of the two types."""
    why: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class Terms:
    """All terms of one app, as understood."""

    documents: tuple[TermsDocument, ...] = ()
    statements: tuple[Statement, ...] = ()
    warnings: tuple[Warning_, ...] = ()
    links: tuple[str, ...] = ()
    """Addresses of terms that the package links to; not fetched."""
    limits: tuple[Limit, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


# ---------------------------------------------------------------- verdicts


@dataclass(frozen=True, slots=True)
class Practice:
    """An action on a data type towards a recipient, with everything that shows it."""

    action: Action
    """collect or share."""
    data_type: DataType
    level: Level
    scope: Scope
    recipient: str
    """`first_party`, an organisation's name, or empty for a mere read."""
    flows: tuple[str, ...]
    call_sites: tuple[CallSite, ...]
    disclosure: Disclosure
    statements: tuple[str, ...]
    owner: str = "app"
    trigger: str = ""
    before_consent: bool | None = None
    vagueness: float | None = None
    """0 (named exactly) to 1, PoliCheck's measure; None unless vague."""
    why: str = ""
    """Why this disclosure, one sentence."""
    reason: str = ""
    """Id of that sentence in `data/reasons/`, where it stands in every language."""
    details: tuple[DataType, ...] = ()
    """Narrower data types that its reads and flows name: `contacts.phone`."""
    purposes: tuple[str, ...] = ()
    """Purposes that the covering statements declare."""


@dataclass(frozen=True, slots=True, order=True)
class Indicator:
    """A provision that a finding bears on. Never a statement that it was broken."""

    provision: str
    article: str
    title: str
    effective_from: str
    weight: str
    says: str
    """Our paraphrase."""
    shows: str
    """What static analysis can show about it."""
    anchor: bool = False
    """Cite this first; the others may be folded."""
    jurisdiction: str = ""
    title_local: str = ""
    """Title in the language of the text."""
    title_zh: str = ""
    """For Chinese readers, where `title_local` is not Chinese."""
    says_zh: str = ""
    shows_zh: str = ""
    date_note: str = ""
    """How its dates fit the app, or that the app's date is not known."""
    date_note_zh: str = ""
    source: str = ""
    """Official source by name, where a reader can check the wording."""
    grade: str = ""
    """How well the text was read for this program: `full_text_third_party_copy`,
    `official_page_copy`, `text_on_mirror_site`, `abridged_copy`, `law_firm_or_press`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule reports about one practice."""

    id: str
    rule: str
    title: str
    severity: Severity
    practice: str
    """`action:data_type:recipient` of the practice, or empty for a finding about the app."""
    disclosure: Disclosure | None
    why: str
    evidence: tuple[str, ...]
    """Ids of flows and statements, or `caller@offset` of call sites."""
    indicators: tuple[Indicator, ...] = ()
    confidence: str = "high"
    confidence_why: str = ""
    in_favour: tuple[str, ...] = ()
    """What speaks for the lender."""
    not_shown: tuple[str, ...] = ()
    """What this finding does not show."""
    to_do: tuple[str, ...] = ()
    """What a person can do now."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """`title.zh`, `why.zh`, …: the same in other languages; lists (`in_favour.zh`, `not_shown.zh`,
    `to_do.zh`) have one item a line, in the order of the English ones."""
    severity_why: str = ""
    """Why this severity and no other."""


@dataclass(frozen=True, slots=True, order=True)
class Limit:
    """Something that was not examined, and why."""

    kind: str
    """packed, code_not_visible, dex_malformed, budget, unresolved_uri, reflection, dynamic_code,
    native_code, hybrid, terms_unreadable, manifest_malformed, resource_malformed, signature,
    timeout, memory, stage_failed, …"""
    where: str
    why: str


# ---------------------------------------------------------------- the report


@dataclass(frozen=True, slots=True, order=True)
class PermissionUse:
    """One permission the app requests, and how far its code uses it."""

    name: str
    data_types: tuple[DataType, ...] = ()
    """What it opens; empty for one that guards no personal data this program knows."""
    max_sdk: int | None = None
    reachable_uses: int = 0
    """Number of call sites that need it and that the app can reach."""
    referenced_uses: int = 0
    """Number of call sites that need it, reached or not."""


@dataclass(frozen=True, slots=True, order=True)
class Framework:
    """A framework that carries (part of) the app's logic outside plain DEX: Flutter, uni-app, …"""

    id: str
    name: str
    evidence: tuple[str, ...] = ()
    visible: bool = True
    """False: its code cannot be read by this program, see the limits."""


@dataclass(frozen=True, slots=True, order=True)
class Packer:
    """A packer or protector that hides the app's code."""

    id: str
    name: str
    vendor: str = ""
    evidence: tuple[str, ...] = ()
    confidence: str = "high"


@dataclass(frozen=True, slots=True)
class LendingAssessment:
    """Whether this is a lending app; None when too little was seen to say."""

    is_lending: bool | None = None
    reasons: tuple[str, ...] = ()
    reasons_zh: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Everything known about one app: the only value that `report` reads."""

    package: Package
    tool_version: str
    catalog_digest: str
    """SHA-256 over the catalog, `Catalog.digest`."""
    tool_name: str = "lending-auditor"
    libraries: tuple[Library, ...] = ()
    frameworks: tuple[Framework, ...] = ()
    packers: tuple[Packer, ...] = ()
    permissions: tuple[PermissionUse, ...] = ()
    reads: tuple[SourceRead, ...] = ()
    flows: tuple[Flow, ...] = ()
    practices: tuple[Practice, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    terms: Terms = field(default_factory=Terms)
    findings: tuple[Finding, ...] = ()
    limits: tuple[Limit, ...] = ()
    families: tuple[FamilyHint, ...] = ()
    renamed_share: float = 0.0
    """Part of the app's own classes whose names were removed, 0 to 1."""
    lending: LendingAssessment = field(default_factory=LendingAssessment)
    jurisdictions: tuple[str, ...] = ()
    """Rule packs that were applied: cn, play, …; chosen by the user or by `jurisdiction_why`."""
    jurisdiction_why: str = ""
    quotes: Mapping[str, str] = field(default_factory=dict)
    """Decompiled source of the methods that the report quotes, by JVM-style signature."""
    severity: Severity | None = None
    """Level of the app: that of its gravest finding; None when nothing was found."""
    jurisdiction_why_zh: str = ""
