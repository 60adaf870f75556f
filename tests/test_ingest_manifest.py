"""Facts of the manifest carry the values that Android would use."""

from __future__ import annotations

import struct

import pytest

from auditor.ingest import read_package_bytes
from auditor.model import Component, IntentFilter, Limit, Manifest, Package, PermissionRequest
from tests.axml import ANDROID, E, Ref, apk, arsc, axml, zipped

MAIN = E(
    "intent-filter",
    children=(
        E("action", {"name": "android.intent.action.MAIN"}),
        E("category", {"name": "android.intent.category.LAUNCHER"}),
        E("data", {"scheme": "loan", "mimeType": "text/plain"}),
    ),
)
FILTER = IntentFilter(
    ("android.intent.action.MAIN",),
    ("android.intent.category.LAUNCHER",),
    ("loan",),
    ("text/plain",),
)


def read(root: E, files: dict[str, bytes] | None = None) -> Package:
    return read_package_bytes("app.apk", apk(root, files))


def with_target(target: int, *children: E) -> E:
    sdk = E("uses-sdk", {"minSdkVersion": 9, "targetSdkVersion": target})
    return E("manifest", {}, (sdk, *children), {"package": "com.x"})


def test_every_fact() -> None:
    root = E(
        "manifest",
        {"versionCode": 5, "versionCodeMajor": 1, "versionName": "2.1"},
        (
            E("uses-sdk", {"minSdkVersion": 21, "targetSdkVersion": 30}),
            E("uses-permission", {"name": "android.permission.READ_CONTACTS"}),
            E("uses-permission", {"name": "android.permission.READ_CONTACTS"}),
            E("uses-permission", {"name": "android.permission.CAMERA", "maxSdkVersion": 28}),
            E("uses-permission-sdk-23", {"name": "android.permission.READ_SMS"}),
            E(
                "queries",
                children=(
                    E("package", {"name": "com.tencent.mm"}),
                    E("provider", {"authorities": "a.b;c.d"}),
                    E("intent", children=(E("action", {"name": "android.intent.action.SEND"}),)),
                ),
            ),
            E(
                "application",
                {
                    "name": ".App",
                    "label": Ref(0x7F010000),
                    "debuggable": True,
                    "allowBackup": False,
                    "usesCleartextTraffic": True,
                    "appComponentFactory": "androidx.core.app.CoreComponentFactory",
                    "permission": "com.example.loan.P",
                    "process": ":main",
                },
                (
                    E("meta-data", {"name": "CHANNEL", "value": "huawei"}),
                    E("meta-data", {"name": "number", "value": 12}),
                    E("meta-data", {"name": "file", "resource": Ref(0x7F010000)}),
                    E("activity", {"name": "Main", "exported": True}, (MAIN,)),
                    E("activity-alias", {"name": ".Alias", "targetActivity": ".Main"}),
                    E(
                        "service",
                        {"name": "com.other.S", "process": "remote", "enabled": False},
                        (E("meta-data", {"name": "k", "value": True}),),
                    ),
                    E(
                        "provider",
                        {"name": ".P", "authorities": "p.one;p.two", "readPermission": "R"},
                    ),
                ),
            ),
        ),
        {"package": "com.example.loan"},
    )
    labels = {"string": {"app_name": {"": "Loan", "zh": "借款"}}}
    package = read(root, {"resources.arsc": arsc(labels)})
    process = "com.example.loan:main"
    guard = "com.example.loan.P"
    assert package.manifest == Manifest(
        package="com.example.loan",
        version_name="2.1",
        version_code=str(2**32 + 5),
        min_sdk=21,
        target_sdk=30,
        application_class="com.example.loan.App",
        app_component_factory="androidx.core.app.CoreComponentFactory",
        label="Loan",
        labels={"": "Loan", "zh": "借款"},
        permissions=(
            PermissionRequest("android.permission.READ_CONTACTS"),
            PermissionRequest("android.permission.CAMERA", 28),
            PermissionRequest("android.permission.READ_SMS", None, True),
        ),
        components=(
            Component(
                "activity",
                "com.example.loan.Main",
                True,
                permission=guard,
                process=process,
                filters=(FILTER,),
            ),
            Component(
                "activity",
                "com.example.loan.Alias",
                False,
                permission=guard,
                process=process,
                target="com.example.loan.Main",
            ),
            Component(
                "service",
                "com.other.S",
                False,
                False,
                guard,
                "remote",
                meta_data=(("k", "true"),),
            ),
            Component(
                "provider",
                "com.example.loan.P",
                False,
                permission="R",
                process=process,
                authorities=("p.one", "p.two"),
            ),
        ),
        queries=(
            "package:com.tencent.mm",
            "provider:a.b",
            "provider:c.d",
            "intent:android.intent.action.SEND",
        ),
        cleartext=True,
        debuggable=True,
        allow_backup=False,
        meta_data=(("CHANNEL", "huawei"), ("number", "12"), ("file", "@string/app_name")),
    )


