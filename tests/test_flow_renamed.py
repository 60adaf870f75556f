"""Requests are told by their structure when the names of their annotations tell nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from auditor.catalog import Catalog
from auditor.dex import CodeIndex, DexInput
from auditor.flows import functions, models
from auditor.flows.trace import Traced, trace_flows
from auditor.ingest import dex_files, read_package

SAMPLES = Path(__file__).parents[1] / "samples"


def traced(case: str) -> Traced:
    package = read_package(SAMPLES / case / "app.apk")
    code = CodeIndex.build([DexInput(name, data) for name, data in dex_files(package)])
    return trace_flows(code, package.manifest, package.resources, Catalog())


def without_annotations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the catalog know no annotation, as if all of them were renamed."""
    known = models.Knowledge.__init__

    def forgetful(self: models.Knowledge, catalog: Catalog) -> None:
        known(self, catalog)
        self.annotations = ()

    monkeypatch.setattr(models.Knowledge, "__init__", forgetful)


def test_a_renamed_request_is_found_with_its_address_and_a_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named = [f for f in traced("picker-mask").flows if "LoanService" in f.sink.signature]
    without_annotations(monkeypatch)
    found = traced("picker-mask")

    renamed = [f for f in found.flows if "LoanService" in f.sink.signature]
    assert [(f.data_type, f.scope, f.endpoint) for f in renamed] == [
        (f.data_type, f.scope, f.endpoint) for f in named
    ]
    assert any(limit.kind == "renamed_library" for limit in found.limits)


@pytest.mark.parametrize("case", ["honest-lender", "look-alikes", "dead-code"])
def test_ordinary_interfaces_are_no_requests(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    named = {replace(f, http_method="", fields=(), id="") for f in traced(case).flows}
    without_annotations(monkeypatch)

    assert {replace(f, http_method="", fields=(), id="") for f in traced(case).flows} <= named


@pytest.mark.parametrize(
    ("cls", "field", "renamed"),
    [
        pytest.param("La/b;", "c", True, id="one letter"),
        pytest.param("Lcom/app/Person;", "c", True, id="one letter in a class with a name"),
        pytest.param("Lpt;", "sb", True, id="two letters in a class of two"),
        pytest.param("Lcom/app/Outer$pt;", "sb", True, id="an inner class of two"),
        pytest.param("Lcom/app/Person;", "id", False, id="two letters in a class with a name"),
        pytest.param("Lpt;", "phone", False, id="a field that kept its name"),
    ],
)
def test_a_renamed_field_is_no_name_under_which_data_leave(
    cls: str, field: str, renamed: bool
) -> None:
    assert functions.is_renamed(cls, field) == renamed
