"""From the words of one sentence to claims: who does what with which data, and whether it is denied.

The grammar is shallow and the same for every language of the lexicon, all of which put the verb
before its object or the topic before the clause. A verb governs a mention when it is the nearest
one before it in its clause, else after it, else in the clauses before (a list goes on), else after
(a topic is fronted). A negator denies every verb to its right in its clause up to a contrast ("but",
"仅"); verbs that are joined ("collect, store or share") share polarity and object.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from auditor.model import Action
from auditor.terms.lexicon import Hit
from auditor.terms.sentences import Sentence, chinese

_FIRST = frozenset({"we", "user"})
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
_EMPTY = frozenset(
    ["verb", "negator", "conj", "prep", "party", "anaphor", "filler", "breaker", "local", "consent", "exception", "purpose", "infinitive"]
)
_GRANTS = ("提供", "授权", "开放", "允许", "provide", "grant", "allow", "give", "permit", "submit")
_LETS = ("同意", "授权", "允许", "委托", "agree", "authori", "consent", "allow", "permit")
_CHOICES = ("选择", "可以", "可不", "choose", "may", "can ", "if ", "如", "若")
_WAIVERS = ("无需", "无须", "不需要", "不必", "不要求", "not required to", "not need")


@dataclass(slots=True)
class Verb:
    """One verb of the sentence with what its surroundings say."""

    hit: Hit
    clause: int
    sense: str
    negated: bool = False
    modality: str = ""
    entity: str = "we"
    subject: str = ""
    """Role of the nearest party before it, empty when there is none in the sentence."""
    recipients: tuple[str, ...] = ()
    inward: bool = False
    """The data come to us: 向我们提供, share with us."""
    unable: bool = False
    """"无法", "cannot": a consequence, no promise."""
    duty: bool = False
    """It forbids or advises somebody else; no claim about us."""
    chain: int = 0
    """Verbs with the same number are joined by "and", "or", "、"."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one verb says about some mentions; types are resolved by the reader."""

    action: Action
    negated: bool
    mentions: tuple[Hit, ...]
    entity: str = "we"
    recipients: tuple[str, ...] = ()
    modality: str = ""
    scope: str = ""
    condition: str = ""
    confidence: str = "high"
    elliptic: bool = False
    """The object is not named in the sentence; the reader finds the antecedent."""


@dataclass(slots=True)
class Frame:
    """What a lead-in, a heading or a table header lends to words without a verb."""

    action: Action = Action.COLLECT
    negated: bool = False
    entity: str = "we"
    recipients: tuple[str, ...] = ()
    modality: str = ""
    scope: str = ""
    confidence: str = "high"


@dataclass(slots=True)
class Parsed:
    """A sentence with its verbs."""

    sentence: Sentence
    verbs: list[Verb] = field(default_factory=list)
    exceptions: list[Hit] = field(default_factory=list)


def parse(sentence: Sentence) -> Parsed:
    """Find the verbs of a sentence, their polarity, subject, recipients and coordination."""
    verbs = [Verb(c, sentence.clause(c.start), c.sense.value) for c in sentence.of("verb")]
    parsed = Parsed(sentence, verbs, _exceptions(sentence))
    _polarity(parsed)
    _chains(parsed)
    for index, verb in enumerate(verbs):
        _subject(parsed, verb, verbs[:index])
        _recipients(parsed, verb)
    _conditions(parsed)
    return parsed


def _exceptions(sentence: Sentence) -> list[Hit]:
    """Exceptions that concern the act, not those that name data ("除紧急联系人外")."""
    found = []
    for cue in sentence.of("exception"):
        start, end = sentence.bounds(sentence.clause(cue.start))
        named = any(
            m.sense.kind == "type" and cue.start <= m.start < end for m in sentence.mentions
        )
        if not named or cue.sense.value == "with_consent":
            found.append(cue)
    return found


def _polarity(parsed: Parsed) -> None:
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
                unable = cue.sense.value == "unable"
                active, fresh = not unable and _negates(sentence, cue, start), True
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


def _negates(sentence: Sentence, cue: Hit, start: int) -> bool:
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
    return any(word in sentence.text[start:end] for word in _WAIVERS)


