"""Measure the reading of terms on labels that were made before the reader was run on the texts.

    python -m benchmarks.terms_blind_evaluate [--texts FOLDER] [--half dev|held] [--errors]

The project's own texts lie in `terms_blind/texts`; FOLDER holds the public pages as `<id>.txt`,
which are not kept here. What is counted: declared and denied types, sharing and its recipients,
denials of sharing, the sentence that says it, and how the address book is declared.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from auditor.catalog import Catalog
from auditor.model import Statement
from auditor.terms import TermsSource, read_terms

HERE = Path(__file__).parent / "terms_blind"
TAKING = ("collect", "upload", "retain")
GIVING = ("share", "disclose", "entrust", "sell")
VAGUE = {"communication_information", "social_information", "other_information"}
Score = dict[str, Counter[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, help="folder with the public pages as <id>.txt")
    parser.add_argument("--half", choices=["dev", "held", "fresh", "fresh2"])
    parser.add_argument("--lang", default="")
    parser.add_argument("--errors", action="store_true", help="print every disagreement")
    options = parser.parse_args()
    labels = yaml.safe_load((HERE / "labels.yaml").read_text(encoding="utf-8"))
    catalog = Catalog()
    scores: dict[str, Score] = defaultdict(lambda: defaultdict(Counter))
    count: Counter[str] = Counter()
    for entry in labels["entries"]:
        path = where(entry, options.texts)
        if path is None or options.half not in (None, entry["half"]):
            continue
        if options.lang not in ("", entry["lang"]):
            continue
        terms = read_terms([TermsSource(path.name, path.read_bytes(), "given")], catalog)
        for group in (entry["lang"], "all"):
            count[group] += 1
        for part, outcome, what in compare(entry, labels["types"], terms.statements):
            for group in (entry["lang"], "all"):
                scores[group][part][outcome] += 1
            if options.errors and outcome != "tp":
                print(entry["id"], part, outcome, what)
    for group in sorted(scores):
        print_scores(f"{group}: {count[group]} documents", scores[group])


def where(entry: dict[str, Any], texts: Path | None) -> Path | None:
    """The text of an entry, or None when it is not at hand."""
    if "file" in entry:
        return HERE / "texts" / str(entry["file"])
    path = texts / f"{entry['id']}.txt" if texts else None
    return path if path is not None and path.is_file() else None


def compare(
    entry: dict[str, Any], types: list[str], statements: Iterable[Statement]
) -> Iterator[tuple[str, str, str]]:
    """Yield (what is counted, outcome, words for a reader)."""
    said = list(statements)
    yes = [s for s in said if not s.negated]
    no = [s for s in said if s.negated]
    declared = quotes(yes)
    denied = quotes(s for s in no if s.action in TAKING)
    shared = quotes(s for s in yes if s.action in GIVING and s.entity == "we")
    unshared = quotes(s for s in no if s.action in GIVING)
    yield from sets("declared", declared, entry["collected"], entry["unsure"], types)
    yield from sets("denied", denied, entry["denied"], entry["unsure_denied"], types)
    yield from sets("shared", shared, list(entry["shared"]), entry["unsure_shared"], types)
    skipped = entry.get("unsure_unshared", [])
    skipped = types if skipped == "all" else skipped
    yield from sets("not shared", unshared, entry["unshared"], skipped, types)
    yield from recipients(entry, yes)
    for key, fragment in entry["said"].items():
        hit = any(fragment in s.quote and answers(s, key) for s in said)
        yield "sentence", "tp" if hit else "fn", f"{key}: {fragment}"
    found = book(said)
    wanted = entry["contacts"]
    yield "address book", "tp" if found == wanted else "miss", f"{wanted} read as {found}"


def quotes(statements: Iterable[Statement]) -> dict[str, list[str]]:
    """Quotes by data type, the broader of a dotted type."""
    found: dict[str, list[str]] = defaultdict(list)
    for s in statements:
        for data_type in s.data_types:
            found[data_type.split(".")[0]].append(f"[{s.action}/{s.modality}] {s.quote}")
    return found


def sets(
    part: str, found: dict[str, list[str]], wanted: list[str], unsure: list[str], types: list[str]
) -> Iterator[tuple[str, str, str]]:
    for kind in [*types, *(w for w in wanted if w not in types)]:
        if kind in unsure or (kind not in found and kind not in wanted):
            continue
        outcome = ("tp" if kind in wanted else "fp") if kind in found else "fn"
        quote = found.get(kind, [""])[0][:150].replace("\n", " ")
        yield part, outcome, f"{kind} {quote}"


def recipients(entry: dict[str, Any], yes: list[Statement]) -> Iterator[tuple[str, str, str]]:
    for kind, names in entry["shared"].items():
        told = {
            r.lower()
            for s in yes
            if s.action in GIVING and any(t.split(".")[0] == kind for t in s.data_types)
            for r in s.recipients
        }
        for name in names:
            hit = any(name in one for one in told)
            yield "recipient", "tp" if hit else "fn", f"{kind} > {name}, read {sorted(told)}"


def answers(statement: Statement, key: str) -> bool:
    """Whether a statement is what a key of `said` asks for: `[!]type[>[recipient]]`."""
    kind, arrow, recipient = key.lstrip("!").partition(">")
    if statement.negated != key.startswith("!"):
        return False
    if arrow and statement.action not in GIVING:
        return False
    if recipient and not any(recipient in r.lower() for r in statement.recipients):
        return False
    return any(t.split(".")[0] == kind for t in statement.data_types)


def book(statements: list[Statement]) -> str:
    """How the address book is declared: clear, selected, vague, denied, contradiction, none."""
    own = [s for s in statements if any(t.split(".")[0] == "contacts" for t in s.exact)]
    yes = [s for s in own if not s.negated and s.action not in GIVING]
    full = [s for s in yes if s.scope not in ("selected_only", "local_only")]
    kept = any(s.scope in ("selected_only", "local_only") for s in yes)
    no = [s for s in own if s.negated and s.action in TAKING and s.scope != "other_only"]
    no = [s for s in no if s.action != "upload"] if kept else no
    if full or (yes and not no):
        return "contradiction" if no else "clear"
    if yes:
        return "selected"
    if no:
        return "denied"
    broad = {t for s in statements if not s.negated for t in s.exact}
    return "vague" if broad & VAGUE else "none"


def print_scores(title: str, score: Score) -> None:
    print(f"\n{title}\n{'':<16}{'tp':>5}{'fp':>5}{'fn':>5}{'P':>8}{'R':>8}")
    for part, c in score.items():
        precision = c["tp"] / (c["tp"] + c["fp"]) if c["tp"] + c["fp"] else 1.0
        missed = c["fn"] + c["miss"]
        recall = c["tp"] / (c["tp"] + missed) if c["tp"] + missed else 1.0
        print(f"{part:<16}{c['tp']:>5}{c['fp']:>5}{missed:>5}{precision:>8.3f}{recall:>8.3f}")


if __name__ == "__main__":
    main()
