"""Read the code of an app that is not DEX: scripts, Hermes, Dart, .NET, native libraries.

What comes out is never more than `linked`: data were followed inside scripts, or names and
addresses stand in the same compiled file. Compiled stores are searched for texts only, and say so
in a limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from auditor.catalog import Catalog
from auditor.facts.code import Code
from auditor.facts.families import hints_in_file
from auditor.facts.frameworks import FoundFramework, find_frameworks, place
from auditor.facts.hybrid import archives, blobs
from auditor.facts.hybrid.bridges import Bridge, interfaces, is_bridged, through
from auditor.facts.hybrid.compiled import Store, StoreFacts, read_store
from auditor.facts.hybrid.js.apis import JsApis, js_apis
from auditor.facts.hybrid.js.scripts import Script, ScriptFacts, Sending, read_scripts
from auditor.facts.hybrid.js.text import HOLE
from auditor.facts.hybrid.remote import remote_limits, start_pages
from auditor.facts.libraries import library_entries
from auditor.facts.names import glob_matches
from auditor.facts.urls import UrlBook, host_of, split_url, url_book
from auditor.model import (
    CodePlace,
    DataType,
    Endpoint,
    FamilyHint,
    Flow,
    Limit,
    Package,
    PackageFile,
    SourceRead,
)

MAX_SCRIPTS = 64 * 1024 * 1024
"""Bytes of scripts of one app that are read."""
MAX_NATIVE = 200 * 1024 * 1024
"""Bytes of native libraries that are searched."""
_MAX_ENDPOINTS = 400
_SCRIPT = (".js", ".mjs", ".cjs", ".bundle", ".jsbundle", ".hbc")
_PAGE = (".html", ".htm", ".xhtml")
_SCHEMES = {"http": True, "ws": True, "https": False, "wss": False}


@dataclass(frozen=True, slots=True)
class HybridFacts:
    """What the code outside DEX does."""

    reads: tuple[SourceRead, ...] = ()
    flows: tuple[Flow, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    limits: tuple[Limit, ...] = ()
    families: tuple[FamilyHint, ...] = ()
    """Keys of known families in scripts and compiled stores."""


def read_hybrid(
    package: Package, code: Code, catalog: Catalog, bridges: Sequence[Bridge] = ()
) -> HybridFacts:
    """Read every store of code that is not DEX.

    `bridges` are the flows of the DEX side that end in a page; what scripts do with them is added.
    """
    apis, book = js_apis(catalog), url_book(catalog)
    if bridges:
        apis = JsApis(apis.entries, interfaces(bridges, apis.words))
    frameworks = find_frameworks(package, code, catalog)
    groups, hermes, limits = _scripts(package)
    pages = list(start_pages(package))
    limits += remote_limits(pages, [s for group in groups for s in group], apis)
    found = [_confirmed(read_scripts(group, apis), apis, code) for group in groups]
    facts = [_through(each, bridges) for each in found]
    stores = [*(_hermes(s, limits) for s in hermes), *_compiled(package, frameworks)]
    compiled = [read_store(store, apis, book, code, bridges) for store in stores]
    every: list[ScriptFacts | StoreFacts] = [*facts, *compiled]
    endpoints = _endpoints(facts, groups, book)
    endpoints += [
        endpoint(url, where, "app", "the page the app starts with") for url, where in pages
    ]
    endpoints += [e for found in compiled for e in found.endpoints]
    endpoints += _native(package, frameworks, catalog, book, limits)
    flows = [f for found in every for f in found.flows]
    return HybridFacts(
        tuple(sorted({r for found in every for r in found.reads})),
        tuple(sorted(set(flows))),
        _with_types(endpoints, flows)[:_MAX_ENDPOINTS],
        tuple(sorted({*limits, *(x for found in every for x in found.limits)})),
        _families(groups, stores, catalog),
    )


def _families(
    groups: Iterable[Sequence[Script]], stores: Iterable[Store], catalog: Catalog
) -> tuple[FamilyHint, ...]:
    found = [h for g in groups for s in g for h in hints_in_file(s.text, s.place, catalog)]
    found += [h for store in stores for h in hints_in_file(store.data, store.place, catalog)]
    return tuple(sorted(found))


# ---------------------------------------------------------------- scripts


def _scripts(package: Package) -> tuple[list[list[Script]], list[Script], list[Limit]]:
    """Scripts by the folder of the app they belong to; Hermes bytecode apart."""
    groups: dict[tuple[str, str], list[Script]] = {}
    hermes: list[Script] = []
    limits: list[Limit] = []
    room = MAX_SCRIPTS
    for where, file, name, data in _texts(package, limits):
        lower = name.lower()
        if len(data) > room:
            why = f"{len(data)} bytes of script are more than is read of one app"
            limits.append(Limit("budget", where, why))
            continue
        room -= len(data)
        script = Script(where, file.part, data, lower.endswith(_PAGE))
        if blobs.is_hermes(data):
            hermes.append(script)
        elif data[:4] == b"\x7fELF" or b"\0" in data[:512]:
            why = "is called a script but is not text: encrypted or compiled, and not read"
            limits.append(Limit("hybrid", script.place, why))
        else:
            groups.setdefault((file.part, _root(name)), []).append(script)
    return [groups[key] for key in sorted(groups)], hermes, limits


def _texts(package: Package, limits: list[Limit]) -> Iterator[tuple[str, PackageFile, str, bytes]]:
    """Place, file, path and bytes of each script and page, those in archives inside among them."""
    for file in package.files:
        lower = file.name.lower()
        if not lower.startswith(("assets/", "res/raw/")):
            continue
        where = place(package, file)
        if lower.endswith(_SCRIPT + _PAGE):
            if file.size > MAX_SCRIPTS:
                why = f"{file.size} bytes of script are more than is read of one app"
                limits.append(Limit("budget", where, why))
                continue
            yield where, file, file.name, file.load()
        elif lower.endswith(archives.ENDINGS) and file.size <= MAX_SCRIPTS:
            data = file.load()
            if not archives.is_archive(data):
                continue
            try:
                for name, held in archives.members(data, _SCRIPT + _PAGE):
                    yield f"{where}!/{name}", file, f"{file.name}/{name}", held
            except archives.UnreadableArchiveError as error:
                limits.append(
                    Limit("hybrid", where, f"pages and scripts in it are not read: {error}")
                )


def _root(name: str) -> str:
    """Folder of the web app a script belongs to: its scripts see each other's variables."""
    parts = name.split("/")
    if parts[:2] == ["assets", "apps"]:
        return "/".join(parts[:3])
    return "/".join(parts[: 2 if len(parts) > 2 else 1])


