"""Fragments and workers of a renamed library run, told by what their methods take and give."""

from __future__ import annotations

from tests.flow_fixture import flows_of, numbered, pairs_of

MAIN = """
.class public Lt/Main;
.super Landroid/app/Activity;
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Landroid/app/Activity;-><init>()V
    return-void
.end method
.method public onCreate(Landroid/os/Bundle;)V
    .registers 3
__BODY__
    return-void
.end method
"""
FRAGMENT = """
.class public Lq/f;
.super Ljava/lang/Object;
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Ljava/lang/Object;-><init>()V
    return-void
.end method
.method public a()Landroid/content/Context;
    .registers 3
    const-string v0, "Fragment "
    const-string v1, " not attached to a context."
    const/4 v0, 0x0
    return-object v0
.end method
.method public b(Landroid/view/View;Landroid/os/Bundle;)V
    .registers 3
    return-void
.end method
"""
OWN = """
.class public Lt/Own;
.super __SUPER__
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, __SUPER__-><init>()V
    return-void
.end method
.method public b(Landroid/view/View;Landroid/os/Bundle;)V
    .registers 4
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v0
    invoke-static {v0}, Lt/Sink;->send1(Ljava/lang/String;)V
    return-void
.end method
"""
MADE = """
    new-instance v0, Lt/Own;
    invoke-direct {v0}, Lt/Own;-><init>()V
"""
WORKER = """
.class public Landroidx/work/WorkerParameters;
.super Ljava/lang/Object;

.class public abstract Lq/w;
.super Ljava/lang/Object;
.method public constructor <init>__TAKES__V
    .registers 3
    invoke-direct {p0}, Ljava/lang/Object;-><init>()V
    return-void
.end method
.method public abstract a()Ljava/lang/Object;
.end method

.class public Lt/Upload;
.super Lq/w;
.method public constructor <init>__TAKES__V
    .registers 3
    invoke-direct {p0, p1, p2}, Lq/w;-><init>__TAKES__V
    return-void
.end method
.method public a()Ljava/lang/Object;
    .registers 2
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v0
    invoke-static {v0}, Lt/Sink;->send1(Ljava/lang/String;)V
    return-object v0
.end method
""".replace("__TAKES__", "(Landroid/content/Context;Landroidx/work/WorkerParameters;)")


def test_a_fragment_that_is_made_is_shown() -> None:
    text = MAIN.replace("__BODY__", MADE) + FRAGMENT + OWN.replace("__SUPER__", "Lq/f;")
    flows, _ = flows_of(text, numbered())

    assert [f.trigger for f in flows] == ["screen_start"]


def test_a_fragment_that_is_never_made_is_not() -> None:
    assert not pairs_of(MAIN.replace("__BODY__", "") + FRAGMENT + OWN.replace("__SUPER__", "Lq/f;"))


def test_another_class_with_such_a_method_is_not_run() -> None:
    text = MAIN.replace("__BODY__", MADE) + OWN.replace("__SUPER__", "Ljava/lang/Object;")

    assert not pairs_of(text)


def test_a_worker_whose_class_is_named_runs() -> None:
    named = "    const-class v0, Lt/Upload;\n"
    flows, _ = flows_of(MAIN.replace("__BODY__", named) + WORKER, numbered())

    assert [f.trigger for f in flows] == ["job"]
    assert not pairs_of(MAIN.replace("__BODY__", "") + WORKER)
