"""Say where data go: to whom, at which address, and how that is known.

In: flows and endpoints. Out: values without language. A host that is set at run time is said to be
so, with what code near the request reads; a guess about who holds it is never made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from auditor.model import Endpoint, Flow, SinkKind
from auditor.report.seen import Seen, host_of
from auditor.report.spoken import spoken
from auditor.report.view import party, recipient
from auditor.report.words import Code, Name, Said, Value, say

PLACES = 3
"""Places that one sentence names."""
_ADDRESSES = 4
"""Candidates of one flow whose address is not single."""
RUN_TIME = "{"
"""A part of an address that is set at run time begins so."""


def where_to(flows: Sequence[Flow]) -> list[Value]:
    """Name the places that `flows` reach, at most three: who, and at which host."""
    places: dict[tuple[str, str, bool], str] = {}
    for flow in flows:
        address = flow.endpoint or next(iter(flow.endpoint_candidates), "")
        key = (party(flow), host_of(address), address.startswith(RUN_TIME))
        places.setdefault(key, address)
    first = islice(places.items(), PLACES)
    listed: list[Value] = [reached(who, address) for (who, _, _), address in first]
    if len(places) > PLACES:
        listed.append(say("where.more", n=len(places) - PLACES))
    return listed


def reached(who: str, address: str) -> Value:
    """Name one place: the recipient with its host, or why there is none."""
    if host := host_of(address):
        return say("where.host", who=recipient(who), host=Code(host))
    if who not in ("", "unknown"):
        return recipient(who)
    return say("where.run_time" if address.startswith(RUN_TIME) else "where.unknown")


def address_points(seen: Seen, flows: Iterable[Flow]) -> list[tuple[Said, ...]]:
    """List each address once: who runs it and how that is known, how it is protected."""
    points: dict[str, tuple[Said, ...]] = {}
    known = {e.url: e for e in seen.report.endpoints}
    carried: dict[str, set[str]] = {}
    for flow in flows:
        for address in _addresses(flow):
            carried.setdefault(address, set()).add(flow.data_type)
    for flow in flows:
        for address in _addresses(flow):
            if address not in points:
                points[address] = _point(flow, address, known.get(address), carried[address])
    return list(points.values())


def _addresses(flow: Flow) -> Sequence[str]:
    if flow.sink_kind == SinkKind.SMS:
        return ()
    return [flow.endpoint] if flow.endpoint else flow.endpoint_candidates[:_ADDRESSES]


def _point(
    flow: Flow, address: str, endpoint: Endpoint | None, types: set[str]
) -> tuple[Said, ...]:
    said = [
        say("q3.address", address=Code(address), who=recipient(party(flow))),
        say("q3.carries", data=[Name("data_type", t) for t in sorted(types)[:8]]),
    ]
    if address.startswith("http://") or (endpoint and endpoint.cleartext):
        said.append(say("q3.cleartext"))
    if endpoint is None:
        return tuple(said)
    said += told_by(endpoint)
    if endpoint.note:
        said.append(say("plain", text=spoken(endpoint.note, "note")))
    elif endpoint.resolution == "partial":
        said.append(say("q3.partial"))
    if endpoint.checks_off:
        said.append(checks_off(endpoint))
    return tuple(said)


def told_by(endpoint: Endpoint) -> list[Said]:
    """Say how the recipient of an address is known; nothing where there is no host."""
    if not endpoint.recipient_note or not endpoint.host or not endpoint.recipient:
        return []
    return [say("where.told", why=spoken(endpoint.recipient_note, "who"))]


def checks_off(endpoint: Endpoint) -> Said:
    """Say which checks of the connection code of the same owner switches off."""
    return say("where.checks_off", checks=[Name("check", c) for c in endpoint.checks_off])
