"""The fifteen answers: what is said for what was seen, and nothing more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from auditor import model as m
from auditor.report.answers_more import QUESTIONS, answer_all, summary, told_apart
from auditor.report.seen import Seen
from auditor.report.view import Answer
from auditor.report.where import where_to
from auditor.report.words import words
from tests import report_fixture as fixture

Change = Callable[[m.AuditReport], m.AuditReport]


def answers(report: m.AuditReport) -> dict[int, Answer]:
    return {a.number: a for a in answer_all(Seen(report))}


def reads(*found: m.SourceRead) -> Change:
    return lambda report: replace(report, reads=found, flows=(), practices=())


def flows(*found: m.Flow) -> Change:
    return lambda report: replace(report, flows=found, reads=())


BULK, PICKED = fixture.reads()[:2]
CONTACTS, LINKED, SMS, _APPS = fixture.flows()
TEXTED = replace(CONTACTS, id="t", sink_kind=m.SinkKind.SMS, endpoint="", recipient="")
PAGE = replace(CONTACTS, id="p", sink_kind=m.SinkKind.WEB, endpoint="", recipient="")
NOWHERE = replace(CONTACTS, id="n", endpoint="{?}/gather/book", recipient="unknown")
HIDDEN = m.Limit("packed", "classes.dex", "encrypted")


def with_hidden(change: Change) -> Change:
    def both(report: m.AuditReport) -> m.AuditReport:
        return replace(change(report), limits=(HIDDEN,))

    return both


def weak(report: m.AuditReport) -> m.AuditReport:
    found = tuple(replace(e, cleartext=False, checks_off=("trust_all",)) for e in report.endpoints)
    return replace(report, flows=(CONTACTS,), endpoints=found)


def nowhere(report: m.AuditReport) -> m.AuditReport:
    return replace(report, flows=(NOWHERE,), endpoints=())


def no_contacts(report: m.AuditReport) -> m.AuditReport:
    return replace(report, permissions=(), reads=(), flows=(), practices=(), limits=())


CASES = [
    pytest.param(reads(BULK), 1, "yes", "q1.whole", id="the whole book"),
    pytest.param(reads(PICKED), 1, "picked", "q1.picked", id="only the picked person"),
    pytest.param(
        reads(replace(BULK, scope=m.Scope.UNKNOWN)), 1, "partly", "q1.some", id="extent unknown"
    ),
    pytest.param(
        reads(replace(BULK, level=m.Level.REFERENCED)),
        1,
        "partly",
        "q1.referenced",
        id="code that nothing reaches",
    ),
    pytest.param(reads(), 1, "partly", "q1.requested", id="only a permission"),
    pytest.param(with_hidden(reads()), 1, "cannot_tell", "q1.hidden", id="hidden, no read seen"),
    pytest.param(with_hidden(reads(BULK)), 1, "yes", "q1.whole", id="hidden, but a read was seen"),
    pytest.param(no_contacts, 1, "no_sign", "q1.none", id="nothing about contacts"),
    pytest.param(flows(CONTACTS), 2, "yes", "q2.whole", id="a followed path of the book"),
    pytest.param(flows(LINKED), 2, "partly", "q2.linked", id="linked is never `sends`"),
    pytest.param(
        flows(replace(CONTACTS, scope=m.Scope.ONE_PICKED)), 2, "partly", "q2.picked", id="picked"
    ),
    pytest.param(
        flows(replace(CONTACTS, sink_kind=m.SinkKind.FILE)), 2, "no_sign", "q2.none", id="a file"
    ),
    pytest.param(reads(BULK), 2, "no_sign", "q2.read_only", id="read without a path"),
    pytest.param(with_hidden(reads()), 2, "cannot_tell", "q2.hidden", id="hidden, no path"),
    pytest.param(flows(CONTACTS), 3, "see", "q3.contacts", id="one address"),
    pytest.param(flows(SMS), 3, "see", "q3.any", id="an address of other data"),
    pytest.param(with_hidden(no_contacts), 3, "cannot_tell", "q3.hidden", id="hidden, no address"),
    pytest.param(flows(LINKED), 4, "yes", "q4.early", id="before consent"),
    pytest.param(flows(CONTACTS), 4, "see", "q4.seen", id="order unknown"),
    pytest.param(
        flows(replace(CONTACTS, before_consent=True)), 4, "yes", "q4.sent_early", id="sent early"
    ),
    pytest.param(
        flows(replace(CONTACTS, before_consent=False)), 4, "see", "q4.waits", id="after consent"
    ),
    pytest.param(flows(TEXTED), 2, "partly", "q2.texted", id="texts from this phone"),
    pytest.param(flows(CONTACTS, TEXTED), 2, "yes", "q2.whole", id="sent, and texts besides"),
    pytest.param(flows(PAGE), 2, "partly", "q2.page", id="handed to a page inside the app"),
    pytest.param(flows(NOWHERE), 3, "see", "q3.contacts", id="a path without a host"),
    pytest.param(nowhere, 11, "cannot_tell", "q11.run_time", id="no scheme to judge"),
    pytest.param(flows(NOWHERE), 10, "cannot_tell", "q10.no_host", id="recipient not known"),
    pytest.param(flows(TEXTED), 10, "yes", "q10.people", id="people texted are no organisation"),
    pytest.param(
        flows(replace(CONTACTS, recipient="unknown")),
        10,
        "cannot_tell",
        "q10.unnamed",
        id="a host that nobody is known to hold is no `no sign`",
    ),
    pytest.param(weak, 11, "partly", "q11.weak", id="HTTPS with its checks switched off"),
    pytest.param(
        reads(replace(BULK, data_type=m.DataType("sms"))), 6, "no_sign", "q6.read", id="only read"
    ),
    pytest.param(no_contacts, 5, "no_sign", "q5.none", id="no facts"),
    pytest.param(flows(SMS), 6, "yes", "q6.only", id="messages leave"),
    pytest.param(flows(CONTACTS, SMS), 6, "yes", "q6.sent", id="messages leave too"),
    pytest.param(
        flows(replace(SMS, level=m.Level.LINKED)), 6, "partly", "q6.linked", id="messages linked"
    ),
    pytest.param(lambda r: r, 7, "no", "q7.incorrect", id="the terms deny it"),
    pytest.param(
        lambda r: replace(r, terms=m.Terms()), 7, "cannot_tell", "q7.no_terms", id="no terms"
    ),
    pytest.param(no_contacts, 7, "see", "q7.only_denial", id="denied and not seen"),
    pytest.param(lambda r: r, 8, "yes", "q8.seen", id="collection in the terms"),
    pytest.param(
        lambda r: replace(r, terms=m.Terms()), 8, "cannot_tell", "q7.no_terms", id="no terms at all"
    ),
    pytest.param(lambda r: r, 9, "cannot_tell", "q9.unknown", id="refusal cannot be read"),
    pytest.param(lambda r: r, 10, "yes", "q10.seen", id="a third party"),
    pytest.param(flows(CONTACTS), 10, "partly", "q10.libraries", id="only libraries"),
    pytest.param(lambda r: r, 11, "no", "q11.plain", id="plain HTTP"),
    pytest.param(
        lambda r: replace(r, flows=(CONTACTS,), endpoints=()),
        11,
        "partly",
        "q11.https",
        id="HTTPS seen",
    ),
    pytest.param(lambda r: r, 12, "cannot_tell", "q12.none", id="no guard"),
    pytest.param(
        flows(replace(CONTACTS, guards=("installer is Play",))),
        12,
        "partly",
        "q12.seen",
        id="guard",
    ),
    pytest.param(lambda r: r, 13, "see", "q13.how", id="marks of the maker"),
    pytest.param(lambda r: r, 14, "see", "q14.some", id="some limits"),
    pytest.param(with_hidden(reads()), 14, "see", "q14.hidden", id="hidden code"),
    pytest.param(no_contacts, 14, "see", "q14.nothing", id="no limit is not `all seen`"),
    pytest.param(lambda r: r, 15, "see", "q15.first", id="what to do"),
]


@pytest.mark.parametrize(("change", "number", "verdict", "key"), CASES)
def test_answer(change: Change, number: int, verdict: str, key: str) -> None:
    found = answers(change(fixture.rich()))[number]
    assert (found.verdict, found.short.key) == (verdict, key)


def test_every_question_is_answered_in_its_order() -> None:
    for make in (fixture.rich, fixture.packed, fixture.quiet):
        assert [a.number for a in answer_all(Seen(make()))] == list(range(1, len(QUESTIONS) + 1))
    assert len(QUESTIONS) == 15


def test_the_picker_mask_is_said() -> None:
    said = [s.key for s in answers(fixture.rich())[1].more]
    assert said == ["q1.mask", "q1.permission"]


def test_hidden_code_never_reads_as_clean() -> None:
    for number, found in answers(fixture.packed()).items():
        assert found.verdict not in ("no_sign", "no"), number
    opening = words("en").sentences(summary(answer_all(Seen(fixture.packed())), fixture.packed()))
    assert "cannot be told" in opening
    assert "does not mean “not there”" in opening


def test_the_opening_in_plain_words() -> None:
    report = fixture.rich()
    opening = [words("en").text(s) for s in summary(answer_all(Seen(report)), report)]
    assert opening == [
        "The code of this app can read your whole address book.",
        "The code can send the whole book to the app's own operator (api.kuaiyijie.example).",
        "The address book can be reached before you have agreed to anything.",
        "About the address book, the terms say the opposite.",
        "Besides the address book, the code can send the list of installed apps and text messages.",
        "Before you have agreed to anything it can send the list of installed apps.",
        "2 sentences of the terms speak of debt collection, telling other people,"
        " or credit bureaus.",
        "Not everything could be examined: native libraries (searched for text only), calls whose"
        " target is decided at run time and terms that are only linked.",
    ]


def test_the_opening_says_that_a_missing_permission_stops_the_read() -> None:
    report = replace(fixture.rich(), permissions=())
    opening = [s.key for s in summary(answer_all(Seen(report)), report)]
    assert opening[:2] == ["q1.whole", "q1.no_permission"]


def test_where_data_go_is_said_as_far_as_it_is_known() -> None:
    said = [
        words("en").text(where_to([flow]))
        for flow in (CONTACTS, NOWHERE, TEXTED, PAGE, replace(NOWHERE, endpoint=""))
    ]
    assert said == [
        "the app's own operator (api.kuaiyijie.example)",
        "a server whose address is set only while the app runs",
        "people by text message or call",
        "a web page inside the app",
        "a place whose address is not known",
    ]


def test_findings_with_one_title_are_told_apart_by_their_recipient() -> None:
    first, *others = fixture.findings()
    twins = [
        replace(first, id=i, practice=f"share:contacts:{who}")
        for i, who in (("a", "first_party"), ("b", "web_page"))
    ]
    found = told_apart([*twins, others[0]])
    assert [words("en").text(t).endswith(")") for t in found.values()] == [True, True, False]
    assert words("zh").text(found["b"]).endswith("（去向：应用内的网页）")


def test_exhibits_are_numbered_once_and_shown_at_first_use() -> None:
    found = answers(fixture.rich())
    shown = [s for a in found.values() for s in a.exhibits]
    first = [s.exhibit.number for s in shown if s.first]
    assert first == list(range(1, len(first) + 1))
    assert {s.exhibit.number for s in shown} == set(first)


def test_the_quoted_lines_hold_the_call() -> None:
    exhibit = answers(fixture.rich())[1].exhibits[0].exhibit
    (spot,) = exhibit.spots
    assert spot.method == "com.kuaiyijie.loan.contact.ContactReader.readAll(Context)"
    assert [line.number for line in spot.lines if line.hit] == [4]
    assert "CONTENT_URI" in spot.lines[3].text
    assert (spot.offset, spot.dex) == (18, "classes.dex")


def test_caps_count_what_they_leave_out() -> None:
    report = fixture.rich()
    many = tuple(
        replace(BULK, site=m.CallSite(BULK.site.signature, f"Lcom/a/B{i:03};->x()V", i, "c.dex"))
        for i in range(50)
    )
    found = answers(replace(report, reads=many))[1]
    assert len(found.exhibits) == 4
    assert found.exhibits_left_out == 47
