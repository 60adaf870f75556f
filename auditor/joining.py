"""Join what the stages found: values in, values out; `pipeline` says in which order.

Here stands what needs the results of two stages, and belongs to neither: which SDK settings and
scripts add to the flows, whose address a flow goes to, which permissions the reads need.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice

from auditor.catalog import Catalog
from auditor.dex import CodeIndex
from auditor.errors import UnreadablePackageError
from auditor.facts import (
    APP,
    Facts,
    HostBook,
    IndexedCode,
    Owners,
    Recipient,
    SdkSetting,
    TlsFact,
    bridges_of,
    host_of,
    match_indicators,
    operator_of,
    read_hybrid,
    recipient_of,
    registrable_domain,
    sdk_settings,
    split_url,
)
from auditor.flows.trace import Traced, constant_argument
from auditor.ingest.quote import quote_methods
from auditor.model import (
    CallSite,
    CodePlace,
    Endpoint,
    Flow,
    Level,
    Library,
    Package,
    PermissionUse,
    Scope,
    SinkKind,
    SourceRead,
    Step,
    Terms,
)
from auditor.verdicts.case import Observation

_QUOTES = 40
"""Methods of which the report shows the decompiled lines."""
_TEXTS, _LOADS = 20_000, 20
"""Constants, and uses of one, that are looked at for words of lending."""
_KEYS = 4
_LARGEST_FILE = 1 << 20
"""Bytes of a file that code opens by a constant name."""
_CONSTANTS = 400
"""Addresses that stand in constants only."""


def file_reader(package: Package) -> Callable[[str], bytes | None]:
    """Give the bytes of an asset or resource file by its path; None when it cannot be read."""
    files = {f.name: f for f in reversed(package.files) if f.name.startswith(("assets/", "res/"))}

    def read(path: str) -> bytes | None:
        file = files.get(path)
        if file is None or file.size > _LARGEST_FILE:
            return None
        try:
            return file.load()
        except UnreadablePackageError:
            return None  # a file that cannot be unpacked is told by the stage that reads packages

    return read


def settings_of(
    package: Package, facts: Facts, code: CodeIndex, catalog: Catalog
) -> tuple[SdkSetting, ...]:
    """What the app tells its SDKs to collect or not to."""
    return sdk_settings(
        facts.libraries,
        package.manifest,
        IndexedCode(code),
        catalog,
        lambda place, position: constant_argument(code, place, position),
    )


def with_bridges(
    package: Package, facts: Facts, traced: Traced, code: CodeIndex, catalog: Catalog
) -> Facts:
    """Read scripts and compiled stores again when the DEX side hands them data."""
    asked = IndexedCode(code)
    bridges = bridges_of(traced.flows, asked)
    if not bridges:
        return facts
    return replace(facts, hybrid=read_hybrid(package, asked, catalog, bridges))


def with_other_code(traced: Traced, facts: Facts, settings: Iterable[SdkSetting]) -> Traced:
    """Add what scripts and compiled stores do, and what SDKs are told to collect."""
    on = [s for s in settings if s.state == "on" and not s.in_manifest]
    reads = [_sdk_read(s, traced) for s in on]
    seen = {(f.data_type, f.source.place) for f in traced.flows}
    flows = [
        _sdk_flow(s, traced)
        for s in on
        if s.place.caller in traced.reached and (s.data_type, s.place) not in seen
    ]
    return replace(
        traced,
        reads=tuple(sorted({*traced.reads, *facts.hybrid.reads, *reads})),
        flows=tuple(sorted({*traced.flows, *facts.hybrid.flows, *flows})),
        endpoints=tuple(sorted({*traced.endpoints, *facts.hybrid.endpoints})),
    )


def with_constants(traced: Traced, facts: Facts, code: CodeIndex, owner: Owners) -> Traced:
    """Add addresses that the code loads, though no request that uses them was seen.

    Left out are those with which a known endpoint begins (a base address), and those that no
    instruction loads.
    """
    known = [e.url for e in traced.endpoints]
    asked = IndexedCode(code)
    found = []
    for url in facts.urls.endpoints:
        if any(other.startswith(url.rstrip("/")) for other in known):
            continue
        if places := _loads_of(url, asked):
            found.append(_constant(url, places, owner(places[0].caller.partition("->")[0])))
        if len(found) == _CONSTANTS:
            break
    known += [e.url for e in found]
    found += [e for e in facts.placed if not any(k.startswith(e.url.rstrip("/")) for k in known)]
    return replace(traced, endpoints=tuple(sorted({*traced.endpoints, *found})))


def _loads_of(url: str, code: IndexedCode) -> Sequence[CodePlace]:
    """Where an address is loaded: by itself, or inside a text that is no prose (JSON, markup)."""
    if places := code.loads_of(url)[:_LOADS]:
        return places
    for text in code.strings_containing(url.encode("utf-8", "surrogatepass")):
        before = text[: text.find(url)][-1:]
        if before and before in _OPENING and (places := code.loads_of(text)[:_LOADS]):
            return places
    return ()


_OPENING = "\"'=>([,"
"""Characters that open an address inside a text that a program reads."""


def _constant(url: str, places: Sequence[CodePlace], owner: str) -> Endpoint:
    parts = split_url(url)
    scheme = parts.scheme.lower() if parts else ""
    port = f":{parts.port}" if parts and parts.port else ""
    return Endpoint(
        url=url,
        scheme=scheme,
        host=host_of(url) + port,
        path=parts.path if parts else "",
        http_method="",
        resolution="literal",
        call_sites=tuple(places),
        owner=owner,
        recipient="",
        cleartext=scheme in ("http", "ws"),
        note="stands in the code; no request that uses it was seen",
    )


def _sdk_site(setting: SdkSetting) -> CallSite:
    place = setting.place
    return CallSite(setting.call, place.caller, place.offset, place.dex)


def _sdk_read(setting: SdkSetting, traced: Traced) -> SourceRead:
    reached = setting.place.caller in traced.reached
    return SourceRead(
        data_type=setting.data_type,
        site=_sdk_site(setting),
        level=Level.REACHABLE if reached else Level.REFERENCED,
        scope=Scope.BULK,
        rule="sdk-setting",
        owner=setting.library,
        detail=f"{setting.call.rpartition('->')[2]}({setting.value})",
    )


def _sdk_flow(setting: SdkSetting, traced: Traced) -> Flow:
    """An SDK that is told to collect sends by code of its own: linked, not proved."""
    site = _sdk_site(setting)
    text = "the SDK is told to collect this; how it sends is its own code"
    return Flow(
        id="f-sdk-" + format(_number(f"{setting.data_type}{site}"), "x")[:10],
        data_type=setting.data_type,
        level=Level.LINKED,
        scope=Scope.BULK,
        source=site,
        sink=site,
        sink_kind=SinkKind.NETWORK,
        endpoint="",
        http_method="",
        fields=(),
        owner=setting.library,
        recipient="",
        trigger="unknown",
        before_consent=None,
        steps=(Step(site.caller, site.offset, site.dex, text, "source"),),
    )


def _number(text: str) -> int:
    """A number for a text, the same on every run."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big")


