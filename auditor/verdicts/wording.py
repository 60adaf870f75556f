"""Put a match into words in both languages: placeholders, phrases, confidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from auditor.model import Disclosure, Level, Practice
from auditor.verdicts.case import Case, Observation
from auditor.verdicts.circumstances import holds
from auditor.verdicts.disclosure import Reason, reason_text
from auditor.verdicts.matching import PREFIX, Match
from auditor.verdicts.ontology import Ontology
from auditor.verdicts.practices import ROLES
from auditor.verdicts.rules import About, Phrase, Words

LANGUAGES = ("en", "zh")
_QUOTE = 160
"""Characters of a sentence of the terms that a finding repeats; the report shows all of it."""
_LISTED = 8
_SHOWN = 3
"""Observations and addresses that a sentence names."""
_FULLY_READ = {"zh", "zh-hant", "en"}
"""Languages of terms that are read at full depth."""
_HOLE = re.compile(r"\{([a-z]+)\}")
_GRADES = ("high", "medium", "low")


def fill(template: str, match: Match, case: Case, language: str, tables: Tables) -> str:
    """Fill the placeholders of one text in one pass: values are foreign and may hold braces."""
    values = _values(match, case, language, tables)
    return _HOLE.sub(lambda hole: values.get(hole[1], hole[0]), template)


class Tables:
    """The tables that wording needs."""

    def __init__(
        self, ontology: Ontology, reasons: Mapping[str, Reason], phrases: Mapping[str, Phrase]
    ) -> None:
        """Keep the tables; `phrases` by id."""
        self.ontology = ontology
        self.reasons = reasons
        self.phrases = phrases

    def phrase(self, id_: str, language: str) -> str:
        """Give a phrase by its id; the id itself when there is none."""
        found = self.phrases.get(id_)
        if found is None:
            return id_
        return found.zh if language == "zh" else found.en


def choose(
    wanted: Iterable[str], practice: Practice | None, case: Case, tables: Tables
) -> tuple[Words, ...]:
    """Give the phrases named by id or group that apply here, in the order named."""
    chosen: dict[str, Words] = {}
    for name in wanted:
        for phrase in tables.phrases.values():
            if name not in (phrase.id, phrase.group):
                continue
            if phrase.jurisdictions and not set(phrase.jurisdictions) & set(case.jurisdictions):
                continue
            if holds(phrase.only_if, practice, case):
                chosen.setdefault(phrase.id, Words(en=phrase.en, zh=phrase.zh))
    return tuple(chosen.values())


def confidence(about: About, match: Match, case: Case, tables: Tables) -> tuple[str, Words]:
    """Give the grade of confidence and its reasons."""
    base, reasons = _base(about, match)
    grade = _GRADES.index(base)
    practice = match.practice
    if practice and practice.disclosure not in (Disclosure.NO_TERMS, Disclosure.OMITTED):
        deciding = match.statements[:1]
        if any(s.confidence == "low" for s in deciding):
            grade, reasons = grade + 1, [*reasons, "confidence.statement"]
    languages = {d.language.casefold() for d in case.terms.documents}
    if practice and languages and not languages & _FULLY_READ:
        grade, reasons = grade + 1, [*reasons, "confidence.language"]
    if practice and practice.disclosure is Disclosure.OMITTED and case.terms.limits:
        grade, reasons = grade + 1, [*reasons, "confidence.terms_in_part"]
    if practice and practice.owner == "app" and practice.flows and _renamed(case):
        reasons = [*reasons, "confidence.renamed"]
        # What rests on names alone is less sure; a path that was followed is not.
        grade += practice.level is Level.LINKED
    grade = min(grade, len(_GRADES) - 1)
    return _GRADES[grade], Words(
        en=" ".join(tables.phrase(r, "en") for r in reasons),
        zh="".join(tables.phrase(r, "zh") for r in reasons),
    )


def _renamed(case: Case) -> bool:
    """Tell whether the names of the app's classes were removed."""
    return any(limit.kind == "obfuscated" for limit in case.limits)


def _base(about: About, match: Match) -> tuple[str, list[str]]:
    if match.practice is None:
        return "high", [f"confidence.{about}"]
    grade = {Level.LINKED: "medium", Level.REFERENCED: "medium"}.get(match.practice.level, "high")
    return grade, [f"confidence.{match.practice.level}"]


def _noted(observation: Observation, language: str, tables: Tables) -> str:
    """Say what was observed: by the phrase of its kind, else in the stage's own words."""
    id_ = f"noted.{observation.kind}"
    if language == "en" or id_ not in tables.phrases:
        return observation.why
    text = tables.phrase(id_, language)
    for name, value in observation.named:
        text = text.replace(f"{{{name}}}", value)
    return text


def _values(match: Match, case: Case, language: str, tables: Tables) -> dict[str, str]:
    comma = "、" if language == "zh" else ", "
    names = [tables.ontology.name(t, language) for t in match.data_types]
    practice = match.practice
    values = {
        "data": comma.join(names[:_LISTED]),
        "permissions": comma.join(p.removeprefix(PREFIX) for p in match.permissions[:_LISTED]),
        "kinds": comma.join(_kind(k, language, tables) for k in match.limits),
        "quote": _quote([s.quote for s in match.statements] + [w.quote for w in match.warnings]),
        "noted": comma.join(
            dict.fromkeys(
                f"{o.where}: {_noted(o, language, tables)}"[:_QUOTE]
                for o in match.observations[:_SHOWN]
            )
        ),
        "denial": _quote([s.quote for s in match.statements if s.negated]),
        "count": str(max(len(match.warnings), len(match.statements), len(match.evidence))),
    }
    if practice is None:
        return values
    fields = sorted({f for flow in case.flows_of(practice) for f in flow.fields})
    endpoints = [e for e in case.endpoints_of(practice) if _says_something(e)]
    values |= {
        "recipient": _recipient(practice, language, tables),
        "endpoint": comma.join(endpoints[:_SHOWN]) or tables.phrase("endpoint.unknown", language),
        "fields": comma.join(fields[:_LISTED]) or tables.phrase("fields.unknown", language),
        "trigger": _trigger(practice.trigger, language, tables),
        "owner": tables.phrase("owner.app", language)
        if practice.owner == "app"
        else _library(practice.owner, case),
        "disclosed": reason_text(
            practice.reason, practice, tables.ontology, tables.reasons, language
        )
        if practice.reason
        else "",
    }
    return values


def _says_something(endpoint: str) -> bool:
    """Tell whether an address names more than its scheme: `sms:{?}` does not."""
    return any(c.isalnum() for c in endpoint.rpartition(":")[2] or endpoint)


def _trigger(trigger: str, language: str, tables: Tables) -> str:
    known = f"trigger.{trigger}" in tables.phrases
    return tables.phrase(f"trigger.{trigger}" if known else "trigger.unknown", language)


def _recipient(practice: Practice, language: str, tables: Tables) -> str:
    if practice.recipient in ROLES:
        return tables.phrase(f"recipient.{practice.recipient}", language)
    return practice.recipient


def _library(owner: str, case: Case) -> str:
    return next((x.name for x in case.libraries if x.id == owner), owner)


def _kind(counted: str, language: str, tables: Tables) -> str:
    kind, _, number = counted.partition(" ")
    return f"{tables.phrase(f'limit.{kind}', language).removeprefix('limit.')} {number}"


def _quote(quotes: Sequence[str]) -> str:
    if not quotes:
        return "—"
    flat = " ".join(quotes[0].split())
    return flat if len(flat) <= _QUOTE else flat[: _QUOTE - 1] + "…"
