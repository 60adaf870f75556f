"""Names that speak of a kind of data: weak signs, used only where no path could be followed."""

from __future__ import annotations

import re
from collections.abc import Sequence

_OTHER = re.compile(r"[^a-z]")


def speaks_of(text: str, words: Sequence[str]) -> bool:
    """Tell whether a name or path holds one of `words`, case and separators aside."""
    plain = _OTHER.sub("", text.lower())
    return any(_OTHER.sub("", word.lower()) in plain for word in words)
