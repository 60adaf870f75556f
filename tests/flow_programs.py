"""Small programs for the data-flow engine, written as smali.

A program is a list of functions; `functions[0]` is the body of an activity's `onCreate`, the others
are static helpers `help<n>(String, Box): Box-or-String`, or, when they return nothing, the body of
`onResume`. Every function has the same variables:
`s0 s1` texts, `i0 i1` numbers, `o0 o1` boxes (fields `f` text, `k` number, `n` box), `a` an array
of two texts, `l` a list, `m` a map, `v` an object of one of two classes that answer `go(text)`,
`b` a builder of texts.
Statements are tuples, the first element their kind; see `WRITERS`, which is all there is.

`flow_running.py` says what such a program does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Statement = tuple[Any, ...]
Block = Sequence[Statement]

TEXTS, NUMBERS, BOXES = ("s0", "s1"), ("i0", "i1"), ("o0", "o1")
REGISTERS = {n: f"v{i + 2}" for i, n in enumerate((*TEXTS, *NUMBERS, *BOXES, *"almvb"))}
"""`v0` and `v1` are for passing; the parameters follow behind."""
TYPES = {
    "T": "Ljava/lang/String;",
    "O": "Ljava/lang/Object;",
    "B": "Lt/Box;",
    "SB": "Ljava/lang/StringBuilder;",
    "AL": "Ljava/util/ArrayList;",
    "HM": "Ljava/util/HashMap;",
}
"""Short names of types in what is written."""


@dataclass(frozen=True)
class Function:
    """One function; helpers return the value of the variable `returns`, entry points nothing."""

    body: Block
    returns: str = ""


# ---------------------------------------------------------------- as smali


class Writer:
    """Writes one function."""

    def __init__(self, functions: Sequence[Function]) -> None:
        self.functions = functions
        self.lines: list[str] = []
        self.labels = 0

    def label(self) -> str:
        self.labels += 1
        return f":L{self.labels}"

    def write(self, text: str, **names: str) -> None:
        """Add lines; `{x}` is the register of the variable that `x` names, `{T}` a type."""
        registers = TYPES | {k: REGISTERS.get(v, v) for k, v in names.items()}
        self.lines += ["    " + line.strip().format(**registers) for line in text.split("\n")]

    def block(self, block: Block) -> None:
        for statement in block:
            WRITERS[statement[0]](self, *statement[1:])

    def jump_unless(self, condition: Statement, target: str) -> None:
        """Go on when the condition holds, else to `target`."""
        kind, *rest = condition
        lines = {
            "coin": "invoke-static {{}}, Lt/Coin;->flip()I\nmove-result v0\nif-eqz v0, {to}",
            "number": "const/16 v0, {y}\nif-ne {x}, v0, {to}",
            "less": "const/16 v0, {y}\nif-ge {x}, v0, {to}",
            "same": "if-ne {x}, {y}, {to}",
            "set": "if-eqz {x}, {to}",
        }
        self.write(lines[kind], to=target, **dict(zip("xy", map(str, rest), strict=False)))


def _if(w: Writer, condition: Statement, yes: Block, no: Block) -> None:
    other, end = w.label(), w.label()
    w.jump_unless(condition, other)
    w.block(yes)
    w.write(f"goto/16 {end}\n{other}")
    w.block(no)
    w.write(f"nop\n{end}")


def _while(w: Writer, condition: Statement, body: Block) -> None:
    start, end = w.label(), w.label()
    w.write(start)
    w.jump_unless(condition, end)
    w.block(body)
    w.write(f"goto/16 {start}\n{end}")


def _try(w: Writer, body: Block, handler: Block) -> None:
    start, end, caught, after = (w.label() for _ in range(4))
    w.write(start)
    w.block(body)
    w.write(f"nop\n{end}\ngoto/16 {after}\n{caught}\nmove-exception v0")
    w.block(handler)
    w.write(f"nop\n{after}")
    w.lines.append(f"    .catchall {{{start} .. {end}}} {caught}")


def _call(w: Writer, number: int, target: str, text: str, box: str) -> None:
    returned = "{B}" if target in BOXES else "{T}"
    w.write(
        "invoke-static {{{x}, {y}}}, Lt/Main;->" + f"help{number}" + "({T}{B})" + returned,
        x=text,
        y=box,
    )
    w.write("move-result-object {z}", z=target)


def _join(w: Writer, target: str, a: str, b: str) -> None:
    w.write(
        """new-instance v0, {SB}
        invoke-direct {{v0}}, {SB}-><init>()V
        invoke-virtual {{v0, {x}}}, {SB}->append({T}){SB}
        move-result-object v1
        invoke-virtual {{v1, {y}}}, {SB}->append({T}){SB}
        invoke-virtual {{v0}}, {SB}->toString(){T}
        move-result-object {z}""",
        x=a,
        y=b,
        z=target,
    )


def _new(w: Writer, name: str, cls: str) -> None:
    w.write("new-instance {x}, {c}\ninvoke-direct {{{x}}}, {c}-><init>()V", x=name, c=cls)


def _listed(w: Writer, target: str, place: int) -> None:
    w.write(
        """const/4 v0, {n}
        invoke-virtual {{{l}, v0}}, {AL}->get(I){O}
        move-result-object v1
        check-cast v1, {T}
        move-object {x}, v1""",
        n=str(place),
        l="l",
        x=target,
    )


def _mapped(w: Writer, target: str, key: str) -> None:
    w.write(
        """const-string v0, "{k}"
        invoke-virtual {{{m}, v0}}, {HM}->get({O}){O}
        move-result-object v1
        check-cast v1, {T}
        move-object {x}, v1""",
        k=f"key-{key}",
        m="m",
        x=target,
    )


def _put(w: Writer, key: str, source: str) -> None:
    w.write(
        'const-string v0, "{k}"\ninvoke-virtual {{{m}, v0, {x}}}, {HM}->put({O}{O}){O}',
        k=f"key-{key}",
        m="m",
        x=source,
    )


def _first(w: Writer, target: str, store: str) -> None:
    """What an iteration over a list, or over the values of a map, gives first."""
    w.write(
        """invoke-virtual {{{l}}}, {AL}->iterator()Ljava/util/Iterator;
        move-result-object v0"""
        if store == "l"
        else """invoke-virtual {{{m}}}, {HM}->values()Ljava/util/Collection;
        move-result-object v0
        invoke-interface {{v0}}, Ljava/util/Collection;->iterator()Ljava/util/Iterator;
        move-result-object v0""",
        l="l",
        m="m",
    )
    w.write(
        """invoke-interface {{v0}}, Ljava/util/Iterator;->next(){O}
        move-result-object v1
        check-cast v1, {T}
        move-object {x}, v1""",
        x=target,
    )


def _throw(w: Writer) -> None:
    w.write(
        """new-instance v0, Ljava/lang/IllegalStateException;
        invoke-direct {{v0}}, Ljava/lang/IllegalStateException;-><init>()V
        throw v0"""
    )


def _line(text: str, *names: str) -> Callable[..., None]:
    """A writer of fixed lines; the parts of the statement are called `names` in them."""
    return lambda w, *parts: w.write(text, **dict(zip(names, map(str, parts), strict=True)))


WRITERS: dict[str, Callable[..., None]] = {
    "source": _line(
        "invoke-static {{}}, Lt/Source;->read{n}(){T}\nmove-result-object {x}", "x", "n"
    ),
    "sink": _line("invoke-static {{{x}}}, Lt/Sink;->send{n}({T})V", "x", "n"),
    "look": _line("invoke-static {{{x}}}, Lt/Coin;->look({T})V", "x"),
    "text": _line('const-string {x}, "{t}"', "x", "t"),
    "null": _line("const/4 {x}, 0", "x"),
    "move": lambda w, x, y: w.write(
        "move {x}, {y}" if x in NUMBERS else "move-object {x}, {y}", x=x, y=y
    ),
    "number": _line("const/16 {x}, {n}", "x", "n"),
    "add": _line("add-int/lit8 {x}, {y}, {n}", "x", "y", "n"),
    "unknown": _line("invoke-static {{}}, Lt/Coin;->flip()I\nmove-result {x}", "x"),
    "box": lambda w, x: _new(w, x, "Lt/Box;"),
    "put_f": _line("iput-object {x}, {o}, {B}->f:{T}", "o", "x"),
    "get_f": _line("iget-object {x}, {o}, {B}->f:{T}", "x", "o"),
    "put_n": _line("iput-object {p}, {o}, {B}->n:{B}", "o", "p"),
    "get_n": _line("iget-object {p}, {o}, {B}->n:{B}", "p", "o"),
    "put_k": _line("iput {i}, {o}, {B}->k:I", "o", "i"),
    "get_k": _line("iget {i}, {o}, {B}->k:I", "i", "o"),
    "put_static": _line("sput-object {x}, Lt/Main;->g:{T}", "x"),
    "get_static": _line("sget-object {x}, Lt/Main;->g:{T}", "x"),
    "put_shared": _line("sput-object {o}, Lt/Main;->b:{B}", "o"),
    "get_shared": _line("sget-object {o}, Lt/Main;->b:{B}", "o"),
    "put_a": lambda w, i, x: w.write("aput-object {x}, {a}, {i}", a="a", i=i, x=x),
    "get_a": lambda w, x, i: w.write("aget-object {x}, {a}, {i}", a="a", i=i, x=x),
    "array": lambda w: w.write("const/4 v0, 2\nnew-array {a}, v0, [{T}", a="a"),
    "list": lambda w: _new(w, "l", TYPES["AL"]),
    "add_l": lambda w, x: w.write("invoke-virtual {{{l}, {x}}}, {AL}->add({O})Z", l="l", x=x),
    "get_l": _listed,
    "map": lambda w: _new(w, "m", TYPES["HM"]),
    "put_m": _put,
    "get_m": _mapped,
    "object": lambda w, c: _new(w, "v", f"Lt/{c};"),
    "go": lambda w, x, y: w.write(
        "invoke-interface {{{v}, {y}}}, Lt/Go;->go({T}){T}\nmove-result-object {x}", v="v", x=x, y=y
    ),
    "join": _join,
    "concat": _line(
        "invoke-virtual {{{x}, {y}}}, {T}->concat({T}){T}\nmove-result-object {z}", "z", "x", "y"
    ),
    "trim": _line("invoke-virtual {{{y}}}, {T}->trim(){T}\nmove-result-object {x}", "x", "y"),
    "builder": lambda w: _new(w, "b", TYPES["SB"]),
    "append": lambda w, x: w.write(
        "invoke-virtual {{{b}, {x}}}, {SB}->append({T}){SB}", b="b", x=x
    ),
    "built": lambda w, x: w.write(
        "invoke-virtual {{{b}}}, {SB}->toString(){T}\nmove-result-object {x}", b="b", x=x
    ),
    "put_other": _line("sput-object {x}, Lt/Other;->h:{T}", "x"),
    "get_other": _line("sget-object {x}, Lt/Other;->h:{T}", "x"),
    "first": _first,
    "throw": _throw,
    "call": _call,
    "if": _if,
    "while": _while,
    "try": _try,
}

_CLASSES = """
.class public Lt/Box;
.super Ljava/lang/Object;
.field public f:Ljava/lang/String;
.field public n:Lt/Box;
.field public k:I
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Ljava/lang/Object;-><init>()V
    return-void
