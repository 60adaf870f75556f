"""Read binary XML (AXML) as Android's `ResXMLTree` does.

Why not androguard's printer: it stops at a node header that is not 16 bytes (issue 1137), trusts
the *names* of attributes where Android goes by their resource id, and cannot be bounded. Source:
`setTo`, `nextNode` and `validateNode` of `ResXMLTree` in
`frameworks/base/libs/androidfw/ResourceTypes.cpp`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from auditor.ingest.chunks import NO_INDEX, Chunk, StringPool, chunk_at

_RESOURCE_MAP = 0x0180
_STRING_POOL = 0x0001
_FIRST_NODE, _LAST_NODE = 0x0100, 0x017F
_START, _END, _TEXT = 0x0102, 0x0103, 0x0104
_NODE_HEADER = 16
_ELEMENT = struct.Struct("<2L3H")
_ATTRIBUTE = struct.Struct("<3LHBBL")

MAX_ELEMENTS = 250_000
MAX_DEPTH = 200
MAX_TEXT = 10_000
MAX_ATTRIBUTES = 600_000

NULL, REFERENCE, STRING, FLOAT, INT, HEX, BOOLEAN = 0x00, 0x01, 0x03, 0x04, 0x10, 0x11, 0x12
DYNAMIC_REFERENCE, LAST_INT = 0x07, 0x1F


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: `id` is its resource id (0 without one), by which Android finds it."""

    id: int
    namespace: str
    name: str
    type: int
    """Type of the value, `Res_value::dataType`."""
    data: int
    text: str
    """The string of a value of type string; of others the raw text, mostly empty."""


@dataclass(slots=True)
class Element:
    """One element with its children."""

    name: str
    attributes: tuple[Attribute, ...] = ()
    children: list[Element] = field(default_factory=list)
    content: str = ""
    """Its text, of all text nodes together."""

    def by_id(self, attribute_id: int) -> Attribute | None:
        """Return the first attribute with this resource id, as Android's finder does."""
        return next((a for a in self.attributes if a.id == attribute_id), None)

    def by_name(self, name: str) -> Attribute | None:
        """Return the attribute of this name that has no namespace."""
        return next((a for a in self.attributes if a.name == name and not a.namespace), None)

    def all(self, name: str) -> Iterator[Element]:
        """Yield the children of this name."""
        return (child for child in self.children if child.name == name)

    def walk(self) -> Iterator[Element]:
        """Yield this element and all below it, in document order."""
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            stack.extend(reversed(element.children))


@dataclass(frozen=True, slots=True)
class Document:
    """A binary XML document; `root` is None when not even one element could be read."""

    root: Element | None
    problems: tuple[str, ...] = ()
    """What Android would refuse, or what exceeds a bound: the rest was not read."""


def read_axml(data: bytes) -> Document:
    """Read a binary XML document; what cannot be read is told in `problems`, never raised."""
    problems: list[str] = []
    top = chunk_at(data, 0, len(data))
    if top is None:
        if len(data) < 8:
            return Document(None, ("not binary XML (too short)",))
        if data.lstrip()[:1] == b"<":
            return Document(None, ("text XML where binary XML is required",))
        _, header, size = struct.unpack_from("<HHL", data)
        if header < 8 or size < header:
            return Document(None, ("not binary XML",))
        problems.append(f"the file claims {size} bytes and has {len(data)}")
        top = Chunk(3, 0, header, len(data))
    pool, ids, first = _prologue(data, top)
    if first is None:
        return Document(None, (*problems, "no XML node"))
    if pool is None:
        return Document(None, (*problems, "no string pool"))
    if pool.malformed:
        problems.append("the string pool's sizes do not fit")
    root = _tree(data, top, first, _Names(pool, ids), problems)
    if pool.exhausted:
        problems.append("strings that overlap; not all were read")
    return Document(root, tuple(problems))


def _prologue(data: bytes, top: Chunk) -> tuple[StringPool | None, tuple[int, ...], Chunk | None]:
    """Read what stands before the first node: string pool, resource map, other chunks."""
    pool: StringPool | None = None
    ids: tuple[int, ...] = ()
    at = top.start + top.header
    while (chunk := chunk_at(data, at, top.end)) is not None:
        if chunk.type == _STRING_POOL:
            pool = StringPool(data, chunk)
        elif chunk.type == _RESOURCE_MAP:
            count = (chunk.end - chunk.start - chunk.header) // 4
            ids = struct.unpack_from(f"<{count}L", data, chunk.start + chunk.header)
        elif _FIRST_NODE <= chunk.type <= _LAST_NODE:
            return pool, ids, chunk
        at = chunk.end
    return pool, ids, None


@dataclass(frozen=True, slots=True)
class _Names:
    """Strings by index, and the resource ids of the first of them."""

    pool: StringPool
    ids: tuple[int, ...]

    def attribute(self, fields: tuple[int, ...]) -> Attribute:
        namespace, name, raw, _, _, kind, value = fields
        text = self.pool[value] if kind == STRING else ""
        return Attribute(
            self.ids[name] if name < len(self.ids) else 0,
            self.pool[namespace] if namespace != NO_INDEX else "",
            self.pool[name],
            kind,
            value,
            text or (self.pool[raw] if raw != NO_INDEX else ""),
        )


def _tree(
    data: bytes, top: Chunk, node: Chunk | None, names: _Names, problems: list[str]
) -> Element | None:
    """Build the tree from `node` on; stop where Android's reader stops or a bound is met."""
    root: Element | None = None
    open_elements: list[Element] = []
    elements = attributes = 0
    while node is not None:
        if node.header < _NODE_HEADER and _FIRST_NODE <= node.type <= _LAST_NODE:
            problems.append("a node with a header of less than 16 bytes")
            break
        if node.type == _START:
            element = _element(data, node, names)
            if element is None:
                problems.append("an element whose attributes do not fit into it")
                break
            elements += 1
            attributes += len(element.attributes)
            if elements > MAX_ELEMENTS or attributes > MAX_ATTRIBUTES:
                problems.append(f"more than {MAX_ELEMENTS} elements or {MAX_ATTRIBUTES} attributes")
                break
            if len(open_elements) >= MAX_DEPTH:
                problems.append(f"elements nested more than {MAX_DEPTH} deep")
                break
            if open_elements:
                open_elements[-1].children.append(element)
            elif root is None:
                root = element
            open_elements.append(element)
        elif node.type == _END and open_elements:
            open_elements.pop()
        elif node.type == _TEXT and open_elements and node.start + node.header + 4 <= node.end:
            (text,) = struct.unpack_from("<L", data, node.start + node.header)
            open_elements[-1].content += names.pool[text][:MAX_TEXT]
        at = node.end
        node = chunk_at(data, at, top.end)
        if node is None and top.end - at >= 8:
            problems.append("a chunk whose size does not fit")
    return root


def _element(data: bytes, node: Chunk, names: _Names) -> Element | None:
    """Read a start tag, or return None when it does not fit into its node."""
    at = node.start + node.header
    if at + 20 > node.end:
        return None
    _, name, start, size, count = _ELEMENT.unpack_from(data, at)
    if at + start + size * count > node.end or (count and size < _ATTRIBUTE.size):
        return None
    if count and at + start + size * (count - 1) + _ATTRIBUTE.size > node.end:
        return None
    attributes = tuple(
        names.attribute(_ATTRIBUTE.unpack_from(data, at + start + size * i)) for i in range(count)
    )
    return Element(names.pool[name], attributes)
