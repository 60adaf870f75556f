"""Cross references as columns: who refers to what, answered by two `searchsorted` calls."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Pairs = list[tuple[int, int]]


class XrefTable:
    """Rows (owner method, code-unit offset, target), in order of owner and offset."""

    def __init__(self, owner: Ints, offset: Ints, target: Ints) -> None:
        """Take columns that are already in order."""
        self.owner, self.offset, self.target = owner, offset, target

    def __len__(self) -> int:
        """Number of references."""
        return int(self.owner.size)

    @cached_property
    def _by_target(self) -> tuple[Ints, Ints]:
        order = self.target.argsort(kind="stable").astype(np.int32)
        return self.target[order], order

    def sites(self, target: int) -> Pairs:
        """(owner, offset) of every reference to `target`."""
        targets, order = self._by_target
        wanted = np.int32(target)  # of the column's own type: else the whole column is converted
        rows = order[targets.searchsorted(wanted, "left") : targets.searchsorted(wanted, "right")]
        return list(zip(self.owner[rows].tolist(), self.offset[rows].tolist(), strict=True))

    def is_target(self, target: int) -> bool:
        """Tell whether anything refers to `target`."""
        targets, _ = self._by_target
        at = int(targets.searchsorted(np.int32(target)))
        return at < targets.size and int(targets[at]) == target

    def targets(self, owner: int) -> Pairs:
        """(offset, target) of every reference inside `owner`."""
        wanted = np.int32(owner)
        low = self.owner.searchsorted(wanted, "left")
        high = self.owner.searchsorted(wanted, "right")
        return list(
            zip(self.offset[low:high].tolist(), self.target[low:high].tolist(), strict=True)
        )

    def owners(self, targets: Iterable[int]) -> Ints:
        """Every owner that refers to one of `targets`, ascending, each once."""
        wanted = np.unique(np.fromiter(targets, dtype=np.int32))
        values, order = self._by_target
        low, high = values.searchsorted(wanted, "left"), values.searchsorted(wanted, "right")
        counts = high - low
        before = np.cumsum(counts) - counts
        rows = np.repeat(low - before, counts) + np.arange(int(counts.sum()))
        return np.unique(self.owner[order[rows]])

    def used(self) -> Ints:
        """Every target that is referred to, ascending, each once."""
        targets, _ = self._by_target
        return np.unique(targets)
