"""Write the flows as a Mermaid flowchart (mermaid.js.org), for papers, wikis and issue trackers.

One box a data type, place in the code, address and recipient; a solid arrow where the path was
traced, a dotted one where it is only linked. Words in the language asked for. Names are foreign:
everything but letters, digits and a few signs is written as a character code.
"""

from __future__ import annotations

from auditor.model import AuditReport, Flow, Level
from auditor.report.clean import one_line
from auditor.report.view import class_and_name, party, recipient
from auditor.report.words import Name, Words, words

FLOWS = 200
"""Flows that are drawn; the rest is counted in a comment."""
_STEPS = 12
_PLAIN = frozenset(" ./-_:()@,")
_SHAPES = {
    "data": ("([", "])"),
    "place": ("[", "]"),
    "address": ("{{", "}}"),
    "recipient": ("[/", "/]"),
}

Station = tuple[str, str]
"""Shape and label."""


def render_mermaid(report: AuditReport, lang: str = "en") -> str:
    """Write the flows of `report` as a Mermaid flowchart with words in `lang`.

    Raises:
        UsageError: there are no messages in `lang`.
    """
    speak = words(lang)
    flows = sorted(report.flows, key=lambda f: (-f.level.rank, f.data_type, f.id))
    nodes: dict[Station, str] = {}
    edges: dict[tuple[str, str], bool] = {}
    for flow in flows[:FLOWS]:
        ids = [nodes.setdefault(s, f"n{len(nodes)}") for s in _stations(flow, speak)]
        for pair in zip(ids, ids[1:], strict=False):
            if pair[0] != pair[1]:
                edges[pair] = edges.get(pair, False) or flow.level is Level.TRACED
    lines = ["flowchart LR"]
    lines += [f"  {id_}{_drawn(shape, label)}" for (shape, label), id_ in nodes.items()]
    lines += [f"  {a} {'-->' if proved else '-.->'} {b}" for (a, b), proved in edges.items()]
    if not flows:
        lines.append(f'  n0["{escaped(speak.text(Name("verdict", "no_sign")))}"]')
    if len(flows) > FLOWS:
        lines.append(f"  %% {len(flows) - FLOWS} more flows are in the JSON document")
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Write a label so that no character of it acts: all but plain ones by number."""
    shown = one_line(text, 160)
    return "".join(c if c.isalnum() or c in _PLAIN else f"#{ord(c)};" for c in shown)


def _drawn(shape: str, label: str) -> str:
    opens, closes = _SHAPES[shape]
    return f'{opens}"{escaped(label)}"{closes}'


def _stations(flow: Flow, speak: Words) -> list[Station]:
    places = [s.caller for s in flow.steps] or [flow.source.caller, flow.sink.caller]
    once = list(dict.fromkeys(places))
    if len(once) > _STEPS:
        once = [*once[: _STEPS - 4], *once[-4:]]
    data = f"{speak.text(Name('data_type', flow.data_type))}, {speak.name('scope', flow.scope)}"
    stations: list[Station] = [("data", data)]
    stations += [("place", ".".join(filter(None, class_and_name(caller)))) for caller in once]
    address = flow.endpoint or speak.name("sink", flow.sink_kind)
    stations.append(("address", f"{flow.http_method} {address}".strip()))
    return [*stations, ("recipient", speak.text(recipient(party(flow))))]
