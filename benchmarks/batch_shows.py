"""Show what a batch must bear, with figures.

    python -m benchmarks.batch_shows rate  APPS [--store URL] [--workers 1,2]
    python -m benchmarks.batch_shows kills APPS [--times 20]
    python -m benchmarks.batch_shows dask  APPS
    python -m benchmarks.batch_shows lost  APPS --store postgresql://…      (an empty database)

*rate*: apps a minute with each number of workers, efficiency against one, memory of a worker.
*kills*: a batch whose processes (batch, nursery, worker, by chance) are killed with SIGKILL at
random moments and started again, then its exported store against that of an undisturbed batch.
*dask*: the same on a scheduler and two workers, one of which is killed in the middle.
*lost*: every connection to the database is ended several times while a batch runs.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
AUDITOR = [sys.executable, "-m", "auditor"]


def batch(apps: Path, store: str, *more: str) -> float:
    """Run to the end; give the seconds."""
    begin = time.monotonic()
    command = [*AUDITOR, "batch", str(apps), "--store", store, "-q", *more]
    subprocess.run(command, cwd=ROOT, check=True)
    return time.monotonic() - begin


def exported(store: str) -> bytes:
    command = [*AUDITOR, "export", "--store", store]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout


def attempts(store: Path) -> list[tuple[str, str, int, int]]:
    """SHA-256, outcome, milliseconds, peak in KB of every attempt that was recorded."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
        query = "SELECT sha256, outcome, milliseconds, peak_kb FROM attempts"
        return list(connection.execute(query))


def measured(apps: Path, store: str, *more: str) -> tuple[float, float]:
    """Run to the end; give wall-clock and processor seconds, those of all its workers included."""
    command = [*AUDITOR, "batch", str(apps), "--store", store, "-q", *more]
    begin = time.monotonic()
    running = subprocess.Popen(command, cwd=ROOT)
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        sys.exit(f"the batch ended with {running.returncode}")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime


def rate(apps: Path, workers: list[int], url: str) -> None:
    base = used = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number in workers:
            store = url or f"{folder}/{number}.db"
            seconds, processor = measured(apps, store, "--workers", str(number))
            load = os.getloadavg()[0]
            count = len(exported(store).splitlines())
            used = used or processor
            line = f"{number} workers: {seconds:.0f} s, {processor:.0f} processor seconds"
            line += f" ({used / processor:.2f} of the first)"
            if not url:
                rows = attempts(Path(store))
                good = [r for r in rows if r[1] == "ok"]
                peaks = sorted(r[3] / 1024 for r in rows)
                times = sorted(r[2] / 1000 for r in good)
                speed = len(rows) / seconds * 60
                base = base or speed / number
                line += (
                    f", {len(good)} audited, {len(rows) - len(good)} refused, {speed:.0f} a minute"
                )
                line += f", efficiency {speed / base / number:.2f}"
                line += f"; memory of a worker: median {statistics.median(peaks):.0f} MB"
                line += (
                    f", most {peaks[-1]:.0f} MB; an app: median {statistics.median(times):.2f} s"
                )
                line += f", longest {times[-1]:.1f} s"
            print(f"{line}; {count} lines exported; load {load:.1f}", flush=True)


