"""What is written into DEX files is what the index says of them, however it is spread over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.dex import CodeIndex, DexInput, opcodes
from tests.dex_programs import OWN, TEXTS, App, Body, Made, apps

_SETTINGS = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
Place = tuple[str, int]
Sites = dict[tuple[str, str], list[Place]]


def build(app: App) -> CodeIndex:
    inputs = [DexInput(f"classes{n or ''}.dex", data) for n, data in enumerate(app.data)]
    return CodeIndex.build(inputs)


def bodies(app: App) -> Iterator[tuple[str, Body]]:
    """Signature and code of every method that counts."""
    for name, (_, made) in app.defined().items():
        for method, proto, body in made.methods:
            if body is not None:
                yield f"{name}->{method}{proto}", body


def written_sites(app: App) -> Sites:
    found: Sites = defaultdict(list)
    for signature, body in bodies(app):
        for insn, at in zip(body.insns, body.offsets(), strict=False):
            if insn.kind:
                found[insn.kind, insn.ref].append((signature, at))
    return {key: sorted(places) for key, places in found.items()}


def told_sites(index: CodeIndex) -> Sites:
    """Every reference as the index tells it, by signature; each list must be in order of ids."""
    found: Sites = {}

    def add(kind: str, ref: str, sites: Any) -> None:  # noqa: ANN401
        assert list(sites) == sorted(sites)
        if sites:
            found[kind, ref] = sorted((index.signature(mid), at) for mid, at in sites)

    for mid in index.all_methods():
        add("call", index.signature(mid), index.callers(mid))
    for fid in field_ids(index):
        add("read", index.field_signature(fid), index.field_reads(fid))
        add("write", index.field_signature(fid), index.field_writes(fid))
    for text in set(index.strings()):
        add("string", text, index.string_loads(text))
        ask: dict[str, Callable[[str], Any]] = {
            "new": index.instantiations,
            "load": index.class_loads,
            "use": index.type_uses,
        }
        for kind, question in ask.items():
            add(kind, text, question(text))
    return found


def field_ids(index: CodeIndex) -> list[int]:
    return sorted({fid for name in set(index.strings()) for fid in index.fields_named(name)})


@given(apps(twice=True))
@_SETTINGS
def test_references(app: App) -> None:
    index = build(app)
    assert {limit.kind for limit in index.limits} <= {"dex_duplicate"}
    assert told_sites(index) == written_sites(app)
    loaded = {ref for kind, ref in written_sites(app) if kind == "string"}
    assert set(index.literals()) == loaded


@given(apps(twice=True))
@_SETTINGS
def test_classes_and_members(app: App) -> None:
    index = build(app)
    defined = app.defined()
    assert set(index.classes()) == set(defined)
    for name, (number, made) in defined.items():
        assert index.superclass(name) == made.superclass
        assert index.interfaces(name) == tuple(made.interfaces)
        assert index.source_file(name) == made.source
        assert index.class_dex(name) == index.dex_names[number]
        assert index.is_instantiated(name) == bool(index.instantiations(name))
        _members(index, name, made)
    for name in set(OWN) - set(defined):
        assert not index.is_defined(name)
        assert index.methods_of(name) == index.fields_of(name) == ()


def _members(index: CodeIndex, name: str, made: Made) -> None:
    fields = {
        (f.name, f.type, bool(f.access & 8), f.static_value)
        for f in map(index.field, index.fields_of(name))
    }
    # A static field behind which none has a value, and one whose value is zero, are the same.
    assert {(n, t, s, v or None) for n, t, s, v in fields} == {
        (n, t, s, v or None) for n, t, s, v in made.fields
    }
    methods = {(m.name, m.proto, m.has_code) for m in map(index.method, index.methods_of(name))}
    assert methods == {(n, p, body is not None) for n, p, body in made.methods}
    for method, proto, _ in made.methods:
        mid = index.find_method(name, method, proto)
        assert mid is not None
        assert mid == index.lookup(name, method, proto) == index.method_id(index.signature(mid))


@given(apps(twice=True))
@_SETTINGS
def test_code(app: App) -> None:
    index = build(app)
    for signature, body in bodies(app):
        mid = index.method_id(signature)
        assert mid is not None
        code = index.code(mid)
        assert code is not None
        assert (code.registers, index.size(mid) >= body.offsets()[-1]) == (20, True)
        kept = code.insns[: len(body.insns)]
        assert [i.offset for i in kept] == body.offsets()[:-1]
        assert [i.name for i in kept] == [w.line.split(" ")[0] for w in body.insns]
        assert [_told(index, i) for i in kept] == [w.ref for w in body.insns]
        _tables_and_handlers(code, body)


def _told(index: CodeIndex, insn: Any) -> str:  # noqa: ANN401
    if isinstance(insn.ref, int):
        method = opcodes.REF_KINDS[insn.op] == opcodes.METHOD
        return index.signature(insn.ref) if method else index.field_signature(insn.ref)
    return insn.ref or ""


def _tables_and_handlers(code: Any, body: Body) -> None:  # noqa: ANN401
    at = body.offsets()
    last = at[len(body.insns) - 1]
    payloads = {
        "packed-switch": ((7, 0), (8, last)),
        "sparse-switch": ((-5, 0), (90, last)),
    }
    for insn, written in zip(code.insns, body.insns, strict=False):
        if insn.name in payloads:
            assert insn.payload == payloads[insn.name]
        elif insn.name == "fill-array-data":
            assert insn.payload in ((1, (1, 2, 3)), (4, (26, 113)))
        elif " :I" in written.line:
            assert insn.target == last
    expected: dict[tuple[int, int], list[tuple[str | None, int]]] = defaultdict(list)
    for first, end, caught in body.tries:
        expected[at[first], at[end]].append((caught, last))
    assert {(t.start, t.end): list(t.handlers) for t in code.tries} == expected


def slow_supertypes(app: App, cls: str) -> set[str]:
    defined, found, waiting = app.defined(), set[str](), [cls]
    while waiting:
        made = defined.get(waiting.pop())
        for above in (made[1].superclass, *made[1].interfaces) if made else ():
            if above not in found:
                found.add(above)
                waiting.append(above)
    return found


@given(apps(twice=True))
@_SETTINGS
def test_hierarchy(app: App) -> None:
    """Up, down, and found again: also where classes extend each other in a circle."""
    index = build(app)
    above = {cls: slow_supertypes(app, cls) for cls in app.defined()}
    for cls, expected in above.items():
        assert set(index.supertypes(cls)) == expected - {cls}
        assert len(index.supertypes(cls)) == len(set(index.supertypes(cls)))
    for cls in {*OWN, *(one for found in above.values() for one in found)} - {"Ljava/lang/Object;"}:
        below = sorted(c for c, found in above.items() if cls in found and c != cls)
        assert list(index.all_subtypes(cls)) == below
        direct = [c for c, (_, m) in app.defined().items() if cls in (m.superclass, *m.interfaces)]
        assert list(index.subtypes(cls)) == sorted(set(direct))


@given(apps(twice=True))
@_SETTINGS
def test_lookups_are_searches(app: App) -> None:
    """Each way to find something gives what a walk over everything gives."""
    index = build(app)
    every = [index.method(mid) for mid in index.all_methods()]
    assert [m.id for m in every] == list(range(len(every)))
    for name in {m.name for m in every} | {"none"}:
        assert list(index.methods_named(name)) == [m.id for m in every if m.name == name]
        for cls in OWN:
            same = [m.id for m in every if (m.cls, m.name) == (cls, name)]
            assert list(index.methods_referenced(cls, name)) == same
    for kind in ("I", "Ljava/lang/String;"):
        assert list(index.methods_taking([kind])) == [m.id for m in every if kind in m.params]
    assert index.methods_with_code() == [m.id for m in every if m.has_code]
    callers = {caller for m in every for caller, _ in index.callers(m.id)}
    assert index.owners_of_calls(index.all_methods()).tolist() == sorted(callers)
    for mid in callers:
        pairs = index.callees(mid)
        assert list(pairs) == sorted(pairs)
        assert all((mid, at) in index.callers(callee) for at, callee in pairs)
    texts = list(index.strings())
    assert all(index.holds_string(text) for text in texts)
    for text in filter(None, TEXTS):
        raw = text.encode()
        if "😀" not in text:  # stands as two surrogates in the file
            assert set(index.strings_containing(raw)) == {t for t in texts if text in t}


def said(index: CodeIndex) -> dict[str, Any]:
    """All that the index knows, by names and not by numbers."""
    return {
        "classes": {
            c: (
                index.superclass(c),
                index.interfaces(c),
                index.class_access(c),
                index.source_file(c),
                index.supertypes(c),
                index.all_subtypes(c),
                {index.field(f)[1:] for f in index.fields_of(c)},
                {index.method(m)[1:] for m in index.methods_of(c)},
            )
            for c in index.classes()
        },
        "sites": told_sites(index),
        "literals": index.literals(),
    }


@given(apps(twice=False), st.integers(0, 5))
@_SETTINGS
def test_the_order_of_files_and_how_classes_are_spread_do_not_matter(app: App, turn: int) -> None:
    expected = said(build(app))
    order = list(range(len(app.files)))
    mixed = order[turn % len(order) :] + order[: turn % len(order)]
    if turn > 2:
        mixed.reverse()
    assert said(build(App([app.files[n] for n in mixed]))) == expected
    assert said(build(App([[made for one in app.files for made in one]]))) == expected
    single = [[made] for one in app.files for made in one]
    assert said(build(App(single))) == expected


@given(apps(twice=True))
@_SETTINGS
def test_columns_are_sorted_and_inside(app: App) -> None:
    """The tables behind the answers: ids in range, sites in order, code inside its file."""
    tables = build(app)._tables
    for name in ("calls", "field_reads", "field_writes", "string_loads", "class_loads"):
        sites = getattr(tables.xrefs, name)
        used = sites.used()
        assert (np.diff(used) > 0).all()
        for target in used.tolist():
            pairs = list(sites.sites(target))
            assert pairs == sorted(set(pairs))
    sizes = [len(data) for data in app.data]
    methods = tables.methods
    for at, image in zip(methods.code.tolist(), methods.image.tolist(), strict=True):
        assert at == 0 or 0 < at < sizes[image]
        assert -1 <= image < len(sizes)
