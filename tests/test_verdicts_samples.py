"""Rules name samples as examples: what each says of them is what an audit of the sample reports."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from auditor.catalog import Catalog
from auditor.pipeline import Options, audit
from auditor.terms import read_terms_file
from auditor.verdicts import load_knowledge

SAMPLES = Path(__file__).parents[1] / "samples"
CATALOG = Catalog()
NAMED = [
    pytest.param(rule.id, example, wanted, id=f"{rule.id}-{'on' if wanted else 'not-on'}-{example}")
    for rule in load_knowledge(CATALOG).rules
    for wanted, group in ((True, rule.examples.match), (False, rule.examples.no_match))
    for example in group
    if isinstance(example, str)
]


@cache
def reported(sample: str) -> frozenset[str]:
    """Ids of the rules that report anything about a sample audited with its terms."""
    folder = SAMPLES / sample
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    terms = [read_terms_file(folder / name) for name in expected["terms"]]
    report = audit(folder / expected["artifact"], CATALOG, Options(terms=terms, quotes=False))
    return frozenset(f.rule for f in report.findings)


@pytest.mark.parametrize(("rule", "sample", "wanted"), NAMED)
def test_a_rule_says_of_a_sample_what_its_audit_reports(
    rule: str, sample: str, wanted: bool
) -> None:
    assert (rule in reported(sample)) is wanted
