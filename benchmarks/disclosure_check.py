"""Compare the disclosures of a corpus with what the verdict says, apart from the code analysis.

    python benchmarks/disclosure_check.py CORPUS [-v]

CORPUS holds one folder a case with `truth.json`: `expect.disclosure` gives the class for each data
type, `expect.flows` the flows, and `terms_files` the terms beside the app. Practices are made from
the true flows: what is measured is the reading of the terms and the classification alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from auditor.catalog import Catalog
from auditor.model import CallSite, DataType, Flow, Level, Manifest, Scope, SinkKind, Terms
from auditor.terms import TermsSource, read_terms, read_terms_file
from auditor.verdicts import Knowledge, disclose, group_practices, load_knowledge

_SITE = CallSite("La;->a()V", "La;->b()V", 0, "classes.dex")


def main() -> int:
    """Print one line for each data type that differs, and the totals."""
    corpus, verbose = Path(sys.argv[1]), "-v" in sys.argv
    catalog = Catalog()
    knowledge = load_knowledge(catalog)
    right = total = 0
    for path in sorted(corpus.glob("*/truth.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        terms = read_terms(_sources(path.parent, truth), catalog)
        got = disclosures(truth, terms, knowledge)
        also = truth["expect"].get("disclosure_alt", {})
        for data_type, wanted in sorted(truth["expect"].get("disclosure", {}).items()):
            if data_type not in got:
                continue
            found, why = got[data_type]
            total += 1
            fits = found in (wanted, *also.get(data_type, ()))
            right += fits
            if verbose or not fits:
                mark = "ok  " if fits else "MISS"
                print(f"{mark} {truth['case']} {data_type}: {found} (expected {wanted}); {why}")
    print(f"{right} of {total} disclosures as expected")
    return 0 if right == total else 1


def disclosures(
    truth: dict[str, Any], terms: Terms, knowledge: Knowledge
) -> dict[str, tuple[str, str]]:
    """Give class and reason for each data type that leaves, from the widest flow of each."""
    flows = [_flow(i, f) for i, f in enumerate(truth["expect"]["flows"]) if not f["tolerated"]]
    practices = group_practices((), flows, Manifest("x"), knowledge.ontology)
    shared = [p for p in practices if p.action == "share"]
    judged = disclose(shared, terms, knowledge.ontology, knowledge.reasons)
    return {p.data_type: (p.disclosure, p.why) for p in judged}


def _flow(number: int, flow: dict[str, Any]) -> Flow:
    return Flow(
        id=f"f{number}",
        data_type=DataType(flow["data_type"]),
        level=Level.TRACED,
        scope=Scope(flow["scope"]),
        source=_SITE,
        sink=_SITE,
        sink_kind=SinkKind(flow["sink_kind"]),
        endpoint=flow["endpoint"] or "",
        http_method="",
        fields=(),
        owner="app",
        recipient="first_party",
        trigger="",
        before_consent=None,
        steps=(),
    )


def _sources(folder: Path, truth: dict[str, Any]) -> list[TermsSource]:
    return [read_terms_file(folder / name) for name in truth["terms_files"]]


if __name__ == "__main__":
    raise SystemExit(main())
