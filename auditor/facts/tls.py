"""Certificate checks that the code switches off: others on the line can then read the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from auditor.facts.code import Code
from auditor.model import CodePlace, Manifest

_TRUST = ("Ljavax/net/ssl/X509TrustManager;", "Ljavax/net/ssl/X509ExtendedTrustManager;")
_VERIFIER = "Ljavax/net/ssl/HostnameVerifier;"
_APACHE = (
    "Lorg/apache/http/conn/ssl/AllowAllHostnameVerifier;",
    "Lorg/apache/http/conn/ssl/NoopHostnameVerifier;",
)
_APACHE_FIELDS = (
    ("Lorg/apache/http/conn/ssl/SSLSocketFactory;", "ALLOW_ALL_HOSTNAME_VERIFIER"),
    ("Lorg/apache/http/conn/ssl/NoopHostnameVerifier;", "INSTANCE"),
)
_INSECURE = ("Landroid/net/SSLCertificateSocketFactory;", "getInsecure")


@dataclass(frozen=True, slots=True, order=True)
class TlsFact:
    """One place where the check of certificates is weakened."""

    kind: str
    """trust_all, any_hostname, ignores_errors, cleartext, user_certificates."""
    where: str
    """Class (descriptor), `caller@offset`, or the manifest."""
    owner: str
    """`app` or a library's id."""
    why: str


def tls_facts(manifest: Manifest, code: Code, owner: Callable[[str], str]) -> tuple[TlsFact, ...]:
    """List the trust managers, verifiers and settings that accept what they should refuse."""
    return tuple(sorted({*_managers(code, owner), *_verifiers(code, owner), *_settings(manifest)}))


def _managers(code: Code, owner: Callable[[str], str]) -> Iterable[TlsFact]:
    for interface in _TRUST:
        for cls in code.implementors(interface):
            if code.body_shape(cls, "checkServerTrusted") == "empty":
                why = "its checkServerTrusted accepts every certificate"
                yield TlsFact("trust_all", cls, owner(cls), why)


def _verifiers(code: Code, owner: Callable[[str], str]) -> Iterable[TlsFact]:
    for cls in code.implementors(_VERIFIER):
        if code.body_shape(cls, "verify") == "true":
            yield TlsFact("any_hostname", cls, owner(cls), "its verify accepts every host name")
    for cls in _APACHE:
        for place in code.calls_of(cls, "<init>"):
            yield _at(place, "any_hostname", f"uses {cls[1:-1].rpartition('/')[2]}", owner)
    for cls, field in _APACHE_FIELDS:
        for place in code.field_reads_of(cls, field):
            yield _at(place, "any_hostname", f"uses {cls[1:-1].rpartition('/')[2]}.{field}", owner)
    for place in code.calls_of(*_INSECURE):
        yield _at(place, "trust_all", "makes a socket factory that checks no certificate", owner)
    for handler in ("Landroid/webkit/SslErrorHandler;", _X5_HANDLER):
        for place in code.calls_of(handler, "proceed"):
            why = "goes on after a certificate error of a web page (it may ask the user first)"
            yield _at(place, "ignores_errors", why, owner)


_X5_HANDLER = "Lcom/tencent/smtt/export/external/interfaces/SslErrorHandler;"


def _at(place: CodePlace, kind: str, why: str, owner: Callable[[str], str]) -> TlsFact:
    cls = place.caller.partition("->")[0]
    return TlsFact(kind, f"{place.caller}@{place.offset}", owner(cls), why)


def _settings(manifest: Manifest) -> Iterable[TlsFact]:
    if manifest.cleartext:
        why = "the app permits unencrypted traffic"
        yield TlsFact("cleartext", "AndroidManifest.xml", "app", why)
    for domain in manifest.cleartext_domains:
        why = f"the app permits unencrypted traffic with {domain}"
        yield TlsFact("cleartext", "network_security_config", "app", why)
    if manifest.user_certificates:
        why = "the app trusts certificates that the user installed"
        yield TlsFact("user_certificates", "network_security_config", "app", why)
