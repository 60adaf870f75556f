"""Bytes to text: byte-order mark, UTF-8, then the legacy encodings of lenders' sites.

A declared encoding is one candidate among others: a wrong legacy decoding shows rare ideographs, so
that candidate wins whose text has the most common ones.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"(?:charset|encoding)\s{0,4}=\s{0,4}[\"']?([A-Za-z0-9_\-]{2,20})")
_ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}
_WESTERN = frozenset(
    {"cp1250", "cp1254", "latin_1", "iso8859_2", "iso8859_15", "mac_roman", "cp437", "cp850"}
)
"""What the guesser takes for each other; terms in Spanish or Portuguese come as Windows-1252."""
_SCORED = 80_000
"""Bytes that decide between encodings: at least 20,000 characters."""
_COMMON = frozenset(
    "的一是在不了有我您你个人信息服务的使用我們們个資訊料隱私權政策用户戶收集提供公司同意相关關法律"
    "规定為为与與或及以将將会會可能進进行保护護第三方条款條内容等其他所需要手机機号碼码证證银行银"
)


def decode(data: bytes) -> str:
    """Decode `data`; never fails, what no encoding explains becomes U+FFFD."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _nfc(data.decode(encoding, errors="replace"))
    if wide := _utf16_without_mark(data):
        return _nfc(data.decode(wide, errors="replace"))
    try:
        return _nfc(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 4 or _nearly_utf8(data):
            return _nfc(data.decode("utf-8", errors="replace"))
    return _nfc(_legacy(data))


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _nearly_utf8(data: bytes) -> bool:
    """Few errors only: a UTF-8 file with a broken spot, or one cut in the middle."""
    head = data[:20000]
    text = head.decode("utf-8", errors="replace")
    valid = sum(1 for c in text if c > "\x7f" and c != "�")
    return text.count("�") * 20 < valid


def _utf16_without_mark(data: bytes) -> str:
    head = data[: 4096 & ~1]
    if len(head) < 4 or len(data) % 2:
        return ""
    zeros_even, zeros_odd = head[0::2].count(0), head[1::2].count(0)
    if max(zeros_even, zeros_odd) * 5 > len(head) // 2:
        return "utf-16-be" if zeros_even > zeros_odd else "utf-16-le"
    for encoding in ("utf-16-le", "utf-16-be"):
        text = head.decode(encoding, errors="replace")
        if sum(1 for c in text if c in _COMMON) * 6 > len(text):
            return encoding
    return ""


def _legacy(data: bytes) -> str:
    declared = _declared(data[:4096])
    candidates = [declared] if declared else []
    candidates += ["gb18030", "big5hkscs"]
    head = data[:_SCORED]
    score, best = max(
        ((_chinese_score(head.decode(e, errors="replace")), e) for e in dict.fromkeys(candidates)),
        key=lambda item: item[0],
    )
    if score > 0.12:
        return data.decode(best, errors="replace")
    from charset_normalizer import from_bytes  # slow to load, seldom needed

    guess = from_bytes(data[:65536]).best()
    encoding = guess.encoding if guess is not None else "cp1252"
    if encoding in _WESTERN:
        encoding = "cp1252"
    return data.decode(encoding, errors="replace")


def _declared(head: bytes) -> str:
    match = _DECLARED.search(head)
    if not match:
        return ""
    name = match.group(1).decode("ascii").lower()
    name = _ALIASES.get(name, name)
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def _chinese_score(text: str) -> float:
    """Share of common ideographs among the characters beyond ASCII, less the undecodable ones."""
    wide = [c for c in text[:20000] if c > "\x7f"]
    if not wide:
        return 0.0
    good = sum(1 for c in wide if c in _COMMON)
    return (good - 4 * wide.count("�")) / len(wide)
