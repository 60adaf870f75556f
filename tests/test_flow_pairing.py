"""A value that lies beside its name leaves under that name."""

from __future__ import annotations

from tests.flow_fixture import flows_of, numbered

HEAD = """
.class public Lt/Main;
.super Landroid/app/Activity;
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Landroid/app/Activity;-><init>()V
    return-void
.end method
.method public onCreate(Landroid/os/Bundle;)V
    .registers 8
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v0
"""
ADD = "    invoke-virtual {{v{0}, v{1}}}, Ljava/util/ArrayList;->add(Ljava/lang/Object;)Z\n"
LIST = (
    "    new-instance v{0}, Ljava/util/ArrayList;\n"
    "    invoke-direct {{v{0}}}, Ljava/util/ArrayList;-><init>()V\n"
)
FORM = (
    HEAD
    + LIST.format(1)
    + LIST.format(2)
    + '    const-string v3, "uid"\n    const-string v4, "7"\n'
    + ADD.format(1, 3)
    + ADD.format(2, 4)
    + '    const-string v3, "phones"\n'
    + ADD.format(1, 3)
    + ADD.format(2, 0)
    + """    new-instance v3, Lq/n;
    invoke-direct {v3, v1, v2}, Lq/n;-><init>(Ljava/util/List;Ljava/util/List;)V
    invoke-static {v3}, Lt/Sink;->send1(Ljava/lang/Object;)V
    return-void
.end method

.class public Lq/n;
.super Ljava/lang/Object;
.field public a:Ljava/util/List;
.field public b:Ljava/util/List;
.method public constructor <init>(Ljava/util/List;Ljava/util/List;)V
    .registers 3
    invoke-direct {p0}, Ljava/lang/Object;-><init>()V
    iput-object p1, p0, Lq/n;->a:Ljava/util/List;
    iput-object p2, p0, Lq/n;->b:Ljava/util/List;
    return-void
.end method
"""
)
PAIRS = (
    HEAD
    + """    const/4 v1, 0x2
    new-array v1, v1, [Lkotlin/Pair;
    const-string v2, "name"
    invoke-static {v2, v0}, Lkotlin/TuplesKt;->to(Ljava/lang/Object;Ljava/lang/Object;)Lkotlin/Pair;
    move-result-object v2
    const/4 v3, 0x0
    aput-object v2, v1, v3
    const-string v2, "other"
    const-string v4, "7"
    invoke-static {v2, v4}, Lkotlin/TuplesKt;->to(Ljava/lang/Object;Ljava/lang/Object;)Lkotlin/Pair;
    move-result-object v2
    const/4 v3, 0x1
    aput-object v2, v1, v3
    invoke-static {v1}, Lkotlin/collections/MapsKt;->mapOf([Lkotlin/Pair;)Ljava/util/Map;
    move-result-object v1
    invoke-static {v1}, Lt/Sink;->send1(Ljava/lang/Object;)V
    return-void
.end method
"""
)


def test_names_in_one_list_and_values_in_another() -> None:
    flows, _ = flows_of(FORM, numbered())

    assert [f.fields for f in flows] == [("phones",)]


def test_pairs_of_a_map_stay_apart() -> None:
    flows, _ = flows_of(PAIRS, numbered())

    assert [f.fields for f in flows] == [("name",)]