def _chains(parsed: Parsed) -> None:
    """Number joined verbs alike, and let them share polarity."""
    sentence = parsed.sentence
    conjunctions = [c for c in sentence.cues if c.sense.kind in ("conj", "negator")]
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


def _subject(parsed: Parsed, verb: Verb, earlier: list[Verb]) -> None:
    """The nearest party before the verb that no preposition governs.

    A clause without one goes on with the subject of the clause before, as its first verb has it.
    """
    sentence = parsed.sentence
    start, _ = sentence.bounds(verb.clause)
    own = _party_before(sentence, verb.hit.start, start)
    if not own:
        last = [v for v in earlier if v.clause < verb.clause]
        own = next((v.subject for v in last if v.clause == last[-1].clause), "")
        own = own or _party_before(sentence, verb.hit.start, 0)
    verb.subject = own
    if own and own not in _FIRST | {"relatives"}:
        verb.entity = own
    duties = [c for c in sentence.of("duty") if c.start < verb.hit.end]
    verb.duty = bool(duties) and own != "we"


def _party_before(sentence: Sentence, end: int, start: int) -> str:
    for cue in reversed(sentence.cues):
        if cue.sense.kind != "party" or cue.end > end or cue.start < start:
            continue
        if _governed(sentence, cue):
            continue
        if cue.sense.value == "user" and _possessive(sentence, cue):
            continue
        return cue.sense.value
    return ""


def _governed(sentence: Sentence, party: Hit) -> bool:
    """Whether a preposition stands right before the party (任何, "our", "the" may lie between)."""
    for cue in reversed(sentence.cues):
        if cue.sense.kind == "prep" and cue.end <= party.start:
            gap = sentence.text[cue.end : party.start].strip()
            if len(gap) <= (6 if chinese(sentence.text) else 24) and "，" not in gap:
                return True
            return False
    return False


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


def _recipients(parsed: Parsed, verb: Verb) -> None:
    """Parties other than us and the user that the sentence names; and whether data flow to us."""
    sentence = parsed.sentence
    start, end = sentence.bounds(verb.clause)
    roles: list[str] = []
    for cue in sentence.of("party"):
        role = cue.sense.value
        inside = start <= cue.start < end
        if role == "we" and inside and _governed(sentence, cue) and not _from(sentence, cue):
            verb.inward = True
        if role == "we" and sentence.text[verb.hit.end : cue.start].strip() in (
            "",
            "to",
            "给",
            "with",
        ):
            verb.inward = verb.inward or cue.start >= verb.hit.end
        if role not in _FIRST:
            if inside and _from(sentence, cue) and verb.sense in ("collect", "provide", "use"):
                continue
            roles.append(role)
    verb.recipients = tuple(dict.fromkeys(roles))


def _from(sentence: Sentence, party: Hit) -> bool:
    preps = [c for c in sentence.of("prep") if c.end <= party.start]
    if not preps or preps[-1].sense.value != "from":
        return False
    return party.start - preps[-1].end <= (6 if chinese(sentence.text) else 30)


def _conditions(parsed: Parsed) -> None:
    """Turn "not … unless …" into an affirmative that depends on the exception."""
    if not parsed.exceptions:
        return
    modality = parsed.exceptions[0].sense.value
    for verb in parsed.verbs:
        if verb.negated:
            verb.negated, verb.modality = False, modality


# ------------------------------------------------------------------ claims


def claims_of(parsed: Parsed, frame: Frame | None) -> list[Claim]:
    """Every claim of a sentence; `frame` serves mentions that no verb governs."""
    sentence = parsed.sentence
    groups: dict[tuple[int, bool], list[Hit]] = {}
    excepted = [c for c in sentence.of("exception") if c.end - c.start > 4]
    orphans: list[Hit] = []
    denied: list[Hit] = []
    asked = _asked_again(sentence)
    for mention in sentence.mentions:
        if mention.end <= asked:
            continue
        verb = governor(parsed, mention)
        if verb is not None and _is_aim(parsed, verb, mention):
            continue
        if _denied_by_itself(parsed, mention):
            denied.append(mention)
        elif verb is None or (
            frame is not None and verb.sense == "aim" and verb.hit.start > mention.start
        ):
            orphans.append(mention)
        else:
            spared = any(c.start <= mention.start < c.end for c in excepted)
            groups.setdefault((parsed.verbs.index(verb), spared), []).append(mention)
    claims: list[Claim] = []
    for (index, spared), mentions in sorted(groups.items()):
        found = _claims_of_verb(parsed, parsed.verbs[index], tuple(mentions))
        claims.extend(replace(c, negated=False) if spared and c.negated else c for c in found)
    if denied:
        claims.append(_with_context(parsed, Claim(Action.COLLECT, True, tuple(denied))))
    if orphans and frame is not None:
        claims.append(_with_context(parsed, claim_of_frame(frame, tuple(orphans))))
    claims.extend(_elliptic(parsed, {i for i, _ in groups}))
    return claims


