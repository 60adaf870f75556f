"""Classes at random, as smali and as what the index must then say of them.

What is expected is written beside each instruction, so that neither the assembler nor the index is
asked for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.smali import assemble

Draw = Callable[[st.SearchStrategy[Any]], Any]
OWN = [f"Lp/C{n};" for n in range(5)]
FOREIGN = ["Landroid/app/Activity;", "Lq/Other;"]
TEXTS = ["", "a", "你好", "https://a.test/?b=1", "emoji 😀", "C0", "Lp/C0;", "m", 'quote " \\ end']
_TYPES = ["I", "J", "Z", "Ljava/lang/String;", "[I", "[[Lp/C1;", *OWN[:2]]
_FIELDS = [
    f"{cls}->{name}:{kind}"
    for cls in (*OWN, FOREIGN[1])
    for name, kind in zip("fgh", _TYPES[:3], strict=True)
]
PROTOS = ["()V", "(I)V", "(JLjava/lang/String;[I)Lp/C0;", "([[Lp/C1;D)J"]
_METHODS = [
    f"{cls}->{name}{proto}"
    for cls in (*OWN, FOREIGN[0])
    for name in ("m", "n", "<init>")
    for proto in PROTOS[: 1 if name == "<init>" else 4]
]
_KINDS = ["virtual", "super", "direct", "static", "interface"]
_SUFFIXES = ["", "-wide", "-object", "-boolean", "-byte", "-char", "-short"]


@dataclass(frozen=True)
class Written:
    """One instruction: its line, its code units, and to what it refers how."""

    line: str
    units: int
    kind: str = ""
    ref: str = ""


@dataclass(frozen=True)
class Body:
    """A method's code; `tries` are (first instruction, last, caught type or None)."""

    insns: Sequence[Written]
    tables: Sequence[str] = ()
    tries: Sequence[tuple[int, int, str | None]] = ()

    def offsets(self) -> list[int]:
        """Where each instruction stands, in code units; at the end, where the code ends."""
        at = [0]
        for insn in self.insns:
            at.append(at[-1] + insn.units)
        return at

    def lines(self) -> list[str]:
        lines = [".registers 20"]
        for number, insn in enumerate(self.insns):
            lines += [f":I{number}", insn.line]
        lines.append(f":I{len(self.insns)}")
        # Tables stand behind the code; the assembler aligns them.
        for number, table in enumerate(self.tables):
            lines += [f":T{number}", *table.split("\n")]
        for first, last, caught in self.tries:
            head = f".catch {caught}" if caught else ".catchall"
            lines.append(f"{head} {{:I{first} .. :I{last}}} :I{len(self.insns) - 1}")
        return lines


@dataclass(frozen=True)
class Made:
    """One class; methods with the access of each, and their code where they have any."""

    name: str
    superclass: str
    interfaces: Sequence[str]
    access: str
    source: str
    fields: Sequence[tuple[str, str, bool, Any]]
    """(name, type, static, value)."""
    methods: Sequence[tuple[str, str, Body | None]]
    """(name, prototype, code)."""

    def smali(self) -> str:
        lines = [f".class {self.access} {self.name}", f".super {self.superclass}"]
        lines += [f".source {json.dumps(self.source)}"] if self.source else []
        lines += [f".implements {one}" for one in self.interfaces]
        for name, kind, static, value in self.fields:
            shown = "" if value is None else f" = {json.dumps(value)}"
            lines.append(f".field public {'static ' if static else ''}{name}:{kind}{shown}")
        for name, proto, body in self.methods:
            flags = "public constructor" if name == "<init>" else "public static"
            lines.append(f".method {'public native' if body is None else flags} {name}{proto}")
            lines += body.lines() if body else []
            lines.append(".end method")
        return "\n".join(lines)


@dataclass
class App:
    """Classes of each DEX file."""

    files: Sequence[Sequence[Made]]
    data: list[bytes] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.data = [assemble("\n".join(made.smali() for made in one)) for one in self.files]

    def defined(self) -> dict[str, tuple[int, Made]]:
        """What counts of each class: its first definition, and the file of it."""
        found: dict[str, tuple[int, Made]] = {}
        for number, one in enumerate(self.files):
            for made in one:
                found.setdefault(made.name, (number, made))
        return found


