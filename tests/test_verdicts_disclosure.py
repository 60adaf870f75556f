"""How the terms disclose a practice: one row a case, tried in every order of the statements."""

from __future__ import annotations

import itertools
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.catalog import Catalog
from auditor.model import (
    Action,
    DataType,
    Disclosure,
    Level,
    Limit,
    Practice,
    Scope,
    Statement,
    Terms,
    TermsDocument,
)
from auditor.verdicts import classify, disclose
from auditor.verdicts.disclosure import load_reasons
from auditor.verdicts.ontology import Ontology, load_ontology
from auditor.verdicts.parties import Parties

CATALOG = Catalog()
ONTOLOGY = load_ontology(CATALOG)
REASONS = load_reasons(CATALOG)
DOCUMENT = TermsDocument("t", "0", "en", "given", "privacy_policy", "text")


def practice(
    data_type: str = "contacts",
    recipient: str = "first_party",
    scope: Scope = Scope.BULK,
    action: Action = Action.SHARE,
    owner: str = "app",
) -> Practice:
    return Practice(
        action, DataType(data_type), Level.TRACED, scope, recipient, (), (),
        Disclosure.NO_TERMS, (), owner,
    )  # fmt: skip


_NUMBERS = itertools.count()


def says(
    *types: str,
    no: bool = False,
    scope: str = "",
    action: Action = Action.COLLECT,
    entity: str = "we",
    to: tuple[str, ...] = (),
    modality: str = "",
    broad: bool = False,
    purposes: tuple[str, ...] = (),
    quote: str = "It says so.",
    confidence: str = "high",
) -> Statement:
    """A statement; `broad` when its words only cover the types."""
    number = next(_NUMBERS)
    data_types = tuple(DataType(t) for t in types)
    return Statement(
        id=f"s{number:03}",
        entity=entity,
        action=action,
        data_types=data_types,
        negated=no,
        purposes=purposes,
        recipients=to,
        quote=quote,
        document="t",
        start=number,
        end=number + 1,
        modality=modality,
        scope=scope,
        exact=() if broad else data_types,
        confidence=confidence,
    )


NAMED = says("contacts")
PHONES = says("contacts.phone")
DENIED = says("contacts", no=True)
BROAD = says("personal_information")
EMERGENCY = says("emergency_contact")
LIST = [says("phone_number"), says("id_card"), says("bank_card")]
CHOSEN = says("contacts", scope="selected_only")
REST_DENIED = says("contacts", no=True, scope="other_only")
C, V, A, X, OM = (
    Disclosure.CLEAR, Disclosure.VAGUE, Disclosure.AMBIGUOUS, Disclosure.INCORRECT,
    Disclosure.OMITTED,
)  # fmt: skip
UPLOAD = practice()
PICK = practice(scope=Scope.ONE_PICKED)
READ = practice(recipient="", action=Action.COLLECT)
TO_ACME = practice(recipient="Acme Data")
SMS = practice("sms")
TEXTS = practice(recipient="people_texted")


