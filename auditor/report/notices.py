"""Turn findings into rows of the notices that Chinese regulators publish: 疑似, 线索, never more.

In: report documents and what a person knows besides (developer, source). Out: `Notice` values,
one an app. Pure: from where the documents come, files, a store, an audit just made, is no matter.
The words are data (`data/notices/`), traced to the items of the 2019 Methods.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from auditor.catalog import DATA, Catalog, Entry
from auditor.report.changes import hidden
from auditor.report.clean import one_line
from auditor.report.contract import Document, FindingOut

CELL = 200
"""Characters of a name of the app in a row."""


class Problem(Entry):
    """One problem word, and the finding rules that point to it."""

    miit: str
    """Word of MIIT's lists; empty where they have none."""
    category: str
    """Name of the category in the 2019 Methods; empty where there is none."""
    provision: str
    """Id of the item in `data/rules/`; empty where there is none."""
    sentence: str
    """As CVERC words it, with 疑似."""
    en: str
    disclosures: tuple[str, ...] = ()
    """Only findings whose terms disclose it so; empty for any."""
    lending_only: bool = False
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Details:
    """What a person knows of an app and the package does not say."""

    developer: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Clue:
    """One problem of one app, with the findings behind it."""

    problem: Problem
    findings: tuple[FindingOut, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """One app as a row of a notice."""

    app_name: str
    developer: str
    source: str
    version: str
    package: str
    version_code: str
    sha256: str
    signer_sha256: str
    lending: bool | None
    partly: bool
    """Part of the code could not be read: there may be more."""
    clues: tuple[Clue, ...]


@lru_cache(maxsize=1)
def problems() -> tuple[Problem, ...]:
    """Give every problem word, in the order of the file."""
    return Catalog(DATA).entries("notices", Problem)


def notice_rows(
    documents: Iterable[Document], details: Mapping[str, Details] | None = None
) -> tuple[Notice, ...]:
    """Give one row for each document that has a clue, sorted by name, version and file.

    Args:
        documents: reports to which the Chinese rule pack was applied; others give no row.
        details: by package name or by SHA-256 of the file, which comes first.
    """
    known = details or {}
    rows = []
    for document in documents:
        if "cn" not in document.jurisdictions:
            continue
        clues = _clues(document)
        if clues:
            rows.append(_row(document, clues, _details(document, known)))
    return tuple(sorted(rows, key=lambda r: (r.app_name, r.package, r.version, r.sha256)))


def _details(document: Document, known: Mapping[str, Details]) -> Details:
    app = document.app
    return known.get(app.sha256) or known.get(app.package) or Details()


def _clues(document: Document) -> tuple[Clue, ...]:
    lending = document.app.lending.is_lending is True
    found = []
    for problem in problems():
        if not problem.sentence or (problem.lending_only and not lending):
            continue
        behind = [f for f in document.findings if _points_to(f, problem)]
        if behind:
            found.append(Clue(problem, tuple(behind)))
    return tuple(found)


def _points_to(finding: FindingOut, problem: Problem) -> bool:
    said = str(finding.disclosure or "")
    return finding.rule in problem.rules and (
        not problem.disclosures or said in problem.disclosures
    )


def _row(document: Document, clues: Sequence[Clue], details: Details) -> Notice:
    app = document.app
    return Notice(
        app_name=one_line(app.label or app.package, CELL),
        developer=one_line(details.developer, CELL) or _developer(document),
        source=one_line(details.source, CELL) or f"送检文件 {one_line(app.name, 120)}",
        version=one_line(app.version_name, 80),
        package=one_line(app.package, CELL),
        version_code=one_line(app.version_code, 40),
        sha256=app.sha256,
        signer_sha256=" ".join(sorted({s.sha256 for s in app.signers})),
        lending=app.lending.is_lending,
        partly=hidden(document),
        clues=tuple(clues),
    )


def _developer(document: Document) -> str:
    """Name the organisation of the certificate, marked as such: a package names no developer."""
    for signer in document.app.signers:
        for part in signer.subject.split(","):
            key, _, value = part.strip().partition("=")
            if key.strip().upper() == "O" and value.strip():
                return f"待核实（签名证书：{one_line(value.strip(), 80)}）"
    return "待核实"
