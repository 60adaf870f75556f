"""The index against dexdump, instruction by instruction.

`tests/golden/dex/*.dexdump` is what Debian's dexdump prints; after a change of the `.smali` files
`python -m tests.test_dex_dexdump` writes it anew (and needs `dexdump` and `smali`).
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import pytest

from auditor.dex import CodeIndex, DexInput, opcodes
from tests.dexdump_text import differences
from tests.smali import assemble

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden" / "dex"
SAMPLES = sorted((ROOT / "samples").glob("*/*.apk"))
needs_dexdump = pytest.mark.skipif(shutil.which("dexdump") is None, reason="dexdump is not here")


def formats() -> bytes:
    return assemble((GOLDEN / "formats.smali").read_text(), "039")


def rich() -> bytes:
    return (GOLDEN / "rich.dex").read_bytes()


def index_of(data: bytes) -> CodeIndex:
    index = CodeIndex.build([DexInput("classes.dex", data)])
    assert index.limits == ()
    return index


def dump(data: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "classes.dex"
        path.write_bytes(data)
        run = subprocess.run(
            ["dexdump", "-d", path.name], cwd=folder, check=True, capture_output=True
        )
    return run.stdout


def test_formats() -> None:
    wrong = differences(index_of(formats()), (GOLDEN / "formats.dexdump").read_bytes())
    assert wrong == (1, 289, [])


def test_rich() -> None:
    wrong = differences(index_of(rich()), (GOLDEN / "rich.dexdump").read_bytes())
    assert wrong == (4, 18, [])


def test_the_golden_files_hold_every_opcode() -> None:
    seen = set()
    for data in (formats(), rich()):
        index = index_of(data)
        for mid in index.methods_with_code():
            code = index.code(mid)
            assert code is not None
            seen |= {insn.op for insn in code.insns}
    assert seen == {op for op, layout in enumerate(opcodes.FORMATS) if layout}


def test_a_difference_is_seen() -> None:
    """The comparison itself: a changed register, a missing method, a lost instruction."""
    golden = (GOLDEN / "rich.dexdump").read_bytes()
    index = index_of(rich())
    wrong = differences(index, golden.replace(b"move-result-object v2", b"move-result-object v3"))[
        2
    ]
    assert wrong == [
        "Lp/Rich;->run()V: (11, 'move-result-object v2') but dexdump has "
        "(11, 'move-result-object v3')"
    ]
    assert differences(index, golden.replace(b"'run'", b"'ran'"))[2] == [
        "Lp/Rich;->ran()V: not decoded"
    ]
    wrong = differences(index, golden.replace(b"line=300", b"line=301"))[2]
    assert len(wrong) == 1 and "lines" in wrong[0]


@needs_dexdump
@pytest.mark.parametrize("data", [formats(), rich()], ids=["formats", "rich"])
def test_golden_files_are_current(data: bytes) -> None:
    methods, insns, wrong = differences(index_of(data), dump(data))
    assert wrong == [] and methods > 0 and insns > 0


@needs_dexdump
@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_samples(path: Path) -> None:
    with zipfile.ZipFile(path) as apk:
        names = [n for n in apk.namelist() if n.startswith("classes") and n.endswith(".dex")]
        for name in names:
            data = apk.read(name)
            if data[:4] == b"dex\n":
                assert differences(index_of(data), dump(data))[2] == []


if __name__ == "__main__":
    subprocess.run(
        ["smali", "assemble", "--api", "28", "rich.smali", "-o", "rich.dex"], cwd=GOLDEN, check=True
    )
    (GOLDEN / "formats.dexdump").write_bytes(dump(formats()))
    (GOLDEN / "rich.dexdump").write_bytes(dump(rich()))
