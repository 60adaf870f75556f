"""Group what the code does into practices: an action on a data type towards a recipient.

In: reads and flows (from `facts` and `flows`), the manifest. Out: practices, sorted, each with the
highest level that was proved, not yet compared with terms. Pure.

`collect` is the taking: the read, with the flows that stay on the device or go to the app's own
server; `share` is whatever leaves by network, SMS, a web page or another app, by recipient. What is
only asked for in the manifest is `requested`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from auditor.model import (
    Action,
    CallSite,
    DataType,
    Disclosure,
    Flow,
    Level,
    Manifest,
    Practice,
    Scope,
    SinkKind,
    SourceRead,
)
from auditor.verdicts.ontology import Ontology

FIRST_PARTY = "first_party"
UNKNOWN = "unknown"
"""Recipient of data that leave to an address whose owner is not known."""
PEOPLE_TEXTED = "people_texted"
OTHER_APPS = "other_apps"
WEB_PAGE = "web_page"
OURS = frozenset({FIRST_PARTY, UNKNOWN, WEB_PAGE})
"""Recipients that are, or may be, the app's own server."""
ROLES = (FIRST_PARTY, UNKNOWN, PEOPLE_TEXTED, OTHER_APPS, WEB_PAGE)
"""Recipients that are no organisation's name."""

_LOCAL = {SinkKind.FILE, SinkKind.LOG}
_ROLE_OF_SINK = {
    SinkKind.SMS: PEOPLE_TEXTED,
    SinkKind.CALL: PEOPLE_TEXTED,
    SinkKind.IPC: OTHER_APPS,
    SinkKind.WEB: WEB_PAGE,
}
_TRIGGERS = (
    "application_start", "launcher_start", "boot", "push", "alarm", "job", "broadcast",
    "consent_refuse", "background", "screen_start", "permission_result", "activity_result",
    "web_bridge", "other_app", "click", "consent_accept", "unknown", "",
)  # fmt: skip


def group_practices(
    reads: Sequence[SourceRead], flows: Sequence[Flow], manifest: Manifest, ontology: Ontology
) -> tuple[Practice, ...]:
    """Group reads, flows and permissions into practices, sorted by type, action and recipient."""
    collected = _collected(reads, flows, ontology)
    shared = _shared(flows, ontology)
    with_code = {p.data_type for p in collected + shared}
    asked = _requested(manifest, with_code, ontology)
    return tuple(sorted(collected + shared + asked, key=practice_order))


def practice_order(practice: Practice) -> tuple[str, str, str]:
    """Give the key by which practices are sorted."""
    return (practice.data_type, practice.action, practice.recipient)


def practice_id(practice: Practice) -> str:
    """Give the id by which findings name a practice."""
    return f"{practice.action}:{practice.data_type}:{practice.recipient}"


def recipient_of(flow: Flow) -> str:
    """Give the recipient of what leaves: as the flow names it, else the role of its sink."""
    return flow.recipient or _ROLE_OF_SINK.get(flow.sink_kind, UNKNOWN)


def _collected(
    reads: Sequence[SourceRead], flows: Sequence[Flow], ontology: Ontology
) -> list[Practice]:
    found = []
    tops = {ontology.top(r.data_type) for r in reads} | {ontology.top(f.data_type) for f in flows}
    for data_type in sorted(tops):
        its_reads = [r for r in reads if ontology.top(r.data_type) == data_type]
        its_flows = [f for f in flows if ontology.top(f.data_type) == data_type]
        found.append(_collect(data_type, its_reads, its_flows))
    return found


