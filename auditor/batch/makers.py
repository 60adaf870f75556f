"""Find apps of one maker: shell apps (马甲包), one program of one operator under many names.

Every kind of evidence gives groups of its own (see `groups`). A *maker* is what is left when groups
are joined by strong links: the same private key; the same code; or several weaker signs between the
same two apps. Each link keeps what it rests on. These are indications, no proof of ownership: code
is bought, terms are copied, keys are lent.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditor.batch import schema as t
from auditor.batch.groups import (
    Group,
    Pair,
    alike,
    host_groups,
    icon_groups,
    pairs_of,
    root,
    schema_groups,
    signer_groups,
)
from auditor.catalog import Catalog

STRONG = 3
"""Points from which two apps are of one maker."""
POINTS = {"signer": 3, "host": 2, "schema": 1, "icon": 1, "terms": 1}
_CODE = ((0.75, 3), (0.55, 2))
"""Share of common code, and what it counts."""
_HOSTS = 2
"""Hosts that count between two apps."""
_LINKS = 60
"""Links of one maker that are kept."""


@dataclass(frozen=True, slots=True, order=True)
class Sign:
    """One thing that two apps share."""

    kind: str
    value: str
    points: int


@dataclass(frozen=True, slots=True)
class Maker:
    """Versions of at least two apps that strong links join."""

    versions: tuple[int, ...]
    apps: int
    links: tuple[tuple[int, int, tuple[Sign, ...]], ...]
    """Two versions, and the signs between them."""


@dataclass
class Evidence:
    """All groups and pairs of a store."""

    groups: list[Group] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)


def collect(connection: Connection, catalog: Catalog) -> Evidence:
    """Read every kind of evidence from the store.

    Raises:
        UsageError: datasketch is not installed.
    """
    return Evidence(
        [
            *signer_groups(connection, catalog),
            *host_groups(connection),
            *schema_groups(connection),
            *icon_groups(connection),
        ],
        [*alike(connection, "code"), *alike(connection, "terms")],
    )


def join(evidence: Evidence, app_of: Mapping[int, int]) -> list[Maker]:
    """Join versions to makers, the largest first; `app_of` gives the app of a version."""
    signs: dict[tuple[int, int], set[Sign]] = defaultdict(set)
    for group in evidence.groups:
        for one, other in pairs_of(group):
            signs[one, other].add(Sign(group.kind, group.value, POINTS[group.kind]))
    for pair in evidence.pairs:
        points = _code_points(pair.share) if pair.kind == "code" else POINTS[pair.kind]
        signs[pair.one, pair.other].add(Sign(pair.kind, f"{pair.share:.2f}", points))
    parents = {version: version for version in app_of}
    first: dict[int, int] = {}
    for version, app in sorted(app_of.items()):
        parents[root(parents, version)] = root(parents, first.setdefault(app, version))
    kept = {}
    for (one, other), found in sorted(signs.items()):
        if app_of[one] != app_of[other] and _points(found) >= STRONG:
            kept[one, other] = tuple(sorted(found))
            parents[root(parents, other)] = root(parents, one)
    return _makers(parents, kept, app_of)


def _makers(
    parents: dict[int, int],
    kept: Mapping[tuple[int, int], tuple[Sign, ...]],
    app_of: Mapping[int, int],
) -> list[Maker]:
    members: dict[int, list[int]] = defaultdict(list)
    for version in sorted(parents):
        members[root(parents, version)].append(version)
    links: dict[int, list[tuple[int, int, tuple[Sign, ...]]]] = defaultdict(list)
    for (one, other), found in kept.items():
        links[root(parents, one)].append((one, other, found))
    makers = []
    for key, versions in members.items():
        apps = len({app_of[v] for v in versions})
        if apps > 1:
            best = sorted(links[key], key=lambda link: (-_points(link[2]), link[:2]))
            makers.append(Maker(tuple(versions), apps, tuple(best[:_LINKS])))
    return sorted(makers, key=lambda m: (-m.apps, m.versions))


def _points(signs: Iterable[Sign]) -> int:
    """Add up, of each kind the best; of hosts two count."""
    best: dict[str, list[int]] = defaultdict(list)
    for sign in signs:
        best[sign.kind].append(sign.points)
    return sum(sum(sorted(p)[-(_HOSTS if kind == "host" else 1) :]) for kind, p in best.items())


def _code_points(share: float) -> int:
    return next((points for least, points in _CODE if share >= least), 0)


# ---------------------------------------------------------------- into the store


def apps_of(connection: Connection) -> dict[int, int]:
    """Give the app of each version."""
    columns = t.versions.c
    return {r.id: r.app_id for r in connection.execute(sa.select(columns.id, columns.app_id))}


def names_of(connection: Connection) -> dict[int, str]:
    """Give package and label of each version, as one text."""
    query = sa.select(
        *(t.versions.c.id, t.versions.c.label, t.versions.c.file, t.apps.c.package)
    ).where(t.apps.c.id == t.versions.c.app_id)
    return {r.id: f"{r.package}  {r.label or r.file}" for r in connection.execute(query)}


def save_makers(
    connection: Connection, evidence: Evidence, makers: Iterable[Maker], app_of: Mapping[int, int]
) -> None:
    """Replace the clusters of the store."""
    connection.execute(t.cluster_members.delete())
    connection.execute(t.clusters.delete())
    names = {
        r.id: r.package
        for r in connection.execute(
            sa.select(t.versions.c.id, t.apps.c.package).where(t.apps.c.id == t.versions.c.app_id)
        )
    }
    for group in evidence.groups:
        apps = len({app_of[v] for v in group.versions})
        if apps > 1:
            said = json.dumps({"value": group.value, "note": group.note}, ensure_ascii=False)
            _save(connection, group.kind, group.value[:200], said, apps, group.versions)
    for number, maker in enumerate(makers, 1):
        said = json.dumps(
            [
                {
                    "one": names[one],
                    "other": names[other],
                    "signs": [[s.kind, s.value, s.points] for s in signs],
                }
                for one, other, signs in maker.links
            ],
            ensure_ascii=False,
        )
        _save(connection, "maker", f"{number:06d}", said, maker.apps, maker.versions)


def _save(
    connection: Connection, kind: str, key: str, evidence: str, apps: int, versions: Iterable[int]
) -> None:
    values = {"kind": kind, "key": key, "evidence": evidence, "apps": apps}
    made = connection.execute(t.clusters.insert().values(values))
    assert made.inserted_primary_key is not None
    cluster = int(made.inserted_primary_key[0])
    rows = [{"cluster_id": cluster, "version_id": v, "why": ""} for v in versions]
    connection.execute(t.cluster_members.insert(), rows)
