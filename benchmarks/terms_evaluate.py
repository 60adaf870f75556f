"""Measure the reading of terms: precision and recall against labels, recall on CA4P-483, speed.

    python -m benchmarks.terms_evaluate --corpus FOLDER

FOLDER holds `ca4p.texts.tar.gz` and `ca4p.truth.jsonl.gz`; without it only the bundled labelled
snippets are scored. A document declares a type when some affirmative statement names it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tarfile
import time
from collections import Counter, defaultdict
from pathlib import Path

import yaml

from auditor.catalog import Catalog
from auditor.model import Terms
from auditor.terms import TermsSource, read_terms

HERE = Path(__file__).parent
SPAN_TYPES = {
    "contacts": "contacts",
    "sms": "sms",
    "call_log": "call_log",
    "location": "location",
    "device_ids": "device_ids",
    "installed_apps": "installed_apps",
    "photos_storage": "photos",
    "camera": "camera",
    "microphone": "microphone",
    "calendar": "calendar",
    "bank_card": "bank_card",
    "id_card": "id_card",
    "face": "face",
    "phone": "phone_number",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--errors", action="store_true", help="print every disagreement")
    options = parser.parse_args()
    if options.corpus is None:
        print("no --corpus: nothing to measure")
        return
    texts = read_texts(options.corpus / "ca4p.texts.tar.gz")
    development(texts, options.errors)
    spans(texts, options.corpus / "ca4p.truth.jsonl.gz", options.errors)


def read_texts(path: Path) -> dict[str, bytes]:
    """Documents of CA4P by id."""
    with tarfile.open(path) as archive:
        files = [m for m in archive.getmembers() if m.isfile() and m.name.endswith(".txt")]
        return {Path(m.name).stem: archive.extractfile(m).read() for m in files}  # type: ignore[union-attr]


def read_one(name: str, data: bytes, catalog: Catalog) -> Terms:
    return read_terms([TermsSource(name, data, "given")], catalog)


def declared(terms: Terms) -> dict[str, list[str]]:
    """Types that some affirmative statement names, with its quotes."""
    found: dict[str, list[str]] = defaultdict(list)
    for s in terms.statements:
        if not s.negated:
            for data_type in s.data_types:
                found[data_type.split(".")[0]].append(f"[{s.action}/{s.confidence}] {s.quote}")
    return found


def denied(terms: Terms) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for s in terms.statements:
        if s.negated and s.action in ("collect", "upload", "retain"):
            for data_type in s.data_types:
                found[data_type.split(".")[0]].append(s.quote)
    return found


def development(texts: dict[str, bytes], errors: bool) -> None:
    """Declared and denied, document by type, on the development labels."""
    labels = yaml.safe_load((HERE / "terms_dev_labels.yaml").read_text(encoding="utf-8"))
    catalog = Catalog()
    score: dict[str, Counter[str]] = defaultdict(Counter)
    seconds, characters = 0.0, 0
    for entry in labels["entries"]:
        data = texts[entry["id"]]
        begin = time.process_time()
        terms = read_one(entry["id"], data, catalog)
        seconds += time.process_time() - begin
        characters += len(terms.documents[0].text)
        found, negative = declared(terms), denied(terms)
        for kind in labels["types"]:
            if kind in entry["unsure"]:
                continue
            outcome = ("tp" if kind in entry["declared"] else "fp") if kind in found else (
                "fn" if kind in entry["declared"] else "tn"
            )  # fmt: skip
            score[kind][outcome] += 1
            if errors and outcome in ("fp", "fn"):
                quotes = found.get(kind, [""])[:2]
                print(entry["id"], kind, outcome, *[q[:160].replace("\n", " ") for q in quotes])
        for kind in labels["types"]:
            if kind in entry.get("denied_unsure", ()):
                continue
            outcome = ("tp" if kind in entry["denied"] else "fp") if kind in negative else (
                "fn" if kind in entry["denied"] else "tn"
            )  # fmt: skip
            score["(denied)"][outcome] += 1
            if errors and outcome in ("fp", "fn"):
                print(
                    entry["id"],
                    "DENIED",
                    kind,
                    outcome,
                    *[q[:160].replace("\n", " ") for q in negative.get(kind, [""])[:2]],
                )
    print_table("development set: declared, 25 documents", score)
    print(f"speed: {seconds / characters * 30000:.3f} s for 30,000 characters")


def print_table(title: str, score: dict[str, Counter[str]]) -> None:
    print(f"\n{title}\n{'type':<20}{'tp':>5}{'fp':>5}{'fn':>5}{'P':>8}{'R':>8}")
    total: Counter[str] = Counter()
    for kind, count in sorted(score.items()):
        if not kind.startswith("("):
            total += count
        print_row(kind, count)
    print_row("all", total)


def print_row(name: str, c: Counter[str]) -> None:
    precision = c["tp"] / (c["tp"] + c["fp"]) if c["tp"] + c["fp"] else 1.0
    recall = c["tp"] / (c["tp"] + c["fn"]) if c["tp"] + c["fn"] else 1.0
    print(f"{name:<20}{c['tp']:>5}{c['fp']:>5}{c['fn']:>5}{precision:>8.3f}{recall:>8.3f}")


def spans(texts: dict[str, bytes], truth: Path, errors: bool) -> None:
    """Recall on CA4P: annotated documents-by-type that some statement declares."""
    gold: dict[tuple[str, str], list[str]] = defaultdict(list)
    with gzip.open(truth, "rt", encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            kind = SPAN_TYPES.get(row["data_type"])
            if kind:
                gold[row["doc"], kind].append(row["span"])
    catalog = Catalog()
    score: dict[str, Counter[str]] = defaultdict(Counter)
    for doc in sorted({d for d, _ in gold}):
        found = declared(read_one(doc, texts[doc], catalog))
        for kind in sorted({k for d, k in gold if d == doc}):
            hit = kind in found or (kind == "photos" and "storage" in found)
            score[kind]["tp" if hit else "fn"] += 1
            if errors and not hit:
                print("CA4P", doc, kind, gold[doc, kind][:3])
    print_table("CA4P-483: documents by type, recall only", score)


if __name__ == "__main__":
    main()
