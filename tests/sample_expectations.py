"""Compare a report with what `samples/<case>/expected.json` says (samples/expected.schema.json).

Every expectation is one check with a name of its own; a check gives the differences it found, in
words, none when it holds. Run as a program it prints them:

    python -m tests.sample_expectations [CASE…]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from auditor.catalog import Catalog
from auditor.model import (
    AuditReport,
    CallSite,
    Flow,
    Level,
    Practice,
    Severity,
    SinkKind,
    SourceRead,
    is_a,
)
from auditor.pipeline import Options, audit, read_terms_file
from auditor.report import RENDERERS
from auditor.report.document import practice_id

SAMPLES = Path(__file__).parents[1] / "samples"
CASES = tuple(sorted(p.parent.name for p in SAMPLES.glob("*/expected.json")))
LEAVING = frozenset({SinkKind.NETWORK, SinkKind.SMS, SinkKind.WEB, SinkKind.CALL})

Said = Mapping[str, Any]
"""One item of an expected.json."""


@dataclass(frozen=True)
class Check:
    """One expectation of one case."""

    case: str
    area: str
    number: int
    said: Said

    @property
    def name(self) -> str:
        return f"{self.case}-{self.area}-{self.number}"


AREAS = ("reads", "flows", "practices", "endpoints", "statements", "findings", "limits", "must_not")


@cache
def expected(case: str) -> Said:
    document: Said = json.loads((SAMPLES / case / "expected.json").read_text("utf-8"))
    return document


@cache
def report_of(case: str) -> AuditReport:
    folder, said = SAMPLES / case, expected(case)
    terms = tuple(read_terms_file(folder / name) for name in said["terms"])
    return audit(folder / said["artifact"], Catalog(), Options(terms=terms, quotes=False))


@cache
def html_of(case: str) -> str:
    return RENDERERS["html"](report_of(case), "en")


def checks(case: str) -> Iterator[Check]:
    """Every expectation of a case; what the file leaves out is not asserted."""
    said = expected(case)
    yield Check(case, "identity", 0, said)
    for area in AREAS:
        for number, item in enumerate(said.get(area, ())):
            yield Check(case, area, number, item)
    yield Check(case, "no_other_flow", 0, said)


def differences(check: Check) -> list[str]:
    """What the report of the case says otherwise."""
    report = report_of(check.case)
    return list(_COMPARE[check.area](report, check))


# ---------------------------------------------------------------- identity


def _identity(report: AuditReport, check: Check) -> Iterator[str]:
    said, manifest = check.said, report.package.manifest
    if manifest.package != said["package"]:
        yield f"package is {manifest.package}"
    for locale, label in said["labels"].items():
        shown = manifest.labels.get(locale.replace("-r", "-"))  # zh-rTW, as resources spell it
        if shown != label:
            yield f"label {locale!r} is {shown!r}"
    names = sorted({p.name for p in manifest.permissions if not p.implied_by})
    if names != said["permissions"]:
        yield f"permissions are {names}"
    origins = sorted(d.origin for d in report.terms.documents)
    for origin in said.get("bundled_terms", ()):
        if not any(origin.endswith(o) for o in origins):
            yield f"no terms at {origin}, only {origins}"
    prefixes = [p for library in report.libraries for p in library.prefixes]
    for prefix in said.get("libraries", ()):
        if not any(prefix.startswith(p) or p.startswith(prefix) for p in prefixes):
            yield f"no library {prefix}"


# ---------------------------------------------------------------- code


def _reads(report: AuditReport, check: Check) -> Iterator[str]:
    said = check.said
    mine = [r for r in report.reads if _caller(r.site) == said["caller"]]
    mine = [r for r in mine if is_a(r.data_type, said["data_type"])]
    if not mine:
        yield f"no read of {said['data_type']} in {said['caller']}"
        return
    yield from _closest(mine, lambda read: _read_differs(read, said))


def _read_differs(read: SourceRead, said: Said) -> list[str]:
    return _values(read, said, ("level", "scope", "picker_mask"))


def _flows(report: AuditReport, check: Check) -> Iterator[str]:
    said = check.said
    mine = [f for f in report.flows if is_a(f.data_type, said["data_type"])]
    mine = [f for f in mine if _same_place(f, said)]
    if not mine:
        yield f"no flow of {said['data_type']} from {said['source']} to {said['sink']}"
        return
    yield from _closest(mine, lambda flow: _flow_differs(flow, said))


def _caller(site: CallSite) -> str:
    """A method, or `part!/path` outside DEX."""
    return site.caller if "->" in site.caller else f"{site.dex}!/{site.caller}"


def _same_place(flow: Flow, said: Said) -> bool:
    source, sink = said["source"], said["sink"]
    pairs = (
        (_caller(flow.source), source["caller"]),
        (_caller(flow.sink), sink["caller"]),
        (flow.source.signature, source.get("signature", flow.source.signature)),
        (flow.sink.signature, sink.get("signature", flow.sink.signature)),
        (flow.sink_kind, sink.get("kind", flow.sink_kind)),
    )
    return all(found == wanted for found, wanted in pairs)


def _flow_differs(flow: Flow, said: Said) -> list[str]:
    found = _values(flow, said, ("level", "scope", "http_method", "owner", "before_consent"))
    path = said.get("endpoint_path")
    if path is None and flow.endpoint != said["endpoint"]:
        found.append(f"endpoint is {flow.endpoint!r}, not {said['endpoint']!r}")
    elif path is not None and not _only_path(flow.endpoint, path):
        found.append(f"endpoint is {flow.endpoint!r}; only the path {path!r} is constant")
    if missing := sorted(set(said["fields"]) - set(flow.fields)):  # columns may stand beside them
        found.append(f"fields {missing} are missing from {sorted(flow.fields)}")
    if "trigger" in said and flow.trigger not in said["trigger"]:
        found.append(f"trigger is {flow.trigger!r}, none of {said['trigger']}")
    noted = " ".join(flow.transforms)
    found += [
        f"not noted: {t} (noted: {noted!r})" for t in said.get("transforms", ()) if t not in noted
    ]
    return found


def _only_path(endpoint: str, path: str) -> bool:
    """The path is told, the host left open: `{?}` stands for what is known at run time only."""
    host = endpoint.removesuffix(path).partition("://")[2]
    return endpoint.endswith(path) and host in ("", "{?}")


def _no_other_flow(report: AuditReport, check: Check) -> Iterator[str]:
    said = check.said
    known = (*said["flows"], *said.get("tolerated", ()))
    for flow in report.flows:
        if flow.level is not Level.TRACED or flow.sink_kind not in LEAVING:
            continue
        if not any(is_a(flow.data_type, s["data_type"]) and _same_place(flow, s) for s in known):
            yield (
                f"unexpected: {flow.data_type} {flow.source.caller} -> {flow.sink.signature} "
                f"in {flow.sink.caller}"
            )


def _practices(report: AuditReport, check: Check) -> Iterator[str]:
    said = check.said
    mine = [p for p in report.practices if p.data_type == said["data_type"]]
    kept = [p for p in mine if _same_action(practice_id(p), said["action"])]
    if not kept:
        seen = [f"{p.action} {p.recipient} {p.level}" for p in mine]
        yield f"no practice {said['action']} {said['data_type']}; there are {seen}"
        return
    yield from _closest(kept, lambda practice: _practice_differs(practice, said, report))


def _practice_differs(practice: Practice, said: Said, report: AuditReport) -> list[str]:
    found = _values(practice, said, ("level", "scope", "before_consent"))
    found += _one_of(practice.disclosure, said.get("disclosure"), "disclosure")
    if "trigger" in said and practice.trigger not in said["trigger"]:
        found.append(f"trigger is {practice.trigger!r}, none of {said['trigger']}")
    if host := said.get("recipient_host"):
        hosts = {urlsplit(f.endpoint).hostname for f in report.flows if f.id in practice.flows}
        if host not in hosts:
            found.append(f"hosts are {sorted(map(str, hosts))}, not {host}")
    return found


def _endpoints(report: AuditReport, check: Check) -> Iterator[str]:
    said = check.said
    mine = [e for e in report.endpoints if e.url == said["url"]]
    if not mine:
        mine = [e for e in report.endpoints if e.path and e.path == said["url"]]
    if not mine:
        yield f"no endpoint {said['url']}; there are {[e.url for e in report.endpoints]}"
        return
    yield from _closest(mine, lambda e: _values(e, said, ("http_method", "resolution")))


# ---------------------------------------------------------------- terms and verdicts


def _statements(report: AuditReport, check: Check) -> Iterator[str]:
    said = check.said
    wanted = "".join(said["quote"].split())
    mine = [s for s in report.terms.statements if wanted in "".join(s.quote.split())]
    if not mine:
        yield f"no statement quotes {said['quote']!r}"
        return
    named = [s for s in mine if any(is_a(t, said["data_type"]) for t in s.data_types)]
    if not named:
        yield f"{said['quote']!r} is read as {sorted({t for s in mine for t in s.data_types})}"
        return
    yield from _closest(named, lambda s: _values(s, said, ("negated", "scope")))


def _findings(report: AuditReport, check: Check) -> Iterator[str]:
    said = check.said
    mine = [f for f in report.findings if _speaks_of(f.practice, said["data_type"])]
    if not mine:
        yield f"no finding about {said['data_type']}: {[f.rule for f in report.findings]}"
        return
    least = Severity(said.get("severity_at_least", "info"))
    for finding in mine:
        if "action" in said and not _same_action(finding.practice, said["action"]):
            continue
        if finding.disclosure != said.get("disclosure", finding.disclosure):
            continue
        if finding.severity.rank >= least.rank:
            return
    seen = [f"{f.rule} {f.practice} {f.disclosure} {f.severity}" for f in mine]
    yield f"no finding like {dict(said)}; there are {seen}"


def _same_action(practice: str, action: str) -> bool:
    """The samples say `share` only where a third party gets the data; a report also says it where
    data leave for the operator (`share:contacts:first_party`)."""
    own, _, recipient = (*practice.split(":", 2), "", "")[:3]
    to_operator = recipient in ("", "first_party", "web_page", "unknown")
    return own == "share" and not to_operator if action == "share" else to_operator


def _limits(report: AuditReport, check: Check) -> Iterator[str]:
    kinds = sorted({limit.kind for limit in report.limits})
    if check.said["kind"] not in kinds:
        yield f"no limit {check.said['kind']}; there are {kinds}"


def _speaks_of(practice: str, data_type: str) -> bool:
    parts = practice.split(":")
    return len(parts) > 1 and is_a(parts[1], data_type)


def _must_not(report: AuditReport, check: Check) -> Iterator[str]:
    said = check.said
    kind = said.get("data_type", "")
    flows = [f for f in report.flows if not kind or is_a(f.data_type, kind)]
    reads = [r for r in report.reads if not kind or is_a(r.data_type, kind)]
    practices = [p for p in report.practices if not kind or is_a(p.data_type, kind)]
    if caller := said.get("caller"):
        flows = [f for f in flows if f.source.caller == caller]
        reads = [r for r in reads if r.site.caller == caller]
        practices = []
    if most := said.get("level_at_most"):
        rank = -1 if most == "none" else Level(most).rank
        levels = [f.level for f in flows] + [r.level for r in reads] + [p.level for p in practices]
        yield from (f"{kind} is {level}" for level in levels if level.rank > rank)
    if scope := said.get("scope"):
        scopes = [f.scope for f in flows] + [r.scope for r in reads]
        yield from (f"{kind} is {s}" for s in scopes if s == scope)
    if least := said.get("finding_at_least"):
        for finding in report.findings:
            if kind and not _speaks_of(finding.practice, kind):
                continue
            if finding.severity.rank >= Severity(least).rank:
                yield f"finding {finding.rule} is {finding.severity}"
    if (raw := said.get("raw_html")) and raw in html_of(check.case):
        yield f"the HTML holds {raw!r}"
    if disclosure := said.get("disclosure"):
        yield from (
            f"{p.action} {kind} is {disclosure}" for p in practices if p.disclosure == disclosure
        )
    if sink := said.get("sink_kind"):
        yield from (f"{kind} reaches {f.sink.signature}" for f in flows if f.sink_kind == sink)
    if host := said.get("endpoint_host"):
        yield from (f"{kind} goes to {f.endpoint}" for f in flows if host in f.endpoint)


# ---------------------------------------------------------------- shared


def _values(found: object, said: Said, keys: Sequence[str]) -> list[str]:
    """Attributes that differ, of those that are asserted."""
    return [
        f"{key} is {getattr(found, key)!s}, not {said[key]!s}"
        for key in keys
        if key in said and getattr(found, key) != said[key]
    ]


def _one_of(found: str, said: Any, key: str) -> list[str]:  # noqa: ANN401
    wanted = [said] if isinstance(said, str) else said
    return [] if wanted is None or found in wanted else [f"{key} is {found}, not {said}"]


def _closest(items: Sequence[Any], differs: Callable[[Any], list[str]]) -> list[str]:
    """The differences of the item that has fewest."""
    return min((differs(item) for item in items), key=len)


_COMPARE: Mapping[str, Callable[[AuditReport, Check], Iterator[str]]] = {
    "identity": _identity,
    "reads": _reads,
    "flows": _flows,
    "no_other_flow": _no_other_flow,
    "practices": _practices,
    "endpoints": _endpoints,
    "statements": _statements,
    "findings": _findings,
    "limits": _limits,
    "must_not": _must_not,
}


def main(cases: Sequence[str]) -> int:
    total = failed = 0
    for case in cases or CASES:
        for check in checks(case):
            total += 1
            if found := differences(check):
                failed += 1
                print(f"{check.name}: {'; '.join(found)}")  # noqa: T201
    print(f"{total - failed} of {total} expectations hold")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
