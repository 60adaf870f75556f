"""Configured, or merely present: which collections of an SDK the app's code switches on.

The catalog names the calls and the constant arguments that decide. What stands at an argument is
for a data-flow engine to say; it is handed in as a function, so this stage needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from auditor.catalog import Catalog
from auditor.facts.code import Code, descriptor_of
from auditor.facts.entries import Configuration
from auditor.facts.libraries import library_entries
from auditor.model import CodePlace, DataType, Library, LibrarySetting, Manifest

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

    @property
    def in_manifest(self) -> bool:
        """Tell whether the manifest decides, not a call."""
        return not self.place.dex


def unknown_argument(place: CodePlace, position: int) -> str | None:
    """Stand in for a data-flow engine: no argument is known."""
    return None


def sdk_settings(
    libraries: Iterable[Library],
    manifest: Manifest,
    code: Code,
    catalog: Catalog,
    constant: ConstantArgument = unknown_argument,
) -> tuple[SdkSetting, ...]:
    """List the calls and manifest entries that configure the libraries present.

    An SDK without any such call is merely present: no entry is made for it.
    """
    present = {library.id for library in libraries}
    found = [
        _setting(entry.id, rule, place, constant)
        for entry in library_entries(catalog)
        if entry.id in present
        for rule in entry.configured
        if rule.cls
        for place in code.calls_of(descriptor_of(rule.cls), rule.method)
    ]
    meta = dict(manifest.meta_data)
    found += [
        SdkSetting(entry.id, rule.data_type, state, False, rule.meta_data, _MANIFEST, value)
        for entry in library_entries(catalog)
        if entry.id in present
        for rule in entry.configured
        if rule.meta_data and (value := meta.get(rule.meta_data, "").lower())
        for state in ["on" if value == rule.when else "off"]
    ]
    return tuple(sorted(found))


def with_settings(
    libraries: Iterable[Library], settings: Iterable[SdkSetting]
) -> tuple[Library, ...]:
    """Tell with each library what the app tells it to collect or not to."""
    told: dict[str, set[LibrarySetting]] = {}
    for setting in settings:
        place = setting.place
        value = f"={setting.value}" if setting.in_manifest else f"({setting.value})"
        where = place.caller if setting.in_manifest else f"{place.caller}@{place.offset}"
        made = LibrarySetting(setting.data_type, setting.state, setting.call + value, where)
        told.setdefault(setting.library, set()).add(made)
    return tuple(replace(x, settings=tuple(sorted(told.get(x.id, ())))) for x in libraries)


_MANIFEST = CodePlace("AndroidManifest.xml", 0, "")


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
