"""Addresses: as texts, taken apart, and as the endpoints of a report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from auditor.flows.events import Event, Send, Source
from auditor.flows.origins import Origins
from auditor.flows.roots import Root
from auditor.flows.sites import Sites
from auditor.flows.values import Template, Value, field_names
from auditor.model import CodePlace, DataType, Endpoint

Owner = Callable[[str], str]
"""From a class descriptor to `app` or a library's id."""
MAX_ADDRESSES = 8


@dataclass(slots=True)
class _Row:
    """One endpoint in the making."""

    places: set[CodePlace] = field(default_factory=set)
    types: set[DataType] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    reached: bool = False
    methods: set[int] = field(default_factory=set)


def endpoints(
    sends: Mapping[Event, tuple[Send, list[Root]]],
    sources: Sequence[Source],
    sites: Sites,
    owner: Owner,
    origins: Origins | None,
) -> list[Endpoint]:
    """Every address that reaches a call which sends, with all calls that use it.

    `sends`: what is sent, and the entry points that were seen to reach it; `origins` ask the code
    around for where a host comes from.
    """
    rows: dict[tuple[str, str, str], _Row] = {}
    for event, (send, roots) in sends.items():
        if send.kind not in ("network", "web"):
            continue
        verbs = send.http_method.texts()
        types = {sources[t.source].data_type for t in send.taints if t.source}
        fields = set(send.named) | {n for t in send.taints for n in field_names(t.label)}
        for url in addresses(send.urls):
            key = (url, verbs[0] if len(verbs) == 1 else "", "partial" if "{?}" in url else "")
            row = rows.setdefault(key, _Row())
            row.places.add(sites.place((event[1], event[2])))
            row.methods.add(event[1])
            row.types |= {DataType(t) for t in types}
            row.fields |= fields
            row.reached = row.reached or bool(roots)
    return sorted(_endpoint(key, row, sites, owner, origins) for key, row in rows.items())


def _endpoint(
    key: tuple[str, str, str], row: _Row, sites: Sites, owner: Owner, origins: Origins | None
) -> Endpoint:
    url, verb, partial = key
    scheme, host, path = split_url(url)
    places = tuple(sorted(row.places))
    near: dict[str, str] = {}
    if partial and not host and origins is not None:
        for method in sorted(row.methods)[:4]:
            near |= dict(origins.near(method))
    said = f"The host is set at run time; near it the code reads {_listed(near.values())}."
    notes = (
        ("The rest of the address is set at run time.", partial and not near),
        (said, near),
        ("No entry point was seen to reach this code.", not row.reached),
    )
    return Endpoint(
        url=url,
        scheme=scheme,
        host=host,
        path=path,
        http_method=verb,
        resolution=partial or ("literal" if len(sites.index.string_loads(url)) else "joined"),
        call_sites=places,
        owner=owner(places[0].caller.partition("->")[0]),
        recipient="",
        data_types=tuple(sorted(row.types)),
        fields=tuple(sorted(row.fields)),
        cleartext=scheme == "http",
        origins=tuple(sorted(near))[:6],
        note=" ".join(note for note, holds in notes if holds),
    )


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
    return sorted(u for u in found if u and len(u) < 20000 and not _NOWHERE.match(u))[
        :MAX_ADDRESSES
    ]


_NOWHERE = re.compile(r"(?:https?|wss?|ftp):/*(?:[?#]|/*$|///)", re.I)
"""An address without a host: what a host made in a loop is before its first round."""


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
