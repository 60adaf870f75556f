"""Write what is known about one app: HTML for people, JSON, SARIF and CSV for programs.

In: an `AuditReport`. Out: text. Nothing here analyses, reads the app again, or asks the network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from auditor.model import AuditReport
from auditor.report.document import build, render_json, render_json_lines, schema, terms_document
from auditor.report.graph import render_graphml
from auditor.report.html import render_html
from auditor.report.mermaid import render_mermaid
from auditor.report.sarif import render_sarif
from auditor.report.table import render_csv
from auditor.report.terminal import TerminalLine, summarize
from auditor.report.words import languages

RENDERERS: Mapping[str, Callable[[AuditReport, str], str]] = {
    "html": render_html,
    "json": render_json,
    "jsonl": render_json_lines,
    "sarif": render_sarif,
    "csv": render_csv,
    "graphml": render_graphml,
    "mmd": render_mermaid,
}
"""Formats by the ending of their files; what they give is to be written as UTF-8."""

__all__ = [
    "RENDERERS",
    "TerminalLine",
    "build",
    "languages",
    "render_csv",
    "render_graphml",
    "render_html",
    "render_json",
    "render_json_lines",
    "render_mermaid",
    "render_sarif",
    "schema",
    "summarize",
    "terms_document",
]
