"""What `pip install .` gives: a wheel with templates and knowledge, used outside the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CASE = ROOT / "samples" / "picker-mask"
SOURCES = ("auditor", "reports", "pyproject.toml", "setup.py", "README.md", "LICENSE")


def call(arguments: Sequence[str | Path], folder: Path, **environment: str) -> str:
    done = subprocess.run(
        list(map(str, arguments)),
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build from a copy, without isolation: setuptools is at hand, so nothing is fetched."""
    return build(tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("dist"))


def build(copy: Path, out: Path) -> Path:
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, copy / name)
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", out)
    made = [sys.executable, "-m", "pip", "wheel", "--quiet", *map(str, options), "."]
    call(made, copy, SOURCE_DATE_EPOCH="1700000000")
    found = list(out.glob("*.whl"))
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel installed in a folder of its own; its dependencies are those of this Python."""
    site = tmp_path_factory.mktemp("site")
    options = ("--quiet", "--no-deps", "--no-index", "--target", site)
    call([sys.executable, "-m", "pip", "install", *options, wheel], site)
    return site


def relative_files(folder: Path) -> set[str]:
    files = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return {name for name in files if "__pycache__" not in name}


def test_the_wheel_carries_every_file(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    code = {f"auditor/{name}" for name in relative_files(ROOT / "auditor")}
    templates = {f"auditor/templates/{name}" for name in relative_files(ROOT / "reports/templates")}
    assert code | templates == {name for name in names if ".dist-info/" not in name}
    assert len(templates) > 15


def test_the_wheel_is_the_same_when_built_again(wheel: Path, tmp_path: Path) -> None:
    """In another folder, from files of another age; `make wheel` sets the date of the commit."""
    copy, out = tmp_path / "elsewhere", tmp_path / "dist"
    copy.mkdir()
    again = build(copy, out)
    assert again.read_bytes() == wheel.read_bytes()


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        text = {n.rpartition("/")[2]: n for n in archive.namelist() if ".dist-info/" in n}
        metadata = archive.read(text["METADATA"]).decode()
        entry_points = archive.read(text["entry_points.txt"]).decode()

    assert wheel.name.startswith("lending_auditor-")
    assert "License-Expression: Apache-2.0\n" in metadata
    assert "Requires-Python: >=3.11\n" in metadata
    assert "auditor = auditor.cli:main" in entry_points


def test_an_installed_wheel_audits_an_app_outside_the_checkout(
    installed: Path, tmp_path: Path
) -> None:
    where = call(
        [sys.executable, "-c", "import auditor; print(auditor.__file__)"],
        tmp_path,
        PYTHONPATH=str(installed),
    )
    assert Path(where.strip()).parent == installed / "auditor"

    for name in ("app.apk", "terms.html"):
        shutil.copy2(CASE / name, tmp_path)
    printed = call(
        [installed / "bin" / "auditor", "scan", "app.apk", "--terms", "terms.html", "--lang", "en"],
        tmp_path,
        PYTHONPATH=str(installed),
    )

    assert "The code of this app can read your whole address book." in printed
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["app.html", "app.json"]
    document = json.loads((tmp_path / "out" / "app.json").read_text("utf-8"))
    assert {f["rule"] for f in document["findings"]} >= {"picker-mask"}
    assert "</html>" in (tmp_path / "out" / "app.html").read_text("utf-8")


def test_the_installed_catalog_is_that_of_the_checkout(installed: Path, tmp_path: Path) -> None:
    from auditor.catalog import Catalog

    ask = "from auditor.catalog import Catalog; print(Catalog().digest)"
    printed = call([sys.executable, "-c", ask], tmp_path, PYTHONPATH=str(installed))

    assert printed.strip() == Catalog().digest
