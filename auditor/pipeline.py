"""The whole program on one screen: from a package and its terms to all that is known of the app."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from auditor import __version__
from auditor.catalog import Catalog
from auditor.dex import CodeIndex, DexInput
from auditor.errors import UsageError
from auditor.facts import APP, Facts, HostBook, IndexedCode, Owners, collect_facts, recipient_of
from auditor.flows.trace import Traced, trace_flows
from auditor.ingest import dex_files, nested_packages, read_package, read_package_bytes
from auditor.ingest.quote import quote_methods
from auditor.model import AuditReport, Endpoint, Flow, Level, Package, PermissionUse, Terms
from auditor.terms import TermsSource, annotate, bundled_terms, read_terms, read_terms_file
from auditor.verdicts import Evidence, load_knowledge, reach_verdict
from auditor.verdicts.provisions import load_instruments

_QUOTES = 40
"""Methods of which the report shows the decompiled lines."""
_TEXTS, _LOADS = 20_000, 20
"""Constants, and uses of one, that are looked at for words of lending."""
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
    inputs = [*dex_files(package), *options.extra_dex]
    code = CodeIndex.build([DexInput(name, data) for name, data in inputs])
    options.progress("facts")
    facts = collect_facts(package, IndexedCode(code), catalog)
    owner = Owners(facts.libraries)
    options.progress("flows")
    traced = trace_flows(code, package.manifest, package.resources, catalog, owner)
    options.progress("terms")
    found, links = bundled_terms(package, catalog)
    terms = replace(read_terms([*options.terms, *found], catalog), links=links)
    options.progress("verdict")
    flows, endpoints = _with_recipients(package, terms, traced, catalog)
    limits = tuple(
        sorted({*package.limits, *code.limits, *facts.limits, *traced.limits, *terms.limits})
    )
    evidence = Evidence(
        package=package,
        terms=terms,
        reads=traced.reads,
        flows=flows,
        endpoints=endpoints,
        libraries=facts.libraries,
        limits=limits,
        code_strings=_own_texts(code, owner),
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
        permissions=_with_uses(facts, traced),
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
    return replace(report, quotes=_quotes(report, inputs))


def _with_recipients(
    package: Package, terms: Terms, traced: Traced, catalog: Catalog
) -> tuple[tuple[Flow, ...], tuple[Endpoint, ...]]:
    book = HostBook(catalog)
    names: dict[str, str] = {}

    def recipient(host: str) -> str:
        plain = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if plain not in names:
            names[plain] = recipient_of(plain, package, book).name
        return names[plain]

    hosts = {e.url: e.host for e in traced.endpoints}
    endpoints = tuple(replace(e, recipient=recipient(e.host)) for e in traced.endpoints)
    flows = tuple(
        replace(f, recipient=recipient(hosts.get(f.endpoint, ""))) if f.endpoint else f
        for f in traced.flows
    )
    return flows, endpoints


def _with_uses(facts: Facts, traced: Traced) -> tuple[PermissionUse, ...]:
    """Count for each permission the call sites that need it."""
    reads = [(r.data_type.partition(".")[0], r.site, r.level) for r in traced.reads]

    def uses(permission: PermissionUse) -> PermissionUse:
        opened = {t.partition(".")[0] for t in permission.data_types}
        sites = {(site, level) for kind, site, level in reads if kind in opened}
        reached = {site for site, level in sites if level is not Level.REFERENCED}
        every = {site for site, _ in sites}
        return replace(permission, reachable_uses=len(reached), referenced_uses=len(every))

    return tuple(uses(permission) for permission in facts.permissions)


def _own_texts(code: CodeIndex, owner: Owners) -> tuple[str, ...]:
    """Constants of the app's own classes that are text for people rather than names."""
    texts = (t for t in code.literals() if " " in t or not t.isascii())
    return tuple(
        text
        for text in islice(texts, _TEXTS)
        if any(
            owner(code.method(method).cls) == APP
            for method, _ in islice(code.string_loads(text), _LOADS)
        )
    )


def _quotes(report: AuditReport, inputs: Sequence[tuple[str, bytes]]) -> Mapping[str, str]:
    wanted: dict[tuple[str, str], None] = {}
    for flow in sorted(
        report.flows, key=lambda f: (f.sink_kind not in ("network", "sms", "web"), f)
    ):
        wanted.setdefault((flow.source.dex, flow.source.caller))
        wanted.setdefault((flow.sink.dex, flow.sink.caller))
    for read in report.reads:
        wanted.setdefault((read.site.dex, read.site.caller))
    return quote_methods(dict(inputs), list(wanted)[:_QUOTES])


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
