"""Quoted methods: the text, where its calls stand, and what happens with bad code."""

from __future__ import annotations

import base64
import random
import struct
import zlib

import pytest

from auditor.ingest import quote
from auditor.ingest.ordered import OrderedSet
from auditor.ingest.quote import decompile, quote_lines, quote_methods

DEX = zlib.decompress(
    base64.b85decode(
        "c-m!@&1(};5WwfX-F%ovO;g)gX)!JyDkQ`tO&goqL$P3BQL)nd%kE3M?Pe3Qn@|)>3k8pQ@KOq%^j@eGY@sI$"
        "{sBFRCl6AqCk62)IxoA?l|J&z3^Q*&vYA<(uSBlr3sBq-jUMdW*>(Cp&K*B}`C{;3^YHN1*2ZfYpa}pg3*&L{"
        "P8e;&;M&8;5fVavz`t__xlI7@1JCeFmH@U<<|se`xrxjob4VFck$cDk#73SVTgWc*4*7r_BVUm3$WP=K62!bw"
        "WC$5W-XN0Km*^pa^dV8?9C999fA7ei91*!tQcn-~?u9)4Ds^=clcH{}kave-H0k<!G61ozlwc4<J_`Nd=Dh%-"
        "mU}OVH{xAMU;x}6h}VZWzwvy-;zv@iU-H+dbdjMM6A^LJiUqJ*gchz0Kr1O@z9_v+C9skdl5mM$^tAVckg=~;"
        "Or(rT{SpDvt=W4XP0=_$t)7i|eUt8UAY%}mHY~%L0coam4M-VixeP=Fs-mi@Fskaz>=?@#W?2n~IYz_E%o{a}"
        "IqeoNL0ny89hNbfRm<G1EOE{G-!|{G469ax;ZwHRwqfeLRf3r7YCDFRQ4QNUZJCCM>SXS7*1b;_Ajq0cZs{P^"
        "xB~%;)wvC!M%%Fsor7!}4>^RLhFb>$9cH#UY?9U0Tg698g=xzet4t|6Ur|zu)~GiPv-`u+^@h&T(c&g&Hb>_o"
        "v(wrl*Ou*e-BzZm%(Qt*sT)?BH4SAdmrW`5B1>m6i08)hMP1kPli8fc^kP=KQ7L4rT5e)e=aU6i<$R)=ujDan"
        "hqr7jhe35_SjuCNPS&4)-r4`Ow+EDvp^-oW5@!>U1Wn+`QxaTXlQ(1%-j>2^)cfz=`Uao)X8S~Pcf)TNvbW>Z"
        "x95^?*8{#i@6D~)b&_;r#J-c58zXj#Cf%Ik9Uv!tJ$bsAaVh5NqNku|7xNFEUA%k#01supG5"
    )
)
"""javac and d8 over:

    static String names(List<String> rows) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) { all.append(rows.get(i)).append("联系人"); }
        return all.toString();
    }
    native int outside(int x);
"""
NAMES = "Lt/Reader;->names(Ljava/util/List;)Ljava/lang/String;"
OUTSIDE = "Lt/Reader;->outside(I)I"
EXPECTED = (
    (None, "static String names(java.util.List p3)"),
    (None, "{"),
    (2, "    StringBuilder v0_1 = new StringBuilder();"),
    (None, "    int v1 = 0;"),
    (6, "    while (v1 < p3.size()) {"),
    (12, "        v0_1.append(((String) p3.get(v1)));"),
    (23, '        v0_1.append("联系人");'),
    (None, "        v1++;"),
    (None, "    }"),
    (29, "    return v0_1.toString();"),
    (None, "}"),
)


def test_lines_with_offsets() -> None:
    assert decompile(DEX, NAMES) == EXPECTED


def test_every_call_of_a_line_has_its_offset() -> None:
    """`dexdump` prints get at 0x000c and append at 0x0012, on one line of source."""
    offsets = [offsets for offsets, _ in quote_lines({"d": DEX}, [("d", NAMES)])[NAMES]]
    assert [o for o in offsets if o] == [(2,), (6,), (12, 18), (23,), (29,)]


def test_source_of_several_methods() -> None:
    wanted = [("classes.dex", OUTSIDE), ("classes.dex", NAMES), ("none.dex", "La;->b()V")]
    assert quote_methods({"classes.dex": DEX}, wanted) == {
        OUTSIDE: "native int outside(int p0);",
        NAMES: "\n".join(line for _, line in EXPECTED),
        "La;->b()V": "",
    }


def test_twice_the_same() -> None:
    once = quote_lines({"d": DEX}, [("d", NAMES)])
    assert quote_lines({"d": DEX}, [("d", NAMES)]) == once


@pytest.mark.parametrize("dex", [b"", b"dex\n035\0", b"\xff" * 200, DEX[:300], DEX[:-500]])
def test_malformed_dex_has_no_text(dex: bytes) -> None:
    assert decompile(dex, NAMES) == ()


def test_corrupt_dex_never_raises() -> None:
    chance = random.Random(5)
    texts = set()
    for _ in range(400):
        data = bytearray(DEX)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(0x38, len(data))] = chance.randrange(256)
        texts.add(quote_methods({"d": bytes(data)}, [("d", NAMES)])[NAMES])
    assert "" in texts
    assert len(texts) > 5


def test_dead_code_may_name_no_method() -> None:
    """An invoke of method 65535 behind the return changes nothing of what is shown."""
    code = DEX.index(bytes.fromhex("22000400"))  # new-instance v0, type@4
    units = int.from_bytes(DEX[code - 4 : code], "little")
    dead = bytes.fromhex("7110ffff0000")  # invoke-static {v0}, method@65535
    end = code + 2 * units
    moved = len(DEX) + -len(DEX) % 4
    item = DEX[code - 16 : code - 4] + struct.pack("<L", units + 3) + DEX[code:end] + dead
    data = DEX.ljust(moved, b"\0") + item
    place, target = _uleb128(code - 16), _uleb128(moved)
    assert data.count(place) == 1
    assert len(place) == len(target)
    assert decompile(data.replace(place, target), NAMES) == EXPECTED


def _uleb128(value: int) -> bytes:
    return bytes((value & 0x7F | 0x80, value >> 7))


def test_long_methods_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quote, "MAX_INSTRUCTIONS", 5)
    assert decompile(DEX, NAMES) == ()
    monkeypatch.undo()
    monkeypatch.setattr(quote, "MAX_UNITS", 5)
    assert decompile(DEX, NAMES) == ()


def test_time_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quote, "SECONDS_EACH", -1.0)
    assert decompile(DEX, NAMES) == ()
    monkeypatch.undo()
    monkeypatch.setattr(quote, "SECONDS_ALL", 0.0)
    assert quote_methods({"d": DEX}, [("d", NAMES)]) == {NAMES: ""}


def test_ordered_set() -> None:
    items = OrderedSet([3, 1, 2, 1])
    items.add(0)
    items.discard(1)
    items.update([9, 3], [8])
    assert list(items) == [3, 2, 0, 9, 8]
    items.difference_update([9, 5])
    copy = items.copy()
    copy.add(7)
    assert list(items.union([7])) == list(copy) == [3, 2, 0, 8, 7]
    assert list(items.intersection([0, 3])) == [3, 0]
    assert len(items) == 4
    assert 8 in items
