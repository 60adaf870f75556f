"""Parties: who acts, who receives, and which way the data go."""

from __future__ import annotations

from auditor.terms.lexicon import Hit
from auditor.terms.parts import FIRST, Parsed, Verb
from auditor.terms.sentences import Sentence, chinese

_RESUMES = ("并将", "并会", "且将", "同时将", "并向", "后将", "后向")
"""Words after which the company acts again, whoever was named last."""
_RELATIVE = ("which ", "who ", "that ", "其", "它", "该公司", "该机构")
"""A clause that starts so goes on about the party named last."""


def find_subject(parsed: Parsed, verb: Verb, earlier: list[Verb]) -> None:
    """The nearest party before the verb that no preposition governs.

    A clause without one goes on with the subject of the clause before, as its first verb has it.
    """
    sentence = parsed.sentence
    start, _ = sentence.bounds(verb.clause)
    own = _party_before(sentence, verb.hit.start, start)
    if not own and sentence.text[start:].lstrip().startswith(_RELATIVE):
        own = _party_before(sentence, start, 0)
    if not own:
        last = [v for v in earlier if v.clause < verb.clause]
        own = next((v.subject for v in last if v.clause == last[-1].clause), "")
        own = own or _party_before(sentence, verb.hit.start, 0)
    verb.subject = own
    if own and own not in FIRST | {"relatives"}:
        verb.entity = own
    duties = [c for c in sentence.of("duty") if c.start < verb.hit.end]
    verb.duty = bool(duties) and own != "we"


def _party_before(sentence: Sentence, end: int, start: int) -> str:
    for cue in reversed(sentence.cues):
        if cue.sense.kind != "party" or cue.end > end or cue.start < start:
            continue
        if governed(sentence, cue) or _consenting(sentence, cue):
            continue
        if cue.sense.value == "user" and (
            _possessive(sentence, cue)
            or any(word in sentence.text[cue.end : end] for word in _RESUMES)
        ):
            continue
        return cue.sense.value
    return ""


def governed(sentence: Sentence, party: Hit) -> bool:
    """Whether a preposition stands right before the party (任何, "our", "the" may lie between)."""
    cue = sentence.preposition_before(party.start)
    if cue is None:
        return False
    gap = sentence.text[cue.end : party.start].strip()
    return len(gap) <= (6 if chinese(sentence.text) else 24) and "，" not in gap


def _consenting(sentence: Sentence, party: Hit) -> bool:
    """Whether the party only consents: 经您同意, "with your consent"."""
    return any(
        c.start <= party.start and party.end <= c.end
        for kind in ("consent", "exception")
        for c in sentence.of(kind)
    )


def _possessive(sentence: Sentence, party: Hit) -> bool:
    if sentence.text[party.end : party.end + 1] == "的":
        return True
    if chinese(sentence.text[party.start : party.end]):
        near = [m for m in sentence.mentions if party.end <= m.start <= party.end + 8]
        gap = sentence.text[party.end : near[0].start] if near else ""
        if any(word in gap for word in "可将会需应要把能请同"):
            return False
        return bool(near) and not any(
            party.end <= v.start <= near[0].start for v in sentence.of("verb")
        )
    return sentence.text[party.start : party.end] in {"your", "my", "customer", "user", "自己"}


def find_recipients(parsed: Parsed, verb: Verb) -> None:
    """Parties other than us and the user that the sentence names; and whether data flow to us."""
    sentence = parsed.sentence
    start, end = sentence.bounds(verb.clause)
    roles: list[str] = []
    for cue in sentence.of("party"):
        role = cue.sense.value
        if sentence.apart(cue.start, verb.hit.start):
            continue
        inside = start <= cue.start < end
        if role == "we" and inside and governed(sentence, cue) and not comes_from(sentence, cue):
            verb.inward = True
        whose = sentence.text[cue.end : cue.end + 1] == "的"
        if (
            role == "we"
            and not whose
            and sentence.text[verb.hit.end : cue.start].strip()
            in (
                "",
                "to",
                "给",
                "with",
            )
        ):
            verb.inward = verb.inward or cue.start >= verb.hit.end
        if role not in FIRST:
            if inside and comes_from(sentence, cue) and verb.sense in ("collect", "provide", "use"):
                continue
            roles.append(role)
    verb.recipients = tuple(dict.fromkeys(roles))


def comes_from(sentence: Sentence, party: Hit) -> bool:
    """Tell whether the party is a source: 从合作机构, "from credit bureaus"."""
    preps = [c for c in sentence.of("prep") if c.end <= party.start]
    if not preps or preps[-1].sense.value != "from":
        return False
    return party.start - preps[-1].end <= (6 if chinese(sentence.text) else 30)


def goes_outward(parsed: Parsed, verb: Verb) -> bool:
    """Whether a preposition of the clause leads to a third party."""
    sentence = parsed.sentence
    start, end = sentence.bounds(verb.clause)
    if sentence.text.endswith(("对外", "向外"), 0, verb.hit.start):
        return True
    for cue in sentence.of("party"):
        if cue.sense.value in FIRST or not start <= cue.start < end:
            continue
        if governed(sentence, cue) and not comes_from(sentence, cue):
            return True
        if cue.start >= verb.hit.end and cue.start - verb.hit.end <= 6 and chinese(sentence.text):
            return True
    return False
