"""Summarize a report for the terminal: the answer, the gravest findings, what was not examined.

Out: plain lines. Foreign text has no control characters left (`clean`), so that no escape sequence
of an app reaches the terminal; the caller may print the lines as they are or style them by `kind`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from auditor.model import AuditReport
from auditor.report.answers_more import answer_all, summary, told_apart
from auditor.report.clean import one_line
from auditor.report.document import app_severity, sorted_findings
from auditor.report.seen import Seen
from auditor.report.words import Name, Words, say, words

FINDINGS = 8
LIMITS = 6


@dataclass(frozen=True, slots=True)
class TerminalLine:
    """One line and what it is: title, answer, heading, high, medium, low, info or limit."""

    kind: str
    text: str


def summarize(report: AuditReport, lang: str = "en") -> list[TerminalLine]:
    """Summarize `report` in at most about thirty lines.

    Raises:
        UsageError: there are no messages in `lang`.
    """
    speak = words(lang)
    seen = Seen(report)
    manifest = report.package.manifest
    name = one_line(manifest.label or manifest.package, 80)
    lines = [
        TerminalLine("title", f"{name}  {one_line(manifest.package, 120)}  {_version(report)}"),
        *(TerminalLine("answer", speak.text(s)) for s in summary(answer_all(seen), report)),
        TerminalLine("heading", _overall(report, speak, seen)),
    ]
    found = sorted_findings(report)
    titles = told_apart(found)
    for finding in found[:FINDINGS]:
        level = Name("severity", finding.severity)
        said = say("terminal.finding", level=level, title=titles[finding.id])
        lines.append(TerminalLine(finding.severity, speak.text(said)))
    if len(found) > FINDINGS:
        lines.append(TerminalLine("info", speak.text(say("page.more", n=len(found) - FINDINGS))))
    return lines + _limits(seen, speak)


def _version(report: AuditReport) -> str:
    return one_line(report.package.manifest.version_name, 40)


def _overall(report: AuditReport, speak: Words, seen: Seen) -> str:
    level = app_severity(report)
    if level is not None:
        return speak.text(say("verdict.level", severity=Name("severity", level)))
    return speak.text(say("verdict.none_hidden" if seen.hidden else "verdict.none"))


def _limits(seen: Seen, speak: Words) -> list[TerminalLine]:
    heading = TerminalLine("heading", speak.text(say("terminal.limits")))
    counts = Counter(limit.kind for limit in seen.limits)
    if not counts:
        return [heading, TerminalLine("limit", speak.text(say("terminal.no_limits")))]
    order = sorted(counts, key=lambda kind: (-counts[kind], kind))
    lines = [
        TerminalLine("limit", speak.text(say("q14.limit", kind=Name("limit", k), n=counts[k])))
        for k in order[:LIMITS]
    ]
    if len(order) > LIMITS:
        lines.append(TerminalLine("limit", speak.text(say("page.more", n=len(order) - LIMITS))))
    return [heading, *lines]
