"""Write the plan into the store, and tell what is left to do.

In: sources. Out: tasks, in an order that depends on the sources alone. A package is known by its
SHA-256: the first place that holds it (in order of places) is the one that is opened, and the terms
that were given for any of its places are its terms.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditor.batch import schema as t
from auditor.batch.keys import facts_key, verdict_key
from auditor.batch.plan import Source
from auditor.batch.save import forget_failure, link_name, save_document, save_failure
from auditor.catalog import Catalog
from auditor.errors import UnreadableTermsError
from auditor.pipeline import read_terms_file

CHUNK = 400
"""Sources that are written in one transaction."""
_ABOUT = ("store", "developer", "link", "date")
"""What a table says of a source."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """One package to be audited or judged."""

    work: str
    """`audit` or `judge`."""
    sha256: str
    location: str
    verdict_key: str
    terms: tuple[tuple[str, str], ...] = ()
    """Name and SHA-256 of each document that was given."""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to do, and what need not be done."""

    tasks: tuple[Task, ...]
    packages: int
    """Distinct packages among the sources."""
    current: int
    """Packages whose facts and verdict are up to date."""
    failed: int
    """Packages that failed before and would fail again."""
    missing: int = 0
    """Packages of the store whose facts are outdated and whose files were not given."""


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Cut a sequence."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


def register(connection: Connection, sources: Sequence[Source]) -> list[str]:
    """Write sources and their terms; give the places whose terms cannot be read."""
    bad = []
    columns = t.sources.c
    places = [source.location for source in sources]
    listed = sa.select(columns.id, columns.location, columns.stamp, *(columns[n] for n in _ABOUT))
    known = {
        row.location: row for row in connection.execute(listed.where(columns.location.in_(places)))
    }
    for source in sources:
        row = _source_row(connection, source, known.get(source.location))
        try:
            _terms(connection, row, source)
        except UnreadableTermsError as error:
            bad.append(source.location)
            failure = {"location": source.location, "sha256": "", "stage": "terms", "attempts": 1}
            save_failure(connection, failure, {"kind": "unreadable", "reason": str(error)})
    return bad


def _source_row(connection: Connection, source: Source, known: Any) -> int:  # noqa: ANN401
    """Insert or update one source; a file that changed loses its SHA-256."""
    columns = t.sources.c
    about = {name: getattr(source, name)[:600] for name in _ABOUT}
    if known is None:
        values = {"location": source.location, "stamp": source.stamp, "sha256": "", **about}
        made = connection.execute(t.sources.insert().values(values))
        assert made.inserted_primary_key is not None
        return int(made.inserted_primary_key[0])
    said = {name: text for name, text in about.items() if text and text != getattr(known, name)}
    if known.stamp != source.stamp:
        said |= {"stamp": source.stamp, "sha256": ""}
        forget_failure(connection, source.location)
    if said:
        connection.execute(t.sources.update().where(columns.id == known.id).values(said))
    return int(known.id)


def _terms(connection: Connection, row: int, source: Source) -> None:
    """Read the terms of a source; a source without any keeps those that it had."""
    if not source.terms:
        return
    rows = []
    for number, path in enumerate(source.terms):
        read = read_terms_file(Path(path))
        digest = hashlib.sha256(read.data).hexdigest()
        save_document(connection, digest, zlib.compress(read.data, 6))
        rows.append({"source_id": row, "n": number, "name": read.name[:200], "sha256": digest})
    connection.execute(t.given_terms.delete().where(t.given_terms.c.source_id == row))
    connection.execute(t.given_terms.insert(), rows)


def unread(connection: Connection, places: Iterable[str]) -> list[str]:
    """Give the places whose SHA-256 is not known, in order; known failures are left out."""
    columns = t.sources.c
    empty = {
        r.location
        for r in connection.execute(sa.select(columns.location).where(columns.sha256 == ""))
    }
    failed = {
        r.location
        for r in connection.execute(
            sa.select(t.failures.c.location).where(
                t.failures.c.stage == "read", t.failures.c.kind == "unreadable"
            )
        )
    }
    return [p for p in places if p in empty and p not in failed]


