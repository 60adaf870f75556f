"""Read a package as Android would: `read_package` is the way in.

In: the path of an APK, XAPK, APKS or APKM, or of a folder of splits. Out: `model.Package`, whose
files are read when they are asked for. Nothing is written to disk.
"""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

from auditor.errors import UnreadablePackageError
from auditor.ingest.archive import checksum_limits
from auditor.ingest.arsc import Table
from auditor.ingest.bundle import Apk, Found, find_in_file, find_in_folder, read_idsig
from auditor.ingest.code import inspect_files
from auditor.ingest.manifest import read_manifest
from auditor.ingest.resources import AppResources
from auditor.ingest.signing import read_signers
from auditor.ingest.source import BytesSource, FileSource, older_digests, sha256
from auditor.model import Limit, Package, PackageFile, Part, Signer

_MAX_TABLE = 256 << 20


def read_package(path: Path, *, nested: bool = False) -> Package:
    """Read the app at `path`; `nested` says that APKs inside it are audited on their own.

    Raises:
        UnreadablePackageError: not readable as a package; the message names the file.
    """
    try:
        if path.is_dir():
            found = find_in_folder(path)
            digests = sorted(sha256(apk.archive.source) for apk in found.apks)
            digest = hashlib.sha256("".join(digests).encode()).hexdigest()
            size = sum(apk.archive.source.size for apk in found.apks)
            return _package(found, str(path), path.name, digest, size, nested)
        if not path.is_file():
            why = "not a regular file" if path.exists() else "no such file"
            raise UnreadablePackageError(f"{path}: {why}")
        source = FileSource(path)
        idsig = read_idsig(path.with_name(path.name + ".idsig"))
        found = find_in_file(source, path.name, idsig)
        return _package(found, str(path), path.name, sha256(source), source.size, nested)
    except OSError as error:
        raise UnreadablePackageError(f"{path}: {error.strerror or error}") from error


def read_package_bytes(name: str, data: bytes, *, nested: bool = False) -> Package:
    """Read a package that lies in memory, such as a nested APK; `name` stands for its path.

    Raises:
        UnreadablePackageError: not readable as a package.
    """
    found = find_in_file(BytesSource(data), name, b"")
    digest = hashlib.sha256(data).hexdigest()
    return _package(found, name, name.rpartition("/")[2], digest, len(data), nested)


def _package(found: Found, path: str, name: str, digest: str, size: int, nested: bool) -> Package:
    base = found.apks[0]
    limits = list(found.limits)
    resources = AppResources([(apk.archive, _table(apk, limits)) for apk in found.apks])
    manifest, told = read_manifest(
        base.root,
        [apk.root for apk in found.apks[1:]],
        resources,
        f"{base.name}!/AndroidManifest.xml",
    )
    signers, unsigned = _signers(found.apks)
    inside = inspect_files([apk.archive for apk in found.apks], nested_audited=nested)
    return Package(
        path=path,
        name=name,
        sha256=digest,
        size=size,
        parts=tuple(_part(apk, digest, size, found) for apk in found.apks),
        manifest=manifest,
        signers=signers,
        files=tuple(file for apk in found.apks for file in _files(apk)),
        resources=resources,
        nested=inside.nested,
        limits=tuple(dict.fromkeys((*limits, *told, *unsigned, *inside.limits))),
    )


def _part(apk: Apk, digest: str, size: int, found: Found) -> Part:
    """Describe one APK; a lone APK is the file itself, whose digest is known."""
    source = apk.archive.source
    alone = len(found.apks) == 1 and found.outer is None and source.size == size
    return Part(apk.name, digest if alone else sha256(source), source.size, *older_digests(source))


def _files(apk: Apk) -> list[PackageFile]:
    archive = apk.archive
    return [
        PackageFile(apk.name, name, entry.size, partial(archive.content, name), entry.crc)
        for name, entry in sorted(archive.entries.items())
    ]


def _table(apk: Apk, limits: list[Limit]) -> Table | None:
    where = f"{apk.name}!/resources.arsc"
    entry = apk.archive.entries.get("resources.arsc")
    if entry is None:
        return None
    if entry.size > _MAX_TABLE:
        limits.append(Limit("budget", where, f"{entry.size} bytes of resources were not read"))
        return None
    try:
        data = apk.archive.read("resources.arsc")
    except UnreadablePackageError as error:
        limits.append(Limit("resource_malformed", where, str(error)))
        return None
    limits += checksum_limits(where, data, entry.crc)
    table = Table(data)
    limits += [Limit("resource_malformed", where, why) for why in dict.fromkeys(table.problems)]
    return table


def _signers(apks: tuple[Apk, ...]) -> tuple[tuple[Signer, ...], list[Limit]]:
    found: dict[Signer, None] = {}
    limits: list[Limit] = []
    for apk in apks:
        signers, told = read_signers(apk.archive, apk.idsig)
        limits += told
        for signer in signers:
            found.setdefault(signer)
    return tuple(sorted(found)), limits
