"""Ways that data take through library classes: through what they come, and where they do not.

The datum stands in `v1`; what a way leaves in `v0` is sent. A line is an instruction of smali, or
`[vN =] kind registers method`; `{S}` and the like are types.
"""

from __future__ import annotations

import re

import pytest

from tests.flow_fixture import pairs_of

TYPES = {
    "S": "Ljava/lang/String;", "O": "Ljava/lang/Object;", "B": "[B", "L": "Ljava/util/ArrayList;",
    "M": "Ljava/util/HashMap;", "SB": "Ljava/lang/StringBuilder;", "JO": "Lorg/json/JSONObject;",
    "JA": "Lorg/json/JSONArray;", "I": "Landroid/content/Intent;", "IT": "Ljava/util/Iterator;",
    "OUT": "Ljava/io/ByteArrayOutputStream;", "R": "Ljava/lang/Runnable;",
    "BU": "Landroid/os/Bundle;", "CS": "Ljava/lang/CharSequence;",
    "SP": "Landroid/content/SharedPreferences;", "ED": "Landroid/content/SharedPreferences$Editor;",
    "EX": "Ljava/util/concurrent/ExecutorService;", "ES": "Ljava/util/concurrent/Executors;",
    "H": "Landroid/os/Handler;",
}  # fmt: skip
_CALL = re.compile(r"(?:(v\d+) = )?(virtual|static|interface|direct) ((?:[vp]\d+ )*)(\S+)")
_NEW = re.compile(r"(v\d+) = new (\S+)")


def written(way: str) -> str:
    """A way as smali."""
    lines = []
    for raw in way.strip().split("\n"):
        line = raw.strip()
        for name, type_ in TYPES.items():
            line = line.replace("{" + name + "}", type_)
        if made := _NEW.fullmatch(line):
            lines.append(f"new-instance {made[1]}, {made[2]}")
            lines.append(f"invoke-direct {{{made[1]}}}, {made[2]}-><init>()V")
        elif call := _CALL.fullmatch(line):
            registers = ", ".join(call[3].split())
            lines.append(f"invoke-{call[2]} {{{registers}}}, {call[4]}")
            if call[1]:
                kind = "" if call[4][-1] in "IZ" else "-object"
                lines.append(f"move-result{kind} {call[1]}")
        else:
            lines.append(line)
    return "\n    ".join(lines)


PROGRAM = """
.class public Lt/Bean;
.super Ljava/lang/Object;
.field public name:Ljava/lang/String;
.field public rows:Ljava/util/List;
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Ljava/lang/Object;-><init>()V
    return-void
.end method

.class public Lt/Main;
.super Landroid/app/Activity;
.field public static kept:Ljava/lang/String;
.method public onCreate(Landroid/os/Bundle;)V
    .registers 14
    invoke-static {}, Lt/Source;->read0()Ljava/lang/String;
    move-result-object v1
    const-string v0, ""
    const-string v9, "key"
    const/4 v8, 0
    WAY
    invoke-static {v0}, Lt/Sink;->send0(Ljava/lang/String;)V
    return-void
.end method
"""

