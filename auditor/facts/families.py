"""Recognise code of common origin by the key names it carries.

White-label collectors are copied from lender to lender and renamed, but their servers expect the
same keys. Many of these keys in the code of one package, or in one file outside DEX, are a hint of
origin, no proof of upload.
"""

from __future__ import annotations

from collections.abc import Callable

from auditor.catalog import Catalog
from auditor.facts.code import Code, java_name
from auditor.facts.entries import FamilyEntry
from auditor.model import FamilyHint

_DEPTH = 3
"""Parts of a package name that make one unit of code."""


def family_hints(
    code: Code, owner: Callable[[str], str], catalog: Catalog
) -> tuple[FamilyHint, ...]:
    """List the families whose keys stand together in the code of one package.

    A key counts where an instruction loads it, where a field bears it as its name, and where an
    annotation gives it to a field (`@SerializedName`).
    """
    found = []
    for entry in catalog.entries("families", FamilyEntry):
        units: dict[tuple[str, str], set[str]] = {}
        for key, cls in _uses(entry, code):
            parts = java_name(cls).split(".")[:-1]
            units.setdefault((".".join(parts[:_DEPTH]), owner(cls)), set()).add(key)
        found += [
            FamilyHint(entry.id, entry.name, package, who, tuple(sorted(keys)), entry.source)
            for (package, who), keys in units.items()
            if len(keys) >= entry.least
        ]
    return tuple(sorted(found))


def _uses(entry: FamilyEntry, code: Code) -> set[tuple[str, str]]:
    """Keys of the family with the classes that bear them."""
    keys = frozenset(entry.keys)
    uses = {(key, p.caller.partition("->")[0]) for key in keys for p in code.loads_of(key)}
    uses |= {(key, cls) for key in keys for cls in code.field_owners(key)}
    # Annotations are read class by class, so only where the string tables hold keys enough.
    unseen = keys - {key for key, _ in uses}
    held = {key for key in unseen if code.holds_string(key)}
    if len(keys) - len(unseen) + len(held) >= entry.least:
        uses |= {(text, cls) for cls, text in code.field_annotation_texts(held)}
    return uses


def hints_in_file(data: bytes, where: str, catalog: Catalog) -> tuple[FamilyHint, ...]:
    """List the families whose keys stand as whole words in a script or compiled store."""
    found = []
    for entry in catalog.entries("families", FamilyEntry):
        keys = [key for key in entry.keys if _stands_in(data, key.encode())]
        if len(keys) >= entry.least:
            hint = (entry.id, entry.name, where, "app", tuple(sorted(keys)), entry.source)
            found.append(FamilyHint(*hint))
    return tuple(found)


def _stands_in(data: bytes, key: bytes) -> bool:
    """Tell whether a key stands somewhere without a letter or digit beside it."""
    at = data.find(key)
    for _ in range(_TRIES):
        if at < 0:
            return False
        around = data[at - 1 : at] + data[at + len(key) : at + len(key) + 1]
        if not any(chr(byte).isalnum() or byte == 0x5F for byte in around):
            return True
        at = data.find(key, at + 1)
    return False


_TRIES = 50
"""Places at which a key is looked at before it counts as part of longer words."""
