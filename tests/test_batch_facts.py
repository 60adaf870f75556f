"""Facts in the store: what comes back is what went in, and judging it gives the same report."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from auditor.batch import codec, facts, keys
from auditor.batch.site_data import gather
from auditor.batch.store import open_store
from auditor.catalog import Catalog, Entry
from auditor.model import Flow, Limit, Manifest, Severity
from auditor.pipeline import Options, conclude, examine, read_package
from auditor.report import RENDERERS
from tests.batch_fixture import SAMPLES, run_batch

E = TypeVar("E", bound=Entry)
ALL = sorted(p.parent.name for p in SAMPLES.glob("*/app.apk"))


@pytest.mark.parametrize(
    "sample", ["picker-mask", "uniapp-h5", "hostile-strings", "packed-look-alike"]
)
def test_a_stored_app_gives_the_same_reports(sample: str) -> None:
    catalog, options = Catalog(), Options(traits=True)
    app = examine(read_package(SAMPLES / sample / "app.apk"), catalog, options)

    body, documents = facts.pack(app)
    back = facts.restore(facts.unpack(body), lambda digest: zlib.decompress(documents[digest]))

    first, second = conclude(app, catalog, options), conclude(back, catalog, options)
    for name, render in RENDERERS.items():
        assert render(second, "en") == render(first, "en"), name
    assert facts.pack(replace(back, package=app.package)) == (body, documents)


@dataclass(frozen=True, slots=True)
class Sample:
    text: str
    number: int | None
    level: Severity
    pairs: tuple[tuple[str, str], ...]
    data: bytes
    limits: tuple[Limit, ...]
    texts: dict[str, str]


VALUE = Sample(
    "lone \ud800 and nul \x00",
    None,
    Severity.HIGH,
    (("a", "b"),),
    b"\xff\x00",
    (Limit("budget", "x", "y"),),
    {"": "zh"},
)


def test_the_codec_keeps_every_value() -> None:
    assert codec.loads(Sample, codec.dumps(VALUE)) == VALUE


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"[]", id="too few values"),
        pytest.param(b'["", 1, "grave", [], "", [], {}]', id="a word that no enumeration has"),
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"null", id="nothing"),
    ],
)
def test_what_is_of_another_shape_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        codec.loads(Sample, data)


def test_damaged_facts_are_refused() -> None:
    with pytest.raises(ValueError, match="damaged facts"):
        facts.unpack(b"no zlib")


def test_the_shape_names_every_class_of_the_model_that_is_stored() -> None:
    shape = codec.shape_of(facts.Facts)

    for kind in (Flow, Manifest, Limit):
        assert f"\n{kind.__name__}: " in shape


class Noting(Catalog):
    """A catalog that notes what it is asked for."""

    asked: set[str]

    def entries(self, folder: str, kind: type[E]) -> tuple[E, ...]:
        self.asked.add(folder)
        return super().entries(folder, kind)

    def table(self, name: str) -> Any:  # noqa: ANN401
        self.asked.add(name)
        return super().table(name)

    def files(self, folder: str) -> list[Path]:
        self.asked.add(folder)
        return super().files(folder)


@pytest.mark.parametrize("sample", ALL)
def test_examining_reads_no_folder_of_judging(sample: str) -> None:
    """Otherwise a change of that folder would leave outdated facts in a store."""
    catalog = Noting()
    catalog.asked = set()

    examine(read_package(SAMPLES / sample / "app.apk"), catalog, Options(traits=True))

    read = {
        name
        for name in catalog.asked
        if f"{name}/".startswith(tuple(f"{j}/" for j in keys.JUDGING))
    }
    assert read == set()
    assert "sources" in catalog.asked


def test_a_new_rule_leaves_the_facts_alone(tmp_path: Path) -> None:
    (tmp_path / "findings").mkdir()
    (tmp_path / "findings" / "x.yaml").write_text("id: x\n")
    (tmp_path / "sources").mkdir()
    plain = Catalog()
    with_rule = Catalog(*plain.roots, tmp_path)
    assert keys.facts_key(with_rule) == keys.facts_key(plain)
    assert keys.verdict_key(with_rule, [], {}) != keys.verdict_key(plain, [], {})

    (tmp_path / "sources" / "y.yaml").write_text("id: y\n")
    assert keys.facts_key(Catalog(*plain.roots, tmp_path)) != keys.facts_key(plain)


def test_packages_that_name_none_are_apps_of_their_own(tmp_path: Path) -> None:
    """Two files whose manifests cannot be read are not two versions of one app."""
    (tmp_path / "apps").mkdir()
    for number in (1, 2):
        with (
            zipfile.ZipFile(SAMPLES / "relay" / "app.apk") as source,
            zipfile.ZipFile(tmp_path / "apps" / f"{number}.apk", "w") as target,
        ):
            for entry in source.namelist():
                broken = entry == "AndroidManifest.xml"
                target.writestr(entry, b"\x03\0\x08\0" * number if broken else source.read(entry))
    store = open_store(str(tmp_path / "s.db"), create=True)
    run_batch(store, [str(tmp_path / "apps")])

    with store.reading() as connection:
        query = "SELECT a.package, v.sha256 FROM apps a JOIN versions v ON v.app_id = a.id"
        found = {(r.package, f"?{r.sha256[:16]}") for r in connection.execute(sa.text(query))}
        shown = {a.label for a in gather(connection, {}).table}
    assert len(found) == 2 and all(package == name for package, name in found)
    assert shown == {"1.apk", "2.apk"}
