"""Where a person can complain: `data/complaints.yaml`, by jurisdiction."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from pydantic import ConfigDict

from auditor.catalog import DATA, Catalog, Entry
from auditor.report.words import Local


class Channel(Entry):
    """One channel; its texts by language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    jurisdiction: str
    name: dict[str, str]
    takes: dict[str, str]
    how: dict[str, str]
    source: str


@lru_cache(maxsize=1)
def _all() -> tuple[Channel, ...]:
    return Catalog(DATA).entries("complaints", Channel)


def channels(jurisdictions: Sequence[str]) -> list[Channel]:
    """Give the channels of some jurisdictions, in the order of the files."""
    wanted = {j.split("/")[0] for j in jurisdictions}
    return [channel for channel in _all() if channel.jurisdiction in wanted]


def local(texts: dict[str, str]) -> Local:
    """Make texts by language sayable."""
    return Local(tuple(sorted(texts.items())), texts.get("en", ""))
