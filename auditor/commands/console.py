"""Speak to the terminal: plain lines that no foreign text can act through, and progress.

Results go to stdout, everything about the run to stderr. Colour and motion only on a terminal.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.progress import Progress, TaskID

    from auditor.report import TerminalLine

PIPE_CLOSED = 141
"""Exit code when the reader of stdout went away: 128 + SIGPIPE, as shells report it."""
_STYLES: dict[str, dict[str, str | bool]] = {
    "title": {"bold": True},
    "heading": {"bold": True},
    "high": {"fg": "red"},
    "medium": {"fg": "yellow"},
    "low": {"fg": "cyan"},
    "limit": {"dim": True},
}
_PATIENCE = 2.0
"""Seconds after which a run without a terminal begins to say what it does."""


def harmless(text: str) -> str:
    """Put `text` on one line, characters that act on a terminal replaced."""
    line = " ".join(text.split())
    return "".join(c if c.isprintable() else "�" for c in line)


def say(text: str = "", **style: str | bool) -> None:
    """Print one line of the result; end quietly when nobody reads any more.

    Args:
        text: printed as it is; clean what comes from an app or from terms before.
        style: colours of `typer.style`, dropped where stdout is no terminal.
    """
    try:
        if style and sys.stdout.isatty():
            text = typer.style(text, **style)  # type: ignore[arg-type]
        data = (text + "\n").encode("utf-8", "replace")
        sys.stdout.flush()
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:
            sys.stdout.write(data.decode("utf-8"))
        else:
            stream.write(data)
            stream.flush()
    except BrokenPipeError:
        raise typer.Exit(PIPE_CLOSED) from None


def note(text: str, **style: str | bool) -> None:
    """Print one line about the run on stderr."""
    line = harmless(text)
    typer.secho(line, err=True, **style)  # type: ignore[arg-type]


def say_lines(lines: Iterable[TerminalLine]) -> None:
    """Print the summary of a report, which is clean already."""
    for line in lines:
        if line.kind == "heading":
            say()
        say(line.text, **_STYLES.get(str(line.kind), {}))


class Doing:
    """What the program does now: a spinner on a terminal, else a line a stage once it takes long.

    Use it as a context; call it with the words for the next stage.
    """

    def __init__(self, name: str, *, quiet: bool = False, number: int = 1, total: int = 1) -> None:
        """Speak of the app `name`, the `number`th of `total`."""
        self._name = harmless(name) if total == 1 else f"[{number}/{total}] {harmless(name)}"
        self._quiet = quiet
        self._several = total > 1
        self._start = time.monotonic()
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        """Begin."""
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.markup import escape
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
            self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._progress.add_task(escape(self._name))
            self._progress.start()
        elif not self._quiet and self._several:
            note(self._name)
        return self

    def __call__(self, stage: str) -> None:
        """Say that `stage` begins."""
        if self._progress is not None and self._task is not None:
            from rich.markup import escape

            self._progress.update(self._task, description=f"{escape(self._name)}: {stage}")
        elif not self._quiet:
            seconds = time.monotonic() - self._start
            if seconds > _PATIENCE:
                note(f"{self._name}: {stage} ({seconds:.0f} s)")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Clear the spinner."""
        if self._progress is not None:
            self._progress.stop()
