"""Audits of the sample apps say what `samples/<case>/expected.json` demands, one test a demand.

`python -m tests.sample_expectations` prints what differs. A known miss stands in `KNOWN` with its
reason; when it is mended, its test fails until the line is taken out.
"""

from __future__ import annotations

import pytest

from tests.sample_expectations import CASES, Check, checks, differences

_SCOPE = "a query without selection is bulk by definition, also where only its first row is read"
_RUNTIME = "a host that is read at run time leaves a constant beside the gap"

KNOWN: dict[str, str] = {
    "look-alikes-reads-1": _SCOPE,
    "relay-flows-0": _RUNTIME,
}
"""Name of the check → why it does not hold."""

CHECKS = [
    pytest.param(
        check,
        id=check.name,
        marks=[pytest.mark.xfail(strict=True, reason=KNOWN[check.name])]
        if check.name in KNOWN
        else [],
    )
    for case in CASES
    for check in checks(case)
]


@pytest.mark.parametrize("check", CHECKS)
def test_sample(check: Check) -> None:
    assert differences(check) == []


def test_known_misses_are_checks() -> None:
    names = {check.name for case in CASES for check in checks(case)}

    assert set(KNOWN) <= names
