"""The tables of the store.

Three kinds, kept apart: *facts* that the bytes of a package alone decide (`facts`, `documents`),
*verdicts* over them (`reports` and the rows made from them: `practices`, `findings`, …), and the
*work* itself (`runs`, `sources`, `attempts`, `failures`). Rows repeat what the documents hold, in
columns that questions can be asked of; they are made anew with every verdict.

Every change of a table needs a migration in `migrations/versions/`; a test compares the two.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

HEAD = "0002"
"""The newest migration."""

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows only in a column of exactly this type."""


def _text(name: str, *, index: bool = False, unique: bool = False) -> Column[str]:
    return Column(name, Text, nullable=False, default="", index=index, unique=unique)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=True)


def _version(*, key: bool = False) -> Column[int]:
    at = ForeignKey("versions.id", ondelete="CASCADE")
    return Column("version_id", Id, at, nullable=False, primary_key=key, index=not key)


def _table(name: str, *columns: Column[Any] | Index) -> Table:
    return Table(name, METADATA, *columns)


def _rows(name: str, *columns: Column[Any] | Index) -> Table:
    """A table of rows that one verdict of one version makes; `n` is their order."""
    number: Column[int] = Column("n", Integer, primary_key=True, nullable=False)
    every = (_version(key=True), number, *columns)
    return Table(name, METADATA, *every, sqlite_with_rowid=False)


_ID: TypeEngine[int] = Id

# ---------------------------------------------------------------- work

catalogues = _table(
    "catalogues",
    Column("digest", Text, primary_key=True),
    _text("facts_digest"),
    _text("tool_version"),
)
runs = _table(
    "runs",
    Column("id", _ID, primary_key=True),
    _text("started"),
    _text("ended"),
    _text("state"),
    _text("place"),
    _text("catalogue"),
    _text("options"),
    _text("summary"),
)
sources = _table(
    "sources",
    Column("id", _ID, primary_key=True),
    _text("location", unique=True),
    _number("size"),
    _text("stamp"),
    _text("sha256", index=True),
    _text("store"),
    _text("developer", index=True),
    _text("link"),
    _text("date"),
)
given_terms = _table(
    "given_terms",
    Column("source_id", _ID, ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Integer, primary_key=True),
    _text("name"),
    _text("sha256"),
)
failures = _table(
    "failures",
    Column("id", _ID, primary_key=True),
    _text("location", unique=True),
    _text("sha256", index=True),
    _text("stage"),
    _text("kind", index=True),
    _text("reason"),
    _text("facts_key"),
    Column("attempts", Integer, nullable=False, default=1),
)
attempts = _table(
    "attempts",
    Column("id", _ID, primary_key=True),
    Column("run_id", _ID, ForeignKey("runs.id", ondelete="CASCADE"), index=True),
    _text("sha256", index=True),
    _text("work"),
    _text("outcome"),
    Column("milliseconds", Integer, nullable=False, default=0),
    Column("peak_kb", Integer, nullable=False, default=0),
)

# ---------------------------------------------------------------- apps and facts