@pytest.mark.parametrize(
    ("what", "statements", "expected", "reason"),
    [
        # PoliCheck's classes
        pytest.param(UPLOAD, [], OM, "silent", id="the terms are silent"),
        pytest.param(UPLOAD, [says("sms")], OM, "silent", id="they speak of other data"),
        pytest.param(UPLOAD, [says("con")], OM, "silent", id="half a word is no broader type"),
        pytest.param(UPLOAD, [NAMED], C, "named", id="the data are named"),
        pytest.param(UPLOAD, [PHONES], C, "named", id="a part of the data is named"),
        pytest.param(UPLOAD, [BROAD], V, "broader_words", id="only the broadest words"),
        pytest.param(UPLOAD, [BROAD, NAMED], C, "named", id="exact words win over broad ones"),
        pytest.param(UPLOAD, [DENIED], X, "denied", id="the terms deny it"),
        pytest.param(UPLOAD, [NAMED, DENIED], A, "says_both", id="the terms contradict themselves"),
        pytest.param(
            UPLOAD, [BROAD, DENIED], X, "denied_beside_broad_words", id="named in the denial only"
        ),
        pytest.param(
            UPLOAD, [NAMED, says("communication_information", no=True)], C, "named",
            id="the nearer word wins",
        ),
        pytest.param(
            UPLOAD, [says("personal_information", no=True)], X, "denied",
            id="a denial in broad words denies the narrower too",
        ),
        pytest.param(
            UPLOAD,
            [says("communication_information"), says("communication_information", no=True)],
            A, "says_both", id="broad words that contradict each other",
        ),
        # words that were understood through a broader word
        pytest.param(
            UPLOAD, [says("contacts", "sms", "call_log", broad=True)], V, "broader_words",
            id="communication information",
        ),
        pytest.param(
            UPLOAD, [says("contacts", broad=True)], V, "broader_words",
            id="a broad word that the reader narrowed",
        ),
        # words about personal information in general
        pytest.param(
            UPLOAD, [BROAD, *LIST], OM, "silent", id="beside a list the general word is the list"
        ),
        pytest.param(
            UPLOAD,
            [says("personal_information", quote="Including but not limited to these."), *LIST],
            V, "broader_words", id="unless it leaves the list open",
        ),
        pytest.param(
            UPLOAD, [says("personal_information", quote="How we collect personal information")],
            OM, "silent", id="a heading is no statement",
        ),
        pytest.param(
            UPLOAD, [says("personal_information", confidence="low")], OM, "silent",
            id="a general word read with low confidence",
        ),
        pytest.param(
            UPLOAD, [says("personal_information", action=Action.RETAIN)], OM, "silent",
            id="that it is kept safe",
        ),
        pytest.param(
            UPLOAD, [says("other_information"), *LIST], V, "broader_words",
            id="certain information on your device, beside a list",
        ),
        pytest.param(
            UPLOAD,
            [says("other_information"), says("phone_number", "id_card", "bank_card", "face",
                                             "location", "device_ids")],
            OM, "silent", id="other necessary information, beside a full list",
        ),
        pytest.param(
            UPLOAD, [says("personal_information", no=True, scope="other_only"), *LIST], OM,
            "silent", id="no irrelevant information",
        ),
        pytest.param(
            UPLOAD, [NAMED, says("personal_information", no=True), *LIST], C, "named",
            id="no personal information of children, say",
        ),
        pytest.param(
            UPLOAD, [says("contacts", purposes=("emergency_contact",))], V,
            "declared_for_choosing", id="declared for choosing an emergency contact",
        ),
        pytest.param(
            UPLOAD, [says("contacts", purposes=("emergency_contact",)), REST_DENIED], X,
            "beyond_declared_part", id="declared for choosing, and no others",
        ),
        pytest.param(
            UPLOAD,
            [says("contacts", no=True, scope="other_only", purposes=("emergency_contact",))],
            X, "beyond_declared_part", id="no others, in a sentence about emergency contacts",
        ),
        pytest.param(
            PICK, [says("contacts", purposes=("emergency_contact",))], C, "named",
            id="declared for choosing, one picked",
        ),
        pytest.param(
            UPLOAD, [says("contacts", purposes=("emergency_contact",), action=Action.UPLOAD)], C,
            "named", id="declared to be uploaded, whatever for",
        ),
        # emergency contacts are not the address book
        pytest.param(UPLOAD, [EMERGENCY], OM, "silent", id="emergency contacts only"),
        pytest.param(PICK, [EMERGENCY], C, "named", id="a picked emergency contact"),
        pytest.param(PICK, [EMERGENCY, DENIED], C, "named", id="picked, the book denied"),
        pytest.param(PICK, [DENIED], X, "denied", id="picked though contacts are denied"),
        # scope
        pytest.param(UPLOAD, [CHOSEN], X, "beyond_declared_part", id="chosen entries, whole book"),
        pytest.param(PICK, [CHOSEN], C, "named", id="chosen entries, one picked"),
        pytest.param(PICK, [CHOSEN, REST_DENIED], C, "named", id="chosen, others denied, picked"),
        pytest.param(
            UPLOAD, [EMERGENCY, REST_DENIED], X, "beyond_declared_part",
            id="emergency contacts, no other contacts",
        ),
        pytest.param(
            UPLOAD, [CHOSEN, says("contacts", scope="full")], C, "named",
            id="the whole book is declared elsewhere",
        ),
        pytest.param(
            practice(scope=Scope.UNKNOWN), [CHOSEN], V, "part_declared",
            id="chosen entries, and the code does not show how many",
        ),
        pytest.param(
            SMS, [says("sms", scope="otp_only")], X, "beyond_declared_part", id="codes only"
        ),
        pytest.param(
            SMS, [says("sms"), says("sms", no=True, scope="other_only")], X,
            "beyond_declared_part", id="these messages and no others",
        ),
        pytest.param(
            UPLOAD, [NAMED, says("personal_information", no=True, scope="other_only")], C, "named",
            id="named, and no other personal information",
        ),
        pytest.param(
            READ, [says("contacts", scope="local_only")], C, "named", id="read on the device"
        ),
        pytest.param(
            UPLOAD, [says("contacts", scope="local_only")], X, "kept_on_device",
            id="said to stay on the device, sent",
        ),
        # what a denial denies
        pytest.param(
            UPLOAD, [NAMED, says("contacts", no=True, action=Action.SELL)], C, "named",
            id="not sold, but collected",
        ),
        pytest.param(
            UPLOAD, [NAMED, says("personal_information", no=True, action=Action.SHARE)], C, "named",
            id="not shared with others, sent to ourselves",
        ),
        pytest.param(
            READ, [NAMED, says("contacts", no=True, action=Action.UPLOAD)], C, "named",
            id="read but not uploaded",
        ),
        pytest.param(
            READ, [says("contacts", no=True, action=Action.UPLOAD)], C, "named",
            id="said not to be uploaded, and only read",
        ),
        pytest.param(
            UPLOAD, [says("contacts", no=True, action=Action.UPLOAD)], X, "denied",
            id="said not to be uploaded",
        ),
        pytest.param(
            UPLOAD, [says("contacts", no=True, modality="with_consent")], OM, "only_a_condition",
            id="not without consent is no denial",
        ),
        pytest.param(
            UPLOAD, [says("contacts.email", no=True), NAMED], C, "named",
            id="a part that the code does not take is denied",
        ),
        pytest.param(
            replace(UPLOAD, details=(DataType("contacts.email"),)),
            [says("contacts.email", no=True), NAMED], A, "says_both",
            id="a part that the code takes is denied",
        ),
        pytest.param(
            UPLOAD,
            [NAMED, says("contacts", no=True, action=Action.USE, purposes=("debt_collection",))],
            C, "named", id="collected, but not used for debt collection",
        ),
        pytest.param(
            TEXTS, [says("contacts", no=True, action=Action.USE, purposes=("debt_collection",))],
            X, "denied", id="said not to be contacted, texted",
        ),
        pytest.param(
            TEXTS, [NAMED], OM, "declared_not_for_texting", id="collected, texted unannounced"
        ),
        pytest.param(
            TEXTS, [says("contacts", action=Action.USE, purposes=("debt_collection",))], C,
            "named", id="texted as announced",
        ),
        pytest.param(
            UPLOAD, [NAMED, replace(DENIED, start=NAMED.start, end=NAMED.end)], X, "denied",
            id="one sentence that ends in a no",
        ),
        # recipient
        pytest.param(
            TO_ACME, [NAMED], OM, "declared_for_ourselves",
            id="declared for ourselves, sent to a third party",
        ),
        pytest.param(
            TO_ACME, [says("contacts", action=Action.SHARE, to=("third_party",))], V,
            "recipient_not_named", id="third parties in general",
        ),
        pytest.param(
            TO_ACME, [says("contacts", action=Action.SHARE, to=("ACME Data Co., Ltd.",))], C,
            "named", id="the recipient is named",
        ),
        pytest.param(
            TO_ACME, [says("contacts", action=Action.SHARE, to=("Other Corp",))], OM, "silent",
            id="another recipient is named",
        ),
        pytest.param(
            TO_ACME, [says("contacts", action=Action.SHARE, to=("credit_bureau",))], OM, "silent",
            id="a recipient of another kind",
        ),
        pytest.param(TO_ACME, [DENIED], X, "denied", id="not collected at all"),
        pytest.param(
            TO_ACME,
            [
                says("personal_information", action=Action.SHARE, to=("third_party",)),
                says("personal_information", no=True, action=Action.SHARE, to=("third_party",)),
            ],
            V, "broader_words", id="sharing in general, denied and allowed in general",
        ),
        pytest.param(
            TO_ACME, [says("personal_information", no=True, action=Action.SHARE)], X, "denied",
            id="not shared with anyone",
        ),
        pytest.param(
            TO_ACME, [says("contacts", entity="Acme Data")], C, "named",
            id="the third party's own clause",
        ),
        pytest.param(
            UPLOAD, [says("contacts", entity="Acme Data")], OM, "silent",
            id="another's clause says nothing of ourselves",
        ),
        pytest.param(
            UPLOAD, [says("contacts", entity="user")], OM, "silent", id="what the user does"
        ),
    ],
)  # fmt: skip
def test_classify(
    what: Practice, statements: list[Statement], expected: Disclosure, reason: str
) -> None:
    for order in itertools.permutations(statements):  # of five at most
        found = classify(what, Terms((DOCUMENT,), order), ONTOLOGY)

        assert (found.disclosure, found.reason) == (expected, reason)
        assert REASONS[found.reason].disclosure is expected
        assert set(found.statements) <= {s.id for s in statements}
        assert (found.vagueness is not None) == (expected is Disclosure.VAGUE)


