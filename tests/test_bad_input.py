"""Input made by adversaries, through the command line: one clear line or a limit, no traceback.

Each case says the exit code, and either the one line on stderr or the kinds of limits that the
report must name. Nothing may be written but the reports in the output folder.
"""

from __future__ import annotations

import io
import json
import random
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from auditor.cli import run
from tests.axml import E, axml, manifest, zipped

SAMPLE = Path(__file__).parents[1] / "samples" / "picker-mask" / "app.apk"
DONE, UNREADABLE, PARTLY = 0, 3, 4
GOOD_TERMS = "<p>我们会收集您的通讯录信息。</p>".encode()


@cache
def sample() -> Mapping[str, bytes]:
    with zipfile.ZipFile(SAMPLE) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_files(**files: bytes) -> bytes:
    """The sample with some files replaced; `dex` and `manifest` name the two that matter."""
    names = {"dex": "classes.dex", "manifest": "AndroidManifest.xml"}
    return zipped({**sample(), **{names.get(k, k): v for k, v in files.items()}})


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def patched(data: bytes, at: int, *words: int) -> bytes:
    """`data` with little-endian 32-bit words written over it."""
    raw = struct.pack(f"<{len(words)}I", *words)
    return data[:at] + raw + data[at + len(raw) :]


def marked_encrypted() -> bytes:
    """Every entry encrypted for real, as some tools leave packages."""
    files = {"AndroidManifest.xml": noise(400), "classes.dex": noise(900)}
    raw = bytearray(zipped(files, deflate=False))
    for magic, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = raw.find(magic)
        while start >= 0:
            raw[start + at] |= 1
            start = raw.find(magic, start + 4)
    return bytes(raw)


def two_manifests() -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")
        for name, data in sample().items():
            archive.writestr(name, data)
        archive.writestr("AndroidManifest.xml", axml(manifest(package="other.app")))
    return out.getvalue()


def names_that_leave() -> bytes:
    names = ("../../evil.txt", "/auditor-evil.txt", "assets/../../../evil.txt", "C:\\evil.txt")
    return zipped({**sample(), **dict.fromkeys(names, b"evil")})


