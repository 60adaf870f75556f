"""The page in a real browser: no request leaves, nothing runs, the switch works, it prints.

Needs Chromium (`apt-get install chromium`, or the path in `CHROMIUM`) and playwright.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from auditor.errors import UsageError
from auditor.model import AuditReport, Limit
from auditor.report.html import render_html
from auditor.report.pdf import render_pdf
from tests import report_fixture as fixture

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
--disable-background-networking --disable-component-update""".split()  # noqa: SIM905


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


class Visit:
    """One page opened from a file, with everything it asked for and said."""

    def __init__(self, browser: Browser, path: Path, text: str, **options: Any) -> None:
        path.write_text(text, encoding="utf-8")
        self.requests: list[str] = []
        self.said: list[str] = []
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.url = path.as_uri()
        self.page.goto(self.url)

    def width(self) -> int:
        found: int = self.page.evaluate("document.documentElement.scrollWidth")
        return found


Open = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    made: list[Visit] = []

    def open_(text: str, **options: object) -> Visit:
        made.append(Visit(browser, tmp_path / f"{len(made)}.html", text, **options))
        return made[-1]

    yield open_
    for each in made:
        each.context.close()


@pytest.mark.parametrize("index", range(len(fixture.HOSTILE)))
def test_hostile_strings_do_nothing(visit: Open, index: int) -> None:
    seen = visit(render_html(fixture.hostile(index), "en"))
    for summary in seen.page.query_selector_all("summary"):
        summary.evaluate("e => e.parentElement.open = true")
    assert seen.requests == [seen.url]
    assert seen.said == []
    assert seen.page.title() != "pwned"
    assert seen.page.evaluate("document.querySelectorAll('script, img, iframe').length") == 0


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port of this machine at which nobody may knock."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


def asked_of(listener: socket.socket) -> bytes:
    """Give every byte that was sent to the port; a mere connection sends none."""
    sent = b""
    while True:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            return sent
        with connection:
            connection.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                sent += connection.recv(4_096)


def test_the_policy_stops_what_would_run_or_ask(visit: Open, listener: socket.socket) -> None:
    """Even if a string became markup, the browser would neither run nor fetch it."""
    there = f"http://127.0.0.1:{listener.getsockname()[1]}"
    bad = (
        "<script>document.title='pwned'</script>"
        "<img src='THERE/x' onerror=\"document.title='pwned'\">"
        "<link rel=stylesheet href='THERE/y'>"
        "<iframe src='THERE/z'></iframe>"
        "<style>body{background:url(THERE/b)}</style>"
        "<p style='background:url(THERE/a)'>x</p>"
    ).replace("THERE", there)
    seen = visit(render_html(fixture.rich(), "en").replace("</main>", f"{bad}</main>"))
    assert seen.page.title() == "Privacy audit: 快易借"
    assert asked_of(listener) == b""
    assert any("Content Security Policy" in said for said in seen.said)


def test_the_switch_needs_no_script(visit: Open) -> None:
    seen = visit(render_html(fixture.rich(), "zh"), java_script_enabled=False)
    answer = seen.page.locator("#answer")
    assert "这款应用的代码能够读取" in answer.inner_text()
    assert "The code of this app" not in answer.inner_text()
    seen.page.get_by_text("English", exact=True).click()
    assert "The code of this app can read" in answer.inner_text()
    assert "这款应用" not in answer.inner_text()


def test_the_switch_works_with_the_keyboard(visit: Open) -> None:
    seen = visit(render_html(fixture.rich(), "zh"))
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("ArrowRight")
    assert "The code of this app can read" in seen.page.locator("#answer").inner_text()


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_width_scrolls_sideways(visit: Open, width: int, lang: str) -> None:
    seen = visit(render_html(fixture.rich(), lang), viewport={"width": width, "height": 900})
    assert seen.width() <= width