def observations(
    package: Package, facts: Facts, traced: Traced, catalog: Catalog
) -> tuple[Observation, ...]:
    """Give the facts on which rules without a practice hang."""
    closes = "the screen or the app closes after a permission was refused"
    found = [
        Observation("refusal_ends", f"{place.caller}@{place.offset:04x}", closes)
        for place in traced.refusals
    ]
    found += [Observation(t.kind, t.where, t.why, t.owner) for t in facts.tls]
    sent = match_indicators(package, [e.url for e in traced.endpoints], catalog)
    for match in sorted({*facts.indicators, *sent}):
        words = f"{match.family}: {match.source}, {match.date}"
        found.append(Observation("known_indicator", match.where, words))
    for hint in facts.families:
        keys = ", ".join(hint.keys[:_KEYS])
        words = f"{len(hint.keys)} field names of {hint.name}, such as {keys}"
        named = (("n", str(len(hint.keys))), ("name", hint.name), ("keys", keys))
        found.append(Observation("shared_collector", hint.package, words, hint.owner, named))
    return tuple(found)


def with_checks(endpoints: Iterable[Endpoint], weak: Iterable[TlsFact]) -> tuple[Endpoint, ...]:
    """Tell with each encrypted address which checks code of its owner switches off."""
    off: dict[str, set[str]] = {}
    for fact in weak:
        if fact.kind in _CHECKS:
            off.setdefault(fact.owner, set()).add(fact.kind)
    return tuple(
        replace(e, checks_off=tuple(sorted(off.get(e.owner, ()))))
        if e.scheme not in _UNENCRYPTED
        else e
        for e in endpoints
    )


