"""Find apps by a name that is only half known: label, package, developer or signer.

Candidates come from an index of grams, those that few names share first; they are then compared as
written, by the sound of Chinese and by its initials. So `xianjinbaika`, `xjbk`, 現金白卡 and
现金百卡 find 现金白卡, and `Qick Loan` finds Quick Loan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditor.batch import schema as t
from auditor.batch.names import fold, grams, is_chinese, sound

KINDS = ("label", "package", "developer", "signer")
_COMMON = 2_000
"""Names from which a gram is so common that it tells little."""
_GRAMS = 10
_CANDIDATES = 300
_LEAST = 72.0
"""Likeness, 0 to 100, from which a name is shown."""
_SHORT = 4


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


def find(
    connection: Connection, text: str, kinds: Sequence[str] = KINDS, limit: int = 50
) -> list[Hit]:
    """Give the versions whose names are most like `text`, the likest first."""
    folded = fold(text)
    if not folded:
        return []
    scored = []
    asked = Asked.of(text)
    for row in _candidates(connection, text, folded, kinds):
        score = likeness(asked, row.text, row.folded, row.sound, row.initials)
        if score >= _LEAST:
            scored.append((score, row))
    scored.sort(key=lambda pair: (-pair[0], pair[1].text, pair[1].kind))
    return _versions(connection, scored[: limit * 2], limit)


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


def _candidates(connection: Connection, text: str, folded: str, kinds: Sequence[str]) -> list[Any]:
    columns = t.names.c
    heard = sound(text)
    ids: set[int] = set()
    for same in (columns.folded == folded, columns.sound == (heard or folded)):
        exact = sa.select(columns.id).where(same).limit(_CANDIDATES)
        ids.update(row.id for row in connection.execute(exact))
    ids.update(_by_grams(connection, [*grams(folded), *grams(heard)]))
    compared = (columns.folded, columns.sound, columns.initials)
    query = sa.select(columns.id, columns.kind, columns.text, *compared).where(
        columns.id.in_(sorted(ids))
    )
    return [row for row in connection.execute(query) if row.kind in kinds]


def _by_grams(connection: Connection, every: Sequence[str]) -> list[int]:
    """Give the names that share most of the rarest grams."""
    columns = t.grams.c
    counted = []
    for gram in dict.fromkeys(every):
        some = sa.select(sa.literal(1)).where(columns.gram == gram).limit(_COMMON).subquery()
        number = connection.execute(sa.select(sa.func.count()).select_from(some)).scalar() or 0
        if number:
            counted.append((number, gram))
    counted.sort()
    rare = [gram for number, gram in counted if number < _COMMON] or [g for _, g in counted[:1]]
    if not rare:
        return []
    shared = sa.func.count().label("shared")
    query = (
        sa.select(columns.name_id, shared)
        .where(columns.gram.in_(rare[:_GRAMS]))
        .group_by(columns.name_id)
        .order_by(shared.desc(), columns.name_id)
        .limit(_CANDIDATES)
    )
    return [row.name_id for row in connection.execute(query)]


def _versions(connection: Connection, scored: Sequence[tuple[float, Any]], limit: int) -> list[Hit]:
    best = {row.id: (score, row) for score, row in reversed(scored)}
    columns, linked = t.versions.c, t.name_versions.c
    query = (
        sa.select(
            linked.name_id,
            t.apps.c.package,
            *(columns.label, columns.version_name, columns.severity, columns.sha256),
        )
        .join(t.versions, columns.id == linked.version_id)
        .join(t.apps, t.apps.c.id == columns.app_id)
        .where(linked.name_id.in_(list(best)))
        .limit(limit * 20)
    )
    found: dict[str, Hit] = {}
    for row in connection.execute(query):
        score, name = best[row.name_id]
        hit = Hit(
            round(score),
            *(name.kind, name.text, row.package, row.label, row.version_name),
            *(row.severity, row.sha256),
        )
        known = found.get(hit.sha256)
        if known is None or (-known.score, known.name) > (-hit.score, hit.name):
            found[hit.sha256] = hit
    return sorted(found.values(), key=lambda h: (-h.score, h.name, h.package, h.sha256))[:limit]
