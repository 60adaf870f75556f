"""How reads, flows and permissions become practices: one row a case, no APK needed."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from auditor.catalog import Catalog
from auditor.model import (
    Action,
    CallSite,
    DataType,
    Flow,
    Level,
    Manifest,
    PermissionRequest,
    Practice,
    Scope,
    SinkKind,
    SourceRead,
)
from auditor.verdicts import group_practices, practice_id
from auditor.verdicts.ontology import load_ontology

ONTOLOGY = load_ontology(Catalog())
NOTHING = Manifest("com.example.app")


def site(name: str, offset: int = 0) -> CallSite:
    return CallSite("Lx;->call()V", f"La;->{name}()V", offset, "classes.dex")


def read(data_type: str = "contacts", **changes: object) -> SourceRead:
    base = SourceRead(
        DataType(data_type), site("read"), Level.REACHABLE, Scope.BULK, "contacts.query", "app"
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def flow(data_type: str = "contacts", **changes: object) -> Flow:
    base = Flow(
        id="f1",
        data_type=DataType(data_type),
        level=Level.TRACED,
        scope=Scope.BULK,
        source=site("read"),
        sink=site("send", 8),
        sink_kind=SinkKind.NETWORK,
        endpoint="https://api.example.test/u",
        http_method="POST",
        fields=(),
        owner="app",
        recipient="first_party",
        trigger="click",
        before_consent=None,
        steps=(),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def grouped(
    reads: tuple[SourceRead, ...] = (),
    flows: tuple[Flow, ...] = (),
    permissions: tuple[str, ...] = (),
) -> dict[str, Practice]:
    manifest = replace(NOTHING, permissions=tuple(PermissionRequest(p) for p in permissions))
    expected = group_practices(reads, flows, manifest, ONTOLOGY)
    for some_reads in itertools.permutations(reads):
        for some_flows in itertools.permutations(flows):
            assert group_practices(some_reads, some_flows, manifest, ONTOLOGY) == expected
    return {practice_id(p): p for p in expected}


def test_a_read_alone_is_collected_and_not_shared() -> None:
    found = grouped((read(),))

    assert list(found) == ["collect:contacts:"]
    assert found["collect:contacts:"].level is Level.REACHABLE
    assert found["collect:contacts:"].call_sites == (site("read"),)


def test_narrower_types_are_grouped_under_the_first_level_and_kept_as_details() -> None:
    found = grouped((read("contacts.phone"), read("contacts.name", site=site("other"))))

    assert list(found) == ["collect:contacts:"]
    assert found["collect:contacts:"].details == ("contacts.name", "contacts.phone")


def test_what_is_sent_is_shared_with_its_recipient() -> None:
    found = grouped((read(),), (flow(), flow(id="f2", recipient="Acme Data", level=Level.LINKED)))

    assert list(found) == [
        "collect:contacts:",
        "share:contacts:Acme Data",
        "share:contacts:first_party",
    ]
    assert found["share:contacts:Acme Data"].level is Level.LINKED
    assert found["share:contacts:first_party"].level is Level.TRACED
    assert found["share:contacts:first_party"].flows == ("f1",)
    assert found["collect:contacts:"].flows == ("f1",)
    assert found["collect:contacts:"].level is Level.TRACED


@pytest.mark.parametrize("kind", [SinkKind.FILE, SinkKind.LOG])
def test_what_stays_on_the_device_is_only_collected(kind: SinkKind) -> None:
    found = grouped((read(),), (flow(sink_kind=kind, recipient=""),))

    assert list(found) == ["collect:contacts:"]
    assert found["collect:contacts:"].level is Level.TRACED
    assert found["collect:contacts:"].flows == ("f1",)


@pytest.mark.parametrize(
    ("kind", "recipient"),
    [
        pytest.param(SinkKind.NETWORK, "unknown", id="an address that nobody is known to own"),
        pytest.param(SinkKind.SMS, "people_texted", id="a text message"),
        pytest.param(SinkKind.IPC, "other_apps", id="a broadcast"),
        pytest.param(SinkKind.WEB, "web_page", id="a bridge to a page"),
    ],
)
def test_a_flow_without_recipient_gets_the_role_of_its_sink(kind: SinkKind, recipient: str) -> None:
    assert f"share:contacts:{recipient}" in grouped((), (flow(sink_kind=kind, recipient=""),))


def test_a_flow_to_somebody_else_does_not_raise_the_level_of_the_taking() -> None:
    found = grouped((read(),), (flow(recipient="Acme Data"),))

    assert found["collect:contacts:"].level is Level.REACHABLE
    assert found["collect:contacts:"].flows == ()


def test_scope_is_that_of_the_strongest_evidence() -> None:
    picked = flow(scope=Scope.ONE_PICKED)
    dead = read(level=Level.REFERENCED, site=site("dead"))
    alive = read(scope=Scope.ONE_PICKED)

    found = grouped((dead, alive), (picked,))

    assert found["share:contacts:first_party"].scope is Scope.ONE_PICKED
    assert found["collect:contacts:"].scope is Scope.ONE_PICKED


def test_the_whole_table_wins_over_a_picked_entry_of_the_same_strength() -> None:
    found = grouped((), (flow(), flow(id="f2", scope=Scope.ONE_PICKED)))

    assert found["share:contacts:first_party"].scope is Scope.BULK


def test_a_permission_without_code_is_requested() -> None:
    found = grouped(permissions=("android.permission.READ_CONTACTS", "android.permission.READ_SMS"))

    assert [(i, p.level) for i, p in found.items()] == [
        ("collect:contacts:", Level.REQUESTED),
        ("collect:sms:", Level.REQUESTED),
    ]


def test_a_permission_with_code_adds_no_practice() -> None:
    assert len(grouped((read(),), permissions=("android.permission.READ_CONTACTS",))) == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [((None, True), True), ((False, False), False), ((False, None), None), ((None,), None)],
)
def test_before_consent_is_false_only_when_every_path_waits(
    values: tuple[bool | None, ...], expected: bool | None
) -> None:
    flows = tuple(flow(id=f"f{i}", before_consent=v) for i, v in enumerate(values))

    assert grouped((), flows)["share:contacts:first_party"].before_consent is expected


def test_the_trigger_is_the_one_that_asks_least_of_the_user() -> None:
    found = grouped((), (flow(), flow(id="f2", trigger="boot")))

    assert found["share:contacts:first_party"].trigger == "boot"


def test_a_practice_belongs_to_a_library_only_when_it_alone_does_it() -> None:
    ours, theirs = read(), read(owner="lib", site=site("lib"))

    assert grouped((ours, theirs))["collect:contacts:"].owner == "app"
    assert grouped((theirs,))["collect:contacts:"].owner == "lib"
    assert grouped((theirs,))["collect:contacts:"].action is Action.COLLECT
