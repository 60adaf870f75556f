"""What the indexes of one DEX file stand for, as text and as global ids."""

from __future__ import annotations

from functools import cached_property

from auditor.dex.image import DexImage
from auditor.dex.strings import StringPool
from auditor.dex.symbols import LocalIds, Symbols


class ImageNames:
    """Resolves indexes (from 0) of one DEX file; None for an index that names nothing."""

    def __init__(
        self,
        image: DexImage,
        pool: StringPool,
        symbols: Symbols,
        local: LocalIds,
        site_base: int,
        handle_base: int,
    ) -> None:
        """Keep what is needed to resolve; nothing is decoded yet."""
        self.image = image
        self._pool, self._symbols, self._local = pool, symbols, local
        self._site_base, self._handle_base = site_base, handle_base
        self._methods, self._fields = local.methods.data, local.fields.data

    @cached_property
    def types(self) -> list[str]:
        """Descriptors by type index."""
        return [self._symbols.types[i] for i in self._local.types.tolist()]

    def type(self, index: int) -> str | None:
        """Descriptor of a type."""
        return self.types[index] if 0 <= index < len(self.types) else None

    def string(self, index: int) -> str | None:
        """Text of a string."""
        return self._pool.text(index) if 0 <= index < self._pool.count else None

    def method(self, index: int) -> int | None:
        """Global id of a method."""
        try:
            found = self._methods[index]
        except IndexError:
            return None
        return found if found >= 0 else None

    def field(self, index: int) -> int | None:
        """Global id of a field."""
        try:
            found = self._fields[index]
        except IndexError:
            return None
        return found if found >= 0 else None

    def proto(self, index: int) -> str | None:
        """Text of a prototype."""
        found = int(self._local.protos[index]) if 0 <= index < self._local.protos.size else -1
        return self._symbols.protos[found][0] if found >= 0 else None

    def call_site(self, index: int) -> int | None:
        """Global id of a call site."""
        return self._site_base + index if 0 <= index < len(self.image.call_sites) else None

    def handle(self, index: int) -> int | None:
        """Global id of a method handle."""
        return self._handle_base + index if 0 <= index < len(self.image.handles) else None

    def method_signature(self, index: int) -> str | None:
        """`Lp/C;->m(I)V`."""
        found = self.method(index)
        return None if found is None else self._symbols.method_signature(found)

    def field_signature(self, index: int) -> str | None:
        """`Lp/C;->f:I`."""
        found = self.field(index)
        return None if found is None else self._symbols.field_signature(found)
