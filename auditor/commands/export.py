"""`auditor export`: the whole store as JSON Lines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.commands.console import say
from auditor.commands.options import StoreOption
from auditor.commands.output import write_stream


def export(
    store: StoreOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Write there. Default: print."),
    ] = None,
) -> None:
    """Write everything that a store holds as JSON Lines, in an order that is always the same.

    Two batches over the same apps with the same program give the same bytes, however often they
    were stopped, and whatever database they used.
    """
    from auditor.batch.export import export_lines
    from auditor.batch.store import open_store

    with open_store(store or "out/store.db").reading() as connection:
        if out is not None:
            write_stream(out, (f"{line}\n".encode() for line in export_lines(connection)))
            return
        for line in export_lines(connection):
            say(line)
