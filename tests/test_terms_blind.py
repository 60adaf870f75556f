"""The labelled terms of `benchmarks/terms_blind`: what is read of our own texts stays read."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest
import yaml

from auditor.catalog import Catalog
from auditor.terms import TermsSource, read_terms
from benchmarks.terms_blind_evaluate import HERE, compare, where

CATALOG = Catalog()
KNOWN = {
    "zh17_noise": "自动填写验证码 counts as text messages, told as otp_only",
    "zh18_short": "打您的电话 names a number without a word for it",
    "zh20_mixed": "a receiver with a condition in brackets (逾期60天后) is no label",
    "en06_lender": "your number stands for the phone number",
}
"""Texts with a disagreement that is known, and why."""


@cache
def labels() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((HERE / "labels.yaml").read_text(encoding="utf-8"))
    return found


def own() -> list[Any]:
    marked = pytest.mark.xfail
    return [
        pytest.param(
            entry,
            id=entry["id"],
            marks=[marked(strict=True, reason=KNOWN[entry["id"]])] if entry["id"] in KNOWN else [],
        )
        for entry in labels()["entries"]
        if "file" in entry
    ]


@pytest.mark.parametrize("entry", own())
def test_agrees_with_its_labels(entry: dict[str, Any]) -> None:
    path = where(entry, None)
    assert path is not None
    terms = read_terms([TermsSource(path.name, path.read_bytes(), "given")], CATALOG)
    found = [f for f in compare(entry, labels()["types"], terms.statements) if f[1] != "tp"]
    assert found == []


def test_labels_are_complete() -> None:
    halves = Counter(entry["half"] for entry in labels()["entries"])
    assert halves == {"dev": 25, "held": 22, "fresh": 14, "fresh2": 8}
    for entry in labels()["entries"]:
        assert ("file" in entry) != ("page" in entry), entry["id"]
