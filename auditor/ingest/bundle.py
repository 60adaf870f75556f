"""Find the APKs that make up one app in what a user holds: a file or a folder.

An APK has a manifest at its root. XAPK, APKS (bundletool, SAI) and APKM are archives of APKs; so is
a folder of splits. They may hold alternatives for the same split (several screen densities of the
same name, standalone APKs beside splits) and, rarely, another app: one set is chosen, the rest is
told as a limit. An Android App Bundle (AAB) is no installable package and is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from auditor.errors import UnreadablePackageError
from auditor.ingest.archive import Archive, checksum_limits, open_archive
from auditor.ingest.axml import Document, Element, read_axml
from auditor.ingest.manifest import Identity, identify
from auditor.ingest.source import FileSource, Source
from auditor.ingest.zip_directory import shown
from auditor.model import Limit

MAX_APKS = 500
_MANIFEST = "AndroidManifest.xml"
_MAX_IDSIG = 16 << 20
_MAX_MANIFEST = 64 << 20


@dataclass(frozen=True, slots=True)
class Apk:
    """One APK of the app, opened."""

    name: str
    archive: Archive
    root: Element
    identity: Identity
    idsig: bytes
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The APKs of one app, the base first; and the file that held them."""

    apks: tuple[Apk, ...]
    limits: tuple[Limit, ...]
    outer: Archive | None = None
    """The archive of APKs, when it was one."""


def find_in_folder(path: Path) -> Found:
    """Open the APKs of a folder of splits.

    Raises:
        UnreadablePackageError: no APK in it, one that is unreadable, or APKs of several apps.
    """
    files = sorted(p for p in path.iterdir() if p.suffix.lower() == ".apk" and p.is_file())
    if not files:
        raise UnreadablePackageError(f"{path.name}: no .apk file in this folder")
    if len(files) > MAX_APKS:
        raise UnreadablePackageError(f"{path.name}: more than {MAX_APKS} .apk files")
    apks = []
    for file in files:
        side = file.with_name(file.name + ".idsig")
        apks.append(open_apk(FileSource(file), file.name, read_idsig(side)))
    packages = sorted({apk.identity.package for apk in apks})
    if len(packages) > 1:
        names = ", ".join(map(shown, packages[:5]))
        raise UnreadablePackageError(f"{path.name}: holds APKs of several apps: {names}")
    return _chosen(apks, path.name, None)


def find_in_file(source: Source, name: str, idsig: bytes) -> Found:
    """Open an APK, or the APKs inside an XAPK, APKS or APKM.

    Raises:
        UnreadablePackageError: none of these, or damaged.
    """
    outer = open_archive(source, name)
    if _MANIFEST in outer:
        apk = _apk(outer, name, idsig)
        return Found((apk,), apk.limits)
    if "BundleConfig.pb" in outer or "base/manifest/AndroidManifest.xml" in outer:
        why = "an Android App Bundle (AAB); build an APKS from it with bundletool and audit that"
        raise UnreadablePackageError(f"{name}: {why}")
    inner = [entry for entry in outer.entries if entry.lower().endswith(".apk")]
    if not inner:
        raise UnreadablePackageError(f"{name}: a ZIP archive without {_MANIFEST}, so no APK")
    inner, skipped = _installable(inner)
    limits = [*outer.limits, *skipped_limits(name, skipped, "an alternative to the splits")]
    apks = []
    for entry, short in zip(inner[:MAX_APKS], _short_names(inner), strict=False):
        side = entry + ".idsig"
        small = side in outer and outer.entries[side].size <= _MAX_IDSIG
        try:
            apks.append(open_apk(outer.window(entry), short, outer.read(side) if small else b""))
        except UnreadablePackageError as error:
            limits.append(Limit("not_examined", f"{name}!/{entry}", str(error)))
    if not apks:
        raise UnreadablePackageError(f"{name}: none of its APKs can be read: {limits[-1].why}")
    found = _chosen(apks, name, outer)
    return Found(found.apks, (*limits, *found.limits, *_expansions(outer, name)), outer)


