"""Write findings, practices and limits as one CSV table (RFC 4180) that spreadsheets open safely.

A cell that a spreadsheet would read as a formula gets an apostrophe in front (OWASP, "CSV
Injection"); a byte-order mark tells Excel that the text is UTF-8. Limits are rows too: a table
without findings is not a clean bill.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from auditor.model import AuditReport, CallSite, Finding, Practice
from auditor.report.answers_more import localized, title
from auditor.report.clean import one_line
from auditor.report.document import all_limits, practice_id, sorted_findings
from auditor.report.spoken import spoken
from auditor.report.words import Name, Words, words

COLUMNS = (
    *("kind", "app", "package", "version", "sha256", "signer_sha256", "id", "rule", "severity"),
    *("title", "why", "confidence", "action", "data_type", "data", "level", "scope", "trigger"),
    *("before_consent", "recipient", "endpoint", "disclosure", "quote", "call_site", "dex"),
    *("provisions", "where"),
)
_FORMULA = tuple("=+-@\t\r\n＝＋－＠|%")  # noqa: RUF001
_CELL = 4_000

Row = dict[str, str]


def render_csv(report: AuditReport, lang: str = "en") -> str:
    """Write `report` as CSV, one row a finding, practice or limit; words in `lang`.

    Raises:
        UsageError: there are no messages in `lang`.
    """
    speak = words(lang)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    app = _app(report)
    for row in (*_findings(report, speak), *_practices(report, speak), *_limits(report, speak)):
        cells = {**app, **row}
        writer.writerow([safe(cells.get(column, "")) for column in COLUMNS])
    return "\ufeff" + out.getvalue()


def safe(cell: str) -> str:
    """Make one cell text that no spreadsheet evaluates."""
    shown = one_line(cell, _CELL)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def _app(report: AuditReport) -> Row:
    manifest = report.package.manifest
    return {
        "app": manifest.label,
        "package": manifest.package,
        "version": manifest.version_name,
        "sha256": report.package.sha256,
        "signer_sha256": " ".join(s.sha256 for s in sorted(report.package.signers)),
    }


def _findings(report: AuditReport, speak: Words) -> Iterator[Row]:
    practices = {practice_id(p): p for p in report.practices}
    for finding in sorted_findings(report):
        practice = practices.get(finding.practice)
        yield {
            **(_practice(report, practice, speak) if practice else {}),
            "kind": "finding",
            "id": finding.id,
            "rule": finding.rule,
            "severity": str(finding.severity),
            "title": speak.text(title(finding)),
            "why": speak.text(localized(finding, "why", finding.why)),
            "confidence": finding.confidence,
            "disclosure": str(finding.disclosure or ""),
            "quote": _quotes(report, finding, practice),
            "provisions": " ; ".join(f"{i.provision} {i.article}" for i in finding.indicators),
        }


def _practices(report: AuditReport, speak: Words) -> Iterator[Row]:
    made = [(practice_id(p), p) for p in report.practices]
    for key, practice in sorted(made, key=lambda pair: (pair[0], pair[1].owner)):
        row = _practice(report, practice, speak)
        yield {**row, "kind": "practice", "id": key, "quote": _quotes(report, None, practice)}


def _limits(report: AuditReport, speak: Words) -> Iterator[Row]:
    for limit in all_limits(report):
        yield {
            "kind": "limit",
            "id": limit.kind,
            "title": speak.name("limit", limit.kind),
            "why": speak.text(spoken(limit.why, "why")),
            "where": limit.where,
        }


def _practice(report: AuditReport, practice: Practice, speak: Words) -> Row:
    flows = [f for f in sorted(report.flows, key=lambda f: f.id) if f.id in practice.flows]
    sites: list[CallSite] = [f.source for f in flows] or list(practice.call_sites)
    return {
        "action": str(practice.action),
        "data_type": practice.data_type,
        "data": speak.text(Name("data_type", practice.data_type)),
        "level": str(practice.level),
        "scope": str(practice.scope),
        "trigger": practice.trigger,
        "before_consent": {True: "true", False: "false", None: ""}[practice.before_consent],
        "recipient": practice.recipient,
        "endpoint": " ; ".join(sorted({f.endpoint for f in flows if f.endpoint})),
        "disclosure": str(practice.disclosure),
        "call_site": " ; ".join(f"{s.caller}@{s.offset}" for s in sites[:5]),
        "dex": " ; ".join(sorted({s.dex for s in sites[:5]})),
    }


def _quotes(report: AuditReport, finding: Finding | None, practice: Practice | None) -> str:
    ids = {*(finding.evidence if finding else ()), *(practice.statements if practice else ())}
    found = [s for s in report.terms.statements if s.id in ids]
    return " / ".join(s.quote for s in sorted(found, key=lambda s: (s.document, s.start))[:5])
