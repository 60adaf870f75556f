"""`auditor diff`: what came, went and changed between two versions of an app."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.commands.console import Doing, harmless, say, say_lines
from auditor.commands.options import (
    JurisdictionOption,
    LanguageOption,
    LendingOption,
    RulesOption,
    catalog,
    language,
    names,
)
from auditor.commands.output import write_file
from auditor.commands.scan import FailOn

if TYPE_CHECKING:
    from auditor.report.changes_contract import Changes
    from auditor.report.contract import Document


class DiffFormat(StrEnum):
    """How `diff` shows what changed."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="Older app, or its JSON report.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Newer app, or its JSON report.")],
    old_terms: Annotated[
        list[Path] | None,
        typer.Option("--old-terms", metavar="FILE", help="Terms of the older app. Repeatable."),
    ] = None,
    new_terms: Annotated[
        list[Path] | None,
        typer.Option("--new-terms", metavar="FILE", help="Terms of the newer app. Repeatable."),
    ] = None,
    form: Annotated[
        DiffFormat, typer.Option("--format", "-f", help="Lines, a page, or data.")
    ] = DiffFormat.TEXT,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Write to this file instead of the terminal."
        ),
    ] = None,
    lang: LanguageOption = None,
    jurisdiction: JurisdictionOption = "",
    lending: LendingOption = None,
    rules: RulesOption = None,
    fail_on: Annotated[
        FailOn | None, typer.Option(help="Exit 1 when a finding at least this severe came.")
    ] = None,
) -> None:
    """Show what changed between two versions of an app: permissions, paths, addresses, SDKs,
    terms, findings.

    Each side is an app (APK, XAPK, APKS, APKM, folder of splits), which is audited now, or the
    JSON report of an earlier audit. Classes and methods that were only renamed are recognised.
    """
    from auditor.errors import UsageError
    from auditor.report.changes import compare

    asked = (names(jurisdiction), lending, rules)
    for path, terms in ((old, old_terms), (new, new_terms)):
        if terms and _is_report(path):
            raise UsageError(f"{path} is a report: its terms are in it")
    changes = compare(
        _document(old, old_terms or (), *asked), _document(new, new_terms or (), *asked)
    )
    _emit(changes, form, out, language(lang))
    if fail_on is not None and _came(changes, fail_on):
        raise typer.Exit(1)


def _is_report(path: Path) -> bool:
    from auditor.report.reopen import looks_like_report

    return looks_like_report(path)


def _document(
    path: Path,
    terms: Sequence[Path],
    jurisdictions: tuple[str, ...],
    lending: bool | None,
    rules: list[Path] | None,
) -> Document:
    """Read the report at `path`, or audit the app there."""
    from auditor.pipeline import Options, audit, check_jurisdictions, read_terms_file
    from auditor.report import build
    from auditor.report.reopen import read_report

    if _is_report(path):
        return read_report(path)
    known = catalog(rules)
    check_jurisdictions(jurisdictions, known)
    with Doing(path.name) as doing:
        options = Options(
            terms=tuple(read_terms_file(file) for file in terms),
            jurisdictions=jurisdictions,
            lending=lending,
            quotes=False,
            progress=doing,
        )
        return build(audit(path, known, options))


def _emit(changes: Changes, form: DiffFormat, out: Path | None, lang: str) -> None:
    from auditor.report.changes_out import changes_lines, render_changes_html, render_changes_json

    if form is DiffFormat.TEXT and out is None:
        say_lines(changes_lines(changes, lang))
        return
    match form:
        case DiffFormat.TEXT:
            text = "".join(f"{line.text}\n" for line in changes_lines(changes, lang, rows=1_000))
        case DiffFormat.HTML:
            text = render_changes_html(changes, lang)
        case DiffFormat.JSON:
            text = render_changes_json(changes)
    if out is None:
        say(text.rstrip("\n"))
    else:
        say(harmless(str(write_file(out.parent, out.name, text))))


def _came(changes: Changes, least: FailOn) -> bool:
    from auditor.model import Severity

    wanted = Severity(least.value).rank
    return any(finding.severity.rank >= wanted for finding in changes.findings.came)
