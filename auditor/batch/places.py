"""Open what a batch audits, wherever it lies: a file, a folder of splits, a ZIP's entry, a URL.

A place is a text: a path; `archive.zip!/entry.apk`; or a URL that fsspec knows (extra `remote`),
`s3://bucket/app.apk`. What is not a local file is copied into the worker's own folder first, which
goes away with the worker.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from auditor.errors import AuditError, UnreadableInputError, UsageError
from auditor.model import Package
from auditor.opening import open_file
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
        _extract(archive, entry, target, folder)
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
    with open_file(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _copy(source: IO[bytes], target: Path, name: str) -> None:
    left = MAX_FETCHED
    with target.open("wb") as sink:
        while data := source.read(_CHUNK):
            left -= len(data)
            if left < 0:
                raise UnreadableInputError(f"{name}: larger than {MAX_FETCHED >> 30} GB")
            sink.write(data)


@contextmanager
def opened_archive(location: str, folder: str) -> Iterator[zipfile.ZipFile]:
    """Open a ZIP; of a remote one only what is needed is read, where its server gives parts.

    Args:
        location: a path or a URL.
        folder: takes the whole of it where the server gives no parts.

    Raises:
        UnreadableInputError: it is remote and cannot be read, or too large.
        OSError, ValueError, zipfile.BadZipFile: it is local and cannot be read.
    """
    if not is_remote(location):
        with zipfile.ZipFile(location) as zipped:
            yield zipped
        return
    system, path = remote_filesystem(location)
    with remote_trouble(location), system.open(path, "rb") as stream:
        if gives_parts := _gives_parts(stream):
            with zipfile.ZipFile(stream) as zipped:
                yield zipped
    if not gives_parts:
        whole = Path(folder) / "archive.zip"
        _fetch(location, whole)
        with zipfile.ZipFile(whole) as zipped:
            yield zipped


def _gives_parts(stream: Any) -> bool:  # noqa: ANN401
    """Try it: servers that ignore `Range` do not say so."""
    try:
        stream.seek(-1, 2)
        return len(stream.read(1)) == 1
    except (OSError, ValueError):
        return False


def _extract(archive: str, entry: str, target: Path, folder: str) -> None:
    try:
        with opened_archive(archive, folder) as zipped, zipped.open(entry) as source:
            _copy(source, target, entry)
    except FileNotFoundError as error:
        raise UnreadableInputError(f"{entry}: the archive is not there") from error
    except (OSError, KeyError, RuntimeError, ValueError, EOFError) as error:
        raise UnreadableInputError(f"{entry}: cannot be taken from the archive: {error}") from error
    except (zipfile.BadZipFile, zlib.error) as error:
        raise UnreadableInputError(f"{entry}: the archive is damaged: {error}") from error


def _fetch(location: str, target: Path) -> None:
    system, path = remote_filesystem(location)
    # As one stream: a server that ignores `Range` would give the whole for each block.
    options = {"block_size": 0} if "http" in system.protocol else {}
    with remote_trouble(location), system.open(path, "rb", **options) as source:
        _copy(source, target, location)


@contextmanager
def remote_trouble(location: str) -> Iterator[None]:
    """Tell what the file system behind a URL raises: each kind has errors of its own.

    Raises:
        UnreadableInputError: instead of any of them.
    """
    try:
        yield
    except AuditError:
        raise
    except FileNotFoundError as error:
        raise UnreadableInputError(f"{location}: nothing there") from error
    except Exception as error:  # noqa: BLE001 - aiohttp's and botocore's are no OSError
        reason = " ".join(str(error).split())[:200] or "no reason given"
        raise UnreadableInputError(
            f"{location}: cannot be read: {type(error).__name__}: {reason}"
        ) from error
