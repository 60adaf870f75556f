"""Mentions to data types: ambiguous words by their neighbours, broad ones by definitions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from auditor.terms.lexicon import Hit, Hypernym, TypeWords
from auditor.terms.sentences import Sentence

UNDEFINABLE = frozenset({"personal_information", "other_information"})
"""So broad that a definition ("个人信息是指…") says nothing about what is collected."""


@dataclass(frozen=True, slots=True)
class Named:
    """The data types of some mentions."""

    all: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()

    def __or__(self, other: Named) -> Named:
        """Both together, in order of first naming."""
        return Named(
            tuple(dict.fromkeys(self.all + other.all)),
            tuple(dict.fromkeys(self.exact + other.exact)),
        )


@dataclass
class Definitions:
    """What a document says its broad words include: 设备信息，包括IMEI、应用列表."""

    hypernyms: Mapping[str, Hypernym]
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    clauses: Callable[[str], Named] | None = None
    """What a reference to a clause stands for, once all clauses are known."""

    def learn(self, broad: str, members: Iterable[str]) -> None:
        """Add members to a broad word."""
        if broad not in UNDEFINABLE:
            known = self.members.get(broad, ())
            self.members[broad] = tuple(dict.fromkeys([*known, *members]))

    def resolve(self, sentence: Sentence, mentions: Iterable[Hit]) -> Named:
        """Types of mentions: as named, then what broad words imply or were said to include."""
        exact: list[str] = []
        implied: list[str] = []
        before: Hit | None = None
        for mention in mentions:
            if mention.sense.kind == "reference":
                meant = self.clauses(mention.sense.value) if self.clauses else Named()
                exact.extend(meant.exact)
                implied.extend(meant.all)
                continue
            kind = _of_contact(sentence, before, mention) or type_of(sentence, mention)
            before = mention
            if not kind:
                continue
            exact.extend([kind.split(".")[0], kind] if "." in kind else [kind])
            if mention.sense.kind == "broad":
                hypernym = self.hypernyms.get(kind)
                implied.extend(hypernym.implies if hypernym else ())
                implied.extend(self.members.get(kind, ()))
        named = tuple(dict.fromkeys(exact))
        return Named(tuple(dict.fromkeys([*named, *implied])), named)


_ALL = ("任何", "其他", "其它", "所有", "全部", "任何其他")
"""Before 联系人信息 these speak of the address book, not of the few who are filled in."""


def type_of(sentence: Sentence, mention: Hit) -> str:
    """The type of one mention; `near` words of its entry decide between two readings."""
    entry = mention.sense.entry
    if isinstance(entry, TypeWords) and entry.near and entry.near_type:
        if sentence.text[: mention.start].endswith(_ALL):
            return entry.near_type
        around = sentence.text[: mention.start] + " " + sentence.text[mention.end :]
        whole = sentence.text[max(0, mention.start - 60) : mention.end + 60]
        if any(w.lower() in whole for w in entry.near) and not any(
            w in around for w in entry.unless
        ):
            return entry.near_type
    return mention.sense.value


_NAMES = re.compile(
    r"(?:的|之|'s )?(?:(?:全名|姓名|名称|名字|关系|称谓|身份|职业|full names?|names?|relationship)?"
    r"(?:、|和|及|与|以及|或|/|, and |, | and | & | or )?){0,4}(?:their |the |其)?(?:手机|移动)?$"
)


_OWNERS = ("的", "之", "姓名", "名称", "名字", "关系", "name", "'s ")


def _of_contact(sentence: Sentence, before: Hit | None, mention: Hit) -> str:
    """The type of a telephone number that belongs to a contact: 联系人姓名和电话号码."""
    if before is None or mention.sense.value != "phone_number":
        return ""
    owner = type_of(sentence, before)
    if owner.split(".")[0] not in ("contacts", "emergency_contact"):
        return ""
    gap = sentence.text[before.end : mention.start]
    named = sentence.text[before.start : mention.start]
    if len(gap) < 60 and any(word in gap for word in (" their ", " whose ")):
        return "contacts.phone" if owner.startswith("contacts") else "emergency_contact"
    if not _NAMES.match(gap) or not any(w in named for w in _OWNERS):
        return ""
    return "contacts.phone" if owner.startswith("contacts") else "emergency_contact"