@pytest.mark.parametrize(
    ("kind", "target", "attributes", "has_filter", "expected"),
    [
        ("activity", 30, {}, True, True),
        ("activity", 30, {}, False, False),
        ("activity", 31, {}, True, False),
        ("activity", 30, {"exported": False}, True, False),
        ("receiver", 34, {"exported": True}, False, True),
        ("provider", 16, {}, False, True),
        ("provider", 17, {}, True, False),
        ("provider", 16, {"exported": False}, False, False),
    ],
)
def test_exported(
    kind: str, target: int, attributes: dict[str, bool], has_filter: bool, expected: bool
) -> None:
    component = E(kind, {"name": ".C", **attributes}, (MAIN,) if has_filter else ())
    manifest = read(with_target(target, E("application", {}, (component,)))).manifest
    assert [c.exported for c in manifest.components] == [expected]


def test_exported_by_reference() -> None:
    table = arsc({"bool": {"open": {"": True}}})
    component = E("service", {"name": ".C", "exported": Ref(0x7F010000)})
    root = with_target(33, E("application", {}, (component,)))
    assert read(root, {"resources.arsc": table}).manifest.components[0].exported


def test_application_switched_off_switches_off_components() -> None:
    root = with_target(30, E("application", {"enabled": False}, (E("service", {"name": ".C"}),)))
    assert not read(root).manifest.components[0].enabled


def test_versions_without_uses_sdk() -> None:
    manifest = read(E("manifest", {}, (E("application"),), {"package": "a.b"})).manifest
    assert (manifest.min_sdk, manifest.target_sdk) == (None, None)
    root = E("manifest", {}, (E("uses-sdk", {"minSdkVersion": 19}),), {"package": "a.b"})
    assert read(root).manifest.target_sdk == 19


def test_permissions_that_come_along() -> None:
    contacts = E("uses-permission", {"name": "android.permission.READ_CONTACTS"})
    implied = PermissionRequest(
        "android.permission.READ_CALL_LOG", implied_by="android.permission.READ_CONTACTS"
    )
    asked = PermissionRequest("android.permission.READ_CONTACTS")
    assert read(with_target(15, contacts)).manifest.permissions == (asked, implied)
    assert read(with_target(16, contacts)).manifest.permissions == (asked,)


def test_label_of_the_launcher_stands_in() -> None:
    activity = E("activity", {"name": ".M", "label": "Quick"}, (MAIN,))
    manifest = read(with_target(30, E("application", {}, (activity,)))).manifest
    assert (manifest.label, manifest.labels) == ("Quick", {"": "Quick"})


def test_label_without_a_default() -> None:
    table = arsc({"string": {"l": {"id": "Pinjaman"}}})
    root = with_target(30, E("application", {"label": Ref(0x7F010000)}))
    manifest = read(root, {"resources.arsc": table}).manifest
    assert manifest.label == "Pinjaman"
    assert manifest.labels == {"": "Pinjaman", "id": "Pinjaman"}


def test_decoys_without_resource_id() -> None:
    decoy = E("service", {"name": ".Real"}, decoy={"name": ".Decoy"})
    manifest = read(with_target(30, E("application", {}, (decoy,)))).manifest
    assert [c.name for c in manifest.components] == ["com.x.Real"]


