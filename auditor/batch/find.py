"""Find apps by a name that is only half known: label, package, developer or signer.

Candidates come from an index of grams: of the grams that fewest names hold, those names that hold
most, the shortest first. They are then compared as written, by the sound of Chinese and by its
initials. So `xianjinbaika`, `xjbk`, 現金白卡 and
现金百卡 find 现金白卡, and `Qick Loan` finds Quick Loan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditor.batch import schema as t
from auditor.batch.names import fold, grams, is_chinese, sound

KINDS = ("label", "package", "developer", "signer")
_HELD = 1_000
"""Names that are read for one gram, the shortest of those that are not too short."""
_GRAMS, _ASKED = 12, 60
"""Grams by which names are found, and of each form those of which the rarest are taken."""
_SHORTER = 3
"""Letters by which a name may be shorter than what is looked for."""
_CANDIDATES = 400
"""Names that are compared, at least; four for each app that is wanted."""
_LEAST = 72.0
"""Likeness, 0 to 100, from which a name is shown."""
_SHORT = 4
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Hit:
    """One version of an app, and the name by which it was found."""

    score: int
    """Likeness of the name, 0 to 100."""
    kind: str
    name: str
    package: str
    label: str
    version: str
    severity: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, the likest first."""

    hits: tuple[Hit, ...]
    more: bool
    """More apps than these are called alike."""
    uncompared: bool
    """More names hold what was looked for than were compared: likelier ones may be missing."""


