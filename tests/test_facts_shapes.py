"""Checks of certificates that accept everything, as compilers write them."""

from __future__ import annotations

import pytest

from auditor.facts import IndexedCode
from auditor.facts.libraries import Owners
from auditor.facts.tls import tls_facts
from auditor.model import Manifest
from tests.flow_fixture import index_of

TRUST = """
.class public La/T;
.super Ljava/lang/Object;
.implements Ljavax/net/ssl/X509TrustManager;
.method public checkServerTrusted([Ljava/security/cert/X509Certificate;Ljava/lang/String;)V
    .registers 5
    {body}
.end method
"""
VERIFIER = """
.class public La/V;
.super Ljava/lang/Object;
.implements Ljavax/net/ssl/HostnameVerifier;
.method public verify(Ljava/lang/String;Ljavax/net/ssl/SSLSession;)Z
    .registers 5
    {body}
.end method
.method public static lambda$0(Ljava/lang/String;Ljavax/net/ssl/SSLSession;)Z
    .registers 3
    const/4 v0, {lambda}
    return v0
.end method
"""
LOG = "invoke-static {p2, p2}, Landroid/util/Log;->d(Ljava/lang/String;Ljava/lang/String;)I"
NOT_NULL = (
    "invoke-static {p1, p2}, "
    "Lkotlin/jvm/internal/Intrinsics;->checkNotNullParameter(Ljava/lang/Object;Ljava/lang/String;)V"
)
LAMBDA = """
invoke-static {p1, p2}, La/V;->lambda$0(Ljava/lang/String;Ljavax/net/ssl/SSLSession;)Z
move-result v0
return v0
"""
EQUALS = """
const-string v0, "api.a.example"
invoke-virtual {v0, p1}, Ljava/lang/String;->equals(Ljava/lang/Object;)Z
move-result v0
return v0
"""
DELEGATE = """
invoke-virtual {p0, p1}, La/T;->check(Ljava/lang/Object;)V
return-void
"""


def kinds(text: str) -> list[str]:
    code = IndexedCode(index_of(text))
    return [f.kind for f in tls_facts(Manifest(package="a"), code, Owners(()))]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("return-void", ["trust_all"], id="empty"),
        pytest.param(f"{LOG}\nreturn-void", ["trust_all"], id="only logs"),
        pytest.param(f"{NOT_NULL}\nreturn-void", ["trust_all"], id="Kotlin's null check"),
        pytest.param("const/4 v0, 0x0\nthrow v0", [], id="throws"),
        pytest.param("if-nez p1, :a\n:a\nreturn-void", [], id="looks at the chain"),
        pytest.param(DELEGATE, [], id="asks another manager"),
    ],
)
def test_trust_managers(body: str, expected: list[str]) -> None:
    assert kinds(TRUST.replace("{body}", body)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("const/4 v0, 0x1\nreturn v0", ["any_hostname"], id="true"),
        pytest.param(f"{LOG}\nconst/4 v0, 0x1\nreturn v0", ["any_hostname"], id="logs, then true"),
        pytest.param(LAMBDA, ["any_hostname"], id="lambda"),
        pytest.param("const/4 v0, 0x0\nreturn v0", [], id="false"),
        pytest.param(EQUALS, [], id="compares the name"),
        pytest.param("move v0, p0\nreturn v0", [], id="returns something else"),
    ],
)
def test_hostname_verifiers(body: str, expected: list[str]) -> None:
    assert kinds(VERIFIER.replace("{body}", body).replace("{lambda}", "0x1")) == expected


def test_lambda_that_refuses() -> None:
    assert kinds(VERIFIER.replace("{body}", LAMBDA).replace("{lambda}", "0x0")) == []


def test_methods_that_call_each_other_end() -> None:
    loop = LAMBDA.replace("La/V;->lambda$0", "La/V;->again")
    text = VERIFIER.replace("lambda$0", "again").replace("const/4 v0, {lambda}", loop)
    assert kinds(text.replace("{body}", loop)) == []
