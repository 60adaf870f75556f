"""Values, heap and arithmetic: a join covers both, what is computed is what Java computes."""

from __future__ import annotations

import operator
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.flows import arithmetic
from auditor.flows.heap import NEW, Heap, Key, Stored, common, merge
from auditor.flows.values import (
    ANY,
    MAX_ATOMS,
    MAX_TAINTS,
    NOTHING,
    ZERO,
    Atom,
    ClassRef,
    Condition,
    Obj,
    Taint,
    Template,
    Trail,
    Value,
    as_atom,
    concat,
    field_names,
    join,
    join_all,
    of,
    relabelled,
    stepped,
    widened,
)

QUICK = settings(max_examples=150, deadline=None, derandomize=True, database=None)
OBJECTS = [Obj(n, "Lt/C;", ("object", n), app=True) for n in range(1, 60)]
TAINTS = [Taint(n % 3, label, None, ()) for n in range(3) for label in ("", "col:a", "k")]
_ATOMS: st.SearchStrategy[Atom] = st.one_of(
    st.integers(-2, 2),
    st.sampled_from(["", "a", "b", "https://"]),
    st.sampled_from(OBJECTS[:4]),
    st.sampled_from([Template((None, "x")), ClassRef("Lt/C;"), Condition("consent", "")]),
)
VALUES = st.builds(
    Value,
    st.frozensets(_ATOMS, max_size=5),
    st.frozensets(st.sampled_from(TAINTS), max_size=3),
    st.booleans(),
    st.booleans(),
).map(lambda v: NOTHING if v == NOTHING else v)


def covers(big: Value, small: Value) -> bool:
    """Whatever `small` may be, `big` may be."""
    return (
        (small.atoms <= big.atoms or big.any)
        and small.taints <= big.taints
        and (big.any or not small.any)
        and (big.unset or big.any or not small.unset)
    )


@QUICK
@given(VALUES, VALUES, VALUES)
def test_a_join_covers_both_and_is_the_same_in_any_order(a: Value, b: Value, c: Value) -> None:
    joined = join(a, b)
    assert covers(joined, a) and covers(joined, b)
    assert joined == join(b, a)
    assert join(joined, c) == join(a, join(b, c)) == join_all([a, b, c])
    assert join(joined, a) is joined and join(joined, b) is joined
    assert joined.objects() == sorted({*a.objects(), *b.objects()}, key=lambda o: o.number)


@QUICK
@given(st.lists(VALUES, min_size=2, max_size=6))
def test_widening_covers_and_ends(values: list[Value]) -> None:
    wide = before = NOTHING
    for value in values:
        before = wide
        wide = widened(before, join(before, value))
        assert covers(wide, before) and covers(wide, value)
        assert widened(wide, join(wide, value)) is wide or not wide.any
    assert wide.objects() == join_all(values).objects()


def test_what_is_unknown_gains_no_more_constants() -> None:
    unknown = join(ANY, of("kept"))

    assert widened(unknown, join(unknown, of("new", 7))) is unknown


def test_too_many_constants_are_unknown_and_objects_stay() -> None:
    numbers = [of(n) for n in range(MAX_ATOMS)]
    assert not join_all(numbers).any
    many = join_all([*numbers, of(*OBJECTS[:20]), of("x")])
    assert many.any
    assert many.objects() == OBJECTS[:20]
    assert many.texts() == ["x"] and many.ints() == []


def test_too_many_labels_become_one_for_each_source() -> None:
    labels = [frozenset((Taint(n % 2, f"k{n}", None, ()),)) for n in range(MAX_TAINTS + 1)]
    value = NOTHING
    for taints in labels:
        value = value.with_taints(taints)
    assert {(t.source, t.label) for t in value.taints} == {(0, ""), (1, "")}


def test_what_may_be_unset_is_zero_where_it_is_asked() -> None:
    flag = of(1).or_unset()
    assert flag != of(1) and flag.only() == 1
    assert flag.asked() == of(0, 1)
    assert flag.untainted() is flag and flag.or_unset() is flag
    assert join(of(1), flag) == flag == join(flag, of(1))
    assert NOTHING.or_unset() is NOTHING


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param(of("https://"), of("a.test"), of("https://a.test"), id="two constants"),
        pytest.param(of("x"), of(7), of("x7"), id="a number"),
        pytest.param(of("x"), ANY, of(Template(("x", None))), id="something unknown"),
        pytest.param(NOTHING, of("x"), of(Template((None, "x"))), id="nothing known"),
        pytest.param(of("a", "b"), of("c"), of("ac", "bc"), id="each with each"),
        pytest.param(
            of(Template(("a", None))),
            of(Template((None, "b"))),
            of(Template(("a", None, "b"))),
            id="gaps meet",
        ),
        pytest.param(of(OBJECTS[0]), of("x"), of(Template((None, "x"))), id="an object"),
        pytest.param(of("x").or_unset(), of("/y"), of("x/y"), id="a field that may be unset"),
    ],
)
def test_texts_are_joined(a: Value, b: Value, expected: Value) -> None:
    assert concat(a, b) == expected


