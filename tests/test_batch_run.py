"""Batches from end to end: one store, whatever happened on the way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from auditor.batch import schema as t
from auditor.batch.export import export_lines
from auditor.batch.store import Store, open_store
from auditor.catalog import DATA, Catalog
from auditor.errors import StoreError
from tests.batch_fixture import SAMPLES, Heard, copy_sample, run_batch

ROOT = Path(__file__).parents[1]
NAMES = ("picker-mask", "honest-lender", "denied-upload")


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three apps, one of them twice; one cut, one that is no package, an archive of two."""
    folder = tmp_path_factory.mktemp("apps")
    for name in NAMES:
        copy_sample(name, folder)
    copy_sample("picker-mask", folder / "z", "again")
    (folder / "cut.apk").write_bytes((SAMPLES / "relay" / "app.apk").read_bytes()[:9_000])
    (folder / "text.apk").write_text("no package at all")
    shutil.copytree(SAMPLES / "split-bundle" / "app", folder / "bundle") if (
        SAMPLES / "split-bundle" / "app"
    ).is_dir() else None
    return folder


@pytest.fixture(scope="module")
def finished(apps: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of these apps."""
    store = open_store(str(tmp_path_factory.mktemp("store") / "s.db"), create=True)
    run_batch(store, [str(apps)])
    return store


def exported(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(export_lines(connection))


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_every_app_is_in_the_store_once(finished: Store) -> None:
    packages = rows(finished, "SELECT package FROM apps ORDER BY package")
    assert len(packages) >= len(NAMES)
    assert ("com.xinyijie.cash",) in packages
    twice = rows(
        finished,
        "SELECT count(*) FROM sources WHERE sha256 = (SELECT sha256 FROM versions "
        "WHERE label = '信易借')",
    )
    assert twice == [(2,)]
    assert rows(finished, "SELECT count(*) FROM versions WHERE label = '信易借'") == [(1,)]


def test_what_cannot_be_audited_is_a_failure_with_its_reason(finished: Store) -> None:
    found = rows(
        finished, "SELECT location, kind, reason, attempts FROM failures ORDER BY location"
    )

    assert [(Path(str(place)).name, kind, tries) for place, kind, _, tries in found] == [
        ("cut.apk", "unreadable", 1),
        ("text.apk", "unreadable", 1),
    ]
    assert "not a ZIP archive" in str(found[1][2])


def test_rows_say_what_the_report_says(finished: Store) -> None:
    found = rows(
        finished,
        "SELECT DISTINCT f.data_type, f.host FROM flows f JOIN versions v ON v.id = f.version_id "
        "WHERE v.label = '信易借' AND f.sink = 'network' AND f.host <> ''",
    )
    assert ("contacts", "api.xinyijie.example") in found or any(r[0] == "contacts" for r in found)


def test_a_second_run_does_nothing(finished: Store, apps: Path) -> None:
    before, heard = exported(finished), Heard()

    summary = run_batch(finished, [str(apps)], heard=heard)

    assert (summary.done, summary.failed.total()) == (0, 0)
    assert heard.phases == [("read", 0), ("audit", 0)]
    assert exported(finished) == before


def test_one_worker_gives_the_same_bytes(finished: Store, apps: Path, tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "s.db"), create=True)

    run_batch(store, [str(apps)], workers=1)

    assert exported(store) == exported(finished)


def test_limits_become_failures_and_a_longer_limit_mends_them(tmp_path: Path) -> None:
    app = copy_sample("picker-mask", tmp_path)
    store = open_store(str(tmp_path / "s.db"), create=True)

    late = run_batch(store, [str(app)], seconds=0.001)
    again = run_batch(store, [str(app)])
    retried = run_batch(store, [str(app)], again=True)

    assert late.failed == {"timeout": 1}
    assert (again.done, again.skipped) == (0, 1)
    assert (retried.audited, rows(store, "SELECT count(*) FROM failures")) == (1, [(0,)])


def test_too_little_memory_is_a_failure(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "s.db"), create=True)

    summary = run_batch(store, [str(copy_sample("picker-mask", tmp_path))], megabytes=100)

    assert summary.failed == {"memory": 1}
    assert rows(store, "SELECT attempts, outcome FROM failures, attempts") == [(2, "memory")]


def test_new_rules_and_new_terms_open_no_app(tmp_path: Path) -> None:
    """The files are gone, and the verdict is reached anew."""
    app = copy_sample("picker-mask", tmp_path / "apps")
    store = open_store(str(tmp_path / "s.db"), create=True)
    run_batch(store, [str(app)])
    before = rows(store, "SELECT facts_key, verdict_key FROM versions")
    practices = rows(store, "SELECT DISTINCT disclosure FROM practices")
    app.unlink()
    mine = tmp_path / "mine" / "phrases"
    mine.mkdir(parents=True)
    (mine / "more.yaml").write_text("id: more\nen: more\nzh: 更多\n")
    catalog = Catalog(DATA, tmp_path / "mine")
    shutil.copy(SAMPLES / "picker-mask" / "terms.html", tmp_path / "terms.html")

    ruled = run_batch(store, None, catalog=catalog, folders=(str(DATA), str(tmp_path / "mine")))

    after = rows(store, "SELECT facts_key, verdict_key FROM versions")
    assert (ruled.judged, ruled.audited, ruled.failed.total()) == (1, 0, 0)
    assert after[0][0] == before[0][0]
    assert after[0][1] != before[0][1]
    table = tmp_path / "apps.csv"
    table.write_text(f"path,terms,developer\n{app},terms.html,某某科技\n", encoding="utf-8")
    missing = run_batch(store, [str(table)])
    # The file is not there any more: its bytes are known, its terms are new.
    assert missing.judged + missing.failed.total() == 1
    assert rows(store, "SELECT DISTINCT disclosure FROM practices") != practices or missing.failed


def test_terms_of_a_table_count_and_their_loss_is_told(tmp_path: Path) -> None:
    copy_sample("picker-mask", tmp_path)
    shutil.copy(SAMPLES / "picker-mask" / "terms.html", tmp_path / "terms.html")
    table = tmp_path / "apps.csv"
    table.write_text("path,terms,developer,date\npicker-mask.apk,terms.html,某某科技,2024-01-01\n")
    store = open_store(str(tmp_path / "s.db"), create=True)

    run_batch(store, [str(table)])

    assert rows(store, "SELECT declared FROM versions") == [(1,)]
    assert ("no_terms",) not in rows(store, "SELECT DISTINCT disclosure FROM practices")
    assert rows(store, "SELECT kind FROM names WHERE text = '某某科技'") == [("developer",)]

    table.write_text("path,terms\npicker-mask.apk,nowhere.html\n")
    summary = run_batch(store, [str(table)])
    assert summary.failed == {"unreadable": 1}
    assert "nowhere.html" in str(rows(store, "SELECT reason FROM failures"))


def test_a_killed_batch_ends_with_the_store_of_an_undisturbed_one(
    finished: Store, apps: Path, tmp_path: Path
) -> None:
    """The batch and its workers are killed again and again, each time a little later."""
    path = tmp_path / "s.db"
    command = [sys.executable, "-m", "auditor", "batch", str(apps), "-s", str(path), "--workers"]
    killed = 0
    for delay in (2.2, 2.6, 3.0, 3.4):
        with subprocess.Popen([*command, "2", "-q"], cwd=ROOT, start_new_session=True) as running:
            time.sleep(delay)
            if running.poll() is None:
                killed += 1
                os.kill(running.pid, signal.SIGKILL)
    assert killed

    done = subprocess.run([*command, "2"], cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    store = open_store(str(path))
    assert exported(store) == exported(finished)
    assert (
        rows(
            store,
            "SELECT sha256 FROM attempts WHERE outcome = 'ok' GROUP BY sha256 HAVING count(*) > 1",
        )
        == []
    )


def test_two_batches_on_one_store(finished: Store) -> None:
    with finished.writer():
        with pytest.raises(StoreError, match=r"another batch is at work on this store \(process"):
            run_batch(finished, None)
        assert rows(finished, "SELECT count(*) > 0 FROM apps") == [(1,)], "readers are not kept out"


def test_a_full_disk_loses_nothing(apps: Path, finished: Store, tmp_path: Path) -> None:
    """SQLite may not grow: the batch ends with one line; with room again it goes on."""
    store = open_store(str(tmp_path / "s.db"), create=True)

    pages = int(str(rows(store, "PRAGMA page_count")[0][0]))

    @sa.event.listens_for(store.engine, "connect")
    def _small(connection: object, record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + 4}")  # type: ignore[attr-defined]

    store.engine.dispose()
    with pytest.raises(StoreError, match="database or disk is full"):
        run_batch(store, [str(apps)])

    again = open_store(str(tmp_path / "s.db"))
    run_batch(again, [str(apps)])
    assert exported(again) == exported(finished)


def test_a_table_of_the_tests_matches_the_store() -> None:
    assert {table.name for table in t.VERDICT_ROWS} == {
        *("permissions", "practices", "flows", "endpoints", "libraries", "statements"),
        *("findings", "limits", "packers"),
    }
