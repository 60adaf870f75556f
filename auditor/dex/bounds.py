"""What stands between hostile bytes and the rest: one error, one collector of limits."""

from __future__ import annotations

from auditor.model import Limit

KIND = "dex_malformed"
MAX_LIMITS = 500
"""So many limits are kept; one more says how many were dropped."""


class DexFormatError(Exception):
    """A part of a file breaks the format; it never leaves `auditor.dex`, but becomes a `Limit`."""


class Limits:
    """Collects what could not be read; the same limit counts once."""

    def __init__(self) -> None:
        """Start with none."""
        self._found: set[Limit] = set()
        self._dropped: set[str] = set()

    def add(self, where: str, why: str, kind: str = KIND) -> None:
        """Note that something at `where` was not read."""
        limit = Limit(kind, where, why)
        if limit in self._found:
            return
        if len(self._found) < MAX_LIMITS:
            self._found.add(limit)
        else:
            self._dropped.add(where)

    def sorted(self) -> tuple[Limit, ...]:
        """Every limit, in an order that does not depend on who asked first."""
        found = sorted(self._found)
        if self._dropped:
            found.append(
                Limit(
                    KIND,
                    "dex",
                    f"more than {MAX_LIMITS} places are malformed; the others are not listed",
                )
            )
        return tuple(found)
