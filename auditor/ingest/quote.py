"""Decompile the few methods that a report quotes, with androguard's decompiler (DAD).

In: DEX files by name, and method signatures. Out: Java-like text. Only the quoted method is parsed
(see `method_view`). DAD has no bounds of its own, so big methods are refused and a method is given
up when its time is over. A method that cannot be shown has no text: a report then shows its place.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import Any

from auditor.ingest.method_view import UNREADABLE, Method, Names, find_methods
from auditor.ingest.ordered import ordered_sets

MAX_UNITS = 12_000
"""16-bit units of a method that is decompiled; some 5,000 instructions."""
MAX_INSTRUCTIONS = 5_000
SECONDS_EACH = 2.0
SECONDS_ALL = 10.0
"""For all methods of one call together."""
MAX_LINES = 2_000
MAX_LINE = 2_000

_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
_CALL = re.compile(r"(?:\.([\w$<>-]+)|\bnew ([\w$.]+))\(")


class _OutOfTimeError(Exception):
    """Raised inside the decompiler when its time is over."""


Line = tuple[tuple[int, ...], str]
"""Offsets of the calls that a line shows, in 16-bit units as dexdump prints them, and the line."""


def quote_lines(
    dex: Mapping[str, bytes], signatures: Sequence[tuple[str, str]]
) -> Mapping[str, tuple[Line, ...]]:
    """Return the lines of each method by signature, none where it cannot be shown.

    `signatures` holds the name of a DEX file in `dex` and a JVM-style signature each. DAD does not
    keep offsets: they are found by the names of the called methods, in order, and only where text
    and code hold the same number of calls of that name.
    """
    found: dict[str, tuple[Line, ...]] = {signature: () for _, signature in signatures}
    left = SECONDS_ALL
    for name in dict.fromkeys(name for name, _ in signatures):
        wanted = {signature for owner, signature in signatures if owner == name}
        for signature, method in sorted(_find(dex.get(name, b""), wanted).items()):
            if found[signature] or left <= 0:
                continue
            start = time.monotonic()
            lines = _lines(method, min(SECONDS_EACH, left))
            left -= time.monotonic() - start
            if lines:
                found[signature] = tuple(zip(_offsets(method, lines), lines, strict=True))
    return found


def quote_methods(
    dex: Mapping[str, bytes], signatures: Sequence[tuple[str, str]]
) -> Mapping[str, str]:
    """Return the source of each method by signature as one text, empty where it cannot be shown."""
    quoted = quote_lines(dex, signatures)
    return {signature: "\n".join(line for _, line in quoted[signature]) for signature in quoted}


def decompile(dex: bytes, signature: str) -> tuple[tuple[int | None, str], ...]:
    """Return the lines of one method, each with the offset of its first call, or nothing."""
    lines = quote_lines({"": dex}, [("", signature)])[signature]
    return tuple((offsets[0] if offsets else None, line) for offsets, line in lines)


def _find(dex: bytes, wanted: set[str]) -> dict[str, Method]:
    _silence()
    try:
        return find_methods(Names(dex), wanted)
    except UNREADABLE:
        return {}


def _silence() -> None:
    """Keep androguard's messages off the terminal, and its import off the disk.

    When imported it asks for the folder of temporary files, and Python tries that one by writing.
    """
    from loguru import logger

    logger.disable("androguard")
    known, tempfile.tempdir = tempfile.tempdir, tempfile.tempdir or os.curdir
    try:
        import_module("androguard.core.androconf")
    finally:
        tempfile.tempdir = known


def _lines(method: Method, seconds: float) -> tuple[str, ...]:
    from androguard.core.analysis.analysis import MethodAnalysis
    from androguard.core.dex import InvalidInstruction
    from androguard.decompiler.decompile import DvMethod

    try:
        if method.units > MAX_UNITS:
            return ()
        with ordered_sets(), _deadline(seconds):
            if _too_long(method):
                return ()
            view: Any = DvMethod(MethodAnalysis(method.names, method))
            view.process()
            text = view.get_source()
    except (*UNREADABLE, InvalidInstruction, _OutOfTimeError):
        return ()
    return _tidied(text)


def _too_long(method: Method) -> bool:
    if not method.code_offset:
        return False
    return sum(1 for _ in method.get_instructions()) > MAX_INSTRUCTIONS


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Raise `_OutOfTimeError` in the first function called after `seconds` have passed.

    DAD is many small functions, so a look at the clock on some of the calls is enough; a thread
    could not stop it, and a signal would need the main thread.
    """
    end = time.monotonic() + seconds
    calls = 0

    def look(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += 1
        if calls & 0xFF == 0 and time.monotonic() > end:
            raise _OutOfTimeError

    before = sys.gettrace()
    sys.settrace(look)
    try:
        yield
    finally:
        sys.settrace(before)


def _tidied(text: str) -> tuple[str, ...]:
    """Unescape printable characters, cut long lines, drop the indentation of the class."""
    lines = []
    for line in text.strip("\n").split("\n")[:MAX_LINES]:
        shown = _ESCAPE.sub(_character, line.removeprefix("    ")).rstrip()
        lines.append(shown if len(shown) <= MAX_LINE else shown[: MAX_LINE - 1] + "…")
    return tuple(lines)


def _character(escape: re.Match[str]) -> str:
    """Return the character of `\\u4e2d` when it is printable (bidi controls are not)."""
    character = chr(int(escape[1], 16))
    return character if character.isprintable() else escape[0]


# ---------------------------------------------------------------- offsets of lines


def _offsets(method: Method, lines: Sequence[str]) -> list[tuple[int, ...]]:
    """Match the calls in the text with the invoke instructions, name by name."""
    in_code = _invokes(method)
    in_text: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        for call in _CALL.finditer(line):
            in_text.setdefault(call[1] or call[2], []).append(number)
    offsets: list[list[int]] = [[] for _ in lines]
    for name, numbers in in_text.items():
        places = in_code.get(name, [])
        if len(places) == len(numbers):
            for number, place in zip(numbers, places, strict=True):
                offsets[number].append(place)
    return [tuple(sorted(places)) for places in offsets]


def _invokes(method: Method) -> dict[str, list[int]]:
    """Return the code-unit offsets of the calls by name; constructors by their class."""
    found: dict[str, list[int]] = {}
    if not method.code_offset:
        return found
    for at, instruction in method.get_instructions_idx():
        opcode = instruction.get_op_value()
        if 0x6E <= opcode <= 0x72 or 0x74 <= opcode <= 0x78:
            try:
                callee = method.names.get_method_ref(instruction.BBBB)
            except UNREADABLE:
                continue  # dead code may name methods that do not exist
            name = callee.get_name()
            if name == "<init>":
                name = callee.get_class_name()[1:-1].replace("/", ".").removeprefix("java.lang.")
            found.setdefault(name, []).append(at // 2)
    return found
