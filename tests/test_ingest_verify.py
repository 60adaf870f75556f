"""Signatures are checked as a device checks them: what does not fit is a limit with its reason."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.errors import UnreadablePackageError
from auditor.ingest import read_package, read_package_bytes
from tests.apk_signing import (
    V2,
    jar_files,
    key,
    prefixed,
    scheme_block,
    signed_apk,
    stripping_protection,
)
from tests.axml import DEX, E, axml, manifest, zipped
from tests.test_ingest_signing import signing_block, with_block

FILES = {
    "AndroidManifest.xml": axml(manifest(E("application"))),
    "classes.dex": DEX,
    "assets/a.txt": b"asset " * 50,
}
SAMPLES = Path(__file__).parents[1] / "samples"
REFUSED = "altered after signing; a device refuses it"


def whys(data: bytes) -> list[str]:
    found = read_package_bytes("x.apk", data).limits
    return [limit.why for limit in found if limit.kind == "signature"]


@pytest.mark.parametrize("schemes", ["v1", "v2", "v3", "v1+v2", "v2+v3", "v1+v2+v3"])
def test_what_fits_is_silent(schemes: str) -> None:
    package = read_package_bytes("x.apk", signed_apk(FILES, schemes))
    assert package.limits == ()
    assert [s.scheme for s in package.signers] == [schemes]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/app.apk*")), ids=lambda p: p.parent.name)
def test_samples_are_as_their_builder_signed_them(path: Path) -> None:
    package = read_package(path)
    assert package.signers
    assert [limit for limit in package.limits if limit.kind == "signature"] == []


def changed(data: bytes, what: bytes) -> bytes:
    """Flip one bit in the middle of the first `what`."""
    at = data.index(what) + len(what) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def in_jar(edit: Callable[[dict[str, bytes]], None]) -> bytes:
    """A v1-signed archive, its files edited after signing."""
    files = {**FILES, **jar_files(FILES)}
    edit(files)
    return zipped(files)


def other_file(files: dict[str, bytes]) -> None:
    files["classes.dex"] = DEX + b"more"


def added_file(files: dict[str, bytes]) -> None:
    files["assets/new.js"] = b"1"


def other_listing(files: dict[str, bytes]) -> None:
    name = "META-INF/MANIFEST.MF"
    files[name] = files[name].replace(b"assets/a.txt", b"assets/b.txt")


def other_signed_listing(files: dict[str, bytes]) -> None:
    files["META-INF/CERT.SF"] += b"\r\n"


def no_listing(files: dict[str, bytes]) -> None:
    del files["META-INF/CERT.SF"]


V2_ONLY, V23, PLAIN = signed_apk(FILES, "v2"), signed_apk(FILES, "v2+v3"), zipped(FILES)
ALTERED = "the file is not what was signed: altered after signing; a device refuses it"
FORGED = "the signature does not fit its key: altered or forged; a device refuses it"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(changed(V2_ONLY, b"assets/a.txt"), [f"v2: {ALTERED}"], id="v2 entry"),
        pytest.param(changed(V23, b"assets/a.txt"), [f"v2: {ALTERED}", f"v3: {ALTERED}"], id="v3"),
        pytest.param(
            with_block(PLAIN, signing_block({V2: changed(scheme_block(PLAIN, V2), b"Test")})),
            [f"v2: {FORGED}"],
            id="signed data altered",
        ),
        pytest.param(
            with_block(PLAIN, signing_block({V2: scheme_block(PLAIN, V2, stripping_protection())})),
            [
                "v2: the signer also signed with v3, and that signature was removed; "
                "a device refuses it"
            ],
            id="v3 removed",
        ),
        pytest.param(
            with_block(PLAIN, signing_block({V2: prefixed(b"")})),
            ["no signing certificate was found"],
            id="nobody signed",
        ),
        pytest.param(
            zipped({**FILES, **jar_files(FILES, newer="2, 3")}),
            [
                f"v1: the signer also signed with v{n}, and that was removed: {REFUSED}"
                for n in "23"
            ],
            id="newer schemes removed",
        ),
        pytest.param(
            in_jar(other_file), [f"v1: classes.dex is not as signed: {REFUSED}"], id="v1 file"
        ),
        pytest.param(
            in_jar(added_file),
            ["v1: assets/new.js is not signed; a device refuses the app"],
            id="v1 file added",
        ),
        pytest.param(
            in_jar(other_listing),
            [
                f"v1: 1 sections of META-INF/MANIFEST.MF are not those that were signed: {REFUSED}",
                "v1: assets/a.txt is not signed; a device refuses the app",
            ],
            id="v1 listing",
        ),
        pytest.param(
            in_jar(other_signed_listing),
            [
                f"v1: META-INF/CERT.EC: {FORGED}",
                "v1: AndroidManifest.xml and 2 more are not signed; a device refuses the app",
            ],
            id="v1 signature",
        ),
        pytest.param(
            in_jar(no_listing),
            [
                "v1: META-INF/CERT.EC signs nothing: its .SF file is missing",
                "v1: AndroidManifest.xml and 2 more are not signed; a device refuses the app",
            ],
            id="v1 without listing",
        ),
    ],
)
def test_what_does_not_fit(data: bytes, expected: list[str]) -> None:
    assert whys(data) == expected


def test_unknown_algorithm_is_told_as_not_checked() -> None:
    block = scheme_block(PLAIN, V2).replace(struct.pack("<L", 0x0201), struct.pack("<L", 0x0421))
    assert whys(with_block(PLAIN, signing_block({V2: block}))) == [
        "v2: the signature is of a kind that is not checked here"
    ]


def test_another_key_than_that_of_the_certificate() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    other = ec.derive_private_key(99, ec.SECP256R1()).public_key().public_numbers()
    mine = key().public_key().public_numbers()
    block = scheme_block(PLAIN, V2)
    place = block.rindex(mine.x.to_bytes(32, "big"))
    point = other.x.to_bytes(32, "big") + other.y.to_bytes(32, "big")
    forged = block[:place] + point + block[place + 64 :]
    assert whys(with_block(PLAIN, signing_block({V2: forged}))) == [
        f"v2: {FORGED}",
        "v2: the key is not that of the certificate",
    ]


def test_every_byte_of_a_signed_archive_is_covered() -> None:
    """A flipped bit is told, refused, or stands where nothing is read: the block's padding."""
    data = signed_apk(FILES, "v3")
    silent = []
    for at in range(len(data)):
        altered = data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]
        try:
            if not read_package_bytes("x.apk", altered).limits:
                silent.append(at)
        except UnreadablePackageError:
            continue
    assert silent == []
