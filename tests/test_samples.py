"""The sample apps: complete, described in the words of the report, built from these sources.

What an audit of each must say is asserted where the pipeline is tested; here nothing is analyzed.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from samples import build

SAMPLES = Path(__file__).parent.parent / "samples"
DATA = Path(__file__).parent.parent / "auditor" / "data"
CASES = build.cases()
LIMIT = 1_500_000
"""Bytes that all samples together may take in the repository."""
RESERVED = (".example", ".test", ".invalid", "192.0.2.")


def expected(case: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SAMPLES / case / "expected.json").read_text("utf-8"))
    return document


def test_every_folder_is_a_case() -> None:
    folders = {path.name for path in SAMPLES.iterdir() if path.is_dir()}
    assert folders - {"platform", "stubs", "__pycache__"} == set(CASES)


def test_size() -> None:
    files = [path for path in SAMPLES.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert sum(path.stat().st_size for path in files) < LIMIT


@pytest.mark.parametrize("case", CASES)
def test_complete(case: str) -> None:
    """Each case has sources, the app, and the terms that it names."""
    folder = SAMPLES / case
    said = expected(case)
    assert build.javas([folder / "src"])
    assert (folder / "AndroidManifest.xml").is_file()
    assert said["artifact"] == build.read_recipe(case).artifact
    assert zipfile.is_zipfile(folder / said["artifact"])
    assert all((folder / name).is_file() for name in said["terms"])


@pytest.mark.parametrize("case", CASES)
def test_built_from_these_sources(case: str) -> None:
    """A changed source without `make samples`, or an app from elsewhere, fails here."""
    app = SAMPLES / case / build.read_recipe(case).artifact
    assert build.read_lock()[case] == build.lock_entry(case, app)


def test_lock_names_only_cases() -> None:
    assert sorted(build.read_lock()) == CASES


@pytest.mark.parametrize("case", CASES)
def test_expected_follows_its_schema(case: str) -> None:
    schema = json.loads((SAMPLES / "expected.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(expected(case))


@pytest.mark.parametrize("case", CASES)
def test_hosts_are_reserved(case: str) -> None:
    """No sample names an address that somebody could own."""
    addresses = [e["url"] for e in expected(case)["endpoints"]]
    addresses += [flow["endpoint"] for flow in expected(case)["flows"] if flow["endpoint"]]
    absolute = [address.split("//")[1] for address in addresses if "//" in address]
    hosts = [address.split("/")[0].split(":")[0] for address in absolute]
    assert [host for host in hosts if not any(end in host for end in RESERVED)] == []


@pytest.mark.parametrize("case", CASES)
def test_no_rule_knows_a_sample(case: str) -> None:
    """The catalog holds mechanisms: it names no sample's package, class or host."""
    said = expected(case)
    names = {said["package"], said["package"].replace(".", "/")}
    names |= {word for flow in said["flows"] for word in [flow["endpoint"]] if word}
    catalog = [path.read_text("utf-8") for path in sorted(DATA.rglob("*.yaml"))]
    assert [name for name in sorted(names) if any(name in text for text in catalog)] == []