@pytest.mark.parametrize(
    ("statement", "vagueness"),
    [
        (says("personal_information"), 1.0),
        (says("communication_information"), 0.5),
        (says("contacts", "sms", "call_log", broad=True), 0.5),
        (says("other_information"), 0.5),
    ],
)
def test_vagueness_is_policheck_s_measure(statement: Statement, vagueness: float) -> None:
    found = classify(UPLOAD, Terms((DOCUMENT,), (statement,)), ONTOLOGY)

    assert found.vagueness == vagueness


def test_without_terms_nothing_is_omitted() -> None:
    unread = Terms(limits=(Limit("terms_unreadable", "t", "scanned"),))

    for terms in (Terms(), unread):
        assert classify(UPLOAD, terms, ONTOLOGY).disclosure is Disclosure.NO_TERMS


def test_a_library_is_known_by_its_other_names_and_its_role() -> None:
    what = practice(recipient="Tong Ltd", owner="tong-sdk")
    parties = Parties({"tong-sdk": ("Tong Risk SDK", "risk_vendor")})
    by_name = says("contacts", action=Action.SHARE, to=("Tong Risk",))
    by_role = says("contacts", action=Action.SHARE, to=("risk_vendor",))

    def found(statement: Statement) -> Disclosure:
        return classify(what, Terms((DOCUMENT,), (statement,)), ONTOLOGY, parties).disclosure

    assert found(by_name) is Disclosure.CLEAR
    assert found(by_role) is Disclosure.VAGUE