@given(st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=40))
@QUICK
def test_templates_are_normal(parts: list[str | None]) -> None:
    atom = as_atom(tuple(parts))
    if isinstance(atom, str):
        assert atom == "".join(p or "" for p in parts)
        return
    assert len(atom.parts) <= 16 and "" not in atom.parts
    kinds = [p is None for p in atom.parts]
    assert all(x != y for x, y in zip(kinds, kinds[1:], strict=False))


def test_labels_keep_the_column_behind_the_key() -> None:
    column = frozenset((Taint(1, "col:data1", None, ()),))
    keyed = relabelled(column, "mobile")
    assert [field_names(t.label) for t in keyed] == [["mobile", "data1"]]
    outer = relabelled(keyed, "outer")
    assert [field_names(t.label) for t in outer] == [["outer", "mobile", "data1"]]
    assert relabelled(keyed, "col:data4") == keyed
    assert field_names("") == []


def test_steps_are_noted_once_and_marks_once() -> None:
    taints = frozenset((Taint(1, "", Trail(None, "source", 1, 0, "", 1), ()),))
    once = stepped(taints, "transform", 2, 4, "hashed", "hashed")
    twice = stepped(once, "transform", 2, 4, "hashed", "hashed")
    (taint,) = twice
    assert taint.marks == ("hashed",)
    assert taint.trail and taint.trail.length == 2 and taint.trail.note == "hashed"
    for number in range(200):
        twice = stepped(twice, "call", number + 9, 0, "")
    (taint,) = twice
    assert taint.trail and taint.trail.length == 80


# ---------------------------------------------------------------- heap

_FIELDS = st.sampled_from([(o, f) for o in OBJECTS[:3] for f in ("x", "y")])
_LAYERS = st.dictionaries(_FIELDS, st.tuples(VALUES, st.integers(1, 9)), max_size=5)


def piled(base: Heap, layers: list[dict[Key, Stored]]) -> Heap:
    """Layers over a base."""
    heap = base
    for changes in layers:
        heap = Heap(heap, dict(changes))
    return heap


@QUICK
@given(st.lists(_LAYERS, max_size=2), st.lists(_LAYERS, max_size=3), st.lists(_LAYERS, max_size=3))
def test_a_merge_is_the_join_of_two_dicts(
    below: list[dict[Key, Stored]], left: list[dict[Key, Stored]], right: list[dict[Key, Stored]]
) -> None:
    base = piled(Heap(None), below)
    a, b = piled(base, left), piled(base, right)
    changed, read, layer = merge(a, b)
    assert layer is common(a, b) is base
    merged = Heap(a, changed)
    flat_a, flat_b = (h.since(Heap(None)) for h in (a, b))
    written_a, written_b = a.since(base), b.since(base)
    for key in {*flat_a, *flat_b}:
        one, two = (f[key][0] if key in f else NOTHING for f in (flat_a, flat_b))
        expected = join(one, two)
        if (one is NOTHING) != (two is NOTHING) and key in {**written_a, **written_b}:
            expected = expected.or_unset()
        found = merged.find(key)
        assert (found[0] if found else NOTHING) == expected
    assert set(read) == set(written_a) ^ set(written_b)


def test_a_field_of_an_object_made_on_one_side_is_not_unset() -> None:
    base = Heap(None)
    obj = OBJECTS[0]
    a = Heap(base, {(obj, NEW): (of(1), 1), (obj, "x"): (of("v"), 2)})
    assert merge(a, Heap(base))[0] == {}
    made = Heap(base, {(obj, NEW): (of(1), 1)})
    assert merge(a, made)[0] == {(obj, "x"): (of("v").or_unset(), 2)}
    assert merge(made, a)[0] == {(obj, "x"): (of("v").or_unset(), 2)}


def test_a_high_pile_is_made_flat() -> None:
    base = Heap(None)
    heap = base
    for number in range(12):
        heap = heap.branch(base)
        heap.changes[(OBJECTS[0], f"f{number}")] = (of(number), number)
    assert heap.depth <= 8
    assert {k[1]: v[0].only() for k, v in heap.since(base).items()} == {
        f"f{n}": n for n in range(12)
    }


# ---------------------------------------------------------------- whole numbers

_INT = st.one_of(st.integers(-(2**31), 2**31 - 1), st.integers(-3, 3))


def wrapped(number: int) -> int:
    return (number + 2**31) % 2**32 - 2**31


JAVA: dict[int, Callable[[int, int], int]] = {
    0x90: operator.add,
    0x91: operator.sub,
    0x92: operator.mul,
    0x95: operator.and_,
    0x96: operator.or_,
    0x97: operator.xor,
    0x98: lambda a, b: a << (b & 31),
    0x99: lambda a, b: a >> (b & 31),
    0x9A: lambda a, b: (a % 2**32) >> (b & 31),
}


@QUICK
@given(st.sampled_from(sorted(JAVA)), _INT, _INT)
def test_numbers_are_computed_as_in_java(op: int, a: int, b: int) -> None:
    assert arithmetic.binary(op, of(a), of(b)) == of(wrapped(JAVA[op](a, b)))


