"""Check one signature with one public key; `cryptography` does the arithmetic.

In: bytes, a signature, a key as SubjectPublicKeyInfo in DER. Out: nothing, or why it does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass

_MAX_KEY = 1 << 14
"""Bytes of a key; the largest RSA key in use has about 2,000."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed, and how."""

    data: bytes
    signature: bytes
    kind: str
    """rsa, rsa-pss, ec or dsa; empty where the key tells."""
    digest: str
    """Name of the digest, as `hashlib` writes it."""


def is_valid(signed: Signed, key: bytes) -> str:
    """Return an empty string when the signature holds, else why it does not or was not checked."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    if len(key) > _MAX_KEY:
        return "the public key is larger than any that is in use"
    try:
        _verify(signed, serialization.load_der_public_key(key))
    except InvalidSignature:
        return "the signature does not fit its key: altered or forged; a device refuses it"
    except (UnsupportedAlgorithm, ValueError, TypeError, AttributeError):
        return "the signature or its key is of a kind that cannot be checked"
    return ""


def _verify(signed: Signed, key: object) -> None:
    """Verify, or raise what `cryptography` raises."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa

    digests: dict[str, hashes.HashAlgorithm] = {
        "md5": hashes.MD5(),  # old APKs; what a device accepts is not ours to refuse
        "sha1": hashes.SHA1(),
        "sha224": hashes.SHA224(),
        "sha256": hashes.SHA256(),
        "sha384": hashes.SHA384(),
        "sha512": hashes.SHA512(),
    }
    digest = digests.get(signed.digest)
    if digest is None:
        raise ValueError("unknown digest")
    if isinstance(key, rsa.RSAPublicKey) and signed.kind in ("rsa-pss", "rsa", ""):
        pad: padding.AsymmetricPadding = padding.PKCS1v15()
        if signed.kind == "rsa-pss":
            pad = padding.PSS(padding.MGF1(digest), digest.digest_size)
        key.verify(signed.signature, signed.data, pad, digest)
    elif isinstance(key, ec.EllipticCurvePublicKey) and signed.kind in ("ec", ""):
        key.verify(signed.signature, signed.data, ec.ECDSA(digest))
    elif isinstance(key, dsa.DSAPublicKey) and signed.kind in ("dsa", ""):
        key.verify(signed.signature, signed.data, digest)
    else:
        raise ValueError("key and algorithm differ")
