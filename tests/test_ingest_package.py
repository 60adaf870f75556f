"""Whatever package a user holds is one app: its parts, files, code and what hides in it."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.errors import UnreadablePackageError
from auditor.ingest import (
    dex_files,
    nested_packages,
    read_code,
    read_package,
    read_package_bytes,
    resource_limits,
)
from auditor.model import Limit, Part
from tests.axml import DEX, E, apk, arsc, axml, manifest, zipped


def split(name: str, files: Mapping[str, bytes], *children: E) -> bytes:
    root = manifest(E("application", {}, children), split=name)
    return zipped({"AndroidManifest.xml": axml(root), **files})


BASE = apk(
    manifest(E("application", {"label": "Loan"})),
    {"resources.arsc": arsc({"string": {"s": {"": "base"}}}), "assets/terms.html": b"<p>"},
)
ZH = split("config.zh", {"resources.arsc": arsc({"string": {"s": {"zh": "分"}}})})
ARM = split("config.arm64_v8a", {"lib/arm64-v8a/libx.so": b"\x7fELF" + b"0" * 60})
FEATURE = split("pay", {"classes.dex": DEX}, E("service", {"name": ".Pay"}))


def kinds(limits: tuple[Limit, ...]) -> set[str]:
    return {limit.kind for limit in limits} - {"signature"}


def test_single_apk(tmp_path: Path) -> None:
    path = tmp_path / "loan.apk"
    path.write_bytes(BASE)
    package = read_package(path)
    digest = hashlib.sha256(BASE).hexdigest()
    assert (package.path, package.name, package.sha256) == (str(path), "loan.apk", digest)
    older = hashlib.md5(BASE).hexdigest(), hashlib.sha1(BASE).hexdigest()
    assert package.parts == (Part("loan.apk", digest, len(BASE), *older),)
    assert [f.name for f in package.files] == [
        "AndroidManifest.xml",
        "assets/terms.html",
        "classes.dex",
        "resources.arsc",
    ]
    terms = package.files[1]
    assert (terms.part, terms.size, terms.load()) == ("loan.apk", 3, b"<p>")
    assert dex_files(package) == (("classes.dex", DEX),)
    assert package.limits == (Limit("signature", "loan.apk", "no signing certificate was found"),)
    assert resource_limits(package) == ()


BUNDLES = {
    "xapk": {
        "manifest.json": b"{}",
        "com.example.loan.apk": BASE,
        "config.zh.apk": ZH,
        "config.arm64_v8a.apk": ARM,
        "pay.apk": FEATURE,
    },
    "apkm": {
        "info.json": b"{}",
        "base.apk": BASE,
        "split_config.zh.apk": ZH,
        "split_config.arm64_v8a.apk": ARM,
        "split_pay.apk": FEATURE,
    },
    "apks": {
        "toc.pb": b"",
        "splits/base-master.apk": BASE,
        "splits/base-zh.apk": ZH,
        "splits/base-arm64_v8a.apk": ARM,
        "splits/pay-master.apk": FEATURE,
    },
}


@pytest.mark.parametrize("deflate", [True, False])
@pytest.mark.parametrize("kind", list(BUNDLES))
def test_bundles_are_one_app(kind: str, deflate: bool) -> None:
    package = read_package_bytes(f"app.{kind}", zipped(BUNDLES[kind], deflate=deflate))
    assert kinds(package.limits) == set()
    assert len(package.parts) == 4
    assert package.parts[0].sha256 == hashlib.sha256(BASE).hexdigest()
    assert package.manifest.label == "Loan"
    assert [c.name for c in package.manifest.components] == ["com.example.loan.Pay"]
    assert package.resources.string(0x7F010000) == {"": "base", "zh": "分"}
    names = {file.name for file in package.files}
    assert {"lib/arm64-v8a/libx.so", "assets/terms.html"} <= names
    pay = next(part.name for part in package.parts if "pay" in part.name)
    assert [name for name, _ in dex_files(package)] == ["classes.dex", f"{pay}!/classes.dex"]


def test_folder_of_splits(tmp_path: Path) -> None:
    for name, data in {"base.apk": BASE, "split_zh.apk": ZH, "notes.txt": b"-"}.items():
        (tmp_path / name).write_bytes(data)
    package = read_package(tmp_path)
    assert [part.name for part in package.parts] == ["base.apk", "split_zh.apk"]
    digests = sorted(hashlib.sha256(data).hexdigest() for data in (BASE, ZH))
    assert package.sha256 == hashlib.sha256("".join(digests).encode()).hexdigest()
    assert package.size == len(BASE) + len(ZH)


def test_folder_of_two_apps(tmp_path: Path) -> None:
    (tmp_path / "a.apk").write_bytes(BASE)
    (tmp_path / "b.apk").write_bytes(apk(manifest(package="com.other")))
    with pytest.raises(UnreadablePackageError, match="apps: com.example.loan, com.other"):
        read_package(tmp_path)


def test_alternatives_are_left_aside_and_told() -> None:
    other = apk(manifest(package="com.other"))
    data = zipped(
        {
            "splits/base-master.apk": BASE,
            "splits/base-zh.apk": ZH,
            "splits/base-zh_2.apk": ZH,
            "splits/other.apk": other,
            "standalones/standalone.apk": BASE,
            "main.7.com.example.loan.obb": b"obb",
        }
    )
    package = read_package_bytes("x.apks", data)
    assert [part.name for part in package.parts] == ["base-master.apk", "base-zh.apk"]
    told = {(limit.where, limit.why) for limit in package.limits if limit.kind == "not_examined"}
    assert told == {
        ("x.apks!/standalones/standalone.apk", "an alternative to the splits"),
        ("x.apks!/base-zh_2.apk", "another variant of the split config.zh"),
        ("x.apks!/other.apk", "belongs to another app, com.other"),
        (
            "x.apks!/main.7.com.example.loan.obb",
            "an expansion file (OBB), not part of the app's code",
        ),
    }


def test_bundle_with_a_broken_part() -> None:
    package = read_package_bytes("x.xapk", zipped({"base.apk": BASE, "config.zh.apk": ZH[:50]}))
    why = "config.zh.apk: truncated ZIP archive (its central directory is missing)"
    assert Limit("not_examined", "x.xapk!/config.zh.apk", why) in package.limits


def test_parts_with_one_name_keep_their_places() -> None:
    package = read_package_bytes("x.xapk", zipped({"a/base.apk": BASE, "b/base.apk": ZH}))
    assert [part.name for part in package.parts] == ["a/base.apk#1", "b/base.apk#2"]


def test_name_of_a_part_is_harmless() -> None:
    package = read_package_bytes("x.xapk", zipped({"ba\nse.apk": BASE}))
    assert [part.name for part in package.parts] == ["ba\\u000ase.apk"]


def test_splits_without_their_base() -> None:
    package = read_package_bytes("x.apks", zipped({"a.apk": ZH, "b.apk": ARM}))
    why = "the base APK is missing; only splits are here"
    assert Limit("not_examined", "x.apks", why) in package.limits
    assert "code_not_visible" in kinds(package.limits)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "x: the file is empty", id="empty"),
        pytest.param(b"GIF89a" * 9, "x: not a ZIP archive", id="other format"),
        pytest.param(BASE[:-200], "x: truncated ZIP archive", id="truncated"),
        pytest.param(zipped({"a": b""}), "x: a ZIP archive without AndroidManifest", id="zip"),
        pytest.param(
            zipped({"base/manifest/AndroidManifest.xml": b""}), "x: an Android App Bundle", id="aab"
        ),
        pytest.param(
            zipped({"a.apk": b"?"}), "x: none of its APKs can be read: a.apk: not a", id="bundle"
        ),
    ],
)
def test_unreadable(data: bytes, message: str) -> None:
    with pytest.raises(UnreadablePackageError, match=message):
        read_package_bytes("x", data)


def test_encrypted() -> None:
    data = zipped({"AndroidManifest.xml": b"\xa7" * 40, "classes.dex": b"\xa7" * 90})
    flag = data.rindex(b"AndroidManifest.xml") - 46 + 8
    with pytest.raises(UnreadablePackageError, match="x: encrypted"):
        read_package_bytes("x", data[:flag] + b"\1\0" + data[flag + 2 :])


def test_paths_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePackageError, match="none.apk: no such file"):
        read_package(tmp_path / "none.apk")
    with pytest.raises(UnreadablePackageError, match="no .apk file in this folder"):
        read_package(tmp_path)
    with pytest.raises(UnreadablePackageError, match="File name too long"):
        read_package(tmp_path / ("x" * 5000))


def test_unreadable_manifest_leaves_the_rest() -> None:
    package = read_package_bytes("x.apk", zipped({"AndroidManifest.xml": b"?", "classes.dex": DEX}))
    where = "x.apk!/AndroidManifest.xml"
    assert Limit("manifest_malformed", where, "not binary XML (too short)") in package.limits
    assert package.manifest.package == ""
    assert dex_files(package) == (("classes.dex", DEX),)


# ---------------------------------------------------------------- code


def test_order_of_dex_files() -> None:
    names = ["classes.dex", *(f"classes{i}.dex" for i in (2, 3, 10, 11))]
    package = read_package_bytes("x.apk", apk(None, dict.fromkeys(names[1:], DEX)))
    assert [name for name, _ in dex_files(package)] == [
        "classes.dex",
        "classes2.dex",
        "classes3.dex",
    ]
    told = [limit.where for limit in package.limits if limit.kind == "dynamic_code"]
    assert told == ["x.apk!/classes10.dex", "x.apk!/classes11.dex"]


def test_no_code() -> None:
    package = read_package_bytes("x.apk", zipped({"AndroidManifest.xml": axml(manifest())}))
    why = "no DEX code where Android loads it from"
    assert Limit("code_not_visible", "x.apk", why) in package.limits


def test_hidden_code() -> None:
    files = {
        "assets/logo.png": DEX,
        "res/raw/plugin.bin": zipped({"classes.dex": DEX}),
        "assets/data.zip": zipped({"readme": b"-"}),
        "assets/cut.zip": zipped({"readme": b"-"})[:20],
    }
    package = read_package_bytes("x.apk", apk(None, files))
    assert [limit for limit in package.limits if limit.kind != "signature"] == [
        Limit("budget", "x.apk!/assets/cut.zip", "an archive inside; it was not opened"),
        Limit("dynamic_code", "x.apk!/assets/logo.png", "DEX outside the places Android loads"),
        Limit(
            "dynamic_code",
            "x.apk!/res/raw/plugin.bin",
            "DEX outside the places Android loads, inside an archive",
        ),
    ]


def test_many_hidden_files_are_counted() -> None:
    files = {f"assets/{i:03}": DEX for i in range(50)}
    package = read_package_bytes("x.apk", apk(None, files))
    hidden = [limit for limit in package.limits if limit.kind == "dynamic_code"]
    assert len(hidden) == 21
    assert hidden[-1].where == "50 places in all"


def test_nested_apk() -> None:
    inner = apk(manifest(package="com.inner"))
    package = read_package_bytes("x.apk", apk(None, {"assets/up.dat": inner}))
    assert package.nested == ("x.apk!/assets/up.dat",)
    why = "an APK inside the app; it was not examined (use --nested)"
    assert Limit("nested_apk", "x.apk!/assets/up.dat", why) in package.limits
    assert list(nested_packages(package)) == [("x.apk!/assets/up.dat", inner)]
    name, data = next(nested_packages(package))
    assert read_package_bytes(name, data).manifest.package == "com.inner"
    audited = read_package_bytes("x.apk", apk(None, {"assets/up.dat": inner}), nested=True)
    assert kinds(audited.limits) == set()


def test_dex_before_the_archive() -> None:
    package = read_package_bytes("x.apk", DEX + BASE)
    why = "a DEX file stands before the archive; Android 5 to 8 may run it instead of classes.dex"
    assert Limit("dynamic_code", "x.apk", why) in package.limits


def test_altered_dex_is_told() -> None:
    package = read_package_bytes("x.apk", BASE)
    files = tuple(replace(file, crc=1) for file in package.files)
    code = read_code(replace(package, files=files))
    assert code.files == (("classes.dex", DEX),)
    assert [(limit.kind, limit.where) for limit in code.limits] == [
        ("archive_malformed", "x.apk!/classes.dex")
    ]
    assert package.files[2].crc == zlib.crc32(DEX)


def test_unreadable_dex_is_told() -> None:
    data = apk(None, {"classes2.dex": b"\0" * (40 << 20)})
    package = read_package_bytes("x.apk", data)
    code = read_code(package)
    assert [name for name, _ in code.files] == ["classes.dex"]
    where = "x.apk!/classes2.dex"
    assert code.limits == (Limit("dex_malformed", where, "its content cannot be read"),)
    (budget,) = [limit for limit in package.limits if limit.where == where]
    assert "looks like a ZIP bomb" in budget.why


def test_a_damaged_file_is_told_and_hides_no_other() -> None:
    """Also one that no manifest names: what is read on demand is told when it was read."""
    data = bytearray(apk(None, {"assets/a.js": b"a" * 99, "assets/b.js": bytes(range(200))}))
    data[data.index(b"assets/b.js") + 30] ^= 0xFF
    package = read_package_bytes("x.apk", bytes(data))
    loaded = {file.name: file.load() for file in package.files}
    assert loaded["assets/a.js"] == b"a" * 99
    assert [(x.kind, x.where) for x in resource_limits(package)] == [
        ("archive_malformed", "x.apk!/assets/b.js")
    ]


def test_checksums_of_a_dex_are_compared() -> None:
    for at, why in ((20, "SHA-1"), (60, "checksum"), (8, "checksum")):
        dex = bytearray(DEX)
        dex[at] ^= 1
        if at == 20:
            dex[8:12] = zlib.adler32(dex[12:]).to_bytes(4, "little")
        (limit,) = read_code(
            read_package_bytes("x.apk", apk(None, {"classes.dex": bytes(dex)}))
        ).limits
        assert (limit.kind, limit.where) == ("archive_malformed", "x.apk!/classes.dex")
        assert why in limit.why


SAMPLES = sorted((Path(__file__).parent.parent / "samples").glob("*/app.ap*"))


@pytest.mark.parametrize("path", SAMPLES, ids=[path.parent.name for path in SAMPLES])
def test_samples_are_read_whole(path: Path) -> None:
    package = read_package(path)
    for file in package.files:
        assert len(file.load()) == file.size
    assert [name for name, _ in dex_files(package)][0] == "classes.dex"
    assert read_code(package).limits == ()
    assert kinds(package.limits) == set()
    assert [signer.scheme.split("+")[0] for signer in package.signers] == ["v1"]
    assert "." in package.manifest.package
    assert package.manifest.label
    assert package.manifest.permissions
