"""The pure classes that decoders are made of, over plain values: texts, arrays, Base64, ciphers.

Each function takes the arguments of a call, the receiver first, and gives what the call returns.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.dex import MethodInfo

MAX_LENGTH = 16_384


class GiveUp(Exception):  # noqa: N818
    """The method does something that this interpreter does not know."""


@dataclass(slots=True, eq=False)
class Thing:
    """An object of a library class, or of the app."""

    type: str
    fields: dict[str, Any] = field(default_factory=dict)
    given: bool = False
    """It comes from outside: a field that is not in `fields` may hold anything."""


def whole(value: Any) -> int:  # noqa: ANN401
    """A value as a number.

    Raises:
        GiveUp: it is none.
    """
    if value is None:
        return 0
    if not isinstance(value, int):
        raise GiveUp
    return value


def _s(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, str):
        return value
    if isinstance(value, Thing) and isinstance(value.fields.get("text"), str):
        return str(value.fields["text"])
    raise GiveUp


def builder(method: MethodInfo, args: list[Any]) -> Any:  # noqa: ANN401
    """What a method of StringBuilder or StringBuffer does.

    Raises:
        GiveUp: it is not known.
    """
    me: Thing = args[0]
    text = me.fields.get("text", "")
    if len(text) > MAX_LENGTH:
        raise GiveUp
    name = method.name
    if name == "<init>":
        me.fields["text"] = _s(args[1]) if method.params and method.params[0] != "I" else ""
        return None
    if name in ("append", "insert"):
        value = args[-1]
        kind = method.params[-1]
        if kind == "C":
            value = chr(whole(value) & 0xFFFF)
        elif kind in ("I", "J"):
            value = str(whole(value))
        elif isinstance(value, list):
            value = "".join(chr(c & 0xFFFF) for c in value)
        else:
            value = _s(value)
        place = args[1] if name == "insert" else len(text)
        me.fields["text"] = text[:place] + value + text[place:]
        return me
    if name == "setCharAt":
        me.fields["text"] = text[: args[1]] + chr(args[2] & 0xFFFF) + text[args[1] + 1 :]
        return None
    table: dict[str, Callable[[], Any]] = {
        "toString": lambda: text,
        "length": lambda: len(text),
        "charAt": lambda: ord(text[args[1]]),
        "substring": lambda: text[args[1] : args[2] if len(args) > 2 else None],
    }
    if name in table:
        return table[name]()
    edits: dict[str, Callable[[], str]] = {
        "reverse": lambda: text[::-1],
        "deleteCharAt": lambda: text[: args[1]] + text[args[1] + 1 :],
        "delete": lambda: text[: args[1]] + text[args[2] :],
        "setLength": lambda: text[: args[1]],
    }
    if name in edits:
        me.fields["text"] = edits[name]()
        return me
    raise GiveUp


def _new_string(args: list[Any]) -> None:
    source = args[1] if len(args) > 1 else ""
    if isinstance(source, list):
        if len(args) > 3 and isinstance(args[2], int) and isinstance(args[3], int):
            source = source[args[2] : args[2] + args[3]]
        args[0].fields["text"] = _text(source)
    else:
        args[0].fields["text"] = _s(source)


def _text(units: list[int]) -> str:
    if all(-128 <= u <= 255 for u in units):
        try:
            return bytes(u & 0xFF for u in units).decode("utf-8")
        except UnicodeDecodeError:
            return "".join(chr(u & 0xFF) for u in units)
    return "".join(chr(u & 0xFFFF) for u in units)


def _signed(data: bytes) -> list[int]:
    return [b - 256 if b > 127 else b for b in data[:MAX_LENGTH]]


def _raw(value: Any) -> bytes:  # noqa: ANN401
    if isinstance(value, list):
        return bytes(b & 0xFF for b in value)
    return _s(value).encode()


def _b64(args: list[Any]) -> list[int]:
    data = next(
        a for a in args if isinstance(a, str | list) or isinstance(a, Thing) and "text" in a.fields
    )
    text = _raw(data).decode("ascii").translate(str.maketrans("-_", "+/"))
    try:
        plain = "".join(text.split()).rstrip("=")
        return _signed(base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True))
    except binascii.Error as error:
        raise GiveUp from error


def _cipher_init(args: list[Any]) -> None:
    me, mode, key = args[0], args[1], args[2]
    me.fields["mode"] = mode
    me.fields["key"] = key.fields["data"]
    if len(args) > 3 and isinstance(args[3], Thing):
        me.fields["iv"] = args[3].fields["data"]


def _cipher_final(args: list[Any]) -> list[int]:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    me = args[0]
    name = me.fields["name"].upper().split("/")
    if name[0] != "AES" or me.fields["mode"] != 2:
        raise GiveUp
    mode = name[1] if len(name) > 1 else "ECB"
    iv = _raw(me.fields.get("iv", [0] * 16))
    chosen = modes.CBC(iv) if mode == "CBC" else modes.CTR(iv) if mode == "CTR" else modes.ECB()  # noqa: S305
    decryptor = Cipher(algorithms.AES(_raw(me.fields["key"])), chosen).decryptor()
    plain = decryptor.update(_raw(args[1])) + decryptor.finalize()
    if len(name) < 3 or name[2] != "NOPADDING":
        pad = plain[-1] if plain else 0
        plain = plain[:-pad] if 0 < pad <= 16 else plain
    return _signed(plain)


def _digest_final(args: list[Any]) -> list[int]:
    name = args[0].fields["name"].lower().replace("-", "")
    if name not in ("md5", "sha1", "sha256"):
        raise GiveUp
    data = args[0].fields.get("data", b"") + (_raw(args[1]) if len(args) > 1 else b"")
    return _signed(hashlib.new(name, data).digest())


def _keep(args: list[Any]) -> None:
    args[0].fields["data"] = list(args[1])


def _digest_update(args: list[Any]) -> None:
    data = args[0].fields.get("data", b"") + _raw(args[1])
    if len(data) > MAX_LENGTH:
        raise GiveUp
    args[0].fields["data"] = data


def _copy(args: list[Any]) -> None:
    source, start, target, place, count = args
    if min(start, place, count, len(source) - start - count, len(target) - place - count) < 0:
        raise GiveUp
    target[place : place + count] = source[start : start + count]


def _replace(args: list[Any]) -> str:
    old, new = (chr(x) if isinstance(x, int) else _s(x) for x in args[1:3])
    text = _s(args[0])
    if text.count(old) * len(new) > MAX_LENGTH:
        raise GiveUp
    return text.replace(old, new)


def _split(args: list[Any]) -> list[str]:
    separator = _s(args[1])
    if any(c in separator for c in ".[]{}()*+^$?|") and separator[0] != "\\":
        raise GiveUp
    return _s(args[0]).split(separator.lstrip("\\"))


def _named(type_: str) -> Callable[[list[Any]], Thing]:
    return lambda a: Thing(type_, {"name": _s(a[0])})


_T = "Ljava/lang/String;"


LIBRARY: dict[tuple[str, str], Callable[[list[Any]], Any]] = {
    (_T, "<init>"): _new_string,
    (_T, "length"): lambda a: len(_s(a[0])),
    (_T, "charAt"): lambda a: ord(_s(a[0])[a[1]]),
    (_T, "toCharArray"): lambda a: [ord(c) for c in _s(a[0])],
    (_T, "getBytes"): lambda a: _signed(_s(a[0]).encode()),
    (_T, "substring"): lambda a: _s(a[0])[a[1] : a[2] if len(a) > 2 else None],
    (_T, "concat"): lambda a: _s(a[0]) + _s(a[1]),
    (_T, "equals"): lambda a: int(a[1] is not None and _s(a[0]) == _s(a[1])),
    (_T, "isEmpty"): lambda a: int(not _s(a[0])),
    (_T, "trim"): lambda a: _s(a[0]).strip(),
    (_T, "toLowerCase"): lambda a: _s(a[0]).lower(),
    (_T, "toUpperCase"): lambda a: _s(a[0]).upper(),
    (_T, "indexOf"): lambda a: _s(a[0]).find(chr(a[1]) if isinstance(a[1], int) else _s(a[1])),
    (_T, "replace"): _replace,
    (_T, "split"): _split,
    (_T, "valueOf"): lambda a: _text(a[0]) if isinstance(a[0], list) else str(a[0]),
    (_T, "intern"): lambda a: _s(a[0]),
    (_T, "toString"): lambda a: _s(a[0]),
    ("Ljava/lang/Integer;", "parseInt"): lambda a: int(_s(a[0]), a[1] if len(a) > 1 else 10),
    ("Ljava/lang/Integer;", "valueOf"): lambda a: int(a[0]),
    ("Ljava/lang/Integer;", "intValue"): lambda a: whole(a[0]),
    ("Ljava/lang/Byte;", "parseByte"): lambda a: int(_s(a[0]), a[1] if len(a) > 1 else 10),
    ("Ljava/lang/Character;", "digit"): lambda a: int(chr(a[0]), a[1]),
    ("Ljava/lang/Character;", "isLetter"): lambda a: int(chr(a[0]).isalpha()),
    ("Ljava/lang/Character;", "isUpperCase"): lambda a: int(chr(a[0]).isupper()),
    ("Ljava/lang/Character;", "isLowerCase"): lambda a: int(chr(a[0]).islower()),
    ("Ljava/lang/Character;", "isDigit"): lambda a: int(chr(a[0]).isdigit()),
    ("Ljava/lang/Math;", "min"): lambda a: min(a),
    ("Ljava/lang/Math;", "max"): lambda a: max(a),
    ("Ljava/lang/Math;", "abs"): lambda a: abs(a[0]),
    ("Ljava/lang/System;", "arraycopy"): _copy,
    ("Ljava/util/Arrays;", "copyOf"): lambda a: (
        a[0] + [0] * max(0, min(a[1], MAX_LENGTH) - len(a[0]))
    )[: a[1]],
    ("Ljava/util/Arrays;", "copyOfRange"): lambda a: a[0][a[1] : a[2]],
    ("Landroid/util/Base64;", "decode"): _b64,
    ("Landroid/util/Base64;", "encodeToString"): lambda a: base64.b64encode(_raw(a[0])).decode(),
    ("Ljava/util/Base64;", "getDecoder"): lambda a: Thing("decoder"),
    ("Ljava/util/Base64;", "getUrlDecoder"): lambda a: Thing("decoder"),
    ("Ljava/util/Base64$Decoder;", "decode"): lambda a: _b64(a[1:]),
    ("Ljava/nio/charset/Charset;", "forName"): lambda a: Thing("charset"),
    ("Ljavax/crypto/spec/SecretKeySpec;", "<init>"): _keep,
    ("Ljavax/crypto/spec/IvParameterSpec;", "<init>"): _keep,
    ("Ljavax/crypto/Cipher;", "getInstance"): _named("cipher"),
    ("Ljavax/crypto/Cipher;", "init"): _cipher_init,
    ("Ljavax/crypto/Cipher;", "doFinal"): _cipher_final,
    ("Ljava/security/MessageDigest;", "getInstance"): _named("digest"),
    ("Ljava/security/MessageDigest;", "update"): _digest_update,
    ("Ljava/security/MessageDigest;", "digest"): _digest_final,
}
