"""What is proved of an app does not depend on whether it is interpreted whole."""

from pathlib import Path

import pytest

from auditor.catalog import Catalog
from auditor.dex import CodeIndex, DexInput
from auditor.flows import relevance
from auditor.flows.trace import trace_flows
from auditor.flows.types import Types
from auditor.ingest import dex_files, read_package

SAMPLES = Path(__file__).parents[1] / "samples"
APPS = sorted([*SAMPLES.glob("*/app.apk"), *SAMPLES.glob("*/app.apks")])


def proved(app: Path) -> list[tuple[str, ...]]:
    package = read_package(app)
    code = CodeIndex.build([DexInput(name, data) for name, data in dex_files(package)])
    traced = trace_flows(code, package.manifest, package.resources, Catalog())
    return [
        (f.data_type, f.source.caller, f.sink.caller, f.sink_kind, f.endpoint) for f in traced.flows
    ]


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.parent.name)
def test_a_big_app_would_show_the_same_paths(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = proved(app)
    monkeypatch.setattr(relevance, "SMALL", 0)

    assert proved(app) == whole


def test_below_a_class_is_what_has_it_above() -> None:
    package = read_package(APPS[0])
    index = CodeIndex.build([DexInput(name, data) for name, data in dex_files(package)])
    types = Types(index)
    named = {index.method(m).cls for m in index.all_methods()}
    classes = {*index.classes(), *named}
    for wanted in ("Landroid/content/Context;", "Ljava/util/Collection;", "Lno/Such;"):
        below = types.below([wanted])
        assert {c for c in classes if c in below} == {c for c in classes if types.is_a(c, wanted)}
    assert types.below(["Landroid/app/Activity;", "Landroid/app/Service;"]) == types.below(
        ["Landroid/app/Activity;"]
    ) | types.below(["Landroid/app/Service;"])
