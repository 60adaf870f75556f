"""Make the index site: a folder that opens in a browser without a server.

    index.html            the table, ranking, makers, charts, failures; everything in one file
    reports/<name>.html   the report of each package, rendered from the store; no app is opened

A report's name tells package and verdict: what is there already is not rendered again, and what
belongs to no verdict of the store any more is removed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.engine import Connection

from auditor.batch import frames
from auditor.batch import schema as t
from auditor.batch.attempt import attempt
from auditor.batch.executors import Crew
from auditor.batch.run import Listener, document, stored_facts
from auditor.batch.site_data import App, Site
from auditor.batch.store import Store
from auditor.errors import StoreError
from auditor.model import Severity
from auditor.report.clean import one_line
from auditor.report.html import TEMPLATES, render_page
from auditor.report.words import languages

_AHEAD = 4
_COLUMNS = (
    *("rank", "label", "package", "version", "severity", "reasons", "findings", "undeclared"),
    *("lending", "blind", "maker", "store", "developer", "date", "report"),
)
_SHOWN = (
    *(("rank", 5, False), ("label", 14, False), ("package", 17, False), ("version", 7, False)),
    *(("severity", 12, True), ("reasons", 21, False), ("findings", 7, True), ("lending", 6, True)),
    *(("maker", 5, True), ("date", 9, True)),
)
"""Column, its width in percent, and whether its first sorting is downward."""
_MINE = re.compile(r"[0-9a-f]{64}-[0-9a-f]{12}-(?:zh|en)\.html")
_ACTIVE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}

Write = Callable[[Path, str, bytes], object]


def report_names(connection: Connection, lang: str) -> dict[str, str]:
    """Give the file name of the report of each package, by SHA-256."""
    columns = t.versions.c
    query = sa.select(columns.sha256, columns.verdict_key).order_by(columns.sha256)
    return {
        row.sha256: f"{row.sha256}-{row.verdict_key[:12]}-{lang}.html"
        for row in connection.execute(query)
    }


def write_reports(
    store: Store,
    crew: Crew,
    folder: Path,
    task: dict[str, Any],
    write: Write,
    listener: Listener,
) -> dict[str, str]:
    """Render the reports that are not there yet; give the names of those that are there then.

    Args:
        store: holds the facts.
        crew: renders, one report a process.
        folder: receives the reports.
        task: limits, folders of the catalog, `lang`, and the options of the batch.
        write: writes one file into a folder.
        listener: is told of each report.
    """
    with store.reading() as connection:
        names = report_names(connection, task["lang"])
    there = {p.name for p in folder.glob("*.html")} if folder.is_dir() else set()
    for name in sorted(n for n in there - set(names.values()) if _MINE.fullmatch(n)):
        (folder / name).unlink()
    left = deque(sha for sha, name in names.items() if name not in there)
    listener.phase("report", len(left))
    under_way: deque[tuple[str, Future[bytes]]] = deque()
    while left or under_way:
        while left and len(under_way) < crew.slots * _AHEAD:
            sha = left.popleft()
            under_way.append((sha, crew.executor.submit(attempt, _message(store, sha, task))))
            listener.started(sha)
        sha, future = under_way.popleft()
        answer, parts = frames.unpacked(future.result())
        if answer["ok"]:
            write(folder, names[sha], parts[0])
        else:
            del names[sha]
        listener.finished(sha, "" if answer["ok"] else str(answer["reason"]))
    return names


def _message(store: Store, sha256: str, task: dict[str, Any]) -> bytes:
    with store.reading() as connection:
        body, digests, bodies = stored_facts(connection, sha256)
        given = given_terms(connection, sha256)
        terms = [document(connection, digest) for _, digest in given]
        date = _date(connection, sha256)
    options = {**task.get("options", {})}
    options["date"] = options.get("date") or date
    header = {**task, "do": "render", "format": "html", "documents": digests, "options": options}
    header["terms"] = [name for name, _ in given]
    return frames.packed(header, [body, *bodies, *terms])


def given_terms(connection: Connection, sha256: str) -> list[tuple[str, str]]:
    """Give name and SHA-256 of the terms that were given for a package, as `register` orders."""
    given, sources = t.given_terms.c, t.sources.c
    query = sa.select(given.name, given.sha256).where(
        given.source_id == sources.id, sources.sha256 == sha256
    )
    return sorted({(row.name, row.sha256) for row in connection.execute(query)})


def _date(connection: Connection, sha256: str) -> str:
    columns = t.sources.c
    query = sa.select(sa.func.min(columns.date)).where(columns.sha256 == sha256, columns.date != "")
    return connection.execute(query).scalar() or ""


def last_options(connection: Connection) -> dict[str, Any]:
    """Give what the last batch was told about its apps.

    Raises:
        StoreError: no batch has run.
    """
    query = sa.select(t.runs.c.options).order_by(t.runs.c.id.desc()).limit(1)
    found = connection.execute(query).scalar()
    if found is None:
        raise StoreError("no batch has run on this store yet")
    made = json.loads(found)
    assert isinstance(made, dict)
    return made


def render_index(site: Site, lang: str) -> str:
    """Render `index.html`, `lang` first.

    Raises:
        UsageError: there are no messages in `lang`.
    """
    style, script = _own("index.css"), _own("index.js")
    return render_page(
        "index.html.j2",
        lang,
        site=site,
        data=Markup(_data(site, lang)),  # JSON, with every character that could end it escaped
        own_css=Markup(style),  # our own files
        own_style_hash=_hash(style),
        script=Markup(script),
        script_hash=_hash(script),
    )


def _own(name: str) -> str:
    """Read a file of ours without its blank lines, which rendering drops: its hash must fit."""
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data(site: Site, lang: str) -> str:
    """Write the rows of the table for the script."""
    speak = languages()
    order = [lang, *(code for code in speak if code != lang)]
    types = sorted({data for app in site.table for data in app.undeclared})
    titles = {
        r: {code: speak[code].text(r) for code in order} for a in site.table for r in a.reasons
    }
    places = {title: number for number, title in enumerate(titles)}
    rows = [_row(rank, app, types, places) for rank, app in enumerate(site.table, 1)]
    words = {
        code: {
            "columns": {c: speak[code].text(_said(f"site.column_{c}")) for c, _, _ in _SHOWN},
            "severity": [speak[code].name("severity", str(s)) for s in Severity],
            "data": [speak[code].name("data_type", data) for data in types],
            "all": speak[code].text(_said("site.all")),
            "yes": speak[code].text(_said("site.yes")),
            "shown": speak[code].messages.texts["site.shown"],
        }
        for code in order
    }
    value = {
        "languages": order,
        "columns": _COLUMNS,
        "shown": _SHOWN,
        "levels": [str(s) for s in Severity],
        "titles": list(titles.values()),
        "words": words,
        "rows": rows,
    }
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda m: _ACTIVE[m[0]], text)


def _row(rank: int, app: App, types: list[str], places: dict[Any, int]) -> list[Any]:
    return [
        rank,
        *(one_line(app.label, 80), one_line(app.package, 120), one_line(app.version, 40)),
        app.rank,
        [places[reason] for reason in app.reasons],
        app.findings,
        [types.index(data) for data in app.undeclared],
        -1 if app.lending is None else int(app.lending),
        int(app.blind),
        app.maker,
        *(one_line(app.store, 60), one_line(app.developer, 80), app.date),
        app.report.removeprefix("reports/"),
    ]


def _said(key: str) -> Any:  # noqa: ANN401
    from auditor.report.words import Said

    return Said(key, {})
