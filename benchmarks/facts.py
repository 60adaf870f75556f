"""Processor time of the facts beside that of the bytecode index: `python -m benchmarks.facts`.

Of each real APK (`fetch.py`) the smallest of three runs, each with an index of its own.
"""

from __future__ import annotations

import time

from auditor.catalog import Catalog
from auditor.dex import CodeIndex, DexInput
from auditor.facts import IndexedCode, collect_facts
from auditor.ingest import dex_files, read_package
from benchmarks.fetch import apks

RUNS = 3


def main() -> None:
    catalog = Catalog()
    for path in apks():
        package = read_package(path)
        dex = [DexInput(name, data) for name, data in dex_files(package)]
        index, facts = [], []
        for _ in range(RUNS):
            begin = time.process_time()
            code = CodeIndex.build(dex)
            between = time.process_time()
            collect_facts(package, IndexedCode(code), catalog)
            index.append(between - begin)
            facts.append(time.process_time() - between)
        print(f"{path.name:<44} index {min(index):.2f} s  facts {min(facts):.2f} s")


if __name__ == "__main__":
    main()
