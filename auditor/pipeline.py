"""The whole program on one screen: from a package and its terms to all that is known of the app."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from auditor import __version__
from auditor.catalog import Catalog
from auditor.dex import CodeIndex, DexInput
from auditor.errors import UsageError
from auditor.facts import (
    APP,
    IndexedCode,
    Owners,
    Traits,
    collect_facts,
    collect_traits,
    no_facts,
    registrable_domain,
    sketch_of,
    with_settings,
)
from auditor.flows.trace import Traced, trace_flows
from auditor.guard import Guard
from auditor.ingest import (
    Code,
    nested_packages,
    read_code,
    read_package,
    read_package_bytes,
    resource_limits,
)
from auditor.joining import (
    file_reader,
    observations,
    own_texts,
    quoted,
    settings_of,
    with_bridges,
    with_checks,
    with_constants,
    with_other_code,
    with_recipients,
    with_uses,
)
from auditor.masking import masked
from auditor.model import (
    AuditReport,
    Endpoint,
    FamilyHint,
    Flow,
    Framework,
    Library,
    Limit,
    Package,
    Packer,
    PermissionUse,
    SourceRead,
    Terms,
)
from auditor.terms import TermsSource, annotate, bundled_terms, read_terms, read_terms_file
from auditor.verdicts import Evidence, Observation, load_knowledge, reach_verdict
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
    traits: bool = False
    """Collect what tells apps of one maker; a batch does."""
    seconds: float = 0
    """Time for each stage that reads the app or its terms, 0 for no deadline."""
    unmask: bool = False
    """Show personal data and secrets that the app carries."""
    lenient: bool = True
    """Tell of a stage that fails in a limit; else let its exception through, for tests."""
    progress: Progress = field(default=lambda stage: None)


@dataclass(frozen=True)
class Examined:
    """What the app's bytes alone decide: everything before terms are given and rules applied.

    Flows and endpoints have no recipients yet: the terms say who the operator is.
    """

    package: Package
    libraries: tuple[Library, ...]
    frameworks: tuple[Framework, ...]
    packers: tuple[Packer, ...]
    permissions: tuple[PermissionUse, ...]
    reads: tuple[SourceRead, ...]
    flows: tuple[Flow, ...]
    endpoints: tuple[Endpoint, ...]
    terms: tuple[TermsSource, ...]
    """Documents of terms found inside the package, not yet read."""
    links: tuple[str, ...]
    """Addresses of terms that the package shows."""
    code_strings: tuple[str, ...]
    observations: tuple[Observation, ...]
    limits: tuple[Limit, ...]
    families: tuple[FamilyHint, ...]
    renamed_share: float
    """Part of the app's own classes whose names were removed, 0 to 1."""
    quotes: Mapping[str, str]
    traits: Traits


def audit(path: Path, catalog: Catalog, options: Options) -> AuditReport:
    """Audit one app.

    Raises:
        UnreadablePackageError: it is no readable app.
        UnreadableTermsError: a document of terms cannot be read.
        InvalidCatalogError: the catalog is wrong.
    """
    options.progress("package")
    return audit_package(read_package(path), catalog, options)


def audit_bytes(name: str, data: bytes, catalog: Catalog, options: Options) -> AuditReport:
    """Audit one app that lies in memory, under the name `name`.

    Raises:
        UnreadablePackageError: it is no readable app.
        InvalidCatalogError: the catalog is wrong.
    """
    options.progress("package")
    return audit_package(read_package_bytes(name, data), catalog, options)


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
    return conclude(examine(package, catalog, options), catalog, options)


