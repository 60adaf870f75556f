"""Texts and boxed numbers: what the JDK's pure methods compute when their operands are known.

A `java.lang.String` made by `new` and the two builders hold their text in a field `text`. Data pass
through everything that makes a text of them; questions about a text (length, equality, position)
carry none.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, unquote_plus

from auditor.flows import passing
from auditor.flows.contents import appended, content_of
from auditor.flows.values import (
    ANY,
    BUILDERS,
    NOTHING,
    Atom,
    Obj,
    Template,
    Value,
    as_atom,
    concat,
    join,
    of,
    stepped,
)

if TYPE_CHECKING:
    from auditor.dex import MethodInfo
    from auditor.flows.engine import Engine

STRING = "Ljava/lang/String;"
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
_QUESTIONS = frozenset(
    [
        "equals",
        "equalsIgnoreCase",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "isEmpty",
        "isBlank",
        "length",
        "indexOf",
        "lastIndexOf",
        "compareTo",
        "compareToIgnoreCase",
        "hashCode",
        "contentEquals",
        "regionMatches",
    ]
)
_COLLAPSE = 3
_POOL = 12
"""Variants of a text that are kept apart where none of them is another one grown longer."""

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


def evaluate(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...], *, static: bool
) -> Value | None:
    """Result of a method of the text classes, or None when it is none of them."""
    try:
        return _evaluated(engine, method, receiver, params, static=static)
    except IndexError:  # fewer parameters than the platform's method of that name has
        return None


def _evaluated(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...], *, static: bool
) -> Value | None:
    cls = method.cls
    if cls in BUILDERS:
        return _builder(engine, method, receiver, params)
    if cls == STRING or (cls == "Ljava/lang/CharSequence;" and method.name in _QUESTIONS):
        return _string(engine, method, receiver, params, static=static)
    if cls in _BOXES:
        return _box(engine, method, receiver, params, static=static)
    asks = method.name in ("getString", "getText") and method.params[:1] == ("I",)
    if asks and engine.know.roles["has_resources"].covers(engine.types.chain(cls)):
        return _resource(engine, method, receiver, params)
    function = _FUNCTIONS.get((cls, method.name))
    if function is not None:
        return function(engine, method, receiver, params)
    return None


def text_of(engine: Engine, value: Value) -> Value:
    """A value as text, with the data that its containers hold."""
    from auditor.flows import effecting

    atoms: set[Atom] = set()
    unknown = value.any
    taints = value.taints
    for atom in value.atoms:
        if type(atom) is Obj:
            inner = engine.get_field(atom, "text") if not atom.app else None
            if inner is not None:
                flat = text_of(engine, inner) if inner.objects() else inner
                atoms |= flat.atoms
                unknown = unknown or flat.any
                taints |= flat.taints
            elif engine.contents and (known := content_of(engine, atom)) is not None:
                atoms.add(known)
                taints |= effecting.deep_taints(engine, of(atom), app=False)
            else:
                unknown = True
                taints |= effecting.deep_taints(engine, of(atom), app=False)
        elif type(atom) in (str, int, Template):
            atoms.add(atom)
        else:
            unknown = True
    return Value(frozenset(atoms), taints, unknown)


def plain(engine: Engine, value: Value) -> tuple[bool, object]:
    """Whether a value is one constant (a text, a number, an array of numbers), and which."""
    only = value.only()
    if value.taints or only is None:
        return False, None
    if type(only) in (str, int):
        return True, only
    if type(only) is not Obj:
        return False, None
    if only.type == STRING:
        inner = engine.get_field(only, "text")
        return plain(engine, inner) if inner is not None else (False, None)
    if only.type not in ("[I", "[C", "[B", "[S"):
        return False, None
    size = engine.get_field(only, "$length")
    count = size.only() if size else None
    if type(count) is not int or not 0 <= count <= 512 or engine.get_field(only, "[?]"):
        return False, None
    units = []
    for n in range(count):
        element = engine.get_field(only, f"[{n}]")
        unit = element.only() if element else 0
        if type(unit) is not int:
            return False, None
        units.append(unit)
    return True, units


def _step(engine: Engine, value: Value, note: str) -> Value:
    if not value.taints:
        return value
    frame = engine.frames[-1]
    taints = stepped(value.taints, "through", frame.method, frame.offset, note)
    return Value(value.atoms, taints, value.any)


# ---------------------------------------------------------------- builders


def _builder(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value | None:
    name = method.name
    held = NOTHING
    for obj in receiver.objects():
        held = join(held, engine.get_field(obj, "text") or NOTHING)
    if name == "<init>":
        is_text = bool(method.params) and method.params[0] != "I"
        start = text_of(engine, params[0]) if is_text else of("")
        engine.put_field(receiver, "text", start)
        return ANY
    if name in ("append", "appendCodePoint"):
        engine.put_field(receiver, "text", _appended(engine, method, held, params))
        return receiver
    if name in ("insert", "replace", "reverse", "deleteCharAt", "delete", "setCharAt", "setLength"):
        taints = held.taints
        for param in params:
            taints |= text_of(engine, param).taints
        result = Value(frozenset(), taints, True)
        if name == "reverse":
            result = Value(frozenset(t[::-1] for t in held.texts()), taints, held.any)
        elif name == "insert" and params[0].only() == 0:
            result = concat(_chars(engine, method, params[1:], 1), held)
        elif name in ("deleteCharAt", "delete", "setLength", "setCharAt"):
            result = _cut(name, held, params)
        engine.put_field(receiver, "text", result)
        return receiver
    if name in ("toString", "substring", "subSequence"):
        if name != "toString":
            return _pure(_substring, (held, *params), held)
        return held.with_taints(receiver.taints) if held is not NOTHING else ANY
    if name in _QUESTIONS or name in ("charAt", "capacity"):
        if name == "charAt":
            return Value(frozenset(), held.taints | receiver.taints, True)
        return ANY
    return None


def _appended(engine: Engine, method: MethodInfo, held: Value, params: tuple[Value, ...]) -> Value:
    added = _chars(engine, method, params)
    if added.taints:
        added = _step(engine, added, "StringBuilder.append")
    if engine.contents and (whole := appended(engine, held, added)) is not None:
        return whole
    return _collapsed(concat(held if held is not NOTHING else of(""), added))


def _cut(name: str, held: Value, params: tuple[Value, ...]) -> Value:
    """A text that lost its end (a trailing separator, say) keeps its beginning."""
    if name == "setLength" and params[0].only() == 0:
        return of("")
    heads = {as_atom((t, None)) for t in held.texts()}
    heads |= {as_atom((*t.parts, None)) for t in held.atoms if isinstance(t, Template)}
    return Value(frozenset(heads), held.taints, held.any)


def _chars(engine: Engine, method: MethodInfo, params: tuple[Value, ...], first: int = 0) -> Value:
    value = text_of(engine, params[0]) if params else NOTHING
    if first < len(method.params):
        if method.params[first][:1] == "L" and 0 in value.atoms:
            # Zero stands for null here, of which no address is made.
            value = Value(value.atoms - {0}, value.taints, value.any or len(value.atoms) == 1)
        if method.params[first] == "C":
            value = Value(frozenset(_char(a) for a in value.atoms), value.taints, value.any)
        elif method.params[first] == "Z":
            names = {0: "false", 1: "true"}
            value = Value(
                frozenset(names.get(a, a) if type(a) is int else a for a in value.atoms),
                value.taints,
                value.any,
            )
    return value


def _char(atom: Atom) -> Atom:
    return chr(atom) if type(atom) is int and 0 <= atom < 0xD800 else atom


def _grows(value: Value) -> bool:
    """Tell whether one text begins with another, as in a loop that appends."""
    texts = sorted(a.parts[0] or "" if isinstance(a, Template) else str(a) for a in value.atoms)
    pairs = zip(texts, texts[1:], strict=False)
    return any(longer.startswith(shorter.rstrip("/")) for shorter, longer in pairs)


def _collapsed(value: Value) -> Value:
    """In a loop a text grows for ever: beyond a few variants keep what all begin with."""
    if len(value.atoms) <= _COLLAPSE or (len(value.atoms) <= _POOL and not _grows(value)):
        return value
    heads = []
    for atom in value.atoms:
        if type(atom) is str:
            heads.append(atom)
        elif isinstance(atom, Template):
            heads.append(atom.parts[0] or "")
        else:
            heads.append("")
    low, high = min(heads), max(heads)
    size = next((n for n, c in enumerate(low) if n >= len(high) or high[n] != c), len(low))
    return Value(frozenset((as_atom((low[:size], None)),)), value.taints, value.any)


# ---------------------------------------------------------------- strings


def _string(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...], *, static: bool
) -> Value | None:
    name = method.name
    if name == "<init>":
        made = text_of(engine, params[0]) if params else of("")
        for param in params:
            for obj in param.objects():
                made = made.with_taints(passing.held(engine, of(obj)))
        decoded = _array_text(engine, params[0]) if params else None
        engine.put_field(receiver, "text", _step(engine, decoded or made, "new String"))
        return ANY
    if static:
        return _static_string(engine, method, params)
    me = text_of(engine, receiver)
    given = [text_of(engine, p) for p in params]
    if name in _QUESTIONS:
        return _question(name, me, given)
    if name in ("toString", "intern", "getBytes", "toCharArray", "strip", "chars", "codePoints"):
        if name in ("getBytes", "toCharArray"):
            return _bytes(engine, me, name)
        return me
    if name == "concat":
        return _step(engine, concat(me, given[0]), "String.concat")
    if name == "charAt":
        result = _pure(lambda s, i: ord(s[i]), (me, *given), me)
        return result if not result.any else Value(frozenset(), me.taints, True)
    if name == "split":
        return _split(engine, me, given)
    if name in ("replace", "replaceAll", "replaceFirst"):
        return _step(engine, _pure(_replacement(name), (me, *given), me, *given), "String.replace")
    table: dict[str, Callable[..., str]] = {
        "substring": _substring,
        "subSequence": _substring,
        "trim": str.strip,
        "toLowerCase": lambda s, *_: s.lower(),
        "toUpperCase": lambda s, *_: s.upper(),
        "repeat": lambda s, n: s * min(int(n), 64),
    }
    if name in table:
        return _step(engine, _pure(table[name], (me, *given), me), "String." + name)
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


def _array_text(engine: Engine, value: Value) -> Value | None:
    """Text of a char or byte array whose elements are all known."""
    objects = value.objects()
    if len(objects) != 1 or objects[0].type not in ("[C", "[B"):
        return None
    obj = objects[0]
    kept = engine.get_field(obj, "text")
    length = engine.get_field(obj, "$length")
    size = length.only() if length else None
    if type(size) is not int or not 0 <= size <= 256 or engine.get_field(obj, "[?]"):
        return kept.with_taints(value.taints | passing.held(engine, of(obj))) if kept else None
    units = []
    taints = value.taints
    for n in range(size):
        element = engine.get_field(obj, f"[{n}]")
        unit = element.only() if element else 0
        if element:
            taints |= element.taints
        if type(unit) is not int:
            return Value(frozenset(), taints | passing.held(engine, of(obj)), True)
        units.append(unit)
    if obj.type == "[C":
        return of("".join(chr(u & 0xFFFF) for u in units)).with_taints(taints)
    return of(bytes(u & 0xFF for u in units).decode("utf-8", "replace")).with_taints(taints)


def _static_string(engine: Engine, method: MethodInfo, params: tuple[Value, ...]) -> Value | None:
    if method.name in ("valueOf", "copyValueOf"):
        decoded = _array_text(engine, params[0])
        return decoded or _step(engine, _chars(engine, method, params), "String.valueOf")
    if method.name == "format":
        offset = 1 if method.params[0] == "Ljava/util/Locale;" else 0
        return _format(engine, params[offset], params[offset + 1])
    if method.name == "join":
        return _join(engine, method, Value(), params)
    return None


def _join(engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]) -> Value:
    """Elements of an array or list of known length with a text between them."""
    between = text_of(engine, params[0])
    taints = between.taints
    for param in params[1:]:
        taints |= param.taints | passing.held(engine, param)
    rows = params[1].objects() if len(params) == 2 else []
    parts: list[Value] = list(params[1:]) if len(params) > 2 else []
    if len(rows) == 1:
        size = engine.get_field(rows[0], "$length") or engine.get_field(rows[0], "$size")
        count = size.only() if size else None
        if type(count) is int and 0 < count <= _JOINED:
            parts = [_element(engine, params[1], n) for n in range(count)]
    if not parts:
        return Value(frozenset(), taints, True)
    total = text_of(engine, parts[0])
    for part in parts[1:]:
        total = concat(concat(total, between), text_of(engine, part))
    return Value(total.atoms, total.taints | taints, total.any)


_JOINED = 16
"""Elements that are joined one by one."""
_PLACE = re.compile(r"'([^']*)'|\{(\d{1,2})(?:,[^{}]{0,40})?\}")


def _message(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value:
    """`MessageFormat.format`: numbers in braces stand for elements, quoted text for itself."""
    taints = params[0].taints | params[1].taints | passing.held(engine, params[1])
    total: set[Atom] = set()
    flat = text_of(engine, params[0])
    for text in flat.texts()[:4]:
        parts, at = of(""), 0
        for match in _PLACE.finditer(text[:2000]):
            parts = concat(parts, of(text[at : match.start()]))
            at = match.end()
            quoted = match[1] if match[1] != "" else "'"
            held = of(quoted) if match[2] is None else _element(engine, params[1], int(match[2]))
            parts = concat(parts, held)
        total |= concat(parts, of(text[at:])).atoms
    return _step(engine, Value(frozenset(total), taints, flat.any or not total), "MessageFormat")


_SPEC = re.compile(r"%(?:(\d{1,2})\$)?[-#+ 0,(]{0,6}\d{0,4}(?:\.\d{1,4})?([a-zA-Z%])")


def _format(engine: Engine, pattern: Value, array: Value) -> Value:
    taints = pattern.taints | array.taints | passing.held(engine, array)
    total: set[Atom] = set()
    flat = text_of(engine, pattern)
    for text in flat.texts()[:4]:
        if len(text) > 2000:
            continue
        parts = of("")
        at = number = 0
        for match in _SPEC.finditer(text):
            parts = concat(parts, of(text[at : match.start()]))
            at = match.end()
            if match.group(2) in "n%":
                parts = concat(parts, of("\n" if match.group(2) == "n" else "%"))
                continue
            place = int(match.group(1)) - 1 if match.group(1) else number
            number += not match.group(1)
            parts = concat(parts, _element(engine, array, place))
        parts = concat(parts, of(text[at:]))
        total |= parts.atoms
        taints |= parts.taints
    result = Value(frozenset(total), taints, flat.any or not total)
    return _step(engine, result, "String.format")


def _element(engine: Engine, array: Value, place: int) -> Value:
    found = NOTHING
    for obj in array.objects():
        for name in (f"[{place}]", "[?]"):
            inner = engine.get_field(obj, name)
            if inner is not None:
                found = join(found, text_of(engine, inner))
    return found if found is not NOTHING else ANY


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


def _substring(s: str, a: int, b: int | None = None) -> str:
    return s[int(a) :] if b is None else s[int(a) : int(b)]


def _replacement(name: str) -> Callable[..., str]:
    def plain(s: str, old: str | int, new: str | int) -> str:
        old = chr(old) if isinstance(old, int) else old
        new = chr(new) if isinstance(new, int) else new
        if name != "replace" and not re.fullmatch(r"[\w /:=&,@#-]*", old):
            raise ValueError("a pattern")
        return s.replace(old, new, 1 if name == "replaceFirst" else -1)[:4096]

    return plain


def _pure(
    function: Callable[..., str | int], operands: tuple[Value, ...], *tainting: Value
) -> Value:
    """Apply to every combination of known operands; unknown when one is not."""
    taints = frozenset().union(*(v.taints for v in tainting)) if tainting else frozenset()
    rows: list[list[str | int]] = [[]]
    for value in operands:
        known = [a for a in value.atoms if isinstance(a, str | int)]
        if value.any or not known or len(known) != len(value.atoms) or len(rows) * len(known) > 8:
            return Value(frozenset(), taints, True)
        rows = [[*row, k] for row in rows for k in sorted(known, key=str)]
    results: set[Atom] = set()
    for row in rows:
        try:
            results.add(function(*row))
        except (ValueError, TypeError, IndexError, AttributeError, OverflowError):
            return Value(frozenset(), taints, True)
    return Value(frozenset(results), taints)


def _region_matches(text: str, *rest: int | str) -> int:
    ignore, (at, other, there, size) = rest[0] if len(rest) == 5 else 0, rest[-4:]
    mine, theirs = text[int(at) :][: int(size)], str(other)[int(there) :][: int(size)]
    if ignore:
        mine, theirs = mine.lower(), theirs.lower()
    return int(len(mine) == int(size) and mine == theirs)


_ASK: dict[str, Callable[..., int]] = {
    "regionMatches": _region_matches,
    "equals": lambda a, b: int(a == b),
    "contentEquals": lambda a, b: int(a == b),
    "equalsIgnoreCase": lambda a, b: int(str(a).lower() == str(b).lower()),
    "contains": lambda a, b: int(b in a),
    "startsWith": lambda a, b: int(a.startswith(b)),
    "endsWith": lambda a, b: int(a.endswith(b)),
    "isEmpty": lambda a: int(not a),
    "isBlank": lambda a: int(not a.strip()),
    "length": len,
    "indexOf": lambda a, b: a.find(chr(b) if isinstance(b, int) else b),
    "lastIndexOf": lambda a, b: a.rfind(chr(b) if isinstance(b, int) else b),
}


def _question(name: str, me: Value, given: list[Value]) -> Value:
    function = _ASK.get(name)
    if function is None:
        return ANY
    return _pure(function, (me, *given))


# ---------------------------------------------------------------- boxes and single functions


def _box(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...], *, static: bool
) -> Value | None:
    name = method.name
    if static:
        if name == "valueOf" and method.params[0] != STRING:
            return params[0]
        if name in ("parseInt", "parseLong", "valueOf"):
            text = text_of(engine, params[0])
            if method.cls == "Ljava/lang/Boolean;":
                return _pure(lambda s: int(str(s).lower() == "true"), (text,))
            if len(params) == 1:
                return _pure(int, (text,), text)
            return Value(frozenset(), text.taints, True)
        if name == "parseBoolean":
            text = text_of(engine, params[0])
            return _pure(lambda s: int(str(s).lower() == "true"), (text,))
        if name in ("toString", "toHexString", "toBinaryString", "toOctalString"):
            return _chars(engine, method, params) if name == "toString" else params[0]
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
        text = _pure(plain, (me,))
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
    return _step(engine, _pure(function, (me,), me), f"URLEncoder.{method.name}")


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
        return _format(engine, Value(frozenset(sorted(found)[:4])), params[1])
    return Value(frozenset(sorted(found)[:8]))


def _identity(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value:
    return text_of(engine, params[0])


def _is_empty(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value:
    return _pure(lambda s: int(not s), (text_of(engine, params[0]),))


def _text_equals(
    engine: Engine, method: MethodInfo, receiver: Value, params: tuple[Value, ...]
) -> Value:
    return _question("equals", text_of(engine, params[0]), [text_of(engine, params[1])])


_Function = Callable[["Engine", "MethodInfo", Value, tuple[Value, ...]], Value | None]
_FUNCTIONS: dict[tuple[str, str], _Function] = {
    ("Landroid/util/Base64;", "decode"): _decode,
    ("Ljava/util/Base64$Decoder;", "decode"): _decode,
    ("Ljava/net/URLEncoder;", "encode"): _url_encode,
    ("Ljava/net/URLDecoder;", "decode"): _url_encode,
    ("Landroid/database/Cursor;", "getColumnIndex"): _column_index,
    ("Landroid/database/Cursor;", "getColumnIndexOrThrow"): _column_index,
    ("Landroid/text/TextUtils;", "isEmpty"): _is_empty,
    ("Landroid/text/TextUtils;", "equals"): _text_equals,
    ("Landroid/text/TextUtils;", "join"): _join,
    ("Ljava/text/MessageFormat;", "format"): _message,
    ("Lkotlin/jvm/internal/Intrinsics;", "stringPlus"): lambda e, m, r, p: concat(
        text_of(e, p[0]), text_of(e, p[1])
    ),
    ("Lkotlin/jvm/internal/Intrinsics;", "areEqual"): _text_equals,
}
