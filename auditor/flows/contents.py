"""Constants that stand in the package beside the code: assets, raw files, JSON, properties.

A file that the code opens by a constant name becomes a text; a text that is JSON or properties
becomes the object that a parser would make of it. A file too long for a constant is carried as a
mark that only parsers understand. What is read piece by piece (lines, buffers) counts as the whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from auditor.flows import sinks
from auditor.flows.values import (
    ANY,
    MAX_TEXT,
    NOTHING,
    Obj,
    Template,
    Value,
    concat,
    join,
    of,
)

if TYPE_CHECKING:
    from auditor.flows.effecting import Env
    from auditor.flows.engine import Engine

_LARGEST = 512_000
"""Bytes of one file that is read."""
_MARK = "\ue0f0"
"""Before the name of a file that is too long for a constant."""
_DEPTH, _ENTRIES = 8, 400
"""Nesting of JSON, and entries of one object, that are kept."""
_REACH = 40
"""Objects that are looked through for the text of a file."""
_SHORTEST = 4
_FAMILIES = (
    ("Lcom/google/gson/", "JsonObject;", "JsonArray;"),
    ("Lcom/alibaba/fastjson/", "JSONObject;", "JSONArray;"),
    ("Lcom/fasterxml/jackson/databind/node/", "ObjectNode;", "ArrayNode;"),
    ("Lorg/json/", "JSONObject;", "JSONArray;"),
)
"""Package of a parser, and its classes of objects and arrays; the last stands for others."""


# ---------------------------------------------------------------- files


def asset(env: Env, name: Value) -> Value:
    """The text of an asset."""
    texts = sinks.flat_url(env.engine, name).texts()
    return _files(env.engine, [f"assets/{text.lstrip('/')}" for text in texts])


def raw(env: Env, identifier: Value) -> Value:
    """The text of a raw resource."""
    engine = env.engine
    paths: list[str] = []
    for number in identifier.ints():
        paths += engine.resources.string(number & 0xFFFFFFFF).values()
    return _files(engine, paths)


def _files(engine: Engine, paths: list[str]) -> Value:
    total = NOTHING
    for path in sorted(set(paths))[:4]:
        if (text := _text_of(engine, path)) is not None:
            total = join(total, of(text))
    return total


def _text_of(engine: Engine, path: str) -> str | None:
    """A file's text, or its mark; None when it is none, or no text."""
    data = engine.files(path)
    if data is None or len(data) > _LARGEST or b"\0" in data[:4096]:
        return None
    text = data.decode("utf-8-sig", "replace")
    atom = text if len(text) < MAX_TEXT else _MARK + path
    engine.contents[atom] = text
    return atom


def content_of(engine: Engine, obj: Obj) -> str | None:
    """The text of the one file that stands behind a stream, reader or buffer."""
    found: set[str] = set()
    seen: set[Obj] = set()
    stack = [obj]
    while stack and len(seen) < _REACH:
        here = stack.pop()
        if here in seen or here.app:
            continue
        seen.add(here)
        for name in engine.names.get(here, ()):
            inner = engine.get_field(here, name)
            if inner is not None:
                found.update(t for t in inner.texts() if t in engine.contents)
                stack.extend(inner.objects())
    return found.pop() if len(found) == 1 else None


def appended(engine: Engine, held: Value, added: Value) -> Value | None:
    """What a builder holds when a file's text is appended to it; None when none is.

    A loop over the lines of a file appends the whole text again and again: once is enough.
    """
    text = added.only()
    if type(text) is not str or text not in engine.contents or len(text) < _SHORTEST:
        return None
    if any(isinstance(a, str) and a.startswith(text) for a in held.atoms):
        return held
    return concat(held, added)


# ---------------------------------------------------------------- parsers


def unpack(env: Env, target: Value, text: Value) -> Value:
    """Fill `target` with what a parser of JSON reads from a constant text."""
    for value in _documents(env.engine, text):
        for obj in target.objects():
            _fill(env.engine, obj, value, _DEPTH)
    return NOTHING


def parsed(env: Env, text: Value) -> Value:
    """The object that a parser of JSON makes of a constant text."""
    engine, total = env.engine, NOTHING
    for value in _documents(engine, text):
        total = join(total, _made(engine, env.method.cls, value, "json", _DEPTH))
    return total


def bean(env: Env, target: Value, text: Value) -> Value:
    """`target`, an object of the app, with its fields as constant JSON sets them."""
    for value in _documents(env.engine, text):
        for obj in target.objects():
            if isinstance(value, dict) and obj.app:
                _set_fields(env.engine, obj, value, _DEPTH)
    return target


def properties(env: Env, target: Value, text: Value) -> Value:
    """Fill `target` with the lines of a constant text in the format of `java.util.Properties`."""
    for known in _constants(env.engine, text):
        for line in known.splitlines()[:_ENTRIES]:
            match = re.match(r"\s*([^#!=:\s][^=:\s]{0,200})\s*[=:\s]\s*(.*)", line)
            if match:
                value = of(match[2].strip()[:MAX_TEXT])
                env.engine.put_field(target, f"[{match[1]}]", value)
    return NOTHING


