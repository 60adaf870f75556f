"""What others may have made and this program reads again: reports, evidence, stores.

The first byte of an input chooses what it is about. The rest is taken as it is, or as changes to
something valid: which part, and what stands there instead.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from auditor.errors import AuditError
from auditor.evidence import Settings, check_contents, open_container, pack_evidence, signed
from auditor.evidence.sshsig import load_public_key, read_signature
from auditor.report import render_json
from auditor.report.changes import compare
from auditor.report.changes_out import changes_lines, render_changes_html, render_changes_json
from auditor.report.contract import Document
from auditor.report.notices import notice_rows
from auditor.report.reopen import parse_report
from tests.report_fixture import everywhere, rich

Place = tuple[Any, Any]
"""A container of a JSON value and a key of it."""


def fuzz_reopen(data: bytes) -> None:
    """A report, an evidence ZIP, a signature, a key, or a store of somebody else."""
    kinds: Sequence[Callable[[bytes], None]] = (
        _changed_report, _raw_report, _changed_evidence, _raw_evidence, _texts, _damaged_store,
        _changed_store,
    )  # fmt: skip
    kinds[(data[0] if data else 0) % len(kinds)](data[1:])


def _reported(error: AuditError) -> None:
    str(error).encode("utf-8")
    assert "\n" not in str(error)


# ---------------------------------------------------------------- reports


@cache
def _valid() -> tuple[bytes, Document]:
    body = render_json(rich(), "en").encode()
    return body, parse_report(body, "valid")


@cache
def _pattern() -> tuple[Any, list[Place]]:
    """A report as plain values, and every place in it."""
    root = json.loads(render_json(everywhere("x"), "en"))
    return root, list(_places(root))


def _places(value: Any) -> Iterator[Place]:  # noqa: ANN401
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(items):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def _changed_report(data: bytes) -> None:
    root = copy.deepcopy(_pattern()[0])
    places = list(_places(root))
    for at in range(0, min(len(data), 60) - 4, 5):
        holder, key = places[int.from_bytes(data[at : at + 2], "little") % len(places)]
        if (
            isinstance(holder, list)
            and key >= len(holder)
            or isinstance(holder, dict)
            and key not in holder
        ):
            continue
        _put(holder, key, data[at + 2], data[at + 3 : at + 5])
    _look(json.dumps(root).encode(), page=zlib.crc32(data) % 60 == 0)


def _put(holder: Any, key: Any, what: int, more: bytes) -> None:  # noqa: ANN401
    old = holder[key]
    values: list[Any] = [
        None, "", -1, 1 << 70, True, 1e308, float("nan"), [], {}, [old], {"a": old}, "\ud800",
        "\0\x1b[31m\u202e", "<script>", "a" * 3_000, more.decode("latin-1"), [old, old], "http://[",
        "x" * (more[0] if more else 1), [[[[[[[[]]]]]]]],
        int.from_bytes(more, "little", signed=True),
        "Lp/A;->m()V@3", "2024-02-30", "high", "contacts", f"{old}" * 2,
    ]  # fmt: skip
    if what % 32 < len(values):
        holder[key] = values[what % 32]
    elif isinstance(holder, dict):
        del holder[key]
    else:
        holder.insert(key, copy.deepcopy(old))


def _raw_report(data: bytes) -> None:
    _look(data, page=zlib.crc32(data) % 60 == 0)


def _look(body: bytes, *, page: bool) -> None:
    """Compare with a valid report, both ways, and make notices of it."""
    try:
        found = parse_report(body, "x")
    except AuditError as error:
        _reported(error)
        return
    valid = _valid()[1]
    for old, new in ((valid, found), (found, valid)):
        changes = compare(old, new)
        json.loads(render_changes_json(changes).encode("utf-8"))
        for line in changes_lines(changes, "zh"):
            line.text.encode("utf-8")
            assert "\x1b" not in line.text
            assert "\n" not in line.text
        if page:
            assert "<script" not in render_changes_html(changes, "en").encode("utf-8").decode()
    for notice in notice_rows([found, valid], {}):
        repr(notice).encode("utf-8")


# ---------------------------------------------------------------- evidence


@cache
def _scratch() -> Path:
    base = Path("/dev/shm")  # noqa: S108  a file system in memory, where there is one
    return Path(tempfile.mkdtemp(prefix="fuzz-again-", dir=base if base.is_dir() else None))


@cache
def _evidence() -> dict[str, bytes]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from fuzz.harnesses import kept_catalog

    files = pack_evidence(rich(), [("terms.txt", b"terms")], Settings(), kept_catalog())
    return signed(files, Ed25519PrivateKey.from_private_bytes(b"k" * 32))


def _changed_evidence(data: bytes) -> None:
    files = dict(_evidence())
    out = io.BytesIO()
    names = sorted(files)
    for at in range(0, min(len(data), 40) - 7, 8):
        name, what, rest = names[data[at] % len(names)], data[at + 1], data[at + 2 : at + 8]
        body = files.get(name, b"")
        if what % 5 == 0:
            files.pop(name, None)
        elif what % 5 == 1:
            place = int.from_bytes(rest[:3], "little") % (len(body) + 1)
            files[name] = body[:place] + rest[3:] + body[place + 2 :]
        elif what % 5 == 2:
            files[name] = data[at + 2 :]
        elif what % 5 == 3:
            files[rest.decode("latin-1")] = body[:99]
        else:
            files[name.upper() if rest[0] % 2 else f"../{name}"] = body[:99]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if len(data) % 2 else 0) as archive:
        for name in sorted(files):
            archive.writestr(name.partition("\0")[0] or "x", files[name])
    _check(out.getvalue())


def _raw_evidence(data: bytes) -> None:
    _check(data)


def _check(body: bytes) -> None:
    path = _scratch() / "e.zip"
    path.write_bytes(body)
    try:
        container = open_container(path)
        found = check_contents(container, None, body, None)
    except AuditError as error:
        _reported(error)
        return
    for outcome in found.outcomes:
        repr(outcome).encode("utf-8")


def _texts(data: bytes) -> None:
    """A signature, and a key."""
    text = data.decode("utf-8", "replace")
    for read in (read_signature, lambda t: load_public_key(t, "x")):
        try:
            read(text)
        except AuditError as error:
            _reported(error)
        except ValueError as error:
            assert read is read_signature, error


# ---------------------------------------------------------------- stores


@cache
def _stored() -> bytes:
    """A store with two samples."""
    from auditor.cli import run

    samples = Path(__file__).parents[1] / "samples"
    path = _scratch() / "made.db"
    apps = [str(samples / name / "app.apk") for name in ("relay", "sdk-collector")]
    assert run(["batch", *apps, "-s", str(path), "-q", "--workers", "1"]) == 0
    whole = _scratch() / "whole.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", [str(whole)])
    return whole.read_bytes()


def _fresh(body: bytes) -> Path:
    path = _scratch() / "s.db"
    for old in _scratch().glob("s.db*"):
        old.unlink(missing_ok=True)
    path.write_bytes(body)
    return path


def _damaged_store(data: bytes) -> None:
    """Bytes of a store changed: each five are a place and what stands there instead."""
    body = bytearray(_stored())
    for at in range(0, min(len(data), 400) - 4, 5):
        place = int.from_bytes(data[at : at + 3], "little") % (len(body) - 2)
        body[place : place + 2] = data[at + 3 : at + 5]
    _read(_fresh(bytes(body)))


_VALUES = (
    "NULL", "''", "-1", "9223372036854775807", "1.5e300", "x'00'", "x'789c'",
    "CAST(x'eda080' AS TEXT)",
    "CAST(x'ff00' AS TEXT)", "'<script>'", "char(27) || '[31m'", "zeroblob(100000)", "'{}'", "'[]'",
    "'2024-02-30'", "'Lp/A;->m()V@3'", "printf('%.*c', 30000, 'a')",
)  # fmt: skip


@cache
def _columns() -> list[tuple[str, str]]:
    with contextlib.closing(sqlite3.connect(_fresh(_stored()))) as connection:
        named = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        return [
            (table, row[1])
            for (table,) in connection.execute(named).fetchall()
            for row in connection.execute(f'PRAGMA table_info("{table}")')
        ]


def _changed_store(data: bytes) -> None:
    """Values of a store changed, and at times a table that computes instead of holding rows."""
    path = _fresh(_stored())
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for at in range(0, min(len(data), 30) - 2, 3):
            table, column = _columns()[data[at] % len(_columns())]
            value = _VALUES[data[at + 1] % len(_VALUES)]
            with contextlib.suppress(sqlite3.Error):
                if data[at + 2] == 7:
                    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
                    connection.execute(f'ALTER TABLE "{table}" RENAME TO "old_{table}"')
                    connection.execute(f'CREATE VIEW "{table}" AS {endless} SELECT x AS id FROM c')
                else:
                    change = f'UPDATE OR IGNORE "{table}" SET "{column}" = {value}'  # noqa: S608
                    connection.execute(change)
        connection.commit()
    _read(path)


def _read(path: Path) -> None:
    """Everything that is asked of a store without opening an app."""
    from auditor.batch.documents import details, documents
    from auditor.batch.export import export_lines
    from auditor.batch.find import find
    from auditor.batch.site import last_options, report_names
    from auditor.batch.store import open_store

    try:
        with open_store(str(path)).reading() as connection:
            for line in export_lines(connection):
                json.loads(line.encode("utf-8"))
            details(connection)
            last_options(connection), report_names(connection, "en")
            find(connection, "贷款 relay", limit=5)
            for document in documents(connection):
                notice_rows([document], {})
    except AuditError as error:
        _reported(error)
