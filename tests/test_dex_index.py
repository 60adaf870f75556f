"""What the index answers: ids over several files, hierarchy, references, strings, annotations."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.dex import (
    Annotation,
    CallSiteInfo,
    CodeIndex,
    DexInput,
    EncodedEnum,
    EncodedMethod,
    EncodedMethodHandle,
    EncodedMethodType,
    EncodedType,
    MethodHandle,
    MethodInfo,
    TryBlock,
)
from auditor.dex.disassembly import disassemble
from auditor.model import Limit
from tests.dex_writer import write_container, write_dex
from tests.smali import assemble, parse_classes

GOLDEN = Path(__file__).parent / "golden" / "dex"

BASE = """
.class public abstract interface Lp/Sender;
.super Ljava/lang/Object;
.method public abstract send(Ljava/lang/String;)V
.end method
.method public greet()V
    .registers 2
    const-string v0, "hello"
    invoke-interface {p0, v0}, Lp/Sender;->send(Ljava/lang/String;)V
    return-void
.end method

.class public abstract Lp/Base;
.super Landroid/app/Activity;
.source "Base.java"
.implements Lp/Sender;
.field public static final URL:Ljava/lang/String; = "https://a.test/"
.field public static final SIZE:I = -7
.field public static late:J
.field protected name:Ljava/lang/String;
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Landroid/app/Activity;-><init>()V
    return-void
.end method
.method public send(Ljava/lang/String;)V
    .registers 3
    iput-object p1, p0, Lp/Base;->name:Ljava/lang/String;
    const-string v0, "你好"
    return-void
.end method
"""
MAIN = """
.class public final Lp/Main;
.super Lp/Base;
.method public static main()V
    .registers 3
    new-instance v0, Lp/Main;
    invoke-direct {v0}, Lp/Base;-><init>()V
    const-string v1, "hello"
    invoke-virtual {v0, v1}, Lp/Main;->send(Ljava/lang/String;)V
    invoke-virtual {v0, v1}, Lp/Base;->send(Ljava/lang/String;)V
    iget-object v2, v0, Lp/Base;->name:Ljava/lang/String;
    const-class v2, Lp/Main;
    check-cast v0, Lp/Sender;
    return-void
.end method
.class public Lp/Base;
.super Ljava/lang/Object;
.method public second()V
    .registers 1
    return-void
