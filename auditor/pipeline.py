"""The whole program on one screen: from a package and its terms to all that is known of the app."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from auditor import __version__
from auditor.catalog import Catalog
from auditor.dex import CodeIndex, DexInput
from auditor.errors import UsageError
from auditor.facts import IndexedCode, Owners, collect_facts
from auditor.flows.trace import trace_flows
from auditor.ingest import (
    nested_packages,
    read_code,
    read_package,
    read_package_bytes,
    resource_limits,
)
from auditor.joining import (
    observations,
    own_texts,
    quoted,
    with_constants,
    with_other_code,
    with_recipients,
    with_uses,
)
from auditor.model import AuditReport, Package, Terms
from auditor.terms import TermsSource, annotate, bundled_terms, read_terms, read_terms_file
from auditor.verdicts import Evidence, load_knowledge, reach_verdict
from auditor.verdicts.provisions import load_instruments

Progress = Callable[[str], None]
"""Told the name of each stage as it begins."""


@dataclass(frozen=True)
class Options:
    """What the user asked for."""

    terms: Sequence[TermsSource] = ()
    """Terms that were given; those found inside the package are read beside them."""
    jurisdictions: Sequence[str] = ()
    lending: bool | None = None
    date: str = ""
    extra_dex: Sequence[tuple[str, bytes]] = ()
    """Code dumped from memory, to complete a packed app."""
    quotes: bool = True
    progress: Progress = field(default=lambda stage: None)


def audit(path: Path, catalog: Catalog, options: Options) -> AuditReport:
    """Audit one app.

    Raises:
        UnreadablePackageError: it is no readable app.
        UnreadableTermsError: a document of terms cannot be read.
        InvalidCatalogError: the catalog is wrong.
    """
    options.progress("package")
    return audit_package(read_package(path), catalog, options)


def audit_nested(path: Path, catalog: Catalog, options: Options) -> Iterator[AuditReport]:
    """Audit each APK that lies inside another app."""
    for name, data in nested_packages(read_package(path, nested=True)):
        yield audit_package(read_package_bytes(name, data), catalog, options)


def understand_terms(sources: Sequence[TermsSource], catalog: Catalog) -> Terms:
    """Read terms alone, without an app.

    Raises:
        InvalidCatalogError: the catalog is wrong.
    """
    return read_terms(sources, catalog)


def check_jurisdictions(asked: Sequence[str], catalog: Catalog) -> None:
    """Refuse rule packs that nobody wrote.

    Raises:
        UsageError: one of `asked` is no rule pack.
    """
    packs = sorted({i.jurisdiction for i in load_instruments(catalog)} if asked else ())
    if unknown := sorted(set(asked) - set(packs)):
        raise UsageError(f"no rule pack {', '.join(unknown)}; known: {', '.join(packs)}")


def audit_package(package: Package, catalog: Catalog, options: Options) -> AuditReport:
    """Audit an app that has been read."""
    options.progress("code")
    read = read_code(package)
    inputs = [*read.files, *options.extra_dex]
    code = CodeIndex.build([DexInput(name, data) for name, data in inputs])
    options.progress("facts")
    facts = collect_facts(package, IndexedCode(code), catalog)
    owner = Owners(facts.libraries)
    options.progress("flows")
    traced = trace_flows(code, package.manifest, package.resources, catalog, owner)
    traced = with_other_code(traced, facts, code, catalog)
    traced = with_constants(traced, facts, code, owner)
    options.progress("terms")
    found, links = bundled_terms(package, catalog)
    terms = replace(read_terms([*options.terms, *found], catalog), links=links)
    options.progress("verdict")
    flows, endpoints = with_recipients(package, traced, facts, catalog)
    limits = tuple(
        sorted(
            {
                *package.limits,
                *read.limits,
                *code.limits,
                *facts.limits,
                *traced.limits,
                *terms.limits,
                *resource_limits(package),
            }
        )
    )
    evidence = Evidence(
        package=package,
        terms=terms,
        reads=traced.reads,
        flows=flows,
        endpoints=endpoints,
        libraries=facts.libraries,
        limits=limits,
        code_strings=own_texts(code, owner),
        observations=observations(facts, traced),
        jurisdictions=options.jurisdictions,
        lending=options.lending,
        date=options.date,
    )
    verdict = reach_verdict(evidence, load_knowledge(catalog))
    report = AuditReport(
        package=package,
        tool_version=__version__,
        catalog_digest=catalog.digest,
        libraries=facts.libraries,
        frameworks=facts.frameworks,
        packers=facts.packers,
        permissions=with_uses(facts, traced),
        reads=traced.reads,
        flows=flows,
        practices=verdict.practices,
        endpoints=endpoints,
        terms=terms,
        findings=verdict.findings,
        limits=limits,
        lending=verdict.lending,
        jurisdictions=verdict.jurisdictions.packs,
        jurisdiction_why=verdict.jurisdictions.why,
        jurisdiction_why_zh=verdict.jurisdictions.why_zh,
        severity=verdict.severity,
    )
    if not options.quotes:
        return report
    options.progress("quotes")
    return replace(report, quotes=quoted(report, inputs))


__all__ = [
    "Options",
    "annotate",
    "audit",
    "audit_nested",
    "audit_package",
    "check_jurisdictions",
    "read_terms_file",
    "understand_terms",
]
