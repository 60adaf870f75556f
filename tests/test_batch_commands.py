"""`auditor batch` as people run it; a folder that grows; a cluster."""

from __future__ import annotations

import contextlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from auditor.batch import bar
from auditor.batch.executors import cluster_crew
from auditor.batch.export import export_lines
from auditor.batch.plan import find_sources
from auditor.batch.run import Batch, Settings
from auditor.batch.store import open_store
from auditor.batch.watching import watched
from auditor.catalog import Catalog
from auditor.cli import run
from auditor.errors import UsageError
from tests.batch_fixture import Heard, copy_sample, run_batch

ROOT = Path(__file__).parents[1]


def test_a_batch_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy_sample("picker-mask", tmp_path / "apps")
    (tmp_path / "apps" / "text.apk").write_text("no package \x1b[31m")
    command = ["batch", str(tmp_path / "apps"), "--out", str(tmp_path / "out"), "--workers", "1"]

    assert run(command) == 0

    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "2 packages, 1 audited, 1 not audited (unreadable)"
    assert "apps a minute, at most" in said.out
    assert "not audited: " in said.err and "not a ZIP archive" in said.err
    assert "auditing 2/2, 1 failed" in said.err
    assert run([*command, "--strict"]) == 4
    assert "1 up to date, 1 failed before" in capsys.readouterr().out
    assert run([*command, "-q"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param([], 2, "give a SOURCE, or --store", id="nothing"),
        pytest.param(["x.apk"], 3, "no such file or folder", id="a missing file"),
        pytest.param(["--watch", "1", "--store", "s.db"], 2, "--watch needs a SOURCE", id="watch"),
        pytest.param([".", "--date", "1.1.2024"], 2, "no date like", id="a wrong date"),
        pytest.param([".", "-j", "xx"], 2, "no rule pack xx", id="a wrong pack"),
        pytest.param([".", "--store", "mysql://x/y"], 2, "neither sqlite nor", id="a wrong store"),
        pytest.param([".", "--store", "no.db/s.db"], 3, "no.db", id="a store in a file"),
    ],
)
def test_wrong_usage_is_one_line(
    arguments: list[str],
    code: int,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "no.db").write_text("x")

    assert run(["batch", *arguments]) == code

    said = capsys.readouterr().err
    assert words in said
    assert len(said.splitlines()) == 1


def test_nothing_that_can_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "text.apk").write_text("no package")

    command = ["batch", str(tmp_path / "text.apk"), "-q", "--store", str(tmp_path / "s.db")]

    assert run(command) == 3
    assert run(command) == 3


def test_a_folder_that_grows_is_taken_when_it_holds_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: Iterator[Callable[[], object]] = iter(
        [
            lambda: copy_sample("relay", tmp_path),
            lambda: (tmp_path / "relay.apk").write_bytes(b"half"),
            lambda: None,
            lambda: None,
            lambda: copy_sample("picker-mask", tmp_path),
            lambda: None,
        ]
    )
    monkeypatch.setattr("auditor.batch.watching.time.sleep", lambda seconds: next(looks)())
    found = watched([str(tmp_path)], 9.0)

    assert [s.location for s in next(found)] == []
    assert [Path(s.location).name for s in next(found)] == ["relay.apk"]
    assert [Path(s.location).name for s in next(found)] == ["picker-mask.apk", "relay.apk"]


def test_the_bar_says_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("auditor.batch.bar.time.monotonic", lambda: clock[0])
    said: list[str] = []
    with bar.Bar(said.append) as shown:
        shown.phase("audit", 4)
        for name in ("a", "b\x1b[31m"):
            shown.started(name)
            clock[0] += 6.0
            shown.finished(name, "crash: x" if "b" in name else "")

    assert said == [
        "auditing 0/4",
        "auditing 1/4, 10 a minute, 18 s left",
        "not audited: b�[31m: crash: x",
        "auditing 2/4, 1 failed, 10 a minute, 12 s left",
    ]
    assert [bar.duration(s) for s in (2.4, 250, 7500)] == ["2 s", "4 min 10 s", "2 h 05 min"]


@pytest.mark.parametrize(
    ("more", "code"),
    [pytest.param([], 130, id="a batch"), pytest.param(["--watch", "1"], 0, id="watching")],
)
def test_ctrl_c_ends_at_once_and_leaves_no_process(
    more: list[str], code: int, tmp_path: Path
) -> None:
    for number in range(30):
        app = copy_sample("picker-mask", tmp_path / "apps", str(number))
        app.write_bytes(app.read_bytes() + bytes([number]))
    store = tmp_path / "s.db"
    command = [sys.executable, "-m", "auditor", "batch", str(tmp_path / "apps"), "-q"]
    with subprocess.Popen(
        [*command, "--store", str(store), *more], cwd=ROOT, start_new_session=True
    ) as running:
        deadline = time.monotonic() + 400  # the machine of a test is busy
        while time.monotonic() < deadline and not done(store):
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        begin = time.monotonic()
        assert running.wait(60) == code or (more and running.returncode == 130)
        assert time.monotonic() - begin < 60
    while time.monotonic() - begin < 90 and members(running.pid):
        time.sleep(0.2)  # a worker looks once a second whether it is still wanted
    assert members(running.pid) == []
    assert done(store) > 0


def done(store: Path) -> int:
    if not store.exists():
        return 0
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(store)) as held:
        return int(held.execute("SELECT count(*) FROM versions").fetchone()[0])
    return 0


def members(session: int) -> list[Path]:
    return [p for p in Path("/proc").glob("[0-9]*/stat") if session_of(p) == session]


def session_of(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[3])
    except (OSError, ValueError, IndexError):
        return 0


def test_nobody_at_the_address_of_a_cluster() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(UsageError, match=r"--cluster nonsense://x"), cluster_crew("nonsense://x"):
        pass


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_store(tmp_path: Path) -> None:
    """Workers of Dask in this process; `benchmarks.batch_shows dask` has real ones."""
    distributed = pytest.importorskip("distributed")
    for name in ("picker-mask", "relay"):
        copy_sample(name, tmp_path / "apps")
    (tmp_path / "apps" / "text.apk").write_text("no package")
    shutil.make_archive(str(tmp_path / "apps" / "more"), "zip", tmp_path / "apps", "relay.apk")
    here = open_store(str(tmp_path / "here.db"), create=True)
    there = open_store(str(tmp_path / "there.db"), create=True)
    run_batch(here, [str(tmp_path / "apps")])

    options = {"n_workers": 1, "threads_per_worker": 2, "processes": False}
    with distributed.LocalCluster(dashboard_address=None, **options) as cluster:
        with there.writer() as writer, cluster_crew(cluster.scheduler_address) as crew:
            batch = Batch(there, writer, Catalog(), crew, Settings(), Heard())
            summary = batch.run(find_sources([str(tmp_path / "apps")]))
        time.sleep(0.1)

    assert (summary.audited, summary.failed) == (2, {"unreadable": 1})
    with here.reading() as one, there.reading() as other:
        assert list(export_lines(other)) == list(export_lines(one))
