"""Attach legal provisions to findings: as indicators, never as a judgement.

In: the facts that a finding shows, its data types, the app's date as far as known. Out: indicators,
anchors first. Only provisions that were verified and marked for automatic use attach, only where
their dates fit the app, and those for lenders only where the app is one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from auditor.catalog import Catalog, Entry
from auditor.model import Indicator
from auditor.verdicts.rules import Frozen, Trigger, Words

_DATE = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
WEIGHTS = (
    "statute", "administrative_regulation", "regulation", "departmental_rule", "regulator_rule",
    "regulator_direction", "regulator_circular", "departmental_normative_document",
    "normative_document", "regulator_guideline", "regulator_framework", "regulator_guidance",
    "store_policy", "recommended_national_standard", "guidance", "regulator_statement",
    "judicial_interpretation", "industry_self_regulation", "draft",
)  # fmt: skip
ATTACHING = {"in_force", "superseded_text", "repealed", "campaign_ended_categories_still_used"}


Grade = Literal[
    "full_text_third_party_copy",
    "official_page_copy",
    "text_on_mirror_site",
    "abridged_copy",
    "law_firm_or_press",
    "none",
]


class Provision(Frozen):
    """One provision of an instrument."""

    id: str
    article: str
    says: Words
    data_types: tuple[str, ...] = ()
    """Empty: personal data of any type."""
    triggers: Annotated[tuple[Trigger, ...], Field(min_length=1)]
    need_all: bool = False
    permissions: tuple[str, ...] = ()
    """It names these permissions: one of them must be requested."""
    min_target_sdk: int | None = None
    effective_from: _DATE | None = None
    """Overrides the instrument's."""
    lending_only: bool = False
    force: str
    """prohibited, restricted or duty: describes the text, not the app."""
    auto_trigger: bool
    verified: bool
    anchor: bool = False
    note: str = ""


class Instrument(Entry):
    """One law, rule, standard or policy."""

    about: str
    """Whom it binds."""
    reference: str
    """Official source by name."""
    jurisdiction: str
    title: str
    title_en: str
    title_zh: str = ""
    """For Chinese readers, where `title` is not Chinese."""
    issuer: str
    weight: str
    status: str
    effective_from: _DATE | None = None
    effective_to: _DATE | None = None
    dated: _DATE | None = None
    """Day of the text itself, where its first day in force was not verified: it is no older."""
    date_verified: bool
    date_note: str = ""
    verified: bool
    grade: Grade
    """How well the text was read: in full in a copy, on an official page, through the press, …."""
    read_in: str
    read_scope: str
    note: str = ""
    provisions: tuple[Provision, ...]


class TriggerWords(Entry):
    """What static analysis can show about one trigger."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class AppDate:
    """What is known about when the app was built."""

    given: str = ""
    """ISO date that the user gave, or empty."""
    not_before: str = ""
    """The build cannot be older: start of the certificate, or release of the target SDK."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one finding shows, for the choice of provisions."""

    facts: frozenset[Trigger]
    """All facts of the practice."""
    bears_on: frozenset[Trigger]
    """Those that this finding is about."""
    data_types: frozenset[str]
    permissions: frozenset[str]
    lending: bool
    target_sdk: int | None
    jurisdictions: tuple[str, ...]


def load_instruments(catalog: Catalog) -> tuple[Instrument, ...]:
    """Read every instrument of `data/rules/`, in order of jurisdiction and id."""
    found = catalog.entries("rules", Instrument)
    return tuple(sorted(found, key=lambda i: (i.jurisdiction, i.id)))


def attach(
    shown: Shown,
    instruments: Iterable[Instrument],
    date: AppDate,
    trigger_words: Mapping[str, TriggerWords],
) -> tuple[Indicator, ...]:
    """Give the provisions that a finding bears on: anchors, then the weightier, then by id."""
    found = [
        (_order(instrument, provision, shown.jurisdictions), indicator)
        for instrument in instruments
        if instrument.jurisdiction in shown.jurisdictions and instrument.status in ATTACHING
        for provision in instrument.provisions
        if provision.verified and provision.auto_trigger and _fits(provision, shown)
        if (indicator := _indicator(instrument, provision, shown, date, trigger_words))
    ]
    return tuple(indicator for _, indicator in sorted(found))