def _asked_again(sentence: Sentence) -> int:
    """Where "我们会另行征求您的同意" stands in a conditional sentence, else 0.

    "如果更新的内容需要获取通讯录，我们会征求您的同意" speaks of a future version; what stands before is no claim.
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


def governor(parsed: Parsed, mention: Hit) -> Verb | None:
    """The verb that governs a mention (see the head of this module), or None."""
    sentence = parsed.sentence
    clause = sentence.clause(mention.start)
    usable = [v for v in parsed.verbs if not _attributive(sentence, v, mention)]
    usable = [v for v in usable if _can_govern(v)] or parsed.verbs
    before = [v for v in usable if v.clause == clause and v.hit.start <= mention.start]
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


def _infinitive(sentence: Sentence, verb: Verb) -> bool:
    """ "to assess" tells what for; it does not govern what stands before it."""
    return any(c.end in (verb.hit.start, verb.hit.start - 1) for c in sentence.of("infinitive"))


def _is_label(sentence: Sentence) -> bool:
    """Whether the first clause is a label: "SMS : we collect …", "通讯录：用于…"."""
    return len(sentence.clauses) > 1 and sentence.text[sentence.clauses[1] - 1] == ":"


def _is_aim(parsed: Parsed, verb: Verb, mention: Hit) -> bool:
    """What stands after 用于, or a credit record after "assess", is a purpose and no data."""
    if verb.hit.start > mention.start:
        return False
    if verb.sense == "aim":
        return True
    purposes = [
        p for p in parsed.sentence.of("purpose") if p.start < mention.end and p.end > mention.start
    ]
    return bool(purposes) and mention.sense.value == "credit"


def _can_govern(verb: Verb) -> bool:
    if verb.sense == "leak" and not verb.negated:
        return False
    if verb.unable or (verb.sense == "disclose" and not verb.recipients and not verb.negated):
        return False
    return True


def _fronted(sentence: Sentence, clause: int) -> bool:
    """A clause that starts a new thought ("但通讯录…", "but your contacts …")."""
    start, end = sentence.bounds(clause)
    return any(c.sense.kind == "breaker" and start <= c.start < start + 4 for c in sentence.cues)


def _attributive(sentence: Sentence, verb: Verb, mention: Hit) -> bool:
    """收集的 in 不会出售收集的通讯录, "obtained" in "we share information obtained from …"."""
    gap = sentence.text[verb.hit.end : mention.start]
    if gap in ("的", "到的", "了的", "的您的", "到的您的"):
        return True
    if not sentence.text[verb.hit.start : verb.hit.end].endswith("ed"):
        return False
    before = sentence.text[max(0, verb.hit.start - 16) : verb.hit.start].rstrip()
    return before.endswith(("information", "data", "details", "documents", "records"))


def _denied_by_itself(parsed: Parsed, mention: Hit) -> bool:
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
        near = len(gap) <= (6 if chinese(sentence.text) else 30)
        if near and not any(w in gap for w in _BASES) and _negates(sentence, cue, start):
            return not sentence.has("refusal")
    return False


def _claims_of_verb(parsed: Parsed, verb: Verb, mentions: tuple[Hit, ...]) -> list[Claim]:
    """Claims of a verb and of those joined to it."""
    claims: list[Claim] = []
    for other in parsed.verbs:
        if other is not verb and (other.chain != verb.chain or not _can_govern(other)):
            continue
        claim = _claim(parsed, other, mentions)
        if claim is not None and not any(
            c.action == claim.action and c.negated == claim.negated for c in claims
        ):
            claims.append(_with_context(parsed, claim))
    return claims


def _claim(parsed: Parsed, verb: Verb, mentions: tuple[Hit, ...]) -> Claim | None:
    if verb.duty or verb.unable or (verb.negated and _hypothetical(parsed, verb)):
        return None
    if verb.sense == "delete":
        return _permission_switch(parsed, mentions)
    if _is_right(parsed, verb) or _is_of_user(parsed, verb):
        return None
    if verb.negated and (choice := _choice_of_user(parsed, verb)) is not None:
        return Claim(Action.COLLECT, False, mentions, modality="optional", confidence="medium") if (
            choice
        ) else None  # fmt: skip
    action = _action(parsed, verb)
    outward = action in (Action.SHARE, Action.DISCLOSE, Action.ENTRUST, Action.SELL)
    recipients = verb.recipients if outward else ()
    return Claim(
        action, verb.negated, mentions, "we" if outward or verb.inward else verb.entity, recipients, verb.modality
    )


def _choice_of_user(parsed: Parsed, verb: Verb) -> bool | None:
    """Whether a negated act is the user's: True for a choice, False for a duty, None when it is ours.

    "您可以选择不提供", "do not have to give" are choices; "用户不得提供" is a duty; "无需您提供" is a denial.
    """
    sentence = parsed.sentence
    start, _ = sentence.bounds(verb.clause)
    before = sentence.text[start : verb.hit.start]
    waived = any(word in before for word in _WAIVERS)
    if waived and sentence.text.startswith(_GRANTS, verb.hit.start):
        return None
    provides = verb.sense == "provide" and not (_outward(parsed, verb) or verb.subject == "we")
    if verb.subject != "user" and not provides:
        return None
    return any(word in before for word in _CHOICES)


def _hypothetical(parsed: Parsed, verb: Verb) -> bool:
    """ "如您取消授权，我们将不再收集": a denial that hangs on a refusal is no denial."""
    sentence = parsed.sentence
    refusals = [c for c in sentence.of("refusal") if c.start < verb.hit.start]
    if refusals and (sentence.has("condition") or "后" in sentence.text or verb.clause > 0):
        return True
    for cue in sentence.of("condition"):
        clause = sentence.clause(cue.start)
        start, end = sentence.bounds(clause)
        said = sentence.text[start:end]
        if clause < verb.clause and any(w in said for w in ("不", "未", "没有", " not ", "n't")):
            return True
    return False


def _is_of_user(parsed: Parsed, verb: Verb) -> bool:
    """ "您与他人分享照片": the user's own sharing, unless the user lets us do it (同意, authorize)."""
    if verb.subject != "user" or verb.sense not in ("share", "disclose", "sell") or verb.inward:
        return False
    text = parsed.sentence.text[: verb.hit.start]
    return not any(word in text for word in _LETS)


