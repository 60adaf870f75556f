"""The commands as people use them: what they print, what they write, how they end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor import __version__
from auditor.cli import run
from auditor.commands.output import stems, write_file
from auditor.errors import (
    AuditError,
    InvalidCatalogError,
    StoreError,
    UnreadableInputError,
    UnreadablePackageError,
    UnreadableTermsError,
    UsageError,
)

ROOT = Path(__file__).parents[1]
CASE = ROOT / "samples" / "picker-mask"
APP, TERMS = str(CASE / "app.apk"), str(CASE / "terms.html")
HONEST = str(ROOT / "samples" / "honest-lender" / "app.apk")
HONEST_TERMS = str(next((ROOT / "samples" / "honest-lender").glob("terms.*")))
HELP_SECONDS = 0.4
"""CPU seconds in which the help must stand there: issue of the first capability, point 10."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path


def process(*arguments: str, **more: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401
    command = [sys.executable, "-m", "auditor", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, **pipes)


# ---------------------------------------------------------------- scan


def test_scan_writes_reports_and_prints_the_answer(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", APP, "--terms", TERMS, "--out", "reports", "--lang", "en"]) == 0

    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert lines[0] == "信易借  com.xinyijie.cash  3.1.2"
    assert "The code of this app can read your whole address book." in lines
    assert lines[-2:] == ["reports/app.html", "reports/app.json"]
    # Where the machine is slow, the stages are told as they come.
    assert all(line.startswith("app.apk: ") for line in printed.err.splitlines())
    assert sorted(p.name for p in (here / "reports").iterdir()) == ["app.html", "app.json"]


def test_scan_speaks_chinese_where_the_system_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    assert run(["scan", APP, "--terms", TERMS, "--format", "html"]) == 0

    assert "这款应用的代码能够读取您的整本通讯录。" in capsys.readouterr().out
    assert '<html lang="zh-Hans">' in Path("out/app.html").read_text("utf-8")


def test_scan_writes_every_format(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", APP, "-q", "-f", "csv, html,json,jsonl,sarif,json"]) == 0

    endings = ["csv", "html", "json", "jsonl", "sarif"]
    assert sorted(p.name for p in Path("out").iterdir()) == [f"app.{e}" for e in endings]
    assert capsys.readouterr().out.split() == [
        f"out/app.{e}" for e in ("csv", "html", "json", "jsonl", "sarif")
    ]
    assert json.loads(Path("out/app.sarif").read_text("utf-8"))["version"] == "2.1.0"


def test_scan_is_the_same_twice() -> None:
    for folder in ("one", "two"):
        assert run(["scan", APP, "-t", TERMS, "-q", "-o", folder, "-f", "html,json,sarif,csv"]) == 0

    for name in ("app.html", "app.json", "app.sarif", "app.csv"):
        assert Path("one", name).read_bytes() == Path("two", name).read_bytes()


def test_several_apps_of_one_name_get_reports_of_their_own(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", APP, HONEST, "-q", "-f", "json"]) == 0

    packages = [
        json.loads(Path("out", name).read_text("utf-8"))["app"]["package"]
        for name in ("app.json", "app-2.json")
    ]
    assert packages == ["com.xinyijie.cash", "com.anxinbai.loan"]


def test_one_bad_app_does_not_stop_the_others(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "bad.apk").write_bytes(b"no package")

    assert run(["scan", "bad.apk", APP, "-f", "json", "--lang", "en"]) == 3

    printed = capsys.readouterr()
    slow = re.compile(r": \w+ \(\d+ s\)$")  # stages that a busy machine takes seconds for
    assert [line for line in printed.err.splitlines() if not slow.search(line)] == [
        "[1/2] bad.apk",
        "error: bad.apk: not a ZIP archive, so no APK, XAPK, APKS or APKM "
        "(old APKM files are encrypted)",
        "[2/2] app.apk",
    ]
    assert printed.out.splitlines()[-1] == "out/app.json"


@pytest.mark.parametrize(
    ("app", "terms", "more", "code"),
    [
        pytest.param(APP, TERMS, ["--fail-on", "high"], 1, id="grave finding"),
        pytest.param(APP, TERMS, ["--fail-on", "low"], 1, id="graver than asked"),
        pytest.param(APP, TERMS, [], 0, id="findings alone are no failure"),
        pytest.param(HONEST, HONEST_TERMS, ["--fail-on", "medium"], 0, id="nothing grave"),
        pytest.param(APP, TERMS, ["--strict"], 0, id="everything was examined"),
        pytest.param(
            str(ROOT / "samples" / "packed-look-alike" / "app.apk"), TERMS, ["--strict"], 4,
            id="hidden code",
        ),
    ],
)  # fmt: skip
def test_exit_codes_of_scan(app: str, terms: str, more: list[str], code: int) -> None:
    assert run(["scan", app, "-t", terms, "-q", "-f", "json", *more]) == code


def test_terms_are_looked_for_inside_the_app(capsys: pytest.CaptureFixture[str]) -> None:
    bundle = next((ROOT / "samples" / "split-bundle").glob("app.apks"))

    assert run(["scan", str(bundle), "-q", "-f", "json"]) == 0

    document = json.loads(Path("out/app.json").read_text("utf-8"))
    assert [d["name"] for d in document["terms"]["documents"]] == ["privacy.html"]


# ---------------------------------------------------------------- usage


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["scan"], "Missing argument 'APP…'", id="no app"),
        pytest.param(["scan", APP, "--nope"], "No such option: --nope", id="option"),
        pytest.param(["scam", APP], "No such command 'scam'", id="command"),
        pytest.param(
            ["scan", APP, "-f", "xls"], "--format: xls is none of html, json", id="format"
        ),
        pytest.param(["scan", APP, "-f", ","], "--format: nothing is none of", id="no format"),
        pytest.param(["scan", APP, "-j", "cn,mars"], "no rule pack mars; known:", id="pack"),
        pytest.param(["scan", APP, "--date", "2024-13-01"], "--date: '2024-13-01'", id="date"),
        pytest.param(["scan", APP, "--lang", "xx"], "Invalid value for '--lang'", id="language"),
        pytest.param(["scan", APP, "--dex", "none"], "--dex: none is no folder", id="DEX folder"),
        pytest.param(["scan", APP, "--dex", "."], "--dex: no file in . ends in .dex", id="no DEX"),
        pytest.param(["scan", APP, "--rules", "none"], "--rules: none is no folder", id="rules"),
        pytest.param(["scan", APP, "-q", "-o", "/dev/null/x"], "cannot write", id="output"),
        pytest.param(["rules", "show", "picker"], "no rule or provision 'picker'", id="rule"),
        pytest.param(["explain", "tracd"], "nothing is called 'tracd'; near: traced", id="word"),
    ],
)
def test_wrong_usage_is_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert said in printed.err


def test_without_arguments_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "Usage: auditor [OPTIONS]" in capsys.readouterr().out
    assert run(["rules"]) == 2
    assert "Usage: auditor rules" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", ["scan", "terms", "rules list", "rules test", "explain", "schema"]
)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command.split(), "--help"]) == 0

    assert f"Usage: auditor {command}" in capsys.readouterr().out


