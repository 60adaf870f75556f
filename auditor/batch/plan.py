"""Find what a batch is to audit: folders, globs, lists, tables, archives and URLs become sources.

A folder is searched for package files; a folder of splits is one app. A `.zip` that holds packages
is an archive of apps. A `.csv` has a header with `path` (or `file`, `apk`, `url`) and, if known,
`store`, `developer`, `link`, `date`, `terms`; a `.txt` or `.list` names one source a line. Places
in a table or list are relative to it. The result is sorted by place, each place once.
"""

from __future__ import annotations

import csv
import glob
import io
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from auditor.batch.places import (
    ENDINGS,
    INSIDE,
    is_remote,
    opened_archive,
    remote_filesystem,
    remote_trouble,
)
from auditor.errors import UnreadableInputError, UsageError
from auditor.opening import open_file

MAX_PLACE = 600
"""Characters of a place; PostgreSQL indexes no more."""
_MAX_LIST = 1 << 30
_GLOB = re.compile(r"[*?\[]")
_LISTS = (".txt", ".list", ".lst")
_COLUMNS = ("path", "file", "apk", "url", "location")
_CHINESE = {
    **{"路径": "path", "文件": "path", "安装包": "path", "网址": "url", "链接": "link"},
    **{"应用商店": "store", "开发者": "developer", "日期": "date", "条款": "terms"},
}
"""Columns of a table by their Chinese names."""
_SPLIT = re.compile(r"^(?:split_|config\.).*\.apk$", re.I)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """One package file to audit, and what is known about it beside its bytes."""

    location: str
    """A place as `places` opens it."""
    store: str = ""
    developer: str = ""
    link: str = ""
    date: str = ""
    """Day of the version, ISO, or empty."""
    terms: tuple[str, ...] = ()
    """Paths of its terms."""
    stamp: str = ""
    """Size and time of change of a local file: while they stay, it is not read again."""


def find_sources(given: Sequence[str]) -> tuple[Source, ...]:
    """Expand what the user gave.

    Raises:
        UnreadableInputError: something that was given itself is not there, or is no list.
        UsageError: a table has no column of places.
    """
    found: dict[str, Source] = {}
    for text in given:
        for source in _expanded(text, depth=0):
            if len(source.location) > MAX_PLACE:
                raise UsageError(f"{source.location[:80]}…: longer than {MAX_PLACE} characters")
            known = found.get(source.location)
            found[source.location] = _joined(known, source) if known else source
    return tuple(sorted(found.values()))


def _joined(one: Source, other: Source) -> Source:
    """Join what two mentions of one place say; the first one counts where both say something."""
    return replace(
        one,
        store=one.store or other.store,
        developer=one.developer or other.developer,
        link=one.link or other.link,
        date=one.date or other.date,
        terms=tuple(dict.fromkeys((*one.terms, *other.terms))),
    )


def _expanded(text: str, depth: int) -> Iterator[Source]:
    if is_remote(text):
        yield from _remote(text, depth)
        return
    path = Path(text).absolute()
    suffix = path.suffix.lower()
    kind = _kind(path)
    if kind == "folder":
        yield from _folder(path)
    elif _GLOB.search(text) and not kind:
        places = sorted(glob.glob(text, recursive=True))  # noqa: PTH207 - it may be absolute
        if not places:
            raise UnreadableInputError(f"{text}: nothing there")
        for place in places:
            yield from _expanded(place, depth)
    elif not kind and INSIDE not in text:
        raise UnreadableInputError(f"{text}: no such file or folder")
    elif suffix in (".csv", *_LISTS) and depth == 0:
        yield from _listed(_text_of(path), str(path), path.parent)
    elif suffix == ".zip":
        yield from _archive(str(path), path.name)
    elif INSIDE in text:
        yield Source(str(path))
    else:
        yield _local(path)


def _kind(path: Path) -> str:
    """Tell folder from file; empty for what is not there, or cannot be looked at."""
    try:
        return "folder" if path.is_dir() else "file" if path.exists() else ""
    except OSError:
        return ""


def _local(path: Path) -> Source:
    return Source(str(path), stamp=_stamp(path))


