"""Find the code of an app, also where Android would not load it from by itself.

ART runs `classes.dex`, `classes2.dex`, … at the root of each APK, up to the first number that is
missing (`ArtDexFileLoader::OpenAllDexFilesFromZip`). DEX or APK content anywhere else can only be
loaded by the app at run time: it is told, and APKs can be audited on their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.errors import UnreadablePackageError
from auditor.ingest.archive import Archive, open_archive
from auditor.ingest.source import Source
from auditor.model import Limit, Package

_DEX_NAME = re.compile(r"classes(?:[2-9]|[1-9][0-9]{1,4})?\.dex")
_MAGIC = 8
_MAX_NESTED = 100
_MAX_TOLD = 20
_MAX_NESTED_SIZE = 512 << 20
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".xml", ".ttf", ".so")
_OUTSIDE = "DEX outside the places Android loads"


@dataclass(frozen=True, slots=True)
class Inside:
    """What lies in the files of an app besides its own code."""

    nested: tuple[str, ...]
    limits: tuple[Limit, ...]


def dex_names(names: Sequence[str]) -> list[str]:
    """Return the DEX files that ART loads from one APK, in its order."""
    known = set(names)
    found = ["classes.dex"] if "classes.dex" in known else []
    while found and f"classes{len(found) + 1}.dex" in known:
        found.append(f"classes{len(found) + 1}.dex")
    return found


def inspect_files(archives: Sequence[Archive], nested_audited: bool) -> Inside:
    """Look at the first bytes of every file of an app for hidden DEX and nested APKs."""
    nested: list[str] = []
    hidden: list[tuple[str, str]] = []
    limits: list[Limit] = []
    has_code = False
    for archive in archives:
        loaded = set(dex_names(list(archive.entries)))
        has_code = has_code or bool(loaded)
        for name, head in _heads(archive, loaded):
            where = f"{archive.where}!/{name}"
            if head[:4] == b"dex\n" or head[:4] == b"cdex":
                hidden.append((where, _OUTSIDE))
            elif head[:4] == b"PK\x03\x04" and len(nested) < _MAX_NESTED:
                kind = _kind_of_archive(archive, name)
                if kind == "apk":
                    nested.append(where)
                elif kind == "dex":
                    hidden.append((where, f"{_OUTSIDE}, inside an archive"))
    limits += [Limit("dynamic_code", where, why) for where, why in hidden[:_MAX_TOLD]]
    if len(hidden) > _MAX_TOLD:
        limits.append(Limit("dynamic_code", hidden[0][0], f"{len(hidden)} files in all: {_OUTSIDE}"))
    if not has_code:
        why = "no DEX code where Android loads it from"
        limits.append(Limit("code_not_visible", archives[0].where, why))
    if not nested_audited:
        why = "an APK inside the app; it was not examined (use --nested)"
        limits += [Limit("nested_apk", where, why) for where in nested[:_MAX_TOLD]]
    return Inside(tuple(nested), tuple(limits))


def _heads(archive: Archive, skipped: set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the first bytes of each file that could be code in disguise."""
    for name in sorted(archive.entries):
        if name in skipped or archive.entries[name].size < _MAGIC:
            continue
        try:
            yield name, archive.read(name, _MAGIC)
        except UnreadablePackageError:
            continue


def _kind_of_archive(archive: Archive, name: str) -> str:
    """Return apk, dex (an archive with DEX files), or an empty string."""
    if archive.entries[name].size > _MAX_NESTED_SIZE:
        return ""
    try:
        inner = open_archive(archive.window(name), name)
    except UnreadablePackageError:
        return ""
    if "AndroidManifest.xml" in inner:
        return "apk"
    return "dex" if any(_DEX_NAME.fullmatch(entry) for entry in inner.entries) else ""


# ---------------------------------------------------------------- reading the code


@dataclass(frozen=True, slots=True)
class Code:
    """The DEX files of an app in ART's order, and those that could not be read."""

    files: tuple[tuple[str, bytes], ...]
    limits: tuple[Limit, ...]


def read_code(package: Package) -> Code:
    """Read the DEX files that ART would load: the base's by name, those of splits `part!/name`."""
    files: list[tuple[str, bytes]] = []
    limits: list[Limit] = []
    by_place = {(file.part, file.name): file for file in package.files}
    for position, part in enumerate(package.parts):
        names = dex_names([name for owner, name in by_place if owner == part.name])
        for name in names:
            try:
                data = by_place[part.name, name].load()
            except UnreadablePackageError as error:
                limits.append(Limit("dex_malformed", f"{part.name}!/{name}", str(error)))
                continue
            files.append((name if not position else f"{part.name}!/{name}", data))
    return Code(tuple(files), tuple(limits))


def dex_files(package: Package) -> tuple[tuple[str, bytes], ...]:
    """Return name and content of each DEX file that ART would load; see `read_code`."""
    return read_code(package).files


def nested_packages(package: Package) -> Iterator[tuple[str, bytes]]:
    """Yield name (`part!/path`) and bytes of each APK inside the app; unreadable ones are skipped."""
    wanted = set(package.nested)
    for file in package.files:
        name = f"{file.part}!/{file.name}"
        if name in wanted:
            yield name, file.load()


def window_of(archive: Archive, name: str) -> Source:
    """Return one file of an archive as a source."""
    return archive.window(name)
