"""`auditor batch`: audit many apps into one store."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.commands.console import note, say
from auditor.commands.options import RulesOption, StoreOption, UnmaskOption, catalog, names
from auditor.errors import StoreError, UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from auditor.batch.bar import Bar
    from auditor.batch.executors import Crew
    from auditor.batch.run import Settings, Summary
    from auditor.batch.store import Store
    from auditor.catalog import Catalog

_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


def batch(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE…",
            help="Package, folder, glob, list (.txt), table (.csv), ZIP of packages, or URL. "
            "Without any, bring the verdicts of the store up to date.",
            show_default=False,
        ),
    ] = None,
    store: StoreOption = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Folder of the default store.")
    ] = Path("out"),
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=512, help="Worker processes. Default: one a core."),
    ] = None,
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster, tcp://host:8786.")
    ] = "",
    timeout: Annotated[
        int, typer.Option(min=1, metavar="SECONDS", help="Longest time for one app.")
    ] = 900,
    memory: Annotated[
        int, typer.Option(min=256, metavar="MB", help="Most memory for one app.")
    ] = 4096,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try apps again that failed before.")
    ] = False,
    watch: Annotated[
        float,
        typer.Option(min=0, metavar="SECONDS", help="Look for new apps so often, until stopped."),
    ] = 0.0,
    jurisdiction: Annotated[
        str, typer.Option("--jurisdiction", "-j", metavar="NAMES", help="As for scan.")
    ] = "",
    lending: Annotated[
        bool | None,
        typer.Option("--lending/--not-lending", help="As for scan.", show_default=False),
    ] = None,
    date: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="Date of apps whose table gives none.")
    ] = "",
    unmask: UnmaskOption = False,
    rules: RulesOption = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 4 when an app could not be audited.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Audit many apps into one store, each in a process of its own.

    A batch that was stopped, by whatever, goes on where it was: give the same command again. A
    package that is in the store is opened again only when the program, or what it knows of code,
    has changed; new rules and new terms judge it anew without it.

    Exit codes: **0** done; **2** wrong usage; **3** nothing could be audited, or the store failed;
    **4** some apps could not be audited, with `--strict`.
    """
    from auditor.batch.bar import Bar
    from auditor.batch.run import Settings
    from auditor.batch.store import open_store
    from auditor.pipeline import check_jurisdictions

    if date and not _DATE.fullmatch(date):
        raise UsageError(f"--date: {date!r} is no date like 2024-07-31")
    if watch and not sources:
        raise UsageError("--watch needs a SOURCE")
    known, packs = catalog(rules), names(jurisdiction)
    check_jurisdictions(packs, known)
    settings = Settings(
        seconds=float(timeout),
        megabytes=memory,
        folders=tuple(str(root.resolve()) for root in known.roots) if rules else (),
        options={
            **{"jurisdictions": list(packs), "lending": lending, "date": date},
            **({"unmask": True} if unmask else {}),
        },
        again=retry_failed,
    )
    if not store and not sources:
        raise UsageError("give a SOURCE, or --store of a batch before")
    opened = open_store(store or str(out / "store.db"), create=True)
    with Bar(note, quiet=quiet) as bar, _crew(cluster, workers) as crew:
        try:
            summary = _audit(sources, opened, known, settings, crew, bar, watch)
        except KeyboardInterrupt:
            if not quiet:
                note("stopped; what is done is kept: give the same command again to go on")
            raise
    if not quiet:
        _summarize(summary, opened)
    failed = sum(summary.failed.values()) + summary.skipped
    if failed and not (summary.done or summary.current):
        raise typer.Exit(3)
    if strict and failed:
        raise typer.Exit(4)


def _crew(cluster: str, workers: int | None) -> AbstractContextManager[Crew]:
    from auditor.batch.executors import cluster_crew, local_crew

    if cluster:
        return cluster_crew(cluster)
    return local_crew(workers or os.cpu_count() or 1)


def _audit(
    sources: list[str] | None,
    store: Store,
    known: Catalog,
    settings: Settings,
    crew: Crew,
    bar: Bar,
    watch: float,
) -> Summary:
    """Run once, or until the user stops."""
    from auditor.batch.run import Batch
    from auditor.batch.watching import watched

    with store.writer() as writer:
        if not watch:
            from auditor.batch.plan import find_sources

            found = find_sources(sources) if sources else None
            return Batch(store, writer, known, crew, settings, bar).run(found)
        summary = None
        try:
            for found in watched(sources or [], watch):
                summary = Batch(store, writer, known, crew, settings, bar).run(found)
        except KeyboardInterrupt:
            if summary is None:
                raise
        if summary is None:
            raise StoreError("nothing was seen")
        return summary


def _summarize(summary: Summary, store: Store) -> None:
    from auditor.batch.bar import duration

    words = [f"{summary.packages} packages"]
    if summary.sources > summary.packages:
        words[0] += f" in {summary.sources} places"
    words += [
        f"{number} {word}"
        for number, word in (
            (summary.audited, "audited"),
            (summary.judged, "judged anew"),
            (summary.current, "up to date"),
            (summary.skipped, "failed before"),
            (summary.missing, "outdated, their files were not given"),
        )
        if number
    ]
    words += [f"{n} not audited ({kind})" for kind, n in sorted(summary.failed.items()) if n]
    say(", ".join(words))
    rate = f", {summary.done / summary.seconds * 60:.0f} apps a minute" if summary.done else ""
    peak = f", at most {summary.peak_kb >> 10} MB a worker" if summary.peak_kb else ""
    say(f"{duration(summary.seconds)}{rate}{peak}")
    say(f"store: {store.name}")
