"""`auditor evidence` and `auditor verify`: same bytes, every change seen, hostile ZIPs refused."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import stat
import struct
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from auditor.cli import run
from auditor.errors import UnreadableInputError, UsageError
from auditor.evidence import container as container_module
from auditor.evidence import (
    load_key,
    load_public_key,
    open_container,
    read_signature,
    sign,
    write_container,
)
from auditor.evidence.container import is_plain_name
from auditor.evidence.pack import SIGNATURE, SUMS, sums

ROOT = Path(__file__).parents[1]
CASE = ROOT / "samples" / "denied-upload"
APP, TERMS = CASE / "app.apk", CASE / "terms.txt"
KEY = """-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACBs8Nl6zYBz1JpV62r9KnWf9pgrL59oengjzTsx14EAbwAAAIgu8SP7LvEj
+wAAAAtzc2gtZWQyNTUxOQAAACBs8Nl6zYBz1JpV62r9KnWf9pgrL59oengjzTsx14EAbw
AAAEDUSmQ1gs++KL8G7RuL31YK1eN9SP/8QwBwfZKP0E8Dn2zw2XrNgHPUmlXrav0qdZ/2
mCsvn2h6eCPNOzHXgQBvAAAAAm1lAQID
-----END OPENSSH PRIVATE KEY-----
"""
"""A key for tests only; it protects nothing."""
PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGzw2XrNgHPUmlXrav0qdZ/2mCsvn2h6eCPNOzHXgQBv test"
SSH_KEYGEN = shutil.which("ssh-keygen")

Make = Callable[..., Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One signed ZIP with the app inside, made by the command."""
    folder = tmp_path_factory.mktemp("evidence")
    (folder / "key").write_text(KEY, encoding="utf-8")
    path = folder / "e.zip"
    asked = ["evidence", str(APP), "-t", str(TERMS), "-o", str(path)]
    assert run([*asked, "--sign", str(folder / "key"), "--with-app", "--lang", "en"]) == 0
    return path


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    (tmp_path / "key").write_text(KEY, encoding="utf-8")
    (tmp_path / "key.pub").write_text(PUBLIC + "\n", encoding="utf-8")
    return tmp_path


def files_of(path: Path) -> dict[str, bytes]:
    return dict(open_container(path).files)


def verified(
    path: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, list[str], str]:
    code = run(["verify", str(path), "--lang", "en", *more])
    printed = capsys.readouterr()
    return code, printed.out.splitlines(), printed.err


# ---------------------------------------------------------------- what is inside


def test_what_lies_inside(made: Path) -> None:
    files = files_of(made)

    assert [n for n in sorted(files) if not n.startswith("code/")] == [
        "README.html",
        "SHA256SUMS",
        "SHA256SUMS.sig",
        "app/app.apk",
        "catalog.sha256",
        "flows.mmd",
        "report.html",
        "report.json",
        "report.sarif",
        "run.json",
        "terms/given/01-terms.txt",
        "terms/read/01-terms.txt.txt",
        "terms/readings.en.html",
        "terms/readings.zh.html",
        "terms/terms.json",
    ]
    assert sum(n.startswith("code/") for n in files) >= 2
    assert files["terms/given/01-terms.txt"] == TERMS.read_bytes()
    assert files["app/app.apk"] == APP.read_bytes()
    assert files[SUMS].decode() == sums(files)
    record = json.loads(files["run.json"])
    assert record["app"]["sha256"] == hashlib.sha256(APP.read_bytes()).hexdigest()
    assert record["libraries"]["androguard"]
    readme = files["README.html"].decode()
    assert "Evidence of a static audit" in readme
    assert "静态审计证据" in readme
    assert record["app"]["sha256"] in readme


def test_the_same_input_gives_the_same_bytes(made: Path, keys: Path) -> None:
    asked = ["evidence", str(APP), "-t", str(TERMS), "--lang", "en", "--with-app"]
    assert run([*asked, "-o", str(keys / "again.zip"), "--sign", str(keys / "key")]) == 0

    assert (keys / "again.zip").read_bytes() == made.read_bytes()


