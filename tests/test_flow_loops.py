"""What is made anew in each round of a loop is told apart from what earlier rounds made."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.flows.apart import build_graph
from auditor.flows.liveness import read_at_begin
from auditor.flows.models import Knowledge
from tests.flow_fixture import Numbered, flows_of, index_of, numbered


class RealSinks(Numbered):
    """Numbered sources, and the sinks of the catalog."""

    def files(self, folder: str) -> list[Path]:
        return super(Numbered, self).files(folder) if folder == "sinks" else super().files(folder)


def real_sinks() -> Knowledge:
    return Knowledge(RealSinks())


APPEND = "Ljava/lang/StringBuilder;->append(Ljava/lang/String;)Ljava/lang/StringBuilder;"
MAIN = """
.class public Lt/Main;
.super Landroid/app/Activity;
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Landroid/app/Activity;-><init>()V
    return-void
.end method
"""
SEND = """
.method static post(Ljava/lang/String;Ljava/lang/String;)V
    .registers 5
    new-instance v0, Ljava/lang/StringBuilder;
    const-string v1, "https://one.example/"
    invoke-direct {v0, v1}, Ljava/lang/StringBuilder;-><init>(Ljava/lang/String;)V
    invoke-virtual {v0, p0}, __APPEND__
    invoke-virtual {v0}, Ljava/lang/StringBuilder;->toString()Ljava/lang/String;
    move-result-object v0
    new-instance v1, Ljava/net/URL;
    invoke-direct {v1, v0}, Ljava/net/URL;-><init>(Ljava/lang/String;)V
    invoke-virtual {v1}, Ljava/net/URL;->openConnection()Ljava/net/URLConnection;
    move-result-object v1
    invoke-virtual {v1}, Ljava/net/URLConnection;->getOutputStream()Ljava/io/OutputStream;
    move-result-object v1
    invoke-virtual {p1}, Ljava/lang/String;->getBytes()[B
    move-result-object v0
    invoke-virtual {v1, v0}, Ljava/io/OutputStream;->write([B)V
    return-void
.end method
"""
LOOP = """
.method public onCreate(Landroid/os/Bundle;)V
    .registers 4
    :again
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v0
    const-string v1, "book"
    invoke-static {v1, v0}, Lt/Main;->post(Ljava/lang/String;Ljava/lang/String;)V
    invoke-static {}, Ljava/lang/Math;->random()D
    move-result-wide v0
    double-to-int v0, v0
    if-nez v0, :again
    return-void
.end method
"""
INLINE = """
.method public onCreate(Landroid/os/Bundle;)V
    .registers 6
    :again
    new-instance v0, Ljava/lang/StringBuilder;
    invoke-direct {v0}, Ljava/lang/StringBuilder;-><init>()V
    const-string v1, "https://one.example/"
    invoke-virtual {v0, v1}, __APPEND__
    move-result-object v2
    const-string v1, "book"
    invoke-virtual {v2, v1}, __APPEND__
    invoke-virtual {v2}, Ljava/lang/StringBuilder;->toString()Ljava/lang/String;
    move-result-object v0
    new-instance v1, Ljava/net/URL;
    invoke-direct {v1, v0}, Ljava/net/URL;-><init>(Ljava/lang/String;)V
    invoke-virtual {v1}, Ljava/net/URL;->openConnection()Ljava/net/URLConnection;
    move-result-object v1
    invoke-virtual {v1}, Ljava/net/URLConnection;->getOutputStream()Ljava/io/OutputStream;
    move-result-object v1
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v0
    invoke-virtual {v0}, Ljava/lang/String;->getBytes()[B
    move-result-object v0
    invoke-virtual {v1, v0}, Ljava/io/OutputStream;->write([B)V
    invoke-static {}, Ljava/lang/Math;->random()D
    move-result-wide v0
    double-to-int v0, v0
    if-nez v0, :again
    return-void
.end method
"""
HELD = """
.field static last:Ljava/lang/StringBuilder;
.method public onCreate(Landroid/os/Bundle;)V
    .registers 5
    :again
    sget-object v2, Lt/Main;->last:Ljava/lang/StringBuilder;
    new-instance v0, Ljava/lang/StringBuilder;
    invoke-direct {v0}, Ljava/lang/StringBuilder;-><init>()V
    if-eqz v2, :first
    invoke-virtual {v2}, Ljava/lang/StringBuilder;->toString()Ljava/lang/String;
    move-result-object v1
    invoke-static {v1}, Lt/Sink;->send1(Ljava/lang/String;)V
    :first
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v1
    invoke-virtual {v0, v1}, __APPEND__
    sput-object v0, Lt/Main;->last:Ljava/lang/StringBuilder;
    invoke-static {}, Ljava/lang/Math;->random()D
    move-result-wide v0
    double-to-int v0, v0
    if-nez v0, :again
    return-void
.end method
"""


@pytest.mark.parametrize("body", [SEND + LOOP, INLINE], ids=["in a helper", "in the loop"])
def test_an_address_built_in_a_loop_is_one_address(body: str) -> None:
    flows, _ = flows_of((MAIN + body).replace("__APPEND__", APPEND), real_sinks())

    assert {f.endpoint for f in flows} == {"https://one.example/book"}


def test_a_builder_that_a_field_holds_is_not_taken_for_gone() -> None:
    flows, _ = flows_of((MAIN + HELD).replace("__APPEND__", APPEND), numbered())

    assert len(flows) == 1


FILES = """
.method public onCreate(Landroid/os/Bundle;)V
    .registers 6
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v0
    new-instance v1, Ljava/io/FileWriter;
    const-string v2, "/sdcard/known.txt"
    invoke-direct {v1, v2}, Ljava/io/FileWriter;-><init>(Ljava/lang/String;)V
    invoke-virtual {v1, v0}, Ljava/io/FileWriter;->write(Ljava/lang/String;)V
    new-instance v1, Ljava/io/BufferedReader;
    new-instance v3, Ljava/io/FileReader;
    __NAME__
    invoke-direct {v3, v2}, Ljava/io/FileReader;-><init>(Ljava/lang/String;)V
    invoke-direct {v1, v3}, Ljava/io/BufferedReader;-><init>(Ljava/io/Reader;)V
    invoke-virtual {v1}, Ljava/io/BufferedReader;->readLine()Ljava/lang/String;
    move-result-object v0
    invoke-static {v0}, Lt/Sink;->send1(Ljava/lang/String;)V
    return-void
.end method
"""
UNKNOWN = (
    "invoke-static {}, Ljava/lang/Thread;->currentThread()Ljava/lang/Thread;\n"
    "    move-result-object v2\n"
    "    invoke-virtual {v2}, Ljava/lang/Thread;->getName()Ljava/lang/String;\n"
    "    move-result-object v2"
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param('const-string v2, "/sdcard/known.txt"', 1, id="the same file"),
        pytest.param('const-string v2, "/sdcard/other.txt"', 0, id="another file"),
        pytest.param(UNKNOWN, 0, id="a file of which nothing is known"),
    ],
)
def test_a_file_gives_what_was_written_to_it(name: str, found: int) -> None:
    flows, _ = flows_of(MAIN + FILES.replace("__NAME__", name), numbered())

    assert len(flows) == found


def test_what_is_written_before_it_is_read_does_not_count_at_the_beginning_of_a_block() -> None:
    code = index_of(MAIN + LOOP + SEND.replace("__APPEND__", APPEND))
    method = code.find_method("Lt/Main;", "onCreate", "(Landroid/os/Bundle;)V")
    body = code.code(method) if method is not None else None
    assert body is not None

    assert all(bits & 0b11 == 0 for bits in read_at_begin(body, build_graph(body)))
    sender = code.find_method("Lt/Main;", "post", "(Ljava/lang/String;Ljava/lang/String;)V")
    body = code.code(sender) if sender is not None else None
    assert body is not None
    assert read_at_begin(body, build_graph(body))[0] == 0b11000  # its two parameters
