"""Tell endpoints from addresses that only stand in code: namespaces, schemas, documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from auditor.catalog import Catalog
from auditor.facts.entries import HostEntry

_LONGEST = 2048
"""Characters of one address; longer ones are data, not addresses."""
_URL = re.compile(
    r"(?:https?|wss?|ftp|mqtt|tcp)://[^\s\"'<>\\^`{|}\x00-\x1f\x7f-\x9f\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]{1,2048}",
    re.I,
)
_HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}|(?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:.]{2,45}\]"
)
_TRAILING = ".,;:!?)]}>'\"，。；、）"


@dataclass(frozen=True, slots=True)
class Classified:
    """Addresses by what they are; each tuple sorted."""

    endpoints: tuple[str, ...]
    other: Mapping[str, tuple[str, ...]]
    """namespace, schema, licence, documentation, local, malformed."""


class UrlBook:
    """Beginnings of addresses that are no endpoints; build once for each catalog."""

    def __init__(self, catalog: Catalog) -> None:
        """Read the entries of `hosts/` that hold prefixes."""
        self._kinds = sorted(
            (
                (prefix.lower(), e.kind)
                for e in catalog.entries("hosts", HostEntry)
                for prefix in e.prefixes
            ),
            key=lambda pair: (-len(pair[0]), pair[0]),
        )
        self._first = tuple(prefix for prefix, _ in self._kinds)

    def kind(self, url: str) -> str:
        """Classify one address: `endpoint`, or what else it is."""
        lowered = url.lower()
        if lowered.startswith(self._first):
            return next(kind for prefix, kind in self._kinds if lowered.startswith(prefix))
        return "endpoint" if host_of(url) else "malformed"


@lru_cache(maxsize=4)
def url_book(catalog: Catalog) -> UrlBook:
    """The addresses that are no endpoints, read once for each catalog."""
    return UrlBook(catalog)


def find_urls(text: str) -> list[str]:
    """Every address in a text, without the punctuation that follows it."""
    return [m.group().rstrip(_TRAILING) for m in _URL.finditer(text[:200_000])]


def split_url(url: str) -> SplitResult | None:
    """Split an address, or None when it is none."""
    try:
        parts = urlsplit(url[:_LONGEST])
        parts.port  # noqa: B018  a port that is no number raises here
    except ValueError:
        return None
    return parts


def host_of(url: str) -> str:
    """Host of an address in lower case, or an empty string."""
    parts = split_url(url)
    host = (parts.hostname or "").lower() if parts else ""
    written = f"[{host}]" if ":" in host else host
    return host if host == "localhost" or _HOST.fullmatch(written) else ""


def classify_urls(strings: Iterable[str], book: UrlBook) -> Classified:
    """Sort the addresses in `strings` into endpoints and others."""
    kinds: dict[str, set[str]] = {}
    for text in strings:
        if "://" in text:
            for url in find_urls(text):
                kinds.setdefault(book.kind(url), set()).add(url)
    endpoints = kinds.pop("endpoint", set())
    return Classified(
        tuple(sorted(endpoints)), {k: tuple(sorted(v)) for k, v in sorted(kinds.items())}
    )
