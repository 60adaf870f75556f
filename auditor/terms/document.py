"""What a document is: role, title, date, version."""

from __future__ import annotations

import re

from auditor.terms.blocks import Kind, Layout

_ROLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("children", ("儿童隐私", "未成年人隐私", "兒童", "children's privacy", "children’s privacy")),
    ("sdk_list", ("sdk目录", "sdk清单", "sdk列表", "第三方sdk", "共享清单", "第三方信息共享", "third-party sdk", "sdk list")),
    ("authorisation", ("授权书", "授权协议", "授权委托", "征信授权", "信息授权", "授權書", "authorization letter", "letter of authorization", "consent letter", "authorisation")),
    ("data_safety", ("data safety", "数据安全表单", "資料安全")),
    ("privacy_policy", ("隐私", "隱私", "个人信息保护", "個資", "privacy", "privasi", "privacidad", "privacidade", "quyền riêng tư", "bảo mật", "data protection")),
    ("user_agreement", ("用户协议", "服务协议", "注册协议", "使用条款", "用戶協議", "服務條款", "借款协议", "贷款合同", "terms of service", "terms of use", "terms and conditions", "user agreement", "loan agreement", "syarat", "términos", "termos")),
)  # fmt: skip
_DATE = re.compile(
    r"(\d{4})\s{0,2}[年\-/.]\s{0,2}(\d{1,2})\s{0,2}[月\-/.]\s{0,2}(\d{1,2})|"
    r"(\d{1,2})(?:st|nd|rd|th)?\s{1,2}([A-Z][a-z]{2,8}),?\s{1,2}(\d{4})|([A-Z][a-z]{2,8})\s{1,2}(\d{1,2})(?:st|nd|rd|th)?,?\s{1,2}(\d{4})"
)
_DATE_WORDS = (
    "生效",
    "更新",
    "发布",
    "effective",
    "updated",
    "revised",
    "version",
    "berlaku",
    "actualiza",
    "vigen",
    "版本",
    "修订",
)
_VERSION = re.compile(
    r"(?:版本(?:号)?|version)\s{0,2}[：:]?\s{0,2}[vV]?(\d{1,4}(?:\.\d{1,4}){0,3})", re.I
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def title_of(layout: Layout) -> str:
    """The title: the first heading or short line, else the page's title."""
    for block in layout.blocks[:5]:
        text = layout.text[block.start : block.end].strip("*# =")
        if block.kind is Kind.HEADING or len(text) <= 40:
            return " ".join(text.split())[:120]
    return layout.title


def role_of(layout: Layout, name: str, hint: str) -> str:
    """The role of a document: the hint, else what title, file name or opening say."""
    if hint:
        return hint
    for place in (title_of(layout), layout.title, name, layout.text[:300], layout.text[:3000]):
        low = place.lower()
        for role, words in _ROLES:
            if any(word in low for word in words):
                return role
    return "other"


def date_of(text: str) -> str:
    """The effective or last-updated date as ISO, from the head or the foot of the text."""
    for part in (text[:1500], text[-800:]):
        for match in _DATE.finditer(part):
            before = part[max(0, match.start() - 40) : match.start()].lower()
            if any(word in before for word in _DATE_WORDS):
                return _iso(match)
    return ""


def _iso(match: re.Match[str]) -> str:
    y, m, d, d2, name2, y2, name3, d3, y3 = match.groups()
    if y is None:
        y, d = y2 or y3, d2 or d3
        short = (name2 or name3 or "")[:3].lower()
        m = str(_MONTHS.index(short) + 1) if short in _MONTHS else "0"
    if not 1 <= int(m) <= 12 or not 1 <= int(d) <= 31:
        return ""
    return f"{y}-{int(m):02d}-{int(d):02d}"


def version_of(text: str) -> str:
    """The version a document prints in its head."""
    match = _VERSION.search(text[:1500])
    return match.group(1) if match else ""
