"""The rows of one verdict: what of a report document the store can be asked for.

In: the document of `report.build`, as JSON. Out: the columns of `versions`, and for each table of
`schema.VERDICT_ROWS` a list of rows in the order of its columns. Pure; no database here.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from auditor.model import Severity, Terms
from auditor.pipeline import Traits, sketch_of

Row = list[Any]
_TEXT = 600
"""Characters of one value; PostgreSQL indexes no more. The report document keeps the whole."""
_NAME = 200
_NAMELESS = "?"
_ROWS = 5_000
"""Rows of one table for one app; an app with more of them is told in `limits`."""
_BLIND = frozenset({"packed", "code_not_visible", "dynamic_code", "dex_malformed", "hybrid"})
_RUN = 12
"""Letters of terms in a row that are compared."""
_SCHEMA = 3
"""Names of fields from which a collector can be told again."""
_LEAVES = frozenset({"network", "web", "sms"})
_WORD = re.compile(r"\w+")


def rows_of(document: Mapping[str, Any], traits: Traits, terms: Sequence[str]) -> dict[str, Any]:
    """Give what `save` writes of one app, apart from facts and documents."""
    tables = {name: make(document) for name, make in _TABLES.items()}
    for name, rows in tables.items():
        if len(rows) > _ROWS:
            tables["limits"].append(_clean(["store", name, f"{len(rows)} rows, {_ROWS} kept"]))
            del rows[_ROWS:]
    app = document["app"]
    return {
        "version": _version(document),
        "tables": tables,
        "package": _line(app["package"]) or f"{_NAMELESS}{app['sha256'][:16]}",
        "labels": sorted({_line(t) for t in (app["label"], *app["labels"].values()) if t.strip()}),
        "signers": [
            _clean([s["sha256"], s["subject"], s["scheme"], s["not_before"]])
            for s in app["signers"]
        ],
        "parts": [_clean([p["name"], p["sha256"], p["size"]]) for p in app["files"]],
        "traits": _traits(document, traits),
        "sketches": _sketches(traits, terms),
    }


def is_nameless(package: str) -> bool:
    """Tell a package that names none in its manifest: it is called by its SHA-256."""
    return package.startswith(_NAMELESS)


def _version(document: Mapping[str, Any]) -> dict[str, Any]:
    app, severity = document["app"], document["severity"]
    limits = {limit["kind"] for limit in document["limits"]}
    return {
        "file": _line(app["name"]),
        "size": app["size"],
        "label": _line(app["label"] or next(iter(app["labels"].values()), "")),
        "version_name": _line(app["version_name"]),
        "version_code": _line(app["version_code"]),
        "min_sdk": app["min_sdk"],
        "target_sdk": app["target_sdk"],
        "severity": severity or "",
        "severity_rank": Severity(severity).rank if severity else -1,
        "lending": app["lending"]["is_lending"],
        "findings": len(document["findings"]),
        "declared": len(document["terms"]["documents"]),
        "blind": bool(limits & _BLIND),
    }


def _permissions(document: Mapping[str, Any]) -> list[Row]:
    return [
        _clean([p["name"], p["max_sdk"], p["reachable_uses"], p["referenced_uses"]])
        for p in document["permissions"]
    ]


def _practices(document: Mapping[str, Any]) -> list[Row]:
    keys = ("action", "data_type", "level", "scope", "recipient", "owner", "disclosure", "trigger")
    return [_clean([*(p[k] for k in keys), p["before_consent"]]) for p in document["practices"]]


def _flows(document: Mapping[str, Any]) -> list[Row]:
    found = []
    for f in document["flows"]:
        first = [f["id"], f["data_type"], f["level"], f["scope"], f["sink"]["kind"], f["endpoint"]]
        fields = ",".join(f["fields"])
        rest = [f["owner"], f["recipient"], f["trigger"], f["before_consent"]]
        found.append(_clean([*first, host_in(f["endpoint"]), fields, *rest]))
    return found


def _endpoints(document: Mapping[str, Any]) -> list[Row]:
    keys = ("url", "scheme", "host", "path", "http_method", "resolution", "owner", "recipient")
    return [
        _clean([*(_bare(e[k]) if k == "host" else e[k] for k in keys), e["cleartext"]])
        for e in document["endpoints"]
    ]


def _libraries(document: Mapping[str, Any]) -> list[Row]:
    keys = ("id", "name", "vendor", "version", "category")
    return [_clean([library[k] for k in keys]) for library in document["libraries"]]


def _statements(document: Mapping[str, Any]) -> list[Row]:
    found = []
    for s in document["terms"]["statements"]:
        for data_type in s["data_types"] or [""]:
            first = [s["id"], s["document"], s["entity"], s["action"], data_type]
            found.append(_clean([*first, s["negated"], s["quote"]]))
    return found


def _findings(document: Mapping[str, Any]) -> list[Row]:
    return [
        _clean(
            [
                *(f["rule"], f["severity"], f["practice"], f["disclosure"] or "", f["title"]),
                f["texts"].get("title.zh", ""),
            ]
        )
        for f in document["findings"]
    ]


def _limits(document: Mapping[str, Any]) -> list[Row]:
    return [_clean([x["kind"], x["where"], x["why"]]) for x in document["limits"]]


def _packers(document: Mapping[str, Any]) -> list[Row]:
    return [_clean([p["id"], p["name"], p["confidence"]]) for p in document["app"]["packers"]]


_TABLES = {
    "permissions": _permissions,
    "practices": _practices,
    "flows": _flows,
    "endpoints": _endpoints,
    "libraries": _libraries,
    "statements": _statements,
    "findings": _findings,
    "limits": _limits,
    "packers": _packers,
}


def host_in(endpoint: str) -> str:
    """Give the host of an address, without its port; empty where it is not known."""
    if "://" not in endpoint:
        return _bare(endpoint.partition("/")[0]) if ":" in endpoint else ""
    try:
        return (urlsplit(endpoint).hostname or "")[:_TEXT]
    except ValueError:
        return ""


def _bare(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


# ---------------------------------------------------------------- what makers have in common


def terms_sketch(terms: Terms) -> tuple[str, ...]:
    """Sketch the set of runs of letters in all documents of terms; every fourth run is taken."""
    found: set[str] = set()
    for document in terms.documents:
        text = "".join(_WORD.findall(document.text.casefold()))
        runs = (text[i : i + _RUN] for i in range(max(0, len(text) - _RUN + 1)))
        found.update(r for r in runs if not zlib.crc32(r.encode("utf-8", "replace")) & 3)
    return sketch_of(found)


def _sketches(traits: Traits, terms: Sequence[str]) -> list[Row]:
    """Kind, size of the whole set, and its smallest digests as one text."""
    sets = (
        ("class", traits.class_count, traits.classes),
        ("method", traits.method_count, traits.methods),
        ("terms", len(terms), terms),
    )
    return [[kind, count, "".join(digests)] for kind, count, digests in sets if digests]


def _traits(document: Mapping[str, Any], traits: Traits) -> list[Row]:
    """Kind and value: the icon, and the names under which a collector sends several data."""
    found = {("icon", traits.icon)} if traits.icon else set()
    for flow in document["flows"]:
        if flow["sink"]["kind"] in _LEAVES and len(flow["fields"]) >= _SCHEMA:
            found.add(("schema", f"{flow['data_type']}: {', '.join(sorted(flow['fields']))}"))
    return sorted(_clean(list(pair)) for pair in found)


def _line(text: str) -> str:
    return str(_value(" ".join(text.split())[:_NAME]))


def _clean(row: Iterable[Any]) -> Row:
    return [_value(v) for v in row]


def _value(value: Any) -> Any:  # noqa: ANN401
    """PostgreSQL stores no NUL in a text, and no program a lone surrogate."""
    if not isinstance(value, str):
        return value
    text = value[:_TEXT].replace("\x00", "\ufffd")
    return text.encode("utf-8", "replace").decode("utf-8")
