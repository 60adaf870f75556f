"""Certificates of the four signature schemes; odd signatures are told, never raised."""

from __future__ import annotations

import base64
import hashlib
import struct
from pathlib import Path

import pytest
from asn1crypto import algos, cms, x509

from auditor.ingest import read_package, read_package_bytes
from auditor.model import Limit, Signer
from tests.axml import apk, zipped

CERTIFICATE = base64.b85decode(
    "FoFSGFoFRCpaTK{0s;X|FbW0;DuzhTJp=;+FgGy^FbM_&RRjhT0z*zQ5-<=3162eH3<*?ab95{qOmt*16fhD7"
    "162eA3=8FepXRK-AXH^@bTA+n4Kgt>GcYtTFfcGMFj^Q7GB7nUFf%YTFfcGMFfdv$H!%w^2?hgI1O^iVLryUg"
    "Fc1a<RRjtQ2~=fsbSxlDbYw9UFcJm>RRjYJ3*~^H=B&OTRAqB?Fj+7Y1_vsJNX|V10R{*vhDgpm0|5sELI4E4"
    "AD+SRw@%U(ug>FbK2S0so=T-i;mkcUQd;$17_93g5!%?#%<YI28kMWHU6r@j4V&U^20a_+SD*w*VM%T<3I+%&"
    "hDgpm1OoyCM*uKH0w7?(lhT^k>=)hqVZX{Bg3Sg|$pdR=50v{_9<jg2$^`--Ap2?>?e%=Oo<#mWz_;fs<*%3<"
    "8C{Nz#^?M)hAq$*"
)
"""Self-signed, EC P-256: C=CN, O="Test, Ltd", CN="借款 Test"; valid from 2021-03-04; serial 77."""
SHA256 = hashlib.sha256(CERTIFICATE).hexdigest()
SUBJECT = "CN=借款 Test, O=Test\\, Ltd, C=CN"
V2, V3, V31 = 0x7109871A, 0xF05368C0, 0x1B93AD61


def signer(schemes: str) -> Signer:
    return Signer(schemes, SHA256, SUBJECT, "2021-03-04")


def prefixed(data: bytes) -> bytes:
    return struct.pack("<L", len(data)) + data


def scheme_block(certificate: bytes = CERTIFICATE) -> bytes:
    signed = prefixed(b"digests") + prefixed(prefixed(certificate)) + prefixed(b"")
    return prefixed(prefixed(prefixed(signed) + prefixed(b"signatures") + prefixed(b"key")))


def signing_block(pairs: dict[int, bytes]) -> bytes:
    body = b"".join(struct.pack("<QL", 4 + len(v), k) + v for k, v in pairs.items())
    size = struct.pack("<Q", len(body) + 24)
    return size + body + size + b"APK Sig Block 42"


def with_block(data: bytes, block: bytes) -> bytes:
    """Insert a signing block before the central directory."""
    end = data.rindex(b"PK\5\6")
    (start,) = struct.unpack_from("<L", data, end + 16)
    tail = bytearray(data[start:])
    struct.pack_into("<L", tail, end - start + 16, start + len(block))
    return data[:start] + block + bytes(tail)


def pkcs7() -> bytes:
    certificate = x509.Certificate.load(CERTIFICATE)
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": {
                "issuer_and_serial_number": {
                    "issuer": certificate.issuer,
                    "serial_number": certificate.serial_number,
                }
            },
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": b"-",
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [info],
        }
    )
    content = cms.ContentInfo({"content_type": "signed_data", "content": signed})
    return bytes(content.dump())


def idsig(certificate: bytes = CERTIFICATE) -> bytes:
    signing = prefixed(b"digest") + prefixed(certificate) + prefixed(b"") + prefixed(b"key")
    return struct.pack("<L", 2) + prefixed(b"hashing") + prefixed(signing)


V1 = {"META-INF/CERT.RSA": pkcs7()}


@pytest.mark.parametrize(
    ("data", "schemes"),
    [
        pytest.param(apk(None, V1), "v1", id="v1"),
        pytest.param(with_block(apk(), signing_block({V2: scheme_block()})), "v2", id="v2"),
        pytest.param(
            with_block(
                apk(None, V1),
                signing_block(
                    {V2: scheme_block(), V3: scheme_block(), V31: scheme_block(), 9: b""}
                ),
            ),
            "v1+v2+v3+v3.1",
            id="all",
        ),
    ],
)
def test_schemes_of_one_certificate_are_joined(data: bytes, schemes: str) -> None:
    """Who signed is read also where the signatures themselves, as here, are no signatures."""
    package = read_package_bytes("x.apk", data)
    assert package.signers == (signer(schemes),)
    assert {limit.kind for limit in package.limits} == {"signature"}


def test_v4_beside_the_apk(tmp_path: Path) -> None:
    path = tmp_path / "x.apk"
    path.write_bytes(with_block(apk(), signing_block({V3: scheme_block()})))
    path.with_name("x.apk.idsig").write_bytes(idsig())
    assert read_package(path).signers == (signer("v3+v4"),)


def test_v4_inside_a_bundle() -> None:
    data = zipped({"base.apk": apk(), "base.apk.idsig": idsig()})
    assert read_package_bytes("x.apks", data).signers == (signer("v4"),)


def test_mixed_certificates() -> None:
    other = CERTIFICATE[:-1] + b"?"
    data = with_block(apk(None, V1), signing_block({V2: scheme_block(other)}))
    package = read_package_bytes("x.apk", data)
    assert [s.scheme for s in package.signers] == ["v1", "v2"]
    assert package.signers[1].sha256 == hashlib.sha256(other).hexdigest()


def test_unsigned() -> None:
    package = read_package_bytes("x.apk", apk())
    assert package.signers == ()
    assert package.limits == (Limit("signature", "x.apk", "no signing certificate was found"),)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(apk(None, {"META-INF/A.RSA": b"\x30\x82\xff\xff junk"}), id="v1 junk"),
        pytest.param(apk(None, {"META-INF/A.RSA": pkcs7()[:-40]}), id="v1 cut"),
        pytest.param(apk(None, {"META-INF/A.RSA": b""}), id="v1 empty"),
        pytest.param(with_block(apk(), signing_block({V2: b"\xff" * 40})), id="v2 junk"),
        pytest.param(
            with_block(apk(), b"\0" * 8 + b"\xff" * 8 + b"APK Sig Block 42"), id="block size"
        ),
        pytest.param(
            with_block(apk(), signing_block({V2: scheme_block(b"no certificate")})), id="no cert"
        ),
    ],
)
def test_malformed(data: bytes) -> None:
    package = read_package_bytes("x.apk", data)
    assert package.limits
    assert {limit.kind for limit in package.limits} == {"signature"}


@pytest.mark.parametrize("data", [b"", b"\2\0\0\0\xff\xff\xff\x7f", b"\x09\0\0\0", idsig(b"")])
def test_malformed_v4(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.apk"
    path.write_bytes(apk())
    path.with_name("x.apk.idsig").write_bytes(data)
    assert {limit.kind for limit in read_package(path).limits} == {"signature"}
