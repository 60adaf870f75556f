"""Who made an app: traits that survive renaming, groups with their evidence, makers."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import sqlalchemy as sa

from auditor.batch import schema as t
from auditor.batch.groups import Group, Pair, alike, icon_groups, jaccard, signer_groups
from auditor.batch.makers import Evidence, Sign, apps_of, collect, join, save_makers
from auditor.batch.store import Store, open_store
from auditor.catalog import Catalog
from auditor.cli import run
from auditor.facts.traits import collect_traits
from auditor.model import Manifest, Package, PackageFile
from tests.batch_fixture import copy_sample, run_batch
from tests.facts_fixture import NoResources
from tests.flow_fixture import index_of

CODE = """
.class public Lcom/first/loan/Contacts;
.super Landroid/app/Activity;
.implements Ljava/lang/Runnable;
.field private reader:Lcom/first/loan/Reader;
.method public run()V
    .registers 3
    invoke-virtual {p0}, Landroid/app/Activity;->getIntent()Landroid/content/Intent;
    move-result-object v0
    invoke-virtual {v0}, Ljava/lang/Object;->toString()Ljava/lang/String;
    invoke-static {p0}, Lcom/first/loan/Reader;->read(Lcom/first/loan/Contacts;)V
    return-void
.end method
.class public Lcom/first/loan/Reader;
.super Ljava/lang/Object;
.method public static read(Lcom/first/loan/Contacts;)V
    .registers 2
    invoke-virtual {p0}, Landroid/app/Activity;->finish()V
    invoke-virtual {p0}, Landroid/app/Activity;->recreate()V
    return-void
.end method
"""


def package(*files: PackageFile, icons: tuple[str, ...] = ()) -> Package:
    manifest = Manifest("p", icons=icons)
    return Package("p", "p", "0", 0, (), manifest, (), files, NoResources())


def traits_of(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = collect_traits(index_of(code), package(), lambda cls: True)
    return found.classes, found.methods


def test_renaming_changes_no_digest() -> None:
    renamed = (
        CODE.replace("com/first/loan/Contacts", "a/b/c")
        .replace("com/first/loan/Reader", "a/a")
        .replace("->read(", "->a(")
        .replace(" read(", " a(")
        .replace("reader:", "b:")
    )
    assert "first" not in renamed

    classes, methods = traits_of(CODE)

    assert traits_of(renamed) == (classes, methods)
    assert (len(classes), len(methods)) == (2, 2)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("->recreate()V", "->onBackPressed()V", id="another call"),
        pytest.param("public run()V", "public run()I", id="another prototype"),
        pytest.param(".implements Ljava/lang/Runnable;\n", "", id="another interface"),
    ],
)
def test_other_code_has_other_digests(old: str, new: str) -> None:
    assert old in CODE

    assert traits_of(CODE.replace(old, new)) != traits_of(CODE)


def image(*, size: int = 48, left: int = 0, right: int = 255, noise: int = 0) -> bytes:
    from PIL import Image

    picture = Image.new("RGB", (size, size))
    for x in range(size):
        for y in range(size):
            wave = (
                left + (right - left) * x // size if (y * 8 // size) % 2 else 255 - x * 255 // size
            )
            picture.putpixel((x, y), (wave, wave, (wave + noise) % 256))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def icon(data: bytes) -> str:
    file = PackageFile("base.apk", "res/a.png", len(data), lambda: data)
    return collect_traits(index_of(CODE), package(file, icons=("res/a.png",)), lambda c: False).icon


def test_an_icon_keeps_its_hash_when_scaled() -> None:
    assert len(icon(image())) == 16
    apart = int(icon(image()), 16) ^ int(icon(image(size=96, noise=3)), 16)
    assert apart.bit_count() <= 3


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"no image", id="no image"),
        pytest.param(image()[:60], id="cut"),
        pytest.param(image(left=9, right=9)[:0], id="empty"),
    ],
)
def test_what_is_no_icon_has_no_hash(data: bytes) -> None:
    assert icon(data) == ""


def test_jaccard_counts_what_is_common() -> None:
    one = frozenset(f"{n:016x}" for n in range(100))
    assert jaccard(one, one) == 1.0
    assert jaccard(one, frozenset(f"{n:016x}" for n in range(50, 150))) == pytest.approx(1 / 3)
    assert jaccard(one, frozenset(["x"])) == 0.0


APPS = {1: 10, 2: 20, 3: 30, 4: 40, 5: 50, 6: 10}


@pytest.mark.parametrize(
    ("groups", "pairs", "expected"),
    [
        pytest.param([Group("signer", "k", (1, 2))], [], [(1, 2, 6)], id="one key"),
        pytest.param([Group("host", "h", (1, 2))], [], [], id="one host is too little"),
        pytest.param(
            [Group("host", "h", (1, 2)), Group("host", "i", (1, 2))],
            [],
            [(1, 2, 6)],
            id="two hosts",
        ),
        pytest.param([], [Pair("code", 2, 3, 0.9)], [(2, 3)], id="the same code"),
        pytest.param([], [Pair("code", 2, 3, 0.6)], [], id="half the code is too little"),
        pytest.param(
            [Group("icon", "i", (2, 3))], [Pair("code", 2, 3, 0.6)], [(2, 3)], id="code and icon"
        ),
        pytest.param(
            [Group("icon", "i", (2, 3)), Group("schema", "s", (2, 3))],
            [Pair("terms", 2, 3, 0.9)],
            [(2, 3)],
            id="three weak signs",
        ),
        pytest.param(
            [Group("signer", "k", (1, 2)), Group("signer", "l", (6, 3))],
            [],
            [(1, 2, 3, 6)],
            id="two versions of one app join their partners",
        ),
        pytest.param([Group("signer", "k", (1, 6))], [], [], id="versions of one app are no maker"),
    ],
)
def test_makers(groups: list[Group], pairs: list[Pair], expected: list[tuple[int, ...]]) -> None:
    found = join(Evidence(groups, pairs), APPS)

    assert [m.versions for m in found] == expected
    assert join(Evidence(groups[::-1], pairs[::-1]), APPS) == found


def test_a_link_says_what_it_rests_on() -> None:
    evidence = Evidence([Group("host", "h", (2, 3)), Group("icon", "i", (2, 3))], [])

    (maker,) = join(evidence, APPS)

    assert maker.apps == 2
    assert maker.links == ((2, 3, (Sign("host", "h", 2), Sign("icon", "i", 1))),)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("makers")
    for name in ("picker-mask", "denied-upload", "honest-lender", "honest-lender-next"):
        copy_sample(name, folder / "apps")
    opened = open_store(str(folder / "s.db"), create=True)
    run_batch(opened, [str(folder / "apps")])
    return opened


def test_from_apps_to_makers(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Three sample apps of four packages, signed with one key."""
    url = str(store.engine.url.database)
    assert run(["makers", "--store", url, "--lang", "zh"]) == 0

    printed = capsys.readouterr().out
    assert "制作方 1：3 个应用" in printed
    assert "签名证书相同 499961ff" in printed
    with store.reading() as connection:
        kinds = sa.select(t.clusters.c.kind, t.clusters.c.apps).order_by(t.clusters.c.kind)
        found = {tuple(row) for row in connection.execute(kinds)}
        members = connection.execute(
            sa.select(sa.func.count())
            .select_from(t.cluster_members)
            .join(t.clusters, t.clusters.c.id == t.cluster_members.c.cluster_id)
            .where(t.clusters.c.kind == "maker")
        ).scalar()
    assert {("maker", 3), ("signer", 3)} <= found
    assert members == 4