def open_apk(source: Source, name: str, idsig: bytes = b"") -> Apk:
    """Open one APK.

    Raises:
        UnreadablePackageError: no APK.
    """
    archive = open_archive(source, name)
    if _MANIFEST not in archive:
        raise UnreadablePackageError(f"{name}: a ZIP archive without {_MANIFEST}, so no APK")
    return _apk(archive, name, idsig)


def read_idsig(path: Path) -> bytes:
    """Return the v4 signature file, or nothing."""
    try:
        if path.is_file() and path.stat().st_size <= _MAX_IDSIG:
            return path.read_bytes()
    except OSError:
        return b""
    return b""


def skipped_limits(name: str, entries: list[str], why: str) -> Iterator[Limit]:
    """Tell which files of a bundle were left aside."""
    return (Limit("not_examined", f"{name}!/{entry}", why) for entry in entries[:20])


def _apk(archive: Archive, name: str, idsig: bytes) -> Apk:
    limits = list(archive.limits)
    entry = archive.entries[_MANIFEST]
    where = f"{name}!/{_MANIFEST}"
    document = Document(None, (f"larger than {_MAX_MANIFEST} bytes",))
    if entry.size <= _MAX_MANIFEST:
        try:
            data = archive.read(_MANIFEST)
            document = read_axml(data)
            limits += checksum_limits(where, data, entry.crc)
        except UnreadablePackageError as error:
            document = Document(None, (str(error),))
    root = document.root
    if root is None and entry.flags & 1:
        raise UnreadablePackageError(f"{name}: encrypted (its manifest cannot be read)")
    for problem in document.problems:
        limits.append(Limit("manifest_malformed", where, problem))
    if root is not None and root.name != "manifest":
        why = f"its root is <{shown(root.name)}>, not <manifest>"
        limits.append(Limit("manifest_malformed", where, why))
    root = root or Element("manifest")
    return Apk(name, archive, root, identify(root), idsig, tuple(limits))


def _installable(entries: list[str]) -> tuple[list[str], list[str]]:
    """Choose among the folders of bundletool's APKS: splits, else one that stands alone."""
    splits = sorted(entry for entry in entries if entry.startswith("splits/"))
    if splits:
        return splits, sorted(set(entries) - set(splits))
    alone = sorted(entry for entry in entries if entry.startswith(("standalones/", "universal")))
    if alone:
        return alone[:1], sorted(set(entries) - set(alone[:1]))
    return sorted(entries), []


def _short_names(entries: list[str]) -> list[str]:
    """Name the parts by their files, by their places where two files are called the same."""
    names = [shown(PurePosixPath(entry).name) for entry in entries]
    if len(set(names)) == len(names):
        return names
    return [f"{shown(entry)}#{position}" for position, entry in enumerate(entries, 1)]


def _chosen(apks: list[Apk], where: str, outer: Archive | None) -> Found:
    """Choose the base and one APK for each split of the same package."""
    bases = [apk for apk in apks if not apk.identity.split] or apks[:1]
    base = max(bases, key=lambda apk: (_is_called_base(apk.name), apk.archive.source.size))
    taken: dict[str, Apk] = {}
    limits: list[Limit] = []
    for apk in apks:
        identity = apk.identity
        if apk is base:
            continue
        if identity.package != base.identity.package:
            why = f"belongs to another app, {shown(identity.package) or 'without a name'}"
        elif not identity.split:
            why = "another variant of the base APK"
        elif identity.split in taken:
            why = f"another variant of the split {shown(identity.split)}"
        else:
            taken[identity.split] = apk
            continue
        limits.append(Limit("not_examined", f"{where}!/{apk.name}", why))
    chosen = (base, *sorted(taken.values(), key=lambda apk: apk.name))
    limits += [limit for apk in chosen for limit in apk.limits]
    if base.identity.split:
        limits.append(Limit("not_examined", where, "the base APK is missing; only splits are here"))
    return Found(chosen, tuple(limits), outer)


def _is_called_base(name: str) -> bool:
    return PurePosixPath(name).name.lower() in ("base.apk", "base-master.apk")


def _expansions(outer: Archive, name: str) -> Iterator[Limit]:
    obb = sorted(entry for entry in outer.entries if entry.lower().endswith(".obb"))
    return skipped_limits(name, obb, "an expansion file (OBB), not part of the app's code")
