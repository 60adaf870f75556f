"""Who signed an APK: certificates of the signature schemes v1 to v4.

v1 is JAR signing (PKCS #7 files in META-INF); v2, v3 and v3.1 are blocks of the APK Signing Block,
which stands right before the central directory; v4 is a file `<apk>.idsig` beside the APK.
Formats: source.android.com/docs/security/features/apksigning. What the signatures sign is checked
(`verify_block`, `verify_jar`) as a device would: what does not fit is a limit, because the app may
have been altered by someone else than its signer. v1 counts only where there is nothing newer; v4
repeats what v2 or v3 say and is not checked.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from typing import Any

from auditor.errors import UnreadablePackageError
from auditor.ingest.archive import Archive
from auditor.ingest.signing_block import BLOCKS, Block, find_block, prefixed, sequence
from auditor.ingest.verify_block import check_block
from auditor.ingest.verify_jar import check_jar, signature_files
from auditor.model import Limit, Signer

_MAX_V1_FILE = 1 << 20
_ORDER = ("v1", "v2", "v3", "v3.1", "v4")


def read_signers(archive: Archive, idsig: bytes = b"") -> tuple[tuple[Signer, ...], list[Limit]]:
    """Return the signing certificates of one APK, those of several schemes once."""
    found: dict[bytes, set[str]] = {}
    whys: list[str] = []
    block = _found_block(archive, whys)
    for scheme, certificate in _certificates(archive, block, idsig, whys):
        found.setdefault(certificate, set()).add(scheme)
    signers = []
    for certificate, schemes in found.items():
        signer = _signer(certificate, "+".join(s for s in _ORDER if s in schemes))
        signers.append(signer)
        if not signer.not_before:
            whys.append(f"the certificate {signer.sha256[:16]}… cannot be decoded")
    if not found:
        whys.append("no signing certificate was found")
    elif block is not None and block.schemes:
        whys += check_block(archive, block)
    elif signature_files(archive):
        whys += check_jar(archive)
    limits = [Limit("signature", archive.where, why) for why in dict.fromkeys(whys)]
    return tuple(sorted(signers)), limits


def _found_block(archive: Archive, whys: list[str]) -> Block | None:
    try:
        return find_block(archive)
    except ValueError as error:
        whys.append(f"signing block: {_short(error)}")
        return None


def _certificates(
    archive: Archive, block: Block | None, idsig: bytes, whys: list[str]
) -> Iterator[tuple[str, bytes]]:
    try:
        yield from (("v1", certificate) for certificate in _v1(archive))
    except _UNREADABLE as error:
        whys.append(f"v1 signature: {_short(error)}")
    for kind, value in block.schemes.items() if block else ():
        try:
            yield from ((BLOCKS[kind], certificate) for certificate in _scheme_block(value))
        except _UNREADABLE as error:
            whys.append(f"signing block: {_short(error)}")
    if idsig:
        try:
            yield "v4", _v4(idsig)
        except _UNREADABLE as error:
            whys.append(f"v4 signature: {_short(error)}")


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
    for name in signature_files(archive):
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


def _scheme_block(value: bytes) -> Iterator[bytes]:
    """Yield the first certificate of each signer: the one that signs."""
    for signer in sequence(prefixed(value, 0)):
        signed_data = prefixed(signer, 0)
        digests = int.from_bytes(signed_data[:4], "little")
        certificates = prefixed(signed_data, 4 + digests)
        first = next(sequence(certificates), b"")
        if first:
            yield first


# ---------------------------------------------------------------- v4


def _v4(data: bytes) -> bytes:
    """Return the certificate of an `.idsig` file (version 2)."""
    if int.from_bytes(data[:4], "little") != 2:
        raise ValueError("unknown version")
    hashing = prefixed(data, 4)
    signing = prefixed(data, 8 + len(hashing))
    digest = prefixed(signing, 0)
    certificate = prefixed(signing, 4 + len(digest))
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
