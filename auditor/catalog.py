"""Load the knowledge under `data/`: a wrong file stops the program and says where it is wrong.

A folder of `data/` holds one kind of knowledge. A file is one entry (its name is the entry's `id`)
or a table: `about`, `reference`, `entries: [...]`. The kinds themselves are pydantic models of
the stage that uses them; here is only what all share: strict reading, errors that name file and
key, and the digest that reports print.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from auditor.errors import InvalidCatalogError
from auditor.opening import open_file

DATA = Path(__file__).parent / "data"
_TABLE_KEYS = {"about", "reference", "entries"}


class Entry(BaseModel):
    """One entry of the catalog: unknown keys and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: str


E = TypeVar("E", bound=Entry)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader that refuses a key given twice and keeps `no`, `on`, `yes` as words.

    Texts, lists and mappings are made here, straight from the nodes: that is nearly all of the
    catalog, and takes a third of the time. Whatever bears another tag goes the usual way.
    """

    def construct_document(self, node: yaml.Node) -> Any:  # noqa: ANN401
        """The value of a document."""
        return self._made(node, {})

    def _made(self, node: yaml.Node, known: dict[int, Any]) -> Any:  # noqa: ANN401
        if node.tag == "tag:yaml.org,2002:str":
            return node.value
        if type(node) is yaml.ScalarNode:
            return self.construct_object(node, deep=True)
        if id(node) in known:  # an alias; None: it is being made
            if known[id(node)] is None:
                raise yaml.YAMLError(f"line {node.start_mark.line + 1}: a value inside itself")
            return known[id(node)]
        known[id(node)] = None
        if node.tag == "tag:yaml.org,2002:seq":
            made: Any = [self._made(each, known) for each in node.value]
        elif isinstance(node, yaml.MappingNode) and node.tag == "tag:yaml.org,2002:map":
            made = self._mapping(node, known)
        else:
            made = self.construct_object(node, deep=True)
        known[id(node)] = made
        return made

    def _mapping(self, node: yaml.MappingNode, known: dict[int, Any]) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        twice = []
        for named, held in node.value:
            key = self._made(named, known)
            if not isinstance(key, Hashable):
                line = node.start_mark.line + 1
                raise yaml.YAMLError(f"line {line}: a key is a list or a mapping")
            if key in found:
                twice.append(str(key))
            found[key] = self._made(held, known)
        if twice:
            line = node.start_mark.line + 1
            raise yaml.YAMLError(f"line {line}: key given twice: {', '.join(sorted(set(twice)))}")
        return found


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def _text(path: Path) -> str:
    with open_file(path) as stream:
        return stream.read().decode("utf-8")


def read_yaml(path: Path) -> Any:  # noqa: ANN401
    """Read one YAML file safely.

    Raises:
        InvalidCatalogError: unreadable, not YAML, or a key given twice.
    """
    try:
        return yaml.load(_text(path), Loader=_Loader)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise InvalidCatalogError(f"{path}: {reason}") from error


class Catalog:
    """The knowledge in one or more data folders; later folders add to the first."""

    def __init__(self, *roots: Path) -> None:
        """Use `data/` of this program when no folder is given."""
        self.roots = roots or (DATA,)
        self._read: dict[tuple[str, type[Entry]], tuple[Entry, ...]] = {}
        self._tables: dict[str, Mapping[str, Any]] = {}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the names and contents of every file, in order of their names."""
        total = hashlib.sha256()
        for root in self.roots:
            for path in sorted(p for p in root.rglob("*") if p.is_file()):
                total.update(path.relative_to(root).as_posix().encode() + b"\0")
                total.update(hashlib.sha256(path.read_bytes()).digest())
        return total.hexdigest()

    def files(self, folder: str) -> list[Path]:
        """Every YAML file of `folder`, in order of their names, folder by folder."""
        return [p for root in self.roots for p in sorted((root / folder).rglob("*.yaml"))]

    def entries(self, folder: str, kind: type[E]) -> tuple[E, ...]:
        """Read every entry of `folder` as `kind`; they are frozen, and read once.

        Raises:
            InvalidCatalogError: a file is wrong, or an id stands twice.
        """
        key = (folder, kind)
        if key not in self._read:
            self._read[key] = self._entries(folder, kind)
        return cast(tuple[E, ...], self._read[key])

    def _entries(self, folder: str, kind: type[E]) -> tuple[E, ...]:
        found: dict[str, E] = {}
        for path in self.files(folder):
            for raw in _raw_entries(path):
                entry = _validated(path, raw, kind)
                if entry.id in found:
                    raise InvalidCatalogError(f"{path}: id {entry.id!r} stands twice in {folder}")
                found[entry.id] = entry
        return tuple(found.values())

    def table(self, name: str) -> Mapping[str, Any]:
        """Read one file as it is, `name` relative to the first folder that holds it, and once."""
        if name not in self._tables:
            self._tables[name] = self._table(name)
        return self._tables[name]

    def _table(self, name: str) -> Mapping[str, Any]:
        for root in self.roots:
            if (root / name).is_file():
                raw = read_yaml(root / name)
                if isinstance(raw, dict):
                    return raw
                raise InvalidCatalogError(f"{root / name}: a mapping is expected")
        raise InvalidCatalogError(f"{name}: not in {', '.join(map(str, self.roots))}")


def _raw_entries(path: Path) -> list[Any]:
    raw = read_yaml(path)
    if not isinstance(raw, dict):
        raise InvalidCatalogError(f"{path}: a mapping is expected")
    if "entries" not in raw:
        if raw.get("id") != path.stem:
            raise InvalidCatalogError(f"{path}: id {raw.get('id')!r} is not the file's name")
        return [raw]
    if wrong := set(raw) - _TABLE_KEYS:
        raise InvalidCatalogError(f"{path}: unknown keys: {', '.join(sorted(map(str, wrong)))}")
    if not isinstance(raw["entries"], list):
        raise InvalidCatalogError(f"{path}: entries: a list is expected")
    return raw["entries"]


def _validated(path: Path, raw: Any, kind: type[E]) -> E:  # noqa: ANN401
    try:
        # JSON mode: YAML lists may stand for tuples, strings for enumerations.
        return kind.model_validate(raw, strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        name = raw.get("id", "?") if isinstance(raw, dict) else "?"
        raise InvalidCatalogError(f"{path}: entry {name!r}: {key}: {first['msg']}") from error
