"""Cut a document's text where statements begin and end, to highlight each in its place."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model import Statement, TermsDocument


def annotate(
    document: TermsDocument, statements: Sequence[Statement]
) -> list[tuple[str, tuple[str, ...]]]:
    """Segments of the text in order, each with the ids of the statements that quote it.

    The segments joined are `document.text`; statements of other documents are passed over.
    """
    own = [s for s in statements if s.document == document.name and s.start < s.end]
    size = len(document.text)
    opens: dict[int, list[str]] = {}
    closes: dict[int, list[str]] = {}
    for statement in own:
        start, end = max(0, statement.start), min(size, statement.end)
        if start < end:
            opens.setdefault(start, []).append(statement.id)
            closes.setdefault(end, []).append(statement.id)
    cuts = sorted({0, size, *opens, *closes})
    segments: list[tuple[str, tuple[str, ...]]] = []
    active: list[str] = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        active = [i for i in active if i not in closes.get(start, ())] + opens.get(start, [])
        segments.append((document.text[start:end], tuple(active)))
    return segments
