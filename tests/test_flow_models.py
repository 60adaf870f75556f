"""Every entry of the catalog can be carried out on a call, whatever the arguments are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from auditor.catalog import Catalog
from auditor.dex import MethodInfo
from auditor.flows import sources
from auditor.flows.app import App
from auditor.flows.heap import Heap
from auditor.flows.knowledge import ModelEntry, QueryEntry, SinkEntry, SourceEntry
from auditor.flows.models import Shape, descriptor, parse_method, parse_names
from auditor.flows.values import ANY, NOTHING, ZERO, Taint, Template, Trail, Value, of, tainted
from tests.flow_fixture import app_of, flows_of, inside, knowledge

CODE = """
.class public Lt/Main;
.super Landroid/app/Activity;
.field public name:Ljava/lang/String;
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Landroid/app/Activity;-><init>()V
    return-void
.end method
.method public onCreate(Landroid/os/Bundle;)V
    .registers 3
    nop
    nop
    return-void
.end method

.class public Lt/Back;
.super Ljava/lang/Object;
.implements Ljava/lang/Runnable;
.implements Landroid/view/View$OnClickListener;
.implements Ljava/util/concurrent/Callable;
.method public constructor <init>()V
    .registers 1
    return-void
.end method
.method public run()V
    .registers 1
    return-void
.end method
.method public onClick(Landroid/view/View;)V
    .registers 2
    return-void
.end method
.method public call()Ljava/lang/Object;
    .registers 1
    return-object p0
.end method
"""
_NAMES = {
    "String": "Ljava/lang/String;",
    "Object": "Ljava/lang/Object;",
    "CharSequence": "Ljava/lang/CharSequence;",
    **{"int": "I", "long": "J", "boolean": "Z", "byte": "B", "char": "C", "float": "F"},
    **{"double": "D", "short": "S"},
}
_TAINT = Taint(1, "", Trail(None, "source", 0, 0, "", 1), ())
Called = tuple[str, str, Shape, bool]
"""Class, name, overload, and whether static."""


@cache
def engine() -> App:
    """One engine for all; it stands in `onCreate`, one source is known."""
    app = app_of(CODE, knowledge())
    method = app.index.method_id("Lt/Main;->onCreate(Landroid/os/Bundle;)V")
    assert method is not None
    frame = inside(app, method)
    frame.offset = 1
    app.component = app.made("Lt/Main;", ("component", "Lt/Main;"))
    assert sources.number_of(app, "contacts", method, "test", "bulk", "") == 1
    return app


def _type(name: str) -> str:
    dims = name.count("[]")
    base = name.replace("[]", "").strip()
    return "[" * dims + _NAMES.get(base, f"Lsome/{base};")


def fabricated(cls: str, name: str, shape: Shape, arity: int, ret: str) -> MethodInfo:
    """A library method of that name, as a call in DEX would name it."""
    types = shape.types
    params = tuple(map(_type, types)) if types is not None else ("Ljava/lang/Object;",) * arity
    result = "V" if name == "<init>" else ret
    proto = f"({''.join(params)}){result}"
    return MethodInfo(-1, cls, name, proto, params, result, 0, False, False)


def arguments(app: App, cls: str) -> Iterator[tuple[Value, Value]]:
    """Receivers and arguments of all kinds."""
    receiver = of(app.made(cls, ("receiver", cls)))
    screen, back = app.made("Lt/Main;", ("component", "Lt/Main;")), app.made("Lt/Back;", ("back",))
    held = app.made("Ljava/util/ArrayList;", ("held",))
    app.put_field(of(held), "[?]", tainted(frozenset((_TAINT,))))
    yield NOTHING, NOTHING
    yield ANY, ANY
    yield receiver, tainted(frozenset((_TAINT,)))
    yield receiver, of("content://com.android.contacts/contacts")
    yield receiver, of(screen, back, held, "x", 7, Template((None, "/y"))).or_unset()
    yield of(screen), ZERO
    yield of(back, held), receiver.with_taints(frozenset((_TAINT,)))


def carry_out(calls: Iterable[Called], most: int = 5) -> int:
    """Carry out each call with all kinds of arguments; count them."""
    app, count = engine(), 0
    for cls, name, shape, static in calls:
        arities = {0, 1, most - 1} if shape.arity is None else {shape.arity}
        for arity in sorted(arities) if shape.types is None else [0]:
            ret = "Ljava/lang/String;" if arity == 1 else "Ljava/lang/Object;"
            method = fabricated(cls, name, shape, arity, ret)
            for receiver, each in arguments(app, cls):
                app.heap = Heap(app.base)
                given = (each,) * len(method.params)
                args = given if static else (receiver, *given)
                result = app.call(method, args, static=static, virtual=not static)
                assert result is None or isinstance(result, Value)
                count += 1
                app.frames[-1].events.clear()
    return count


MODELS = Catalog().entries("propagations", ModelEntry)
SOURCES = Catalog().entries("sources", SourceEntry)
QUERIES = Catalog().entries("queries", QueryEntry)
SINKS = Catalog().entries("sinks", SinkEntry)


def modelled(entry: ModelEntry) -> Iterator[Called]:
    """Every method that a model describes."""
    classes = (entry.on,) if isinstance(entry.on, str) else entry.on
    for text in entry.methods:
        for name, shape in parse_names(text):
            for cls in classes:
                yield descriptor(cls), name, shape, entry.static


def named(texts: Iterable[str]) -> Iterator[Called]:
    """Every method of a list of calls, as static and as virtual."""
    for text in texts:
        cls, names = parse_method(text, "test")
        for name, shape in names:
            yield cls, name, shape, False
            yield cls, name, shape, True


def _highest(entry: ModelEntry) -> int:
    """How many parameters the effects speak of, one more for those that they leave out."""
    ports = re.findall(r"\ba(\d)\b", " ".join(entry.methods.values()))
    return max((int(p) + 2 for p in ports), default=2)


@pytest.mark.parametrize("entry", MODELS, ids=lambda e: e.id)
def test_every_model_can_be_carried_out(entry: ModelEntry) -> None:
    assert carry_out(modelled(entry), _highest(entry)) > 0


@pytest.mark.parametrize("entry", SINKS, ids=lambda e: e.id)
def test_every_sink_can_be_carried_out(entry: SinkEntry) -> None:
    assert carry_out(named(entry.calls)) > 0


@pytest.mark.parametrize("entry", QUERIES, ids=lambda e: e.id)
def test_every_query_can_be_carried_out(entry: QueryEntry) -> None:
    assert carry_out(named(entry.calls), 8) > 0


@pytest.mark.parametrize("entry", [s for s in SOURCES if s.calls], ids=lambda e: e.id)
def test_every_source_can_be_carried_out(entry: SourceEntry) -> None:
    assert carry_out(named(entry.calls), 8) > 0


HOSTILE = """
.class public Lt/Main;
.super Landroid/app/Activity;
.method public onCreate(Landroid/os/Bundle;)V
    .registers 6
    invoke-static {}, Landroid/telephony/SmsManager;->getDefault()Landroid/telephony/SmsManager;
    CALL
    move-result-object v0
    return-void
