"""Give one task to a worker process and wait for its answer; runs on any machine of a cluster.

`attempt` is what an executor is handed: bytes in, bytes out, no shared state. Each thread that
calls it has a nursery of its own (see `nursery`), started when first needed and when lost.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
import time
from pathlib import Path

from auditor.batch import frames

_START = 120.0
"""Seconds in which a nursery must be ready: it loads program and catalog."""
_GRACE = 30.0
"""Seconds above a task's own limit after which its nursery is given up."""
_ROOT = str(Path(__file__).parents[2])
_stopping = threading.Event()
_mine = threading.local()
_all: set[Nursery] = set()


class Nursery:
    """One running nursery."""

    def __init__(self, folders: tuple[str, ...]) -> None:
        """Start it.

        Raises:
            frames.ClosedError: it does not come up; the message says why.
        """
        self.folders = folders
        requests, self._to = os.pipe()
        self._from, answers = os.pipe()
        path = os.pathsep.join(p for p in (_ROOT, os.environ.get("PYTHONPATH", "")) if p)
        environment = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "auditor.batch.nursery", *folders]
        ours = [(os.POSIX_SPAWN_CLOSE, fd) for fd in (self._to, self._from)]
        ends = [(os.POSIX_SPAWN_DUP2, requests, 0), (os.POSIX_SPAWN_DUP2, answers, 1)]
        try:
            self.pid = os.posix_spawn(
                sys.executable, command, environment, file_actions=[*ours, *ends], setpgroup=0
            )
        finally:
            os.close(requests)
            os.close(answers)
        _all.add(self)
        self._await_ready()

    def _await_ready(self) -> None:
        try:
            first, _ = frames.unpacked(frames.receive(self._from, time.monotonic() + _START))
        except (frames.ClosedError, frames.LateError) as error:
            self.close()
            raise frames.ClosedError(f"a worker process does not start: {error}") from error
        if not first.get("ready"):
            self.close()
            raise frames.ClosedError(str(first.get("reason")))

    def ask(self, task: bytes, seconds: float) -> bytes:
        """Hand over a task and wait.

        Raises:
            frames.ClosedError: the nursery was lost.
        """
        try:
            frames.send(self._to, task)
            return frames.receive(self._from, time.monotonic() + seconds + _GRACE)
        except frames.LateError as error:
            self.close()
            raise frames.ClosedError("the worker process does not answer") from error
        except frames.ClosedError:
            self.close()
            raise

    def close(self) -> None:
        """End it, and the child that it may have."""
        if self not in _all:
            return
        _all.discard(self)
        for descriptor in (self._to, self._from):
            os.close(descriptor)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def attempt(task: bytes) -> bytes:
    """Do one task in a worker process of this machine; always gives an answer."""
    header, _ = frames.unpacked(task)
    folders = tuple(header.get("folders", ()))
    try:
        nursery: Nursery | None = getattr(_mine, "nursery", None)
        if nursery is None or nursery not in _all or nursery.folders != folders:
            if nursery is not None:
                nursery.close()
            if _stopping.is_set():
                raise frames.ClosedError("the batch ends")
            nursery = _mine.nursery = Nursery(folders)
        return nursery.ask(task, float(header["seconds"]))
    except frames.ClosedError as error:
        lost = f"the process that starts workers was lost: {error}"
        return frames.packed({"ok": False, "kind": "killed", "reason": lost})


def begin() -> None:
    """Let tasks begin again after `stop`."""
    _stopping.clear()


def stop() -> None:
    """End every worker now; tasks under way end as lost, and no new one begins."""
    _stopping.set()
    for nursery in list(_all):
        with contextlib.suppress(ProcessLookupError):
            os.kill(nursery.pid, signal.SIGKILL)


@atexit.register
def close_all() -> None:
    """End every nursery of this process."""
    for nursery in list(_all):
        nursery.close()
