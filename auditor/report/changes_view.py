"""Say what changed between two reports: rows without language, for the page and the terminal.

In: `Changes`. Out: `ChangesView`. Every list is cut; what is left out is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.model import Action, Level
from auditor.report.changes_contract import Changes, Difference, Section, SideOut
from auditor.report.contract import DocumentOut, FindingOut, LimitOut, StatementOut, WarningOut
from auditor.report.contract_app import (
    EndpointOut,
    FlowOut,
    LibraryOut,
    PermissionOut,
    PracticeOut,
    SignerOut,
)
from auditor.report.seen import LEAVES, host_of
from auditor.report.spoken import spoken
from auditor.report.view import owner, party_by, readable, recipient
from auditor.report.where import reached
from auditor.report.words import Code, Local, Name, Said, Value, say

ROWS = 80
"""Rows of one section that are shown."""
_SUMMARY = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that came, went or changed."""

    state: str
    """came, went or changed."""
    text: Value
    details: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One section."""

    name: str
    rows: tuple[Row, ...]
    left_out: int
    counts: tuple[int, int, int]
    """Came, went, changed."""
    notes: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangesView:
    """Everything that is shown."""

    old: SideOut
    new: SideOut
    summary: tuple[Said, ...]
    cautions: tuple[Said, ...]
    app: tuple[Value, ...]
    blocks: tuple[Block, ...]
    same: tuple[str, ...]
    """Sections in which nothing differs."""


def view_changes(changes: Changes) -> ChangesView:
    """Lay out `changes` for readers, what bears on people first."""
    made = [_block(name, getattr(changes, name), say_it) for name, say_it in _SECTIONS]
    return ChangesView(
        old=changes.old,
        new=changes.new,
        summary=tuple(_summary(changes)),
        cautions=tuple(say(f"diff.caution_{name}") for name in changes.cautions),
        app=tuple(_difference(d) for d in changes.app),
        blocks=tuple(block for block in made if any(block.counts)),
        same=tuple(block.name for block in made if not any(block.counts)),
    )


def _block(name: str, section: Section[Any], say_it: Callable[[Any], Row]) -> Block:
    rows = [_marked("came", say_it(item)) for item in section.came]
    rows += [_marked("went", say_it(item)) for item in section.went]
    rows += [
        Row("changed", say_it(c.new).text, tuple(map(_difference, c.differences)))
        for c in section.changed
    ]
    merged = list(_merged(rows))
    counts = [sum(row.state == state for row in merged) for state in ("came", "went", "changed")]
    notes = [say("diff.moved", n=section.moved)] if section.moved else []
    return Block(
        name,
        tuple(merged[:ROWS]),
        max(0, len(merged) - ROWS),
        (counts[0], counts[1], counts[2]),
        tuple(notes),
    )


def _merged(rows: Iterable[Row]) -> Iterable[Row]:
    """Join rows that say the same, such as the readings of one sentence, keeping every detail."""
    seen: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = (row.state, repr(row.text))
        before = seen.get(key)
        if before is None:
            seen[key] = row
        else:
            more = [d for d in row.details if d not in before.details]
            seen[key] = Row(row.state, row.text, (*before.details, *more))
    return seen.values()


def _marked(state: str, row: Row) -> Row:
    return Row(state, row.text, row.details)


# ---------------------------------------------------------------- the summary


def _summary(changes: Changes) -> list[Said]:
    """Say in a few sentences what a person should know first."""
    came, went = _shared(changes.practices.came), _shared(changes.practices.went)
    said = [
        say("diff.sum_sends" if _share(f) in came else "diff.sum_one_more", **_sending(f))
        for f in _leaving(changes.flows.came)
    ]
    said += [
        say("diff.sum_stopped" if _share(f) in went else "diff.sum_one_less", **_sending(f))
        for f in _leaving(changes.flows.went)
    ]
    said = [*said[:_SUMMARY], *_turned(changes)][: 2 * _SUMMARY]
    opened = {t for p in changes.permissions.came for t in p.data_types}
    if opened:
        said.append(say("diff.sum_permissions", types=_types(opened)))
    found = changes.findings
    if found.came or found.went:
        said.append(say("diff.sum_findings", came=len(found.came), went=len(found.went)))
    if changes.denials_gone:
        said.append(say("diff.sum_denials_gone", types=_types(changes.denials_gone)))
    if changes.denials_new:
        said.append(say("diff.sum_denials_new", types=_types(changes.denials_new)))
    if any(d.differences for d in changes.documents.changed) or changes.statements.differs:
        said.append(say("diff.sum_terms"))
    if said:
        return said
    sections = [getattr(changes, name) for name, _ in _SECTIONS]
    return [say("diff.sum_some" if any(s.differs for s in sections) else "diff.sum_none")]


def _shared(practices: Iterable[PracticeOut]) -> set[tuple[str, str]]:
    """Give what is passed on, and to whom: other paths may do the same as one that came or went."""
    return {(p.data_type, p.recipient) for p in practices if p.action == Action.SHARE}


def _share(flow: FlowOut) -> tuple[str, str]:
    return flow.data_type.split(".")[0], party_by(flow.recipient, flow.sink.kind)


def _turned(changes: Changes) -> list[Said]:
    """Say which paths go elsewhere now, or no longer wait for agreement."""
    said: dict[str, Said] = {}
    for pair in changes.flows.changed:
        old, new = pair.old, pair.new
        if new.level != Level.TRACED or new.sink.kind not in LEAVES:
            continue
        if host_of(old.endpoint) != host_of(new.endpoint):
            was = Code(host_of(old.endpoint)) if old.endpoint else say("diff.nothing")
            found = say("diff.sum_moved", **_sending(new), was=was)
            said.setdefault(f"{new.data_type} {host_of(new.endpoint)}", found)
        if new.before_consent and not old.before_consent:
            found = say("diff.sum_earlier", **_sending(new))
            said.setdefault(f"{new.data_type} {host_of(new.endpoint)} early", found)
    return list(said.values())


def _leaving(flows: Sequence[FlowOut]) -> list[FlowOut]:
    """Keep proved flows that leave the phone, one for each data type and recipient."""
    found: dict[tuple[str, str, str], FlowOut] = {}
    for flow in flows:
        if flow.level == Level.TRACED and flow.sink.kind in LEAVES:
            top = flow.data_type.split(".")[0]
            found.setdefault((top, flow.recipient, host_of(flow.endpoint)), flow)
    return list(found.values())


def _sending(flow: FlowOut) -> dict[str, Value]:
    who = party_by(flow.recipient, flow.sink.kind)
    return {
        "data": Name("data_type", flow.data_type),
        "scope": Name("scope", flow.scope),
        "where": reached(who, flow.endpoint),
    }


# ---------------------------------------------------------------- one thing of each kind


def _finding(finding: FindingOut) -> Row:
    title = Local(
        tuple((k.partition(".")[2], v) for k, v in finding.texts.items() if k.startswith("title.")),
        finding.title,
    )
    return Row("", say("diff.finding", title=title, level=Name("severity", finding.severity)))


def _practice(practice: PracticeOut) -> Row:
    said = say(
        "diff.practice" if practice.recipient else "diff.practice_alone",
        action=Name("action", practice.action),
        data=Name("data_type", practice.data_type),
        who=recipient(practice.recipient),
    )
    details = (Name("level", practice.level), Name("disclosure", practice.disclosure))
    return Row("", said, details)


def _flow(flow: FlowOut) -> Row:
    details: list[Value] = [
        Name("level", flow.level),
        Name("trigger", flow.trigger or "unknown"),
        Name("consent", str(flow.before_consent).lower()),
    ]
    if flow.fields:
        names: list[Value] = [Code(f) for f in flow.fields[:12]]
        details.append(say("diff.labelled", label=say("fact.fields"), value=names))
    details.append(
        say("diff.labelled", label=say("exhibit.source"), value=Code(readable(flow.source.caller)))
    )
    return Row(
        "", say("diff.flow", sink=Name("sink", flow.sink.kind), **_sending(flow)), (*details,)
    )


def _permission(permission: PermissionOut) -> Row:
    details: tuple[Value, ...] = (_types(permission.data_types),) if permission.data_types else ()
    return Row("", Code(permission.name), details)


def _endpoint(endpoint: EndpointOut) -> Row:
    details: list[Value] = [recipient(endpoint.recipient)] if endpoint.recipient else []
    if endpoint.data_types:
        details.append(_types(endpoint.data_types))
    if endpoint.cleartext:
        details.append(say("picture.cleartext"))
    return Row("", Code(f"{endpoint.http_method} {endpoint.url}".strip()), tuple(details))


def _library(library: LibraryOut) -> Row:
    details: list[Value] = [library.vendor] if library.vendor else []
    if library.data_types:
        details.append(_types(library.data_types))
    text = f"{library.name} {library.version}".strip()
    return Row("", text, tuple(details))


def _document(document: DocumentOut) -> Row:
    role = Name("role", document.role or "other")
    return Row("", say("diff.document", role=role, name=Code(document.name)))


def _statement(statement: StatementOut) -> Row:
    key = "diff.denies" if statement.negated else "diff.says"
    reading = say(key, does=Name("action", statement.action), data=_types(statement.data_types[:6]))
    return Row("", say("diff.quote", quote=statement.quote), (reading,))


def _warning(warning: WarningOut) -> Row:
    quoted = say("diff.quote", quote=warning.quote)
    return Row("", quoted, (Name("warning", warning.kind),))


def _limit(limit: LimitOut) -> Row:
    return Row("", Name("limit", limit.kind), (Code(limit.where), spoken(limit.why, "why")))


def _signer(signer: SignerOut) -> Row:
    return Row("", Code(signer.sha256), (signer.subject,))


_SECTIONS: tuple[tuple[str, Callable[[Any], Row]], ...] = (
    ("findings", _finding),
    ("practices", _practice),
    ("flows", _flow),
    ("permissions", _permission),
    ("endpoints", _endpoint),
    ("libraries", _library),
    ("documents", _document),
    ("statements", _statement),
    ("warnings", _warning),
    ("signers", _signer),
    ("limits", _limit),
)


# ---------------------------------------------------------------- one property

_KINDS = {
    "level": "level",
    "scope": "scope",
    "trigger": "trigger",
    "disclosure": "disclosure",
    "severity": "severity",
    "confidence": "confidence",
    "modality": "modality",
    "before_consent": "consent",
    "lending": "lending",
    "purposes": "purpose",
    "recipients": "entity",
    "data_types": "data_type",
    "jurisdictions": "jurisdiction",
}
"""The kind of word that a property's values are."""


