"""Where the bytes of an archive come from: a file on disk, or a window of another source.

Reads are positional and independent (`os.pread`), so that the readers above hold no cursor and no
copy of the package: an APK of 60 MB costs the memory of its central directory.
"""

from __future__ import annotations

import hashlib
import os
import weakref
from pathlib import Path
from typing import Protocol

_BLOCK = 1 << 20


class Source(Protocol):
    """Random access to a sequence of bytes."""

    size: int

    def read(self, offset: int, size: int) -> bytes:
        """Return up to `size` bytes from `offset`; fewer at the end, none outside."""


class FileSource:
    """A file on disk; closed when nothing refers to this object any more."""

    def __init__(self, path: Path) -> None:
        """Open `path` for reading.

        Raises:
            OSError: the file cannot be opened.
        """
        self._fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        weakref.finalize(self, os.close, self._fd)
        self.size = os.fstat(self._fd).st_size

    def read(self, offset: int, size: int) -> bytes:
        """Return up to `size` bytes from `offset`; fewer at the end, none outside."""
        if offset < 0 or size <= 0 or offset >= self.size:
            return b""
        return os.pread(self._fd, min(size, self.size - offset), offset)


class BytesSource:
    """Bytes in memory."""

    def __init__(self, data: bytes) -> None:
        """Wrap `data` without copying it."""
        self._data = data
        self.size = len(data)

    def read(self, offset: int, size: int) -> bytes:
        """Return up to `size` bytes from `offset`; fewer at the end, none outside."""
        if offset < 0 or size <= 0:
            return b""
        return self._data[offset : offset + size]


class WindowSource:
    """A part of another source: an APK stored uncompressed inside a bundle."""

    def __init__(self, outer: Source, start: int, size: int) -> None:
        """Show `size` bytes of `outer` from `start`, less where `outer` ends before."""
        self._outer = outer
        self._start = start
        self.size = max(0, min(size, outer.size - start))

    def read(self, offset: int, size: int) -> bytes:
        """Return up to `size` bytes from `offset`; fewer at the end, none outside."""
        if offset < 0 or offset >= self.size:
            return b""
        return self._outer.read(self._start + offset, min(size, self.size - offset))


def sha256(source: Source) -> str:
    """Return the SHA-256 of a whole source, in hexadecimal."""
    total = hashlib.sha256()
    for offset in range(0, source.size, _BLOCK):
        total.update(source.read(offset, _BLOCK))
    return total.hexdigest()


def older_digests(source: Source) -> tuple[str, str]:
    """Return the MD5 and SHA-1 of a whole source: names of files in published lists, no more."""
    md5, sha1 = hashlib.md5(usedforsecurity=False), hashlib.sha1(usedforsecurity=False)
    for offset in range(0, source.size, _BLOCK):
        block = source.read(offset, _BLOCK)
        md5.update(block)
        sha1.update(block)
    return md5.hexdigest(), sha1.hexdigest()
