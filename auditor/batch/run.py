"""Run a batch: plan, hand tasks to workers, write what they answer, until nothing is left.

The store knows at every moment what is done. A batch that is killed begins again where it was: what
was not committed is done again, what was committed is not.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditor import __version__
from auditor.batch import frames
from auditor.batch import schema as t
from auditor.batch.attempt import attempt
from auditor.batch.executors import Crew
from auditor.batch.keys import facts_digest, facts_key
from auditor.batch.places import INSIDE, is_remote, open_place
from auditor.batch.plan import Source
from auditor.batch.register import (
    Plan,
    Task,
    chunks,
    link_sources,
    plan,
    register,
    unread,
)
from auditor.batch.save import (
    forget_failure,
    save_audit,
    save_failure,
    save_verdict,
)
from auditor.batch.store import Store, Writer
from auditor.batch.totals import count_totals, note_sizes
from auditor.catalog import Catalog
from auditor.errors import StoreError, UnreadableInputError, UsageError

_AHEAD = 2
"""Tasks handed over for each that can run at once: no worker waits, and little is lost."""
_TRIES = 2
_FINAL = frozenset({"unreadable"})
"""Kinds of failures that a second try cannot change."""
_FLUSH = 2.0
"""Seconds after which digests are written, however few there are."""


@dataclass(frozen=True)
class Settings:
    """What the user asked for."""

    seconds: float = 900.0
    """Wall-clock limit of one app."""
    megabytes: int = 4096
    """Address space of one worker."""
    folders: tuple[str, ...] = ()
    """Folders of the catalog, as workers open them; empty for the program's own."""
    options: dict[str, Any] = field(default_factory=dict)
    """jurisdictions, lending, date: see `pipeline.Options`."""
    again: bool = False
    """Try packages again that failed before."""


@dataclass
class Summary:
    """What a run did."""

    sources: int = 0
    packages: int = 0
    current: int = 0
    skipped: int = 0
    missing: int = 0
    audited: int = 0
    judged: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    peak_kb: int = 0

    @property
    def done(self) -> int:
        """Packages audited or judged."""
        return self.audited + self.judged


class Listener(Protocol):
    """Who is told how the batch goes on."""

    def phase(self, name: str, total: int) -> None:
        """A phase begins: `read` or `audit`, with so many steps."""

    def started(self, location: str) -> None:
        """Work on a place was handed over."""

    def finished(self, location: str, trouble: str = "") -> None:
        """Work on a place ended; `trouble` says why it failed."""


