"""From an address to the organisation behind it, as far as the package shows.

Order: known SDK and cloud hosts; bare addresses; hosts that bear the name of the app, its package,
its signer or the operator that the terms name. What is left is `unknown`: lenders use unrelated
names, so an unknown host is neither called the lender's nor a third party's.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from auditor.catalog import Catalog
from auditor.facts.entries import HostEntry
from auditor.facts.libraries import library_entries
from auditor.facts.names import HostMap
from auditor.model import Package

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

FIRST_PARTY = "first_party"
UNKNOWN = "unknown"
_WORD = re.compile(r"[a-z0-9]+")
_GENERIC = frozenset(
    _WORD.findall(
        "app apps api www com net org loan loans cash credit money mobile android client release "
        "debug user users main lite test prod home finance pay wallet bank online service server "
        "kredit pinjam pinjaman dana uang prestamo prestamos credito dinero rupee peso naira "
        "daikuan jiekuan jieqian xiaodai huankuan development company limited example"
    )
)
"""Words that half of the lending apps carry in their names: they identify no one."""


@dataclass(frozen=True, slots=True, order=True)
class Recipient:
    """The organisation behind a host, and how it was told."""

    name: str
    """`first_party`, an organisation's name, `unknown`, or empty when there is no host."""
    basis: str
    """known_host, cloud_host, address, package, label, signer, operator, backend,
    other_than_own, none."""
    note: str = ""
    """What a reader should know, one sentence."""


class HostBook:
    """The hosts that the catalog knows; build once for each catalog."""

    def __init__(self, catalog: Catalog) -> None:
        """Read `hosts/` and the hosts of `libraries/`."""
        entries = [e for e in catalog.entries("hosts", HostEntry) if e.hosts]
        pairs = [(h, (e.organisation, e.kind, e.note)) for e in entries for h in e.hosts]
        pairs += [(h, (e.vendor, "sdk", e.name)) for e in library_entries(catalog) for h in e.hosts]
        self._hosts = HostMap.of(pairs)
        self._clouds = HostMap.of(
            (h, (e.organisation, e.kind, e.note))
            for e in entries
            if e.kind == "cloud"
            for h in e.hosts
        )

    def find(self, host: str) -> Recipient | None:
        """Return the known organisation of `host`, or None."""
        # An SDK of a cloud's vendor names the cloud's hosts too: what is rented is said first.
        if (hit := self._clouds.find(host) or self._hosts.find(host)) is None:
            return None
        organisation, kind, note = hit
        if kind == "cloud":
            words = "storage or computing rented by a customer: who holds the data is not visible"
            return Recipient(organisation, "cloud_host", words)
        return Recipient(organisation, "known_host", f"host of {note}" if kind == "sdk" else note)


@cache
def _suffixes() -> PublicSuffixList:
    """The list of public suffixes that the library carries, registries only; imported late."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(only_icann=True)


def registrable_domain(host: str) -> str:
    """`pay.api.foo.co.id` → `foo.co.id`; the last two labels under a suffix that no list knows."""
    host = host.rstrip(".").lower()
    if address_of(host) is None and (found := _suffixes().privatesuffix(host)):
        return str(found)
    return ".".join(host.split(".")[-2:])


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address when `host` is one."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def recipient_of(
    host: str,
    package: Package,
    book: HostBook,
    operators: Sequence[str] = (),
    backends: Iterable[str] = (),
    servers: Collection[str] = (),
) -> Recipient:
    """Name the organisation behind `host`.

    Args:
        host: a host name or bare address, without scheme and port.
        package: the app; its package name, labels and signers are compared with the host.
        book: the known hosts.
        operators: names of the lender as its terms state them.
        backends: registrable domains already shown to be the app's own, by whatever means.
        servers: registrable domains that the terms name as the operator's own servers, and to which
            the app does send; a host of no known party outside of them is then somebody else's.
    """
    host = host.strip().lower()
    if not host:
        return Recipient("", "none", "the host is not known from the package")
    if address := address_of(host):
        place = "a private network" if address.is_private and not _documentation(address) else ""
        words = place or "who holds this address, and in which country, needs a look-up outside"
        return Recipient(UNKNOWN, "address", f"bare IP address: {words}")
    if known := book.find(host):
        return known
    domain = registrable_domain(host)
    if domain in set(backends):
        return Recipient(FIRST_PARTY, "backend", f"{domain} is the app's own back end")
    basis = _named_after(domain, package, operators)
    if basis:
        return Recipient(FIRST_PARTY, basis, f"{domain} bears the name of the app's {basis}")
    if servers:
        own = ", ".join(sorted(servers))
        why = f"the terms name {own} as the operator's own; {domain} is another domain"
        return Recipient(domain, "other_than_own", why)
    return Recipient(UNKNOWN, "none", f"nothing in the package says who holds {domain}")


def _documentation(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Tell whether Python calls a reserved example range (RFC 5737) private."""
    text = str(address)
    return text.startswith(("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"))


def _named_after(domain: str, package: Package, operators: Sequence[str]) -> str:
    name = "".join(_WORD.findall(domain.partition(".")[0]))
    manifest = package.manifest
    if ".".join(reversed(domain.split("."))) == ".".join(manifest.package.split(".")[:2]):
        return "package"
    labels = [manifest.label, *manifest.labels.values()]
    subjects = [part for s in package.signers for part in _subject_names(s.subject)]
    for basis, texts in (
        ("package", manifest.package.split(".")),
        ("label", labels),
        ("operator", operators),
        ("signer", subjects),
    ):
        if any(_same_name(name, text) for text in texts):
            return basis
    return ""


def _subject_names(subject: str) -> list[str]:
    """Organisation and common name of a certificate subject, `CN=…, O=…` in either order."""
    found = []
    for part in subject.replace("/", ",").split(","):
        key, _, value = part.partition("=")
        if key.strip().upper() in {"CN", "O", "OU", "COMMON NAME", "ORGANIZATION"}:
            found.append(value)
        elif ":" in part and part.partition(":")[0].strip().lower() in {
            "common name",
            "organization",
        }:
            found.append(part.partition(":")[2])
    return found


def _same_name(domain: str, text: str) -> bool:
    """Tell whether a domain's name and a text share a word that identifies someone."""
    words = _WORD.findall(text.lower())
    joined = "".join(words)
    candidates = {w for w in (*words, joined) if len(w) >= 4 and w not in _GENERIC}
    if domain in candidates:
        return True
    longer = [w for w in candidates if len(w) >= 5]
    return any(w in domain or (len(domain) >= 5 and domain in w) for w in longer) and (
        domain not in _GENERIC
    )
