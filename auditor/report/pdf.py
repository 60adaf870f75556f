"""Print the HTML report to PDF with a Chromium of this machine (extra `pdf`).

The page is opened from a file, offline and with scripts off; it would ask for nothing anyway. A PDF
carries its time of making, so that two runs differ in bytes (not in what they show).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from auditor.errors import UsageError
from auditor.model import AuditReport
from auditor.report.clean import one_line
from auditor.report.html import render_html

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--no-first-run"]
_PATIENCE = 60_000
"""Milliseconds for one page."""


def render_pdf(report: AuditReport, lang: str = "en") -> bytes:
    """Print `report` on A4 pages, all evidence open, in the language `lang`.

    Raises:
        UsageError: playwright or a Chromium (`CHROMIUM` or on the path) is missing, or fails.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise UsageError("PDF needs playwright: pip install 'lending-auditor[pdf]'") from error
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        raise UsageError("PDF needs Chromium: install it, or name it in CHROMIUM")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    flags = [*_FLAGS, *(["--no-sandbox"] if root else [])]  # Chromium has no sandbox for root
    with TemporaryDirectory() as folder:
        page_file = Path(folder) / "report.html"
        page_file.write_text(render_html(report, lang), encoding="utf-8")
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path, args=flags)
                context = browser.new_context(offline=True, java_script_enabled=False)
                page = context.new_page()
                page.goto(page_file.as_uri(), timeout=_PATIENCE)
                printed: bytes = page.pdf(prefer_css_page_size=True, print_background=True)
                browser.close()
        except Error as error:
            raise UsageError(f"Chromium could not print: {one_line(str(error), 200)}") from error
    return printed
