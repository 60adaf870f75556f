"""Show terms as they were understood: rows, the JSON object, the text with every reading in place.

In: `Terms`. Out: text. Quotes and documents are hostile strings like those of an app.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from auditor.model import Statement, Terms, TermsDocument
from auditor.report.clean import one_line, visible
from auditor.report.document import dump, terms_document
from auditor.report.html import TEMPLATES, stylesheet
from auditor.report.words import Words, words

_QUOTE = 160
"""Characters of a quote in a row."""
_MARKED = 20_000
"""Statements of one document that are marked in its text."""


def render_terms_json(terms: Terms) -> str:
    """Render the `terms` object of the report document, sorted."""
    return dump(terms_document(terms).model_dump(mode="json", by_alias=True))


def terms_rows(terms: Terms, lang: str) -> list[tuple[str, ...]]:
    """Give a heading, then one row a statement, cleaned for a terminal."""
    speak = words(lang)
    zh = lang == "zh"
    rows: list[tuple[str, ...]] = [
        ("编号", "谁", "做什么", "数据", "范围、条件", "用途", "提供给", "原文")
        if zh
        else ("id", "who", "does", "data", "extent", "purposes", "to", "quote")
    ]
    for statement in sorted(terms.statements, key=lambda s: (s.document, s.start, s.id)):
        reading = _reading(statement, speak)
        rows.append(
            (
                statement.id,
                reading.who,
                reading.does,
                reading.data,
                reading.extent,
                reading.purposes,
                reading.recipients,
                one_line(statement.quote, _QUOTE),
            )
        )
    for warning in sorted(terms.warnings):
        kind = speak.name("warning", warning.kind)
        rows.append(("!", "", "", "", kind, "", "", one_line(warning.quote, _QUOTE)))
    return rows


@dataclass(frozen=True, slots=True)
class Reading:
    """One statement in words of one language, clean."""

    id: str
    who: str
    does: str
    data: str
    extent: str
    purposes: str
    recipients: str
    confidence: str
    context: str
    denied: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the statements whose quotes cover it."""

    text: str
    ids: tuple[str, ...]
    denied: bool
    starting: tuple[Reading, ...]
    """Readings that begin with this piece."""


@dataclass(frozen=True, slots=True)
class Marked:
    """One document cut into pieces."""

    document: TermsDocument
    paragraphs: tuple[tuple[Piece, ...], ...]
    statements: int


Segments = Sequence[tuple[str, tuple[str, ...]]]
"""A document's text cut into pieces, each with the ids of the statements that quote it."""


def render_terms_html(terms: Terms, segments: Mapping[str, Segments], lang: str) -> str:
    """Render every document with what was understood marked in its place; no script.

    Args:
        terms: what was understood.
        segments: the cut text of each document, by its name.
        lang: language of the page.
    """
    speak = words(lang)
    css = stylesheet((lang,))
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["line"] = one_line
    made.filters["shown"] = visible
    own = (TEMPLATES / "terms.css").read_text(encoding="utf-8")
    style = f"{css}\n{own}"
    readings = {s.id: _reading(s, speak) for s in terms.statements}
    return made.get_template("terms.html.j2").render(
        documents=[mark(d, segments.get(d.name, ()), readings) for d in terms.documents],
        warnings=sorted(terms.warnings),
        limits=sorted(terms.limits),
        speak=speak,
        zh=lang == "zh",
        css=Markup(style),  # our own file, no foreign text in it
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def mark(document: TermsDocument, segments: Segments, readings: Mapping[str, Reading]) -> Marked:
    """Put each reading where its quote begins, and cut the text into paragraphs at line ends."""
    paragraphs: list[list[Piece]] = [[]]
    shown: set[str] = set()
    for text, ids in segments:
        starting = tuple(readings[i] for i in ids if i not in shown)
        shown.update(ids)
        denied = any(readings[i].denied for i in ids)
        for number, line in enumerate(text.split("\n")):
            if number:
                paragraphs.append([])
            if line or starting:
                paragraphs[-1].append(Piece(visible(line), ids, denied, starting))
                starting = ()
    return Marked(document, tuple(tuple(p) for p in paragraphs if p), len(shown))


def _reading(statement: Statement, speak: Words) -> Reading:
    zh = speak.code == "zh"
    between = "、" if zh else ", "
    action = speak.name("action", statement.action)
    denied = ("不" if zh else "does not: ") + action
    extent = [speak.name("terms_scope", statement.scope)] if statement.scope else []
    extent += [speak.name("modality", statement.modality)] if statement.modality else []
    extent += [one_line(statement.condition, 120)] if statement.condition else []
    return Reading(
        id=statement.id,
        who=speak.name("entity", statement.entity),
        does=denied if statement.negated else action,
        data=between.join(speak.name("data_type", t) for t in statement.data_types),
        extent=between.join(extent),
        purposes=between.join(speak.name("purpose", p) for p in statement.purposes),
        recipients=between.join(speak.name("entity", r) for r in statement.recipients),
        confidence=speak.name("confidence", statement.confidence),
        context=one_line(statement.context, 160),
        denied=statement.negated,
    )
