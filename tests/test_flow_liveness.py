"""Registers that are read on from the beginning of a block."""

from __future__ import annotations

import pytest

from auditor.dex import CodeIndex, DexInput
from auditor.flows.cfg import build_graph
from tests.smali import assemble

CLASS = """
.class public Lt/A;
.super Ljava/lang/Object;
.method public static m({params})I
    .registers {registers}
{body}
.end method
"""


def live_of(body: str, params: str = "I", registers: int = 4) -> list[tuple[int, ...]]:
    text = CLASS.format(params=params, registers=registers, body=body)
    index = CodeIndex.build([DexInput("classes.dex", assemble(text))])
    method = index.method_id(f"Lt/A;->m({params})I")
    assert method is not None
    code = index.code(method)
    assert code is not None
    return list(build_graph(code).live)


@pytest.mark.parametrize(
    ("body", "live"),
    [
        pytest.param("    const/4 v0, 0x1\n    return v0", [()], id="written first"),
        pytest.param("    add-int/lit8 v0, v3, 0x1\n    return v0", [(3,)], id="argument"),
        pytest.param(
            "    if-eqz v3, :end\n    const/4 v1, 0x1\n    return v1\n    :end\n    return v3",
            [(3,), (), (3,)],
            id="one way only",
        ),
        pytest.param(
            "    const/4 v0, 0x0\n    :again\n    add-int/2addr v0, v3\n"
            "    if-lt v0, v3, :again\n    return v0",
            [(3,), (0, 3), (0,)],
            id="a loop",
        ),
        pytest.param(
            "    const/4 v0, 0x0\n    :a\n    const/4 v1, 0x5\n    div-int v0, v1, v3\n    :b\n"
            "    return v0\n    .catch Ljava/lang/Exception; {:a .. :b} :c\n    :c\n"
            "    return v1",
            [(1, 3), (1, 3), (0,), (1,)],
            id="a handler reads what the block writes",
        ),
    ],
)
def test_what_is_read_later_is_live(body: str, live: list[tuple[int, ...]]) -> None:
    assert live_of(body) == live
