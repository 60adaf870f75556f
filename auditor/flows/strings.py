"""Texts and boxed numbers: what the JDK's pure methods compute when their operands are known.

A `java.lang.String` made by `new` and the two builders hold their text in a field `text`. Data pass
through everything that makes a text of them; questions about a text (length, equality, position)
carry none.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, unquote_plus

from auditor.flows import passing
from auditor.flows.builders import builder
from auditor.flows.formats import format_text, join_texts, message_format
from auditor.flows.texts import (
    QUESTIONS,
    STRING,
    array_text,
    as_text,
    passed,
    pure,
    question,
    substring,
    text_of,
)
from auditor.flows.values import (
    ANY,
    BUILDERS,
    Value,
    concat,
    of,
)

if TYPE_CHECKING:
    from auditor.dex import MethodInfo
    from auditor.flows.engine import Engine

_BOXES = tuple(
    f"Ljava/lang/{n};"
    for n in [
        "Integer",
        "Long",
        "Short",
        "Byte",
        "Character",
        "Boolean",
        "Double",
        "Float",
        "Number",
    ]
)
_UNBOX = frozenset(
    f"{t}Value" for t in ["int", "long", "short", "byte", "char", "boolean", "double", "float"]
)

_PLATFORM: dict[tuple[str, str], str | int] = {
    ("Landroid/os/Environment;", "DIRECTORY_DCIM"): "DCIM",
    ("Landroid/provider/ContactsContract;", "AUTHORITY"): "com.android.contacts",
    ("Ljava/io/File;", "separator"): "/",
    ("Ljava/lang/Boolean;", "TRUE"): 1,
    ("Ljava/lang/Boolean;", "FALSE"): 0,
}


def platform_constant(cls: str, name: str) -> str | int | None:
    """Value of a constant of the platform that compilers do not inline."""
    return _PLATFORM.get((cls, name))


Function = Callable[["Engine", "MethodInfo", Value, tuple[Value, ...], bool], Value | None]
"""Of engine, method, receiver, parameters, whether the call is static; None: not known."""
_Plain = Callable[["Engine", "MethodInfo", Value, tuple[Value, ...]], Value | None]


def function_of(engine: Engine, method: MethodInfo, chain: Collection[str]) -> Function | None:
    """What computes a method of the text classes, None for other methods.

    `chain` are the supertypes of the class that the call names.
    """
    cls, name = method.cls, method.name
    if cls in BUILDERS:
        return _whichever(builder)
    if cls == STRING or (cls == "Ljava/lang/CharSequence;" and name in QUESTIONS):
        return _string
    if cls in _BOXES:
        return _box
    asks = name in ("getString", "getText") and method.params[:1] == ("I",)
    if asks and engine.know.roles["has_resources"].covers(chain):
        return _whichever(_resource)
    function = _FUNCTIONS.get((cls, name))
    return None if function is None else _whichever(function)


def _whichever(function: _Plain) -> Function:
    """A function that does not ask whether the call is static."""
    return lambda engine, method, receiver, params, static: function(
        engine, method, receiver, params
    )


def evaluate(
    engine: Engine,
    function: Function,
    method: MethodInfo,
    receiver: Value,
    params: tuple[Value, ...],
    static: bool,
) -> Value | None:
    """Result of a method of the text classes, or None when it cannot be told."""
    try:
        return function(engine, method, receiver, params, static)
    except IndexError:  # fewer parameters than the platform's method of that name has
        return None


# ---------------------------------------------------------------- strings


def _string(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...], static: bool
) -> Value | None:
    name = method.name
    if name == "<init>":
        made = text_of(engine, params[0]) if params else of("")
        for param in params:
            for obj in param.objects():
                made = made.with_taints(passing.held(engine, of(obj)))
        decoded = array_text(engine, params[0]) if params else None
        engine.put_field(receiver, "text", passed(engine, decoded or made, "new String"))
        return ANY
    if static:
        return _static_string(engine, method, params)
    me = text_of(engine, receiver)
    given = [text_of(engine, p) for p in params]
    if name in QUESTIONS:
        return question(name, me, given)
    if name in ("toString", "intern", "getBytes", "toCharArray", "strip", "chars", "codePoints"):
        if name in ("getBytes", "toCharArray"):
            return _bytes(engine, me, name)
        return me
    if name == "concat":
        return passed(engine, concat(me, given[0]), "String.concat")
    if name == "charAt":
        result = pure(lambda s, i: ord(s[i]), (me, *given), me)
        return result if not result.any else Value(frozenset(), me.taints, True)
    if name == "split":
        return _split(engine, me, given)
    if name in ("replace", "replaceAll", "replaceFirst"):
        return passed(engine, pure(_replacement(name), (me, *given), me, *given), "String.replace")
    table: dict[str, Callable[..., str]] = {
        "substring": substring,
        "subSequence": substring,
        "trim": str.strip,
        "toLowerCase": lambda s, *_: s.lower(),
        "toUpperCase": lambda s, *_: s.upper(),
        "repeat": lambda s, n: s * min(int(n), 64),
    }
    if name in table:
        return passed(engine, pure(table[name], (me, *given), me), "String." + name)
    if name == "getChars":
        engine.put_field(params[2], "[?]", Value(frozenset(), me.taints, True), weak=True)
        return ANY
    return None


def _bytes(engine: Engine, me: Value, name: str) -> Value:
    obj = engine.allocate("[B" if name == "getBytes" else "[C", name)
    engine.put_field(of(obj), "text", me.untainted())
    only = me.only()
    if type(only) is str and len(only) <= 256:
        units = only.encode("utf-8", "replace") if name == "getBytes" else [ord(c) for c in only]
        engine.put_field(of(obj), "$length", of(len(units)))
        for n, unit in enumerate(units):
            signed = unit - 256 if name == "getBytes" and unit > 127 else unit
            engine.put_field(of(obj), f"[{n}]", of(signed).with_taints(me.taints))
    else:
        engine.put_field(of(obj), "[?]", Value(frozenset(), me.taints, True), weak=True)
    return of(obj).with_taints(me.taints)


def _static_string(engine: Engine, method: MethodInfo, params: tuple[Value, ...]) -> Value | None:
    if method.name in ("valueOf", "copyValueOf"):
        decoded = array_text(engine, params[0])
        return decoded or passed(engine, as_text(engine, method, params), "String.valueOf")
    if method.name == "format":
        offset = 1 if method.params[0] == "Ljava/util/Locale;" else 0
        return format_text(engine, params[offset], params[offset + 1])
    if method.name == "join":
        return join_texts(engine, method, Value(), params)
    return None


def _split(engine: Engine, me: Value, given: list[Value]) -> Value:
    obj = engine.allocate("[Ljava/lang/String;", "split")
    text, sep = me.only(), given[0].only() if given else None
    known = isinstance(text, str) and isinstance(sep, str) and len(text) <= 2000
    if (
        known
        and isinstance(text, str)
        and isinstance(sep, str)
        and re.fullmatch(r"[^\\.\[\]{}()*+^$?|]+|\\.", sep)
    ):
        pieces = text.split(sep[-1] if sep[0] == "\\" else sep)[:64]
        engine.put_field(of(obj), "$length", of(len(pieces)))
        for n, piece in enumerate(pieces):
            engine.put_field(of(obj), f"[{n}]", of(piece).with_taints(me.taints))
    else:
        engine.put_field(of(obj), "[?]", Value(frozenset(), me.taints, True), weak=True)
    return of(obj)


def _replacement(name: str) -> Callable[..., str]:
    def plain(s: str, old: str | int, new: str | int) -> str:
        old = chr(old) if isinstance(old, int) else old
        new = chr(new) if isinstance(new, int) else new
        if name != "replace" and not re.fullmatch(r"[\w /:=&,@#-]*", old):
            raise ValueError("a pattern")
        return s.replace(old, new, 1 if name == "replaceFirst" else -1)[:4096]

    return plain


# ---------------------------------------------------------------- boxes and single functions


def _box(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...], static: bool
) -> Value | None:
    name = method.name
    if static:
        if name == "valueOf" and method.params[0] != STRING:
            return params[0]
        if name in ("parseInt", "parseLong", "valueOf"):
            text = text_of(engine, params[0])
            if method.cls == "Ljava/lang/Boolean;":
                return pure(lambda s: int(str(s).lower() == "true"), (text,))
            if len(params) == 1:
                return pure(int, (text,), text)
            return Value(frozenset(), text.taints, True)
        if name == "parseBoolean":
            text = text_of(engine, params[0])
            return pure(lambda s: int(str(s).lower() == "true"), (text,))
        if name in ("toString", "toHexString", "toBinaryString", "toOctalString"):
            return as_text(engine, method, params) if name == "toString" else params[0]
        return None
    if name in _UNBOX:
        return receiver
    if name == "toString":
        return text_of(engine, receiver)
    return None


def _decode(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value:
    me = text_of(engine, params[0])
    obj = engine.allocate("[B", "base64")

    def plain(s: str | int) -> str:
        raw = base64.b64decode(
            re.sub(r"\s", "", str(s)).translate(str.maketrans("-_", "+/")) + "==="
        )
        return raw.decode("utf-8")

    try:
        text = pure(plain, (me,))
    except (binascii.Error, UnicodeDecodeError):
        text = ANY
    engine.put_field(of(obj), "text", text)
    engine.put_field(of(obj), "[?]", Value(frozenset(), me.taints, True), weak=True)
    return of(obj).with_taints(me.taints)


def _url_encode(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value:
    me = text_of(engine, params[0])
    function = quote_plus if method.name == "encode" else unquote_plus
    return passed(engine, pure(function, (me,), me), f"URLEncoder.{method.name}")


def _column_index(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value:
    return text_of(engine, params[0]).untainted()


def _resource(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value | None:
    found: set[str] = set()
    for number in params[0].ints():
        texts = engine.resources.string(number & 0xFFFFFFFF)
        found.update(texts.values())
    if not found:
        return ANY
    if len(params) > 1:
        return format_text(engine, Value(frozenset(sorted(found)[:4])), params[1])
    return Value(frozenset(sorted(found)[:8]))


def _identity(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value:
    return text_of(engine, params[0])


def _is_empty(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value:
    return pure(lambda s: int(not s), (text_of(engine, params[0]),))


def _text_equals(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value:
    return question("equals", text_of(engine, params[0]), [text_of(engine, params[1])])


_FUNCTIONS: dict[tuple[str, str], _Plain] = {
    ("Landroid/util/Base64;", "decode"): _decode,
    ("Ljava/util/Base64$Decoder;", "decode"): _decode,
    ("Ljava/net/URLEncoder;", "encode"): _url_encode,
    ("Ljava/net/URLDecoder;", "decode"): _url_encode,
    ("Landroid/database/Cursor;", "getColumnIndex"): _column_index,
    ("Landroid/database/Cursor;", "getColumnIndexOrThrow"): _column_index,
    ("Landroid/text/TextUtils;", "isEmpty"): _is_empty,
    ("Landroid/text/TextUtils;", "equals"): _text_equals,
    ("Landroid/text/TextUtils;", "join"): join_texts,
    ("Ljava/text/MessageFormat;", "format"): message_format,
    ("Lkotlin/jvm/internal/Intrinsics;", "stringPlus"): lambda e, m, r, p: concat(
        text_of(e, p[0]), text_of(e, p[1])
    ),
    ("Lkotlin/jvm/internal/Intrinsics;", "areEqual"): _text_equals,
}
