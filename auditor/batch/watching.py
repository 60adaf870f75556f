"""Watch sources that grow: give them again whenever they changed, without files still being copied.

A file is taken when its size and time of change were the same at two looks.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from auditor.batch.plan import Source, find_sources
from auditor.errors import UnreadableInputError


def watched(given: Sequence[str], seconds: float) -> Iterator[tuple[Source, ...]]:
    """Give the sources that hold still, at first and whenever there are others; never ends."""
    before: frozenset[Source] = frozenset()
    given_out: frozenset[Source] | None = None
    while True:
        try:
            now = frozenset(find_sources(given))
        except UnreadableInputError:
            now = frozenset()  # the folder is not there yet, or a file went away meanwhile
        still = now & before
        if still != given_out and (still or given_out is None):
            given_out = still
            yield tuple(sorted(still))
        before = now
        time.sleep(seconds)