def test_code_files_begin_with_the_place(made: Path) -> None:
    files = files_of(made)
    document = json.loads(files["report.json"])
    texts = [files[n].decode() for n in files if n.startswith("code/")]

    for signature, source in document["quotes"].items():
        text = next(t for t in texts if t.startswith(f"// {signature}\n"))
        assert source.rstrip("\n") in text


# ---------------------------------------------------------------- what verify says


def test_all_holds(made: Path, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--app", str(APP), "--signer", str(keys / "key.pub"))
    code, said, _ = verified(made, capsys, *asked)

    fingerprint = read_signature(files_of(made)[SIGNATURE].decode()).fingerprint
    assert said == [
        "✓ Every file has the SHA-256 that the manifest names.",
        "✓ The ZIP holds nothing beside these files.",
        f"✓ The manifest is signed by the key {fingerprint}. "
        "Whose key that is must be known from elsewhere.",
        "✓ Report and record of the run speak of the same app, program and catalog.",
        "✓ The app is the file that was audited.",
        "✓ Audited again, every file comes out the same, byte for byte.",
        "It holds.",
    ]
    assert code == 0


def test_the_app_may_have_another_name_now(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(APP, tmp_path / "renamed by somebody.apk")
    code, said, _ = verified(made, capsys, "--app", str(tmp_path / "renamed by somebody.apk"))

    assert said[-2] == "✓ Audited again, every file comes out the same, byte for byte."
    assert code == 0


def edit(path: Path, to: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    files = files_of(path)
    change(files)
    to.write_bytes(write_container(files))
    return to


def _swap(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new)

    return change


CHANGES: Mapping[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "a word of the report": (
        _swap("report.html", b"whole address book", b"empty address book"),
        "✗ These files are not what the manifest says: report.html.",
    ),
    "a file gone": (
        lambda files: files.__delitem__("flows.mmd"),
        "✗ The manifest names files that are missing: flows.mmd.",
    ),
    "a file more": (
        lambda files: files.update({"extra.txt": b"x"}),
        "✗ Files that the manifest does not name: extra.txt.",
    ),
    "a line of the manifest": (
        _swap(SUMS, b"report.sarif", b"report.saraf"),
        "✗ The manifest names files that are missing: report.saraf.",
    ),
    "the signature of something else": (
        lambda files: files.update(
            {SIGNATURE: sign(b"something else", load_key(KEY.encode(), "key")).encode()}
        ),
        "✗ The signature does not fit the manifest",
    ),
    "no signature but rubbish": (
        lambda files: files.update({SIGNATURE: b"rubbish"}),
        "✗ The signature inside could not be read: no SSH signature.",
    ),
    "another app in the record": (
        _swap("run.json", b'"sha256": "', b'"sha256": "0'),
        "✗ Report and record of the run do not speak of the same app, program or catalog.",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_is_seen(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    change, expected = CHANGES[name]
    code, said, _ = verified(edit(made, tmp_path / "x.zip", change), capsys)

    assert any(line.startswith(expected) for line in said), said
    assert said[-1] == "It does not hold."
    assert code == 1


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            "report.html",
            b"whole address book",
            b"empty address book",
            "✗ Files differ although program, catalog and libraries are the same: report.html.",
        ),
        (
            "report.json",
            b'"severity": "high"',
            b'"severity": "low"',
            "✗ Audited again, findings differ: ~ ",
        ),
    ],
)
def test_a_forger_who_mends_the_manifest_is_found_by_the_second_audit(
    made: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    old: bytes,
    new: bytes,
    expected: str,
) -> None:
    def forge(files: dict[str, bytes]) -> None:
        _swap(name, old, new)(files)
        del files[SIGNATURE]
        files[SUMS] = sums(files).encode()

    forged = edit(made, tmp_path / "x.zip", forge)
    code, said, _ = verified(forged, capsys, "--app", str(APP))

    assert said[0] == "✓ Every file has the SHA-256 that the manifest names."
    assert any(line.startswith(expected) for line in said), said
    assert code == 1


def test_another_app_is_told(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = ROOT / "samples" / "dead-code" / "app.apk"
    code, said, _ = verified(made, capsys, "--app", str(other))

    assert "✗ The app is not the file that was audited, its SHA-256 is another." in said
    assert code == 1


def test_another_catalog_is_told_and_findings_still_compared(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine" / "hosts").mkdir(parents=True)
    (tmp_path / "mine" / "hosts" / "own.yaml").write_text(
        "about: none\nreference: none\nentries: []\n", encoding="utf-8"
    )
    code, said, _ = verified(made, capsys, "--rules", str(tmp_path / "mine"))

    assert any(line.startswith("· Made with another catalog (then, now: ") for line in said)
    assert "✓ Audited again, the findings are the same." in said
    assert code == 0


def test_a_signer_that_was_named_must_have_signed(
    made: Path, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = load_public_key(PUBLIC, "x")[:-1] + b"\0"
    import base64

    line = f"ssh-ed25519 {base64.b64encode(other).decode()} other\n"
    (keys / "other.pub").write_text(line, encoding="utf-8")
    code, said, _ = verified(made, capsys, "--signer", str(keys / "other.pub"))
    assert any("by another key than the one you named" in line for line in said)
    assert code == 1

    def unsign(files: dict[str, bytes]) -> None:
        del files[SIGNATURE]

    bare = edit(made, keys / "bare.zip", unsign)
    code, said, _ = verified(bare, capsys, "--signer", str(keys / "key.pub"))
    assert "✗ Not signed, although you named a signer." in said
    assert code == 1
    code, said, _ = verified(bare, capsys)
    assert (
        "· Not signed. The manifest shows that the files belong together, not who made them."
        in said
    )
    assert code == 0


def test_a_signature_beside_the_zip(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "e.zip"
    shutil.copy(made, path)
    signature = sign(path.read_bytes(), load_key(KEY.encode(), "key"))
    (tmp_path / "e.zip.sig").write_text(signature, encoding="utf-8")
    _, said, _ = verified(path, capsys)
    assert any(line.startswith("✓ The ZIP is signed by the key SHA256:") for line in said)

    path.write_bytes(write_container({**files_of(path), "x": b"y"}))
    code, said, _ = verified(path, capsys)
    assert any(line.startswith("✗ The signature beside the ZIP does not fit it") for line in said)
    assert code == 1


# ---------------------------------------------------------------- the signature's format


def test_signing_is_the_same_twice_and_holds_for_one_message() -> None:
    key = load_key(KEY.encode(), "key")
    text = sign(b"message", key)

    assert text == sign(b"message", key)
    assert read_signature(text).key == load_public_key(PUBLIC, "key.pub")
    assert read_signature(text).holds_for(b"message")
    assert not read_signature(text).holds_for(b"massage")


@pytest.mark.skipif(SSH_KEYGEN is None, reason="no ssh-keygen on this machine")
def test_ssh_keygen_agrees_both_ways(keys: Path) -> None:
    message = b"a manifest\n"
    (keys / "m").write_bytes(message)
    (keys / "m.sig").write_text(sign(message, load_key(KEY.encode(), "key")), encoding="utf-8")
    (keys / "signers").write_text(f"me {PUBLIC}\n", encoding="utf-8")
    check = [str(SSH_KEYGEN), "-Y", "verify", "-f", "signers", "-I", "me", "-n", "file"]
    done = subprocess.run([*check, "-s", "m.sig"], input=message, cwd=keys, capture_output=True)
    assert done.returncode == 0, done.stderr

    (keys / "key").chmod(0o600)
    (keys / "m.sig").unlink()
    make = [str(SSH_KEYGEN), "-Y", "sign", "-n", "file", "-f", "key", "m"]
    subprocess.run(make, cwd=keys, check=True, capture_output=True)
    theirs = read_signature((keys / "m.sig").read_text("utf-8"))
    assert theirs.holds_for(message)
    assert (keys / "m.sig").read_text("utf-8") == sign(message, load_key(KEY.encode(), "key"))


@pytest.mark.parametrize("at", range(0, 220, 7))
def test_a_signature_cut_or_bent_never_holds(at: int) -> None:
    lines = sign(b"message", load_key(KEY.encode(), "key")).splitlines()
    body = "".join(lines[1:-1])
    at = min(at, len(body) - 1)
    for bent in (body[:at], body[:at] + ("B" if body[at] == "A" else "A") + body[at + 1 :]):
        text = "\n".join((lines[0], bent, lines[-1]))
        try:
            held = read_signature(text).holds_for(b"message")
        except UnreadableInputError:
            continue
        assert not held


@pytest.mark.parametrize("text", ["", "ssh-rsa AAAA x", "ssh-ed25519 !!!", "ssh-ed25519 AAAA"])
def test_no_public_key_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="no line like"):
        load_public_key(text, "k.pub")


def test_no_private_key_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no key that can be used here"):
        load_key(b"rubbish", "k")


# ---------------------------------------------------------------- hostile ZIPs


def hostile(entries: Mapping[str, bytes], **more: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = more.get("attr", 0)
            info.compress_type = more.get("method", zipfile.ZIP_DEFLATED)
            archive.writestr(info, data)
    return out.getvalue()


def _twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("A.txt", b"1")
        archive.writestr("a.txt", b"2")
    return out.getvalue()


def _encrypted() -> bytes:
    data = bytearray(hostile({"a": b"x"}))
    for magic, at in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        place = data.index(magic) + at
        data[place] |= 1
    return bytes(data)


def _lying() -> bytes:
    """An entry that unpacks to more than it says."""
    data = bytearray(hostile({"a": b"x" * 1_000_000}))
    place = data.index(b"PK\1\2") + 24
    data[place : place + 4] = struct.pack("<I", 10)
    return bytes(data)


HOSTILE: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "above": (lambda: hostile({"../../x": b"x"}), "is no name of a file inside"),
    "absolute": (lambda: hostile({"/etc/x": b"x"}), "is no name of a file inside"),
    "windows": (lambda: hostile({"C:\\x": b"x"}), "is no name of a file inside"),
    "control": (lambda: hostile({"a\x1b[31m": b"x"}), "is no name of a file inside"),
    "folder": (lambda: hostile({"a/": b""}), "is no name of a file inside"),
    "twice": (_twice, "stands twice"),
    "link": (
        lambda: hostile({"a": b"/etc/passwd"}, attr=(stat.S_IFLNK | 0o777) << 16),
        "is no regular file",
    ),
    "bzip2": (lambda: hostile({"a": b"x"}, method=zipfile.ZIP_BZIP2), "packed unusually"),
    "encrypted": (_encrypted, "is encrypted or packed unusually"),
    "lying": (_lying, ""),
    "many": (lambda: hostile({f"f{i}": b"" for i in range(2_001)}), "more than 2000 files"),
    "empty": (lambda: b"", "not a readable ZIP"),
    "no zip": (lambda: b"PK\3\4" + b"\0" * 100, "not a readable ZIP"),
    "no evidence": (lambda: hostile({"a": b"x"}), "no evidence of this program"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_zips_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    make, why = HOSTILE[name]
    path = tmp_path / "h.zip"
    path.write_bytes(make())
    code, said, error = verified(path, capsys)

    assert code == 3
    assert said == []
    assert len(error.splitlines()) == 1
    assert error.startswith("error: ")
    assert why in error
    assert sorted(p.name for p in tmp_path.iterdir()) == ["h.zip"]


def test_bounds_on_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.zip"
    path.write_bytes(hostile({f"f{i}": b"\0" * 1_000_000 for i in range(4)}))
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(container_module, "MAX_TOTAL", 3_000_000)
    with pytest.raises(UnreadableInputError, match="when unpacked"):
        open_container(path)
    monkeypatch.setattr(container_module, "MAX_TOTAL", 5_000_000)
    monkeypatch.setattr(container_module, "MAX_ENTRY", 900_000)
    with pytest.raises(UnreadableInputError, match="'f0' is larger than"):
        open_container(path)


def test_a_foreign_packing_is_told(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "again.zip"
    path.write_bytes(hostile(files_of(made)))
    code, said, _ = verified(path, capsys)

    assert any(line.startswith("· The ZIP was packed again by another program.") for line in said)
    assert code == 0


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("a/b.txt", True),
        ("条款/隐私 政策.txt", True),
        ("a/../b", False),
        ("./a", False),
        ("a//b", False),
        ("a\nb", False),
        (" a", False),
        ("", False),
        ("x" * 241, False),
        ("a:b", False),
    ],
)
def test_names(name: str, plain: bool) -> None:
    assert is_plain_name(name) is plain
