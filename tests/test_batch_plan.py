"""Sources of a batch: what is found where, in which order, with what about it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from auditor.batch.plan import Source, find_sources
from auditor.errors import AuditError, UnreadableInputError, UsageError


def put(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def archive(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as zipped:
        for name in names:
            zipped.writestr(name, "x")
    return path


def places(given: list[str], root: Path) -> list[str]:
    return [s.location.removeprefix(f"{root}/") for s in find_sources(given)]


def test_a_folder_is_searched(tmp_path: Path) -> None:
    for name in ("b.apk", "a/c.XAPK", "a/d.apks", "a/readme.txt", "z.apkm", "a/list.csv"):
        put(tmp_path / name)

    assert places([str(tmp_path)], tmp_path) == ["a/c.XAPK", "a/d.apks", "b.apk", "z.apkm"]


def test_a_folder_of_splits_is_one_app(tmp_path: Path) -> None:
    for name in ("app/base.apk", "app/split_config.zh.apk", "app/x.xapk", "other/one.apk"):
        put(tmp_path / name)

    assert places([str(tmp_path)], tmp_path) == ["app", "app/x.xapk", "other/one.apk"]


def test_an_archive_of_packages_is_many_apps_and_a_bundle_is_one(tmp_path: Path) -> None:
    many = archive(tmp_path / "many.zip", "x/b.apk", "a.xapk", "readme.txt")
    bundle = archive(tmp_path / "bundle.zip", "base.apk", "split_config.zh.apk")
    app = archive(tmp_path / "app.zip", "AndroidManifest.xml", "assets/inner.apk")

    assert places([str(many), str(bundle), str(app)], tmp_path) == [
        "app.zip",
        "bundle.zip",
        "many.zip!/a.xapk",
        "many.zip!/x/b.apk",
    ]


def test_a_glob_and_a_list(tmp_path: Path) -> None:
    put(tmp_path / "a" / "1.apk")
    put(tmp_path / "b" / "2.apk")
    listed = put(tmp_path / "some.txt", "# these\na/1.apk\n\nb/2.apk\nmissing.apk\n")

    assert places([f"{tmp_path}/*/*.apk"], tmp_path) == ["a/1.apk", "b/2.apk"]
    assert places([str(listed)], tmp_path) == ["a/1.apk", "b/2.apk", "missing.apk"]


def test_a_table_says_more_about_each(tmp_path: Path) -> None:
    put(tmp_path / "1.apk")
    table = put(
        tmp_path / "apps.csv",
        "\ufeffStore,FILE,Developer,Link,date,terms,other\n"
        "Huawei,1.apk,某某科技,https://x.example/1,2024-07-31,p.html; a.pdf,ignored\n"
        ",,,,,,\n",
    )

    (found,) = find_sources([str(table)])

    assert found == Source(
        location=str(tmp_path / "1.apk"),
        store="Huawei",
        developer="某某科技",
        link="https://x.example/1",
        date="2024-07-31",
        terms=(str(tmp_path / "p.html"), str(tmp_path / "a.pdf")),
        stamp=found.stamp,
    )
    assert found.stamp.startswith("1 ")


def test_one_place_that_is_named_twice_is_one_source(tmp_path: Path) -> None:
    put(tmp_path / "1.apk")
    one = put(tmp_path / "one.csv", "path,store,terms\n1.apk,A,p.html\n")
    two = put(tmp_path / "two.csv", "path,store,developer,terms\n1.apk,B,D,q.html\n")

    (found,) = find_sources([str(one), str(two), str(tmp_path)])

    assert (found.store, found.developer) == ("A", "D")
    assert [Path(t).name for t in found.terms] == ["p.html", "q.html"]


@pytest.mark.parametrize(
    ("name", "text", "error", "words"),
    [
        ("a.csv", "name,size\nx,1\n", UsageError, "no column called path, file"),
        ("a.csv", "path,date\nx.apk,31.7.2024\n", UsageError, "a.csv:2: date: '31.7.2024'"),
        ("a.csv", 'path\n"' + "x" * 200_000, UnreadableInputError, "field larger"),
        ("a.csv", "path\n" + "x" * 700 + ".apk\n", UsageError, "longer than 600 characters"),
    ],
)
def test_a_wrong_table_is_told(
    tmp_path: Path, name: str, text: str, error: type[AuditError], words: str
) -> None:
    with pytest.raises(error, match=words):
        find_sources([str(put(tmp_path / name, text))])


@pytest.mark.parametrize("name", ["nothing.apk", "nothing/*.apk"])
def test_what_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableInputError, match=r"no such file or folder|nothing there"):
        find_sources([str(tmp_path / name)])


def test_a_list_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(UnreadableInputError, match="not UTF-8"):
        find_sources([str(path)])


def test_a_url_goes_through_fsspec(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    put(tmp_path / "a.apk")
    put(tmp_path / "b" / "c.xapk")
    archive(tmp_path / "many.zip", "x/b.apk")

    found = find_sources([f"file://{tmp_path}/", f"file://{tmp_path}/many.zip"])

    assert [s.location for s in found] == [
        f"file://{tmp_path}/a.apk",
        f"file://{tmp_path}/b/c.xapk",
        f"file://{tmp_path}/many.zip!/x/b.apk",
    ]


def test_a_kind_of_url_that_nobody_knows_is_told() -> None:
    with pytest.raises(UsageError, match="nowhere://"):
        find_sources(["nowhere://bucket/a.zip"])
