"""The small language in which the catalog says what a library method does.

    statement := target "=" expr | target "+=" expr | call | expr
    call      := how expr "." name "(" [expr {"," expr}] ")"
    how       := "call" | "async" | "later" trigger ["(" expr ")"]
    expr      := term {"|" term}
    term      := path | "new" Type ["{" name ":" expr {"," name ":" expr} "}"] | 'text' | integer
               | function "(" [expr {"," expr}] ")" | "call …" | "async …"
    path      := base {"." name | "[" expr "]"}
    base      := "this" | "ret" | "a0" … "a9" | "args" | "global" "(" 'text' ")"

A library object is a bag of named fields; `x[k]` is the entry under key `k`, `x.elem` every entry.
`call` runs a method of the object's own class now; `async` now or at any later time (a thread, a
queue); `later` registers a callback that the trigger will run, `(expr)` being the words on the
button or dialog. Statements stand one after another, separated by `;`.

Functions: `deep(x)` every datum reachable from x, at any depth; `str(x)` x as text; `concat(x, y)`;
`mark(x, 'encrypted')` x with a note on its path; `file(x)` the name of the file x; `table(x)` the
table that an SQL text names; `start(x, 'activity')` start the component that Intent x names;
`view(x)` the view with id x; `layout(x)` the callbacks declared in layout x; `fresh(x)` x without
what it carries. Which others exist stands in `FUNCTIONS`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

FUNCTIONS = frozenset(
    "deep str concat mark file table start view layout fresh proxy picked text cond klass "
    "instance method result subscribers "
    # any(): something unknown; choose(n, x0, x1, ...): the one that the whole number n names.
    # bridge(x): methods of x become callable from the web page.
    # store(f, x, y): `Field.set`; instance(c, array): made with the elements of an array.
    # carry(x, y): the text x with all data in y.
    # append(list, x): at the end; scatter(list): its positions are no longer known.
    # binder(intent): what the service it names gives to those that bind to it.
    # listing(x): the name that stands for any file in the folder of the file x; named(x): its own.
    # filled(list): whether it holds anything; filled(list, 0): whether it is empty.
    "filled listing named store carry any choose bridge append scatter binder "
    # Beside the code: asset(name), raw(id) the text of a file; parsed(text) JSON as objects,
    # unpack(x, text) and bean(x, text) fill x with it; properties(x, text) likewise; meta() the
    # manifest's meta-data; strings(id) a string array.
    # Addresses: resolve(url, url), slashed(path, path); schemed, hosted, ported, pathed(url, x)
    # replace a part.
    # data(x): what x carries, without its constants.
    "data asset raw parsed unpack bean properties meta strings resolve slashed "
    "schemed hosted ported pathed "
    # address(x): where an object, or one in its fields, leads; verb(x): the HTTP method it holds;
    # within(x): what its fields hold; base(x): requests without an address of their own go there.
    # callbacks(x): methods of interfaces that x implements run later; made(): a new result.
    # resumed(x, 'entry'): what the abstract method of a renamed class gives.
    # paired(map, x): the pairs x go into a map, each value under its own name.
    "paired "
    # handed(x, y): what x implements is called with y first.
    "address verb within base callbacks made resumed handed".split()
)
TRIGGERS = frozenset(
    [
        "click",
        "activity_result",
        "permission_result",
        "timer",
        "alarm",
        "job",
        "callback",
        "web_bridge",
        "push",
        "screen_start",
        "background",
        "result",
    ]
)


@dataclass(frozen=True, slots=True)
class Path:
    """`this`, `ret`, `a3`, `args` or a global, then fields (str) and keys (expressions)."""

    base: str
    tail: tuple[str | Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A constant text or whole number."""

    value: str | int


@dataclass(frozen=True, slots=True)
class New:
    """A new object, one for each call site."""

    type: str
    """JVM descriptor."""
    fields: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True, slots=True)
class Apply:
    """A built-in function."""

    function: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Invoke:
    """A method of an object's own class, run now, also later, or by a trigger."""

    mode: str
    """call, async, or later."""
    on: Expr
    name: str
    args: tuple[Expr, ...]
    trigger: str = ""
    label: Expr | None = None


@dataclass(frozen=True, slots=True)
class Union:
    """Any of several values."""

    terms: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Assign:
    """Store into a path; `weak` keeps what was there."""

    target: Path
    value: Expr
    weak: bool


Expr = Path | Text | New | Apply | Invoke | Union
Statement = Assign | Expr

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*')|(?P<num>-?\d+)|(?P<plus>\+=)"
    r"|(?P<name>[A-Za-z_$<][\w$<>]*)|(?P<sign>[=;|.,:()\[\]{}]))"
)
_BASE = re.compile(r"this|ret|args|a\d")