class Batch:
    """One run over one store."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        catalog: Catalog,
        crew: Crew,
        settings: Settings,
        listener: Listener,
    ) -> None:
        """Take everything that a run needs."""
        self._store, self._writer, self._crew = store, writer, crew
        self._catalog, self._settings, self._listener = catalog, settings, listener
        self._key = facts_key(catalog)
        self._run = 0
        self.summary = Summary()

    def run(self, sources: Sequence[Source] | None) -> Summary:
        """Audit sources; with None bring every verdict of the store up to date.

        Raises:
            StoreError: the store fails for good; what was written stays.
        """
        begin = time.monotonic()
        self._run = self._writer.write(self._begin)
        try:
            places = self._registered(sources) if sources is not None else None
            work = self._planned(places)
            self._listener.phase("audit", len(work.tasks))
            self._do_all(work.tasks)
        finally:
            self.summary.seconds = time.monotonic() - begin
        self._writer.write(self._end)
        return self.summary

    # ------------------------------------------------------------ the plan

    def _registered(self, sources: Sequence[Source]) -> set[str]:
        """Write the sources and read the SHA-256 of those that are new."""
        self.summary.sources = len(sources)
        bad: set[str] = set()
        for part in chunks(sources):
            bad.update(self._writer.write(lambda c, part=part: register(c, part)))  # type: ignore[misc]
        if bad:
            self.summary.failed["unreadable"] += len(bad)
        places = [s.location for s in sources if s.location not in bad]
        new = self._store.read(lambda c: unread(c, places))
        self._listener.phase("read", len(new))
        self._read_all(new)
        return set(places)

    def _read_all(self, places: Sequence[str]) -> None:
        found: list[tuple[str, dict[str, Any]]] = []
        flushed = time.monotonic()
        for place, answer in self._each(places, self._digest):
            found.append((place, answer))
            self._listener.finished(place, "" if answer["ok"] else str(answer["reason"]))
            if len(found) >= 100 or time.monotonic() - flushed > _FLUSH:
                self._writer.write(lambda c, part=tuple(found): self._save_digests(c, part))  # type: ignore[misc]
                found, flushed = [], time.monotonic()
        self._writer.write(lambda c: self._save_digests(c, found))

    def _each(
        self, items: Sequence[str], start: Callable[[str], Future[dict[str, Any]]]
    ) -> Iterable[tuple[str, dict[str, Any]]]:
        """Run over items with a bounded number under way; results come in order of the items."""
        left, under_way = deque(items), deque[tuple[str, Future[dict[str, Any]]]]()
        while left or under_way:
            while left and len(under_way) < self._crew.slots * 8:
                item = left.popleft()
                under_way.append((item, start(item)))
            item, future = under_way.popleft()
            yield item, future.result()

    def _digest(self, place: str) -> Future[dict[str, Any]]:
        """Read the SHA-256 of a place: here for a plain file, in a worker for all else."""
        if self._crew.remote or INSIDE in place or is_remote(place):
            task = frames.packed({"do": "digest", "location": place, **self._limits()})
            return self._crew.executor.submit(_header_of, task)
        return self._crew.executor.submit(_digest_here, place)

    def _save_digests(
        self, connection: Connection, found: Iterable[tuple[str, dict[str, Any]]]
    ) -> None:
        for place, answer in found:
            if answer["ok"]:
                values = {"sha256": answer["sha256"], "size": answer["size"]}
                mine = t.sources.c.location == place
                connection.execute(t.sources.update().where(mine).values(values))
                forget_failure(connection, place)
            else:
                self.summary.failed[str(answer["kind"])] += 1
                row = {"location": place, "sha256": "", "stage": "read", "attempts": 1}
                save_failure(connection, {**row, "facts_key": self._key}, answer)

    def _planned(self, places: set[str] | None) -> Plan:
        asked = self._settings
        made = self._store.read(
            lambda c: plan(c, places, self._catalog, asked.options, again=asked.again)
        )
        summary = self.summary
        summary.packages, summary.current = made.packages, made.current
        summary.skipped, summary.missing = made.failed, made.missing
        return made

    # ------------------------------------------------------------ the work

    def _do_all(self, tasks: Sequence[Task]) -> None:
        left = deque((task, 1) for task in tasks)
        under_way: dict[Future[bytes], tuple[Task, int]] = {}
        while left or under_way:
            while left and len(under_way) < self._crew.slots * _AHEAD:
                task, tries = left.popleft()
                under_way[self._crew.executor.submit(attempt, self._message(task))] = (task, tries)
                self._listener.started(task.location)
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                task, tries = under_way.pop(future)
                answer, parts = _answer(future)
                if not answer["ok"] and tries < _TRIES and answer["kind"] not in _FINAL:
                    left.appendleft((task, tries + 1))
                    continue
                self._keep(task, tries, answer, parts)

    def _message(self, task: Task) -> bytes:
        """Write a task for a worker, with the documents that it needs."""
        header = {
            "do": task.work,
            "location": task.location,
            "terms": [name for name, _ in task.terms],
            "options": dict(task.options),
            **self._limits(),
        }

        def needed(connection: Connection) -> list[bytes]:
            parts = [document(connection, digest) for _, digest in task.terms]
            if task.work == "judge":
                facts, header["documents"], bodies = stored_facts(connection, task.sha256)
                parts = [facts, *bodies, *parts]
            return parts

        return frames.packed(header, self._store.read(needed))

    def _limits(self) -> dict[str, Any]:
        asked = self._settings
        return {
            "seconds": asked.seconds,
            "megabytes": asked.megabytes,
            "folders": list(asked.folders),
        }

    def _keep(self, task: Task, tries: int, answer: dict[str, Any], parts: list[bytes]) -> None:
        """Write one answer, for good or ill."""
        if answer["ok"] and answer["sha256"] != task.sha256:
            why = "the file changed while the batch ran"
            answer = {**answer, "ok": False, "kind": "changed", "reason": why}
        if answer["ok"] and answer["made_by"] != [__version__, self._catalog.digest]:
            raise UsageError(
                "a worker has another version of this program or its catalog: "
                f"{' '.join(answer['made_by'])[:60]}; install the same everywhere"
            )
        self._writer.write(lambda c: self._save(c, task, tries, answer, parts))
        summary = self.summary
        summary.peak_kb = max(summary.peak_kb, int(answer.get("peak_kb", 0)))
        if not answer["ok"]:
            summary.failed[str(answer["kind"])] += 1
        elif task.work == "audit":
            summary.audited += 1
        else:
            summary.judged += 1
        trouble = "" if answer["ok"] else f"{answer['kind']}: {answer['reason']}"
        self._listener.finished(task.location, trouble)

    def _save(
        self,
        connection: Connection,
        task: Task,
        tries: int,
        answer: dict[str, Any],
        parts: list[bytes],
    ) -> None:
        if not answer["ok"]:
            about = {"location": task.location, "sha256": task.sha256, "stage": task.work}
            row = {**about, "attempts": tries, "facts_key": self._key}
            save_failure(connection, row, answer)
        else:
            if task.work == "audit":
                version = save_audit(connection, answer, parts, self._key, task.verdict_key)
            else:
                version = save_verdict(connection, answer, parts, task.verdict_key)
            forget_failure(connection, task.location)
            link_sources(connection, version, task.sha256)
        connection.execute(
            t.attempts.insert().values(
                run_id=self._run,
                sha256=task.sha256,
                work=task.work,
                outcome="ok" if answer["ok"] else answer["kind"],
                milliseconds=int(answer.get("milliseconds", 0)),
                peak_kb=int(answer.get("peak_kb", 0)),
            )
        )

    # ------------------------------------------------------------ the run itself

    def _begin(self, connection: Connection) -> int:
        """Note that a run begins; one that was cut off before is noted as such."""
        cut = t.runs.c.state == "running"
        connection.execute(t.runs.update().where(cut).values(state="cut off"))
        digest = self._catalog.digest
        if (
            connection.execute(
                sa.select(t.catalogues).where(t.catalogues.c.digest == digest)
            ).first()
            is None
        ):
            values = {"digest": digest, "tool_version": __version__}
            values["facts_digest"] = facts_digest(self._catalog)
            connection.execute(t.catalogues.insert().values(values))
        made = connection.execute(
            t.runs.insert().values(
                started=_now(),
                state="running",
                place=f"{platform.node()} {os.getpid()}",
                catalogue=digest,
                options=json.dumps(self._settings.options, sort_keys=True),
            )
        )
        assert made.inserted_primary_key is not None
        return int(made.inserted_primary_key[0])

    def _end(self, connection: Connection) -> None:
        summary = self.summary
        said = {"audited": summary.audited, "judged": summary.judged, "failed": summary.failed}
        values = {"ended": _now(), "state": "done", "summary": json.dumps(said, sort_keys=True)}
        connection.execute(t.runs.update().where(t.runs.c.id == self._run).values(values))
        if summary.done:
            count_totals(connection)
            note_sizes(connection)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _answer(future: Future[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """Take a worker's answer; a machine that was lost is one, too."""
    if error := future.exception():
        reason = f"the machine that worked on it was lost: {type(error).__name__}"
        return {"ok": False, "kind": "killed", "reason": reason}, []
    return frames.unpacked(future.result())


