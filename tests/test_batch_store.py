"""The store: made, migrated, refused; and the same whichever database holds it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from auditor.batch import store as store_module
from auditor.batch.export import export_lines
from auditor.batch.find import find
from auditor.batch.schema import METADATA
from auditor.batch.store import Store, open_store
from auditor.errors import AuditError, StoreError, UsageError
from tests.batch_fixture import copy_sample, run_batch


def differences(store: Store) -> list[object]:
    with store.reading() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))


def test_migrations_make_the_tables_of_the_schema(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "new" / "s.db"), create=True)

    assert differences(store) == []
    assert open_store(f"sqlite:///{tmp_path}/new/s.db").is_sqlite


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        pytest.param("mysql://x/y", UsageError, "neither sqlite nor postgresql", id="mysql"),
        pytest.param("sqlite://", UsageError, "a store lies in a file", id="memory"),
        pytest.param("a b://", UsageError, "no address of a store", id="nonsense"),
        pytest.param("/nowhere/s.db", StoreError, "no store there", id="nothing"),
        pytest.param(
            "postgresql://u:secret@127.0.0.1:1/x",
            StoreError,
            "Connection refused|refused",
            id="away",
        ),
    ],
)
def test_what_is_no_store_is_told(url: str, error: type[AuditError], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        open_store(url)
    assert "secret" not in str(caught.value)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    text, other, newer = (tmp_path / n for n in ("text.db", "other.db", "newer.db"))
    text.write_text("no database, but a text that is long enough to be one " * 20)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE apps (x)")
    connection.close()
    with sqlite3.connect(newer) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    connection.close()
    kept = other.read_bytes()

    for path, words in (
        (text, "file is not a database"),
        (other, "holds other tables"),
        (newer, "made by a newer version"),
    ):
        with pytest.raises(StoreError, match=words):
            open_store(str(path), create=True)
    assert other.read_bytes()[100:] == kept[100:]


def test_a_store_that_was_cut_in_half_is_told(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    store = open_store(str(path), create=True)
    store.engine.dispose()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(StoreError, match=r"s\.db: .*(?:malformed|not a database|disk image)"):
        run_batch(path, [str(copy_sample("relay", tmp_path / "apps"))])


def test_a_migration_that_is_cut_off_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import op

    real, made = op.create_table, []

    def failing(name: str, *columns: Any, **more: Any) -> object:
        made.append(name)
        if len(made) == 10:
            raise sa.exc.OperationalError("CREATE", {}, Exception("disk I/O error"))
        return real(name, *columns, **more)

    monkeypatch.setattr(op, "create_table", failing)
    with pytest.raises(StoreError, match="disk I/O error"):
        open_store(str(tmp_path / "s.db"), create=True)
    monkeypatch.undo()

    with sqlite3.connect(tmp_path / "s.db") as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()
    assert differences(open_store(str(tmp_path / "s.db"), create=True)) == []


def at_first_form(url: str, like: Store) -> None:
    """Make a store of the first form, with the rows of one of the present form."""
    engine = sa.create_engine(url)
    configuration = store_module._configuration()
    with engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "0001")
    with engine.begin() as connection, like.reading() as reading:
        for table in METADATA.sorted_tables:
            names = [c.name for c in table.columns if (table.name, c.name) != ("grams", "size")]
            rows = reading.execute(sa.select(*(table.c[n] for n in names))).mappings().all()
            if rows:
                old = sa.table(table.name, *(sa.column(n) for n in names))
                connection.execute(old.insert(), [dict(row) for row in rows])
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_store_of_the_first_form_is_brought_up_to_date(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Nothing is audited anew for it, and it holds what a new store holds."""
    apps = str(copy_sample("picker-mask", tmp_path / "apps"))
    new = open_store(str(tmp_path / "new.db"), create=True)
    run_batch(new, [apps])
    url = f"sqlite:///{tmp_path}/old.db"
    if kind == "postgresql":
        url = request.getfixturevalue("postgresql")
    at_first_form(url, new)
    with pytest.raises(StoreError, match=r"an older form \(0001\)"):
        open_store(url)

    old = open_store(url, create=True)

    assert differences(old) == []
    with new.reading() as one, old.reading() as other:
        grams = sa.select(METADATA.tables["grams"])
        assert set(map(tuple, other.execute(grams))) == set(map(tuple, one.execute(grams)))
        assert list(export_lines(other)) == list(export_lines(one))
        assert find(other, "xinyijie") == find(one, "xinyijie")
    if kind == "sqlite":
        assert run_batch(old, [apps]).current == 1
    old.engine.dispose()
    new.engine.dispose()


def test_postgresql_holds_the_same(postgresql: str, tmp_path: Path) -> None:
    for name in ("picker-mask", "hostile-strings"):
        copy_sample(name, tmp_path / "apps")
    lite = open_store(str(tmp_path / "s.db"), create=True)
    big = open_store(postgresql, create=True)

    for store in (lite, big):
        run_batch(store, [str(tmp_path / "apps")])

    assert differences(big) == []
    with lite.reading() as one, big.reading() as other:
        assert list(export_lines(other)) == list(export_lines(one))
    lite.engine.dispose()
    big.engine.dispose()


def test_two_batches_on_one_postgresql(postgresql: str) -> None:
    store = open_store(postgresql, create=True)
    other = open_store(postgresql)
    with store.writer(), pytest.raises(StoreError, match="another batch is at work"):
        run_batch(other, None)
    other.engine.dispose()
    with store.writer():
        pass  # the lock was given back
    store.engine.dispose()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_lost_connection_is_made_anew(postgresql: str) -> None:
    store = open_store(postgresql, create=True)
    server = sa.create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with store.writer() as writer:
        pid = writer.write(lambda c: c.execute(sa.text("SELECT pg_backend_pid()")).scalar())
        with server.connect() as connection:
            connection.execute(sa.text("SELECT pg_terminate_backend(:p)"), {"p": pid})
        other = writer.write(lambda c: c.execute(sa.text("SELECT pg_backend_pid()")).scalar())
    assert other != pid
    server.dispose()
    store.engine.dispose()
