"""Asking a store: names that are half known, ready questions, SQL that can only read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.batch import query
from auditor.batch import schema as t
from auditor.batch.find import find
from auditor.batch.names import every_gram, fold, initials, sound
from auditor.batch.query import asked, filled, questions
from auditor.batch.save import link_name
from auditor.batch.store import Store, open_store
from auditor.batch.tables import as_csv, as_json_lines, as_text, write_parquet
from auditor.catalog import Catalog
from auditor.cli import run
from auditor.errors import AuditError, StoreError, UsageError
from tests.batch_fixture import copy_sample, run_batch

NAMES = ("picker-mask", "hostile-strings", "english-lender", "honest-lender", "honest-lender-next")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("ask")
    for name in NAMES:
        copy_sample(name, folder / "apps")
    table = folder / "apps.csv"
    table.write_text("path,developer\napps/picker-mask.apk,杭州某某网络科技有限公司\n", "utf-8")
    opened = open_store(str(folder / "s.db"), create=True)
    run_batch(opened, [str(folder / "apps"), str(table)])
    return opened


@pytest.mark.parametrize(
    ("text", "folded", "heard", "first"),
    [
        ("Crédit-24 Plus", "credit24plus", "", ""),
        ("現金貸", "現金貸", "xianjindai", "xjd"),
        ("Ｃａｓｈ借", "cash借", "cashjie", "cashj"),
        ("‮\x00", "", "", ""),
    ],
)
def test_names_are_folded(text: str, folded: str, heard: str, first: str) -> None:
    assert (fold(text), sound(text), initials(text)) == (folded, heard, first)


def test_grams() -> None:
    assert every_gram("Go 1") == {"^go": 3, "go1": 3, "o1$": 3}
    assert every_gram("现金") == {
        **{"现金": 2, "^xj": 2, "xj$": 2},
        **dict.fromkeys(("^xi", "xia", "ian", "anj", "nji", "jin", "in$"), 7),
    }


@pytest.mark.parametrize(
    ("text", "score", "kind"),
    [
        pytest.param("信易借", 100, "label", id="the label"),
        pytest.param("心意借", 96, "label", id="a homophone"),
        pytest.param("xinyijie", 96, "label|package", id="pinyin"),
        pytest.param("xyj", 85, "label", id="initials"),
        pytest.param("Xinyi Csh", 90, "label", id="a typo in another language"),
        pytest.param("com.xinyijie.cash", 100, "package", id="the package"),
        pytest.param("某某网络", 90, "developer", id="part of the developer"),
    ],
)
def test_an_app_is_found(store: Store, text: str, score: int, kind: str) -> None:
    with store.reading() as connection:
        best = find(connection, text).hits[0]

    assert (best.package, best.label) == ("com.xinyijie.cash", "信易借")
    assert best.score >= score
    assert best.kind in kind.split("|")


def test_a_signer_gives_all_its_apps(store: Store) -> None:
    with store.reading() as connection:
        found = find(connection, "lending auditor samples", ["signer"]).hits

    assert len({hit.sha256 for hit in found}) == len(NAMES)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """1,500 apps whose names hold the same word, longer ones first."""
    made = open_store(str(tmp_path_factory.mktemp("crowd") / "s.db"), create=True)
    with made.engine.begin() as connection:
        for number in range(1_500):
            connection.execute(t.apps.insert().values(id=number, package=f"p{number}"))
            sha = f"{number:064x}"
            values = {"id": number, "app_id": number, "sha256": sha, "label": f"Cash {number}"}
            connection.execute(t.versions.insert().values(values))
            link_name(connection, number, "label", f"Cash {'very ' * (9 - number // 150)}{number}")
            link_name(connection, number, "signer", "One Key For All")
    return made


def test_the_shortest_of_many_alike_come_first_and_what_is_missing_is_said(
    crowded: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    with crowded.reading() as connection:
        common = find(connection, "cash", limit=5)
        typo = find(connection, "csh 1499", limit=5)
        signer = find(connection, "one key for all", limit=1_400)
        every = find(connection, "one key for all", limit=2_000)

    assert {len(h.name) for h in common.hits} == {len("Cash 1350")}
    assert (common.more, common.uncompared) == (True, True)
    assert typo.hits[0].name == "Cash 1499"
    assert (len(signer.hits), signer.more, signer.uncompared) == (1_400, True, False)
    assert (len(every.hits), every.more) == (1_500, False)

    url = str(crowded.engine.url.database)
    assert run(["find", "cash", "--store", url]) == 0
    assert "so many names hold this that not all were compared" in capsys.readouterr().err
    assert run(["find", "one key for all", "--store", url]) == 0
    assert "more apps than these 20 are called alike" in capsys.readouterr().err
    assert run(["find", "Cash 1499", "--store", url, "--limit", "300"]) == 0


@pytest.mark.parametrize("text", ["", "!!!", "zzzzqqqq", "%' OR 1=1 --", "q" * 5_000])
def test_nothing_is_found_by_nonsense(store: Store, text: str) -> None:
    with store.reading() as connection:
        assert find(connection, text).hits == ()


VALUES = {
    "data": "contacts",
    "host": "api.xinyijie.example",
    "package": "com.xinyijie.cash",
    "rule": "picker-mask",
    "library": "okhttp",
    "name": "android.permission.READ_CONTACTS",
}
ALL = questions(Catalog())


def answers(store: Store, name: str) -> list[tuple[object, ...]]:
    question = ALL[name]
    values = {n: VALUES[n] for n in question.parameters}
    with asked(store, question.sql, filled(question, values)) as answer:
        return [tuple(row) for row in answer.rows]


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_ready_question_is_answered(store: Store, name: str) -> None:
    found = answers(store, name)

    assert found == answers(store, name)
    if name in ("gravest", "signers", "permission", "versions", "declares-nothing", "same-signer"):
        assert found


def test_a_question_ends_where_nobody_reads_on(
    store: Store, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The text says that there is more; a file holds all."""
    url, out = str(store.engine.url.database), tmp_path / "x.csv"
    with asked(store, ALL["gravest"].sql, filled(ALL["gravest"], {}, 2)) as answer:
        assert len(list(answer.rows)) == 2
    assert run(["query", "gravest", "--store", url, "--limit", "2"]) == 0
    assert "… more than 2 rows" in capsys.readouterr().out
    assert run(["query", "gravest", "--store", url, "-f", "csv", "--out", str(out)]) == 0
    assert len(out.read_text("utf-8-sig").splitlines()) == 1 + len(NAMES)


