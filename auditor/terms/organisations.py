"""Names of organisations in a sentence as written: those who receive, beside their role.

A name is told by its legal form (有限公司, Ltd, PT), or by standing in brackets or after "such as"
behind a word for a party: "credit bureaus (Equifax, CRIF)". No list of companies is used.
"""

from __future__ import annotations

import re
from dataclasses import replace

from auditor.model import Action
from auditor.terms.lexicon import Hit
from auditor.terms.parts import Claim
from auditor.terms.script import Lines
from auditor.terms.sentences import Sentence

GIVING = (Action.SHARE, Action.DISCLOSE, Action.ENTRUST, Action.SELL)
MAX_NAMES = 12
_NUMBERED = re.compile(r"^[（(]?\d{1,2}[)）.、]\s?")
_OPENERS = ("share", "disclose", "entrust", "sell", "provide", "upload")
_LONGEST = 60
_HAN_FORM = re.compile(r"(?:股份有限公司|有限责任公司|有限公司|律师事务所|股份有限公司)")
_HAN_CUT = re.compile(
    r"[，。；、：:,;.\s“”\"'「」]|提供给|共享给|[给向将把由至]|委托|(?<=[司所构方行台商者队])[和与及或]|的(?!士)"
)
_LATIN = re.compile(
    r"\b(?:PT\.?\s[A-Z][\w&.'-]{0,30}(?:\s[A-Z][\w&.'-]{0,30}){0,4}"
    r"|[A-Z][\w&.'-]{0,30}(?:\s(?:[A-Z][\w&.'-]{0,30}|of|and|de)){0,6}\s"
    r"(?:Ltd|Limited|Inc|LLC|Corp|Corporation|PLC|Plc|GmbH|Pvt|S\.A\.|S\.A|Bhd|Tbk))\b\.?"
    r"(?:\s(?:Ltd|Limited)\b\.?)?"
)
_SUCH_AS = r"such as|including|como|seperti|例如|包括"
_OPENING = re.compile(rf"\s?\(\s?(?:如|e\.g\.,?|{_SUCH_AS})?\s?|\s?,?\s?(?:{_SUCH_AS})\s?:?\s?")
_SPLIT = re.compile(r"\s?(?:、|,|;|/|\band\b|\bor\b|和|及|与|\by\b|\bdan\b|\be\b)\s?")


def organisations(sentence: Sentence, written: str, start: int, end: int) -> tuple[str, ...]:
    """Names between two offsets of the folded sentence; `written` is that part as it stands.

    Where folding changed the length, names in brackets are left out and legal forms still count.
    """
    found = [*_by_form(written), *_known(sentence, written, start, end)]
    found += _by_brackets(sentence, written, start, end)
    kept: list[str] = []
    for name in found:
        name = _NUMBERED.sub("", " ".join(name.split()).strip(" .,、"))
        if 2 <= len(name) <= _LONGEST and not any(name in other for other in kept):
            kept.append(name)
    return tuple(kept[:MAX_NAMES])


def _known(sentence: Sentence, written: str, start: int, end: int) -> list[str]:
    """Parties whose words in the lexicon are names (entries `….named`)."""
    if len(written) != end - start:
        return []
    cues = [c for c in sentence.of("party") if start <= c.start < end]
    named = [c for c in cues if c.sense.entry.id.endswith(".named")]
    return [written[c.start - start : c.end - start] for c in named]


def with_names(text: str, lines: Lines, sentence: Sentence, claim: Claim) -> Claim:
    """Add the organisations that a sentence names to the recipients of what is given away."""
    if claim.action not in GIVING or claim.negated or claim.entity != "we":
        return claim
    names = _written(text, lines, sentence, *receiving_part(sentence, claim.mentions))
    names += tuple(
        n for s in _listed_after(lines, sentence) for n in _by_form(_whole(text, lines, s))
    )
    return replace(claim, recipients=tuple(dict.fromkeys([*claim.recipients, *names])))


