"""Read the JavaScript of one app: what it takes, where it sends it, and which reads are sent.

A link is proved inside the scripts only, never across the bridge to DEX, so it is `linked` and no
more. Offsets are byte offsets into the file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.facts.hybrid.js.apis import JsApis
from auditor.facts.hybrid.js.builder import Program
from auditor.facts.hybrid.js.calls import Linker, Use
from auditor.facts.hybrid.js.graph import Call, Graph
from auditor.facts.hybrid.js.segments import WHOLE, Piece, choose, cut, handlers, inline_scripts
from auditor.facts.hybrid.js.syntax import read_piece
from auditor.facts.hybrid.js.taint import Arrival, Taint
from auditor.facts.hybrid.js.text import HOLE, Texts
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
_URL_LIKE = re.compile(r"(?:https?|wss?)://|/|\x00/")
_FULL = re.compile(r"(?:https?|wss?)://[^/\x00]+", re.I)


@dataclass(frozen=True, slots=True)
class Script:
    """One file that holds JavaScript."""

    place: str
    """`assets/www/app.js`, or `split.apk!/assets/…`."""
    part: str
    text: bytes
    html: bool = False


@dataclass(frozen=True, slots=True)
class Sending:
    """A call that sends, with the addresses it can send to."""

    site: CallSite
    urls: tuple[str, ...]
    """With `HOLE` for what is not known."""
    method: str
    sink_kind: SinkKind
    rule: str
    joined: bool = False
    """The address is put together from parts."""


@dataclass(frozen=True, slots=True)
class ScriptFacts:
    """What the scripts of one app do."""

    reads: tuple[SourceRead, ...] = ()
    sendings: tuple[Sending, ...] = ()
    flows: tuple[Flow, ...] = ()
    limits: tuple[Limit, ...] = ()


def read_scripts(scripts: Sequence[Script], apis: JsApis) -> ScriptFacts:
    """Analyze the scripts of one web root together."""
    pieces: list[Piece] = []
    words = _ranks(apis)
    total = sum(len(script.text) for script in scripts)
    if total > WHOLE and not any(w in s.text for w in words[0] for s in scripts):
        return ScriptFacts()
    for number, script in enumerate(scripts):
        parts = inline_scripts(script.text) if script.html else [(0, script.text)]
        for shift, text in parts:
            pieces += cut(number, text, words, shift)
        pieces += handlers(number, script.text) if script.html else []
    taken, left = choose(pieces)
    if not any(piece.rank < 2 for piece in taken):
        return ScriptFacts()
    program = Program(apis.magic, apis.triggers)
    for piece in taken:
        read_piece(program, piece)
    _name_modules(program, scripts, apis)
    linker = Linker(program, apis)
    linker.solve()
    return _Reader(scripts, linker).facts(left)


def _ranks(apis: JsApis) -> list[list[bytes]]:
    """Texts that make a piece of script interesting, most interesting first."""

    def words(kinds: tuple[str, ...]) -> list[bytes]:
        names = {_word(c) for e in apis.entries if e.kind in kinds for c in e.calls}
        names |= {m for e in apis.entries if e.kind in kinds for m in e.marks}
        names |= {v for e in apis.entries if e.kind in kinds for v in e.when.values()}
        long = sorted(n.encode() for n in names if len(n) >= (8 if "." not in n else 6))
        return [n for n in long if not any(m != n and m in n for m in long)]

    sinks = [*words(("sink", "bundled")), b"fetch("]
    return [words(("source", "gives")), sinks, [b"https://", b"http://"]]


def _word(path: str) -> str:
    """What of a path stands in a script that calls it, even in a minified one."""
    parts = path.removeprefix("?.").split(".")
    if len(parts) == 1 or len(parts[-1]) >= 9:
        return parts[-1]
    return parts[0] if parts[0][:1].isupper() and len(parts[0]) > 8 else ".".join(parts[-2:])


def _name_modules(program: Program, scripts: Sequence[Script], apis: JsApis) -> None:
    """Tell modules of known libraries, which bundlers leave without a name, by their words."""
    for module, file, start, end in program.identities:
        text = scripts[file].text[max(0, start) : end]
        for api in apis.bundled:
            if all(mark.encode() in text for mark in api.marks):
                program.graph.add(program.graph.property(module, "exports"), ("p", api.path))


class _Reader:
    """Turns a solved graph into reads, sendings and flows."""

    def __init__(self, scripts: Sequence[Script], linker: Linker) -> None:
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
        self.live = _Living(self.graph)

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
        sendings = {s for use in self.sinks if (s := self._sending(use, ())) is not None}
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
        live = self.live(call.function)
        return SourceRead(
            use.api.data_type,
            self._site(call, self._name(use)),
            Level.REACHABLE if live else Level.REFERENCED,
            Scope(use.api.scope),
            use.api.id,
            "app",
            self._trigger(call),
        )

    def _trigger(self, call: Call) -> str:
        """How the host starts the function a call stands in, as far as scripts show it.

        Breadth first over what encloses or calls the function; the nearest known start wins.
        """
        if call.function < 0:
            return "screen_start"
        functions = self.graph.functions
        seen, wave = {call.function}, [call.function]
        top = False
        for _ in range(12):
            following: list[int] = []
            for at in wave:
                if functions[at].trigger:
                    return functions[at].trigger
                around = [functions[at].outer] if functions[at].inline else []
                for outer in (*around, *self.callers.get(at, ())):
                    top |= outer < 0
                    if outer >= 0 and outer not in seen:
                        seen.add(outer)
                        following.append(outer)
            wave = sorted(following)[:200]
        return "screen_start" if top else "unknown"

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
        known = [t for t in texts if t.strip(HOLE)]
        return tuple(dict.fromkeys(self._based(t, use) for t in known))

    def _based(self, text: str, use: Use) -> str:
        """Join a relative address with the base in force, when there is one."""
        if _FULL.match(text) or not text.startswith(("/", HOLE)):
            return text
        node = self.linker.bases.get(use.path.rpartition(".")[0])
        bases = tuple(t for t in self.texts.of(node) if _FULL.match(t)) if node is not None else ()
        bases = bases or (self.base if len(self.base) == 1 else ())
        if len(bases) != 1:
            return text
        return bases[0].rstrip("/") + "/" + text.lstrip(HOLE).lstrip("/")

    def _sending(self, use: Use, stack: Sequence[int]) -> Sending | None:
        call = self.graph.calls[use.call]
        urls = self._urls(use, stack)
        if use.path.startswith("?.") and not any(_URL_LIKE.match(u) for u in urls):
            return None
        method = use.api.default_method
        opening = self._opening(use)
        if use.api.method and opening is not None:
            texts = self.texts.of(self.linker.port(opening, use.api.method), stack)
            method = next((t.upper() for t in texts if t.isalpha()), method)
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
        sending = self._sending(sink, arrival.stack)
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


class _Living:
    """Tell whether a function can run: its name is used somewhere, or it is a value itself."""

    def __init__(self, graph: Graph) -> None:
        self.functions = graph.functions
        self.named = graph.named
        self.called = {n for call in graph.calls for n in call.targets}

    def __call__(self, function: int) -> bool:
        for _ in range(100):
            if function < 0:
                return True
            at = self.functions[function]
            if at.variable >= 0 and at.variable not in self.named and function not in self.called:
                return False
            function = at.outer
        return True
