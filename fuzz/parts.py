"""An app as one flat input, so that a mutation of a byte is one of a part and not of deflate.

An input is a run of parts: kind (u8), size (u24, little-endian), content. Unknown kinds and sizes
that do not fit end it; several parts of one kind count up (`classes.dex`, `classes2.dex`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.axml import axml, manifest, zipped
from tests.test_ingest_signing import with_block

TERMS, BLOCK = "terms", "signing block"
KINDS: Sequence[str] = (
    "AndroidManifest.xml",
    "classes.dex",
    "resources.arsc",
    "assets/www/index.js",
    "assets/www/index.html",
    "assets/index.android.bundle",
    "lib/arm64-v8a/libapp.so",
    "assets/privacy.html",
    "META-INF/CERT.RSA",
    "META-INF/CERT.SF",
    "META-INF/MANIFEST.MF",
    "res/layout/main.xml",
    TERMS,
    BLOCK,
)
_MAX_PARTS = 40


def pack(parts: Sequence[tuple[str, bytes]]) -> bytes:
    """Write parts, each a kind and its content, as one input."""
    return b"".join(
        bytes([KINDS.index(kind)]) + len(data).to_bytes(3, "little") + data for kind, data in parts
    )


def unpack(data: bytes) -> list[tuple[str, bytes]]:
    """Read the parts of an input."""
    parts: list[tuple[str, bytes]] = []
    at = 0
    while at + 4 <= len(data) and len(parts) < _MAX_PARTS and data[at] < len(KINDS):
        size = int.from_bytes(data[at + 1 : at + 4], "little")
        parts.append((KINDS[data[at]], data[at + 4 : at + 4 + size]))
        at += 4 + size
    return parts


def packed_parts(data: bytes) -> tuple[bytes, bytes]:
    """Build the APK and the terms of an input; one that begins as a ZIP archive is the APK."""
    if data[:2] == b"PK":
        return data, b""
    files: dict[str, bytes] = {}
    terms = block = b""
    for kind, content in unpack(data):
        if kind == TERMS:
            terms += content
        elif kind == BLOCK:
            block += content
        else:
            files[_free(kind, files)] = content
    files.setdefault("AndroidManifest.xml", axml(manifest()))
    made = zipped(files, deflate=False)
    return (with_block(made, block) if block else made), terms


def _free(name: str, taken: Mapping[str, bytes]) -> str:
    stem, dot, ending = name.rpartition(".")
    number, chosen = 2, name
    while chosen in taken:
        chosen, number = f"{stem}{number}{dot}{ending}", number + 1
    return chosen
