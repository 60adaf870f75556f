"""Terms that ship inside an app: assets, raw and string resources, JSON and JavaScript texts.

A file is taken when its name speaks of terms and its text is long enough, or when its text reads
like terms whatever its name (several phrases that every policy has). Links to terms are kept as
facts; they are not fetched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from auditor.catalog import Catalog
from auditor.model import Package, PackageFile
from auditor.terms.decode import decode
from auditor.terms.document import document_words
from auditor.terms.normal import is_cjk
from auditor.terms.sources import TermsSource

MAX_FILE = 4 * 2**20
"""A file larger than this is no text of terms."""
MAX_DOCUMENTS = 40
_LONG = 40
"""A string shorter than this is a line of a text, no text by itself."""
_TEXT = re.compile(r"\.(?:html?|xhtml|txt|md|json|js|xml|docx|pdf|properties|wxml|vue|dart)$", re.I)
_NAMED = re.compile(
    r"privac|policy|agreement|protocol|xieyi|yinsi|terms|disclaimer|licen[cs]e_user|user_?agree|shouquan|authoriz|"
    r"隐私|协议|授权|隱私|privasi|privacidad|kebijakan|syarat|regist|legal|data_?safety",
    re.I,
)
_NOT_NAMED = re.compile(
    r"open_?source|third_?party_?licen|apache|mit-licen|notice\.txt|font|okhttp", re.I
)
_URL = re.compile(r"https?://[^\s\"'<>\\)\]}，。；、]{4,500}")
_LINK = re.compile(
    r"privac|policy|agreement|protocol|xieyi|yinsi|/terms|term_of|disclaimer|privasi|secret|隐私|协议",
    re.I,
)
_JS_STRING = re.compile(
    r"\"((?:[^\"\\\n]|\\.){4,20000})\"|'((?:[^'\\\n]|\\.){4,20000})'|`([^`]{4,60000})`"
)


def bundled_terms(
    package: Package, catalog: Catalog
) -> tuple[tuple[TermsSource, ...], tuple[str, ...]]:
    """Find the terms inside `package`, and the links to terms that it shows.

    Returns the documents in order of part and name, then the links, sorted. Files that cannot be
    read are passed over: `ingest` has reported them.
    """
    phrases = document_words(catalog, "phrase")[0].phrases
    found: list[TermsSource] = []
    links: set[str] = set()
    seen: set[str] = set()
    for file in package.files:
        if not _may_hold_text(file):
            continue
        data = _load(file)
        if data is None:
            continue
        text = decode(data) if not data.startswith((b"PK", b"%PDF")) else ""
        links.update(_links(text))
        for name, body in _documents(file, data, text, phrases):
            if body.strip() and body not in seen and len(found) < MAX_DOCUMENTS:
                seen.add(body)
                found.append(
                    TermsSource(name, _bytes(data, text, body), f"{file.part}!/{file.name}")
                )
    found.extend(_strings(package, phrases, links, seen, MAX_DOCUMENTS - len(found)))
    return tuple(found), tuple(sorted(links)[:200])


def _bytes(data: bytes, text: str, body: str) -> bytes:
    return data if body == text or not text else body.encode("utf-8")


def _may_hold_text(file: PackageFile) -> bool:
    if (
        file.size > MAX_FILE
        or file.size < 20
        or not file.name.startswith(("assets/", "res/raw", "res/"))
    ):
        return False
    if file.name.startswith("res/") and not file.name.startswith("res/raw"):
        return bool(re.search(r"\.(?:html?|txt|md|json|pdf|docx)$", file.name, re.I))
    return bool(_TEXT.search(file.name)) or bool(_NAMED.search(file.name)) or "." not in file.name


def _load(file: PackageFile) -> bytes | None:
    data = file.load()
    if b"\x00" in data[:64] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    return data


def _documents(
    file: PackageFile, data: bytes, text: str, phrases: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Documents in one file: the file, or the long texts inside JSON and JavaScript."""
    name = file.name.rsplit("/", 1)[-1]
    low = name.lower()
    if data.startswith((b"PK", b"%PDF")):
        if _NAMED.search(file.name):
            yield name, name
        return
    if low.endswith((".json", ".js", ".vue", ".wxml", ".dart")):
        texts = list(_inner_texts(text, low.endswith(".json")))
        whole = [t for t in texts if len(t) >= _LONG and reads_like_terms(t, phrases)]
        if not whole:
            joined = "\n".join(t for t in texts if _is_prose(t))
            whole = [joined] if reads_like_terms(joined, phrases) else []
        for number, inner in enumerate(whole, 1):
            yield (name if len(whole) == 1 else f"{name}#{number}"), inner
        return
    if _NOT_NAMED.search(file.name):
        return
    named = bool(_NAMED.search(file.name))
    if reads_like_terms(text, phrases) or (named and _plausible(text)):
        yield name, text


