"""Which library a class belongs to, by names that survive and by constants that do."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.catalog import DATA, Catalog
from auditor.facts.configuration import SdkSetting, sdk_settings
from auditor.facts.libraries import Owners, identify_libraries, library_entries, owner_of
from auditor.model import CodePlace, Component, Library, Manifest
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
    return sdk_settings(libraries, code, CATALOG, constant)


@pytest.mark.parametrize(("value", "state"), [("true", "on"), ("false", "off"), (None, "unknown")])
def test_configured_or_merely_present(value: str | None, state: str) -> None:
    (setting,) = settings(value)
    assert (setting.library, setting.data_type, setting.state) == ("baiqishi", "contacts", state)
    assert setting.call == f"{BQS}->setGatherContact"


def test_catalog_is_sound() -> None:
    entries = library_entries(CATALOG)
    prefixes = [p for e in entries for p in e.prefixes]
    assert sorted(p for p in set(prefixes) if prefixes.count(p) > 1) == []
    assert all(p and not p.endswith(".") and "/" not in p for p in prefixes)
    assert all(e.source for e in entries)