class EffectError(ValueError):
    """The text is not in the language; the message shows where."""


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if not match:
                raise EffectError(f"cannot read {text[at : at + 20]!r} in {text!r}")
            self.tokens.append((match.lastgroup or "", match.group(match.lastgroup or 0)))
            at = match.end()
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.tokens[place][1] if place < len(self.tokens) else ""

    def kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        got = self.peek()
        if not got or (expected and got != expected):
            raise EffectError(
                f"{expected or 'more'} expected, {got or 'the end'} found: {self.text!r}"
            )
        self.at += 1
        return got

    def statements(self) -> tuple[Statement, ...]:
        found: list[Statement] = []
        while self.peek():
            if self.peek() == ";":
                self.take()
                continue
            found.append(self.statement())
            if self.peek():
                self.take(";")
        return tuple(found)

    def statement(self) -> Statement:
        value = self.expr()
        if self.peek() not in ("=", "+="):
            return value
        weak = self.take() == "+="
        if not isinstance(value, Path):
            raise EffectError(f"only a path can be stored into: {self.text!r}")
        return Assign(value, self.expr(), weak)

    def expr(self) -> Expr:
        terms = [self.term()]
        while self.peek() == "|":
            self.take()
            terms.append(self.term())
        return terms[0] if len(terms) == 1 else Union(tuple(terms))

    def term(self) -> Expr:
        kind, word = self.kind(), self.peek()
        if kind == "text":
            return Text(self.take()[1:-1])
        if kind == "num":
            return Text(int(self.take()))
        if word == "new":
            return self.new()
        if word in ("call", "async", "later") and self.peek(1) != "(":
            return self.invoke()
        if word == "global" or _BASE.fullmatch(word):
            return self.path()
        if word in FUNCTIONS:
            self.take()
            return Apply(word, self.arguments())
        raise EffectError(f"{word or 'the end'} is no term: {self.text!r}")

    def new(self) -> New:
        self.take("new")
        name = self.take()
        while self.peek() == ".":
            name += self.take() + self.take()
        fields: list[tuple[str, Expr]] = []
        if self.peek() == "{":
            self.take()
            while self.peek() != "}":
                key = self.take()
                self.take(":")
                fields.append((key, self.expr()))
                if self.peek() == ",":
                    self.take()
            self.take("}")
        return New("L" + name.replace(".", "/") + ";", tuple(fields))

    def invoke(self) -> Invoke:
        mode, trigger, label = self.take(), "", None
        if mode == "later":
            trigger = self.take()
            if trigger not in TRIGGERS:
                raise EffectError(f"no trigger {trigger!r}: {self.text!r}")
            if self.peek() == "(":
                self.take()
                label = self.expr()
                self.take(")")
        on: Expr = self.path() if self.peek() not in FUNCTIONS else self.term()
        if isinstance(on, Path) and on.tail and isinstance(on.tail[-1], str) and self.peek() == "(":
            name = on.tail[-1]
            on = Path(on.base, on.tail[:-1])
        else:
            self.take(".")
            name = self.take()
        return Invoke(mode, on, name, self.arguments(), trigger, label)

    def path(self) -> Path:
        base = self.take()
        if base == "global":
            self.take("(")
            base = "global:" + self.take()[1:-1]
            self.take(")")
        elif not _BASE.fullmatch(base):
            raise EffectError(f"{base!r} is no place to begin a path: {self.text!r}")
        tail: list[str | Expr] = []
        while self.peek() in (".", "["):
            if self.take() == ".":
                tail.append(self.take())
            else:
                tail.append(self.expr())
                self.take("]")
        return Path(base, tuple(tail))

    def arguments(self) -> tuple[Expr, ...]:
        self.take("(")
        found: list[Expr] = []
        while self.peek() != ")":
            found.append(self.expr())
            if self.peek() == ",":
                self.take()
        self.take(")")
        return tuple(found)


@lru_cache(maxsize=8192)
def parse_effects(text: str) -> tuple[Statement, ...]:
    """Read the statements of one model.

    Raises:
        EffectError: the text is not in the language.
    """
    return _Parser(text).statements()


@lru_cache(maxsize=4096)
def parse_expr(text: str) -> Expr:
    """Read one expression.

    Raises:
        EffectError: the text is not one expression of the language.
    """
    parser = _Parser(text)
    found = parser.expr()
    if parser.peek():
        raise EffectError(f"{parser.peek()!r} left over: {text!r}")
    return found
