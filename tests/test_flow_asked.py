"""Annotations of a renamed library are told by the code of the library that asks for them."""

from __future__ import annotations

import pytest

from auditor.catalog import Catalog
from auditor.flows.asked import asked_annotations
from auditor.flows.knowledge import RenamedEntry, RenamedQuestions
from auditor.flows.renamed import Renamed
from tests.flow_fixture import index_of

ROWS = [
    row for entry in Catalog().entries("renamed", RenamedEntry) for row in entry.asks if row.texts
]


def asking(row: RenamedQuestions, left_out: str = "") -> str:
    """A method that asks for every annotation in order; `left_out` is asked for without a text."""
    texts = {name: text for text, name in row.texts.items() if name != left_out}
    body, classes = [], []
    for n, name in enumerate(row.order):
        classes.append(
            f".class public interface abstract annotation Lq/a{n};\n.super Ljava/lang/Object;\n"
        )
        body.append(f"    instance-of v0, p0, Lq/a{n};\n")
        if name in texts:
            body.append(f'    const-string v1, "{texts[name]}"\n')
    return (
        ".class public Lq/F;\n.super Ljava/lang/Object;\n"
        ".method public static a(Ljava/lang/Object;)V\n    .registers 3\n"
        + "".join(body)
        + "    return-void\n.end method\n"
        + "\n".join(classes)
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.order[0].rpartition(".")[2])
def test_texts_tell_an_annotation_and_order_tells_those_between(row: RenamedQuestions) -> None:
    found = asked_annotations(index_of(asking(row)), row)
    places = [row.order.index(name) for name in row.texts.values()]

    told = {
        f"Lq/a{n};": name for n, name in enumerate(row.order) if min(places) <= n <= max(places)
    }
    assert found == told


def test_an_annotation_without_its_text_is_told_by_its_neighbours() -> None:
    row = ROWS[0]
    found = asked_annotations(index_of(asking(row, left_out="retrofit2.http.POST")), row)

    assert found[f"Lq/a{row.order.index('retrofit2.http.POST')};"] == "retrofit2.http.POST"


def test_few_texts_tell_nothing() -> None:
    row = RenamedQuestions(order=("x.A", "x.B", "x.C"), texts={"one": "x.A", "two": "x.C"})

    assert asked_annotations(index_of(asking(row)), row) == {}


def test_a_library_with_its_own_names_is_not_asked() -> None:
    own = ".class public Lretrofit2/Retrofit;\n.super Ljava/lang/Object;\n"
    entries = Catalog().entries("renamed", RenamedEntry)

    assert Renamed(index_of(asking(ROWS[0]) + own), entries).annotations == {}
    assert Renamed(index_of(asking(ROWS[0])), entries).annotations
