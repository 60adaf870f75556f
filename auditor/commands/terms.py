"""`auditor terms`: show how documents of terms are understood, so that a person can check it."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.commands.console import harmless, note, say
from auditor.commands.options import LanguageOption, RulesOption, catalog, language
from auditor.commands.output import write_file
from auditor.errors import UnreadableTermsError

if TYPE_CHECKING:
    from auditor.model import Terms


class TermsFormat(StrEnum):
    """How `terms` shows what it understood."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"


def terms(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="Terms as HTML, text, Markdown, PDF, DOCX or JSON.",
            show_default=False,
        ),
    ],
    form: Annotated[
        TermsFormat,
        typer.Option(
            "--format", "-f", help="A table, the `terms` object of a report, or the marked-up text."
        ),
    ] = TermsFormat.TABLE,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Write to this file instead of the terminal."
        ),
    ] = None,
    lang: LanguageOption = None,
    rules: RulesOption = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 4 when something could not be read.")
    ] = False,
) -> None:
    """Show what the terms are understood to say: who does what with which data, with the quotes.

    With `--format html` every sentence that was understood is marked in its place, with its reading
    beside it.
    """
    from auditor.pipeline import read_terms_file, understand_terms

    understood = understand_terms([read_terms_file(path) for path in files], catalog(rules))
    for limit in understood.limits:
        note(f"not examined: {limit.where}: {limit.why}", fg="yellow")
    if not understood.documents:
        raise UnreadableTermsError(f"{files[0]}: no text could be read")
    speech = language(lang)
    if form is TermsFormat.TABLE and out is None and sys.stdout.isatty():
        _print_table(understood, speech)
    else:
        _emit(_rendered(understood, form, speech), out)
    if strict and understood.limits:
        raise typer.Exit(4)


def _rendered(terms: Terms, form: TermsFormat, lang: str) -> str:
    from auditor.pipeline import annotate
    from auditor.report.terms_page import render_terms_html, render_terms_json, terms_rows

    match form:
        case TermsFormat.JSON:
            return render_terms_json(terms)
        case TermsFormat.HTML:
            segments = {d.name: annotate(d, terms.statements) for d in terms.documents}
            return render_terms_html(terms, segments, lang)
        case TermsFormat.TABLE:
            return "".join("\t".join(row) + "\n" for row in terms_rows(terms, lang))


def _emit(text: str, out: Path | None) -> None:
    if out is None:
        say(text.rstrip("\n"))
    else:
        say(harmless(str(write_file(out.parent, out.name, text))))


def _print_table(terms: Terms, lang: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from auditor.report.terms_page import terms_rows

    heading, *rows = terms_rows(terms, lang)
    table = Table(*heading, show_lines=True, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
