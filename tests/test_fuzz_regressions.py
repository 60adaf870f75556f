"""What fuzzing once found, and a small corpus of every harness: read again, without an exception.

`python -m fuzz.run NAME` looks for more; a find goes to `fuzz/regressions/NAME/`.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from fuzz.harnesses import HARNESSES
from fuzz.seeds import seeds

FUZZ = Path(__file__).parents[1] / "fuzz"
FOUND = sorted((FUZZ / "regressions").glob("*/*.bin"))
SECONDS = 10


def test_every_find_has_a_harness() -> None:
    assert {path.parent.name for path in FOUND} <= set(HARNESSES)
    assert len(FOUND) >= 18


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_find(path: Path) -> None:
    start = time.monotonic()
    HARNESSES[path.parent.name](path.read_bytes())
    assert time.monotonic() - start < SECONDS


@pytest.mark.parametrize("name", HARNESSES)
def test_corpus(name: str) -> None:
    for data in seeds(name):
        HARNESSES[name](data)  # what is done once in a process is not of an input
    kept = [path.read_bytes() for path in sorted((FUZZ / "corpus" / name).glob("*"))]
    for data in seeds(name) + kept:
        start = time.monotonic()
        HARNESSES[name](data)
        assert time.monotonic() - start < SECONDS
