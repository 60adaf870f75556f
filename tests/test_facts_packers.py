"""Packed apps are named, and no other app is called packed."""

from __future__ import annotations

import random

import pytest

from auditor.catalog import Catalog
from auditor.facts.entries import PackerEntry
from auditor.facts.names import glob_matches
from auditor.facts.packers import Packing, detect_packers, entropy
from auditor.model import Manifest
from tests.facts_fixture import FakeCode, manifest, package

CATALOG = Catalog()
SCREENS = [f"com.suixinhua.app.ui.Screen{n}" for n in range(5)]
DEFINED = [f"L{name.replace('.', '/')};" for name in SCREENS]
NOISE = random.Random(1).randbytes(120_000)


def packing(code: FakeCode, files: dict[str, bytes], of: Manifest) -> Packing:
    return detect_packers(package(files, of), code, CATALOG)


def test_stub_of_a_known_packer() -> None:
    of = manifest(components=SCREENS, application="com.stub.StubApp")
    found = packing(FakeCode(["Lcom/stub/StubApp;"]), {"assets/libjiagu.so": NOISE}, of)
    assert [(p.id, p.confidence) for p in found.packers] == [("qihoo_jiagu", "high")]
    assert [limit.kind for limit in found.limits] == ["packed", "code_not_visible"]
    assert found.limits[0].why.startswith("packed by 360加固保, Qihoo 360 (whole-DEX encryption")
    assert found.limits[1].why == (
        "5 of 6 components that the manifest names are not in DEX (com.suixinhua.app.ui.Screen0, "
        "com.suixinhua.app.ui.Screen1, com.suixinhua.app.ui.Screen2, …): their code is not "
        "visible to this tool; the code may lie in assets/libjiagu.so"
    )


def test_stub_of_an_unknown_packer() -> None:
    of = manifest(components=SCREENS, application="a.b.Shell")
    found = packing(FakeCode(["La/b/Shell;"]), {"assets/data.bin": NOISE}, of)
    assert found.packers == ()
    assert [(x.kind, x.where) for x in found.limits] == [
        ("code_not_visible", "classes.dex"),
        ("packed", "unknown packer"),
    ]


def test_packer_that_keeps_the_classes() -> None:
    of = manifest(components=SCREENS, application="com.secneo.apkwrapper.ApplicationWrapper")
    code = FakeCode([*DEFINED, "Lcom/secneo/apkwrapper/ApplicationWrapper;"])
    found = packing(code, {"lib/arm64-v8a/libDexHelper.so": b""}, of)
    assert [p.id for p in found.packers] == ["secneo"]
    assert [limit.kind for limit in found.limits] == ["packed"]
    assert "method bodies may be hidden" in found.limits[0].why


@pytest.mark.parametrize(
    ("files", "classes"),
    [
        pytest.param({}, DEFINED, id="plain"),
        pytest.param(
            {"lib/arm64-v8a/libBugly.so": b"", "lib/x86/libsgmain.so": b""},
            DEFINED,
            id="SDK libraries",
        ),
        pytest.param(
            {"lib/x86/libshell.so": b"", "lib/x86/libtest.so": b"", "lib/x86/libjni.so": b""},
            DEFINED,
            id="generic names",
        ),
        pytest.param({"assets/model.bin": NOISE}, DEFINED, id="an encrypted asset"),
        pytest.param({}, DEFINED[:-1], id="one component missing"),
    ],
)
def test_normal_app_is_not_packed(files: dict[str, bytes], classes: list[str]) -> None:
    found = packing(FakeCode(classes), files, manifest(components=SCREENS))
    assert (found.packers, found.limits) == ((), ())


def test_tiny_app_without_its_only_component_is_a_stub() -> None:
    found = packing(FakeCode(["La/A;"]), {}, manifest(components=["com.suixinhua.app.Main"]))
    assert [limit.kind for limit in found.limits] == ["code_not_visible", "packed"]


def test_platform_components_need_no_class() -> None:
    found = packing(FakeCode(), {}, manifest(components=["android.app.NativeActivity"]))
    assert found.limits == ()


def test_every_sign_of_the_catalog_recognises_itself() -> None:
    for entry in CATALOG.entries("packers", PackerEntry):
        for name in entry.strong:
            assert glob_matches(name, name.replace("*", "x"))


def test_entropy() -> None:
    assert entropy(b"") == 0.0
    assert entropy(b"aaaa") == 0.0
    assert entropy(bytes(range(256))) == 8.0
