"""Give the report documents that a store holds, for formats made from documents."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditor.batch import schema as t
from auditor.errors import UnreadableInputError
from auditor.report.contract import Document
from auditor.report.notices import Details
from auditor.report.reopen import MAX_REPORT, parse_report


def documents(connection: Connection) -> Iterator[Document]:
    """Give the report of each package, by SHA-256, one at a time.

    Raises:
        UnreadableInputError: a stored report is damaged.
    """
    columns = t.versions.c
    every = connection.execute(sa.select(columns.id, columns.sha256)).all()
    for row in sorted(every, key=lambda r: str(r.sha256)):
        held = sa.select(t.reports.c.body).where(t.reports.c.version_id == row.id)
        body = connection.execute(held).scalar()
        if body is None:
            continue
        try:
            unpacking = zlib.decompressobj()
            data = unpacking.decompress(body, MAX_REPORT)
        except (zlib.error, TypeError) as error:
            raise UnreadableInputError(f"the report of {row.sha256} is damaged") from error
        if not unpacking.eof:
            raise UnreadableInputError(f"the report of {row.sha256} is damaged, or too long")
        yield parse_report(data, str(row.sha256))


def details(connection: Connection) -> dict[str, Details]:
    """Give developer and store of each package, as the tables of the batch name them."""
    columns = t.sources.c
    query = sa.select(columns.sha256, columns.store, columns.developer).where(columns.sha256 != "")
    found: dict[str, Details] = {}
    for row in connection.execute(query.order_by(columns.location)):
        known = found.get(row.sha256, Details())
        found[row.sha256] = Details(known.developer or row.developer, known.source or row.store)
    return {sha: said for sha, said in found.items() if said != Details()}