def test_running_again_gives_the_same_groups(store: Store) -> None:
    catalog = Catalog()
    with store.reading() as connection:
        apps = apps_of(connection)
        first, second = collect(connection, catalog), collect(connection, catalog)
    assert first == second
    with store.writer() as writer:
        makers = join(first, apps)
        for _ in range(2):
            writer.write(lambda c: save_makers(c, first, makers, apps))
    with store.reading() as connection:
        count = sa.select(sa.func.count()).select_from(t.clusters)
        kinds = count.where(t.clusters.c.kind == "maker")
        assert connection.execute(kinds).scalar() == len(makers) == 1


def test_a_key_that_everybody_has_is_no_evidence(store: Store, tmp_path: Path) -> None:
    (tmp_path / "makers").mkdir()
    (tmp_path / "makers" / "mine.yaml").write_text("id: mine\nsubject: Lending Auditor Samples\n")
    plain = Catalog()
    with store.reading() as connection:
        assert len(signer_groups(connection, plain)) == 1
        assert signer_groups(connection, Catalog(*plain.roots, tmp_path)) == []


@pytest.fixture
def empty(tmp_path: Path) -> Store:
    store = open_store(str(tmp_path / "s.db"), create=True)
    with store.engine.begin() as connection:
        connection.execute(t.apps.insert(), [{"id": n, "package": f"p{n}"} for n in range(1, 5)])
        rows = [{"id": n, "app_id": n, "sha256": f"{n}"} for n in range(1, 5)]
        connection.execute(t.versions.insert(), rows)
    return store


def test_code_that_is_alike_is_found_among_others(empty: Store) -> None:
    """Sketches of 200 classes: 1 and 2 share nine of ten, 3 shares a third, 4 nothing."""
    sets = {1: range(200), 2: range(20, 220), 3: range(100, 300), 4: range(900, 1_100)}
    with empty.engine.begin() as connection:
        for version, numbers in sets.items():
            digests = sorted(f"{n * 0x9E3779B97F4A7C15 % 2**64:016x}" for n in numbers)
            body = "".join(digests)
            values = {"version_id": version, "kind": "class", "size": 200, "body": body}
            connection.execute(t.sketches.insert().values(values))
    with empty.reading() as connection:
        (pair,) = alike(connection, "code")
    assert (pair.one, pair.other) == (1, 2)
    assert pair.share == pytest.approx(180 / 220, abs=0.001)


def test_icons_that_differ_a_little_are_one_group(empty: Store) -> None:
    icons = {1: "ffff0000ffff0000", 2: "ffff0000ffff0001", 3: "ffff0000fff00003", 4: "0" * 15 + "1"}
    with empty.engine.begin() as connection:
        for version, value in icons.items():
            row = {"version_id": version, "kind": "icon", "value": value}
            connection.execute(t.traits.insert().values(row))
    with empty.reading() as connection:
        assert [g.versions for g in icon_groups(connection)] == [(1, 2)]
