"""Ask the store in SQL, and only ask: nothing that a statement says can change anything.

SQLite: the file is opened read-only, and an authorizer refuses everything but reading, so that no
other file is attached and no extension loaded. PostgreSQL: one cursor is declared for the statement
inside a read-only transaction; a cursor takes one statement, which must be a query. Both end a
statement that runs too long. What functions a PostgreSQL role may call is up to its server.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote

from auditor.batch.store import Store
from auditor.catalog import Catalog, Entry
from auditor.errors import StoreError, UsageError

SECONDS = 60
"""Longest time of one statement."""
EVERY = 1 << 62
"""`rows` of one who wants all."""
_STEPS = 20_000
"""Steps of SQLite's machine between two looks at the clock."""
_CHUNK = 1_000
_ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE)
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")
_ONE_QUERY = re.compile(r"\s*(?:select|with|values)\b", re.IGNORECASE)


class Question(Entry):
    """One ready question of `data/questions/`."""

    en: str
    zh: str
    sql: str
    parameters: dict[str, str] = {}
    """Names and what they are unless said otherwise; an empty one must be said."""


Values = Mapping[str, str | int]


@dataclass(frozen=True)
class Answer:
    """The columns of an answer, and its rows as they come."""

    columns: tuple[str, ...]
    rows: Iterator[Sequence[Any]]


def questions(catalog: Catalog) -> Mapping[str, Question]:
    """Give the ready questions by their ids."""
    return {q.id: q for q in catalog.entries("questions", Question)}


def filled(question: Question, given: Mapping[str, str], rows: int = EVERY) -> Values:
    """Give the values of a question's parameters.

    Args:
        question: a ready one.
        given: values by the names of its parameters.
        rows: how many rows are wanted; questions let the database stop there.

    Raises:
        UsageError: an unknown one was given, or a needed one was not.
    """
    if unknown := sorted(set(given) - set(question.parameters)):
        known = ", ".join(question.parameters) or "none"
        raise UsageError(f"{question.id}: no parameter {', '.join(unknown)}; known: {known}")
    values = {**question.parameters, **given}
    if missing := sorted(name for name, value in values.items() if not value):
        raise UsageError(f"{question.id} needs --set {missing[0]}=…")
    return {**values, "rows": rows}


def doubts(catalog: Catalog, given: Mapping[str, str]) -> Iterator[str]:
    """Say which values no catalogue knows: an empty answer to a typo would read like good news."""
    for name, value in sorted(given.items()):
        known = _known(catalog, name)
        if known and value not in known:
            yield f"--set {name}: the catalogue knows no {value!r}{like(value, known)}"


def like(text: str, known: Iterable[str]) -> str:
    """Name the ids that are like a text, as the end of a message; nothing when there are none."""
    near = get_close_matches(text, sorted(known), 3)
    return f"; did you mean {', '.join(near)}?" if near else ""


def _known(catalog: Catalog, name: str) -> frozenset[str]:
    """Values that a parameter can have; none when it can have any."""
    if name == "data":
        return frozenset(str(e["id"]) for e in catalog.table("data_types.yaml")["entries"])
    if name == "rule":
        return frozenset(path.stem for path in catalog.files("findings"))
    return frozenset()


@contextmanager
def asked(store: Store, sql: str, values: Values) -> Iterator[Answer]:
    """Ask one question; the rows are read while the context is open.

    Raises:
        UsageError: it is no query, or a wrong one.
        StoreError: the store cannot be read, or it took too long.
    """
    ask = _ask_sqlite if store.is_sqlite else _ask_postgresql
    with ask(store, sql, values) as answer:
        yield answer


# ---------------------------------------------------------------- SQLite


def _authorize(action: int, one: str | None, two: str | None, *rest: str | None) -> int:
    del one, rest
    if action in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and two != "load_extension"):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


@contextmanager
def _ask_sqlite(store: Store, sql: str, values: Values) -> Iterator[Answer]:
    path = quote(str(store.engine.url.database))
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    except sqlite3.Error as error:
        raise StoreError(f"{store.name}: {error}") from error
    with closing(connection):
        connection.execute("PRAGMA cache_size=-65536")
        deadline = time.monotonic() + SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
        connection.set_authorizer(_authorize)
        try:
            cursor = connection.execute(sql, dict(values))
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise _refused(error) from error
        if cursor.description is None:
            raise UsageError("the statement is no query: only reading is allowed")
        with closing(_rows_of(cursor)) as rows:
            yield Answer(tuple(d[0] for d in cursor.description), rows)


def _rows_of(cursor: sqlite3.Cursor) -> Generator[Sequence[Any], None, None]:
    try:
        yield from cursor
    except sqlite3.Error as error:
        raise _refused(error) from error


def _refused(error: Exception) -> UsageError | StoreError:
    reason = " ".join(str(error).split())
    if "interrupted" in reason:
        return StoreError(f"the statement took longer than {SECONDS} s")
    if "not authorized" in reason or "prohibited" in reason or "readonly" in reason:
        return UsageError(f"only reading is allowed: {reason}")
    return UsageError(f"the statement is refused: {reason}")


# ---------------------------------------------------------------- PostgreSQL


def _refusals() -> tuple[type[Exception], ...]:
    """What PostgreSQL raises when a statement would change something."""
    from psycopg import errors

    return errors.ReadOnlySqlTransaction, errors.FeatureNotSupported, errors.ActiveSqlTransaction


@contextmanager
def _ask_postgresql(store: Store, sql: str, values: Values) -> Iterator[Answer]:
    import psycopg

    if not _ONE_QUERY.match(sql):
        raise UsageError("the statement is no query: only reading is allowed")
    statement = sql.rstrip().rstrip(";")
    if values:
        statement = _PARAMETER.sub(r"%(\1)s", statement.replace("%", "%%"))
    address = store.engine.url.set(drivername="postgresql")
    settings = f"-c default_transaction_read_only=on -c statement_timeout={SECONDS * 1000}"
    try:
        with psycopg.connect(
            address.render_as_string(hide_password=False), options=settings
        ) as connection:
            connection.read_only = True
            with connection.cursor(name="asked") as cursor:
                cursor.itersize = _CHUNK
                cursor.execute(statement.encode(), dict(values) or None)
                described = cursor.description or []
                yield Answer(tuple(d.name for d in described), iter(cursor))
            connection.rollback()
    except (psycopg.errors.QueryCanceled, psycopg.errors.IdleInTransactionSessionTimeout) as error:
        raise StoreError(f"the statement took longer than {SECONDS} s") from error
    except _refusals() as error:
        raise UsageError(f"only reading is allowed: {error}") from error
    except (psycopg.errors.ProgrammingError, psycopg.errors.DataError) as error:
        raise UsageError(f"the statement is refused: {' '.join(str(error).split())}") from error
    except psycopg.Error as error:
        raise StoreError(f"{store.name}: {' '.join(str(error).split())[:300]}") from error