THROUGH = {
    "concat": "v0 = virtual v9 v1 {S}->concat({S}){S}",
    "substring": "v0 = virtual v1 v8 {S}->substring(I){S}",
    "split": "v2 = virtual v1 v9 {S}->split({S})[{S}\naget-object v0, v2, v8",
    "replace": "v0 = virtual v1 v9 v9 {S}->replace({CS}{CS}){S}",
    "bytes": """
        v2 = virtual v1 {S}->getBytes(){B}
        new-instance v0, {S}
        direct v0 v2 {S}-><init>({B})V""",
    "insert": """
        v2 = new {SB}
        virtual v2 v8 v1 {SB}->insert(I{S}){SB}
        v0 = virtual v2 {SB}->toString(){S}""",
    "format": """
        const/4 v2, 1
        new-array v2, v2, [{O}
        aput-object v1, v2, v8
        v0 = static v9 v2 {S}->format({S}[{O}){S}""",
    "list": """
        v2 = new {L}
        virtual v2 v1 {L}->add({O})Z
        v3 = virtual v2 {L}->iterator(){IT}
        v4 = interface v3 {IT}->hasNext()Z
        v0 = interface v3 {IT}->next(){O}""",
    "map by its entries": """
        v2 = new {M}
        virtual v2 v9 v1 {M}->put({O}{O}){O}
        v3 = virtual v2 {M}->entrySet()Ljava/util/Set;
        v3 = interface v3 Ljava/util/Set;->iterator(){IT}
        v3 = interface v3 {IT}->next(){O}
        check-cast v3, Ljava/util/Map$Entry;
        v0 = interface v3 Ljava/util/Map$Entry;->getValue(){O}""",
    "map as text": """
        v2 = new {M}
        virtual v2 v9 v1 {M}->put({O}{O}){O}
        v0 = virtual v2 {M}->toString(){S}""",
    "map copied": """
        v2 = new {M}
        virtual v2 v9 v1 {M}->put({O}{O}){O}
        v3 = new {M}
        virtual v3 v2 {M}->putAll(Ljava/util/Map;)V
        v0 = virtual v3 v9 {M}->get({O}){O}""",
    "objects in an array in an object": """
        v2 = new {JO}
        virtual v2 v9 v1 {JO}->put({S}{O}){JO}
        v3 = new {JA}
        virtual v3 v2 {JA}->put({O}){JA}
        v4 = new {JO}
        virtual v4 v9 v3 {JO}->put({S}{O}){JO}
        v0 = virtual v4 {JO}->toString(){S}""",
    "bean with a list by Gson": """
        v2 = new Lt/Bean;
        iput-object v1, v2, Lt/Bean;->name:{S}
        v3 = new {L}
        virtual v3 v2 {L}->add({O})Z
        v4 = new Lt/Bean;
        iput-object v3, v4, Lt/Bean;->rows:Ljava/util/List;
        v5 = new Lcom/google/gson/Gson;
        v0 = virtual v5 v4 Lcom/google/gson/Gson;->toJson({O}){S}""",
    "Base64": """
        v2 = virtual v1 {S}->getBytes(){B}
        v0 = static v2 v8 Landroid/util/Base64;->encodeToString({B}I){S}""",
    "encrypted": """
        v2 = virtual v1 {S}->getBytes(){B}
        v3 = static v9 Ljavax/crypto/Cipher;->getInstance({S})Ljavax/crypto/Cipher;
        v2 = virtual v3 v2 Ljavax/crypto/Cipher;->doFinal({B}){B}
        v0 = static v2 v8 Landroid/util/Base64;->encodeToString({B}I){S}""",
    "hashed": """
        v2 = virtual v1 {S}->getBytes(){B}
        v3 = static v9 Ljava/security/MessageDigest;->getInstance({S})Ljava/security/MessageDigest;
        virtual v3 v2 Ljava/security/MessageDigest;->update({B})V
        v2 = virtual v3 Ljava/security/MessageDigest;->digest(){B}
        v0 = static v2 v8 Landroid/util/Base64;->encodeToString({B}I){S}""",
    "compressed": """
        v2 = new {OUT}
        new-instance v3, Ljava/util/zip/GZIPOutputStream;
        direct v3 v2 Ljava/util/zip/GZIPOutputStream;-><init>(Ljava/io/OutputStream;)V
        v4 = virtual v1 {S}->getBytes(){B}
        virtual v3 v4 Ljava/util/zip/GZIPOutputStream;->write({B})V
        v4 = virtual v2 {OUT}->toByteArray(){B}
        v0 = static v4 v8 Landroid/util/Base64;->encodeToString({B}I){S}""",
    "URL-encoded": "v0 = static v1 v9 Ljava/net/URLEncoder;->encode({S}{S}){S}",
    "extra of an Intent": """
        v2 = new {I}
        virtual v2 v9 v1 {I}->putExtra({S}{S}){I}
        v0 = virtual v2 v9 {I}->getStringExtra({S}){S}""",
    "bundle in an Intent": """
        v2 = new {BU}
        virtual v2 v9 v1 {BU}->putString({S}{S})V
        v3 = new {I}
        virtual v3 v2 {I}->putExtras({BU}){I}
        v4 = virtual v3 {I}->getExtras(){BU}
        v0 = virtual v4 v9 {BU}->getString({S}){S}""",
    "preferences": """
        v2 = virtual p0 v9 v8 Lt/Main;->getSharedPreferences({S}I){SP}
        v3 = interface v2 {SP}->edit(){ED}
        interface v3 v9 v1 {ED}->putString({S}{S}){ED}
        interface v3 {ED}->apply()V
        v0 = interface v2 v9 v9 {SP}->getString({S}{S}){S}""",
    "static field": "sput-object v1, Lt/Main;->kept:{S}\nsget-object v0, Lt/Main;->kept:{S}",
    "array copied": """
        const/4 v2, 1
        new-array v3, v2, [{S}
        aput-object v1, v3, v8
        new-array v4, v2, [{S}
        static v3 v8 v4 v8 v2 Ljava/lang/System;->arraycopy({O}I{O}II)V
        aget-object v0, v4, v8""",
    "library that nobody described": "v0 = static v1 Lsome/Coder;->encode({S}){S}",
}  # fmt: skip

