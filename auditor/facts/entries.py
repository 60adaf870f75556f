"""Shapes of the catalog's entries that facts read."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from auditor.catalog import Entry
from auditor.model import DataType


class Configuration(BaseModel):
    """A call that switches a collection of a library on or off."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cls: str = ""
    method: str = ""
    argument: int = -1
    """Position among the declared parameters, from 0; -1: the call alone counts."""
    meta_data: str = ""
    """Instead of a call: the meta-data of the manifest that decides."""
    when: str = ""
    """The constant that switches it on: `true`, `false`, a number or a text."""
    data_type: DataType
    sends: bool = False
    """The call itself makes the library send."""


class ClassShape(BaseModel):
    """What renaming leaves of one class of a library."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    extends: tuple[str, ...] = Field(min_length=1)
    """Java names of classes and interfaces of the platform, all of which it extends."""
    prototypes: tuple[str, ...]
    """Prototypes of its methods, `*` for a type that is not of the platform."""


class LibraryEntry(Entry):
    """One library or SDK (`libraries/`)."""

    name: str
    vendor: str
    category: str
    zh: str = ""
    country: str = ""
    prefixes: tuple[str, ...] = ()
    """Java-style packages or classes."""
    manifest: tuple[str, ...] = ()
    """Names of meta-data, or prefixes of components, that only it puts into a manifest."""
    native: tuple[str, ...] = ()
    """Globs over names of native libraries."""
    files: tuple[str, ...] = ()
    """Globs over paths in the package."""
    hosts: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    """Constants that survive renaming and that no other code holds."""
    structure: tuple[ClassShape, ...] = ()
    """Classes that only it has; one that matches shows a renamed copy."""
    version_files: tuple[str, ...] = ()
    version_strings: tuple[str, ...] = ()
    """What stands before a version in a constant: `okhttp/`."""
    data_types: tuple[DataType, ...] = ()
    modules: dict[DataType, tuple[str, ...]] = {}
    """Prefixes without which the library does not read this type."""
    contacts: Literal["yes", "option", "no", "unknown", "sink"] = "unknown"
    configured: tuple[Configuration, ...] = ()
    source: str
    note: str = ""


class PackerEntry(Entry):
    """One packer (`packers/`)."""

    name: str
    vendor: str = ""
    application_classes: tuple[str, ...] = ()
    application_suffixes: tuple[str, ...] = ()
    """Simple names of the Application class, in whatever package."""
    class_prefixes: tuple[str, ...] = ()
    meta_data: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    """Globs over paths, or over file names when they hold no `/`, that only it leaves."""
    patterns: tuple[str, ...] = ()
    """Regular expressions over whole paths or file names; as good as `strong`."""
    medium: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    hides_code: bool = True
    how: str = ""
    """How it hides code, a few words; `how_zh` says the same in Chinese."""
    how_zh: str = ""
    note: str = ""
    source: str


class FrameworkEntry(Entry):
    """One framework (`frameworks/`)."""

    name: str
    files: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    meta_data: tuple[str, ...] = ()
    package_pattern: str = ""
    only_classes: bool = False
    """Files alone are no proof: other frameworks have the same."""
    manual: bool = False
    """Recognised by code, not by its files alone."""
    code: tuple[str, ...] = ()
    """Globs over the paths at which the app's logic lies."""
    reader: Literal["js", "flutter", "dotnet", "unity", "native", "dex", "none"]
    unread: str = ""


class HostEntry(Entry):
    """Whose hosts (`hosts/organisations.yaml`)."""

    organisation: str = ""
    kind: str
    hosts: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    """Beginnings of addresses that are no endpoints (`hosts/documentation.yaml`)."""
    note: str = ""
    """What a reader should know, a few words; `note_zh` says the same in Chinese."""
    note_zh: str = ""


class FamilyEntry(Entry):
    """Key names by which code of common origin is recognised (`families/`)."""

    name: str
    zh: str = ""
    keys: tuple[str, ...]
    least: int
    """Different keys that must stand in the code of one package."""
    source: str


class IndicatorEntry(Entry):
    """One published indicator (`indicators/`)."""

    kind: Literal["host", "package", "md5", "sha1", "sha256", "certificate", "url"]
    value: str
    family: str
    date: str = ""
    confidence: str = ""
    source: str
    name: str = ""
    note: str = ""
