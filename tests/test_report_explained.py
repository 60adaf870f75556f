"""One finding or flow in words, for the terminal: from the report alone, in both languages."""

from __future__ import annotations

import pytest

from auditor.errors import UsageError
from auditor.report.document import build
from auditor.report.explained import Explained, explain_in
from tests import report_fixture as fixture

DOCUMENT = build(fixture.rich())
FINDING = DOCUMENT.findings[0]


def section(one: Explained, heading: str) -> tuple[str, ...]:
    return next(lines for name, lines in one.sections if name == heading)


@pytest.mark.parametrize("name", [FINDING.id, FINDING.rule])
def test_a_finding_is_found_by_its_id_and_by_its_rule(name: str) -> None:
    found = explain_in(DOCUMENT, name, "en")

    assert [one.id for one in found] == [FINDING.id]
    assert found[0].title == FINDING.title


def test_a_finding_names_its_flows_its_sentences_and_what_it_does_not_show() -> None:
    (one,) = explain_in(DOCUMENT, FINDING.id, "en")
    flows = {f.id: f for f in DOCUMENT.flows}
    statements = {s.id: s for s in DOCUMENT.terms.statements}
    named = [e for e in FINDING.evidence if e in flows]
    said = [statements[e] for e in FINDING.evidence if e in statements]

    assert named and said
    for id_ in named:
        head, *steps = section(one, id_)
        assert flows[id_].endpoint in head
        assert len(steps) == len(flows[id_].steps)
        assert steps[0].endswith(f"@{flows[id_].steps[0].offset})")
    quoted = section(one, "The terms")
    assert [s.quote in line for s, line in zip(said, quoted, strict=True)] == [True] * len(said)
    assert section(one, "Provisions it bears on")[0].endswith(
        f"({FINDING.indicators[0].provision})"
    )
    assert list(section(one, "What this does not show")) == FINDING.not_shown
    assert list(section(one, "What speaks for the lender")) == FINDING.in_favour


def test_a_flow_is_explained_by_its_id_and_says_whom_it_reaches() -> None:
    flow = next(f for f in DOCUMENT.flows if f.recipient == "first_party")
    (one,) = explain_in(DOCUMENT, flow.id, "zh")

    assert "应用运营方" in one.sections[0][1][0]


def test_text_messages_go_to_people_not_to_nobody() -> None:
    flow = DOCUMENT.flows[0]
    sink = flow.sink.model_copy(update={"kind": "sms"})
    texted = flow.model_copy(update={"id": "t", "sink": sink, "endpoint": "", "recipient": ""})
    (one,) = explain_in(DOCUMENT.model_copy(update={"flows": [texted]}), "t", "en")

    assert "people by text message or call" in one.sections[0][1][0]


def test_foreign_text_has_no_control_characters() -> None:
    document = build(fixture.everywhere("a\x1b[31mb\u202ec\nd"))
    for name in (document.findings[0].id, document.flows[0].id):
        for one in explain_in(document, name, "en"):
            lines = [one.id, one.title, *(line for _, lines in one.sections for line in lines)]
            assert not [x for line in lines for x in line if x in "\x1b\n\u202e"]


def test_what_is_not_in_the_report_is_not_explained() -> None:
    assert explain_in(DOCUMENT, "no such thing", "en") == ()
    with pytest.raises(UsageError, match="no messages in 'xx'"):
        explain_in(DOCUMENT, FINDING.id, "xx")
