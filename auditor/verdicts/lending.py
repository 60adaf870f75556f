"""Decide whether an app offers or brokers personal loans, and say why.

In: label, terms and strings. Out: yes, no, or unknown where too little text was seen, with reasons.
An offer of loans in the label decides; elsewhere one word proves nothing, so an offer and two steps
of borrowing must stand in the same text. A hint in the label ("cash") needs an offer or a step
beside it. Permissions and code decide nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditor.catalog import Catalog, Entry
from auditor.model import LendingAssessment, Package, Terms
from auditor.verdicts.words import MAX_TEXT, words_in

_STEPS = 2
"""Different steps of borrowing that must stand beside an offer."""
_JOINED = re.compile(r"([a-z])([A-Z])")
"""Two words written as one: `PesoNow`."""
_ENOUGH = 2_000
"""Characters of text from which "nothing speaks of lending" can be said."""


class LendingSigns(Entry):
    """Words of one language."""

    kind: str
    """`offer` or `process`."""
    words: tuple[str, ...]
    in_label: tuple[str, ...] = ()
    """Parts of a label that offer loans, as `words` do."""
    label_words: tuple[str, ...] = ()
    """Words that count in the label beside an offer or two steps elsewhere."""
    vetoes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """The words of all languages."""

    offer: tuple[str, ...]
    process: tuple[str, ...]
    in_label: tuple[str, ...]
    label: tuple[str, ...]
    vetoes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """One text in which signs are looked for."""

    name: str
    name_zh: str
    text: str


def load_signs(catalog: Catalog) -> Signs:
    """Read `data/lending/`."""
    entries = catalog.entries("lending", LendingSigns)
    return Signs(
        offer=tuple(w for e in entries if e.kind == "offer" for w in e.words),
        process=tuple(w for e in entries if e.kind == "process" for w in e.words),
        in_label=tuple(w for e in entries for w in (*e.in_label, *e.words) if e.kind == "offer"),
        label=tuple(w for e in entries for w in e.label_words),
        vetoes=tuple(w for e in entries for w in e.vetoes),
    )


def assess_lending(
    package: Package,
    terms: Terms,
    signs: Signs,
    code_strings: Iterable[str] = (),
    asked: bool | None = None,
) -> LendingAssessment:
    """Assess whether `package` is a lending app.

    Args:
        package: its label in every locale and its string resources are read.
        terms: texts of its terms.
        signs: the words to look for.
        code_strings: constants of the code, as many as the caller thinks right.
        asked: what the user said; it decides.
    """
    if asked is not None:
        return LendingAssessment(asked, ("stated by the user",), ("由用户指定",))
    labels = _labels(package)
    texts = [_Text(f"terms “{d.name}”", f"条款《{d.name}》", d.text) for d in terms.documents]
    texts.append(_Text("strings of the app", "应用内的文字", _strings(package)))
    texts.append(_Text("constants in the code", "代码中的常量", _joined(code_strings)))
    return _assess(labels, texts, signs)


def _assess(labels: Sequence[str], texts: Sequence[_Text], signs: Signs) -> LendingAssessment:
    reasons: list[tuple[str, str]] = []
    label = "\n".join(labels)
    if offered := words_in(label, signs.in_label, signs.vetoes):
        reasons.append(_said("label", "应用名称", offered))
    hinted = words_in(label, signs.label, signs.vetoes)
    for text in texts:
        offer = words_in(text.text, signs.offer, signs.vetoes)
        steps = words_in(text.text, signs.process, signs.vetoes)
        if (offer and len(steps) >= _STEPS) or (hinted and (offer or steps)):
            reasons.append(_said(text.name, text.name_zh, (*offer[:3], *steps[:3])))
    if reasons:
        if hinted and not offered:
            reasons.insert(0, _said("label", "应用名称", hinted))
        return LendingAssessment(True, tuple(r[0] for r in reasons), tuple(r[1] for r in reasons))
    if sum(len(t.text) for t in texts) < _ENOUGH or hinted:
        return LendingAssessment(
            None,
            ("too little text was seen to say whether it lends",),
            ("可读文字太少，无法判断是否为借贷应用",),
        )
    return LendingAssessment(
        False,
        ("neither label, terms nor strings speak of lending",),
        ("应用名称、条款和文字均未提及借贷",),
    )


def _said(name: str, name_zh: str, words: Iterable[str]) -> tuple[str, str]:
    listed = list(words)
    return f"{name}: {', '.join(listed)}", f"{name_zh}：{'、'.join(listed)}"


def _labels(package: Package) -> list[str]:
    labels = {package.manifest.label, *package.manifest.labels.values()}
    return sorted(_JOINED.sub(r"\1 \2", label[:200]) for label in labels if label)


def _strings(package: Package) -> str:
    return _joined(
        text for by_locale in package.resources.strings().values() for text in by_locale.values()
    )


def _joined(texts: Iterable[str]) -> str:
    """Join texts up to the length that is searched."""
    kept, size = [], 0
    for text in texts:
        kept.append(text[:2_000])
        size += len(kept[-1]) + 1
        if size > MAX_TEXT:
            break
    return "\n".join(kept)
