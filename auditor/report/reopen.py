"""Read a report document back: the JSON that `document.render_json` wrote, or somebody changed.

In: bytes. Out: `contract.Document`, checked against its schema. The file is foreign: its size and
depth are bounded, and what is wrong with it becomes one line.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from auditor.errors import UnreadableInputError
from auditor.opening import open_file
from auditor.report.clean import one_line
from auditor.report.contract import Document

MAX_REPORT = 256 * 2**20
"""Bytes of a JSON report."""
_MAX_VALUES = 4_000_000
"""Values in it, at most about 100 bytes each in memory; the largest reports hold some 100,000."""


def looks_like_report(path: Path) -> bool:
    """Tell whether `path` is a file that begins as JSON does; an APK begins with `PK`."""
    try:
        with open_file(path) as stream:
            return stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    except OSError:
        return False


def read_report(path: Path) -> Document:
    """Read the report in `path`.

    Raises:
        UnreadableInputError: too large, not JSON, or no report of this program.
    """
    try:
        with open_file(path) as stream:
            data = stream.read(MAX_REPORT + 1)
    except OSError as error:
        raise UnreadableInputError(f"{path}: {error.strerror or error}") from error
    if len(data) > MAX_REPORT:
        raise UnreadableInputError(f"{path}: larger than {MAX_REPORT >> 20} MB")
    return parse_report(data, str(path))


def parse_json(data: bytes, name: str) -> Any:  # noqa: ANN401
    """Parse JSON that somebody else may have written; `name` stands for it in errors.

    Raises:
        UnreadableInputError: not JSON, nested too deeply, or of more values than memory may hold.
    """
    if sum(map(data.count, (b",", b"[", b"{"))) > _MAX_VALUES:
        raise UnreadableInputError(f"{name}: more than {_MAX_VALUES:,} values")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableInputError(f"{name}: not JSON: {one_line(str(error), 200)}") from error


def parse_report(data: bytes, name: str) -> Document:
    """Read a report from `data`; `name` stands for it in errors.

    Raises:
        UnreadableInputError: not JSON, or no report of this program.
    """
    found = parse_json(data, name)
    said = found.get("schema") if isinstance(found, dict) else None
    if not isinstance(said, str) or not said.startswith("auditor.report/"):
        raise UnreadableInputError(f"{name}: no report of this program")
    if said != "auditor.report/1":
        raise UnreadableInputError(f"{name}: {one_line(said, 40)} is newer than this program reads")
    try:
        return Document.model_validate(found)
    except (ValidationError, RecursionError) as error:
        raise UnreadableInputError(f"{name}: {_first(error)}") from error


def _first(error: ValidationError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    wrong = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in wrong["loc"])
    return one_line(f"{where}: {wrong['msg']}", 300)
