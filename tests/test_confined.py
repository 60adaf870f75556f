"""Nothing of an app is run, nothing is asked of the network, nothing is written but the reports."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.confined import REFUSED

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
FORMATS = "html,json,jsonl,sarif,csv,graphml"


@cache
def without_network() -> tuple[str, ...]:
    """A prefix that takes the network away from a command, where this system allows it."""
    unshare = shutil.which("unshare")
    for flags in ("-n", "-rn"):
        if (
            unshare
            and subprocess.run([unshare, flags, "true"], capture_output=True).returncode == 0
        ):
            return (unshare, flags)
    return ()


def confined(out: Path, *command: str) -> subprocess.CompletedProcess[str]:
    arguments = [*without_network(), sys.executable, "-m", "tests.confined", str(out), *command]
    return subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, timeout=300)


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param("import socket; socket.socket()", id="socket"),
        pytest.param("import socket; socket.getaddrinfo('a.example', 80)", id="name"),
        pytest.param("import os; os.system('true')", id="system"),
        pytest.param("import subprocess; subprocess.run(['true'])", id="program"),
        pytest.param("import os; os.execv('/bin/true', ['true'])", id="exec"),
        pytest.param("import os; os.fork()", id="fork"),
        pytest.param("open('evil', 'w')", id="write"),
        pytest.param("import os; os.open('evil', os.O_CREAT)", id="create"),
        pytest.param("import os; os.mkdir('evil')", id="folder"),
        pytest.param("import os; os.rename('README.md', 'evil')", id="rename"),
    ],
)
def test_the_confinement_holds(attempt: str, tmp_path: Path) -> None:
    ended = confined(tmp_path, "try", attempt)
    assert ended.returncode == REFUSED, ended.stderr
    assert ended.stderr.startswith("refused: ")


def test_the_confinement_lets_reports_be_written(tmp_path: Path) -> None:
    ended = confined(tmp_path, "try", f"open({str(tmp_path / 'a')!r}, 'w').write('1')")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_scan(tmp_path: Path) -> None:
    """Every sample, hostile ones included, in every format that needs no browser."""
    apps = [str(p) for p in sorted(SAMPLES.glob("*/app.apk*"))]
    terms = str(SAMPLES / "picker-mask" / "terms.html")
    out = str(tmp_path / "out")
    command = ("scan", *apps, "--terms", terms, "--format", FORMATS, "--out", out, "-q", "--nested")
    ended = confined(tmp_path, *command)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert len(list((tmp_path / "out").iterdir())) == len(FORMATS.split(",")) * len(apps)


@pytest.mark.parametrize(
    "command",
    [
        ("terms", str(SAMPLES / "picker-mask" / "terms.html"), "--format", "json"),
        ("rules", "test"),
        ("schema",),
        ("explain", "picker-mask"),
    ],
    ids=lambda command: command[0],
)
def test_other_commands(command: tuple[str, ...], tmp_path: Path) -> None:
    ended = confined(tmp_path, *command)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout
