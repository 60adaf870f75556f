"""`auditor notices`: clues about many apps in the forms that Chinese regulators publish."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.commands.console import Doing, harmless, note, say
from auditor.commands.options import LendingOption, RulesOption, catalog
from auditor.commands.output import write_file
from auditor.errors import AuditError, UnreadableInputError, UsageError
from auditor.opening import open_file

if TYPE_CHECKING:
    from auditor.report.contract import Document
    from auditor.report.notices import Details

_MAX_DETAILS = 16 << 20
"""Bytes of the table of developers and sources."""


class NoticeFormat(StrEnum):
    """In whose form."""

    MIIT = "miit"
    CAC = "cac"
    CVERC = "cverc"
    CSV = "csv"


def notices(
    form: Annotated[NoticeFormat, typer.Option("--format", "-f", help="Whose form.")],
    inputs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="INPUT…",
            help="JSON reports, folders of them, or apps, which are audited now.",
            show_default=False,
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            "-s",
            metavar="URL",
            help="Take the reports of a batch's store, with developers and stores of its tables.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Write to this file instead of the terminal."
        ),
    ] = None,
    details: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="Table with the columns `app` (package or SHA-256), `developer`, `source`: "
            "what no package says.",
        ),
    ] = None,
    ids: Annotated[
        bool,
        typer.Option("--ids", help="Append package, version code and SHA-256 to the columns."),
    ] = False,
    lending: LendingOption = None,
    rules: RulesOption = None,
) -> None:
    """List what reports found in the columns of MIIT, CAC or CVERC, as clues (疑似, 线索).

    Only reports to which the rule pack `cn` was applied give rows. Who developed an app and in
    which store it was found stands in no package: give it with `--details`, else it is marked as
    to be checked.
    """
    from auditor.report.notice_formats import NOTICES
    from auditor.report.notices import notice_rows

    if not inputs and store is None:
        raise UsageError("give an INPUT, or the --store of a batch")
    documents, known = _stored(store) if store is not None else ([], {})
    known |= _details(details)
    failed = 0
    for path in inputs or ():
        for file in _listed(path):
            try:
                document = _document(file, lending, rules)
            except AuditError as error:
                if inputs == [file] and store is None:
                    raise
                note(f"error: {error}", fg="red")
                failed = max(failed, error.exit_code)
                continue
            if "cn" not in document.jurisdictions:
                note(f"{file}: left out, the rule pack cn was not applied", fg="yellow")
            documents.append(document)
    text = NOTICES[form.value](notice_rows(documents, known), ids)
    if out is None:
        say(text.lstrip("\ufeff").rstrip("\r\n"))
    else:
        say(harmless(str(write_file(out.parent, out.name, text))))
    if failed:
        raise typer.Exit(failed)


def _stored(store: str) -> tuple[list[Document], dict[str, Details]]:
    """Give the reports of a store to which the pack `cn` was applied, and what its tables say."""
    from auditor.batch.documents import details, documents
    from auditor.batch.store import open_store

    with open_store(store).reading() as connection:
        every = [d for d in documents(connection) if "cn" in d.jurisdictions]
        return every, details(connection)


def _listed(path: Path) -> Iterator[Path]:
    """Give the JSON files of a folder that holds some, else the path itself."""
    found = sorted(path.rglob("*.json")) if path.is_dir() else []
    yield from found or [path]


def _document(path: Path, lending: bool | None, rules: list[Path] | None) -> Document:
    from auditor.pipeline import Options, audit
    from auditor.report import build
    from auditor.report.reopen import looks_like_report, read_report

    if looks_like_report(path):
        return read_report(path)
    with Doing(path.name) as doing:
        options = Options(lending=lending, quotes=False, progress=doing)
        return build(audit(path, catalog(rules), options))


def _details(path: Path | None) -> dict[str, Details]:
    from auditor.report.notices import Details

    if path is None:
        return {}
    try:
        with open_file(path) as stream:
            text = stream.read(_MAX_DETAILS).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except OSError as error:
        raise UsageError(f"--details: {path}: {error.strerror or error}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableInputError(f"--details: {path}: {error}") from error
    if rows and "app" not in rows[0]:
        raise UsageError(f"--details: {path}: no column `app`; columns: app, developer, source")
    return {
        (row["app"] or "").strip(): Details(row.get("developer") or "", row.get("source") or "")
        for row in rows
    }
