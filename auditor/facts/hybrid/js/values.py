"""What reading scripts takes and gives."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model import CallSite, Flow, Limit, SinkKind, SourceRead


@dataclass(frozen=True, slots=True)
class Script:
    """One file that holds JavaScript."""

    place: str
    """`assets/www/app.js`, or `split.apk!/assets/…`."""
    part: str
    text: bytes
    html: bool = False


@dataclass(frozen=True, slots=True)
class Sending:
    """A call that sends, with the addresses it can send to."""

    site: CallSite
    urls: tuple[str, ...]
    """With `HOLE` for what is not known."""
    method: str
    sink_kind: SinkKind
    rule: str
    joined: bool = False
    """The address is put together from parts."""


@dataclass(frozen=True, slots=True)
class ScriptFacts:
    """What the scripts of one app do."""

    reads: tuple[SourceRead, ...] = ()
    sendings: tuple[Sending, ...] = ()
    flows: tuple[Flow, ...] = ()
    limits: tuple[Limit, ...] = ()
