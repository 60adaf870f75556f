"""Paths that are no files: pipes nobody writes to, devices without an end, links in a circle."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from auditor.cli import run
from tests.axml import zipped
from tests.test_bad_input import sample


@pytest.mark.parametrize("kind", ["pipe", "device", "circle"])
@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(["terms", "{x}"], id="terms"),
        pytest.param(["scan", "{x}", "-o", "{out}"], id="app"),
        pytest.param(["scan", "{app}", "-t", "{x}", "-o", "{out}"], id="terms of an app"),
        pytest.param(["diff", "{x}", "{x}"], id="reports"),
        pytest.param(["verify", "{x}"], id="evidence"),
        pytest.param(["evidence", "{app}", "-o", "{out}/e.zip", "--sign", "{x}"], id="a key"),
        pytest.param(["batch", "{x}", "-s", "{out}/s.db", "-q"], id="a source of a batch"),
        pytest.param(["notices", "{x}"], id="notices"),
    ],
)
def test_is_one_line(
    asked: Sequence[str], kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "circle":
        path.symlink_to(path)
    else:
        path = Path("/dev/zero")
    app = tmp_path / "app.apk"
    app.write_bytes(zipped(sample()))
    given = [a.format(x=path, app=app, out=tmp_path / "out") for a in asked]
    code: list[int] = []
    asking = threading.Thread(target=lambda: code.append(run(given)), daemon=True)
    asking.start()
    asking.join(60)
    assert code, "it waits"
    assert code[0] in (2, 3)
    said = capsys.readouterr().err.strip().splitlines()
    assert "Traceback" not in "".join(said)
    assert asked[0] == "batch" or said[-1].startswith("error: ")
