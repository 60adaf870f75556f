"""From a parsed sentence to claims: each mention with its verb, each verb with its object."""

from __future__ import annotations

from dataclasses import replace

from auditor.model import Action
from auditor.terms.governor import can_govern, denied_by_itself, governor, is_aim
from auditor.terms.lexicon import Hit
from auditor.terms.others import (
    choice_of_user,
    hypothetical,
    is_about_minors,
    is_of_tool,
    is_of_user,
    is_right,
)
from auditor.terms.parties import goes_outward
from auditor.terms.parts import Claim, Frame, Parsed, Verb
from auditor.terms.scope import with_context
from auditor.terms.sentences import Sentence, chinese

_ELLIPTIC = frozenset({"upload", "share", "disclose", "entrust", "sell", "retain"})
_ACTIONS = {
    "collect": Action.COLLECT,
    "provide": Action.COLLECT,
    "share": Action.SHARE,
    "disclose": Action.DISCLOSE,
    "entrust": Action.ENTRUST,
    "sell": Action.SELL,
    "upload": Action.UPLOAD,
    "use": Action.USE,
    "aim": Action.USE,
    "leak": Action.DISCLOSE,
    "retain": Action.RETAIN,
}
_PEOPLE = ("contacts", "emergency_contact")
"""Who is told ("notify your references") is no data that is told: they are used."""
_PRONOUNS = (
    "-las",
    "-los",
    "-la",
    "-lo",
    "arlos",
    "arlas",
    "arla",
    "arlo",
    "irlos",
    "irlas",
    "irla",
    "nya",
)
"""Objects that Portuguese, Spanish and Indonesian hang on the verb: compartilhá-las."""
_EMPTY = frozenset(
    [
        "verb",
        "negator",
        "conj",
        "prep",
        "party",
        "anaphor",
        "filler",
        "breaker",
        "local",
        "consent",
        "exception",
        "purpose",
        "infinitive",
    ]
)


def claims_of(parsed: Parsed, frame: Frame | None) -> list[Claim]:
    """Every claim of a sentence; `frame` serves mentions that no verb governs."""
    sentence = parsed.sentence
    groups: dict[tuple[int, str], list[Hit]] = {}
    excepted = _excepted(sentence)
    orphans: list[Hit] = []
    denied: list[Hit] = []
    asked = _asked_again(sentence)
    for mention in sentence.mentions:
        if mention.end <= asked:
            continue
        verb = governor(parsed, mention)
        if verb is not None and is_aim(parsed, verb, mention):
            continue
        if denied_by_itself(parsed, mention):
            denied.append(mention)
        elif verb is None or (
            frame is not None
            and verb.sense == "aim"
            and verb.hit.start > mention.start
            and not (frame.action is Action.SHARE and not frame.recipients)
        ):
            orphans.append(mention)
        else:
            sign = _sign(sentence, verb, mention, excepted)
            groups.setdefault((parsed.verbs.index(verb), sign), []).append(mention)
    claims: list[Claim] = []
    for (index, sign), mentions in sorted(groups.items()):
        found = _claims_of_verb(parsed, parsed.verbs[index], tuple(mentions))
        claims.extend(replace(c, negated=sign == "no") if sign else c for c in found)
    if denied:
        claims.append(with_context(parsed, Claim(Action.COLLECT, True, tuple(denied))))
    if orphans and frame is not None:
        claims.append(with_context(parsed, claim_of_frame(frame, tuple(orphans))))
    claims.extend(elliptic_claims(parsed, {i for i, _ in groups}))
    return claims


def _excepted(sentence: Sentence) -> list[tuple[int, int]]:
    """Spans of what exceptions leave out: "除…外" itself, all that follows "except"."""
    spans = []
    for cue in sentence.of("exception"):
        if chinese(sentence.text[cue.start : cue.end]):
            spans.append((cue.start, cue.end if cue.end - cue.start > 4 else cue.start))
        elif cue.sense.value == "only_if":
            spans.append((cue.start, sentence.bounds(sentence.clause(cue.start))[1]))
    return spans


