"""The ZIP reader sees what a device sees, within bounds."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from auditor.errors import UnreadablePackageError
from auditor.ingest.archive import Archive, Ceilings, checksum_limits, open_archive
from auditor.ingest.source import BytesSource, WindowSource
from auditor.model import Limit
from tests.axml import zipped

FILES = {"a.txt": b"alpha" * 100, "b/c.bin": bytes(range(256))}


def opened(data: bytes, ceilings: Ceilings | None = None) -> Archive:
    return open_archive(BytesSource(data), "x.apk", ceilings or Ceilings())


def why(archive: Archive) -> list[str]:
    assert all(limit.kind == "archive_malformed" for limit in archive.limits)
    return [limit.why for limit in archive.limits]


def central(data: bytes, name: bytes) -> int:
    """Return the offset of the directory record of `name`."""
    return data.rindex(name) - 46


def patched(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


@pytest.mark.parametrize("deflate", [True, False])
def test_ordinary(deflate: bool) -> None:
    archive = opened(zipped(FILES, deflate=deflate))
    assert archive.limits == ()
    assert list(archive.entries) == ["a.txt", "b/c.bin"]
    assert {name: archive.read(name) for name in archive.entries} == FILES
    assert archive.read("a.txt", 7) == b"alphaal"
    assert archive.window("a.txt").read(5, 5) == b"alpha"


def test_directories_are_no_files() -> None:
    assert list(opened(zipped({"res/": b"", "res/a": b"1"})).entries) == ["res/a"]


def test_local_header_may_lie() -> None:
    data = zipped({"a": FILES["a.txt"]})
    lying = patched(data, 6, struct.pack("<HH", 0xFFFF, 99))  # flags and method
    lying = patched(lying, 14, b"\xff" * 12)  # checksum and sizes
    archive = opened(lying)
    assert archive.read("a") == FILES["a.txt"]
    assert archive.limits == ()


def test_encryption_flag_is_ignored() -> None:
    data = zipped({"a": b"x" * 50})
    archive = opened(patched(data, central(data, b"a") + 8, b"\x01\x00"))
    assert archive.read("a") == b"x" * 50
    assert why(archive) == [
        "a: marked as encrypted; Android ignores the mark, and so does this reader"
    ]


@pytest.mark.parametrize("deflate", [True, False])
def test_unknown_method(deflate: bool) -> None:
    content = b"manifest" * 40
    data = zipped({"a": content}, deflate=deflate)
    archive = opened(patched(data, central(data, b"a") + 10, struct.pack("<H", 4660)))
    assert archive.read("a") == content
    assert why(archive) == ["a: unknown compression method; read as Android reads it, as stored"]


def test_unknown_method_that_is_no_deflate_reads_raw() -> None:
    data = zipped({"a": b"\xff" * 64}, deflate=False)
    at = central(data, b"a")
    data = patched(data, at + 10, struct.pack("<H", 4660))
    data = patched(data, at + 24, struct.pack("<L", 32))
    assert opened(data).read("a") == b"\xff" * 32


def test_first_of_two_names_counts() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("classes.dex", b"first")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("classes.dex", b"second")
    read = opened(out.getvalue())
    assert read.read("classes.dex") == b"first"
    assert why(read) == [
        "classes.dex: name stands twice; the first is read, current Android refuses such a package"
    ]


def test_names_that_point_outside() -> None:
    archive = opened(zipped({"../up": b"1", "/abs": b"2", "a/../../b": b"3", "..fine": b"4"}))
    assert archive.read("../up") == b"1"
    assert why(archive) == [
        "../up and 2 more: name points outside the archive; read in memory only"
    ]


def test_data_before_the_archive() -> None:
    archive = opened(b"#!/bin/sh\n" + zipped(FILES))
    assert archive.read("b/c.bin") == FILES["b/c.bin"]
    assert why(archive) == ["data stand before the archive and its offsets do not count them"]


def test_data_after_the_archive() -> None:
    archive = opened(zipped(FILES) + b"PK\x05\x06 no end record")
    assert archive.read("a.txt") == FILES["a.txt"]
    assert why(archive) == ["data follow the end of the archive"]


def test_comment_that_holds_an_end_record() -> None:
    data = zipped(FILES)
    comment = data[-22:] + b"!"
    data = patched(data, len(data) - 2, struct.pack("<H", len(comment))) + comment
    archive = opened(data)
    assert archive.limits == ()
    assert archive.read("a.txt") == FILES["a.txt"]


def test_entries_behind_the_count_do_not_exist() -> None:
    data = zipped(FILES)
    archive = opened(patched(data, len(data) - 14, struct.pack("<2H", 1, 1)))
    assert list(archive.entries) == ["a.txt"]
    assert why(archive) == ["entries stand behind the last one that Android reads"]


def test_directory_that_promises_too_much() -> None:
    data = zipped(FILES)
    archive = opened(patched(data, len(data) - 14, struct.pack("<2H", 9, 9)))
    assert list(archive.entries) == ["a.txt", "b/c.bin"]
    assert why(archive) == ["the directory promises 9 entries and holds 2"]


def test_zip64() -> None:
    name, content = b"big", b"zip64 content"
    crc = zlib.crc32(content)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 45, 0, 0, 0, 0, crc, 2**32 - 1, 2**32 - 1, 3, 0)
    start = len(local) + len(name) + len(content)
    extra = struct.pack("<HH3Q", 1, 24, len(content), len(content), 0)
    sizes = (2**32 - 1, 2**32 - 1)
    record = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", 45, 45, 0, 0, 0, 0, crc, *sizes, 3, 28, 0, 0, 0, 0, 2**32 - 1
    )
    directory = record + name + extra
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(directory), start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + len(directory), 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
    archive = opened(local + name + content + directory + end64 + locator + end)
    assert archive.limits == ()
    assert archive.read("big") == content


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "x.apk: the file is empty", id="empty"),
        pytest.param(b"\x89PNG" * 40, "x.apk: not a ZIP archive", id="other format"),
        pytest.param(zipped(FILES)[:-60], "x.apk: truncated ZIP archive", id="truncated"),
        pytest.param(b"dex\n035\0" * 9, "x.apk: a bare DEX file", id="dex"),
        pytest.param(
            b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 3, 3, 9, 4, 0),
            "x.apk: damaged ZIP archive",
            id="end record only",
        ),
    ],
)
def test_no_archive(data: bytes, message: str) -> None:
    with pytest.raises(UnreadablePackageError, match=message):
        opened(data)


def test_bomb_is_told_and_not_read() -> None:
    data = zipped({"bomb": b"\0" * (2 << 20), "fine": b"1"})
    archive = opened(data, Ceilings(free=1 << 20, ratio=100))
    assert archive.read("fine") == b"1"
    assert archive.read("bomb", 4) == b"\0" * 4
    assert [limit.kind for limit in archive.limits] == ["budget"]
    assert "looks like a ZIP bomb" in archive.limits[0].why
    with pytest.raises(UnreadablePackageError, match="looks like a ZIP bomb"):
        archive.read("bomb")


def test_size_and_total_ceilings_prefer_code() -> None:
    data = zipped({"a": b"1" * 60, "b": b"2" * 120, "z.dex": b"3" * 60})
    archive = opened(data, Ceilings(file=100, total=100))
    assert archive.limits == (
        Limit("budget", "x.apk!/a", "all files together are more than the ceiling of 100 bytes"),
        Limit("budget", "x.apk!/b", "120 bytes are more than the ceiling of 100"),
    )
    assert archive.read("z.dex") == b"3" * 60


def test_more_inflated_than_claimed_is_cut_and_less_is_an_error() -> None:
    data = zipped({"a": b"x" * 1000})
    at = central(data, b"a") + 24
    assert opened(patched(data, at, struct.pack("<L", 10))).read("a") == b"x" * 10
    with pytest.raises(UnreadablePackageError, match="a: its data end too early"):
        opened(patched(data, at, struct.pack("<L", 1001))).read("a")


def test_entry_count_is_bounded() -> None:
    archive = opened(zipped({str(i): b"" for i in range(20)}), Ceilings(entries=5))
    assert len(archive.entries) == 5
    assert Limit("budget", "x.apk", "only the first 5 entries were read") in archive.limits


def test_corrupt_data_name_the_file() -> None:
    data = zipped({"a": b"x" * 1000})
    broken = patched(data, 31, b"\xff" * 5)
    with pytest.raises(UnreadablePackageError, match="x.apk: a: "):
        opened(broken).read("a")
    with pytest.raises(UnreadablePackageError, match="no local header"):
        opened(patched(data, 0, b"XX")).read("a")


def test_names_in_messages_are_one_harmless_line() -> None:
    name = "a\n\x1b[31m\u202e" + "b" * 500
    data = zipped({name: b"x" * 1000})
    with pytest.raises(UnreadablePackageError) as caught:
        opened(patched(data, 0, b"XX")).read(name)
    shown = "a\\u000a\\u001b[31m\\u202e" + "b" * 71 + "…"
    assert str(caught.value) == f"x.apk: {shown}: no local header at its place"


def test_checksums() -> None:
    assert checksum_limits("w", b"abc", zlib.crc32(b"abc")) == []
    assert checksum_limits("w", b"abc", None) == []
    assert [limit.kind for limit in checksum_limits("w", b"abd", zlib.crc32(b"abc"))] == [
        "archive_malformed"
    ]


def test_window_stays_inside() -> None:
    window = WindowSource(BytesSource(b"0123456789"), 4, 3)
    assert window.size == 3
    assert window.read(0, 99) == b"456"
    assert window.read(3, 1) == window.read(-1, 2) == b""
    assert WindowSource(BytesSource(b"01"), 5, 3).size == 0