def _collect(data_type: DataType, reads: Sequence[SourceRead], flows: Sequence[Flow]) -> Practice:
    """Make the practice of taking; a flow to somebody else proves the read reachable, no more."""
    own = [f for f in flows if f.sink_kind in _LOCAL or recipient_of(f) in OURS]
    leaving = [f for f in flows if f not in own]
    levels: list[tuple[SourceRead | Flow, Level]] = [(r, r.level) for r in reads]
    levels += [(f, f.level) for f in own]
    levels += [(f, min(f.level, Level.REACHABLE, key=_rank)) for f in leaving]
    level = max((level for _, level in levels), key=_rank)
    # A read says more of the read's scope than a flow does, so flows count where no read stands.
    floor = min(level, Level.REACHABLE, key=_rank).rank
    witnesses: list[SourceRead | Flow] = [r for r in reads if r.level.rank >= floor]
    witnesses = witnesses or [w for w, reached in levels if reached.rank >= floor]
    sites = {r.site for r in reads} | {f.source for f in flows}
    return Practice(
        action=Action.COLLECT,
        data_type=data_type,
        level=level,
        scope=_widest(w.scope for w in witnesses),
        recipient="",
        flows=tuple(sorted(f.id for f in own)),
        call_sites=tuple(sorted(sites)),
        disclosure=Disclosure.NO_TERMS,
        statements=(),
        owner=_owner(w.owner for w in witnesses),
        trigger=_first_trigger(w.trigger for w in witnesses),
        before_consent=_before_consent(w.before_consent for w in witnesses),
        details=_details([w.data_type for w, _ in levels], data_type),
    )


def _shared(flows: Sequence[Flow], ontology: Ontology) -> list[Practice]:
    def key(flow: Flow) -> tuple[DataType, str]:
        return ontology.top(flow.data_type), recipient_of(flow)

    leaving = sorted((f for f in flows if f.sink_kind not in _LOCAL), key=lambda f: (key(f), f.id))
    found = []
    for (data_type, recipient), group in groupby(leaving, key):
        its = list(group)
        best = max(f.level.rank for f in its)
        strongest = [f for f in its if f.level.rank == best]
        sites: set[CallSite] = {f.source for f in its} | {f.sink for f in its}
        found.append(
            Practice(
                action=Action.SHARE,
                data_type=data_type,
                level=strongest[0].level,
                scope=_widest(f.scope for f in strongest),
                recipient=recipient,
                flows=tuple(f.id for f in its),
                call_sites=tuple(sorted(sites)),
                disclosure=Disclosure.NO_TERMS,
                statements=(),
                owner=_owner(f.owner for f in its),
                trigger=_first_trigger(f.trigger for f in strongest),
                before_consent=_before_consent(f.before_consent for f in strongest),
                details=_details([f.data_type for f in its], data_type),
            )
        )
    return found


def _requested(manifest: Manifest, with_code: set[DataType], ontology: Ontology) -> list[Practice]:
    asked = {t for p in manifest.permissions for t in ontology.permissions.get(p.name, ())}
    return [
        Practice(
            action=Action.COLLECT,
            data_type=data_type,
            level=Level.REQUESTED,
            scope=Scope.UNKNOWN,
            recipient="",
            flows=(),
            call_sites=(),
            disclosure=Disclosure.NO_TERMS,
            statements=(),
        )
        for data_type in sorted(asked - with_code)
    ]


def _rank(level: Level) -> int:
    return level.rank


def _widest(scopes: Iterable[Scope]) -> Scope:
    """Give `bulk` when one is, `one_picked` when all are, else `unknown`."""
    seen = set(scopes)
    if Scope.BULK in seen:
        return Scope.BULK
    return Scope.ONE_PICKED if seen == {Scope.ONE_PICKED} else Scope.UNKNOWN


def _owner(owners: Iterable[str]) -> str:
    """Give the library when one library alone does it, else `app`."""
    seen = set(owners)
    return seen.pop() if len(seen) == 1 else "app"


def _first_trigger(triggers: Iterable[str]) -> str:
    """Give the trigger that needs the least from the user."""
    return min(triggers, key=lambda t: (_trigger_rank(t), t), default="")


def _trigger_rank(trigger: str) -> int:
    return _TRIGGERS.index(trigger) if trigger in _TRIGGERS else len(_TRIGGERS) - 3


def _before_consent(values: Iterable[bool | None]) -> bool | None:
    seen = set(values)
    if True in seen:
        return True
    return False if seen == {False} else None


def _details(types: Iterable[DataType], top: DataType) -> tuple[DataType, ...]:
    return tuple(sorted({t for t in types if t != top}))
