"""Who speaks in the terms: names of the operator, and the domains that it calls its own.

Read word by word from the sentences that hold an address or the name of a company; an address in a
sentence that also speaks of somebody else (an SDK, a partner, a regulator) counts for nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from auditor.catalog import Catalog, Entry
from auditor.facts.recipients import HostBook, registrable_domain
from auditor.facts.urls import find_urls, host_of
from auditor.model import Terms, TermsDocument

_ROLES = frozenset({"privacy_policy", "user_agreement", "authorisation", "other", "children"})
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@((?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24})")
_SENTENCE = re.compile(r"[^\n。；！？]{1,600}?(?:[\n。；！？]|[.!?](?=\s)|$)|[^\n。；！？]{1,600}")
_LONGEST = 300_000
"""Characters of a document that are looked at."""
_BEFORE = 2
"""Sentences before an address in which a word like "contact us" still counts: a list follows it."""
_MOST = 6
_AROUND = 40
"""Characters before and behind the name of a company."""


class OperatorWords(Entry):
    """Words of one kind (`operators/`)."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """Who says "we" in the terms."""

    names: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    """Registrable domains of its servers, site and mail."""
    servers: tuple[str, ...] = ()
    """Those of `domains` that the terms call its servers or site."""


@lru_cache(maxsize=4)
def _words(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    entries = catalog.entries("operators", OperatorWords)
    return {e.id: e.words for e in entries}


def operator_of(terms: Terms, catalog: Catalog) -> Operator:
    """Read the operator from the terms; empty where they do not say."""
    words, book = _words(catalog), HostBook(catalog)
    names: dict[str, None] = {}
    domains: dict[str, bool] = {}
    for document in terms.documents:
        if document.role in _ROLES:
            for name in _names(document, words):
                names.setdefault(name)
            for domain, server in _domains(document, words):
                if domain not in words["public_mail"] and book.find(domain) is None:
                    domains[domain] = domains.get(domain, False) or server
    kept = sorted(domains)[:_MOST]
    return Operator(tuple(names)[:_MOST], tuple(kept), tuple(d for d in kept if domains[d]))


def _domains(
    document: TermsDocument, words: dict[str, tuple[str, ...]]
) -> Iterator[tuple[str, bool]]:
    """Domains that sentences call the operator's, and whether as a server or site."""
    said = [m.group() for m in _SENTENCE.finditer(document.text[:_LONGEST])]
    for number, sentence in enumerate(said):
        if "@" not in sentence and "://" not in sentence:
            continue
        plain = sentence.lower()
        if _any(words["other"], plain):
            continue
        around = "".join(said[max(0, number - _BEFORE) : number + 1]).lower()
        server = _any(words["own_server"], plain)
        if server or _any(words["own_contact"], around):
            for url in find_urls(sentence):
                if host := host_of(url):
                    yield registrable_domain(host), server
            for match in _MAIL.finditer(sentence):
                yield registrable_domain(match.group(1).lower()), False


def _any(words: Sequence[str], text: str) -> bool:
    return any(word in text for word in words)


def _names(document: TermsDocument, words: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Latin names of companies of which a word before or behind says that they are "we"."""
    text = document.text[:_LONGEST]
    for match in _companies(words).finditer(text):
        before = text[max(0, match.start() - _AROUND) : match.start()].lower()
        behind = text[match.end() : match.end() + _AROUND].lower().lstrip(" .,")
        operated = any(before.rstrip(' :："“').endswith(w) for w in words["operates"])
        if operated or behind.startswith(words["defined"]):
            yield match.group().strip()


def _companies(words: dict[str, tuple[str, ...]]) -> re.Pattern[str]:
    """What names a company: its legal form, before or behind the name."""
    word = r"[A-Z][A-Za-z0-9&'-]{0,30}"
    end = "|".join(map(re.escape, words["company_end"]))
    begin = "|".join(map(re.escape, words["company_begin"]))
    return re.compile(
        rf"{word}(?: {word}){{0,5}},? (?:{end})\b|\b(?:{begin})\.? {word}(?: {word}){{0,4}}"
    )
