"""The whole stage in one call: from facts, flows and terms to practices, findings and a level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from auditor.model import (
    Endpoint,
    Finding,
    Flow,
    LendingAssessment,
    Library,
    Limit,
    Package,
    Practice,
    Severity,
    SourceRead,
    Terms,
)
from auditor.verdicts.case import Case, Observation
from auditor.verdicts.disclosure import disclose
from auditor.verdicts.judge import judge, risk_level
from auditor.verdicts.jurisdiction import Choice, choose_jurisdictions
from auditor.verdicts.knowledge import Knowledge
from auditor.verdicts.lending import Traits, assess_lending
from auditor.verdicts.parties import know_parties
from auditor.verdicts.practices import group_practices
from auditor.verdicts.provisions import AppDate


@dataclass(frozen=True)
class Evidence:
    """What the stages before found, and what the user asked for."""

    package: Package
    terms: Terms
    reads: Sequence[SourceRead] = ()
    flows: Sequence[Flow] = ()
    endpoints: Sequence[Endpoint] = ()
    libraries: Sequence[Library] = ()
    limits: Sequence[Limit] = ()
    """Those of every stage, the package's and the terms' included."""
    code_strings: Sequence[str] = ()
    """Constants of the app's own code, in which words of lending are looked for."""
    observations: Sequence[Observation] = ()
    """What facts and flows saw besides; libraries made to collect are added here."""
    jurisdictions: Sequence[str] = ()
    """Rule packs that the user asked for; empty to choose by signs."""
    lending: bool | None = None
    """What the user said; None to decide by signs."""
    date: str = ""
    """Date of the app that the user gave, ISO, or empty."""


@dataclass(frozen=True)
class Verdict:
    """What it amounts to."""

    practices: tuple[Practice, ...]
    findings: tuple[Finding, ...]
    severity: Severity | None
    lending: LendingAssessment
    jurisdictions: Choice
    date: AppDate = field(default_factory=AppDate)


def reach_verdict(evidence: Evidence, knowledge: Knowledge) -> Verdict:
    """Group practices, compare them with the terms, apply the rules."""
    manifest = evidence.package.manifest
    grouped = group_practices(evidence.reads, evidence.flows, manifest, knowledge.ontology)
    parties = know_parties(evidence.libraries, knowledge.for_rent)
    practices = disclose(
        grouped,
        evidence.terms,
        knowledge.ontology,
        knowledge.reasons,
        parties,
    )
    lending = assess_lending(
        evidence.package,
        evidence.terms,
        knowledge.lending,
        evidence.code_strings,
        evidence.lending,
        Traits(evidence.libraries, evidence.endpoints),
    )
    choice = choose_jurisdictions(
        manifest,
        evidence.terms,
        evidence.endpoints,
        knowledge.jurisdictions,
        evidence.jurisdictions,
    )
    case = Case(
        manifest=manifest,
        practices=practices,
        reads=tuple(evidence.reads),
        flows=tuple(evidence.flows),
        terms=evidence.terms,
        limits=tuple(evidence.limits),
        libraries=tuple(evidence.libraries),
        lending=lending,
        jurisdictions=choice.packs,
        date=app_date(evidence, knowledge.releases),
        observations=(*evidence.observations, *_collectors(evidence.libraries)),
        parties=parties,
    )
    findings = judge(case, knowledge)
    return Verdict(practices, findings, risk_level(findings), lending, choice, case.date)


def app_date(evidence: Evidence, releases: Mapping[int, str]) -> AppDate:
    """Give the date that the user gave, and the earliest day on which it can have been built.

    A certificate is made before the build that it signs, and a build targets a platform that was
    published: the later of both days bounds the build from below. Nothing bounds it from above.
    """
    starts = [s.not_before[:10] for s in evidence.package.signers if s.not_before]
    target = evidence.package.manifest.target_sdk
    if target is not None and target in releases:
        starts.append(releases[target])
    return AppDate(given=evidence.date, not_before=max(starts, default=""))


def _collectors(libraries: Sequence[Library]) -> tuple[Observation, ...]:
    """Give the libraries that are made to gather what is on the phone."""
    return tuple(
        Observation("collector_library", x.id, x.name, x.id)
        for x in sorted(libraries, key=lambda x: x.id)
        if x.category == "collector"
    )
