"""Modality, scope and condition of a claim, from its whole sentence."""

from __future__ import annotations

from dataclasses import replace

from auditor.terms.lexicon import Hit
from auditor.terms.parts import Claim, Parsed
from auditor.terms.sentences import Sentence, chinese


def with_context(parsed: Parsed, claim: Claim) -> Claim:
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
    if claim.mentions and all(fixed) and not claim.negated:
        return str(fixed[0])
    types = {m.sense.value.split(".")[0] for m in claim.mentions}
    if claim.negated:
        code = "sms" in types and sentence.has("otp")
        return "other_only" if code or _partial(sentence, claim) else ""
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


def _condition(parsed: Parsed) -> tuple[int, int] | None:
    """Span of the clause that states a condition or an exception, in the sentence."""
    sentence = parsed.sentence
    cues = parsed.exceptions or sentence.of("condition")
    if not cues:
        return None
    start, end = sentence.bounds(sentence.clause(cues[0].start))
    blank = " ,，；;：:。."
    while start < end and sentence.text[start] in blank:
        start += 1
    while end > start and sentence.text[end - 1] in blank:
        end -= 1
    return (start, min(end, start + 200)) if end > start else None
