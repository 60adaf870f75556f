"""`auditor explain`: what a word, a rule, a provision or a finding of a report means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.commands.console import say
from auditor.commands.options import LanguageOption, RulesOption, catalog, language
from auditor.commands.rules import print_description
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.report.contract import Document
    from auditor.rulebook import Description


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A word (`traced`, `picker mask`, `contacts`), a rule, a provision, or, with "
            "--report, a finding or flow.",
        ),
    ],
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE.json", help="A report in which to look for a finding or flow."),
    ] = None,
    lang: LanguageOption = None,
    rules: RulesOption = None,
) -> None:
    """Explain a word of the reports, a rule, a legal text, or one finding of a report."""
    from auditor import rulebook

    speech, known = language(lang), catalog(rules)
    described: list[Description] = []
    if report is not None:
        from auditor.report.reopen import read_report

        described += _in_report(read_report(report), name, speech)
    general = (rulebook.describe_word, rulebook.describe_data_type, rulebook.describe_rule)
    for describe in () if described else general:
        if (one := describe(known, name, speech)) is not None:
            described.append(one)
    if not described:
        near = ", ".join(rulebook.near_names(known, name))
        raise UsageError(f"nothing is called {name!r}" + (f"; near: {near}" if near else ""))
    for number, one in enumerate(described):
        if number:
            say()
        print_description(one)


def _in_report(document: Document, name: str, lang: str) -> Iterator[Description]:
    """Describe the finding or flow called `name`, from the report's own words."""
    from auditor.report.explained import explain_in
    from auditor.rulebook import Description, Section

    for one in explain_in(document, name, lang):
        sections = tuple(Section(heading, lines) for heading, lines in one.sections)
        yield Description(one.id, one.title, sections)
