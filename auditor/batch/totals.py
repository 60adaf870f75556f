"""Count apps over the whole store when a batch ends, so that nobody waits for it who asks.

signer     certificate (SHA-256)     → apps that it signs
recipient  data type, organisation   → apps that share it with this organisation
host       host                      → apps whose code names it
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditor.batch import schema as t

_SAMPLED = 1_000
"""Rows of each index that SQLite looks at to plan questions: a blink, however large the store."""
_APPS = sa.func.count(sa.distinct(t.versions.c.app_id)).label("apps")


def count_totals(connection: Connection) -> None:
    """Count anew."""
    connection.execute(t.totals.delete())
    none = sa.literal("")
    signers = (
        sa.select(sa.literal("signer"), t.signers.c.sha256, none, _APPS)
        .join(t.version_signers, t.version_signers.c.signer_id == t.signers.c.id)
        .join(t.versions, t.versions.c.id == t.version_signers.c.version_id)
        .group_by(t.signers.c.sha256)
    )
    practices = t.practices.c
    recipients = (
        sa.select(sa.literal("recipient"), practices.data_type, practices.recipient, _APPS)
        .join(t.versions, t.versions.c.id == practices.version_id)
        .where(practices.action == "share")
        .group_by(practices.data_type, practices.recipient)
    )
    hosts = (
        sa.select(sa.literal("host"), t.endpoints.c.host, none, _APPS)
        .join(t.versions, t.versions.c.id == t.endpoints.c.version_id)
        .where(t.endpoints.c.host != "")
        .group_by(t.endpoints.c.host)
    )
    for query in (signers, recipients, hosts):
        connection.execute(t.totals.insert().from_select(["kind", "name", "part", "apps"], query))


def note_sizes(connection: Connection) -> None:
    """Let SQLite note how its tables are filled, to plan well; PostgreSQL does so by itself."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA analysis_limit={_SAMPLED}")
        connection.exec_driver_sql("ANALYZE")
