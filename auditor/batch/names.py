"""Names as people look for them: folded, by their sound, and cut into grams.

`fold` drops case, accents, spaces and punctuation. `sound` writes Chinese as pinyin without tones,
so that 现金贷, "xianjindai" and a homophone meet. Grams (three letters of the folded name with its
ends marked; two ideographs) are the index by which a name with a typo is found.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

MAX_NAME = 200
_ENDS = "^$"


def fold(text: str) -> str:
    """`Crédit-24 Plus` → `credit24plus`."""
    plain = unicodedata.normalize("NFKD", text[:MAX_NAME]).casefold()
    return "".join(c for c in plain if c.isalnum())


def is_chinese(text: str) -> bool:
    """Tell whether any ideograph stands in a text."""
    return any("\u3400" <= c <= "\u9fff" for c in text)


def sound(text: str) -> str:
    """`现金贷` → `xianjindai`; empty for a text without ideographs."""
    if not is_chinese(text):
        return ""
    from pypinyin import lazy_pinyin

    return fold("".join(lazy_pinyin(text[:MAX_NAME])))


def initials(text: str) -> str:
    """`现金贷` → `xjd`; empty for a text without ideographs."""
    if not is_chinese(text):
        return ""
    from pypinyin import Style, lazy_pinyin

    return fold("".join(lazy_pinyin(text[:MAX_NAME], style=Style.FIRST_LETTER)))


def grams(folded: str) -> Iterator[str]:
    """Cut a folded name: runs of ideographs by two, all else by three with its ends marked."""
    if not folded:
        return
    if is_chinese(folded):
        yield from (folded[i : i + 2] for i in range(len(folded) - 1))
        if len(folded) == 1:
            yield folded
        return
    marked = _ENDS[0] + folded + _ENDS[1]
    yield from (marked[i : i + 3] for i in range(len(marked) - 2))


def every_gram(text: str) -> dict[str, int]:
    """Grams of a name as written, of its sound and initials; each with the letters of that form."""
    found: dict[str, int] = {}
    for form in (fold(text), sound(text), initials(text)):
        for gram in grams(form):
            found[gram] = min(len(form), found.get(gram, len(form)))
    return found