.end method

.class public abstract interface Lt/Go;
.super Ljava/lang/Object;
.method public abstract go(Ljava/lang/String;)Ljava/lang/String;
.end method

.class public Lt/Same;
.super Ljava/lang/Object;
.implements Lt/Go;
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Ljava/lang/Object;-><init>()V
    return-void
.end method
.method public go(Ljava/lang/String;)Ljava/lang/String;
    .registers 2
    return-object p1
.end method

.class public Lt/Kept;
.super Ljava/lang/Object;
.implements Lt/Go;
.field private last:Ljava/lang/String;
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Ljava/lang/Object;-><init>()V
    return-void
.end method
.method public go(Ljava/lang/String;)Ljava/lang/String;
    .registers 3
    iget-object v0, p0, Lt/Kept;->last:Ljava/lang/String;
    iput-object p1, p0, Lt/Kept;->last:Ljava/lang/String;
    return-object v0
.end method

.class public Lt/Other;
.super Ljava/lang/Object;
.field public static h:Ljava/lang/String;

.class public Lt/Main;
.super Landroid/app/Activity;
.field public static g:Ljava/lang/String;
.field public static b:Lt/Box;
.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Landroid/app/Activity;-><init>()V
    return-void
.end method
"""


def smali(functions: Sequence[Function]) -> str:
    """The whole program."""
    text = [_CLASSES]
    for number, function in enumerate(functions):
        writer = Writer(functions)
        for name in (*TEXTS, *NUMBERS, *BOXES):
            writer.write("const/4 {x}, 0", x=name)
        for start in (("array",), ("list",), ("map",), ("object", "Same"), ("builder",)):
            writer.block([start])
        if function.returns:
            writer.write("move-object {x}, p0\nmove-object {y}, p1", x="s0", y="o0")
        writer.block(function.body)
        if function.returns:
            returned = "Lt/Box;" if function.returns in BOXES else "Ljava/lang/String;"
            text.append(f".method public static help{number}(Ljava/lang/String;Lt/Box;){returned}")
            writer.write("return-object {x}", x=function.returns)
        else:
            name = "onResume()V" if number else "onCreate(Landroid/os/Bundle;)V"
            text.append(f".method public {name}")
            writer.write("return-void")
        text += ["    .registers 16", *writer.lines, ".end method"]
    return "\n".join(text)
