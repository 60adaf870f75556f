"""Modified UTF-8 (section "MUTF-8 (Modified UTF-8) Encoding" of the DEX format) to text.

It differs from UTF-8 in two points: U+0000 is `C0 80`, and characters beyond U+FFFF are two
three-byte surrogates. Text that leaves this module can always be encoded as UTF-8: a surrogate
without its partner, and a byte that fits nowhere, becomes its escape (`\\ud83d`, `\\xff`), so that
two different names stay different.
"""

from __future__ import annotations


def decode_mutf8(raw: bytes) -> str:
    """Decode one string, without its length and final zero; never raises."""
    if raw.isascii():
        return raw.decode("ascii")
    plain = raw.replace(b"\xc0\x80", b"\0")
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        units = plain.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return plain.decode("utf-8", "backslashreplace")
    joined = units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return joined.encode("utf-8", "backslashreplace").decode("utf-8")


def encode_mutf8(text: str) -> bytes:
    """Encode text that has no lone surrogates, to compare with the bytes of a file."""
    if text.isascii() and "\0" not in text:
        return text.encode("ascii")
    units = text.encode("utf-16-le", "surrogatepass")
    wide = (int.from_bytes(units[i : i + 2], "little") for i in range(0, len(units), 2))
    return b"".join(
        b"\xc0\x80" if unit == 0 else chr(unit).encode("utf-8", "surrogatepass") for unit in wide
    )
