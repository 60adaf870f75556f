"""Configured, or merely present: which collections of an SDK the app's code switches on.

The catalog names the calls and the constant arguments that decide. What stands at an argument is
for a data-flow engine to say; it is handed in as a function, so this stage needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from auditor.catalog import Catalog
from auditor.facts.code import Code, descriptor_of
from auditor.facts.entries import Configuration
from auditor.facts.libraries import library_entries
from auditor.model import CodePlace, DataType, Library

ConstantArgument = Callable[[CodePlace, int], str | None]
"""Value of a declared parameter (from 0) of the call at a place: `true`, `false`, a number or a
text; None when it is no constant."""


@dataclass(frozen=True, slots=True, order=True)
class SdkSetting:
    """One call that decides whether a library collects a data type."""

    library: str
    data_type: DataType
    state: str
    """on, off, or unknown when the argument is no constant."""
    sends: bool
    """The call itself makes the library send."""
    call: str
    """`Lcls;->method`."""
    place: CodePlace
    value: str = ""


def unknown_argument(place: CodePlace, position: int) -> str | None:
    """Stand in for a data-flow engine: no argument is known."""
    return None


def sdk_settings(
    libraries: Iterable[Library],
    code: Code,
    catalog: Catalog,
    constant: ConstantArgument = unknown_argument,
) -> tuple[SdkSetting, ...]:
    """List the calls that configure the libraries present, with what each switches.

    An SDK without any such call is merely present: no entry is made for it.
    """
    present = {library.id for library in libraries}
    found = [
        _setting(entry.id, rule, place, constant)
        for entry in library_entries(catalog)
        if entry.id in present
        for rule in entry.configured
        for place in code.calls_of(descriptor_of(rule.cls), rule.method)
    ]
    return tuple(sorted(found))


def _setting(
    library: str, rule: Configuration, place: CodePlace, constant: ConstantArgument
) -> SdkSetting:
    value = "" if rule.argument < 0 else constant(place, rule.argument)
    if rule.argument < 0:
        state = "on"
    elif value is None:
        state = "unknown"
    else:
        state = "on" if value == rule.when else "off"
    call = f"{descriptor_of(rule.cls)}->{rule.method}"
    return SdkSetting(library, rule.data_type, state, rule.sends, call, place, value or "")
