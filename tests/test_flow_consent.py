"""When an entry point runs: words on buttons, stored flags, and what leads from here to there."""

from __future__ import annotations

import itertools

import pytest

from auditor.catalog import Catalog
from auditor.flows.consent import Activation, Words, activations
from auditor.flows.knowledge import WordsEntry
from auditor.flows.roots import Edge, Root, RootKey
from auditor.flows.values import ANY, Condition, Obj

WORDS = Words({w.id: w.words for w in Catalog().entries("consent", WordsEntry)})
NONE: frozenset[Condition] = frozenset()


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        pytest.param("同意并继续", "accept", id="Chinese"),
        pytest.param("不同意", "refuse", id="a refusal that contains consent"),
        pytest.param("I Agree", "accept", id="English"),
        pytest.param("Disagree", "refuse", id="a refusal in English"),
        pytest.param("Setuju", "accept", id="Indonesian"),
        pytest.param("Đồng ý", "accept", id="Vietnamese"),
        pytest.param("तुम सहमत", "accept", id="Hindi"),
        pytest.param("下一步", "", id="next"),
        pytest.param("Apply now", "", id="apply"),
        pytest.param("", "", id="no words"),
    ],
)
def test_words_on_buttons(label: str, expected: str) -> None:
    assert WORDS.says(label) == expected


@pytest.mark.parametrize(
    ("guards", "expected"),
    [
        pytest.param([], False, id="no condition"),
        pytest.param([Condition("consent", "")], True, id="the user agreed"),
        pytest.param([Condition("consent", "", negated=True)], False, id="the user did not"),
        pytest.param([Condition("checked", "")], True, id="a box is ticked"),
        pytest.param([Condition("preference", "privacy_agreed")], True, id="a stored flag"),
        pytest.param([Condition("preference", "first_run")], False, id="another flag"),
        pytest.param([Condition("permission", "READ_CONTACTS")], False, id="a permission"),
    ],
)
def test_conditions(guards: list[Condition], expected: bool) -> None:
    assert WORDS.agreed(frozenset(guards)) is expected


LAUNCH = Edge(None, "launcher_start", NONE, "", before=True)


def table(*edges: tuple[str, list[Edge]]) -> dict[RootKey, Root]:
    """Roots by name."""
    found = {}
    for number, (name, reasons) in enumerate(edges):
        root = Root(key(number, name), Obj(number, "Lt/C;", (name,), True), name, (ANY,), None)
        root.edges.update(dict.fromkeys(reasons))
        found[root.key] = root
    return found


def key(number: int, name: str) -> RootKey:
    return (number, name, 1, 0)


def edge(trigger: str, label: str = "", *guards: Condition) -> Edge:
    """From the launcher's `onCreate`."""
    return Edge(key(0, "onCreate"), trigger, frozenset(guards), label)


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        pytest.param([edge("background")], Activation(True, "launcher_start"), id="a thread"),
        pytest.param(
            [edge("screen_start")], Activation(True, "screen_start"), id="the next screen"
        ),
        pytest.param([edge("click", "下一步")], Activation(None, "click"), id="a click"),
        pytest.param([edge("click", "同意")], Activation(False, "consent_accept"), id="consent"),
        pytest.param([edge("click", "不同意")], Activation(True, "consent_refuse"), id="refusal"),
        pytest.param(
            [edge("permission_result")], Activation(None, "permission_result"), id="permission"
        ),
        pytest.param(
            [edge("background", "", Condition("preference", "privacy_agreed"))],
            Activation(False, "consent_accept"),
            id="a stored consent",
        ),
        pytest.param(
            [edge("click", "同意"), edge("click", "下一步")],
            Activation(None, "click"),
            id="the earliest counts",
        ),
        pytest.param(
            [edge("click", "同意"), edge("background")],
            Activation(True, "launcher_start"),
            id="also a thread",
        ),
        pytest.param([], None, id="no reason at all"),
    ],
)
def test_activations(reasons: list[Edge], expected: Activation | None) -> None:
    for order in itertools.permutations(reasons):
        roots = table(("onCreate", [LAUNCH]), ("run", list(order)))
        assert activations(roots, WORDS).get(key(1, "run")) == expected


def test_what_follows_consent_is_after_consent() -> None:
    after = Edge(key(1, "onClick"), "background", NONE, "")
    later = Edge(key(2, "run"), "click", NONE, "下一步")
    roots = table(
        ("onCreate", [LAUNCH]),
        ("onClick", [edge("click", "同意")]),
        ("run", [after]),
        ("onClick2", [later]),
    )
    found = activations(roots, WORDS)
    assert found[key(2, "run")] == Activation(False, "consent_accept")
    assert found[key(3, "onClick2")].before is False
