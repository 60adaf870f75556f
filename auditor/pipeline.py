"""The whole program on one screen: from a package and its terms to all that is known of the app."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from auditor import __version__
from auditor.catalog import Catalog
from auditor.dex import CodeIndex, DexInput
from auditor.errors import UsageError
from auditor.facts import (
    APP,
    Facts,
    HostBook,
    IndexedCode,
    Owners,
    SdkSetting,
    collect_facts,
    recipient_of,
    sdk_settings,
)
from auditor.flows.trace import Traced, constant_argument, trace_flows
from auditor.ingest import (
    nested_packages,
    read_code,
    read_package,
    read_package_bytes,
    resource_limits,
)
from auditor.ingest.quote import quote_methods
from auditor.model import (
    AuditReport,
    CallSite,
    Endpoint,
    Flow,
    Level,
    Package,
    PermissionUse,
    Scope,
    SinkKind,
    SourceRead,
    Step,
    Terms,
)
from auditor.terms import TermsSource, annotate, bundled_terms, read_terms, read_terms_file
from auditor.verdicts import Evidence, load_knowledge, reach_verdict
from auditor.verdicts.case import Observation
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
    read = read_code(package)
    inputs = [*read.files, *options.extra_dex]
    code = CodeIndex.build([DexInput(name, data) for name, data in inputs])
    options.progress("facts")
    facts = collect_facts(package, IndexedCode(code), catalog)
    owner = Owners(facts.libraries)
    options.progress("flows")
    traced = trace_flows(code, package.manifest, package.resources, catalog, owner)
    traced = _with_other_code(traced, facts, code, catalog)
    options.progress("terms")
    found, links = bundled_terms(package, catalog)
    terms = replace(read_terms([*options.terms, *found], catalog), links=links)
    options.progress("verdict")
    flows, endpoints = _with_recipients(package, terms, traced, facts, catalog)
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
        code_strings=_own_texts(code, owner),
        observations=_observations(facts),
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


def _with_other_code(traced: Traced, facts: Facts, code: CodeIndex, catalog: Catalog) -> Traced:
    """Add what scripts and compiled stores do, and what SDKs are told to collect."""
    settings = sdk_settings(
        facts.libraries,
        IndexedCode(code),
        catalog,
        lambda place, position: constant_argument(code, place, position),
    )
    on = [s for s in settings if s.state == "on"]
    reads = [_sdk_read(s, traced) for s in on]
    flows = [_sdk_flow(s, traced) for s in on if s.place.caller in traced.reached]
    return replace(
        traced,
        reads=tuple(sorted({*traced.reads, *facts.hybrid.reads, *reads})),
        flows=tuple(sorted({*traced.flows, *facts.hybrid.flows, *flows})),
        endpoints=tuple(sorted({*traced.endpoints, *facts.hybrid.endpoints})),
    )


def _sdk_site(setting: SdkSetting) -> CallSite:
    place = setting.place
    return CallSite(setting.call, place.caller, place.offset, place.dex)


def _sdk_read(setting: SdkSetting, traced: Traced) -> SourceRead:
    reached = setting.place.caller in traced.reached
    return SourceRead(
        data_type=setting.data_type,
        site=_sdk_site(setting),
        level=Level.REACHABLE if reached else Level.REFERENCED,
        scope=Scope.BULK,
        rule="sdk-setting",
        owner=setting.library,
        detail=f"{setting.call.rpartition('->')[2]}({setting.value})",
    )


def _sdk_flow(setting: SdkSetting, traced: Traced) -> Flow:
    """An SDK that is told to collect sends by code of its own: linked, not proved."""
    site = _sdk_site(setting)
    text = "the SDK is told to collect this; how it sends is its own code"
    return Flow(
        id="f-sdk-" + format(abs(hash_text(f"{setting.data_type}{site}")), "x")[:10],
        data_type=setting.data_type,
        level=Level.LINKED,
        scope=Scope.BULK,
        source=site,
        sink=site,
        sink_kind=SinkKind.NETWORK,
        endpoint="",
        http_method="",
        fields=(),
        owner=setting.library,
        recipient="",
        trigger="unknown",
        before_consent=None,
        steps=(Step(site.caller, site.offset, site.dex, text, "source"),),
    )


def hash_text(text: str) -> int:
    """A number for a text, the same on every run."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big")


def _observations(facts: Facts) -> tuple[Observation, ...]:
    found = [Observation(t.kind, t.where, t.why, t.owner) for t in facts.tls]
    for match in facts.indicators:
        words = f"{match.family}: {match.source}, {match.date}"
        found.append(Observation("known_indicator", match.where, words))
    return tuple(found)


def _with_recipients(
    package: Package, terms: Terms, traced: Traced, facts: Facts, catalog: Catalog
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
    vendors = {library.id: library.vendor for library in facts.libraries}

    def receiver(flow: Flow) -> str:
        if flow.endpoint:
            return recipient(hosts.get(flow.endpoint, ""))
        return vendors.get(flow.owner, "") if flow.level is Level.LINKED else flow.recipient

    return tuple(replace(f, recipient=receiver(f)) for f in traced.flows), endpoints


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
