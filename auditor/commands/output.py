"""Write files into the output folder, and only there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from auditor.errors import UsageError

_LONGEST_STEM = 180
"""Bytes of a file stem; with the longest ending it stays under the 255 of most file systems."""


def stems(apps: Sequence[Path]) -> list[str]:
    """Give each app a file stem of its own, numbered where names are the same (in any case)."""
    taken: set[str] = set()
    found = []
    for path in apps:
        base = _bounded(Path(os.path.realpath(path)).stem) or "app"
        stem, number = base, 1
        while stem.casefold() in taken:
            number += 1
            stem = f"{base}-{number}"
        taken.add(stem.casefold())
        found.append(stem)
    return found


def _bounded(stem: str) -> str:
    """Cut a stem to the bytes that file systems bear; controls become underscores."""
    plain = "".join(c if c.isprintable() else "_" for c in stem)
    return plain.encode("utf-8", "replace")[:_LONGEST_STEM].decode("utf-8", "ignore")


def write_file(folder: Path, name: str, content: str | bytes) -> Path:
    """Write `content` (text as UTF-8) to `folder/name`, whole or not at all; return its path.

    The file is written beside its place and then moved there: a full disk leaves no half report,
    and a link that stands in its place is replaced, not followed.

    Raises:
        UsageError: it cannot be written.
    """
    data = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    return write_stream(folder / name, [data])


def write_stream(path: Path, pieces: Iterable[bytes]) -> Path:
    """Write pieces as one file, as `write_file` does.

    Raises:
        UsageError: it cannot be written.
    """
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.writelines(pieces)
            Path(temporary).chmod(0o666 & ~_umask())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from error
    return path


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
