"""Whatever happens to a worker becomes an answer; nothing of it outlives the one who asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from auditor.batch import attempt as module
from auditor.batch import frames
from auditor.batch.attempt import Nursery, attempt
from auditor.catalog import DATA

ROOT = Path(__file__).parents[1]
CHILD = """
import json, os, signal, sys, time
from auditor.batch import frames, nursery

class Fake:
    def answer(self, request, folder):
        {body}
        return frames.packed({{"ok": True}}, [b"part"])

request = frames.packed({{"seconds": 2, "megabytes": 600}})
answer, parts = frames.unpacked(nursery._attempt(Fake(), request, "/nonexistent"))
del answer["milliseconds"], answer["peak_kb"]
print(json.dumps([answer, [p.decode() for p in parts]]))
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("pass", {"ok": True}, id="it works"),
        pytest.param(
            "raise RecursionError('deep \\x1b[31m')",
            {"kind": "crash", "reason": "RecursionError: deep \\u001b[31m (nursery.py:"},
            id="an exception",
        ),
        pytest.param(
            "time.sleep(60)", {"kind": "timeout", "reason": "not finished after 2 s"}, id="a hang"
        ),
        pytest.param(
            "bytearray(1 << 30)",
            {"kind": "memory", "reason": "needs more than 600 MB of memory"},
            id="too much memory",
        ),
        pytest.param(
            "os.kill(os.getpid(), signal.SIGSEGV)",
            {"kind": "crash", "reason": "the worker was ended by SIGSEGV"},
            id="a signal",
        ),
        pytest.param(
            "os.kill(os.getpid(), signal.SIGKILL)",
            {
                "kind": "killed",
                "reason": "the worker was killed, as the kernel does when memory runs out",
            },
            id="killed",
        ),
        pytest.param(
            "os._exit(7)",
            {"kind": "crash", "reason": "the worker ended with code 7 and no answer"},
            id="it leaves",
        ),
        pytest.param(
            "print('noise', flush=True)",
            {"ok": True},
            id="it prints, which nobody takes as an answer",
        ),
    ],
)
def test_how_a_worker_ends(body: str, expected: dict[str, object]) -> None:
    done = _ask(CHILD.format(body=body))

    answer, parts = json.loads(done)
    answer["reason"] = answer.get("reason", "")[: len(str(expected.get("reason", "")))]
    assert answer == {"ok": False, "reason": "", **expected}
    assert parts == ([] if "kind" in expected else ["part"])


def _ask(program: str) -> str:
    """Run a program whose stdin stays open: an end of it means that nobody asks any more."""
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        lines = running.stdout.read().splitlines()
        assert running.wait(60) == 0
    return lines[-1]


def test_a_nursery_that_was_killed_is_an_answer_and_the_next_task_gets_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_START", 900.0)  # the machine of a test is busy
    task = frames.packed(
        {"do": "digest", "location": str(ROOT / "LICENSE"), "seconds": 300, "megabytes": 2048}
    )
    module.close_all()  # those of other tests
    module.begin()
    first, _ = frames.unpacked(attempt(task))
    assert first["ok"], first
    (nursery,) = module._all
    os.kill(nursery.pid, signal.SIGKILL)

    lost, _ = frames.unpacked(attempt(task))
    again, _ = frames.unpacked(attempt(task))
    module.close_all()

    assert again["ok"], again
    assert (lost["ok"], lost["kind"]) == (False, "killed")


def test_a_wrong_catalog_is_told(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "x.yaml").write_text("id: y\n")

    with pytest.raises(frames.ClosedError, match=r"x\.yaml"):
        Nursery((str(DATA), str(tmp_path)))


def test_workers_end_with_the_one_who_asked(tmp_path: Path) -> None:
    """`kill -9` of the batch leaves no process behind."""
    program = (
        "from auditor.batch import attempt, frames\n"
        "import sys\n"
        "n = attempt.Nursery(())\n"
        "print(n.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
        parent.wait(10)
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.1)
    pytest.fail("the nursery still runs")


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff" * 8, id="more parts than there can be"),
        pytest.param(frames.packed({"a": 1}, [b"x"])[:-1], id="cut"),
        pytest.param(frames.packed({"a": 1}) + b"x", id="something behind it"),
    ],
)
def test_what_is_no_message_is_refused(message: bytes) -> None:
    with pytest.raises(frames.ClosedError):
        frames.unpacked(message)


def test_a_message_comes_back() -> None:
    assert frames.unpacked(frames.packed({"b": "贷"}, [b"", b"\x00"])) == (
        {"b": "贷"},
        [b"", b"\x00"],
    )
