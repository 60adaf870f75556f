"""The rule book as people ask for it: list rules and provisions, describe one, check them all.

In: the catalog. Out: plain values in one language. Beside `pipeline` the only module that opens a
stage's own tables; it judges nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from auditor.catalog import Catalog, Entry
from auditor.model import is_a
from auditor.verdicts import Knowledge, load_knowledge
from auditor.verdicts.lint import lint_rules
from auditor.verdicts.provisions import Instrument, Provision
from auditor.verdicts.rules import FindingRule

_HOLE = re.compile(r"\{([a-z]+)\}")


class GlossaryEntry(Entry):
    """One word of `data/glossary/`."""

    zh_name: str
    also: tuple[str, ...] = ()
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: a finding rule or a legal text."""

    id: str
    kind: str
    """`rule` or `instrument`."""
    weight: str
    """Severity of a rule, legal weight of an instrument."""
    jurisdictions: tuple[str, ...]
    """Where it applies; empty for everywhere."""
    title: str


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a description."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """What there is to say about one word, rule or provision."""

    id: str
    title: str
    sections: tuple[Section, ...]


def list_rules(catalog: Catalog, jurisdictions: Collection[str], lang: str) -> tuple[Row, ...]:
    """List finding rules, then instruments; only those of `jurisdictions` when any is named."""
    knowledge = load_knowledge(catalog)
    rules = (
        Row(
            r.id, "rule", r.severity.value, r.when.jurisdiction, _pick(lang, r.title.en, r.title.zh)
        )
        for r in knowledge.rules
    )
    texts = (
        Row(i.id, "instrument", i.weight, (i.jurisdiction,), _pick(lang, i.title_en, i.title))
        for i in knowledge.instruments
    )
    return tuple(
        row
        for row in (*rules, *texts)
        if not jurisdictions or not row.jurisdictions or set(row.jurisdictions) & set(jurisdictions)
    )


def check_rules(catalog: Catalog, samples: Collection[str] | None = None) -> tuple[str, ...]:
    """Check every rule, phrase and provision and run their examples: problems, one a line."""
    return tuple(str(problem) for problem in lint_rules(catalog, samples))


def describe_rule(catalog: Catalog, name: str, lang: str) -> Description | None:
    """Describe the rule, instrument or provision called `name`; None when there is none."""
    knowledge = load_knowledge(catalog)
    for rule in knowledge.rules:
        if rule.id == name:
            return _rule(rule, knowledge, lang)
    for instrument in knowledge.instruments:
        if instrument.id == name:
            return _instrument(instrument, lang)
        for provision in instrument.provisions:
            if provision.id == name:
                return _provision(instrument, provision, lang)
    return None


def describe_word(catalog: Catalog, name: str, lang: str) -> Description | None:
    """Describe a word of the reports; None when the glossary has none like it."""
    wanted = _folded(name)
    for entry in catalog.entries("glossary", GlossaryEntry):
        spellings = (entry.id, entry.id.removesuffix("-word"), entry.zh_name, *entry.also)
        if wanted in map(_folded, spellings):
            title = _pick(lang, entry.id.removesuffix("-word").replace("_", " "), entry.zh_name)
            return Description(entry.id, title, (Section("", (_pick(lang, entry.en, entry.zh),)),))
    return None


def describe_data_type(catalog: Catalog, name: str, lang: str) -> Description | None:
    """Describe a data type by its id or its name; None when there is none."""
    wanted = _folded(name)
    for raw in catalog.table("data_types.yaml")["entries"]:
        if wanted in map(_folded, (raw["id"], raw["en"], raw["zh"])):
            sections = []
            if permissions := raw.get("permissions"):
                heading = _pick(lang, "Permissions that open it", "开放它的权限")
                sections.append(Section(heading, tuple(permissions)))
            kind = _pick(lang, "Data type", "数据类型")
            return Description(
                raw["id"], f"{raw['id']}: {raw[lang]}", (Section(kind, ()), *sections)
            )
    return None


def near_names(catalog: Catalog, name: str) -> tuple[str, ...]:
    """Names of words, rules and provisions that look like `name`, the nearest first."""
    knowledge = load_knowledge(catalog)
    known = {
        *(e.id.removesuffix("-word") for e in catalog.entries("glossary", GlossaryEntry)),
        *(rule.id for rule in knowledge.rules),
        *(i.id for i in knowledge.instruments),
        *(p.id for i in knowledge.instruments for p in i.provisions),
        *(raw["id"] for raw in catalog.table("data_types.yaml")["entries"]),
    }
    return tuple(get_close_matches(name, sorted(known), n=3, cutoff=0.5))


def _folded(name: str) -> str:
    return name.casefold().replace("_", " ").replace("-", " ").strip()


def _pick(lang: str, en: str, zh: str) -> str:
    """Choose the text of a language; placeholders that a finding would fill show as ⟨name⟩."""
    return _HOLE.sub(r"⟨\1⟩", zh if lang == "zh" else en)


def _rule(rule: FindingRule, knowledge: Knowledge, lang: str) -> Description:
    def phrases(names: tuple[str, ...]) -> tuple[str, ...]:
        found = [p for p in knowledge.phrases.values() for n in names if n in (p.id, p.group)]
        return tuple(dict.fromkeys(_pick(lang, p.en, p.zh) for p in found))

    parts = (
        (_pick(lang, "Why", "理由"), (_pick(lang, rule.why.en, rule.why.zh),)),
        (
            _pick(lang, "Severity", "关注程度"),
            (rule.severity.value, _pick(lang, rule.severity_why.en, rule.severity_why.zh)),
        ),
        (_pick(lang, "Reports when", "报告条件"), tuple(_conditions(rule))),
        (_pick(lang, "May speak for the lender", "可能对运营方有利"), phrases(rule.in_favour)),
        (_pick(lang, "Does not show", "不能说明"), phrases(rule.not_shown)),
        (_pick(lang, "What a person can do", "个人可以做什么"), phrases(rule.to_do)),
        (
            _pick(lang, "Provisions it can bear on", "可能相关的规定"),
            _provisions(rule, knowledge, lang),
        ),
        (_pick(lang, "Source", "来源"), (rule.reference,)),
    )
    sections = tuple(Section(heading, lines) for heading, lines in parts if lines)
    return Description(rule.id, _pick(lang, rule.title.en, rule.title.zh), sections)


def _provisions(rule: FindingRule, knowledge: Knowledge, lang: str) -> tuple[str, ...]:
    """One line an instrument: the provisions of which a finding of this rule may show facts."""
    kinds, triggers, packs = rule.when.data_type, set(rule.bears_on), rule.when.jurisdiction

    def fits(provision: Provision) -> bool:
        named = provision.data_types
        return (
            provision.verified
            and provision.auto_trigger
            and bool(triggers & set(provision.triggers))
            and (not named or not kinds or any(is_a(n, k) for n in named for k in kinds))
        )

    lines = []
    for instrument in knowledge.instruments:
        if packs and instrument.jurisdiction not in packs:
            continue
        if articles := [p.article for p in instrument.provisions if fits(p)]:
            title = _pick(lang, instrument.title_en, instrument.title)
            lines.append(f"{instrument.jurisdiction}  {title}: {'; '.join(articles)}")
    return tuple(lines)


def _conditions(rule: FindingRule) -> Iterator[str]:
    yield f"about: {rule.about.value}"
    given = rule.when.model_dump(mode="json", exclude_defaults=True)
    for key, value in given.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield f"{key}: {shown}"


def _instrument(instrument: Instrument, lang: str) -> Description:
    sections = [
        Section("", _dates(instrument, instrument.effective_from, lang)),
        Section(
            _pick(lang, "Provisions", "条文"),
            tuple(
                f"{p.id}  {p.article}: {_pick(lang, p.says.en, p.says.zh)}"
                for p in instrument.provisions
            ),
        ),
        Section(_pick(lang, "Source", "来源"), (instrument.reference,)),
    ]
    title = _pick(lang, instrument.title_en, instrument.title)
    return Description(instrument.id, title, tuple(sections))


def _provision(instrument: Instrument, provision: Provision, lang: str) -> Description:
    attached = provision.verified and provision.auto_trigger
    sections = [
        Section(
            _pick(lang, "In our words", "要点"),
            (_pick(lang, provision.says.en, provision.says.zh),),
        ),
        Section(
            "", _dates(instrument, provision.effective_from or instrument.effective_from, lang)
        ),
        Section(
            _pick(lang, "Attaches by itself", "自动引用"),
            (
                ", ".join(t.value for t in provision.triggers)
                if attached
                else _pick(lang, "no: not verified enough", "否：核实不足"),
            ),
        ),
        Section(
            _pick(lang, "Source", "来源"),
            tuple(filter(None, (instrument.reference, provision.note))),
        ),
    ]
    title = f"{_pick(lang, instrument.title_en, instrument.title)} · {provision.article}"
    return Description(provision.id, title, tuple(sections))


def _dates(instrument: Instrument, start: str | None, lang: str) -> tuple[str, ...]:
    since = _pick(lang, "in force since", "生效")
    lines = [f"{instrument.jurisdiction} · {instrument.weight} · {instrument.issuer}"]
    lines.append(f"{instrument.status} · {since} {start or '?'}")
    if instrument.effective_to:
        lines.append(f"{_pick(lang, 'until', '至')} {instrument.effective_to}")
    return tuple(lines)
