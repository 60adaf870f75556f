"""Compare the app with addresses, packages, hashes and certificates that published reports named.

A match is shown with its source and date. It is no verdict: hosts and names are sold and reused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.catalog import Catalog
from auditor.facts.code import Code
from auditor.facts.entries import IndicatorEntry
from auditor.facts.urls import host_of, split_url
from auditor.model import Package


@dataclass(frozen=True, slots=True, order=True)
class IndicatorMatch:
    """One published indicator that the app bears."""

    kind: str
    value: str
    family: str
    date: str
    confidence: str
    source: str
    where: str
    """What of the app matched: package name, part, signer, or the address found."""
    note: str = ""


def match_indicators(
    package: Package, urls: Iterable[str], catalog: Catalog, code: Code | None = None
) -> tuple[IndicatorMatch, ...]:
    """List the published indicators that this app bears.

    Args:
        package: the app.
        urls: addresses found in it.
        catalog: holds `indicators/`.
        code: where host names that stand alone, without a scheme, are looked for.
    """
    seen: dict[tuple[str, str], str] = {("package", package.manifest.package): "package name"}
    seen[("sha256", package.sha256)] = package.name
    seen |= {("sha256", part.sha256): part.name for part in package.parts}
    seen |= {("certificate", s.sha256): f"signer {s.subject}" for s in package.signers}
    seen |= {("md5", part.md5): part.name for part in package.parts if part.md5}
    seen |= {("sha1", part.sha1): part.name for part in package.parts if part.sha1}
    for url in sorted(set(urls), reverse=True):
        seen[("url", url)] = url
        if host := host_of(url):
            parts = split_url(url)
            seen[("host", host)] = url
            if parts and parts.port:
                seen[("host", f"{host}:{parts.port}")] = url
    entries = catalog.entries("indicators", IndicatorEntry)
    for entry in entries if code is not None else ():
        if entry.kind == "host" and ("host", entry.value) not in seen:
            assert code is not None
            for place in code.loads_of(entry.value)[:1]:
                seen[("host", entry.value)] = f"{place.caller}@{place.offset}"
    return tuple(
        sorted(
            IndicatorMatch(e.kind, e.value, e.family, e.date, e.confidence, e.source, where, e.note)
            for e in entries
            if (where := seen.get((e.kind, e.value.lower() if e.kind != "package" else e.value)))
        )
    )
