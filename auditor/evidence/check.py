"""Check that evidence still holds: manifest, signature, document; `rerun` does the audit again.

In: the files of a ZIP that anybody may have made. Out: outcomes, one for each question that was
asked; what could not be asked is an outcome too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auditor.errors import UnreadableInputError
from auditor.evidence.container import Container, is_plain_name
from auditor.evidence.pack import RUN, SIGNATURE, SUMS
from auditor.evidence.sshsig import MAX_SIGNATURE, read_signature
from auditor.report.clean import one_line
from auditor.report.contract import Document
from auditor.report.reopen import parse_json, parse_report

NAMES = 10
"""Names of files that one outcome lists."""
_ROW = re.compile(r"([0-9a-f]{64})  (\S.*)")
_MAX_SUMS = 4 << 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one question."""

    question: str
    """Key of its words: `verify.<question>_<state>`."""
    state: str
    """ok, bad, or open: was not asked, or cannot be told."""
    names: tuple[str, ...] = ()
    """Files, fingerprints or findings that it is about."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Everything that was asked, and what a second audit needs."""

    outcomes: tuple[Outcome, ...]
    document: Document
    run: Run
    files: Mapping[str, bytes]

    @property
    def holds(self) -> bool:
        """Tell whether nothing that was asked is bad."""
        return all(outcome.state != "bad" for outcome in self.outcomes)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class RunTool(_Part):
    """The program that made the evidence."""

    name: str
    version: str


class RunApp(_Part):
    """The app's file."""

    name: str
    sha256: str
    size: int
    kept: str = ""


class RunTerms(_Part):
    """One document as given."""

    file: str
    name: str


class RunSettings(_Part):
    """What the audit was asked for."""

    jurisdictions: tuple[str, ...] = ()
    lending: bool | None = None
    date: str = ""
    lang: str = "en"
    unmask: bool = False


class Run(_Part):
    """`run.json`."""

    schema_: str = Field(alias="schema", pattern=r"^auditor\.evidence/1$")
    tool: RunTool
    catalog: str
    libraries: dict[str, str] = {}
    app: RunApp
    terms: tuple[RunTerms, ...] = Field(default=(), max_length=200)
    settings: RunSettings = RunSettings()


def check_contents(
    container: Container, outside: str | None, message: bytes, signer: bytes | None
) -> Verification:
    """Check what the ZIP holds.

    Args:
        container: the opened ZIP.
        outside: text of a signature file beside the ZIP, if there is one.
        message: bytes of the ZIP, which such a signature signs.
        signer: blob of the public key that must have signed; None accepts any.

    Raises:
        UnreadableInputError: it is no evidence of this program.
    """
    files = container.files
    for name in (SUMS, RUN, "report.json"):
        if name not in files:
            raise UnreadableInputError(f"no evidence of this program: {name} is missing")
    run = _run(files[RUN])
    document = parse_report(files["report.json"], "report.json")
    outcomes = [
        *_manifest(files),
        Outcome("container", "ok" if container.canonical else "open"),
        *_signatures(files, outside, message, signer),
        _agrees(run, document),
    ]
    return Verification(tuple(outcomes), document, run, files)


def _manifest(files: Mapping[str, bytes]) -> list[Outcome]:
    """Compare every file with the manifest, and the manifest with every file."""
    listed = _listed(files[SUMS])
    inside = {name for name in files if name not in (SUMS, SIGNATURE)}
    differ = [n for n in sorted(inside & listed.keys()) if _sha(files[n]) != listed[n]]
    missing, extra = sorted(listed.keys() - inside), sorted(inside - listed.keys())
    found = [Outcome("hashes", "bad" if differ else "ok", _few(differ))]
    if missing:
        found.append(Outcome("missing", "bad", _few(missing)))
    if extra:
        found.append(Outcome("extra", "bad", _few(extra)))
    return found


def _listed(data: bytes) -> dict[str, str]:
    if len(data) > _MAX_SUMS:
        raise UnreadableInputError(f"{SUMS} is too long")
    listed: dict[str, str] = {}
    for row in data.decode("utf-8", "replace").splitlines():
        match = _ROW.fullmatch(row)
        if match is None or not is_plain_name(match[2]) or match[2] in listed:
            raise UnreadableInputError(f"{SUMS}: a line is wrong: {one_line(row, 80)!r}")
        listed[match[2]] = match[1]
    return listed


def _signatures(
    files: Mapping[str, bytes], outside: str | None, message: bytes, signer: bytes | None
) -> list[Outcome]:
    asked: list[tuple[str, str, bytes]] = []
    if SIGNATURE in files:
        inside = files[SIGNATURE][:MAX_SIGNATURE].decode("ascii", "replace")
        asked.append(("signature", inside, files[SUMS]))
    if outside is not None:
        asked.append(("seal", outside, message))
    if not asked:
        return [Outcome("unsigned", "bad" if signer else "open")]
    found = []
    for question, text, signed in asked:
        try:
            signature = read_signature(text)
        except UnreadableInputError as error:
            found.append(Outcome(f"{question}_unread", "bad", (str(error),)))
            continue
        holds = signature.holds_for(signed)
        found.append(Outcome(question, "ok" if holds else "bad", (signature.fingerprint,)))
        if holds and signer is not None and signature.key != signer:
            found.append(Outcome("signer", "bad", (signature.fingerprint,)))
    return found


def _agrees(run: Run, document: Document) -> Outcome:
    """`run.json` and the report must be about one app and one tool."""
    same = (
        run.app.sha256 == document.app.sha256
        and run.tool.version == document.tool.version
        and run.catalog == document.tool.catalog
    )
    return Outcome("agrees", "ok" if same else "bad")


def _run(data: bytes) -> Run:
    try:
        return Run.model_validate(parse_json(data, RUN))
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        where = ".".join(map(str, wrong["loc"]))
        raise UnreadableInputError(f"{RUN}: {one_line(where, 80)}: {wrong['msg']}") from error


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _few(names: Sequence[str]) -> tuple[str, ...]:
    """Keep the first names, and say how many there are more."""
    shown = tuple(one_line(name, 120) for name in names[:NAMES])
    return shown if len(names) <= NAMES else (*shown, f"+{len(names) - NAMES}")
