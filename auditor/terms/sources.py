"""What the reader is given: the bytes of one document, and where they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from auditor.errors import UnreadableTermsError
from auditor.opening import open_file

MAX_BYTES = 64 * 2**20
"""A file longer than this is cut; a `Limit` says so."""
MAX_CHARACTERS = 1_000_000
"""Characters of one document that are analyzed; the rest is a `Limit`."""


@dataclass(frozen=True, slots=True)
class TermsSource:
    """One document of terms, not yet read."""

    name: str
    data: bytes = field(repr=False)
    origin: str
    """`given`, or the place in the package: `base.apk!/assets/privacy.html`."""
    role_hint: str = ""
    """Role, when the one who hands it over knows it (see `TermsDocument.role`)."""


def read_terms_file(path: Path) -> TermsSource:
    """Read one file of terms from the disk.

    Raises:
        UnreadableTermsError: the file cannot be opened, or is empty.
    """
    try:
        with open_file(path) as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableTermsError(f"{path}: {error.strerror or error}") from error
    if not data.strip():
        raise UnreadableTermsError(f"{path}: the file is empty")
    return TermsSource(path.name, data, "given")