def family(pid: int) -> dict[int, str]:
    """The processes below one, with their kind."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = {pid: "batch"}
    for nursery in parents.get(pid, []):
        found[nursery] = "nursery"
        found.update(dict.fromkeys(parents.get(nursery, []), "worker"))
    return found


def kills(apps: Path, times: int) -> None:
    pick = random.Random(4)
    with tempfile.TemporaryDirectory() as folder:
        calm, wild = f"{folder}/calm.db", f"{folder}/wild.db"
        seconds = batch(apps, calm)
        print(f"undisturbed: {seconds:.0f} s", flush=True)
        command = [*AUDITOR, "batch", str(apps), "--store", wild, "-q"]
        done = {"batch": 0, "nursery": 0, "worker": 0}
        starts = 0
        while sum(done.values()) < times:
            starts += 1
            with subprocess.Popen(command, cwd=ROOT, start_new_session=True) as running:
                while running.poll() is None and sum(done.values()) < times:
                    # Only a batch that is at work is disturbed: loading is no work.
                    kind = min(done, key=lambda k: (done[k], pick.random()))
                    while running.poll() is None and "worker" not in family(running.pid).values():
                        time.sleep(0.02)
                    time.sleep(pick.uniform(0.2, max(1.0, seconds / times)))
                    for _ in range(500):
                        there = [p for p, k in family(running.pid).items() if k == kind]
                        if there or running.poll() is not None:
                            break
                        time.sleep(0.01)
                    if running.poll() is None and there:
                        with contextlib.suppress(ProcessLookupError):
                            os.kill(pick.choice(there), signal.SIGKILL)
                            done[kind] += 1
                        if kind == "batch":
                            break
                if running.poll() is None and done["batch"] and sum(done.values()) >= times:
                    running.kill()
            if running.returncode == 0:
                break
        batch(apps, wild)
        same = exported(wild) == exported(calm)
        good = [r[0] for r in attempts(Path(wild)) if r[1] == "ok"]
        print(f"killed: {done}, started {starts} times")
        print(
            f"the same export, byte for byte: {same}; audited twice: {len(good) - len(set(good))}"
        )
        if not same:
            for name, store in (("calm", calm), ("wild", wild)):
                (Path.cwd() / f"{name}.jsonl").write_bytes(exported(store))
            sys.exit(1)


def dask(apps: Path) -> None:
    port = 18786
    address = f"tcp://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        calm, lost, whole = (f"{folder}/{n}.db" for n in ("calm", "lost", "whole"))
        tool = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
        options = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        scheduler = subprocess.Popen([*tool, *options], cwd=folder, **quiet)  # type: ignore[call-overload]
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1"]
        worker += ["--no-dashboard", "--local-directory", folder]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        members = [
            subprocess.Popen(worker, cwd=folder, env=environment, start_new_session=True, **quiet)  # type: ignore[call-overload]
            for _ in range(2)
        ]
        try:
            time.sleep(8)
            here = batch(apps, calm, "--workers", "2")
            there = batch(apps, whole, "--cluster", address)
            print(f"2 local workers: {here:.0f} s; Dask, 2 workers: {there:.0f} s")
            print(f"the same export: {exported(whole) == exported(calm)}", flush=True)
            command = [*AUDITOR, "batch", str(apps), "--store", lost, "-q", "--cluster", address]
            with subprocess.Popen(command, cwd=ROOT) as running:
                time.sleep(max(5.0, here / 3))
                os.killpg(members[0].pid, signal.SIGKILL)
                print(f"killed one Dask worker; the batch ended with {running.wait()}")
            print(f"the same export: {exported(lost) == exported(calm)}")
        finally:
            for process in members:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            scheduler.kill()


def lost(apps: Path, url: str, times: int) -> None:
    import sqlalchemy as sa

    address = sa.engine.make_url(url).set(drivername="postgresql+psycopg")
    end = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with tempfile.TemporaryDirectory() as folder:
        calm = f"{folder}/calm.db"
        seconds = batch(apps, calm)
        command = [*AUDITOR, "batch", str(apps), "--store", url, "-q"]
        server = sa.create_engine(address, isolation_level="AUTOCOMMIT")
        ended = 0
        with subprocess.Popen(command, cwd=ROOT) as running:
            for _ in range(times):
                time.sleep(max(3.0, seconds / (times + 1)))
                if running.poll() is None:
                    with server.connect() as connection:
                        ended += len(connection.execute(end).all())
            code = running.wait()
        print(f"{ended} connections ended, the batch ended with {code}")
        print(f"the same export as SQLite's: {exported(url) == exported(calm)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("rate", "kills", "dask", "lost"))
    parser.add_argument("apps", type=Path)
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--store", default="")
    given = parser.parse_args()
    if given.what == "rate":
        rate(given.apps, [int(n) for n in given.workers.split(",")], given.store)
    elif given.what == "kills":
        kills(given.apps, given.times)
    elif given.what == "dask":
        dask(given.apps)
    else:
        lost(given.apps, given.store, min(given.times, 5))


if __name__ == "__main__":
    main()
