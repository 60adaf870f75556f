"""Check rule files beyond their schema: say what is wrong, where, and what would be right.

In: a catalog (the program's own, or with a user's folder added). Out: problems, sorted; none means
that every rule can work and every made-up example is judged as it says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from auditor.catalog import Catalog
from auditor.errors import InvalidCatalogError
from auditor.verdicts.circumstances import CIRCUMSTANCES
from auditor.verdicts.disclosure import Reason
from auditor.verdicts.examples import reports
from auditor.verdicts.knowledge import Knowledge, load_knowledge
from auditor.verdicts.lint_texts import check_texts, did_you_mean
from auditor.verdicts.rules import About, FindingRule, InlineCase, Phrase

_JUDGING = ("violat", "illegal", "malware", "crime", "criminal", "违法行为", "犯罪", "恶意软件")
"""Words of a judge; the program shows behaviour and authority, readers judge."""
_QUOTED = ("App违法违规收集使用个人信息行为认定方法",)
"""Titles of texts in which such a word stands."""
_PLACEHOLDERS = {
    "count", "data", "denial", "disclosed", "endpoint", "fields", "kinds", "noted", "owner",
    "permissions", "quote", "recipient", "trigger",
}  # fmt: skip
_PRACTICE_ONLY = {"disclosed", "endpoint", "fields", "owner", "recipient", "trigger"}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with a rule file."""

    rule: str
    what: str

    def __str__(self) -> str:
        """Give it as one line."""
        return f"{self.rule}: {self.what}"


def lint_rules(catalog: Catalog, samples: Collection[str] | None = None) -> tuple[Problem, ...]:
    """Check every finding rule, phrase and provision of `catalog`.

    Args:
        catalog: what to check.
        samples: names of the sample apps that exist; None when they are not at hand, so names of
            samples are not checked.
    """
    try:
        knowledge = load_knowledge(catalog)
    except InvalidCatalogError as error:
        return (Problem("catalog", str(error)),)
    found = [p for rule in knowledge.rules for p in _check_rule(rule, knowledge, samples)]
    found += _check_phrases(knowledge)
    found += [Problem(*problem) for problem in check_texts(knowledge)]
    return tuple(sorted(set(found)))


def failed_examples(rule: FindingRule, knowledge: Knowledge) -> tuple[str, ...]:
    """Give the made-up examples that the rule judges otherwise than it says."""
    failed = []
    for wanted, examples in ((True, rule.examples.match), (False, rule.examples.no_match)):
        for number, example in enumerate(examples, 1):
            if isinstance(example, InlineCase) and reports(rule, example, knowledge) != wanted:
                key = "match" if wanted else "no_match"
                verb = "does not report" if wanted else "reports"
                failed.append(f"examples.{key}, number {number}: the rule {verb} it")
    return tuple(failed)


def _check_rule(
    rule: FindingRule, knowledge: Knowledge, samples: Collection[str] | None
) -> Iterator[Problem]:
    for what in (
        *_references(rule, knowledge),
        *_types(rule, knowledge),
        *_texts(rule),
        *failed_examples(rule, knowledge),
        *_samples(rule, samples),
    ):
        yield Problem(rule.id, what)


def _references(rule: FindingRule, knowledge: Knowledge) -> Iterator[str]:
    known = set(knowledge.phrases) | {p.group for p in knowledge.phrases.values() if p.group}
    for key in ("in_favour", "not_shown", "to_do"):
        for name in getattr(rule, key):
            if name not in known:
                yield f"{key}: no phrase or group {name!r}{did_you_mean(name, known)}"
    for name in (*rule.when.reason, *rule.when.not_reason):
        if name not in knowledge.reasons:
            yield f"when.reason: no reason {name!r}{did_you_mean(name, knowledge.reasons)}"
    packs = {i.jurisdiction for i in knowledge.instruments}
    for name in rule.when.jurisdiction:
        if name not in packs:
            yield f"when.jurisdiction: no rule pack {name!r}{did_you_mean(name, packs)}"


def _types(rule: FindingRule, knowledge: Knowledge) -> Iterator[str]:
    known = set(knowledge.ontology.names)
    when = rule.when
    for name in (*when.data_type, *when.not_data_type, *when.permission_types):
        if name not in known:
            yield f"when: no data type {name!r}{did_you_mean(name, known)}"
    if rule.about is About.WARNINGS and not when.warnings:
        yield "when.warnings: a rule about warnings must name their kinds"
    if rule.about is About.LIMITS and not when.limits:
        yield "when.limits: a rule about limits must name their kinds"
    if rule.about is About.OBSERVATIONS and not when.observed:
        yield "when.observed: a rule about observations must name their kinds"
    if rule.about is About.CONFLICTS and not when.conflicts:
        yield "when.conflicts: a rule about conflicts must name their kinds"
    if rule.about is About.PERMISSIONS and not (when.permissions or when.permission_types):
        yield "when.permissions: a rule about permissions must name some, or permission_types"
    if when.min_level and when.max_level and when.min_level.rank > when.max_level.rank:
        yield "when: min_level is above max_level, so the rule can never report"


def _texts(rule: FindingRule) -> Iterator[str]:
    texts = (("title", rule.title), ("why", rule.why), ("severity_why", rule.severity_why))
    for key, words in texts:
        for language, text in (("en", words.en), ("zh", words.zh)):
            yield from _text(f"{key}.{language}", text, rule)
        if _holes(words.en) != _holes(words.zh):
            yield f"{key}: both languages must use the same placeholders"


def _text(key: str, text: str, rule: FindingRule) -> Iterator[str]:
    yield from _judging(key, text)
    for name in sorted(_holes(text)):
        if name not in _PLACEHOLDERS:
            yield f"{key}: no placeholder {{{name}}}{did_you_mean(name, _PLACEHOLDERS)}"
        elif name in _PRACTICE_ONLY and rule.about is not About.PRACTICE:
            yield f"{key}: {{{name}}} is only known for rules about a practice"


def _judging(key: str, text: str) -> Iterator[str]:
    for title in _QUOTED:
        text = text.replace(title, "")
    for word in _JUDGING:
        if word in text.casefold():
            yield f"{key}: {word!r} judges; say what was seen, and what it bears on"


def _holes(text: str) -> set[str]:
    """Give the names of the placeholders in a text."""
    return {part.split("}", 1)[0] for part in text.split("{")[1:] if "}" in part}


def _samples(rule: FindingRule, samples: Collection[str] | None) -> Iterator[str]:
    if samples is None:
        return
    for example in (*rule.examples.match, *rule.examples.no_match):
        if isinstance(example, str) and example not in samples:
            yield f"examples: no sample {example!r}{did_you_mean(example, samples)}"


def _check_phrases(knowledge: Knowledge) -> Iterator[Problem]:
    packs = {i.jurisdiction for i in knowledge.instruments}
    for phrase in knowledge.phrases.values():
        name = phrase.only_if.lstrip("!")
        if name and name not in CIRCUMSTANCES:
            what = f"only_if: no circumstance {name!r}{did_you_mean(name, CIRCUMSTANCES)}"
            yield Problem(phrase.id, what)
        for pack in sorted(set(phrase.jurisdictions) - packs):
            yield Problem(phrase.id, f"jurisdictions: no rule pack {pack!r}")
    texts: list[Phrase | Reason] = [*knowledge.phrases.values(), *knowledge.reasons.values()]
    for entry in texts:
        for what in (*_judging("en", entry.en), *_judging("zh", entry.zh)):
            yield Problem(entry.id, what)
