"""Find a library whose classes were renamed: by constants, by structure, by the package around.

Renaming leaves constants, supertypes of the platform and the types of the platform in prototypes.
A class that bears them anchors the library; where obfuscators kept packages apart (R8 unless it is
told to flatten them), the classes beside the anchors are the library's too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.facts.code import Code, descriptor_of
from auditor.facts.entries import ClassShape, LibraryEntry
from auditor.model import Manifest

_MOST = 64
"""Anchors of one library, and classes beside them that are named one by one."""
_SHORT = 3
"""Letters up to which each part of a package's name can be an obfuscator's."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """Where a renamed library lies."""

    constants: tuple[str, ...] = ()
    """Descriptors of classes that load its constants."""
    structure: tuple[str, ...] = ()
    """Descriptors of classes that have the structure of one of its classes."""
    packages: tuple[str, ...] = ()
    """Packages (`La/b/`) that are wholly its own."""

    def __bool__(self) -> bool:
        """Tell whether anything was found."""
        return bool(self.constants or self.structure)


def find_renamed(
    entries: Sequence[LibraryEntry], code: Code, manifest: Manifest
) -> Mapping[str, Renamed]:
    """For each library without classes under its prefixes: where its renamed classes lie."""
    anchors = {e.id: (_loaders(e, code), _alike(e, code)) for e in entries}
    anchors = {library: pair for library, pair in anchors.items() if any(pair)}
    if not anchors:
        return {}
    users: dict[str, set[str]] = {}
    for library, pair in anchors.items():
        for cls in (*pair[0], *pair[1]):
            users.setdefault(_package(cls), set()).add(library)
    whole = _whole({p: min(u) for p, u in users.items() if len(u) == 1}, code, manifest)
    return {
        library: Renamed(
            *pair, tuple(sorted(package for package, user in whole.items() if user == library))
        )
        for library, pair in anchors.items()
    }


def _whole(users: Mapping[str, str], code: Code, manifest: Manifest) -> dict[str, str]:
    """Packages that hold nothing but the library that was found in them.

    Not one that the manifest names, not one that asks for personal data, and not one that holds
    most classes of the app: there an obfuscator put everything into one package.
    """
    names = [c.name for c in manifest.components]
    others = {_package(descriptor_of(n)) for n in (*names, manifest.application_class) if n}
    others.add(f"L{manifest.package.replace('.', '/')}/")
    for cls, method in _ASKING:
        others |= {_package(p.caller.partition("->")[0]) for p in code.calls_of(cls, method)}
    held = sizes(users, code)
    total = sum(1 for _ in code.classes())
    return {
        package: library
        for package, library in users.items()
        if package not in others and _is_short(package) and held[package] <= total * _SHARE
    }


_ASKING = (
    ("Landroid/content/ContentResolver;", "query"),
    ("Landroid/content/pm/PackageManager;", "getInstalledPackages"),
    ("Landroid/content/pm/PackageManager;", "getInstalledApplications"),
    ("Landroid/location/LocationManager;", "getLastKnownLocation"),
)
_SHARE = 0.4
"""Part of the app's classes above which a package is not one library's."""


def sizes(packages: Iterable[str], code: Code) -> Counter[str]:
    """Number of classes in each of some packages (`La/b/`), those below not counted."""
    wanted = frozenset(packages)
    if not wanted:
        return Counter()
    return Counter(p for cls in code.classes() if (p := _package(cls)) in wanted)


def _loaders(entry: LibraryEntry, code: Code) -> tuple[str, ...]:
    loaders = {p.caller.partition("->")[0] for text in entry.strings for p in code.loads_of(text)}
    return tuple(sorted(loaders)[:_MOST])


def _alike(entry: LibraryEntry, code: Code) -> tuple[str, ...]:
    found = {cls for shape in entry.structure for cls in _of_shape(shape, code)}
    return tuple(sorted(found)[:_MOST])


def _of_shape(shape: ClassShape, code: Code) -> Iterable[str]:
    first, *others = (descriptor_of(java) for java in shape.extends)
    for cls in code.implementors(first):
        if all(cls in code.implementors(other) for other in others):
            held = Counter(_plain(proto) for proto in code.prototypes(cls))
            if not Counter(shape.prototypes) - held:
                yield cls


def _plain(prototype: str) -> str:
    """A prototype in which `*` stands for each class that is not of the platform."""
    out, at = [], 0
    while at < len(prototype):
        if prototype[at] == "L":
            end = prototype.find(";", at) + 1 or len(prototype)
            name = prototype[at:end]
            out.append(name if name.startswith(_PLATFORM) else "*")
            at = end
        else:
            out.append(prototype[at])
            at += 1
    return "".join(out)


_PLATFORM = ("Ljava/", "Ljavax/", "Landroid/", "Lorg/json/", "Lorg/w3c/", "Lorg/xml/")


def _package(descriptor: str) -> str:
    """`La/b/C;` → `La/b/`."""
    return descriptor.rpartition("/")[0] + "/"


def _is_short(package: str) -> bool:
    parts = package[1:-1].split("/")
    return package != "/" and all(0 < len(part) <= _SHORT for part in parts)
