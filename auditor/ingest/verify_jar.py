"""Check what a v1 (JAR) signature signs: PKCS #7 → `.SF` → `MANIFEST.MF` → every file.

A device reads v1 only where there is no newer scheme. Format: the JAR File Specification, "Signed
JAR File"; order of the checks: Android's `StrictJarVerifier`. Out: sentences; nothing is raised.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.errors import UnreadablePackageError
from auditor.ingest.archive import Archive
from auditor.ingest.public_key import Signed, is_valid
from auditor.ingest.zip_directory import shown

SIGNATURES = (".RSA", ".DSA", ".EC")
_MANIFEST = "META-INF/MANIFEST.MF"
_MAX_LISTING = 32 << 20
_MAX_HASHED = 1 << 30
"""Bytes of files that are hashed for one v1 signature."""
_MAX_FILES = 20
_STRONGEST = ("sha512", "sha384", "sha256", "sha1", "md5")
_BLANK = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)+")
_FOLDED = re.compile(rb"(?>\r\n|\n|\r) ")
_NEWER = ("2", "3")
"""What `X-Android-APK-Signed` names: schemes that must be there too."""
_REFUSED = "altered after signing; a device refuses it"


@dataclass(frozen=True, slots=True)
class _Section:
    """One section of a listing: its bytes with the blank line, and its attributes."""

    raw: bytes
    values: Mapping[str, str]


def signature_files(archive: Archive) -> list[str]:
    """Names of the PKCS #7 files of v1 signatures, in the order of the directory."""
    found = [
        name
        for name in archive.entries
        if name.upper().startswith("META-INF/")
        and name.count("/") == 1
        and name.upper().endswith(SIGNATURES)
    ]
    return found[:_MAX_FILES]


def check_jar(archive: Archive) -> Iterator[str]:
    """Tell what does not fit in an archive without a newer scheme."""
    try:
        manifest = _sections(_read(archive, _MANIFEST))
        signed: dict[str, None] = {}
        for name in signature_files(archive):
            covered = yield from _check_signer(archive, name, manifest)
            signed.update(dict.fromkeys(covered))
        yield from _check_files(archive, manifest, signed)
    except (UnreadablePackageError, ValueError, TypeError, LookupError, AttributeError) as error:
        yield f"v1: {' '.join(str(error).split())[:200] or type(error).__name__}"


def _check_signer(
    archive: Archive, name: str, manifest: Sequence[_Section]
) -> Generator[str, None, list[str]]:
    """Yield what does not fit; return the names of the files that the signer speaks for."""
    stem = name.rpartition(".")[0]
    beside = next((n for n in (f"{stem}.SF", f"{stem}.sf") if n in archive), None)
    if beside is None:
        yield f"v1: {shown(name)} signs nothing: its .SF file is missing"
        return []
    listing = _read(archive, beside)
    if why := _check_pkcs7(_read(archive, name), listing):
        yield f"v1: {shown(name)}: {why}"
        return []
    sections = _sections(listing)
    head = sections[0].values if sections else {}
    for number in re.split(r"[\s,]+", head.get("x-android-apk-signed", "")):
        if number in _NEWER:
            yield f"v1: the signer also signed with v{number}, and that was removed: {_REFUSED}"
    if _matches(head, "-digest-manifest", b"".join(section.raw for section in manifest)):
        return [s.values["name"] for s in manifest if "name" in s.values]
    by_name = {s.values["name"]: s.raw for s in manifest if "name" in s.values}
    covered, wrong = [], 0
    for section in sections[1:]:
        entry = section.values.get("name", "")
        if entry in by_name and _matches(section.values, "-digest", by_name[entry]):
            covered.append(entry)
        else:
            wrong += 1
    if wrong:
        yield f"v1: {wrong} sections of {_MANIFEST} are not those that were signed: {_REFUSED}"
    return covered


