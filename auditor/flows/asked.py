"""Annotations of a renamed library, told by the library's own code that asks for them.

A library that works by annotations tests each of them (`instance-of`), in the order of its source,
and near the test stand the texts of its messages. In: methods that load such texts. Out: descriptor
of the annotation's class → the name it had.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from auditor.dex import CodeIndex, MethodCode
from auditor.flows.knowledge import RenamedQuestions

_INSTANCE_OF = 0x20
_STRINGS = (0x1A, 0x1B)
_ANNOTATION = 0x2000
_PINNED = 3
"""So many of the annotations must be told by their texts before the others go by order."""


def asked_annotations(index: CodeIndex, row: RenamedQuestions) -> dict[str, str]:
    """Names of the annotation classes that some method tests as the row describes it."""
    found: dict[str, str] = {}
    loading: set[int] = set()
    for text in row.texts:
        loading.update(m for m, _ in index.string_loads(text))
    for method in sorted(loading):
        code = index.code(method)
        if code is not None:
            for type_, name in _named(_sections(index, code), row).items():
                found.setdefault(type_, name)
    return found


def _sections(index: CodeIndex, code: MethodCode) -> list[tuple[str, set[str]]]:
    """Each annotation class that is tested, with the texts up to the next test, in order."""
    sections: list[tuple[str, set[str]]] = []
    for insn in code.insns:
        if not isinstance(insn.ref, str):
            continue
        if insn.op == _INSTANCE_OF:
            if index.is_defined(insn.ref) and index.class_access(insn.ref) & _ANNOTATION:
                sections.append((insn.ref, set()))
        elif insn.op in _STRINGS and sections:
            sections[-1][1].add(insn.ref)
    return sections


def _named(sections: Sequence[tuple[str, set[str]]], row: RenamedQuestions) -> Mapping[str, str]:
    """The sections that texts tell; between two of them the others, where their number fits."""
    pinned: dict[int, int] = {}
    for place, (_, texts) in enumerate(sections):
        told = {row.texts[t] for t in texts if t in row.texts}
        if len(told) == 1:
            pinned[place] = row.order.index(told.pop())
    if len(pinned) < _PINNED:
        return {}
    total = {sections[place][0]: row.order[rank] for place, rank in pinned.items()}
    places = sorted(pinned)
    for first, last in _pairs(places):
        between = range(pinned[first] + 1, pinned[last])
        if len(between) == last - first - 1:
            for place, rank in zip(range(first + 1, last), between, strict=True):
                total.setdefault(sections[place][0], row.order[rank])
    return total


def _pairs(places: Sequence[int]) -> Iterable[tuple[int, int]]:
    return zip(places, places[1:], strict=False)
