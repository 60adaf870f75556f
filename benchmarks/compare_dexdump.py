"""Compare the bytecode index with Debian's dexdump, instruction by instruction, on real APKs.

`python -m benchmarks.compare_dexdump [APK or DEX …]` (default: the benchmark APKs). It compares
of each method every instruction with its operands, registers, exception handlers, source lines.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from auditor.dex import CodeIndex, DexInput
from benchmarks.fetch import apks
from tests.dexdump_text import differences


def dex_files(path: Path) -> list[DexInput]:
    """The DEX files of an APK in the runtime's order, or the DEX file itself."""
    if path.suffix == ".dex":
        return [DexInput(path.name, path.read_bytes())]
    with zipfile.ZipFile(path) as zipped:
        names = [n for n in zipped.namelist() if re.fullmatch(r"classes\d*\.dex", n)]
        names.sort(key=lambda n: int(n[7:-4] or 1))
        return [DexInput(name, zipped.read(name)) for name in names]


def dump(data: bytes) -> bytes:
    """What dexdump prints for one DEX file."""
    with tempfile.NamedTemporaryFile(suffix=".dex") as file:
        file.write(data)
        file.flush()
        return subprocess.run(["dexdump", "-d", file.name], check=True, capture_output=True).stdout


def main(paths: list[Path]) -> int:
    """Compare each file; return how many places differ."""
    total = 0
    for path in paths:
        methods = insns = 0
        wrong: list[str] = []
        files = dex_files(path)
        for given in files:
            counted = differences(CodeIndex.build([given]), dump(given.data))
            methods, insns = methods + counted[0], insns + counted[1]
            wrong += counted[2]
        total += len(wrong)
        print(
            f"{path.name}: {len(files)} DEX files, {methods:,} methods, "
            f"{insns:,} instructions, {len(wrong)} differences"
        )
        for line in wrong[:10]:
            print("   ", line[:200])
    return total


if __name__ == "__main__":
    sys.exit(bool(main([Path(p) for p in sys.argv[1:]] or apks())))
