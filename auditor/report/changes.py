"""Compare two reports: which permissions, flows, addresses, SDKs, terms and findings came and went.

In: two documents (`contract.Document`), the older first. Out: `Changes`. Pure.

Names of classes and methods change with every obfuscated build, so nothing is recognised by them
alone. Things are paired in rounds: first those that agree in everything that could tell them apart,
then, of what is left, those that agree in less. The last round still asks for what makes it the
same to a reader: a flow for the data, the way out and the address or its owner.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from auditor.model import Action
from auditor.report.changes_contract import Changed, Changes, Difference, Section, SideOut
from auditor.report.contract import Document, DocumentOut, StatementOut
from auditor.report.contract_app import EndpointOut, FlowOut, PermissionOut, PracticeOut, Value
from auditor.report.seen import HIDES_CODE

V = TypeVar("V", bound=Value)
Key = Callable[[Any], Hashable | None]
"""What two things must share to be paired in one round; None stays out of that round."""


def compare(old: Document, new: Document) -> Changes:
    """Give what changed from `old` to `new`."""
    terms = (old.terms, new.terms)
    denied = [_denied(d) if all(t.documents for t in terms) else set() for d in (old, new)]
    return Changes(
        old=_side(old),
        new=_side(new),
        cautions=_cautions(old, new),
        denials_gone=sorted(denied[0] - denied[1]),
        denials_new=sorted(denied[1] - denied[0]),
        app=[
            Difference(field=name, old=before, new=after)
            for name in _APP
            if (before := _app_field(old, name)) != (after := _app_field(new, name))
        ],
        signers=_section(old.app.signers, new.app.signers, [lambda s: s.sha256], ()),
        permissions=_section(old.permissions, new.permissions, [lambda p: p.name], _PERMISSION),
        flows=_section(old.flows, new.flows, _FLOW_ROUNDS, _FLOW, _flow_place),
        practices=_section(old.practices, new.practices, _PRACTICE_ROUNDS, _PRACTICE),
        endpoints=_section(old.endpoints, new.endpoints, _ENDPOINT_ROUNDS, _ENDPOINT),
        libraries=_section(old.libraries, new.libraries, [lambda x: x.id], _LIBRARY),
        documents=_section(terms[0].documents, terms[1].documents, _DOCUMENT_ROUNDS, _DOCUMENT),
        statements=_section(terms[0].statements, terms[1].statements, _SAID_ROUNDS, _SAID),
        warnings=_section(
            terms[0].warnings,
            terms[1].warnings,
            [lambda w: (w.kind, _plain(w.quote)), lambda w: w.kind],
            ("quote",),
        ),
        findings=_section(
            old.findings,
            new.findings,
            [lambda f: f.id, lambda f: (f.rule, f.practice)],
            ("severity", "disclosure", "confidence"),
        ),
        limits=_section(
            old.limits,
            new.limits,
            [lambda x: (x.kind, x.where, x.why), lambda x: (x.kind, x.where), lambda x: x.kind],
            (),
        ),
    )


Field = str | tuple[str, Callable[[Any], Any]]
"""A property to compare: by its name, or a name and how to compute it."""


def _section(
    old: Sequence[V],
    new: Sequence[V],
    rounds: Sequence[Key],
    fields: Sequence[Field],
    place: Key | None = None,
) -> Section[V]:
    pairs, went, came = pair(old, new, rounds)
    changed: list[Changed[V]] = []
    moved = 0
    for before, after in pairs:
        if found := _differences(before, after, fields):
            changed.append(Changed(old=before, new=after, differences=found))
        elif place is not None and place(before) != place(after):
            moved += 1
    return Section(
        came=came, went=went, changed=changed, same=len(pairs) - len(changed), moved=moved
    )


def pair(
    old: Sequence[V], new: Sequence[V], rounds: Sequence[Key]
) -> tuple[list[tuple[V, V]], list[V], list[V]]:
    """Pair what is the same in both lists; give the pairs in the order of `new`, then the rest.

    Returns:
        Pairs, what only `old` has, what only `new` has.
    """
    partner: dict[int, int] = {}
    free = list(range(len(old)))
    for key in rounds:
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for index in free:
            if (name := key(old[index])) is not None:
                waiting[name].append(index)
        for index, item in enumerate(new):
            if index not in partner and (name := key(item)) is not None and waiting.get(name):
                partner[index] = waiting[name].popleft()
        taken = set(partner.values())
        free = [index for index in free if index not in taken]
    pairs = [(old[partner[i]], item) for i, item in enumerate(new) if i in partner]
    return pairs, [old[i] for i in free], [x for i, x in enumerate(new) if i not in partner]


def _differences(before: Value, after: Value, fields: Sequence[Field]) -> list[Difference]:
    found = []
    for field in fields:
        name, read = field if isinstance(field, tuple) else (field, _reader(field))
        one, other = read(before), read(after)
        if one != other:
            found.append(Difference(field=name, old=one, new=other))
    return found


def _reader(name: str) -> Callable[[Any], Any]:
    return lambda item: getattr(item, name)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


# ---------------------------------------------------------------- what is compared

_APP = (
    *("package", "label", "version_name", "version_code", "min_sdk", "target_sdk", "cleartext"),
    *("user_certificates", "debuggable", "lending", "severity", "jurisdictions", "packers"),
    "frameworks",
)


def _app_field(document: Document, name: str) -> Any:  # noqa: ANN401
    match name:
        case "lending":
            return document.app.lending.is_lending
        case "severity":
            return document.severity
        case "jurisdictions":
            return list(document.jurisdictions)
        case "packers" | "frameworks":
            return sorted(item.name for item in getattr(document.app, name))
    return getattr(document.app, name)


def _used(permission: PermissionOut) -> bool:
    return permission.reachable_uses > 0


_PERMISSION: tuple[Field, ...] = ("data_types", "max_sdk", ("used", _used))
_LIBRARY = ("version", "data_types")
_DOCUMENT = ("sha256", "effective_date", "version")
_ENDPOINT = ("recipient", "data_types", "fields", "cleartext")
_PRACTICE = ("level", "scope", "disclosure", "trigger", "before_consent")
_FLOW = (
    *("level", "scope", "endpoint", "http_method", "recipient", "trigger", "before_consent"),
    *("fields", "transforms", "owner"),
)
_SAID = ("quote", "negated", "scope", "modality", "condition", "purposes", "recipients")


_TAKES = (Action.COLLECT, Action.UPLOAD)


def _flow_place(flow: FlowOut) -> Hashable:
    return (flow.source.caller, flow.sink.caller)


def _flow_what(flow: FlowOut) -> tuple[str, ...]:
    return (flow.data_type, flow.sink.kind)


def _flow_how(flow: FlowOut) -> tuple[Hashable, ...]:
    """All that the flow does, without the names of the app's own classes."""
    calls = (flow.source.signature, flow.sink.signature)
    when = (flow.trigger, flow.before_consent, flow.scope, flow.level)
    return (*_flow_what(flow), flow.endpoint, flow.recipient, *calls, *when, tuple(flow.fields))


