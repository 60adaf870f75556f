"""Decide whether an app offers or brokers personal loans, and say why.

In: label, package name, terms, strings, permissions, libraries, addresses. Out: yes, no, or unknown
where too little text was seen, with reasons.

An offer of loans in the label decides; elsewhere one word proves nothing, so an offer and two steps
of borrowing must stand in the same text. A hint in the label ("cash") needs an offer or a step
beside it. Where no text decides, hints of different kinds add up: two that speak of lending, or
one with libraries of credit scoring or the permissions that lenders typically ask for. Permissions
and libraries alone decide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from auditor.catalog import Catalog, Entry
from auditor.model import Endpoint, LendingAssessment, Library, Package, Terms, is_a
from auditor.verdicts.words import MAX_TEXT, words_in

_STEPS = 2
"""Different steps of borrowing that must stand beside an offer."""
_JOINED = re.compile(r"([a-z])([A-Z])")
"""Two words written as one: `PesoNow`."""
_NAME_PARTS = re.compile(r"[\W\d_]+")
_ENOUGH = 2_000
"""Characters of text from which "nothing speaks of lending" can be said."""
_PREFIX = "android.permission."
_ADDRESSES = 400


class LendingSigns(Entry):
    """Words of one language, or kinds of libraries, or sets of permissions."""

    kind: str
    """`offer`, `process`, `libraries` (words are categories), `permissions` (words are sets)."""
    words: tuple[str, ...] = ()
    in_label: tuple[str, ...] = ()
    """Parts of a label that offer loans, as `words` do."""
    label_words: tuple[str, ...] = ()
    """Words that count in the label beside an offer or two steps elsewhere."""
    label_parts: tuple[str, ...] = ()
    """Parts of a label that hint at money; they count only beside a hint of another kind."""
    names: tuple[str, ...] = ()
    """Words that hint at lending in a package name or the path of an address."""
    vetoes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """The words of all languages."""

    offer: tuple[str, ...]
    process: tuple[str, ...]
    in_label: tuple[str, ...]
    label: tuple[str, ...]
    vetoes: tuple[str, ...]
    label_parts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    permissions: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Traits:
    """What else is known of the app."""

    libraries: Sequence[Library] = ()
    endpoints: Sequence[Endpoint] = ()


@dataclass(frozen=True, slots=True)
class _Text:
    """One text in which signs are looked for."""

    name: str
    name_zh: str
    text: str


Reason = tuple[str, str]
"""In English and in Chinese."""


def load_signs(catalog: Catalog) -> Signs:
    """Read `data/lending/`."""
    entries = catalog.entries("lending", LendingSigns)
    return Signs(
        offer=tuple(w for e in entries if e.kind == "offer" for w in e.words),
        process=tuple(w for e in entries if e.kind == "process" for w in e.words),
        in_label=tuple(w for e in entries for w in (*e.in_label, *e.words) if e.kind == "offer"),
        label=tuple(w for e in entries for w in e.label_words),
        vetoes=tuple(w for e in entries for w in e.vetoes),
        label_parts=tuple(w for e in entries for w in e.label_parts),
        names=tuple(w for e in entries for w in e.names),
        categories=tuple(w for e in entries if e.kind == "libraries" for w in e.words),
        permissions=tuple(
            frozenset(w.split()) for e in entries if e.kind == "permissions" for w in e.words
        ),
    )


def assess_lending(
    package: Package,
    terms: Terms,
    signs: Signs,
    code_strings: Iterable[str] = (),
    asked: bool | None = None,
    traits: Traits | None = None,
) -> LendingAssessment:
    """Assess whether `package` is a lending app.

    Args:
        package: its label in every locale and its string resources are read.
        terms: texts of its terms.
        signs: the words to look for.
        code_strings: constants of the code, as many as the caller thinks right.
        asked: what the user said; it decides.
        traits: libraries and addresses.
    """
    if asked is not None:
        return LendingAssessment(asked, ("stated by the user",), ("由用户指定",))
    labels = _labels(package)
    texts = [_Text(f"terms “{d.name}”", f"条款《{d.name}》", d.text) for d in terms.documents]
    texts.append(_Text("strings of the app", "应用内的文字", _strings(package)))
    texts.append(_Text("constants in the code", "代码中的常量", _joined(code_strings)))
    hints = _hints(package, terms, traits or Traits(), signs)
    return _assess(labels, texts, signs, hints)


@dataclass(frozen=True, slots=True)
class _Hints:
    """Hints that count together only: those that speak of lending, and those that go with it."""

    speaking: tuple[Reason, ...]
    supporting: tuple[Reason, ...]


def _assess(
    labels: Sequence[str], texts: Sequence[_Text], signs: Signs, hints: _Hints
) -> LendingAssessment:
    reasons: list[Reason] = []
    label = "\n".join(labels)
    if offered := words_in(label, signs.in_label, signs.vetoes):
        reasons.append(_said("label", "应用名称", offered))
    hinted = words_in(label, signs.label, signs.vetoes)
    weak: tuple[str, ...] = ()
    for text in texts:
        offer = words_in(text.text, signs.offer, signs.vetoes)
        steps = words_in(text.text, signs.process, signs.vetoes)
        weak = weak or (*offer[:3], *steps[:3])
        if (offer and len(steps) >= _STEPS) or (hinted and (offer or steps)):
            reasons.append(_said(text.name, text.name_zh, (*offer[:3], *steps[:3])))
    if reasons and hinted and not offered:
        reasons.insert(0, _said("label", "应用名称", hinted))
    if not reasons:
        parts = hinted or words_in(label, signs.label_parts, signs.vetoes)
        reasons = _added_up(parts, weak, hints)
    if reasons:
        return LendingAssessment(True, tuple(r[0] for r in reasons), tuple(r[1] for r in reasons))
    if sum(len(t.text) for t in texts) < _ENOUGH or hinted:
        return LendingAssessment(
            None,
            ("too little text was seen",),
            ("可读文字太少",),
        )
    return LendingAssessment(
        False,
        ("neither label, terms nor strings speak of lending",),
        ("应用名称、条款和文字均未提及借贷",),
    )


def _added_up(label: Sequence[str], weak: Sequence[str], hints: _Hints) -> list[Reason]:
    """Give the hints when together they are enough, else nothing."""
    speaking = [_said("label", "应用名称", label)] if label else []
    speaking += [_said("words", "文字", weak)] if weak else []
    speaking += hints.speaking
    enough = len(speaking) >= 2 or (speaking and hints.supporting)
    return [*speaking, *hints.supporting] if enough else []


def _hints(package: Package, terms: Terms, traits: Traits, signs: Signs) -> _Hints:
    speaking: list[Reason] = []
    if found := _names_in(package.manifest.package, signs.names):
        speaking.append(_said("package name", "包名", found))
    paths = (_path(e.url) for e in traits.endpoints[:_ADDRESSES])
    if found := sorted({w for path in paths for w in _names_in(path, signs.names)}):
        speaking.append(_said("addresses", "网络地址", found[:4]))
    if any(
        is_a(t, "emergency_contact")
        for s in terms.statements
        if not s.negated
        for t in (s.exact or s.data_types)
    ):
        speaking.append(("terms: emergency contacts", "条款：紧急联系人"))
    supporting: list[Reason] = []
    if found := sorted({x.name for x in traits.libraries if x.category in signs.categories}):
        supporting.append(_said("libraries", "程序库", found[:4]))
    asked = {p.name.removeprefix(_PREFIX) for p in package.manifest.permissions}
    for wanted in signs.permissions:
        if wanted <= asked:
            supporting.append(_said("permissions", "权限", sorted(wanted)))
            break
    return _Hints(tuple(speaking), tuple(supporting))


def _path(address: str) -> str:
    """Give the path of an address, or nothing when it is none."""
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _names_in(name: str, words: Sequence[str]) -> list[str]:
    """Give the listed words that are whole parts of a dotted, slashed or camel-cased name."""
    parts = {p.casefold() for p in _NAME_PARTS.split(_JOINED.sub(r"\1 \2", name[:2_000])) if p}
    return sorted(parts & set(words))


def _said(name: str, name_zh: str, words: Iterable[str]) -> Reason:
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