def _is_right(parsed: Parsed, verb: Verb) -> bool:
    """ "您有权查询您的银行卡信息" is a right of the user, no act of ours."""
    rights = [c for c in parsed.sentence.of("right") if c.start <= verb.hit.start]
    if not rights:
        return False
    return verb.subject in ("user", "") and verb.sense in ("collect", "use", "delete", "disclose")


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
        outward = _outward(parsed, verb) and verb.subject != "user" and not verb.inward
        return Action.SHARE if outward else Action.COLLECT
    if verb.sense in ("share", "disclose", "upload") and verb.inward and not _outward(parsed, verb):
        return Action.UPLOAD if verb.sense == "upload" else Action.COLLECT
    if verb.sense == "share" and verb.subject == "user" and not third:
        return Action.COLLECT
    if verb.sense == "upload" and verb.subject == "user" and not third:
        return Action.COLLECT
    if verb.sense in ("upload", "use") and _outward(parsed, verb) and verb.sense == "upload":
        return Action.SHARE
    return action


def _outward(parsed: Parsed, verb: Verb) -> bool:
    """Whether a preposition of the clause leads to a third party."""
    sentence = parsed.sentence
    start, end = sentence.bounds(verb.clause)
    for cue in sentence.of("party"):
        if cue.sense.value in _FIRST or not start <= cue.start < end:
            continue
        if _governed(sentence, cue) and not _from(sentence, cue):
            return True
        if cue.start >= verb.hit.end and cue.start - verb.hit.end <= 6 and chinese(sentence.text):
            return True
    return False


