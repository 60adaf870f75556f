"""Match names of classes, files and hosts against the names that the catalog knows.

Prefixes end at a border of a name (`.`, `$`, the end): `com.loc` does not cover `com.location`.
Globs know only `*` (any run of characters, `/` included) and are matched without backtracking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")
_LITERAL = re.compile(r"[A-Za-z0-9_/-]+(?![?*{])")


def glob_matches(pattern: str, text: str) -> bool:
    """Tell whether `text` as a whole fits `pattern`, in time linear in their lengths' product."""
    parts = pattern.split("*")
    if len(parts) == 1:
        return pattern == text
    first, last = parts[0], parts[-1]
    if len(text) < len(first) + len(last):
        return False
    if not text.startswith(first) or not text.endswith(last):
        return False
    at, stop = len(first), len(text) - len(last)
    for part in parts[1:-1]:
        found = text.find(part, at, stop)
        if found < 0:
            return False
        at = found + len(part)
    return True


def host_matches(pattern: str, host: str) -> bool:
    """Tell whether `pattern` names `host`; `*.a.com` covers `a.com` too."""
    return glob_matches(pattern, host) or (pattern.startswith("*.") and pattern[2:] == host)


_LONGEST = 1_000
"""Characters of a path that is compared with globs; those of libraries have a tenth of it."""


class Paths:
    """The paths of a package's files, to be asked for many globs: most fail by one text search."""

    def __init__(self, names: Iterable[str]) -> None:
        """Index paths; a glob without `/` is compared with the last part of each."""
        self._names = sorted({name for name in names if len(name) <= _LONGEST})
        self._text = "\n" + "\n".join(self._names) + "\n"

    def matching(self, globs: Iterable[str], patterns: Iterable[str] = ()) -> list[str]:
        """Paths that fit any glob, or as a whole any regular expression; sorted."""
        found: set[str] = set()
        for glob in globs:
            if max(glob.split("*"), key=len) in self._text:
                found.update(n for n in self._names if glob_matches(glob, _compared(glob, n)))
        for pattern in patterns:
            start = _LITERAL.match(pattern)
            if start is None or start.group() in self._text:
                whole = re.compile(pattern)
                found.update(n for n in self._names if whole.fullmatch(_compared(pattern, n)))
        return sorted(found)


def _compared(pattern: str, name: str) -> str:
    return name if "/" in pattern else name.rpartition("/")[2]


@dataclass(frozen=True)
class PrefixMap(Generic[V]):
    """Dotted prefixes and what each stands for; the longest that covers a name wins."""

    entries: Mapping[tuple[str, ...], V]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, V]]) -> PrefixMap[V]:
        """Build from dotted prefixes; the first of equal prefixes stays."""
        found: dict[tuple[str, ...], V] = {}
        for prefix, value in pairs:
            found.setdefault(tuple(prefix.strip(".").split(".")), value)
        return cls(found)

    def find(self, java: str) -> V | None:
        """Return what the longest prefix that covers the class or package `java` stands for."""
        parts = java.replace("$", ".").split(".", 8)[:8]
        for length in range(len(parts), 0, -1):
            if (hit := self.entries.get(tuple(parts[:length]))) is not None:
                return hit
        return None


@dataclass(frozen=True)
class HostMap(Generic[V]):
    """Host patterns and what each stands for; the most exact that covers a host wins."""

    exact: Mapping[str, V]
    suffix: Mapping[str, V]
    globs: tuple[tuple[str, V], ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, V]]) -> HostMap[V]:
        """Build from `host`, `*.suffix` and other glob patterns."""
        exact: dict[str, V] = {}
        suffix: dict[str, V] = {}
        globs: list[tuple[str, V]] = []
        for pattern, value in pairs:
            if "*" not in pattern:
                exact.setdefault(pattern, value)
            elif pattern.startswith("*.") and "*" not in pattern[2:]:
                suffix.setdefault(pattern[2:], value)
            else:
                globs.append((pattern, value))
        return cls(exact, suffix, tuple(sorted(globs, key=lambda pair: (-len(pair[0]), pair[0]))))

    def find(self, host: str) -> V | None:
        """Return what `host` belongs to, or None."""
        if (hit := self.exact.get(host)) is not None:
            return hit
        for pattern, value in self.globs:
            if glob_matches(pattern, host):
                return value
        labels = host.split(".")
        for start in range(len(labels) - 1):
            if (hit := self.suffix.get(".".join(labels[start:]))) is not None:
                return hit
        return None
