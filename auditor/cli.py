"""The command line: what commands there are, and how the program ends.

    0 done · 1 findings at or above --fail-on · 2 usage · 3 input that cannot be read
    4 partly analyzed, with --strict · 70 a bug · 130 interrupted · 141 nobody reads the output

An `AuditError` and a wrong argument become one line on stderr; anything else is a bug, keeps its
traceback and ends with 70 (EX_SOFTWARE), so that it is not taken for findings. The commands
themselves are in `auditor.commands`.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from typing import Annotated, cast

import typer

from auditor import __version__
from auditor.commands.batch import batch
from auditor.commands.console import PIPE_CLOSED, note
from auditor.commands.diff import diff
from auditor.commands.evidence import evidence, verify
from auditor.commands.explain import explain
from auditor.commands.export import export
from auditor.commands.find import find
from auditor.commands.makers import makers
from auditor.commands.notices import notices
from auditor.commands.query import query
from auditor.commands.rules import rules
from auditor.commands.scan import scan
from auditor.commands.schema import schema
from auditor.commands.site import site
from auditor.commands.terms import terms
from auditor.errors import AuditError

_USAGE = cast(type[Exception], typer.BadParameter.__mro__[2])
"""typer's base of errors that are shown to the user, wherever its version keeps it."""
_BUG, _INTERRUPTED = 70, 130

app = typer.Typer(
    name="auditor",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Examples:\n\n"
    "`auditor scan app.apk --terms policy.html`  reports in out/, the answer here\n\n"
    "`auditor scan old.apk new.xapk --format html,json,sarif --fail-on high`\n\n"
    "`auditor terms policy.pdf --format html --out reading.html`  how the terms are understood\n\n"
    "`auditor explain traced`  a word of the reports, a rule, a provision",
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"auditor {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Audit Android lending apps: what they read, where it goes, and what their terms say."""


app.command(
    epilog="Example: `auditor scan app.apk --terms privacy.html --terms agreement.docx --lang en`"
)(scan)
app.command(epilog="Example: `auditor batch apps/ list.csv --store sqlite:///store.db`")(batch)
app.command(epilog="Example: `auditor find xianjindai --store out/store.db`")(find)
app.command(epilog="Example: `auditor query sends-to --set host=api.lender.example`")(query)
app.command(epilog="Example: `auditor makers --store out/store.db`")(makers)
app.command(epilog="Example: `auditor site --store out/store.db --out out/site`")(site)
app.command(epilog="Example: `auditor export --store out/store.db --out store.jsonl`")(export)
app.command(epilog="Example: `auditor terms policy.html --format json`")(terms)
app.command(epilog="Example: `auditor diff old.apk new.apk --format html --out changes.html`")(diff)
app.command(
    epilog="Example: `auditor evidence app.apk -t terms.html --out evidence.zip --sign key`"
)(evidence)
app.command(epilog="Example: `auditor verify evidence.zip --app app.apk --signer key.pub`")(verify)
app.command(epilog="Example: `auditor notices out/ --format miit --out clues.csv`")(notices)
app.add_typer(rules)
app.command(epilog="Example: `auditor explain picker-mask --lang zh`")(explain)
app.command(epilog="Example: `auditor schema > report.schema.json`")(schema)


def main() -> None:
    """Run the program; see the exit codes above."""
    # No matrices are multiplied here: numpy need not start a pool of threads.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Nearly all that is made lives as long as it is needed: looking for cycles every 700 objects
    # takes a seventh of a scan.
    gc.set_threshold(25_000, 20, 20)
    sys.exit(run())


def run(arguments: list[str] | None = None) -> int:
    """Run the program with `arguments` (else those of the process) and return its exit code."""
    try:
        code = app(arguments, prog_name="auditor", standalone_mode=False)
        sys.stdout.flush()
    except AuditError as error:
        note(f"error: {error}", fg="red")
        return error.exit_code
    except _USAGE as error:
        return _usage(error)
    except (KeyboardInterrupt, typer.Abort):
        return _INTERRUPTED
    except BrokenPipeError:
        code = PIPE_CLOSED
    except SystemExit as end:
        code = end.code
    except Exception:  # noqa: BLE001  told with its traceback
        traceback.print_exc()
        return _BUG
    if code == PIPE_CLOSED:
        # What is still buffered must not fail once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code if isinstance(code, int) else 0


def _usage(error: BaseException) -> int:
    """Say in one line what is wrong with the arguments; without any, show the help."""
    context = getattr(error, "ctx", None)
    if context is not None and type(error).__name__ == "NoArgsIsHelpError":
        if text := context.get_help():  # with rich it is printed already
            typer.echo(text)
        return 2
    said = error.format_message() if hasattr(error, "format_message") else str(error)
    said = said.replace(": Value error, ", ": ")  # a word of the library that checks choices
    name = context.command_path if context is not None else "auditor"
    note(f"error: {said.rstrip('.')}; see {name} --help", fg="red")
    return 2
