"""Decoders of an app are run on constants, within bounds, and only where they are understood."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from auditor.dex import CodeIndex
from auditor.flows import concrete
from tests.flow_fixture import flows_of, index_of, knowledge

TEXT = "Ljava/lang/String;"
BUILDER = "Ljava/lang/StringBuilder;"


def decoder(body: str, registers: int = 10) -> CodeIndex:
    """A class with one decoder, `d(String, int)`; its parameters are the last two registers."""
    return index_of(
        ".class public Lt/D;\n.super Ljava/lang/Object;\n"
        f".method public static d({TEXT}I){TEXT}\n.registers {registers}\n{body}\n.end method\n"
    )


def run(body: str, *args: Any, registers: int = 10) -> str | None:  # noqa: ANN401
    index = decoder(body, registers)
    method = index.method_id(f"Lt/D;->d({TEXT}I){TEXT}")
    assert method is not None
    return concrete.run(index, method, list(args), lambda called: False)


XOR = """
    invoke-virtual {p0}, Ljava/lang/String;->toCharArray()[C
    move-result-object v0
    const/4 v1, 0
    array-length v2, v0
    :again
    if-ge v1, v2, :done
    aget-char v3, v0, v1
    xor-int/2addr v3, p1
    int-to-char v3, v3
    aput-char v3, v0, v1
    add-int/lit8 v1, v1, 1
    goto :again
    :done
    new-instance v4, Ljava/lang/String;
    invoke-direct {v4, v0}, Ljava/lang/String;-><init>([C)V
    return-object v4
"""
REVERSED = """
    new-instance v0, Ljava/lang/StringBuilder;
    invoke-direct {v0, p0}, Ljava/lang/StringBuilder;-><init>(Ljava/lang/String;)V
    invoke-virtual {v0}, Ljava/lang/StringBuilder;->reverse()Ljava/lang/StringBuilder;
    move-result-object v0
    invoke-virtual {v0}, Ljava/lang/StringBuilder;->toString()Ljava/lang/String;
    move-result-object v0
    return-object v0
"""
BASE64 = """
    const/4 v0, 0
    invoke-static {p0, v0}, Landroid/util/Base64;->decode(Ljava/lang/String;I)[B
    move-result-object v0
    new-instance v1, Ljava/lang/String;
    const-string v2, "UTF-8"
    invoke-direct {v1, v0, v2}, Ljava/lang/String;-><init>([BLjava/lang/String;)V
    return-object v1
"""
SUBSTRING = """
    const/4 v0, 0
    invoke-virtual {p0, v0, p1}, Ljava/lang/String;->substring(II)Ljava/lang/String;
    move-result-object v1
    invoke-virtual {p0, p1}, Ljava/lang/String;->substring(I)Ljava/lang/String;
    move-result-object v2
    invoke-virtual {v2, v1}, Ljava/lang/String;->concat(Ljava/lang/String;)Ljava/lang/String;
    move-result-object v2
    const-string v0, "#"
    const-string v1, "/"
    invoke-virtual {v2, v0, v1}, Ljava/lang/String;->replace(Ljava/lang/CharSequence;Ljava/lang/CharSequence;)Ljava/lang/String;
    move-result-object v2
    invoke-virtual {v2}, Ljava/lang/String;->trim()Ljava/lang/String;
    move-result-object v2
    return-object v2
"""  # noqa: E501
AES = """
    const-string v0, "AES/CBC/PKCS5Padding"
    invoke-static {v0}, Ljavax/crypto/Cipher;->getInstance(Ljava/lang/String;)Ljavax/crypto/Cipher;
    move-result-object v0
    const-string v1, "0123456789abcdef"
    invoke-virtual {v1}, Ljava/lang/String;->getBytes()[B
    move-result-object v1
    new-instance v2, Ljavax/crypto/spec/SecretKeySpec;
    const-string v3, "AES"
    invoke-direct {v2, v1, v3}, Ljavax/crypto/spec/SecretKeySpec;-><init>([BLjava/lang/String;)V
    new-instance v3, Ljavax/crypto/spec/IvParameterSpec;
    invoke-direct {v3, v1}, Ljavax/crypto/spec/IvParameterSpec;-><init>([B)V
    const/4 v4, 2
    invoke-virtual {v0, v4, v2, v3}, Ljavax/crypto/Cipher;->init(ILjava/security/Key;Ljava/security/spec/AlgorithmParameterSpec;)V
    const/4 v4, 0
    invoke-static {p0, v4}, Landroid/util/Base64;->decode(Ljava/lang/String;I)[B
    move-result-object v5
    invoke-virtual {v0, v5}, Ljavax/crypto/Cipher;->doFinal([B)[B
    move-result-object v5
    new-instance v6, Ljava/lang/String;
    invoke-direct {v6, v5}, Ljava/lang/String;-><init>([B)V
    return-object v6
"""  # noqa: E501


def xored(text: str, key: int) -> str:
    return "".join(chr(ord(c) ^ key) for c in text)


def encrypted(text: str) -> str:
    key = b"0123456789abcdef"
    pad = 16 - len(text) % 16
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key)).encryptor()
    data = encryptor.update(text.encode() + bytes([pad]) * pad) + encryptor.finalize()
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("body", "given", "number", "expected"),
    [
        pytest.param(XOR, xored("https://a.test/up", 42), 42, "https://a.test/up", id="XOR"),
        pytest.param(XOR, "", 42, "", id="XOR of nothing"),
        pytest.param(REVERSED, "tset.a//:sptth", 0, "https://a.test", id="reversed"),
        pytest.param(BASE64, "aHR0cHM6Ly9hLnRlc3Q=", 0, "https://a.test", id="Base64"),
        pytest.param(BASE64, "5byg5LiJ", 0, "张三", id="Base64 of Chinese"),
        pytest.param(BASE64, "!", 0, None, id="Base64 that is none"),
        pytest.param(SUBSTRING, "est:443ttps:##a.t", 7, "ttps://a.test:443", id="turned round"),
        pytest.param(SUBSTRING, "abc", 9, "abc", id="a place behind the end"),
        pytest.param(AES, encrypted("https://a.test/up"), 0, "https://a.test/up", id="AES"),
        pytest.param(AES, "AAAA", 0, None, id="AES of half a block"),
    ],
)  # fmt: skip
def test_decoders(body: str, given: str, number: int, expected: str | None) -> None:
    assert run(body, given, number) == expected


def test_bodies_of_the_app_are_followed() -> None:
    index = index_of(
        f"""
        .class public Lt/D;
        .super Ljava/lang/Object;
        .field public static final KEY:I = 7
        .field private static shift:I
        .method static constructor <clinit>()V
            .registers 1
            const/4 v0, 3
            sput v0, Lt/D;->shift:I
            return-void
        .end method
        .method public static d({TEXT}I){TEXT}
            .registers 6
            sget v0, Lt/D;->shift:I
            invoke-static {{p0, v0}}, Lt/D;->cut({TEXT}I){TEXT}
            move-result-object v1
            return-object v1
        .end method
        .method private static cut({TEXT}I){TEXT}
            .registers 4
            invoke-virtual {{p0, p1}}, {TEXT}->substring(I){TEXT}
            move-result-object v0
            return-object v0
        .end method
        """
    )
    method = index.method_id(f"Lt/D;->d({TEXT}I){TEXT}")
    assert method is not None
    assert (
        concrete.run(index, method, ["xyzhttps://a.test", 0], lambda called: False)
        == "https://a.test"
    )


GROWING = {
    "concat": f"invoke-virtual {{v0, v0}}, {TEXT}->concat({TEXT}){TEXT}\n"
    "move-result-object v0",
    "replace": 'const-string v1, "a"\ninvoke-virtual {v0, v1, v0}, Ljava/lang/String;->replace('
    "Ljava/lang/CharSequence;Ljava/lang/CharSequence;)Ljava/lang/String;\nmove-result-object v0",
    "append": "new-instance v1, Ljava/lang/StringBuilder;\n"
    "invoke-direct {v1, v0}, Ljava/lang/StringBuilder;-><init>(Ljava/lang/String;)V\n"
    f"invoke-virtual {{v1, v0}}, {BUILDER}->append({TEXT}){BUILDER}\n"
    "invoke-virtual {v1}, Ljava/lang/StringBuilder;->toString()Ljava/lang/String;\n"
    "move-result-object v0",
    "nothing": "nop",
    "call": "invoke-static {p0, p1}, Lt/D;->d(Ljava/lang/String;I)Ljava/lang/String;\n"
    "move-result-object v0",
    "array": "const/16 v1, 16000\nnew-array v2, v1, [B\narray-length v3, v2\nmove-object v4, v2\n"
    "const/4 v5, 0\ninvoke-static {v2, v5, v4, v3, v3}, Ljava/lang/System;->arraycopy("
    "Ljava/lang/Object;ILjava/lang/Object;II)V",
    "huge": "const v1, 0x7fffffff\nnew-array v2, v1, [B",
    "time": "invoke-static {}, Ljava/lang/System;->currentTimeMillis()J\nmove-result-wide v2",
}  # fmt: skip


@pytest.mark.parametrize("body", GROWING.values(), ids=GROWING)
def test_endless_decoders_are_given_up(body: str) -> None:
    loop = f":again\n{body}\ngoto :again"
    assert run(f'const-string v0, "aaaa"\n{loop}', "x", 1) is None


def test_a_decoded_address_is_the_endpoint() -> None:
    code = f"""
    .class public Lt/Main;
    .super Landroid/app/Activity;
    .method public onCreate(Landroid/os/Bundle;)V
        .registers 8
        const-string v0, "phone"
        invoke-virtual {{p0, v0}}, Lt/Main;->getSystemService({TEXT})Ljava/lang/Object;
        move-result-object v0
        check-cast v0, Landroid/telephony/TelephonyManager;
        invoke-virtual {{v0}}, Landroid/telephony/TelephonyManager;->getDeviceId(){TEXT}
        move-result-object v1
        const-string v2, "{xored("https://up.test/x?id=", 5)}"
        const/4 v3, 5
        invoke-static {{v2, v3}}, Lt/Main;->d({TEXT}I){TEXT}
        move-result-object v2
        invoke-virtual {{v2, v1}}, {TEXT}->concat({TEXT}){TEXT}
        move-result-object v2
        new-instance v3, Ljava/net/URL;
        invoke-direct {{v3, v2}}, Ljava/net/URL;-><init>({TEXT})V
        invoke-virtual {{v3}}, Ljava/net/URL;->openStream()Ljava/io/InputStream;
        return-void
    .end method
    .method public static d({TEXT}I){TEXT}
        .registers 10
        {XOR}
    .end method
    """
    flows, _ = flows_of(code, knowledge())
    assert [(f.data_type.partition(".")[0], f.endpoint) for f in flows] == [
        ("device_ids", "https://up.test/x?id={?}")
    ]


INLINED = """
.class Lt/G;
.super Ljava/lang/Object;
.field static final host:Ljava/lang/String;
.field static final names:[Ljava/lang/String;
.method static constructor <clinit>()V
    .registers 6
    const/16 v0, 0x14
    new-array v0, v0, [I
    fill-array-data v0, :numbers
    new-instance v1, Ljava/lang/StringBuilder;
    invoke-direct {v1}, Ljava/lang/StringBuilder;-><init>()V
    const/4 v2, 0x0
    array-length v3, v0
    :again
    if-ge v2, v3, :done
    aget v4, v0, v2
    xor-int/lit8 v4, v4, 0x7
    int-to-char v4, v4
    invoke-virtual {v1, v4}, Ljava/lang/StringBuilder;->append(C)Ljava/lang/StringBuilder;
    add-int/lit8 v2, v2, 0x1
    goto :again
    :done
    invoke-virtual {v1}, Ljava/lang/StringBuilder;->toString()Ljava/lang/String;
    move-result-object v1
    sput-object v1, Lt/G;->host:Ljava/lang/String;
    const/4 v2, 0x2
    new-array v2, v2, [Ljava/lang/String;
    const/4 v3, 0x1
    aput-object v1, v2, v3
    const/4 v3, 0x0
    const-string v4, "none"
    aput-object v4, v2, v3
    sput-object v2, Lt/G;->names:[Ljava/lang/String;
    return-void
    :numbers
    .array-data 4
        __NUMBERS__
    .end array-data
.end method
.class public Lt/Main;
.super Landroid/app/Activity;
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Landroid/app/Activity;-><init>()V
    return-void
.end method
.method public onCreate(Landroid/os/Bundle;)V
    .registers 5
    __TAKEN__
    new-instance v1, Ljava/net/URL;
    invoke-direct {v1, v0}, Ljava/net/URL;-><init>(Ljava/lang/String;)V
    invoke-virtual {v1}, Ljava/net/URL;->openConnection()Ljava/net/URLConnection;
    move-result-object v1
    invoke-virtual {v1}, Ljava/net/URLConnection;->getOutputStream()Ljava/io/OutputStream;
    move-result-object v1
    const-string v0, "phone"
    invoke-virtual {p0, v0}, Lt/Main;->getSystemService(Ljava/lang/String;)Ljava/lang/Object;
    move-result-object v0
    check-cast v0, Landroid/telephony/TelephonyManager;
    invoke-virtual {v0}, Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;
    move-result-object v0
    invoke-virtual {v0}, Ljava/lang/String;->getBytes()[B
    move-result-object v0
    invoke-virtual {v1, v0}, Ljava/io/OutputStream;->write([B)V
    return-void
.end method
"""


@pytest.mark.parametrize(
    "taken",
    [
        pytest.param("sget-object v0, Lt/G;->host:Ljava/lang/String;", id="a text"),
        pytest.param(
            "sget-object v0, Lt/G;->names:[Ljava/lang/String;\n"
            "    const/4 v1, 0x1\n    aget-object v0, v0, v1",
            id="an element",
        ),
    ],
)
def test_a_decoder_inside_an_initializer_is_run(taken: str) -> None:
    numbers = "\n        ".join(str(ord(c) ^ 7) for c in "https://host.example")
    code = INLINED.replace("__NUMBERS__", numbers).replace("__TAKEN__", taken)
    flows, _ = flows_of(code, knowledge())

    assert {f.endpoint for f in flows} == {"https://host.example"}