def actors(text: str, lines: Lines, sentence: Sentence, claim: Claim) -> tuple[str, ...]:
    """Names of those who collect by themselves: "Facebook and AppsFlyer get your …"."""
    if claim.entity == "we" or not claim.mentions:
        return ()
    return _written(text, lines, sentence, 0, claim.mentions[0].start)


def _listed_after(lines: Lines, sentence: Sentence) -> list[Sentence]:
    """The parts of a list that goes on behind a semicolon: names without verb and data."""
    found = []
    for after in lines.sentences[lines.sentences.index(sentence) + 1 :]:
        if not after.joined or after.mentions or after.has("verb"):
            break
        found.append(after)
    return found


def _whole(text: str, lines: Lines, sentence: Sentence) -> str:
    start, end = lines.span(sentence)
    return text[start:end]


def _written(text: str, lines: Lines, sentence: Sentence, start: int, end: int) -> tuple[str, ...]:
    a, b = lines.part(sentence, start, end) if end > start else (0, 0)
    return organisations(sentence, text[a:b], start, end)


def receiving_part(sentence: Sentence, mentions: tuple[Hit, ...]) -> tuple[int, int]:
    """Half-open span in which receivers may stand: from the first verb or preposition of giving.

    The part ends at a semicolon; what stands before may be the name of the operator.
    """
    at = mentions[0].start if mentions else 0
    begin = sentence.text.rfind(";", 0, at) + 1
    stop = sentence.text.find(";", at)
    busy = [c.start for c in (*sentence.of("verb"), *sentence.mentions) if c.start > stop >= 0]
    stop = stop if busy else len(sentence.text)
    opens = [c.start for c in sentence.of("prep") if c.sense.value != "from"]
    opens += [c.start for c in sentence.of("verb") if c.sense.value in _OPENERS]
    inside = [p for p in opens if begin <= p < stop]
    return (min(inside), stop) if inside else (stop, stop)


def _by_form(written: str) -> list[str]:
    found = [m[0] for m in _LATIN.finditer(written)]
    for match in _HAN_FORM.finditer(written):
        head = written[max(0, match.start() - 26) : match.start()]
        cuts = [m.end() for m in _HAN_CUT.finditer(head)]
        body = head[cuts[-1] :] if cuts else head
        if len(body) >= 2:
            found.append(body.lstrip("（(") + match[0])
    return found


def _by_brackets(sentence: Sentence, written: str, start: int, end: int) -> list[str]:
    """Capitalised or Chinese names in brackets right behind a party."""
    if len(written) != end - start:
        return []
    found: list[str] = []
    for cue in sentence.of("party"):
        if not start <= cue.start < end or cue.sense.value in ("we", "user", "tool", "relatives"):
            continue
        opening = _OPENING.match(sentence.text, cue.end)
        if opening is None or not opening[0].strip():
            continue
        stop = sentence.text.find(")", opening.end()) if "(" in opening[0] else -1
        stop = stop if stop >= 0 else _clause_end(sentence, opening.end())
        inside = written[opening.end() - start : min(stop, opening.end() + 160) - start]
        found.extend(n for n in _SPLIT.split(inside) if _is_name(sentence, n))
    return found


def _clause_end(sentence: Sentence, offset: int) -> int:
    for index in range(offset, len(sentence.text)):
        if sentence.text[index] in ";:。.":
            return index
    return len(sentence.text)


def _is_name(sentence: Sentence, text: str) -> bool:
    """Tell a name: few words, the first one capital; Chinese ones short and no mere role."""
    text = text.strip()
    if not text or len(text.split()) > 4 or len(text) > 40:
        return False
    if not (text[0].isupper() or "一" <= text[0] <= "鿿"):
        return False
    low = text.lower()
    if "一" <= text[0] <= "鿿" and (len(text) > 14 or text.endswith(("等", "信息", "服务"))):
        return False
    hits: list[Hit] = sentence.words.cues.find(low)
    return not any(
        h.end - h.start >= len(low) - 1 and h.sense.kind == "party" for h in hits
    ) and not (sentence.words.nouns.find(low))