def _difference(difference: Difference) -> Said:
    label = say(f"diff.field_{difference.field}")
    old, new = difference.old, difference.new
    if isinstance(old, list) and isinstance(new, list):
        return say(
            "diff.set",
            label=label,
            added=_items(difference.field, [x for x in new if x not in old]),
            removed=_items(difference.field, [x for x in old if x not in new]),
        )
    return say(
        "diff.was",
        label=label,
        old=_value(difference.field, old),
        new=_value(difference.field, new),
    )


def _items(field: str, items: Sequence[Any]) -> Value:
    return [_value(field, item) for item in items[:20]] if items else say("diff.nothing")


def _value(field: str, value: Any) -> Value:  # noqa: ANN401
    if field in ("before_consent", "lending"):
        return Name(_KINDS[field], str(value).lower())
    if value is None or value == "":
        return say("diff.nothing")
    if isinstance(value, bool):
        return say("diff.yes" if value else "diff.no")
    if isinstance(value, int):
        return Code(str(value))
    text = str(value)
    if field == "sha256":
        return Code(f"{text[:12]}…")
    if field == "recipient":
        return recipient(text)
    if field == "transforms":
        return Name("transform", text)
    if field == "owner":
        return owner(text)
    if field in _KINDS:
        return Name(_KINDS[field], text)
    return text if field in ("quote", "condition", "label") else Code(text)


def _types(types: Iterable[str]) -> Value:
    return [Name("data_type", t) for t in sorted(set(types))[:10]] or say("diff.nothing")
