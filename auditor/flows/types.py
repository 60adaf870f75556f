"""Questions about types, over the app's classes and the platform's."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.dex import CodeIndex
from auditor.flows.hierarchy import framework_subtypes, framework_supertypes

_DISPATCH_MAX = 12
"""More implementations than this behind an unknown receiver are not all entered."""


class Types:
    """The class hierarchy of one app, its own classes and the platform's above them."""

    def __init__(self, index: CodeIndex) -> None:
        """Look at `index` on demand."""
        self.index = index
        self._chains: dict[str, tuple[str, ...]] = {}
        self._made: dict[str, bool] = {}
        self._implementations: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def chain(self, cls: str) -> tuple[str, ...]:
        """`cls` and its supertypes: superclasses first, nearest first, then interfaces."""
        found = self._chains.get(cls)
        if found is None:
            found = self._chains[cls] = tuple(self._walk(cls))
        return found

    def _walk(self, cls: str) -> list[str]:
        classes: list[str] = []
        at: str | None = cls
        while at and at not in classes and len(classes) < 64:
            classes.append(at)
            if self.index.is_defined(at):
                at = self.index.superclass(at)
            else:
                break
        found = dict.fromkeys(classes)
        queue = list(classes)
        while queue and len(found) < 256:
            here = queue.pop(0)
            above = (
                self.index.interfaces(here)
                if self.index.is_defined(here)
                else framework_supertypes(here)
            )
            for name in above:
                if name not in found:
                    found[name] = None
                    queue.append(name)
        found.setdefault("Ljava/lang/Object;", None)
        return list(found)

    def below(self, classes: Iterable[str]) -> set[str]:
        """The classes, and all of the app, the platform and the libraries that have them above."""
        found: set[str] = set()
        level = list(classes)
        while level:
            found.update(level)
            near = (n for c in level for n in (*self.index.subtypes(c), *framework_subtypes(c)))
            level = [cls for cls in dict.fromkeys(near) if cls not in found]
        return found

    def is_a(self, cls: str, wanted: str) -> bool:
        """Tell whether `cls` is `wanted` or a known subtype of it."""
        return cls == wanted or wanted in self.chain(cls)

    def is_made(self, cls: str) -> bool:
        """Tell whether any code of the app makes an instance of `cls`."""
        found = self._made.get(cls)
        if found is None:
            found = self._made[cls] = self.index.is_instantiated(cls)
        return found

    def implementations(self, cls: str, name: str, proto: str) -> tuple[str, ...]:
        """Types made somewhere in the app on which a call of `cls`'s method can land.

        Rapid type analysis (Bacon & Sweeney, OOPSLA 1996); at most a dozen.
        """
        key = (cls, name, proto)
        found = self._implementations.get(key)
        if found is None:
            kinds = [cls, *self.index.all_subtypes(cls)]
            made = []
            for kind in kinds:
                if self.is_made(kind) and self.index.lookup(kind, name, proto) is not None:
                    made.append(kind)
                    if len(made) > _DISPATCH_MAX:
                        break
            found = self._implementations[key] = tuple(made[:_DISPATCH_MAX])
        return found
