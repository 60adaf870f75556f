"""The command line: parse, call the library, write, exit. No analysis here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor import __version__
from auditor.errors import AuditError, UsageError

if TYPE_CHECKING:
    from auditor.model import AuditReport
    from auditor.pipeline import Options

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Audit Android lending apps: what they read, where it goes, and what their terms say.",
    epilog="Examples:\n\n    auditor scan app.apk --terms policy.html --lang zh --out out\n\n"
    "    auditor terms policy.html --format json\n\n    auditor rules list --jurisdiction cn",
)


class Format(StrEnum):
    """What `scan` writes for each app."""

    HTML = "html"
    JSON = "json"
    SARIF = "sarif"
    CSV = "csv"


class Language(StrEnum):
    """Language that a report shows first."""

    ZH = "zh"
    EN = "en"


class FailOn(StrEnum):
    """Severity from which `scan` exits with 1."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


def _version(value: bool) -> None:
    if value:
        typer.echo(f"auditor {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Audit Android lending apps against their declared terms."""


@app.command()
def scan(
    apps: Annotated[
        list[Path],
        typer.Argument(metavar="APP…", help="APK, XAPK, APKS, APKM, or a folder of splits."),
    ],
    terms: Annotated[
        list[Path] | None,
        typer.Option("--terms", "-t", help="Terms: HTML, text, Markdown, PDF, DOCX. Repeatable."),
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", "-f", help="Any of html,json,sarif,csv, joined by commas.")
    ] = "html,json",
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the reports.")] = Path("out"),
    lang: Annotated[Language, typer.Option(help="Language shown first.")] = Language.ZH,
    jurisdiction: Annotated[
        str, typer.Option(help="Rule packs, joined by commas: cn,play,in,… Default: by signs.")
    ] = "",
    lending: Annotated[
        bool | None, typer.Option("--lending/--not-lending", help="Say whether it is a lending app.")
    ] = None,
    date: Annotated[str, typer.Option(help="Date of the app, YYYY-MM-DD.")] = "",
    dex: Annotated[
        Path | None, typer.Option(help="Folder of dumped DEX files that complete a packed app.")
    ] = None,
    nested: Annotated[bool, typer.Option(help="Audit APKs inside the app too.")] = False,
    fail_on: Annotated[
        FailOn | None, typer.Option(help="Exit 1 when a finding is at least this severe.")
    ] = None,
    strict: Annotated[bool, typer.Option(help="Exit 4 when something was not examined.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print paths only.")] = False,
) -> None:
    """Audit APPS against the TERMS that they declare.

    Writes `<file stem>.html`, `<file stem>.json`, … into the output folder.

    Exit codes: 0 done; 1 findings at or above --fail-on; 2 usage; 3 input that cannot be read;
    4 partly analyzed, with --strict.

        auditor scan app.apk --terms privacy.html --terms agreement.docx --lang en
    """
    from auditor.catalog import Catalog
    from auditor.pipeline import Options, audit, audit_nested
    from auditor.terms import read_terms_file

    wanted = _formats(formats)
    options = Options(
        terms=tuple(read_terms_file(path) for path in terms or ()),
        jurisdictions=tuple(j for j in jurisdiction.replace(" ", "").split(",") if j),
        lending=lending,
        date=date,
        extra_dex=_dumped(dex),
    )
    catalog = Catalog()
    out.mkdir(parents=True, exist_ok=True)
    worst = 0
    stems = _stems(apps)
    for path, stem in zip(apps, stems, strict=True):
        try:
            with _progress(path, quiet=quiet) as tell:
                report = audit(path, catalog, _telling(options, tell))
            _write(report, out, stem, wanted, lang.value, quiet=quiet)
            worst = max(worst, _status(report, fail_on, strict=strict), key=_gravity)
            if nested:
                for number, inner in enumerate(audit_nested(path, catalog, options), 1):
                    _write(inner, out, f"{stem}.nested{number}", wanted, lang.value, quiet=quiet)
        except AuditError as error:
            if len(apps) == 1:
                raise
            typer.echo(f"error: {error}", err=True)
            worst = max(worst, error.exit_code, key=_gravity)
    if worst:
        raise typer.Exit(worst)


def _gravity(code: int) -> int:
    return (0, 1, 4, 2, 3).index(code)


def _formats(text: str) -> tuple[Format, ...]:
    names = [n for n in text.replace(" ", "").split(",") if n]
    unknown = [n for n in names if n not in list(Format)]
    if unknown or not names:
        raise UsageError(f"--format: {', '.join(unknown) or 'nothing'} is none of {', '.join(Format)}")
    return tuple(Format(n) for n in dict.fromkeys(names))


def _stems(apps: Sequence[Path]) -> list[str]:
    """One file stem an app; apps of one name get a number."""
    seen: dict[str, int] = {}
    found = []
    for path in apps:
        stem = path.resolve().stem
        seen[stem] = seen.get(stem, 0) + 1
        found.append(stem if seen[stem] == 1 else f"{stem}-{seen[stem]}")
    return found


def _dumped(folder: Path | None) -> tuple[tuple[str, bytes], ...]:
    if folder is None:
        return ()
    if not folder.is_dir():
        raise UsageError(f"--dex: {folder} is no folder")
    return tuple((f"dumped/{p.name}", p.read_bytes()) for p in sorted(folder.glob("*.dex")))


class _progress:  # noqa: N801
    """A spinner with the stage at hand, on a terminal only."""

    def __init__(self, path: Path, *, quiet: bool) -> None:
        self.path = path
        self.show = not quiet and sys.stderr.isatty()

    def __enter__(self) -> _progress:
        if self.show:
            from rich.console import Console
            from rich.markup import escape

            self.name = escape(self.path.name)
            self.status = Console(stderr=True).status(self.name)
            self.status.start()
        return self

    def __call__(self, stage: str) -> None:
        if self.show:
            self.status.update(f"{self.name}: {stage}")

    def __exit__(self, *exc: object) -> None:
        if self.show:
            self.status.stop()


def _telling(options: Options, tell: _progress) -> Options:
    from dataclasses import replace

    return replace(options, progress=tell)


def _write(
    report: AuditReport, out: Path, stem: str, formats: Sequence[Format], lang: str, *, quiet: bool
) -> None:
    from auditor.report import RENDERERS

    paths = []
    for form in formats:
        path = out / f"{stem}.{form.value}"
        rendered = RENDERERS[form.value](report, lang)
        data = rendered if isinstance(rendered, bytes) else rendered.encode("utf-8", "replace")
        path.write_bytes(data)
        paths.append(path)
    if not quiet:
        from auditor.report.terminal import summarize

        for line in summarize(report, lang):
            typer.echo(line)
    for path in paths:
        typer.echo(str(path))


def _status(report: AuditReport, fail_on: FailOn | None, *, strict: bool) -> int:
    from auditor.model import Severity

    if fail_on and report.severity and report.severity.rank >= Severity(fail_on.value).rank:
        return 1
    return 4 if strict and report.limits else 0


@app.command()
def schema() -> None:
    """Print the JSON Schema of the report document."""
    import json

    from auditor.report.document import schema as report_schema

    typer.echo(json.dumps(report_schema(), indent=2, ensure_ascii=False, sort_keys=True))


def main() -> None:
    """Run the program: an AuditError becomes one line on stderr and its exit code."""
    try:
        app()
    except AuditError as error:
        line = " ".join(str(error).split())
        typer.echo(f"error: {''.join(c if c.isprintable() else '�' for c in line)}", err=True)
        sys.exit(error.exit_code)
