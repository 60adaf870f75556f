"""One address space over all DEX files: equal names get equal ids, whatever file they stand in.

Types, names and prototypes are numbered in the order in which they are first met. A method is the
triple (class, name, prototype), a field (class, name, type); the triple packed into one integer is
its key, and its id is the rank of the key, so that members of one class have consecutive ids.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from auditor.dex.bounds import Limits
from auditor.dex.image import DexImage
from auditor.dex.strings import StringPool

Longs = npt.NDArray[np.int64]
MAX_KEY = 1 << 62
MAX_NAME = 0xFFFF
"""Characters of a name or a descriptor: what the class files of Java allow."""
MAX_PARAMETERS = 255
"""A call passes no more registers than that."""


Proto = tuple[str, tuple[str, ...], str]
"""Text (`(ILjava/lang/String;)V`), parameter types, return type of a prototype."""


def sorted_unique(values: Longs) -> Longs:
    """Distinct values, ascending (`np.unique` hashes first, which is slower here)."""
    ordered = np.sort(values)
    fresh = np.ones(ordered.size, dtype=np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return ordered[fresh]


class KeyTable:
    """Triples of ids, each once; the id of a triple is its rank."""

    def __init__(self, keys: Longs, second: int, third: int) -> None:
        """Keep the distinct `keys`; `second` and `third` bound these parts of a key."""
        self._second, self._third = second, third
        ascending = keys.size == 0 or bool((np.diff(keys) > 0).all())
        self.keys = keys if ascending else sorted_unique(keys)

    def __len__(self) -> int:
        """Number of triples."""
        return int(self.keys.size)

    def parts(self, rank: int) -> tuple[int, int, int]:
        """Triple of an id."""
        rest, third = divmod(int(self.keys[rank]), self._third)
        return *divmod(rest, self._second), third

    def find(self, first: int, second: int, third: int) -> int | None:
        """Id of a triple."""
        key = (first * self._second + second) * self._third + third
        rank = int(self.keys.searchsorted(key))
        return rank if rank < self.keys.size and self.keys[rank] == key else None

    def ranks(self, keys: Longs) -> npt.NDArray[np.int32]:
        """Id of each key, -1 for a negative one; every other key must be in the table."""
        if keys.size == self.keys.size and keys is self.keys:
            return np.arange(keys.size, dtype=np.int32)
        found = self.keys.searchsorted(keys).astype(np.int32)
        found[keys < 0] = -1
        return found

    def range_of(self, first: int) -> range:
        """Ids of the triples that begin with `first`."""
        width = self._second * self._third
        low, high = self.keys.searchsorted([first * width, (first + 1) * width])
        return range(int(low), int(high))

    def sharing(self, second: int, third: int) -> tuple[list[int], list[int]]:
        """First parts and ids of the triples that end with these two parts, ascending."""
        ends, order = self._by_end
        wanted = second * self._third + third
        rows = order[ends.searchsorted(wanted, "left") : ends.searchsorted(wanted, "right")]
        firsts = self.keys[rows] // (self._second * self._third)
        return firsts.tolist(), rows.tolist()

    @cached_property
    def _by_end(self) -> tuple[Longs, Longs]:
        ends = self.keys % (self._second * self._third)
        order = ends.argsort(kind="stable")
        return ends[order], order

    def first_parts(self) -> Longs:
        """First part of every triple."""
        return np.asarray(self.keys // (self._second * self._third))

    def second_parts(self) -> Longs:
        """Second part of every triple."""
        return np.asarray(self.keys // self._third % self._second)

    def third_parts(self) -> Longs:
        """Third part of every triple."""
        return np.asarray(self.keys % self._third)


@dataclass(eq=False)
class LocalIds:
    """What the indexes of one DEX file mean globally; -1 where an entry is malformed."""

    types: npt.NDArray[np.int32]
    protos: npt.NDArray[np.int32]
    methods: npt.NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    fields: npt.NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    member_names: tuple[Longs, Longs] = field(
        default_factory=lambda: (np.empty(0, np.int64), np.empty(0, np.int64))
    )
    """Name id of each entry of the method table, of the field table."""


class Symbols:
    """The global tables."""

    def __init__(self) -> None:
        """Start empty; `build_symbols` fills it."""
        self.type_ids: dict[str, int] = {}
        self.name_ids: dict[str, int] = {}
        self.proto_ids: dict[str, int] = {}
        self.protos: list[Proto] = []
        self.types: list[str] = []
        self.names: list[str] = []
        self.methods = KeyTable(np.empty(0, np.int64), 1, 1)
        self.fields = KeyTable(np.empty(0, np.int64), 1, 1)

    def method_signature(self, rank: int) -> str:
        """`Lp/C;->m(I)V`."""
        cls, name, proto = self.methods.parts(rank)
        return f"{self.types[cls]}->{self.names[name]}{self.protos[proto][0]}"

    def field_signature(self, rank: int) -> str:
        """`Lp/C;->f:I`."""
        cls, name, type_ = self.fields.parts(rank)
        return f"{self.types[cls]}->{self.names[name]}:{self.types[type_]}"

    def fits(self) -> bool:
        """Tell whether every triple still fits in a key."""
        triples = len(self.type_ids) * (len(self.name_ids) + 1)
        return triples * max(len(self.proto_ids), len(self.type_ids), 1) < MAX_KEY


def build_symbols(
    images: Sequence[DexImage], pools: Sequence[StringPool], limits: Limits
) -> tuple[Symbols, list[LocalIds]]:
    """Number every name of every file; the second value has one entry for each image.

    An image whose names no longer fit the keys (hundreds of files full of distinct names) is left
    out, with a limit, and has empty tables.
    """
    symbols = Symbols()
    locals_: list[LocalIds] = []
    for image, pool in zip(images, pools, strict=True):
        local = _number_names(symbols, image, pool, limits)
        if not symbols.fits():
            limits.add(
                image.name, "more distinct names than this tool can number; not read", "budget"
            )
            local = LocalIds(local.types[:0], local.protos[:0])
        locals_.append(local)
    symbols.types = list(symbols.type_ids)
    symbols.names = list(symbols.name_ids)
    _number_members(symbols, images, locals_, limits)
    return symbols, locals_


def _number_names(symbols: Symbols, image: DexImage, pool: StringPool, limits: Limits) -> LocalIds:
    type_ids = symbols.type_ids
    texts = _names(image, pool, image.types.astype(np.int64), limits)
    types = np.array([type_ids.setdefault(t, len(type_ids)) for t in texts], dtype=np.int32)
    local = LocalIds(types, _number_protos(symbols, image, texts, limits))
    local.member_names = (
        _number_strings(symbols, image, pool, image.methods["name"].astype(np.int64), limits),
        _number_strings(symbols, image, pool, image.fields["name"].astype(np.int64), limits),
    )
    return local


def _names(image: DexImage, pool: StringPool, indexes: Longs, limits: Limits) -> list[str]:
    """Texts of names and descriptors; absurdly long ones are shortened, and stay distinct."""
    texts = pool.texts(indexes)
    long = [row for row, text in enumerate(texts) if len(text) > MAX_NAME]
    for row in long:
        import hashlib  # rare, and not free

        digest = hashlib.sha256(texts[row].encode("utf-8")).hexdigest()[:16]
        end = ";" if texts[row].endswith(";") else ""
        texts[row] = f"{texts[row][:64]}…{digest}{end}"
    if long:
        why = f"{len(long)} names longer than {MAX_NAME} characters are shortened"
        limits.add(image.name, why, "budget")
    return texts


def _number_strings(
    symbols: Symbols, image: DexImage, pool: StringPool, indexes: Longs, limits: Limits
) -> Longs:
    """Name id for each string index, -1 where there is no such string."""
    name_ids = symbols.name_ids
    inside = indexes < pool.count
    wanted = np.zeros(pool.count, dtype=np.bool_)
    wanted[indexes[inside]] = True
    used = np.flatnonzero(wanted)
    ids = np.full(pool.count + 1, -1, dtype=np.int64)
    ids[used] = [name_ids.setdefault(t, len(name_ids)) for t in _names(image, pool, used, limits)]
    return ids[np.where(inside, indexes, pool.count)]


def _number_protos(
    symbols: Symbols, image: DexImage, types: list[str], limits: Limits
) -> npt.NDArray[np.int32]:
    offsets = image.protos["params"].astype(np.int64)
    rets = image.protos["ret"].astype(np.int64)
    sizes, flat = _read_type_lists(image, offsets, len(types))
    good = (sizes >= 0) & (rets < len(types))
    lengths = np.array([len(t) for t in types], dtype=np.int64)
    total = np.concatenate(([0], np.cumsum(lengths[flat])))
    ends = np.cumsum(np.maximum(sizes, 0))
    written = np.cumsum(total[ends] - total[ends - np.maximum(sizes, 0)])
    good &= written <= 4 * image.end + (1 << 20)  # many long names, named over and over
    words = [types[i] for i in flat.tolist()]
    proto_ids, ids = symbols.proto_ids, []
    spans = zip((ends - np.maximum(sizes, 0)).tolist(), ends.tolist(), strict=True)
    for (start, end), ret, ok in zip(spans, rets.tolist(), good.tolist(), strict=True):
        if not ok:
            ids.append(-1)
            continue
        params = words[start:end]
        text = f"({''.join(params)}){types[ret]}"
        known = proto_ids.setdefault(text, len(proto_ids))
        if known == len(symbols.protos):
            symbols.protos.append((text, tuple(params), types[ret]))
        ids.append(known)
    if bad := ids.count(-1):
        limits.add(image.name, f"{bad} prototypes cannot be read")
    return np.array(ids, dtype=np.int32)


def _read_type_lists(
    image: DexImage, offsets: Longs, n_types: int
) -> tuple[Longs, npt.NDArray[np.uint16]]:
    """Read many `type_list`s: size of each (-1: malformed; 0 at offset 0), all types in a row."""
    units = image.units
    here = np.flatnonzero((offsets > 0) & (offsets % 2 == 0) & (offsets + 4 <= image.end))
    heads = offsets[here] // 2
    count = units[heads].astype(np.int64) | units[heads + 1].astype(np.int64) << 16
    fits = (count <= MAX_PARAMETERS) & (heads + 2 + count <= units.size)
    fits &= np.cumsum(np.where(fits, count, 0)) <= max(image.end, 1 << 16)
    here, heads, count = here[fits], heads[fits], count[fits]
    before = np.cumsum(count) - count
    flat = units[np.repeat(heads + 2 - before, count) + np.arange(int(count.sum()))]
    wrong = np.repeat(np.arange(here.size), count)[flat >= n_types]
    sizes = np.where(offsets == 0, 0, -1)
    sizes[here] = count
    if wrong.size:
        usable = np.ones(here.size, dtype=np.bool_)
        usable[wrong] = False
        sizes[here[~usable]] = -1
        flat = flat[np.repeat(usable, count)]
    return sizes, flat


def read_type_list(
    image: DexImage, at: int, types: Sequence[str], budget: int
) -> tuple[str, ...] | None:
    """Read a `type_list`; None when it leaves the file, names no type, or exceeds `budget`."""
    if at + 4 > image.end:
        return None
    (size,) = struct.unpack_from("<I", image.data, at)
    if size > min(0xFFFF, budget) or at + 4 + 2 * size > image.end:
        return None
    indexes = struct.unpack_from(f"<{size}H", image.data, at + 4)
    if size and max(indexes) >= len(types):
        return None
    return tuple([types[i] for i in indexes])


def _number_members(
    symbols: Symbols, images: Sequence[DexImage], locals_: Sequence[LocalIds], limits: Limits
) -> None:
    names, protos, types = len(symbols.names), len(symbols.protos), len(symbols.types)
    method_keys, field_keys = [], []
    for image, local in zip(images, locals_, strict=True):
        method_names, field_names = local.member_names
        if not local.types.size:
            method_names, field_names = method_names[:0], field_names[:0]
        method_keys.append(
            _keys(
                image.methods[: method_names.size],
                local.types,
                method_names,
                names,
                local.protos,
                protos,
            )
        )
        field_keys.append(
            _keys(
                image.fields[: field_names.size],
                local.types,
                field_names,
                names,
                local.types,
                types,
            )
        )
        for what, keys in (("methods", method_keys[-1]), ("fields", field_keys[-1])):
            if bad := int(np.count_nonzero(keys < 0)):
                limits.add(image.name, f"{bad} entries of the table of {what} are malformed")
    symbols.methods, method_ids = _rank(method_keys, names, protos)
    symbols.fields, field_ids = _rank(field_keys, names, types)
    for local, methods, fields in zip(locals_, method_ids, field_ids, strict=True):
        local.methods, local.fields = methods, fields
        local.member_names = (np.empty(0, np.int64), np.empty(0, np.int64))


def _keys(
    table: npt.NDArray[np.void],
    types: npt.NDArray[np.int32],
    names: Longs,
    n_names: int,
    thirds: npt.NDArray[np.int32],
    n_thirds: int,
) -> Longs:
    """Key of each member, -1 where a part is malformed."""
    first, third = table["cls"].astype(np.int64), table["type"].astype(np.int64)
    good = (first < types.size) & (third < thirds.size) & (names >= 0)
    first, third = types[first[good]].astype(np.int64), thirds[third[good]].astype(np.int64)
    keys = np.full(len(table), -1, dtype=np.int64)
    packed = (first * n_names + names[good]) * n_thirds + third
    keys[good] = np.where(third >= 0, packed, -1)
    return keys


def _rank(
    parts: list[Longs], second: int, third: int
) -> tuple[KeyTable, list[npt.NDArray[np.int32]]]:
    every = np.concatenate(parts) if parts else np.empty(0, np.int64)
    table = KeyTable(
        every[every >= 0] if every.size and every.min() < 0 else every, second or 1, third or 1
    )
    return table, [table.ranks(part) for part in parts]
