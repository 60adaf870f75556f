"""`auditor find`: apps of a store by a name that is only half known."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from auditor.commands.console import note, say
from auditor.commands.options import StoreOption, names
from auditor.errors import UsageError


def find(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="Label in any language, package, developer or signer; pinyin and typos will do.",
            show_default=False,
        ),
    ],
    store: StoreOption = None,
    kind: Annotated[
        str, typer.Option(metavar="NAMES", help="Only label, package, developer or signer.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most apps to show.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON Lines.")] = False,
) -> None:
    """Find apps in a store, the likest name first.

    Exit codes: **0** something was found; **1** nothing was.
    """
    from dataclasses import asdict, astuple

    from auditor.batch.find import KINDS, Hit
    from auditor.batch.find import find as search
    from auditor.batch.query import Answer
    from auditor.batch.store import open_store
    from auditor.batch.tables import as_text

    kinds = names(kind) or KINDS
    if unknown := sorted(set(kinds) - set(KINDS)):
        raise UsageError(f"--kind: {', '.join(unknown)} is none of {', '.join(KINDS)}")
    with open_store(store or "out/store.db").reading() as connection:
        found = search(connection, name, kinds, limit)
    hits = found.hits
    if as_json:
        for hit in hits:
            say(json.dumps(asdict(hit), ensure_ascii=False))
    elif hits:
        columns = tuple(Hit.__dataclass_fields__)
        for line in as_text(Answer(columns, iter(map(astuple, hits))), limit):
            say(line)
    else:
        say("nothing is called like this")
    if found.uncompared:
        note("so many names hold this that not all were compared: give more of the name")
    elif found.more:
        note(f"more apps than these {limit} are called alike; see --limit")
    if not hits:
        raise typer.Exit(1)
