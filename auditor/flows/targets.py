"""Which code a call lands on: a model of the catalog, a body of the app, or none of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.dex import MethodInfo
from auditor.flows.models import Model

if TYPE_CHECKING:
    from auditor.flows.engine import Engine

_OBJECT = "Ljava/lang/Object;"


def target_of(engine: Engine, method: MethodInfo, kind: str) -> tuple[str, object]:
    """What a call of `method` on objects of type `kind` runs: ("model", it), ("body", id), none."""
    body = body_of(engine, method, kind)
    owner = engine.index.method(body).cls if body is not None else None
    for cls in engine.types.chain(kind):
        models = engine.know.models.find((cls,), method.name, method.params)
        if cls == _OBJECT and method.name == "toString" and engine.index.is_defined(kind):
            break  # of an object of the app it tells nothing of what is inside
        if models:
            return "model", models[0]
        if cls == owner:
            break
    if body is not None:
        return "body", body
    described = _annotated_model(engine, method)
    return ("model", described) if described else ("none", None)


def _annotated_model(engine: Engine, method: MethodInfo) -> Model | None:
    """Model of an annotation on an abstract method that some library implements (Room)."""
    if not engine.index.is_defined(method.cls):
        return None
    declared = engine.index.lookup(method.cls, method.name, method.proto)
    if declared is None:
        return None
    for annotation in engine.index.method_annotations(declared):
        models = engine.know.models.find((annotation.type,), "implemented", method.params)
        if models:
            return models[0]
    return None


def body_of(engine: Engine, method: MethodInfo, kind: str) -> int | None:
    """The method with code that objects of type `kind` have; None in code not entered."""
    found = engine.index.lookup(kind, method.name, method.proto)
    if found is None or not engine.index.method(found).has_code:
        return None
    if found not in engine.renamed.methods and is_opaque(engine, engine.index.method(found).cls):
        return None
    return found


def is_opaque(engine: Engine, cls: str) -> bool:
    """Tell whether `cls` belongs to library code that is not entered."""
    return cls.startswith(engine.know.opaque) or cls in engine.renamed.opaque


def methods_called(engine: Engine, cls: str, name: str, arity: int) -> list[MethodInfo]:
    """Methods `name` with that many parameters that objects of `cls` have, bridges left out."""
    found: dict[str, MethodInfo] = {}
    at: str | None = cls
    while at and engine.index.is_defined(at) and len(found) < 8:
        for mid in engine.index.methods_of(at):
            info = engine.index.method(mid)
            if info.name == name and len(info.params) == arity and not info.access & 0x408:
                found.setdefault(info.proto, info)
        at = engine.index.superclass(at)
    real = [m for m in found.values() if not m.access & 0x1000]
    if real or found:
        return real or list(found.values())
    for above in engine.types.chain(cls):
        if engine.know.models.find((above,), name, ("Ljava/lang/Object;",) * arity):
            return [_library_method(above, name, arity)]
    return []


def _library_method(cls: str, name: str, arity: int) -> MethodInfo:
    params = ("Ljava/lang/Object;",) * arity
    proto = "(" + "".join(params) + ")Ljava/lang/Object;"
    return MethodInfo(-1, cls, name, proto, params, "Ljava/lang/Object;", 0, False, False)
