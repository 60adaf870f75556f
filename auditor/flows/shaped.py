"""Components of a library under any name, and which of their methods the library calls.

A fragment's or worker's own methods are renamed together with the library's; what they take and
give stays. The class is told by a renamed class above it, or by what its constructor takes.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.dex import MethodInfo
from auditor.flows.app import App
from auditor.flows.knowledge import LifecycleEntry
from auditor.flows.models import descriptor, simple_type

Called = tuple[str, int, str]
"""Name, number of parameters and trigger of a method that the library calls."""


class Shaped:
    """The components of one app that are told by their shape."""

    def __init__(self, engine: App) -> None:
        """Look for the classes that each entry of `data/lifecycles` means."""
        self.engine = engine
        self.index = engine.index
        self.methods: dict[str, tuple[Called, ...]] = {}
        """Class whose objects run once they are made → the methods that are called then."""
        self.named: dict[int, list[str]] = {}
        """Method → classes that it names, of which the library makes the objects."""
        for entry in engine.know.lifecycles:
            if not entry.shapes:
                continue
            for cls in self._below(entry):
                self.methods[cls] = self._called(entry, cls)
            for cls in self._made_with(entry):
                self.methods[cls] = self._called(entry, cls)
                for method, _ in self.index.class_loads(cls):
                    self.named.setdefault(method, []).append(cls)

    def _below(self, entry: LifecycleEntry) -> list[str]:
        above = self.engine.renamed.classes.get(entry.renamed, ())
        below = {cls for kind in above for cls in self.index.all_subtypes(kind)}
        return sorted(c for c in below if not self.index.class_access(c) & 0x600)

    def _made_with(self, entry: LifecycleEntry) -> list[str]:
        """Classes with a constructor that takes just these types, where others bear the name."""
        wanted = tuple(descriptor(name) for name in entry.made_with)
        infos = [self.index.method(m) for m in self.index.methods_taking(wanted)] if wanted else []
        return sorted(
            i.cls
            for i in infos
            if i.name == "<init>"
            and i.has_code
            and i.params == wanted
            and not self.index.class_access(i.cls) & 0x600
        )

    def _called(self, entry: LifecycleEntry, cls: str) -> tuple[Called, ...]:
        """Methods of a class that override one above it, in the order of the shapes."""
        own = [i for i in self._own(cls) if self._overrides(i)]
        found: dict[tuple[str, int], str] = {}
        for shape, trigger in entry.shapes.items():
            gives, _, rest = shape.partition(" ")
            takes = [t for t in rest.strip("()").split(", ") if t]
            for info in own:
                if _fits(info, gives, takes):
                    found.setdefault((info.name, len(info.params)), trigger)
        return tuple((name, arity, trigger) for (name, arity), trigger in found.items())

    def _own(self, cls: str) -> Iterator[MethodInfo]:
        for mid in self.index.methods_of(cls):
            info = self.index.method(mid)
            if info.has_code and not info.access & 0x100A and info.name[:1] != "<":
                yield info

    def _overrides(self, info: MethodInfo) -> bool:
        above = self.index.superclass(info.cls)
        while above is not None and self.index.is_defined(above):
            if self.index.find_method(above, info.name, info.proto) is not None:
                return True
            above = self.index.superclass(above)
        return False


def _fits(info: MethodInfo, gives: str, takes: list[str]) -> bool:
    if len(info.params) != len(takes) or gives not in ("*", simple_type(info.ret)):
        return False
    return all(t in ("*", simple_type(p)) for t, p in zip(takes, info.params, strict=True))
