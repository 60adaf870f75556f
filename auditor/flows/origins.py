"""Where a host that is not in the package can come from: what code near the request reads.

The data flow knows that the host is set at run time, not whence. Near is: the method that sends,
the methods that it asks for texts, then its callers likewise, two steps up. The nearest step that
reads anything counts. A hint for readers; no value is followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.catalog import Catalog, Entry

if TYPE_CHECKING:
    from auditor.dex import CodeIndex

_UP = 2
_WIDTH, _INSIDE, _MOST = 12, 30, 4
"""Callers of one step, methods asked for texts by one method, origins that are named."""
_STRING = "Ljava/lang/String;"
_BEHIND = 40
"""Instructions before a call in which the constant of its key is looked for."""


class OriginEntry(Entry):
    """Calls from which a value comes at run time (`origins/`)."""

    words: str
    key: int
    """Position of the declared parameter that names what is asked for; -1: none."""
    calls: tuple[str, ...]


class Origins:
    """Asks the code around a request."""

    def __init__(self, index: CodeIndex, catalog: Catalog) -> None:
        """Read `origins/`."""
        self._index = index
        self._known: dict[tuple[str, str], OriginEntry] = {}
        for entry in catalog.entries("origins", OriginEntry):
            for call in entry.calls:
                cls, _, name = call.rpartition(".")
                self._known[f"L{cls.replace('.', '/')};", name] = entry

    def near(self, method: int) -> tuple[tuple[str, str], ...]:
        """Give (id, words) of what is read near a method: `preference:host`, `a stored …`."""
        wave, seen = [method], {method}
        for _ in range(_UP + 1):
            found: dict[str, str] = {}
            for each in wave:
                found |= self._reads(each)
                for inner in self._asked(each):
                    found |= self._reads(inner)
                if self._is_native(each):
                    found["native:"] = "native code"
            if found:
                return tuple(sorted(found.items()))[:_MOST]
            callers = {c for m in wave for c, _ in self._index.callers(m)} - seen
            wave = sorted(callers)[:_WIDTH]
            seen |= callers
        return ()

    def _asked(self, method: int) -> list[int]:
        """Methods of the app that a method asks for texts."""
        index = self._index
        found: dict[int, None] = {}
        for _, callee in index.callees(method):
            info = index.method(callee)
            if info.ret == _STRING and info.defined:
                found[callee] = None
        return list(found)[:_INSIDE]

    def _is_native(self, method: int) -> bool:
        """Tell whether the method asks native code of the app for a text."""
        return any(self._index.method(m).access & 0x100 for m in self._asked(method))

    def _reads(self, method: int) -> dict[str, str]:
        index = self._index
        found: dict[str, str] = {}
        for offset, callee in index.callees(method):
            info = index.method(callee)
            entry = self._known.get((info.cls, info.name))
            if entry is not None:
                key = self._key(method, offset, entry.key)
                words = f"{entry.words} ({key!r})" if key else entry.words
                found[f"{entry.id}:{key}"] = words
        return found

    def _key(self, method: int, offset: int, position: int) -> str:
        code = self._index.code(method)
        if position < 0 or code is None or offset not in code.index_at:
            return ""
        at = code.index_at[offset]
        call = code.insns[at]
        place = position + ("static" not in call.name)
        if place >= len(call.regs):
            return ""
        for insn in reversed(code.insns[max(0, at - _BEHIND) : at]):
            if insn.regs[:1] == (call.regs[place],) and not insn.name.startswith("invoke"):
                return str(insn.ref)[:60] if insn.name.startswith("const-string") else ""
        return ""
