"""Report what the rules find in one case: findings with words, evidence and provisions, sorted.

In: a case (practices with their disclosure, flows, terms, limits), the knowledge. Out: findings,
the gravest first. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from auditor.model import Action, Disclosure, Finding, Level, Severity
from auditor.verdicts.case import Case, is_cleartext
from auditor.verdicts.knowledge import Knowledge
from auditor.verdicts.matching import Match, find_matches
from auditor.verdicts.provisions import Shown, attach
from auditor.verdicts.rules import About, FindingRule, Trigger, Words
from auditor.verdicts.wording import LANGUAGES, choose, confidence, fill

_UNDECLARED = {Disclosure.OMITTED, Disclosure.VAGUE}
_CONTRADICTED = {Disclosure.INCORRECT, Disclosure.AMBIGUOUS}


def judge(case: Case, knowledge: Knowledge) -> tuple[Finding, ...]:
    """Give the findings of every rule: by severity, then by rule and subject."""
    found = [
        _finding(rule, match, case, knowledge)
        for rule in knowledge.rules
        for match in find_matches(rule, case, knowledge.ontology, dict(knowledge.purposes))
    ]
    return tuple(sorted(found, key=lambda f: (-f.severity.rank, f.rule, f.id)))


def risk_level(findings: Iterable[Finding]) -> Severity | None:
    """Give the level of the gravest finding, which explains it; None when there is none."""
    return max((f.severity for f in findings), key=lambda s: s.rank, default=None)


def facts_of(match: Match, case: Case) -> frozenset[Trigger]:
    """Give the facts that a match shows, for provisions that hang on them."""
    if match.practice is None:
        return frozenset()
    practice = match.practice
    facts = set()
    if not case.terms.documents:
        facts.add(Trigger.NO_POLICY)
    if practice.disclosure in _UNDECLARED:
        facts.add(Trigger.UNDECLARED)
    if practice.disclosure in _CONTRADICTED:
        facts.add(Trigger.CONTRADICTS)
    if practice.level.rank >= Level.REACHABLE.rank:
        facts.add(Trigger.DATA_COLLECTED)
    if practice.before_consent and Trigger.DATA_COLLECTED in facts:
        facts.add(Trigger.BEFORE_CONSENT)
    if practice.action is Action.SHARE and practice.level.rank >= Level.LINKED.rank:
        facts.add(Trigger.DATA_UPLOADED)
        if case.parties.is_third(practice):
            facts.add(Trigger.THIRD_PARTY)
        if any(is_cleartext(e) for e in case.endpoints_of(practice)):
            facts.add(Trigger.CLEARTEXT)
    return frozenset(facts)


def _finding(rule: FindingRule, match: Match, case: Case, knowledge: Knowledge) -> Finding:
    tables = knowledge.tables
    practice = match.practice
    grade, grade_why = confidence(rule.about, match, case, tables)
    lists = {
        "in_favour": choose(rule.in_favour, practice, case, tables),
        "not_shown": choose(rule.not_shown, practice, case, tables),
        "to_do": choose(rule.to_do, practice, case, tables),
    }
    said = {
        language: {
            "title": _capital(fill(_in(rule.title, language), match, case, language, tables)),
            "why": fill(_in(rule.why, language), match, case, language, tables),
            "severity_why": _in(rule.severity_why, language),
            "confidence_why": _in(grade_why, language),
            **{k: "\n".join(_in(w, language) for w in v) for k, v in lists.items()},
        }
        for language in LANGUAGES
    }
    return Finding(
        id=f"{rule.id}:{match.subject}" if match.subject else rule.id,
        rule=rule.id,
        title=said["en"]["title"],
        severity=rule.severity,
        practice=match.subject if practice else "",
        disclosure=practice.disclosure if practice else None,
        why=said["en"]["why"],
        evidence=match.evidence,
        indicators=attach(
            _shown(rule, match, case),
            knowledge.instruments,
            case.date,
            knowledge.trigger_words,
        ),
        confidence=grade,
        confidence_why=grade_why.en,
        in_favour=tuple(w.en for w in lists["in_favour"]),
        not_shown=tuple(w.en for w in lists["not_shown"]),
        to_do=tuple(w.en for w in lists["to_do"]),
        texts={f"{key}.zh": text for key, text in sorted(said["zh"].items())},
        severity_why=rule.severity_why.en,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _in(words: Words, language: str) -> str:
    return words.zh if language == "zh" else words.en


def _shown(rule: FindingRule, match: Match, case: Case) -> Shown:
    facts = facts_of(match, case)
    bears_on = frozenset(rule.bears_on)
    if rule.about is About.PRACTICE:
        bears_on &= facts
    else:
        facts |= bears_on
    return Shown(
        facts=facts,
        bears_on=bears_on,
        data_types=frozenset(match.data_types),
        permissions=frozenset(match.permissions) or case.permissions,
        lending=case.lending.is_lending is True,
        target_sdk=case.manifest.target_sdk,
        jurisdictions=tuple(
            j
            for j in case.jurisdictions
            if j in rule.when.jurisdiction or not rule.when.jurisdiction
        ),
    )
