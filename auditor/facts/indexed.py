"""The questions of the facts, answered by the bytecode index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.dex import CodeIndex, MethodCode
from auditor.model import CodePlace

_NOP, _RETURN_VOID, _RETURN, _CONST_4, _CONST_16 = 0x00, 0x0E, 0x0F, 0x12, 0x13
_MOST_CODE = 4
"""A body that only returns has fewer instructions than this."""


class IndexedCode:
    """`facts.Code` over a `CodeIndex`."""

    def __init__(self, index: CodeIndex) -> None:
        """Ask `index`."""
        self._index = index

    def classes(self) -> Iterable[str]:
        """Descriptors of every defined class."""
        return self._index.classes()

    def strings(self) -> Iterable[str]:
        """Every string constant of the string tables, used or not."""
        return self._index.strings()

    def strings_containing(self, needle: bytes) -> Iterable[str]:
        """String constants that contain `needle`."""
        return self._index.strings_containing(needle)

    def loads_of(self, text: str) -> Sequence[CodePlace]:
        """Instructions that load exactly this string, sorted."""
        return self._places(self._index.string_loads(text))

    def calls_of(self, owner: str, name: str) -> Sequence[CodePlace]:
        """Instructions that call the method `name` (any signature) of class `owner`, sorted."""
        index = self._index
        return self._places(
            site
            for mid in index.methods_named(name)
            if index.method(mid).cls == owner
            for site in index.callers(mid)
        )

    def implementors(self, descriptor: str) -> Sequence[str]:
        """Defined classes that implement or extend `descriptor`, directly or not, sorted."""
        return self._index.all_subtypes(descriptor)

    def body_shape(self, owner: str, name: str) -> str:
        """Tell how trivial the bodies of `owner`'s methods called `name` are: see `facts.Code`."""
        index = self._index
        shapes = {
            _shape(code)
            for mid in index.methods_of(owner)
            if index.method(mid).name == name and (code := index.code(mid))
        }
        if not shapes:
            return ""
        return shapes.pop() if len(shapes) == 1 else "other"

    def _places(self, sites: Iterable[tuple[int, int]]) -> tuple[CodePlace, ...]:
        index = self._index
        return tuple(
            sorted(
                CodePlace(index.signature(caller), offset, index.method_dex(caller))
                for caller, offset in sites
            )
        )


def _shape(code: MethodCode) -> str:
    insns = [insn for insn in code.insns[:_MOST_CODE] if insn.op != _NOP]
    if len(code.insns) >= _MOST_CODE or not insns:
        return "other"
    if [insn.op for insn in insns] == [_RETURN_VOID]:
        return "empty"
    match insns:
        case [constant, end] if constant.op in (_CONST_4, _CONST_16) and end.op == _RETURN:
            if constant.regs == end.regs and constant.literal in (0, 1):
                return "true" if constant.literal else "false"
    return "other"
