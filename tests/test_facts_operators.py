"""Who speaks in the terms, and what follows for the recipients of data."""

from __future__ import annotations

import pytest

from auditor.catalog import Catalog
from auditor.facts.operators import Operator, operator_of
from auditor.facts.recipients import HostBook, recipient_of
from auditor.model import Terms, TermsDocument
from tests.facts_fixture import manifest, package

CATALOG = Catalog()


def operator(text: str, role: str = "privacy_policy") -> Operator:
    document = TermsDocument("t", "", "en", "given", role, text)
    return operator_of(Terms(documents=(document,)), CATALOG)


@pytest.mark.parametrize(
    ("text", "names", "domains", "servers"),
    [
        pytest.param(
            'This policy explains how Mbele Finance Ltd ("Mbele", "we") uses your data.',
            ["Mbele Finance Ltd"],
            [],
            [],
            id="the company that is we",
        ),
        pytest.param(
            "The app is operated by PT Kilat Abadi and supervised.",
            ["PT Kilat Abadi"],
            [],
            [],
            id="legal form before the name",
        ),
        pytest.param("We pay Acme Inc for hosting.", [], [], [], id="another company"),
        pytest.param(
            "We upload them to our servers (https://api.mbele.example/v1).",
            [],
            ["mbele.example"],
            ["mbele.example"],
            id="our servers",
        ),
        pytest.param(
            "You may reach us by writing to dpo@mbele.example.",
            [],
            ["mbele.example"],
            [],
            id="mail of the operator",
        ),
        pytest.param(
            "如有疑问，请联系我们：\n邮箱：kefu@yirong.example\n",
            [],
            ["yirong.example"],
            [],
            id="Chinese, on the next line",
        ),
        pytest.param("Write to us: mbele.loans@gmail.com", [], [], [], id="public mail"),
        pytest.param(
            "The SDK provider may be reached at privacy@fraud.example; contact us there.",
            [],
            [],
            [],
            id="somebody else's",
        ),
        pytest.param("Contact us: a@umeng.com", [], [], [], id="host of a known SDK"),
        pytest.param("See https://www.mbele.example.", [], [], [], id="no word says whose"),
    ],
)
def test_operator(text: str, names: list[str], domains: list[str], servers: list[str]) -> None:
    assert operator(text) == Operator(tuple(names), tuple(domains), tuple(servers))


def test_lists_of_sdks_name_no_operator() -> None:
    assert operator("Contact us: a@mbele.example", "sdk_list") == Operator()


@pytest.mark.parametrize(
    "text", ["@" * 5000, "a@" * 5000, "A " * 50_000, "我们" * 50_000, "PT" * 9000]
)
def test_hostile_terms(text: str) -> None:
    assert operator(text) == Operator()


@pytest.mark.parametrize(
    ("host", "name", "basis"),
    [
        ("api.mbele.example", "first_party", "backend"),
        ("app.mbelefinance.test", "first_party", "operator"),
        ("ingest.scoregrid.test", "scoregrid.test", "other_than_own"),
        ("192.0.2.7", "unknown", "address"),
        ("x.oss-cn-hangzhou.aliyuncs.com", "Alibaba Cloud", "cloud_host"),
    ],
)
def test_recipients_once_the_terms_name_their_servers(host: str, name: str, basis: str) -> None:
    found = recipient_of(
        host,
        package(of=manifest("com.quick.kes", label="Quick")),
        HostBook(CATALOG),
        ["Mbele Finance Ltd"],
        ["mbele.example"],
        servers=["mbele.example"],
    )
    assert (found.name, found.basis) == (name, basis)
