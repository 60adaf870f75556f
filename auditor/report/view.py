"""What a page shows, without language: values that the answers make and the templates draw.

A `Said` becomes words in `words`; an exhibit is one piece of evidence, numbered in the order in
which the page first uses it, so that each is shown once and referred to afterwards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditor.model import Flow, SinkKind
from auditor.report.clean import one_line, visible
from auditor.report.words import Code, Name, Said, Value

LINES = 28
"""Lines of one decompiled method that the page shows."""

_METHOD = re.compile(r"L([^;()]{1,400});->([^()]{1,200})\(([^()]{0,2000})\)(.{1,400})", re.DOTALL)
_TYPE = re.compile(r"\[*(?:L([^;]{1,400});|([VZBSCIJFD]))")
_PRIMITIVE = {
    "V": "void",
    "Z": "boolean",
    "B": "byte",
    "S": "short",
    "C": "char",
    "I": "int",
    "J": "long",
    "F": "float",
    "D": "double",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of decompiled source."""

    number: int
    text: str
    hit: bool
    """The call in question stands here."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One instruction of the app, ready to be shown."""

    method: str
    """`com.app.Main.onCreate(Bundle)`."""
    cls: str
    name: str
    signature: str
    offset: int
    dex: str
    calls: str
    """What is called, readable; empty when the spot is no call."""
    lines: tuple[Line, ...] = ()
    left_out: int = 0
    """Lines of the method that are not shown."""
    shown_in: int = 0
    """The exhibit that shows the same lines, 0 when it is this one."""


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a flow, ready to be shown."""

    kind: Name
    what: str
    """What is called, stored as, or made: code; empty when `text` says it all."""
    text: Value
    """The step in words, empty when kind and `what` say it."""
    spot: Spot
    number: int
    """Its place in the whole flow; a jump shows where steps are left out."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One piece of evidence with its number."""

    number: int
    kind: str
    """read, flow, statement or warning."""
    title: Said
    facts: tuple[tuple[str, Value], ...] = ()
    """Key of a label and its value."""
    spots: tuple[Spot, ...] = ()
    steps: tuple[StepView, ...] = ()
    steps_left_out: int = 0
    quote: str = ""
    quote_lang: str = ""
    source: str = ""
    """The document, and the span in it."""

    @property
    def is_code(self) -> bool:
        """Tell whether it shows code (else the terms)."""
        return self.kind in ("read", "flow")


@dataclass(frozen=True, slots=True)
class Shown:
    """An exhibit where the page uses it."""

    exhibit: Exhibit
    first: bool
    """True at the one place that shows it in full."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one of the fifteen questions."""

    number: int
    verdict: str
    """yes, no_sign, picked, partly, cannot_tell, not_visible or see."""
    short: Said
    """One sentence that can stand alone at the top of the page."""
    more: tuple[Said, ...] = ()
    points: tuple[tuple[Said, ...], ...] = ()
    points_left_out: int = 0
    exhibits: tuple[Shown, ...] = ()
    exhibits_left_out: int = 0


def readable(signature: str) -> str:
    """Write a JVM-style method as a Java reader would: `com.app.Main.onCreate(Bundle)`."""
    match = _METHOD.fullmatch(signature)
    if not match:
        return one_line(signature)
    cls, name, arguments, _ = match.groups()
    types = [
        (m[1].rsplit("/", 1)[-1] if m[1] else _PRIMITIVE[m[2]])
        + "[]" * (m[0].count("[") if m[0][0] == "[" else 0)
        for m in _TYPE.finditer(arguments)
    ]
    return one_line(f"{cls.replace('/', '.')}.{name}({', '.join(types)})")


_PLAIN = re.compile(
    r"(?:reads:|sends:|goes through|is passed to|is returned by|is stored as|is) (\S.*)", re.DOTALL
)


def step_words(text: str) -> tuple[str, str]:
    """Split the words of a step in code and words: `goes through A.b` is the kind and `A.b`."""
    match = _PLAIN.fullmatch(text)
    return (one_line(match[1], 300), "") if match else ("", text)


def class_and_name(signature: str) -> tuple[str, str]:
    """Split a JVM-style method in its simple class name and its own name."""
    match = _METHOD.fullmatch(signature)
    if not match:
        return "", one_line(signature, 80)
    return one_line(match[1].rsplit("/", 1)[-1], 80), one_line(match[2], 80)


def excerpt(source: str, callee: str) -> tuple[tuple[Line, ...], int]:
    """Cut the lines around the call of `callee` out of `source`; count what is left out."""
    rows = source.splitlines()[:5_000]
    cls, name = class_and_name(callee) if callee else ("", "")
    wanted = f"new {cls}(" if name == "<init>" else f"{name}("
    hits = [i for i, row in enumerate(rows) if name and wanted in row]
    first = hits[0] if hits else 0
    start = max(0, min(first - LINES // 2, len(rows) - LINES))
    shown = rows[start : start + LINES]
    lines = tuple(
        Line(start + i + 1, visible(row.expandtabs(4), 400), start + i in hits[:1])
        for i, row in enumerate(shown)
    )
    return lines, len(rows) - len(shown)


_ROLES = {
    SinkKind.SMS: "people_texted",
    SinkKind.CALL: "people_texted",
    SinkKind.WEB: "web_page",
    SinkKind.IPC: "other_apps",
}
"""Who gets what leaves by a way that has no address."""
_NAMELESS = {"first_party", "third_party", "unknown", *_ROLES.values()}


def party(flow: Flow) -> str:
    """Give the recipient of a flow: as it is named, else by the way in which data leave."""
    return party_by(flow.recipient, flow.sink_kind)


def party_by(recipient: str, kind: SinkKind) -> str:
    """Give the recipient as it is named, else whom this way out reaches."""
    return recipient or _ROLES.get(kind, "")


def recipient(name: str) -> Value:
    """Name a recipient: a word for the parties that have no name."""
    if not name or name in _NAMELESS:
        return Name("recipient", name or "unknown")
    return name


def place(where: str) -> str:
    """Write the place of a limit for a reader: a method as `com.app.Main.onCreate(Bundle)`."""
    method, at, offset = where.rpartition("@")
    if at and offset.isdigit() and "->" in method:
        return f"{readable(method)} @{offset}"
    return readable(where) if "->" in where else one_line(where)


def owner(id_: str) -> Value:
    """Name an owner of code: the app itself, or a library by its id."""
    return Name("owner", "app") if id_ == "app" else Code(id_)