def many_permissions() -> bytes:
    asked = (E("uses-permission", {"name": f"a.b.P{n}"}) for n in range(100_000))
    return with_files(manifest=axml(manifest(*asked)))


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder of a run; afterwards only `out/` may have appeared."""
    folder = tmp_path / "deep" / "box"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield folder
    made = {p.relative_to(folder).parts[0] for p in folder.rglob("*")}
    assert made <= {"app.apk", "terms.html", "terms.txt", "terms.pdf", "terms.docx", "out"}
    assert [p for p in tmp_path.rglob("*") if folder not in p.parents] == [folder.parent, folder]
    assert not Path("/auditor-evil.txt").exists()


def scan(box: Path, app: bytes, *more: str) -> int:
    (box / "app.apk").write_bytes(app)
    return run(["scan", "app.apk", "--strict", "--quiet", "--lang", "en", *more])


def document(box: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((box / "out" / "app.json").read_text("utf-8"))
    return found


def the_line(capsys: pytest.CaptureFixture[str]) -> str:
    """The only line that was printed: one error, no traceback, no report."""
    printed = capsys.readouterr()
    assert printed.out == ""
    lines = printed.err.splitlines()
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize(
    ("make", "line"),
    [
        pytest.param(lambda: b"hello, world\n" * 99, "app.apk: not a ZIP archive", id="text"),
        pytest.param(lambda: b"", "app.apk: the file is empty", id="empty"),
        pytest.param(lambda: noise(9_000), "app.apk: not a ZIP archive", id="noise"),
        pytest.param(
            lambda: SAMPLE.read_bytes()[:9_000], "app.apk: truncated ZIP archive", id="half"
        ),
        pytest.param(
            lambda: SAMPLE.read_bytes()[:-30], "app.apk: truncated ZIP archive", id="no end"
        ),
        pytest.param(
            lambda: zipped({"readme.txt": b"x"}),
            "app.apk: a ZIP archive without AndroidManifest.xml",
            id="other ZIP",
        ),
        pytest.param(marked_encrypted, "app.apk: encrypted", id="encrypted"),
    ],
)
def test_no_package(
    make: Callable[[], bytes], line: str, box: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scan(box, make()) == UNREADABLE

    assert the_line(capsys).startswith(f"error: {line}")
    assert not list((box / "out").glob("*"))


@pytest.mark.parametrize(
    ("make", "kinds"),
    [
        pytest.param(
            lambda: zipped({k: v for k, v in sample().items() if k != "classes.dex"}),
            {"code_not_visible"},
            id="no code",
        ),
        pytest.param(lambda: with_files(big=bytes(300 << 20)), {"budget"}, id="ZIP bomb"),
        pytest.param(
            lambda: with_files(manifest=bytes(300 << 20)),
            {"budget", "manifest_malformed"},
            id="manifest bomb",
        ),
        pytest.param(
            lambda: with_files(**{"classes2.dex": sample()["classes.dex"][:112] + bytes(99 << 20)}),
            {"budget"},
            id="DEX bomb",
        ),
        pytest.param(names_that_leave, {"archive_malformed"}, id="names that leave the archive"),
        pytest.param(two_manifests, {"archive_malformed"}, id="two manifests"),
        pytest.param(
            lambda: with_files(dex=patched(sample()["classes.dex"], 32, 0x7FFFFFFF)),
            {"dex_malformed"},
            id="DEX size",
        ),
        pytest.param(
            lambda: with_files(dex=patched(sample()["classes.dex"], 0x38, 0x7FFFFFFF, 0x7FFFFFFF)),
            {"dex_malformed"},
            id="DEX string table",
        ),
        pytest.param(
            lambda: with_files(dex=patched(sample()["classes.dex"], 0x60, 0x7FFFFFFF, 0x7FFFFFFF)),
            {"dex_malformed"},
            id="DEX class table",
        ),
        pytest.param(
            lambda: with_files(dex=sample()["classes.dex"][:1_000]),
            {"dex_malformed"},
            id="DEX truncated",
        ),
        pytest.param(
            lambda: with_files(dex=b"dex\n035\0" + noise(5_000)), {"dex_malformed"}, id="DEX noise"
        ),
        pytest.param(
            lambda: with_files(manifest=patched(sample()["AndroidManifest.xml"], 4, 0xFFFFFFFF)),
            {"manifest_malformed"},
            id="AXML size",
        ),
        pytest.param(
            lambda: with_files(manifest=patched(sample()["AndroidManifest.xml"], 12, 0x7FFFFFFF)),
            {"manifest_malformed"},
            id="AXML chunk size",
        ),
        pytest.param(
            lambda: with_files(manifest=noise(3_000)), {"manifest_malformed"}, id="AXML noise"
        ),
        pytest.param(many_permissions, {"budget"}, id="100,000 permissions"),
    ],
)
def test_package_that_is_read_in_part(
    make: Callable[[], bytes], kinds: set[str], box: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scan(box, make()) == PARTLY

    assert capsys.readouterr().err == ""
    assert kinds <= {limit["kind"] for limit in document(box)["limits"]}
    assert sorted(p.name for p in (box / "out").iterdir()) == ["app.html", "app.json"]


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(names_that_leave, id="names that leave the archive"),
        pytest.param(two_manifests, id="two manifests"),
        pytest.param(lambda: with_files(big=bytes(300 << 20)), id="ZIP bomb"),
    ],
)
def test_tricks_hide_no_finding(make: Callable[[], bytes], box: Path) -> None:
    """What Android would still run is still found."""
    scan(box, make())

    traced = [f for f in document(box)["flows"] if f["level"] == "traced"]
    assert "contacts" in {f["data_type"].partition(".")[0] for f in traced}


# ---------------------------------------------------------------- terms


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        pytest.param("terms.txt", b"", "terms.txt: the file is empty", id="empty"),
        pytest.param("terms.txt", b" \n\t" * 9, "terms.txt: the file is empty", id="blank"),
        pytest.param("none.txt", None, "none.txt: No such file or directory", id="missing"),
    ],
)
def test_no_terms(
    name: str, data: bytes | None, line: str, box: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if data is not None:
        (box / name).write_bytes(data)

    assert scan(box, SAMPLE.read_bytes(), "--terms", name) == UNREADABLE

    assert the_line(capsys) == f"error: {line}"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("terms.txt", bytes(5_000), id="NULs"),
        pytest.param("terms.pdf", b"%PDF-1.4\n" + noise(2_000), id="broken PDF"),
        pytest.param("terms.docx", b"PK\x03\x04" + noise(2_000), id="broken DOCX"),
    ],
)
def test_terms_that_cannot_be_read_are_a_limit(
    name: str, data: bytes, box: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (box / name).write_bytes(data)

    assert scan(box, SAMPLE.read_bytes(), "--terms", name) == PARTLY

    assert capsys.readouterr().err == ""
    limits = [x for x in document(box)["limits"] if x["kind"] == "terms_unreadable"]
    assert [x["where"] for x in limits] == [name]
    assert {p["disclosure"] for p in document(box)["practices"]} == {"no_terms"}


def test_terms_of_50_megabytes_are_cut_and_told(box: Path) -> None:
    filler = b"<p>" + b"0123456789 " * 20 + b"</p>\n"
    (box / "terms.html").write_bytes(GOOD_TERMS + filler * ((50 << 20) // len(filler)))

    assert scan(box, SAMPLE.read_bytes(), "--terms", "terms.html") == PARTLY

    found = document(box)
    assert [x["where"] for x in found["limits"] if x["kind"] == "terms_truncated"] == ["terms.html"]
    assert found["terms"]["statements"][0]["quote"] == "我们会收集您的通讯录信息。"


def test_entities_of_terms_are_not_expanded_and_files_not_read(box: Path, tmp_path: Path) -> None:
    secret = Path(__file__)
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE a [<!ENTITY l0 "lol">{laughs}<!ENTITY x SYSTEM "file://{secret}">]>'
    body = f"<html><body>{GOOD_TERMS.decode()}<p>&l11; &x;</p></body></html>"
    (box / "terms.html").write_text(f'<?xml version="1.0"?>{doctype}{body}', "utf-8")

    assert scan(box, SAMPLE.read_bytes(), "--terms", "terms.html") == DONE

    page = (box / "out" / "app.html").read_text("utf-8")
    assert "lollol" not in page
    assert "Input made by adversaries" not in page
    assert document(box)["terms"]["statements"][0]["quote"] == "我们会收集您的通讯录信息。"


def test_deeply_nested_terms(box: Path) -> None:
    depth = 100_000
    (box / "terms.html").write_bytes(b"<div>" * depth + GOOD_TERMS + b"</div>" * depth)

    assert scan(box, SAMPLE.read_bytes(), "--terms", "terms.html") in (DONE, PARTLY)

    assert document(box)["terms"]["statements"][0]["quote"] == "我们会收集您的通讯录信息。"
