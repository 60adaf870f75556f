"""Which frameworks carry the app's logic, and where that logic lies.

An app can mix several; each is reported with the files or classes that show it. What this program
does not read of a framework becomes a limit, so that silence about it cannot be taken for "clean".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.catalog import Catalog
from auditor.facts.code import Code, java_name
from auditor.facts.entries import FrameworkEntry
from auditor.facts.names import PrefixMap, glob_matches
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
    return tuple(sorted(f.framework for f in found)), tuple(sorted(set(limits)))


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
    for entry in entries:
        evidence = _evidence(entry, package, classes.get(entry.id, []))
        if evidence:
            stores = tuple(_code_files(entry, package.files))
            shown = tuple(evidence[:_SHOWN])
            framework = Framework(entry.id, entry.name, shown, not entry.unread)
            found.append(FoundFramework(entry, framework, stores))
    return found


def place(package: Package, file: PackageFile) -> str:
    """Where a file lies: its path, with the part before it unless that is the base APK."""
    base = package.parts[0].name if package.parts else file.part
    return file.name if file.part == base else f"{file.part}!/{file.name}"


def _evidence(entry: FrameworkEntry, package: Package, classes: list[str]) -> list[str]:
    if entry.manual:
        return []
    files = sorted(
        {
            f"file {f.name}"
            for f in package.files
            if any(glob_matches(g, f.name) for g in entry.files)
        }
    )
    keys = {k for k, _ in package.manifest.meta_data}
    meta = [f"meta-data {k}" for k in entry.meta_data if k in keys]
    named = []
    if entry.package_pattern and re.fullmatch(entry.package_pattern, package.manifest.package):
        named = [f"package {package.manifest.package}"]
    if entry.only_classes and not classes:
        return []
    return [*named, *files[:2], *classes[:2], *meta, *files[2:], *classes[2:]]


def _code_files(entry: FrameworkEntry, files: Iterable[PackageFile]) -> Iterable[PackageFile]:
    return (f for f in files if any(glob_matches(g, f.name) for g in entry.code))