def _flow_address(flow: FlowOut) -> Hashable | None:
    return (*_flow_what(flow), flow.endpoint) if flow.endpoint else None


def _flow_path(flow: FlowOut) -> Hashable | None:
    """The same request of the same recipient at another host."""
    path = _path(flow.endpoint)
    return (*_flow_what(flow), flow.recipient, flow.http_method, path) if path else None


def _flow_recipient(flow: FlowOut) -> Hashable | None:
    """Somewhere else at the same organisation, or at no known address by the same platform call."""
    if flow.recipient not in ("", "unknown"):
        return (*_flow_what(flow), flow.recipient)
    if flow.endpoint:
        return None
    return (*_flow_what(flow), flow.source.signature)


def _path(address: str) -> str:
    try:
        return urlsplit(address).path.strip("/")
    except ValueError:
        return ""


_FLOW_ROUNDS: tuple[Key, ...] = (
    lambda f: (*_flow_how(f), *_flow_place(f)),  # type: ignore[misc]
    _flow_how,
    lambda f: (_flow_address(f), f.source.signature, f.trigger) if f.endpoint else None,
    _flow_address,
    _flow_path,
    _flow_recipient,
)


def _practice_whole(practice: PracticeOut) -> Hashable:
    return (practice.id, practice.owner)


_PRACTICE_ROUNDS: tuple[Key, ...] = (_practice_whole, lambda p: p.id)


def _endpoint_whole(endpoint: EndpointOut) -> Hashable:
    return (endpoint.url, endpoint.http_method)


_ENDPOINT_ROUNDS: tuple[Key, ...] = (_endpoint_whole, lambda e: e.url)


def _document_role(document: DocumentOut) -> Hashable:
    return (document.role, document.language)


_DOCUMENT_ROUNDS: tuple[Key, ...] = (
    lambda d: (d.sha256, d.role),
    lambda d: (d.role, d.language, d.name),
    _document_role,
    lambda d: d.name,
)


def _said_whole(statement: StatementOut) -> Hashable:
    return (*_said(statement), statement.negated, _plain(statement.quote))


def _said(statement: StatementOut) -> tuple[Hashable, ...]:
    return (statement.entity, statement.action, tuple(sorted(statement.data_types)))


_SAID_ROUNDS: tuple[Key, ...] = (
    _said_whole,
    lambda s: (*_said(s), s.negated, tuple(s.recipients), tuple(s.purposes)),
    lambda s: (*_said(s), s.negated),
    _said,
)


# ---------------------------------------------------------------- the two sides


def _side(document: Document) -> SideOut:
    app = document.app
    return SideOut(
        tool=document.tool,
        package=app.package,
        label=app.label,
        version_name=app.version_name,
        version_code=app.version_code,
        sha256=app.sha256,
        name=app.name,
        severity=document.severity or "",
    )


def _denied(document: Document) -> set[str]:
    """Give the data types that the terms wholly deny to take."""
    return {
        data_type
        for statement in document.terms.statements
        if statement.negated and statement.action in _TAKES and not statement.scope
        for data_type in statement.data_types
    }


def hidden(document: Document) -> bool:
    """Tell whether the app's own logic is hidden from this program, wholly or mostly."""
    if any(not framework.visible for framework in document.app.frameworks):
        return True
    return any(limit.kind in HIDES_CODE for limit in document.limits)


def _cautions(old: Document, new: Document) -> list[str]:
    signers = [{s.sha256 for s in d.app.signers} for d in (old, new)]
    codes = [d.app.version_code for d in (old, new)]
    terms = [bool(d.terms.documents) for d in (old, new)]
    numbers = [int(c) if c.isascii() and c.isdigit() and len(c) < 20 else -1 for c in codes]
    asked = {
        "other_package": old.app.package != new.app.package,
        "other_signer": all(signers) and not signers[0] & signers[1],
        "same_file": old.app.sha256 == new.app.sha256,
        "older_version": min(numbers) >= 0 and numbers[1] < numbers[0],
        "other_tool": old.tool != new.tool,
        "hidden_now": hidden(new) and not hidden(old),
        "hidden_before": hidden(old) and not hidden(new),
        "terms_only_new": terms == [False, True],
        "terms_only_old": terms == [True, False],
    }
    return [name for name, holds in asked.items() if holds]
