"""`auditor site`: a folder that shows a batch in a browser."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from auditor.commands.console import harmless, note, say
from auditor.commands.options import LanguageOption, RulesOption, StoreOption, catalog, language
from auditor.commands.output import write_file


def site(
    store: StoreOption = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Folder of the site.")
    ] = Path("out/site"),
    reports: Annotated[
        bool, typer.Option("--reports/--no-reports", help="Render the report of each package.")
    ] = True,
    workers: Annotated[
        int | None, typer.Option(min=1, max=512, help="Worker processes. Default: one a core.")
    ] = None,
    lang: LanguageOption = None,
    rules: RulesOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Make a site of a store: a table of its apps to sort and filter, a ranking with its reasons,
    makers, charts, failures, and each app's report. It opens from the folder, without a server.

    `auditor makers` before it fills the section of makers.
    """
    from auditor.batch.bar import Bar
    from auditor.batch.executors import local_crew
    from auditor.batch.site import last_options, render_index, write_reports
    from auditor.batch.site_data import gather
    from auditor.batch.store import open_store

    opened, speaks, known = open_store(store or "out/store.db"), language(lang), catalog(rules)
    names: dict[str, str] = {}
    if reports:
        with opened.reading() as connection:
            options = last_options(connection)
        task = {
            "lang": speaks,
            "seconds": 300.0,
            "megabytes": 4096,
            "folders": [str(root.resolve()) for root in known.roots] if rules else [],
            "options": options,
        }
        with Bar(note, quiet=quiet) as bar, local_crew(workers or os.cpu_count() or 1) as crew:
            names = write_reports(opened, crew, out / "reports", task, write_file, bar)
    with opened.reading() as connection:
        gathered = gather(connection, {sha: f"reports/{name}" for sha, name in names.items()})
    path = write_file(out, "index.html", render_index(gathered, speaks))
    if not quiet:
        say(harmless(str(path)))
