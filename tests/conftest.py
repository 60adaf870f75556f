"""What several test modules need: Ctrl-C, a PostgreSQL server of one's own, databases on it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

SERVER = "AUDITOR_TEST_POSTGRESQL"

# What a script starts in the background ignores Ctrl-C, and so would every process of a test.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, the newest."""
    found = shutil.which("pg_ctl")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((f for f in folders if (f / "initdb").is_file() and (f / "pg_ctl").is_file()), None)


def _owner() -> str | None:
    """Root may not run a server: who does then; None when we are somebody else."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.skip("no PostgreSQL server: root may not run one, and nobody else is there")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The server that the environment names, or one of our own that only a socket leads to."""
    if named := os.environ.get(SERVER):
        yield named
        return
    programs = _programs()
    if programs is None:
        pytest.skip(f"no PostgreSQL: neither {SERVER} nor initdb and pg_ctl are there")
    owner = _owner()
    # Short: a socket's path may have 107 letters.
    folder = tempfile.mkdtemp(prefix="pg-", dir="/tmp" if Path("/tmp").is_dir() else None)
    data = f"{folder}/data"
    if owner:
        shutil.chown(folder, owner)

    def run(program: str, *options: str) -> None:
        subprocess.run(
            [str(programs / program), "-D", data, *options],
            check=True,
            user=owner,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    try:
        run("initdb", "-A", "trust", "-U", "auditor", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-c listen_addresses= -c fsync=off -k {folder}"
        run("pg_ctl", "-o", options, "-l", f"{folder}/log", "-w", "start")
        try:
            yield f"postgresql://auditor@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql(postgresql_server: str) -> Iterator[str]:
    """An empty database."""
    pytest.importorskip("psycopg", reason="the extra `postgresql` is not installed")
    name = f"auditor_{uuid.uuid4().hex}"
    url = sa.engine.make_url(postgresql_server).set(drivername="postgresql+psycopg")
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()
