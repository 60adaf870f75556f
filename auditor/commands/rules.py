"""`auditor rules`: list, show and check the rule book."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.commands.console import note, say
from auditor.commands.options import Language, LanguageOption, RulesOption, catalog, language, names
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.rulebook import Description, Row

rules = typer.Typer(
    name="rules",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="List, show and check the rules and the legal texts that findings bear on.",
    epilog="Examples:\n\n`auditor rules list --jurisdiction cn`\n\n"
    "`auditor rules show picker-mask`\n\n"
    "`auditor rules test --rules my-rules/`",
)


class ListFormat(StrEnum):
    """How `rules list` prints."""

    TABLE = "table"
    JSON = "json"


@rules.command("list")
def list_(
    jurisdiction: Annotated[
        str,
        typer.Option("--jurisdiction", "-j", metavar="NAMES", help="Only these packs: cn,play."),
    ] = "",
    form: Annotated[ListFormat, typer.Option("--format", "-f", help="How to print.")] = (
        ListFormat.TABLE
    ),
    lang: LanguageOption = None,
    rules: RulesOption = None,
) -> None:
    """List the finding rules and the legal texts: id, weight, where, title."""
    from auditor.pipeline import check_jurisdictions
    from auditor.rulebook import list_rules

    packs, known = names(jurisdiction), catalog(rules)
    check_jurisdictions(packs, known)
    rows = list_rules(known, packs, language(lang))
    if form is ListFormat.JSON:
        say(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
    elif sys.stdout.isatty():
        _print_table(rows)
    else:
        for row in rows:
            say("\t".join((row.id, row.kind, row.weight, ",".join(row.jurisdictions), row.title)))


@rules.command()
def show(
    name: Annotated[
        str, typer.Argument(metavar="ID", help="A rule, a legal text, or a provision of one.")
    ],
    lang: LanguageOption = None,
    rules: RulesOption = None,
) -> None:
    """Show one rule, legal text or provision in full."""
    from auditor.rulebook import describe_rule, near_names

    known = catalog(rules)
    found = describe_rule(known, name, language(lang))
    if found is None:
        near = ", ".join(near_names(known, name))
        raise UsageError(f"no rule or provision {name!r}" + (f"; near: {near}" if near else ""))
    print_description(found)


@rules.command()
def test(rules: RulesOption = None) -> None:
    """Check every rule, phrase and provision, and run the examples that stand in them.

    Exit code 2 when anything is wrong; each problem is one line.
    """
    from auditor.rulebook import check_rules, list_rules

    known = catalog(rules)
    samples = Path("samples")
    at_hand = {p.name for p in samples.iterdir() if p.is_dir()} if samples.is_dir() else None
    problems = check_rules(known, at_hand)
    for problem in problems:
        say(problem)
    if problems:
        note(f"{len(problems)} problems", fg="red")
        raise typer.Exit(2)
    rows = list_rules(known, (), Language.EN.value)
    say(f"{sum(r.kind == 'rule' for r in rows)} rules and their examples: no problem")


def print_description(found: Description) -> None:
    """Print a description: title, then sections."""
    say(found.title, bold=True)
    if found.id != found.title:
        say(found.id, dim=True)
    for section in found.sections:
        say()
        if section.heading:
            say(section.heading, bold=True)
        for line in section.lines:
            say(f"  {line}" if section.heading else line)


def _print_table(rows: tuple[Row, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("id", "weight", "where", "title", header_style="bold")
    for row in rows:
        table.add_row(row.id, row.weight, ", ".join(row.jurisdictions), row.title)
    Console().print(table)