.end method
"""


@pytest.fixture(scope="module")
def index() -> CodeIndex:
    """Two files; the second names what the first defines, and defines `Base` again."""
    return CodeIndex.build(
        [DexInput("classes.dex", assemble(BASE)), DexInput("classes2.dex", assemble(MAIN))]
    )


def mid(index: CodeIndex, signature: str) -> int:
    found = index.method_id(signature)
    assert found is not None, signature
    return found


SEND = "Lp/Base;->send(Ljava/lang/String;)V"


def test_first_definition_wins(index: CodeIndex) -> None:
    assert index.dex_names == ("classes.dex", "classes2.dex")
    assert index.classes() == ("Lp/Sender;", "Lp/Base;", "Lp/Main;")
    assert index.superclass("Lp/Base;") == "Landroid/app/Activity;"
    assert index.class_dex("Lp/Base;") == "classes.dex"
    assert index.method(mid(index, "Lp/Base;->second()V")).defined is False
    assert index.limits == (
        Limit(
            "dex_duplicate",
            "classes2.dex",
            "1 classes are defined twice; the first definition counts",
        ),
    )


def test_equal_references_have_one_id(index: CodeIndex) -> None:
    send, main = mid(index, SEND), mid(index, "Lp/Main;->main()V")
    assert index.signature(send) == SEND
    assert index.callers(send) == [(main, 10)]
    assert index.callees(main) == [
        (2, mid(index, "Lp/Base;-><init>()V")),
        (7, mid(index, "Lp/Main;->send(Ljava/lang/String;)V")),
        (10, send),
    ]


def test_method_info(index: CodeIndex) -> None:
    send = mid(index, SEND)
    assert index.method(send) == MethodInfo(
        send,
        "Lp/Base;",
        "send",
        "(Ljava/lang/String;)V",
        ("Ljava/lang/String;",),
        "V",
        1,
        True,
        True,
    )
    abstract = index.method(mid(index, "Lp/Sender;->send(Ljava/lang/String;)V"))
    assert (abstract.defined, abstract.has_code, abstract.access) == (True, False, 0x401)
    assert index.code(abstract.id) is None
    assert index.method_dex(mid(index, "Lp/Main;->main()V")) == "classes2.dex"
    unknown = index.method(mid(index, "Landroid/app/Activity;-><init>()V"))
    assert (unknown.defined, unknown.has_code, index.method_dex(unknown.id)) == (False, False, "")


@pytest.mark.parametrize(
    "signature",
    ["", "->", "Lp/Main;", "Lp/Main;->main", "Lp/Main;->main()I", "Lp/None;->main()V", "main()V"],
)
def test_unknown_signatures(index: CodeIndex, signature: str) -> None:
    assert index.method_id(signature) is None
    assert index.field_id(signature) is None


def test_methods_of_a_class(index: CodeIndex) -> None:
    names = [index.method(m).name for m in index.methods_of("Lp/Base;")]
    assert names == ["<init>", "send"]
    assert index.methods_of("Landroid/app/Activity;") == ()
    sends = [index.signature(m) for m in index.methods_named("send")]
    assert sends == [
        "Lp/Base;->send(Ljava/lang/String;)V",
        "Lp/Sender;->send(Ljava/lang/String;)V",
        "Lp/Main;->send(Ljava/lang/String;)V",
    ]
    assert index.methods_named("nothing") == ()


def test_lookup_goes_up(index: CodeIndex) -> None:
    proto = "(Ljava/lang/String;)V"
    assert index.find_method("Lp/Main;", "send", proto) is None
    assert index.lookup("Lp/Main;", "send", proto) == mid(index, SEND)
    assert index.lookup("Lp/Main;", "greet", "()V") == mid(index, "Lp/Sender;->greet()V")
    assert index.lookup("Lp/Sender;", "send", proto) == mid(
        index, "Lp/Sender;->send(Ljava/lang/String;)V"
    )
    assert index.lookup("Lp/Main;", "finish", "()V") is None


def test_hierarchy(index: CodeIndex) -> None:
    assert index.supertypes("Lp/Main;") == ("Lp/Base;", "Landroid/app/Activity;", "Lp/Sender;") + (
        "Ljava/lang/Object;",
    )
    assert index.subtypes("Landroid/app/Activity;") == ("Lp/Base;",)
    assert index.all_subtypes("Lp/Sender;") == ("Lp/Base;", "Lp/Main;")
    assert index.all_subtypes("Lp/Main;") == ()
    assert index.interfaces("Lp/Base;") == ("Lp/Sender;",)
    assert index.superclass("Landroid/app/Activity;") is None
    assert index.class_access("Lp/Main;") == 0x11
    assert (index.source_file("Lp/Base;"), index.source_file("Lp/Main;")) == ("Base.java", "")
    assert index.is_defined("Lp/Main;") and not index.is_defined("Ljava/lang/Object;")


def test_cycles_end() -> None:
    """A class above itself, two that extend each other: hostile, and no endless walk."""
    text = """
