"""Write what changed between two reports: lines for a terminal, a page for people, JSON.

In: `Changes`. Out: text. Names, quotes and addresses are foreign strings, cleaned like everywhere.
"""

from __future__ import annotations

from typing import Any

from auditor.report.changes_contract import Changes, SideOut
from auditor.report.changes_view import Block, ChangesView, Row, view_changes
from auditor.report.clean import one_line
from auditor.report.document import dump
from auditor.report.html import render_page
from auditor.report.terminal import TerminalLine
from auditor.report.words import Words, say, words

LINES = 12
"""Rows of one section in the terminal."""
_SIGNS = {"came": "+", "went": "-", "changed": "~"}


def render_changes_json(changes: Changes) -> str:
    """Write the JSON of `changes`; the same reports give the same bytes."""
    return dump(changes.model_dump(mode="json", by_alias=True))


def changes_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of what `render_changes_json` writes."""
    made = Changes.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def render_changes_html(changes: Changes, lang: str) -> str:
    """Write `changes` as a page in every language, `lang` first.

    Raises:
        UsageError: there are no messages in `lang`.
    """
    view = view_changes(changes)
    return render_page(
        "diff.html.j2",
        lang,
        view=view,
        same_names=[say(f"diff.section_{name}") for name in view.same],
        foot_tool=changes.new.tool.name,
        foot_version=changes.new.tool.version,
    )


def changes_lines(changes: Changes, lang: str, rows: int = LINES) -> list[TerminalLine]:
    """Say `changes` in lines; at most `rows` a section, the rest counted.

    Raises:
        UsageError: there are no messages in `lang`.
    """
    speak, view = words(lang), view_changes(changes)
    lines = [
        TerminalLine("title", f"{_name(view.old, speak)}  →  {_name(view.new, speak)}"),
        *(TerminalLine("answer", speak.text(s)) for s in view.summary),
        *(TerminalLine("medium", speak.text(s)) for s in view.cautions),
    ]
    if view.app:
        lines.append(TerminalLine("heading", speak.text(say("diff.app"))))
        lines += [TerminalLine("info", f"~ {speak.text(d)}") for d in view.app]
    for block in view.blocks:
        lines += _block(block, speak, rows)
    return lines + _same(view, speak)


def _name(side: SideOut, speak: Words) -> str:
    label = one_line(side.label or side.package, 60)
    return f"{label} {speak.text(say('page.version', version=side.version_name))}"


def _block(block: Block, speak: Words, rows: int) -> list[TerminalLine]:
    came, went, changed = block.counts
    counts = say("diff.counts", came=came, went=went, changed=changed)
    heading = f"{speak.text(say(f'diff.section_{block.name}'))}  {speak.text(counts)}"
    lines = [TerminalLine("heading", heading)]
    lines += [TerminalLine("info", _row(row, speak)) for row in block.rows[:rows]]
    more = block.left_out + max(0, len(block.rows) - rows)
    if more:
        lines.append(TerminalLine("limit", speak.text(say("diff.more", n=more))))
    return lines + [TerminalLine("limit", speak.text(note)) for note in block.notes]


def _row(row: Row, speak: Words) -> str:
    text = f"{_SIGNS[row.state]} {speak.text(row.text)}"
    details = " · ".join(speak.text(d) for d in row.details)
    return f"{text}  [{details}]" if details else text


def _same(view: ChangesView, speak: Words) -> list[TerminalLine]:
    if not view.same:
        return []
    names = [say(f"diff.section_{name}") for name in view.same]
    return [TerminalLine("heading", speak.text(say("diff.same", names=names)))]