def examine(package: Package, catalog: Catalog, options: Options) -> Examined:
    """Find everything that does not depend on given terms and on rules; opens the app's files.

    Of the options only `extra_dex`, `quotes`, `traits` and `progress` matter here.
    """
    guard = Guard(options.seconds, lenient=options.lenient)
    options.progress("code")
    read = guard.run("code", lambda: read_code(package), lambda: Code((), ()))
    inputs = [*read.files, *options.extra_dex]
    dex = [DexInput(name, data) for name, data in inputs]
    code = guard.run("code", lambda: CodeIndex.build(dex), lambda: CodeIndex.build([]))
    options.progress("facts")
    facts = guard.run("facts", lambda: collect_facts(package, IndexedCode(code), catalog), no_facts)
    owner = Owners(facts.libraries)
    options.progress("flows")
    traced = guard.run(
        "flows",
        lambda: trace_flows(
            code, package.manifest, package.resources, catalog, owner, file_reader(package)
        ),
        lambda: Traced((), (), (), ()),
    )
    settings = guard.run("settings", lambda: settings_of(package, facts, code, catalog), lambda: ())
    facts = guard.run(
        "facts", lambda: with_bridges(package, facts, traced, code, catalog), lambda: facts
    )
    traced = with_other_code(traced, facts, settings)
    known = traced
    traced = guard.run(
        "constants", lambda: with_constants(known, facts, code, owner), lambda: known
    )
    terms, links = guard.run("terms", lambda: bundled_terms(package, catalog), lambda: ((), ()))
    limits = {*package.limits, *read.limits, *code.limits, *facts.limits, *traced.limits}
    traits = Traits()
    if options.traits:
        traits = guard.run("traits", lambda: _traits(code, package, owner), Traits)
    quotes: Mapping[str, str] = {}
    if options.quotes:
        options.progress("quotes")
        quotes = guard.run("quotes", lambda: quoted(traced.flows, traced.reads, inputs), dict)
    return Examined(
        package=package,
        libraries=with_settings(facts.libraries, settings),
        frameworks=facts.frameworks,
        packers=facts.packers,
        permissions=with_uses(facts, traced),
        reads=traced.reads,
        flows=traced.flows,
        endpoints=with_checks(traced.endpoints, facts.tls),
        terms=terms,
        links=links,
        code_strings=own_texts(code, owner),
        observations=observations(package, facts, traced, catalog),
        limits=tuple(sorted({*limits, *resource_limits(package), *guard.limits})),
        families=facts.families,
        renamed_share=round(facts.obfuscation.share, 3),
        quotes=quotes,
        traits=traits,
    )


def _traits(code: CodeIndex, package: Package, owner: Owners) -> Traits:
    return collect_traits(code, package, lambda cls: owner(cls) == APP)


def _no_terms() -> Terms:
    return Terms(limits=(Limit("terms_unreadable", "terms", "the stage that reads them failed"),))


def conclude(app: Examined, catalog: Catalog, options: Options) -> AuditReport:
    """Compare what was found with terms and rules; opens no file of the app."""
    options.progress("terms")
    guard = Guard(options.seconds, lenient=options.lenient)
    terms = guard.run("terms", lambda: read_terms([*options.terms, *app.terms], catalog), _no_terms)
    terms = replace(terms, links=app.links, limits=(*terms.limits, *guard.limits))
    limits = tuple(sorted({*app.limits, *terms.limits}))
    options.progress("verdict")
    flows, endpoints = with_recipients(
        app.package, terms, app.flows, app.endpoints, app.libraries, catalog
    )
    evidence = Evidence(
        package=app.package,
        terms=terms,
        reads=app.reads,
        flows=flows,
        endpoints=endpoints,
        libraries=app.libraries,
        limits=limits,
        code_strings=app.code_strings,
        observations=app.observations,
        jurisdictions=options.jurisdictions,
        lending=options.lending,
        date=options.date,
    )
    verdict = reach_verdict(evidence, load_knowledge(catalog))
    report = AuditReport(
        package=app.package,
        tool_version=__version__,
        catalog_digest=catalog.digest,
        libraries=app.libraries,
        frameworks=app.frameworks,
        packers=app.packers,
        permissions=app.permissions,
        reads=app.reads,
        flows=flows,
        practices=verdict.practices,
        endpoints=endpoints,
        terms=terms,
        findings=verdict.findings,
        limits=limits,
        families=app.families,
        renamed_share=app.renamed_share,
        lending=verdict.lending,
        jurisdictions=verdict.jurisdictions.packs,
        jurisdiction_why=verdict.jurisdictions.why,
        jurisdiction_why_zh=verdict.jurisdictions.why_zh,
        quotes=app.quotes,
        severity=verdict.severity,
    )
    return report if options.unmask else masked(report)


__all__ = [
    "Examined",
    "Observation",
    "Options",
    "TermsSource",
    "Traits",
    "annotate",
    "audit",
    "audit_bytes",
    "audit_nested",
    "audit_package",
    "check_jurisdictions",
    "conclude",
    "examine",
    "read_package",
    "read_terms_file",
    "registrable_domain",
    "sketch_of",
    "understand_terms",
]
