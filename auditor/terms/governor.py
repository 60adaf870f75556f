"""Which verb governs a mention."""

from __future__ import annotations

from auditor.terms.lexicon import Hit
from auditor.terms.parts import Parsed, Verb
from auditor.terms.polarity import negates
from auditor.terms.sentences import Sentence, chinese

_BASES = (
    "根据",
    "基于",
    "将",
    "通过",
    "把",
    "对",
    "以",
    "因",
    "于",
    "based",
    "from",
    "with",
    "about",
)
"""Between a negator and a mention these say that something else is denied."""


def governor(parsed: Parsed, mention: Hit) -> Verb | None:
    """The verb that governs a mention (see the head of this module), or None."""
    sentence = parsed.sentence
    clause = sentence.clause(mention.start)
    usable = [v for v in parsed.verbs if not _attributive(sentence, v, mention)]
    usable = [v for v in usable if can_govern(v)] or parsed.verbs
    before = [v for v in usable if v.clause == clause and v.hit.start <= mention.start]
    label = _negative_label(parsed, mention, before)
    if label is not None:
        return label
    if before:
        entrusts = [v for v in before if v.sense == "entrust"]
        return entrusts[-1] if entrusts and before[-1].sense in ("use", "collect") else before[-1]
    usable = [v for v in usable if v.sense != "aim" or v.clause >= clause]
    after = [v for v in usable if v.clause == clause and v.hit.start > mention.start]
    after = [v for v in after if not _infinitive(sentence, v)]
    if after:
        return after[0]
    earlier = [v for v in usable if v.clause < clause]
    if earlier and not _fronted(sentence, clause):
        return earlier[-1]
    later = [v for v in usable if v.clause > clause]
    if later and clause == 0 and _is_label(sentence):
        return next((v for v in later if v.sense in ("collect", "share")), later[0])
    if later:
        return later[0]
    return earlier[-1] if earlier else None


def _negative_label(parsed: Parsed, mention: Hit, before: list[Verb]) -> Verb | None:
    """The verb of "我们不会申请的权限：" when what follows is a list with verbs of its own."""
    sentence = parsed.sentence
    if not parsed.verbs or sentence.clause(mention.start) == 0 or not _is_label(sentence):
        return None
    first = parsed.verbs[0]
    inside = not before or before[-1].hit.end >= mention.start - 2
    return first if first.clause == 0 and first.negated and inside else None


def _infinitive(sentence: Sentence, verb: Verb) -> bool:
    """ "to assess" tells what for; it does not govern what stands before it."""
    return any(c.end in (verb.hit.start, verb.hit.start - 1) for c in sentence.of("infinitive"))


def _is_label(sentence: Sentence) -> bool:
    """Whether the first clause is a label: "SMS : we collect …", "通讯录：用于…"."""
    return len(sentence.clauses) > 1 and sentence.text[sentence.clauses[1] - 1] == ":"


def is_aim(parsed: Parsed, verb: Verb, mention: Hit) -> bool:
    """What stands after 用于, or a credit record after "assess", is a purpose and no data."""
    if verb.hit.start > mention.start:
        return False
    if verb.sense == "aim":
        return True
    purposes = [
        p for p in parsed.sentence.of("purpose") if p.start < mention.end and p.end > mention.start
    ]
    return bool(purposes) and mention.sense.value == "credit"


def can_govern(verb: Verb) -> bool:
    """Tell whether a verb can have data for its object: no inability, no leak, no mere notice."""
    notice = verb.sense == "disclose" and not verb.recipients
    return not verb.unable and (verb.negated or (verb.sense != "leak" and not notice))


def _fronted(sentence: Sentence, clause: int) -> bool:
    """A clause that starts a new thought ("但通讯录…", "but your contacts …")."""
    start, end = sentence.bounds(clause)
    return any(c.sense.kind == "breaker" and start <= c.start < start + 4 for c in sentence.cues)


def _attributive(sentence: Sentence, verb: Verb, mention: Hit) -> bool:
    """收集的 in 不会出售收集的通讯录, "obtained" in "we share information obtained from …"."""
    gap = sentence.text[verb.hit.end : mention.start]
    if verb.sense == "entrust" and sentence.text.startswith("的", verb.hit.end):
        return True
    if gap in ("的", "到的", "了的", "的您的", "到的您的"):
        return True
    if sentence.text.startswith(" by ", verb.hit.end):
        return True
    if not sentence.text[verb.hit.start : verb.hit.end].endswith("ed"):
        return False
    before = sentence.text[max(0, verb.hit.start - 16) : verb.hit.start].rstrip()
    return before.endswith(("information", "data", "details", "documents", "records"))


def _only_function_words(sentence: Sentence, start: int, end: int) -> bool:
    """Whether nothing with a meaning of its own stands between: not in 不会骚扰您的联系人."""
    if not chinese(sentence.text):
        return end - start <= 30
    gap = list(sentence.text[start:end])
    for cue in sentence.cues:
        if cue.sense.kind in ("filler", "party", "other", "prep", "conj", "optional") and (
            start <= cue.start and cue.end <= end
        ):
            gap[cue.start - start : cue.end - start] = " " * (cue.end - cue.start)
    return end - start <= 12 and not "".join(gap).strip(" ,、")


def denied_by_itself(parsed: Parsed, mention: Hit) -> bool:
    """A negator right before the mention in a clause without a verb: "not your messages"."""
    sentence = parsed.sentence
    clause = sentence.clause(mention.start)
    if any(v.clause == clause for v in parsed.verbs) or parsed.exceptions:
        return False
    start, _ = sentence.bounds(clause)
    for cue in sentence.of("negator"):
        if cue.sense.value == "unable" or not start <= cue.start <= cue.end <= mention.start:
            continue
        gap = sentence.text[cue.end : mention.start]
        near = _only_function_words(sentence, cue.end, mention.start)
        if near and not any(w in gap for w in _BASES) and negates(sentence, cue, start):
            return not sentence.has("refusal")
    return False