def test_every_command_stands_in_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    from typer.main import get_command

    from auditor.cli import app

    readme = (ROOT / "README.md").read_text("utf-8")
    commands = getattr(get_command(app), "commands")  # noqa: B009
    assert [name for name in commands if f"`auditor {name}" not in readme] == []


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"auditor {__version__}\n"


def test_every_error_has_an_exit_code_of_the_contract() -> None:
    codes = {
        AuditError: 3,
        UsageError: 2,
        UnreadableInputError: 3,
        UnreadablePackageError: 3,
        UnreadableTermsError: 3,
        InvalidCatalogError: 2,
        StoreError: 3,
    }
    assert all(kind in codes for kind in _subclasses(AuditError))
    assert {kind: kind.exit_code for kind in codes} == codes


def _subclasses(kind: type[AuditError]) -> set[type[AuditError]]:
    return {kind}.union(*(_subclasses(c) for c in kind.__subclasses__()))


# ---------------------------------------------------------------- terms, rules, explain, schema


def test_terms_as_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["terms", TERMS, "--lang", "en"]) == 0

    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == ["id", "who", "does", "data", "extent", "purposes", "to", "quote"]
    assert {len(row) for row in rows} == {8}
    denied = [row for row in rows if "不会收集您通讯录中其他联系人的信息" in row[7]]
    assert ("does not: collects", "the address book") in [(row[2], row[3]) for row in denied]


def test_terms_as_json_are_the_object_of_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["terms", TERMS, "-f", "json"]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert run(["scan", APP, "-t", TERMS, "-q", "-f", "json"]) == 0
    whole = json.loads(Path("out/app.json").read_text("utf-8"))

    assert alone == whole["terms"]


