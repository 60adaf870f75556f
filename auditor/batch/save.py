"""Write one answer of a worker into the store: one app, one transaction, all or nothing.

Writing the same answer twice leaves what writing it once leaves. Rows carry no time and no order of
arrival, so that a batch that was killed ends with the store of one that was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditor.batch import schema as t
from auditor.batch.names import every_gram, fold, initials, sound

Answer = Mapping[str, Any]


def save_audit(
    connection: Connection,
    answer: Answer,
    parts: Sequence[bytes],
    facts_key: str,
    verdict_key: str,
) -> int:
    """Write facts, documents and verdict of one app; give the id of its version."""
    report, facts, *bodies = parts
    for digest, body in zip(answer["documents"], bodies, strict=True):
        save_document(connection, digest, body)
    version, fresh = _version(connection, answer)
    _only_row(connection, t.facts, version, {"body": facts}, fresh=fresh)
    rows = [dict(zip(("name", "sha256", "size"), row, strict=True)) for row in answer["parts"]]
    _all_rows(connection, t.parts, version, rows, fresh=fresh)
    _signers(connection, version, answer["signers"], fresh=fresh)
    _names(connection, version, answer, fresh=fresh)
    _sketches(connection, version, answer["sketches"], ("class", "method"), fresh=fresh)
    values: dict[str, Any] = {"facts_key": facts_key}
    connection.execute(t.versions.update().where(t.versions.c.id == version).values(values))
    _verdict(connection, version, answer, report, verdict_key, fresh=fresh)
    return version


def save_verdict(
    connection: Connection, answer: Answer, parts: Sequence[bytes], verdict_key: str
) -> int:
    """Write a new verdict over facts that are stored already."""
    version, _ = _version(connection, answer)
    _verdict(connection, version, answer, parts[0], verdict_key)
    return version


def save_document(connection: Connection, digest: str, body: bytes) -> None:
    """Keep a document of terms (compressed) once."""
    known = sa.select(t.documents.c.sha256).where(t.documents.c.sha256 == digest)
    if connection.execute(known).first() is None:
        connection.execute(t.documents.insert().values(sha256=digest, body=body))


def save_failure(connection: Connection, row: Mapping[str, Any], answer: Answer) -> None:
    """Record that an app could not be audited; `row` has the columns but kind and reason."""
    forget_failure(connection, row["location"])
    reason = str(answer["reason"])[:2_000].replace("\x00", "\ufffd")
    reason = reason.encode("utf-8", "replace").decode("utf-8")
    said = {"kind": answer["kind"], "reason": reason}
    connection.execute(t.failures.insert().values({**row, **said}))


def forget_failure(connection: Connection, location: str) -> None:
    """Drop the failure of a place that was read after all."""
    connection.execute(t.failures.delete().where(t.failures.c.location == location))


def _version(connection: Connection, answer: Answer) -> tuple[int, bool]:
    """Give the id of the version, and whether it is new: then there are no rows to replace."""
    app = _id_of(connection, t.apps, {"package": answer["package"]})
    values = {"app_id": app, **answer["version"]}
    same = t.versions.c.sha256 == answer["sha256"]
    found = connection.execute(sa.select(t.versions.c.id).where(same)).scalar()
    if found is None:
        key = {"sha256": answer["sha256"]}
        return _id_of(connection, t.versions, key, values), True
    connection.execute(t.versions.update().where(same).values(values))
    return int(found), False


def _verdict(
    connection: Connection,
    version: int,
    answer: Answer,
    report: bytes,
    verdict_key: str,
    *,
    fresh: bool = False,
) -> None:
    _only_row(connection, t.reports, version, {"body": report}, fresh=fresh)
    for table in t.VERDICT_ROWS:
        names = [c.name for c in table.columns if c.name not in ("version_id", "n")]
        rows = [dict(zip(names, row, strict=True)) for row in answer["tables"][table.name]]
        _all_rows(connection, table, version, rows, fresh=fresh)
    _sketches(connection, version, answer["sketches"], ("terms",), fresh=fresh)
    if not fresh:
        connection.execute(t.traits.delete().where(t.traits.c.version_id == version))
    traits = [{"version_id": version, "kind": k, "value": v} for k, v in answer["traits"]]
    if traits:
        connection.execute(t.traits.insert(), traits)
    values = {"verdict_key": verdict_key}
    connection.execute(t.versions.update().where(t.versions.c.id == version).values(values))


def _id_of(
    connection: Connection,
    table: sa.Table,
    key: Mapping[str, Any],
    more: Mapping[str, Any] | None = None,
) -> int:
    """Give the id of the row with this key; make the row when there is none."""
    same = [table.c[name] == value for name, value in key.items()]
    found = connection.execute(sa.select(table.c.id).where(*same)).scalar()
    if found is not None:
        return int(found)
    made = connection.execute(table.insert().values({**key, **(more or {})}))
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def _only_row(
    connection: Connection,
    table: sa.Table,
    version: int,
    values: Mapping[str, Any],
    *,
    fresh: bool,
) -> None:
    if not fresh:
        connection.execute(table.delete().where(table.c.version_id == version))
    connection.execute(table.insert().values(version_id=version, **values))


def _all_rows(
    connection: Connection,
    table: sa.Table,
    version: int,
    rows: Iterable[Mapping[str, Any]],
    *,
    fresh: bool,
) -> None:
    """Replace the rows of one version."""
    if not fresh:
        connection.execute(table.delete().where(table.c.version_id == version))
    numbered = [{"version_id": version, "n": n, **row} for n, row in enumerate(rows)]
    if numbered:
        connection.execute(table.insert(), numbered)


def _signers(
    connection: Connection, version: int, signers: Iterable[Sequence[str]], *, fresh: bool
) -> None:
    rows = []
    for sha256, subject, scheme, not_before in signers:
        signer = _id_of(connection, t.signers, {"sha256": sha256}, {"subject": subject})
        rows.append({"signer_id": signer, "scheme": scheme, "not_before": not_before})
    _all_rows(connection, t.version_signers, version, rows, fresh=fresh)


def _sketches(
    connection: Connection,
    version: int,
    rows: Iterable[Sequence[Any]],
    kinds: Sequence[str],
    *,
    fresh: bool,
) -> None:
    table = t.sketches
    mine = (table.c.version_id == version) & table.c.kind.in_(kinds)
    if not fresh:
        connection.execute(table.delete().where(mine))
    for kind, size, body in rows:
        if kind in kinds:
            values = {"version_id": version, "kind": kind, "size": size, "body": body}
            connection.execute(table.insert().values(values))


def _names(connection: Connection, version: int, answer: Answer, *, fresh: bool) -> None:
    table = t.name_versions
    others = t.names.c.kind != "developer"  # that one comes from the list, not from the app
    mine = (table.c.version_id == version) & table.c.name_id.in_(
        sa.select(t.names.c.id).where(others)
    )
    if not fresh:
        connection.execute(table.delete().where(mine))
    pairs = [("package", answer["package"])]
    pairs += [("label", label) for label in answer["labels"]]
    pairs += [("signer", name) for row in answer["signers"] for name in _subject_names(row[1])]
    pairs += [("signer", row[0]) for row in answer["signers"]]
    for kind, text in dict.fromkeys(pairs):
        link_name(connection, version, kind, text)


def link_name(connection: Connection, version: int, kind: str, text: str) -> None:
    """Let a version be found by a name."""
    folded = fold(text)
    if not folded:
        return
    key = {"kind": kind, "text": text[:200]}
    same = (t.names.c.kind == kind) & (t.names.c.text == key["text"])
    found = connection.execute(sa.select(t.names.c.id).where(same)).scalar()
    if found is None:
        found = _id_of(
            connection,
            t.names,
            key,
            {"folded": folded, "sound": sound(text), "initials": initials(text)},
        )
        if len(folded) < 64 or kind != "signer":
            sizes = sorted(every_gram(text).items())
            rows = [{"gram": gram, "size": size, "name_id": found} for gram, size in sizes]
            connection.execute(t.grams.insert(), rows)
    pair = {"name_id": found, "version_id": version}
    linked = t.name_versions.c
    known = sa.select(linked.name_id).where(linked.name_id == found, linked.version_id == version)
    if connection.execute(known).first() is None:
        connection.execute(t.name_versions.insert().values(pair))


def _subject_names(subject: str) -> list[str]:
    """Give organisation and common name of a subject, `CN=…, O=…` in either order."""
    found = []
    for part in subject.split(","):
        key, _, value = part.partition("=")
        if key.strip().upper() in ("CN", "O") and value.strip():
            found.append(value.strip()[:200])
    return found
