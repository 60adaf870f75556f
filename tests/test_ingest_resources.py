"""Resource tables of all parts answer as one; layouts follow references and includes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from androguard.core.axml import ARSCParser
from loguru import logger

from auditor.ingest import arsc as table_module
from auditor.ingest import axml as axml_module
from auditor.ingest import resources as resources_module
from auditor.ingest.archive import Archive, open_archive
from auditor.ingest.arsc import Table
from auditor.ingest.resources import AppResources, scalar
from auditor.ingest.source import BytesSource
from auditor.model import Limit, View
from tests.axml import E, Entries, Ref, arsc, axml, zipped

STRING, LAYOUT, ARRAY, IDS = 0x7F010000, 0x7F020000, 0x7F030000, 0x7F040000
TYPES: Mapping[str, Entries] = {
    "string": {
        "app_name": {"": "Loan", "zh-CN": "借款", "zh-Hant-TW": "貸款", "land": "Wide"},
        "same": {"": Ref(STRING)},
        "loop": {"": Ref(STRING + 2)},
        "only_zh": {"zh": "只有"},
    },
    "layout": {
        "main": {"": "res/a.xml", "land": "res/b.xml"},
        "part": {"": "res/part.xml"},
        "gone": {"": "res/missing.xml"},
        "bad": {"": "res/bad.xml"},
    },
    "array": {"relations": {"": ("Parent", Ref(STRING)), "zh": ("父母",)}},
    "id": {"button": {"": False}},
}
MAIN = E(
    "LinearLayout",
    children=(
        E(
            "Button",
            {"id": Ref(IDS), "onClick": "onSubmit", "text": Ref(STRING)},
        ),
        E("EditText", {"text": "literal", "inputType": 3}),
        E("include", {"id": Ref(IDS)}, plain={"layout": Ref(LAYOUT + 1)}),
        E("fragment", {"name": "com.app.One"}),
        E("fragment", plain={"class": "com.app.Two"}),
        E("view", plain={"class": "com.app.Custom"}),
    ),
)
PART = E("TextView", {"text": "inside"})
WIDE = E("LinearLayout", children=(E("Button", {"onClick": "onWide"}),))
FILES = {
    "res/a.xml": axml(MAIN),
    "res/b.xml": axml(WIDE),
    "res/part.xml": axml(PART),
    "res/bad.xml": b"<LinearLayout/>",
}


def archive(files: dict[str, bytes], name: str = "base.apk") -> Archive:
    return open_archive(BytesSource(zipped(files)), name)


@pytest.fixture
def resources() -> AppResources:
    return AppResources([(archive(FILES), Table(arsc(TYPES)))])


def test_strings_in_every_locale(resources: AppResources) -> None:
    assert resources.string(STRING) == {"": "Loan", "zh-CN": "借款", "zh-Hant-TW": "貸款"}
    assert resources.string(STRING + 1) == resources.string(STRING)
    assert resources.string(STRING + 2) == {}
    assert resources.string(STRING + 3) == {"zh": "只有"}
    assert resources.string(0x01040000) == resources.string(STRING + 99) == {}


def test_names_and_ids(resources: AppResources) -> None:
    assert resources.name(STRING + 1) == "string/same"
    assert resources.name(LAYOUT) == "layout/main"
    assert resources.name(0) == ""
    assert resources.id_of("array/relations") == ARRAY
    assert resources.id_of("array/none") is None
    assert resources.id_of("nonsense") is None


def test_arrays(resources: AppResources) -> None:
    assert resources.array(ARRAY) == ("Parent", "Loan")
    assert resources.array(STRING) == ()


def test_all_strings(resources: AppResources) -> None:
    found = resources.strings()
    assert list(found) == ["app_name", "loop", "only_zh", "same"]
    assert found["only_zh"] == {"zh": "只有"}


def test_layout(resources: AppResources) -> None:
    assert resources.layout(LAYOUT) == (
        View("LinearLayout"),
        View("Button", IDS, "onSubmit", "Loan"),
        View("EditText", None, "", "literal", "", 3),
        View("TextView", IDS, "", "inside"),
        View("fragment", None, "", "", "com.app.One"),
        View("fragment", None, "", "", "com.app.Two"),
        View("com.app.Custom"),
        View("Button", None, "onWide"),
    )
    assert resources.layout(LAYOUT + 2) == ()
    assert resources.limits() == ()


def test_unreadable_layout_is_told(resources: AppResources) -> None:
    assert resources.layout(LAYOUT + 3) == ()
    why = "text XML where binary XML is required"
    assert resources.limits() == (Limit("resource_malformed", "base.apk!/res/bad.xml", why),)


def test_include_of_itself_ends() -> None:
    loop = E("merge", children=(E("include", plain={"layout": Ref(LAYOUT)}), E("Button")))
    table = Table(arsc({"string": {}, "layout": {"main": {"": "l.xml"}}}))
    found = AppResources([(archive({"l.xml": axml(loop)}), table)]).layout(LAYOUT)
    assert found == (View("Button"),)


def test_splits_add_locales_and_files() -> None:
    base: Mapping[str, Entries] = {
        "string": {"app_name": {"": "Loan"}},
        "layout": {"main": {"": "res/main.xml"}},
    }
    split = {"string": {"app_name": {"zh": "借款"}}}
    feature = arsc({"string": {"extra": {"": "More"}}}, package=0x80)
    resources = AppResources(
        [
            (archive({}), Table(arsc(base))),
            (archive({"res/main.xml": axml(PART)}, "split.apk"), Table(arsc(split))),
            (archive({}, "feature.apk"), Table(feature)),
            (archive({}, "abi.apk"), None),
        ]
    )
    assert resources.string(STRING) == {"": "Loan", "zh": "借款"}
    assert resources.string(0x80010000) == {"": "More"}
    assert resources.layout(LAYOUT) == (View("TextView", None, "", "inside"),)
    assert list(resources.strings()) == ["app_name", "extra"]


def test_sparse_table() -> None:
    table = Table(arsc(TYPES, sparse=True))
    resources = AppResources([(archive(FILES), table)])
    assert resources.string(STRING + 3) == {"zh": "只有"}
    assert resources.id_of("string/only_zh") == STRING + 3
    assert table.problems == []


def test_references_that_branch_end_early() -> None:
    many = {f"{a}{b}": Ref(STRING + 1) for a in "abcdefghij" for b in "abcdefghij"}
    back = {f"{a}{b}": Ref(STRING) for a in "abcdefghij" for b in "abcdefghij"}
    resources = AppResources([(archive({}), Table(arsc({"string": {"one": many, "two": back}})))])
    assert resources.string(STRING) == {}


def test_lookups_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "MAX_PROBES", 11)
    found = AppResources([(archive(FILES), Table(arsc(TYPES)))])
    assert [bool(found.string(STRING)) for _ in range(4)] == [True, True, False, False]
    why = "overlapping strings or too many configurations; not all were read"
    assert found.limits() == (Limit("budget", "resources.arsc", why),)


def test_elements_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources_module, "MAX_ELEMENTS", 1)
    found = AppResources([(archive(FILES), Table(arsc(TYPES)))])
    assert found.layout(LAYOUT + 1) == (View("TextView", None, "", "inside"),)
    assert found.layout(LAYOUT) == ()
    assert {limit.kind for limit in found.limits()} == {"budget"}


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        (axml_module.INT, 0xFFFFFFFF, "-1"),
        (axml_module.BOOLEAN, 1, "true"),
        (axml_module.HEX, 255, "0xff"),
        (axml_module.FLOAT, 0x3FC00000, "1.5"),
        (0x1C, 0xFF112233, "0xff112233"),
        (0, 0, ""),
    ],
)
def test_scalars(kind: int, data: int, text: str) -> None:
    assert scalar(kind, data, "") == text


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(b"", "not a resource table", id="empty"),
        pytest.param(b"\xff" * 64, "the table's size does not fit the file", id="garbage"),
        pytest.param(arsc(TYPES)[:-40], "the table's size does not fit the file", id="cut"),
    ],
)
def test_malformed_tables(data: bytes, problem: str) -> None:
    assert Table(data).problems[0] == problem


def test_cut_table_keeps_what_is_whole() -> None:
    data = arsc(TYPES)
    resources = AppResources([(archive(FILES), Table(data + b"\0\0\0\0"))])
    assert resources.string(STRING)["zh-CN"] == "借款"


def test_androguard_agrees(resources: AppResources) -> None:
    logger.disable("androguard")
    parser = ARSCParser(arsc(TYPES))
    texts = {text for _, text in parser.get_resolved_res_configs(STRING)}
    assert texts == {*resources.string(STRING).values(), "Wide"}
    assert parser.get_resource_xml_name(LAYOUT) == "@x:layout/main"