def test_terms_as_a_page_mark_every_statement_in_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["terms", TERMS, "-f", "html", "-o", "reading.html", "--lang", "en"]) == 0
    assert run(["terms", TERMS, "-f", "json", "-o", "reading.json"]) == 0

    page = Path("reading.html").read_text("utf-8")
    statements = json.loads(Path("reading.json").read_text("utf-8"))["statements"]
    assert len(statements) > 20
    assert sorted(re.findall(r'<span class="r[^"]*" id="([^"]+)">', page)) == sorted(
        s["id"] for s in statements
    )
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_hostile_terms_are_harmless_in_every_form(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "We collect your contacts<img src=x onerror=alert(1)>\x1b[31m\u202e now.\n"
    (here / "t.txt").write_text(text * 3, "utf-8")

    for form in ("table", "html", "json"):
        assert run(["terms", "t.txt", "-f", form]) == 0
        printed = capsys.readouterr().out
        assert "\x1b" not in printed
        assert "\u202e" not in printed
        assert form != "html" or "<img" not in printed


def test_rules_of_one_jurisdiction(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "list", "-j", "play", "-f", "json"]) == 0

    rows = json.loads(capsys.readouterr().out)
    assert {row["kind"] for row in rows} == {"rule", "instrument"}
    assert {"gp-user-data"} < {row["id"] for row in rows}
    assert all(not row["jurisdictions"] or "play" in row["jurisdictions"] for row in rows)


def test_a_rule_is_shown_with_its_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "show", "picker-mask", "--lang", "en"]) == 0

    printed = capsys.readouterr().out
    assert printed.startswith("The screen asks for one person, the code reads the whole address")
    assert "  picker_mask: True" in printed.splitlines()


def test_the_rules_are_checked(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "test"]) == 0
    assert capsys.readouterr().out.endswith("no problem\n")

    shipped = ROOT / "auditor" / "data" / "findings" / "contacts" / "picker-mask.yaml"
    (here / "findings").mkdir()
    text = shipped.read_text("utf-8").replace("id: picker-mask", "id: mine")
    (here / "findings" / "mine.yaml").write_text(
        text.replace("data_type: [contacts]", "data_type: [contatcs]"), "utf-8"
    )
    assert run(["rules", "test", "--rules", "."]) == 2
    assert "did you mean 'contacts'?" in capsys.readouterr().out


