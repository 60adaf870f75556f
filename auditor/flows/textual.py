"""Methods that only turn texts into texts, such as those of Kotlin's library under any name.

One whose texts are not constant gives an unknown text with the data of those that go in: walking
through its loops says nothing more. Straight code is walked through, since it may put an address
together.
"""

from __future__ import annotations

from auditor.dex import CodeIndex, MethodInfo
from auditor.flows import texts

_DEEP, _MANY = 6, 40
"""How deep, and to how many methods, calls are followed."""
_LONGEST = 600
_PLAIN = frozenset("ZBSCIJFD")
_TEXTS = frozenset((texts.STRING, "Ljava/lang/CharSequence;", "[C"))
_STATICS = range(0x67, 0x6E)
_NOT_PLAIN = frozenset(
    f"Ljava/lang/{name};"
    for name in ("Class", "ClassLoader", "Runtime", "ProcessBuilder", "System", "ThreadGroup")
)
_PACKAGES = ("Ljava/lang/", "Ljava/util/regex/", "Ljava/util/Locale;", "Ljava/util/Arrays;")
_FRAMES = frozenset(("currentThread", "getStackTrace"))


class Textual:
    """Which methods of one app only work on texts, and do so in a loop."""

    def __init__(self, index: CodeIndex) -> None:
        """Nothing is known yet."""
        self.index = index
        self._loops: dict[int, bool | None] = {}
        self._known: dict[int, bool] = {}

    def is_textual(self, method: MethodInfo) -> bool:
        """Tell whether a static method takes and gives texts and loops over them."""
        found = self._known.get(method.id)
        if found is None:
            found = self._known[method.id] = self._decided(method)
        return found

    def _decided(self, method: MethodInfo) -> bool:
        if not method.access & 0x8 or method.ret not in _TEXTS | _PLAIN or not method.params:
            return False
        if not all(p in _TEXTS or p in _PLAIN for p in method.params):
            return False
        if not any(p in _TEXTS for p in method.params):
            return False
        seen: set[int] = set()
        return self._only_computes(method.id, 0, seen) and any(self._loops[m] for m in seen)

    def _only_computes(self, method: int, depth: int, seen: set[int]) -> bool:
        if method in seen:
            return True
        seen.add(method)
        if depth > _DEEP or len(seen) > _MANY or self._loop(method) is None:
            return False
        for callee in {c for _, c in self.index.callees(method)}:
            info = self.index.method(callee)
            if self.index.is_defined(info.cls):
                found = self.index.lookup(info.cls, info.name, info.proto)
                if found is None or not self._only_computes(found, depth + 1, seen):
                    return False
            elif info.cls == "Ljava/lang/Thread;":
                if info.name not in _FRAMES:
                    return False
            elif info.cls in _NOT_PLAIN or not info.cls.startswith(_PACKAGES):
                return False
        return True

    def _loop(self, method: int) -> bool | None:
        """Whether a body jumps back; None where it stores into statics, is long or is none."""
        if method not in self._loops:
            self._loops[method] = self._scanned(method)
        return self._loops[method]

    def _scanned(self, method: int) -> bool | None:
        if self.index.size(method) > _LONGEST:
            return None
        code = self.index.code(method)
        if code is None:
            return None
        if any(i.op in _STATICS for i in code.insns):
            return None
        return any(i.target is not None and i.target < i.offset for i in code.insns)
