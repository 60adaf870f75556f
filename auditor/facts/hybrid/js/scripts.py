"""Read the JavaScript of one app: what it takes, where it sends it, and which reads are sent.

A link is proved inside the scripts only, never across the bridge to DEX, so it is `linked` and no
more. Offsets are byte offsets into the file.
"""

from __future__ import annotations

from collections.abc import Sequence

from auditor.facts.hybrid.js.apis import JsApis
from auditor.facts.hybrid.js.builder import Program
from auditor.facts.hybrid.js.calls import Linker
from auditor.facts.hybrid.js.reader import Reader
from auditor.facts.hybrid.js.segments import WHOLE, Piece, choose, cut, handlers, inline_scripts
from auditor.facts.hybrid.js.syntax import read_piece
from auditor.facts.hybrid.js.values import Script, ScriptFacts, Sending

__all__ = ["Script", "ScriptFacts", "Sending", "read_scripts"]


def read_scripts(scripts: Sequence[Script], apis: JsApis) -> ScriptFacts:
    """Analyze the scripts of one web root together."""
    pieces: list[Piece] = []
    words = _ranks(apis)
    total = sum(len(script.text) for script in scripts)
    if total > WHOLE and not any(w in s.text for w in words[0] for s in scripts):
        return ScriptFacts()
    for number, script in enumerate(scripts):
        parts = inline_scripts(script.text) if script.html else [(0, script.text)]
        for shift, text in parts:
            pieces += cut(number, text, words, shift)
        pieces += handlers(number, script.text) if script.html else []
    taken, left = choose(pieces)
    if not any(piece.rank < 2 for piece in taken):
        return ScriptFacts()
    program = Program(apis.magic, apis.triggers)
    for piece in taken:
        read_piece(program, piece)
    _name_modules(program, scripts, apis)
    linker = Linker(program, apis)
    linker.solve()
    return Reader(scripts, linker).facts(left)


def _ranks(apis: JsApis) -> list[list[bytes]]:
    """Texts that make a piece of script interesting, most interesting first."""

    def words(kinds: tuple[str, ...]) -> list[bytes]:
        names = {_word(c) for e in apis.entries if e.kind in kinds for c in e.calls}
        names |= {m for e in apis.entries if e.kind in kinds for m in e.marks}
        names |= {v for e in apis.entries if e.kind in kinds for v in e.when.values()}
        long = sorted(n.encode() for n in names if len(n) >= (8 if "." not in n else 6))
        return [n for n in long if not any(m != n and m in n for m in long)]

    sinks = [*words(("sink", "bundled")), b"fetch("]
    own = [w.encode() for e in apis.own for w in (*e.when.values(), *map(_called, e.calls))]
    reads = [w for w in words(("source", "gives")) if w not in own]
    return [[*sorted(set(own)), *reads], sinks, [b"https://", b"http://"]]


def _called(path: str) -> str:
    """A method of the app's own bridge as a script calls it, or a function that it defines."""
    return f".{path.removeprefix('?.')}" if path.startswith("?.") else path


def _word(path: str) -> str:
    """What of a path stands in a script that calls it, even in a minified one."""
    parts = path.removeprefix("?.").split(".")
    if len(parts) == 1 or len(parts[-1]) >= 9:
        return parts[-1]
    return parts[0] if parts[0][:1].isupper() and len(parts[0]) > 8 else ".".join(parts[-2:])


def _name_modules(program: Program, scripts: Sequence[Script], apis: JsApis) -> None:
    """Tell modules of known libraries, which bundlers leave without a name, by their words."""
    for module, file, start, end in program.identities:
        text = scripts[file].text[max(0, start) : end]
        for api in apis.bundled:
            if all(mark.encode() in text for mark in api.marks):
                program.graph.add(program.graph.property(module, "exports"), ("p", api.path))