def _elliptic(parsed: Parsed, used: set[int]) -> list[Claim]:
    """Claims of verbs whose object stands earlier: "…通讯录，并上传至服务器", "we do not upload it"."""
    sentence = parsed.sentence
    chains = {parsed.verbs[i].chain for i in used}
    claims: list[Claim] = []
    for index, verb in enumerate(parsed.verbs):
        if index in used or verb.chain in chains or verb.duty:
            continue
        if verb.sense not in _ELLIPTIC and not (verb.negated and verb.sense == "collect"):
            continue
        if verb.subject == "user" or not _can_govern(verb) or not _open_object(sentence, verb):
            continue
        before = [m for m in sentence.mentions if m.end <= verb.hit.start]
        last = [m for m in before if sentence.clause(m.start) == sentence.clause(before[-1].start)]
        claim = _claim(parsed, verb, tuple(last))
        if claim is not None:
            claims.append(_with_context(parsed, replace(claim, elliptic=not last)))
    return claims


def _open_object(sentence: Sentence, verb: Verb) -> bool:
    """Whether the clause names nothing but parties, places and anaphors beside the verb."""
    start, end = sentence.bounds(verb.clause)
    if any(start <= c.start < end for c in sentence.of("anaphor")) and chinese(sentence.text):
        return True
    start = max([start, *(m.end for m in sentence.mentions if m.end <= verb.hit.start)])
    clause = list(sentence.text[start:end])
    for cue in sentence.cues:
        if cue.sense.kind in _EMPTY and start <= cue.start and cue.end <= end:
            clause[cue.start - start : cue.end - start] = " " * (cue.end - cue.start)
    rest = [c for c in "".join(clause) if c.isalnum()]
    return len(rest) <= (1 if chinese(sentence.text) else 8)


def _with_context(parsed: Parsed, claim: Claim) -> Claim:
    """Add modality, scope and condition from the whole sentence."""
    sentence = parsed.sentence
    modality = claim.modality
    if not modality and not claim.negated:
        modality = next(
            (
                k
                for k, c in (("with_consent", "consent"), ("optional", "optional"))
                if sentence.has(c)
            ),
            "",
        )
    return replace(
        claim,
        modality=modality,
        scope=claim.scope or _scope(parsed, claim),
        condition=claim.condition or _condition(parsed),
    )


def _scope(parsed: Parsed, claim: Claim) -> str:
    sentence = parsed.sentence
    fixed = [getattr(m.sense.entry, "scope", "") for m in claim.mentions]
    if claim.mentions and all(fixed):
        return str(fixed[0])
    types = {m.sense.value.split(".")[0] for m in claim.mentions}
    if claim.negated:
        return "other_only" if _partial(sentence, claim) else ""
    if types & {"contacts", "emergency_contact"} and sentence.has("select"):
        return "selected_only" if _select_governs(sentence, claim) else ""
    if "sms" in types and sentence.has("otp"):
        return "otp_only"
    if sentence.has("local"):
        return "local_only"
    return ""


def _partial(sentence: Sentence, claim: Claim) -> bool:
    """Whether "other" stands by a denied mention: only the rest is denied."""
    reach = 10 if chinese(sentence.text) else 30
    for cue in sentence.of("other"):
        for mention in claim.mentions:
            near = mention.start - reach <= cue.start <= mention.end + reach
            if near and not _names_another_party(sentence, cue):
                return True
    return False


def _names_another_party(sentence: Sentence, cue: Hit) -> bool:
    """其他公司, other companies: the word belongs to a party, not to the data."""
    return any(c.start - cue.end in (0, 1) for c in sentence.of("party") if c.start >= cue.end)


def _select_governs(sentence: Sentence, claim: Claim) -> bool:
    """ "读取通讯录，以便您选择" reads the book; "从通讯录中选择" takes what is chosen."""
    clauses = {sentence.clause(m.start) for m in claim.mentions}
    return any(sentence.clause(c.start) in clauses for c in sentence.of("select"))


def _condition(parsed: Parsed) -> str:
    """The clause that states a condition or an exception, as written in the folded text."""
    sentence = parsed.sentence
    cues = parsed.exceptions or sentence.of("condition")
    if not cues:
        return ""
    start, end = sentence.bounds(sentence.clause(cues[0].start))
    return sentence.text[start:end].strip(" ,，；;：:")[:200]
