"""Run a small decoder of the app on constants: Base64, XOR, reversed or AES-encrypted addresses.

A bounded interpreter of plain values over DEX instructions. It knows the pure classes that decoders
are made of (texts, builders, arrays, Base64, Cipher with key and IV in the code) and gives up, with
None, on everything else. It is our own interpreter over data: nothing of the app is executed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auditor.flows import arithmetic
from auditor.flows.cfg import switch_table

if TYPE_CHECKING:
    from auditor.dex import CodeIndex, Insn, MethodInfo

MAX_STEPS = 40_000
MAX_DEPTH = 8
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


@dataclass(slots=True)
class _Run:
    index: CodeIndex
    is_known: Callable[[MethodInfo], bool]
    steps: int = MAX_STEPS
    preparing: int = 0
    statics: dict[tuple[str, str], Any] = field(default_factory=dict)
    prepared: set[str] = field(default_factory=set)
    depth: int = 0


def run(
    index: CodeIndex, method: int, args: list[Any], is_known: Callable[[MethodInfo], bool]
) -> str | None:
    """Text that the method returns for these arguments, or None when it cannot be told.

    A method that does more than compute (it stores into statics, or calls what `is_known` says the
    catalog describes) is none for this interpreter.

    Arguments are texts, whole numbers, None, lists of numbers (arrays) or `Thing`s.
    """
    try:
        result = _call(_Run(index, is_known), method, args)
    except (GiveUp, ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError):
        return None
    if isinstance(result, Thing):
        result = result.fields.get("text")
    return result if isinstance(result, str) else None


def _call(state: _Run, method: int, args: list[Any]) -> Any:  # noqa: ANN401
    code = state.index.code(method)
    if code is None or state.depth >= MAX_DEPTH:
        raise GiveUp
    state.depth += 1
    info = state.index.method(method)
    r: list[Any] = [None] * max(code.registers, 1)
    at = code.registers - code.ins
    types = ([] if info.access & 8 else ["L"]) + list(info.params)
    for type_, arg in zip(types, args, strict=False):
        r[at] = arg
        at += 2 if type_ in ("J", "D") else 1
    position, result = 0, None
    while True:
        state.steps -= 1
        if state.steps < 0 or not 0 <= position < len(code.insns):
            raise GiveUp
        insn = code.insns[position]
        op = insn.op
        if 0x0E <= op <= 0x11:
            state.depth -= 1
            return None if op == 0x0E else r[insn.regs[0]]
        if 0x28 <= op <= 0x2A:
            position = code.index_at[insn.target]  # type: ignore[index]
            continue
        if 0x32 <= op <= 0x3D:
            jump = _test(op, [r[x] for x in insn.regs])
            position = code.index_at[insn.target] if jump else position + 1  # type: ignore[index]
            continue
        if op in (0x2B, 0x2C):
            target = switch_table(insn).get(r[insn.regs[0]])
            position = position + 1 if target is None else code.index_at[target]
            continue
        if 0x6E <= op <= 0x78 and op != 0x73:
            result = _invoke(state, insn, [r[x] for x in insn.regs])
        elif 0x0A <= op <= 0x0C:
            r[insn.regs[0]] = result
        elif op in (0x24, 0x25):
            result = [r[x] for x in insn.regs]
        else:
            _step(state, insn, r)
        position += 1


def _test(op: int, values: list[Any]) -> bool:
    a, b = values[0], values[1] if len(values) > 1 else 0
    if not isinstance(a, int) or not isinstance(b, int):
        if (op - 0x32) % 6 > 1:
            raise GiveUp
        null_a, null_b = a is None or a == 0, b is None or b == 0
        same = a is b or (null_a and null_b)
        return same if (op - 0x32) % 6 == 0 else not same
    tests = (a == b, a != b, a < b, a >= b, a > b, a <= b)
    return tests[(op - 0x32) % 6]


def _int(value: Any) -> int:  # noqa: ANN401
    if value is None:
        return 0
    if not isinstance(value, int):
        raise GiveUp
    return value


def _step(state: _Run, insn: Insn, r: list[Any]) -> None:  # noqa: C901 - a table
    op, regs = insn.op, insn.regs
    if op == 0:
        return
    if op <= 0x09:
        r[regs[0]] = r[regs[1]]
    elif 0x12 <= op <= 0x19:
        r[regs[0]] = insn.literal or 0
    elif op in (0x1A, 0x1B):
        r[regs[0]] = str(insn.ref)
    elif op == 0x1F or 0x1D <= op <= 0x1E:
        return
    elif op == 0x21:
        r[regs[0]] = len(r[regs[1]])
    elif op == 0x22:
        r[regs[0]] = Thing(str(insn.ref))
    elif op == 0x23:
        size = _int(r[regs[1]])
        if not 0 <= size <= MAX_LENGTH:
            raise GiveUp
        r[regs[0]] = [0 if str(insn.ref)[1] not in "L[" else None] * size
    elif op == 0x26:
        numbers = insn.payload[1] if insn.payload else ()
        r[regs[0]][: len(numbers)] = list(numbers)
    elif 0x44 <= op <= 0x4A:
        place = _int(r[regs[2]])
        if place < 0:
            raise GiveUp
        r[regs[0]] = r[regs[1]][place]
    elif 0x4B <= op <= 0x51:
        place, value = _int(r[regs[2]]), r[regs[0]]
        if place < 0:
            raise GiveUp
        if op == 0x4F:
            value = (_int(value) + 128 & 0xFF) - 128
        elif op == 0x50:
            value = _int(value) & 0xFFFF
        r[regs[1]][place] = value
    else:
        _step_more(state, insn, r)


def _step_more(state: _Run, insn: Insn, r: list[Any]) -> None:
    op, regs = insn.op, insn.regs
    if 0x52 <= op <= 0x5F:
        info = state.index.field(int(insn.ref))  # type: ignore[arg-type]
        owner = r[regs[1]]
        if not isinstance(owner, Thing):
            raise GiveUp
        if op <= 0x58:
            if owner.given and info.name not in owner.fields:
                raise GiveUp
            r[regs[0]] = owner.fields.get(info.name, 0 if info.type[0] not in "L[" else None)
        else:
            owner.fields[info.name] = r[regs[0]]
    elif 0x60 <= op <= 0x66:
        r[regs[0]] = _static(state, int(insn.ref))  # type: ignore[arg-type]
    elif 0x67 <= op <= 0x6D:
        info = state.index.field(int(insn.ref))  # type: ignore[arg-type]
        if not state.preparing:
            raise GiveUp
        state.statics[(info.cls, info.name)] = r[regs[0]]
    elif 0x7B <= op <= 0x8F:
        r[regs[0]] = _known(arithmetic.unary(op, _value(r[regs[1]])))
    elif 0x90 <= op <= 0xA5:
        r[regs[0]] = _known(arithmetic.binary(op, _value(r[regs[1]]), _value(r[regs[2]])))
    elif 0xB0 <= op <= 0xC5:
        r[regs[0]] = _known(arithmetic.binary(op - 0x20, _value(r[regs[0]]), _value(r[regs[1]])))
    elif 0xD0 <= op <= 0xE2:
        r[regs[0]] = _known(arithmetic.with_literal(op, _value(r[regs[1]]), insn.literal or 0))
    else:
        raise GiveUp


def _value(number: Any) -> Any:  # noqa: ANN401
    from auditor.flows.values import of

    return of(_int(number))


def _known(value: Any) -> int:  # noqa: ANN401
    only = value.only()
    if not isinstance(only, int):
        raise GiveUp
    return only


def _static(state: _Run, fid: int) -> Any:  # noqa: ANN401
    info = state.index.field(fid)
    if info.type == "Ljava/nio/charset/Charset;":
        return Thing("charset")  # texts are read as UTF-8 whatever it says
    if not state.index.is_defined(info.cls):
        raise GiveUp
    if any(state.index.method(m).name != "<clinit>" for m, _ in state.index.field_writes(fid)):
        raise GiveUp  # the initializer's value is not the only one
    if info.cls not in state.prepared:
        state.prepared.add(info.cls)
        initializer = state.index.find_method(info.cls, "<clinit>", "()V")
        if initializer is not None:
            state.preparing += 1
            depth = state.depth
            try:
                _call(state, initializer, [])
            except GiveUp:
                if (info.cls, info.name) not in state.statics:
                    raise
                state.depth = depth
            finally:
                state.preparing -= 1
    if (info.cls, info.name) in state.statics:
        return state.statics[(info.cls, info.name)]
    resolved = state.index.lookup_field(info.cls, info.name, info.type)
    constant = state.index.field(resolved).static_value if resolved is not None else None
    if isinstance(constant, bool):
        return int(constant)
    return constant


def _invoke(state: _Run, insn: Insn, args: list[Any]) -> Any:  # noqa: ANN401
    method: MethodInfo = state.index.method(int(insn.ref))  # type: ignore[arg-type]
    if "J" in method.params or "D" in method.params:
        args = _narrow(args, method, insn.op in (0x71, 0x77))
    library = LIBRARY.get((method.cls, method.name))
    if library is not None:
        result = library(args)
        if isinstance(result, str | list) and len(result) > MAX_LENGTH:
            raise GiveUp
        return result
    if method.cls in ("Ljava/lang/StringBuilder;", "Ljava/lang/StringBuffer;"):
        return _builder(method, args)
    if state.is_known(method):
        raise GiveUp
    cls = method.cls
    if args and isinstance(args[0], Thing) and insn.op in (0x6E, 0x72, 0x74, 0x78):
        cls = args[0].type
    found = state.index.lookup(cls, method.name, method.proto)
    if found is None or not state.index.method(found).has_code:
        if method.name == "<init>" and method.cls == "Ljava/lang/Object;":
            return None
        raise GiveUp
    return _call(state, found, args)


def _narrow(args: list[Any], method: MethodInfo, static: bool) -> list[Any]:
    found, at = args[: 0 if static else 1], 0 if static else 1
    for param in method.params:
        found.append(args[at])
        at += 2 if param in ("J", "D") else 1
    return found


# ---------------------------------------------------------------- the pure library


def _s(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, str):
        return value
    if isinstance(value, Thing) and isinstance(value.fields.get("text"), str):
        return str(value.fields["text"])
    raise GiveUp


def _builder(method: MethodInfo, args: list[Any]) -> Any:  # noqa: ANN401
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
            value = chr(_int(value) & 0xFFFF)
        elif kind in ("I", "J"):
            value = str(_int(value))
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
    ("Ljava/lang/Integer;", "intValue"): lambda a: _int(a[0]),
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