NOT_THROUGH = {
    "overwritten": "move-object v0, v1\nconst-string v0, \"\"",
    "another key of a map": """
        v2 = new {M}
        virtual v2 v9 v1 {M}->put({O}{O}){O}
        const-string v3, "other"
        v0 = virtual v2 v3 {M}->get({O}){O}""",
    "another list": """
        v2 = new {L}
        virtual v2 v1 {L}->add({O})Z
        v3 = new {L}
        v0 = virtual v3 v8 {L}->get(I){O}""",
    "another element": """
        const/4 v2, 2
        new-array v3, v2, [{S}
        aput-object v1, v3, v8
        const/4 v2, 1
        aget-object v0, v3, v2""",
    "field overwritten": """
        v2 = new Lt/Bean;
        iput-object v1, v2, Lt/Bean;->name:{S}
        iput-object v9, v2, Lt/Bean;->name:{S}
        iget-object v0, v2, Lt/Bean;->name:{S}""",
    "field of another object": """
        v2 = new Lt/Bean;
        v3 = new Lt/Bean;
        iput-object v1, v2, Lt/Bean;->name:{S}
        iget-object v0, v3, Lt/Bean;->name:{S}""",
    "how many there are": """
        v2 = new {L}
        virtual v2 v1 {L}->add({O})Z
        v3 = virtual v2 {L}->size()I
        v0 = static v3 {S}->valueOf(I){S}""",
    "never reached": "if-eqz v8, :end\nmove-object v0, v1\n:end\nnop",
    "after a return": "if-nez v9, :go\nmove-object v0, v1\n:go\nnop",
    "another extra": """
        v2 = new {I}
        virtual v2 v9 v1 {I}->putExtra({S}{S}){I}
        const-string v3, "other"
        v0 = virtual v2 v3 {I}->getStringExtra({S}){S}""",
}  # fmt: skip


@pytest.mark.parametrize("way", THROUGH.values(), ids=THROUGH)
def test_data_come_through(way: str) -> None:
    assert pairs_of(PROGRAM.replace("WAY", written(way))) == {(0, 0)}


@pytest.mark.parametrize("way", NOT_THROUGH.values(), ids=NOT_THROUGH)
def test_data_do_not_come_through(way: str) -> None:
    assert pairs_of(PROGRAM.replace("WAY", written(way))) == set()


