"""Check what a signing block (schemes v2, v3, v3.1) signs: the signature, then the whole file.

Format and order of the checks: source.android.com/docs/security/features/apksigning/v2 and /v3;
Android's `ApkSignatureSchemeV2Verifier`. The content digest is one of 1 MB chunks over the entries,
the central directory and the end record, whose pointer to the directory is taken as pointing to the
block. In: the parsed archive. Out: sentences about what does not fit; nothing is raised.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from auditor.ingest.archive import Archive
from auditor.ingest.public_key import Signed, is_valid
from auditor.ingest.signing_block import BLOCKS, Block, prefixed, sequence

_CHUNK = 1 << 20
_STRIPPED = 0xBEEFF00D
"""Attribute of a v2 signature that names the newest scheme the signer used."""
_MAX_SIGNATURES = 10
_RSA_PSS, _RSA, _EC, _DSA = "rsa-pss", "rsa", "ec", "dsa"
ALGORITHMS = {
    0x0101: (_RSA_PSS, "sha256"),
    0x0102: (_RSA_PSS, "sha512"),
    0x0103: (_RSA, "sha256"),
    0x0104: (_RSA, "sha512"),
    0x0201: (_EC, "sha256"),
    0x0202: (_EC, "sha512"),
    0x0301: (_DSA, "sha256"),
}
"""Signature algorithm: key and digest. Those of fs-verity (0x0421, 0x0423, 0x0425) are told."""


@dataclass(frozen=True, slots=True)
class _Signer:
    """One signer of a block, taken apart."""

    signed_data: bytes
    digests: dict[int, bytes]
    certificate: bytes
    attributes: dict[int, bytes]
    signatures: dict[int, bytes]
    key: bytes


class ContentDigests:
    """The content digest of an archive, each algorithm computed once."""

    def __init__(self, archive: Archive, block: Block) -> None:
        """Take the archive and where its signing block stands."""
        self._archive, self._block = archive, block
        self._known: dict[str, bytes] = {}

    def of(self, algorithm: str) -> bytes:
        """Return the digest over the three sections that a signature covers."""
        if algorithm not in self._known:
            self._known[algorithm] = self._computed(algorithm)
        return self._known[algorithm]

    def _computed(self, algorithm: str) -> bytes:
        make = partial(hashlib.new, algorithm)
        chunks: list[bytes] = []
        for data in self._chunks():
            digest = make(b"\xa5" + struct.pack("<L", len(data)))
            digest.update(data)
            chunks.append(digest.digest())
        return make(b"\x5a" + struct.pack("<L", len(chunks)) + b"".join(chunks)).digest()

    def _chunks(self) -> Iterator[bytes]:
        source, block, directory = self._archive.source, self._block, self._archive.directory
        end = self._archive.end
        for start, stop in ((0, block.start), (directory, end)):
            for at in range(start, stop, _CHUNK):
                yield source.read(at, min(_CHUNK, stop - at))
        record = source.read(end, min(source.size - end, _CHUNK))
        yield record[:16] + struct.pack("<L", block.start & 0xFFFFFFFF) + record[20:]


def check_block(archive: Archive, block: Block) -> Iterator[str]:
    """Tell of each signer in the block what does not fit, after its scheme (`v2: …`)."""
    digests = ContentDigests(archive, block)
    present = {BLOCKS[kind] for kind in block.schemes}
    for kind, value in block.schemes.items():
        scheme = BLOCKS[kind]
        try:
            signers = list(sequence(prefixed(value, 0)))
            if not signers:
                yield f"{scheme}: a block without a signer"
            for data in signers:
                signer = _signer(data, newer=scheme != "v2")
                yield from (f"{scheme}: {why}" for why in _check(signer, digests, present))
        except (ValueError, struct.error) as error:
            yield f"{scheme}: {error}"


def _check(signer: _Signer, digests: ContentDigests, present: set[str]) -> Iterator[str]:
    best = [a for a in ALGORITHMS if a in signer.signatures]
    if not best:
        yield "the signature is of a kind that is not checked here"
        return
    if list(signer.digests) != list(signer.signatures):
        yield "digests and signatures name different algorithms"
    for algorithm in best[:_MAX_SIGNATURES]:
        kind, name = ALGORITHMS[algorithm]
        signed = Signed(signer.signed_data, signer.signatures[algorithm], kind, name)
        if (why := is_valid(signed, signer.key)) != "":
            yield why
        elif digests.of(name) != signer.digests.get(algorithm):
            yield "the file is not what was signed: altered after signing; a device refuses it"
    if signer.key and signer.key not in signer.certificate:
        yield "the key is not that of the certificate"
    stripped = signer.attributes.get(_STRIPPED, b"")
    if stripped[:4] == struct.pack("<L", 3) and "v3" not in present:
        yield "the signer also signed with v3, and that signature was removed; a device refuses it"


def _signer(data: bytes, *, newer: bool) -> _Signer:
    """Take one signer apart; in v3 the range of Android versions stands in between."""
    signed_data = prefixed(data, 0)
    at = 4 + len(signed_data) + (8 if newer else 0)
    signatures = prefixed(data, at)
    key = prefixed(data, at + 4 + len(signatures))
    digests = prefixed(signed_data, 0)
    certificates = prefixed(signed_data, 4 + len(digests))
    after = 8 + len(digests) + len(certificates) + (8 if newer else 0)
    if newer and data[at - 8 : at] != signed_data[after - 8 : after]:
        raise ValueError("the range of Android versions is not the one that was signed")
    attributes = prefixed(signed_data, after)
    return _Signer(
        signed_data,
        {number: prefixed(rest, 0) for number, rest in _numbered(digests)},
        next(sequence(certificates), b""),
        dict(_numbered(attributes)),
        {number: prefixed(rest, 0) for number, rest in _numbered(signatures)},
        key,
    )


def _numbered(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Items that begin with a 32-bit number: algorithm or attribute."""
    for item in sequence(data):
        if len(item) < 4:
            raise ValueError("an item of a signer is too short")
        yield struct.unpack_from("<L", item)[0], item[4:]