def _instructions() -> list[Written]:
    plain = [
        *(Written(f"const/4 v0, {n}", 1) for n in (-8, 0, 7)),
        Written("nop", 1),
        Written("const/16 v1, -300", 2),
        Written("const v2, 123456", 3),
        Written("const-wide v2, 0x123456789abc", 5),
        Written("const/high16 v17, 0x7f010000", 2),
        Written("move-object/16 v18, v3", 3),
        Written("add-int v0, v1, v2", 2),
        Written("add-int/lit8 v0, v1, -3", 2),
        Written("array-length v0, v1", 1),
        Written("if-eqz v0, {end}", 2),
        Written("goto/16 {end}", 2),
        Written("goto/32 {end}", 3),
        Written("throw v3", 1),
        Written("return-void", 1),
    ]
    refer = [
        *(Written(f"const-string v19, {json.dumps(t)}", 2, "string", t) for t in TEXTS),
        *(Written(f"const-string/jumbo v0, {json.dumps(t)}", 3, "string", t) for t in TEXTS[:3]),
    ]
    for cls in (*OWN, *FOREIGN):
        refer += [
            Written(f"const-class v0, {cls}", 2, "load", cls),
            Written(f"new-instance v1, {cls}", 2, "new", cls),
            Written(f"check-cast v1, {cls}", 2, "use", cls),
            Written(f"instance-of v0, v1, {cls}", 2, "use", cls),
            Written(f"new-array v0, v1, [{cls}", 2, "use", f"[{cls}"),
            Written(f"filled-new-array {{v0, v1}}, [{cls}", 3, "use", f"[{cls}"),
            Written(f"filled-new-array/range {{v4 .. v18}}, [{cls}", 3, "use", f"[{cls}"),
        ]
    for number, one in enumerate(_METHODS):
        kind = _KINDS[number % 5]
        refer.append(Written(f"invoke-{kind} {{v0, v1}}, {one}", 3, "call", one))
        refer.append(Written(f"invoke-{kind}/range {{v2 .. v9}}, {one}", 3, "call", one))
    for number, one in enumerate(_FIELDS):
        end = _SUFFIXES[number % 7]
        refer += [
            Written(f"iget{end} v0, v1, {one}", 2, "read", one),
            Written(f"sget{end} v19, {one}", 2, "read", one),
            Written(f"iput{end} v0, v1, {one}", 2, "write", one),
            Written(f"sput{end} v19, {one}", 2, "write", one),
        ]
    return plain + refer


_INSN = st.sampled_from(_instructions())
_TABLES = [
    ("packed-switch v0, {table}", ".packed-switch 0x7\n{start}\n{end}\n.end packed-switch"),
    ("sparse-switch v0, {table}", ".sparse-switch\n-5 -> {start}\n90 -> {end}\n.end sparse-switch"),
    ("fill-array-data v0, {table}", ".array-data 1\n1\n2\n3\n.end array-data"),
    ("fill-array-data v0, {table}", ".array-data 4\n26\n113\n.end array-data"),
]  # the array's numbers are opcodes of references, were they read as code


@st.composite
def _bodies(draw: Draw) -> Body:
    raw: list[Written] = draw(st.lists(_INSN, max_size=9))
    tables: list[str] = []
    for line, table in draw(st.lists(st.sampled_from(_TABLES), max_size=2)):
        raw.append(Written(line.replace("{table}", f":T{len(tables)}"), 3))
        tables.append(table)
    raw.append(Written("return-void", 1))
    end = len(raw) - 1
    insns = [Written(w.line.replace("{end}", f":I{end}"), w.units, w.kind, w.ref) for w in raw]
    shown = [t.replace("{start}", ":I0").replace("{end}", f":I{end}") for t in tables]
    last = end if tables else len(raw)  # the assembler may put filling between code and tables
    cuts = sorted(draw(st.sets(st.integers(0, last), max_size=4)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    caught = st.sampled_from([None, "Ljava/lang/Exception;", OWN[0]])
    kinds = [draw(st.lists(caught, min_size=1, max_size=3, unique=True)) for _ in spans]
    tries = [
        (first, last, one)
        for (first, last), mine in zip(spans, kinds, strict=True)
        for one in sorted(mine, key=lambda c: c is None)
    ]
    return Body(insns, shown, tries)


@st.composite
def _classes(draw: Draw, name: str) -> Made:
    names = draw(st.lists(st.sampled_from("fgh"), max_size=3, unique=True))
    fields = []
    for one in names:
        kind, static = draw(st.sampled_from(_TYPES)), draw(st.booleans())
        value: Any = None
        if static and kind in ("I", "J", "Ljava/lang/String;"):
            texts = kind == "Ljava/lang/String;"
            value = draw(st.sampled_from(TEXTS) if texts else st.integers(-(1 << 31), 1 << 30))
        fields.append((one, kind, static, value))
    keys = st.tuples(st.sampled_from(["m", "n", "run"]), st.sampled_from(PROTOS))
    methods = [
        (*key, draw(st.one_of(_bodies(), _bodies(), st.none())))
        for key in draw(st.lists(keys, max_size=4, unique=True))
    ]
    above = [c for c in (*OWN, *FOREIGN, "Ljava/lang/Object;") if c != name]
    return Made(
        name,
        draw(st.sampled_from(above)),
        draw(st.lists(st.sampled_from([*OWN, FOREIGN[1]]), max_size=2, unique=True)),
        draw(st.sampled_from(["public", "public final", "public abstract interface"])),
        draw(st.sampled_from(["", "A.java", "源.kt"])),
        fields,
        methods,
    )


@st.composite
def apps(draw: Draw, *, twice: bool) -> App:
    """One to three DEX files; `twice` lets a class be defined by several."""
    count = draw(st.integers(1, 3))
    files: list[list[Made]] = [[] for _ in range(count)]
    for name in draw(st.lists(st.sampled_from(OWN), min_size=1, max_size=5, unique=True)):
        homes = st.sets(st.integers(0, count - 1), min_size=1, max_size=2 if twice else 1)
        for number in sorted(draw(homes)):
            files[number].append(draw(_classes(name)))
    return App(files)
