"""The resources of all parts of an app as one table (`model.Resources`).

A configuration split repeats the ids of the base for its own locale or density, a feature split
brings ids of its own: so each question goes to every table and the answers are joined, the base
first. Nothing is decoded before it is asked for.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from auditor.errors import UnreadablePackageError
from auditor.ingest import axml
from auditor.ingest.archive import Archive
from auditor.ingest.arsc import Table, Value
from auditor.ingest.axml import Attribute, Element
from auditor.model import Limit, Package, View

MAX_REFERENCES = 8
MAX_INCLUDES = 32
"""Layouts that one layout may include, all levels together."""
MAX_VIEWS = 20_000
MAX_XML = 8 << 20
"""Bytes of one XML file."""
MAX_ELEMENTS = 500_000
"""Elements of all XML files of an app that are asked for."""
MAX_VARIANTS = 40
MAX_VALUES = 4_000
"""Configurations in which one resource is looked up, references included."""
MAX_CHARACTERS = 64 << 20
"""Characters that `strings` returns at most."""

_NAME, _ID, _TEXT, _LAYOUT = 0x01010003, 0x010100D0, 0x0101014F, 0x010100F2
_ON_CLICK, _INPUT_TYPE = 0x0101026F, 0x01010220
_FRAGMENTS = ("fragment", "androidx.fragment.app.FragmentContainerView")


class AppResources:
    """The tables and XML files of all parts; satisfies `model.Resources`."""

    def __init__(self, parts: Sequence[tuple[Archive, Table | None]]) -> None:
        """Join the archives of the app and their tables, the base first."""
        self._archives = [archive for archive, _ in parts]
        self._tables = [table for _, table in parts if table is not None]
        self._ids: dict[str, dict[str, int]] = {}
        self._layouts: dict[int, tuple[View, ...]] = {}
        self._limits: dict[str, Limit] = {}
        self._plainest: dict[int, Value | None] = {}
        self._elements = MAX_ELEMENTS
        self._strings: dict[str, Mapping[str, str]] | None = None

    def string(self, res_id: int) -> Mapping[str, str]:
        """Text of a string resource for each locale (default under `""`), or nothing."""
        found: dict[str, tuple[bool, str]] = {}
        for locale, plain, value in self._resolved(res_id):
            if value.type == axml.STRING and (
                locale not in found or (plain and not found[locale][0])
            ):
                found[locale] = (plain, value.text)
        return {locale: text for locale, (_, text) in sorted(found.items())}

    def name(self, res_id: int) -> str:
        """Name of a resource, `layout/activity_main`, or an empty string."""
        return next((name for table in self._tables if (name := table.name(res_id))), "")

    def id_of(self, name: str) -> int | None:
        """Id of the resource called `string/app_name`, or None."""
        kind, _, entry = name.partition("/")
        if kind not in self._ids:
            known: dict[str, int] = {}
            for table in self._tables:
                for key, res_id in table.ids(kind):
                    known.setdefault(key, res_id)
            self._ids[kind] = known
        return self._ids[kind].get(entry)

    def array(self, res_id: int) -> tuple[str, ...]:
        """Elements of a string array, or nothing."""
        best: tuple[tuple[bool, bool], tuple[str, ...]] | None = None
        for table in self._tables:
            for config, items in table.items(res_id):
                rank = (config.locale == "", config.plain)
                if best is None or rank > best[0]:
                    best = (rank, tuple(self._text(value) for _, value in items))
        return best[1] if best else ()

    def layout(self, res_id: int) -> tuple[View, ...]:
        """Views of a layout in document order (includes followed), or nothing.

        Variants for other screens and versions follow the plain one with the views they add.
        """
        if res_id not in self._layouts:
            views: dict[View, None] = {}
            for view in islice(self._views(res_id, [MAX_INCLUDES], None), MAX_VIEWS):
                views.setdefault(view)
            self._layouts[res_id] = tuple(views)
        return self._layouts[res_id]

    def strings(self) -> Mapping[str, Mapping[str, str]]:
        """Every string resource: name, then text for each locale."""
        if self._strings is None:
            self._strings = self._all_strings()
        return self._strings

    def _all_strings(self) -> dict[str, Mapping[str, str]]:
        """Go through the tables once; only references are looked up one by one."""
        found: dict[str, dict[str, tuple[bool, str]]] = {}
        left = MAX_CHARACTERS
        for table in self._tables:
            for res_id, name, config, value in table.listing("string"):
                texts = found.setdefault(name, {})
                if value is None or left <= 0:
                    continue
                if value.type == axml.STRING:
                    known = texts.get(config.locale)
                    if known is None or (config.plain and not known[0]):
                        texts[config.locale] = (config.plain, value.text)
                        left -= len(value.text)
                elif is_reference(value.type):
                    for locale, text in self.string(res_id).items():
                        texts.setdefault(locale, (False, text))
        if left <= 0:
            why = f"more than {MAX_CHARACTERS} characters of strings; the others were not read"
            self._limits["strings"] = Limit("budget", "resources.arsc", why)
        return {
            name: {locale: text for locale, (_, text) in sorted(texts.items())}
            for name, texts in sorted(found.items())
        }

    def limits(self) -> tuple[Limit, ...]:
        """Tell what of the resources asked for so far could not be read, or only in part."""
        found = list(self._limits.values())
        for archive in self._archives:
            found += archive.damage()
        if any(table.exhausted for table in self._tables):
            why = "overlapping strings or too many configurations; not all were read"
            found.append(Limit("budget", "resources.arsc", why))
        return tuple(sorted(found))

    # ------------------------------------------------------------ for the readers of this stage

    def text(self, attribute: Attribute | None) -> str:
        """Return the text of an attribute: its own, or that of the string it refers to."""
        value = self.value(attribute) if attribute is not None else None
        return scalar(value.type, value.data, value.text) if value is not None else ""

    def texts(self, attribute: Attribute) -> Mapping[str, str]:
        """Return the text of an attribute for each locale; a missing default is the first one."""
        if not is_reference(attribute.type):
            return {"": scalar(attribute.type, attribute.data, attribute.text)}
        found = dict(self.string(attribute.data))
        if "" not in found:
            value = self.value(attribute)
            first = next(iter(found.values()), "")
            found[""] = scalar(value.type, value.data, value.text) if value else first
        return found

    def value(self, attribute: Attribute) -> Value | None:
        """Return the value of an attribute, references followed; the plainest configuration."""
        if not is_reference(attribute.type):
            return Value(attribute.type, attribute.data, attribute.text)
        if attribute.data not in self._plainest:
            best: tuple[tuple[bool, bool], Value] | None = None
            for locale, plain, value in self._resolved(attribute.data):
                if best is None or (locale == "", plain) > best[0]:
                    best = ((locale == "", plain), value)
            self._plainest[attribute.data] = best[1] if best else None
        return self._plainest[attribute.data]

    def xml(self, res_id: int) -> Iterator[Element]:
        """Yield the root of an XML resource in each configuration, the plainest first."""
        paths: dict[str, bool] = {}
        for locale, plain, value in self._resolved(res_id):
            if value.type == axml.STRING:
                paths[value.text] = paths.get(value.text, False) or (plain and not locale)
        ordered = sorted(paths, key=lambda path: (not paths[path], path))
        for path in ordered[:MAX_VARIANTS]:
            for archive in self._archives:
                if path in archive:
                    root = self._root(archive, path)
                    if root is not None:
                        yield root
                    break

    def paths(self, res_id: int) -> tuple[str, ...]:
        """Return the files of a resource in every configuration, sorted."""
        found = {v.text for _, _, v in self._resolved(res_id) if v.type == axml.STRING}
        return tuple(sorted(found)[:MAX_VARIANTS])

    # ------------------------------------------------------------ inside

    def _resolved(self, res_id: int) -> Iterator[tuple[str, bool, Value]]:
        """Yield locale, plainness and value of a resource in each configuration."""
        yield from self._follow(res_id, MAX_REFERENCES, [MAX_VALUES])

    def _follow(
        self, res_id: int, depth: int, budget: list[int]
    ) -> Iterator[tuple[str, bool, Value]]:
        for table in self._tables:
            for config, value in table.values(res_id):
                budget[0] -= 1
                if budget[0] < 0:
                    return
                if not is_reference(value.type):
                    yield config.locale, config.plain, value
                elif depth and value.data != res_id:
                    for locale, plain, target in self._follow(value.data, depth - 1, budget):
                        yield config.locale or locale, plain and config.plain, target

    def _root(self, archive: Archive, path: str) -> Element | None:
        """Read an XML file; what stops it, or a bound, is kept for `limits`."""
        where = f"{archive.where}!/{path}"
        if self._elements <= 0 or archive.entries[path].size > MAX_XML:
            why = f"files of more than {MAX_XML} bytes or {MAX_ELEMENTS} elements in all"
            self._limits[where] = Limit("budget", where, f"not read: {why}")
            return None
        try:
            document = axml.read_axml(archive.read(path))
        except UnreadablePackageError as error:
            document = axml.Document(None, (str(error),))
        if document.problems:
            self._limits[where] = Limit("resource_malformed", where, document.problems[0])
        if document.root is not None:
            self._elements -= sum(1 for _ in document.root.walk())
        return document.root

    def _text(self, value: Value) -> str:
        return self.text(Attribute(0, "", "", value.type, value.data, value.text))

    def _views(self, res_id: int, budget: list[int], as_id: int | None) -> Iterator[View]:
        """Yield the views of a layout; its root gets the id `as_id` of the including element."""
        for root in self.xml(res_id):
            for element in root.walk():
                if element.name == "include":
                    layout = element.by_name("layout") or element.by_id(_LAYOUT)
                    if layout is not None and is_reference(layout.type) and budget[0] > 0:
                        budget[0] -= 1
                        own = _reference(element.by_id(_ID))
                        yield from self._views(layout.data, budget, own)
                elif element.name != "merge":
                    view = self._view(element)
                    yield replace(view, id=as_id) if as_id and element is root else view

    def _view(self, element: Element) -> View:
        name = element.by_id(_NAME)
        cls = element.by_name("class")
        is_fragment = element.name in _FRAGMENTS
        fragment = self.text(name) or (cls.text if cls else "") if is_fragment else ""
        input_type = element.by_id(_INPUT_TYPE)
        return View(
            cls.text if element.name == "view" and cls else element.name,
            _reference(element.by_id(_ID)),
            self.text(element.by_id(_ON_CLICK)),
            self.text(element.by_id(_TEXT)),
            fragment,
            input_type.data if input_type and not is_reference(input_type.type) else 0,
        )


def is_reference(kind: int) -> bool:
    """Tell whether a value of this type refers to a resource."""
    return kind in (axml.REFERENCE, axml.DYNAMIC_REFERENCE)


def scalar(kind: int, data: int, text: str) -> str:
    """Write a value that is no reference as text."""
    if kind == axml.STRING:
        return text
    if kind == axml.BOOLEAN:
        return "true" if data else "false"
    if kind == axml.INT:
        return str(data - (1 << 32) if data >> 31 else data)
    if kind == axml.FLOAT:
        return f"{struct.unpack('<f', struct.pack('<L', data))[0]:g}"
    if axml.HEX <= kind <= axml.LAST_INT:
        return f"0x{data:x}"
    return text


def _reference(attribute: Attribute | None) -> int | None:
    return attribute.data if attribute is not None and is_reference(attribute.type) else None


def resource_limits(package: Package) -> tuple[Limit, ...]:
    """Tell what of the files and resources asked for so far could not be read, or not as packed."""
    resources = package.resources
    return resources.limits() if isinstance(resources, AppResources) else ()
