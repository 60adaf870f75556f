"""The knowledge of the flows stage: everything loads, is well formed, and says each thing once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest

from auditor.catalog import Catalog, Entry, read_yaml
from auditor.flows.effects import EffectError, parse_effects, parse_expr
from auditor.flows.hierarchy import framework_supertypes
from auditor.flows.knowledge import (
    ApiAnnotationEntry,
    DestinationEntry,
    LifecycleEntry,
    ModelEntry,
    QueryEntry,
    SinkEntry,
    SourceEntry,
    UriEntry,
    WordsEntry,
)
from auditor.flows.models import Knowledge, Shape, parse_method, parse_names
from auditor.flows.roles import RoleEntry

KINDS: dict[str, type[Entry]] = {
    "sources": SourceEntry,
    "uris": UriEntry,
    "queries": QueryEntry,
    "sinks": SinkEntry,
    "destinations": DestinationEntry,
    "propagations": ModelEntry,
    "lifecycles": LifecycleEntry,
    "annotations": ApiAnnotationEntry,
    "consent": WordsEntry,
    "roles": RoleEntry,
}
TRIGGERS = {
    *("application_start", "launcher_start", "screen_start", "click", "activity_result"),
    *("permission_result", "consent_accept", "consent_refuse", "boot", "alarm", "job"),
    *("broadcast", "push", "web_bridge", "other_app", "background", "unknown"),
}
"""Of `model.Flow.trigger`."""
_CLASS = re.compile(r"[a-z][\w]*(?:\.[\w$]+)+|[\w$]+")
_METHOD = re.compile(r"[\w$.]+\.(?:-?[\w$<>-]+(?:/\d)?(?:\([\w$,. \[\]]*\))?\|?)+")


@cache
def known() -> Knowledge:
    return Knowledge(Catalog())


def models() -> tuple[ModelEntry, ...]:
    return Catalog().entries("propagations", ModelEntry)


def classes_of(entry: ModelEntry) -> tuple[str, ...]:
    return (entry.on,) if isinstance(entry.on, str) else entry.on


@pytest.mark.parametrize("folder", KINDS)
def test_every_file_says_what_it_is_and_where_from(folder: str) -> None:
    files = Catalog().files(folder)
    assert files
    for path in files:
        raw = read_yaml(path)
        assert len(raw["about"]) > 10, path
        assert len(raw["reference"]) > 10, path
        assert raw["entries"], path


@pytest.mark.parametrize("folder", KINDS)
def test_every_entry_loads_with_an_id_of_its_own(folder: str) -> None:
    entries = Catalog().entries(folder, KINDS[folder])
    assert len({e.id for e in entries}) == len(entries)
    assert all(re.fullmatch(r"[\w.]+", e.id) for e in entries)


def test_sources_and_uris_name_data_types_that_exist() -> None:
    existing = {entry["id"] for entry in Catalog().table("data_types.yaml")["entries"]}
    sources = Catalog().entries("sources", SourceEntry)
    used = {s.data_type for s in sources} | {u.data_type for u in known().uris}
    assert used <= existing
    assert {"contacts", "sms", "call_log", "installed_apps", "location", "device_ids"} <= used


def method_names() -> Iterator[tuple[str, str]]:
    for source in Catalog().entries("sources", SourceEntry):
        for text in (*source.calls, *source.callbacks):
            yield source.id, text
    for uri in known().uris:
        for text in uri.methods:
            yield uri.id, text
    for query in Catalog().entries("queries", QueryEntry):
        for text in query.calls:
            yield query.id, text
    for sink in Catalog().entries("sinks", SinkEntry):
        for text in sink.calls:
            yield sink.id, text


def test_methods_of_sources_queries_and_sinks_are_well_formed() -> None:
    for where, text in method_names():
        assert _METHOD.fullmatch(text), (where, text)
        cls, names = parse_method(text, where)
        assert cls.startswith("L") and cls.endswith(";"), text
        assert all(name and "/" not in name for name, _ in names), text


def test_fields_are_written_as_class_and_name() -> None:
    for source in Catalog().entries("sources", SourceEntry):
        for field in source.static_fields:
            assert re.fullmatch(r"[\w.$]+\.[A-Z_]+", field), field
    for uri in known().uris:
        for field in uri.static_fields:
            assert re.fullmatch(r"[\w.$]+\.[A-Z_]+", field), field


def test_conditions_of_sources_are_expressions() -> None:
    for source in Catalog().entries("sources", SourceEntry):
        assert source.calls or source.static_fields or source.callbacks, source.id
        for port in source.when:
            parse_expr(port)
        for port in source.gives:
            assert re.fullmatch(r"ret|this|a\d", port), source.id


def test_models_name_classes_and_methods_well() -> None:
    for model in models():
        for cls in classes_of(model):
            assert _CLASS.fullmatch(cls), (model.id, cls)
        for text in model.methods:
            for name, _ in parse_names(text):
                assert re.fullmatch(r"-?[\w$<>-]+", name), (model.id, text)


def test_no_method_of_a_class_is_described_twice() -> None:
    seen: dict[tuple[str, str, object], str] = {}
    for model in models():
        for text in model.methods:
            for name, shape in parse_names(text):
                for cls in classes_of(model):
                    key = (cls, name, shape)
                    assert key not in seen, (key, model.id, seen.get(key))
                    seen[key] = model.id


def test_a_description_for_any_arity_stands_alone() -> None:
    shapes: dict[tuple[str, str], list[Shape]] = {}
    for model in models():
        for text in model.methods:
            for name, shape in parse_names(text):
                for cls in classes_of(model):
                    shapes.setdefault((cls, name), []).append(shape)
    for key, found in shapes.items():
        untyped = [shape.arity for shape in found if shape.types is None]
        assert None not in untyped or len(untyped) == 1, key


def test_lifecycles_use_the_triggers_of_the_vocabulary() -> None:
    for entry in known().lifecycles:
        assert set(entry.methods.values()) <= TRIGGERS, entry.id


@pytest.mark.parametrize(
    ("text", "data_type"),
    [
        pytest.param("content://com.android.contacts/contacts", "contacts", id="contacts"),
        pytest.param("content://com.android.contacts/data/phones", "contacts", id="phones"),
        pytest.param("content://com.android.contacts/data/emails", "contacts.email", id="emails"),
        pytest.param("content://com.android.contacts/phone_lookup/1", "contacts.name", id="lookup"),
        pytest.param("content://contacts/people/3", "contacts", id="of the first Android"),
        pytest.param("content://icc/adn", "contacts.sim", id="SIM card"),
        pytest.param("content://sms/inbox", "sms", id="inbox"),
        pytest.param("content://sms/", "sms", id="a slash at the end"),
        pytest.param("content://mms-sms/conversations?simple=true", "sms", id="a query"),
        pytest.param("content://call_log/calls", "call_log", id="call log"),
        pytest.param("content://com.android.calendar/events", "calendar", id="calendar"),
        pytest.param("content://media/external/images/media/7", "photos", id="one picture"),
        pytest.param("content://media/external/audio/media", "storage", id="audio"),
        pytest.param("content://browser/bookmarks", "behaviour", id="bookmarks"),
    ],
)
def test_uris_name_the_data_behind_them(text: str, data_type: str) -> None:
    entry = known().uri_of(text)
    assert entry is not None
    assert entry.data_type == data_type


@pytest.mark.parametrize(
    "text", ["content://smsgateway/x", "content://com.example.app/contacts", "https://sms", ""]
)
def test_other_uris_name_nothing(text: str) -> None:
    assert known().uri_of(text) is None


@pytest.mark.parametrize(
    ("cls", "field", "data_type"),
    [
        ("ContactsContract$CommonDataKinds$Phone", "CONTENT_URI", "contacts"),
        ("ContactsContract$PhoneLookup", "CONTENT_FILTER_URI", "contacts.name"),
        ("Telephony$Sms$Inbox", "CONTENT_URI", "sms"),
        ("CallLog$Calls", "CONTENT_URI", "call_log"),
        ("MediaStore$Images$Media", "EXTERNAL_CONTENT_URI", "photos"),
    ],
)
def test_fields_of_the_platform_hold_uris(cls: str, field: str, data_type: str) -> None:
    assert known().uri_fields[f"Landroid/provider/{cls};->{field}"].data_type == data_type


@pytest.mark.parametrize(
    ("cls", "method", "params"),
    [
        ("Ljava/util/ArrayList;", "add", ("Ljava/lang/Object;",)),
        ("Ljava/util/HashMap;", "put", ("Ljava/lang/Object;", "Ljava/lang/Object;")),
        ("Ljava/io/FileOutputStream;", "<init>", ("Ljava/io/File;",)),
        ("Ljava/io/FileWriter;", "<init>", ("Ljava/lang/String;", "Z")),
        ("Ljava/io/BufferedWriter;", "write", ("Ljava/lang/String;",)),
        ("Ljava/util/zip/GZIPOutputStream;", "write", ("[B",)),
        ("Ljava/io/BufferedReader;", "<init>", ("Ljava/io/Reader;",)),
        ("Landroid/app/Activity;", "startActivity", ("Landroid/content/Intent;",)),
        ("Landroidx/appcompat/app/AppCompatActivity;", "setContentView", ("I",)),
        ("Lorg/apache/http/client/methods/HttpPost;", "<init>", ("Ljava/lang/String;",)),
        ("Lcom/alibaba/fastjson/JSONObject;", "put", ("Ljava/lang/String;", "Ljava/lang/Object;")),
        ("Landroid/widget/Button;", "setOnClickListener", ("Landroid/view/View$OnClickListener;",)),
        ("Ljavax/net/ssl/HttpsURLConnection;", "getOutputStream", ()),
    ],
)
def test_models_are_found_through_supertypes(
    cls: str, method: str, params: tuple[str, ...]
) -> None:
    chain = (cls, *framework_supertypes(cls))
    assert len(known().models.find(chain, method, params)) == 1


def test_supertypes_are_transitive_and_nearest_first() -> None:
    found = framework_supertypes("Ljavax/net/ssl/HttpsURLConnection;")
    assert found == ("Ljava/net/HttpURLConnection;", "Ljava/net/URLConnection;")
    chain = framework_supertypes("Landroidx/appcompat/app/AppCompatActivity;")
    assert chain.index("Landroid/app/Activity;") < chain.index("Landroid/content/Context;")
    assert framework_supertypes("Lcom/example/Unknown;") == ()
    assert framework_supertypes("Ljava/lang/Object;") == ()


def test_words_of_refusal_are_no_words_of_consent() -> None:
    words = known().words
    assert set(words) == {"accept", "refuse", "consent_keys", "consent_topic"}
    assert not set(words["accept"]) & set(words["refuse"])
    for listed in words.values():
        assert len(set(listed)) == len(listed)
        assert all(w == w.lower() for w in listed)


@pytest.mark.parametrize(
    "text",
    [
        "this.x +=",
        "ret == a0",
        "later tomorrow a0.run()",
        "nosuch(a0)",
        "call a0.run(",
        "new a.B{x a0}",
        "'text' = a0",
        "a0 ! a1",
    ],
)
def test_effects_outside_the_language_are_refused(text: str) -> None:
    with pytest.raises(EffectError):
        parse_effects(text)
