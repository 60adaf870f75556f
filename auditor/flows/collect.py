"""From what the entry points showed to flows, reads and endpoints of the vocabulary."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from auditor.flows.app import App
from auditor.flows.consent import Activation, Words, activations
from auditor.flows.events import PICKED, End, Event, Read, Send, Source, noted
from auditor.flows.origins import Origins
from auditor.flows.roots import DENIED, Program, Root, RootKey
from auditor.flows.values import Condition, Taint, Template, Trail, Value, field_names
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
    Step,
)

Owner = Callable[[str], str]
"""From a class descriptor to `app` or a library's id."""
_STEPS = 40
_ADDRESSES = 8
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


@dataclass(slots=True)
class _Row:
    """One endpoint in the making."""

    places: set[CodePlace] = field(default_factory=set)
    types: set[DataType] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    reached: bool = False
    methods: set[int] = field(default_factory=set)


class Collector:
    """Reads the events of all entry points."""

    def __init__(self, program: Program, owner: Owner, origins: Origins | None = None) -> None:
        """`owner` names the library to which a class belongs; `origins` ask the code around."""
        self.origins = origins
        self.engine: App = program.engine
        self.index = program.engine.index
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
                    signature = self.index.signature(event[1])
                    found.add(CodePlace(signature, event[2], self._dex(event[1])))
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
        before = self._before(source, when)
        urls: dict[str, None] = {}
        http: dict[str, None] = {}
        for _, send in found.sends:
            for url in addresses(send.urls):
                urls.setdefault(url)
            for verb in send.http_method.texts():
                http.setdefault(verb)
        first = found.taints[min(found.taints)]
        marks = sorted({m for t in found.taints.values() for m in t.marks})
        source_site = self._site(source.callee, source.site)
        sink_site = self._handed(first, self._site(found.sends[0][1].callee, (method, offset)))
        candidates = tuple(sorted(urls))[:_ADDRESSES]
        digest = hashlib.sha256(
            "\0".join(
                (
                    source.data_type,
                    source.scope,
                    *map(str, _flat(source_site)),
                    kind,
                    *map(str, _flat(sink_site)),
                    *candidates,
                )
            ).encode("utf-8", "surrogatepass")
        )
        fields = {n for s in found.sends for n in s[1].named}
        fields |= {name for label in found.taints for name in field_names(label)}
        return Flow(
            id="f-" + digest.hexdigest()[:12],
            data_type=DataType(source.data_type),
            # One call that reads and sends is a library's whose code was not followed.
            level=Level.LINKED if source.site == (method, offset) else Level.TRACED,
            scope=Scope(source.scope),
            source=source_site,
            sink=sink_site,
            sink_kind=SinkKind(kind),
            endpoint=candidates[0] if candidates and kind in _ADDRESSED else "",
            http_method=min(http.keys() - {"GET"} or http, default=""),  # builders begin with GET
            fields=tuple(sorted(fields)),
            owner=self._flow_owner(
                source_site.caller,
                source_site.signature if source.site == (method, offset) else sink_site.caller,
            ),
            recipient="",
            trigger=when.trigger,
            before_consent=before,
            steps=self._steps(first, source_site, sink_site),
            transforms=tuple(marks),
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
                site = self._site(-1, (at.method, at.offset))
                if (
                    self._client(site.signature) == library
                    and site.caller.partition("->")[0] != here
                ):
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

    def _site(self, callee: int, site: tuple[int, int]) -> CallSite:
        caller = self.index.signature(site[0])
        return CallSite(self._callee(callee, site), caller, site[1], self._dex(site[0]))

    def _callee(self, callee: int, site: tuple[int, int]) -> str:
        """The method named by the instruction, or the platform's static field."""
        code = self.index.code(site[0])
        if code is not None and site[1] in code.index_at:
            insn = code.insns[code.index_at[site[1]]]
            if isinstance(insn.ref, int):
                if insn.name.startswith("invoke"):
                    return self.index.signature(insn.ref)
                if insn.name.startswith("sget"):
                    info = self.index.field(insn.ref)
                    return f"{info.cls}->{info.name}:{info.type}"
        return self.index.signature(callee) if callee >= 0 else self.index.signature(site[0])

    def _dex(self, method: int) -> str:
        return self.index.class_dex(self.index.method(method).cls)

    def _steps(self, taint: Taint, source: CallSite, sink: CallSite) -> tuple[Step, ...]:
        trail: list[Trail] = []
        at = taint.trail
        while at is not None:
            trail.append(at)
            at = at.before
        trail.reverse()
        steps = [
            Step(
                source.caller,
                source.offset,
                source.dex,
                f"reads: {_name(source.signature)}",
                "source",
            )
        ]
        last: tuple[int, int, str] | None = None
        for place in trail[1:]:
            if place.method < 0 or (place.method, place.offset, place.kind) == last:
                continue
            last = (place.method, place.offset, place.kind)
            caller = self.index.signature(place.method)
            text = self._text(place)
            steps.append(Step(caller, place.offset, self._dex(place.method), text, place.kind))
        if len(steps) > _STEPS:
            steps = [*steps[: _STEPS // 2], *steps[-_STEPS // 2 :]]
        steps.append(
            Step(sink.caller, sink.offset, sink.dex, f"sends: {_name(sink.signature)}", "sink")
        )
        return tuple(steps)

    def _text(self, place: Trail) -> str:
        if place.kind in ("call", "callback"):
            called = self._callee(-1, (place.method, place.offset))
            return f"is passed to {_name(called)}" + (f" ({place.note})" if place.note else "")
        if place.kind == "return":
            return f"is returned by {_name(self.index.signature(place.method))}"
        if place.kind == "store":
            return f"is stored as {place.note}"
        if place.kind == "transform":
            return f"is {place.note}"
        return f"goes through {place.note}" if place.note else place.kind

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
        site = self._site(source.callee, source.site)
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
        """Every address that reaches a call which sends, with all calls that use it."""
        rows: dict[tuple[str, str, str], _Row] = {}
        for event, (send, roots) in self.addresses.items():
            if send.kind not in ("network", "web"):
                continue
            verbs = send.http_method.texts()
            types = {self.engine.sources[t.source].data_type for t in send.taints if t.source}
            fields = set(send.named) | {n for t in send.taints for n in field_names(t.label)}
            place = CodePlace(self.index.signature(event[1]), event[2], self._dex(event[1]))
            for url in addresses(send.urls):
                key = (url, verbs[0] if len(verbs) == 1 else "", "partial" if "{?}" in url else "")
                row = rows.setdefault(key, _Row())
                row.places.add(place)
                row.methods.add(event[1])
                row.types |= {DataType(t) for t in types}
                row.fields |= fields
                row.reached = row.reached or bool(roots)
        return sorted(self._endpoint(key, row) for key, row in rows.items())

    def _endpoint(self, key: tuple[str, str, str], row: _Row) -> Endpoint:
        url, verb, partial = key
        scheme, host, path = split_url(url)
        places = tuple(sorted(row.places))
        literal = any(self._loads(p, url) for p in places)
        near: dict[str, str] = {}
        if partial and not host and self.origins is not None:
            for method in sorted(row.methods)[:4]:
                near |= dict(self.origins.near(method))
        said = f"The host is set at run time; near it the code reads {_listed(near.values())}."
        return Endpoint(
            url=url,
            scheme=scheme,
            host=host,
            path=path,
            http_method=verb,
            resolution=partial or ("literal" if literal else "joined"),
            call_sites=places,
            owner=self.owner(places[0].caller.partition("->")[0]) if places else "app",
            recipient="",
            data_types=tuple(sorted(row.types)),
            fields=tuple(sorted(row.fields)),
            cleartext=scheme == "http",
            origins=tuple(sorted(near))[:6],
            note=" ".join(
                note
                for note, holds in (
                    ("The rest of the address is set at run time.", partial and not near),
                    (said, near),
                    ("No entry point was seen to reach this code.", not row.reached),
                )
                if holds
            ),
        )

    def _loads(self, place: CodePlace, url: str) -> bool:
        return bool(len(self.index.string_loads(url)))


def _listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *first, last = [*words] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def addresses(value: Value) -> list[str]:
    """The texts of an address; `{?}` for each part that is known at run time only."""
    found = set(value.texts())
    for atom in value.atoms:
        if isinstance(atom, Template):
            known = [p for p in atom.parts if p]
            if any(len(p.strip("/:?&=")) > 1 for p in known):
                found.add("".join("{?}" if p is None else p for p in atom.parts))
    return sorted(u for u in found if u and len(u) < 20000)[:_ADDRESSES]


def split_url(url: str) -> tuple[str, str, str]:
    """Scheme, host (with port) and path of a URL that may have gaps."""
    scheme, colon, rest = url.partition(":")
    if colon and scheme.lower() in _HOSTLESS:
        return scheme.lower(), "", rest
    plain = url.replace("{?}", _GAP)  # its question mark begins no query
    try:
        parts = urlsplit(plain if "://" in plain else "//" + plain)
    except ValueError:
        return "", "", url
    host, path = parts.netloc.rpartition("@")[2], parts.path.replace(_GAP, "{?}")
    return parts.scheme, "" if _GAP in host else host, path


_GAP = "\ue000"
_HOSTLESS = frozenset(("javascript", "data", "about", "file", "content", "sms", "tel", "mailto"))
"""Schemes of addresses that name no host."""


def _guard(guard: Condition) -> str:
    return f"{'not ' if guard.negated else ''}{guard.kind}" + (
        f" {guard.text!r}" if guard.text else ""
    )


def _flat(site: CallSite) -> tuple[str, str, int, str]:
    return (site.signature, site.caller, site.offset, site.dex)


def _name(signature: str) -> str:
    """`Lp/q/C;->m(…)…` → `C.m`."""
    cls, _, rest = signature.partition("->")
    return cls.strip("[L;").rpartition("/")[2] + "." + rest.partition("(")[0].partition(":")[0]
