"""Turn a solved graph into reads, calls that send, and flows between them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from auditor.facts.hybrid.js.calls import Linker, Use
from auditor.facts.hybrid.js.graph import Call
from auditor.facts.hybrid.js.living import Living
from auditor.facts.hybrid.js.segments import Piece
from auditor.facts.hybrid.js.spoken import spoken_flows
from auditor.facts.hybrid.js.taint import Arrival, Taint
from auditor.facts.hybrid.js.text import ADDRESS, HOLE, Texts
from auditor.facts.hybrid.js.values import Script, ScriptFacts, Sending
from auditor.model import (
    CallSite,
    DataType,
    Flow,
    Level,
    Limit,
    Scope,
    SinkKind,
    SourceRead,
    Step,
)

_MAX_FLOWS = 200
_BASES = frozenset(
    {"baseurl", "base_url", "apiurl", "api_url", "baseapi", "apihost", "base_api", "domain", "host"}
)
_RELATIVE = re.compile(r"[\w./?=&{}\x00-]{2,200}")
"""A single text that can be an address relative to the page."""
_PATH = re.compile(r"\x00?/[A-Za-z0-9_]")
_FULL = re.compile(r"(?:https?|wss?)://[^/\x00]+", re.I)


class Reader:
    """Turns a solved graph into reads, sendings and flows."""

    def __init__(self, scripts: Sequence[Script], linker: Linker) -> None:
        """Read a solved graph of `scripts`."""
        self.scripts = scripts
        self.linker = linker
        self.graph = linker.graph
        self.texts = Texts(self.graph)
        self.sinks = [u for u in linker.uses if u.api.kind == "sink"]
        self.bodies: dict[int, list[Use]] = {}
        for use in self.sinks:
            for port in use.api.body:
                node = linker.port(self.graph.calls[use.call], port)
                if node >= 0:
                    self.bodies.setdefault(node, []).append(use)
        self.graph.solve()
        self.callers: dict[int, list[int]] = {}
        for call in self.graph.calls:
            for target in sorted(call.targets):
                self.callers.setdefault(target, []).append(call.function)
        self.literals = frozenset(self.graph.literal.values())
        self.base = self._single_base()
        self.live = Living(self.graph)

    def facts(self, left: Sequence[Piece]) -> ScriptFacts:
        """Everything, sorted."""
        taint = Taint(self.graph)
        flows: dict[str, Flow] = {}
        reads: set[SourceRead] = set()
        clipped = self.graph.clipped
        for node, uses in sorted(self.linker.source_nodes.items()):
            arrivals, names, short = taint.follow(node, set(self.bodies))
            clipped |= short
            for use in uses:
                reads.add(self._read(use))
                if not self.live(self.graph.calls[use.call].function):
                    continue
                for arrival in arrivals:
                    for sink in self.bodies[arrival.node]:
                        for flow in self._flow(use, sink, arrival, names):
                            flows.setdefault(flow.id, flow)
        flows |= spoken_flows(self, reads, {f.source for f in flows.values()})
        sendings = {s for use in self.sinks if (s := self.sending(use, ())) is not None}
        return ScriptFacts(
            tuple(sorted(reads)),
            tuple(sorted(sendings, key=lambda s: (s.site, s.urls, s.rule))),
            tuple(sorted(flows.values()))[:_MAX_FLOWS],
            tuple(self._limits(left, clipped)),
        )

    def _limits(self, left: Sequence[Piece], clipped: bool) -> list[Limit]:
        limits = []
        for file in sorted({p.file for p in left}):
            size = sum(len(p.text) for p in left if p.file == file)
            why = f"{size} bytes of script were searched for addresses but not analyzed"
            limits.append(Limit("hybrid", self.scripts[file].place, why))
        if clipped:
            why = "the scripts are too large or too deeply nested to be followed to the end"
            limits.append(Limit("budget", self.scripts[0].place, why))
        return limits

    # ------------------------------------------------------------ places

    def _site(self, call: Call, signature: str) -> CallSite:
        script = self.scripts[call.file]
        return CallSite(signature, script.place, max(0, call.offset), script.part)

    def _name(self, use: Use) -> str:
        return ".".join(p.partition("@")[0] for p in use.path.split(".")).removeprefix("?.")

    def _read(self, use: Use) -> SourceRead:
        call = self.graph.calls[use.call]
        trigger, started = self._start(call)
        live = started and self.live(call.function)
        return SourceRead(
            use.api.data_type,
            self._site(call, self._name(use)),
            Level.REACHABLE if live else Level.REFERENCED,
            Scope(use.api.scope),
            use.api.id,
            "app",
            trigger,
            detail=self._asked(use),
        )

    def _asked(self, use: Use) -> str:
        """The constant by which a bridge is asked for data, if the interface has one."""
        if not use.api.speaks:
            return ""
        node = self.linker.port(self.graph.calls[use.call], use.api.speaks)
        return next(iter(sorted(str(w) for k, w in self.graph.values[node] if k == "s")), "")

    def _trigger(self, call: Call) -> str:
        return self._start(call)[0]

    def _start(self, call: Call) -> tuple[str, bool]:
        """How the host starts the function a call stands in, and whether anything starts it.

        Breadth first over what encloses or calls the function; the nearest known start wins.
        """
        if call.function < 0:
            return "screen_start", True
        functions = self.graph.functions
        seen, wave = {call.function}, [call.function]
        top = component = False
        for _ in range(12):
            following: list[int] = []
            for at in wave:
                if functions[at].trigger:
                    return functions[at].trigger, True
                component |= functions[at].component
                around = [functions[at].outer] if functions[at].inline else []
                for outer in (*around, *self.callers.get(at, ())):
                    top |= outer < 0
                    if outer >= 0 and outer not in seen:
                        seen.add(outer)
                        following.append(outer)
            wave = sorted(following)[:200]
        return "screen_start" if top else "unknown", top or component

    # ------------------------------------------------------------ addresses

    def _single_base(self) -> tuple[str, ...]:
        """Addresses that the scripts store under a name like `baseURL`."""
        found: set[str] = set()
        for stores in self.graph.stores.values():
            for name, source in stores:
                if name.lower() in _BASES:
                    found |= {t for t in self.texts.of(source) if _FULL.match(t) and HOLE not in t}
        return tuple(sorted(found))

    def _opening(self, use: Use) -> Call | None:
        """The call that holds the address: the sink itself, or the `open` of the same object."""
        calls = self.graph.calls
        if not use.api.opened_by:
            return calls[use.call]
        instance = use.path.rpartition(".")[0]
        number = instance.rpartition("@")[2]
        if use.api.opened_by in ("new", "made"):
            return calls[int(number)] if number.isdigit() else None
        for other in self.linker.uses:
            if other.path == f"{instance}.{use.api.opened_by}":
                return calls[other.call]
        return None

    def _urls(self, use: Use, stack: Sequence[int]) -> tuple[str, ...]:
        opening = self._opening(use)
        if opening is None or not use.api.url:
            return ()
        node = self.linker.port(opening, use.api.url)
        self.graph.solve()
        texts = self.texts.of(node, stack)
        based = dict.fromkeys(self._based(t, use) for t in texts if t.strip(HOLE))
        likely = tuple(t for t in based if ADDRESS.match(t))
        if likely or len(based) > 1:
            return likely
        return tuple(t for t in based if _RELATIVE.fullmatch(t))

    def _based(self, text: str, use: Use) -> str:
        """Join a relative address with the base in force, when there is one."""
        node = self.linker.bases.get(use.path.rpartition(".")[0])
        if _FULL.match(text) or not (node or text.startswith(("/", HOLE))):
            return text
        if text.startswith((HOLE + "//", "//")):
            return text
        if not node and not _PATH.match(text):
            return text
        bases = tuple(t for t in self.texts.of(node) if _FULL.match(t)) if node is not None else ()
        bases = bases or (self.base if len(self.base) == 1 else ())
        if len(bases) != 1:
            return text
        return bases[0].rstrip("/") + "/" + text.lstrip(HOLE).lstrip("/")

    def sending(self, use: Use, stack: Sequence[int]) -> Sending | None:
        """What one call sends to, with the functions entered through the calls of `stack`.

        None when the call is known by its method alone and its argument is no address.
        """
        call = self.graph.calls[use.call]
        urls = self._urls(use, stack)
        if use.path.startswith("?.") and not any(ADDRESS.match(u) for u in urls):
            return None
        method = use.api.default_method
        opening = self._opening(use)
        if use.api.method and opening is not None:
            texts = self.texts.of(self.linker.port(opening, use.api.method), stack)
            named = sorted({t.upper() for t in texts if t.isalpha()})
            method = method if not named else named[0] if len(named) == 1 else ""
        joined = not any(u in self.literals for u in urls)
        return Sending(
            self._site(call, self._name(use)),
            urls,
            method,
            SinkKind(use.api.sink_kind),
            use.api.id,
            joined,
        )

    # ------------------------------------------------------------ flows

    def _flow(self, use: Use, sink: Use, arrival: Arrival, names: set[str]) -> list[Flow]:
        if not self.live(self.graph.calls[sink.call].function):
            return []
        sending = self.sending(sink, arrival.stack)
        if sending is None:
            return []
        source = self._site(self.graph.calls[use.call], self._name(use))
        complete = [u for u in sending.urls if _FULL.match(u) and HOLE not in u]
        partial = [u.replace(HOLE, "") for u in sending.urls if u not in complete]
        shown = complete or partial
        endpoint = shown[0] if len(shown) == 1 else ""
        steps = self._steps(source, sending.site, arrival)
        key = f"{source}|{sending.site}|{endpoint}|{use.api.data_type}"
        return [
            Flow(
                id="js-" + hashlib.sha256(key.encode()).hexdigest()[:12],
                data_type=DataType(use.api.data_type),
                level=Level.LINKED,
                scope=Scope(use.api.scope),
                source=source,
                sink=sending.site,
                sink_kind=sending.sink_kind,
                endpoint=endpoint,
                http_method=sending.method,
                fields=tuple(sorted(names)),
                owner="app",
                recipient="",
                trigger=self._trigger(self.graph.calls[use.call]),
                before_consent=None,
                steps=steps,
                endpoint_candidates=tuple(shown) if len(shown) > 1 else (),
            )
        ]

    def _steps(self, source: CallSite, sink: CallSite, arrival: Arrival) -> tuple[Step, ...]:
        first = Step(
            source.caller, source.offset, source.dex, f"{source.signature} reads", "source"
        )
        steps = [first]
        for site, label in arrival.path:
            if site >= 0:
                call = self.graph.calls[site]
                place = self._site(call, call.method)
                words = f"handed on in the call {call.method or '(function)'}"
                steps.append(Step(place.caller, place.offset, place.dex, words, "call"))
            elif label.startswith(".") and label != ".*":
                last = steps[-1]
                words = f"stored as {label[1:]}"
                steps.append(Step(last.caller, last.offset, last.dex, words, "store"))
        steps.append(Step(sink.caller, sink.offset, sink.dex, f"{sink.signature} sends", "sink"))
        return tuple(dict.fromkeys(steps))[:24]
