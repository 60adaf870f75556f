"""Table rows: the header says what a cell is, the row is one statement.

A table with a recipient column (SDK name, third party, partner) tells what others receive; one with
"collected: no" denies; all others tell what we collect, unless the lead-in says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from auditor.model import Action
from auditor.terms.blocks import Block
from auditor.terms.grammar import Claim, Frame, claim_of_frame, claims_of, parse
from auditor.terms.lexicon import Hit, Words
from auditor.terms.normal import fold
from auditor.terms.sayings import purposes_in
from auditor.terms.sentences import Sentence, sentences_of
from auditor.terms.types import Definitions, Named

_WORDS = 3
"""A bare "no" or 否 in a column of another kind answers another question."""
_GIVEN = ("emergency_contact", "id_card", "bank_card", "face")
Row = tuple[Claim, Named, tuple[str, ...]]


def columns_of(header: tuple[str, ...], words: Words) -> tuple[str, ...]:
    """What each column holds (`column` entries of the lexicon), or an empty string."""
    return tuple(_column(cell, words) for cell in header)


def _column(cell: str, words: Words) -> str:
    text = fold(cell).text.strip(" ?？:：")
    hits = [h for h in words.heads.find(text) if h.sense.kind == "column"]
    if not hits:
        return ""
    best = max(hits, key=lambda h: (h.end - h.start, h.end))
    return best.sense.value


def read_row(
    text: str, block: Block, words: Words, frame: Frame, definitions: Definitions, regional: bool
) -> Iterator[Row]:
    """Yield the claims of one row with their types and purposes."""
    columns = columns_of(block.header, words)
    cells = [Sentence(fold(text[a:b], regional).text, 0, words) for a, b in block.cells]
    named = _named(cells, columns, definitions)
    if not named.all:
        return
    purposes = tuple(dict.fromkeys(c.sense.value for s in cells for c in s.of("purpose")))
    claim = claim_of_frame(frame, ())
    if any(_says_no(cell, column) for cell, column in zip(cells, columns, strict=False)):
        yield replace(claim, negated=True), named, purposes
        return
    recipient = _recipient([text[a:b] for a, b in block.cells], columns)
    if recipient or frame.action in (Action.SHARE, Action.ENTRUST):
        yield from _shared(claim, named, purposes, recipient)
        return
    yield (
        replace(claim, negated=claim.negated or _answers_no(cells, columns, "collected")),
        named,
        purposes,
    )
    if "shared" in columns:
        negated = _answers_no(cells, columns, "shared")
        yield Claim(Action.SHARE, negated, (), recipients=("third_party",)), named, purposes


def _shared(claim: Claim, named: Named, purposes: tuple[str, ...], recipient: str) -> Iterator[Row]:
    """What a third party of the table receives, told from both sides."""
    recipients = (recipient,) if recipient else claim.recipients
    action = claim.action if claim.action in (Action.ENTRUST, Action.SELL) else Action.SHARE
    yield replace(claim, action=action, recipients=recipients, entity="we"), named, purposes
    if recipient:
        yield Claim(Action.COLLECT, claim.negated, (), entity=recipient), named, purposes


def _named(cells: list[Sentence], columns: tuple[str, ...], definitions: Definitions) -> Named:
    """Types named in data and permission columns; in all but purposes when there are none."""
    data = [i for i, c in enumerate(columns) if c in ("data", "permission") and i < len(cells)]
    chosen = data or [
        i
        for i, c in enumerate([*columns, *[""] * len(cells)][: len(cells)])
        if c in ("", "recipient")
    ]
    named = Named()
    for index in chosen:
        mentions: list[Hit] = cells[index].mentions
        named = named | definitions.resolve(cells[index], mentions)
    if not named.all and data:
        for cell in cells:
            named = named | definitions.resolve(cell, cell.mentions)
    return named


def _recipient(cells: list[str], columns: tuple[str, ...]) -> str:
    """The name in the recipient column, as written."""
    for index, column in enumerate(columns):
        if column == "recipient" and index < len(cells) and cells[index].strip():
            return " ".join(cells[index].split())[:80]
    return ""


def _says_no(cell: Sentence, column: str) -> bool:
    """Whether a cell opens with "not collected", whatever its column is called."""
    if column in ("data", "permission", "recipient", "collected", "shared"):
        return False
    text = cell.text.strip()
    for hit in cell.words.heads.find(text[:40]):
        if hit.sense.kind == "answer" and hit.start == 0 and hit.end >= _WORDS:
            return text[hit.end : hit.end + 1] in ("", ".", ",", ";", "。", " ")
    return False


def read_cells(
    text: str, block: Block, words: Words, definitions: Definitions, regional: bool
) -> Iterator[Row]:
    """Yield what the sentences inside cells say by themselves: denials, and what the user gives."""
    for (start, end), column in zip(
        block.cells, [*columns_of(block.header, words), *[""] * len(block.cells)], strict=False
    ):
        if column in ("data", "permission", "recipient", "collected", "shared"):
            continue
        for sentence in sentences_of(fold(text[start:end], regional), words):
            for claim in claims_of(parse(sentence), None):
                named = definitions.resolve(sentence, claim.mentions)
                if named.all and (claim.negated or claim.mentions[0].sense.value in _GIVEN):
                    yield claim, named, purposes_in(sentence)


def _answers_no(cells: list[Sentence], columns: tuple[str, ...], column: str) -> bool:
    for index, name in enumerate(columns):
        if name == column and index < len(cells):
            text = cells[index].text.strip()
            hits = cells[index].words.heads.find(text)
            return any(h.sense.kind == "answer" and h.start == 0 for h in hits) and len(text) < 24
    return False