.class public Lp/A;
.super Lp/B;
.implements Lp/A;
.class public Lp/B;
.super Lp/A;
"""
    index = CodeIndex.build([DexInput("classes.dex", assemble(text))])
    assert index.supertypes("Lp/A;") == ("Lp/B;",)
    assert index.all_subtypes("Lp/A;") == ("Lp/B;",)
    assert index.lookup("Lp/A;", "m", "()V") is None
    assert index.lookup_field("Lp/A;", "f", "I") is None


def test_members_by_class_and_name(index: CodeIndex) -> None:
    for mid in index.all_methods():
        info = index.method(mid)
        same = [m for m in index.methods_named(info.name) if index.method(m).cls == info.cls]
        assert list(index.methods_referenced(info.cls, info.name)) == same
    assert index.methods_referenced("Lno/Such;", "m") == ()
    fields = {index.field(fid).name for fid in range(2)}
    for name in fields:
        assert all(index.field(fid).name == name for fid in index.fields_named(name))
        assert index.fields_named(name)
    assert index.fields_named("no such field") == ()


def test_fields(index: CodeIndex) -> None:
    names = [index.field(f).name for f in index.fields_of("Lp/Base;")]
    assert names == ["SIZE", "URL", "late", "name"]
    values = [index.field(f).static_value for f in index.fields_of("Lp/Base;")]
    assert values == [-7, "https://a.test/", None, None]
    name = index.field_id("Lp/Base;->name:Ljava/lang/String;")
    assert name is not None
    assert index.field_signature(name) == "Lp/Base;->name:Ljava/lang/String;"
    assert index.field_writes(name) == [(mid(index, SEND), 0)]
    assert index.field_reads(name) == [(mid(index, "Lp/Main;->main()V"), 13)]
    assert index.lookup_field("Lp/Main;", "name", "Ljava/lang/String;") == name
    assert index.lookup_field("Lp/Main;", "name", "I") is None


def test_strings_and_types(index: CodeIndex) -> None:
    main = mid(index, "Lp/Main;->main()V")
    assert index.string_loads("hello") == sorted(
        [(mid(index, "Lp/Sender;->greet()V"), 0), (main, 5)]
    )
    assert index.string_loads("你好") == [(mid(index, SEND), 2)]
    assert index.string_loads("send") == []
    assert index.literals() == ("hello", "你好")
    assert index.strings_containing(b"://") == ("https://a.test/",)
    assert index.strings_containing("好".encode()) == ("你好",)
    assert index.strings_containing(b"p/") == (
        "Landroid/app/Activity;",
        "Lp/Base;",
        "Lp/Main;",
        "Lp/Sender;",
    )
    assert index.strings_containing(b"") == ()
    every = list(index.strings())
    assert all(index.holds_string(text) for text in every)
    assert not any(index.holds_string(text + "~") for text in (*every, ""))
    assert list(index.strings()).count("hello") == 2
    assert index.instantiations("Lp/Main;") == [(main, 0)]
    assert index.class_loads("Lp/Main;") == [(main, 15)]
    assert index.type_uses("Lp/Sender;") == [(main, 17)]
    assert index.type_uses("Lp/None;") == []


def test_references_by_name_and_prototype(index: CodeIndex) -> None:
    for method in index.all_methods():
        info = index.method(method)
        same = {
            index.method(m).cls: m
            for m in index.all_methods()
            if (index.method(m).name, index.method(m).proto) == (info.name, info.proto)
        }
        assert dict(index.references(info.name, info.proto)) == same
        assert index.is_called(method) == bool(index.callers(method))
    assert index.references("send", "()V") == {}
    assert index.references("nothing", "()V") == {}


def test_methods_named_on_some_classes(index: CodeIndex) -> None:
    names = {"send", "greet", "<init>"}
    classes = {"Lp/Sender;", "Lp/Main;", "Lno/Such;"}
    found = index.methods_named_any(names, classes)
    everywhere = index.methods_named_any(names)
    assert found
    assert list(found) == [m for m in everywhere if index.method(m).cls in classes]
    assert index.methods_named_any(names, ()) == ()


def test_owners_of_calls(index: CodeIndex) -> None:
    wanted = [mid(index, SEND), mid(index, "Landroid/app/Activity;-><init>()V")]
    owners = sorted([mid(index, "Lp/Main;->main()V"), mid(index, "Lp/Base;-><init>()V")])
    assert index.owners_of_calls(wanted).tolist() == owners
    assert index.owners_of_calls([]).tolist() == []


@pytest.mark.parametrize("version", ["035", "036", "037", "038", "039", "040", "041"])
def test_versions(version: str) -> None:
    index = CodeIndex.build([DexInput("classes.dex", assemble(BASE, version))])
    assert index.limits == ()
    assert index.classes() == ("Lp/Sender;", "Lp/Base;")
    assert index.string_loads("hello") == [(mid(index, "Lp/Sender;->greet()V"), 0)]


def test_container() -> None:
    """Version 041: one file holds two DEX files, and a method calls from one into the other."""
    data = write_container([parse_classes(BASE), parse_classes(MAIN)])
    index = CodeIndex.build([DexInput("classes.dex", data)])
    assert index.dex_names == ("classes.dex", "classes.dex#2")
    assert index.classes() == ("Lp/Sender;", "Lp/Base;", "Lp/Main;")
    assert index.class_dex("Lp/Main;") == "classes.dex#2"
    assert [m for m, _ in index.callers(mid(index, SEND))] == [mid(index, "Lp/Main;->main()V")]


def test_shared_code() -> None:
    """Compilers give equal methods one `code_item`: each of them is its owner."""
    text = """
