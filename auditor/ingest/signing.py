"""Who signed an APK: certificates of the signature schemes v1 to v4.

v1 is JAR signing (PKCS #7 files in META-INF); v2, v3 and v3.1 are blocks of the APK Signing Block,
which stands right before the central directory; v4 is a file `<apk>.idsig` beside the APK.
Formats: source.android.com/docs/security/features/apksigning. The signatures are not verified: a
report says who the certificates name, not that the content is unaltered.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from typing import Any

from auditor.errors import UnreadablePackageError
from auditor.ingest.archive import Archive
from auditor.model import Limit, Signer

_MAGIC = b"APK Sig Block 42"
_BLOCKS = {0x7109871A: "v2", 0xF05368C0: "v3", 0x1B93AD61: "v3.1"}
_MAX_BLOCK = 64 << 20
_MAX_V1_FILE = 1 << 20
_MAX_V1_FILES = 20
_MAX_SIGNERS = 50
_ORDER = ("v1", "v2", "v3", "v3.1", "v4")


def read_signers(archive: Archive, idsig: bytes = b"") -> tuple[tuple[Signer, ...], list[Limit]]:
    """Return the signing certificates of one APK, those of several schemes once."""
    found: dict[bytes, set[str]] = {}
    limits: list[Limit] = []
    for scheme, certificate in _certificates(archive, idsig, limits):
        found.setdefault(certificate, set()).add(scheme)
    signers = []
    for certificate, schemes in found.items():
        signer = _signer(certificate, "+".join(s for s in _ORDER if s in schemes))
        signers.append(signer)
        if not signer.not_before:
            why = f"the certificate {signer.sha256[:16]}… cannot be decoded"
            limits.append(Limit("signature", archive.where, why))
    if not found:
        limits.append(Limit("signature", archive.where, "no signing certificate was found"))
    return tuple(sorted(signers)), limits


def _certificates(
    archive: Archive, idsig: bytes, limits: list[Limit]
) -> Iterator[tuple[str, bytes]]:
    try:
        yield from (("v1", certificate) for certificate in _v1(archive))
    except _UNREADABLE as error:
        limits.append(Limit("signature", archive.where, f"v1 signature: {_short(error)}"))
    try:
        yield from _blocks(archive)
    except _UNREADABLE as error:
        limits.append(Limit("signature", archive.where, f"signing block: {_short(error)}"))
    if idsig:
        try:
            yield "v4", _v4(idsig)
        except _UNREADABLE as error:
            limits.append(Limit("signature", archive.where, f"v4 signature: {_short(error)}"))


_UNREADABLE = (
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    OverflowError,
    RecursionError,
    struct.error,
    UnreadablePackageError,
)
"""What reading a malformed signature raises: our own readers, asn1crypto, impossible dates."""


def _short(error: Exception) -> str:
    return (" ".join(str(error).split()) or type(error).__name__)[:200]


# ---------------------------------------------------------------- v1


def _v1(archive: Archive) -> Iterator[bytes]:
    names = [
        name
        for name in archive.entries
        if name.upper().startswith("META-INF/")
        and name.count("/") == 1
        and name.upper().endswith((".RSA", ".DSA", ".EC"))
    ]
    for name in names[:_MAX_V1_FILES]:
        if archive.entries[name].size <= _MAX_V1_FILE:
            yield from _pkcs7(archive.read(name))


def _pkcs7(data: bytes) -> Iterator[bytes]:
    """Yield the certificates that the signer infos of a PKCS #7 signature name."""
    from asn1crypto import cms

    signed: Any = cms.ContentInfo.load(data)["content"]
    certificates = [choice.chosen for choice in signed["certificates"]]
    for info in signed["signer_infos"]:
        signer = info["sid"].chosen
        serial = signer["serial_number"].native if info["sid"].name.startswith("issuer") else None
        for certificate in certificates:
            if serial is None or certificate.serial_number == serial:
                yield certificate.dump()
                break


