"""The bounds that `docs/limits.md` states are those of the code."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

LIMITS = Path(__file__).parents[1] / "docs" / "limits.md"
_ROW = re.compile(r"\| [^|]+ \| ([\d,]+(?:(?: and |; )[\d,]+)?) \| ((?:`\w+\.\w+`(?:, )?)+) \|")
ROWS = _ROW.findall(LIMITS.read_text(encoding="utf-8").partition("## Data flow")[2])


def test_every_bound_stands_in_the_table() -> None:
    assert len(ROWS) >= 20


@pytest.mark.parametrize(("said", "names"), ROWS, ids=[names for _, names in ROWS])
def test_stated_bounds_are_those_of_the_code(said: str, names: str) -> None:
    found: list[int] = []
    for name in re.findall(r"`(\w+)\.(\w+)`", names):
        value = getattr(importlib.import_module(f"auditor.flows.{name[0]}"), name[1])
        found += value if isinstance(value, tuple) else [value]
    assert [int(n.replace(",", "")) for n in re.split(" and |; ", said)] == found
