"""Input that unfolds: processor time and memory of each reader, in a process of its own.

The figures that docs/security.md states are larger inputs of the same kind; here they are as large
as keeps the whole file under half a minute.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.axml import chunk, string_pool
from tests.smali import assemble

ROOT = Path(__file__).parents[1]
MEASURED = """
import json, re, sys, time
data = open(sys.argv[1], "rb").read()
{setup}
start = time.process_time()
{work}
print(json.dumps({{
    "seconds": time.process_time() - start,
    # Not ru_maxrss: that begins with what the process was that forked this one.
    "megabytes": int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024,
    "said": said,
}}))
"""
TERMS = """
from auditor.catalog import Catalog
from auditor.terms import TermsSource, read_terms
catalog = Catalog()
read_terms([TermsSource("warm", b"We collect your contacts.", "given")], catalog)
"""
READ_TERMS = """
found = read_terms([TermsSource("x", data, "given")], catalog)
said = [limit.kind for limit in found.limits]
"""


@dataclass(frozen=True)
class Cost:
    """What one run needed."""

    seconds: float
    megabytes: float
    said: object


def cost(tmp_path: Path, data: bytes, setup: str, work: str) -> Cost:
    path = tmp_path / "bomb"
    path.write_bytes(data)
    code = MEASURED.format(setup=setup, work=work)
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return Cost(**json.loads(done.stdout))


def wide_manifest() -> bytes:
    """300,000 elements, each with the same attribute of 30,000 characters."""
    pool = string_pool(["a", "z" * 30_000])

    def node(kind: int, body: bytes) -> bytes:
        return chunk(kind, body, struct.pack("<LL", 1, 0xFFFFFFFF))

    def start(*attributes: bytes) -> bytes:
        head = struct.pack("<2L6H", 0xFFFFFFFF, 0, 20, 20, len(attributes), 0, 0, 0)
        return node(0x0102, head + b"".join(attributes))

    attribute = struct.pack("<3LHBBL", 0xFFFFFFFF, 1, 1, 8, 0, 3, 1)
    end = node(0x0103, struct.pack("<2L", 0xFFFFFFFF, 0))
    body = pool + start() + (start(attribute) + end) * 300_000 + end
    return struct.pack("<HHL", 3, 8, 8 + len(body)) + body


def many_methods() -> bytes:
    """As many methods as one DEX file can hold; it is read as 20 files."""
    one = "".join(
        f".method public static m{n}()V\n.registers 1\nreturn-void\n.end method\n"
        for n in range(65_530)
    )
    return assemble(f".class public Lp/C;\n.super Ljava/lang/Object;\n{one}")


def pdf(content: bytes) -> bytes:
    """One page whose content stream is `content`, compressed."""
    packed = zlib.compress(content, 9)
    head = b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        head + packed + b"\nendstream",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 5\n0000000000 65535 f \n%strailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return out + end % (table, len(out))


AXML = ("from auditor.ingest.axml import read_axml", "said = read_axml(data).problems")
DEX = (
    "from auditor.dex import CodeIndex, DexInput",
    "said = len(CodeIndex.build([DexInput(f'c{n}.dex', data) for n in range(20)]).dex_names)",
)
LINE = ("通讯录、短信、" * 8_000).encode()


@pytest.mark.parametrize(
    ("make", "reader", "seconds", "megabytes", "said"),
    [
        pytest.param(
            wide_manifest, AXML, 15, 400,
            ["more than 250000 elements or 600000 attributes"], id="binary XML of 24 MB"),
        pytest.param(many_methods, DEX, 20, 600, 20, id="20 DEX files of 65,530 methods"),
        pytest.param(
            lambda: pdf(b"BT (We collect your contacts.) Tj ET\n" * 4_000_000),
            (TERMS, READ_TERMS), 20, 600, ["terms_unreadable"], id="PDF stream of 148 MB"),
        pytest.param(lambda: LINE, (TERMS, READ_TERMS), 20, 400, [], id="one line of 56,000"),
    ],
)  # fmt: skip
def test_cost(
    make: Callable[[], bytes],
    reader: tuple[str, str],
    seconds: float,
    megabytes: float,
    said: object,
    tmp_path: Path,
) -> None:
    found = cost(tmp_path, make(), *reader)
    assert found.said == said
    assert found.seconds < seconds
    assert found.megabytes < megabytes


def test_an_icon_that_claims_a_thousand_million_points() -> None:
    from auditor.facts.traits import _icon
    from auditor.model import Manifest
    from tests.facts_fixture import package

    for side in (40_000, 10_000):
        row = zlib.compress(b"\0" * 1000)
        head = struct.pack(">LLBBBBB", side, side, 8, 6, 0, 0, 0)
        parts = [(b"IHDR", head), (b"IDAT", row), (b"IEND", b"")]
        png = b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))
            for kind, body in parts
        )
        assert _icon(package({"res/i.png": png}, Manifest("a.b", icons=("res/i.png",)))) == ""


TRAPS = [
    *("a", "1", "/", ".", "-", "_", "=", ":", "@", " ", "\\", "(", "[", "{", "<", "&", '"', "'"),
    *(
        "a.",
        "a/",
        "http://",
        "https://a.",
        "a@a.",
        "\\u0000",
        "<a ",
        "&#x",
        "%a",
        "&a=",
        "，",
        "我们",
    ),
]
PATTERNS = """
from auditor.dex.mutf8 import decode_mutf8
from auditor.facts.hybrid import blobs, dotnet
from auditor.facts.hybrid.js.segments import handlers, inline_scripts
from auditor.facts.urls import find_urls, host_of, split_url
from auditor.masking import mask_text
from auditor.report.clean import one_line, visible
"""
USE = """
said = 0
for trap in json.loads(data):
    text = trap * (100_000 // len(trap))
    raw = text.encode()
    begun = time.process_time()
    find_urls(text), split_url(text[:5000]), host_of(text[:5000])
    visible(text), one_line(text), mask_text("@=:" + text), decode_mutf8(raw)
    blobs.urls_in(raw, True), blobs.paths_in(raw), blobs.dart_packages(raw)
    dotnet.texts_in(raw, "x"), inline_scripts(raw), handlers(0, raw)
    said = max(said, time.process_time() - begun)
"""


def test_no_pattern_explodes(tmp_path: Path) -> None:
    """100,000 characters of what regular expressions stumble over, through all that use one."""
    found = cost(tmp_path, json.dumps(TRAPS).encode(), PATTERNS, USE)
    assert isinstance(found.said, float)
    assert found.said < 4