def _order(
    instrument: Instrument, provision: Provision, jurisdictions: tuple[str, ...]
) -> tuple[bool, int, int, str]:
    weight = WEIGHTS.index(instrument.weight) if instrument.weight in WEIGHTS else len(WEIGHTS)
    return (
        not provision.anchor,
        jurisdictions.index(instrument.jurisdiction),
        weight,
        provision.id,
    )


def _fits(provision: Provision, shown: Shown) -> bool:
    if provision.lending_only and not shown.lending:
        return False
    if provision.min_target_sdk and (shown.target_sdk or 0) < provision.min_target_sdk:
        return False
    if provision.permissions and not shown.permissions & set(provision.permissions):
        return False
    if provision.data_types and not shown.data_types & set(provision.data_types):
        return False
    wanted = set(provision.triggers)
    if provision.need_all:
        return wanted <= shown.facts and bool(wanted & shown.bears_on)
    return bool(wanted & shown.bears_on)


def _indicator(
    instrument: Instrument,
    provision: Provision,
    shown: Shown,
    date: AppDate,
    trigger_words: Mapping[str, TriggerWords],
) -> Indicator | None:
    start = provision.effective_from or instrument.effective_from
    if not start and instrument.dated and date.given and date.given < instrument.dated:
        return None
    fit = date_fit(start, instrument.effective_to, date)
    if fit is None:
        return None
    facts = [t for t in provision.triggers if t in shown.facts | shown.bears_on]
    words = [trigger_words[t] for t in facts if t in trigger_words]
    return Indicator(
        provision=provision.id,
        article=provision.article,
        title=instrument.title_en,
        effective_from=start or "",
        weight=instrument.weight,
        says=provision.says.en,
        shows=" ".join(w.en for w in words),
        anchor=provision.anchor,
        jurisdiction=instrument.jurisdiction,
        title_local=instrument.title,
        title_zh=instrument.title_zh,
        says_zh=provision.says.zh,
        shows_zh="".join(w.zh for w in words),
        date_note=fit.en,
        date_note_zh=fit.zh,
        source=instrument.reference,
        grade=instrument.grade,
    )


def date_fit(start: str | None, end: str | None, date: AppDate) -> Words | None:
    """Tell how a provision's dates fit the app's; None when they do not, or cannot be said to.

    Args:
        start: first day in force, ISO; None when it was not verified.
        end: last day in force, ISO; None when it is in force.
        date: what is known of the app's own date.
    """
    if date.given:
        if (start and start > date.given) or (end and end < date.given):
            return None
        if start:
            return _words(f"In force on {date.given}, the date given for the app.",
                          f"在所给的应用日期（{date.given}）有效。")  # fmt: skip
        return _words("Its first day in force was not verified.", "生效日期未核实。")
    if end:
        return None  # a text that has ended needs a date that shows it still bound this build
    if not start:
        return _words("Its first day in force was not verified.", "生效日期未核实。")
    if date.not_before and start <= date.not_before:
        return _words(
            f"In force since {start}; this build is not older than {date.not_before}.",
            f"自{start}起有效；本安装包不早于{date.not_before}。",
        )
    return _words(
        f"In force since {start}; the date of this build is not known.",
        f"自{start}起有效；本安装包的日期不详。",
    )


def _words(en: str, zh: str) -> Words:
    return Words(en=en, zh=zh)


def unknown_jurisdictions(asked: Collection[str], instruments: Iterable[Instrument]) -> list[str]:
    """Give the jurisdictions that no instrument has, sorted."""
    return sorted(set(asked) - {i.jurisdiction for i in instruments})
