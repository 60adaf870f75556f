"""Everything that verdicts know, read from the catalog once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.catalog import Catalog, Entry
from auditor.verdicts.disclosure import Reason, load_reasons
from auditor.verdicts.jurisdiction import JurisdictionSigns, load_jurisdictions
from auditor.verdicts.lending import Signs, load_signs
from auditor.verdicts.ontology import Ontology, load_ontology
from auditor.verdicts.parties import load_hosts_for_rent
from auditor.verdicts.provisions import Instrument, TriggerWords, load_instruments
from auditor.verdicts.rules import FindingRule, Phrase
from auditor.verdicts.wording import Tables


class LibraryPurposes(Entry):
    """Purposes that libraries of one category serve."""

    purposes: tuple[str, ...]


class AndroidRelease(Entry):
    """When an API level was released; the id is its number."""

    released: str


@dataclass(frozen=True)
class Knowledge:
    """The tables of this stage."""

    ontology: Ontology
    rules: tuple[FindingRule, ...]
    instruments: tuple[Instrument, ...]
    trigger_words: Mapping[str, TriggerWords]
    reasons: Mapping[str, Reason]
    phrases: Mapping[str, Phrase]
    lending: Signs
    jurisdictions: tuple[JurisdictionSigns, ...]
    purposes: Mapping[str, tuple[str, ...]]
    """Purposes by category of library."""
    for_rent: frozenset[str]
    """Organisations that rent out hosts."""
    releases: Mapping[int, str]
    """Day of release by API level, ISO."""
    tables: Tables


def load_knowledge(catalog: Catalog) -> Knowledge:
    """Read all tables of this stage.

    Raises:
        InvalidCatalogError: a file is wrong; the message names file, entry and key.
    """
    ontology = load_ontology(catalog)
    reasons = load_reasons(catalog)
    phrases = {p.id: p for p in catalog.entries("phrases", Phrase)}
    rules = catalog.entries("findings", FindingRule)
    words = catalog.entries("triggers", TriggerWords)
    releases = catalog.entries("android_releases", AndroidRelease)
    return Knowledge(
        ontology=ontology,
        rules=tuple(sorted(rules, key=lambda r: r.id)),
        instruments=load_instruments(catalog),
        trigger_words={w.id: w for w in words},
        reasons=reasons,
        phrases=phrases,
        lending=load_signs(catalog),
        jurisdictions=load_jurisdictions(catalog),
        purposes={e.id: e.purposes for e in catalog.entries("library_purposes", LibraryPurposes)},
        for_rent=load_hosts_for_rent(catalog),
        releases={int(r.id): r.released for r in releases},
        tables=Tables(ontology, reasons, phrases),
    )
