"""Lay out the picture: data on the phone → code → address → recipient.

In: the main flows. Out: boxes and curves in SVG user units; the template draws them.
Two layouts of the same paths: four columns for wide pages and print, chains for a phone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from auditor.model import Flow, Level, SinkKind
from auditor.report.clean import one_line
from auditor.report.seen import host_of
from auditor.report.view import class_and_name, party, recipient
from auditor.report.words import Name, Value, Words, say

PATHS = 6
"""Flows in the wide picture."""
CHAINS = 3
"""Flows in the narrow one."""

_LINE = 17
_PAD = 10
_COLUMNS = ((1, 170), (240, 215), (525, 240), (835, 164))
"""x and width of each column, wide."""
_NARROW = 340


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text inside a box."""

    x: int
    y: int
    text: str
    cls: str
    lang: str
    """Empty when it is the same in every language."""


@dataclass(frozen=True, slots=True)
class Box:
    """One node."""

    x: int
    y: int
    width: int
    height: int
    cls: str
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """One curve between two boxes."""

    path: str
    proved: bool
    arrow: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture, ready to be drawn."""

    width: int
    height: int
    heads: tuple[Text, ...]
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class _Label:
    """Lines of a node before they are wrapped: value and class."""

    lines: tuple[tuple[Value, str], ...]
    cls: str = ""


def nodes_of(flow: Flow) -> tuple[_Label, _Label, _Label, _Label]:
    """Give the four stations of one flow."""
    cls, name = class_and_name(flow.source.caller)
    host = host_of(flow.endpoint)
    path = flow.endpoint.split(host, 1)[-1] if host else flow.endpoint
    address: list[tuple[Value, str]] = [(one_line(host, 80), "mono strong")] if host else []
    if path not in ("", "/"):
        address.append((one_line(path, 80), "mono small"))
    if not host:
        kind = flow.sink_kind
        key = "picture.run_time" if path else "picture.no_endpoint"
        address.insert(0, (say(key) if kind == SinkKind.NETWORK else Name("sink", kind), "small"))
    plain = flow.endpoint.startswith("http://")
    if plain:
        address.append((say("picture.cleartext"), "small warn"))
    top = flow.data_type.split(".")[0]
    return (
        _Label(((Name("data_type", top), "strong"), (Name("scope", flow.scope), "small")), "data"),
        _Label(((cls or name, "mono strong"), (f".{name}()" if cls else "", "mono small")), "code"),
        _Label(tuple(address), "address plain" if plain else "address"),
        _Label(((recipient(party(flow)), "strong"),), "who"),
    )


def wide(flows: Sequence[Flow], langs: Mapping[str, Words]) -> Drawing:
    """Lay `flows` out in four columns; stations that several share are drawn once."""
    columns: list[dict[_Label, None]] = [{}, {}, {}, {}]
    joins: dict[tuple[int, _Label, _Label], bool] = {}
    for flow in flows[:PATHS]:
        stations = nodes_of(flow)
        for column, label in zip(columns, stations, strict=True):
            column[label] = None
        for index, (left, right) in enumerate(pairwise(stations)):
            proved = flow.level == Level.TRACED
            joins[index, left, right] = joins.get((index, left, right), False) or proved
    placed = [_column(c, x, w, langs) for c, (x, w) in zip(columns, _COLUMNS, strict=True)]
    height = max(sum(b.height + 18 for b in boxes.values()) for boxes in placed)
    boxes = [_spread(column, height) for column in placed]
    links = tuple(
        _across(boxes[index][left], boxes[index + 1][right], proved)
        for (index, left, right), proved in joins.items()
    )
    keys = ("picture.data", "picture.code", "picture.endpoint", "picture.recipient")
    heads = tuple(
        text
        for key, (x, w) in zip(keys, _COLUMNS, strict=True)
        for text in _texts(((say(key), "head"),), x, 4, w, langs)
    )
    flat = tuple(box for column in boxes for box in column.values())
    return Drawing(1000, height + 30, heads, flat, links)


def narrow(flows: Sequence[Flow], langs: Mapping[str, Words]) -> Drawing:
    """Lay the first flows out as chains, one under the other."""
    boxes: list[Box] = []
    links: list[Link] = []
    y = 4
    for flow in flows[:CHAINS]:
        chain: list[Box] = []
        for label in nodes_of(flow):
            chain.append(_box(label, 0, y, _NARROW, langs))
            y += chain[-1].height + 26
        links += [_down(a, b, flow.level == Level.TRACED) for a, b in pairwise(chain)]
        boxes += chain
        y += 14
    return Drawing(_NARROW, y, (), tuple(boxes), tuple(links))


def main_flows(flows: Iterable[Flow]) -> list[Flow]:
    """Order flows for the picture: address book first, proved first, one for each pair of ends."""
    ordered = sorted(
        flows,
        key=lambda f: (
            -f.level.rank,
            not f.data_type.startswith("contacts"),
            f.scope != "bulk",
            f.id,
        ),
    )
    kept: dict[tuple[str, str, str], Flow] = {}
    for flow in ordered:
        kept.setdefault((flow.data_type.split(".")[0], flow.endpoint, flow.recipient), flow)
    return list(kept.values())


def wrap(text: str, width: float, lines: int = 3) -> list[str]:
    """Break `text` into at most `lines` lines of `width` em; the last one ends in `…` when cut."""
    rows: list[str] = [""]
    used = 0.0
    for char in text:
        step = _em(char)
        if used + step > width:
            cut = rows[-1].rfind(" ")
            if char != " " and cut > len(rows[-1]) // 4:
                rest = rows[-1][cut + 1 :]
                rows[-1] = rows[-1][:cut]
            else:
                rest = ""
            rows.append(rest)
            used = sum(map(_em, rest))
            if char == " ":
                continue
        rows[-1] += char
        used += step
    if len(rows) > lines:
        rows = rows[:lines]
        rows[-1] = rows[-1][:-1] + "…"
    return [row for row in rows if row] or [""]


def _em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF" or char in "MW@":
        return 1.0
    return 0.75 if char.isupper() else 0.6


def _texts(
    lines: Sequence[tuple[Value, str]], x: int, y: int, width: int, langs: Mapping[str, Words]
) -> tuple[Text, ...]:
    """Wrap the lines of a box, once for all languages when they agree, else for each."""
    by_lang = {code: [(w.text(v), cls) for v, cls in lines] for code, w in langs.items()}
    values = list(by_lang.values())
    if all(value == values[0] for value in values):
        by_lang = {"": values[0]}
    made: list[Text] = []
    for code, rows in by_lang.items():
        below = y
        for text, cls in rows:
            size = 12.5 if "small" in cls or "head" in cls else 14.5
            for part in wrap(text, width / size) if text else ():
                made.append(Text(x, below + _LINE - 4, part, cls, code))
                below += _LINE
    return tuple(made)


def _box(label: _Label, x: int, y: int, width: int, langs: Mapping[str, Words]) -> Box:
    texts = _texts(label.lines, x + _PAD, y + _PAD - 3, width - 2 * _PAD, langs)
    bottom = max((t.y for t in texts), default=y)
    return Box(x, y, width, bottom - y + _PAD + 4, label.cls, texts)


def _column(
    labels: Iterable[_Label], x: int, width: int, langs: Mapping[str, Words]
) -> dict[_Label, Box]:
    return {label: _box(label, x, 0, width, langs) for label in labels}


def _spread(column: dict[_Label, Box], height: int) -> dict[_Label, Box]:
    """Share the free height evenly around the boxes of one column."""
    free = (height - sum(box.height for box in column.values())) // (len(column) + 1)
    y = 30 + free
    moved: dict[_Label, Box] = {}
    for label, box in column.items():
        texts = tuple(Text(t.x, t.y + y, t.text, t.cls, t.lang) for t in box.texts)
        moved[label] = Box(box.x, y, box.width, box.height, box.cls, texts)
        y += box.height + free
    return moved


def _across(left: Box, right: Box, proved: bool) -> Link:
    x1, y1 = left.x + left.width, left.y + left.height // 2
    x2, y2 = right.x, right.y + right.height // 2
    bend = (x2 - x1) // 2
    path = f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2 - 8} {y2}"
    return Link(path, proved, f"M{x2 - 9} {y2 - 5}L{x2 - 1} {y2}L{x2 - 9} {y2 + 5}Z")


def _down(upper: Box, lower: Box, proved: bool) -> Link:
    x = upper.x + 36
    y1, y2 = upper.y + upper.height, lower.y
    return Link(f"M{x} {y1}V{y2 - 8}", proved, f"M{x - 5} {y2 - 9}L{x} {y2 - 1}L{x + 5} {y2 - 9}Z")