def _constants(engine: Engine, value: Value) -> Iterator[str]:
    """Constant texts of a value, those of files among them."""
    texts = {*value.texts()}
    texts |= {a.parts[0] for a in value.atoms if isinstance(a, Template) and a.parts[0]}
    for obj in value.objects():
        inner = engine.get_field(obj, "text")
        texts |= set(inner.texts()) if inner is not None else set()
        if engine.contents and (found := content_of(engine, obj)) is not None:
            texts.add(found)
    for text in sorted(texts)[:4]:
        yield engine.contents.get(text, text)


def _documents(engine: Engine, value: Value) -> Iterator[Any]:
    """Values of the constant texts that are JSON, or begin with it."""
    for text in _constants(engine, value):
        begun = text.lstrip("\ufeff \t\r\n")
        if begun[:1] in ("{", "["):
            try:
                yield json.JSONDecoder().raw_decode(begun)[0]
            except (ValueError, RecursionError):
                continue


def _fill(engine: Engine, obj: Obj, value: Any, depth: int) -> None:  # noqa: ANN401
    entries: list[tuple[object, Any]] = []
    if isinstance(value, dict):
        entries = list(value.items())
    elif isinstance(value, list):
        entries = list(enumerate(value))
        engine.put_field(of(obj), "$size", of(len(value)))
    for key, inner in entries[:_ENTRIES]:
        if len(str(key)) <= 200 and depth:
            made = _made(engine, obj.type, inner, f"{obj.number}[{key}]", depth - 1)
            engine.put_field(of(obj), f"[{key}]", made)


def _made(engine: Engine, family: str, value: Any, salt: str, depth: int) -> Value:  # noqa: ANN401
    """A JSON value as the library of `family` gives it."""
    if isinstance(value, dict | list):
        fitting = (row for row in _FAMILIES if family.startswith(row[0]))
        package, *types = next(fitting, _FAMILIES[-1])
        obj = engine.allocate(package + types[isinstance(value, list)], salt)
        _fill(engine, obj, value, depth)
        return of(obj)
    return _plain(value)


def _plain(value: Any) -> Value:  # noqa: ANN401
    if isinstance(value, bool):
        return of(int(value))
    if isinstance(value, str):
        return of(value) if len(value) < MAX_TEXT else ANY
    if isinstance(value, int) and abs(value) < 1 << 63:
        return of(value)
    return of(0) if value is None else ANY


def _set_fields(engine: Engine, obj: Obj, value: dict[str, Any], depth: int) -> None:
    """Set the fields of an object of the app by the names under which they are written."""
    from auditor.flows.functions import serialized_name

    at: str | None = obj.type
    while at and engine.index.is_defined(at) and depth:
        for fid in engine.index.fields_of(at):
            info = engine.index.field(fid)
            name = serialized_name(engine, at, info.name) or info.name
            if name in value and not info.access & 0x8:
                inner = value[name]
                if isinstance(inner, dict) and engine.index.is_defined(info.type):
                    made = engine.allocate(info.type, f"bean:{obj.number}.{info.name}")
                    _set_fields(engine, made, inner, depth - 1)
                    held = of(made)
                elif isinstance(inner, list):
                    rows = engine.allocate("Ljava/util/ArrayList;", f"{obj.number}.{info.name}")
                    _fill(engine, rows, [i for i in inner if not isinstance(i, dict | list)], 1)
                    held = of(rows)
                else:
                    held = _plain(inner)
                engine.put_field(of(obj), info.name, held)
        at = engine.index.superclass(at)


# ---------------------------------------------------------------- manifest and resources


def meta(env: Env) -> Value:
    """The meta-data of the manifest's application as a Bundle."""
    obj = env.engine.made("Landroid/os/Bundle;", ("meta-data",))
    for key, value in env.engine.manifest.meta_data[:_ENTRIES]:
        if 0 < len(key) <= 200 and len(value) < MAX_TEXT:
            env.engine.put_field(of(obj), f"[{key}]", of(value))
    return of(obj)


def strings(env: Env, identifier: Value) -> Value:
    """A string array of the resources."""
    engine = env.engine
    texts = [t for n in identifier.ints()[:1] for t in engine.resources.array(n & 0xFFFFFFFF)]
    if not texts:
        return NOTHING
    obj = engine.allocate("[Ljava/lang/String;", "resource")
    engine.put_field(of(obj), "$length", of(len(texts)))
    for number, text in enumerate(texts[:_ENTRIES]):
        engine.put_field(of(obj), f"[{number}]", of(text[:MAX_TEXT]))
    return of(obj)


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "asset": asset,
    "raw": raw,
    "unpack": unpack,
    "parsed": parsed,
    "bean": bean,
    "properties": properties,
    "meta": meta,
    "strings": strings,
}
"""Functions of the effect language that look beside the code."""