.end method
.method public helper(Ljava/lang/String;J)Ljava/lang/String;
    .registers 6
    return-object p1
.end method
"""
CALLED = (
    "Landroid/database/Cursor;->getString(I)Ljava/lang/String;",
    "Landroid/database/Cursor;->getColumnIndex(Ljava/lang/String;)I",
    "Ljava/lang/StringBuilder;->append(Ljava/lang/String;)Ljava/lang/StringBuilder;",
    "Ljava/lang/StringBuilder;->insert(ILjava/lang/String;)Ljava/lang/StringBuilder;",
    "Ljava/lang/String;->format(Ljava/lang/String;[Ljava/lang/Object;)Ljava/lang/String;",
    "Ljava/lang/String;->replace()Ljava/lang/String;",
    "Landroid/app/Activity;->getApplication()Landroid/app/Application;",
    "Landroid/content/ContentResolver;->query()Landroid/database/Cursor;",
    "Landroid/telephony/SmsManager;->sendTextMessage(Ljava/lang/String;)V",
    "Landroid/media/MediaRecorder;->setOutputFile()V",
    "Lt/Main;->helper(Ljava/lang/String;J)Ljava/lang/String;",
    "Lt/Main;->missing(DDLt/Gone;[[I)[[J",
)


@pytest.mark.parametrize("kind", ["virtual", "static", "direct", "super", "interface"])
def test_calls_that_no_verifier_lets_pass_do_no_harm(kind: str) -> None:
    for registers in ("{}", "{v0}", "{p0}", "{p0, p1}", "{v0, v1, v2, p0, p1}"):
        calls = [f"invoke-{kind} {registers}, {called}" for called in CALLED]
        code = HOSTILE.replace("CALL", "\n    ".join(calls))
        assert flows_of(code, knowledge())[0] == []
