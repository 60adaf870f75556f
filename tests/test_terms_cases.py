"""Named sentences of lending policies: what must be read in them, and what must not.

A claim is written `[!]action type[>recipient][ @scope][ #purpose][ ~modality]`; `!` denies. `has`
must be among the statements, `lacks` must not.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditor.catalog import Catalog
from auditor.model import Statement, Terms
from auditor.terms import TermsSource, read_terms

FOLDER = Path(__file__).parent / "terms_cases"
CATALOG = Catalog()


def load() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            found.append(pytest.param(case, id=f"{path.stem}: {case['id']}"))
    return found


def written(statement: Statement) -> set[str]:
    """Every way in which a case may write this statement."""
    forms: set[str] = set()
    sign = "!" if statement.negated else ""
    for data_type in statement.data_types:
        base = f"{sign}{statement.action} {data_type}"
        forms |= {base, f"{base} @{statement.scope}", f"{base} ~{statement.modality}"}
        forms |= {f"{base}>{r}" for r in statement.recipients}
        forms |= {f"{base} #{p}" for p in statement.purposes}
    return forms


@cache
def understood(text: str) -> Terms:
    return read_terms([TermsSource("policy.txt", text.encode("utf-8"), "given")], CATALOG)


@pytest.mark.parametrize("case", load())
def test_case(case: dict[str, Any]) -> None:
    terms = understood(case["text"])
    forms = {form for s in terms.statements for form in written(s)}
    readable = sorted(f for f in forms if not f.endswith((" @", " ~")))
    assert [c for c in case.get("has", []) if c not in forms] == [], readable
    assert [c for c in case.get("lacks", []) if c in forms] == [], readable
    kinds = {w.kind for w in terms.warnings}
    assert [k for k in case.get("warns", []) if k not in kinds] == [], sorted(kinds)
    for statement in terms.statements:
        text = terms.documents[0].text
        assert text[statement.start : statement.end] == statement.quote
