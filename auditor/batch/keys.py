"""What makes facts and verdicts outdated: the versions of program and catalog that made them.

Facts hang on the program, on the form in which they are stored, and on those folders of the catalog
that are read while an app is open. Verdicts hang on all of the catalog, on the terms that were
given, and on what the user said about the app. A test runs the pipeline with a catalog that notes
which folders it is asked for, and compares them with `JUDGING`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from auditor import __version__
from auditor.batch.facts import shape_digest
from auditor.catalog import Catalog

JUDGING = (
    *("android_releases", "complaints", "findings", "glossary", "jurisdictions", "lending"),
    *(
        "library_purposes",
        "makers",
        "messages",
        "notices",
        "open_words",
        "operators",
        "phrases",
        "questions",
        "reasons",
    ),
    *("rules", "triggers", "lexicon/cues", "lexicon/hypernyms", "lexicon/types"),
    "lexicon/warnings",
)
"""Folders of `data/` that no stage reads while it examines an app."""


def facts_digest(catalog: Catalog) -> str:
    """SHA-256 over the files of the catalog that facts depend on."""
    total = hashlib.sha256()
    for root in catalog.roots:
        for path in sorted(p for p in root.rglob("*") if p.is_file()):
            name = path.relative_to(root).as_posix()
            if not name.startswith(tuple(f"{folder}/" for folder in JUDGING)):
                total.update(name.encode() + b"\0" + _file(path))
    return total.hexdigest()


def facts_key(catalog: Catalog) -> str:
    """Facts with another key are made anew."""
    text = "\n".join((__version__, shape_digest(), facts_digest(catalog)))
    return hashlib.sha256(text.encode()).hexdigest()


def verdict_key(catalog: Catalog, terms: Sequence[str], options: Mapping[str, Any]) -> str:
    """A verdict with another key is reached anew.

    Args:
        catalog: its whole digest counts.
        terms: SHA-256 of each document that was given, with its name.
        options: what the user said: jurisdictions, lending, date, unmask.
    """
    given = {k: v for k, v in options.items() if v not in ("", None, [], ())}
    said = json.dumps([list(terms), given], sort_keys=True)
    text = "\n".join((__version__, catalog.digest, said))
    return hashlib.sha256(text.encode()).hexdigest()


def _file(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
