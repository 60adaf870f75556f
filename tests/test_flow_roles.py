"""The roles of names and types: each means its own examples, and not the others."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from auditor.catalog import Catalog
from auditor.dex import CodeIndex
from auditor.errors import InvalidCatalogError
from auditor.flows.roles import Role, RoleEntry, load_roles
from auditor.flows.types import Types

ENTRIES = Catalog().entries("roles", RoleEntry)


@cache
def chain(java: str) -> tuple[str, ...]:
    """Supertypes of a class of the platform, as the interpreter knows them."""
    return Types(CodeIndex.build([])).chain("L" + java.replace(".", "/") + ";")


def is_meant(entry: RoleEntry, role: Role, text: str) -> bool:
    if role.names or role.beginnings:
        cls, _, name = text.rpartition(".")
        return role.means(name, chain(cls))
    if role.types:
        return role.covers(chain(text))
    if entry.id == "http_client":
        return text.startswith(role.words)
    return text in role.words or text.rpartition(".")[2] in role.words


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: str(e.id))
def test_a_role_means_its_examples_and_nothing_else(entry: RoleEntry) -> None:
    role = load_roles(Catalog())[entry.id]

    assert entry.examples
    assert [t for t in entry.examples if not is_meant(entry, role, t)] == []
    assert entry.others
    assert [t for t in entry.others if is_meant(entry, role, t)] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("entries: []\n", "no entry for answers_nothing", id="missing"),
        pytest.param(
            "entries: [{id: sings, examples: [], others: [], reference: r}]\n", "id", id="unknown"
        ),
        pytest.param("entries: [{id: fills, examples: [a], others: [b]}]\n", "reference", id="key"),
    ],
)
def test_a_wrong_table_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "roles").mkdir()
    (tmp_path / "roles" / "a.yaml").write_text(text, "utf-8")

    with pytest.raises(InvalidCatalogError, match=reason):
        load_roles(Catalog(tmp_path))
