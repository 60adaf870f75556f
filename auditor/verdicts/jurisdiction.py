"""Choose the rule packs that are applied, and say why.

The user's choice decides. Else: language of the terms and label, words that only make sense in one
country, endings of the maker's own hosts, and signs of the store. A rule pack is a set of texts to
compare with; that it was chosen does not say that the law of that place binds this app.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditor.catalog import Catalog, Entry
from auditor.model import Endpoint, Manifest, Terms
from auditor.verdicts.practices import FIRST_PARTY
from auditor.verdicts.words import words_in

_CJK = ("一", "鿿")


class JurisdictionSigns(Entry):
    """Signs of one rule pack."""

    en: str
    zh: str
    languages: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """Endings of hosts, with the dot."""
    meta_data: tuple[str, ...] = ()
    """Names of manifest meta-data that the store's delivery leaves."""
    outside: tuple[str, ...] = ()
    """Taken by default for apps whose language is none of these."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The packs that are applied."""

    packs: tuple[str, ...]
    why: str
    why_zh: str


def load_jurisdictions(catalog: Catalog) -> tuple[JurisdictionSigns, ...]:
    """Read `data/jurisdictions/`, in the file's order."""
    return catalog.entries("jurisdictions", JurisdictionSigns)


def choose_jurisdictions(
    manifest: Manifest,
    terms: Terms,
    endpoints: Sequence[Endpoint],
    signs: Iterable[JurisdictionSigns],
    asked: Sequence[str] = (),
) -> Choice:
    """Choose rule packs, in the order of the signs; `asked` decides where it names any."""
    if asked:
        return Choice(tuple(dict.fromkeys(asked)), "Chosen by the user.", "由用户指定。")
    language = _language(manifest, terms)
    text = "\n".join(d.text for d in terms.documents)
    meta = {name for name, _ in manifest.meta_data}
    hosts = tuple(sorted({e.host.casefold() for e in endpoints if e.recipient == FIRST_PARTY}))
    packs: list[str] = []
    reasons: list[tuple[str, str]] = []
    for sign in signs:
        reason = _reason(sign, language, text, meta, hosts)
        if reason:
            packs.append(sign.id)
            reasons.append((f"{sign.en}: {reason[0]}", f"{sign.zh}：{reason[1]}"))
    if not packs:
        return Choice((), "Nothing points to a country.", "没有迹象指向某个国家或地区。")
    return Choice(
        tuple(packs),
        "; ".join(r[0] for r in reasons) + ".",
        "；".join(r[1] for r in reasons) + "。",
    )


def _reason(
    sign: JurisdictionSigns,
    language: str,
    text: str,
    meta: set[str],
    hosts: Sequence[str],
) -> tuple[str, str] | None:
    if language and language in sign.languages:
        return f"language {language}", f"语言 {language}"
    if found := sorted(meta & set(sign.meta_data)):
        return f"manifest names {found[0]}", f"清单含 {found[0]}"
    if words := words_in(text, sign.words):
        return f"the terms name {', '.join(words[:3])}", f"条款提到{'、'.join(words[:3])}"
    if host := next((h for h in hosts if sign.hosts and h.endswith(sign.hosts)), ""):
        return f"host {host}", f"主机 {host}"
    if sign.outside and language and language not in sign.outside:
        return (
            "apps in this language mostly come from this store, whose policy binds only those",
            "该语言的应用多由此商店分发；其政策只约束经其分发的应用",
        )
    return None


def _language(manifest: Manifest, terms: Terms) -> str:
    """Give the language of most of the terms, else that of the label; empty when neither tells."""
    sizes: dict[str, int] = {}
    for document in terms.documents:
        language = document.language.casefold()
        language = "zh-hant" if language.startswith("zh-hant") else language.split("-")[0]
        sizes[language] = sizes.get(language, 0) + len(document.text)
    if sizes:
        return max(sorted(sizes), key=lambda name: sizes[name])
    label = manifest.label + "".join(manifest.labels.values())
    if any(_CJK[0] <= c <= _CJK[1] for c in label):
        return "zh"
    return "en" if label.isascii() and label else ""
