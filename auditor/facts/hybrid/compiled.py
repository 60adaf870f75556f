"""What the texts of a compiled store show: addresses, names of readers, and what speaks of both."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from auditor.facts.code import Code, java_name
from auditor.facts.hybrid import blobs, dotnet, unity
from auditor.facts.hybrid.blobs import FoundText
from auditor.facts.hybrid.bridges import Bridge
from auditor.facts.hybrid.js.apis import JsApi, JsApis
from auditor.facts.hybrid.words import speaks_of
from auditor.facts.urls import UrlBook, host_of, split_url
from auditor.model import (
    CallSite,
    CodePlace,
    DataType,
    Endpoint,
    Flow,
    Level,
    Limit,
    Scope,
    SinkKind,
    SourceRead,
    Step,
)

_PATH = re.compile(r"/[A-Za-z0-9_\-/.]{2,120}")
_MAX_FLOWS = 20


@dataclass(frozen=True, slots=True)
class Store:
    """One compiled file."""

    place: str
    part: str
    kind: str
    """hermes, flutter, dotnet, unity or native."""
    data: bytes
    strings: tuple[FoundText, ...]
    """Its string table, where one can be read."""


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What one compiled file shows."""

    reads: tuple[SourceRead, ...] = ()
    flows: tuple[Flow, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    limits: tuple[Limit, ...] = ()


def read_store(
    store: Store, apis: JsApis, book: UrlBook, code: Code, bridges: Sequence[Bridge] = ()
) -> StoreFacts:
    """Read the texts of one store and join what speaks of the same data."""
    strings, limits = _strings(store)
    urls = [s for s in strings if "://" in s.text and book.kind(_url(s.text)) == "endpoint"]
    paths = [s for s in strings if _PATH.fullmatch(s.text)]
    reads = sorted(set(_reads(store, strings, apis, code)))
    flows = [f for read in reads for f in _links(store, read, urls, paths, apis)]
    flows += _channelled(store, strings, urls, paths, apis, bridges)
    return StoreFacts(
        tuple(reads),
        tuple(flows[:_MAX_FLOWS]),
        tuple(_endpoints(store, urls)),
        limits,
    )


def _strings(store: Store) -> tuple[list[FoundText], tuple[Limit, ...]]:
    if store.strings:
        return list(store.strings), ()
    if unity.is_metadata(store.data):
        return unity.texts_in(store.data), ()
    if store.kind == "dotnet" or (store.kind == "unity" and store.place.endswith(".dll")):
        return dotnet.texts_in(store.data, store.place)
    wide = store.kind in ("hermes", "native", "unity")
    return blobs.urls_in(store.data, wide) + blobs.paths_in(store.data), ()


def _url(text: str) -> str:
    return text.split()[0] if text.split() else text


def _reads(
    store: Store, strings: Sequence[FoundText], apis: JsApis, code: Code
) -> Iterable[SourceRead]:
    """Reads that the names in a store show: `referenced`, for no call of it is seen."""
    kinds = {"hermes": "hermes", "flutter": "dart", "dotnet": "dotnet", "unity": "dotnet"}
    names = {s.text: s.offset for s in reversed(strings)}
    packages = blobs.dart_packages(store.data) if store.kind == "flutter" else {}
    for api in apis.entries:
        if api.kind == "source" and store.kind == "hermes":
            at = _called(api, names)
        elif api.kind == kinds.get(store.kind):
            at = _present(api, store, names, packages, code)
        else:
            at = -1
        if at >= 0:
            name = api.calls[0].removeprefix("?.") if api.calls else api.path
            site = CallSite(name, store.place, at, store.part)
            yield SourceRead(
                api.data_type, site, Level.REFERENCED, Scope(api.scope), api.id, "app", "unknown"
            )


def _called(api: JsApi, names: dict[str, int]) -> int:
    """Offset of the name of an interface all of whose parts are strings of the bytecode."""
    for call in api.calls:
        parts = call.removeprefix("?.").split(".")
        distinctive = len(parts[-1]) >= 12 or (len(parts) > 1 and parts[0] != "navigator")
        wanted = [p for p in parts if not p.startswith("react-native")]
        enough = len(wanted) > 1 or len(parts[-1]) >= 12
        if distinctive and enough and len(wanted[-1]) > 3 and all(p in names for p in wanted):
            return names[parts[-1]]
    return -1


def _present(
    api: JsApi, store: Store, names: dict[str, int], packages: dict[str, int], code: Code
) -> int:
    """Offset of what shows a plug-in or type; a plug-in of Flutter must have its DEX side too."""
    for mark in api.marks:
        if mark in packages and (not api.path or _defined(api.path, code)):
            return packages[mark]
        if store.kind in ("dotnet", "unity") and mark in names:
            return names[mark]
    return -1


def _defined(prefix: str, code: Code) -> bool:
    return any(java_name(c).startswith(prefix + ".") for c in code.classes())


def _links(
    store: Store,
    read: SourceRead,
    urls: Sequence[FoundText],
    paths: Sequence[FoundText],
    apis: JsApis,
) -> Iterable[Flow]:
    """Addresses that speak of the data that the same store reads."""
    words = apis.words.get(read.data_type, ())
    if not words:
        return
    bases = sorted({u.text for u in urls if _bare(u.text)})
    for url in urls:
        path = split_url(url.text)
        if path is not None and speaks_of(path.path, words):
            yield _flow(store, read, url, url.text)
    for path_text in paths:
        if speaks_of(path_text.text, words):
            joined = bases[0].rstrip("/") + path_text.text if len(bases) == 1 else path_text.text
            yield _flow(store, read, path_text, joined)


def _channelled(
    store: Store,
    strings: Sequence[FoundText],
    urls: Sequence[FoundText],
    paths: Sequence[FoundText],
    apis: JsApis,
    bridges: Sequence[Bridge],
) -> Iterable[Flow]:
    """Addresses of a store that names the channel or method by which the DEX side hands data over.

    With names that speak of the data where there are some; else the one base address there is.
    """
    held = {s.text for s in strings}
    for bridge in bridges:
        names = (*bridge.channels, *bridge.methods)
        named = [n for n in names if n in held or (store.kind == "flutter" and _stands(n, store))]
        if not named:
            continue
        before = bridge.flow
        at = max(0, store.data.find(named[0].encode()))
        site = CallSite(named[0], store.place, at, store.part)
        read = SourceRead(
            before.data_type, site, Level.REFERENCED, before.scope, "bridge", "app", "unknown"
        )
        top = DataType(before.data_type.partition(".")[0])
        spoken = list(_links(store, replace(read, data_type=top), urls, paths, apis))
        bases = sorted({(u.text, u) for u in urls if _bare(u.text)})
        if not spoken and len({text for text, _ in bases}) == 1:
            spoken = [_flow(store, read, bases[0][1], bases[0][0])]
        for flow in spoken:
            yield replace(
                flow,
                data_type=before.data_type,
                source=before.source,
                trigger=before.trigger,
                before_consent=before.before_consent,
                fields=before.fields,
                steps=(*before.steps, *flow.steps)[-40:],
                entry=before.entry,
            )


def _stands(name: str, store: Store) -> bool:
    """Tell whether a name of some length stands in a store by itself."""
    text = name.encode()
    at = store.data.find(text) if len(name) >= _DISTINCT else -1
    around = store.data[at - 1 : at] + store.data[at + len(text) : at + len(text) + 1]
    return at >= 0 and not any(chr(byte).isalnum() for byte in around)


_DISTINCT = 6
"""Characters from which a name is looked for in machine code."""


def _bare(url: str) -> bool:
    parts = split_url(url)
    return (
        parts is not None and bool(host_of(url)) and parts.path.count("/") <= 3 and not parts.query
    )


def _flow(store: Store, read: SourceRead, where: FoundText, address: str) -> Flow:
    sink = CallSite(where.text, store.place, where.offset, store.part)
    key = f"{read.site}|{sink}|{read.data_type}"
    told = "both stand in this file; no path between them was proved"
    return Flow(
        id="blob-" + hashlib.sha256(key.encode()).hexdigest()[:12],
        data_type=DataType(read.data_type),
        level=Level.LINKED,
        scope=read.scope,
        source=read.site,
        sink=sink,
        sink_kind=SinkKind.NETWORK,
        endpoint=address,
        http_method="",
        fields=(),
        owner="app",
        recipient="",
        trigger="unknown",
        before_consent=None,
        steps=(
            Step(
                store.place, read.site.offset, store.part, f"names {read.site.signature}", "source"
            ),
            Step(store.place, where.offset, store.part, f"names this address; {told}", "sink"),
        ),
    )


def _endpoints(store: Store, urls: Sequence[FoundText]) -> Iterable[Endpoint]:
    seen: set[str] = set()
    for found in urls:
        url = _url(found.text)
        if url in seen or len(seen) >= 300:
            continue
        seen.add(url)
        parts = split_url(url)
        scheme = parts.scheme.lower() if parts else ""
        site = CodePlace(store.place, found.offset, store.part)
        note = f"stands in {store.kind} code; no call was seen"
        yield Endpoint(
            url,
            scheme,
            host_of(url),
            parts.path if parts else "",
            "",
            "literal",
            (site,),
            "app",
            "",
            cleartext=scheme in ("http", "ws"),
            note=note,
        )