.class public Lp/A;
.super Ljava/lang/Object;
.method public static a()V
    .registers 1
    const-string v0, "once"
    return-void
.end method
.method public static b()V
    .registers 1
    const-string v0, "once"
    return-void
.end method
"""
    (cls,) = classes = parse_classes(text)
    cls.methods[1].code = cls.methods[0].code
    index = CodeIndex.build([DexInput("classes.dex", write_dex(classes))])
    both = [mid(index, "Lp/A;->a()V"), mid(index, "Lp/A;->b()V")]
    assert index.limits == ()
    assert index.string_loads("once") == [(both[0], 0), (both[1], 0)]
    assert disassemble(index, both[0]) == disassemble(index, both[1])


def test_code() -> None:
    text = """
.class public Lp/A;
.super Ljava/lang/Object;
.method public static m(IJ)V
    .registers 6
    :a
    packed-switch p0, :t
    :b
    .catch Ljava/lang/Exception; {:a .. :b} :h
    .catchall {:a .. :b} :h
    fill-array-data v0, :d
    goto :a
    :h
    move-exception v0
    sparse-switch p0, :s
    return-void
    :t
    .packed-switch 3
      :a
      :h
    .end packed-switch
    :s
    .sparse-switch
      -5 -> :b
    .end sparse-switch
    :d
    .array-data 4
      -1
      2
    .end array-data
