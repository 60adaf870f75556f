"""Every entry of `data/renamed/` is recognised by what it says, and by nothing less."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from auditor.catalog import Catalog
from auditor.flows.knowledge import RenamedEntry, RenamedMethod
from auditor.flows.models import descriptor
from auditor.flows.renamed import Renamed
from tests.flow_fixture import flows_of, index_of, numbered, pairs_of

ENTRIES = Catalog().entries("renamed", RenamedEntry)
PLAIN = {
    "String": "Ljava/lang/String;",
    "Object": "Ljava/lang/Object;",
    "Class": "Ljava/lang/Class;",
    "Appendable": "Ljava/lang/Appendable;",
    "Writer": "Ljava/io/Writer;",
    "Throwable": "Ljava/lang/Throwable;",
    "RuntimeException": "Ljava/lang/RuntimeException;",
    "int": "I",
    "boolean": "Z",
    "void": "V",
    "interface": "Lq/I;",
}


def named(entries: Iterable[RenamedEntry]) -> dict[str, str]:
    """A name of one letter and a number for every class that the entries speak of."""
    names = {e.id: f"Lq/C{n};" for n, e in enumerate(entries)}
    for entry in entries:
        for row in (*entry.methods, *entry.made_by):
            if row.gives_as:
                names.setdefault(row.gives_as, f"Lq/G{len(names)};")
    return names


def type_of(word: str, names: dict[str, str]) -> str:
    if word == "any":
        return "Lq/Any;"
    if word.startswith("role "):
        return "Lq/Role;"
    return names[word[1:]] if word[0] == "@" else PLAIN.get(word) or descriptor(word)


def method(name: str, row: RenamedMethod, names: dict[str, str], body: str = "") -> str:
    """A method as the row describes it; it loads its texts and does nothing else."""
    params = "".join(type_of(t, names) for t in row.takes)
    ret = type_of(row.gives or "void", names)
    ret = names[row.gives_as] if row.gives_as and not row.gives else ret
    lines = [f'    const-string v0, "{escaped(t)}"' for t in row.texts]
    end = {"V": "return-void", "Z": "return v0"}.get(ret, "return-object v0")
    kind = "public constructor <init>" if row.constructor else f"public {name}"
    return (
        f".method {kind}({params}){ret}\n    .registers {len(row.takes) * 2 + 4}\n"
        + "\n".join(lines)
        + f"\n    const/4 v0, 0x0\n{body}    {end}\n.end method\n"
    )


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def program(entry: RenamedEntry, skipped: str = "") -> str:
    """Classes that fit all entries of a library; one text of `entry` can be left out."""
    mates = [e for e in ENTRIES if e.library == entry.library]
    names = named(mates)
    parts = []
    for mate in mates:
        parts.append(f".class public {names[mate.id]}\n.super Ljava/lang/Object;\n")
        parts += [f".field {f}:Ljava/lang/Object;\n" for f in (mate.fields or ((),))[0]]
        mine = [method(f"m{n}", row, names) for n, row in enumerate(mate.methods)]
        kept = {t for row in mate.methods for t in row.texts} | (
            {skipped} if mate == entry else set()
        )
        texts = [t for t in (mate.texts or ((),))[0] if t not in kept]
        mine.append(method("x", RenamedMethod(texts=tuple(texts)), names))
        parts += mine
        for n, row in enumerate(mate.made_by):
            make = f"    new-instance v1, {names[mate.id]}\n"
            parts.append(
                f".class public Lq/M{n};\n.super Ljava/lang/Object;\n"
                + method(f"made{n}", row, names, make)
            )
        parts += [
            f".class public {names[row.gives_as]}\n.super Ljava/lang/Object;\n"
            for row in mate.methods
            if row.gives_as and not any(row.gives_as == m.id for m in mates)
        ]
    parts.append(".class public interface abstract Lq/I;\n.super Ljava/lang/Object;\n")
    parts.append(".class public interface abstract Lq/Role;\n.super Ljava/lang/Object;\n")
    if "kotlin.continuation" in names:
        parts.append(
            f".class public Lq/Block;\n.super {names['kotlin.continuation']}\n"
            ".implements Lq/Role;\n"
        )
    return "\n".join(parts)


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.texts], ids=lambda e: e.id)
def test_a_class_is_known_by_its_texts(entry: RenamedEntry) -> None:
    found = Renamed(index_of(program(entry)), ENTRIES)

    assert found.classes[entry.id]
    if entry.opaque:
        assert set(found.classes[entry.id]) <= found.opaque


@pytest.mark.parametrize(
    "entry", [e for e in ENTRIES if e.texts and len(e.texts[0]) > 1], ids=lambda e: e.id
)
def test_all_texts_are_needed(entry: RenamedEntry) -> None:
    needed = entry.texts[0][0]
    kept = {t for row in entry.methods for t in row.texts}
    if needed in kept:
        needed = next((t for t in entry.texts[0] if t not in kept), "")
    found = Renamed(index_of(program(entry, needed)), ENTRIES)

    assert (entry.id in found.classes) == (needed == "")


@pytest.mark.parametrize(
    "entry", [e for e in ENTRIES if e.methods or e.made_by], ids=lambda e: e.id
)
def test_every_method_of_an_entry_is_recognised(entry: RenamedEntry) -> None:
    found = Renamed(index_of(program(entry)), ENTRIES)

    known = [r.statements for r in found.methods.values() if r.entry == entry.id]
    rows = (*entry.methods, *entry.made_by)
    assert len(known) == len(rows)


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.named], ids=lambda e: e.id)
def test_a_library_under_its_own_name_is_left_to_the_models(entry: RenamedEntry) -> None:
    mates = {name for e in ENTRIES if e.library == entry.library for name in e.named[:1]}
    own = "\n".join(
        f".class public {descriptor(name)}\n.super Ljava/lang/Object;\n" for name in sorted(mates)
    )
    found = Renamed(index_of(program(entry) + own), ENTRIES)

    assert entry.id not in found.classes


MAIN = """
.class public Lt/Main;
.super Landroid/app/Activity;
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Landroid/app/Activity;-><init>()V
    return-void
