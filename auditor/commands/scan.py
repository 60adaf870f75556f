"""`auditor scan`: audit apps against their terms and write a report for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.commands.console import Doing, harmless, note, say, say_lines
from auditor.commands.options import (
    JurisdictionOption,
    LanguageOption,
    LendingOption,
    RulesOption,
    UnmaskOption,
    catalog,
    checked_date,
    language,
    names,
)
from auditor.commands.output import stems, write_file
from auditor.errors import AuditError, UsageError

if TYPE_CHECKING:
    from auditor.catalog import Catalog
    from auditor.model import AuditReport
    from auditor.pipeline import Options

_GRAVITY = (0, 1, 4, 2, 3)
"""Exit codes, least first: of several apps the gravest decides."""
_PDF = "pdf"
"""The only format that is no text; it needs the extra `pdf`."""
_MAX_DEX = 512 * 2**20
"""Bytes of one dumped DEX file."""


class FailOn(StrEnum):
    """Severity from which `scan` exits with 1."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


def scan(
    apps: Annotated[
        list[Path],
        typer.Argument(
            metavar="APP…", help="APK, XAPK, APKS, APKM, or a folder of splits.", show_default=False
        ),
    ],
    terms: Annotated[
        list[Path] | None,
        typer.Option(
            "--terms",
            "-t",
            metavar="FILE",
            help="Terms as HTML, text, Markdown, PDF, DOCX or JSON. Repeatable.",
        ),
    ] = None,
    formats: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="NAMES",
            help="Any of html,json,jsonl,sarif,csv,graphml,mmd,pdf.",
        ),
    ] = "html,json",
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for the reports.")
    ] = Path("out"),
    lang: LanguageOption = None,
    jurisdiction: JurisdictionOption = "",
    lending: LendingOption = None,
    date: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="Date of the app: which texts were in force.")
    ] = "",
    dex: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of dumped DEX files that complete a packed app."),
    ] = None,
    rules: RulesOption = None,
    nested: Annotated[
        bool, typer.Option("--nested", help="Audit APKs inside the app too.")
    ] = False,
    fail_on: Annotated[
        FailOn | None, typer.Option(help="Exit 1 when a finding is at least this severe.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 4 when something was not examined.")
    ] = False,
    unmask: UnmaskOption = False,
    stage_seconds: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0,
            help="Give a stage up after so long and say so in the report. 0: never.",
        ),
    ] = 900,
    memory: Annotated[
        int,
        typer.Option(
            metavar="MB",
            min=0,
            help="Memory that a scan may use; what needs more is given up. 0: any.",
        ),
    ] = 0,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only the paths of the reports.")
    ] = False,
) -> None:
    """Audit apps against the terms that they declare, and write reports.

    Each app gets `<file stem>.html`, `<file stem>.json`, … in the output folder. Terms that lie
    inside the app are read beside those that are given; without any, the report says so.

    Exit codes: **0** done; **1** findings at or above `--fail-on`; **2** wrong usage; **3** input
    that cannot be read; **4** partly analyzed, with `--strict`.
    """
    from auditor.pipeline import Options, check_jurisdictions, read_terms_file

    wanted = _formats(formats)
    packs, known = names(jurisdiction), catalog(rules)
    check_jurisdictions(packs, known)
    options = Options(
        terms=tuple(read_terms_file(path) for path in terms or ()),
        jurisdictions=packs,
        lending=lending,
        date=checked_date(date),
        extra_dex=_dumped(dex),
        seconds=stage_seconds,
        unmask=unmask,
    )
    _bound_memory(memory)
    writer = _Writer(out, wanted, language(lang), quiet)
    worst = 0
    for number, (path, stem) in enumerate(zip(apps, stems(apps), strict=True), 1):
        try:
            doing = Doing(path.name, quiet=quiet, number=number, total=len(apps))
            for inner, report in _audited(path, known, options, doing, nested=nested):
                writer.write(report, f"{stem}.nested{inner}" if inner else stem)
                worst = _graver(worst, _status(report, fail_on, strict=strict))
        except AuditError as error:
            if len(apps) == 1 or isinstance(error, UsageError):
                raise
            note(f"error: {error}", fg="red")
            worst = _graver(worst, error.exit_code)
    if worst:
        raise typer.Exit(worst)


def _audited(
    path: Path, known: Catalog, options: Options, doing: Doing, *, nested: bool
) -> Iterator[tuple[int, AuditReport]]:
    """Yield the app as number 0, then the apps inside it."""
    from auditor.pipeline import audit, audit_nested

    with doing:
        report = audit(path, known, replace(options, progress=doing))
    yield 0, report
    if nested and report.package.nested:
        with doing:
            inner = list(audit_nested(path, known, replace(options, progress=doing)))
        yield from enumerate(inner, 1)


def _bound_memory(megabytes: int) -> None:
    """Bound the address space of this process, on systems that can."""
    if not megabytes:
        return
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, hard))
    except (ImportError, ValueError, OSError) as error:
        raise UsageError(f"--memory: {megabytes} MB cannot be set here: {error}") from error


def _graver(one: int, other: int) -> int:
    return max(one, other, key=_GRAVITY.index)


def _formats(text: str) -> tuple[str, ...]:
    from auditor.report import RENDERERS

    asked, known = names(text), (*RENDERERS, _PDF)
    unknown = [n for n in asked if n not in known]
    if unknown or not asked:
        wrong = ", ".join(unknown) or "nothing"
        raise UsageError(f"--format: {wrong} is none of {', '.join(known)}")
    return asked


def _dumped(folder: Path | None) -> tuple[tuple[str, bytes], ...]:
    """Read the DEX files of `folder`, in order of their names."""
    if folder is None:
        return ()
    if not folder.is_dir():
        raise UsageError(f"--dex: {folder} is no folder")
    files = [p for p in sorted(folder.glob("*.dex")) if p.is_file()]
    if not files:
        raise UsageError(f"--dex: no file in {folder} ends in .dex")
    for path in files:
        if path.stat().st_size > _MAX_DEX:
            raise UsageError(f"--dex: {path} is larger than {_MAX_DEX >> 20} MB")
    try:
        return tuple((f"dumped/{p.name}", p.read_bytes()) for p in files)
    except OSError as error:
        raise UsageError(f"--dex: {error.filename}: {error.strerror}") from error


def _status(report: AuditReport, fail_on: FailOn | None, *, strict: bool) -> int:
    from auditor.model import Severity

    if fail_on and report.severity and report.severity.rank >= Severity(fail_on.value).rank:
        return 1
    return 4 if strict and report.limits else 0


class _Writer:
    """Writes the reports of one run, and tells of each."""

    def __init__(self, out: Path, formats: Sequence[str], lang: str, quiet: bool) -> None:
        self._out, self._formats, self._lang, self._quiet = out, formats, lang, quiet
        self._written = 0

    def write(self, report: AuditReport, stem: str) -> None:
        """Write every format, then print the summary and the paths."""
        from auditor.report import summarize

        paths = [
            write_file(self._out, f"{stem}.{form}", self._rendered(form, report))
            for form in self._formats
        ]
        if not self._quiet:
            if self._written:
                say()
            say_lines(summarize(report, self._lang))
            say()
        for path in paths:
            say(harmless(str(path)))
        self._written += 1

    def _rendered(self, form: str, report: AuditReport) -> bytes:
        from auditor.report import RENDERERS

        if form == _PDF:
            from auditor.report.pdf import render_pdf

            return render_pdf(report, self._lang)
        return RENDERERS[form](report, self._lang).encode("utf-8", "replace")