# ---------------------------------------------------------------- v2, v3, v3.1


def _blocks(archive: Archive) -> Iterator[tuple[str, bytes]]:
    """Yield scheme and certificate of each signer in the APK Signing Block."""
    end = archive.directory
    foot = archive.source.read(end - 24, 24) if end >= 32 else b""
    if foot[8:] != _MAGIC:
        return
    size = int.from_bytes(foot[:8], "little")
    if not 24 <= size <= min(_MAX_BLOCK, end - 8):
        raise ValueError("the signing block's size does not fit")
    pairs = archive.source.read(end - size, size - 24)
    at = 0
    while at + 12 <= len(pairs):
        length, kind = struct.unpack_from("<QL", pairs, at)
        if length < 4 or at + 8 + length > len(pairs):
            raise ValueError("a pair of the signing block does not fit")
        if kind in _BLOCKS:
            value = pairs[at + 12 : at + 8 + length]
            yield from ((_BLOCKS[kind], certificate) for certificate in _scheme_block(value))
        at += 8 + length


def _scheme_block(value: bytes) -> Iterator[bytes]:
    """Yield the first certificate of each signer: the one that signs."""
    for signer in _sequence(_prefixed(value, 0)):
        signed_data = _prefixed(signer, 0)
        digests = int.from_bytes(signed_data[:4], "little")
        certificates = _prefixed(signed_data, 4 + digests)
        first = next(_sequence(certificates), b"")
        if first:
            yield first


def _prefixed(data: bytes, at: int) -> bytes:
    """Return what follows a 32-bit length at `at`."""
    size = int.from_bytes(data[at : at + 4], "little")
    if at + 4 + size > len(data):
        raise ValueError("a length points outside the signing block")
    return data[at + 4 : at + 4 + size]


def _sequence(data: bytes) -> Iterator[bytes]:
    at = 0
    for _ in range(_MAX_SIGNERS):
        if at + 4 > len(data):
            return
        item = _prefixed(data, at)
        yield item
        at += 4 + len(item)


# ---------------------------------------------------------------- v4


def _v4(data: bytes) -> bytes:
    """Return the certificate of an `.idsig` file (version 2)."""
    if int.from_bytes(data[:4], "little") != 2:
        raise ValueError("unknown version")
    hashing = _prefixed(data, 4)
    signing = _prefixed(data, 8 + len(hashing))
    digest = _prefixed(signing, 0)
    certificate = _prefixed(signing, 4 + len(digest))
    if not certificate:
        raise ValueError("no certificate")
    return certificate


# ---------------------------------------------------------------- certificates


def _signer(certificate: bytes, schemes: str) -> Signer:
    digest = hashlib.sha256(certificate).hexdigest()
    try:
        subject, since = _subject(certificate)
    except _UNREADABLE:
        subject, since = "", ""
    return Signer(schemes, digest, subject, since)


def _subject(certificate: bytes) -> tuple[str, str]:
    """Return the subject, most specific part first (RFC 4514), and the first day of validity."""
    from asn1crypto import x509

    read: Any = x509.Certificate.load(certificate)["tbs_certificate"]
    parts = []
    for rdn in reversed(list(read["subject"].chosen)):
        for pair in rdn:
            kind = _SHORT.get(pair["type"].native, pair["type"].dotted)
            parts.append(f"{kind}={_escaped(str(pair['value'].native))}")
    since = read["validity"]["not_before"].native
    return ", ".join(parts)[:2000], since.date().isoformat()


_SHORT = {
    "common_name": "CN",
    "organization_name": "O",
    "organizational_unit_name": "OU",
    "country_name": "C",
    "locality_name": "L",
    "state_or_province_name": "ST",
    "street_address": "STREET",
    "domain_component": "DC",
    "user_id": "UID",
    "email_address": "EMAIL",
}


def _escaped(value: str) -> str:
    for mark in ("\\", ",", "+", '"', "<", ">", ";"):
        value = value.replace(mark, "\\" + mark)
    return value
