"""Read a network-security-config: who may be spoken to without TLS, and whom the app trusts.

Format and inheritance: developer.android.com/privacy-and-security/security-config; Android's reader
is `android.security.net.config.XmlConfigSource`. With such a configuration Android 7 and later
ignore `usesCleartextTraffic` of the manifest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from auditor.ingest.axml import Attribute, Element

MAX_DOMAINS = 5_000


@dataclass(frozen=True, slots=True)
class NetworkSecurity:
    """What the configuration says."""

    cleartext: bool | None
    """For all hosts; None when it says nothing about them."""
    cleartext_domains: tuple[str, ...]
    user_certificates: bool


def read_network_security(
    root: Element, text: Callable[[Attribute | None], str], debuggable: bool
) -> NetworkSecurity:
    """Read the configuration below `root`; `text` resolves references."""
    base = next(root.all("base-config"), None)
    cleartext = _cleartext(base) if base is not None else None
    domains: dict[str, None] = {}
    for name, permitted in _domains(root, cleartext, text):
        if permitted and len(domains) < MAX_DOMAINS:
            domains.setdefault(name)
    tags = ["base-config", "domain-config"] + ["debug-overrides"] * debuggable
    trusts_user = any(
        (source := certificates.by_name("src")) is not None and text(source) == "user"
        for tag in tags
        for config in root.all(tag)
        for certificates in config.walk()
        if certificates.name == "certificates"
    )
    return NetworkSecurity(cleartext, tuple(sorted(domains)), trusts_user)


def _cleartext(config: Element) -> bool | None:
    said = config.by_name("cleartextTrafficPermitted")
    if said is None:
        return None
    return said.text.lower() == "true" if said.text else said.data != 0


def _domains(
    parent: Element, inherited: bool | None, text: Callable[[Attribute | None], str]
) -> Iterator[tuple[str, bool | None]]:
    """Yield each domain and whether cleartext is permitted to it; nested ones inherit."""
    for config in parent.all("domain-config"):
        said = _cleartext(config)
        permitted = inherited if said is None else said
        for domain in config.all("domain"):
            if domain.content:
                yield domain.content.strip().lower(), permitted
        yield from _domains(config, permitted, text)
