"""Which libraries and SDKs the package holds, and which of its classes are theirs.

Signals, strongest first: classes under known prefixes; components and meta-data of the manifest
(they keep their names when code is renamed); names of native libraries and files; constants that
only one library holds and classes of its structure, which also show where a renamed copy lies. A
host in a constant supports an identification but makes none: any app may name it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from auditor.catalog import Catalog
from auditor.facts.code import Code, java_name
from auditor.facts.entries import LibraryEntry
from auditor.facts.names import HostMap, Paths, PrefixMap
from auditor.facts.renaming import Renamed, find_renamed, sizes
from auditor.facts.urls import host_of
from auditor.model import DataType, Library, Manifest, Package

APP = "app"
_LONGEST = 2_048
"""Characters of a constant in which an address is looked for."""
_EVIDENCE = 6
"""Pieces of evidence that are kept of each kind."""
_VERSION = re.compile(r"\d{1,5}(?:\.\d{1,6}){1,4}(?:[-.][0-9A-Za-z]{1,16})?")


@lru_cache(maxsize=4)
def library_entries(catalog: Catalog) -> tuple[LibraryEntry, ...]:
    """Every library that the catalog knows, the user's included."""
    return catalog.entries("libraries", LibraryEntry)


@dataclass(frozen=True)
class _Signals:
    """What speaks for one library, piece by piece."""

    classes: int = 0
    manifest: tuple[str, ...] = ()
    native: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    renamed: Renamed = field(default_factory=Renamed)
    hosts: tuple[str, ...] = ()
    """Hosts of its vendor that constants name."""

    @property
    def any(self) -> bool:
        return bool(self.classes or self.manifest or self.native or self.files or self.renamed)

    @property
    def confidence(self) -> str:
        named = (self.classes, self.manifest, self.native, self.files)
        kinds = sum(map(bool, (*named, self.renamed.constants, self.renamed.structure, self.hosts)))
        if self.classes or (kinds > 1 and any(named)):
            return "high"
        return "medium" if any(named) or kinds > 1 else "low"


def identify_libraries(package: Package, code: Code, catalog: Catalog) -> tuple[Library, ...]:
    """Name the libraries in `package`, by id, each with the prefixes of its classes."""
    entries = library_entries(catalog)
    own = package.manifest.package
    prefixes = {e.id: tuple(p for p in e.prefixes if not _covers(p, own)) for e in entries}
    by_prefix = PrefixMap.of((p, e.id) for e in entries for p in prefixes[e.id])
    seen = _classes_by_library(code, by_prefix)
    manifest = _manifest_by_library(package.manifest, by_prefix, entries)
    paths = Paths(f.name for f in package.files)
    absent = [e for e in entries if e.id not in seen]
    renamed = find_renamed(absent, code, package.manifest)
    hosts = _hosts_by_library(entries, code)
    found = []
    for entry in entries:
        classes = seen.get(entry.id, Counter())
        signals = _Signals(
            classes.total(),
            manifest.get(entry.id, ())[:_EVIDENCE],
            tuple(n.rpartition("/")[2] for n in paths.matching(entry.native)[:_EVIDENCE]),
            tuple(paths.matching(entry.files)[:_EVIDENCE]),
            renamed.get(entry.id, Renamed()),
            hosts.get(entry.id, ())[:_EVIDENCE],
        )
        if signals.any:
            found.append(
                _library(entry, prefixes[entry.id], signals, classes, package, paths, code)
            )
    return tuple(sorted(found, key=lambda library: library.id))


def owner_of(class_descriptor: str, libraries: tuple[Library, ...]) -> str:
    """Return the id of the library to which a class belongs, or `app`."""
    return _owners(libraries)(class_descriptor)


class Owners:
    """Answer `owner_of` for one app: a few dictionary look-ups for each class."""

    def __init__(self, libraries: Iterable[Library]) -> None:
        """Index the prefixes of `libraries`."""
        packages: list[tuple[str, str]] = []
        self._exact: dict[str, str] = {}
        for library in sorted(libraries):
            for prefix in library.prefixes:
                if prefix.endswith(";"):
                    self._exact.setdefault(prefix, library.id)
                else:
                    packages.append((prefix.removeprefix("L").replace("/", "."), library.id))
        self._packages = PrefixMap.of(packages)

    def __call__(self, descriptor: str) -> str:
        """Return the owner of a class."""
        if exact := self._exact.get(descriptor):
            return exact
        return self._packages.find(java_name(descriptor)) or APP


@lru_cache(maxsize=8)
def _owners(libraries: tuple[Library, ...]) -> Owners:
    return Owners(libraries)


