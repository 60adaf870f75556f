"""What is proved of an app does not depend on whether it is interpreted whole."""

from pathlib import Path

import pytest

from auditor.catalog import Catalog
from auditor.dex import CodeIndex, DexInput
from auditor.flows import relevance
from auditor.flows.trace import trace_flows
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