def _stamp(path: Path) -> str:
    """Give size and time of change; nothing for what cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_size} {found.st_mtime_ns}"


def _folder(root: Path) -> Iterator[Source]:
    """Search a folder; links to folders are not followed."""

    def unreadable(error: OSError) -> None:
        raise UnreadableInputError(f"{error.filename}: {error.strerror}")

    for name, folders, files in os.walk(root, onerror=unreadable):
        folders.sort()
        here = Path(name)
        apks = [f for f in files if f.lower().endswith(".apk")]
        if any(_SPLIT.match(f) for f in apks) and any(not _SPLIT.match(f) for f in apks):
            parts = [_stamp(here / f) for f in sorted(apks)]
            yield Source(str(here), stamp=";".join(parts) if len(parts) <= 40 else "")
            files = [f for f in files if f not in apks]
        for file in sorted(files):
            if file.lower().endswith(ENDINGS):
                yield _local(here / file)
            elif file.lower().endswith(".zip"):
                yield from _archive(str(here / file), file)


def _archive(location: str, name: str) -> Iterator[Source]:
    """Give the packages inside a ZIP; one that has a manifest itself, or none inside, is an app."""
    stamp = "" if is_remote(location) else _stamp(Path(location))
    try:
        with (
            tempfile.TemporaryDirectory(prefix="auditor-") as folder,
            opened_archive(location, folder) as zipped,
        ):
            names = zipped.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnreadableInputError):
        names = []  # whoever audits it says what is wrong with it
    inside = sorted({n for n in names if n.lower().endswith(ENDINGS)})
    alone = "AndroidManifest.xml" in names or any(
        _SPLIT.match(PurePosixPath(n).name) for n in inside
    )
    if alone or not inside:
        yield Source(location, stamp=stamp)
        return
    for entry in inside:
        yield Source(f"{location}{INSIDE}{entry}", stamp=stamp)


# ---------------------------------------------------------------- lists and tables


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_LIST:
            raise UnreadableInputError(f"{path}: a list larger than {_MAX_LIST >> 20} MB")
        with open_file(path) as stream:
            text = stream.read().decode("utf-8-sig")
        return text.replace("\r\n", "\n").replace("\r", "\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = (
            error.strerror if isinstance(error, OSError) else "not UTF-8 (save it as “CSV UTF-8”)"
        )
        raise UnreadableInputError(f"{path}: {reason}") from error


def _listed(text: str, name: str, folder: Path) -> Iterator[Source]:
    if not name.lower().endswith(".csv"):
        for line in text.splitlines():
            if (place := line.strip()) and not place.startswith("#"):
                yield from _named(place, folder, Source(""))
        return
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise UnreadableInputError(f"{name}: {error}") from error
    for number, row in enumerate(rows, 2):
        cells = {_column(k or ""): (v or "").strip() for k, v in _cells(row)}
        column = next((c for c in _COLUMNS if c in cells), None)
        if column is None:
            raise UsageError(f"{name}: no column called {', '.join(_COLUMNS)}")
        if cells[column]:
            yield from _named(cells[column], folder, _about(cells, folder, f"{name}:{number}"))


def _column(text: str) -> str:
    name = text.strip().casefold()
    return _CHINESE.get(name, name)


def _cells(row: Mapping[str | None, str | list[str] | None]) -> Iterable[tuple[str | None, str]]:
    """A row that is longer than the header has its rest in a list under None."""
    return ((k, v) for k, v in row.items() if isinstance(v, str))


def _about(cells: Mapping[str, str], folder: Path, where: str) -> Source:
    date = cells.get("date", "")
    if date and not _DATE.fullmatch(date):
        raise UsageError(f"{where}: date: {date!r} is no date like 2024-07-31")
    terms = [t.strip() for t in cells.get("terms", "").split(";") if t.strip()]
    return Source(
        "",
        store=cells.get("store", "")[:200],
        developer=cells.get("developer", "")[:200],
        link=cells.get("link", "")[:2_000],
        date=date,
        terms=tuple(str(folder / t) for t in terms),
    )


def _named(place: str, folder: Path, about: Source) -> Iterator[Source]:
    """Give the sources that one line names; what is not there becomes a failure of its own."""
    text = place if is_remote(place) else str(folder / place)
    try:
        for source in _expanded(text, depth=1):
            yield replace(about, location=source.location, stamp=source.stamp)
    except UnreadableInputError:
        yield replace(about, location=text)


# ---------------------------------------------------------------- URLs


def _remote(url: str, depth: int) -> Iterator[Source]:
    lowered = url.lower()
    if lowered.endswith((".csv", *_LISTS)) and depth == 0:
        system, path = remote_filesystem(url)
        with remote_trouble(url):
            text = bytes(system.cat_file(path, end=_MAX_LIST)).decode("utf-8-sig")
        yield from _listed(text, url, Path())
    elif lowered.endswith(".zip"):
        yield from _archive(url, PurePosixPath(url).name)
    elif lowered.endswith(ENDINGS) and not _GLOB.search(url):
        yield Source(url)
    else:
        yield from _remote_folder(url)


def _remote_folder(url: str) -> Iterator[Source]:
    system, path = remote_filesystem(url)
    with remote_trouble(url):
        names = system.glob(path) if _GLOB.search(path) else system.find(path)
        found = sorted(n for n in map(str, names) if n.lower().endswith(ENDINGS))
        places = [str(system.unstrip_protocol(name)) for name in found]
    yield from map(Source, places)
    if not places:
        raise UnreadableInputError(f"{url}: nothing there")
