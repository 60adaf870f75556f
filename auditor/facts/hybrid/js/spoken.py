"""Links without a proved path: a whole table is read, and a call speaks of it by its names."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.facts.hybrid.js.calls import Use
from auditor.facts.hybrid.js.graph import ANY, Call
from auditor.facts.hybrid.js.text import HOLE
from auditor.facts.hybrid.js.values import Sending
from auditor.facts.hybrid.words import speaks_of
from auditor.model import CallSite, Flow, Level, Scope, SourceRead, Step

if TYPE_CHECKING:
    from auditor.facts.hybrid.js.reader import Reader


def spoken_flows(reader: Reader, reads: set[SourceRead], linked: set[CallSite]) -> dict[str, Flow]:
    """Join reads of whole tables that no path leads on with calls that speak of them."""
    found: dict[str, Flow] = {}
    for read in sorted(reads):
        words = reader.linker.apis.words.get(read.data_type, ())
        if read.site in linked or read.scope != Scope.BULK or read.level != Level.REACHABLE:
            continue
        for sink in reader.sinks:
            call = reader.graph.calls[sink.call]
            sending = reader.sending(sink, ()) if reader.live(call.function) else None
            if sending is None:
                continue
            keys = _keys(reader, call, sink)
            urls = [u for u in sending.urls if speaks_of(u.partition("?")[0], words)]
            if urls or any(speaks_of(key, words) for key in keys):
                flow = _told(read, sending, urls or list(sending.urls), keys)
                found.setdefault(flow.id, flow)
    return found


def _keys(reader: Reader, call: Call, sink: Use) -> list[str]:
    """Names of properties of what a call sends, two levels deep."""
    keys: set[str] = set()
    nodes = [reader.linker.port(call, port) for port in sink.api.body]
    for _ in range(2):
        objects = {w for n in nodes if n >= 0 for k, w in reader.graph.values[n] if k == "o"}
        inner = [reader.graph.objects[o] for o in sorted(objects, key=str) if isinstance(o, int)]
        keys |= {name for held in inner for name in held if name != ANY}
        nodes = [n for held in inner for n in held.values()][:200]
    return sorted(keys)[:60]


def _told(read: SourceRead, sending: Sending, urls: Sequence[str], keys: Sequence[str]) -> Flow:
    shown = sorted({u.replace(HOLE, "") for u in urls})
    told = "sends under names that speak of this data; no path between them was proved"
    site, sink = read.site, sending.site
    key = f"{site}|{sink}|{shown}|{read.data_type}|told"
    return Flow(
        id="js-" + hashlib.sha256(key.encode()).hexdigest()[:12],
        data_type=read.data_type,
        level=Level.LINKED,
        scope=read.scope,
        source=site,
        sink=sink,
        sink_kind=sending.sink_kind,
        endpoint=shown[0] if len(shown) == 1 else "",
        http_method=sending.method,
        fields=tuple(keys),
        owner="app",
        recipient="",
        trigger=read.trigger,
        before_consent=None,
        steps=(
            Step(site.caller, site.offset, site.dex, f"{site.signature} reads", "source"),
            Step(sink.caller, sink.offset, sink.dex, f"{sink.signature} {told}", "sink"),
        ),
        endpoint_candidates=tuple(shown) if len(shown) > 1 else (),
    )