_CHECKS = frozenset({"trust_all", "any_hostname", "ignores_errors"})
_UNENCRYPTED = frozenset({"http", "ws", "ftp"})


def with_recipients(
    package: Package,
    terms: Terms,
    flows: Sequence[Flow],
    endpoints: Sequence[Endpoint],
    libraries: Iterable[Library],
    catalog: Catalog,
) -> tuple[tuple[Flow, ...], tuple[Endpoint, ...]]:
    """Name the organisation behind each flow and endpoint."""
    book = HostBook(catalog)
    operator = operator_of(terms, catalog)
    hosts = {e.url: _plain(e.host) for e in endpoints}
    # A site that is only linked to says nothing: data must go to a server that the terms name.
    sent = {hosts.get(f.endpoint, "") for f in flows if f.sink_kind is SinkKind.NETWORK} - {""}
    used = {registrable_domain(host) for host in sent}
    servers = sorted(used & set(operator.servers))

    @cache
    def recipient(host: str) -> Recipient:
        return recipient_of(host, package, book, operator.names, operator.domains, servers=servers)

    def told(endpoint: Endpoint) -> Endpoint:
        found = recipient(_plain(endpoint.host))
        return replace(endpoint, recipient=found.name, basis=found.basis, recipient_note=found.note)

    vendors = {library.id: library.vendor for library in libraries}

    def receiver(flow: Flow) -> str:
        if flow.endpoint:
            return recipient(hosts.get(flow.endpoint, "")).name
        return vendors.get(flow.owner, "") if flow.level is Level.LINKED else flow.recipient

    return tuple(replace(f, recipient=receiver(f)) for f in flows), tuple(map(told, endpoints))


def _plain(host: str) -> str:
    """A host without its port."""
    name, _, port = host.rpartition(":")
    return name if port.isdigit() and name else host


def with_uses(facts: Facts, traced: Traced) -> tuple[PermissionUse, ...]:
    """Count for each permission the call sites that need it."""
    reads = [(r.data_type.partition(".")[0], r.site, r.level) for r in traced.reads]

    def uses(permission: PermissionUse) -> PermissionUse:
        opened = {t.partition(".")[0] for t in permission.data_types}
        sites = {(site, level) for kind, site, level in reads if kind in opened}
        reached = {site for site, level in sites if level is not Level.REFERENCED}
        every = {site for site, _ in sites}
        return replace(permission, reachable_uses=len(reached), referenced_uses=len(every))

    return tuple(uses(permission) for permission in facts.permissions)


def own_texts(code: CodeIndex, owner: Owners) -> tuple[str, ...]:
    """Constants of the app's own classes that are text for people rather than names."""
    texts = (t for t in code.literals() if " " in t or not t.isascii())
    return tuple(
        text
        for text in islice(texts, _TEXTS)
        if any(
            owner(code.method(method).cls) == APP
            for method, _ in islice(code.string_loads(text), _LOADS)
        )
    )


def quoted(
    flows: Sequence[Flow], reads: Sequence[SourceRead], inputs: Sequence[tuple[str, bytes]]
) -> Mapping[str, str]:
    """Decompile the methods that the report quotes, those of data that leave first."""
    wanted: dict[tuple[str, str], None] = {}
    for flow in sorted(flows, key=lambda f: (f.sink_kind not in ("network", "sms", "web"), f)):
        wanted.setdefault((flow.source.dex, flow.source.caller))
        wanted.setdefault((flow.sink.dex, flow.sink.caller))
    for read in reads:
        wanted.setdefault((read.site.dex, read.site.caller))
    return quote_methods(dict(inputs), list(wanted)[:_QUOTES])
