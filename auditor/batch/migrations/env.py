"""Run by Alembic: apply the migrations over the connection that `store` hands in."""

from __future__ import annotations

from alembic import context

from auditor.batch.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
