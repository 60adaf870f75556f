"""Binary XML is read as Android's ResXMLTree reads it, whatever other parsers expect."""

from __future__ import annotations

import struct

import pytest
from androguard.core.axml import AXMLPrinter
from loguru import logger

from auditor.ingest import axml as reader
from auditor.ingest.axml import Document, Element, read_axml
from auditor.ingest.chunks import StringPool, chunk_at
from tests.axml import ANDROID, E, Ref, axml, chunk, string_pool

TREE = E(
    "manifest",
    {"versionCode": 7},
    (
        E("uses-permission", {"name": "android.permission.READ_CONTACTS"}),
        E("application", {"label": Ref(0x7F010000), "debuggable": True}),
    ),
    {"package": "com.example.借"},
)


def shape(element: Element) -> tuple[str, list[tuple[int, str, int, str]], list[object]]:
    attributes = [(a.id, a.name, a.type, a.text or str(a.data)) for a in element.attributes]
    return element.name, attributes, [shape(child) for child in element.children]


EXPECTED: tuple[str, list[tuple[int, str, int, str]], list[object]] = (
    "manifest",
    [(0x0101021B, "versionCode", reader.INT, "7"), (0, "package", reader.STRING, "com.example.借")],
    [
        (
            "uses-permission",
            [(0x01010003, "name", reader.STRING, "android.permission.READ_CONTACTS")],
            [],
        ),
        (
            "application",
            [
                (0x01010001, "label", reader.REFERENCE, str(0x7F010000)),
                (0x0101000F, "debuggable", reader.BOOLEAN, str(0xFFFFFFFF)),
            ],
            [],
        ),
    ],
)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(axml(TREE), id="ordinary, UTF-16"),
        pytest.param(axml(TREE, utf8=True), id="UTF-8"),
        pytest.param(axml(TREE, node_header=24), id="node headers of 24 bytes"),
        pytest.param(axml(TREE, before_nodes=chunk(0x0999, b"junk")), id="unknown chunk"),
        pytest.param(axml(TREE, first_type=0), id="file type 0"),
        pytest.param(axml(TREE, pool_header=40), id="long header of the string pool"),
        pytest.param(axml(TREE) + b"trailing", id="trailing bytes"),
    ],
)
def test_accepted_as_android_does(data: bytes) -> None:
    document = read_axml(data)
    assert document.problems == ()
    assert document.root is not None
    assert shape(document.root) == EXPECTED


def test_decoy_attribute_has_no_id() -> None:
    root = read_axml(axml(E("x", {"name": "real"}, decoy={"name": "decoy"}))).root
    assert root is not None
    assert [a.text for a in root.attributes] == ["decoy", "real"]
    found = root.by_id(0x01010003)
    assert found is not None
    assert found.text == "real"


def test_text_and_walk() -> None:
    root = read_axml(axml(E("a", children=(E("b", content="t"), E("c", children=(E("d"),)))))).root
    assert root is not None
    assert [e.name for e in root.walk()] == ["a", "b", "c", "d"]
    assert root.children[0].content == "t"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(b"", "not binary XML (too short)", id="empty"),
        pytest.param(b"<?xml version='1.0'?>", "text XML where binary XML is required", id="text"),
        pytest.param(b"\xff" * 40, "the file claims 4294967295 bytes and has 40", id="size"),
        pytest.param(b"\0" * 40, "not binary XML", id="zeros"),
        pytest.param(chunk(3, b""), "no XML node", id="no nodes"),
        pytest.param(chunk(3, chunk(0x0103, b"\0" * 16)), "no string pool", id="no strings"),
    ],
)
def test_refused(data: bytes, problem: str) -> None:
    document = read_axml(data)
    assert document.root is None
    assert document.problems[0] == problem


def test_claimed_size_beyond_the_file() -> None:
    document = read_axml(axml(TREE, claim=1000))
    assert document.root is not None
    assert shape(document.root) == EXPECTED
    assert len(document.problems) == 1


def test_reading_stops_where_android_stops() -> None:
    data = axml(TREE)
    cut = data[:4] + struct.pack("<L", len(data) - 30) + data[8 : len(data) - 30]
    document = read_axml(cut)
    assert document.problems == ("a chunk whose size does not fit",)
    assert document.root is not None
    assert shape(document.root) == EXPECTED  # only end tags are missing


def test_attributes_that_do_not_fit() -> None:
    data = bytearray(axml(E("x", {"name": "y"})))
    at = data.rindex(struct.pack("<HHH", 20, 20, 1))
    data[at + 4 : at + 6] = b"\xff\xff"
    document = read_axml(bytes(data))
    assert document == Document(None, ("an element whose attributes do not fit into it",))


def test_depth_is_bounded() -> None:
    element = E("leaf")
    for _ in range(reader.MAX_DEPTH + 10):
        element = E("e", children=(element,))
    document = read_axml(axml(element))
    assert document.problems == ("elements nested more than 200 deep",)
    assert document.root is not None
    assert sum(1 for _ in document.root.walk()) == reader.MAX_DEPTH


def test_count_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_ELEMENTS", 10)
    document = read_axml(axml(E("a", children=tuple(E("b") for _ in range(50)))))
    assert document.problems == ("more than 10 elements or 600000 attributes",)
    assert document.root is not None
    assert len(document.root.children) == 9


def pool_of(data: bytes) -> StringPool:
    found = chunk_at(data, 0, len(data))
    assert found is not None
    return StringPool(data, found)


@pytest.mark.parametrize("utf8", [True, False])
def test_strings(utf8: bool) -> None:
    texts = ["", "a", "借款😀", "x" * 200, "y" * 20_000]
    pool = pool_of(string_pool(texts, utf8=utf8))
    assert [pool[i] for i in range(5)] == texts
    assert pool[5] == pool[-1] == pool[0xFFFFFFFF] == ""
    assert not pool.malformed


def test_string_outside_the_pool_is_missing() -> None:
    data = bytearray(string_pool(["one", "two"]))
    data[28:32] = b"\xff\xff\xff\x7f"
    pool = pool_of(bytes(data))
    assert [pool[0], pool[1]] == ["", "two"]


def test_pool_that_claims_more_strings_than_bytes() -> None:
    data = bytearray(string_pool(["one"]))
    data[8:12] = b"\xff\xff\xff\xff"
    pool = pool_of(bytes(data))
    assert pool.malformed
    assert pool[0] == "one"


def test_overlapping_strings_cost_a_bounded_amount() -> None:
    length = 30_000
    body = b"".join(struct.pack("<H", length) for _ in range(length))
    count = 20_000
    head = struct.pack("<5L", count, 0, 0, 28 + 4 * count, 0)
    data = chunk(1, struct.pack(f"<{count}L", *range(0, 2 * count, 2)) + body, head)
    pool = pool_of(data)
    assert sum(len(pool[i]) for i in range(count)) <= len(data) + (1 << 19) + 32_768
    assert pool.exhausted


@pytest.mark.parametrize("utf8", [True, False])
def test_androguard_agrees(utf8: bool) -> None:
    """The documents that these tests write are what other readers take for binary XML, too."""
    logger.disable("androguard")
    root = AXMLPrinter(axml(TREE, utf8=utf8)).get_xml_obj()
    assert [element.tag for element in root.iter()] == [
        "manifest",
        "uses-permission",
        "application",
    ]
    assert root.get("package") == "com.example.借"
    assert root[0].get(f"{{{ANDROID}}}name") == "android.permission.READ_CONTACTS"