def test_every_value_of_a_question_is_known() -> None:
    for question in ALL.values():
        used = set(query._PARAMETER.findall(question.sql))
        assert used - {"rows"} == set(question.parameters), question.id


def test_exact_answers(store: Store) -> None:
    ((subject, apps, _),) = answers(store, "signers")
    assert (str(subject).startswith("CN=Lending Auditor Samples"), apps) == (True, 4)
    assert {r[0] for r in answers(store, "same-signer")} == {
        *("com.anxinbai.loan", "com.bidaijie.app", "com.pesalift.credit")
    }
    with asked(
        store,
        "SELECT version_name FROM versions v JOIN apps a ON a.id = v.app_id "
        "WHERE package = :p ORDER BY 1",
        {"p": "com.anxinbai.loan"},
    ) as answer:
        assert answer.columns == ("version_name",)
        assert [r[0] for r in answer.rows] == ["2.4.0", "2.5.0"]


def plain(rows: list[tuple[object, ...]]) -> list[str]:
    """SQLite has numbers for truth values."""
    return sorted(str([int(v) if isinstance(v, bool) else v for v in row]) for row in rows)


def test_postgresql_answers_the_same(store: Store, postgresql: str, tmp_path: Path) -> None:
    for name in NAMES:
        copy_sample(name, tmp_path / "apps")
    big = open_store(postgresql, create=True)
    run_batch(big, [str(tmp_path / "apps")])

    for name in ALL:
        if name != "failures":
            assert plain(answers(big, name)) == plain(answers(store, name)), name
    with big.reading() as one, store.reading() as other:
        assert find(one, "xinyijie") == find(other, "xinyijie")
    big.engine.dispose()


ATTACKS = (
    "DELETE FROM apps",
    "DROP TABLE apps",
    "SELECT 1; DROP TABLE apps",
    "WITH x AS (DELETE FROM apps RETURNING 1) SELECT * FROM x",
    "INSERT INTO apps (package) VALUES ('x')",
    "SELECT set_config('transaction_read_only', 'off', true)",
    "SELECT nextval('apps_id_seq')",
    "COMMIT; DELETE FROM apps",
    "COPY apps TO '/tmp/x'",
    "ATTACH '/tmp/x' AS x",
    "PRAGMA journal_mode = DELETE",
    "VACUUM INTO '/tmp/x'",
    "SELECT load_extension('x')",
    "SET default_transaction_read_only = off",
    "CREATE TEMP TABLE x (y INT)",
    "",
    "nonsense of a user",
)


@pytest.mark.parametrize("sql", ATTACKS)
def test_sql_can_only_read(store: Store, sql: str) -> None:
    path = Path(str(store.engine.url.database))
    before = path.read_bytes()

    with pytest.raises(UsageError), asked(store, sql, {}) as answer:
        list(answer.rows)

    assert path.read_bytes() == before


@pytest.mark.parametrize("sql", ATTACKS)
def test_sql_can_only_read_in_postgresql(postgresql: str, sql: str) -> None:
    store = open_store(postgresql, create=True)
    with pytest.raises((UsageError, StoreError)), asked(store, sql, {}) as answer:
        list(answer.rows)
    with asked(store, "SELECT count(*) FROM apps", {}) as answer:
        assert [tuple(r) for r in answer.rows] == [(0,)]
    store.engine.dispose()


