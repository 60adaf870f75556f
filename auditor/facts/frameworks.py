"""Which frameworks carry the app's logic, and where that logic lies.

An app can mix several; each is reported with the files or classes that show it. What this program
does not read of a framework becomes a limit, so that silence about it cannot be taken for "clean".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditor.catalog import Catalog
from auditor.facts.code import Code, java_name
from auditor.facts.entries import FrameworkEntry
from auditor.facts.names import Paths, PrefixMap
from auditor.model import Framework, Limit, Package, PackageFile

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class FoundFramework:
    """A framework with the files that hold its code."""

    entry: FrameworkEntry
    framework: Framework
    code: tuple[PackageFile, ...]


def detect_frameworks(
    package: Package, code: Code, catalog: Catalog
) -> tuple[tuple[Framework, ...], tuple[Limit, ...]]:
    """Name the frameworks of `package` and what of their code is not read."""
    found = find_frameworks(package, code, catalog)
    limits = [
        Limit("hybrid", where, f"{f.entry.name}: {f.entry.unread}")
        for f in found
        if f.entry.unread
        for where in ([place(package, file) for file in f.code[:_SHOWN]] or [f.entry.id])
    ]
    limits += _absent(found)
    return tuple(sorted(f.framework for f in found)), tuple(sorted(set(limits)))


def _absent(found: list[FoundFramework]) -> list[Limit]:
    """Frameworks of scripts in a package that holds none of their scripts."""
    scripted = [f for f in found if f.entry.reader == "js"]
    if any(f.code for f in scripted):
        return []
    why = (
        "its pages and scripts are not in the package: they may be loaded at run time, unseen here"
    )
    return [Limit("hybrid", f.entry.id, f"{f.entry.name}: {why}") for f in scripted]


def find_frameworks(package: Package, code: Code, catalog: Catalog) -> list[FoundFramework]:
    """Every framework, in the catalog's order, with the files that hold its code."""
    entries = catalog.entries("frameworks", FrameworkEntry)
    by_class = PrefixMap.of((prefix, e.id) for e in entries for prefix in e.classes)
    packages = {java_name(c).rpartition(".")[0] for c in code.classes()}
    packages |= {c.name.rpartition(".")[0] for c in package.manifest.components}
    classes: dict[str, list[str]] = {}
    for name in sorted(packages):
        if hit := by_class.find(name):
            classes.setdefault(hit, []).append(f"classes in {name}")
    found = []
    paths = Paths(f.name for f in package.files)
    for entry in entries:
        evidence = _evidence(entry, package, paths, code, classes.get(entry.id, []))
        if evidence:
            held = set(paths.matching(entry.code))
            stores = tuple(f for f in package.files if f.name in held)
            shown = tuple(evidence[:_SHOWN])
            framework = Framework(entry.id, entry.name, shown, not entry.unread)
            found.append(FoundFramework(entry, framework, stores))
    scripted = any(f.entry.reader == "js" and not f.entry.manual for f in found)
    return [f for f in found if not (scripted and f.entry.manual)]


def place(package: Package, file: PackageFile) -> str:
    """Where a file lies: its path, with the part before it unless that is the base APK."""
    base = package.parts[0].name if package.parts else file.part
    return file.name if file.part == base else f"{file.part}!/{file.name}"


def _evidence(
    entry: FrameworkEntry, package: Package, paths: Paths, code: Code, classes: list[str]
) -> list[str]:
    if entry.manual:
        pages = code.strings_containing(b"file:///android_asset/")
        held = paths.matching(entry.files)
        return [f"opens {p}" for p in sorted(pages)][:2] if held else []
    files = [f"file {n}" for n in paths.matching(entry.files)]
    keys = {k for k, _ in package.manifest.meta_data}
    meta = [f"meta-data {k}" for k in entry.meta_data if k in keys]
    named = []
    if entry.package_pattern and re.fullmatch(entry.package_pattern, package.manifest.package):
        named = [f"package {package.manifest.package}"]
    if entry.only_classes and not classes:
        return []
    return [*named, *files[:2], *classes[:2], *meta, *files[2:], *classes[2:]]
