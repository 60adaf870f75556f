"""The first form of the store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915 - a statement for each table
    """Make every table."""
    op.create_table(
        "apps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("package", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_apps")),
        sa.UniqueConstraint("package", name=("uq_apps_package")),
    )
    op.create_table(
        "catalogues",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("facts_digest", sa.Text(), nullable=False),
        sa.Column("tool_version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=("pk_catalogues")),
    )
    op.create_table(
        "clusters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("apps", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_clusters")),
    )
    op.create_index("ix_clusters_kind_apps", "clusters", ["kind", "apps"], unique=False)
    op.create_table(
        "documents",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=("pk_documents")),
    )
    op.create_table(
        "failures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("facts_key", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_failures")),
        sa.UniqueConstraint("location", name=("uq_failures_location")),
    )
    op.create_index(("ix_failures_kind"), "failures", ["kind"], unique=False)
    op.create_index(("ix_failures_sha256"), "failures", ["sha256"], unique=False)
    op.create_table(
        "names",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("sound", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_names")),
    )
    op.create_index(("ix_names_folded"), "names", ["folded"], unique=False)
    op.create_index(("ix_names_sound"), "names", ["sound"], unique=False)
    op.create_index("uq_names_kind_text", "names", ["kind", "text"], unique=True)
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started", sa.Text(), nullable=False),
        sa.Column("ended", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("catalogue", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_runs")),
    )
    op.create_table(
        "signers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_signers")),
        sa.UniqueConstraint("sha256", name=("uq_signers_sha256")),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("developer", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_sources")),
        sa.UniqueConstraint("location", name=("uq_sources_location")),
    )
    op.create_index(("ix_sources_developer"), "sources", ["developer"], unique=False)
    op.create_index(("ix_sources_sha256"), "sources", ["sha256"], unique=False)
    op.create_table(
        "totals",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("apps", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "part", name=("pk_totals")),
    )
    op.create_index("ix_totals_kind_apps", "totals", ["kind", "apps"], unique=False)
    op.create_index("ix_totals_kind_name_apps", "totals", ["kind", "name", "apps"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("peak_kb", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=("fk_attempts_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_attempts")),
    )
    op.create_index(("ix_attempts_run_id"), "attempts", ["run_id"], unique=False)
    op.create_index(("ix_attempts_sha256"), "attempts", ["sha256"], unique=False)
    op.create_table(
        "given_terms",
        sa.Column(
            "source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=("fk_given_terms_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "n", name=("pk_given_terms")),
    )
    op.create_table(
        "grams",
        sa.Column("gram", sa.Text(), nullable=False),
        sa.Column("name_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["name_id"], ["names.id"], name=("fk_grams_name_id")),
        sa.PrimaryKeyConstraint("gram", "name_id", name=("pk_grams")),
    )
    op.create_table(
        "versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("app_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("version_name", sa.Text(), nullable=False),
        sa.Column("version_code", sa.Text(), nullable=False),
        sa.Column("min_sdk", sa.BigInteger(), nullable=True),
        sa.Column("target_sdk", sa.BigInteger(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("severity_rank", sa.Integer(), nullable=False),
        sa.Column("lending", sa.Boolean(), nullable=True),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("declared", sa.Integer(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("facts_key", sa.Text(), nullable=False),
        sa.Column("verdict_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name=("fk_versions_app_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_versions")),
        sa.UniqueConstraint("sha256", name=("uq_versions_sha256")),
    )
    op.create_index(("ix_versions_app_id"), "versions", ["app_id"], unique=False)
    op.create_index(
        "ix_versions_severity_rank_findings",
        "versions",
        ["severity_rank", "findings"],
        unique=False,
    )
    op.create_table(
        "cluster_members",
        sa.Column(
            "cluster_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"],
            ["clusters.id"],
            name=("fk_cluster_members_cluster_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["versions.id"],
            name=("fk_cluster_members_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cluster_id", "version_id", name=("pk_cluster_members")),
    )
    op.create_index(
        "ix_cluster_members_version_id", "cluster_members", ["version_id"], unique=False
    )
    op.create_table(
        "endpoints",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("cleartext", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=("fk_endpoints_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "n", name=("pk_endpoints")),
        sqlite_with_rowid=False,
    )
    op.create_index(("ix_endpoints_host"), "endpoints", ["host"], unique=False)
    op.create_table(
        "facts",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=("fk_facts_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", name=("pk_facts")),
    )
    op.create_table(
        "findings",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("disclosure", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=("fk_findings_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "n", name=("pk_findings")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_findings_rule_version_id", "findings", ["rule", "version_id"], unique=False)
    op.create_table(
        "flows",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("data_type", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("sink", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("before_consent", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=("fk_flows_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "n", name=("pk_flows")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_flows_data_type_sink", "flows", ["data_type", "sink"], unique=False)
    op.create_index("ix_flows_host_data_type", "flows", ["host", "data_type"], unique=False)
    op.create_table(
        "libraries",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("library", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=("fk_libraries_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "n", name=("pk_libraries")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_libraries_library_version_id", "libraries", ["library", "version_id"], unique=False
    )
    op.create_index(("ix_libraries_vendor"), "libraries", ["vendor"], unique=False)
    op.create_table(
        "limits",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=("fk_limits_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "n", name=("pk_limits")),
        sqlite_with_rowid=False,
    )
    op.create_index(("ix_limits_kind"), "limits", ["kind"], unique=False)
    op.create_table(
        "name_versions",
        sa.Column("name_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(["name_id"], ["names.id"], name=("fk_name_versions_name_id")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["versions.id"],
            name=("fk_name_versions_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("name_id", "version_id", name=("pk_name_versions")),
    )
    op.create_index("ix_name_versions_version_id", "name_versions", ["version_id"], unique=False)
    op.create_table(
        "packers",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("packer", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=("fk_packers_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "n", name=("pk_packers")),
        sqlite_with_rowid=False,
    )
    op.create_index(("ix_packers_packer"), "packers", ["packer"], unique=False)
    op.create_table(
        "parts",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=("fk_parts_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "n", name=("pk_parts")),
        sqlite_with_rowid=False,
    )
    op.create_index(("ix_parts_sha256"), "parts", ["sha256"], unique=False)
    op.create_table(
        "permissions",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("max_sdk", sa.BigInteger(), nullable=True),
        sa.Column("reachable_uses", sa.BigInteger(), nullable=True),
        sa.Column("referenced_uses", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=("fk_permissions_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "n", name=("pk_permissions")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_permissions_name_version_id", "permissions", ["name", "version_id"], unique=False
    )
    op.create_table(
        "practices",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("data_type", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("disclosure", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("before_consent", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=("fk_practices_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "n", name=("pk_practices")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_practices_data_type_action_disclosure",
        "practices",
        ["data_type", "action", "disclosure"],
        unique=False,
    )
    op.create_index(
        "ix_practices_data_type_before_consent",
        "practices",
        ["data_type", "before_consent"],
        unique=False,
    )
    op.create_index(
        "ix_practices_recipient_data_type", "practices", ["recipient", "data_type"], unique=False
    )
    op.create_table(
        "reports",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=("fk_reports_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", name=("pk_reports")),
    )
    op.create_table(
        "sketches",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=("fk_sketches_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "kind", name=("pk_sketches")),
    )
    op.create_table(
        "statements",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("data_type", sa.Text(), nullable=False),
        sa.Column("negated", sa.Boolean(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=("fk_statements_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "n", name=("pk_statements")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_statements_data_type_action", "statements", ["data_type", "action"], unique=False
    )
    op.create_table(
        "traits",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=("fk_traits_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "kind", "value", name=("pk_traits")),
    )
    op.create_index("ix_traits_kind_value", "traits", ["kind", "value"], unique=False)
    op.create_table(
        "version_signers",
        sa.Column(
            "version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column(
            "signer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("not_before", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signer_id"], ["signers.id"], name=("fk_version_signers_signer_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["versions.id"],
            name=("fk_version_signers_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "n", name=("pk_version_signers")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        ("ix_version_signers_signer_id"), "version_signers", ["signer_id"], unique=False
    )


def downgrade() -> None:  # noqa: PLR0915 - a statement for each table
    """Drop every table."""
    op.drop_index(("ix_version_signers_signer_id"), table_name="version_signers")
    op.drop_table("version_signers")
    op.drop_index("ix_traits_kind_value", table_name="traits")
    op.drop_table("traits")
    op.drop_index("ix_statements_data_type_action", table_name="statements")
    op.drop_table("statements")
    op.drop_table("sketches")
    op.drop_table("reports")
    op.drop_index("ix_practices_recipient_data_type", table_name="practices")
    op.drop_index("ix_practices_data_type_before_consent", table_name="practices")
    op.drop_index("ix_practices_data_type_action_disclosure", table_name="practices")
    op.drop_table("practices")
    op.drop_index("ix_permissions_name_version_id", table_name="permissions")
    op.drop_table("permissions")
    op.drop_index(("ix_parts_sha256"), table_name="parts")
    op.drop_table("parts")
    op.drop_index(("ix_packers_packer"), table_name="packers")
    op.drop_table("packers")
    op.drop_index("ix_name_versions_version_id", table_name="name_versions")
    op.drop_table("name_versions")
    op.drop_index(("ix_limits_kind"), table_name="limits")
    op.drop_table("limits")
    op.drop_index(("ix_libraries_vendor"), table_name="libraries")
    op.drop_index("ix_libraries_library_version_id", table_name="libraries")
    op.drop_table("libraries")
    op.drop_index("ix_flows_host_data_type", table_name="flows")
    op.drop_index("ix_flows_data_type_sink", table_name="flows")
    op.drop_table("flows")
    op.drop_index("ix_findings_rule_version_id", table_name="findings")
    op.drop_table("findings")
    op.drop_table("facts")
    op.drop_index(("ix_endpoints_host"), table_name="endpoints")
    op.drop_table("endpoints")
    op.drop_index("ix_cluster_members_version_id", table_name="cluster_members")
    op.drop_table("cluster_members")
    op.drop_index("ix_versions_severity_rank_findings", table_name="versions")
    op.drop_index(("ix_versions_app_id"), table_name="versions")
    op.drop_table("versions")
    op.drop_table("grams")
    op.drop_table("given_terms")
    op.drop_index(("ix_attempts_sha256"), table_name="attempts")
    op.drop_index(("ix_attempts_run_id"), table_name="attempts")
    op.drop_table("attempts")
    op.drop_index("ix_totals_kind_name_apps", table_name="totals")
    op.drop_index("ix_totals_kind_apps", table_name="totals")
    op.drop_table("totals")
    op.drop_index(("ix_sources_sha256"), table_name="sources")
    op.drop_index(("ix_sources_developer"), table_name="sources")
    op.drop_table("sources")
    op.drop_table("signers")
    op.drop_table("runs")
    op.drop_index("uq_names_kind_text", table_name="names")
    op.drop_index(("ix_names_sound"), table_name="names")
    op.drop_index(("ix_names_folded"), table_name="names")
    op.drop_table("names")
    op.drop_index(("ix_failures_sha256"), table_name="failures")
    op.drop_index(("ix_failures_kind"), table_name="failures")
    op.drop_table("failures")
    op.drop_table("documents")
    op.drop_index("ix_clusters_kind_apps", table_name="clusters")
    op.drop_table("clusters")
    op.drop_table("catalogues")
    op.drop_table("apps")