def test_a_host_for_rent_is_no_third_party_of_its_own() -> None:
    what = practice(recipient="Cloud Co")
    terms = Terms((DOCUMENT,), (NAMED,))

    assert classify(what, terms, ONTOLOGY).disclosure is Disclosure.OMITTED
    rented = Parties(for_rent=frozenset({"Cloud Co"}))
    assert classify(what, terms, ONTOLOGY, rented).disclosure is Disclosure.CLEAR


def test_disclose_fills_in_statements_purposes_and_the_reason_in_words() -> None:
    statement = says("contacts", purposes=("credit_assessment",))

    [found] = disclose([UPLOAD], Terms((DOCUMENT,), (statement,)), ONTOLOGY, REASONS)

    assert found.statements == (statement.id,)
    assert found.purposes == ("credit_assessment",)
    assert found.why == "The terms name it: address book."


def test_taking_and_sending_to_the_own_server_are_judged_as_one_act() -> None:
    local = Terms((DOCUMENT,), (says("contacts", scope="local_only"),))

    def disclosures(*practices: Practice) -> list[Disclosure]:
        return [p.disclosure for p in disclose(practices, local, ONTOLOGY, REASONS)]

    assert disclosures(READ) == [C]
    assert disclosures(READ, UPLOAD) == [X, X]
    assert disclosures(READ, TO_ACME) == [C, OM]


