"""Interface methods that annotations make HTTP requests (Retrofit and its kin)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.flows import defaults, effecting, sinks
from auditor.flows.knowledge import ApiAnnotationEntry
from auditor.flows.values import (
    NOTHING,
    Atom,
    Taint,
    Template,
    Value,
    as_atom,
    join,
    of,
    relabelled,
)

if TYPE_CHECKING:
    from auditor.dex import Annotation, MethodInfo
    from auditor.flows.engine import Engine

_PATH = re.compile(r"(?:https?://)?[\w./{}?=&%:~-]*[./][\w./{}?=&%:~-]*|[\w-]{3,60}")
"""What can be the path of a request; no sentence, no SQL."""


def is_request(engine: Engine, method: MethodInfo) -> bool:
    """Tell whether the method is declared by an app interface as a request."""
    known = engine.request_methods.get(method.id)
    if known is None:
        known = _described(engine, method) is not None
        engine.request_methods[method.id] = known
    return known


def _described(
    engine: Engine, method: MethodInfo
) -> tuple[ApiAnnotationEntry, str, str, int] | None:
    """Entry, HTTP method, path, and id of the declaring method; None for other methods."""
    if not engine.index.is_defined(method.cls):
        return None
    if not engine.index.class_access(method.cls) & 0x200:
        return None
    declared = engine.index.lookup(method.cls, method.name, method.proto)
    if declared is None:
        return None
    for annotation in engine.index.method_annotations(declared):
        java = engine.renamed.annotation(annotation.type)
        for entry in engine.know.annotations:
            if java in entry.method_annotations:
                elements = dict(annotation.elements)
                http = entry.method_annotations[java] or str(elements.get("method", ""))
                value = elements.get("path") or _text_of(annotation)
                return entry, http, value if isinstance(value, str) else "", declared
    return _by_structure(engine, method, declared)


def _text_of(annotation: Annotation) -> str:
    """The value of an annotation, where it is a text; under a new name the one text it has."""
    elements = dict(annotation.elements)
    value = elements.get("value", "")
    if isinstance(value, str) and value:
        return value
    texts = [v for _, v in annotation.elements if isinstance(v, str)]
    return texts[0] if len(texts) == 1 else ""


def _by_structure(
    engine: Engine, method: MethodInfo, declared: int
) -> tuple[ApiAnnotationEntry, str, str, int] | None:
    """A request whose annotations an obfuscator renamed, told by what they look like.

    An interface that no class of the app implements; on the method an annotation with one text that
    is a path; on every parameter (the last may be a continuation) an annotation of its own.
    """
    index = engine.index
    if index.all_subtypes(method.cls):
        return None
    parameters = index.parameter_annotations(declared)
    rows = [parameters[n] if n < len(parameters) else () for n in range(len(method.params))]
    if rows and not rows[-1] and len(rows) > 1:
        rows = rows[:-1]
    if not rows or not all(rows):
        return None
    for annotation in index.method_annotations(declared):
        texts = [value for _, value in annotation.elements if isinstance(value, str)]
        if annotation.visibility != "runtime" or len(texts) != 1 or not _PATH.fullmatch(texts[0]):
            continue
        engine.limit("renamed_library", declared, "taken for an HTTP request by its annotations")
        named = {
            a.type[1:-1].replace("/", ".")
            for row in rows
            for a in row
            if any(isinstance(value, str) for _, value in a.elements)
        }
        entry = ApiAnnotationEntry(
            id="by-structure", method_annotations={}, named=tuple(sorted(named))
        )
        return entry, "", texts[0], declared
    return None


def send(engine: Engine, receiver: Value, method: MethodInfo, params: tuple[Value, ...]) -> Value:
    """Note the request; its result is a call object of which nothing more is known."""
    described = _described(engine, method)
    assert described is not None
    entry, http, path, declared = described
    taints: frozenset[Taint] = frozenset()
    named: set[str] = set()
    explicit = NOTHING
    annotations = engine.index.parameter_annotations(declared)
    queries: list[str] = []
    for number, value in enumerate(params):
        row = annotations[number] if number < len(annotations) else ()
        if not entry.bare and not any(a.visibility == "runtime" for a in row):
            continue  # the continuation of a suspending function, with all that it keeps
        inside = effecting.deep_taints(engine, value, app=True)
        label = ""
        for annotation in row:
            java = engine.renamed.annotation(annotation.type)
            if java in entry.url:
                explicit = join(explicit, sinks.flat_url(engine, value))
            if java in (*entry.named, *entry.path, *entry.query):
                label = _text_of(annotation)
            if java in entry.path and label:
                path = _filled(path, label, value)
            if java in entry.query and label:
                queries.append(label)
        if inside and label:
            named.add(label)
        taints |= relabelled(inside, label) if label else inside
    cls = engine.index.method(declared).cls
    url = _joined(engine, receiver, cls, path, explicit, _named_bases(engine, entry, declared))
    for obj in receiver.objects():
        url = sinks.switched(engine, engine.get_field(obj, "client") or NOTHING, url, of(http))
    sinks.sent(
        engine, f"request:{entry.id}", "network", method.id, taints, url, of(http), frozenset(named)
    )
    return defaults.typed(
        engine, method.ret, (engine.frames[-1].method, engine.frames[-1].offset, "request")
    )


def _filled(path: str, label: str, value: Value) -> str:
    only = value.only()
    return path.replace("{" + label + "}", str(only)) if type(only) in (str, int) else path


def _named_bases(engine: Engine, entry: ApiAnnotationEntry, declared: int) -> Value:
    """The base addresses that a header of the method names, when the app registered them."""
    known = engine.made("Ljava/lang/Object;", ("global", "domains"))
    total = NOTHING
    for annotation in engine.index.method_annotations(declared):
        if engine.renamed.annotation(annotation.type) not in entry.fixed_headers:
            continue
        for _, value in annotation.elements:
            for line in value if isinstance(value, tuple | list) else (value,):
                name, _, domain = str(line).partition(":")
                if name.strip() in entry.domain_headers:
                    held = engine.get_field(known, f"[{domain.strip()}]")
                    total = join(total, sinks.flat_url(engine, held) if held else NOTHING)
    if total is NOTHING and entry.domain_headers:
        held = engine.get_field(known, "[*]")
        total = sinks.flat_url(engine, held) if held else NOTHING
    return total


_MOST_BASES = 4
"""Base addresses of one interface that are told apart where the client is not known."""


def _joined(
    engine: Engine, receiver: Value, cls: str, path: str, explicit: Value, named: Value = NOTHING
) -> Value:
    """Base and path as Retrofit joins them: an absolute path replaces what the base ends with."""
    relative = explicit if explicit is not NOTHING else of(path)
    bases = named
    for obj in receiver.objects() if named is NOTHING else ():
        bases = join(bases, engine.get_field(obj, "$base") or NOTHING)
    if bases is NOTHING or not bases.atoms:
        # Handed on by a container of dependencies: by the interface, else the one client there is.
        known = list(engine.bases_of.get(cls, ())) or list(engine.bases)
        of_interface = cls in engine.bases_of and len(known) <= _MOST_BASES
        bases = of(*known) if len(known) == 1 or of_interface else bases
    total: set[Atom] = set()
    unknown = relative.any
    for part in sorted(relative.atoms, key=str):
        parts = (part,) if isinstance(part, str) else getattr(part, "parts", (None,))
        head = parts[0] or ""
        if head.startswith(("http://", "https://")):
            total.add(part)
            continue
        if not bases.atoms:
            total.add(as_atom((None, *parts)))
        for base in sorted(bases.atoms, key=str):
            total.add(_resolve(base, parts))
    return Value(frozenset(total), frozenset(), unknown)


def _resolve(base: Atom, parts: tuple[str | None, ...]) -> Atom:
    head = base.parts if isinstance(base, Template) else (str(base),)
    first = parts[0]
    if isinstance(first, str) and first.startswith("/") and isinstance(head[0], str):
        scheme, sep, rest = head[0].partition("://")
        host = rest.partition("/")[0] if sep else ""
        if host and len(head) == 1:
            return as_atom((f"{scheme}://{host}", *parts))
    if isinstance(head[-1], str) and "/" in head[-1].partition("://")[2]:
        head = (*head[:-1], head[-1].rpartition("/")[0] + "/")
    elif isinstance(head[-1], str) and "://" in head[-1]:
        head = (*head[:-1], head[-1] + "/")
    return as_atom((*head, *parts))
