"""The bytecode index: every question that a stage asks of an app's code.

In: the bytes of the DEX files. Out: methods, fields, strings and classes of all of them as one
address space, who refers to what, and single methods decoded on demand. Types are JVM descriptors
(`Lcom/app/Main;`); a method or a field is a number that is the same wherever it is named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from auditor.dex.code import MethodCode, read_code
from auditor.dex.hierarchy import Hierarchy
from auditor.dex.image import NO_INDEX, DexInput
from auditor.dex.metadata import Metadata
from auditor.dex.names import ImageNames
from auditor.dex.records import CallSiteInfo, FieldInfo, MethodHandle, MethodInfo
from auditor.dex.tables import Tables, read_tables
from auditor.dex.values import Annotation
from auditor.dex.xrefs import Pairs

if TYPE_CHECKING:
    from auditor.model import Limit

_LONG = 1 << 11
"""Signatures of so many characters are not kept: a long name may stand in every one of them."""
_KEPT_INSNS = 250_000
"""So many decoded instructions are kept, about 200 bytes each."""


class CodeIndex:
    """All DEX files of an app as one address space; made by `build`."""

    def __init__(self, tables: Tables) -> None:
        """Take the finished tables."""
        self._tables = tables
        self._symbols, self._xrefs = tables.symbols, tables.xrefs
        self._names = [
            ImageNames(image, pool, tables.symbols, local, site, handle)
            for image, pool, local, site, handle in zip(
                tables.images,
                tables.pools,
                tables.local,
                tables.site_base.tolist(),
                tables.handle_base.tolist(),
                strict=False,
            )
        ]
        self._hierarchy = Hierarchy(tables, self._names)
        self._metadata = Metadata(tables, self._names, self._hierarchy)
        self.dex_names: tuple[str, ...] = tuple(image.name for image in tables.images)
        self._method_info: dict[int, MethodInfo] = {}
        self._field_info: dict[int, FieldInfo] = {}
        self._signatures: dict[int, str] = {}
        self._referenced: dict[tuple[str, str], dict[str, int]] = {}
        self._looked_up: dict[tuple[str, str, str], int | None] = {}
        self._code: dict[int, MethodCode | None] = {}
        self._kept_insns = 0
        self._by_name: dict[str, tuple[int, ...]] | None = None
        self._by_text: dict[str, list[int]] | None = None

    @classmethod
    def build(cls, inputs: Sequence[DexInput]) -> CodeIndex:
        """Read every input; what cannot be read is in `limits`, nothing is raised."""
        return cls(read_tables(inputs))

    @property
    def limits(self) -> tuple[Limit, ...]:
        """What could not be read so far, sorted; it grows as malformed methods are decoded."""
        return self._tables.limits.sorted()

    # ---------------------------------------------------------------- classes

    def classes(self) -> Sequence[str]:
        """Every class that the app defines, in order of definition."""
        return self._hierarchy.classes

    def is_defined(self, cls: str) -> bool:
        """Tell whether the app defines a class."""
        return self._hierarchy.definition(cls) is not None

    def class_access(self, cls: str) -> int:
        """Access flags, 0 when the app does not define it."""
        return self._hierarchy.column(cls, "access") or 0

    def superclass(self, cls: str) -> str | None:
        """Direct superclass; None for java.lang.Object and for what the app does not define."""
        return self._hierarchy.superclass(cls)

    def interfaces(self, cls: str) -> tuple[str, ...]:
        """Interfaces that a defined class names itself."""
        return self._hierarchy.interfaces(cls)

    def subtypes(self, cls: str) -> tuple[str, ...]:
        """Direct subclasses and implementers that the app defines, sorted."""
        return self._hierarchy.subtypes(cls)

    def all_subtypes(self, cls: str) -> tuple[str, ...]:
        """Every subtype that the app defines, sorted."""
        return self._hierarchy.all_subtypes(cls)

    def supertypes(self, cls: str) -> tuple[str, ...]:
        """Every superclass and interface, nearest first, as far as the app tells."""
        return self._hierarchy.supertypes(cls)

    def class_dex(self, cls: str) -> str:
        """Name of the DEX file that defines a class, or an empty string."""
        return self._hierarchy.dex_of(cls)

    def source_file(self, cls: str) -> str:
        """Name of the source file, or an empty string."""
        found = self._hierarchy.definition(cls)
        index = self._hierarchy.column(cls, "source")
        if found is None or index is None or index == NO_INDEX:
            return ""
        return self._names[found[0]].string(index) or ""

    def methods_of(self, cls: str) -> tuple[int, ...]:
        """Ids of the methods that a class defines, in order of definition."""
        type_id = self._symbols.type_ids.get(cls)
        return () if type_id is None else self._tables.methods.of_class(type_id)

    def fields_of(self, cls: str) -> tuple[int, ...]:
        """Ids of the fields that a class defines, in order of definition, static ones first."""
        type_id = self._symbols.type_ids.get(cls)
        return () if type_id is None else self._tables.fields.of_class(type_id)

    # ---------------------------------------------------------------- methods

    def method_id(self, signature: str) -> int | None:
        """Id of `Lp/C;->m(I)V`, None when the app neither defines nor names it."""
        cls, _, rest = signature.partition("->")
        name, paren, proto = rest.partition("(")
        return self._method(cls, name, paren + proto)

    def _method(self, cls: str, name: str, proto: str) -> int | None:
        known = self._symbols
        parts = known.type_ids.get(cls), known.name_ids.get(name), known.proto_ids.get(proto)
        if parts[0] is None or parts[1] is None or parts[2] is None:
            return None
        return known.methods.find(parts[0], parts[1], parts[2])

    def signature(self, mid: int) -> str:
        """`Lp/C;->m(I)V`."""
        found = self._signatures.get(mid)
        if found is None:
            found = self._symbols.method_signature(mid)
            if len(found) < _LONG:
                self._signatures[mid] = found
        return found

    def method(self, mid: int) -> MethodInfo:
        """What is known of a method."""
        found = self._method_info.get(mid)
        if found is None:
            cls, name, proto_id = self._symbols.methods.parts(mid)
            proto, params, ret = self._symbols.protos[proto_id]
            table = self._tables.methods
            found = self._method_info[mid] = MethodInfo(
                mid,
                self._symbols.types[cls],
                self._symbols.names[name],
                proto,
                params,
                ret,
                int(table.access[mid]),
                bool(table.image[mid] >= 0),
                bool(table.code[mid] != 0),
            )
        return found

    def method_dex(self, mid: int) -> str:
        """Name of the DEX file that defines a method, or an empty string."""
        image = int(self._tables.methods.image[mid])
        return self.dex_names[image] if image >= 0 else ""

    def find_method(self, cls: str, name: str, proto: str) -> int | None:
        """Id of a method that exactly this class defines."""
        found = self._method(cls, name, proto)
        return found if found is not None and self._tables.methods.image[found] >= 0 else None

    def lookup(self, cls: str, name: str, proto: str) -> int | None:
        """Method that a virtual call on `cls` runs: up the superclasses, then default methods."""
        key = (cls, name, proto)
        if key not in self._looked_up:
            self._looked_up[key] = self._look_up(cls, name, proto)
        return self._looked_up[key]

    def _look_up(self, cls: str, name: str, proto: str) -> int | None:
        table = self._tables.methods
        named = self.references(name, proto)
        if not named:
            return None
        for above in self._hierarchy.superclasses(cls):
            found = named.get(above)
            if found is not None and table.image[found] >= 0:
                return found
        for above in self.supertypes(cls):
            found = named.get(above)
            if found is not None and table.image[found] >= 0 and table.code[found] != 0:
                return found
        return None

    def references(self, name: str, proto: str) -> Mapping[str, int]:
        """Class → id, for every class that defines this method or on which code names it."""
        key = (name, proto)
        found = self._referenced.get(key)
        if found is None:
            known, found = self._symbols, {}
            second, third = known.name_ids.get(name), known.proto_ids.get(proto)
            if second is not None and third is not None:
                classes, ids = known.methods.sharing(second, third)
                found = {known.types[c]: i for c, i in zip(classes, ids, strict=True)}
            self._referenced[key] = found
        return found

    def methods_named(self, name: str) -> tuple[int, ...]:
        """Ids of every method, defined or only named, that has this name."""
        name_id = self._symbols.name_ids.get(name)
        if name_id is None:
            return ()
        return tuple(np.flatnonzero(self._method_names == name_id).tolist())

    def methods_referenced(self, cls: str, name: str) -> tuple[int, ...]:
        """Ids of the methods of this name that are defined for, or named on, exactly this class."""
        type_id = self._symbols.type_ids.get(cls)
        name_id = self._symbols.name_ids.get(name)
        if type_id is None or name_id is None:
            return ()
        ids = self._symbols.methods.range_of(type_id)
        return tuple(
            ids.start + n
            for n in np.flatnonzero(self._method_names[ids.start : ids.stop] == name_id).tolist()
        )

    def methods_named_any(
        self, names: Iterable[str], classes: Collection[str] | None = None
    ) -> tuple[int, ...]:
        """Ids of every method, defined or only named, that has one of these names; ascending.

        Given `classes`, only those that are defined for, or named on, one of them.
        """
        known = [i for i in map(self._symbols.name_ids.get, names) if i is not None]
        found = np.flatnonzero(np.isin(self._method_names, known))
        if classes is not None:
            wanted = np.zeros(len(self._symbols.types), dtype=np.bool_)
            ids = map(self._symbols.type_ids.get, classes)
            wanted[[i for i in ids if i is not None]] = True
            found = found[wanted[self._symbols.methods.first_parts()[found]]]
        return tuple(found.tolist())

    def methods_taking(self, types: Iterable[str]) -> tuple[int, ...]:
        """Ids of every method, defined or only named, among whose parameters all `types` stand."""
        wanted = set(types)
        protos = [n for n, row in enumerate(self._symbols.protos) if wanted.issubset(row[1])]
        thirds = self._symbols.methods.third_parts()
        return tuple(np.flatnonzero(np.isin(thirds, protos)).tolist())

    def methods_giving(self, type_: str) -> tuple[int, ...]:
        """Ids of every method, defined or only named, that returns `type_`; ascending."""
        protos = [n for n, row in enumerate(self._symbols.protos) if row[2] == type_]
        thirds = self._symbols.methods.third_parts()
        return tuple(np.flatnonzero(np.isin(thirds, protos)).tolist())

    def reference(self, cls: str, name: str, proto: str) -> int | None:
        """Id of a method by its parts, None when the app neither defines nor names it."""
        return self._method(cls, name, proto)

    @cached_property
    def _method_names(self) -> npt.NDArray[np.int32]:
        return self._symbols.methods.second_parts().astype(np.int32)

    def all_methods(self) -> range:
        """Ids of every method that is defined or named."""
        return range(len(self._symbols.methods))

    def methods_with_code(self) -> list[int]:
        """Ids of every method that has code, ascending."""
        return np.flatnonzero(self._tables.methods.code != 0).tolist()

    def size(self, mid: int) -> int:
        """Code units of a method's instructions as its code item says, 0 without code."""
        at = int(self._tables.methods.code[mid])
        if at <= 0:
            return 0
        data = self._names[int(self._tables.methods.image[mid])].image.data
        return int.from_bytes(data[at + 12 : at + 16], "little")

    def code(self, mid: int) -> MethodCode | None:
        """Decode a method; None when it has no code, or malformed code (then a limit says so)."""
        at = int(self._tables.methods.code[mid])
        if at == 0:
            return None
        if mid in self._code:
            found = self._code[mid] = self._code.pop(mid)  # used last, dropped last
            return found
        names = self._names[int(self._tables.methods.image[mid])]
        found = self._tables.limits.guard(
            lambda: read_code(names.image, at, names), names.image.name, self.signature(mid)
        )
        self._code[mid] = found
        self._kept_insns += 1 + (len(found.insns) if found is not None else 0)
        while self._kept_insns > _KEPT_INSNS and len(self._code) > 1:
            oldest = self._code.pop(next(iter(self._code)))
            self._kept_insns -= 1 + (len(oldest.insns) if oldest is not None else 0)
        return found

    def callers(self, mid: int) -> Sequence[tuple[int, int]]:
        """(caller, code-unit offset) of every invoke that names this method."""
        return self._xrefs.calls.sites(mid)

    def is_called(self, mid: int) -> bool:
        """Tell whether any invoke names this method."""
        return self._xrefs.calls.is_target(mid)

    def callees(self, mid: int) -> Sequence[tuple[int, int]]:
        """(offset, callee) of every invoke in a method, in order, without decoding it."""
        return self._xrefs.calls.targets(mid)

    def owners_of_calls(self, mids: Iterable[int]) -> npt.NDArray[np.int32]:
        """Ids of every method that invokes one of `mids`, ascending."""
        return self._xrefs.calls.owners(mids)

    # ---------------------------------------------------------------- fields

    def field_id(self, signature: str) -> int | None:
        """Id of `Lp/C;->f:I`, None when the app neither defines nor names it."""
        cls, _, rest = signature.partition("->")
        name, _, type_ = rest.rpartition(":")
        return self._field(cls, name, type_)

    def _field(self, cls: str, name: str, type_: str) -> int | None:
        known = self._symbols
        parts = known.type_ids.get(cls), known.name_ids.get(name), known.type_ids.get(type_)
        if parts[0] is None or parts[1] is None or parts[2] is None:
            return None
        return known.fields.find(parts[0], parts[1], parts[2])

    def field_signature(self, fid: int) -> str:
        """`Lp/C;->f:I`."""
        return self._symbols.field_signature(fid)

    def field(self, fid: int) -> FieldInfo:
        """What is known of a field."""
        found = self._field_info.get(fid)
        if found is None:
            cls, name, type_ = self._symbols.fields.parts(fid)
            table = self._tables.fields
            defined = bool(table.image[fid] >= 0)
            owner = self._symbols.types[cls]
            rank = int(table.static_rank[fid])
            values = self._metadata.constants(owner) if rank >= 0 else ()
            found = self._field_info[fid] = FieldInfo(
                fid,
                owner,
                self._symbols.names[name],
                self._symbols.types[type_],
                int(table.access[fid]),
                defined,
                values[rank] if 0 <= rank < len(values) else None,
            )
        return found

    def fields_named(self, name: str) -> tuple[int, ...]:
        """Ids of every field, defined or only named, that has this name."""
        name_id = self._symbols.name_ids.get(name)
        if name_id is None:
            return ()
        return tuple(np.flatnonzero(self._field_names == name_id).tolist())

    @cached_property
    def _field_names(self) -> npt.NDArray[np.int32]:
        return self._symbols.fields.second_parts().astype(np.int32)

    def lookup_field(self, cls: str, name: str, type_: str) -> int | None:
        """Field that an access on `cls` means: own, then those of interfaces and superclasses."""
        for owner in (cls, *self.supertypes(cls)):
            found = self._field(owner, name, type_)
            if found is not None and self._tables.fields.image[found] >= 0:
                return found
        return None

    def field_reads(self, fid: int) -> Sequence[tuple[int, int]]:
        """(method, offset) of every instruction that reads a field."""
        return self._xrefs.field_reads.sites(fid)

    def field_writes(self, fid: int) -> Sequence[tuple[int, int]]:
        """(method, offset) of every instruction that writes a field."""
        return self._xrefs.field_writes.sites(fid)

    # ---------------------------------------------------------------- strings and types

    def strings(self) -> Iterator[str]:
        """Every string of every file, each file in its own order; names of members included."""
        for pool in self._tables.pools:
            for number in range(pool.count):
                yield pool.text(number)

    def holds_string(self, text: str) -> bool:
        """Tell whether some string table holds exactly this text."""
        return any(pool.holds(text) for pool in self._tables.pools)

    def strings_containing(self, needle: bytes) -> tuple[str, ...]:
        """Distinct strings in whose MUTF-8 bytes `needle` stands, sorted."""
        found = {
            pool.text(number) for pool in self._tables.pools for number in pool.containing(needle)
        }
        return tuple(sorted(found))

    def literals(self) -> tuple[str, ...]:
        """Distinct strings that the code loads, sorted."""
        return tuple(sorted(self._literal_ids))

    @property
    def _literal_ids(self) -> dict[str, list[int]]:
        if self._by_text is None:
            self._by_text = {}
            used = self._xrefs.string_loads.used().astype(np.int64)
            bases = self._tables.string_base
            for number, pool in enumerate(self._tables.pools):
                low, high = used.searchsorted([bases[number], bases[number + 1]])
                mine = used[low:high]
                texts = pool.texts(mine - bases[number])
                for text, found in zip(texts, mine.tolist(), strict=True):
                    self._by_text.setdefault(text, []).append(found)
        return self._by_text

    def string_loads(self, text: str) -> Sequence[tuple[int, int]]:
        """(method, offset) of every const-string with this text."""
        loads = self._xrefs.string_loads
        return sorted(
            pair for found in self._literal_ids.get(text, ()) for pair in loads.sites(found)
        )

    def instantiations(self, cls: str) -> Sequence[tuple[int, int]]:
        """(method, offset) of every new-instance of a class."""
        return self._type_sites(self._xrefs.new_instances.sites, cls)

    def is_instantiated(self, cls: str) -> bool:
        """Tell whether any code makes an object of a class."""
        type_id = self._symbols.type_ids.get(cls)
        return type_id is not None and self._xrefs.new_instances.is_target(type_id)

    def class_loads(self, cls: str) -> Sequence[tuple[int, int]]:
        """(method, offset) of every const-class of a class."""
        return self._type_sites(self._xrefs.class_loads.sites, cls)

    def type_uses(self, cls: str) -> Sequence[tuple[int, int]]:
        """(method, offset) of every cast, instance-of and new array that names a type."""
        return self._type_sites(self._xrefs.type_uses.sites, cls)

    def _type_sites(self, sites: Callable[[int], Pairs], cls: str) -> Pairs:
        type_id = self._symbols.type_ids.get(cls)
        return [] if type_id is None else sites(type_id)

    # ---------------------------------------------------------------- annotations, invoke-custom

    def class_annotations(self, cls: str) -> tuple[Annotation, ...]:
        """Annotations of a class."""
        return self._metadata.of_class(cls)

    def method_annotations(self, mid: int) -> tuple[Annotation, ...]:
        """Annotations of a method."""
        return self._metadata.of_member(self.method(mid).cls, mid, "methods")

    def field_annotations(self, fid: int) -> tuple[Annotation, ...]:
        """Annotations of a field."""
        return self._metadata.of_member(self.field(fid).cls, fid, "fields")

    def annotated_fields(self, cls: str) -> tuple[int, ...]:
        """Ids of the fields of a class that bear annotations."""
        return self._metadata.annotated(cls, "fields")

    def annotated_methods(self, cls: str) -> tuple[int, ...]:
        """Ids of the methods of a class that bear annotations."""
        return self._metadata.annotated(cls, "methods")

    def parameter_annotations(self, mid: int) -> tuple[tuple[Annotation, ...], ...]:
        """Annotations of a method's parameters, one tuple a parameter."""
        return self._metadata.of_parameters(self.method(mid).cls, mid)

    def call_site(self, site: int) -> CallSiteInfo | None:
        """What an invoke-custom with this `Insn.ref` links; None when it is malformed."""
        return self._metadata.call_site(site)

    def method_handle(self, handle: int) -> MethodHandle | None:
        """What a method handle with this id leads to."""
        return self._metadata.method_handle(handle)