def _sign(sentence: Sentence, verb: Verb, mention: Hit, excepted: list[tuple[int, int]]) -> str:
    """`yes` for what an exception spares, `no` for "collect no contacts", else the verb decides."""
    if any(a <= mention.start < b for a, b in excepted):
        return "yes"
    between = [
        c
        for kind in ("negator", "excludes")
        for c in sentence.of(kind)
        if verb.hit.end <= c.start < mention.start
    ]
    last = max(between, key=lambda c: c.start) if between else None
    if (
        last is None
        or last.sense.value == "unable"
        or chinese(sentence.text[last.start : last.end])
    ):
        return ""
    same = sentence.clause(last.start) == sentence.clause(mention.start)
    return "no" if same and mention.start - last.end <= 40 and not verb.negated else ""


def _asked_again(sentence: Sentence) -> int:
    """Where "我们会另行征求您的同意" stands in a conditional sentence, else 0.

    "如果更新的内容需要获取通讯录，我们会征求您的同意" speaks of a future version: no claim.
    """
    asks = sentence.of("ask")
    return asks[-1].start if asks and sentence.has("condition") else 0


def claim_of_frame(frame: Frame, mentions: tuple[Hit, ...]) -> Claim:
    """The claim that a frame makes about mentions without a verb."""
    return Claim(
        frame.action,
        frame.negated,
        mentions,
        frame.entity,
        frame.recipients,
        frame.modality,
        frame.scope,
        confidence=frame.confidence,
    )


def _claims_of_verb(parsed: Parsed, verb: Verb, mentions: tuple[Hit, ...]) -> list[Claim]:
    """Claims of a verb and of those joined to it."""
    claims: list[Claim] = []
    for other in parsed.verbs:
        if other is not verb and (other.chain != verb.chain or not can_govern(other)):
            continue
        claim = claim_of_verb(parsed, other, mentions)
        if claim is not None and not any(
            c.action == claim.action and c.negated == claim.negated for c in claims
        ):
            claims.append(with_context(parsed, claim))
    return claims


def claim_of_verb(parsed: Parsed, verb: Verb, mentions: tuple[Hit, ...]) -> Claim | None:
    """The claim of one verb about mentions, or None when it is no act of ours."""
    if verb.duty or verb.unable or (verb.negated and hypothetical(parsed, verb)):
        return None
    if verb.sense == "delete":
        return _permission_switch(parsed, mentions)
    if is_right(parsed, verb) or is_of_user(parsed, verb):
        return None
    if is_about_minors(parsed, verb) or is_of_tool(verb):
        return None
    if verb.negated and (choice := choice_of_user(parsed, verb)) is not None:
        return Claim(Action.COLLECT, False, mentions, modality="optional", confidence="medium") if (
            choice
        ) else None  # fmt: skip
    told = tuple(m for m in mentions if m.sense.value.split(".")[0] in _PEOPLE)
    if told and verb.hit.sense.entry.id.endswith(".tell"):
        return Claim(Action.USE, verb.negated, told, verb.entity, (), verb.modality)
    action = _action(parsed, verb)
    outward = action in (Action.SHARE, Action.DISCLOSE, Action.ENTRUST, Action.SELL)
    recipients = verb.recipients if outward else ()
    return Claim(
        action,
        verb.negated,
        mentions,
        "we" if outward or verb.inward else verb.entity,
        recipients,
        verb.modality,
    )


def _permission_switch(parsed: Parsed, mentions: tuple[Hit, ...]) -> Claim | None:
    """ "您可以关闭通讯录权限": whoever can switch it off was asked for it."""
    text = parsed.sentence.text
    named = tuple(
        m
        for m in mentions
        if any(w in text[m.start : m.end + 14] for w in ("权限", "授权", "permission", "access"))
    )
    if not named:
        return None
    return Claim(Action.COLLECT, False, named, modality="optional", confidence="low")


