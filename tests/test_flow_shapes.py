"""Shapes that personal data take in real apps: each must be followed from the read to the wire.

`flow_shapes/` holds the sources and the DEX files built from them (`flow_shapes/build.py`). A shape
sends to an address of its own, `http://name`; addresses that begin with `NOT` must receive nothing.
No library is packed, so whatever the libraries do comes from the catalog.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from auditor.catalog import Catalog
from auditor.dex import CodeIndex, DexInput
from auditor.flows.trace import Traced, trace_flows
from auditor.flows.types import Types
from auditor.model import Component, Flow, IntentFilter, Level, Manifest, View

HERE = Path(__file__).parent / "flow_shapes"
FILES = {
    "platform": "java",
    "libraries": "java",
    "frameworks": "java",
    "idioms": "java",
    "components": "java",
    "spyware": "java",
    "kotlin": "kt",
}
KINDS = {
    "activity": "Landroid/app/Activity;",
    "service": "Landroid/app/Service;",
    "receiver": "Landroid/content/BroadcastReceiver;",
}
LAUNCHER = IntentFilter(("android.intent.action.MAIN",), ("android.intent.category.LAUNCHER",))


class NoResources:
    """An app without resources."""

    def string(self, res_id: int) -> Mapping[str, str]:
        return {}

    def name(self, res_id: int) -> str:
        return ""

    def id_of(self, name: str) -> int | None:
        return None

    def array(self, res_id: int) -> tuple[str, ...]:
        return ()

    def layout(self, res_id: int) -> tuple[View, ...]:
        return ()

    def strings(self) -> Mapping[str, Mapping[str, str]]:
        return {}


def components(code: CodeIndex) -> tuple[Component, ...]:
    """Every screen is a launcher, so that each shape runs by itself."""
    types, found = Types(code), []
    for cls in code.classes():
        name = cls[1:-1].replace("/", ".")
        for kind, base in KINDS.items():
            if base in types.chain(cls):
                filters = (LAUNCHER,) if kind == "activity" else ()
                found.append(Component(kind, name, exported=True, filters=filters))
    return tuple(found)


@cache
def traced(name: str) -> Traced:
    data = (HERE / f"{name}.dex").read_bytes()
    code = CodeIndex.build([DexInput("classes.dex", data)])
    manifest = Manifest("t", components=components(code), min_sdk=24, target_sdk=30)
    return trace_flows(code, manifest, NoResources(), Catalog())


def addresses(name: str) -> set[str]:
    source = (HERE / f"{name}.{FILES[name]}").read_text(encoding="utf-8")
    return set(re.findall(r"http://(\w+)", source))


def flows(name: str) -> list[Flow]:
    return [f for f in traced(name).flows if f.level is Level.TRACED]


@pytest.mark.parametrize("name", FILES)
def test_every_shape_reaches_its_address_and_no_other(name: str) -> None:
    expected = {a for a in addresses(name) if not a.startswith("NOT")}
    found = {m[1] for f in flows(name) if (m := re.match(r"http://(\w+)", f.endpoint))}
    assert found == expected


def flow_to(name: str, host: str) -> Flow:
    found = [f for f in flows(name) if re.match(rf"http://{host}\b", f.endpoint)]
    assert found, host
    return found[0]


@pytest.mark.parametrize(
    ("name", "host", "data_type", "fields"),
    [
        ("platform", "apps", "installed_apps", ("app_name", "package_name")),
        ("platform", "fwloader", "call_log", ("number",)),
        ("platform", "pick", "contacts", ("data1",)),
        ("platform", "jsonmap", "sms", ("a",)),
        ("platform", "insert", "sms", ("col",)),
        ("platform", "line1", "phone_number", ()),
        ("frameworks", "apache", "sms", ("contact_list",)),
        ("frameworks", "volleyparams", "sms", ("sms_list",)),
        ("frameworks", "formloop", "sms", ("k1",)),
        ("libraries", "moshi", "contacts", ("name", "phone")),
        ("libraries", "fan2", "sms", ("list",)),
        ("kotlin", "kjoin", "contacts", ("data1", "display_name", "name", "phone")),
    ],
)
def test_flows_name_data_and_fields(
    name: str, host: str, data_type: str, fields: tuple[str, ...]
) -> None:
    flow = flow_to(name, host)
    assert flow.data_type == data_type
    assert set(fields) <= set(flow.fields)


@pytest.mark.parametrize(
    ("name", "host", "trigger", "before_consent"),
    [
        ("platform", "dialog", "consent_accept", False),
        ("platform", "click", "click", None),
        ("platform", "checked", "click", False),
        ("platform", "prefagree", "launcher_start", False),
        ("platform", "timer", "timer", True),
        ("platform", "smsreceiver", "broadcast", True),
        ("platform", "extras", "launcher_start", True),
        ("libraries", "work2", "job", True),
        ("libraries", "xx", "permission_result", None),
        ("libraries", "rxp", "permission_result", None),
    ],
)
def test_flows_say_what_starts_them(
    name: str, host: str, trigger: str, before_consent: bool | None
) -> None:
    flow = flow_to(name, host)
    assert (flow.trigger, flow.before_consent) == (trigger, before_consent)


@pytest.mark.parametrize(
    ("name", "host", "transforms"),
    [
        ("platform", "crypt", ("base64", "compressed", "encrypted")),
        ("platform", "hash", ("hashed",)),
        ("platform", "zipfile", ("compressed",)),
    ],
)
def test_transformations_are_noted(name: str, host: str, transforms: tuple[str, ...]) -> None:
    assert flow_to(name, host).transforms == transforms


@pytest.mark.parametrize(
    ("name", "kind", "endpoint"),
    [
        ("platform", "network", "10.1.1.1:77"),
        ("platform", "network", "udp.host:53"),
        ("platform", "network", "late.host:9"),
        ("platform", "sms", ""),
        ("platform", "ipc", "custom.act"),
        ("platform", "log", ""),
        ("libraries", "network", "https://oss"),
        ("libraries", "file", "/data/user/0/app/s.txt"),
        ("frameworks", "web", ""),
    ],
)
def test_other_ways_out_are_seen(name: str, kind: str, endpoint: str) -> None:
    assert (kind, endpoint) in {(str(f.sink_kind), f.endpoint) for f in flows(name)}


@pytest.mark.parametrize(
    "caller", ["Lt/Cdova;->execute", "Lt/Rnm;->contacts", "Lt/Flut;->onMethodCall"]
)
def test_script_bridges_hand_data_to_the_page(caller: str) -> None:
    web = [f for f in flows("frameworks") if str(f.sink_kind) == "web"]
    assert any(f.sink.caller.startswith(caller) for f in web)


def test_ways_out_that_are_no_http_name_their_host() -> None:
    told = {(f.sink_kind.value, f.endpoint) for f in flows("spyware")}

    assert {u for k, u in told if k == "network" and not u.startswith("http://")} == {
        "ftp://ftp.one",
        "ftp://ftp.two",
        "smtp://smtp.one",
        "smtp://smtp.two",
    }
    assert ("file", "database table taken") in told


def test_a_file_in_a_text_is_its_path() -> None:
    assert flow_to("spyware", "shown").endpoint.endswith("/a/b.txt")
    assert flow_to("spyware", "shown").fields == ("f",)
