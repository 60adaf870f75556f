"""Open what a batch audits, wherever it lies: a file, a folder of splits, a ZIP's entry, a URL.

A place is a text: a path; `archive.zip!/entry.apk`; or a URL that fsspec knows (extra `remote`),
`s3://bucket/app.apk`. What is not a local file is copied into the worker's own folder first, which
goes away with the worker.
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from auditor.errors import UnreadableInputError, UsageError
from auditor.model import Package
from auditor.pipeline import read_package

INSIDE = "!/"
ENDINGS = (".apk", ".xapk", ".apks", ".apkm")
MAX_FETCHED = 8 << 30
"""Bytes of one app that are fetched from an archive or a URL."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Opened:
    """One app on the local disk."""

    path: Path

    def identity(self) -> dict[str, Any]:
        """Give `sha256` and `size` as `model.Package` has them.

        Raises:
            UnreadableInputError: it cannot be read.
        """
        try:
            if not self.path.is_dir():
                return {"sha256": _digest(self.path), "size": self.path.stat().st_size}
            files = sorted(p for p in self.path.iterdir() if p.suffix.lower() == ".apk")
            digests = sorted(_digest(p) for p in files)
            total = hashlib.sha256("".join(digests).encode()).hexdigest()
            return {"sha256": total, "size": sum(p.stat().st_size for p in files)}
        except OSError as error:
            raise UnreadableInputError(f"{self.path}: {error.strerror or error}") from error

    def package(self) -> Package:
        """Read the package.

        Raises:
            UnreadablePackageError: it is none.
        """
        return read_package(self.path)


def is_remote(location: str) -> bool:
    """Tell a URL from a path."""
    return "://" in location


def name_of(location: str) -> str:
    """Give the file name at the end of a place."""
    return PurePosixPath(location.rpartition(INSIDE)[2].rstrip("/")).name or "app"


@contextmanager
def open_place(location: str, folder: str) -> Iterator[Opened]:
    """Bring what lies at `location` to the local disk.

    Raises:
        UnreadableInputError: it is not there, or cannot be fetched.
    """
    archive, inside, entry = location.partition(INSIDE)
    target = Path(folder) / _plain(name_of(location))
    if inside and archive.lower().endswith(".zip"):
        if is_remote(archive):
            fetched = Path(folder) / "archive.zip"
            _fetch(archive, fetched)
            archive = str(fetched)
        _extract(archive, entry, target)
        yield Opened(target)
    elif is_remote(location):
        _fetch(location, target)
        yield Opened(target)
    else:
        yield Opened(Path(location))


def remote_filesystem(location: str) -> tuple[Any, str]:
    """Give fsspec's file system for a URL, and the path in it.

    Raises:
        UsageError: fsspec, or its part for this kind of URL, is not installed.
    """
    try:
        from fsspec.core import url_to_fs

        system, path = url_to_fs(location)
    except (ImportError, ValueError) as error:
        kind = location.partition("://")[0]
        raise UsageError(
            f"{kind}:// needs fsspec and its part for {kind} (extra remote): {error}"
        ) from error
    return system, path


def _plain(name: str) -> str:
    kept = "".join(c if c.isalnum() or c in "._-" else "_" for c in name)
    return kept[-120:].lstrip(".") or "app"


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _copy(source: IO[bytes], target: Path, name: str) -> None:
    left = MAX_FETCHED
    with target.open("wb") as sink:
        while data := source.read(_CHUNK):
            left -= len(data)
            if left < 0:
                raise UnreadableInputError(f"{name}: larger than {MAX_FETCHED >> 30} GB")
            sink.write(data)


def _extract(archive: str, entry: str, target: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as zipped, zipped.open(entry) as source:
            _copy(source, target, entry)
    except (OSError, KeyError, RuntimeError, NotImplementedError, EOFError) as error:
        raise UnreadableInputError(f"{entry}: cannot be taken from the archive: {error}") from error
    except (zipfile.BadZipFile, zlib.error) as error:
        raise UnreadableInputError(f"{entry}: the archive is damaged: {error}") from error


def _fetch(location: str, target: Path) -> None:
    system, path = remote_filesystem(location)
    try:
        with system.open(path, "rb") as source:
            _copy(source, target, location)
    except (OSError, ValueError) as error:
        shutil.rmtree(target, ignore_errors=True)
        raise UnreadableInputError(f"{location}: cannot be fetched: {error}") from error
