"""What the programs of `flow_programs.py` do: run on every path, and a bound from above."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.flow_programs import BOXES, NUMBERS, TEXTS, Block, Function, Statement

Pair = tuple[int, int]
"""(number of a source, number of a sink)."""
_RUNS, _STEPS, _COINS = 96, 400, 12
"""Bounds: runs of a program, statements of a run, answers of the coin in a run."""
Thing = Any
"""A `Text`, a `Box`, or None."""


class Ended(Exception):  # noqa: N818
    """The run ends here: at a bound, or at an exception of Java."""


class Thrown(Ended):
    """An exception of Java, which a handler may catch."""


@dataclass(eq=False)
class Box:
    f: Any = None
    n: Any = None
    k: int = 0
    last: Any = None
    cls: str = "Box"


@dataclass(frozen=True)
class Text:
    """A text with the sources of its parts; two texts are never the same object by chance."""

    sources: frozenset[int] = frozenset()
    serial: int = 0


@dataclass
class Run:
    """One run with given answers of the coin."""

    functions: Sequence[Function]
    coins: list[int]
    used: int = 0
    steps: int = 0
    statics: dict[str, Any] = field(default_factory=lambda: dict.fromkeys("gbh"))
    leaks: set[Pair] = field(default_factory=set)

    def flip(self) -> int:
        if self.used == len(self.coins):
            if self.used >= _COINS:
                raise Ended
            self.coins.append(0)
        self.used += 1
        return self.coins[self.used - 1]

    def call(self, number: int, text: Thing = None, box: Thing = None) -> Thing:  # noqa: ANN401
        here: dict[str, Any] = dict.fromkeys((*TEXTS, *BOXES))
        here |= dict.fromkeys(NUMBERS, 0)
        here |= {"a": [None, None], "l": [], "m": {}, "v": Box(cls="Same"), "b": []}
        if self.functions[number].returns:
            here |= {"s0": text, "o0": box}
        self.block(self.functions[number].body, here)
        return here.get(self.functions[number].returns)

    def holds(self, condition: Statement, here: dict[str, Any]) -> bool:
        kind, *rest = condition
        if kind == "coin":
            return self.flip() != 0
        if kind == "number":
            return bool(here[rest[0]] == rest[1])
        if kind == "less":
            return bool(here[rest[0]] < rest[1])
        if kind == "same":
            return here[rest[0]] is here[rest[1]]
        return here[rest[0]] is not None

    def block(self, block: Block, here: dict[str, Any]) -> None:
        for statement in block:
            self.steps += 1
            if self.steps > _STEPS:
                raise Ended
            self.statement(statement, here)

    def statement(self, statement: Statement, h: dict[str, Any]) -> None:
        kind, *rest = statement
        if kind == "if":
            self.block(rest[1] if self.holds(rest[0], h) else rest[2], h)
        elif kind == "while":
            while self.holds(rest[0], h):
                self.steps += 1
                self.block(rest[1], h)
        elif kind == "try":
            try:
                self.block(rest[0], h)
            except Thrown:
                self.block(rest[1], h)
        elif kind == "call":
            h[rest[1]] = self.call(rest[0], h[rest[2]], h[rest[3]])
        elif kind == "sink":
            if h[rest[0]] is not None:
                self.leaks |= {(source, rest[1]) for source in h[rest[0]].sources}
        elif kind == "unknown":
            h[rest[0]] = self.flip()
        else:
            try:
                ACTIONS[kind](self, h, *rest)
            except (AttributeError, IndexError) as error:  # null, or out of bounds
                raise Thrown from error


Action = Callable[..., None]


def _go(r: Run, h: dict[str, Any], x: str, y: str) -> None:
    given, answer = h[y], h[y]
    if h["v"].cls == "Kept":
        answer, h["v"].last = h["v"].last, given
    h[x] = answer


def _place(number: int) -> int:
    if number < 0:
        raise IndexError
    return number


def _set(name: str) -> Action:
    def put(r: Run, h: dict[str, Any], o: str, x: str) -> None:
        if h[o] is None:
            raise AttributeError
        setattr(h[o], name, h[x])

    return put


def _joined(r: Run, h: dict[str, Any], z: str, x: str, y: str) -> None:
    parts = [h[n].sources for n in (x, y) if h[n] is not None]
    h[z] = Text(frozenset().union(*parts), r.steps)


def _all(parts: Sequence[Thing], serial: int) -> Text:
    return Text(frozenset().union(*(p.sources for p in parts if p is not None)), serial)


def _concat(r: Run, h: dict[str, Any], z: str, x: str, y: str) -> None:
    if h[x] is None or h[y] is None:
        raise AttributeError
    h[z] = _all([h[x], h[y]], r.steps)


def _values(store: Any) -> list[Thing]:  # noqa: ANN401
    found = list(store.values()) if isinstance(store, dict) else store
    if not found:
        raise IndexError
    return found[:1]


def _throw(r: Run, h: dict[str, Any]) -> None:
    raise Thrown


ACTIONS: dict[str, Action] = {
    "source": lambda r, h, x, n: h.update({x: Text(frozenset((n,)))}),
    "look": lambda r, h, x: None,
    "text": lambda r, h, x, t: h.update({x: Text()}),
    "null": lambda r, h, x: h.update({x: None}),
    "move": lambda r, h, x, y: h.update({x: h[y]}),
    "number": lambda r, h, x, n: h.update({x: n}),
    "add": lambda r, h, x, y, n: h.update({x: h[y] + n}),
    "box": lambda r, h, x: h.update({x: Box()}),
    "put_f": _set("f"),
    "get_f": lambda r, h, x, o: h.update({x: h[o].f}),
    "put_n": _set("n"),
    "get_n": lambda r, h, p, o: h.update({p: h[o].n}),
    "put_k": _set("k"),
    "get_k": lambda r, h, i, o: h.update({i: h[o].k}),
    "put_static": lambda r, h, x: r.statics.update(g=h[x]),
    "get_static": lambda r, h, x: h.update({x: r.statics["g"]}),
    "put_shared": lambda r, h, o: r.statics.update(b=h[o]),
    "get_shared": lambda r, h, o: h.update({o: r.statics["b"]}),
    "put_a": lambda r, h, i, x: h["a"].__setitem__(_place(h[i]), h[x]),
    "get_a": lambda r, h, x, i: h.update({x: h["a"][_place(h[i])]}),
    "array": lambda r, h: h.update(a=[None, None]),
    "list": lambda r, h: h.update(l=[]),
    "add_l": lambda r, h, x: h["l"].append(h[x]),
    "get_l": lambda r, h, x, n: h.update({x: h["l"][n]}),
    "map": lambda r, h: h.update(m={}),
    "put_m": lambda r, h, k, x: h["m"].update({k: h[x]}),
    "get_m": lambda r, h, x, k: h.update({x: h["m"].get(k)}),
    "object": lambda r, h, c: h.update(v=Box(cls=c)),
    "go": _go,
    "join": _joined,
    "concat": _concat,
    "trim": lambda r, h, x, y: h.update({x: Text(h[y].sources, r.steps)}),
    "builder": lambda r, h: h.update(b=[]),
    "append": lambda r, h, x: h["b"].append(h[x]),
    "built": lambda r, h, x: h.update({x: _all(h["b"], r.steps)}),
    "put_other": lambda r, h, x: r.statics.update(h=h[x]),
    "get_other": lambda r, h, x: h.update({x: r.statics["h"]}),
    "first": lambda r, h, x, store: h.update({x: next(iter(_values(h[store])))}),
    "throw": _throw,
}


def leaks(functions: Sequence[Function]) -> set[Pair]:
    """What leaks on some path, within the bounds, when the screen is shown, and shown again."""
    shown = [n for n, f in enumerate(functions) if n and not f.returns]
    order = [0, *shown, *shown, 0, *shown]
    found: set[Pair] = set()
    waiting: list[list[int]] = [[]]
    for _ in range(_RUNS):
        if not waiting:
            break
        given = waiting.pop()
        run = Run(functions, list(given))
        with contextlib.suppress(Ended):
            for number in order:
                run.call(number)
        found |= run.leaks
        for place in range(len(given), len(run.coins)):
            waiting.append([*run.coins[:place], 1])
    return found


# ---------------------------------------------------------------- a bound from above


def statements(block: Block) -> Iterator[Statement]:
    """Every statement, also inside branches and loops."""
    for statement in block:
        yield statement
        for part in statement[1:]:
            if isinstance(part, list):
                yield from statements(part)


_STORES: dict[str, tuple[int | str, int | str]] = {
    "move": (1, 2), "put_f": ("f", 2), "get_f": (1, "f"),
    "put_static": ("g", 1), "get_static": (1, "g"), "put_a": ("[]", 2), "get_a": (1, "[]"),
    "add_l": ("()", 1), "get_l": (1, "()"), "put_m": ("{}", 2), "get_m": (1, "{}"),
    "put_other": ("h", 1), "get_other": (1, "h"), "trim": (1, 2), "append": ("sb", 1),
    "built": (1, "sb"),
}  # fmt: skip
"""Kind → (where to, where from): the place of a variable in the statement, or a store of all."""


def may_leak(functions: Sequence[Function]) -> set[Pair]:
    """What could leak if statements ran in any order and all objects of a kind were one."""
    arrows: set[tuple[str, str]] = set()
    held: dict[str, set[int]] = {}
    sinks: list[tuple[str, int]] = []
    for number, function in enumerate(functions):
        for each in statements(function.body):
            if each[0] == "source":
                held.setdefault(f"{number}.{each[1]}", set()).add(each[2])
            elif each[0] == "sink":
                sinks.append((f"{number}.{each[1]}", each[2]))
            else:
                arrows |= _arrows(functions, number, each)
    changed = True
    while changed:
        changed = False
        for origin, to in arrows:
            new = held.get(origin, set()) - held.get(to, set())
            if new:
                held.setdefault(to, set()).update(new)
                changed = True
    return {(source, sink) for name, sink in sinks for source in held.get(name, ())}


def _arrows(functions: Sequence[Function], number: int, each: Statement) -> set[tuple[str, str]]:
    """From where to where a statement of function `number` can carry anything."""

    def at(place: int | str) -> str:
        return place if isinstance(place, str) else f"{number}.{each[place]}"

    kind = each[0]
    if kind in _STORES:
        to, origin = _STORES[kind]
        return {(at(origin), at(to))}
    if kind == "first":
        return {("()" if each[2] == "l" else "{}", at(1))}
    if kind in ("join", "concat"):
        return {(at(2), at(1)), (at(3), at(1))}
    if kind == "go":
        return {(at(2), "go"), ("go", at(1))}
    if kind == "call":
        called = f"{each[1]}.{functions[each[1]].returns}"
        return {(at(3), f"{each[1]}.s0"), (called, at(2))}
    return set()
