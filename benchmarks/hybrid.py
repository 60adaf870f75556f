"""Time and memory of reading code that is not DEX: a 20 MB script and a 60 MB native library.

`python -m benchmarks.hybrid [--runs N] [FILE …]`

The files are made here, the same on every run: a minified bundle of many modules, one of which
sends the address book, as webpack and as Metro write them; and a library of random code with
addresses among its texts. FILEs (`.js`, `.bundle`, `.so`, `.hbc`) are measured in their stead. Each
is read in a process of its own; printed are the medians of the processor time of the stage alone
and of the whole process, and of its peak memory, with what the stage found.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = (3.0, 300.0)
"""Seconds of the stage and MB of the process."""
_READ = """
import json, sys, time
from functools import partial
from pathlib import Path
from auditor.catalog import Catalog
from auditor.facts import read_hybrid
from tests.facts_fixture import FakeCode, manifest, package
path, where = Path(sys.argv[1]), sys.argv[2]
held = package({where: path.read_bytes()}, manifest("com.a.b"))
catalog = Catalog()
start = time.process_time()
found = read_hybrid(held, FakeCode(["Lcom/facebook/react/A;"]), catalog)
spent = time.process_time() - start
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
print(json.dumps([spent, time.process_time(), peak, len(found.endpoints), len(found.flows)]))
"""
_SENDER = (
    "function(e,t,n){{var r=n({0}),o=n({1}).NativeModules;t.up=function(){{"
    "o.Contacts.getAll(function(a,i){{r.post('/user/phoneBook/save',{{list:i}})}})}}}}"
)
_FILLER = (
    "function(e,t,n){{'use strict';var r=n({0}),i=n({1});function a(e,t){{"
    "for(var n=0;n<t.length;n++){{var r=t[n];r.enumerable=r.enumerable||!1,"
    "r.configurable=!0,Object.defineProperty(e,r.key,r)}}}}"
    "var s=function(){{function e(t){{this.state={{k{2}:t,v:[{3}]}},"
    "this.on=this.on.bind(this)}}return a(e,[{{key:'render{2}',value:function(){{"
    "var t=this.props,n=t.a,o=t.b;return n>o?r.createElement('div',{{className:'c{2}',"
    "onClick:this.on}},i.format('{4}',n)):null}}}},{{key:'on',value:function(e){{"
    "var t=this;this.setState(function(n){{return{{k{2}:n.k{2}+e.target.value}}}},"
    "function(){{t.props.done&&t.props.done(t.state)}})}}}}]),e}}();t.default=s}}"
)
_POST = (
    "function(e,t,n){t.post=function(u,d){return fetch('https://api.a.example'+u,"
    "{method:'POST',body:JSON.stringify(d)})}}"
)


def script(size: int, style: str) -> bytes:
    """A minified bundle of about `size` bytes in the style of `webpack` or `metro`."""
    chance = random.Random(5)  # noqa: S311  the same file on every run
    bodies: list[str] = []
    total = 0
    while total < size:
        number = len(bodies)
        numbers = ",".join(str(chance.randrange(9999)) for _ in range(chance.randrange(40)))
        text = " ".join(chance.choice(("loan", "rate", "day", "open")) for _ in range(8))
        names = (chance.randrange(number + 1), chance.randrange(number + 1), number, numbers, text)
        bodies.append(_FILLER.format(*names))
        total += len(bodies[-1]) + 12
    bodies[len(bodies) // 2] = _SENDER.format(7, 9)
    bodies[7] = _POST
    bodies[9] = "function(e,t,n){t.NativeModules=e.nativeModules}"
    if style == "metro":
        start = "var __d=function(f,i,d){},__r=function(i){};"
        return (start + "".join(f"__d({b},{n},[]);\n" for n, b in enumerate(bodies))).encode()
    head = (
        "!function(e){var t={};function n(r){if(t[r])return t[r].exports;var o=t[r]={exports:{}};"
    )
    head += "return e[r].call(o.exports,o,o.exports,n),o.exports}n(0)}(["
    return (head + ",".join(bodies) + "]);").encode()


def library(size: int) -> bytes:
    """A native library of `size` bytes: random code, and texts among it."""
    chance = random.Random(6)  # noqa: S311
    parts = [b"\x7fELF\x02\x01\x01" + b"\0" * 57]
    held = 0
    while held < size:
        parts.append(chance.randbytes(200_000))
        parts += [b"\0%s\0" % f"symbol_{chance.randrange(10**9)}".encode() for _ in range(3_000)]
        parts.append(b"\0https://n.example/api/%d\0" % (held // 10**7))
        held += sum(map(len, parts[-3_002:]))
    return b"".join(parts)[:size]


def measure(path: Path, where: str) -> list[float]:
    """Seconds of the stage, of the process, peak MB, endpoints, flows."""
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(path), where],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        check=True,
        capture_output=True,
    )
    numbers: list[float] = json.loads(done.stdout)
    return numbers


def _where(path: Path) -> str:
    return f"lib/arm64-v8a/{path.name}" if path.suffix == ".so" else "assets/index.android.bundle"


def main() -> int:
    """Measure and print; the exit code tells whether every file is within the target."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    met = True
    with tempfile.TemporaryDirectory() as folder:
        files = options.file
        if not files:
            made = {
                "webpack.js": script(20_000_000, "webpack"),
                "metro.js": script(20_000_000, "metro"),
                "libapp1.so": library(60_000_000),
            }
            files = [Path(folder, name) for name in made]
            for path in files:
                path.write_bytes(made[path.name])
        for path in files:
            runs = [measure(path, _where(path)) for _ in range(options.runs)]
            stage, whole, peak, endpoints, flows = (
                statistics.median(column) for column in zip(*runs, strict=True)
            )
            good = stage <= TARGET[0] and peak <= TARGET[1]
            met &= good
            print(
                f"{path.name:<14}{path.stat().st_size / 1e6:>6.1f} MB{stage:>7.2f} s"
                f"{whole:>7.2f} s in all{peak:>6.0f} MB"
                f"  {endpoints:.0f} endpoints, {flows:.0f} flows"
                f"   target {TARGET[0]:.0f} s, {TARGET[1]:.0f} MB: {'met' if good else 'missed'}"
            )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