def _header_of(task: bytes) -> dict[str, Any]:
    return frames.unpacked(attempt(task))[0]


def _digest_here(place: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="auditor-") as folder:
        try:
            with open_place(place, folder) as opened:
                return {"ok": True, **opened.identity()}
        except UnreadableInputError as error:
            return {"ok": False, "kind": "unreadable", "reason": str(error)}


def stored_facts(connection: Connection, sha256: str) -> tuple[bytes, list[str], list[bytes]]:
    """Give the facts of a package, and its documents of terms with their SHA-256, compressed.

    Raises:
        StoreError: they are not there, or damaged.
    """
    from auditor.batch.facts import unpack

    version = sa.select(t.versions.c.id).where(t.versions.c.sha256 == sha256).scalar_subquery()
    body = connection.execute(
        sa.select(t.facts.c.body).where(t.facts.c.version_id == version)
    ).scalar()
    if body is None:
        raise StoreError(f"the store holds no facts of {sha256}")
    try:
        digests = sorted({d.sha256 for d in unpack(body).terms})
    except ValueError as error:
        raise StoreError(f"the facts of {sha256}: {error}") from error
    return body, digests, [document(connection, digest) for digest in digests]


def document(connection: Connection, digest: str) -> bytes:
    """Give one document of terms, compressed.

    Raises:
        StoreError: it is not there.
    """
    body = connection.execute(
        sa.select(t.documents.c.body).where(t.documents.c.sha256 == digest)
    ).scalar()
    if body is None:
        raise StoreError(f"the store holds no document {digest}")
    return bytes(body)
