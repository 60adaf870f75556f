"""Indexes in the order in which answers are shown, so that the first rows are quick.

Grams get the size of what holds them, so that those of the shortest names come first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OLD = (
    ("ix_versions_severity_rank_findings", "versions"),
    ("ix_version_signers_signer_id", "version_signers"),
    ("ix_flows_host_data_type", "flows"),
    ("ix_endpoints_host", "endpoints"),
    ("ix_limits_kind", "limits"),
)
NEW = (
    ("versions", ("severity_rank", "findings", "id")),
    ("versions", ("declared", "severity_rank", "findings", "id")),
    ("version_signers", ("signer_id", "version_id")),
    ("flows", ("host", "data_type", "version_id")),
    ("endpoints", ("host", "version_id")),
    ("limits", ("kind", "version_id")),
)


def upgrade() -> None:
    """Replace them."""
    for name, table in OLD:
        op.drop_index(name, table)
    for table, columns in NEW:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
    op.execute("CREATE TABLE grams_before AS SELECT gram, name_id FROM grams")
    op.drop_table("grams")
    op.create_table(
        "grams",
        sa.Column("gram", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("name_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["name_id"], ["names.id"], name=("fk_grams_name_id")),
        sa.PrimaryKeyConstraint("gram", "size", "name_id", name=("pk_grams")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO grams (gram, size, name_id) SELECT g.gram, CASE "
        "WHEN '^' || n.initials || '$' LIKE '%' || g.gram || '%' THEN length(n.initials) "
        "WHEN '^' || n.folded || '$' LIKE '%' || g.gram || '%' THEN length(n.folded) "
        "ELSE length(n.sound) END, n.id FROM grams_before g JOIN names n ON n.id = g.name_id"
    )
    op.drop_table("grams_before")
