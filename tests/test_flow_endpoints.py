"""Addresses as real code makes them: each must come out whole, and nothing beside it.

`flow_shapes/endpoints.java` holds the shapes; behind `// =>` of each class stand the addresses to
which it sends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import pytest

from auditor.catalog import Catalog
from auditor.dex import CodeIndex, DexInput
from auditor.flows.trace import Traced, trace_flows
from auditor.model import Manifest
from tests.test_flow_shapes import HERE, NoResources, components

FILES = {
    "assets/config.json": b'{"api": {"base": "https://assetjson.test"}}',
    "assets/net.properties": b"# servers\nbase.url = https://assetprops.test\n",
    "assets/host.txt": b"https://assettext.test",
    "res/raw/a.json": b'{"hosts": ["https://raw0.test"]}',
}


class Resources(NoResources):
    """A few resources by their numbers."""

    def string(self, res_id: int) -> Mapping[str, str]:
        texts = {0x7F020001: "https://resource.test/", 0x7F010001: "res/raw/a.json"}
        return {"": texts[res_id]} if res_id in texts else {}

    def array(self, res_id: int) -> tuple[str, ...]:
        return ("https://list0.test", "https://list1.test") if res_id == 0x7F020002 else ()


@cache
def traced() -> Traced:
    code = CodeIndex.build([DexInput("classes.dex", (HERE / "endpoints.dex").read_bytes())])
    manifest = Manifest(
        "t",
        components=components(code),
        min_sdk=24,
        target_sdk=30,
        meta_data=(("API_HOST", "https://metadata.test"),),
    )
    return trace_flows(code, manifest, Resources(), Catalog(), files=FILES.get)


def shapes() -> dict[str, set[str]]:
    source = (HERE / "endpoints.java").read_text(encoding="utf-8")
    rows = re.findall(r"^(?:class|enum) (\w+) .*// => (.*)$", source, re.M)
    return {name: set(urls.split()) for name, urls in rows}


@pytest.mark.parametrize("name", shapes())
def test_address(name: str) -> None:
    assert shapes()[name] <= {e.url for e in traced().endpoints}


def test_no_other_address() -> None:
    expected = set().union(*shapes().values())
    # Where the interceptor sends the base address, a request of whose path it knows nothing, and
    # the address that it was given: none of them carries data.
    inside = {"https://swapped.test/", "https://swapped.test{?}", "https://before.test/plain"}
    assert {e.url for e in traced().endpoints} - expected == inside


def test_an_interceptor_of_a_plain_client_replaces_the_address() -> None:
    called = {
        place.caller.partition(";")[0]: e.url
        for e in traced().endpoints
        for place in e.call_sites
        if "Plain1" in place.caller
    }
    assert called == {"Lt/Plain1": "https://swapped.test/plain"}


def test_methods_and_fields() -> None:
    asked = {e.url: e.http_method for e in traced().endpoints}
    assert asked["https://one.test/base/user/9/x"] == "GET"
    assert asked["https://one.test/base/gone"] == "DELETE"
    assert asked["https://one.test/base/file"] == "POST"


def test_partial_addresses_say_so() -> None:
    partial = {e.url for e in traced().endpoints if e.resolution == "partial"}
    assert partial == {"{?}/contacts", "{?}/given", "https://swapped.test{?}"}


@pytest.mark.parametrize(
    ("url", "origins", "words"),
    [
        (
            "{?}/contacts",
            ("json:upload_host", "server:"),
            "The host is set at run time; near it the code reads a JSON text ('upload_host') "
            "and a server's answer.",
        ),
        (
            "{?}/given",
            ("intent:url",),
            "The host is set at run time; near it the code reads an Intent or Bundle ('url').",
        ),
    ],
)
def test_hosts_set_at_run_time_say_whence(url: str, origins: tuple[str, ...], words: str) -> None:
    (found,) = [e for e in traced().endpoints if e.url == url]
    assert (found.origins, found.note) == (origins, words)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[" * 9000, b"\0\0", b'{"api": 1}', b'{"api": {"base": [1]}}', b"\xff\xfe{"],
)
def test_hostile_files_give_no_address(data: bytes) -> None:
    code = CodeIndex.build([DexInput("classes.dex", (HERE / "endpoints.dex").read_bytes())])
    found = [c for c in components(code) if c.name in ("t.Asset1", "t.Asset2", "t.Asset4")]
    manifest = Manifest("t", components=tuple(found), min_sdk=24, target_sdk=30)
    traced = trace_flows(code, manifest, Resources(), Catalog(), files=lambda path: data)
    urls = {e.url for e in traced.endpoints}
    assert not {u for u in urls if "assetjson" in u or "assetprops" in u or "raw0" in u}
