"""What a worker process does with one task: bytes in, bytes out.

    digest  a place          → the SHA-256 and size of what lies there
    audit   a place, terms   → facts, documents, and the verdict over them
    judge   facts, terms     → the verdict; no app is opened
    render  facts, terms     → the report in one format

A task says what it wants in its header; facts and documents travel beside it as bytes.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from auditor.batch import facts, frames
from auditor.batch.places import Opened, open_place
from auditor.batch.rows import rows_of, terms_sketch
from auditor.batch.warm import warm_up
from auditor.catalog import DATA, Catalog
from auditor.errors import AuditError
from auditor.model import AuditReport
from auditor.pipeline import Examined, Options, TermsSource, conclude, examine
from auditor.report import RENDERERS, build, languages


class Worker:
    """Program and catalog, loaded; made once and forked for each task."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Load everything that tasks need.

        Raises:
            InvalidCatalogError: the catalog is wrong.
        """
        self.catalog = Catalog(*(folders or (DATA,)))
        _ = self.catalog.digest
        warm_up(self.catalog)
        languages()

    def answer(self, request: bytes, folder: str) -> bytes:
        """Do one task; an app that cannot be read is an answer, too.

        Args:
            request: a message of `frames`; its header names the work in `do`.
            folder: an empty folder for what must be fetched first.
        """
        header, parts = frames.unpacked(request)
        try:
            return getattr(self, f"_{header['do']}")(header, parts, folder)  # type: ignore[no-any-return]
        except AuditError as error:
            reason = str(error).replace(folder + "/", "")
            return frames.packed({"ok": False, "kind": "unreadable", "reason": reason})

    def _digest(self, header: dict[str, Any], parts: list[bytes], folder: str) -> bytes:
        del parts
        with open_place(header["location"], folder) as opened:
            return frames.packed({"ok": True, **opened.identity()})

    def _audit(self, header: dict[str, Any], parts: list[bytes], folder: str) -> bytes:
        with open_place(header["location"], folder) as opened:
            app = self._examined(opened)
        stored, documents = facts.pack(app)
        found = self._judged(app, _terms(header, parts), header)
        names = sorted(documents)
        answer = {"ok": True, "sha256": app.package.sha256, "documents": names, **found[0]}
        return frames.packed(answer, [found[1], stored, *(documents[n] for n in names)])

    def _judge(self, header: dict[str, Any], parts: list[bytes], folder: str) -> bytes:
        del folder
        app, rest = _restored(header, parts)
        found = self._judged(app, _terms(header, rest), header)
        return frames.packed(
            {"ok": True, "sha256": app.package.sha256, "documents": [], **found[0]}, [found[1]]
        )

    def _render(self, header: dict[str, Any], parts: list[bytes], folder: str) -> bytes:
        del folder
        app, rest = _restored(header, parts)
        report = conclude(app, self.catalog, _options(header, _terms(header, rest)))
        text = RENDERERS[header["format"]](report, header["lang"])
        return frames.packed({"ok": True}, [text.encode("utf-8", "replace")])

    def _examined(self, opened: Opened) -> Examined:
        return examine(opened.package(), self.catalog, Options(traits=True))

    def _judged(
        self, app: Examined, terms: tuple[TermsSource, ...], header: dict[str, Any]
    ) -> tuple[dict[str, Any], bytes]:
        """Give summary and rows of the verdict, and the report document, compressed."""
        report: AuditReport = conclude(app, self.catalog, _options(header, terms))
        document = build(report).model_dump(mode="json", by_alias=True)
        rows = rows_of(document, app.traits, terms_sketch(report.terms))
        rows["made_by"] = [report.tool_version, report.catalog_digest]
        body = json.dumps(document, ensure_ascii=True, separators=(",", ":")).encode("ascii")
        return rows, zlib.compress(body, 6)


def _options(header: dict[str, Any], terms: tuple[TermsSource, ...]) -> Options:
    asked = header.get("options", {})
    return Options(
        terms=terms,
        jurisdictions=tuple(asked.get("jurisdictions", ())),
        lending=asked.get("lending"),
        date=asked.get("date", ""),
        unmask=bool(asked.get("unmask")),
    )


def _terms(header: dict[str, Any], parts: list[bytes]) -> tuple[TermsSource, ...]:
    """Given terms are the last parts of a task, compressed, in the order of their names."""
    names = header.get("terms", [])
    bodies = parts[len(parts) - len(names) :]
    return tuple(
        TermsSource(name, zlib.decompress(body), "given")
        for name, body in zip(names, bodies, strict=True)
    )


def _restored(header: dict[str, Any], parts: list[bytes]) -> tuple[Examined, list[bytes]]:
    """Take facts and their documents from the first parts; give what follows them."""
    digests = header.get("documents", [])
    bodies = dict(zip(digests, parts[1 : 1 + len(digests)], strict=True))
    app = facts.restore(facts.unpack(parts[0]), lambda d: zlib.decompress(bodies[d]))
    return app, parts[1 + len(digests) :]
