"""Everything that is read before the first question: names, definitions, cross references.

    bytes → images → symbols (global ids) → definitions (who defines what, where its code is)
          → sweep (every reference of the code) → cross references

Of a class that several DEX files define, the first one counts, as for the runtime's class loader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from auditor.dex import opcodes
from auditor.dex.bounds import Limits
from auditor.dex.image import DexImage, DexInput, read_images
from auditor.dex.members import Members, read_members
from auditor.dex.strings import StringPool
from auditor.dex.sweep import CodeItems, References, read_code_items, sweep
from auditor.dex.symbols import LocalIds, Symbols, build_symbols
from auditor.dex.xrefs import XrefTable

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


@dataclass(eq=False)
class MemberTable:
    """Definitions of methods (or fields), as columns by global id and as lists by class."""

    image: npt.NDArray[np.int16]
    """By id: number of the DEX file that defines it, -1 when none does."""
    access: Ints
    code: Longs
    """By id: byte offset of the `code_item`, 0 when there is none."""
    static_rank: Ints
    """By id: position among the static fields of its class, -1 for others."""
    by_class: Ints
    """Class (type id) of each definition, ascending; within a class in order of definition."""
    members: Ints
    """Ids, parallel to `by_class`."""

    def of_class(self, type_id: int) -> tuple[int, ...]:
        """Ids of what a class defines."""
        edges = np.array((type_id, type_id + 1), dtype=self.by_class.dtype)
        low, high = self.by_class.searchsorted(edges)
        return tuple(self.members[low:high].tolist())


class Xrefs(NamedTuple):
    """Who refers to what, by kind of instruction."""

    calls: XrefTable
    field_reads: XrefTable
    field_writes: XrefTable
    string_loads: XrefTable
    new_instances: XrefTable
    class_loads: XrefTable
    type_uses: XrefTable
    """Other instructions that name a type: casts, instance-of, arrays."""
    custom_calls: XrefTable


@dataclass(eq=False)
class Tables:
    """The index's data."""

    images: list[DexImage]
    pools: list[StringPool]
    symbols: Symbols
    local: list[LocalIds]
    class_image: npt.NDArray[np.int16]
    """By type id: number of the DEX file that defines it, -1 when none does."""
    class_row: Ints
    """By type id: row of that file's class table."""
    class_order: Ints
    """Type ids of the defined classes, in order of definition."""
    methods: MemberTable
    fields: MemberTable
    string_base: Longs
    """Number of strings before each DEX file; string i of file n has the id base[n] + i."""
    site_base: Longs
    handle_base: Longs
    xrefs: Xrefs
    limits: Limits


def read_tables(inputs: Sequence[DexInput]) -> Tables:
    """Read every input; what cannot be read is in `limits`."""
    limits = Limits()
    images = [image for given in inputs for image in read_images(given, limits)]
    pools = [StringPool(image, limits) for image in images]
    symbols, local = build_symbols(images, pools, limits)
    class_image, class_row, class_order = _define_classes(symbols, images, local, limits)
    fields: list[Members] = []
    methods: list[Members] = []
    for number, image in enumerate(images):
        rows = np.sort(class_row[class_image == number]).astype(np.int64)
        for found, into in zip(read_members(image, rows, limits), (fields, methods), strict=True):
            into.append(found)
    method_table = _define(
        "methods", symbols.methods, images, local, methods, [x.methods for x in local], limits
    )
    field_table = _define(
        "fields", symbols.fields, images, local, fields, [x.fields for x in local], limits
    )
    string_base, site_base, handle_base = bases = [
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        for counts in (
            [pool.count for pool in pools],
            [len(image.call_sites) for image in images],
            [len(image.handles) for image in images],
        )
    ]
    xrefs = _cross_references(images, local, method_table, bases, limits)
    return Tables(
        images,
        pools,
        symbols,
        local,
        class_image,
        class_row,
        class_order,
        method_table,
        field_table,
        string_base,
        site_base,
        handle_base,
        xrefs,
        limits,
    )


def _define_classes(
    symbols: Symbols, images: list[DexImage], local: list[LocalIds], limits: Limits
) -> tuple[npt.NDArray[np.int16], Ints, Ints]:
    class_image = np.full(len(symbols.types), -1, dtype=np.int16)
    class_row = np.full(len(symbols.types), -1, dtype=np.int32)
    order = [np.empty(0, dtype=np.int32)]
    for number, (image, ids) in enumerate(zip(images, local, strict=True)):
        defined = image.classes["cls"].astype(np.int64)
        inside = defined < ids.types.size
        if not inside.all():
            limits.add(image.name, f"{int((~inside).sum())} classes have no type")
        rows = np.flatnonzero(inside)
        types = ids.types[defined[rows]]
        fresh = class_image[types] < 0
        distinct, first = np.unique(types[fresh], return_index=True)
        if twice := int(types.size - distinct.size):
            limits.add(
                image.name,
                f"{twice} classes are defined twice; the first definition counts",
                "dex_duplicate",
            )
        class_image[distinct] = number
        class_row[distinct] = rows[fresh][first]
        order.append(types[fresh][np.sort(first)])
    return class_image, class_row, np.concatenate(order)


