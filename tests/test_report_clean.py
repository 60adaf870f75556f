"""`clean`: what an adversary hides in a string is shown, thinned or cut."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.report.clean import LIMIT, one_line, visible, well_formed

CASES = [
    pytest.param("快易借 Loan", "快易借 Loan", id="ordinary text stays"),
    pytest.param("a\x00b\x1bc\x7f", "a␀b␛c␡", id="controls become pictures"),
    pytest.param("x\x9bmy", "x\ufffdmy", id="C1, which some terminals obey, is replaced"),
    pytest.param("\u202egnp\u202c", "⟦U+202E⟧gnp⟦U+202C⟧", id="direction is shown, not obeyed"),
    pytest.param("a\u200bb\ufeff", "a⟦U+200B⟧b⟦U+FEFF⟧", id="what has no width is shown"),
    pytest.param("\ud800x", "\ufffdx", id="a lone surrogate is replaced"),
    pytest.param("a\r\nb\u2028c\x85d", "a\nb\nc\nd", id="line ends become one kind"),
    pytest.param("👨\u200d👩", "👨\u200d👩", id="a joiner inside an emoji stays"),
    pytest.param("z" + "\u0301" * 50, "z" + "\u0301" * 6, id="marks are thinned"),
    pytest.param("\U000e0041", "⟦U+E0041⟧", id="tag characters are shown"),
]


@pytest.mark.parametrize(("raw", "shown"), CASES)
def test_visible(raw: str, shown: str) -> None:
    assert visible(raw) == shown


def test_a_long_string_is_cut_and_the_rest_is_counted() -> None:
    assert visible("a" * 25_000) == "a" * LIMIT + "… ⟦+15,000⟧"
    assert one_line("word " * 100, 20) == "word word word word… ⟦+480⟧"


def test_one_line_has_no_line_end() -> None:
    assert one_line("a\n\n  b\tc") == "a b c"


@given(st.text(st.characters(codec=None), max_size=300))
def test_nothing_active_is_left(text: str) -> None:
    shown = visible(text)
    shown.encode()
    kinds = {unicodedata.category(c) for c in shown if c not in "\n\t"}
    assert not kinds & {"Cc", "Cs"}
    assert not set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


@given(st.text(st.characters(codec=None), max_size=100))
def test_well_formed_text_is_left_alone(text: str) -> None:
    fixed = well_formed(text)
    fixed.encode()
    assert well_formed(fixed) == fixed
    assert len(fixed) == len(text)