EMPTIED = """
    v2 = new {L}
    virtual v2 v1 {L}->add({O})Z
    virtual v2 {L}->clear()V
    v0 = virtual v2 v8 {L}->get(I){O}"""


@pytest.mark.xfail(reason="what a container held stays in it when it is cleared", strict=True)
def test_a_list_that_was_emptied_holds_nothing() -> None:
    assert pairs_of(PROGRAM.replace("WAY", written(EMPTIED))) == set()


JOB = """
.class public Lt/Job;
.super SUPER
.implements Ljava/lang/Runnable;
.field public text:Ljava/lang/String;
.method public constructor <init>(Ljava/lang/String;)V
    .registers 2
    invoke-direct {p0}, SUPER-><init>()V
    iput-object p1, p0, Lt/Job;->text:Ljava/lang/String;
    return-void
.end method
.method public run()V
    .registers 2
    iget-object v0, p0, Lt/Job;->text:Ljava/lang/String;
    invoke-static {v0}, Lt/Sink;->send1(Ljava/lang/String;)V
    return-void
.end method
.method public doInBackground([Ljava/lang/Object;)Ljava/lang/Object;
    .registers 4
    iget-object v0, p0, Lt/Job;->text:Ljava/lang/String;
    return-object v0
.end method
.method public onPostExecute(Ljava/lang/Object;)V
    .registers 3
    check-cast p1, Ljava/lang/String;
    invoke-static {p1}, Lt/Sink;->send1(Ljava/lang/String;)V
    return-void
.end method
"""
_OBJECT, _THREAD = "Ljava/lang/Object;", "Ljava/lang/Thread;"
LATER = {
    "thread": (
        _OBJECT,
        "new-instance v3, Ljava/lang/Thread;\n"
        "direct v3 v2 Ljava/lang/Thread;-><init>({R})V\nvirtual v3 Ljava/lang/Thread;->start()V",
    ),
    "subclass of thread": (_THREAD, "virtual v2 Lt/Job;->start()V"),
    "handler": (_OBJECT, "v3 = new {H}\nvirtual v3 v2 {H}->post({R})Z"),
    "executor": (
        _OBJECT,
        "v3 = static {ES}->newCachedThreadPool(){EX}\n"
        "interface v3 v2 {EX}->execute({R})V",
    ),
    "screen": (_OBJECT, "virtual p0 v2 Lt/Main;->runOnUiThread({R})V"),
    "task": (
        "Landroid/os/AsyncTask;",
        "new-array v4, v8, [{O}\nvirtual v2 v4 Lt/Job;->execute([{O})Landroid/os/AsyncTask;",
    ),
    "timer": (
        "Ljava/util/TimerTask;",
        "v3 = new Ljava/util/Timer;\nconst-wide/16 v4, 100\n"
        "virtual v3 v2 v4 v5 Ljava/util/Timer;->schedule(Ljava/util/TimerTask;J)V",
    ),
    "library that nobody described": (_OBJECT, "static v2 Lsome/Pool;->submit({R})V"),
}  # fmt: skip


@pytest.mark.parametrize(("base", "way"), LATER.values(), ids=LATER)
def test_code_that_runs_later_is_run(base: str, way: str) -> None:
    made = "new-instance v2, Lt/Job;\ndirect v2 v1 Lt/Job;-><init>({S})V\n" + way
    code = JOB.replace("SUPER", base) + PROGRAM.replace("WAY", written(made))
    assert pairs_of(code) == {(0, 1)}


def test_code_that_is_only_made_is_not_run() -> None:
    made = "new-instance v2, Lt/Job;\ndirect v2 v1 Lt/Job;-><init>({S})V"
    code = JOB.replace("SUPER", _OBJECT) + PROGRAM.replace("WAY", written(made))
    assert pairs_of(code) == set()