def _action(parsed: Parsed, verb: Verb) -> Action:
    """The action of a verb, its direction considered."""
    action = _ACTIONS[verb.sense]
    third = [r for r in verb.recipients if r != "relatives"]
    if verb.sense == "provide":
        outward = goes_outward(parsed, verb) and verb.subject != "user" and not verb.inward
        outward = outward or (verb.negated and verb.subject == "we" and not verb.inward)
        return Action.SHARE if outward else Action.COLLECT
    if (
        verb.sense in ("share", "disclose", "upload")
        and verb.inward
        and not goes_outward(parsed, verb)
    ):
        return Action.UPLOAD if verb.sense == "upload" else Action.COLLECT
    if verb.sense == "share" and verb.subject == "user" and not third:
        return Action.COLLECT
    if verb.sense == "upload" and verb.subject == "user" and not third:
        return Action.COLLECT
    if verb.sense in ("upload", "use") and goes_outward(parsed, verb) and verb.sense == "upload":
        return Action.SHARE
    return action


def elliptic_claims(parsed: Parsed, used: set[int]) -> list[Claim]:
    """Claims of verbs whose object stands earlier: "…并上传至服务器", "do not upload it"."""
    sentence = parsed.sentence
    chains = {parsed.verbs[i].chain for i in used}
    claims: list[Claim] = []
    for index, verb in enumerate(parsed.verbs):
        if index in used or verb.chain in chains or verb.duty:
            continue
        if verb.sense not in _ELLIPTIC and not (verb.negated and _denies_alone(sentence, verb)):
            continue
        if verb.subject == "user" or not can_govern(verb) or not _open_object(sentence, verb):
            continue
        if sentence.text.startswith(" by ", verb.hit.end):
            continue
        if verb.sense == "disclose" and set(verb.recipients) <= {"relatives"}:
            continue
        before = [m for m in sentence.mentions if m.end <= verb.hit.start]
        last = [m for m in before if sentence.clause(m.start) == sentence.clause(before[-1].start)]
        claim = claim_of_verb(parsed, verb, tuple(last))
        if claim is not None:
            claims.append(with_context(parsed, replace(claim, elliptic=not last)))
    return claims


def _denies_alone(sentence: Sentence, verb: Verb) -> bool:
    """Whether a denial without an object says something: "也不会收集", "不会用于催收"."""
    if verb.sense == "collect":
        return True
    start, end = sentence.bounds(verb.clause)
    purposes = [p for p in sentence.of("purpose") if start <= p.start < end]
    return verb.sense in ("use", "aim") and bool(purposes)


def _open_object(sentence: Sentence, verb: Verb) -> bool:
    """Whether the clause names nothing but parties, places and anaphors beside the verb."""
    start, end = sentence.bounds(verb.clause)
    given = verb.sense in ("share", "sell", "disclose") and bool(verb.recipients)
    if verb.negated and given and not sentence.mentions:
        return True
    if any(start <= c.start < end for c in sentence.of("anaphor")) and chinese(sentence.text):
        return True
    if sentence.text[verb.hit.start : verb.hit.end].endswith(_PRONOUNS) or any(
        0 < c.start - verb.hit.end <= 1 for c in sentence.of("anaphor")
    ):
        return True
    start = max([start, *(m.end for m in sentence.mentions if m.end <= verb.hit.start)])
    clause = list(sentence.text[start:end])
    for cue in sentence.cues:
        if cue.sense.kind in _EMPTY and start <= cue.start and cue.end <= end:
            clause[cue.start - start : cue.end - start] = " " * (cue.end - cue.start)
    rest = [c for c in "".join(clause) if c.isalnum()]
    if not chinese(sentence.text):
        return len(rest) <= 8
    around = sentence.text[verb.hit.end - 1 : verb.hit.end + 1]
    named = any(c in around for c in "给至予")  # what follows is the recipient
    return len(rest) <= (12 if named and verb.sense == "share" else 1)