def find(connection: Connection, text: str, kinds: Sequence[str] = KINDS, limit: int = 50) -> Found:
    """Give the versions whose names are most like `text`, at most `limit`."""
    folded = fold(text)
    if not folded:
        return Found((), False, False)
    scored = []
    asked = Asked.of(text)
    rows, cut = _candidates(connection, text, folded, kinds, max(_CANDIDATES, 4 * limit))
    for row in rows:
        score = likeness(asked, row.text, row.folded, row.sound, row.initials)
        if score >= _LEAST:
            scored.append((score, row))
    scored.sort(key=lambda pair: (-pair[0], pair[1].text, pair[1].kind))
    hits, more = _versions(connection, scored, limit)
    return Found(hits, more, cut)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for, in the forms in which names are compared."""

    folded: str
    spoken: str
    """Its sound, or itself: people write pinyin."""
    chinese: bool

    @classmethod
    def of(cls, text: str) -> Asked:
        """Take what the user typed."""
        return cls(fold(text), sound(text) or fold(text), is_chinese(text))


def likeness(asked: Asked, text: str, folded: str, heard: str, first: str) -> float:
    """Compare a name with what is looked for, 0 to 100: as written, by sound, by initials.

    100 is the same name, 90 and more one that holds it; under that, edits count.
    """
    from rapidfuzz import fuzz

    one = asked.folded
    if one == folded:
        return 100.0
    found = [fuzz.ratio(one, folded)]
    if one in folded and len(one) >= 2:
        found.append(90.0 + 9.0 * len(one) / len(folded))
    if len(one) >= _SHORT and not heard:
        found += [fuzz.ratio(one, fold(word)) - 4.0 for word in text.replace(".", " ").split()]
    if heard:
        spoken = asked.spoken
        if spoken == heard:
            found.append(96.0)
        elif spoken in heard and len(spoken) >= _SHORT:
            found.append(86.0 + 9.0 * len(spoken) / len(heard))
        found.append(fuzz.ratio(spoken, heard) - 4.0)
        if not asked.chinese and len(one) >= 2 and one == first:
            found.append(85.0)
    return max(found)


def _candidates(
    connection: Connection, text: str, folded: str, kinds: Sequence[str], most: int
) -> tuple[list[Any], bool]:
    """Give names to compare, and whether there are more of them than `most`."""
    columns = t.names.c
    heard = sound(text)
    ids: set[int] = set()
    for same in (columns.folded == folded, columns.sound == (heard or folded)):
        exact = sa.select(columns.id).where(same).limit(most)
        ids.update(row.id for row in connection.execute(exact))
    near, cut = _by_grams(connection, (folded, heard), most)
    ids.update(near)
    compared = (columns.folded, columns.sound, columns.initials)
    query = sa.select(columns.id, columns.kind, columns.text, *compared)
    rows: list[Any] = []
    every = sorted(ids)
    for start in range(0, len(every), _CHUNK):
        part = query.where(columns.id.in_(every[start : start + _CHUNK]))
        rows += [row for row in connection.execute(part) if row.kind in kinds]
    return rows, cut


def _by_grams(connection: Connection, forms: Sequence[str], most: int) -> tuple[list[int], bool]:
    """Give the names that share most of the rarest grams, and whether as good ones were cut off."""
    least = {
        gram: max(1, len(form) - _SHORTER) for form in forms for gram in islice(grams(form), _ASKED)
    }
    if len(least) > _GRAMS:
        least = _rarest(connection, least)
    if not least:
        return [], False
    held = sa.union_all(*(sa.select(_held(*pair)) for pair in least.items())).subquery()
    shared = sa.func.count().label("shared")
    query = (
        sa.select(held.c.name_id, shared, sa.func.sum(sa.func.count()).over().label("read"))
        .group_by(held.c.name_id)
        .order_by(shared.desc(), sa.func.min(held.c.size), held.c.name_id)
        .limit(most + 1)
    )
    found = [(r.name_id, r.shared, r.read) for r in connection.execute(query)]
    cut = len(found) > most and found[most][1] == found[0][1]
    every = bool(found) and found[0][2] == _HELD * len(least)
    return [name for name, _, _ in found[:most]], cut or every


def _rarest(connection: Connection, least: Mapping[str, int]) -> dict[str, int]:
    """Give the grams that fewest names hold; those that none holds tell nothing."""
    counts = sa.union_all(
        *(
            sa.select(sa.literal(gram).label("gram"), sa.func.count().label("number")).select_from(
                _held(gram, size)
            )
            for gram, size in least.items()
        )
    )
    counted = sorted((r.number, r.gram) for r in connection.execute(counts) if r.number)
    return {gram: least[gram] for _, gram in counted[:_GRAMS]}


def _held(gram: str, size: int) -> sa.Subquery:
    """Names that hold a gram in a form of at least so many letters."""
    columns = t.grams.c
    return (
        sa.select(columns.name_id, columns.size)
        .where(columns.gram == gram, columns.size >= size)
        .order_by(columns.size, columns.name_id)
        .limit(_HELD)
        .subquery()
    )


def _versions(
    connection: Connection, scored: Sequence[tuple[float, Any]], limit: int
) -> tuple[tuple[Hit, ...], bool]:
    """Give the versions of the likest names, and whether there are more; each by its best name."""
    found: dict[str, Hit] = {}
    for start in range(0, len(scored), limit):
        for hit in _named(connection, scored[start : start + limit], limit + 1):
            known = found.get(hit.sha256)
            if known is None or (-known.score, known.name) > (-hit.score, hit.name):
                found[hit.sha256] = hit
        if len(found) > limit:
            break
    hits = sorted(found.values(), key=lambda h: (-h.score, h.name, h.package, h.sha256))
    return tuple(hits[:limit]), len(hits) > limit


def _named(connection: Connection, scored: Sequence[tuple[float, Any]], most: int) -> Iterator[Hit]:
    """Give the versions of some names, of each at most `most`: a signer may have very many."""
    best = {row.id: (score, row) for score, row in scored}
    columns, linked = t.versions.c, t.name_versions.c
    number = sa.func.row_number().over(partition_by=linked.name_id, order_by=linked.version_id)
    some = (
        sa.select(linked.name_id, linked.version_id, number.label("number"))
        .where(linked.name_id.in_(list(best)))
        .subquery()
    )
    query = (
        sa.select(
            some.c.name_id,
            t.apps.c.package,
            *(columns.label, columns.version_name, columns.severity, columns.sha256),
        )
        .join(t.versions, columns.id == some.c.version_id)
        .join(t.apps, t.apps.c.id == columns.app_id)
        .where(some.c.number <= most)
    )
    for row in connection.execute(query):
        score, name = best[row.name_id]
        yield Hit(
            round(score),
            *(name.kind, name.text, row.package, row.label, row.version_name),
            *(row.severity, row.sha256),
        )
