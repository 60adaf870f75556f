"""Addresses in string resources and configuration files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from auditor.catalog import Catalog
from auditor.facts.elsewhere import placed_endpoints
from auditor.facts.urls import url_book
from tests.facts_fixture import NoResources, package

BOOK = url_book(Catalog())


class Texts(NoResources):
    """String resources given by their names."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def strings(self) -> Mapping[str, Mapping[str, str]]:
        return {name: {"": text} for name, text in self.texts.items()}


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        pytest.param(" https://api.a.example/v1/ ", ["https://api.a.example/v1/"], id="whole"),
        pytest.param("See https://a.example for more", [], id="inside a sentence"),
        pytest.param("http://schemas.android.com/apk/res/android", [], id="namespace"),
        pytest.param("https://", [], id="no host"),
    ],
)
def test_string_resources(text: str, urls: list[str]) -> None:
    held = replace(package(), resources=Texts({"base_url": text}))
    found = placed_endpoints(held, BOOK)
    assert [e.url for e in found] == urls
    assert all(e.call_sites[0].caller == "res/string/base_url" for e in found)


@pytest.mark.parametrize(
    ("name", "data", "urls"),
    [
        pytest.param(
            "assets/c.json", b'{"host": "https://a.example/x"}', ["https://a.example/x"], id="JSON"
        ),
        pytest.param("assets/c.properties", b"u=http://a.example:81/\n", ["http://a.example:81/"],
                     id="properties"),
        pytest.param("assets/c.yaml", b"a: 1\n# see http://a.example/x\n", [], id="comment"),
        pytest.param("assets/terms.html", b'"https://a.example"', [], id="page"),
        pytest.param("lib/x.json", b'"https://a.example"', [], id="elsewhere"),
        pytest.param("assets/c.json", b'"xhttps://a.example"', [], id="part of a word"),
        pytest.param("assets/c.json", b"\xff\xfe" * 500, [], id="no text"),
    ],
)  # fmt: skip
def test_configuration_files(name: str, data: bytes, urls: list[str]) -> None:
    assert [e.url for e in placed_endpoints(package({name: data}), BOOK)] == urls