def _confirmed(facts: ScriptFacts, apis: JsApis, code: Code) -> ScriptFacts:
    """Drop reads through a bridge whose method the DEX files do not even name."""
    bridged = {e.id for e in apis.entries if e.id.startswith("bridge_")} | {"bridge_native_module"}
    lost = {
        r.site
        for r in facts.reads
        if r.rule in bridged and not _named(r.detail or r.site.signature.rpartition(".")[2], code)
    }
    if not lost:
        return facts
    return replace(
        facts,
        reads=tuple(r for r in facts.reads if r.site not in lost),
        flows=tuple(f for f in facts.flows if f.source not in lost),
    )


def _through(facts: ScriptFacts, bridges: Sequence[Bridge]) -> ScriptFacts:
    """Put the DEX side before what begins at its bridges."""
    if not bridges:
        return facts
    flows = through(facts.flows, bridges)
    return replace(
        facts,
        reads=tuple(r for r in facts.reads if not is_bridged(r.data_type)),
        flows=tuple(sorted({f.id: f for f in flows}.values())),
    )


def _named(method: str, code: Code) -> bool:
    """Tell whether the string tables of the DEX files, which hold all names, hold this one."""
    return method in code.strings_containing(method.encode())


def _endpoints(
    facts: Sequence[ScriptFacts], groups: Sequence[Sequence[Script]], book: UrlBook
) -> list[Endpoint]:
    found = [e for f in facts for s in f.sendings for e in _sent(s, book)]
    known = {e.url for e in found}
    for group in groups:
        for script in group:
            for text in blobs.urls_in(script.text):
                before = script.text[text.offset - 1 : text.offset]
                url = text.text.rstrip("'\",;)")
                if before not in (b'"', b"'", b"`") or book.kind(url) != "endpoint":
                    continue
                if not any(k.startswith(url) for k in known):
                    site = CodePlace(script.place, text.offset, script.part)
                    found.append(
                        endpoint(url, site, "app", "stands in the script; no call was seen")
                    )
    return found


