"""`auditor schema`: the contracts of the JSON documents."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from auditor.commands.console import say


class Contract(StrEnum):
    """Documents that other programs read."""

    REPORT = "report"
    DIFF = "diff"


def schema(
    of: Annotated[Contract, typer.Argument(metavar="[report|diff]", help="Which document.")] = (
        Contract.REPORT
    ),
) -> None:
    """Print the JSON Schema (draft 2020-12) of the report document, or of what `diff` writes."""
    from auditor.report import schema as report_schema
    from auditor.report.changes_out import changes_schema
    from auditor.report.document import dump

    made = report_schema() if of is Contract.REPORT else changes_schema()
    say(dump(made).rstrip("\n"))
