"""Sources of a batch: what is found where, in which order, with what about it."""

from __future__ import annotations

import re
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from auditor.batch.places import open_place
from auditor.batch.plan import Source, find_sources
from auditor.errors import AuditError, UnreadableInputError, UsageError
from tests.batch_fixture import SAMPLES, Heard, copy_sample, run_batch


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


def test_a_table_may_speak_chinese(tmp_path: Path) -> None:
    put(tmp_path / "1.apk")
    head = "文件,应用商店,开发者,链接,日期,条款"
    table = put(
        tmp_path / "应用.csv",
        f"\ufeff{head}\n1.apk,应用宝,某公司,https://x.example,2024-05-06,p.html\n",
    )

    (found,) = find_sources([str(table)])

    assert (found.store, found.developer, found.link, found.date) == (
        *("应用宝", "某公司", "https://x.example"),
        "2024-05-06",
    )
    assert [Path(t).name for t in found.terms] == ["p.html"]


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


class Parts(SimpleHTTPRequestHandler):
    """A server of files; with `Range` it gives parts, as object storage does."""

    parts = True

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        del format, arguments

    def do_GET(self) -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if "broken" in self.path:
            self.send_error(500)
        elif not (wanted and self.parts and path.is_file()):
            super().do_GET()
        else:
            data = path.read_bytes()
            first, last = int(wanted[1]), min(int(wanted[2] or len(data)), len(data) - 1)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
            self.send_header("Content-Length", str(last + 1 - first))
            self.end_headers()
            self.wfile.write(data[first : last + 1])

    def end_headers(self) -> None:
        if self.parts:
            self.send_header("Accept-Ranges", "bytes")
        super().end_headers()


@pytest.fixture(params=[True, False], ids=["parts", "whole files only"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the URL at which a server of this machine gives it."""
    pytest.importorskip("fsspec")
    pytest.importorskip("aiohttp")
    kind = type("Kind", (Parts,), {"parts": request.param})
    folder = tmp_path / "www"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(kind, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_store_behind_http(served: tuple[Path, str], tmp_path: Path) -> None:
    folder, url = served
    copy_sample("relay", folder / "apps")
    copy_sample("dead-code", folder / "apps", "死 代码")
    with zipfile.ZipFile(folder / "many.zip", "w") as made:
        made.write(SAMPLES / "overdue-sms" / "app.apk", "in/late.apk")
        made.writestr("large.bin", bytes(12 << 20))  # more than a block of fsspec
    (folder / "list.csv").write_text(
        f"url,developer\n{url}/apps/relay.apk,某公司\n{url}/no.apk,B\n"
    )

    found = find_sources([f"{url}/list.csv", f"{url}/apps/", f"{url}/many.zip"])

    assert [(s.location.removeprefix(url), s.developer) for s in found] == [
        ("/apps/%E6%AD%BB%20%E4%BB%A3%E7%A0%81.apk", ""),
        ("/apps/relay.apk", "某公司"),
        ("/many.zip!/in/late.apk", ""),
        ("/no.apk", "B"),
    ]
    heard = Heard()
    given = [f"{url}/list.csv", f"{url}/apps/", f"{url}/many.zip"]
    done = run_batch(tmp_path / "s.db", given, heard=heard)
    assert (done.audited, dict(done.failed)) == (3, {"unreadable": 1})
    assert heard.troubles == {"no.apk": f"{url}/no.apk: nothing there"}


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("apps/", "nothing there"),
        ("none/*.apk", "nothing there"),
        ("broken/", "cannot be read: ClientResponseError|nothing there"),
        ("broken.csv", "cannot be read: ClientResponseError"),
    ],
)
def test_what_a_server_does_not_give_is_told(
    served: tuple[Path, str], place: str, words: str
) -> None:
    with pytest.raises(UnreadableInputError, match=words):
        find_sources([f"{served[1]}/{place}"])


def test_a_store_in_memory(tmp_path: Path) -> None:
    """Any file system of fsspec will do; this one is only there in this process."""
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe("/shop/a.apk", b"PK")
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as made:
        made.writestr("deep/b.apk", b"PK")
    memory.pipe("/shop/z.zip", (tmp_path / "z.zip").read_bytes())

    found = find_sources(["memory://shop/", "memory://shop/z.zip"])

    assert [s.location for s in found] == [
        "memory:///shop/a.apk",
        "memory://shop/z.zip!/deep/b.apk",
    ]
    with open_place(found[1].location, str(tmp_path)) as opened:
        assert opened.path.read_bytes() == b"PK"
    memory.rm("/shop", recursive=True)


def test_a_kind_of_url_that_nobody_knows_is_told() -> None:
    with pytest.raises(UsageError, match="nowhere://"):
        find_sources(["nowhere://bucket/a.zip"])