.end method
"""
    index = CodeIndex.build([DexInput("classes.dex", assemble(text))])
    code = index.code(mid(index, "Lp/A;->m(IJ)V"))
    assert code is not None and index.limits == ()
    assert (code.registers, code.ins) == (6, 3)
    assert [i.name for i in code.insns] == [
        "packed-switch",
        "fill-array-data",
        "goto",
        "move-exception",
        "sparse-switch",
        "return-void",
    ]
    assert [i.payload for i in code.insns] == [
        ((3, 0), (4, 7)),
        (4, (0xFFFFFFFF, 2)),
        None,
        None,
        ((-5, 3),),
        None,
    ]
    assert code.insns[2].target == 0
    assert code.index_at == {0: 0, 3: 1, 6: 2, 7: 3, 8: 4, 11: 5}
    assert code.tries == (TryBlock(0, 3, (("Ljava/lang/Exception;", 7), (None, 7))),)
    assert code.lines() == ()


@pytest.fixture(scope="module")
def rich() -> CodeIndex:
    return CodeIndex.build([DexInput("classes.dex", (GOLDEN / "rich.dex").read_bytes())])


def test_annotations(rich: CodeIndex) -> None:
    members, every = rich.class_annotations("Lp/Rich;")
    assert (every.type, every.visibility) == ("Lp/Every;", "runtime")
    assert dict(every.elements) == {
        "yes": True,
        "byte": 127,
        "short": -2,
        "char": ord("x"),
        "int": -70000,
        "long": 0x7FFFFFFFFFFFFFFF,
        "float": 1.5,
        "double": -0.25,
        "text": "你好😀",
        "nothing": None,
        "type": EncodedType("Ljava/util/List;"),
        "method": EncodedMethod("Lp/Rich;->run()V"),
        "enum": EncodedEnum("Lp/Color;->RED:Lp/Color;"),
        "list": (1, 2, 3),
        "nested": Annotation("Lp/Small;", "nested", (("value", "in"),)),
    }
    assert (every.get("int"), every.get("absent")) == (-70000, None)
    assert (members.visibility, members.get("value")) == (
        "system",
        (EncodedType("Lp/Rich$Inner;"),),
    )
    upload = mid(rich, "Lp/Rich;->upload(Ljava/lang/String;I)V")
    assert rich.method_annotations(upload) == (
        Annotation("Lretrofit2/http/POST;", "runtime", (("value", "user/contacts"),)),
    )
    field_ = Annotation("Lretrofit2/http/Field;", "runtime", (("value", "contacts"),))
    assert rich.parameter_annotations(upload) == ((field_,), ())
    body = rich.field_id("Lp/Rich;->body:Ljava/lang/String;")
    assert body is not None
    name = "Lcom/google/gson/annotations/SerializedName;"
    assert rich.field_annotations(body) == (
        Annotation(name, "runtime", (("value", "phone_list"),)),
    )
    run = mid(rich, "Lp/Rich;->run()V")
    assert rich.method_annotations(run) == () and rich.parameter_annotations(run) == ()
    assert rich.class_annotations("Ljava/lang/Object;") == ()
    assert rich.limits == ()


def test_constants(rich: CodeIndex) -> None:
    values = {rich.field(f).name: rich.field(f).static_value for f in rich.fields_of("Lp/Rich;")}
    assert values == {
        "CHAR": ord("A"),
        "FLAG": True,
        "LONG": -5,
        "RATIO": 2.5,
        "SMALL": 0.5,
        "URL": "https://example.test/v1",
        "plain": None,
        "body": None,
    }


def test_call_sites(rich: CodeIndex) -> None:
    code = rich.code(mid(rich, "Lp/Rich;->run()V"))
    assert code is not None
    custom = [i.ref for i in code.insns if i.name.startswith("invoke-custom")]
    sites = [rich.call_site(ref) for ref in custom if isinstance(ref, int)]
    factory = next(m for m in rich.all_methods() if rich.method(m).name == "metafactory")
    target = mid(rich, "Lp/Rich;->target(Ljava/lang/String;)V")
    handles = [
        h for h in range(4) if rich.method_handle(h) == MethodHandle("invoke-static", target)
    ]
    assert len(handles) == 1
    assert sites[0] == CallSiteInfo(
        MethodHandle("invoke-static", factory),
        "apply",
        "(Ljava/lang/String;)Ljava/lang/Runnable;",
        (EncodedMethodType("()V"), EncodedMethodHandle(handles[0]), EncodedMethodType("()V"), 7),
    )
    link = next(m for m in rich.all_methods() if rich.method(m).name == "link")
    assert sites[1:] == [
        CallSiteInfo(
            MethodHandle("invoke-static", link),
            "apply",
            "(Ljava/lang/String;)Ljava/lang/Runnable;",
            (),
        )
    ]
    assert [i.ref2 for i in code.insns if i.op == 0xFA] == ["(I)V"]
    assert rich.call_site(-1) is None and rich.call_site(99) is None
    assert rich.method_handle(-1) is None and rich.method_handle(99) is None


def test_lines(rich: CodeIndex) -> None:
    code = rich.code(mid(rich, "Lp/Rich;->upload(Ljava/lang/String;I)V"))
    assert code is not None
    assert code.lines() == ((0, 20), (2, 300), (3, 15))
