"""The locks: every declared dependency is pinned, with hashes, and from no private place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PINNED = re.compile(
    r"^([a-z0-9.-]+)==(\S+)(?: ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M
)


def name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found.group()).lower()


def locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text("utf-8")
    return {m.group(1): m.group(2) for m in PINNED.finditer(text)}


DECLARED = [name_of(r) for r in PROJECT["dependencies"]]
EXTRAS = [name_of(r) for extra in PROJECT["optional-dependencies"].values() for r in extra]


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [("run.txt", DECLARED), ("all.txt", [*DECLARED, *EXTRAS])],
    ids=["run", "all"],
)
def test_every_dependency_is_locked(lock: str, wanted: list[str]) -> None:
    """`make lock` writes them again."""
    assert sorted(set(wanted) - set(locked(lock))) == []


@pytest.mark.parametrize("lock", ["run.txt", "all.txt"])
def test_a_lock_pins_every_line(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(lines) == len(locked(lock)) > 40
    assert not re.search(r"://|--index|--find-links", text)


def test_both_locks_agree() -> None:
    run, everything = locked("run.txt"), locked("all.txt")
    assert {name: everything.get(name) for name in run} == run
