"""From the bytes of some documents to `model.Terms`: the whole stage on one screen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from auditor.catalog import Catalog
from auditor.model import DataType, Limit, Statement, Terms, TermsDocument, Warning_
from auditor.terms.conflicts import find_conflicts
from auditor.terms.document import date_of, document_words, role_of, title_of, version_of
from auditor.terms.formats import layout_of
from auditor.terms.language import tag_of
from auditor.terms.lexicon import lexicon_of
from auditor.terms.reading import DocumentReader, Reading
from auditor.terms.sources import TermsSource
from auditor.terms.warn import warning_rules, warnings_of


def read_terms(documents: Sequence[TermsSource], catalog: Catalog) -> Terms:
    """Read every document; what cannot be read is a `Limit`, never an error."""
    lexicon = lexicon_of(catalog)
    read: list[TermsDocument] = []
    statements: list[Statement] = []
    limits: list[Limit] = []
    warnings: list[Warning_] = []
    rules = warning_rules(catalog)
    roles = document_words(catalog, "role")
    names: set[str] = set()
    for source in documents:
        layout, found = layout_of(source)
        limits.extend(found)
        if layout is None:
            continue
        name = _unique(source.name, names)
        text = layout.text
        tag = tag_of(text)
        document = TermsDocument(
            name=name,
            sha256=hashlib.sha256(source.data).hexdigest(),
            language=tag,
            origin=source.origin,
            role=role_of(layout, source.name, source.role_hint, roles),
            text=text,
            title=title_of(layout),
            effective_date=date_of(text),
            version=version_of(text),
        )
        read.append(document)
        reader = DocumentReader(layout, lexicon, tag.split("-")[0], tag == "zh-Hant")
        own = _statements(document, reader.read(), len(read))
        statements.extend(own)
        warnings.extend(warnings_of(document, reader.spoken(), own, rules))
    conflicts = find_conflicts(statements, lexicon.hypernyms)
    return Terms(
        tuple(read), tuple(statements), tuple(warnings), (), tuple(limits), tuple(conflicts)
    )


def _unique(name: str, names: set[str]) -> str:
    """A name that no other document has; statements refer to documents by it."""
    chosen, number = name, 2
    while chosen in names:
        chosen, number = f"{name} ({number})", number + 1
    names.add(chosen)
    return chosen


def _statements(document: TermsDocument, readings: list[Reading], number: int) -> list[Statement]:
    """Number the readings of a document, each kept once."""
    found: list[Statement] = []
    seen: set[tuple[object, ...]] = set()
    for reading in readings:
        claim = reading.claim
        key = (
            reading.start,
            claim.action,
            claim.negated,
            reading.named.all,
            claim.recipients,
            claim.entity,
            claim.scope,
        )
        if key in seen:
            continue
        seen.add(key)
        found.append(
            Statement(
                id=f"s{number}.{len(found) + 1}",
                entity=claim.entity,
                action=claim.action,
                data_types=tuple(DataType(t) for t in reading.named.all),
                negated=claim.negated,
                purposes=reading.purposes,
                recipients=claim.recipients,
                quote=document.text[reading.start : reading.end],
                document=document.name,
                start=reading.start,
                end=reading.end,
                modality=claim.modality,
                scope=claim.scope,
                condition=reading.condition,
                language=reading.language,
                confidence=_confidence(claim.confidence, reading.language),
                exact=tuple(DataType(t) for t in reading.named.exact),
                context=reading.context,
            )
        )
    return found


def _confidence(own: str, language: str) -> str:
    """High only in the languages that are read at full depth."""
    return "medium" if own == "high" and language not in ("zh", "en") else own