def _define(
    what: str,
    table: object,
    images: list[DexImage],
    local: list[LocalIds],
    parts: list[Members],
    ids: list[Ints],
    limits: Limits,
) -> MemberTable:
    size = len(table)  # type: ignore[arg-type]
    image_of = np.full(size, -1, dtype=np.int16)
    access = np.zeros(size, dtype=np.int32)
    code = np.zeros(size, dtype=np.int64)
    static_rank = np.full(size, -1, dtype=np.int32)
    owners, members = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    for number, (image, part, names, to_global) in enumerate(
        zip(images, parts, local, ids, strict=True)
    ):
        inside = (part.entry >= 0) & (part.entry < to_global.size)
        found = np.full(part.entry.size, -1, dtype=np.int32)
        found[inside] = to_global[part.entry[inside]]
        good = np.flatnonzero(found >= 0)
        good = good[image_of[found[good]] < 0]
        first = np.empty(size, dtype=np.int64)
        first[found[good[::-1]]] = good[::-1]  # of equal ones the first is written last
        good = good[first[found[good]] == good]
        if bad := int(part.entry.size - good.size):
            limits.add(
                image.name, f"{bad} definitions of {what} name nothing, or one that is defined"
            )
        kept = found[good]
        owner_start = np.searchsorted(part.owner, part.owner[good], "left")
        image_of[kept] = number
        access[kept] = part.access[good] & 0x7FFFFFFF
        code[kept] = part.code[good]
        static_rank[kept] = np.where(part.static[good], good - owner_start, -1)
        owners.append(names.types[image.classes["cls"][part.owner[good]]])
        members.append(kept)
    by_class, by_member = np.concatenate(owners), np.concatenate(members)
    order = by_class.argsort(kind="stable")
    return MemberTable(image_of, access, code, static_rank, by_class[order], by_member[order])


def _cross_references(
    images: list[DexImage],
    local: list[LocalIds],
    methods: MemberTable,
    bases: list[Longs],
    limits: Limits,
) -> Xrefs:
    parts = []
    for number, (image, ids) in enumerate(zip(images, local, strict=True)):
        mine = np.flatnonzero((methods.image == number) & (methods.code != 0))
        items = read_code_items(image, methods.code[mine], limits)
        at = items.offsets.searchsorted(methods.code[mine])
        known = np.append(items.offsets, -1)
        methods.code[mine[known[at] != methods.code[mine]]] = -1
        refs = sweep(image, items, limits)
        base = [int(b[number]) for b in bases]
        parts.append(_global_columns(image, ids, methods, mine, items, refs, base, limits))
    owner, offset, op, target = (
        np.concatenate(column) if column else np.empty(0, np.int32)
        for column in (list(zip(*parts, strict=True)) or [(), (), (), ()])
    )
    order = owner.argsort(kind="stable") if len(images) > 1 else slice(None)
    owner, offset, op, target = owner[order], offset[order], op[order], target[order]
    group = _GROUPS[op]
    tables = []
    for number in range(1, 9):
        rows = np.flatnonzero(group == number)
        tables.append(XrefTable(owner[rows], offset[rows], target[rows]))
    return Xrefs(*tables)


def _groups() -> npt.NDArray[np.uint8]:
    """Number of the cross-reference table, in the order of `Xrefs`, for each opcode."""
    groups = np.zeros(256, dtype=np.uint8)
    groups[opcodes.REF_KINDS == opcodes.METHOD] = 1
    groups[[*range(0x52, 0x59), *range(0x60, 0x67)]] = 2
    groups[[*range(0x59, 0x60), *range(0x67, 0x6E)]] = 3
    groups[opcodes.REF_KINDS == opcodes.STRING] = 4
    groups[opcodes.REF_KINDS == opcodes.TYPE] = 7
    groups[0x22] = 5
    groups[0x1C] = 6
    groups[opcodes.REF_KINDS == opcodes.CALL_SITE] = 8
    return groups


_GROUPS = _groups()


def _global_columns(
    image: DexImage,
    ids: LocalIds,
    methods: MemberTable,
    mine: Longs,
    items: CodeItems,
    refs: References,
    base: list[int],
    limits: Limits,
) -> tuple[Ints, Ints, npt.NDArray[np.uint8], Ints]:
    """References of one file with global ids, in order of their methods (which may share code)."""
    target = np.full(refs.entry.size, -1, dtype=np.int32)
    kinds = opcodes.REF_KINDS[refs.op]
    string_base, site_base, _ = base
    for kind, to_global in (
        (opcodes.TYPE, ids.types),
        (opcodes.FIELD, ids.fields),
        (opcodes.METHOD, ids.methods),
    ):
        rows = np.flatnonzero(kinds == kind)
        rows = rows[refs.entry[rows] < to_global.size]
        target[rows] = to_global[refs.entry[rows]]
    for kind, start, count in (
        (opcodes.STRING, string_base, len(image.strings)),
        (opcodes.CALL_SITE, site_base, len(image.call_sites)),
    ):
        rows = np.flatnonzero((kinds == kind) & (refs.entry < count))
        target[rows] = refs.entry[rows] + start
    skipped = (kinds == opcodes.HANDLE) | (kinds == opcodes.PROTO)
    if bad := int(np.count_nonzero((target < 0) & ~skipped)):
        limits.add(image.name, f"{bad} instructions refer to an entry that does not exist")
    with_code = mine[methods.code[mine] > 0]
    item = np.searchsorted(items.offsets, methods.code[with_code])
    first = np.searchsorted(refs.item, np.arange(items.offsets.size + 1))
    counts = (first[1:] - first[:-1])[item]
    affordable = np.cumsum(counts) <= 4 * refs.entry.size + (1 << 20)
    if not affordable.all():
        limits.add(image.name, f"{int((~affordable).sum())} methods share code too often", "budget")
        with_code, item, counts = with_code[affordable], item[affordable], counts[affordable]
    before = np.cumsum(counts) - counts
    rows = np.repeat(first[item] - before, counts) + np.arange(int(counts.sum()))
    rows_good = target[rows] >= 0
    owner = np.repeat(with_code, counts).astype(np.int32)[rows_good]
    rows = rows[rows_good]
    return owner, refs.offset[rows], refs.op[rows], target[rows]
