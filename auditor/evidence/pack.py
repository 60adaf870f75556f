"""Gather what belongs to one audit as evidence: report, data, quoted code, terms, versions.

In: the report, the terms as they were given, the settings. Out: files by name, `SHA256SUMS` and
perhaps its signature among them; the same input gives the same bytes. No clock: when it was made is
for a notary or a time stamp to say.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from auditor.catalog import Catalog
from auditor.model import AuditReport
from auditor.pipeline import annotate
from auditor.report import RENDERERS, languages
from auditor.report.clean import one_line
from auditor.report.html import render_page
from auditor.report.mermaid import render_mermaid
from auditor.report.terms_page import render_terms_html, render_terms_json
from auditor.report.view import class_and_name

if TYPE_CHECKING:
    from auditor.evidence.sshsig import PrivateKey

SUMS, SIGNATURE, RUN = "SHA256SUMS", "SHA256SUMS.sig", "run.json"
_LIBRARIES = (
    *("androguard", "apkInspector", "asn1crypto", "charset-normalizer", "lxml", "numpy"),
    *("opencc-python-reimplemented", "pydantic", "pypdf", "python-docx", "PyYAML"),
    *("publicsuffixlist", "tree-sitter", "tree-sitter-javascript"),
)
"""Libraries whose version can change what is read or quoted."""
_UNSAFE = re.compile(r"[^\w.\- ]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user asked for: what an audit needs to be run again."""

    jurisdictions: tuple[str, ...] = ()
    lending: bool | None = None
    date: str = ""
    lang: str = "en"
    unmask: bool = False
    """Personal data and secrets that the app carries are shown."""


def pack_evidence(
    report: AuditReport,
    given: Sequence[tuple[str, bytes]],
    settings: Settings,
    catalog: Catalog,
    app: bytes | None = None,
) -> dict[str, bytes]:
    """Give the files of the evidence, manifest included.

    Args:
        report: the audit, with its quotes.
        given: the terms as given: name and bytes, in the order in which they were read.
        settings: what the audit was asked for.
        catalog: the knowledge that was used.
        app: the app's file, to be kept inside; None to leave it out.
    """
    files = {
        "report.html": RENDERERS["html"](report, settings.lang),
        "report.json": RENDERERS["json"](report, settings.lang),
        "report.sarif": RENDERERS["sarif"](report, settings.lang),
        "flows.mmd": render_mermaid(report, settings.lang),
        "terms/terms.json": render_terms_json(report.terms),
        "catalog.sha256": _catalog_sums(catalog),
        **_code(report),
        **_terms(report),
    }
    packed = {name: text.encode("utf-8", "replace") for name, text in files.items()}
    names = [f"terms/given/{i:02}-{_file_name(name)}" for i, (name, _) in enumerate(given, 1)]
    packed |= {name: data for name, (_, data) in zip(names, given, strict=True)}
    kept = ""
    if app is not None:
        kept = f"app/{_file_name(report.package.name)}"
        packed[kept] = app
    run = _run(
        report, settings, [(n, name) for n, (name, _) in zip(names, given, strict=True)], kept
    )
    packed[RUN] = run.encode()
    packed["README.html"] = render_page(
        "evidence.html.j2",
        settings.lang,
        report=report,
        files=sorted([*packed, "README.html"]),
        kept=bool(kept),
    ).encode("utf-8", "replace")
    packed[SUMS] = sums(packed).encode()
    return packed


def signed(files: Mapping[str, bytes], key: PrivateKey) -> dict[str, bytes]:
    """Add the signature of the manifest."""
    from auditor.evidence.sshsig import sign

    return {**files, SIGNATURE: sign(files[SUMS], key).encode()}


def sums(files: Mapping[str, bytes]) -> str:
    """Write a manifest as `sha256sum -c` reads it: every file except manifest and signature."""
    rows = [
        f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n"
        for name in sorted(files)
        if name not in (SUMS, SIGNATURE)
    ]
    return "".join(rows)


def _file_name(name: str) -> str:
    """Make a name of the user or the app fit for every file system."""
    plain = _UNSAFE.sub("_", one_line(name, 120)).strip(" ._")
    return plain or "file"


def _run(
    report: AuditReport, settings: Settings, terms: Sequence[tuple[str, str]], kept: str
) -> str:
    package = report.package
    value = {
        "schema": "auditor.evidence/1",
        "tool": {"name": report.tool_name, "version": report.tool_version},
        "catalog": report.catalog_digest,
        "libraries": library_versions(),
        "app": {
            "name": one_line(package.name, 400),
            "sha256": package.sha256,
            "size": package.size,
            "kept": kept,
        },
        "terms": [{"file": file, "name": one_line(name, 400)} for file, name in terms],
        "settings": asdict(settings),
    }
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def library_versions() -> dict[str, str]:
    """Give the versions of the libraries that have a part in the result."""
    return {name: _version(name) for name in _LIBRARIES}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _catalog_sums(catalog: Catalog) -> str:
    """List every file of the catalog with its SHA-256, so that the version can be told apart."""
    rows = []
    for number, root in enumerate(catalog.roots):
        where = "data" if number == 0 else f"rules-{number}"
        for path in sorted(p for p in root.rglob("*") if p.is_file()):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            rows.append(f"{digest}  {where}/{path.relative_to(root).as_posix()}\n")
    return "".join(rows)


def _code(report: AuditReport) -> dict[str, str]:
    """Give the decompiled methods, one a file, each with the places that the report points to."""
    places: dict[str, dict[tuple[str, int, str], None]] = {}
    sites = [s for f in report.flows for s in (f.source, f.sink)]
    sites += [r.site for r in report.reads]
    for site in sorted(sites):
        places.setdefault(site.caller, {})[site.dex, site.offset, site.signature] = None
    files = {}
    for number, signature in enumerate(sorted(report.quotes), 1):
        cls, name = class_and_name(signature)
        head = [f"// {one_line(signature, 1_000)}\n"]
        for dex, offset, callee in places.get(signature, {}):
            head.append(f"// {one_line(dex, 200)} @{offset}: {one_line(callee, 1_000)}\n")
        stem = _file_name(f"{cls[:60]}.{name[:60]}")
        text = "".join(head) + report.quotes[signature].rstrip("\n") + "\n"
        files[f"code/{number:03}-{stem}.txt"] = text
    return files


def _terms(report: AuditReport) -> dict[str, str]:
    """Give each document as it was read, and every reading marked in its place."""
    terms = report.terms
    files = {
        f"terms/read/{number:02}-{_file_name(document.name)}.txt": document.text
        for number, document in enumerate(terms.documents, 1)
    }
    if terms.documents:
        segments = {d.name: annotate(d, terms.statements) for d in terms.documents}
        for code in languages():
            files[f"terms/readings.{code}.html"] = render_terms_html(terms, segments, code)
    return files
