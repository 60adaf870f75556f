"""Measure how far names were removed, because it limits what names can show.

Renaming (R8, ProGuard) hides neither calls into Android nor constants: flows stay provable. What it
weakens is everything that rests on names: whose library a class is, and what a class is for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.facts.code import java_name
from auditor.facts.libraries import APP, Owners
from auditor.model import Limit

_PARTLY = 0.25
_HEAVILY = 0.6
_FEW = 8
"""App classes below which a share says nothing."""
_LOOK_ALIKE = frozenset("Il1|O0o")


@dataclass(frozen=True, slots=True)
class Obfuscation:
    """Share of the app's own classes whose names say nothing."""

    classes: int
    short: int
    level: str
    """none, partial or heavy."""

    @property
    def share(self) -> float:
        """Part of the app's classes with meaningless names, 0 to 1."""
        return self.short / self.classes if self.classes else 0.0

    @property
    def effect(self) -> str:
        """What it means for a reader, one sentence; empty when nothing was renamed."""
        if self.level == "none":
            return ""
        return (
            f"{self.short} of {self.classes} classes of the app have shortened or unreadable "
            "names: calls and constants are still exact, but a renamed library can be taken for "
            "the app's own code"
        )


def measure_obfuscation(classes: Iterable[str], owner: Owners) -> Obfuscation:
    """Count the app's own classes that bear one or two letters, or look-alikes, as names."""
    total = short = 0
    for descriptor in classes:
        name = java_name(descriptor).rpartition(".")[2].partition("$")[0]
        if name in {"R", "BuildConfig"} or owner(descriptor) != APP:
            continue
        total += 1
        short += _meaningless(name)
    share = short / total if total >= _FEW else 0.0
    level = "heavy" if share >= _HEAVILY else "partial" if share >= _PARTLY else "none"
    return Obfuscation(total, short, level)


def obfuscation_limits(measure: Obfuscation) -> tuple[Limit, ...]:
    """The limit that a reader must know, if any."""
    return (Limit("obfuscated", "classes.dex", measure.effect),) if measure.effect else ()


def _meaningless(name: str) -> bool:
    if len(name) <= 2:
        return True
    if len(name) >= 4 and set(name) <= _LOOK_ALIKE:
        return True
    return not any(c.isascii() and c.isalpha() for c in name) and not any(
        "\u4e00" <= c <= "\u9fff" for c in name
    )
