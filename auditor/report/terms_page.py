"""Show terms as they were understood: rows, the JSON object, the text with every reading in place.

In: `Terms`. Out: text. Quotes and documents are hostile strings like those of an app.
"""

from __future__ import annotations

import base64
import hashlib
import re
from bisect import bisect_left
from collections.abc import Sequence
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


def render_terms_html(terms: Terms, lang: str) -> str:
    """Render every document with what was understood marked in its place; no script."""
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
    return made.get_template("terms.html.j2").render(
        documents=[mark(document, terms.statements, speak) for document in terms.documents],
        limits=sorted(terms.limits),
        speak=speak,
        zh=lang == "zh",
        css=Markup(style),  # our own file, no foreign text in it
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def mark(document: TermsDocument, statements: Sequence[Statement], speak: Words) -> Marked:
    """Cut `document` where quotes begin and end, and into paragraphs where lines end."""
    mine = [s for s in statements if s.document == document.name and s.start < s.end]
    mine = sorted(mine, key=lambda s: (s.start, s.end, s.id))[:_MARKED]
    text = document.text
    cuts = {0, len(text)}
    for statement in mine:
        cuts.update((min(statement.start, len(text)), min(statement.end, len(text))))
    cuts.update(i for match in re.finditer("\n", text) for i in match.span())
    bounds = sorted(cuts)
    covering: list[list[Statement]] = [[] for _ in bounds]
    for statement in mine:
        first, last = bisect_left(bounds, statement.start), bisect_left(bounds, statement.end)
        for number in range(first, last):
            covering[number].append(statement)
    paragraphs: list[list[Piece]] = [[]]
    for number, (start, end) in enumerate(zip(bounds, bounds[1:], strict=False)):
        if text[start:end] == "\n":
            paragraphs.append([])
            continue
        here = covering[number]
        starting = tuple(_reading(s, speak) for s in here if s.start == start)
        ids = tuple(s.id for s in here)
        piece = Piece(visible(text[start:end]), ids, any(s.negated for s in here), starting)
        paragraphs[-1].append(piece)
    return Marked(document, tuple(tuple(p) for p in paragraphs if p), len(mine))


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
