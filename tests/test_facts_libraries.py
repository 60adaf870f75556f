"""Which library a class belongs to, by names that survive and by constants that do."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.catalog import DATA, Catalog
from auditor.facts.configuration import SdkSetting, sdk_settings, with_settings
from auditor.facts.libraries import Owners, identify_libraries, library_entries, owner_of
from auditor.model import CodePlace, Component, DataType, Library, LibrarySetting, Manifest
from tests.facts_fixture import FakeCode, manifest, package, place

CATALOG = Catalog()
BQS = "Lcom/bqs/risk/df/android/BqsParams;"


def found(
    code: FakeCode, files: dict[str, bytes] | None = None, of: Manifest | None = None
) -> dict[str, Library]:
    return {x.id: x for x in identify_libraries(package(files, of), code, CATALOG)}


def test_by_classes_with_version_and_prefixes() -> None:
    code = FakeCode(
        ["Lokhttp3/OkHttpClient;", "Lokhttp3/internal/Util;", "Lcom/suixinhua/app/Main;"],
        {"okhttp/4.9.1": [], "okhttp/x": []},
    )
    library = found(code)["okhttp3"]
    assert library == Library(
        id="okhttp3",
        name="OkHttp",
        vendor="Square",
        evidence=("1 classes in okhttp3", "1 classes in okhttp3.internal"),
        version="4.9.1",
        category="http",
        confidence="high",
        prefixes=("Lokhttp3", "Lcom/squareup/okhttp"),
    )


def test_by_manifest_and_native_library_when_classes_are_hidden() -> None:
    of = Manifest(
        package="com.suixinhua.app",
        components=(Component("service", "cn.jpush.android.service.PushService", False),),
        meta_data=(("UMENG_APPKEY", "x"),),
    )
    libraries = found(FakeCode(), {"lib/arm64-v8a/libtongdun.so": b""}, of)
    assert sorted(libraries) == ["jpush", "tongdun", "umeng"]
    assert libraries["jpush"].evidence == (
        "manifest: service cn.jpush.android.service.PushService",
    )
    assert libraries["tongdun"].evidence == ("native library: libtongdun.so",)
    assert {x.confidence for x in libraries.values()} == {"medium"}


def test_renamed_library_by_its_constants() -> None:
    code = FakeCode(["La/b;", "La/c;"], {"OkHttp Dispatcher": [place("La/b;->c()V", 4)]})
    library = found(code)["okhttp3"]
    assert (library.confidence, library.evidence) == ("low", ("its constants in a.b",))
    assert owner_of("La/b;", (library,)) == "okhttp3"
    assert owner_of("La/c;", (library,)) == "app"


def test_renamed_package_around_constants_and_structure() -> None:
    verifier = "Ljavax/net/ssl/HostnameVerifier;"
    code = FakeCode(
        ["La/a/b;", "La/a/c;", "La/a/d;", *(f"Lcom/x/C{n};" for n in range(9))],
        {"OkHttp Dispatcher": [place("La/a/b;->c()V", 4)]},
        implementors={verifier: ["La/a/c;", "Lcom/x/C1;"]},
        prototypes={
            "La/a/c;": [
                "(Ljava/lang/String;Ljavax/net/ssl/SSLSession;)Z",
                "(Ljava/lang/String;Ljava/security/cert/X509Certificate;)Z",
            ],
            "Lcom/x/C1;": ["(Ljava/lang/String;Ljavax/net/ssl/SSLSession;)Z"],
        },
    )
    library = found(code)["okhttp3"]
    assert (library.confidence, library.evidence) == (
        "medium",
        ("its constants in a.a.b", "its structure in a.a.c", "renamed: 3 classes in a.a"),
    )
    owner = Owners((library,))
    assert [owner(c) for c in ("La/a/d;", "La/b;", "Lcom/x/C1;")] == ["okhttp3", "app", "app"]


@pytest.mark.parametrize("why", ["manifest", "asks", "most", "names"])
def test_packages_that_are_not_one_library(why: str) -> None:
    inside = "Lcode/a/" if why == "names" else "La/a/"
    code = FakeCode(
        [
            f"{inside}b;",
            f"{inside}c;",
            *(f"Lcom/x/C{n};" for n in range(0 if why == "most" else 9)),
        ],
        {"OkHttp Dispatcher": [place(f"{inside}b;->c()V", 4)]},
        calls={("Landroid/content/ContentResolver;", "query"): [place(f"{inside}c;->q()V")]}
        if why == "asks"
        else {},
    )
    of = manifest("com.x", ["a.a.c"] if why == "manifest" else [])
    (library,) = identify_libraries(package(of=of), code, CATALOG)
    assert library.evidence == (f"its constants in {inside[1:].replace('/', '.')}b",)


def test_host_supports_but_makes_no_library() -> None:
    address = {"https://fp.fraudmetrix.cn/x": [place("Lcom/x/A;->a()V")]}
    assert found(FakeCode(strings=address)) == {}
    held = package({"lib/arm64-v8a/libtongdun.so": b""})
    (library,) = identify_libraries(held, FakeCode(strings=address), CATALOG)
    assert (library.confidence, library.evidence) == (
        "high",
        ("native library: libtongdun.so", "host: fp.fraudmetrix.cn"),
    )


def test_own_package_is_never_a_library() -> None:
    code = FakeCode(["Lcom/xiaomi/loan/Main;", "Lcom/xiaomi/push/A;"])
    assert found(code, of=manifest("com.xiaomi.loan")) == {}


def test_modules_say_what_a_scorer_can_read() -> None:
    code = FakeCode(["Lcom/credolab/modular/sms/A;", "Lcom/credolab/core/B;"])
    assert found(code)["credolab"].data_types == ("sms", "photos", "behaviour")


def test_longest_prefix_owns_a_class() -> None:
    libraries = (
        Library("tencent", "", "", (), prefixes=("Lcom/tencent",)),
        Library("bugly", "", "", (), prefixes=("Lcom/tencent/bugly",)),
    )
    owner = Owners(libraries)
    assert owner("Lcom/tencent/bugly/crash/A$1;") == "bugly"
    assert owner("Lcom/tencent/mm/A;") == "tencent"
    assert owner("Lcom/tencentx/A;") == "app"
    assert owner("Lcom/tencent;") == "tencent"


def test_user_adds_a_library(tmp_path: Path) -> None:
    folder = tmp_path / "libraries"
    folder.mkdir()
    (folder / "mine.yaml").write_text(
        "{id: mine, name: Mine, vendor: Me, category: risk, prefixes: [org.mine], source: me}",
        "utf-8",
    )
    catalog = Catalog(DATA, tmp_path)
    libraries = identify_libraries(package(), FakeCode(["Lorg/mine/A;"]), catalog)
    assert [x.id for x in libraries] == ["mine"]


def settings(value: str | None) -> tuple[SdkSetting, ...]:
    at = place("Lcom/suixinhua/app/App;->onCreate()V", 8)
    code = FakeCode(["Lcom/bqs/risk/df/android/BqsDF;"], calls={(BQS, "setGatherContact"): [at]})

    def constant(site: CodePlace, position: int) -> str | None:
        assert (site, position) == (at, 0)
        return value

    libraries = identify_libraries(package(), code, CATALOG)
    return sdk_settings(libraries, manifest(), code, CATALOG, constant)


@pytest.mark.parametrize(("value", "state"), [("true", "on"), ("false", "off"), (None, "unknown")])
def test_configured_or_merely_present(value: str | None, state: str) -> None:
    (setting,) = settings(value)
    assert (setting.library, setting.data_type, setting.state) == ("baiqishi", "contacts", state)
    assert setting.call == f"{BQS}->setGatherContact"


@pytest.mark.parametrize(("value", "state"), [("true", "on"), ("false", "off")])
def test_manifest_configures(value: str, state: str) -> None:
    key = "com.facebook.sdk.AutoLogAppEventsEnabled"
    code, of = FakeCode(["Lcom/facebook/appevents/A;"]), manifest(meta_data=((key, value),))
    libraries = identify_libraries(package(of=of), code, CATALOG)
    (library,) = with_settings(libraries, sdk_settings(libraries, of, code, CATALOG))
    assert library.settings == (
        LibrarySetting(DataType("behaviour"), state, f"{key}={value}", "AndroidManifest.xml"),
    )
    (silent,) = with_settings(libraries, sdk_settings(libraries, manifest(), code, CATALOG))
    assert silent.settings == ()


def test_catalog_is_sound() -> None:
    entries = library_entries(CATALOG)
    prefixes = [p for e in entries for p in e.prefixes]
    assert sorted(p for p in set(prefixes) if prefixes.count(p) > 1) == []
    assert all(p and not p.endswith(".") and "/" not in p for p in prefixes)
    assert all(e.source for e in entries)
