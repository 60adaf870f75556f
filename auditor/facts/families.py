"""Recognise code of common origin by the key names it carries.

White-label collectors are copied from lender to lender and renamed, but their servers expect the
same keys. Many of these keys in the code of one package are a hint of origin, no proof of upload.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.catalog import Catalog
from auditor.facts.code import Code, java_name
from auditor.facts.entries import FamilyEntry

_DEPTH = 3
"""Parts of a package name that make one unit of code."""


@dataclass(frozen=True, slots=True, order=True)
class FamilyHint:
    """Keys of a known family in the code of one package."""

    family: str
    name: str
    package: str
    """Java package (its first parts) whose code names the keys."""
    owner: str
    keys: tuple[str, ...]
    source: str


def family_hints(
    code: Code, owner: Callable[[str], str], catalog: Catalog
) -> tuple[FamilyHint, ...]:
    """List the families whose keys stand together in the code of one package."""
    found = []
    for entry in catalog.entries("families", FamilyEntry):
        units: dict[tuple[str, str], set[str]] = {}
        for key in entry.keys:
            for place in code.loads_of(key):
                cls = place.caller.partition("->")[0]
                parts = java_name(cls).split(".")[:-1]
                units.setdefault((".".join(parts[:_DEPTH]), owner(cls)), set()).add(key)
        found += [
            FamilyHint(entry.id, entry.name, package, who, tuple(sorted(keys)), entry.source)
            for (package, who), keys in units.items()
            if len(keys) >= entry.least
        ]
    return tuple(sorted(found))
