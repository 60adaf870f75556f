"""The fifteen answers on one page: each in a line or two, with the place or sentence behind it.

In: the answers, with their exhibits. Out: rows without language. Nothing is added here that the
answers do not say; what does not fit is behind the link to the full answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.report.view import Answer, Exhibit
from auditor.report.words import Code, Said, Value, say

_QUOTE = 160
"""Characters of a sentence of the terms."""
_POINTS = {3: 3, 4: 3, 5: 3, 8: 4, 9: 2, 10: 4, 11: 2, 12: 2, 13: 3, 14: 3, 15: 6}
"""Points of an answer's list that the row repeats; of the others none is needed."""
_WITH_CODE = (1, 2, 6)
"""Answers whose row names the place in the code."""
_SENDING = 2
"""The answer whose place is where data leave."""
_WITH_SENTENCE = (7, 8)
"""Answers whose row quotes the sentence of the terms."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One answer in short."""

    number: int
    title: Said
    verdict: str
    short: Said
    points: tuple[tuple[Said, ...], ...]
    left_out: int
    place: Value | None
    """The place in the code."""
    quote: str
    more: tuple[Said, ...]


def glance(answers: Sequence[Answer]) -> tuple[Glance, ...]:
    """Shorten the answers."""
    return tuple(_row(answer) for answer in answers)


def _row(answer: Answer) -> Glance:
    wanted = _POINTS.get(answer.number, 0)
    points = answer.points[:wanted]
    left_out = len(answer.points) - len(points) + answer.points_left_out if wanted else 0
    exhibits = [shown.exhibit for shown in answer.exhibits]
    named: list[Value] = [p[0].values["name"] for p in answer.points if p[0].key == "q15.channel"]
    if named:
        points, left_out = (*points, (say("glance.channels", names=named),)), 0
    return Glance(
        answer.number,
        Said(f"glance.q{answer.number}"),
        answer.verdict,
        answer.short,
        tuple(_first(point) for point in points),
        left_out,
        _place(exhibits, -1 if answer.number == _SENDING else 0)
        if answer.number in _WITH_CODE
        else None,
        _quote(exhibits) if answer.number in _WITH_SENTENCE else "",
        answer.more[:1] if answer.number in (1, 9) else (),
    )


def _first(point: tuple[Said, ...]) -> tuple[Said, ...]:
    """Keep what a point is about; reasons stay with the full answer."""
    return point[:2]


def _place(exhibits: Sequence[Exhibit], which: int) -> Value | None:
    """Name the first place of the first code, or its last: where it sends."""
    for exhibit in exhibits:
        if exhibit.is_code and exhibit.spots:
            spot = exhibit.spots[which]
            at = say("exhibit.at", dex=Code(spot.dex), offset=spot.offset)
            return say("glance.place", method=Code(spot.method), at=at, n=exhibit.number)
    return None


def _quote(exhibits: Sequence[Exhibit]) -> str:
    for exhibit in exhibits:
        if exhibit.quote:
            cut = exhibit.quote[:_QUOTE]
            return cut if len(exhibit.quote) <= _QUOTE else f"{cut}…"
    return ""
