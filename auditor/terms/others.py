"""Acts that are not ours: the user's rights, choices, duties and own sharing."""

from __future__ import annotations

from auditor.terms.parties import goes_outward
from auditor.terms.parts import WAIVERS, Parsed, Verb

_GRANTS = ("提供", "授权", "开放", "允许", "provide", "grant", "allow", "give", "permit", "submit")
_LETS = ("同意", "授权", "允许", "委托", "agree", "authori", "consent", "allow", "permit")
_CHOICES = ("选择", "可以", "可不", "choose", "may", "can ", "if ", "如", "若")


def choice_of_user(parsed: Parsed, verb: Verb) -> bool | None:
    """Whether a negated act is the user's: True (a choice), False (a duty), None (it is ours).

    "您可以选择不提供" is a choice, "用户不得提供" a duty, "无需您提供" a denial of ours.
    """
    sentence = parsed.sentence
    start, _ = sentence.bounds(verb.clause)
    before = sentence.text[start : verb.hit.start]
    waived = any(word in before for word in WAIVERS)
    if waived and sentence.text.startswith(_GRANTS, verb.hit.start):
        return None
    provides = verb.sense == "provide" and not (goes_outward(parsed, verb) or verb.subject == "we")
    if verb.subject != "user" and not provides:
        return None
    return any(word in before for word in _CHOICES)


def hypothetical(parsed: Parsed, verb: Verb) -> bool:
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


def is_about_minors(parsed: Parsed, verb: Verb) -> bool:
    """ "我们不会收集儿童的人脸": what protects minors says nothing of borrowers."""
    return verb.negated and parsed.sentence.has("minor")


def is_of_tool(verb: Verb) -> bool:
    """ "Cookies do not collect your ID": what a tool does not do, the app may."""
    return verb.negated and verb.subject == "tool"


def is_of_user(parsed: Parsed, verb: Verb) -> bool:
    """Whether the user shares ("您与他人分享照片"), and does not let us do it (同意, authorize)."""
    if verb.subject != "user" or verb.sense not in ("share", "disclose", "sell") or verb.inward:
        return False
    text = parsed.sentence.text[: verb.hit.start]
    return not any(word in text for word in _LETS)


def is_right(parsed: Parsed, verb: Verb) -> bool:
    """ "您有权查询您的银行卡信息" is a right of the user, no act of ours."""
    rights = [c for c in parsed.sentence.of("right") if c.start <= verb.hit.start]
    if not rights:
        return False
    return verb.subject in ("user", "") and verb.sense in ("collect", "use", "delete", "disclose")
