"""Tell the language of a text from its script and its function words; no model."""

from __future__ import annotations

import re

from auditor.terms.normal import is_cjk, is_traditional

_WORD = re.compile(r"[^\W\d_]+")

_COMMON = {
    "en": "the of and to your you we is are for with our may this that by on or any will be from",
    "id": "yang dan untuk anda kami dengan atau dari pada akan tidak dalam ini data adalah oleh dapat ke",
    "es": "de la que el en los para con su las por una del se sus al usted nuestra datos o como",
    "pt": "de que o a para com você os do da em não uma seus nós dados ou ao suas são pelo",
    "vi": "và của bạn chúng tôi thông tin để các cho được có không trong với này khi là",
    "fil": "ang ng sa mga at na iyong namin ay para kami inyong ito hindi iyo kung",
    "hi": "ke ki ka hai hain aap aapki aapke mein se aur hum nahi karte liye",
}
_WORDS = {tag: frozenset(words.split()) for tag, words in _COMMON.items()}

LANGUAGES = ("zh", "en", "id", "es", "pt", "vi", "fil", "hi")
"""Languages whose words stand in `data/lexicon`, by BCP 47 primary tag."""


def language_of(text: str, default: str = "en", sample: int = 20000) -> str:
    """Tell the primary language tag of `text`; `default` when too little of it is words.

    Chinese wins from a tenth of ideographs on, for Chinese terms quote many Latin names.
    """
    head = text[:sample]
    letters = sum(1 for c in head if c.isalpha())
    if not letters:
        return default
    if sum(1 for c in head if is_cjk(c)) * 10 > letters:
        return "zh"
    words = [w.lower() for w in _WORD.findall(head)]
    scores = {tag: sum(1 for w in words if w in known) for tag, known in _WORDS.items()}
    best = max(scores, key=lambda tag: (scores[tag], tag == default, tag))
    # Filipino and Hindi terms are written half in English: their particles decide.
    for mixed in ("fil", "hi"):
        if scores[mixed] * 12 > len(words) and scores[mixed] * 3 > scores["en"]:
            best = mixed
    return best if scores[best] >= 2 or len(words) > 8 else default


def tag_of(text: str) -> str:
    """Tell the tag that a report prints: as `language_of`, `zh-Hant` for Traditional text."""
    tag = language_of(text)
    return "zh-Hant" if tag == "zh" and is_traditional(text) else tag
