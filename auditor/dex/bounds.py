"""What stands between hostile bytes and the rest: one error, one collector of limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from auditor.model import Limit

T = TypeVar("T")
KIND = "dex_malformed"
MAX_LIMITS = 500
"""So many limits are kept; one more says how many were dropped."""


class DexFormatError(Exception):
    """A part of a file breaks the format; it never leaves `auditor.dex`, but becomes a `Limit`."""


class Budget:
    """Work that hostile bytes may cause in all, for parts that can be read over and over."""

    def __init__(self, left: int) -> None:
        """Allow `left` units."""
        self._left = left

    def spend(self, units: int) -> None:
        """Take some.

        Raises:
            DexFormatError: none are left.
        """
        self._left -= units
        if self._left < 0:
            raise DexFormatError("what describes the code is larger than the files; not read")


class Limits:
    """Collects what could not be read; the same limit counts once."""

    def __init__(self) -> None:
        """Start with none."""
        self._found: set[tuple[str, str, str]] = set()
        self._dropped = False

    def add(self, where: str, why: str, kind: str = KIND) -> None:
        """Note that something at `where` was not read."""
        if len(self._found) < MAX_LIMITS:
            self._found.add((kind, where, why))
        else:
            self._dropped |= (kind, where, why) not in self._found

    def guard(self, read: Callable[[], T], where: str, what: str) -> T | None:
        """Run a reader; where the bytes are malformed, note it and return None."""
        try:
            return read()
        except DexFormatError as error:
            self.add(where, f"{what}: {error}")
            return None

    def sorted(self) -> tuple[Limit, ...]:
        """Every limit, in an order that does not depend on who asked first."""
        if not self._found:
            return ()
        # Imported here because it costs more than a small file's whole index; most have no limits.
        from auditor.model import Limit

        found = [Limit(*parts) for parts in sorted(self._found)]
        if self._dropped:
            why = f"more than {MAX_LIMITS} places are malformed; the others are not listed"
            found.append(Limit(KIND, "dex", why))
        return tuple(found)
