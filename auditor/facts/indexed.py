"""The questions of the facts, answered by the bytecode index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from auditor.dex import CodeIndex, Insn
from auditor.facts.shapes import shape_of
from auditor.model import CodePlace

_BEHIND = 30
"""Instructions before a call in which its constants are looked for."""


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

    def holds_string(self, text: str) -> bool:
        """Tell whether a string table holds exactly this text."""
        return self._index.holds_string(text)

    def loads_of(self, text: str) -> Sequence[CodePlace]:
        """Instructions that load exactly this string, sorted."""
        return self._places(self._index.string_loads(text))

    def calls_of(self, owner: str, name: str) -> Sequence[CodePlace]:
        """Instructions that call the method `name` (any signature) of class `owner`, sorted."""
        index = self._index
        return self._places(
            site for mid in index.methods_referenced(owner, name) for site in index.callers(mid)
        )

    def field_reads_of(self, owner: str, name: str) -> Sequence[CodePlace]:
        """Instructions that read the field `name` (any type) of class `owner`, sorted."""
        index = self._index
        return self._places(
            site
            for fid in index.fields_named(name)
            if index.field(fid).cls == owner
            for site in index.field_reads(fid)
        )

    def field_owners(self, name: str) -> Sequence[str]:
        """Defined classes that have a field of this name, sorted."""
        infos = [self._index.field(fid) for fid in self._index.fields_named(name)]
        return sorted({info.cls for info in infos if info.defined})

    def field_annotation_texts(self, wanted: Collection[str]) -> Iterable[tuple[str, str]]:
        """(class, text) of the annotations of fields that hold one of the texts wanted."""
        index = self._index
        for cls in index.classes():
            for fid in index.annotated_fields(cls):
                for annotation in index.field_annotations(fid):
                    for _, value in annotation.elements:
                        if isinstance(value, str) and value in wanted:
                            yield cls, value

    def annotated(self, annotation: str) -> Iterable[tuple[str, str]]:
        """(class, method name) of the defined methods that bear an annotation (descriptor)."""
        index = self._index
        if not index.holds_string(annotation):
            return
        for cls in index.classes():
            for mid in index.annotated_methods(cls):
                if any(a.type == annotation for a in index.method_annotations(mid)):
                    yield cls, index.method(mid).name

    def named_objects(self, owner: str, name: str) -> Iterable[tuple[str, str]]:
        """(text, class) of the calls of a method that get a constant text and a new object."""
        index = self._index
        for mid in index.methods_referenced(owner, name):
            for caller, offset in index.callers(mid):
                code = index.code(caller)
                if code is None or offset not in code.index_at:
                    continue
                at = code.index_at[offset]
                held: dict[int, str] = {}
                for insn in code.insns[max(0, at - _BEHIND) : at]:
                    if insn.name.startswith(("const-string", "new-instance", "sget-object")):
                        held[insn.regs[0]] = self._made(insn)
                given = [held[r] for r in code.insns[at].regs[1:] if r in held]
                if len(given) == 2 and given[1].startswith("L"):
                    yield given[0], given[1]

    def _made(self, insn: Insn) -> str:
        """The text or the class that an instruction puts into its register."""
        if insn.name == "sget-object" and isinstance(insn.ref, int):
            return self._index.field(insn.ref).type
        return str(insn.ref)

    def texts_in(self, method: str) -> Sequence[str]:
        """Constant texts that a method, by its signature, loads; in order."""
        mid = self._index.method_id(method)
        code = self._index.code(mid) if mid is not None else None
        if code is None:
            return ()
        return [str(i.ref) for i in code.insns if i.name.startswith("const-string")]

    def implementors(self, descriptor: str) -> Sequence[str]:
        """Defined classes that implement or extend `descriptor`, directly or not, sorted."""
        return self._index.all_subtypes(descriptor)

    def prototypes(self, owner: str) -> Sequence[str]:
        """Prototypes of the methods that a class defines, in order of definition."""
        return [self._index.method(mid).proto for mid in self._index.methods_of(owner)]

    def body_shape(self, owner: str, name: str) -> str:
        """Tell how trivial the bodies of `owner`'s methods called `name` are: see `facts.Code`."""
        shapes = {
            shape_of(self._index, mid)
            for mid in self._index.methods_of(owner)
            if self._index.method(mid).name == name and self._index.method(mid).has_code
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
