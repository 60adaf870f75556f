"""From what the entry points showed to flows, reads and endpoints of the vocabulary."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from auditor.flows.app import App
from auditor.flows.consent import Activation, Words, activations
from auditor.flows.endpoints import MAX_ADDRESSES, Owner, addresses, endpoints
from auditor.flows.events import PICKED, End, Event, Read, Send, Source, noted
from auditor.flows.origins import Origins
from auditor.flows.roots import DENIED, Program, Root, RootKey
from auditor.flows.sites import Sites
from auditor.flows.values import Condition, Taint, field_names
from auditor.model import (
    CallSite,
    CodePlace,
    DataType,
    Endpoint,
    Flow,
    Level,
    Scope,
    SinkKind,
    SourceRead,
)

_ADDRESSED = frozenset(("network", "web", "file", "ipc"))
"""Ways out that have an address; the number that a text message goes to is none."""
_Key = tuple[int, int, int, str, str]
"""Source, method and offset of the sink, its kind, its addresses."""
_UNKNOWN = Activation(None, "unknown")


@dataclass(slots=True)
class _Found:
    """One flow in the making: the earliest of the ways in which it can run."""

    taints: dict[str, Taint] = field(default_factory=dict)
    sends: list[tuple[Root, Send]] = field(default_factory=list)


class Collector:
    """Reads the events of all entry points."""

    def __init__(self, program: Program, owner: Owner, origins: Origins | None = None) -> None:
        """`owner` names the library to which a class belongs; `origins` ask the code around."""
        self.origins = origins
        self.engine: App = program.engine
        self.index = program.engine.index
        self.sites = Sites(self.index)
        self.roots = program.roots
        self.owner = owner
        self.words = Words(self.engine.know.words)
        self.activations: Mapping[RootKey, Activation] = activations(program.roots, self.words)
        self.reads: dict[int, list[tuple[Root, Read]]] = {}
        self.found: dict[_Key, _Found] = {}
        self.addresses: dict[Event, tuple[Send, list[Root]]] = {}
        for root in self.roots.values():
            if root.key not in self.activations:
                continue  # only guessed to run, and known to run otherwise
            for event, payload in root.events.items():
                if isinstance(payload, Read):
                    self.reads.setdefault(payload.source, []).append((root, payload))
                elif isinstance(payload, Send):
                    self._send(root, event, payload)

    def _send(self, root: Root, event: Event, send: Send) -> None:
        kept = self.addresses.get(event)
        if kept is None:
            self.addresses[event] = (send, [root])
        else:
            merged = noted(kept[0], send, frozenset())
            assert isinstance(merged, Send)
            self.addresses[event] = (merged, [*kept[1], root])
        for taint in sorted(send.taints, key=Taint.order):
            key = (taint.source, event[1], event[2], send.kind, "|".join(addresses(send.urls)))
            found = self.found.setdefault(key, _Found())
            found.taints.setdefault(taint.label, taint)
            found.sends.append((root, send))

    def unreached(self, event: Event, send: Send) -> None:
        """Add what code would send that no entry point reaches: its address only."""
        if event not in self.addresses:
            self.addresses[event] = (replace(send, taints=frozenset()), [])

    def refusals(self) -> list[CodePlace]:
        """Places that close the screen or the app after a permission was refused.

        Refusing the terms closes many an honest app: that alone is not listed.
        """
        found: set[CodePlace] = set()
        for root in self.roots.values():
            for event, payload in root.events.items():
                if not isinstance(payload, End):
                    continue
                denied = any(g.kind == DENIED and not g.negated for g in payload.guards or ())
                if denied:
                    found.add(self.sites.place((event[1], event[2])))
        return sorted(found)

    # ------------------------------------------------------------ when

    def _when(self, root: Root, guards: frozenset[Condition] | None) -> Activation:
        here = self.activations.get(root.key, _UNKNOWN)
        if here.before is not False and self.words.agreed(guards or frozenset()):
            return Activation(False, here.trigger)
        return here

    def _earliest(
        self, ways: list[tuple[Root, frozenset[Condition] | None]]
    ) -> tuple[Activation, Root]:
        ranked = [(self._when(root, guards), root) for root, guards in ways]
        return max(ranked, key=lambda pair: (pair[0].rank, pair[0].trigger != "unknown"))

    # ------------------------------------------------------------ flows

    def flows(self) -> list[Flow]:
        """Every proved path: one for each source, sink call and address."""
        known = {key[:4] for key in self.found if key[4]}
        return sorted(
            self._flow(key, found)
            for key, found in self.found.items()
            if key[0] != PICKED and (key[4] or key[:4] not in known)
        )

    def _flow(self, key: _Key, found: _Found) -> Flow:
        number, method, offset, kind, _ = key
        source = self.engine.sources[number]
        when, root = self._earliest([(r, s.guards) for r, s in found.sends])
        http = {verb for _, send in found.sends for verb in send.http_method.texts()}
        first = found.taints[min(found.taints)]
        begin = self.sites.site(source.callee, source.site)
        end = self._handed(first, self.sites.site(found.sends[0][1].callee, (method, offset)))
        urls = {url for _, send in found.sends for url in addresses(send.urls)}
        candidates = tuple(sorted(urls))[:MAX_ADDRESSES]
        fields = {n for s in found.sends for n in s[1].named}
        fields |= {name for label in found.taints for name in field_names(label)}
        at_once = source.site == (method, offset)
        return Flow(
            id=_identity(source, begin, kind, end, candidates),
            data_type=DataType(source.data_type),
            # One call that reads and sends is a library's whose code was not followed.
            level=Level.LINKED if at_once else Level.TRACED,
            scope=Scope(source.scope),
            source=begin,
            sink=end,
            sink_kind=SinkKind(kind),
            endpoint=candidates[0] if candidates and kind in _ADDRESSED else "",
            http_method=min(http - {"GET"} or http, default=""),  # builders begin with GET
            fields=tuple(sorted(fields)),
            owner=self._flow_owner(begin.caller, begin.signature if at_once else end.caller),
            recipient="",
            trigger=when.trigger,
            before_consent=self._before(source, when),
            steps=self.sites.steps(first, begin, end),
            transforms=tuple(sorted({m for t in found.taints.values() for m in t.marks})),
            endpoint_candidates=candidates if len(candidates) > 1 and kind in _ADDRESSED else (),
            entry=self.index.signature(root.methods[0]) if root.methods else "",
            guards=tuple(sorted({_guard(g) for _, s in found.sends for g in s.guards or ()})),
        )

    def _handed(self, taint: Taint, sending: CallSite) -> CallSite:
        """Where data were handed to the client, when another class sends the request."""
        library = self._client(sending.signature)
        here = sending.caller.partition("->")[0]
        earliest = sending
        at = taint.trail
        while at is not None and library:
            if at.kind == "through" and at.method >= 0:
                site = self.sites.site(-1, (at.method, at.offset))
                elsewhere = site.caller.partition("->")[0] != here
                if elsewhere and self._client(site.signature) == library:
                    earliest = site
            at = at.before
        return earliest

    def _client(self, signature: str) -> str:
        """The HTTP client to which a method belongs, or nothing."""
        java = signature[1:].replace("/", ".")
        clients = self.engine.know.roles["http_client"].words
        return next((c for c in clients if java.startswith(c)), "")

    def _flow_owner(self, source: str, sink: str) -> str:
        """A library owns a flow that it reads; else one that only it sends."""
        for caller in (source, sink):
            owner = self.owner(caller.partition("->")[0])
            if owner != "app":
                return owner
        return "app"

    def _before(self, source: Source, sending: Activation) -> bool | None:
        ways = [(r, read.guards) for r, read in self.reads.get(source.number, ())]
        reading = self._earliest(ways)[0] if ways else sending
        if reading.before is False or sending.before is False:
            return False
        return True if reading.before and sending.before else None

    # ------------------------------------------------------------ reads and endpoints

    def source_reads(self, referenced: Mapping[int, Source]) -> list[SourceRead]:
        """Every call that reads personal data; those that no entry point reaches, `referenced`."""
        made = []
        for source in self.engine.sources[1:]:
            ways = [(root, read.guards) for root, read in self.reads.get(source.number, ())]
            if not ways:
                if source.number in referenced:
                    made.append(self._read(source, Level.REFERENCED, None, picker=False))
                continue
            when, _ = self._earliest(ways)
            here = {r.component.type for r, _ in ways if r.component}
            picker = bool(here & self.engine.pick_screens) and source.scope == "bulk"
            made.append(self._read(source, Level.REACHABLE, when, picker=picker))
        return sorted(made)

    def _read(
        self, source: Source, level: Level, when: Activation | None, *, picker: bool
    ) -> SourceRead:
        site = self.sites.site(source.callee, source.site)
        return SourceRead(
            data_type=DataType(source.data_type),
            site=site,
            level=level,
            scope=Scope(source.scope),
            rule=source.rule,
            owner=self.owner(site.caller.partition("->")[0]),
            trigger=when.trigger if when else "",
            before_consent=when.before if when else None,
            picker_mask=picker and source.data_type.startswith("contacts"),
            detail=source.detail,
        )

    def endpoints(self) -> list[Endpoint]:
        """Every address that reaches a call which sends."""
        sources = self.engine.sources
        return endpoints(self.addresses, sources, self.sites, self.owner, self.origins)


def _guard(guard: Condition) -> str:
    return f"{'not ' if guard.negated else ''}{guard.kind}" + (
        f" {guard.text!r}" if guard.text else ""
    )


def _identity(
    source: Source, begin: CallSite, kind: str, end: CallSite, candidates: tuple[str, ...]
) -> str:
    """Id of a flow: of what, from where, to where."""
    ends = (*_flat(begin), kind, *_flat(end), *candidates)
    told = "\0".join((source.data_type, source.scope, *map(str, ends)))
    return "f-" + hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _flat(site: CallSite) -> tuple[str, str, int, str]:
    return (site.signature, site.caller, site.offset, site.dex)
