"""Quote the sentences that should warn a borrower; the rules are `data/lexicon/warnings`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from auditor.catalog import Catalog, Entry
from auditor.model import Statement, TermsDocument, Warning_
from auditor.terms.script import Spoken

MAX_WARNINGS = 200
"""Of one document; a text that has more repeats itself."""


class WarningRule(Entry):
    """One rule: groups of words in a sentence, or features of a statement."""

    kind: str
    all_of: tuple[tuple[str, ...], ...] = ()
    none_of: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    examples: dict[Literal["match", "no_match"], tuple[str, ...]] = {}


def warning_rules(catalog: Catalog) -> tuple[WarningRule, ...]:
    """Every rule of the catalog."""
    return catalog.entries("lexicon/warnings", WarningRule)


def warnings_of(
    document: TermsDocument,
    spoken: Iterable[Spoken],
    statements: Iterable[Statement],
    rules: tuple[WarningRule, ...],
) -> list[Warning_]:
    """Warnings of one document in order of the text, each sentence once for each kind."""
    found = set(_by_words(document, spoken, rules)) | set(
        _by_statement(document, statements, rules)
    )
    ordered = sorted(found, key=lambda w: (w.start, w.kind, w.end))
    return ordered[:MAX_WARNINGS]


def matches(rule: WarningRule, text: str) -> bool:
    """Tell whether a folded sentence has a word of every group, and none that is excluded."""
    if not rule.all_of or any(word in text for word in rule.none_of):
        return False
    return all(any(word in text for word in group) for group in rule.all_of)


def _by_words(
    document: TermsDocument, spoken: Iterable[Spoken], rules: tuple[WarningRule, ...]
) -> Iterator[Warning_]:
    for sentence in spoken:
        for rule in rules:
            if matches(rule, sentence.text):
                yield _warning(rule.kind, document, sentence.start, sentence.end)


def _by_statement(
    document: TermsDocument, statements: Iterable[Statement], rules: tuple[WarningRule, ...]
) -> Iterator[Warning_]:
    for statement in statements:
        if statement.negated:
            continue
        types = {t.split(".")[0] for t in statement.data_types}
        for rule in rules:
            if not rule.types or not types & set(rule.types):
                continue
            purposes = not rule.purposes or bool(set(rule.purposes) & set(statement.purposes))
            actions = not rule.actions or statement.action in rule.actions
            if purposes and actions and statement.modality != "only_if":
                yield _warning(rule.kind, document, statement.start, statement.end)


def _warning(kind: str, document: TermsDocument, start: int, end: int) -> Warning_:
    return Warning_(kind, document.text[start:end], document.name, start, end)
