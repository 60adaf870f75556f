"""Methods that only turn texts into texts are not walked through, unless they are straight."""

from __future__ import annotations

import pytest

from auditor.flows.textual import Textual
from tests.flow_fixture import index_of, pairs_of

LOOP = """
    const/4 v0, 0x0
    :again
    invoke-virtual {p0}, Ljava/lang/String;->length()I
    move-result v1
    add-int/lit8 v0, v0, 0x1
    if-lt v0, v1, :again
"""
RETURN = "    return-object p0\n.end method\n"
HEAD = ".method public static a(Ljava/lang/String;)Ljava/lang/String;\n    .registers 4\n"
STATIC = "    sput-object p0, Lt/U;->last:Ljava/lang/String;\n"
SENDS = "    invoke-static {p0}, Lt/Sink;->send1(Ljava/lang/String;)V\n"
CASES = {
    "loop": (LOOP, True),
    "straight": ("", False),
    "keeps": (LOOP + STATIC, False),
    "sends": (LOOP + SENDS, False),
    "opens": (
        LOOP
        + "    new-instance v0, Ljava/net/URL;\n"
        + "    invoke-direct {v0, p0}, Ljava/net/URL;-><init>(Ljava/lang/String;)V\n",
        False,
    ),
}


def program(body: str) -> str:
    return (
        ".class public Lt/U;\n.super Ljava/lang/Object;\n"
        ".field public static last:Ljava/lang/String;\n" + HEAD + body + RETURN
    )


@pytest.mark.parametrize("case", CASES)
def test_only_loops_over_texts_are_passed_over(case: str) -> None:
    body, expected = CASES[case]
    index = index_of(program(body))
    method = index.find_method("Lt/U;", "a", "(Ljava/lang/String;)Ljava/lang/String;")

    assert method is not None
    assert Textual(index).is_textual(index.method(method)) is expected


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
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v0
    invoke-static {v0}, Lt/U;->a(Ljava/lang/String;)Ljava/lang/String;
    move-result-object v0
    invoke-static {v0}, Lt/Sink;->send1(Ljava/lang/String;)V
    return-void
.end method
"""


@pytest.mark.parametrize("case", ["loop", "straight"])
def test_data_come_through_either_way(case: str) -> None:
    assert pairs_of(MAIN + program(CASES[case][0])) == {(1, 1)}
