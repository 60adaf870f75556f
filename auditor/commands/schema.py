"""`auditor schema`: the contract of the JSON document."""

from __future__ import annotations

from auditor.commands.console import say


def schema() -> None:
    """Print the JSON Schema of the report document (draft 2020-12)."""
    import json

    from auditor.report import schema as report_schema

    say(json.dumps(report_schema(), indent=2, ensure_ascii=False, sort_keys=True))
