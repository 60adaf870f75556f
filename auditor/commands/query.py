"""`auditor query`: ready questions and SQL of one's own over a store."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.commands.console import note, say
from auditor.commands.options import LanguageOption, RulesOption, StoreOption, catalog, language
from auditor.commands.output import write_stream
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.batch.query import Answer


class TableFormat(StrEnum):
    """How rows are written."""

    TEXT = "text"
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


def query(
    question: Annotated[
        str | None,
        typer.Argument(
            metavar="QUESTION",
            help="A ready question, or one SELECT in quotes. Without any, list the questions.",
            show_default=False,
        ),
    ] = None,
    store: StoreOption = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A value of the question. Repeatable."),
    ] = None,
    form: Annotated[
        TableFormat, typer.Option("--format", "-f", help="How to write the rows.")
    ] = TableFormat.TEXT,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write there.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows as text.")] = 200,
    lang: LanguageOption = None,
    rules: RulesOption = None,
) -> None:
    """Ask a store. Nothing can be changed by asking.

    Tables: apps, versions, signers, permissions, practices, flows, endpoints, libraries,
    statements, findings, limits, packers, clusters, sources, failures, runs.
    """
    from auditor.batch.query import EVERY, Values, asked, doubts, filled, like, questions
    from auditor.batch.store import open_store

    known = questions(catalog(rules))
    if question is None:
        speaks = language(lang)
        for entry in known.values():
            asks = " ".join(
                f"--set {name}={value or '…'}" for name, value in entry.parameters.items()
            )
            say(f"{entry.id}  {entry.zh if speaks == 'zh' else entry.en}  {asks}".rstrip())
        return
    given = _given(values or [])
    bound: Values
    if question in known:
        rows = limit + 1 if form is TableFormat.TEXT else EVERY
        sql, bound = known[question].sql, filled(known[question], given, rows)
        for doubt in doubts(catalog(rules), given):
            note(doubt)
    elif " " in question.strip():
        sql, bound = question, given
    else:
        near = like(question, known)
        raise UsageError(f"no question {question!r}{near or '; `auditor query` lists them'}")
    with asked(open_store(store or "out/store.db"), sql, bound) as answer:
        _write(answer, form, out, limit)


def _given(values: list[str]) -> dict[str, str]:
    found = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"--set: {text!r} is no NAME=VALUE")
        found[name] = value
    return found


def _write(answer: Answer, form: TableFormat, out: Path | None, limit: int) -> None:
    from auditor.batch.tables import FORMATS, as_text, write_parquet

    if form is TableFormat.PARQUET:
        if out is None:
            raise UsageError("--format parquet needs --out FILE")
        write_parquet(answer, out)
    elif form is TableFormat.TEXT:
        lines = as_text(answer, limit)
        if out is not None:
            write_stream(out, (f"{line}\n".encode() for line in lines))
        else:
            for line in lines:
                say(line)
    elif out is not None:
        write_stream(out, FORMATS[form.value](answer))
    else:
        sys.stdout.flush()
        for piece in FORMATS[form.value](answer):
            sys.stdout.buffer.write(piece)
    if out is not None:
        say(str(out))
