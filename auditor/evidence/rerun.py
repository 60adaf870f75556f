"""Audit the app again with the settings and terms that lie in the evidence, and compare.

In: a verification, the app's file, the catalog. Out: outcomes. The app is the user's or the one
kept inside; in both cases its SHA-256 must be the one in the evidence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from auditor import __version__
from auditor.catalog import Catalog
from auditor.errors import UnreadableInputError
from auditor.evidence.check import Outcome, Verification
from auditor.evidence.pack import (
    RUN,
    SIGNATURE,
    SUMS,
    Settings,
    library_versions,
    pack_evidence,
)
from auditor.model import AuditReport
from auditor.opening import open_file
from auditor.pipeline import Options, TermsSource, audit, audit_bytes, check_jurisdictions
from auditor.report import build
from auditor.report.changes import compare
from auditor.report.clean import one_line
from auditor.report.contract import FindingOut

_LISTED = 10


def audit_again(
    found: Verification,
    app: Path | None,
    catalog: Catalog,
    progress: Callable[[str], None] = lambda stage: None,
) -> tuple[Outcome, ...]:
    """Audit again and tell whether the same findings come out.

    Args:
        found: the evidence, checked.
        app: the app's file or folder; None to use the one kept inside.
        catalog: the knowledge to use.
        progress: told the name of each stage.

    Raises:
        AuditError: the app cannot be read.
    """
    if app is None and not found.run.app.kept:
        return (Outcome("rerun_not", "open"),)
    outcomes = _tools(found, catalog)
    report = _audited(found, app, catalog, progress)
    if report is None:
        return (*outcomes, Outcome("app", "bad"))
    compared = _compared(found, report, catalog, other=bool(outcomes))
    return (*outcomes, Outcome("app", "ok"), *compared)


def _tools(found: Verification, catalog: Catalog) -> list[Outcome]:
    """Say when another program, or other knowledge, audits now."""
    outcomes = []
    if found.run.tool.version != __version__:
        names = (one_line(found.run.tool.version, 40), __version__)
        outcomes.append(Outcome("tool", "open", names))
    if found.run.catalog != catalog.digest:
        names = (one_line(found.run.catalog, 12), catalog.digest[:12])
        outcomes.append(Outcome("catalog", "open", names))
    now = library_versions()
    others = [n for n in sorted(now) if found.run.libraries.get(n) != now[n]]
    if others:
        outcomes.append(Outcome("libraries", "open", tuple(others[:_LISTED])))
    return outcomes


def _audited(
    found: Verification,
    app: Path | None,
    catalog: Catalog,
    progress: Callable[[str], None],
) -> AuditReport | None:
    """Give the second audit, or None when the app is not the one that was audited."""
    settings, recorded = found.run.settings, found.run.app
    check_jurisdictions(settings.jurisdictions, catalog)
    options = Options(
        terms=tuple(TermsSource(name, data, "given") for name, data in _given(found)),
        jurisdictions=settings.jurisdictions,
        lending=settings.lending,
        date=settings.date,
        unmask=settings.unmask,
        progress=progress,
    )
    if app is not None and (app.is_dir() or app.name == recorded.name):
        report = audit(app, catalog, options)
        return report if report.package.sha256 == recorded.sha256 else None
    data = _bytes(app) if app is not None else _inside(found, recorded.kept)
    if hashlib.sha256(data).hexdigest() != recorded.sha256:
        return None
    return audit_bytes(recorded.name, data, catalog, options)


def _given(found: Verification) -> list[tuple[str, bytes]]:
    return [(terms.name, _inside(found, terms.file)) for terms in found.run.terms]


def _inside(found: Verification, name: str) -> bytes:
    if name not in found.files:
        raise UnreadableInputError(f"run.json names {one_line(name, 80)!r}, which is not inside")
    return found.files[name]


def _bytes(path: Path) -> bytes:
    try:
        with open_file(path) as stream:
            return stream.read()
    except OSError as error:
        raise UnreadableInputError(f"{path}: {error.strerror or error}") from error


def _compared(
    found: Verification, report: AuditReport, catalog: Catalog, other: bool
) -> list[Outcome]:
    """Tell whether every file comes out again, or at least the findings.

    Args:
        found: the evidence.
        report: the second audit.
        catalog: the knowledge it used.
        other: program, catalog or libraries are not those of the first audit.
    """
    differ = _differing(found, report, catalog)
    if not differ:
        return [Outcome("rerun", "ok")]
    section = compare(found.document, build(report)).findings
    told = [f"+ {_name(f)}" for f in section.came] + [f"- {_name(f)}" for f in section.went]
    told += [f"~ {_name(c.new)}" for c in section.changed]
    findings = Outcome("findings", "bad" if told else "ok", tuple(told[:_LISTED]))
    return [findings, Outcome("details", "open" if other else "bad", tuple(differ[:_LISTED]))]


def _differing(found: Verification, report: AuditReport, catalog: Catalog) -> list[str]:
    """Pack the second audit like the first and name the files that are not the same."""
    settings = Settings(**found.run.settings.model_dump())
    kept = found.run.app.kept
    app = found.files.get(kept) if kept else None
    again = pack_evidence(report, _given(found), settings, catalog, app)
    aside = {SUMS, SIGNATURE, RUN}
    names = sorted((again.keys() | found.files.keys()) - aside)
    return [name for name in names if again.get(name) != found.files.get(name)]


def _name(finding: FindingOut) -> str:
    return one_line(finding.id, 160)
