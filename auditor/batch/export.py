"""Write a whole store as JSON Lines: the same apps, terms, program and catalog give the same bytes.

One object a line, `kind` first: catalogues, sources and failures by their places, then each package
by its SHA-256 with all its rows. Numbers of rows, times and runs are left out: they say how a store
came about, not what is in it. Facts, reports and documents stand as digests of their content.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditor.batch import schema as t
from auditor.batch.register import chunks

_CHUNK = 100
"""Packages that are read at once."""
_BODIES = {"facts": t.facts, "report": t.reports}
_ROWS = (*t.VERDICT_ROWS, t.parts)


def export_lines(connection: Connection) -> Iterator[str]:
    """Give every line, in order, without line ends.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the store cannot be read.
    """
    yield from _plain(connection, t.catalogues, "digest")
    yield from _sources(connection)
    yield from _plain(connection, t.failures, "location")
    order = sa.select(t.versions.c.sha256).order_by(t.versions.c.sha256)
    every = sorted(row.sha256 for row in connection.execute(order))
    for digests in chunks(every, _CHUNK):
        yield from _versions(connection, digests)


def _line(kind: str, values: Mapping[str, Any]) -> str:
    return json.dumps({"kind": kind, **values}, ensure_ascii=False)


def _plain(connection: Connection, table: sa.Table, key: str) -> Iterator[str]:
    columns = [c for c in table.columns if c.name not in ("id", "attempts")]
    rows = [dict(row._mapping) for row in connection.execute(sa.select(*columns))]
    # Databases order texts each in its own way.
    for row in sorted(rows, key=lambda r: str(r[key])):
        yield _line(table.name.removesuffix("s"), row)


def _sources(connection: Connection) -> Iterator[str]:
    given = defaultdict(list)
    for row in connection.execute(sa.select(t.given_terms).order_by(t.given_terms.c.n)):
        given[row.source_id].append([row.name, row.sha256])
    names = ("location", "size", "sha256", "store", "developer", "link", "date")
    rows = connection.execute(sa.select(t.sources)).all()
    for row in sorted(rows, key=lambda r: str(r.location)):
        values = {name: getattr(row, name) for name in names}
        yield _line("source", {**values, "terms": given[row.id]})


def _versions(connection: Connection, digests: list[str]) -> Iterator[str]:
    query = (
        sa.select(t.versions, t.apps.c.package)
        .join(t.apps, t.apps.c.id == t.versions.c.app_id)
        .where(t.versions.c.sha256.in_(digests))
    )
    versions = {r.id: dict(r._mapping) for r in connection.execute(query)}
    for values in versions.values():
        del values["app_id"]
        values["rows"] = {}
    ids = list(versions)
    for name, table in _BODIES.items():
        for row in connection.execute(sa.select(table).where(table.c.version_id.in_(ids))):
            body = zlib.decompress(row.body)
            versions[row.version_id][name] = hashlib.sha256(body).hexdigest()
    for table in _ROWS:
        for row in _ordered(connection, table, ids):
            versions[row[0]]["rows"].setdefault(table.name, []).append(list(row[2:]))
    _signers(connection, versions)
    _named(connection, versions)
    for values in sorted(versions.values(), key=lambda v: str(v["sha256"])):
        del values["id"]
        yield _line("package", values)


def _ordered(connection: Connection, table: sa.Table, ids: list[int]) -> Any:  # noqa: ANN401
    columns = table.c
    query = sa.select(table).where(columns.version_id.in_(ids))
    return connection.execute(query.order_by(columns.version_id, columns.n))


def _signers(connection: Connection, versions: dict[int, dict[str, Any]]) -> None:
    linked = t.version_signers
    query = (
        sa.select(linked, t.signers.c.sha256, t.signers.c.subject)
        .join(t.signers, t.signers.c.id == linked.c.signer_id)
        .where(linked.c.version_id.in_(list(versions)))
        .order_by(linked.c.version_id, linked.c.n)
    )
    for row in connection.execute(query):
        found = [row.sha256, row.subject, row.scheme, row.not_before]
        versions[row.version_id]["rows"].setdefault("signers", []).append(found)


def _named(connection: Connection, versions: dict[int, dict[str, Any]]) -> None:
    """Add names, traits and sketches: sets, so sorted here."""
    ids = list(versions)
    sets: dict[int, dict[str, list[list[Any]]]] = defaultdict(lambda: defaultdict(list))
    names = (
        sa.select(t.name_versions.c.version_id, t.names.c.kind, t.names.c.text)
        .join(t.names, t.names.c.id == t.name_versions.c.name_id)
        .where(t.name_versions.c.version_id.in_(ids))
    )
    for row in connection.execute(names):
        sets[row.version_id]["names"].append([row.kind, row.text])
    for row in connection.execute(sa.select(t.traits).where(t.traits.c.version_id.in_(ids))):
        sets[row.version_id]["traits"].append([row.kind, row.value])
    for row in connection.execute(sa.select(t.sketches).where(t.sketches.c.version_id.in_(ids))):
        sets[row.version_id]["sketches"].append([row.kind, row.size, row.body])
    for version, found in sets.items():
        versions[version]["rows"].update(
            {name: sorted(rows) for name, rows in sorted(found.items())}
        )
