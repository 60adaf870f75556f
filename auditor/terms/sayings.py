"""What kind of sentence it is: a question, a definition of law, a statement about us."""

from __future__ import annotations

from auditor.terms.lexicon import Hit
from auditor.terms.sentences import Sentence

_INCLUDES = (
    "包括", "包含", "例如", "如", "为", "(", "include", "such as", "termasuk", "incluye",
    "incluindo", "bao gồm",
)  # fmt: skip
_PERMISSION = ("权限", "permission")
_CATEGORIES = 3
"""So many category names of GB/T 35273 in one sentence are a quotation of its annex."""


def asks(sentence: Sentence) -> bool:
    """Tell a question: by its mark, or by its first word when no full stop ends it."""
    if sentence.text.endswith(("？", "?")):
        return True
    starts = any(c.start == 0 for c in sentence.of("question"))
    return starts and len(sentence.text) <= 80 and sentence.text[-1] not in ".。；;"


def defines(sentence: Sentence) -> bool:
    """Tell a definition of law ("个人敏感信息是指一旦泄露…"): nobody collects what it names."""
    if len(sentence.of("category")) >= _CATEGORIES and not speaks_for_us(sentence):
        return True
    if not sentence.has("definition"):
        return False
    broad = any(m.sense.value == "personal_information" for m in sentence.mentions)
    return broad or not speaks_for_us(sentence)


def first_person(sentence: Sentence) -> bool:
    """Tell whether the company is named."""
    return any(c.sense.value == "we" for c in sentence.of("party"))


def speaks_for_us(sentence: Sentence) -> bool:
    """Tell whether we collect or share in it, or ask for a permission."""
    acts = any(c.sense.value in ("collect", "share", "upload") for c in sentence.of("verb"))
    asked = any(word in sentence.text for word in _PERMISSION) and sentence.has("verb")
    return ((first_person(sentence) and acts) or asked) and not sentence.has("right")


def labels(sentence: Sentence, sentences: list[Sentence]) -> bool:
    """Tell a short first sentence without a verb ("4. Contacts."): the topic of the others."""
    if sentence is not sentences[0] or len(sentences) < 2 or not sentence.mentions:
        return False
    return len(sentence.text) <= 60 and not sentence.has("verb") and sentence.text[-1] in ".。:："


def purposes_in(sentence: Sentence) -> tuple[str, ...]:
    """Purposes that a sentence names."""
    return tuple(dict.fromkeys(c.sense.value for c in sentence.of("purpose")))


def following_purposes(sentences: list[Sentence]) -> list[tuple[str, ...]]:
    """Purposes of each sentence and of those after it that name no data of their own."""
    found: list[tuple[str, ...]] = []
    after: tuple[str, ...] = ()
    for sentence in reversed(sentences):
        own = purposes_in(sentence)
        found.append(own + tuple(p for p in after if p not in own))
        after = () if sentence.mentions else found[-1]
        if any(m.sense.value == "emergency_contact" for m in sentence.mentions):
            after = found[-1]
    return found[::-1]


def members_of(sentence: Sentence, broad: Hit, after: list[Hit]) -> list[Hit]:
    """What a broad word is said to include: up to the closing bracket, or the next broad word."""
    gap = sentence.text[broad.end : broad.end + 24]
    if not any(word in gap for word in _INCLUDES):
        return []
    bracket = gap.lstrip()[:1] == "("
    limit = sentence.text.find(")", broad.end) if bracket else len(sentence.text)
    members: list[Hit] = []
    for mention in after:
        if mention.sense.kind == "broad" or mention.start > limit:
            break
        members.append(mention)
    return members