def test_the_nearest_statement_comes_first() -> None:
    found = classify(UPLOAD, Terms((DOCUMENT,), (BROAD, PHONES)), ONTOLOGY)

    assert found.statements == (PHONES.id, BROAD.id)


def test_distances_follow_the_longest_chain_of_broader_words() -> None:
    graph = Ontology(
        {"personal_information": (), "device": ("personal_information",), "imei": ("device",)},
        {},
        {},
    )

    assert graph.distance("imei", "personal_information") == 2
    assert graph.distance("personal_information", "imei") is None
    assert graph.vagueness("imei", "device") == 0.5
    assert graph.vagueness("imei", "contacts") == 1.0
    assert graph.distance("never.seen", "never") == 1


TYPES = ("contacts", "contacts.phone", "emergency_contact", "sms", "personal_information",
         "other_information", "communication_information", "never_seen")  # fmt: skip
STATEMENTS = st.builds(
    says,
    st.sampled_from(TYPES),
    no=st.booleans(),
    scope=st.sampled_from(("", "full", "selected_only", "local_only", "otp_only", "other_only")),
    action=st.sampled_from(list(Action)),
    entity=st.sampled_from(("we", "", "user", "third_party", "Acme Data")),
    to=st.sampled_from(((), ("third_party",), ("Acme",), ("credit_bureau",))),
    modality=st.sampled_from(("", "optional", "with_consent", "only_if")),
    broad=st.booleans(),
    purposes=st.sampled_from(((), ("emergency_contact",), ("debt_collection",))),
    confidence=st.sampled_from(("high", "low")),
)
PRACTICES = st.builds(
    practice,
    st.sampled_from(("contacts", "sms", "personal_information", "never_seen")),
    st.sampled_from(("", "first_party", "unknown", "people_texted", "Acme Data")),
    st.sampled_from(list(Scope)),
    st.sampled_from((Action.COLLECT, Action.SHARE)),
    st.sampled_from(("app", "acme-sdk")),
)


@settings(max_examples=300, deadline=None)
@given(PRACTICES, st.lists(STATEMENTS, max_size=6), st.randoms(use_true_random=False))
def test_every_text_has_one_class_whatever_the_order(
    what: Practice, statements: list[Statement], random: Random
) -> None:
    shuffled = list(statements)
    random.shuffle(shuffled)

    found = classify(what, Terms((DOCUMENT,), tuple(statements)), ONTOLOGY)

    assert found == classify(what, Terms((DOCUMENT,), tuple(shuffled)), ONTOLOGY)
    assert REASONS[found.reason].disclosure is found.disclosure
    assert found.disclosure is not Disclosure.NO_TERMS
    assert (found.vagueness is not None) == (found.disclosure is V)
    assert found.vagueness is None or 0 <= found.vagueness <= 1


@settings(max_examples=200, deadline=None)
@given(st.lists(STATEMENTS, max_size=5))
def test_a_plain_yes_is_never_passed_over(statements: list[Statement]) -> None:
    found = classify(UPLOAD, Terms((DOCUMENT,), (*statements, NAMED)), ONTOLOGY)

    assert found.disclosure in (C, A, X)
    if not any(s.negated for s in statements):
        assert found.disclosure is C
