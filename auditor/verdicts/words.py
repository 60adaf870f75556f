"""Find listed words in texts: whole words in scripts with spaces, substrings in the others.

Literals only, joined into one alternation, so that hostile texts cannot make the search slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

MAX_TEXT = 400_000
"""Characters of one text that are searched."""


def words_in(text: str, words: Iterable[str], vetoes: Iterable[str] = ()) -> tuple[str, ...]:
    """Give the listed words that stand in `text` outside of any veto, sorted, each once."""
    wanted = {w.casefold(): w for w in words}
    if not wanted:
        return ()
    folded = text[:MAX_TEXT].casefold()
    there = _standing(wanted, folded)
    if not there:
        return ()
    if hidden := _standing((v.casefold() for v in vetoes), folded):
        folded = _pattern(hidden).sub("\x00", folded)
    return tuple(sorted({wanted[w] for w in _pattern(there).findall(folded)}))


def _standing(words: Iterable[str], folded: str) -> tuple[str, ...]:
    """Words that stand anywhere in a text: few do, and each is one fast search."""
    return tuple(sorted(w for w in words if w in folded))


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    # Longer words first: an alternation takes the first branch that fits.
    ordered = sorted(words, key=lambda w: (-len(w), w))
    return re.compile("|".join(_bounded(word) for word in ordered))


def _bounded(word: str) -> str:
    """Ask for word boundaries at ends that are letters of a script with spaces."""
    left = r"(?<![^\W_])" if _spaced(word[0]) else ""
    right = r"(?![^\W_])" if _spaced(word[-1]) else ""
    return left + re.escape(word) + right


def _spaced(char: str) -> bool:
    return char.isalnum() and ord(char) < 0x2E80