def test_a_label_of_10000_letters_does_not_break_the_page(visit: Open) -> None:
    seen = visit(
        render_html(fixture.everywhere("W" * 10_000), "en"),
        viewport={"width": 390, "height": 900},
    )
    assert seen.width() <= 390


def test_it_prints_on_pages_with_the_evidence_open(visit: Open, tmp_path: Path) -> None:
    seen = visit(render_html(fixture.rich(), "zh"))
    seen.page.emulate_media(media="print")
    assert seen.page.locator("#q1 pre").first.is_visible()
    assert not seen.page.locator("nav").is_visible()
    assert 5 <= len(printed(seen)) <= 15


def printed(seen: Visit) -> list[str]:
    """Print what is open now; give the text of each page without blanks."""
    pdf = seen.page.pdf(prefer_css_page_size=True)
    return ["".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(pdf)).pages]


def busy() -> AuditReport:
    """A report with 33 findings, 300 limits for one reason and 40 addresses."""
    report = fixture.rich()
    first = report.findings[0]
    many = [replace(first, id=f"f{n}", rule=f"rule-{n}", title=f"Title {n}") for n in range(33)]
    limits = [
        Limit("reflection", f"La/B;->m{n}()V", "a class name is not constant") for n in range(300)
    ]
    urls = [replace(report.endpoints[0], url=f"https://h{n}.example/{n}") for n in range(40)]
    return replace(report, findings=tuple(many), limits=tuple(limits), endpoints=tuple(urls))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_busy_report_prints_the_gravest_in_full_and_the_rest_in_short(
    visit: Open, lang: str
) -> None:
    seen = visit(render_html(busy(), lang))
    short = printed(seen)
    cards = seen.page.locator(".finding")
    seen.page.emulate_media(media="print")
    shown = [cards.nth(n).locator(".side.law").is_visible() for n in (0, 5, 6, 32)]
    seen.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")

    assert len(short) <= 22
    assert cards.count() == 33
    assert shown == [True, True, False, False]
    assert "a.B.m100()" not in "".join(short)
    assert len(printed(seen)) > len(short)
    assert "a.B.m100()" in "".join(printed(seen))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(visit: Open, scheme: str) -> None:
    """WCAG 2.2 AA: at least 4.5 to 1 for every text, in both schemes."""
    seen = visit(render_html(fixture.rich(), "en"), color_scheme=scheme)
    poor = seen.page.evaluate(_CONTRAST)
    assert poor == []


_CONTRAST = """() => {
  const rgb = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  document.querySelectorAll('details').forEach(d => d.open = true);
  const poor = new Set();
  for (const e of document.querySelectorAll('body *:not(svg *)')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility()) continue;
    const [a, b] = [lum(rgb(getComputedStyle(e).color)), lum(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.add(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
  }
  return [...poor];
}"""


def test_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", str(CHROMIUM))
    with ThreadPoolExecutor(1) as other:  # this thread's loop belongs to `browser`
        printed = other.submit(render_pdf, fixture.quiet(), "zh").result()
    assert printed.startswith(b"%PDF-")


def test_pdf_without_a_browser_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nonexistent/chromium")
    with pytest.raises(UsageError, match="Chromium could not print"):
        render_pdf(fixture.quiet(), "zh")


@pytest.mark.parametrize("make", [fixture.rich, fixture.packed, fixture.quiet])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_fifteen_answers_stand_on_the_first_three_pages(
    visit: Open, make: Callable[[], AuditReport], lang: str
) -> None:
    """Printed on A4: where the last answer at a glance ends, in pages from the top."""
    seen = visit(render_html(make(), lang))
    pdf = seen.page.pdf(prefer_css_page_size=True, page_ranges="1-3")
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    seen.page.emulate_media(media="print")
    last = seen.page.locator(".glance > li").last.inner_text().split("\n")
    heading = next(line for line in reversed(last) if line.strip())
    whole = "".join("".join(pages).split())

    assert len(pages) == 3
    assert seen.page.locator(".glance > li").count() == 15
    assert "".join(heading.split())[-12:] in whole
