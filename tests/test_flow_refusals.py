"""Whether refusing a permission closes the screen, also where a flag or a list tells it later."""

from __future__ import annotations

import pytest

from auditor.flows.collect import Collector
from auditor.flows.roots import Program
from tests.flow_fixture import app_of, knowledge

BODIES = {
    "flag cleared": """
    const/4 v0, 0x1
    const/4 v1, 0x0
    array-length v2, p3
    :loop
    if-ge v1, v2, :done
    aget v3, p3, v1
    if-eqz v3, :next
    const/4 v0, 0x0
    :next
    add-int/lit8 v1, v1, 0x1
    goto :loop
    :done
    if-nez v0, :ok
    invoke-virtual {p0}, Lt/Main;->finish()V
    :ok
    return-void""",
    "flag and": """
    const/4 v0, 0x1
    const/4 v1, 0x0
    array-length v2, p3
    :loop
    if-ge v1, v2, :done
    aget v3, p3, v1
    if-nez v3, :no
    const/4 v3, 0x1
    goto :and
    :no
    const/4 v3, 0x0
    :and
    and-int/2addr v0, v3
    add-int/lit8 v1, v1, 0x1
    goto :loop
    :done
    if-nez v0, :ok
    invoke-virtual {p0}, Lt/Main;->finish()V
    :ok
    return-void""",
    "counted": """
    const/4 v0, 0x0
    const/4 v1, 0x0
    array-length v2, p3
    :loop
    if-ge v1, v2, :done
    aget v3, p3, v1
    if-eqz v3, :next
    add-int/lit8 v0, v0, 0x1
    :next
    add-int/lit8 v1, v1, 0x1
    goto :loop
    :done
    if-lez v0, :ok
    invoke-virtual {p0}, Lt/Main;->finish()V
    :ok
    return-void""",
    "method": """
    invoke-static {p3}, Lt/Main;->all([I)Z
    move-result v0
    if-nez v0, :ok
    invoke-virtual {p0}, Lt/Main;->finish()V
    :ok
    return-void
.end method
.method static all([I)Z
    .registers 4
    const/4 v0, 0x0
    array-length v1, p0
    :loop
    if-ge v0, v1, :done
    aget v2, p0, v0
    if-nez v2, :bad
    add-int/lit8 v0, v0, 0x1
    goto :loop
    :bad
    const/4 v0, 0x0
    return v0
    :done
    const/4 v0, 0x1
    return v0""",
    "granted only": """
    const/4 v0, 0x0
    const/4 v1, 0x0
    aget v3, p3, v1
    if-nez v3, :no
    const/4 v0, 0x1
    :no
    if-eqz v0, :ok
    invoke-virtual {p0}, Lt/Main;->finish()V
    :ok
    return-void""",
    "list": """
    new-instance v0, Ljava/util/ArrayList;
    invoke-direct {v0}, Ljava/util/ArrayList;-><init>()V
    const/4 v1, 0x0
    array-length v2, p3
    :loop
    if-ge v1, v2, :done
    aget v3, p3, v1
    if-eqz v3, :next
    aget-object v3, p2, v1
    invoke-interface {v0, v3}, Ljava/util/List;->add(Ljava/lang/Object;)Z
    :next
    add-int/lit8 v1, v1, 0x1
    goto :loop
    :done
    invoke-interface {v0}, Ljava/util/List;->isEmpty()Z
    move-result v0
    if-nez v0, :ok
    invoke-virtual {p0}, Lt/Main;->finish()V
    :ok
    return-void""",
}
HEAD = """.class public Lt/Main;
.super Landroid/app/Activity;
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Landroid/app/Activity;-><init>()V
    return-void
.end method
.method public onCreate(Landroid/os/Bundle;)V
    .registers 5
    const/4 v0, 0x0
    const/4 v1, 0x1
    invoke-virtual {p0, v0, v1}, Lt/Main;->requestPermissions([Ljava/lang/String;I)V
    return-void
.end method
.method public onRequestPermissionsResult(I[Ljava/lang/String;[I)V
    .registers 8
"""


def refusals(body: str) -> list[str]:
    engine = app_of(f"{HEAD}{body}\n.end method\n", knowledge())
    program = Program(engine)
    program.run()
    return [place.caller for place in Collector(program, lambda cls: "app").refusals()]


@pytest.mark.parametrize("name", [name for name in BODIES if name != "granted only"])
def test_refusal_is_seen_through(name: str) -> None:
    assert [c.partition("(")[0] for c in refusals(BODIES[name])] == [
        "Lt/Main;->onRequestPermissionsResult"
    ]


def test_a_screen_that_closes_when_a_permission_was_granted_is_no_refusal() -> None:
    assert refusals(BODIES["granted only"]) == []


def test_a_flag_that_answers_nothing_of_interest_is_no_refusal() -> None:
    body = BODIES["flag cleared"].replace("aget v3, p3, v1", "move v3, p1")

    assert refusals(body) == []
