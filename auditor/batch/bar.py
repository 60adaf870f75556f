"""Show how a batch goes on: a live display on a terminal, else a plain line now and then.

Everything goes to stderr. Names of files are cleaned: they may come from anywhere.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.console import Group
    from rich.live import Live

_EVERY = 5.0
"""Seconds between plain lines."""
_SHOWN = 8
"""Apps under way that are shown."""
_WINDOW = 200
"""Finished steps over which the rate is taken."""
_ENOUGH = 5
_WORDS = {"read": "reading", "audit": "auditing", "report": "writing reports"}


def harmless(text: str) -> str:
    """Put a text on one line, characters that act on a terminal replaced."""
    return "".join(c if c.isprintable() else "�" for c in " ".join(text.split()))


def duration(seconds: float) -> str:
    """`3 s`, `4 min 10 s`, `2 h 05 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3_600} h {whole % 3_600 // 60:02} min"


class Bar:
    """A `run.Listener` that shows what it is told."""

    def __init__(self, say: Callable[[str], None], *, quiet: bool = False) -> None:
        """Speak plain lines by `say`; say nothing at all when `quiet`."""
        self._say, self._quiet = say, quiet
        self._live: Live | None = None
        self._name, self._total = "", 0
        self._done = self._failed = 0
        self._under_way: dict[str, float] = {}
        self._times: list[float] = []
        self._told = time.monotonic()

    def __enter__(self) -> Self:
        """Begin to show."""
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(stderr=True), transient=True, refresh_per_second=4)
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Clear the display."""
        if self._live is not None:
            self._live.stop()

    def phase(self, name: str, total: int) -> None:
        """A phase begins."""
        self._name, self._total = _WORDS.get(name, name), total
        self._done = self._failed = 0
        self._under_way.clear()
        self._times = [time.monotonic()]
        if total:
            self._show(force=True)

    def started(self, location: str) -> None:
        """Work on a place began."""
        self._under_way.setdefault(location, time.monotonic())
        self._show()

    def finished(self, location: str, trouble: str = "") -> None:
        """Work on a place ended."""
        self._under_way.pop(location, None)
        self._done += 1
        self._failed += bool(trouble)
        self._times = [*self._times[-_WINDOW:], time.monotonic()]
        if trouble and not self._quiet:
            line = harmless(f"not audited: {location}: {trouble}")
            if self._live is not None:
                self._live.console.print(line, markup=False, highlight=False)
            else:
                self._say(line)
        self._show(force=self._done == self._total)

    def line(self) -> str:
        """Say where the phase stands: done, failures, rate, remaining time."""
        # Once there are enough steps, the time in which workers loaded tells nothing.
        times = self._times[1:] if len(self._times) > _ENOUGH else self._times
        span = times[-1] - times[0]
        rate = (len(times) - 1) / span if span > 0 else 0.0
        text = f"{self._name} {self._done}/{self._total}"
        if self._failed:
            text += f", {self._failed} failed"
        if rate:
            text += f", {rate * 60:.0f} a minute"
            text += f", {duration((self._total - self._done) / rate)} left"
        return text

    def _show(self, *, force: bool = False) -> None:
        if self._quiet:
            return
        if self._live is not None:
            self._live.update(self._display())
        elif force or time.monotonic() - self._told >= _EVERY:
            self._told = time.monotonic()
            self._say(self.line())

    def _display(self) -> Group:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.text import Text

        now = time.monotonic()
        apps = [
            Text(f"  {duration(now - since):>8}  {harmless(place)[-100:]}", style="dim")
            for place, since in list(self._under_way.items())[:_SHOWN]
        ]
        bar = ProgressBar(total=max(1, self._total), completed=self._done, width=60)
        return Group(Text(self.line()), bar, *apps)
