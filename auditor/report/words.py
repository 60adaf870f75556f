"""Say things in every language of the report; the words themselves are in `data/messages/`.

A stage of the report builds language-free values (`Said`, `Name`, `Code`, lists of them); here they
become plain text or HTML in one language. Everything that is not a message is foreign text: it is
made visible (`clean`), escaped and isolated (`<bdi>`).

Message syntax: `{name}` stands for a value, `{^name}` for one that opens a sentence (its word
gets a capital), `**words**` for emphasis; a message may be a mapping `one`/`other`, chosen by `n`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape
from pydantic import BaseModel, ConfigDict

from auditor.catalog import DATA, Catalog
from auditor.errors import InvalidCatalogError, UsageError
from auditor.report.clean import one_line, visible

_SLOT = re.compile(r"\{(\^?)(\w+)\}")
_STRONG = re.compile(r"\*\*([^*]{1,400})\*\*")


@dataclass(frozen=True, slots=True)
class Said:
    """A message by its key, with the values for its slots."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __hash__(self) -> int:
        """Hash by the key alone: values may be lists."""
        return hash(self.key)


@dataclass(frozen=True, slots=True)
class Name:
    """A word for an id: `Name("level", "traced")`, `Name("data_type", "contacts.phone")`."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Code:
    """Foreign text that is code: a class, a host, a permission."""

    text: str


@dataclass(frozen=True, slots=True)
class Local:
    """Text that its author gave for some languages; `other` is used for the rest, and marked."""

    texts: tuple[tuple[str, str], ...]
    other: str
    other_lang: str = "en"


Value = str | int | Said | Name | Code | Local | Sequence["Value"]


def say(key: str, **values: Value) -> Said:
    """Shorten the making of a `Said`."""
    return Said(key, values)


class Messages(BaseModel):
    """One file of `data/messages/`: a language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str
    reference: str
    language: str
    """BCP 47 tag for `lang=`: zh-Hans, en."""
    name: str
    """What its readers call the language."""
    between_sentences: str
    between_items: str
    before_last_item: str
    quote_open: str
    quote_close: str
    names: dict[str, dict[str, str]]
    """Words for ids, by kind."""
    texts: dict[str, str | dict[str, str]]


class Words:
    """One language: from values to text or HTML."""

    def __init__(self, code: str, messages: Messages) -> None:
        """Use the messages of the file named `code`."""
        self.code = code
        self.messages = messages

    @property
    def tag(self) -> str:
        """The tag for `lang=`."""
        return self.messages.language

    def text(self, value: Value) -> str:
        """Render `value` as plain text; foreign text is made visible, on one line."""
        return str(self._render(value, html=False))

    def html(self, value: Value) -> Markup:
        """Render `value` as HTML; foreign text is escaped and isolated."""
        return Markup(self._render(value, html=True))

    def name(self, kind: str, id_: str) -> str:
        """Give the word for an id; the id itself, with spaces, when there is none."""
        known = self.messages.names.get(kind, {})
        if id_ in known:
            return known[id_]
        if kind == "data_type" and "." in id_:
            return self.name(kind, id_.rsplit(".", 1)[0])
        return one_line(id_.replace("_", " "), 120)

    def _render(self, value: Value, *, html: bool) -> str:
        match value:
            case Said():
                return self._message(value, html=html)
            case Name(kind, id_):
                word = self.name(kind, id_)
                return str(escape(word)) if html else word
            case Code(text):
                shown = visible(text, 2_000) if html else one_line(text)
                return f"<code><bdi>{escape(shown)}</bdi></code>" if html else shown
            case Local():
                return self._local(value, html=html)
            case str():
                shown = visible(value) if html else one_line(value, 1_000)
                return f"<bdi>{escape(shown)}</bdi>" if html else shown
            case int():
                return f"{value:,}"
            case _:
                return self._list([self._render(item, html=html) for item in value])

    def _message(self, said: Said, *, html: bool) -> str:
        template = self.messages.texts[said.key]
        if isinstance(template, dict):
            template = template["one" if said.values.get("n") == 1 else "other"]
        template = str(escape(template)) if html else template
        template = _STRONG.sub(r"<strong>\1</strong>" if html else r"\1", template)
        return _SLOT.sub(lambda m: self._slot(said.values[m[2]], bool(m[1]), html=html), template)

    def _slot(self, value: Value, opens: bool, *, html: bool) -> str:
        shown = self._render(value, html=html)
        return shown[:1].upper() + shown[1:] if opens and isinstance(value, Name) else shown

    def _local(self, value: Local, *, html: bool) -> str:
        own = dict(value.texts).get(self.code)
        if own is not None:
            return str(escape(visible(own))) if html else one_line(own, 1_000)
        if not html:
            return one_line(value.other, 1_000)
        return f'<span lang="{escape(value.other_lang)}">{escape(visible(value.other))}</span>'

    def _list(self, items: list[str]) -> str:
        if len(items) < 2:
            return "".join(items)
        first = self.messages.between_items.join(items[:-1])
        return f"{first}{self.messages.before_last_item}{items[-1]}"

    def sentences(self, values: Sequence[Value], *, html: bool = False) -> str:
        """Join whole sentences as the language joins them."""
        joined = self.messages.between_sentences.join(self._render(v, html=html) for v in values)
        return Markup(joined) if html else joined


