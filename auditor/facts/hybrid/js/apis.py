"""Interfaces through which JavaScript reads personal data and sends it (`data/hybrid/`)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from auditor.catalog import Catalog, Entry
from auditor.facts.hybrid.words import speaks_of
from auditor.model import DataType


class JsApi(Entry):
    """One interface of the host, or of a library known by its shape.

    `Ports` are written `0` (first argument), `0.data` (a property of it), `result`, `receiver`,
    `0()1` (the second parameter of the function given first), `0.success()0`.
    """

    kind: Literal[
        "source",
        "sink",
        "gives",
        "store",
        "load",
        "bundled",
        "hint",
        "trigger",
        "words",
        "dart",
        "dotnet",
        "update",
        "handed",
    ]
    calls: tuple[str, ...] = ()
    """Dotted paths; a leading `?.` stands for any receiver. handed: names of functions that the app
    calls with data as their arguments."""
    when: dict[str, str] = {}
    """Ports that must hold these constants."""
    mentions: tuple[str, ...] = ()
    """Some argument must be made from a text or interface that begins with one of these."""
    speaks: str = ""
    """Port whose constant must hold a word of this data type (see `words`)."""
    data_type: DataType = DataType("")
    scope: Literal["bulk", "one_picked", "unknown"] = "unknown"
    out: tuple[str, ...] = ()
    """source, gives, load: where the value arrives."""
    path: str = ""
    """gives, bundled: the interface that arrives; trigger: what starts the function;
    dart: package of the classes that a plug-in has in DEX."""
    url: str = ""
    body: tuple[str, ...] = ()
    method: str = ""
    default_method: str = ""
    opened_by: str = ""
    """Path of the call on the same object that holds `url` and `method`: `XMLHttpRequest.open`."""
    key: str = ""
    """store, load: the port of the key under which the value is kept."""
    marks: tuple[str, ...] = ()
    """bundled: texts that all stand in the module; words: texts that speak of the data; dart: names
    of packages; dotnet: names of types or methods; update: texts of scripts that replace code."""
    sink_kind: Literal["network", "sms", "file", "log", "call", "ipc"] = "network"
    source: str = ""
    note: str = ""


class JsApis:
    """The interfaces, by path and by the name that is called."""

    def __init__(self, known: Iterable[JsApi], own: Iterable[JsApi] = ()) -> None:
        """Take the entries of `hybrid/`, and those that an app's own bridges add."""
        self.own = tuple(own)
        self.entries = (*self.own, *known)
        self.by_path: dict[str, list[JsApi]] = {}
        self.by_name: dict[str, list[JsApi]] = {}
        for entry in self.entries:
            for call in entry.calls if entry.kind != "handed" else ():
                table = self.by_name if call.startswith("?.") else self.by_path
                table.setdefault(call.removeprefix("?."), []).append(entry)
        self.bundled = [e for e in self.entries if e.kind == "bundled"]
        self.triggers = {c: e.path for e in self.entries if e.kind == "trigger" for c in e.calls}
        self.words = {e.data_type: e.marks for e in self.entries if e.kind == "words"}
        self.handed = [e for e in self.entries if e.kind == "handed"]
        self.magic = frozenset(name for e in self.entries if e.kind == "hint" for name in e.calls)

    def of(self, path: str) -> list[JsApi]:
        """Interfaces at a path of the graph (instance numbers and wrappers taken off)."""
        plain = plain_path(path)
        while plain:
            if plain in self.by_path:
                return self.by_path[plain]
            head, _, rest = plain.partition(".")
            plain = rest if head in _HOLDERS else ""
        return []


@lru_cache(maxsize=4)
def js_apis(catalog: Catalog) -> JsApis:
    """The interfaces of a catalog, read once."""
    return JsApis(catalog.entries("hybrid", JsApi))


_READS = ("get", "fetch", "read", "load", "query", "list", "find", "select", "sync", "collect")
NATIVE = "NativeModules."


def native_reads(path: str, apis: JsApis) -> list[JsApi]:
    """Sources behind a module of the app itself (React Native) whose name speaks of a data type."""
    plain = plain_path(path)
    method = plain.rpartition(".")[2].lower()
    if not plain.startswith(NATIVE) or not method.startswith((*_READS, "upload", "all")):
        return []
    return [
        JsApi(
            id="bridge_native_module",
            kind="source",
            data_type=data_type,
            scope="bulk",
            out=("result", "0()0", "0()1", "1()0", "1()1"),
        )
        for data_type, words in sorted(apis.words.items())
        if speaks_of(plain.removeprefix(NATIVE), words)
    ][:1]


_HOLDERS = frozenset({"window", "globalThis", "self", "top", "global", "parent"})


def plain_path(path: str) -> str:
    """`axios@12.post` → `axios.post`."""
    return ".".join(part.partition("@")[0] for part in path.split("."))
