"""Addresses that stand in string resources and in configuration files, used or not.

Only what is an address as a whole counts in a string resource: one inside a sentence is for people.
Pages and terms are left to the stages that read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.errors import UnreadablePackageError
from auditor.facts.libraries import APP
from auditor.facts.urls import UrlBook, find_urls, host_of, split_url
from auditor.model import CodePlace, Endpoint, Package

_CONFIGURATION = (".json", ".properties", ".xml", ".yaml", ".yml", ".ini", ".conf", ".cfg", ".env")
_LARGEST = 1_000_000
_MOST = 150
_BEFORE = frozenset(b"\"'=>:, \t[(")
"""Bytes after which an address in a configuration file begins."""
_WHOLE = re.compile(r"(?:https?|wss?)://\S{3,500}", re.I)
_URL = re.compile(rb"(?:https?|wss?)://[^\s\"'<>\\^`{|}\x00-\x20]{3,500}")


def placed_endpoints(package: Package, book: UrlBook) -> tuple[Endpoint, ...]:
    """List the addresses in string resources and configuration files, each once."""
    found: dict[str, Endpoint] = {}
    for url, place, where in (*_resources(package), *_files(package)):
        if url not in found and len(found) < _MOST and book.kind(url) == "endpoint":
            found[url] = _endpoint(url, place, where)
    return tuple(sorted(found.values()))


def _resources(package: Package) -> Iterator[tuple[str, CodePlace, str]]:
    base = package.parts[0].name if package.parts else ""
    for name, texts in sorted(package.resources.strings().items()):
        for _, text in sorted(texts.items()):
            if _WHOLE.fullmatch(text.strip()):
                for url in find_urls(text)[:1]:
                    yield url, CodePlace(f"res/string/{name}", 0, base), "a string resource"


def _files(package: Package) -> Iterator[tuple[str, CodePlace, str]]:
    for file in package.files:
        lower = file.name.lower()
        inside = lower.startswith(("assets/", "res/raw/")) and lower.endswith(_CONFIGURATION)
        if not inside or file.size > _LARGEST:
            continue
        try:
            data = file.load()
        except UnreadablePackageError:
            continue
        for match in _URL.finditer(data):
            if match.start() and data[match.start() - 1] not in _BEFORE:
                continue
            begin = data.rfind(b"\n", 0, match.start()) + 1
            if data[begin : begin + 200].lstrip()[:1] in (b"#", b";", b"!"):
                continue  # a comment
            for url in find_urls(match.group().decode("utf-8", "replace"))[:1]:
                place = CodePlace(file.name, match.start(), file.part)
                yield url, place, "a configuration file"


def _endpoint(url: str, place: CodePlace, where: str) -> Endpoint:
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
        call_sites=(place,),
        owner=APP,
        recipient="",
        cleartext=scheme in ("http", "ws"),
        note=f"stands in {where}; no request that uses it was seen",
    )
