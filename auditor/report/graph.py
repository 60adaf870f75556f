"""Write the flows as GraphML (graphml.graphdrawing.org) for graph tools of researchers.

Nodes are data types, methods, addresses and recipients; edges carry the flow's id, level and scope.
"""

from __future__ import annotations

from lxml import etree

from auditor.model import AuditReport, Flow
from auditor.report.clean import one_line
from auditor.report.view import party

_NS = "http://graphml.graphdrawing.org/xmlns"
_KEYS = (
    *(("node", "kind"), ("node", "label"), ("node", "dex"), ("node", "offset")),
    *(("edge", "flow"), ("edge", "level"), ("edge", "scope"), ("edge", "trigger")),
    *(("edge", "kind"), ("graph", "package"), ("graph", "sha256")),
)

Station = tuple[str, str, str, str]
"""Kind, label, DEX, offset."""


def render_graphml(report: AuditReport, lang: str = "en") -> str:
    """Write the flows of `report` as GraphML; `lang` changes nothing."""
    del lang
    root = etree.fromstring(f'<graphml xmlns="{_NS}"/>')
    for target, name in _KEYS:
        attributes = {"id": f"{target}.{name}", "for": target, "attr.name": name}
        etree.SubElement(root, f"{{{_NS}}}key", {**attributes, "attr.type": "string"})
    graph = etree.SubElement(root, f"{{{_NS}}}graph", id="flows", edgedefault="directed")
    _data(graph, "graph", {"package": report.package.manifest.package})
    _data(graph, "graph", {"sha256": report.package.sha256})
    nodes: dict[Station, str] = {}
    edges: list[tuple[str, str, Flow]] = []
    for flow in sorted(report.flows, key=lambda f: f.id):
        ids = [nodes.setdefault(key, f"n{len(nodes)}") for key in _stations(flow)]
        edges += [(a, b, flow) for a, b in zip(ids, ids[1:], strict=False) if a != b]
    for (kind, label, dex, offset), id_ in nodes.items():
        node = etree.SubElement(graph, f"{{{_NS}}}node", id=id_)
        _data(node, "node", {"kind": kind, "label": label, "dex": dex, "offset": offset})
    for source, target, flow in edges:
        edge = etree.SubElement(graph, f"{{{_NS}}}edge", source=source, target=target)
        values = {"flow": flow.id, "level": str(flow.level), "scope": str(flow.scope)}
        _data(edge, "edge", {**values, "trigger": flow.trigger, "kind": str(flow.sink_kind)})
    text: str = etree.tostring(root, encoding="unicode", pretty_print=True)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{text}"


def _stations(flow: Flow) -> list[Station]:
    """Give the nodes of one flow in order: kind, label, DEX, offset."""
    places = [(s.caller, s.dex, s.offset) for s in flow.steps[:200]] or [
        (s.caller, s.dex, s.offset) for s in (flow.source, flow.sink)
    ]
    stations: list[Station] = [("data_type", flow.data_type, "", "")]
    stations += [("place", caller, dex, str(offset)) for caller, dex, offset in places]
    if flow.endpoint:
        stations.append(("endpoint", flow.endpoint, "", ""))
    stations.append(("recipient", party(flow) or "unknown", "", ""))
    return stations


def _data(parent: etree._Element, target: str, values: dict[str, str]) -> None:
    for name, value in values.items():
        if value:
            data = etree.SubElement(parent, f"{{{_NS}}}data", key=f"{target}.{name}")
            data.text = one_line(value, 2_000)
