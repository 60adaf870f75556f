"""Fuzz one reader under atheris: `python -m fuzz.run NAME --runs N --corpus DIR --finds DIR`.

libFuzzer chooses inputs by the branches they reach in `auditor`. An exception does not end the
run: the input is written to `--finds` under the place that raised it, once for each place. An input
over 10 s, or a process over 1 GB, counts as a find as well. Executions are counted in
`--finds/NAME.json`. Needs the extra `fuzz`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
import traceback
from pathlib import Path

import atheris

SECONDS, MEGABYTES = 10.0, 1024
LONGEST = {"report": 2_001, "scan": 5_000}
"""Bytes of an input where it is not 40,000: of a text in a report, of a small app."""


class Watch:
    """Runs a harness on one input after the other and keeps what goes wrong."""

    def __init__(self, name: str, finds: Path, limit: float) -> None:
        """Count for harness `name` into the folder `finds`, at most `limit` seconds."""
        from fuzz.harnesses import HARNESSES, keep_knowledge
        from fuzz.seeds import seeds

        keep_knowledge()
        for data in seeds(name):
            HARNESSES[name](data)  # what is done once in a process is not of an input
        self._run, self._name, self._finds = HARNESSES[name], name, finds
        self._tally = finds / f"{name}.json"
        self._count = 0
        self._slowest = 0.0
        self._end = time.monotonic() + limit

    def __call__(self, data: bytes) -> None:
        """Run one input."""
        start = time.monotonic()
        try:
            self._run(data)
        except Exception as error:  # noqa: BLE001  anything that escapes is what we look for
            self._keep(_place(error), data, "".join(traceback.format_exception(error)))
        took = time.monotonic() - start
        self._count += 1
        self._slowest = max(self._slowest, took)
        if took > SECONDS:
            self._keep("slow", data, f"{took:.1f} s")
        if self._count % 200 == 0 or took > 1:
            self.save()
            if time.monotonic() > self._end:
                self.save(final=True)
                os._exit(0)

    def _keep(self, place: str, data: bytes, why: str) -> None:
        folder = self._finds / self._name
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{place}.bin"
        if not path.exists() or len(data) < path.stat().st_size:
            path.write_bytes(data)
            path.with_suffix(".txt").write_text(why, "utf-8")

    def save(self, *, final: bool = False) -> None:
        """Add what was counted since the last time to the tally."""
        old = json.loads(self._tally.read_text()) if self._tally.exists() else {}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if peak > MEGABYTES:
            self._keep("memory", b"", f"{peak:.0f} MB")
        new = {
            "executions": old.get("executions", 0) + self._count,
            "slowest_seconds": round(max(old.get("slowest_seconds", 0), self._slowest), 2),
            "peak_megabytes": round(max(old.get("peak_megabytes", 0), peak)),
        }
        self._count = 0
        self._tally.write_text(json.dumps(new))
        if final:
            print(f"{self._name}: {new}", flush=True)


def _place(error: BaseException) -> str:
    """File and line that raised, as a file name."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "/auditor/" in f.filename] or frames
    last = own[-1]
    return f"{type(error).__name__}-{Path(last.filename).stem}-{last.name}-{last.lineno}"


def main() -> None:
    """Parse the arguments and fuzz."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--corpus", type=Path, default=Path("out/fuzz/corpus"))
    parser.add_argument("--finds", type=Path, default=Path("out/fuzz/finds"))
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with atheris.instrument_imports(include=["auditor"]):
        import fuzz.harnesses
        from fuzz.seeds import seeds
    corpus = given.corpus / given.name
    corpus.mkdir(parents=True, exist_ok=True)
    given.finds.mkdir(parents=True, exist_ok=True)
    kept = Path(__file__).parent / "corpus" / given.name
    for number, data in enumerate(seeds(given.name)):
        (corpus / f"seed{number}").write_bytes(data)
    watch = Watch(given.name, given.finds, given.seconds)
    arguments = [
        sys.argv[0],
        f"-runs={given.runs}",
        f"-timeout={6 * SECONDS:.0f}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-artifact_prefix={given.finds}/{given.name}-",
        f"-max_len={LONGEST.get(given.name, 40_000)}",
        "-entropic_scale_per_exec_time=1",
        "-verbosity=0",
        *([f"-seed={given.seed}"] if given.seed else []),
        str(corpus),
        *([str(kept)] if kept.is_dir() else []),
    ]
    assert given.name in fuzz.harnesses.HARNESSES
    atheris.Setup(arguments, watch)
    try:
        atheris.Fuzz()
    finally:
        watch.save(final=True)


if __name__ == "__main__":
    main()
