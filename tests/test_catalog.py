"""The knowledge under `data/`: read strictly, and every shipped file says where it is from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from auditor.catalog import DATA, Catalog, Entry, read_yaml
from auditor.errors import InvalidCatalogError

FILES = sorted(DATA.rglob("*.yaml"))
CJK = re.compile(r"[\u4e00-\u9fff]")


class Thing(Entry):
    """A kind of entry for these tests."""

    size: int
    words: tuple[str, ...] = ()


def catalog(folder: Path, **files: str) -> Catalog:
    (folder / "things").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "things" / f"{name}.yaml").write_text(text, "utf-8")
    return Catalog(folder)


# ---------------------------------------------------------------- reading


def test_one_entry_a_file_or_a_table(tmp_path: Path) -> None:
    known = catalog(
        tmp_path,
        b="id: b\nsize: 2\nwords: [no, on, yes]\n",
        table="about: x\nreference: y\nentries:\n  - {id: c, size: 3}\n  - {id: a, size: 1}\n",
    )

    assert known.entries("things", Thing) == (
        Thing(id="b", size=2, words=("no", "on", "yes")),
        Thing(id="c", size=3),
        Thing(id="a", size=1),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("id: x\nsize: 1\n", "id 'x' is not the file's name", id="name"),
        pytest.param(
            "id: a\nsize: big\n", "entry 'a': size: Input should be a valid int", id="type"
        ),
        pytest.param("id: a\nsize: 1\ncolour: red\n", "colour: Extra inputs", id="unknown key"),
        pytest.param("id: a\n", "size: Field required", id="missing key"),
        pytest.param("id: a\nsize: 1\nsize: 2\n", "key given twice: size", id="key twice"),
        pytest.param("- 1\n", "a mapping is expected", id="list"),
        pytest.param("entries: 7\n", "entries: a list is expected", id="entries"),
        pytest.param("entries: []\nabuot: x\n", "unknown keys: abuot", id="table key"),
        pytest.param(
            "entries: [{id: c, size: 1}, {id: c, size: 1}]\n", "'c' stands twice", id="id"
        ),
        pytest.param("a: [1\n", "expected", id="YAML"),
        pytest.param("a: !!python/object/apply:os.system [ls]\n", "python/object", id="code"),
        pytest.param("a: \x01\n", "control characters are not allowed", id="control"),
    ],
)
def test_a_wrong_file_is_named_with_its_reason(text: str, reason: str, tmp_path: Path) -> None:
    known = catalog(tmp_path, a=text)

    with pytest.raises(InvalidCatalogError, match=r"a\.yaml") as caught:
        known.entries("things", Thing)

    assert reason.lower() in str(caught.value).lower()
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("名".encode("gb18030"))

    with pytest.raises(InvalidCatalogError, match=r"a\.yaml: .*utf-8"):
        read_yaml(tmp_path / "a.yaml")


def test_folders_of_the_user_add_to_the_first(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    catalog(tmp_path / "one", a="id: a\nsize: 1\n")
    catalog(tmp_path / "two", b="id: b\nsize: 2\n")
    both = Catalog(tmp_path / "one", tmp_path / "two")

    assert [t.id for t in both.entries("things", Thing)] == ["a", "b"]
    catalog(tmp_path / "two", a="id: a\nsize: 9\n")
    with pytest.raises(InvalidCatalogError, match="'a' stands twice"):
        Catalog(tmp_path / "one", tmp_path / "two").entries("things", Thing)


def test_the_digest_tells_every_change(tmp_path: Path) -> None:
    seen = set()
    for files in ({"a": "id: a"}, {"a": "id: a "}, {"a": "id: a", "b": "x: 1"}):
        seen.add(catalog(tmp_path, **files).digest)
    (tmp_path / "things" / "a.yaml").rename(tmp_path / "things" / "c.yaml")
    seen.add(Catalog(tmp_path).digest)

    assert len(seen) == 4


# ---------------------------------------------------------------- what is shipped


def documents() -> list[tuple[str, Any]]:
    return [(path.relative_to(DATA).as_posix(), read_yaml(path)) for path in FILES]


def test_every_file_says_where_its_facts_are_from() -> None:
    assert [name for name, raw in documents() if not str(raw.get("reference", "")).strip()] == []


def test_every_table_says_what_it_holds() -> None:
    tables = [(n, raw) for n, raw in documents() if "entries" in raw]

    assert len(tables) > 20
    assert [name for name, raw in tables if not str(raw.get("about", "")).strip()] == []


def test_ids_are_plain() -> None:
    wrong = [
        f"{name}: {entry['id']}"
        for name, raw in documents()
        for entry in raw.get("entries", [raw])
        if "id" in entry and not re.fullmatch(r"[\w.:$/*+<>()\[\];,-]+", str(entry["id"]))
    ]

    assert wrong == []


def test_words_for_readers_stand_in_both_languages() -> None:
    """Wherever an entry has `zh` words, it has `en` words, and each is in its own language."""
    spoken = ("data_types", "glossary", "jurisdictions", "phrases", "reasons", "triggers")
    wrong = []
    for name, raw in documents():
        if not name.startswith(spoken):
            continue
        for entry in raw.get("entries", [raw]):
            zh, en = entry.get("zh"), entry.get("en")
            if isinstance(zh, str) and not (isinstance(en, str) and en.strip()):
                wrong.append(f"{name}: {entry['id']} has no en")
            if isinstance(zh, str) and isinstance(en, str) and len(zh) > 12 and not CJK.search(zh):
                wrong.append(f"{name}: {entry['id']}: zh is not Chinese")

    assert wrong == []


def test_the_glossary_has_every_level_and_disclosure() -> None:
    from auditor.model import Disclosure, Level
    from auditor.rulebook import GlossaryEntry

    words = {entry.id for entry in Catalog().entries("glossary", GlossaryEntry)}

    assert {str(v) for kind in (Level, Disclosure) for v in kind} <= words


def test_every_file_is_text_that_a_reviewer_can_read() -> None:
    for path in sorted(p for p in DATA.rglob("*") if p.is_file() and p.suffix != ".pyc"):
        text = path.read_text("utf-8")
        assert "\r" not in text
        assert text.endswith("\n"), path
