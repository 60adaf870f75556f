"""Recognise packed apps, and say what they hide.

Two questions, answered apart. *Which packer?* by names that only it leaves. *Is the code there?* by
comparing the manifest with the classes. A packed app gets the limits `packed` and
`code_not_visible`; an app whose components are all defined never gets the second.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.catalog import Catalog
from auditor.facts.code import Code, java_name
from auditor.facts.entries import PackerEntry
from auditor.facts.names import Paths
from auditor.model import Limit, Manifest, Package, PackageFile, Packer

STUB_MISSING = 0.5
"""Share of the manifest's components without a class from which an app counts as a stub."""
FEW_CLASSES = 300
"""Classes of a DEX that can be no more than a loader, when most components are missing."""
_ENTROPY_BITS = 7.2
_SAMPLE = 65_536
_BIG = 100_000
"""Bytes from which an unreadable file can hold an app's code."""
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Visibility:
    """How much of the code that the manifest names is in the DEX files."""

    components: int
    missing: tuple[str, ...]
    """Components, Application and factory without a class, Java names."""
    classes: int
    application_missing: bool

    @property
    def missing_ratio(self) -> float:
        """Share of the components that have no class, 0 to 1."""
        return len(self.missing) / self.components if self.components else 0.0


@dataclass(frozen=True, slots=True)
class Packing:
    """What was found about packing."""

    packers: tuple[Packer, ...]
    limits: tuple[Limit, ...]
    visibility: Visibility


def detect_packers(package: Package, code: Code, catalog: Catalog) -> Packing:
    """Name the packers and say which code is not visible."""
    defined = frozenset(code.classes())
    visibility = code_visibility(package.manifest, defined)
    stub = is_stub(visibility)
    found = []
    paths = Paths(f.name for f in package.files)
    for entry in catalog.entries("packers", PackerEntry):
        strong, weak = _signs(entry, package.manifest, paths, defined)
        if strong or (stub and weak):
            confidence = "high" if strong and (stub or len(strong) > 1) else "medium"
            evidence = (strong + weak)[:_SHOWN]
            found.append((entry, Packer(entry.id, entry.name, entry.vendor, evidence, confidence)))
    packers = tuple(sorted(p for _, p in found))
    hiding = any(e.hides_code for e, _ in found)
    limits = _packed_limits(found, stub) + _visibility_limits(package, visibility, stub, hiding)
    return Packing(packers, limits, visibility)


def code_visibility(manifest: Manifest, defined: frozenset[str]) -> Visibility:
    """Compare the manifest's classes with those the DEX files define."""
    names = {c.target or c.name for c in manifest.components if c.enabled}
    if manifest.application_class:
        names.add(manifest.application_class)
    names = {n for n in names if n and not n.startswith(("android.", "com.android.internal."))}
    java = {java_name(d) for d in defined}
    missing = tuple(sorted(n for n in names if n not in java))
    return Visibility(len(names), missing, len(java), manifest.application_class in missing)


def is_stub(visibility: Visibility) -> bool:
    """Tell whether the DEX files hold only a loader, or nothing, of what the manifest names.

    A single missing component is a build mistake or a module that comes later; half of them, in
    an app with components to speak of or with hardly any class, is not.
    """
    if visibility.components == 0:
        return False
    if visibility.missing_ratio < STUB_MISSING:
        return False
    return len(visibility.missing) >= 3 or visibility.classes < FEW_CLASSES


def entropy(data: bytes) -> float:
    """Shannon entropy of `data` in bits a byte, 0 to 8."""
    if not data:
        return 0.0
    total = len(data)
    return -sum(n / total * math.log2(n / total) for n in Counter(data).values())


def _signs(
    entry: PackerEntry, manifest: Manifest, paths: Paths, defined: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Signs that only this packer leaves, and signs that it shares with others."""
    strong: list[str] = []
    roots = {manifest.application_class, manifest.app_component_factory}
    for name in sorted(roots - {""}):
        simple = name.rpartition(".")[2]
        named = name in entry.application_classes or simple in entry.application_suffixes
        if named or any(name.startswith(f"{p}.") for p in entry.class_prefixes):
            strong.append(f"Application class {name}")
    keys = {k for k, _ in manifest.meta_data}
    strong += [f"meta-data {k}" for k in entry.meta_data if k in keys]
    known = {f"L{c.replace('.', '/')};" for c in entry.application_classes}
    strong += [f"class {java_name(d)}" for d in sorted(known & defined)]
    strong += [f"file {n}" for n in paths.matching(entry.strong, entry.patterns)]
    shared = tuple(f"file {n}" for n in paths.matching(entry.medium + entry.weak))
    return tuple(dict.fromkeys(strong)), shared


def _packed_limits(found: Sequence[tuple[PackerEntry, Packer]], stub: bool) -> tuple[Limit, ...]:
    limits = []
    for entry, packer in found:
        how = f" ({entry.how})" if entry.how else ""
        signs = "; ".join(packer.evidence[:3])
        if not entry.hides_code:
            why = f"protected by {entry.name}{how}: parts of the code are hidden; seen: {signs}"
            limits.append(Limit("packed", packer.id, why))
        elif stub:
            why = f"packed by {entry.name}, {entry.vendor}{how}; seen: {signs}"
            limits.append(Limit("packed", packer.id, why))
        else:
            why = (
                f"signs of the packer {entry.name}{how}, though the components have classes: "
                f"method bodies may be hidden; seen: {signs}"
            )
            limits.append(Limit("packed", packer.id, why))
    return tuple(limits)


def _visibility_limits(
    package: Package, visibility: Visibility, stub: bool, hiding: bool
) -> tuple[Limit, ...]:
    if not stub:
        if not visibility.missing or visibility.missing_ratio < 0.2 or len(visibility.missing) < 3:
            return ()
        return (Limit("code_not_visible", "classes.dex", _missing_words(visibility)),)
    why = _missing_words(visibility)
    if blobs := _opaque_files(package):
        why += f"; the code may lie in {', '.join(blobs)}"
    limits = [Limit("code_not_visible", "classes.dex", why)]
    if not hiding:
        limits.append(
            Limit("packed", "unknown packer", "packed or loaded later by an unknown packer: " + why)
        )
    return tuple(limits)


def _missing_words(visibility: Visibility) -> str:
    shown = ", ".join(visibility.missing[:3])
    more = ", …" if len(visibility.missing) > 3 else ""
    return (
        f"{len(visibility.missing)} of {visibility.components} components that the manifest names "
        f"are not in DEX ({shown}{more}): their code is not visible to this tool"
    )


def _opaque_files(package: Package) -> list[str]:
    """Big files of no known kind that look encrypted, biggest first."""
    candidates = sorted(
        (
            f
            for f in package.files
            if f.size >= _BIG and f.name.startswith(("assets/", "lib/", "res/raw/"))
        ),
        key=lambda f: (-f.size, f.part, f.name),
    )
    return [f.name for f in candidates[:12] if _looks_encrypted(f)][:3]


_KNOWN_MAGIC = (
    b"\x7fELF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"OggS",
    b"ID3",
    b"RIFF",
    b"dex\n",
)


def _looks_encrypted(file: PackageFile) -> bool:
    if file.size > 64 * 1024 * 1024:
        return False
    data = file.load()
    middle = len(data) // 2
    sample = data[middle : middle + _SAMPLE]
    if data.startswith(_KNOWN_MAGIC[1:]):
        return False
    return entropy(sample) >= _ENTROPY_BITS
