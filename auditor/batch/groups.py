"""Group versions of apps by what they share: one kind of evidence each.

In: the store. Out: groups of versions with the value that they share, or pairs with how much they
have in common. What everybody shares (published keys, hosts of SDKs, hosts of very many apps) is no
evidence and makes no group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditor.batch import schema as t
from auditor.catalog import Catalog, Entry
from auditor.errors import UsageError

SKETCH = 512
"""Digests that a sketch keeps at most: see `facts.traits`."""
_DIGEST = 16
MOST_APPS = 300
"""Apps from which a host or a schema is common property."""
_LEAST = {"code": 12, "terms": 60}
"""Members of a set below which likeness says nothing."""
_THRESHOLD = {"code": 0.55, "terms": 0.75}
_PERMUTATIONS = 128
_ICON_BITS = 3
"""Bits of 64 in which two icons of one look may differ."""
_BUCKET = 400
"""Icons with one part the same beyond which they are not compared."""


class WeakSigner(Entry):
    """A certificate that tells no maker."""

    sha256: str = ""
    subject: str = ""
    """Part of the subject."""
    note: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Versions that share one value."""

    kind: str
    """signer, host, schema or icon."""
    value: str
    versions: tuple[int, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two versions whose sets are alike."""

    kind: str
    """code or terms."""
    one: int
    other: int
    share: float
    """Jaccard index: common members over all, 0 to 1."""


def signer_groups(connection: Connection, catalog: Catalog) -> list[Group]:
    """Group by certificate."""
    weak = catalog.entries("makers", WeakSigner)
    linked = t.version_signers.c
    query = sa.select(t.signers.c.sha256, t.signers.c.subject, linked.version_id).where(
        linked.signer_id == t.signers.c.id
    )
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in connection.execute(query):
        known = any(
            row.sha256 == w.sha256 or (w.subject and w.subject in row.subject) for w in weak
        )
        if not known:
            found[row.sha256, row.subject].add(row.version_id)
    return _groups("signer", {key[0]: v for key, v in found.items()}, dict(found))


def host_groups(connection: Connection) -> list[Group]:
    """Group by hosts that the app's own code names and that no known organisation holds."""
    columns = t.endpoints.c
    query = (
        sa.select(columns.host, columns.version_id)
        .where(columns.owner == "app", columns.host != "")
        .where(columns.recipient.in_(("", "unknown", "first_party")))
        .distinct()
    )
    return _groups("host", _by_value(connection.execute(query)), {}, MOST_APPS)


def schema_groups(connection: Connection) -> list[Group]:
    """Group by the names under which a collector sends several data."""
    columns = t.traits.c
    query = sa.select(columns.value, columns.version_id).where(columns.kind == "schema")
    return _groups("schema", _by_value(connection.execute(query)), {}, MOST_APPS)


def icon_groups(connection: Connection) -> list[Group]:
    """Group by launcher icons that look alike."""
    columns = t.traits.c
    query = sa.select(columns.value, columns.version_id).where(columns.kind == "icon")
    held = _by_value(connection.execute(query))
    icons = sorted(held)
    parents = {icon: icon for icon in icons}
    buckets: dict[tuple[int, str], list[str]] = defaultdict(list)
    for icon in icons:
        # Of four parts one is the same when at most three bits differ.
        for part in range(4):
            buckets[part, icon[part * 4 : part * 4 + 4]].append(icon)
    for members in buckets.values():
        for i, one in enumerate(members[:_BUCKET]):
            for other in members[i + 1 : _BUCKET]:
                if (int(one, 16) ^ int(other, 16)).bit_count() <= _ICON_BITS:
                    parents[root(parents, other)] = root(parents, one)
    joined: dict[str, set[int]] = defaultdict(set)
    for icon in icons:
        joined[root(parents, icon)] |= held[icon]
    return _groups("icon", joined, {}, MOST_APPS)


def root(parents: dict[Any, Any], item: Any) -> Any:  # noqa: ANN401
    """Find who stands for a set of joined items."""
    while parents[item] != item:
        parents[item] = parents[parents[item]]
        item = parents[item]
    return item


def alike(connection: Connection, kind: str) -> list[Pair]:
    """Give pairs whose code or terms are alike.

    MinHash and LSH choose the pairs, the sketches tell how much they share.

    Args:
        connection: to the store.
        kind: `code` (classes and methods) or `terms`.

    Raises:
        UsageError: datasketch is not installed.
    """
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError as error:
        raise UsageError(f"makers need datasketch (extra makers): {error}") from error
    index = MinHashLSH(threshold=_THRESHOLD[kind], num_perm=_PERMUTATIONS)
    sketches: dict[int, frozenset[str]] = {}
    found: set[Pair] = set()
    for version, sketch in _sketches(connection, kind):
        minhash = MinHash(num_perm=_PERMUTATIONS, hashfunc=_number)
        minhash.update_batch([d.encode() for d in sorted(sketch)])
        for other in index.query(minhash):
            share = jaccard(sketch, sketches[other])
            if share >= _THRESHOLD[kind]:
                pair = min(version, int(other)), max(version, int(other))
                found.add(Pair(kind, *pair, round(share, 3)))
        sketches[version] = sketch
        index.insert(version, minhash)
    return sorted(found)


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Estimate the Jaccard index of two sets from their smallest members."""
    smallest = sorted(one | other)[: max(1, min(SKETCH, len(one | other)))]
    return sum(d in one and d in other for d in smallest) / len(smallest)


def _number(data: bytes) -> int:
    """32 bits of a digest, which is a hash already."""
    return int(data[:8], 16)


def _sketches(connection: Connection, kind: str) -> Iterator[tuple[int, frozenset[str]]]:
    """Give the sketch of each version that has enough to compare; of code, classes and methods."""
    kinds = ("class", "method") if kind == "code" else (kind,)
    table = t.sketches.c
    query = (
        sa.select(table.version_id, table.kind, table.body)
        .where(table.kind.in_(kinds))
        .order_by(table.version_id, table.kind)
    )
    held: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(query):
        held[row.version_id] |= {
            row.body[i : i + _DIGEST] for i in range(0, len(row.body), _DIGEST)
        }
    for version, digests in held.items():
        if len(digests) >= _LEAST[kind]:
            yield version, frozenset(digests)


def _by_value(rows: Iterable[Any]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for value, version in rows:
        found[value].add(version)
    return found


def _groups(
    kind: str,
    held: Mapping[str, set[int]],
    notes: Mapping[tuple[str, str], Any],
    most: int = 1 << 60,
) -> list[Group]:
    said = {key[0]: key[1] for key in notes}
    return sorted(
        Group(kind, value, tuple(sorted(versions)), said.get(value, ""))
        for value, versions in held.items()
        if 2 <= len(versions) <= most
    )


def pairs_of(group: Group) -> Iterator[tuple[int, int]]:
    """Pair the members of a group: each with each of a small one, each with the first else."""
    members: Sequence[int] = group.versions
    if len(members) <= 40:
        for i, one in enumerate(members):
            for other in members[i + 1 :]:
                yield one, other
        return
    for other in members[1:]:
        yield members[0], other
