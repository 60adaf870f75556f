"""Detached signatures as OpenSSH makes them (PROTOCOL.sshsig, version 1), with Ed25519 keys.

In: bytes and a private key file of `ssh-keygen -t ed25519`. Out: an armored signature that
`ssh-keygen -Y verify` accepts. Ed25519 is deterministic: the same file and key give the same bytes.
Other kinds of keys, and keys on hardware, sign outside with `ssh-keygen -Y sign`.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.errors import UnreadableInputError, UsageError

if TYPE_CHECKING:
    from typing import TypeAlias

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    PrivateKey: TypeAlias = Ed25519PrivateKey

NAMESPACE = "file"
"""What `ssh-keygen -Y sign -n file` uses; a signature for another purpose does not count."""
_MAGIC = b"SSHSIG"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_ED25519 = b"ssh-ed25519"
_HASHES = {b"sha512": hashlib.sha512, b"sha256": hashlib.sha256}
MAX_SIGNATURE = 16_384
"""Characters of an armored signature."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that was read; whether it holds is told by `holds_for`."""

    key: bytes
    """The public key, as SSH writes it: type and 32 bytes."""
    hash_name: bytes
    raw: bytes

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint as `ssh-keygen -l` prints it: `SHA256:…`."""
        return fingerprint(self.key)

    def holds_for(self, message: bytes) -> bool:
        """Tell whether the key signed exactly `message`."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            public = Ed25519PublicKey.from_public_bytes(_strings(self.key, 2)[1])
            public.verify(self.raw, _signed(message, self.hash_name))
        except (InvalidSignature, ValueError):
            return False
        return True


def fingerprint(key: bytes) -> str:
    """Give the fingerprint of a public key blob."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def load_key(data: bytes, name: str, passphrase: bytes | None = None) -> PrivateKey:
    """Read a private key of OpenSSH.

    Raises:
        UsageError: no Ed25519 key, or it needs a passphrase (a wrong one included).
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    try:
        key = load_ssh_private_key(data, passphrase)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        why = " ".join(str(error).split())[:120]
        raise UsageError(
            f"{name}: no key that can be used here ({why}); "
            "keys with a passphrase sign the finished ZIP: ssh-keygen -Y sign -n file -f KEY ZIP"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{name}: only ssh-ed25519 keys sign here (ssh-keygen -t ed25519)")
    return key


def load_public_key(text: str, name: str) -> bytes:
    """Read the blob of an `ssh-ed25519 AAAA… comment` line.

    Raises:
        UsageError: it is none.
    """
    parts = text.split()
    if len(parts) >= 2 and parts[0] == _ED25519.decode():
        try:
            blob = base64.b64decode(parts[1], validate=True)
            if _strings(blob, 2)[0] == _ED25519:
                return blob
        except (ValueError, UnreadableInputError):
            pass
    raise UsageError(f"{name}: no line like `ssh-ed25519 AAAA…`")


def sign(message: bytes, key: PrivateKey) -> str:
    """Sign `message`; give the armored signature."""
    public = key.public_key().public_bytes_raw()
    blob = _string(_ED25519) + _string(public)
    signature = _string(_ED25519) + _string(key.sign(_signed(message, b"sha512")))
    whole = _MAGIC + struct.pack(">I", 1)
    for part in (blob, NAMESPACE.encode(), b"", b"sha512", signature):
        whole += _string(part)
    text = base64.b64encode(whole).decode()
    rows = [text[at : at + 70] for at in range(0, len(text), 70)]
    return "\n".join((_BEGIN, *rows, _END)) + "\n"


def read_signature(text: str) -> Signature:
    """Read an armored signature.

    Raises:
        UnreadableInputError: it is none, or one of a kind that is not checked here.
    """
    body = text[:MAX_SIGNATURE].strip()
    if not (body.startswith(_BEGIN) and body.endswith(_END)):
        raise UnreadableInputError("no SSH signature")
    try:
        whole = base64.b64decode("".join(body[len(_BEGIN) : -len(_END)].split()), validate=True)
    except ValueError as error:
        raise UnreadableInputError("no SSH signature: not base64") from error
    if whole[:6] != _MAGIC or whole[6:10] != struct.pack(">I", 1):
        raise UnreadableInputError("no SSH signature of version 1")
    key, namespace, _, hash_name, signature = _strings(whole[10:], 5)
    kind, raw = _strings(signature, 2)
    if namespace != NAMESPACE.encode():
        raise UnreadableInputError("the signature was made for another purpose than a file")
    if kind != _ED25519 or hash_name not in _HASHES or _strings(key, 2)[0] != _ED25519:
        raise UnreadableInputError("not an ssh-ed25519 signature: check it with ssh-keygen -Y")
    return Signature(key, hash_name, raw)


def _signed(message: bytes, hash_name: bytes) -> bytes:
    digest = _HASHES[hash_name](message).digest()
    parts = (NAMESPACE.encode(), b"", hash_name, digest)
    return _MAGIC + b"".join(map(_string, parts))


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _strings(data: bytes, count: int) -> list[bytes]:
    """Split `data` into exactly `count` strings with their lengths before them."""
    found = []
    for _ in range(count):
        if len(data) < 4:
            raise UnreadableInputError("the signature is cut off")
        (size,) = struct.unpack(">I", data[:4])
        if size > len(data) - 4:
            raise UnreadableInputError("the signature is cut off")
        found.append(data[4 : 4 + size])
        data = data[4 + size :]
    if data:
        raise UnreadableInputError("the signature has bytes too many")
    return found
