"""Make a case from the small description that stands in a rule as its example."""

from __future__ import annotations

from auditor.model import (
    CallSite,
    Conflict,
    DataType,
    Flow,
    LendingAssessment,
    Level,
    Library,
    Limit,
    Manifest,
    PermissionRequest,
    SourceRead,
    Statement,
    Terms,
    TermsDocument,
    Warning_,
)
from auditor.verdicts.case import Case, Observation
from auditor.verdicts.disclosure import disclose
from auditor.verdicts.knowledge import Knowledge
from auditor.verdicts.matching import PREFIX, find_matches
from auditor.verdicts.practices import ROLES, group_practices
from auditor.verdicts.rules import FindingRule, InlineCase, InlineStatement

_READ = CallSite("Landroid/content/ContentResolver;->query()V", "La;->read()V", 4, "classes.dex")
_SEND = CallSite("Ljava/net/HttpURLConnection;->connect()V", "La;->send()V", 8, "classes.dex")


def reports(rule: FindingRule, example: InlineCase, knowledge: Knowledge) -> bool:
    """Tell whether `rule` reports anything in the made-up case."""
    case = make_case(example, knowledge)
    return bool(find_matches(rule, case, knowledge.ontology, dict(knowledge.purposes)))


def make_case(example: InlineCase, knowledge: Knowledge) -> Case:
    """Build the case that the example describes."""
    action, data_type, recipient = _words(example.practice)
    reads, flows = _code(example, action, data_type, recipient)
    manifest = Manifest(
        package="test.example",
        target_sdk=example.target_sdk,
        cleartext=example.cleartext,
        permissions=_permissions(example, data_type, knowledge),
    )
    terms = _terms(example)
    practices = group_practices(reads, flows, manifest, knowledge.ontology)
    return Case(
        manifest=manifest,
        practices=disclose(practices, terms, knowledge.ontology, knowledge.reasons),
        reads=reads,
        flows=flows,
        terms=terms,
        limits=tuple(Limit(kind, "base.apk", "example") for kind in example.limits),
        libraries=_libraries(example),
        lending=LendingAssessment(example.lending),
        jurisdictions=example.jurisdictions,
        observations=tuple(Observation(k, "La;->b()V@2", "example") for k in example.observed),
    )


def _words(practice: str) -> tuple[str, str, str]:
    """Split `share contacts Acme Data` into action, data type and recipient."""
    action, _, rest = practice.partition(" ")
    data_type, _, recipient = rest.partition(" ")
    return action, data_type, recipient


def _code(
    example: InlineCase, action: str, data_type: str, recipient: str
) -> tuple[tuple[SourceRead, ...], tuple[Flow, ...]]:
    if not data_type or example.level is Level.REQUESTED:
        return (), ()
    read = SourceRead(
        data_type=DataType(data_type),
        site=_READ,
        level=min(example.level, Level.REACHABLE, key=lambda level: level.rank),
        scope=example.scope,
        rule="example",
        owner=example.owner,
        before_consent=example.before_consent,
        picker_mask=example.picker_mask,
    )
    if action != "share":
        return (read,), ()
    flow = Flow(
        id="f1",
        data_type=DataType(data_type),
        level=example.level,
        scope=example.scope,
        source=_READ,
        sink=_SEND,
        sink_kind=example.sink,
        endpoint=example.endpoint,
        http_method="POST",
        fields=("name", "phone"),
        owner=example.owner,
        recipient="" if recipient in ROLES[1:] else recipient,
        trigger="click",
        before_consent=example.before_consent,
        steps=(),
    )
    return (read,), (flow,)


def _permissions(
    example: InlineCase, data_type: str, knowledge: Knowledge
) -> tuple[PermissionRequest, ...]:
    names = [PREFIX + name for name in example.permissions]
    if example.level is Level.REQUESTED:
        opens = knowledge.ontology.permissions
        names += [name for name, types in sorted(opens.items()) if data_type in types][:1]
    return tuple(PermissionRequest(name) for name in names)


def _terms(example: InlineCase) -> Terms:
    warnings = tuple(Warning_(kind, "…", "terms", 0, 1) for kind in example.warnings)
    if example.terms is None and not warnings:
        return Terms()
    said = example.terms or ()
    document = TermsDocument("terms", "0" * 64, "en", "given", "privacy_policy", "…")
    statements = tuple(_statement(i, s) for i, s in enumerate(said))
    ids = (statements[0].id, statements[1].id) if len(statements) > 1 else ("", "")
    types = statements[0].data_types if statements else ()
    conflicts = tuple(Conflict(kind, *ids, types[0], "example") for kind in example.conflicts)
    return Terms((document,), statements, warnings, conflicts=conflicts)


def _statement(number: int, said: InlineStatement) -> Statement:
    return Statement(
        id=f"s{number}",
        entity=said.entity,
        action=said.action,
        data_types=tuple(DataType(t.removeprefix("+")) for t in said.says),
        negated=said.negated,
        purposes=said.purposes,
        recipients=said.recipients,
        quote="It says so.",
        document="terms",
        start=number,
        end=number + 1,
        scope=said.scope,
        language="en",
        exact=tuple(DataType(t) for t in said.says if not t.startswith("+")),
    )


def _libraries(example: InlineCase) -> tuple[Library, ...]:
    if example.owner == "app":
        return ()
    return (Library(example.owner, example.owner, "", ("example",), category=example.category),)
