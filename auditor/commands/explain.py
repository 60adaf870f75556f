"""`auditor explain`: what a word, a rule, a provision or a finding of a report means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auditor.commands.console import harmless, say
from auditor.commands.options import LanguageOption, RulesOption, catalog, language
from auditor.commands.rules import print_description
from auditor.errors import UsageError

if TYPE_CHECKING:
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

        found = read_report(report).model_dump(mode="json", by_alias=True)
        described += _in_report(found, name, speech)
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


def _in_report(report: Mapping[str, Any], name: str, lang: str) -> Iterator[Description]:
    """Describe the finding or flow called `name`, from the report's own words."""
    from auditor.rulebook import Description, Section

    by_id = {str(v.get("id")): v for key in ("flows", "statements") for v in _items(report, key)}
    for finding in _items(report, "findings"):
        if name not in (finding.get("id"), finding.get("rule")):
            continue
        texts = finding.get("texts") or {}

        def said(
            key: str, of: Mapping[str, Any] = finding, in_: Mapping[str, Any] = texts
        ) -> list[str]:
            own = in_.get(f"{key}.{lang}")
            value = own.split("\n") if isinstance(own, str) else of.get(key)
            return [harmless(str(v)) for v in (value if isinstance(value, list) else [value]) if v]

        headings = _HEADINGS_ZH if lang == "zh" else _HEADINGS
        sections = [Section(h, tuple(said(k))) for k, h in headings.items() if said(k)]
        for id_ in finding.get("evidence", ()):
            if str(id_) in by_id:
                sections.append(Section(harmless(str(id_)), tuple(_evidence(by_id[str(id_)]))))
        title = (said("title") or [name])[0]
        yield Description(harmless(str(finding.get("id"))), title, tuple(sections))
    flow = by_id.get(name)
    if flow is not None:
        yield Description(name, name, (Section("", tuple(_evidence(flow))),))


_HEADINGS = {
    "severity": "Severity",
    "why": "Why",
    "severity_why": "Why this severity",
    "confidence_why": "Confidence",
    "in_favour": "Speaks for the lender",
    "not_shown": "Does not show",
    "to_do": "What a person can do",
}
_HEADINGS_ZH = {
    "severity": "关注程度",
    "why": "理由",
    "severity_why": "为何是这一程度",
    "confidence_why": "可信度",
    "in_favour": "对运营方有利之处",
    "not_shown": "不能说明",
    "to_do": "个人可以做什么",
}


def _items(report: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    place = report.get("terms", {}) if key == "statements" else report
    found = place.get(key, []) if isinstance(place, dict) else []
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _evidence(item: Mapping[str, Any]) -> Iterator[str]:
    """Give the steps of a flow, or the quote of a statement."""
    if "quote" in item:
        yield harmless(
            f"“{item['quote']}” ({item.get('document')} {item.get('start')}–{item.get('end')})"
        )
        return
    keys = ("data_type", "scope", "level", "endpoint", "http_method", "trigger")
    yield harmless(" · ".join(str(item[k]) for k in keys if item.get(k)))
    for step in item.get("steps", ()):
        if isinstance(step, dict):
            yield harmless(f"{step.get('caller')}@{step.get('offset')} {step.get('text')}")
