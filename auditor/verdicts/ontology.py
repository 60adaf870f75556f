"""Which words cover which data types, and how far away they are.

The graph has one root, `personal_information`. Broader words (`data/lexicon/hypernyms/`) lie
between the root and the data types of `data/data_types.yaml`; a dotted id lies under its prefix.
Distances are the edges of this graph after edges that a longer path implies were removed, as
PoliCheck counts them (Andow et al., USENIX Security 2020, section 3.3).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ConfigDict

from auditor.catalog import Catalog, Entry
from auditor.model import DataType

ROOT = DataType("personal_information")


class BroaderWord(Entry):
    """A word for several data types; keys that only the reading of terms needs are left aside."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    covers: tuple[str, ...] = ()
    en: str = ""
    zh: str = ""


class OpenWords(Entry):
    """Words of one language by which a list is left open."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Ontology:
    """Data types and broader words as a graph from narrow to broad."""

    parents: Mapping[str, tuple[str, ...]]
    names: Mapping[str, Mapping[str, str]]
    """Words for readers: id, then language."""
    permissions: Mapping[str, tuple[DataType, ...]]
    """What a permission opens."""
    open_words: tuple[str, ...] = ()
    """Words that leave a list of data open, in every language."""

    def top(self, data_type: str) -> DataType:
        """Give the type of the first level that `data_type` lies under."""
        return DataType(data_type.split(".", 1)[0])

    def distance(self, narrow: str, broad: str) -> int | None:
        """Count the edges from `narrow` up to `broad`; None when it does not lie under it."""
        return self._ancestors(narrow).get(broad)

    def vagueness(self, narrow: str, broad: str) -> float:
        """Give PoliCheck's measure, 0 (the type itself) to 1 (the root).

        d(narrow, broad) / (d(narrow, broad) + d(broad, root)); 1 when `broad` does not cover it.
        """
        up = self.distance(narrow, broad)
        if up is None:
            return 1.0
        rest = self.distance(broad, ROOT) or 0
        return round(up / (up + rest), 3) if up else 0.0

    def nearest_cover(self, data_types: Iterable[str], narrow: str) -> str:
        """Give the broader word nearest to `narrow` that covers all `data_types`."""
        wanted = sorted(set(data_types) | {narrow})
        above = self._ancestors(narrow)
        common = [
            (steps, word)
            for word, steps in above.items()
            if steps and all(self.distance(t, word) is not None for t in wanted)
        ]
        return min(common)[1] if common else ROOT

    def name(self, data_type: str, language: str) -> str:
        """Give the reader's word for a type; its id when none is known."""
        return self.names.get(data_type, {}).get(language, data_type)

    def _ancestors(self, narrow: str) -> dict[str, int]:
        if narrow not in self._cache:
            found, queue = {narrow: 0}, deque([narrow])
            while queue:
                here = queue.popleft()
                for parent in self._up(here):
                    if parent not in found:
                        found[parent] = found[here] + 1
                        queue.append(parent)
            self._cache[narrow] = found
        return self._cache[narrow]

    def _up(self, data_type: str) -> tuple[str, ...]:
        if data_type in self.parents:
            return self.parents[data_type]
        if "." in data_type:
            return (data_type.rsplit(".", 1)[0],)
        return () if data_type == ROOT else (ROOT,)

    @cached_property
    def _cache(self) -> dict[str, dict[str, int]]:
        return {}


def load_ontology(catalog: Catalog) -> Ontology:
    """Build the graph from `data/data_types.yaml` and `data/lexicon/hypernyms/`."""
    entries: list[dict[str, Any]] = list(catalog.table("data_types.yaml")["entries"])
    words = catalog.entries("lexicon/hypernyms", BroaderWord)
    names = {str(e["id"]): {"en": str(e["en"]), "zh": str(e["zh"])} for e in entries}
    names |= {w.id: {"en": w.en, "zh": w.zh} for w in words if w.en and w.id not in names}
    opens: dict[str, list[DataType]] = {}
    for entry in entries:
        for permission in entry.get("permissions", ()):
            opens.setdefault(str(permission), []).append(DataType(str(entry["id"])))
    covers = {w.id: frozenset(w.covers) - {w.id} for w in words}
    return Ontology(
        parents=_parents(sorted(names), covers),
        names=names,
        permissions={p: tuple(sorted(types)) for p, types in sorted(opens.items())},
        open_words=tuple(w for e in catalog.entries("open_words", OpenWords) for w in e.words),
    )


def _parents(
    ids: Iterable[str], covers: Mapping[str, frozenset[str]]
) -> dict[str, tuple[str, ...]]:
    """Give the direct parents of each id: those that no other parent of it lies under."""
    result: dict[str, tuple[str, ...]] = {ROOT: ()}
    for id_ in ids:
        if id_ == ROOT:
            continue
        if "." in id_:
            result[id_] = (id_.rsplit(".", 1)[0],)
            continue
        above = {word for word, members in covers.items() if id_ in members} or {ROOT}
        direct = {w for w in above if not any(v in covers.get(w, ()) for v in above - {w})}
        result[id_] = tuple(sorted(direct or above))
    return result
