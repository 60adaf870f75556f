"""Options that several commands share, and what their values mean."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.catalog import Catalog


_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


class Language(StrEnum):
    """Languages of reports and explanations."""

    ZH = "zh"
    EN = "en"


LanguageOption = Annotated[
    Language | None,
    typer.Option(
        "--lang",
        help="Language shown first. Default: zh where the system speaks Chinese, else en.",
        show_default=False,
    ),
]
RulesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules",
        metavar="DIR",
        help="Folder with rules, libraries, … of your own, laid out like auditor/data. Repeatable.",
    ),
]
JurisdictionOption = Annotated[
    str,
    typer.Option(
        "--jurisdiction",
        "-j",
        metavar="NAMES",
        help="Rule packs: cn,play,in,… Default: those that the app's signs point to.",
    ),
]
UnmaskOption = Annotated[
    bool,
    typer.Option("--unmask", help="Show phone numbers, tokens and the like that the app carries."),
]
LendingOption = Annotated[
    bool | None,
    typer.Option(
        "--lending/--not-lending",
        help="Say whether it is a lending app. Default: by its signs.",
        show_default=False,
    ),
]

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        "-s",
        metavar="URL",
        help="sqlite:///file, postgresql://user@host/name, or a path. Default: out/store.db.",
        show_default=False,
    ),
]


def language(chosen: Language | None) -> str:
    """Give the language to speak: the chosen one, else that of the system."""
    if chosen is not None:
        return chosen.value
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return Language.ZH.value if value.casefold().startswith("zh") else Language.EN.value
    return Language.EN.value


def catalog(folders: list[Path] | None) -> Catalog:
    """Give the program's catalog with the user's folders added.

    Raises:
        UsageError: one of them is no folder.
    """
    from auditor.catalog import DATA, Catalog

    for folder in folders or ():
        if not folder.is_dir():
            raise UsageError(f"--rules: {folder} is no folder")
    return Catalog(DATA, *(folders or ()))


def names(text: str) -> tuple[str, ...]:
    """Split a list joined by commas, each name once."""
    return tuple(dict.fromkeys(n for n in text.replace(" ", "").split(",") if n))


def checked_date(text: str) -> str:
    """Give the date of `--date` back, or an empty text where there is none.

    Raises:
        UsageError: it is no ISO date.
    """
    if text and not _DATE.fullmatch(text):
        raise UsageError(f"--date: {text!r} is no date like 2024-07-31")
    return text
