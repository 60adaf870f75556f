"""Fold a text for matching, and remember where each character came from.

In: a piece of a document's text. Out: a `Folded` text: Simplified Chinese, NFKC, lower case, single
spaces, no invisible characters, no spaces inside Chinese words; `origin[i]` is the offset of the
character in the piece it was folded from, so that every match maps back to the words as written.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_INVISIBLE = {"Cf", "Cc", "Co", "Cn", "Cs"}
_QUOTES = {
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "「": '"',
    "」": '"',
    "—": "-",
    "–": "-",
    "‐": "-",
}

REGIONAL = {
    "资讯": "信息",
    "装置": "设备",
    "联络": "联系",
    "连络": "联系",
    "简讯": "短信",
    "相簿": "相册",
    "档案": "文件",
    "镜头": "相机",
    "个资": "个人",
    "帐号": "账号",
    "帐户": "账户",
    "位址": "地址",
    "讯息": "信息",
    "伺服": "服务",
    "通话纪录": "通话记录",
    "纪录": "记录",
    "程式": "程序",
    "身分": "身份",
    "帐款": "账款",
    "行动电话": "移动电话",
}
"""Vocabulary of Taiwan and Hong Kong, both sides of equal length; for Traditional text only."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text with the way back."""

    text: str
    origin: tuple[int, ...]
    """For each character of `text`, its offset in the original; one more at the end."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Half-open span of the original that `text[start:end]` was folded from."""
        if start >= end:
            return self.origin[start], self.origin[start]
        return self.origin[start], self.origin[end - 1] + 1


@lru_cache(maxsize=1)
def traditional_table() -> dict[int, str]:
    """Map each Traditional character to its first Simplified one (OpenCC's TSCharacters)."""
    raw = files("opencc").joinpath("dictionary/TSCharacters.txt").read_text(encoding="utf-8")
    table: dict[int, str] = {}
    for line in raw.splitlines():
        source, _, targets = line.partition("\t")
        if len(source) == 1 and targets:
            table[ord(source)] = targets.split(" ")[0][:1]
    table.pop(ord("著"), None)  # 著作权 keeps its character; 着 as a particle matters to no rule
    table[ord("徵")] = "征"
    table[ord("蒐")] = "搜"
    table[ord("裡")] = "里"
    return table


@lru_cache(maxsize=20000)
def _fold_char(char: str) -> str:
    if char in _QUOTES:
        return _QUOTES[char]
    if unicodedata.category(char) in _INVISIBLE:
        return " " if char in "\n\t\r\v\f" else ""
    wide = unicodedata.normalize("NFKC", char)
    if len(wide) > 4:
        return char
    low = wide.lower() if len(wide.lower()) == len(wide) else wide
    return low.translate(traditional_table())


def is_cjk(char: str) -> bool:
    """Tell whether `char` is an ideograph of the basic block or extension A."""
    return "㐀" <= char <= "鿿"


def is_traditional(text: str, sample: int = 20000) -> bool:
    """Tell whether more than 4 % of the ideographs of `text` are Traditional forms."""
    table = traditional_table()
    ideographs = [c for c in text[:sample] if is_cjk(c)]
    changed = sum(1 for c in ideographs if table.get(ord(c), c) != c)
    return bool(ideographs) and changed > 0.04 * len(ideographs)


def _is_break(char: str) -> bool:
    return is_cjk(char) or char in "，。、；：！？（）《》【】,;:()"


def _is_disguise(chars: list[str], piece: str) -> bool:
    """Whether the last character is a space between two ideographs: layout, or a disguise."""
    if len(chars) < 2 or chars[-1] != " " or not _is_break(piece):
        return False
    return is_cjk(chars[-2]) or (chars[-2] in "、，（" and is_cjk(piece))


def fold(text: str, regional: bool = False) -> Folded:
    """Fold `text`; `regional` also replaces the vocabulary of Taiwan and Hong Kong."""
    chars: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        for piece in char.lower() if char.isascii() and char >= " " else _fold_char(char):
            if piece == " " and (not chars or chars[-1] == " "):
                continue
            if _is_disguise(chars, piece):
                chars.pop()
                origin.pop()
            chars.append(piece)
            origin.append(index)
    origin.append(len(text))
    folded = "".join(chars)
    if regional:
        for old, new in REGIONAL.items():
            folded = folded.replace(old, new)
    return Folded(folded, tuple(origin))
