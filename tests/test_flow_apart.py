"""What belongs together only along one way through the code is not mixed with other ways."""

from __future__ import annotations

import pytest

from tests.flow_fixture import flows_of, numbered, pairs_of
from tests.test_flow_loops import APPEND, MAIN, SEND, real_sinks

READ = """
    invoke-static {}, Lt/Source;->read__N__()Ljava/lang/String;
    move-result-object v1"""
COIN = """
    invoke-static {}, Ljava/lang/Math;->random()D
    move-result-wide v2
    double-to-int v2, v2"""
SHARED_END = f"""
.method public onCreate(Landroid/os/Bundle;)V
    .registers 6
    {COIN}
    const-string v0, "one"
    if-nez v2, :other
    {READ.replace("__N__", "1")}
    :shared
    invoke-static {{v0, v1}}, Lt/Main;->post(Ljava/lang/String;Ljava/lang/String;)V
    return-void
    :other
    const-string v0, "two"
    {READ.replace("__N__", "2")}
    goto :shared
.end method
"""


def test_a_call_that_branches_share_keeps_their_data_and_addresses_apart() -> None:
    text = (MAIN + SEND + SHARED_END).replace("__APPEND__", APPEND)
    flows, _ = flows_of(text, real_sinks())

    assert {(f.source.signature[-21:-20], f.endpoint) for f in flows} == {
        ("1", "https://one.example/one"),
        ("2", "https://one.example/two"),
    }


BUILDERS = """
.method public onCreate(Landroid/os/Bundle;)V
    .registers 6
    __COIN__
    __READ__
    new-instance v0, Ljava/lang/StringBuilder;
    if-nez v2, :other
    const-string v2, "https://one.example/a?x="
    invoke-direct {v0, v2}, Ljava/lang/StringBuilder;-><init>(Ljava/lang/String;)V
    goto :shared
    :other
    new-instance v0, Ljava/lang/StringBuilder;
    const-string v2, "https://one.example/b?y="
    invoke-direct {v0, v2}, Ljava/lang/StringBuilder;-><init>(Ljava/lang/String;)V
    :shared
    invoke-virtual {v0, v1}, __APPEND__
    invoke-virtual {v0}, Ljava/lang/StringBuilder;->toString()Ljava/lang/String;
    move-result-object v0
    new-instance v1, Ljava/net/URL;
    invoke-direct {v1, v0}, Ljava/net/URL;-><init>(Ljava/lang/String;)V
    invoke-virtual {v1}, Ljava/net/URL;->openStream()Ljava/io/InputStream;
    return-void
.end method
"""


def test_of_two_builders_the_one_that_stands_here_grows() -> None:
    text = BUILDERS.replace("__COIN__", COIN).replace("__READ__", READ.replace("__N__", "1"))
    flows, _ = flows_of(MAIN + text.replace("__APPEND__", APPEND), real_sinks())

    assert {u for f in flows for u in (f.endpoint_candidates or (f.endpoint,))} == {
        "https://one.example/a?x={?}",
        "https://one.example/b?y={?}",
    }


# States 31, 34, 49, 64 and the end, as an obfuscator lays out: send2(nothing yet); read; send1.
FLAT = """
.method public onCreate(Landroid/os/Bundle;)V
    .registers 8
    const/4 v1, 0x0
    const/16 v0, 0x1f
    :loop
    __CHOOSE__
    return-void
    :first
    invoke-static {v1}, Lt/Sink;->send2(Ljava/lang/String;)V
    const/16 v0, 0x22
    goto :loop
    :second
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v1
    const/16 v0, 0x31
    goto :loop
    :third
    invoke-static {v1}, Lt/Sink;->send1(Ljava/lang/String;)V
    const/16 v0, 0x40
    goto :loop
    :fourth
    const-string v1, "gone"
    const/16 v0, 0x41
    goto :loop
    :fifth
    invoke-static {v1}, Lt/Sink;->send3(Ljava/lang/String;)V
    const/16 v0, 0x77
    goto :loop
__TABLE__.end method
"""
STATES = [(0x1F, "first"), (0x22, "second"), (0x31, "third"), (0x40, "fourth"), (0x41, "fifth")]
COMPARED = "\n".join(f"const/16 v5, {n}\n    if-eq v0, v5, :{name}" for n, name in STATES)
SWITCHED = "sparse-switch v0, :table"
TABLE = (
    "    :table\n    .sparse-switch\n"
    + "".join(f"        {n} -> :{name}\n" for n, name in STATES)
    + "    .end sparse-switch\n"
)


@pytest.mark.parametrize(
    ("choose", "table"),
    [pytest.param(COMPARED, "", id="compared"), pytest.param(SWITCHED, TABLE, id="switched")],
)
def test_steps_of_flattened_code_are_taken_in_order(choose: str, table: str) -> None:
    text = FLAT.replace("__CHOOSE__", choose).replace("__TABLE__", table)

    assert pairs_of(MAIN + text) == {(1, 1)}


