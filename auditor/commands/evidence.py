"""`auditor evidence` and `auditor verify`: keep an audit as evidence, and check that it holds."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.commands.console import Doing, harmless, say
from auditor.commands.options import (
    JurisdictionOption,
    LanguageOption,
    LendingOption,
    RulesOption,
    UnmaskOption,
    catalog,
    checked_date,
    language,
    names,
)
from auditor.commands.output import write_file
from auditor.errors import UnreadableInputError, UsageError
from auditor.opening import open_file

if TYPE_CHECKING:
    from auditor.evidence import Outcome
    from auditor.evidence.sshsig import PrivateKey

_MAX_KEY = 65_536
"""Bytes of a key file."""
_MAX_KEPT = 1 << 30
"""Bytes of an app that is kept inside."""


def evidence(
    app: Annotated[
        Path, typer.Argument(metavar="APP", help="APK, XAPK, APKS, APKM, or a folder of splits.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="ZIP", help="The ZIP to write.")],
    terms: Annotated[
        list[Path] | None,
        typer.Option("--terms", "-t", metavar="FILE", help="Terms of the app. Repeatable."),
    ] = None,
    sign: Annotated[
        Path | None,
        typer.Option(
            metavar="KEY", help="Sign the manifest with this key of `ssh-keygen -t ed25519`."
        ),
    ] = None,
    with_app: Annotated[
        bool, typer.Option("--with-app", help="Keep the app's file inside too.")
    ] = False,
    lang: LanguageOption = None,
    jurisdiction: JurisdictionOption = "",
    lending: LendingOption = None,
    date: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="Date of the app: which texts were in force.")
    ] = "",
    unmask: UnmaskOption = False,
    rules: RulesOption = None,
) -> None:
    """Audit an app and keep everything that belongs to it in one ZIP, with a manifest.

    Inside: the report, its data, the quoted code, the terms as given and as read, the versions of
    program and catalog, a README for a lawyer in both languages, SHA256SUMS and, with `--sign`, a
    signature that `ssh-keygen -Y verify` accepts. The same input gives the same bytes.
    """
    from auditor.evidence import Settings, pack_evidence, signed, write_container
    from auditor.pipeline import Options, audit, check_jurisdictions, read_terms_file

    key = _private(sign)
    packs, known = names(jurisdiction), catalog(rules)
    check_jurisdictions(packs, known)
    sources = tuple(read_terms_file(path) for path in terms or ())
    kept = _kept(app) if with_app else None
    with Doing(app.name) as doing:
        options = Options(
            terms=sources,
            jurisdictions=packs,
            lending=lending,
            date=checked_date(date),
            unmask=unmask,
            progress=doing,
        )
        report = audit(app, known, options)
    settings = Settings(packs, lending, date, language(lang), unmask)
    files = pack_evidence(report, [(s.name, s.data) for s in sources], settings, known, kept)
    data = write_container(files if key is None else signed(files, key))
    path = write_file(out.parent, out.name, data)
    say(f"{hashlib.sha256(data).hexdigest()}  {harmless(str(path))}")


def verify(
    archive: Annotated[Path, typer.Argument(metavar="ZIP", help="What `auditor evidence` wrote.")],
    app: Annotated[
        Path | None,
        typer.Option(metavar="APP", help="The app's file: the audit is done again."),
    ] = None,
    signer: Annotated[
        Path | None,
        typer.Option(metavar="KEY.pub", help="Public key that must have signed."),
    ] = None,
    lang: LanguageOption = None,
    rules: RulesOption = None,
) -> None:
    """Check evidence: every hash, the signature, and with `--app` that the same findings come out.

    A signature may lie inside, or beside the ZIP as `ZIP.sig` (`ssh-keygen -Y sign -n file`).

    Exit codes: **0** all that was asked holds; **1** something does not; **2** wrong usage;
    **3** no evidence of this program.
    """
    from auditor.evidence import audit_again, check_contents, open_container

    beside = archive.with_name(archive.name + ".sig")
    container = open_container(archive)
    found = check_contents(
        container,
        _text(beside) if beside.is_file() else None,
        archive.read_bytes(),
        _public(signer),
    )
    outcomes = list(found.outcomes)
    if found.holds:
        with Doing(archive.name) as doing:
            outcomes += audit_again(found, app, catalog(rules), doing)
    holds = all(outcome.state != "bad" for outcome in outcomes)
    _print(outcomes, holds, language(lang))
    if not holds:
        raise typer.Exit(1)


_SIGNS = {"ok": "✓", "bad": "✗", "open": "·"}
_STYLES: dict[str, dict[str, str | bool]] = {
    "ok": {"fg": "green"},
    "bad": {"fg": "red"},
    "open": {"dim": True},
}


def _print(outcomes: list[Outcome], holds: bool, lang: str) -> None:
    from auditor.report.words import Code, words
    from auditor.report.words import say as said

    speak = words(lang)
    for outcome in outcomes:
        message = said(
            f"verify.{outcome.question}_{outcome.state}",
            names=[Code(name) for name in outcome.names],
        )
        say(f"{_SIGNS[outcome.state]} {speak.text(message)}", **_STYLES[outcome.state])
    say(speak.text(said("verify.holds" if holds else "verify.fails")), bold=True)


def _kept(app: Path) -> bytes:
    if app.is_dir():
        raise UsageError("--with-app: a folder of splits cannot be kept inside; pack it as .apks")
    try:
        if app.stat().st_size > _MAX_KEPT:
            raise UsageError(f"--with-app: {app} is larger than {_MAX_KEPT >> 30} GB")
        with open_file(app) as stream:
            return stream.read()
    except OSError as error:
        raise UnreadableInputError(f"{app}: {error.strerror or error}") from error


def _private(path: Path | None) -> PrivateKey | None:
    if path is None:
        return None
    from auditor.evidence import load_key

    return load_key(_text(path).encode(), str(path))


def _public(path: Path | None) -> bytes | None:
    if path is None:
        return None
    from auditor.evidence import load_public_key

    return load_public_key(_text(path), str(path))


def _text(path: Path) -> str:
    try:
        with open_file(path) as stream:
            return stream.read(_MAX_KEY).decode("utf-8", "replace")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
