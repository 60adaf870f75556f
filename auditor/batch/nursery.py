"""The process that workers are forked from: `python -m auditor.batch.nursery`, spoken to by pipes.

It loads program and catalog once, then forks one child for each task: a child begins with all of
it in memory, works on one app under limits, and ends. Whatever happens to a child (an exception, a
hang, no memory, a signal) becomes an answer. When the one who asks goes away, both end.

stdin: requests. stdout: answers. The first answer says that it is ready, or why not.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from auditor.batch import frames
from auditor.batch.work import Worker
from auditor.errors import AuditError

_CHECK = 1.0
"""Seconds after which a child looks whether its nursery still lives."""
_SPARE = 60
"""Seconds of processor time above its wall-clock limit after which the kernel ends a child."""
_CHUNK = 1 << 20
_IN, _OUT = 0, 1


def main(arguments: Sequence[str]) -> int:
    """Serve requests until nobody asks any more; `arguments` are the folders of the catalog."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.dup(_OUT)
    _silence()
    try:
        worker = Worker([Path(folder) for folder in arguments])
    except AuditError as error:
        frames.send(out, frames.packed({"ready": False, "reason": str(error)}))
        return error.exit_code
    gc.set_threshold(25_000, 20, 20)  # as in cli.py
    gc.freeze()  # what is loaded stays in pages that all children share
    with contextlib.suppress(frames.ClosedError):
        frames.send(out, frames.packed({"ready": True}))
        while True:
            request = frames.receive(_IN)
            folder = tempfile.mkdtemp(prefix="auditor-")
            try:
                answer = _attempt(worker, request, folder)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            frames.send(out, answer)
    return 0


def _silence() -> None:
    """Libraries may print; only messages go to the pipe."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def _attempt(worker: Worker, request: bytes, folder: str) -> bytes:
    """Let a child do the task, and say how it ended."""
    header, _ = frames.unpacked(request)
    seconds, megabytes = float(header["seconds"]), int(header["megabytes"])
    begin = time.monotonic()
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(source)
        _work(worker, request, sink, folder, int(seconds), megabytes)
    os.close(sink)
    data, late = _collect(source, child, begin + seconds)
    os.close(source)
    _, status, usage = os.wait4(child, 0)
    measured = {
        "milliseconds": round((time.monotonic() - begin) * 1000),
        "peak_kb": usage.ru_maxrss,
    }
    if late:
        reason = f"not finished after {seconds:g} s"
        return frames.packed({"ok": False, "kind": "timeout", "reason": reason, **measured})
    if os.WIFSIGNALED(status):
        return frames.packed({"ok": False, **_killed(os.WTERMSIG(status)), **measured})
    try:
        answer, parts = frames.unpacked(data)
    except frames.ClosedError:
        reason = f"the worker ended with code {os.waitstatus_to_exitcode(status)} and no answer"
        return frames.packed({"ok": False, "kind": "crash", "reason": reason, **measured})
    return frames.packed({**answer, **measured}, parts)


def _killed(number: int) -> dict[str, str]:
    name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
    if number == signal.SIGKILL:
        why = "the worker was killed, as the kernel does when memory runs out"
        return {"kind": "killed", "reason": why}
    if number == signal.SIGXCPU:
        return {"kind": "timeout", "reason": "the worker used up its processor time"}
    return {"kind": "crash", "reason": f"the worker was ended by {name}"}


def _collect(source: int, child: int, deadline: float) -> tuple[bytes, bool]:
    """Read what the child writes until it closes; kill it when it is late or nobody asks."""
    poll = select.poll()
    poll.register(source, select.POLLIN)
    poll.register(_IN, select.POLLIN)
    found: list[bytes] = []
    size = 0
    while True:
        left = deadline - time.monotonic()
        ready = {fd for fd, _ in poll.poll(max(0.0, left) * 1000)}
        if _IN in ready:
            # No second request comes before an answer: this is the end of the one who asks.
            os.kill(child, signal.SIGKILL)
            os._exit(0)
        if source in ready:
            data = os.read(source, _CHUNK)
            found.append(data)
            size += len(data)
            if not data:
                return b"".join(found), False
        if left <= 0 or size > frames.MAX_BYTES:
            os.kill(child, signal.SIGKILL)
            return b"", True


def _work(
    worker: Worker, request: bytes, sink: int, folder: str, seconds: int, megabytes: int
) -> NoReturn:
    """Be the child: do the task under limits, write the answer, end."""
    nursery = os.getppid()

    def look(number: int, frame: object) -> None:
        del number, frame
        if os.getppid() != nursery:
            os._exit(1)

    try:
        signal.signal(signal.SIGALRM, look)
        signal.setitimer(signal.ITIMER_REAL, _CHECK, _CHECK)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        processor = seconds + _SPARE
        resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
        answer = worker.answer(request, folder)
    except MemoryError:
        reason = f"needs more than {megabytes} MB of memory"
        answer = frames.packed({"ok": False, "kind": "memory", "reason": reason})
    except BaseException as error:  # noqa: BLE001 - it ends one app, not the batch
        answer = frames.packed({"ok": False, "kind": "crash", "reason": _told(error)})
    with contextlib.suppress(OSError):
        view = memoryview(answer)
        while view:
            view = view[os.write(sink, view) :]
    os._exit(0)


def _told(error: BaseException) -> str:
    """Name the error and the line of this program that raised it."""
    frames_ = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames_ if "auditor" in Path(f.filename).parts] or frames_
    last = own[-1] if own else None
    at = f" ({Path(last.filename).name}:{last.lineno})" if last else ""
    text = f"{type(error).__name__}: {error}"
    return json.dumps(text[:400])[1:-1] + at


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