@pytest.mark.parametrize(
    ("a", "b", "quotient", "rest"),
    [(7, 2, 3, 1), (-7, 2, -3, -1), (7, -2, -3, 1), (-7, -2, 3, -1), (-(2**31), -1, -(2**31), 0)],
)
def test_division_is_towards_zero(a: int, b: int, quotient: int, rest: int) -> None:
    assert arithmetic.binary(0x93, of(a), of(b)) == of(quotient)
    assert arithmetic.binary(0x94, of(a), of(b)) == of(rest)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(arithmetic.binary(0x93, of(1), of(0)), ANY, id="division by zero"),
        pytest.param(
            arithmetic.binary(0x90, of(1, 2), of(10, 20)), of(11, 12, 21, 22), id="each with each"
        ),
        pytest.param(arithmetic.binary(0x90, ANY, of(1)), ANY, id="unknown"),
        pytest.param(arithmetic.binary(0x90, of(*range(9)), of(1)), ANY, id="too many"),
        pytest.param(arithmetic.binary(0x9B, of(2**31 - 1), of(1)), of(2**31), id="long"),
        pytest.param(arithmetic.binary(0xA6, of(1), of(2)), ANY, id="float"),
        pytest.param(arithmetic.with_literal(0xD0, of(5), -1), of(4), id="add-int/lit16"),
        pytest.param(arithmetic.with_literal(0xD9, of(5), 1), of(-4), id="rsub-int/lit8"),
        pytest.param(arithmetic.with_literal(0xE2, of(-1), 28), of(15), id="ushr-int/lit8"),
        pytest.param(arithmetic.unary(0x7B, of(-(2**31))), of(-(2**31)), id="neg-int"),
        pytest.param(arithmetic.unary(0x8D, of(200)), of(-56), id="int-to-byte"),
        pytest.param(arithmetic.unary(0x8E, of(-1)), of(65535), id="int-to-char"),
        pytest.param(arithmetic.unary(0x8F, of(40000)), of(-25536), id="int-to-short"),
        pytest.param(arithmetic.unary(0x84, of(2**32 + 5)), of(5), id="long-to-int"),
    ],
)
def test_what_is_computed(found: Value, expected: Value) -> None:
    assert found == expected


def test_data_stay_in_what_is_computed_with_them() -> None:
    data = frozenset(TAINTS[:1])
    assert arithmetic.binary(0x90, Value(frozenset((1,)), data), of(1)) == Value(
        frozenset((2,)), data
    )
    assert arithmetic.binary(0xA6, of(1), Value(frozenset(), data, True)).taints == data
    assert arithmetic.unary(0x82, Value(frozenset((1,)), data)).taints == data


EQ, NE, LT, GE, GT, LE = range(0x32, 0x38)
EQZ, NEZ = 0x38, 0x39


@pytest.mark.parametrize(
    ("op", "operands", "expected"),
    [
        pytest.param(EQ, [of(1), of(1)], True, id="the same number"),
        pytest.param(EQ, [of(1), of(2)], False, id="other numbers"),
        pytest.param(NE, [of(1, 2), of(3)], True, id="none of two"),
        pytest.param(EQ, [of(1, 2), of(2)], None, id="one of two"),
        pytest.param(LT, [of(1, 2), of(3, 4)], True, id="all smaller"),
        pytest.param(GE, [of(1, 4), of(3)], None, id="some smaller"),
        pytest.param(GT, [of("a"), of(3)], None, id="no number"),
        pytest.param(LE, [of(-1), of(0)], True, id="negative"),
        pytest.param(EQZ, [ZERO], True, id="null"),
        pytest.param(EQZ, [of(OBJECTS[0])], False, id="an object is not null"),
        pytest.param(NEZ, [of("text")], True, id="a text is not null"),
        pytest.param(NEZ, [of(ClassRef("Lt/C;"))], True, id="a class is not null"),
        pytest.param(EQZ, [of(Template((None,)))], None, id="a text known in part"),
        pytest.param(EQZ, [ANY], None, id="unknown"),
        pytest.param(EQZ, [NOTHING], None, id="nothing known"),
        pytest.param(EQZ, [of(OBJECTS[0]).or_unset()], None, id="perhaps unset"),
        pytest.param(EQ, [of("a"), of("a")], None, id="equal texts may be two objects"),
        pytest.param(EQ, [of("a"), of("b")], False, id="other texts"),
        pytest.param(EQ, [of(OBJECTS[0]), of(OBJECTS[1])], False, id="other objects"),
    ],
)
def test_branches(op: int, operands: list[Value], expected: bool | None) -> None:
    assert arithmetic.decide(op, operands)[0] is expected


@pytest.mark.parametrize(("op", "negated"), [(EQZ, True), (NEZ, False)])
def test_a_question_of_interest_becomes_a_condition(op: int, negated: bool) -> None:
    asked = of(Condition("preference", "agreed"))
    assert arithmetic.decide(op, [asked]) == (None, Condition("preference", "agreed", negated))
