"""Polarity: which verbs a negator denies, which verbs share it, what an exception does to it."""

from __future__ import annotations

import re

from auditor.terms.lexicon import Hit
from auditor.terms.parts import WAIVERS, Parsed
from auditor.terms.sentences import Sentence, chinese

_BACK = (
    "前述", "上述", "前款", "本条", "本节", "前文", "foregoing", "above", "as set out",
    "as set forth", "set out in", "as described", "as stated",
)  # fmt: skip
_AHEAD = ("以下", "下列", "下述", "following", "below")
_NUMBER = re.compile(r"(?:第|clause |section |article )\s?[\d一二三四五六七八九十]{1,3}|\d\.\d")
"""Words by which an exception points to another clause, or to what follows it."""
_CLAUSAL = ("除非", "unless", "a menos que", "kecuali jika", "trừ khi")
"""Exceptions that open a clause of their own: data named in it are not left out of the denial."""


def find_exceptions(sentence: Sentence) -> list[Hit]:
    """Exceptions that concern the act, not those that name data ("除紧急联系人外")."""
    found = []
    for cue in sentence.of("exception"):
        start, end = sentence.bounds(sentence.clause(cue.start))
        named = any(
            m.sense.kind == "type" and cue.start <= m.start < end for m in sentence.mentions
        )
        clausal = sentence.text[cue.start : cue.end].startswith(_CLAUSAL)
        if not named or clausal or cue.sense.value == "with_consent":
            found.append(cue)
    return found


def set_polarity(parsed: Parsed) -> None:
    """Set `negated` of every verb, clause by clause, a negator without a verb carrying over."""
    sentence = parsed.sentence
    carried = False
    for clause in range(len(sentence.clauses)):
        start, end = sentence.bounds(clause)
        active, fresh, own, unable = carried, False, False, False
        for cue in sentence.cues:
            if not start <= cue.start < end:
                continue
            kind = cue.sense.kind
            if kind == "negator":
                if cue.end - cue.start == 1 and not _beside_verb(sentence, cue):
                    continue
                if any(start <= u.start < cue.start for u in sentence.of("undo")):
                    continue
                unable = cue.sense.value == "unable"
                active, fresh = not unable and negates(sentence, cue, start), True
            elif kind == "breaker":
                active = unable = False
            elif kind == "consent" and fresh and _waives(sentence, start, cue.start):
                active = False
            elif kind == "verb":
                verb = next(v for v in parsed.verbs if v.hit is cue)
                verb.negated, verb.unable, fresh, own = active, unable, False, True
                if active and _modifies(sentence, verb.hit):
                    verb.negated = _negator_right_before(sentence, verb.hit)
        carried = active and (fresh or (carried and not own))
    if sentence.words.language == "hi":
        _verb_last(parsed)


def _verb_last(parsed: Parsed) -> None:
    """Hindi puts the verb last and the negator beside it: a negator denies its whole clause."""
    denied = {parsed.sentence.clause(c.start) for c in parsed.sentence.of("negator")}
    for verb in parsed.verbs:
        verb.negated = verb.negated or verb.clause in denied


def _beside_verb(sentence: Sentence, cue: Hit) -> bool:
    """A bare 不 or 未 counts only beside a verb: not in 不稳定, 未读, 不一致."""
    if not chinese(cue_text := sentence.text[cue.start : cue.end]):
        return bool(cue_text)
    return any(0 <= v.start - cue.end <= 3 for v in sentence.of("verb"))


def _modifies(sentence: Sentence, verb: Hit) -> bool:
    """收集到的 in 不会出售收集到的信息: the verb belongs to the noun behind it."""
    return sentence.text.startswith(("的", "到的", "了的"), verb.end)


def _negator_right_before(sentence: Sentence, verb: Hit) -> bool:
    return any(0 <= verb.start - c.end <= 2 for c in sentence.of("negator"))


def negates(sentence: Sentence, cue: Hit, start: int) -> bool:
    """Whether a negator denies: not in "if you do not …", which leaves the choice to the user."""
    head = sentence.text[start : cue.start]
    conditional = any(
        c.sense.kind == "condition" and start <= c.start < cue.start for c in sentence.cues
    )
    parties = [c for c in sentence.cues if c.sense.kind == "party" and start <= c.start < cue.start]
    if conditional and (not parties or parties[-1].sense.value == "user"):
        return False
    return "如果" not in head[:4] or not parties or parties[-1].sense.value == "we"


def _waives(sentence: Sentence, start: int, end: int) -> bool:
    return any(word in sentence.text[start:end] for word in WAIVERS)


def set_chains(parsed: Parsed) -> None:
    """Number joined verbs alike, and let them share polarity."""
    sentence = parsed.sentence
    conjunctions = [c for c in sentence.cues if c.sense.kind in ("conj", "negator")]
    conjunctions += [c for c in sentence.of("prep") if sentence.text[c.start : c.end] == "to"]
    number = 0
    for index, verb in enumerate(parsed.verbs):
        if index:
            last = parsed.verbs[index - 1]
            if _joined(sentence, conjunctions, last.hit.end, verb.hit.start):
                verb.negated = verb.negated or last.negated
            else:
                number += 1
        verb.chain = number


def _joined(sentence: Sentence, conjunctions: list[Hit], start: int, end: int) -> bool:
    """Whether only conjunctions, commas and blanks stand in the gap."""
    gap = sentence.text[start:end]
    if len(gap) > 30:
        return False
    for hit in conjunctions:
        if start <= hit.start and hit.end <= end:
            gap = gap.replace(sentence.text[hit.start : hit.end], " ", 1)
    return not gap.strip(" ,，、/()（）")


def apply_exceptions(parsed: Parsed) -> None:
    """Turn "not … unless …" into an affirmative that depends on the exception."""
    sentence = parsed.sentence
    for cue in parsed.exceptions:
        denied = [v for v in parsed.verbs if v.negated]
        elsewhere = bool(denied) and _stated_elsewhere(sentence, cue)
        for verb in denied:
            if not sentence.apart(cue.start, verb.hit.start):
                verb.negated, verb.modality = elsewhere, cue.sense.value


def _stated_elsewhere(sentence: Sentence, cue: Hit) -> bool:
    """ "except as set out above": the rest stays denied; what is not has its own sentence."""
    start, end = sentence.bounds(sentence.clause(cue.start))
    said = sentence.text[cue.start : max(end, cue.end)]
    if cue.sense.value != "only_if" or any(word in said for word in _AHEAD):
        return False
    return any(word in said for word in _BACK) or bool(_NUMBER.search(said))
