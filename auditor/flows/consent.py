"""When an entry point runs: by itself, after a click, or only after the user agreed.

A fixpoint over the edges of `roots.py`: an entry point is as early as its earliest reason to run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.flows.components import GUESSED
from auditor.flows.roots import Edge, Root, RootKey
from auditor.flows.values import Condition

_RESET = frozenset(("activity_result", "permission_result", "web_bridge", "other_app", GUESSED))
_PASSING = frozenset(("background", "callback", "result", "unknown", ""))


@dataclass(frozen=True, slots=True)
class Activation:
    """How an entry point comes to run."""

    before: bool | None
    """True: with no act of the user; False: only after consent; None: after some other act."""
    trigger: str

    @property
    def rank(self) -> int:
        """Earliest first: 2 (by itself), 1, 0 (after consent)."""
        return {True: 2, None: 1, False: 0}[self.before]


class Words:
    """Decide what a text on a button, or a stored key, is about."""

    def __init__(self, words: Mapping[str, tuple[str, ...]]) -> None:
        """`words`: the lists accept, refuse, consent_keys of the catalog, any language."""
        self.accept = tuple(w.lower() for w in words.get("accept", ()))
        self.refuse = tuple(w.lower() for w in words.get("refuse", ()))
        self.keys = tuple(w.lower() for w in words.get("consent_keys", ()))

    def says(self, label: str) -> str:
        """`accept`, `refuse` or nothing; a refusal may contain a word of consent (不同意)."""
        text = label.lower()
        if _has(text, self.refuse):
            return "refuse"
        return "accept" if _has(text, self.accept) else ""

    def agreed(self, guards: frozenset[Condition]) -> bool:
        """Tell whether the conditions hold only after the user agreed."""
        for guard in guards:
            if guard.negated:
                continue
            if guard.kind == "checked":
                return True
            if guard.kind in ("preference", "consent") and (
                guard.kind == "consent" or _has(guard.text.lower(), self.keys)
            ):
                return True
        return False


def _has(text: str, words: tuple[str, ...]) -> bool:
    for word in words:
        at = text.find(word)
        while at >= 0:
            if not word.isascii() or _stands_alone(text, at, len(word)):
                return True
            at = text.find(word, at + 1)
    return False


def _stands_alone(text: str, at: int, size: int) -> bool:
    before = text[at - 1] if at else " "
    after = text[at + size] if at + size < len(text) else " "
    return not (before.isascii() and before.isalpha()) and not (
        after.isascii() and after.isalpha() and size < 5
    )


def activations(roots: Mapping[RootKey, Root], words: Words) -> dict[RootKey, Activation]:
    """How each entry point comes to run."""
    known: dict[RootKey, Activation] = {}
    registered = {
        key[:3] for key, root in roots.items() if any(e.trigger != GUESSED for e in root.edges)
    }
    changed = True
    while changed:
        changed = False
        for key, root in roots.items():
            for edge in root.edges:
                if edge.parent is not None and edge.parent not in known:
                    continue
                if edge.trigger == GUESSED and key[:3] in registered:
                    continue
                new = _through(known.get(edge.parent) if edge.parent else None, edge, words)
                old = known.get(key)
                if old is None or new.rank > old.rank:
                    known[key] = new
                    changed = True
    return known


def _through(parent: Activation | None, edge: Edge, words: Words) -> Activation:
    if parent is None:
        by_user = edge.trigger in _RESET
        guessed = edge.trigger == GUESSED
        return Activation(None if by_user else edge.before, "unknown" if guessed else edge.trigger)
    trigger = parent.trigger if edge.trigger in _PASSING else edge.trigger
    if parent.before is False:
        return Activation(False, "unknown" if trigger == GUESSED else trigger)
    if words.agreed(edge.guards):
        return Activation(False, trigger if edge.trigger == "click" else "consent_accept")
    if edge.trigger == "click":
        said = words.says(edge.label)
        if said == "accept":
            return Activation(False, "consent_accept")
        if said == "refuse":
            return Activation(True, "consent_refuse")
        return Activation(None, "click")
    if edge.trigger in _RESET:
        return Activation(None, "unknown" if edge.trigger == GUESSED else edge.trigger)
    return Activation(parent.before, trigger)