def _covers(prefix: str, package: str) -> bool:
    """Tell whether the app itself lies under `prefix`: then the prefix tells nothing."""
    return package == prefix or package.startswith(prefix + ".")


def _classes_by_library(code: Code, by_prefix: PrefixMap[str]) -> dict[str, Counter[str]]:
    """For each library: the packages of its classes, counted."""
    packages = Counter(java_name(c).rpartition(".")[0] for c in code.classes())
    found: dict[str, Counter[str]] = {}
    for name, count in packages.items():
        if hit := by_prefix.find(name):
            found.setdefault(hit, Counter())[name] += count
    return found


def _manifest_by_library(
    manifest: Manifest, by_prefix: PrefixMap[str], entries: Sequence[LibraryEntry]
) -> dict[str, tuple[str, ...]]:
    by_name = PrefixMap.of((name, e.id) for e in entries for name in e.manifest)
    found: dict[str, list[str]] = {}
    names = {c.name: f"{c.kind} {c.name}" for c in manifest.components}
    keys = {k: f"meta-data {k}" for k, _ in manifest.meta_data}
    for component in manifest.components:
        keys |= {k: f"meta-data {k}" for k, _ in component.meta_data}
    for name, words in sorted((names | keys).items()):
        hit = by_name.find(name) or (by_prefix.find(name) if name in names else None)
        if hit:
            found.setdefault(hit, []).append(words)
    return {library: tuple(words) for library, words in found.items()}


def _hosts_by_library(entries: Sequence[LibraryEntry], code: Code) -> dict[str, tuple[str, ...]]:
    """For each library: the hosts of its vendor that addresses in constants name."""
    known = HostMap.of((host, e.id) for e in entries for host in e.hosts)
    found: dict[str, dict[str, None]] = {}
    for text in code.strings_containing(b"://"):
        if len(text) <= _LONGEST and (host := host_of(text)) and (hit := known.find(host)):
            found.setdefault(hit, {}).setdefault(host)
    return {library: tuple(sorted(hosts)) for library, hosts in found.items()}


def _library(
    entry: LibraryEntry,
    prefixes: Sequence[str],
    signals: _Signals,
    classes: Counter[str],
    package: Package,
    paths: Paths,
    code: Code,
) -> Library:
    evidence = [f"{count} classes in {name}" for name, count in classes.most_common(_EVIDENCE)]
    evidence += [f"manifest: {words}" for words in signals.manifest]
    evidence += [f"native library: {name}" for name in signals.native]
    evidence += [f"file: {name}" for name in signals.files]
    renamed = signals.renamed
    evidence += [f"its constants in {java_name(c)}" for c in renamed.constants[:_EVIDENCE]]
    evidence += [f"its structure in {java_name(c)}" for c in renamed.structure[:_EVIDENCE]]
    around = sizes(renamed.packages, code).most_common(_EVIDENCE)
    evidence += [f"renamed: {count} classes in {java_name(p)}" for p, count in around]
    evidence += [f"host: {host}" for host in signals.hosts]
    return Library(
        id=entry.id,
        name=entry.name,
        vendor=entry.vendor,
        evidence=tuple(evidence),
        version=_version(entry, package, paths, code),
        category=entry.category,
        confidence=signals.confidence,
        data_types=_data_types(entry, classes),
        prefixes=tuple(f"L{p.replace('.', '/')}" for p in prefixes)
        + renamed.constants
        + renamed.structure
        + tuple(p.rstrip("/") for p in renamed.packages),
    )


def _data_types(entry: LibraryEntry, classes: Counter[str]) -> tuple[DataType, ...]:
    """Data types it can read; those of its modules only when the module is there."""
    present = {
        data_type
        for data_type, prefixes in entry.modules.items()
        if any(_covers(p, name) for p in prefixes for name in classes)
    }
    return tuple(d for d in entry.data_types if d not in entry.modules or d in present)


def _version(entry: LibraryEntry, package: Package, paths: Paths, code: Code) -> str:
    names = [n for glob in entry.version_files for n in paths.matching([glob])]
    files = {f.name: f for f in package.files if f.size <= 4096} if names else {}
    for name in names:
        if (file := files.get(name)) is None:
            continue
        for line in file.load().decode("utf-8", "replace").splitlines():
            key, _, value = line.partition("=")
            if match := _VERSION.fullmatch((value or key).strip()):
                return match.group()
    for start in entry.version_strings:
        for text in sorted(code.strings_containing(start.encode())):
            if match := _VERSION.fullmatch(text.removeprefix(start)):
                return match.group()
    return ""