def test_first_of_two_equal_attributes_counts() -> None:
    service = E("service", {"name": ".One", "label": ".Two"})
    document = axml(with_target(30, E("application", {}, (service,))))
    names = struct.pack("<LL", 0x01010001, 0x01010003)  # label and name in the resource map
    twice = document.replace(names, struct.pack("<LL", 0x01010003, 0x01010003))
    package = read_package_bytes("x.apk", zipped({"AndroidManifest.xml": twice}))
    assert [c.name for c in package.manifest.components] == ["com.x.One"]


def test_namespace_of_an_attribute_does_not_matter() -> None:
    document = axml(with_target(30, E("application", {}, (E("service", {"name": ".S"}),))))
    elsewhere = ANDROID.replace("schemas", "scemahs").encode("utf-16-le")
    moved = document.replace(ANDROID.encode("utf-16-le"), elsewhere)
    assert moved != document
    package = read_package_bytes("x.apk", zipped({"AndroidManifest.xml": moved}))
    assert [c.name for c in package.manifest.components] == ["com.x.S"]


def test_second_application_does_not_count() -> None:
    first = E("application", {}, (E("service", {"name": ".One"}),))
    second = E("application", {}, (E("service", {"name": ".Two"}),))
    package = read(with_target(30, first, second))
    assert [c.name for c in package.manifest.components] == ["com.x.One"]
    why = "more than one <application>; the first counts, as on a device"
    where = "app.apk!/AndroidManifest.xml"
    assert Limit("manifest_malformed", where, why) in package.limits


def test_100_000_permissions() -> None:
    many = tuple(E("uses-permission", {"name": f"p.{i}"}) for i in range(100_000))
    package = read(with_target(30, *many))
    assert len(package.manifest.permissions) == 2_000
    why = "more than 2000 permissions; the others were not read"
    assert Limit("budget", "app.apk!/AndroidManifest.xml", why) in package.limits


# ---------------------------------------------------------------- network security


def security(*configs: E, debuggable: bool = False) -> Manifest:
    root = with_target(
        30,
        E(
            "application",
            {
                "networkSecurityConfig": Ref(0x7F010000),
                "usesCleartextTraffic": True,
                "debuggable": debuggable,
            },
        ),
    )
    table = arsc({"xml": {"net": {"": "res/xml/net.xml"}}})
    files = {
        "resources.arsc": table,
        "res/xml/net.xml": axml(E("network-security-config", children=configs)),
    }
    return read(root, files).manifest


def config(tag: str, permitted: bool | None, *children: E) -> E:
    plain = {} if permitted is None else {"cleartextTrafficPermitted": permitted}
    return E(tag, {}, children, plain)


def user_trust() -> E:
    return E("trust-anchors", children=(E("certificates", plain={"src": "user"}),))


def test_network_security_overrides_the_manifest() -> None:
    assert security().cleartext is None
    assert security(config("base-config", False)).cleartext is False


def test_cleartext_domains_inherit() -> None:
    inner = config("domain-config", False, E("domain", content="safe.example"))
    manifest = security(
        config("base-config", False),
        config("domain-config", True, E("domain", content=" API.example "), inner),
        config("domain-config", None, E("domain", content="default.example")),
    )
    assert manifest.cleartext_domains == ("api.example",)


@pytest.mark.parametrize(
    ("tag", "debuggable", "expected"),
    [
        ("base-config", False, True),
        ("domain-config", False, True),
        ("debug-overrides", False, False),
        ("debug-overrides", True, True),
    ],
)
def test_user_certificates(tag: str, debuggable: bool, expected: bool) -> None:
    manifest = security(config(tag, None, user_trust()), debuggable=debuggable)
    assert manifest.user_certificates is expected


def test_missing_configuration_is_told() -> None:
    root = with_target(30, E("application", {"networkSecurityConfig": Ref(0x7F010000)}))
    limits = read(root).limits
    why = "its network-security-config cannot be read"
    assert Limit("resource_malformed", "app.apk!/AndroidManifest.xml", why) in limits
