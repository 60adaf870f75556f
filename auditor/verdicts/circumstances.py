"""Named circumstances of a finding: when a phrase such as "what speaks for the lender" applies.

Each is a pure question about one practice (None for a finding about the whole app) and its case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from auditor.model import Disclosure, Practice
from auditor.verdicts.case import Case

ANDROID_9 = 28
"""From this target on, Android refuses cleartext unless the app asks for it (NSC documentation)."""

_TLS = ("https://", "wss://")
_BY_THE_USER = {"click", "activity_result", "consent_accept", "permission_result"}


def _transforms(practice: Practice | None, case: Case, word: str) -> bool:
    flows = case.flows_of(practice) if practice else ()
    return any(word in transform for f in flows for transform in f.transforms)


def _consent_asked(practice: Practice | None, _case: Case) -> bool:
    return practice is not None and practice.before_consent is False


def _encrypted_address(practice: Practice | None, case: Case) -> bool:
    endpoints = case.endpoints_of(practice) if practice else ()
    return bool(endpoints) and all(e.casefold().startswith(_TLS) for e in endpoints)


def _cleartext_blocked(_practice: Practice | None, case: Case) -> bool:
    manifest = case.manifest
    if manifest.cleartext is not None:
        return not manifest.cleartext and not manifest.cleartext_domains
    return (manifest.target_sdk or 0) >= ANDROID_9 and not manifest.cleartext_domains


def _declared(practice: Practice | None, _case: Case) -> bool:
    return practice is not None and practice.disclosure is Disclosure.CLEAR


def _broadly_declared(practice: Practice | None, _case: Case) -> bool:
    return practice is not None and practice.disclosure is Disclosure.VAGUE


def _purpose_stated(practice: Practice | None, _case: Case) -> bool:
    return practice is not None and bool(practice.purposes)


def _guarded(practice: Practice | None, case: Case) -> bool:
    flows = case.flows_of(practice) if practice else ()
    return bool(flows) and all(f.guards for f in flows)


def _by_user(practice: Practice | None, _case: Case) -> bool:
    return practice is not None and practice.trigger in _BY_THE_USER


def _owner_library(practice: Practice | None, _case: Case) -> bool:
    return practice is not None and practice.owner != "app"


CIRCUMSTANCES: Mapping[str, Callable[[Practice | None, Case], bool]] = {
    "consent_asked": _consent_asked,
    "encrypted_address": _encrypted_address,
    "cleartext_blocked": _cleartext_blocked,
    "declared": _declared,
    "broadly_declared": _broadly_declared,
    "purpose_stated": _purpose_stated,
    "guarded": _guarded,
    "by_user": _by_user,
    "by_library": _owner_library,
    "hashed": lambda practice, case: _transforms(practice, case, "hash"),
    "encrypted": lambda practice, case: _transforms(practice, case, "encrypt"),
    "blind": lambda _practice, case: case.blind,
    "given_terms": lambda _practice, case: any(d.origin == "given" for d in case.terms.documents),
    "no_terms": lambda _practice, case: not case.terms.documents,
    "lending": lambda _practice, case: case.lending.is_lending is True,
}
"""Circumstances by name; `data/phrases/` refers to them."""


def holds(name: str, practice: Practice | None, case: Case) -> bool:
    """Tell whether the circumstance `name`, or `!name`, holds; an empty name always does."""
    if not name:
        return True
    return CIRCUMSTANCES[name.lstrip("!")](practice, case) != name.startswith("!")