apps = _table("apps", Column("id", _ID, primary_key=True), _text("package", unique=True))
versions = _table(
    "versions",
    Column("id", _ID, primary_key=True),
    Column("app_id", _ID, ForeignKey("apps.id"), nullable=False, index=True),
    _text("sha256", unique=True),
    _text("file"),
    _number("size"),
    _text("label"),
    _text("version_name"),
    _text("version_code"),
    _number("min_sdk"),
    _number("target_sdk"),
    _text("severity"),
    Column("severity_rank", Integer, nullable=False, default=-1),
    Column("lending", Boolean, nullable=True),
    Column("findings", Integer, nullable=False, default=0),
    Column("declared", Integer, nullable=False, default=0),
    Column("blind", Boolean, nullable=False, default=False),
    _text("facts_key"),
    _text("verdict_key"),
    Index("ix_versions_severity_rank_findings_id", "severity_rank", "findings", "id"),
    Index(
        "ix_versions_declared_severity_rank_findings_id",
        *("declared", "severity_rank", "findings", "id"),
    ),
)
facts = _table("facts", _version(key=True), Column("body", LargeBinary, nullable=False))
reports = _table("reports", _version(key=True), Column("body", LargeBinary, nullable=False))
documents = _table(
    "documents",
    Column("sha256", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
signers = _table(
    "signers",
    Column("id", _ID, primary_key=True),
    _text("sha256", unique=True),
    _text("subject"),
)
version_signers = _rows(
    "version_signers",
    Column("signer_id", _ID, ForeignKey("signers.id"), nullable=False),
    _text("scheme"),
    _text("not_before"),
    Index("ix_version_signers_signer_id_version_id", "signer_id", "version_id"),
)
parts = _rows("parts", _text("name"), _text("sha256", index=True), _number("size"))

# ---------------------------------------------------------------- rows of a verdict

permissions = _rows(
    "permissions",
    _text("name"),
    _number("max_sdk"),
    _number("reachable_uses"),
    _number("referenced_uses"),
    Index("ix_permissions_name_version_id", "name", "version_id"),
)
practices = _rows(
    "practices",
    _text("action"),
    _text("data_type"),
    _text("level"),
    _text("scope"),
    _text("recipient"),
    _text("owner"),
    _text("disclosure"),
    _text("trigger"),
    Column("before_consent", Boolean, nullable=True),
    Index("ix_practices_data_type_action_disclosure", "data_type", "action", "disclosure"),
    Index("ix_practices_data_type_before_consent", "data_type", "before_consent"),
    Index("ix_practices_recipient_data_type", "recipient", "data_type"),
)
flows = _rows(
    "flows",
    _text("flow"),
    _text("data_type"),
    _text("level"),
    _text("scope"),
    _text("sink"),
    _text("endpoint"),
    _text("host"),
    _text("fields"),
    _text("owner"),
    _text("recipient"),
    _text("trigger"),
    Column("before_consent", Boolean, nullable=True),
    Index("ix_flows_host_data_type_version_id", "host", "data_type", "version_id"),
    Index("ix_flows_data_type_sink", "data_type", "sink"),
)
endpoints = _rows(
    "endpoints",
    _text("url"),
    _text("scheme"),
    _text("host"),
    _text("path"),
    _text("method"),
    _text("resolution"),
    _text("owner"),
    _text("recipient"),
    Column("cleartext", Boolean, nullable=False, default=False),
    Index("ix_endpoints_host_version_id", "host", "version_id"),
)
libraries = _rows(
    "libraries",
    _text("library"),
    _text("name"),
    _text("vendor", index=True),
    _text("release"),
    _text("category"),
    Index("ix_libraries_library_version_id", "library", "version_id"),
)
statements = _rows(
    "statements",
    _text("statement"),
    _text("document"),
    _text("entity"),
    _text("action"),
    _text("data_type"),
    Column("negated", Boolean, nullable=False, default=False),
    _text("quote"),
    Index("ix_statements_data_type_action", "data_type", "action"),
)
findings = _rows(
    "findings",
    _text("rule"),
    _text("severity"),
    _text("practice"),
    _text("disclosure"),
    _text("title"),
    _text("title_zh"),
    Index("ix_findings_rule_version_id", "rule", "version_id"),
)
limits = _rows(
    "limits",
    *(_text("kind"), _text("place"), _text("why")),
    Index("ix_limits_kind_version_id", "kind", "version_id"),
)
packers = _rows("packers", _text("packer", index=True), _text("name"), _text("confidence"))

VERDICT_ROWS = (
    *(permissions, practices, flows, endpoints, libraries, statements, findings, limits),
    packers,
)
"""Tables whose rows a verdict makes, and makes anew."""

# ---------------------------------------------------------------- names and makers

names = _table(
    "names",
    Column("id", _ID, primary_key=True),
    _text("kind"),
    _text("text"),
    _text("folded", index=True),
    _text("sound", index=True),
    _text("initials"),
    Index("uq_names_kind_text", "kind", "text", unique=True),
)
name_versions = _table(
    "name_versions",
    Column("name_id", _ID, ForeignKey("names.id"), primary_key=True),
    _version(key=True),
    Index("ix_name_versions_version_id", "version_id"),
)
grams = Table(
    "grams",
    METADATA,
    Column("gram", Text, primary_key=True),
    Column("size", Integer, primary_key=True),
    Column("name_id", _ID, ForeignKey("names.id"), primary_key=True),
    sqlite_with_rowid=False,
)
"""`size`: letters of the form of the name (as written, sound, initials) that holds the gram."""
totals = _table(
    "totals",
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("apps", Integer, nullable=False, default=0),
    Index("ix_totals_kind_name_apps", "kind", "name", "apps"),
    Index("ix_totals_kind_apps", "kind", "apps"),
)
"""Numbers of apps that are counted when a batch ends: see `totals.py`."""
traits = _table(
    "traits",
    _version(key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Index("ix_traits_kind_value", "kind", "value"),
)
sketches = _table(
    "sketches",
    _version(key=True),
    Column("kind", Text, primary_key=True),
    Column("size", Integer, nullable=False, default=0),
    _text("body"),
)
clusters = _table(
    "clusters",
    Column("id", _ID, primary_key=True),
    _text("kind"),
    _text("key"),
    _text("evidence"),
    Column("apps", Integer, nullable=False, default=0),
    Index("ix_clusters_kind_apps", "kind", "apps"),
)
cluster_members = _table(
    "cluster_members",
    Column("cluster_id", _ID, ForeignKey("clusters.id", ondelete="CASCADE"), primary_key=True),
    _version(key=True),
    _text("why"),
    Index("ix_cluster_members_version_id", "version_id"),
)