def _sent(sending: Sending, book: UrlBook) -> Iterable[Endpoint]:
    for url in sending.urls:
        shown = url.replace(HOLE, "{…}")
        host = host_of(url.partition("?")[0]) if HOLE not in url.partition("?")[0] else ""
        if host and book.kind(url.replace(HOLE, "")) != "endpoint":
            continue
        if not host and not any(c.isalnum() for c in url):
            continue
        made = endpoint(shown, sending.site.place, "app", "")
        note = "" if host else "the host is set at run time, or is that of the page"
        resolution = (
            "partial" if HOLE in url or not host else "joined" if sending.joined else "literal"
        )
        yield replace(made, http_method=sending.method, resolution=resolution, note=note)


def endpoint(url: str, site: CodePlace, owner: str, note: str) -> Endpoint:
    """An endpoint from an address as it stands in a file."""
    parts = split_url(url)
    scheme = parts.scheme.lower() if parts else ""
    return Endpoint(
        url=url,
        scheme=scheme,
        host=host_of(url),
        path=parts.path if parts else "",
        http_method="",
        resolution="literal",
        call_sites=(site,),
        owner=owner,
        recipient="",
        cleartext=_SCHEMES.get(scheme, False),
        note=note,
    )


def _with_types(endpoints: Iterable[Endpoint], flows: Iterable[Flow]) -> tuple[Endpoint, ...]:
    """Join endpoints of one address and method, and say which data go there."""
    sent: dict[str, set[DataType]] = {}
    fields: dict[str, set[str]] = {}
    for flow in flows:
        for url in (flow.endpoint, *flow.endpoint_candidates):
            sent.setdefault(url, set()).add(flow.data_type)
            fields.setdefault(url, set()).update(flow.fields)
    joined: dict[tuple[str, str, str], Endpoint] = {}
    for made in endpoints:
        key = (made.url, made.http_method, made.owner)
        sites = {*made.call_sites, *(joined[key].call_sites if key in joined else ())}
        joined[key] = replace(
            made,
            call_sites=tuple(sorted(sites)),
            data_types=tuple(sorted(sent.get(made.url, ()))),
            fields=tuple(sorted(fields.get(made.url, ()))),
        )
    return tuple(sorted(joined.values(), key=lambda e: (not e.data_types, e.note != "", e)))


# ---------------------------------------------------------------- compiled stores


def _hermes(script: Script, limits: list[Limit]) -> Store:
    hermes = blobs.read_hermes(script.text)
    strings = hermes.strings if hermes else ()
    version = f"version {hermes.version}" if hermes else "of an unknown version"
    why = f"React Native code is Hermes bytecode ({version}): only its strings are read"
    limits.append(Limit("hybrid", script.place, why))
    return Store(script.place, script.part, "hermes", script.text, tuple(strings))


def _compiled(package: Package, frameworks: Sequence[FoundFramework]) -> Iterable[Store]:
    """The compiled files of frameworks, one of each name (the ABIs hold the same code)."""
    seen: set[tuple[str, str]] = set()
    for found in frameworks:
        if found.entry.reader not in ("flutter", "dotnet", "unity", "native"):
            continue
        for file in found.code:
            key = (file.part, file.name.rpartition("/")[2])
            if key in seen or file.size > blobs.MAX_BYTES:
                continue
            seen.add(key)
            yield Store(place(package, file), file.part, found.entry.reader, file.load(), ())


def _native(
    package: Package,
    frameworks: Sequence[FoundFramework],
    catalog: Catalog,
    book: UrlBook,
    limits: list[Limit],
) -> list[Endpoint]:
    """Addresses in native libraries, one ABI of each, those of frameworks left out."""
    stores = {(f.part, f.name) for found in frameworks for f in found.code}
    owners = [(glob, e.id) for e in library_entries(catalog) for glob in e.native]
    seen: set[str] = set()
    found: list[Endpoint] = []
    room = MAX_NATIVE
    for file in package.files:
        name = file.name.rpartition("/")[2]
        if not name.endswith(".so") or (file.part, file.name) in stores or name in seen:
            continue
        seen.add(name)
        if file.size > room:
            limits.append(_unsearched(package, file))
            continue
        room -= file.size
        owner = next((o for glob, o in owners if glob_matches(glob, name)), "app")
        for text in blobs.urls_in(file.load()):
            if book.kind(text.text) == "endpoint":
                site = CodePlace(place(package, file), text.offset, file.part)
                note = "stands in a native library; no call was seen"
                found.append(endpoint(text.text, site, owner, note))
    return found[:_MAX_ENDPOINTS]


def _unsearched(package: Package, file: PackageFile) -> Limit:
    why = f"{file.size} bytes of native code are more than is searched of one app"
    return Limit("budget", place(package, file), why)
