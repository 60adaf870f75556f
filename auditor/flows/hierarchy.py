"""Supertypes of platform and library classes whose bodies an APK does not carry.

Two tables in `data/hierarchy/`: `framework.txt` is written by `tools/framework_hierarchy.py` from
the platform's stub jar, `later.txt` by hand (newer platforms, libraries). A line is a class, its
superclass unless that is Object, and its interfaces, in JVM names without `L` and `;`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "data" / "hierarchy"
_TABLES = ("framework.txt", "later.txt")
_MOST = 256
"""Supertypes of one class that are listed; no class of the tables has nearly as many."""


@cache
def _table() -> dict[str, tuple[str, ...]]:
    """Class → direct supertypes; what the second table says is added to the first."""
    found: dict[str, tuple[str, ...]] = {}
    for name in _TABLES:
        for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines():
            cls, *above = line.split()
            known = found.get(cls, ())
            found[cls] = known + tuple(a for a in above if a not in known)
    return found


@cache
def framework_supertypes(descriptor: str) -> tuple[str, ...]:
    """Every known supertype of a class that the tables name, nearest first.

    Superclasses come before interfaces of the same distance. `java.lang.Object` is left out, and so
    is the class itself; a class that stands in no table has no supertypes.
    """
    table = _table()
    found: dict[str, None] = {}
    layer = [descriptor[1:-1]]
    while layer and len(found) < _MOST:
        above = [name for cls in layer for name in table.get(cls, ())]
        layer = [name for name in dict.fromkeys(above) if name not in found]
        found.update(dict.fromkeys(layer))
    found.pop(descriptor[1:-1], None)
    return tuple(f"L{name};" for name in found)


def framework_subtypes(descriptor: str) -> tuple[str, ...]:
    """Every class of the tables that has this one as superclass or interface, in their order."""
    return tuple(f"L{name};" for name in _children().get(descriptor[1:-1], ()))


@cache
def _children() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for cls, above in _table().items():
        for name in above:
            found.setdefault(name, []).append(cls)
    return found