.end method
"""
SCHEDULER = (
    MAIN
    + """
.method public onCreate(Landroid/os/Bundle;)V
    .registers 4
    new-instance v0, Lt/Task;
    invoke-direct {v0}, Lt/Task;-><init>()V
    const/4 v1, 0x0
    invoke-static {v0, v1}, Lq/S;->a(Ljava/lang/Runnable;Ljava/util/concurrent/TimeUnit;)V
    return-void
.end method

.class public Lq/S;
.super Ljava/lang/Object;
.method public static a(Ljava/lang/Runnable;Ljava/util/concurrent/TimeUnit;)V
    .registers 2
    return-void
.end method

.class public Lt/Task;
.super Ljava/lang/Object;
.implements Ljava/lang/Runnable;
.method public constructor <init>()V
    .registers 1
    return-void
.end method
.method public run()V
    .registers 2
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v0
    invoke-static {v0}, Lt/Sink;->send1(Ljava/lang/String;)V
    return-void
.end method
"""
)
REQUEST = (
    MAIN
    + """
.method public onCreate(Landroid/os/Bundle;)V
    .registers 8
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v0
    new-instance v1, Lq/U;
    invoke-direct {v1}, Ljava/lang/Object;-><init>()V
    const-string v2, "https://one.example/book"
    invoke-virtual {v1, v2}, Lq/U;->p(Ljava/lang/String;)V
    invoke-virtual {v1}, Lq/U;->b()Lq/H;
    move-result-object v1
    new-instance v3, Lq/R;
    invoke-direct {v3}, Ljava/lang/Object;-><init>()V
    iput-object v1, v3, Lq/R;->a:Lq/H;
    const-string v2, "POST"
    iput-object v2, v3, Lq/R;->b:Ljava/lang/String;
    iput-object v0, v3, Lq/R;->d:Ljava/lang/Object;
    new-instance v4, Lq/C;
    invoke-direct {v4}, Ljava/lang/Object;-><init>()V
    new-instance v5, Lq/K;
    invoke-direct {v5, v4, v3}, Lq/K;-><init>(Lq/C;Lq/R;)V
    return-void
.end method

.class public Lq/U;
.super Ljava/lang/Object;
.method public p(Ljava/lang/String;)V
    .registers 3
    const-string v0, "Expected URL scheme 'http' or 'https' but was '"
    return-void
.end method
.method public b()Lq/H;
    .registers 2
    const-string v0, "host == null"
    const/4 v0, 0x0
    return-object v0
.end method

.class public Lq/H;
.super Ljava/lang/Object;

.class public Lq/R;
.super Ljava/lang/Object;
.field public a:Lq/H;
.field public b:Ljava/lang/String;
.field public d:Ljava/lang/Object;
.method public toString()Ljava/lang/String;
    .registers 2
    const-string v0, "Request{method="
    return-object v0
.end method

.class public Lq/C;
.super Ljava/lang/Object;
.method public c()V
    .registers 2
    const-string v0, "Null interceptor: "
    const-string v0, "Null network interceptor: "
    return-void
.end method

.class public Lq/K;
.super Ljava/lang/Object;
.method public constructor <init>(Lq/C;Lq/R;)V
    .registers 3
    invoke-direct {p0}, Ljava/lang/Object;-><init>()V
    return-void
.end method
"""
)


def test_a_task_handed_to_a_scheduler_runs() -> None:
    assert pairs_of(SCHEDULER) == {(1, 1)}


def test_data_in_a_renamed_request_leave_when_a_call_is_made_of_it() -> None:
    flows, limits = flows_of(REQUEST, numbered())

    (flow,) = flows
    assert (flow.endpoint, flow.http_method) == ("https://one.example/book", "POST")
    assert flow.sink.signature == "Lq/K;-><init>(Lq/C;Lq/R;)V"
    assert {limit.why for limit in limits if limit.kind == "renamed_library"} == {
        "taken for OkHttp by its texts"
    }