def test_a_broken_rule_file_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "findings").mkdir()
    (here / "findings" / "mine.yaml").write_text("id: mine\ntitle: {en: x}\n", "utf-8")

    assert run(["scan", APP, "--rules", "."]) == 2

    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("error: findings/mine.yaml: entry 'mine': title.zh: Field required")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("traced", "Level of evidence, the strongest", id="word"),
        pytest.param("Picker mask", "asked to pick one person", id="two words"),
        pytest.param("contacts", "android.permission.READ_CONTACTS", id="data type"),
        pytest.param("cleartext-upload", "unencrypted", id="rule"),
        pytest.param("cn-pipl.13", "Personal Information Protection Law", id="provision"),
    ],
)
def test_explain(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", name, "--lang", "en"]) == 0
    assert said in capsys.readouterr().out


def test_explain_a_finding_with_its_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", APP, "-t", TERMS, "-q", "-f", "json"]) == 0
    capsys.readouterr()

    assert run(["explain", "picker-mask", "--report", "out/app.json", "--lang", "zh"]) == 0

    printed = capsys.readouterr().out
    assert printed.startswith("界面只让选一位联系人，代码却读取整本通讯录")
    assert "Lcom/xinyijie/cash/data/PhoneBook;->entries()Lorg/json/JSONArray;@" in printed


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"{", "r.json: not JSON", id="no JSON"),
        pytest.param(b"[" * 100_000, "r.json: not JSON", id="deep"),
        pytest.param(b"{}", "r.json: no report of this program", id="other"),
        pytest.param(None, "r.json: No such file or directory", id="missing"),
    ],
)
def test_explain_with_something_that_is_no_report(
    content: bytes | None, said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (here / "r.json").write_bytes(content)

    assert run(["explain", "traced", "--report", "r.json"]) == 3
    assert said in capsys.readouterr().err


def test_the_report_follows_the_schema_that_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert run(["scan", APP, "-t", TERMS, "-q", "-f", "json"]) == 0

    jsonschema.Draft202012Validator.check_schema(schema)
    report = json.loads(Path("out/app.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(report)


# ---------------------------------------------------------------- the program as a process


def test_help_is_quick() -> None:
    """CPU time, so that a busy machine does not matter; the best of three."""
    best = min(_cpu_seconds("--help") for _ in range(3))

    assert best < HELP_SECONDS


def _cpu_seconds(*arguments: str) -> float:
    before = os.times()
    with process(*arguments) as child:
        child.communicate()
    after = os.times()
    return (
        after.children_user + after.children_system - before.children_user - before.children_system
    )


def test_nobody_reads_the_output() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with process("schema", stdout=writing) as child:
        os.close(writing)
        _, errors = child.communicate()

    assert errors == b""
    assert child.returncode == 141


def test_interrupted_quietly(tmp_path: Path) -> None:
    big = tmp_path / "big.txt"
    big.write_text("我们会收集您的通讯录信息用于风控评估。\n" * 100_000, "utf-8")
    with process("terms", str(big)) as child:
        time.sleep(2.5)
        child.send_signal(signal.SIGINT)
        output, errors = child.communicate(timeout=30)

    assert (output, errors) == (b"", b"")
    assert child.returncode == 130


_WATCH = """
import os, sys
out = os.path.realpath(sys.argv[1])
def watch(event, args):
    if event == "open":
        path, mode, flags = args
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        named = isinstance(path, (str, bytes))
        if writes and named and not os.path.realpath(os.fsdecode(path)).startswith(out):
            raise SystemExit(f"writes {path}")
    elif event.split(".")[0] in ("socket", "subprocess", "shutil", "ctypes") or event in (
        "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn",
    ):
        if event not in ("socket.gethostname",):
            raise SystemExit(f"does {event} {args}")
from auditor.cli import run
import auditor.pipeline, auditor.report
sys.dont_write_bytecode = True
sys.addaudithook(watch)
sys.exit(run(["scan", *sys.argv[2:], "-q", "-o", out, "-f", "html,json,sarif,csv"]))
"""


def test_scan_starts_nothing_asks_nobody_and_writes_only_its_reports(here: Path) -> None:
    arguments: Sequence[str] = (APP, "--terms", TERMS)
    command = [sys.executable, "-B", "-c", _WATCH, "out", *arguments]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )

    assert done.stderr.decode() == ""
    assert done.returncode == 0


# ---------------------------------------------------------------- files


def test_stems() -> None:
    names = ["a/app.apk", "b/App.apk", "app-2.apk", "x" * 300 + ".apk", "c/\x1b[31mred.apk"]

    assert stems([Path(n) for n in names]) == [
        "app", "App-2", "app-2-2", "x" * 180, "_[31mred",
    ]  # fmt: skip


def test_a_link_in_the_output_folder_is_replaced_not_followed(here: Path) -> None:
    victim = here / "victim.txt"
    victim.write_text("mine")
    (here / "out").mkdir()
    (here / "out" / "app.html").symlink_to(victim)

    assert write_file(here / "out", "app.html", "report").read_text() == "report"

    assert victim.read_text() == "mine"
    assert not (here / "out" / "app.html").is_symlink()


def test_nothing_half_written_stays(here: Path) -> None:
    (here / "out").mkdir()
    (here / "out" / "app.html").mkdir()  # a folder cannot be replaced by a file

    with pytest.raises(UsageError, match=r"cannot write .*app\.html"):
        write_file(here / "out", "app.html", "report")

    assert [p.name for p in (here / "out").iterdir()] == ["app.html"]


# ---------------------------------------------------------------- code that lies elsewhere


def unzipped(app: str, name: str) -> bytes:
    with zipfile.ZipFile(app) as archive:
        return archive.read(name)


def test_dumped_code_completes_a_packed_app(here: Path) -> None:
    packed = str(ROOT / "samples" / "packed-look-alike" / "app.apk")
    (here / "dump").mkdir()
    (here / "dump" / "one.dex").write_bytes(unzipped(APP, "classes.dex"))

    levels = []
    for more in ([], ["--dex", "dump"]):
        assert run(["scan", packed, "-q", "-f", "json", *more]) == 0
        practices = json.loads(Path("out/app.json").read_text("utf-8"))["practices"]
        levels.append({p["level"] for p in practices if p["data_type"] == "contacts"})

    assert levels == [{"requested"}, {"referenced"}]


def test_apps_inside_the_app_are_audited_on_their_own(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(HONEST) as source, zipfile.ZipFile(here / "drop.apk", "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
        target.write(APP, "assets/plugin.apk")

    assert run(["scan", "drop.apk", "--nested", "-q", "-f", "json"]) == 0

    assert capsys.readouterr().out.split() == ["out/drop.json", "out/drop.nested1.json"]
    outer, inner = (json.loads(Path(p).read_text("utf-8")) for p in sorted(_reports()))
    assert outer["app"]["nested"] == ["drop.apk!/assets/plugin.apk"]
    assert inner["app"]["package"] == "com.xinyijie.cash"
    assert {"contacts"} <= {f["data_type"] for f in inner["flows"]}


def _reports() -> list[str]:
    return [str(p) for p in Path("out").glob("*.json")]