def test_a_statement_that_never_ends_is_ended(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "SECONDS", 0.2)
    endless = "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT max(n) FROM x"

    with pytest.raises(StoreError, match="took longer"), asked(store, endless, {}) as answer:
        list(answer.rows)


@pytest.mark.parametrize(
    ("given", "words"),
    [({}, "sends-to needs --set host"), ({"host": "h", "x": "y"}, "no parameter x; known: data")],
)
def test_wrong_values_are_told(given: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        filled(ALL["sends-to"], given)


ROWS = ((1, "=1+1", None, True), (2, "lone \ud800 \x1b[31m 贷", 1.5, False))


def made() -> query.Answer:
    return query.Answer(("n", "text", "number", "flag"), iter(ROWS))


def test_rows_are_written_safely(tmp_path: Path) -> None:
    text = list(as_text(made(), 10))
    assert text[0].split() == ["n", "text", "number", "flag"]
    assert "\x1b" not in "".join(text)
    assert list(as_text(made(), 1))[-1].startswith("… more than 1 rows")

    table = b"".join(as_csv(made())).decode("utf-8-sig")
    assert table.splitlines()[:2] == ["n,text,number,flag", "1,'=1+1,,True"]

    lines = [json.loads(line) for line in as_json_lines(made())]
    assert lines[0] == {"n": 1, "text": "=1+1", "number": None, "flag": True}
    assert lines[1]["text"].startswith("lone \ufffd")

    parquet = pytest.importorskip("pyarrow.parquet")
    write_parquet(made(), tmp_path / "x.parquet")
    assert parquet.read_table(tmp_path / "x.parquet").to_pylist()[0] == {
        **{"n": 1, "text": "=1+1", "number": None, "flag": True}
    }
    with pytest.raises(UsageError, match="cannot write"):
        write_parquet(made(), tmp_path / "no" / "x.parquet")


@pytest.fixture
def url(store: Store) -> Iterator[str]:
    yield str(store.engine.url.database)


@pytest.mark.parametrize(
    ("arguments", "code", "printed"),
    [
        (["find", "xinyijie"], 0, "com.xinyijie.cash"),
        (["find", "zzzzqqqq"], 1, "nothing is called like this"),
        (["find", "x", "--kind", "colour"], 2, "colour is none of label, package"),
        (["query"], 0, "sends-to  Which apps send this kind of data to this host?"),
        (["query", "--lang", "zh"], 0, "哪些应用把这类数据发送到该主机？"),
        (["query", "versions", "--set", "package=com.anxinbai.loan"], 0, "2.4.0"),
        (["query", "SELECT count(*) AS n FROM apps", "-f", "jsonl"], 0, '{"n": 4}'),
        (["query", "zzz"], 2, "no question 'zzz'; `auditor query` lists them"),
        (["query", "signer"], 2, "no question 'signer'; did you mean signers, same-signer?"),
        (["query", "undisclosed", "--set", "data=contact"], 0, "knows no 'contact'; did you mean"),
        (["query", "finding", "--set", "rule=picker-mask"], 0, "com.xinyijie.cash"),
        (["query", "finding", "--set", "rule=picker-mas"], 0, "did you mean picker-mask"),
        (["query", "versions", "--set", "package"], 2, "no NAME=VALUE"),
        (["query", "gravest", "-f", "parquet"], 2, "needs --out FILE"),
    ],
)
def test_the_commands(
    url: str, arguments: list[str], code: int, printed: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run([*arguments, "--store", url]) == code

    said = capfd.readouterr()
    assert printed in said.out + said.err


def test_no_store_is_told(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="no store there"):
        open_store(str(tmp_path / "s.db"))


def test_notices_of_a_store_are_those_of_its_reports(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The developer comes from the table of the batch."""
    apps = Path(str(store.engine.url.database)).parent / "apps"
    files = [str(apps / f"{name}.apk") for name in NAMES]
    assert run(["scan", *files, "--out", str(tmp_path / "r"), "--format", "json", "-q"]) == 0
    details = tmp_path / "details.csv"
    details.write_text("app,developer\ncom.xinyijie.cash,杭州某某网络科技有限公司\n", "utf-8")
    one = ["notices", str(tmp_path / "r"), "--format", "miit", "--details", str(details)]
    assert run([*one, "--out", str(tmp_path / "a.csv")]) == 0
    other = ["notices", "--store", str(store.engine.url.database), "--format", "miit"]
    assert run([*other, "--out", str(tmp_path / "b.csv")]) == 0

    made = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    assert (tmp_path / "b.csv").read_text(encoding="utf-8-sig") == made
    assert "杭州某某网络科技有限公司" in made
    capsys.readouterr()
    assert run(["notices", "--format", "miit"]) == 2
    assert "give an INPUT, or the --store" in capsys.readouterr().err
