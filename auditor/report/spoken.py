"""Recognise what the stages say in English, so that it can be said in every language.

Steps of flows, reasons of limits, notes and guards are plain English in the model and in the JSON
document, which other programs read. Each such sentence has a message (`why.…`, `step.…`, `guard.…`,
`note.…`, `sign.…`, `origin.…`, `who.…`, `how.…`) whose English text is exactly that of the stage,
with slots for its values. Here a text is matched with these messages and becomes a `Said`; what
none fits stays English, marked.

Matching is by finding the fixed parts in their order, so it takes time proportional to the text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from auditor.report.clean import one_line
from auditor.report.words import Code, Local, Said, Value, languages

LONGEST = 2_000
"""Characters of a sentence that are looked at."""
_SLOT = re.compile(r"\{(\w+)\}")
_ORIGIN = re.compile(r"(?:, | and )(?=(?:an? |the |native code))")
"""Between the parts of a list of origins, each of which begins with an article."""
_NESTED = frozenset({"why"})
"""Slots whose value may be a sentence of a stage again."""
_CODE = frozenset({"name", "names", "files", "at", "signs"})
"""Slots whose value is a name from the app or the program."""
_DEPTH = 3
_KINDS = ("why", "step", "guard", "note", "sign", "origin", "who", "how")


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One message as fixed parts and the slots between them."""

    key: str
    parts: tuple[str, ...]
    slots: tuple[str, ...]

    @property
    def fixed(self) -> int:
        """Number of characters that are not slots: the more, the surer a match."""
        return sum(map(len, self.parts))


def spoken(text: str, kind: str) -> Value:
    """Make a sentence of a stage sayable.

    Args:
        text: what the model holds.
        kind: first part of the messages that can fit: why, step, guard, note, sign, who or how.
    """
    said = recognise(text, kind)
    return said if said is not None else Local((), text)


def recognise(text: str, kind: str, depth: int = 0) -> Said | None:
    """Give the message whose English text is `text`, with its values; None when there is none."""
    if depth > _DEPTH:
        return None
    text = text[:LONGEST]
    for pattern in _patterns().get(kind, ()):
        values = _match(pattern, text)
        if values is None:
            continue
        made: dict[str, Value] = {}
        for slot, value in values.items():
            if slot == "origins":
                each = [recognise(part, "origin", depth + 1) for part in _ORIGIN.split(value)]
                if any(one is None for one in each):
                    break
                made[slot] = [one for one in each if one is not None]
                continue
            if slot == "hides":
                inner = recognise(value, "how", depth + 1)
                if inner is None:
                    break
            else:
                inner = recognise(value, kind, depth + 1) if slot in _NESTED else None
            if slot in _NESTED and inner is None and not pattern.parts[0]:
                break  # "{name}: {why}" alone fits anything with a colon
            made[slot] = inner or (Code(one_line(value, 600)) if slot in _CODE else value)
        else:
            return Said(pattern.key, made)
    return None


def _match(pattern: _Pattern, text: str) -> Mapping[str, str] | None:
    """Find the fixed parts in their order; what stands between them are the values."""
    first, last = pattern.parts[0], pattern.parts[-1]
    if not pattern.slots:
        return {} if text == first else None
    if not text.startswith(first) or not text.endswith(last):
        return None
    end = len(text) - len(last)
    at, values = len(first), []
    for part in pattern.parts[1:-1]:
        found = text.find(part, at + 1, end)
        if found < 0:
            return None
        values.append(text[at:found])
        at = found + len(part)
    if at >= end:
        return None
    return dict(zip(pattern.slots, [*values, text[at:end]], strict=True))


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, Sequence[_Pattern]]:
    """Give the messages by kind, the most specific first."""
    made: dict[str, list[_Pattern]] = defaultdict(list)
    texts = languages()["en"].messages.texts
    for key, text in texts.items():
        kind = key.partition(".")[0]
        if kind in _KINDS and isinstance(text, str):
            slots = tuple(_SLOT.findall(text))
            made[kind].append(_Pattern(key, tuple(_SLOT.split(text)[::2]), slots))
    for found in made.values():
        found.sort(key=lambda p: (-p.fixed, p.key))
    return made


def unspoken(texts: Iterable[str], kind: str) -> list[str]:
    """Give the sentences that only English can say, each once, sorted: for tests."""
    return sorted({text for text in texts if text and recognise(text, kind) is None})