def _check_files(
    archive: Archive, manifest: Sequence[_Section], signed: Mapping[str, None]
) -> Iterator[str]:
    """Compare each file with its digest; every file outside META-INF must have one."""
    values = {s.values["name"]: s.values for s in manifest if "name" in s.values}
    altered: list[str] = []
    unsigned: list[str] = []
    left = _MAX_HASHED
    for name, entry in archive.entries.items():
        if name.upper().startswith("META-INF/"):
            continue
        if name not in signed or name not in values:
            unsigned.append(name)
            continue
        left -= entry.size
        if left < 0:
            yield f"v1: only the first {_MAX_HASHED} bytes of files were compared with it"
            break
        try:
            fits = _matches(values[name], "-digest", archive.read(name))
        except UnreadablePackageError:
            fits = False
        if not fits:
            altered.append(name)
    if altered:
        yield f"v1: {_counted(altered)} not as signed: {_REFUSED}"
    if unsigned:
        yield f"v1: {_counted(unsigned)} not signed; a device refuses the app"


def _counted(names: Sequence[str]) -> str:
    more = f" and {len(names) - 1} more are" if len(names) > 1 else " is"
    return shown(names[0]) + more


def _read(archive: Archive, name: str) -> bytes:
    if name not in archive:
        raise ValueError(f"{name} is missing")
    if archive.entries[name].size > _MAX_LISTING:
        raise ValueError(f"{shown(name)} is larger than {_MAX_LISTING} bytes")
    return archive.read(name)


def _sections(data: bytes) -> list[_Section]:
    """Cut a listing at its blank lines; the main section is the first."""
    sections: list[_Section] = []
    at = 0
    while at < len(data):
        gap = _BLANK.search(data, at)
        stop = gap.end() if gap else len(data)
        raw = data[at:stop]
        values: dict[str, str] = {}
        for line in _FOLDED.sub(b"", raw).splitlines():
            key, colon, value = line.partition(b": ")
            if colon:
                values.setdefault(key.decode("latin-1").lower(), value.decode("utf-8", "replace"))
        sections.append(_Section(raw, values))
        at = stop
    return sections


def _matches(values: Mapping[str, str], ending: str, data: bytes) -> bool | None:
    """Compare `data` with the strongest digest that is given; None when there is none."""
    for algorithm in _STRONGEST:
        for spelled in (algorithm, algorithm.replace("sha", "sha-")):
            stated = values.get(spelled + ending)
            if stated is not None:
                try:
                    wanted = base64.b64decode(stated.strip(), validate=True)
                except (binascii.Error, ValueError):
                    return False
                return hashlib.new(algorithm, data, usedforsecurity=False).digest() == wanted
    return None


def _check_pkcs7(data: bytes, content: bytes) -> str:
    """Return why none of the signatures of `content` holds, or an empty string.

    Raises:
        ValueError, TypeError, LookupError, AttributeError: it is no PKCS #7 file.
    """
    from asn1crypto import cms

    signed: Any = cms.ContentInfo.load(data)["content"]
    certificates = {c.chosen.serial_number: c.chosen for c in signed["certificates"]}
    whys: list[str] = []
    for info in list(signed["signer_infos"])[:_MAX_FILES]:
        signer = info["sid"].chosen
        by_issuer = info["sid"].name.startswith("issuer")
        serial = signer["serial_number"].native if by_issuer else next(iter(certificates), None)
        if serial not in certificates:
            whys.append("the certificate of the signer is missing")
            continue
        whys.append(_check_signer_info(info, certificates[serial].public_key.dump(), content))
    if not whys:
        return "nobody signed it"
    return "" if "" in whys else whys[0]


def _check_signer_info(info: Any, key: bytes, content: bytes) -> str:  # noqa: ANN401
    digest = info["digest_algorithm"]["algorithm"].native
    attributes = info["signed_attrs"]
    data = content
    if len(attributes):
        stated = next((a["values"][0].native for a in attributes if a["type"].native == _SUM), b"")
        if hashlib.new(digest, content, usedforsecurity=False).digest() != stated:
            return f"the listing that it signs is not the one that is here: {_REFUSED}"
        data = b"\x31" + attributes.dump()[1:]
    return is_valid(Signed(data, info["signature"].native, "", digest), key)


_SUM = "message_digest"
