"""Check rule packs beyond their schema: dates, weights, grades, permissions, ids.

In: the knowledge, with a user's packs in it. Out: pairs of what is wrong where, and what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from auditor.verdicts.knowledge import Knowledge
from auditor.verdicts.provisions import ATTACHING, WEIGHTS, Instrument, Provision

STATUSES = {*ATTACHING, "draft", "phased", "unverified", "not_found"}
FORCES = {"prohibited", "restricted", "duty"}
_PREFIX = "android.permission."

Found = Iterator[tuple[str, str]]


def check_texts(knowledge: Knowledge) -> Found:
    """Check every instrument and provision."""
    types = set(knowledge.ontology.names)
    permissions = set(knowledge.ontology.permissions)
    chosen = {sign.id for sign in knowledge.jurisdictions}
    seen: set[str] = set()
    for instrument in knowledge.instruments:
        for what in _instrument(instrument, chosen):
            yield instrument.id, what
        for provision in instrument.provisions:
            if provision.id in seen:
                yield provision.id, "the id stands twice"
            seen.add(provision.id)
            for what in (
                *_provision(provision, instrument),
                *_named(provision, types, permissions),
            ):
                yield provision.id, what


def _instrument(instrument: Instrument, chosen: Collection[str]) -> Iterator[str]:
    start, end = instrument.effective_from, instrument.effective_to
    if instrument.weight not in WEIGHTS:
        near = did_you_mean(instrument.weight, WEIGHTS)
        yield f"weight: {instrument.weight!r} is none that is known{near}"
    if instrument.status not in STATUSES:
        near = did_you_mean(instrument.status, STATUSES)
        yield f"status: {instrument.status!r} is none that is known{near}"
    if start and end and end < start:
        yield f"effective_to: {end} is before effective_from, {start}: it was never in force"
    if instrument.status == "repealed" and not end:
        yield "status: repealed, but effective_to does not say until when it was in force"
    if instrument.jurisdiction not in chosen:
        yield (
            f"jurisdiction: no signs of {instrument.jurisdiction!r} in data/jurisdictions, "
            "so only --jurisdiction can choose it; add an entry with `languages`, `words`, `hosts`"
        )


def _provision(provision: Provision, instrument: Instrument) -> Iterator[str]:
    if not provision.id.startswith(f"{instrument.id}."):
        yield f"the id must begin with {instrument.id!r} and a dot"
    if provision.force not in FORCES:
        near = did_you_mean(provision.force, FORCES)
        yield f"force: {provision.force!r} is none of {', '.join(sorted(FORCES))}{near}"
    if provision.auto_trigger and not provision.verified:
        yield "auto_trigger: it cannot attach by itself while `verified` is false"
    if provision.auto_trigger and instrument.grade == "none":
        yield "auto_trigger: it cannot attach by itself while the text's grade is none"
    if provision.anchor and not provision.auto_trigger:
        yield "anchor: a provision that does not attach by itself is never cited first"
    for language, text in (("en", provision.says.en), ("zh", provision.says.zh)):
        if not text.strip():
            yield f"says.{language} is empty"


def _named(
    provision: Provision, types: Collection[str], permissions: Collection[str]
) -> Iterator[str]:
    for name in provision.data_types:
        if name not in types:
            yield f"no data type {name!r}{did_you_mean(name, types)}"
    for name in provision.permissions:
        if not name.startswith(_PREFIX) or "." in name.removeprefix(_PREFIX):
            near = did_you_mean(_PREFIX + name.rpartition(".")[2], permissions)
            yield f"permissions: {name!r} is no full name like {_PREFIX}READ_CONTACTS{near}"


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Name the nearest known word, when one is near."""
    close = get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
