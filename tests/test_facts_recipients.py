"""From hosts to organisations, and from texts to addresses."""

from __future__ import annotations

import pytest

from auditor.catalog import Catalog
from auditor.facts.recipients import HostBook, Recipient, recipient_of, registrable_domain
from auditor.facts.urls import classify_urls, find_urls, host_of, url_book
from auditor.model import Signer
from tests.facts_fixture import manifest, package

CATALOG = Catalog()
BOOK = HostBook(CATALOG)
APP = package(
    of=manifest("com.suixinhua.jieqian", label="EasyRupee Loan"),
    signers=(Signer("v2", "00", "CN=Zhang San, O=Hengtong Jinfu Ltd, C=CN"),),
)


@pytest.mark.parametrize(
    ("host", "name", "basis"),
    [
        pytest.param("ulogs.umeng.com", "Umeng (Alibaba)", "known_host", id="an SDK"),
        pytest.param(
            "loan-book.oss-ap-southeast-5.aliyuncs.com",
            "Alibaba Cloud",
            "cloud_host",
            id="storage SDK",
        ),
        pytest.param("x.s3.amazonaws.com", "Amazon Web Services", "cloud_host", id="cloud"),
        pytest.param("api.suixinhua.com", "first_party", "package", id="package"),
        pytest.param("api.suixinhua.test", "first_party", "package", id="reserved suffix"),
        pytest.param("gw.easyrupee.in", "first_party", "label", id="label"),
        pytest.param("www.hengtong.cn", "first_party", "signer", id="signer"),
        pytest.param("app.miaodai.co.id", "first_party", "operator", id="operator of the terms"),
        pytest.param("api.jieqian.com", "unknown", "none", id="a word that many lenders use"),
        pytest.param("api.xkjhsd.top", "unknown", "none", id="nothing known"),
        pytest.param("gw.backend.example", "first_party", "backend", id="known back end"),
        pytest.param("147.139.130.128", "unknown", "address", id="bare address"),
        pytest.param("[2001:db8::1]", "unknown", "address", id="bare IPv6 address"),
        pytest.param("", "", "none", id="no host"),
    ],
)
def test_recipient(host: str, name: str, basis: str) -> None:
    found = recipient_of(host, APP, BOOK, ["PT Miaodai Teknologi"], ["backend.example"])
    assert (found.name, found.basis) == (name, basis)


def test_notes_say_what_is_not_shown() -> None:
    assert recipient_of("203.0.113.9", APP, BOOK) == Recipient(
        "unknown",
        "address",
        "bare IP address: who holds this address, and in which country, needs a look-up outside",
    )
    assert "who holds the data is not visible" in recipient_of("a.s3.amazonaws.com", APP, BOOK).note
    assert "private network" in recipient_of("192.168.1.4", APP, BOOK).note


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("pay.api.foo.co.id", "foo.co.id"),
        ("foo.com.cn", "foo.com.cn"),
        ("api.foo.test", "foo.test"),
        ("a.b.local", "b.local"),
        ("localhost", "localhost"),
    ],
)
def test_registrable_domain(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


def test_classify_urls() -> None:
    found = classify_urls(
        [
            "http://schemas.android.com/apk/res/android",
            "https://api.suixinhua.test/v1/book",
            "see https://github.com/square/okhttp/issues for http://192.0.2.4:8080/x.",
            "http://www.apache.org/licenses/LICENSE-2.0",
            "http://localhost:8081",
            "https://%s/api",
            "no address",
        ],
        url_book(CATALOG),
    )
    assert found.endpoints == ("http://192.0.2.4:8080/x", "https://api.suixinhua.test/v1/book")
    assert found.other == {
        "documentation": ("https://github.com/square/okhttp/issues",),
        "licence": ("http://www.apache.org/licenses/LICENSE-2.0",),
        "local": ("http://localhost:8081",),
        "malformed": ("https://%s/api",),
        "namespace": ("http://schemas.android.com/apk/res/android",),
    }


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://A.Example:8443/x", "a.example"),
        ("http://[2001:db8::1]:80/", "2001:db8::1"),
        ("http://[bad/", ""),
        ("http://a.example:port/", ""),
        ("http://" + "a." * 3000 + "b/", ""),
        ("https://user:pw@h.example/", "h.example"),
    ],
)
def test_host_of_hostile_addresses(url: str, host: str) -> None:
    assert host_of(url) == host


def test_find_urls_drops_punctuation() -> None:
    assert find_urls("（见 https://a.example/x。）https://b.example/y)") == [
        "https://a.example/x",
        "https://b.example/y",
    ]
