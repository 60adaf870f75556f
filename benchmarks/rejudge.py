"""How long it takes to judge a store anew, when rules or words change and no package is opened.

    python -m benchmarks.rejudge FROM.db --store /tmp/many.db [--apps 10000] [--workers 2]

Makes a store of many apps from the facts in another (each under a package name and a SHA-256 of its
own, from places that do not exist), then lets `auditor batch --store` reach its first verdicts,
reach them anew for a catalogue with one more entry, and find that nothing is left to do.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from auditor.batch import codec, facts
from auditor.batch import schema as t
from auditor.batch.keys import facts_key
from auditor.batch.store import Store, open_store
from auditor.catalog import Catalog

ROOT = Path(__file__).parents[1]
ENTRY = "id: nobody\nsubject: a name that no certificate has\nnote: Changes the catalogue alone.\n"


def build(source: Store, target: Store, apps: int) -> None:
    """Fill an empty store."""
    import zlib

    key = facts_key(Catalog())
    with source.reading() as reading:
        bodies = [r.body for r in reading.execute(sa.select(t.facts.c.body))]
        documents = reading.execute(sa.select(t.documents)).mappings().all()
    held = [facts.unpack(body) for body in bodies]
    with target.engine.begin() as connection:
        connection.execute(t.documents.insert(), [dict(row) for row in documents])
        for number in range(1, apps + 1):
            one = held[number % len(held)]
            sha = hashlib.sha256(str(number).encode()).hexdigest()
            name = f"{one.package.manifest.package}.n{number}"
            manifest = replace(one.package.manifest, package=name)
            package = replace(one.package, sha256=sha, name=f"{number}.apk", manifest=manifest)
            body = zlib.compress(codec.dumps(replace(one, package=package)), 1)
            connection.execute(t.apps.insert().values(id=number, package=name))
            values = {"id": number, "app_id": number, "sha256": sha, "facts_key": key}
            connection.execute(t.versions.insert().values(values))
            connection.execute(t.facts.insert().values(version_id=number, body=body))
            values = {"location": f"/nowhere/{number}.apk", "stamp": "1", "sha256": sha}
            connection.execute(t.sources.insert().values(values))


def judged(name: str, store: str, *options: str) -> None:
    """Run a batch over the store alone; print seconds, processor seconds, memory."""
    command = [sys.executable, "-m", "auditor", "batch", "--store", store, *options]
    begin = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        said = running.stdout.read().replace("\n", "; ")
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    seconds, processor = time.monotonic() - begin, usage.ru_utime + usage.ru_stime
    print(f"{name}: {seconds:.0f} s, {processor:.0f} processor seconds in all", end="")
    print(f", load {os.getloadavg()[0]:.1f}; {said}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("--store", required=True)
    parser.add_argument("--apps", type=int, default=10_000)
    parser.add_argument("--workers", default="2")
    given = parser.parse_args()
    target = open_store(given.store, create=True)
    build(open_store(given.source), target, given.apps)
    target.engine.dispose()
    workers = ("--workers", given.workers)
    judged("first verdicts", given.store, *workers)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "makers").mkdir()
        (Path(folder) / "makers" / "nobody.yaml").write_text(ENTRY)
        judged("a new catalogue", given.store, "--rules", folder, *workers)
        judged("nothing to do", given.store, "--rules", folder, *workers)


if __name__ == "__main__":
    main()
