"""What names and types mean by themselves, for methods that no model of the catalog describes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

from auditor.catalog import Catalog, Entry
from auditor.errors import InvalidCatalogError

RoleId = Literal[
    "answers_nothing",
    "fills",
    "called_back",
    "ends",
    "gives_host",
    "holds_together",
    "started_by_name",
    "must_be_declared",
    "has_resources",
    "lets_pick",
    "boots",
    "http_client",
]


class RoleEntry(Entry):
    """One thing that names or types of some kind have in common."""

    id: RoleId
    methods: tuple[str, ...] = ()
    """Names of methods."""
    beginnings: tuple[str, ...] = ()
    """What names of methods begin with."""
    types: tuple[str, ...] = ()
    """Java types; of methods, the receivers that are meant."""
    words: tuple[str, ...] = ()
    """Actions of Intents, or beginnings of packages."""
    examples: tuple[str, ...]
    """Methods, types or words that are meant."""
    others: tuple[str, ...]
    """Such as are not."""
    reference: str


@dataclass(frozen=True, slots=True)
class Role:
    """A role as the interpreter asks for it."""

    names: frozenset[str]
    beginnings: tuple[str, ...]
    types: tuple[str, ...]
    """Descriptors."""
    words: tuple[str, ...]

    def covers(self, chain: Collection[str]) -> bool:
        """Tell whether a type with these supertypes is meant."""
        return any(type_ in chain for type_ in self.types)

    def means(self, name: str, chain: Collection[str] = ()) -> bool:
        """Tell whether a method of that name is meant, where types count on a type with `chain`."""
        if name not in self.names and not (self.beginnings and name.startswith(self.beginnings)):
            return False
        return not self.types or self.covers(chain)


def load_roles(catalog: Catalog) -> dict[str, Role]:
    """Every role by its id.

    Raises:
        InvalidCatalogError: an entry is wrong, or a role has none.
    """
    found = {
        entry.id: Role(
            frozenset(entry.methods),
            entry.beginnings,
            tuple("L" + name.replace(".", "/") + ";" for name in entry.types),
            entry.words,
        )
        for entry in catalog.entries("roles", RoleEntry)
    }
    if missing := set(get_args(RoleId)) - set(found):
        raise InvalidCatalogError(f"roles: no entry for {', '.join(sorted(missing))}")
    return {str(key): role for key, role in found.items()}
