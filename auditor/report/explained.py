"""Explain one finding or one flow of a report in words: for the terminal.

In: a document, an id. Out: headings with lines in one language, cleaned like everything foreign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.report.clean import one_line
from auditor.report.contract import Document, FindingOut, IndicatorOut, StatementOut
from auditor.report.contract_app import FlowOut
from auditor.report.spoken import spoken
from auditor.report.view import party_by, readable, recipient
from auditor.report.words import Code, Name, Value, Words, say, words

FLOWS, SENTENCES, PROVISIONS, STEPS = 6, 12, 12, 40
"""Most that is listed of each."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One finding or flow."""

    id: str
    title: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    """Heading, perhaps empty, and lines."""


def explain_in(document: Document, name: str, lang: str) -> tuple[Explained, ...]:
    """Explain the findings whose id or rule is `name`, and the flow of that id.

    Raises:
        UsageError: there are no messages in `lang`.
    """
    speak = words(lang)
    flows = {f.id: f for f in document.flows}
    found = [
        _finding(f, document, flows, speak) for f in document.findings if name in (f.id, f.rule)
    ]
    if name in flows:
        found.append(Explained(name, name, (("", tuple(_flow(flows[name], speak))),)))
    return tuple(found)


def _finding(
    finding: FindingOut, document: Document, flows: Mapping[str, FlowOut], speak: Words
) -> Explained:
    statements = {s.id: s for s in document.terms.statements}
    named = [n for n in finding.evidence if n not in flows and n not in statements]
    severity = speak.name("severity", finding.severity)
    parts: list[tuple[str, list[str]]] = [
        ("finding.severity", [severity, *_text(finding, "severity_why", speak)]),
        ("finding.why", _text(finding, "why", speak)),
        (
            "finding.sure",
            [
                speak.name("confidence", finding.confidence),
                *_text(finding, "confidence_why", speak),
            ],
        ),
    ]
    for id_ in [n for n in finding.evidence if n in flows][:FLOWS]:
        parts.append((f"={id_}", list(_flow(flows[id_], speak))))
    quotes = [_quote(statements[n], speak) for n in finding.evidence if n in statements]
    parts += [
        ("finding.places", [one_line(n, 300) for n in named[:SENTENCES]]),
        ("finding.sentence", quotes[:SENTENCES]),
        ("finding.provision", [_provision(i, speak) for i in finding.indicators[:PROVISIONS]]),
        ("finding.in_favour", _text(finding, "in_favour", speak)),
        ("finding.not_shown", _text(finding, "not_shown", speak)),
        ("finding.to_do", _text(finding, "to_do", speak)),
    ]
    sections = tuple(
        (key[1:] if key[0] == "=" else speak.text(say(key)), tuple(lines))
        for key, lines in parts
        if lines
    )
    title = (_text(finding, "title", speak) or [finding.rule])[0]
    return Explained(one_line(finding.id, 200), title, sections)


def _text(finding: FindingOut, name: str, speak: Words) -> list[str]:
    """Give one text or list of a finding in the language, else in English."""
    own = finding.texts.get(f"{name}.{speak.code}")
    value = own.split("\n") if own is not None else getattr(finding, name)
    listed = value if isinstance(value, list) else [value]
    return [one_line(item, 1_000) for item in listed if item]


def _flow(flow: FlowOut, speak: Words) -> Iterator[str]:
    facts: list[Value] = [
        Name("data_type", flow.data_type),
        Name("scope", flow.scope),
        Name("level", flow.level),
        Name("trigger", flow.trigger or "unknown"),
        Name("consent", str(flow.before_consent).lower()),
        recipient(party_by(flow.recipient, flow.sink.kind)),
    ]
    if flow.endpoint:
        facts.append(Code(f"{flow.http_method} {flow.endpoint}".strip()))
    yield " · ".join(speak.text(fact) for fact in facts)
    for step in flow.steps[:STEPS]:
        where = f"{one_line(step.dex, 80)} {readable(step.caller)} @{step.offset}"
        yield f"{speak.text(spoken(step.text, 'step'))}  ({where})"


def _quote(statement: StatementOut, speak: Words) -> str:
    said = speak.text(say("diff.quote", quote=statement.quote))
    return f"{said}  ({one_line(statement.document, 120)} {statement.start}–{statement.end})"


def _provision(indicator: IndicatorOut, speak: Words) -> str:
    zh = speak.code == "zh"
    title = (zh and (indicator.title_zh or indicator.title_local)) or indicator.title
    says = (indicator.says_zh if zh else indicator.says) or indicator.says
    date = (indicator.date_note_zh if zh else indicator.date_note) or indicator.effective_from
    grade = speak.name("grade", indicator.grade) if indicator.grade else ""
    noted = " ".join(filter(None, (date, grade)))
    return one_line(f"{title} {indicator.article}: {says} [{noted}] ({indicator.provision})", 900)
