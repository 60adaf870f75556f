"""Keep of a corpus the few small inputs that together reach what all of it reaches.

    python -m fuzz.minimize NAME --corpus out/fuzz/corpus --keep 12

Lines of `auditor` that an input runs are traced; inputs are taken greedily, most new lines first,
then the smallest. What is kept goes to `fuzz/corpus/NAME/`, which the tests run.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from fuzz.harnesses import HARNESSES, keep_knowledge
from fuzz.seeds import seeds

OWN = f"{Path(__file__).parents[1] / 'auditor'}/"
MAX_SIZE = 4_000
Line = tuple[str, int]


def lines_of(name: str, data: bytes) -> frozenset[Line]:
    """Lines of the program that one input runs."""
    found: set[Line] = set()

    def local(frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ANN401
        if event == "line":
            found.add((frame.f_code.co_filename, frame.f_lineno))
        return local

    def look(frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ANN401
        return local if frame.f_code.co_filename.startswith(OWN) else None

    sys.settrace(look)
    try:
        HARNESSES[name](data)
    finally:
        sys.settrace(None)
    return frozenset(found)


def chosen(name: str, corpus: Path, keep: int, most: int) -> list[bytes]:
    """Choose at most `keep` inputs of the smallest `most` that reach what the seeds do not."""
    inputs = {data for p in corpus.glob("*") if p.exists() and len(data := p.read_bytes()) > 0}
    fit = (data for data in inputs if len(data) <= MAX_SIZE)
    tried = sorted(fit, key=lambda data: hashlib.sha256(data).digest())[:most]
    for data in seeds(name):
        HARNESSES[name](data)  # what is done once in a process is not of an input
    known = {line for data in seeds(name) for line in lines_of(name, data)}
    reached = {data: lines_of(name, data) for data in tried}
    taken: list[bytes] = []
    while len(taken) < keep and reached:
        best = max(reached, key=lambda data: (len(reached[data] - known), -len(data), data))
        if not reached[best] - known:
            break
        known |= reached.pop(best)
        taken.append(best)
    return taken


def main() -> None:
    """Minimise one corpus."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=sorted(HARNESSES))
    parser.add_argument("--corpus", type=Path, default=Path("out/fuzz/corpus"))
    parser.add_argument("--keep", type=int, default=12)
    parser.add_argument("--most", type=int, default=400)
    given = parser.parse_args()
    keep_knowledge()
    out = Path(__file__).parent / "corpus" / given.name
    out.mkdir(parents=True, exist_ok=True)
    taken = chosen(given.name, given.corpus / given.name, given.keep, given.most)
    for data in taken:
        (out / f"{hashlib.sha256(data).hexdigest()[:12]}.bin").write_bytes(data)
    print(f"{given.name}: {len(taken)} kept, {sum(map(len, taken))} bytes")


if __name__ == "__main__":
    main()
