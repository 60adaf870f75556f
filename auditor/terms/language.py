"""Tell the language of a text from its script and its function words; no model."""

from __future__ import annotations

import re

from auditor.terms.normal import is_cjk, is_traditional

_WORD = re.compile(r"[^\W\d_]+")

_COMMON = {
    "en": "the of and to your you we is are for with our may this that by on or any "
    "will be from not do does have has it its us if when which information data",
    "id": "yang dan untuk anda kami dengan atau dari pada akan tidak dalam ini data "
    "adalah oleh dapat ke kepada jika agar daftar informasi pribadi telah kontak "
    "pinjaman tersebut serta mengakses mengumpulkan",
    "es": "de la que el en los para con su las por una del se sus al usted nuestra "
    "nuestro datos y ni podemos como cuando información tus contactos es nos",
    "pt": "de que o os para com você do da dos das em não uma seus suas nós dados ou ao "
    "são pelo nem podemos como quando informações nosso e seu sua",
    "vi": "và của bạn chúng tôi thông tin để các cho được có không trong với này khi là thu thập",
    "fil": "ang ng sa mga iyong namin ay aming hindi iyo kung upang inyong ating nila",
    "hi": "ke ki ka hai hain aap aapki aapke mein aur hum nahi karte liye",
}
_MARKS = {"pt": "ãõç", "es": "ñ¿¡", "vi": "ơưđạảấầẩậắằẵặẹẻẽếềểệỉịọỏốồổộớờởợụủứừửữựỳỵỷỹ"}
"""Letters that one of the languages has and its neighbours have not."""
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
    low = head.lower()
    for tag, letters_of in _MARKS.items():
        scores[tag] += 2 * sum(low.count(c) for c in letters_of)
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
