"""Who is who among owners of code and recipients of data: other names, and hosts for rent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ConfigDict

from auditor.catalog import Catalog, Entry
from auditor.model import Action, Library, Practice
from auditor.verdicts.practices import ROLES

_ROLE_OF_CATEGORY = {
    "risk": "risk_vendor",
    "credit_scoring": "risk_vendor",
    "collector": "risk_vendor",
    "credit": "credit_bureau",
}
_FOR_RENT = {"cloud", "cdn", "tunnel"}


class HostOwner(Entry):
    """An organisation of `data/hosts/`; keys that other stages need are left aside."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    organisation: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Parties:
    """What is known of the parties."""

    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other names of a library or organisation, the words for its role among them."""
    for_rent: frozenset[str] = frozenset()
    """Organisations that rent out hosts: data sent there may be held by anyone, the lender too."""

    def names(self, practice: Practice) -> frozenset[str]:
        """Give every name of the recipient, and of the library that owns the code."""
        found = {practice.recipient, *self.aliases.get(practice.recipient, ())} - {*ROLES, ""}
        if practice.owner != "app":
            found |= {practice.owner, *self.aliases.get(practice.owner, ())}
        return frozenset(found)

    def is_third(self, practice: Practice) -> bool:
        """Tell whether the data leave to an organisation that is not the app's maker."""
        return (
            practice.action is Action.SHARE
            and practice.recipient not in ROLES
            and practice.recipient not in self.for_rent
        )


def load_hosts_for_rent(catalog: Catalog) -> frozenset[str]:
    """Read from `data/hosts/` which organisations rent out hosts."""
    return frozenset(
        e.organisation
        for e in catalog.entries("hosts", HostOwner)
        if e.kind in _FOR_RENT and e.organisation
    )


def know_parties(libraries: Sequence[Library], for_rent: frozenset[str]) -> Parties:
    """Give the other names of each library, and of the organisation behind it."""
    names: dict[str, tuple[str, ...]] = {}
    for library in sorted(libraries, key=lambda x: x.id):
        role = _ROLE_OF_CATEGORY.get(library.category)
        known = tuple(n for n in (library.id, library.name, library.vendor, role) if n)
        for key in (library.id, library.name, library.vendor):
            if key:
                names[key] = tuple(dict.fromkeys((*names.get(key, ()), *known)))
    return Parties(names, for_rent)
