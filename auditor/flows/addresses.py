"""Parts of addresses put together and replaced, as the builders of libraries do it.

Addresses are constant texts or texts known in part; what is unknown stays a gap.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from auditor.flows import sinks
from auditor.flows.values import (
    MAX_TEXT,
    Atom,
    Template,
    Value,
    as_atom,
    atom_order,
    concat,
    of,
)

if TYPE_CHECKING:
    from auditor.flows.effecting import Env

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]{0,20}://)([^/?#:]*)(:\d{0,5})?(.*)", re.I | re.S)
_MOST = 8
Parts = tuple[str | None, ...]


def resolve(env: Env, base: Value, relative: Value) -> Value:
    """An address relative to another, as browsers join them."""
    bases, parts = _flat(env, base), sinks.flat_url(env.engine, relative)
    atoms: set[Atom] = set()
    for one in bases.texts()[:_MOST]:
        for other in parts.texts()[:_MOST]:
            try:
                atoms.add(urljoin(one, other)[:MAX_TEXT])
            except ValueError:
                continue
        if parts.any:
            atoms.add(as_atom((one.rpartition("/")[0] + "/", None)))
    joined = concat(bases, parts)
    return Value(frozenset(atoms), joined.taints) if atoms else joined


def slashed(env: Env, base: Value, segment: Value) -> Value:
    """A path with one more segment: exactly one slash between them."""
    bases = _each(_flat(env, base), lambda p: _cut(p, -1, str.rstrip))
    parts = _each(sinks.flat_url(env.engine, segment), lambda p: _cut(p, 0, str.lstrip))
    return concat(concat(bases, of("/")), parts)


def schemed(env: Env, base: Value, scheme: Value) -> Value:
    """An address with another scheme; of none yet, its beginning."""
    start = concat(sinks.flat_url(env.engine, scheme), of("://"))
    rest = _each(_flat(env, base), lambda p: _from(p, 2))
    return concat(start, rest)


def hosted(env: Env, base: Value, host: Value) -> Value:
    """An address with another host."""
    flat = _flat(env, base)
    before = _each(flat, lambda p: _until(p, 2))
    behind = _each(flat, lambda p: _from(p, 3))
    return _around(flat, before, sinks.flat_url(env.engine, host), behind)


def ported(env: Env, base: Value, port: Value) -> Value:
    """An address with another port."""
    flat = _flat(env, base)
    before = _each(flat, lambda p: _until(p, 3))
    behind = _each(flat, lambda p: _from(p, 4))
    return _around(flat, concat(before, of(":")), port, behind)


def pathed(env: Env, base: Value, path: Value) -> Value:
    """An address with another path."""
    before = _each(_flat(env, base), lambda p: _until(p, 4))
    parts = _each(sinks.flat_url(env.engine, path), lambda p: _cut(p, 0, str.lstrip))
    return concat(concat(before, of("/")), parts)


def _flat(env: Env, base: Value) -> Value:
    """The texts of an address; one that was not begun is empty."""
    flat = sinks.flat_url(env.engine, base)
    return flat if flat.atoms or flat.any or base.atoms else of("")


def _around(flat: Value, before: Value, middle: Value, behind: Value) -> Value:
    """The middle replaced; of several addresses only what is the same for all stays known."""
    if len(flat.atoms) > 1:
        behind = Value(frozenset(), behind.taints, True)
        before = before if len(before.atoms) == 1 else Value(frozenset(), before.taints, True)
    return concat(concat(before, middle), behind)


def _each(value: Value, change: Callable[[Parts], Parts]) -> Value:
    """The value with every text changed, whole or known in part."""
    atoms: set[Atom] = set()
    for atom in sorted(value.atoms, key=atom_order):
        if type(atom) is str:
            atoms.add(as_atom(change((atom,))))
        elif isinstance(atom, Template):
            atoms.add(as_atom(change(atom.parts)))
        else:
            atoms.add(atom)
    return Value(frozenset(atoms), value.taints, value.any)


def _cut(parts: Parts, side: int, strip: Callable[[str, str], str]) -> Parts:
    """Texts without slashes at one side."""
    end = parts[side]
    if end is None:
        return parts
    kept = list(parts)
    kept[side] = strip(end, "/")
    return tuple(kept)


def _until(parts: Parts, group: int) -> Parts:
    """An address up to one of its four parts (scheme, host, port, rest), that one left out."""
    match = _ADDRESS.match(parts[0] or "")
    return ("".join(g or "" for g in match.groups()[: group - 1]),) if match else parts


def _from(parts: Parts, group: int) -> Parts:
    """An address from one of its four parts on."""
    match = _ADDRESS.match(parts[0] or "")
    if match is None:
        return ("",) if group > 2 else parts
    return ("".join(g or "" for g in match.groups()[group - 1 :]), *parts[1:])


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "resolve": resolve,
    "slashed": slashed,
    "schemed": schemed,
    "hosted": hosted,
    "ported": ported,
    "pathed": pathed,
}
"""Functions of the effect language about addresses."""