HANDLER = """
.class Lt/H;
.super Landroid/os/Handler;
.method constructor <init>()V
    .registers 1
    invoke-direct {p0}, Landroid/os/Handler;-><init>()V
    return-void
.end method
.method public handleMessage(Landroid/os/Message;)V
    .registers 4
    iget v0, p1, Landroid/os/Message;->what:I
    iget-object v1, p1, Landroid/os/Message;->obj:Ljava/lang/Object;
    check-cast v1, Ljava/lang/String;
    const/4 v2, 0x1
    if-ne v0, v2, :second
    invoke-static {v1}, Lt/Sink;->send1(Ljava/lang/String;)V
    return-void
    :second
    invoke-static {v1}, Lt/Sink;->send2(Ljava/lang/String;)V
    return-void
.end method
"""
OBTAIN = "Landroid/os/Handler;->obtainMessage(ILjava/lang/Object;)Landroid/os/Message;"
MESSAGES = """
.method public onCreate(Landroid/os/Bundle;)V
    .registers 6
    new-instance v0, Lt/H;
    invoke-direct {v0}, Lt/H;-><init>()V
    const/4 v2, 0x1
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v1
    invoke-virtual {v0, v2, v1}, __OBTAIN__
    move-result-object v3
    invoke-virtual {v0, v3}, Landroid/os/Handler;->sendMessage(Landroid/os/Message;)Z
    const/4 v2, 0x2
    invoke-static {}, Lt/Source;->read2()Ljava/lang/String;
    move-result-object v1
    invoke-virtual {v0, v2, v1}, __OBTAIN__
    move-result-object v3
    invoke-virtual {v0, v3}, Landroid/os/Handler;->sendMessage(Landroid/os/Message;)Z
    return-void
.end method
"""


def test_what_a_message_says_belongs_to_what_it_holds() -> None:
    assert pairs_of(MAIN + MESSAGES.replace("__OBTAIN__", OBTAIN) + HANDLER) == {(1, 1), (2, 2)}


FOREVER = """
.method public onCreate(Landroid/os/Bundle;)V
    .registers 6
    :again
    :start
    const/4 v0, 0x0
    new-instance v0, Ljava/lang/StringBuilder;
    invoke-direct {v0}, Ljava/lang/StringBuilder;-><init>()V
    const-string v1, "https://one.example/?id="
    invoke-virtual {v0, v1}, __APPEND__
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v1
    invoke-virtual {v0, v1}, __APPEND__
    invoke-virtual {v0}, Ljava/lang/StringBuilder;->toString()Ljava/lang/String;
    move-result-object v0
    invoke-static {v0}, Lt/Sink;->send1(Ljava/lang/String;)V
    const-wide/16 v2, 0x64
    invoke-static {v2, v3}, Ljava/lang/Thread;->sleep(J)V
    goto :again
    :end
    .catch Ljava/lang/Exception; {:start .. :end} :again
.end method
"""


def test_a_loop_that_begins_anew_after_every_exception_comes_to_an_end() -> None:
    text = MAIN + FOREVER.replace("__APPEND__", APPEND)
    flows, limits = flows_of(text, numbered())

    assert len(flows) == 1 and not limits
    assert flows[0].fields == ("id",)


NAMED = """
.method public onCreate(Landroid/os/Bundle;)V
    .registers 5
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v1
    new-instance v0, Ljava/lang/StringBuilder;
    const-string v2, __BEFORE__
    invoke-direct {v0, v2}, Ljava/lang/StringBuilder;-><init>(Ljava/lang/String;)V
    invoke-virtual {v0, v1}, __APPEND__
    invoke-virtual {v0}, Ljava/lang/StringBuilder;->toString()Ljava/lang/String;
    move-result-object v0
    invoke-static {v0}, Lt/Sink;->send1(Ljava/lang/String;)V
    return-void
.end method
"""


@pytest.mark.parametrize(
    ("before", "names"),
    [
        ("https://x.example/?a=1&imei=", ("imei",)),
        ("sim=", ("sim",)),
        ('{\\"os\\":\\"8\\",\\"imsi\\":\\"', ("imsi",)),
        ("<r><cid>", ("cid",)),
        ('<sms from=\\"', ("from",)),
        ("smsto:", ()),
        ("IMEI: ", ()),
        ("a=b", ()),
    ],
)
def test_a_name_written_before_the_data_is_a_field(before: str, names: tuple[str, ...]) -> None:
    text = NAMED.replace("__BEFORE__", f'"{before}"').replace("__APPEND__", APPEND)
    flows, _ = flows_of(MAIN + text, numbered())

    assert [f.fields for f in flows] == [names]
