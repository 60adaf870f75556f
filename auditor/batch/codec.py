"""Write frozen dataclasses as compact JSON and read them back, without pickle.

A dataclass is a list of its fields' values in order. `shape_of` lists the fields of every class
below a type: what was written under another shape is refused, never guessed at. Texts may hold lone
surrogates (DEX files do): JSON escapes keep them.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import types
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

Reader = Callable[[Any], Any]


def dumps(value: object) -> bytes:
    """Write a dataclass as ASCII JSON; the same value gives the same bytes."""
    return json.dumps(_plain(value), separators=(",", ":")).encode("ascii")


def loads(kind: type, data: bytes) -> Any:  # noqa: ANN401
    """Read what `dumps` wrote.

    Raises:
        ValueError: it is something else.
    """
    try:
        return _reader(kind)(json.loads(data))
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"not a stored {kind.__name__}: {error}") from error


def shape_of(kind: type) -> str:
    """Name every class that `kind` holds, with its fields and their types, as one text."""
    seen: dict[str, str] = {}
    _describe(kind, seen)
    return "\n".join(f"{name}: {fields}" for name, fields in sorted(seen.items()))


def _describe(kind: Any, seen: dict[str, str]) -> None:  # noqa: ANN401
    for inner in get_args(kind):
        _describe(inner, seen)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type) and kind.__name__ not in seen:
        hints = get_type_hints(kind)
        names = [f.name for f in dataclasses.fields(kind)]
        seen[kind.__name__] = ", ".join(f"{n} {_named(hints[n])}" for n in names)
        for name in names:
            _describe(hints[name], seen)


def _named(kind: Any) -> str:  # noqa: ANN401
    return kind.__name__ if isinstance(kind, (type, NewType)) else str(kind)


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(getattr(value, f.name)) for f in dataclasses.fields(value)]


@cache
def _reader(kind: Any) -> Reader:  # noqa: ANN401
    """Make the function that reads values of one type."""
    if isinstance(kind, NewType):
        return _reader(kind.__supertype__)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = _reader(next(a for a in args if a is not type(None)))
        return lambda v: None if v is None else inner(v)
    if origin is tuple and len(args) == 2 and args[1] is ...:
        each = _reader(args[0])
        return lambda v: tuple([each(x) for x in v])
    if origin is tuple:
        readers = [_reader(a) for a in args]
        return lambda v: tuple(r(x) for r, x in zip(readers, v, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        each = _reader(args[1])
        return lambda v: {k: each(x) for k, x in v.items()}
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        fields = [_reader(hints[f.name]) for f in dataclasses.fields(kind)]
        made: Callable[..., Any] = kind  # type: ignore[assignment]
        return lambda v: made(*[r(x) for r, x in zip(fields, v, strict=True)])
    if kind is bytes:
        return base64.b64decode
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if kind in (str, int, float, bool):
        return _same
    raise TypeError(f"{kind}: no way to store it")


def _same(value: Any) -> Any:  # noqa: ANN401
    return value
