"""Collect every fact about one package that needs no data flow: the stage's main path."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.catalog import Catalog
from auditor.facts.code import Code
from auditor.facts.dynamic import dynamic_code_limits
from auditor.facts.elsewhere import placed_endpoints
from auditor.facts.families import family_hints
from auditor.facts.frameworks import detect_frameworks
from auditor.facts.hybrid.read import HybridFacts, read_hybrid
from auditor.facts.indicators import IndicatorMatch, match_indicators
from auditor.facts.libraries import Owners, identify_libraries
from auditor.facts.obfuscation import Obfuscation, measure_obfuscation, obfuscation_limits
from auditor.facts.packers import Visibility, detect_packers
from auditor.facts.permissions import permission_facts
from auditor.facts.tls import TlsFact, tls_facts
from auditor.facts.urls import Classified, classify_urls, url_book
from auditor.model import (
    Endpoint,
    FamilyHint,
    Framework,
    Library,
    Limit,
    Package,
    Packer,
    PermissionUse,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one package without following data."""

    permissions: tuple[PermissionUse, ...]
    libraries: tuple[Library, ...]
    frameworks: tuple[Framework, ...]
    packers: tuple[Packer, ...]
    visibility: Visibility
    obfuscation: Obfuscation
    urls: Classified
    """Addresses in the string constants of the DEX files."""
    placed: tuple[Endpoint, ...]
    """Addresses in string resources and configuration files."""
    tls: tuple[TlsFact, ...]
    indicators: tuple[IndicatorMatch, ...]
    families: tuple[FamilyHint, ...]
    """Hints of common origin with other lenders' code."""
    hybrid: HybridFacts
    """What scripts and compiled code outside DEX read and send."""
    limits: tuple[Limit, ...]
    """The limits of all of these, those of `hybrid` included."""


def no_facts() -> Facts:
    """Give facts that say nothing, for when they could not be collected."""
    return Facts(
        permissions=(),
        libraries=(),
        frameworks=(),
        packers=(),
        visibility=Visibility(0, (), 0, False),
        obfuscation=Obfuscation(0, 0, "none"),
        urls=Classified((), {}),
        placed=(),
        tls=(),
        indicators=(),
        families=(),
        hybrid=HybridFacts(),
        limits=(),
    )


def collect_facts(package: Package, code: Code, catalog: Catalog) -> Facts:
    """Collect the facts of one package; pure, and the same on every run."""
    libraries = identify_libraries(package, code, catalog)
    owner = Owners(libraries)
    packing = detect_packers(package, code, catalog)
    frameworks, unread = detect_frameworks(package, code, catalog)
    obfuscation = measure_obfuscation(code.classes(), owner)
    urls = classify_urls(code.strings_containing(b"://"), url_book(catalog))
    hybrid = read_hybrid(package, code, catalog)
    limits = (
        *hybrid.limits,
        *packing.limits,
        *unread,
        *dynamic_code_limits(package, code, owner, libraries),
        *obfuscation_limits(obfuscation),
    )
    sent = [endpoint.url for endpoint in hybrid.endpoints]
    return Facts(
        permissions=permission_facts(package.manifest, catalog),
        libraries=libraries,
        frameworks=frameworks,
        packers=packing.packers,
        visibility=packing.visibility,
        obfuscation=obfuscation,
        urls=urls,
        placed=placed_endpoints(package, url_book(catalog)),
        tls=tls_facts(package.manifest, code, owner),
        indicators=match_indicators(package, [*urls.endpoints, *sent], catalog, code),
        families=tuple(sorted({*family_hints(code, owner, catalog), *hybrid.families})),
        hybrid=hybrid,
        limits=tuple(sorted(set(limits))),
    )