@lru_cache(maxsize=1)
def languages() -> Mapping[str, Words]:
    """Every language of the report, by the name of its file, in that order.

    Raises:
        InvalidCatalogError: a file of `data/messages/` is wrong.
    """
    catalog = Catalog(DATA)
    return {path.stem: _load(catalog, path.stem) for path in catalog.files("messages")}


def known(key: str) -> bool:
    """Tell whether every language has a message of this key."""
    return all(key in w.messages.texts for w in languages().values())


def named(kind: str, id_: str) -> bool:
    """Tell whether every language has a word of its own for an id."""
    return all(id_ in w.messages.names.get(kind, {}) for w in languages().values())


def words(lang: str) -> Words:
    """Give the words of one language.

    Raises:
        UsageError: there are no messages in that language.
    """
    every = languages()
    if lang not in every:
        raise UsageError(f"no messages in {one_line(lang, 40)!r}; known: {', '.join(every)}")
    return every[lang]


_SHARED = (
    ("data_type", "data_types.yaml"),
    ("data_type", "lexicon/hypernyms/hypernyms.yaml"),
    ("jurisdiction", "jurisdictions/signs.yaml"),
)
"""Words for ids that other stages keep beside their data, one column a language."""


_SENTENCES = (
    ("how", "packers/packers.yaml", "how"),
    ("who", "hosts/organisations.yaml", "note"),
)
"""Sentences that stages quote from their data: English under this name, others with `_code`."""


def _load(catalog: Catalog, code: str) -> Words:
    name = f"messages/{code}.yaml"
    try:
        messages = Messages.model_validate(catalog.table(name))
    except ValueError as error:
        raise InvalidCatalogError(f"{name}: {error}") from error
    for kind, table in _SHARED:
        own = messages.names.setdefault(kind, {})
        for entry in catalog.table(table)["entries"]:
            own.setdefault(entry["id"], _in(entry, code))
    for entry in catalog.table("reasons/disclosure.yaml")["entries"]:
        messages.texts.setdefault(f"reason.{entry['id']}", _in(entry, code))
    for kind, table, name in _SENTENCES:
        for entry in catalog.table(table)["entries"]:
            if entry.get(name):
                said = entry.get(name if code == "en" else f"{name}_{code}")
                if not said:
                    raise InvalidCatalogError(f"{table}: {entry['id']} has no {name}_{code}")
                messages.texts.setdefault(f"{kind}.{entry['id']}", said)
    return Words(code, messages)


def _in(entry: Mapping[str, Any], code: str) -> str:
    return str(entry.get(code) or entry["en"])
