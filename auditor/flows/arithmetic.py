"""Whole numbers in registers: what instructions compute when the operands are known."""

from __future__ import annotations

from auditor.flows.values import ANY, NOTHING, ZERO, ClassRef, Condition, Obj, Template, Value

_FEW = 8


def _wrap(number: int, *, wide: bool = False) -> int:
    bits = 64 if wide else 32
    number &= (1 << bits) - 1
    return number - (1 << bits) if number >> (bits - 1) else number


def _compute(kind: int, a: int, b: int, wide: bool) -> int | None:
    """One of add, sub, mul, div, rem, and, or, xor, shl, shr, ushr (0 to 10), Java semantics."""
    shift = b & (63 if wide else 31)
    if kind in (3, 4):
        if b == 0:
            return None
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        return _wrap(quotient if kind == 3 else a - quotient * b, wide=wide)
    if kind == 10:
        return _wrap((a & ((1 << (64 if wide else 32)) - 1)) >> shift, wide=wide)
    results = (a + b, a - b, a * b, 0, 0, a & b, a | b, a ^ b, a << shift, a >> shift)
    return _wrap(results[kind], wide=wide)


def _numbers(value: Value) -> list[int] | None:
    value = value.asked()
    if value.any or not value.atoms or len(value.atoms) > _FEW:
        return None
    if all(type(a) is int for a in value.atoms):
        return value.ints()
    return None


_XOR = 7
_TRUTHS = frozenset((0, 5, 6, _XOR))
"""Operations by which answers are gathered: counted, joined by and, by or; negated by xor."""


def _opposite(asked: frozenset[Condition]) -> frozenset[Condition]:
    return frozenset(Condition(c.kind, c.text, not c.negated) for c in asked)


def answered(
    before: Value, held: frozenset[Condition], value: Value, holding: frozenset[Condition]
) -> Value | None:
    """What a flag says that is 0 where some conditions hold and 1 where others do.

    `before` arrives under the conditions `held`, `value` under `holding`. The flag answers the
    question by which the two ways differ; None where it is no such flag.
    """
    numbers = (before.only(), value.only())
    if numbers not in ((0, 1), (1, 0)):
        return None
    rows = [(c, numbers[1]) for c in holding - held] or [(c, numbers[0]) for c in held - holding]
    if not rows:
        return None
    found, number = min(rows, key=lambda row: (row[0].kind != "permission_denied", row[0]))
    told = Condition(found.kind, found.text, found.negated != (number == 0))
    return Value(frozenset((told,)), before.taints | value.taints, True)


def _combine(kind: int, a: Value, b: Value, wide: bool) -> Value:
    taints = a.taints | b.taints
    if kind in _TRUTHS:
        asked = frozenset(x for x in a.atoms | b.atoms if type(x) is Condition)
        if asked:
            return Value(_opposite(asked) if kind == _XOR else asked, taints, True)
    left, right = _numbers(a), _numbers(b)
    if left is not None and right is not None and len(left) * len(right) <= _FEW:
        results = {_compute(kind, x, y, wide) for x in left for y in right}
        known = frozenset(r for r in results if r is not None)
        if len(known) <= _FEW and None not in results:
            return Value(known, taints)
    return Value(frozenset(), taints, True) if taints else ANY


def binary(op: int, a: Value, b: Value) -> Value:
    """`add-int` (0x90) to `rem-double` (0xaf)."""
    if op <= 0x9A:
        return _combine(op - 0x90, a, b, wide=False)
    if op <= 0xA5:
        return _combine(op - 0x9B, a, b, wide=True)
    taints = a.taints | b.taints
    return Value(frozenset(), taints, True) if taints else ANY


def with_literal(op: int, a: Value, literal: int) -> Value:
    """`add-int/lit16` (0xd0) to `ushr-int/lit8` (0xe2); `rsub-int` subtracts the other way."""
    kind = op - 0xD0 if op < 0xD8 else op - 0xD8
    constant = Value(frozenset((literal,)))
    if kind == 1:
        return _combine(1, constant, a, wide=False)
    order = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    return _combine(order[kind], a, constant, wide=False)


def unary(op: int, a: Value) -> Value:
    """`neg-int` (0x7b) to `int-to-short` (0x8f)."""
    numbers = _numbers(a)
    if numbers is not None:
        if op == 0x7B:
            return Value(frozenset(_wrap(-n) for n in numbers), a.taints)
        if op == 0x7C:
            return Value(frozenset(_wrap(~n) for n in numbers), a.taints)
        if op in (0x81, 0x84):
            return Value(frozenset(_wrap(n) for n in numbers), a.taints)
        if op == 0x8D:
            return Value(
                frozenset((n & 0xFF) - (0x100 if n & 0x80 else 0) for n in numbers), a.taints
            )
        if op == 0x8E:
            return Value(frozenset(n & 0xFFFF for n in numbers), a.taints)
        if op == 0x8F:
            return Value(
                frozenset((n & 0xFFFF) - (0x10000 if n & 0x8000 else 0) for n in numbers), a.taints
            )
    return Value(frozenset(), a.taints, True) if a.taints else ANY


_TESTS = ("__eq__", "__ne__", "__lt__", "__ge__", "__gt__", "__le__")


def decide(op: int, operands: list[Value]) -> tuple[bool | None, Condition | None]:
    """Whether an `if` jumps (None: both ways), and the condition that holds when it does."""
    test = _TESTS[(op - 0x32) % 6]
    a = operands[0].asked()
    b = operands[1].asked() if len(operands) > 1 else ZERO
    condition = None
    if len(operands) == 1 and test in ("__eq__", "__ne__", "__gt__", "__le__"):
        asked = sorted(x for x in a.atoms if type(x) is Condition)
        if len(asked) == 1:
            # `if-eqz` jumps when the answer is no.
            first = asked[0]
            no = test in ("__eq__", "__le__")
            condition = Condition(first.kind, first.text, first.negated != no)
    if a is NOTHING or b is NOTHING or a.any or b.any:
        return None, condition
    if test in ("__eq__", "__ne__"):
        answer = _equal(a, b)
        if answer is None:
            return None, condition
        return (answer if test == "__eq__" else not answer), condition
    left, right = _numbers(a), _numbers(b)
    if left is None or right is None:
        return None, condition
    answers = {bool(getattr(x, test)(y)) for x in left for y in right}
    return (answers.pop() if len(answers) == 1 else None), condition


def _equal(a: Value, b: Value) -> bool | None:
    if any(type(x) in (Condition, Template) for x in a.atoms | b.atoms):
        return None
    if not a.atoms & b.atoms:
        both = a.atoms | b.atoms
        # Distinct texts may be one object after all only when equal; objects of different sites
        # are different, and neither is null.
        if any(type(x) is str for x in a.atoms) and any(type(x) is str for x in b.atoms):
            return False
        if any(type(x) in (Obj, ClassRef) for x in both) and not all(
            type(x) in (Obj, ClassRef, int, str) for x in both
        ):
            return None
        return False
    if len(a.atoms) == 1 and len(b.atoms) == 1 and type(next(iter(a.atoms))) in (int, Obj):
        return True
    return None
