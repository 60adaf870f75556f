"""Run a stage so that its failure is told: an exception, a deadline or exhausted memory is a limit.

A hostile app may find a way to make a stage fail. Then the other stages still speak, and the report
says which one did not: nothing reads as clean because it broke. Errors that a stage raises on
purpose (`AuditError`) pass. The last stages, which judge and render, are not guarded: without them
there is no report, and the program ends with an exit code of its own.
"""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TypeVar

from auditor.errors import AuditError
from auditor.model import Limit

T = TypeVar("T")
_HERE = Path(__file__).parent


class StageTimeoutError(Exception):
    """Raised inside a stage when its time is over."""


class Guard:
    """Runs the stages of one audit and keeps the limits of those that failed."""

    def __init__(self, seconds: float = 0, *, lenient: bool = True) -> None:
        """Guard stages.

        Args:
            seconds: for each stage, 0 for no deadline; kept on the main thread of POSIX systems.
            lenient: turn exceptions into limits; else let them through, for tests.
        """
        self._seconds, self._lenient = seconds, lenient
        self.limits: list[Limit] = []

    def run(self, stage: str, work: Callable[[], T], instead: Callable[[], T]) -> T:
        """Return what `work` returns, or `instead` with a limit when it fails."""
        try:
            with _deadline(self._seconds):
                return work()
        except AuditError:
            raise
        except StageTimeoutError:
            why = f"the stage took longer than {self._seconds:g} s and was given up"
            self.limits.append(Limit("timeout", stage, why))
        except MemoryError:
            self.limits.append(Limit("memory", stage, "the stage ran out of memory"))
        except Exception as error:  # noqa: BLE001  whatever it is, it must be told
            if not self._lenient:
                raise
            why = f"the stage failed ({_told(error)}); what it would have found is missing"
            self.limits.append(Limit("stage_failed", stage, why))
        return instead()


def _told(error: Exception) -> str:
    """Name an exception and the line of this program that raised it, without foreign text."""
    own = [f for f in traceback.extract_tb(error.__traceback__) if _is_own(f.filename)]
    place = f" at {Path(own[-1].filename).relative_to(_HERE)}:{own[-1].lineno}" if own else ""
    return f"{type(error).__name__}{place}"


def _is_own(filename: str) -> bool:
    return Path(filename).is_relative_to(_HERE) and Path(filename) != Path(__file__)


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Raise `StageTimeoutError` in the block after `seconds`; 0 means never."""
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if seconds <= 0 or not usable:
        yield
        return

    def over(number: int, frame: FrameType | None) -> None:
        raise StageTimeoutError

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
