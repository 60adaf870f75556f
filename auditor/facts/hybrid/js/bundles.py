"""Modules of a bundle (webpack, uni-app, Metro): where each lies, and which uses which.

Found by the look of their beginnings, without parsing: a bundle of 20 MB is read in a fraction of a
second. Where the look deceives, a piece of script holds an error node and is read around it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

_METRO = re.compile(rb"^__d\(function", re.M)
_NAMES = rb"\w{1,30}(?:,\s?\w{1,30}){0,2}"
_MODULE = re.compile(
    rb":\s?(?:function\s?\(" + _NAMES + rb"\)\s?\{|\(" + _NAMES + rb"\)\s?=>\s?\{|\w{1,3}=>\{)"
)
_KEY = re.compile(
    rb"[,{\[]\s{0,40}(?:\"[^\"\\\n]{1,200}\"|'[^'\\\n]{1,200}'|\d{1,7}|[0-9a-f]{4})\s?\Z"
)
"""What stands before the function of a module in a table: a quoted name or a number."""
_MANY = 8
"""Beginnings of modules from which a script counts as a bundle of this kind."""
_METRO_END = re.compile(rb"\},\s?(\d{1,7}),\s?\[([\d,\snul]*)\]")
_REQUIRED = re.compile(rb"\b\w{1,20}\((?:\"([^\"\\\n]{1,200})\"|(\d{1,7}))\)")
_TAIL = 8_000
"""Last bytes of a module of Metro in which its number and requirements stand."""
_HUB = 40
"""Users from which a module is no part of a feature but something that everything uses."""
_RELATED = 120
_PREFIX = b"__modules({"
_SUFFIX = b"})"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Modules of one script, in order; empty when it has none."""

    starts: tuple[int, ...] = ()
    keys: tuple[bytes, ...] = ()
    needs: tuple[tuple[bytes, ...], ...] = ()
    """Keys that each module requires; empty for tables, whose modules are searched."""
    end: int = 0
    table: bool = False
    """The modules are members of an object, not calls."""

    def module_at(self, offset: int) -> int:
        """Number of the module around a byte, -1 when there is none."""
        return bisect_right(self.starts, offset) - 1

    def span(self, number: int) -> tuple[int, int]:
        """First byte of a module and the byte after it."""
        after = number + 1
        return self.starts[number], self.starts[after] if after < len(self.starts) else self.end

    def program(self, text: bytes, start: int, end: int) -> tuple[bytes, int]:
        """Text of modules as a program of its own, and how many bytes were put before it."""
        body = text[start:end]
        at = bisect_right(self.starts, start) - 1
        if not self.table or at < 0 or self.starts[at] != start:
            return body, 0
        return _PREFIX + body.rstrip(b", \n") + _SUFFIX, len(_PREFIX)


def find_modules(text: bytes) -> Bundle:
    """Find the modules of a script."""
    metro = [m.start() for m in _METRO.finditer(text)]
    if len(metro) >= _MANY:
        ends = [*metro[1:], len(text)]
        tails = [_metro_tail(text, s, e) for s, e in zip(metro, ends, strict=True)]
        keys, needs = zip(*tails, strict=True)
        return Bundle(tuple(metro), keys, needs, len(text))
    starts: list[int] = []
    names: list[bytes] = []
    for match in _MODULE.finditer(text):
        low = max(0, match.start() - 244)
        if key := _KEY.search(text[low : match.start()]):
            starts.append(low + key.start() + 1)
            names.append(key.group().strip(b",{[ \n\r\t\"'"))
    if len(starts) < _MANY:
        return Bundle()
    return Bundle(tuple(starts), tuple(names), (), len(text), table=True)


def _metro_tail(text: bytes, start: int, end: int) -> tuple[bytes, tuple[bytes, ...]]:
    tail = text[max(start, end - _TAIL) : end]
    last = None
    for last in _METRO_END.finditer(tail):  # noqa: B007  the last one counts
        pass
    if last is None:
        return b"", ()
    return last.group(1), tuple(k.strip() for k in last.group(2).split(b",") if k.strip().isdigit())


def related_modules(bundle: Bundle, text: bytes, core: set[int]) -> dict[int, int]:
    """Modules to read with those of `core`: who uses them (rank 0), and what these use (rank 1)."""
    numbers = {key: number for number, key in enumerate(bundle.keys) if key}
    users_of: dict[bytes, list[int]] = {}
    for number, needs in enumerate(bundle.needs):
        for key in needs:
            users_of.setdefault(key, []).append(number)
    found = dict.fromkeys(core, 0)
    wave = sorted(core)
    for _ in range(2):
        following: list[int] = []
        for number in wave:
            users = _users(bundle, text, number, users_of)
            if len(users) <= _HUB:
                following += [user for user in users if user not in found]
        wave = sorted(set(following))[: max(0, _RELATED - len(found))]
        found.update(dict.fromkeys(wave, 0))
    for number in sorted(found):
        for key in _needs(bundle, text, number):
            if key in numbers and len(found) < 2 * _RELATED:
                found.setdefault(numbers[key], 1)
    return found


def _users(bundle: Bundle, text: bytes, number: int, users_of: dict[bytes, list[int]]) -> list[int]:
    key = bundle.keys[number]
    if not bundle.table:
        return users_of.get(key, [])
    forms = (b"(" + key + b")",) if key.isdigit() else (b'("' + key + b'")', b"('" + key + b"')")
    found: set[int] = set()
    for form in forms:
        at = text.find(form)
        while at >= 0 and len(found) <= _HUB:
            found.add(bundle.module_at(at))
            at = text.find(form, at + 1)
    return sorted(found - {-1, number})


def _needs(bundle: Bundle, text: bytes, number: int) -> Iterable[bytes]:
    if not bundle.table:
        return bundle.needs[number]
    start, end = bundle.span(number)
    return sorted({a or b for a, b in _REQUIRED.findall(text, start, min(end, start + 200_000))})
