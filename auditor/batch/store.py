"""Open the store: SQLite in one file by default, PostgreSQL by URL.

One batch writes at a time: it holds a lock that the system takes back when the process ends,
however it ends (`flock` beside the SQLite file, an advisory lock in PostgreSQL). Readers are never
locked out. SQLite runs in WAL mode with full synchronisation, and every transaction is begun by us,
so that a migration that is cut off leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url

from auditor.batch.schema import HEAD, METADATA
from auditor.errors import StoreError, UsageError

_LOCK = 0x617564_69746F72 >> 1
"""Key of the advisory lock in PostgreSQL."""
_WAIT_MS = 30_000
"""How long a reader or writer of SQLite waits for another."""
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds before each new try when the connection was lost: a minute in all."""
T = TypeVar("T")
_LOST = (sa.exc.OperationalError, sa.exc.InterfaceError)


class Store:
    """One store, open."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine made by `open_store`."""
        self.engine = engine

    @property
    def is_sqlite(self) -> bool:
        """Tell the dialect."""
        return self.engine.dialect.name == "sqlite"

    @property
    def name(self) -> str:
        """The URL without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that sees one state.

        Raises:
            StoreError: the database refuses or is lost, or holds what no batch writes.
        """
        with told(self.name), _as_written(self.name), self.engine.connect() as connection:
            yield connection

    def read(self, look: Callable[[Connection], T]) -> T:
        """Read in one transaction; do it anew on a lost connection.

        Raises:
            StoreError: the database refuses, or stays away.
        """
        for pause in (*_PAUSES, None):
            try:
                with self.reading() as connection:
                    return look(connection)
            except StoreError as error:
                if pause is None or not is_lost(error):
                    raise
                time.sleep(pause)
        raise AssertionError("the last pause raises")

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """Be the only batch on this store.

        Raises:
            StoreError: another batch is at work on it.
        """
        if not self.is_sqlite:
            writer = Writer(self)
            try:
                yield writer
            finally:
                writer.close()
            return
        with _file_lock(f"{self.engine.url.database}.lock", self.name):
            writer = Writer(self)
            try:
                yield writer
            finally:
                writer.close()


class Writer:
    """The one connection that writes; in PostgreSQL it also holds the lock.

    If it is lost, the lock is lost with it, and whatever was not committed: no two batches write.
    """

    def __init__(self, store: Store) -> None:
        """Connect, and take the lock.

        Raises:
            StoreError: another batch holds it, or the database cannot be reached.
        """
        self._store = store
        self._connection: Connection | None = self._connected()

    def _connected(self) -> Connection:
        with told(self._store.name):
            connection = self._store.engine.connect()
            if self._store.is_sqlite:
                return connection
            got = connection.execute(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK})
            held = got.scalar()
            connection.commit()
        if not held:
            connection.close()
            raise StoreError(f"{self._store.name}: another batch is at work on this store")
        return connection

    def write(self, change: Callable[[Connection], T]) -> T:
        """Do `change` in one transaction: all of it, or nothing; do it anew on a lost connection.

        Raises:
            StoreError: the database refuses, is full, or stays away.
        """
        for pause in (*_PAUSES, None):
            again = self._connection is None
            try:
                if self._connection is None:
                    # The server may still hold the lock of the connection that was lost.
                    self._connection = self._connected()
                with told(self._store.name), self._connection.begin():
                    return change(self._connection)
            except StoreError as error:
                if pause is None or not (is_lost(error) or again):
                    raise
                self._drop()
                time.sleep(pause)
        raise AssertionError("the last pause raises")

    def _drop(self) -> None:
        """Forget the connection, and the lock with it."""
        with contextlib.suppress(sa.exc.SQLAlchemyError):
            if self._connection is not None:
                if not self._store.is_sqlite:
                    self._connection.invalidate()
                self._connection.close()
        self._connection = None

    def close(self) -> None:
        """Let go of the lock."""
        self._drop()


@contextmanager
def _file_lock(path: str, name: str) -> Iterator[None]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
            raise StoreError(
                f"{name}: another batch is at work on this store (process {holder})"
            ) from error
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


