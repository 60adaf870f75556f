"""Mask personal data and secrets that an app carries, in everything that a report shows of it.

Test phone numbers, identity and bank cards, mail addresses, access tokens and passwords stand in
the constants of apps. A report that quotes them would publish them once more. Enough stays to tell
two of them apart. Hosts, hashes, offsets and names stay as they are, and so does what the terms
publish themselves: the company's own telephone and mail. `--unmask` shows all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from auditor.model import AuditReport

_OPEN, _CLOSED = r"(?<![0-9A-Za-z_.*])", r"(?![0-9A-Za-z_*])"
_PHONE = (
    rf"{_OPEN}(?:(?:\+|00)?86[- ]?)?1[3-9]\d{{9}}{_CLOSED}|(?<![\w+])\+[1-9]\d{{9,13}}{_CLOSED}"
)
_CARD = rf"{_OPEN}\d{{15,18}}[\dXx]{_CLOSED}"
_MAIL = r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b"
_TOKEN = (
    r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"  # JSON Web Token
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bLTAI[0-9A-Za-z]{12,24}\b|\bAKID[0-9A-Za-z]{32}\b"
    r"|\bAIza[\w-]{35}(?![\w-])|\bgh[opsru]_\w{36}\b|\bxox[abprs]-[\w-]{10,}|\bsk_live_\w{16,}"
)
_NAMED = (
    r"(?i:\b(?:access_?token|auth_?token|refresh_?token|token|passwd|password|pwd|secret|"
    r"client_?secret|api_?key|access_?key|session_?id)\b[\"']?\s{0,3}[=:]\s{0,3}[\"']?"
    r"|\bbearer\s{1,3})(?P<value>[^\s\"'&,;<>{}()*]{6,})"
)
_LOGIN = r"(?<=://)[^\s/@:\"']{1,64}:(?P<word>[^\s/@\"']{1,64})(?=@)"
_KEY = r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?P<key>[^-]{1,20000})"
_ANY = re.compile("|".join((_KEY, _LOGIN, _NAMED, _TOKEN, _MAIL, _PHONE, _CARD)))
_HINT = re.compile(r"\d{9}|[@=:]|eyJ|AKI|ASIA|LTAI|AIza|gh[opsru]_|xox|sk_live|earer|PRIVATE KEY")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_KEPT = {"package", "terms", "tool_version", "catalog_digest", "jurisdictions", "severity"}
"""Fields of a report that hold no quotation of the app's constants; the manifest is looked at."""


def masked(report: AuditReport) -> AuditReport:
    """Return the report with what identifies people or opens doors masked."""
    published = "\n".join(document.text for document in report.terms.documents)

    def mask(text: str) -> str:
        return mask_text(text, published)

    changed = {
        f.name: _walked(getattr(report, f.name), mask)
        for f in fields(report)
        if f.name not in _KEPT
    }
    package = replace(report.package, manifest=_walked(report.package.manifest, mask))
    return replace(report, package=package, **changed)


def mask_text(text: str, published: str = "") -> str:
    """Mask one text, but for what stands in `published` too."""
    if not _HINT.search(text):
        return text

    def one(match: re.Match[str]) -> str:
        found = match.group()
        if found in published:
            return found
        for name in ("value", "word", "key"):
            if (secret := match.group(name)) is not None:
                start = match.start(name) - match.start()
                return found[:start] + _hidden(secret) + found[start + len(secret) :]
        if "@" in found:
            user, _, host = found.rpartition("@")
            return f"{user[:1]}***@{host}"
        if found.startswith(("+", "00")) or found[:-1].replace(" ", "").replace("-", "").isdigit():
            return _hidden(found) if _is_number_of_a_person(found) else found
        return _hidden(found)

    return _ANY.sub(one, text)


def _hidden(secret: str) -> str:
    """Keep the first three and the last two characters of a long one, and its length."""
    if len(secret) < 8:
        return "*" * len(secret)
    return f"{secret[:3]}{'*' * min(len(secret) - 5, 12)}{secret[-2:]}"


def _is_number_of_a_person(found: str) -> bool:
    """Tell phone numbers, identity cards and bank cards from other long numbers."""
    if len(found) < 16 or not found[:-1].isdigit():
        return True  # by its pattern a phone number
    if len(found) == 18 and found[6:8] in ("19", "20") and _is_identity_card(found):
        return True
    return found.isdigit() and found[0] in "34569" and _luhn(found)


def _is_identity_card(found: str) -> bool:
    """Check the last character of a Chinese identity number (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(found[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == found[17].upper()


def _luhn(found: str) -> bool:
    """Check the last digit of a card number (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(found)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _walked(value: Any, mask: Callable[[str], str]) -> Any:  # noqa: ANN401
    """Apply `mask` to every text in frozen values, tuples and mappings; the same where none is."""
    found: Any = value
    if type(value) is str:
        found = mask(value)
    elif isinstance(value, tuple):
        items = [_walked(item, mask) for item in value]
        if any(new is not old for new, old in zip(items, value, strict=True)):
            found = type(value)(items) if type(value) is tuple else type(value)(*items)
    elif isinstance(value, Mapping):
        pairs = {key: _walked(item, mask) for key, item in value.items()}
        if any(pairs[key] is not value[key] for key in value):
            found = pairs
    elif is_dataclass(value) and not isinstance(value, type):
        changed = {
            f.name: new
            for f in fields(value)
            if f.init and (new := _walked(old := getattr(value, f.name), mask)) is not old
        }
        found = replace(value, **changed) if changed else value
    return found
