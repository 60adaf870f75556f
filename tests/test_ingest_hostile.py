"""Altered packages are read, told as limits, or refused with one line: nothing else is raised."""

from __future__ import annotations

import io
import random
import struct
import zipfile

import pytest

from auditor.errors import UnreadablePackageError
from auditor.ingest import read_code, read_package_bytes, resource_limits
from auditor.ingest.arsc import Table
from auditor.ingest.axml import read_axml
from auditor.model import Package
from tests.axml import E, Ref, apk, arsc, axml, manifest, zipped
from tests.test_ingest_resources import FILES, LAYOUT, STRING, TYPES
from tests.test_ingest_signing import V1, V2, V3, scheme_block, signing_block, with_block

ROOT = manifest(
    E("uses-permission", {"name": "android.permission.READ_CONTACTS"}),
    E(
        "application",
        {"label": Ref(STRING), "networkSecurityConfig": Ref(LAYOUT)},
        (E("activity", {"name": ".Main", "exported": True}), E("service", {"name": ".S"})),
    ),
)
SIGNED = with_block(
    apk(ROOT, {**FILES, **V1, "resources.arsc": arsc(TYPES), "assets/a.apk": apk()}),
    signing_block({V2: scheme_block(), V3: scheme_block()}),
)
STORED = zipped(
    {"AndroidManifest.xml": axml(ROOT), "resources.arsc": arsc(TYPES), **FILES}, deflate=False
)


def use(package: Package) -> None:
    """Ask for everything that is read on demand."""
    read_code(package)
    for file in package.files:
        try:
            file.load()
        except UnreadablePackageError as error:
            assert "\n" not in str(error)  # noqa: PT017
    for res_id in (STRING, STRING + 1, LAYOUT, LAYOUT + 1, 0x7F030000):
        package.resources.string(res_id)
        package.resources.layout(res_id)
        package.resources.array(res_id)
        package.resources.name(res_id)
    package.resources.strings()
    package.resources.id_of("string/app_name")
    resource_limits(package)


def outcome(data: bytes) -> str:
    try:
        package = read_package_bytes("x.apk", data)
    except UnreadablePackageError as error:
        assert str(error).startswith("x.apk: ")  # noqa: PT017
        assert "\n" not in str(error)  # noqa: PT017
        return "refused"
    use(package)
    return "limits" if package.limits else "clean"


def altered(data: bytes, chance: random.Random) -> bytes:
    raw = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 6))):
        at = chance.randrange(max(1, len(raw)))
        kind = chance.randrange(5)
        if kind == 0:
            raw[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            raw[at : at + 4] = struct.pack("<L", chance.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF)))
        elif kind == 2:
            del raw[at : at + chance.randrange(1, 9)]
        elif kind == 3:
            raw[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 9)))
        else:
            raw = raw[: max(1, at)] if chance.random() < 0.1 else raw
    return bytes(raw)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("data", [SIGNED, STORED], ids=["signed", "stored"])
def test_altered_archives(data: bytes, seed: int) -> None:
    chance = random.Random(seed)
    outcomes = {outcome(altered(data, chance)) for _ in range(60)}
    assert outcomes >= {"refused", "limits"}


@pytest.mark.parametrize("seed", range(3))
def test_altered_manifests_and_tables(seed: int) -> None:
    chance = random.Random(seed)
    document, table = axml(ROOT), arsc(TYPES)
    for _ in range(60):
        files = {"resources.arsc": altered(table, chance), **FILES}
        files["AndroidManifest.xml"] = altered(document, chance)
        outcome(zipped(files, deflate=False))


def test_prefixes_of_a_manifest_and_a_table() -> None:
    document, table = axml(ROOT), arsc(TYPES)
    for size in range(0, len(document), 7):
        assert read_axml(document[:size]).problems
    for size in range(0, len(table), 11):
        assert Table(table[:size]).problems


def test_every_byte_of_a_stored_manifest_matters_or_is_told() -> None:
    """An altered byte inside the manifest always leaves a trace, if only its checksum."""
    start = STORED.index(axml(ROOT))
    for at in range(start, start + len(axml(ROOT)), 13):
        data = STORED[:at] + bytes([STORED[at] ^ 0x55]) + STORED[at + 1 :]
        kinds = {limit.kind for limit in read_package_bytes("x.apk", data).limits}
        assert kinds & {"archive_malformed", "manifest_malformed"}


def test_two_manifests() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("AndroidManifest.xml", axml(ROOT))
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("AndroidManifest.xml", axml(manifest(package="com.decoy")))
    package = read_package_bytes("x.apk", out.getvalue())
    assert package.manifest.package == "com.example.loan"
    assert "archive_malformed" in {limit.kind for limit in package.limits}


def test_strings_without_lone_surrogates() -> None:
    """Reports are UTF-8: a lone surrogate in a manifest or a name must not reach them."""
    label = "bad\ud800label"
    document = axml(
        E("manifest", {}, (E("application", {"label": "XXXXXXXXX"}),), {"package": "a"})
    )
    old = "XXXXXXXXX".encode("utf-16-le")
    document = document.replace(old, label.encode("utf-16-le", "surrogatepass"))
    package = read_package_bytes("x.apk", zipped({"AndroidManifest.xml": document}))
    package.manifest.label.encode()
    assert package.manifest.label == "bad�label"


def test_nothing_is_written(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a file was opened")

    data = apk(None, {"../../evil": b"1", "/etc/evil": b"2"})
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr("os.open", refuse)
    package = read_package_bytes("x.apk", data)
    assert [f.load() for f in package.files if "evil" in f.name] == [b"1", b"2"]
