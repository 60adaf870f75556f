"""Make strings of an app or of its terms safe to show. Their authors are adversaries.

In: any `str`, lone surrogates, NULs and bidi overrides included. Out: text that a browser, a
terminal or a spreadsheet shows as it is read here. Escaping for a format (HTML, CSV) is the
renderer's; this module removes what escaping does not.

Source: Unicode Standard Annex 9 (bidirectional controls), Unicode Technical Report 36 §3.
"""

from __future__ import annotations

import re
import unicodedata

LIMIT = 10_000
"""Characters of one string that a report shows."""

_MARKS = 6
"""Combining marks in a row that are kept; more only serve to paint over neighbouring lines."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_HIDDEN = re.compile(
    "["
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction marks, embeddings, isolates
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2064\u3164\ufeff\uffa0"  # no width
    "\ufff9-\ufffb\U000e0000-\U000e0fff"  # annotations, tags, variation selectors supplement
    "]"
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_C1 = re.compile("[\x80-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def well_formed(text: str) -> str:
    """Replace lone surrogates, which no encoding can write, by U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def visible(text: str, limit: int = LIMIT) -> str:
    """Show `text` so that nothing in it is hidden, acts on its surroundings, or never ends.

    Controls become control pictures (`␀`), direction and zero-width characters their number
    (`⟦U+202E⟧`), long runs of combining marks are thinned, and what passes `limit` characters is
    cut with the number of characters left out (`… ⟦+123⟧`). Line ends become `\\n`.
    """
    rest = max(0, len(text) - limit)
    shown = _LINE_ENDS.sub("\n", well_formed(text[:limit]))
    if not (shown.isascii() and shown.isprintable()):
        shown = _CONTROLS.sub(_picture, shown)
        shown = _C1.sub("\ufffd", shown)
        shown = _HIDDEN.sub(lambda match: f"⟦U+{ord(match[0]):04X}⟧", shown)
        shown = _thin_marks(shown)
    return f"{shown}… ⟦+{rest:,}⟧" if rest else shown


def one_line(text: str, limit: int = 300) -> str:
    """Show `text` like `visible` does, on one line, with runs of white space joined."""
    rest = max(0, len(text) - limit)
    shown = " ".join(visible(text[:limit]).split())
    return f"{shown}… ⟦+{rest:,}⟧" if rest else shown


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    return "␡" if code == 0x7F else chr(0x2400 + code)


def _thin_marks(text: str) -> str:
    """Keep at most `_MARKS` combining marks after one base character."""
    if text.isascii():
        return text
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= _MARKS:
            kept.append(char)
    return "".join(kept)