def plan(
    connection: Connection,
    places: set[str] | None,
    catalog: Catalog,
    options: Mapping[str, Any],
    *,
    again: bool = False,
) -> Plan:
    """Compare what the store holds with what it should hold.

    Args:
        connection: to the store.
        places: the sources of this run; None for all that the store holds, none of them opened.
        catalog: the present one.
        options: what the user said about every app: jurisdictions, lending, date.
        again: try packages again that failed before.
    """
    key = facts_key(catalog)
    held = {
        r.sha256: r
        for r in connection.execute(
            sa.select(t.versions.c.sha256, t.versions.c.facts_key, t.versions.c.verdict_key)
        )
    }
    failed = {} if again else _failures(connection, key)
    tasks: list[Task] = []
    counts: dict[str, int] = defaultdict(int)
    for sha256, location, dates, terms in _packages(connection, places):
        said = {**options, "date": options.get("date") or (dates[0] if dates else "")}
        wanted = verdict_key(catalog, [f"{n}\0{d}" for n, d in terms], said)
        version = held.get(sha256)
        fresh = version is not None and version.facts_key == key
        if fresh and version is not None and version.verdict_key == wanted:
            counts["current"] += 1
        elif fresh:
            tasks.append(Task("judge", sha256, location, wanted, terms, said))
        elif sha256 in failed:
            counts["failed"] += 1
        elif places is None:
            counts["missing"] += 1
        else:
            tasks.append(Task("audit", sha256, location, wanted, terms, said))
        counts["packages"] += 1
    # Re-judging is cheap: what is quickly done is done first.
    tasks.sort(key=lambda task: task.work == "audit")
    return Plan(
        tuple(tasks), counts["packages"], counts["current"], counts["failed"], counts["missing"]
    )


def _failures(connection: Connection, key: str) -> set[str]:
    """Packages that this program and catalog cannot audit; what was killed may do better now."""
    columns = t.failures.c
    found = connection.execute(
        sa.select(columns.sha256).where(
            columns.facts_key == key, columns.kind != "killed", columns.sha256 != ""
        )
    )
    return {r.sha256 for r in found}


def _packages(
    connection: Connection, places: set[str] | None
) -> Iterator[tuple[str, str, list[str], tuple[tuple[str, str], ...]]]:
    """Give SHA-256, first place, sorted dates and terms of each package, in order of places."""
    columns, given = t.sources.c, t.given_terms.c
    terms: dict[str, set[tuple[str, str]]] = defaultdict(set)
    joined = sa.select(columns.sha256, given.name, given.sha256.label("document")).where(
        given.source_id == columns.id
    )
    for row in connection.execute(joined):
        terms[row.sha256].add((row.name, row.document))
    first: dict[str, str] = {}
    wanted: set[str] = set()
    dates: dict[str, list[str]] = defaultdict(list)
    listed = sa.select(columns.sha256, columns.location, columns.date).where(columns.sha256 != "")
    for row in connection.execute(listed.order_by(columns.location)):
        if row.date:
            dates[row.sha256].append(row.date)
        if places is None or row.location in places:
            first.setdefault(row.sha256, row.location)
            wanted.add(row.sha256)
    for sha256, location in first.items():
        yield sha256, location, sorted(dates[sha256]), tuple(sorted(terms[sha256]))


def link_sources(connection: Connection, version: int, sha256: str) -> None:
    """Let a version be found by the developers that tables name for it."""
    columns = t.sources.c
    found = connection.execute(
        sa.select(columns.developer).where(columns.sha256 == sha256, columns.developer != "")
    )
    for row in sorted({r.developer for r in found}):
        link_name(connection, version, "developer", row)
