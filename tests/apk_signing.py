"""Sign archives as apksigner does: v1, v2, v3, each alone or together, with one fixed test key."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import struct
from collections.abc import Mapping
from functools import cache

from asn1crypto import cms
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.axml import zipped

V2, V3 = 0x7109871A, 0xF05368C0
_EC_SHA256 = 0x0201
_CHUNK = 1 << 20


@cache
def key() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(0x1234567, ec.SECP256R1())


@cache
def certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key().public_key())
        .serial_number(7)
        .not_valid_before(dt.datetime(2020, 1, 1))
        .not_valid_after(dt.datetime(2050, 1, 1))
        .sign(key(), hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.DER)


def _sign(data: bytes) -> bytes:
    return key().sign(data, ec.ECDSA(hashes.SHA256()))


def prefixed(data: bytes) -> bytes:
    return struct.pack("<L", len(data)) + data


# ---------------------------------------------------------------- v2, v3


def content_digest(data: bytes) -> bytes:
    """The digest over entries, directory and end record of an archive without a block."""
    end = data.rindex(b"PK\5\6")
    (start,) = struct.unpack_from("<L", data, end + 16)
    chunks = b""
    count = 0
    for section in (data[:start], data[start:end], data[end:]):
        for at in range(0, len(section), _CHUNK):
            part = section[at : at + _CHUNK]
            chunks += hashlib.sha256(b"\xa5" + struct.pack("<L", len(part)) + part).digest()
            count += 1
    return hashlib.sha256(b"\x5a" + struct.pack("<L", count) + chunks).digest()


def scheme_block(data: bytes, kind: int, attributes: bytes = b"") -> bytes:
    """A block of one signer over the archive `data`."""
    sdk = struct.pack("<LL", 24, 0x7FFFFFFF) if kind == V3 else b""
    digest = prefixed(struct.pack("<L", _EC_SHA256) + prefixed(content_digest(data)))
    signed = prefixed(digest) + prefixed(prefixed(certificate())) + sdk + prefixed(attributes)
    signature = prefixed(struct.pack("<L", _EC_SHA256) + prefixed(_sign(signed)))
    public = key().public_key()
    spki = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signer = prefixed(signed) + sdk + prefixed(signature) + prefixed(spki)
    return prefixed(prefixed(signer))


def stripping_protection() -> bytes:
    """The attribute of v2 that says: v3 was there too."""
    return prefixed(struct.pack("<LL", 0xBEEFF00D, 3))


# ---------------------------------------------------------------- v1


def jar_files(files: Mapping[str, bytes], *, newer: str = "") -> dict[str, bytes]:
    """The three files of a v1 signature over `files`."""
    manifest = b"Manifest-Version: 1.0\r\n\r\n"
    sections = b""
    for name, data in files.items():
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        part = f"Name: {name}\r\nSHA-256-Digest: {digest}\r\n\r\n".encode()
        manifest += part
        digest = base64.b64encode(hashlib.sha256(part).digest()).decode()
        sections += f"Name: {name}\r\nSHA-256-Digest: {digest}\r\n\r\n".encode()
    whole = base64.b64encode(hashlib.sha256(manifest).digest()).decode()
    head = f"Signature-Version: 1.0\r\nSHA-256-Digest-Manifest: {whole}\r\n"
    head += f"X-Android-APK-Signed: {newer}\r\n" if newer else ""
    listing = f"{head}\r\n".encode() + sections
    return {
        "META-INF/MANIFEST.MF": manifest,
        "META-INF/CERT.SF": listing,
        "META-INF/CERT.EC": _pkcs7(listing),
    }


def _pkcs7(content: bytes) -> bytes:
    signer = asn1.Certificate.load(certificate())
    sid = {"issuer": signer.issuer, "serial_number": signer.serial_number}
    info = {
        "version": "v1",
        "sid": {"issuer_and_serial_number": sid},
        "digest_algorithm": {"algorithm": "sha256"},
        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
        "signature": _sign(content),
    }
    signed = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "data"},
        "certificates": [signer],
        "signer_infos": [info],
    }
    made = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})
    return bytes(made.dump())


def signed_apk(files: Mapping[str, bytes], schemes: str = "v1+v2+v3") -> bytes:
    """Pack and sign `files` with the schemes that `schemes` names."""
    from tests.test_ingest_signing import signing_block, with_block

    wanted = schemes.split("+")
    newer = ", ".join(s[1:] for s in wanted if s != "v1")
    made = zipped({**files, **jar_files(files, newer=newer)} if "v1" in wanted else files)
    pairs = {}
    if "v2" in wanted:
        pairs[V2] = scheme_block(made, V2, stripping_protection() if "v3" in wanted else b"")
    if "v3" in wanted:
        pairs[V3] = scheme_block(made, V3)
    return with_block(made, signing_block(pairs)) if pairs else made
