"""The Dalvik opcodes: name, format and length of each.

Source: source.android.com, "Dalvik bytecode" and "Dalvik executable instruction formats". A format
id such as `35c` says: 3 code units, 5 registers at most, an index into a constant table (`c`).
Names are printed as dexdump prints them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

_CMP = "cmpl-float cmpg-float cmpl-double cmpg-double cmp-long"
_KINDS = ("", "-wide", "-object", "-boolean", "-byte", "-char", "-short")
_INVOKES = ("virtual", "super", "direct", "static", "interface")
_UNARY = (
    "neg-int not-int neg-long not-long neg-float neg-double int-to-long int-to-float int-to-double "
    "long-to-int long-to-float long-to-double float-to-int float-to-long float-to-double "
    "double-to-int double-to-long double-to-float int-to-byte int-to-char int-to-short"
)
_INT_OPS = ("add", "sub", "mul", "div", "rem", "and", "or", "xor", "shl", "shr", "ushr")
_FLOAT_OPS = _INT_OPS[:5]
_BINARY = (
    *(f"{op}-int" for op in _INT_OPS),
    *(f"{op}-long" for op in _INT_OPS),
    *(f"{op}-float" for op in _FLOAT_OPS),
    *(f"{op}-double" for op in _FLOAT_OPS),
)
_LIT16 = (
    "add-int/lit16 rsub-int mul-int/lit16 div-int/lit16 rem-int/lit16 and-int/lit16 or-int/lit16 "
    "xor-int/lit16"
)
_LIT8 = ("add", "rsub", "mul", "div", "rem", "and", "or", "xor", "shl", "shr", "ushr")

# (first opcode, format, names of the consecutive opcodes)
_RUNS: Final[tuple[tuple[int, str, tuple[str, ...]], ...]] = (
    (0x00, "10x", ("nop",)),
    (0x01, "12x", ("move",)),
    (0x02, "22x", ("move/from16",)),
    (0x03, "32x", ("move/16",)),
    (0x04, "12x", ("move-wide",)),
    (0x05, "22x", ("move-wide/from16",)),
    (0x06, "32x", ("move-wide/16",)),
    (0x07, "12x", ("move-object",)),
    (0x08, "22x", ("move-object/from16",)),
    (0x09, "32x", ("move-object/16",)),
    (0x0A, "11x", ("move-result", "move-result-wide", "move-result-object", "move-exception")),
    (0x0E, "10x", ("return-void",)),
    (0x0F, "11x", ("return", "return-wide", "return-object")),
    (0x12, "11n", ("const/4",)),
    (0x13, "21s", ("const/16",)),
    (0x14, "31i", ("const",)),
    (0x15, "21h", ("const/high16",)),
    (0x16, "21s", ("const-wide/16",)),
    (0x17, "31i", ("const-wide/32",)),
    (0x18, "51l", ("const-wide",)),
    (0x19, "21h", ("const-wide/high16",)),
    (0x1A, "21c", ("const-string",)),
    (0x1B, "31c", ("const-string/jumbo",)),
    (0x1C, "21c", ("const-class",)),
    (0x1D, "11x", ("monitor-enter", "monitor-exit")),
    (0x1F, "21c", ("check-cast",)),
    (0x20, "22c", ("instance-of",)),
    (0x21, "12x", ("array-length",)),
    (0x22, "21c", ("new-instance",)),
    (0x23, "22c", ("new-array",)),
    (0x24, "35c", ("filled-new-array",)),
    (0x25, "3rc", ("filled-new-array/range",)),
    (0x26, "31t", ("fill-array-data",)),
    (0x27, "11x", ("throw",)),
    (0x28, "10t", ("goto",)),
    (0x29, "20t", ("goto/16",)),
    (0x2A, "30t", ("goto/32",)),
    (0x2B, "31t", ("packed-switch", "sparse-switch")),
    (0x2D, "23x", tuple(_CMP.split())),
    (0x32, "22t", tuple(f"if-{c}" for c in ("eq", "ne", "lt", "ge", "gt", "le"))),
    (0x38, "21t", tuple(f"if-{c}z" for c in ("eq", "ne", "lt", "ge", "gt", "le"))),
    (0x44, "23x", tuple(f"aget{k}" for k in _KINDS) + tuple(f"aput{k}" for k in _KINDS)),
    (0x52, "22c", tuple(f"iget{k}" for k in _KINDS) + tuple(f"iput{k}" for k in _KINDS)),
    (0x60, "21c", tuple(f"sget{k}" for k in _KINDS) + tuple(f"sput{k}" for k in _KINDS)),
    (0x6E, "35c", tuple(f"invoke-{k}" for k in _INVOKES)),
    (0x74, "3rc", tuple(f"invoke-{k}/range" for k in _INVOKES)),
    (0x7B, "12x", tuple(_UNARY.split())),
    (0x90, "23x", _BINARY),
    (0xB0, "12x", tuple(f"{name}/2addr" for name in _BINARY)),
    (0xD0, "22s", tuple(_LIT16.split())),
    (0xD8, "22b", tuple(f"{op}-int/lit8" for op in _LIT8)),
    (0xFA, "45cc", ("invoke-polymorphic",)),
    (0xFB, "4rcc", ("invoke-polymorphic/range",)),
    (0xFC, "35c", ("invoke-custom",)),
    (0xFD, "3rc", ("invoke-custom/range",)),
    (0xFE, "21c", ("const-method-handle", "const-method-type")),
)


def _table() -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = [f"unused-{op:02x}" for op in range(256)]
    formats = [""] * 256
    for first, layout, run in _RUNS:
        for op, name in enumerate(run, first):
            names[op], formats[op] = name, layout
    return tuple(names), tuple(formats)


NAMES, FORMATS = _table()
"""Name and format of each opcode; the format of an opcode that is not assigned is empty."""

LENGTHS: Final[npt.NDArray[np.int32]] = np.array(
    [int(f[0]) if f else 1 for f in FORMATS], dtype=np.int32
)
"""Length of each opcode in code units; 1 for an opcode that is not assigned."""

# What the constant-table index of an instruction points into.
NO_REF, STRING, TYPE, FIELD, METHOD, CALL_SITE, HANDLE, PROTO = range(8)


def _ref_kinds() -> npt.NDArray[np.uint8]:
    kinds = np.zeros(256, dtype=np.uint8)
    kinds[[0x1A, 0x1B]] = STRING
    kinds[[0x1C, 0x1F, 0x20, 0x22, 0x23, 0x24, 0x25]] = TYPE
    kinds[0x52:0x6E] = FIELD
    kinds[0x6E:0x73] = METHOD
    kinds[0x74:0x79] = METHOD
    kinds[[0xFA, 0xFB]] = METHOD
    kinds[[0xFC, 0xFD]] = CALL_SITE
    kinds[0xFE] = HANDLE
    kinds[0xFF] = PROTO
    return kinds


REF_KINDS: Final = _ref_kinds()
"""Constant table of each opcode (`STRING`, `TYPE`, …), `NO_REF` for most."""
REFERRING: Final = frozenset(op for op, kind in enumerate(REF_KINDS.tolist()) if kind != NO_REF)
"""Opcodes that name an entry of a constant table."""

PACKED_PAYLOAD, SPARSE_PAYLOAD, ARRAY_PAYLOAD = 0x0100, 0x0200, 0x0300
"""First code unit of the tables that stand between the instructions, disguised as `nop`."""