def reads_like_terms(text: str, phrases: tuple[str, ...]) -> bool:
    """Tell whether a text has three phrases that terms have, or two of which one is decisive."""
    head = text[:60000].lower()
    hits = sum(1 for phrase in phrases if phrase in head)
    return hits >= 3 or (
        hits >= 2 and len(text) >= 30 and any(p in head for p in ("隐私", "privacy", "授权"))
    )


def _plausible(text: str) -> bool:
    """A named file holds terms when it has a sentence about the user or the company."""
    low = text[:20000].lower()
    return len(text) >= 40 and any(
        w in low
        for w in (
            "我们",
            "您",
            "用户",
            "我們",
            "本公司",
            "甲方",
            " we ",
            "your ",
            "anda",
            "usted",
            "você",
            "bạn",
        )
    )


def _inner_texts(text: str, is_json: bool) -> Iterator[str]:
    if is_json:
        try:
            yield from _leaves(json.loads(text))
            return
        except (ValueError, RecursionError):
            pass
    for match in _JS_STRING.finditer(text[:MAX_FILE]):
        raw = match.group(1) or match.group(2) or match.group(3) or ""
        yield _unescape(raw)


def _is_prose(text: str) -> bool:
    """Tell a sentence or heading from code: ideographs, or several words."""
    if any(is_cjk(c) for c in text[:40]):
        return True
    return text.count(" ") >= 2 and not any(c in text for c in "{}=<>;$")


def _leaves(value: object) -> Iterator[str]:
    """Strings of a JSON value, in their order."""
    stack: list[object] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            stack.extend(reversed(list(item.values())))
        elif isinstance(item, list):
            stack.extend(reversed(item))


_ESCAPES = {"n": "\n", "t": "\t", "r": "", "'": "'", '"': '"', "\\": "\\", "/": "/", "`": "`"}


def _unescape(raw: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        if code.startswith("u"):
            return chr(int(code[1:], 16))
        return _ESCAPES.get(code, code)

    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", one, raw, flags=re.S)


def _strings(
    package: Package, phrases: tuple[str, ...], links: set[str], seen: set[str], room: int
) -> Iterator[TermsSource]:
    """Long string resources that read like terms, one document for each locale."""
    for name, texts in sorted(package.resources.strings().items()):
        for locale, text in sorted(texts.items()):
            if room <= 0:
                return
            links.update(_links(text))
            named = bool(_NAMED.search(name)) and len(text) >= 60 and _plausible(text)
            if text in seen or not (named or (len(text) >= 80 and reads_like_terms(text, phrases))):
                continue
            seen.add(text)
            room -= 1
            where = f"resources!/string/{name}" + (f" ({locale})" if locale else "")
            yield TermsSource(
                f"{name}{'-' + locale if locale else ''}", text.encode("utf-8"), where
            )


def _links(text: str) -> Iterator[str]:
    for match in _URL.finditer(text[:MAX_FILE]):
        url = match.group().rstrip(".,;:")
        if _LINK.search(url.split("://", 1)[1]):
            yield url
