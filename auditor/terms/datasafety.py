"""Google Play's data-safety form: JSON or CSV export, or the saved store page.

The form is turned into sentences of a small fixed grammar ("We collect: Contacts. Purposes: …"),
so that it passes through the same reading as any document and its spans are spans of that text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from auditor.terms.blocks import Kind, Layout, LayoutBuilder

_SECTIONS = {
    "data collected": ("collect", False),
    "data shared": ("share", False),
    "no data collected": ("collect", True),
    "no data shared with third parties": ("share", True),
    "收集的数据": ("collect", False),
    "共享的数据": ("share", False),
    "分享的数据": ("share", False),
    "收集的資料": ("collect", False),
    "分享的資料": ("share", False),
}
_KEYS = (
    "collected",
    "shared",
    "dataCollected",
    "dataShared",
    "data_collected",
    "data_shared",
    "sharedData",
    "collectedData",
)
MAX_ROWS = 2000


_MAX_VALUES = 500_000
"""Values of a form that is parsed, at most about 100 bytes each in memory."""


def read_data_safety(text: str, limit: int) -> Layout | None:
    """Layout of a data-safety form, or None when `text` is none."""
    head = text.lstrip()[:1]
    if head in "{[":
        return _from_json(text, limit)
    if text[:400].lower().startswith(("question id", '"question id')):
        return _from_csv(text, limit)
    return None


def is_store_page(text: str) -> bool:
    """Tell whether a page is the saved data-safety page of Google Play."""
    low = text[:400_000].lower()
    return "play.google.com" in low and (
        "data safety" in low or "数据安全" in low or "資料安全" in low
    )


def store_layout(layout: Layout, limit: int) -> Layout:
    """Rewrite the blocks of a saved store page: each line under "Data shared" is a sentence."""
    builder = LayoutBuilder(limit)
    action, denied = "", False
    for block in layout.blocks:
        line = " ".join(layout.text[block.start : block.end].split())
        low = line.lower().rstrip(".")
        section = _SECTIONS.get(low)
        if section:
            action, denied = section
            builder.add(Kind.HEADING, line, 2)
            if denied:
                builder.add(Kind.PARAGRAPH, _sentence(action, "personal data", True, ""))
        elif action and not denied and len(line) < 200:
            builder.add(Kind.PARAGRAPH, _sentence(action, line, False, ""))
    return builder.build(layout.title)


def _from_json(text: str, limit: int) -> Layout | None:
    if sum(map(text.count, ",[{")) > _MAX_VALUES:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    builder = LayoutBuilder(limit)
    for action, name, purposes, denied in _entries(value):
        builder.add(Kind.PARAGRAPH, _sentence(action, name, denied, purposes))
    return builder.build("Data safety") if builder.blocks else None


def _entries(value: object) -> Iterator[tuple[str, str, str, bool]]:
    """Every (action, data type, purposes, denied) of a JSON value, whatever its nesting."""
    stack: list[tuple[object, str]] = [(value, "")]
    seen = 0
    while stack and seen < 100_000:
        item, action = stack.pop()
        seen += 1
        if isinstance(item, dict):
            name = next(
                (
                    item[k]
                    for k in ("data", "type", "dataType", "data_type", "name", "category")
                    if isinstance(item.get(k), str)
                ),
                "",
            )
            flags = {k: item[k] for k in ("collected", "shared") if isinstance(item.get(k), bool)}
            purposes = _words(item.get("purposes", item.get("purpose", "")))
            if name and flags:
                for key, yes in sorted(flags.items()):
                    yield ("collect" if key == "collected" else "share"), name, purposes, not yes
            elif name and action:
                yield action, name, purposes, False
            for key, inner in reversed(list(item.items())):
                stack.append((inner, _action_of(key) or ("" if name else action)))
        elif isinstance(item, list):
            stack.extend((inner, action) for inner in reversed(item[:MAX_ROWS]))
        elif isinstance(item, str) and action and 2 < len(item) < 80:
            yield action, item, "", False


def _action_of(key: str) -> str:
    if key not in _KEYS:
        return ""
    return "share" if "hared" in key else "collect"


def _words(value: object) -> str:
    if isinstance(value, str):
        return value
    return ", ".join(v for v in value if isinstance(v, str)) if isinstance(value, list) else ""


def _from_csv(text: str, limit: int) -> Layout | None:
    """Play Console's export: question id, answer id, answer value."""
    builder = LayoutBuilder(limit)
    for number, row in enumerate(csv.reader(io.StringIO(text[:limit]))):
        if number >= MAX_ROWS or len(row) < 3 or row[2].strip().upper() != "TRUE":
            continue
        question, answer = row[0].upper(), row[1].replace("PSL_", "").replace("_", " ").lower()
        if "DATA_TYPES" in question:
            builder.add(Kind.PARAGRAPH, _sentence("collect", answer, False, ""))
        elif "USAGE_RESPONSES" in question and answer.endswith("shared"):
            name = question.split(":")[-2].replace("PSL_", "").replace("_", " ").lower()
            builder.add(Kind.PARAGRAPH, _sentence("share", name, False, ""))
    return builder.build("Data safety") if builder.blocks else None


def _sentence(action: str, name: str, denied: bool, purposes: str) -> str:
    verb = {"collect": "collect", "share": "share"}[action]
    tail = " with third parties" if action == "share" else ""
    reason = f" for {purposes}" if purposes else ""
    return f"We do not {verb} {_NAMES.get(name.lower(), name)}{tail}." if denied else (
        f"We {verb} {_NAMES.get(name.lower(), name)}{tail}{reason}."
    )  # fmt: skip


_NAMES = {
    "contacts": "contact list",
    "sms or mms": "SMS messages",
    "sms": "SMS messages",
    "sms call log": "SMS messages",
    "precise location": "precise location",
    "approximate location": "approximate location",
    "device or other ids": "device identifiers",
    "user ids": "user identifiers",
    "files and docs": "files on your device",
    "installed apps": "installed apps",
    "photos": "your photos",
    "videos": "photos and videos",
    "calendar events": "calendar events",
    "phone number": "phone number",
    "credit score": "credit score",
    "voice or sound recordings": "voice recordings",
    "user payment info": "payment card",
}
"""Google Play's names of data types, in words that the lexicon knows."""