def open_store(url: str, *, create: bool = False) -> Store:
    """Open a store; bring an older one to the present form when `create` is set.

    Args:
        url: `sqlite:///path`, `postgresql://user@host/name`, or a path.
        create: a batch makes the store when there is none, and migrates; a reader does neither.

    Raises:
        UsageError: no such kind of store, or its driver is not installed.
        StoreError: it cannot be opened, is none, or was made by a newer version.
    """
    store = Store(_engine(_url(url), create=create))
    try:
        with told(store.name):
            _bring_up(store, create=create)
    except StoreError:
        store.engine.dispose()
        raise
    return store


@contextmanager
def _as_written(name: str) -> Iterator[None]:
    """Tell of a foreign store: SQLite lets a column hold values of any type."""
    try:
        yield
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        raise StoreError(f"{name}: holds what no batch writes ({type(error).__name__})") from error
    except zlib.error as error:
        raise StoreError(f"{name}: holds what no batch packed") from error


def _refuse_computed(engine: Engine) -> None:
    """Refuse a file in which a table of ours is something that computes, perhaps without an end.

    Raises:
        StoreError: there is a view, a virtual table or a trigger of one of our names.
    """
    found = sa.text(
        "SELECT tbl_name FROM sqlite_master"
        " WHERE type IN ('view', 'trigger') OR sql LIKE 'CREATE VIRTUAL%'"
    )
    with engine.connect() as connection:
        names = {str(name) for name in connection.execute(found).scalars()}
    if names & {*METADATA.tables, "alembic_version"}:
        name = engine.url.render_as_string(hide_password=True)
        raise StoreError(f"{name}: no store: it computes where a batch keeps rows")


def _bring_up(store: Store, *, create: bool) -> None:
    if store.is_sqlite:
        _refuse_computed(store.engine)
    revision = _revision(store.engine)
    if revision == HEAD:
        return
    if revision and revision not in _known():
        raise StoreError(
            f"{store.name}: made by a newer version of this program ({revision}); update it"
        )
    if not create:
        why = f"an older form ({revision})" if revision else "no store yet"
        raise StoreError(f"{store.name}: {why}; `auditor batch` makes or updates it")
    _migrate(store.engine)


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn what the database says into one line.

    Raises:
        StoreError: always, instead of any error of the database.
    """
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error)
        raise StoreError(f"{name}: {' '.join(reason.split())[:300]}") from error


def is_lost(error: StoreError) -> bool:
    """Tell whether the connection was lost, so that trying again can help."""
    cause = error.__cause__
    if not isinstance(cause, sa.exc.DBAPIError):
        return False
    return cause.connection_invalidated or (
        isinstance(cause, _LOST) and "psycopg" in type(cause.orig).__module__
    )


def _url(text: str) -> URL:
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise UsageError(f"--store: {text!r} is no address of a store") from error
    if url.drivername in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise UsageError(f"--store: {url.drivername} is neither sqlite nor postgresql")
    return url


def _engine(url: URL, *, create: bool) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, create=create)
    try:
        return sa.create_engine(url, pool_pre_ping=True)
    except ImportError as error:
        raise UsageError(
            f"--store: PostgreSQL needs psycopg (extra postgresql): {error}"
        ) from error


def _sqlite(url: URL, *, create: bool) -> Engine:
    path = Path(url.database or "")
    if not url.database or url.database == ":memory:":
        raise UsageError("--store: a store lies in a file")
    if not path.is_file():
        if not create:
            raise StoreError(f"{path}: no store there")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path.parent}: {error.strerror}") from error
    engine = sa.create_engine(url, connect_args={"timeout": _WAIT_MS / 1000})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: object) -> None:  # noqa: ANN401
        del record
        # We begin transactions ourselves: the driver would not put table changes into them.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA cache_size=-65536")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _revision(engine: Engine) -> str:
    """Give the migration that the store is at, empty when it is new.

    Raises:
        StoreError: the database holds something else.
    """
    with engine.connect() as connection:
        tables = set(sa.inspect(connection).get_table_names())
        if "alembic_version" in tables:
            found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            return str(found or "")
        if tables & set(METADATA.tables):
            name = engine.url.render_as_string(hide_password=True)
            raise StoreError(f"{name}: holds other tables; give the store a database of its own")
    return ""


def _configuration() -> Any:  # noqa: ANN401
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return made


def _known() -> set[str]:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_configuration())
    return {script.revision for script in scripts.walk_revisions()}


def _migrate(engine: Engine) -> None:
    from alembic import command

    configuration = _configuration()
    with engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "head")
