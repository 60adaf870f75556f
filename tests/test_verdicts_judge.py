"""Findings with their words and provisions; lending signs; rule packs; dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from auditor.catalog import Catalog
from auditor.model import (
    Endpoint,
    Finding,
    Flow,
    LendingAssessment,
    Level,
    Library,
    Limit,
    Manifest,
    Package,
    PermissionRequest,
    Severity,
    Signer,
    Statement,
    Terms,
    TermsDocument,
    Warning_,
)
from auditor.verdicts import Evidence, judge, load_knowledge, reach_verdict, risk_level
from auditor.verdicts.case import Case, is_cleartext
from auditor.verdicts.examples import make_case
from auditor.verdicts.jurisdiction import choose_jurisdictions
from auditor.verdicts.lending import Traits, assess_lending
from auditor.verdicts.provisions import AppDate, date_fit
from auditor.verdicts.rules import InlineCase, InlineStatement
from auditor.verdicts.verdict import app_date
from auditor.verdicts.words import words_in

KNOWLEDGE = load_knowledge(Catalog())


@dataclass(frozen=True)
class Texts:
    """Resources that hold strings only."""

    texts: tuple[str, ...] = ()

    def string(self, res_id: int) -> Mapping[str, str]:
        return {}

    def name(self, res_id: int) -> str:
        return ""

    def id_of(self, name: str) -> int | None:
        return None

    def array(self, res_id: int) -> tuple[str, ...]:
        return ()

    def layout(self, res_id: int) -> tuple[()]:
        return ()

    def strings(self) -> Mapping[str, Mapping[str, str]]:
        return {f"s{i}": {"": text} for i, text in enumerate(self.texts)}


def app(label: str = "App", strings: tuple[str, ...] = (), **manifest: object) -> Package:
    return Package(
        path="app.apk",
        name="app.apk",
        sha256="0" * 64,
        size=1,
        parts=(),
        manifest=replace(Manifest("x.y", label=label), **manifest),  # type: ignore[arg-type]
        signers=(),
        files=(),
        resources=Texts(strings),
    )


def terms(text: str, language: str = "zh") -> Terms:
    return Terms((TermsDocument("t", "0", language, "given", "privacy_policy", text),))


def findings(example: InlineCase, **changes: object) -> dict[str, Finding]:
    case = replace(make_case(example, KNOWLEDGE), **changes)  # type: ignore[arg-type]
    return {f.rule: f for f in judge(case, KNOWLEDGE)}


DENIED = InlineCase(
    practice="share contacts first_party",
    before_consent=True,
    endpoint="http://198.51.100.7/u",
    terms=(InlineStatement(says=("contacts",), negated=True),),
    permissions=("READ_CONTACTS",),
)


def test_a_finding_says_what_where_and_in_which_words() -> None:
    finding = findings(DENIED)["contacts-upload-denied"]

    assert finding.id == "contacts-upload-denied:share:contacts:first_party"
    assert finding.severity is Severity.HIGH
    assert finding.practice == "share:contacts:first_party"
    assert finding.evidence == ("f1", "s0")
    assert finding.why == (
        "A path in the code takes all entries to the lender's own server (http://198.51.100.7/u), "
        "when the user taps something. The terms deny what the code can do: address book. "
        "The terms say: “It says so.”"
    )
    assert finding.texts["title.zh"] == "整本通讯录可被上传，而条款否认"
    assert finding.confidence == "high"


def test_both_languages_have_as_many_lines() -> None:
    for finding in findings(DENIED).values():
        for name in ("in_favour", "not_shown", "to_do"):
            lines = finding.texts[f"{name}.zh"].split("\n") if finding.texts[f"{name}.zh"] else []
            assert len(lines) == len(getattr(finding, name))
        assert finding.not_shown
        assert finding.to_do
        assert finding.severity_why


def test_every_serious_aspect_of_one_practice_is_a_finding_of_its_own() -> None:
    assert list(findings(DENIED)) == [
        "before-consent",
        "contacts-upload-denied",
        "beyond-necessity",
        "cleartext-upload",
    ]


def test_the_level_is_that_of_the_gravest_finding() -> None:
    assert risk_level(findings(DENIED).values()) is Severity.HIGH
    assert risk_level([]) is None


def test_nothing_found_is_nothing_said() -> None:
    honest = InlineCase(terms=(InlineStatement(says=("emergency_contact",)),))

    assert findings(honest) == {}


LEAVING = ("contacts", "sms", "call_log", "location", "installed_apps", "photos", "calendar",
           "accounts", "clipboard", "device_ids", "storage", "microphone")  # fmt: skip
TEXTS = {
    "omitted": (),
    "incorrect": (InlineStatement(says=LEAVING, negated=True),),
    "ambiguous": (InlineStatement(says=LEAVING), InlineStatement(says=LEAVING, negated=True)),
}


@pytest.mark.parametrize("data_type", LEAVING)
@pytest.mark.parametrize("disclosure", TEXTS)
@pytest.mark.parametrize("recipient", ["first_party", "unknown", "Acme Data"])
def test_whatever_leaves_undeclared_is_reported(
    data_type: str, disclosure: str, recipient: str
) -> None:
    example = InlineCase(practice=f"share {data_type} {recipient}", terms=TEXTS[disclosure])

    found = [f for f in findings(example).values() if f.disclosure]

    assert found
    if recipient != "Acme Data":
        assert {str(f.disclosure) for f in found} == {disclosure}


def provisions(example: InlineCase, rule: str, **changes: object) -> list[str]:
    return [i.provision for i in findings(example, **changes)[rule].indicators]


def test_anchors_come_first_and_only_verified_automatic_provisions_attach() -> None:
    found = findings(DENIED)["contacts-upload-denied"].indicators
    attaching = {
        p.id
        for i in KNOWLEDGE.instruments
        for p in i.provisions
        if p.verified and p.auto_trigger and i.jurisdiction == "cn"
    }

    assert {i.provision for i in found} <= attaching
    anchors = [i.anchor for i in found]
    assert anchors == sorted(anchors, reverse=True)
    assert "cn-pipl.17" in [i.provision for i in found if i.anchor]
    assert all(i.says and i.says_zh and i.shows and i.shows_zh and i.date_note for i in found)


def test_provisions_for_lenders_need_a_lending_app() -> None:
    example = replace_example(DENIED, jurisdictions=("id",))

    assert "id-seojk-19-2025.camilan" in provisions(example, "contacts-upload-denied")
    for unsure in (LendingAssessment(None), LendingAssessment(False)):
        found = provisions(example, "contacts-upload-denied", lending=unsure)
        assert "id-seojk-19-2025.camilan" not in found


def replace_example(example: InlineCase, **changes: object) -> InlineCase:
    return example.model_copy(update=changes)


def test_a_provision_about_permissions_needs_the_permission() -> None:
    example = InlineCase(permissions=("READ_CONTACTS", "READ_SMS"), jurisdictions=("play",))

    assert provisions(example, "play-banned-permissions") == ["gp-personal-loans.read_contacts"]
    assert provisions(example, "play-sms-call-log") == ["gp-sms-calllog.sms"]


def test_a_provision_can_ask_for_a_target() -> None:
    example = InlineCase(permissions=("READ_CONTACTS",), jurisdictions=("play",), target_sdk=37)

    assert "gp-contacts-2026.1" in provisions(example, "play-banned-permissions")


@pytest.mark.parametrize(
    ("date", "provision", "attaches"),
    [
        pytest.param("2022-01-01", "in-rbi-2022.phone", False, id="before it was made"),
        pytest.param("2023-01-01", "in-rbi-2022.phone", True, id="while it was in force"),
        pytest.param("2025-06-01", "in-rbi-2022.phone", False, id="after it was repealed"),
        pytest.param("", "in-rbi-2022.phone", False, id="an ended text needs a date"),
        pytest.param("", "in-rbi-2025.12-phone", True, id="a text in force needs none"),
        pytest.param("2023-01-01", "in-rbi-2025.12-phone", False, id="before the new text"),
    ],
)
def test_dates_decide(date: str, provision: str, attaches: bool) -> None:
    example = replace_example(DENIED, jurisdictions=("in",))
    found = provisions(example, "contacts-upload-denied", date=AppDate(given=date))

    assert (provision in found) is attaches


@pytest.mark.parametrize(
    ("start", "end", "date", "note"),
    [
        ("2021-05-01", None, AppDate(),
         "In force since 2021-05-01; the date of this build is not known."),
        ("2021-05-01", None, AppDate(not_before="2022-01-01"),
         "In force since 2021-05-01; this build is not older than 2022-01-01."),
        (None, None, AppDate(), "Its first day in force was not verified."),
        ("2021-05-01", None, AppDate(given="2021-05-01"),
         "In force on 2021-05-01, the date given for the app."),
        ("2021-05-01", "2021-06-01", AppDate(not_before="2021-05-10"), None),
    ],
)  # fmt: skip
def test_a_provision_says_how_its_dates_fit(
    start: str | None, end: str | None, date: AppDate, note: str | None
) -> None:
    fit = date_fit(start, end, date)

    assert (fit.en if fit else None) == note


def test_a_build_is_not_older_than_its_certificate_and_its_target() -> None:
    package = replace(
        app(target_sdk=30), signers=(Signer("v2", "0", "CN=x", not_before="2019-03-01T00:00:00"),)
    )
    releases = {30: "2020-09-08"}

    assert app_date(Evidence(package, Terms()), releases).not_before == "2020-09-08"
    newer = replace(package, signers=(Signer("v2", "0", "CN=x", not_before="2022-03-01"),))
    assert app_date(Evidence(newer, Terms()), releases).not_before == "2022-03-01"


@pytest.mark.parametrize(
    ("label", "strings", "text", "expected"),
    [
        pytest.param("随心贷", (), "", True, id="the label offers loans"),
        pytest.param("Kesho Loans", (), "", True, id="the label in English"),
        pytest.param("Pinjaman Cepat", (), "", True, id="the label in Indonesian"),
        pytest.param("随手借", (), "", True, id="a label that says borrow"),
        pytest.param("PesoNow", ("Your loan",), "", True, id="two words written as one"),
        pytest.param("借书宝", (), "", None, id="borrowing books"),
        pytest.param("Loan Calculator", (), "", None, id="a calculator"),
        pytest.param("记事本", (), "提供贷款，请按期还款，逾期计收罚息。", True, id="the terms"),
        pytest.param("记事本", ("立即借款", "授信额度", "逾期天数"), "", True, id="the strings"),
        pytest.param("记事本", ("贷款新闻",), "", None, id="one word proves nothing"),
        pytest.param("Cash Now", (), "", None, id="a hint in the label alone"),
        pytest.param("Cash Now", ("Your loan", "Repay early"), "", True, id="a hint and an offer"),
        pytest.param("天气", ("今天天气晴朗。" * 400,), "", False, id="plenty of other text"),
    ],
)  # fmt: skip
def test_is_lending(label: str, strings: tuple[str, ...], text: str, expected: bool | None) -> None:
    given = terms(text) if text else Terms()

    found = assess_lending(app(label, strings), given, KNOWLEDGE.lending)

    assert found.is_lending is expected
    assert found.reasons
    assert len(found.reasons) == len(found.reasons_zh)


@pytest.mark.parametrize(
    ("label", "name", "permissions", "category", "path", "expected"),
    [
        pytest.param("快舟", "com.x.loan", "", "", "", None, id="one hint proves nothing"),
        pytest.param("金钱柜", "com.x.loan", "", "", "", True, id="label and package name"),
        pytest.param(
            "金钱柜", "a.b", "READ_CONTACTS READ_SMS", "", "", True, id="label and permissions"
        ),
        pytest.param(
            "快舟", "a.b", "READ_CONTACTS READ_SMS", "risk", "", None, id="no word at all"
        ),
        pytest.param("Rapi", "a.b.credito", "", "risk", "", True, id="package name and library"),
        pytest.param("快舟", "com.x.loan", "", "http", "", None, id="a library of another kind"),
        pytest.param(
            "快舟", "com.x.loan", "", "", "/v1/repay", True, id="package name and address"
        ),
        pytest.param("快舟", "com.reloaned", "", "", "/cashier", None, id="parts of other words"),
    ],
)
def test_hints_of_different_kinds_add_up(
    label: str, name: str, permissions: str, category: str, path: str, expected: bool | None
) -> None:
    package = app(label)
    asked = tuple(PermissionRequest(f"android.permission.{p}") for p in permissions.split())
    manifest = replace(package.manifest, package=name, permissions=asked)
    libraries = [Library("x", "X", "", (), category=category)] if category else []
    url = f"https://h.test{path}"
    endpoints = [Endpoint(url, "https", "h.test", path, "", "literal", (), "app", "")] * bool(path)

    found = assess_lending(
        replace(package, manifest=manifest),
        Terms(),
        KNOWLEDGE.lending,
        traits=Traits(libraries, endpoints),
    )

    assert found.is_lending is expected
    assert len(found.reasons) == len(found.reasons_zh) >= 1


def test_the_user_decides_whether_it_lends() -> None:
    found = assess_lending(app("随心贷"), Terms(), KNOWLEDGE.lending, asked=False)

    assert found == LendingAssessment(False, ("stated by the user",), ("由用户指定",))


@pytest.mark.parametrize(
    ("label", "text", "language", "packs"),
    [
        pytest.param("信用宝", "", "", ("cn",), id="a Chinese label"),
        pytest.param("App", "我们收集您的手机号。", "zh", ("cn",), id="Chinese terms"),
        pytest.param("App", "See the Central Bank of Kenya.", "en", ("play", "ke"), id="Kenya"),
        pytest.param("App", "Kami terdaftar di OJK.", "id", ("play", "id"), id="Indonesia"),
        pytest.param("App", "隱私權政策", "zh-Hant", ("play",), id="Traditional script"),
        pytest.param("Quick", "", "", ("play",), id="an English label, no terms"),
        pytest.param("", "", "", (), id="nothing points anywhere"),
    ],
)  # fmt: skip
def test_rule_packs_follow_language_and_signs(
    label: str, text: str, language: str, packs: tuple[str, ...]
) -> None:
    given = terms(text, language) if text else Terms()

    found = choose_jurisdictions(Manifest("x", label=label), given, (), KNOWLEDGE.jurisdictions)

    assert found.packs == packs
    assert found.why
    assert found.why_zh


def test_only_the_makers_own_host_points_to_a_country() -> None:
    def packs(recipient: str) -> tuple[str, ...]:
        endpoint = Endpoint(
            "https://a.example.ke/", "https", "a.example.ke", "/", "GET", "literal", (), "app",
            recipient,
        )  # fmt: skip
        signs = KNOWLEDGE.jurisdictions
        return choose_jurisdictions(Manifest("x"), Terms(), (endpoint,), signs).packs

    assert packs("first_party") == ("ke",)
    assert packs("Some SDK") == ()


def test_the_users_packs_are_kept_in_order() -> None:
    found = choose_jurisdictions(
        Manifest("x"), Terms(), (), KNOWLEDGE.jurisdictions, ("play", "cn", "play")
    )

    assert found.packs == ("play", "cn")


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("http://a.test/x", True),
        ("https://a.test/x", False),
        ("198.51.100.7:9001", True),
        ("tcp://198.51.100.7:9001", True),
        ("a.test:443", False),
        ("/only/a/path", False),
        ("", False),
    ],
)
def test_is_cleartext(endpoint: str, expected: bool) -> None:
    assert is_cleartext(endpoint) is expected


def test_words_are_whole_where_the_script_has_spaces() -> None:
    assert words_in("A loanword, a LOAN!", ["loan"]) == ("loan",)
    assert words_in("loanwords only", ["loan"]) == ()
    assert words_in("信用贷款", ["贷款"]) == ("贷款",)
    assert words_in("我要借书和贷款", ["贷款", "借"], ["借书"]) == ("贷款",)
    assert words_in("x" * 1_000_000 + "loan", ["loan"]) == ()


def statement(quote: str, confidence: str = "high", **changes: object) -> Statement:
    base = make_case(DENIED, KNOWLEDGE).terms.statements[0]
    return replace(base, quote=quote, confidence=confidence, **changes)  # type: ignore[arg-type]


def test_a_sentence_read_with_low_confidence_lowers_the_finding() -> None:
    case = make_case(DENIED, KNOWLEDGE)
    low = replace(case.terms, statements=(statement("不会读取", "low"),))

    finding = findings(DENIED, terms=low)["contacts-upload-denied"]

    assert finding.confidence == "medium"
    assert "low confidence" in finding.confidence_why


@pytest.mark.parametrize(
    ("level", "owner", "renamed", "confidence"),
    [
        pytest.param(Level.LINKED, "app", False, "medium", id="names that were kept"),
        pytest.param(Level.LINKED, "app", True, "low", id="what rests on names alone"),
        pytest.param(Level.LINKED, "some_sdk", True, "medium", id="a library was recognised"),
        pytest.param(Level.TRACED, "app", True, "high", id="a path that was followed"),
    ],
)
def test_renaming_lowers_what_rests_on_names_alone(
    level: Level, owner: str, renamed: bool, confidence: str
) -> None:
    example = DENIED.model_copy(update={"level": level, "owner": owner})
    limits = (Limit("obfuscated", "app", "…"),) if renamed else ()

    finding = findings(example, limits=limits)["contacts-upload-denied"]

    assert finding.confidence == confidence
    said = "Names of classes were removed" in finding.confidence_why
    assert said == (renamed and owner == "app")
    assert ("类名已被混淆" in finding.texts["confidence_why.zh"]) == said


def test_long_and_hostile_quotes_are_cut_and_stay_one_line() -> None:
    case = make_case(DENIED, KNOWLEDGE)
    hostile = "<script>{recipient}\n" + "x" * 10_000
    changed = replace(case.terms, statements=(statement(hostile),))

    finding = findings(DENIED, terms=changed)["contacts-upload-denied"]

    assert len(finding.why) < 500
    assert "\n" not in finding.why
    assert "<script>{recipient} xxx" in finding.why


def test_warnings_are_quoted_with_their_places() -> None:
    case = make_case(InlineCase(warnings=("contacts_for_collection",)), KNOWLEDGE)
    warning = Warning_("contacts_for_collection", "逾期将联系您的通讯录联系人", "terms", 4, 17)
    changed = replace(case.terms, warnings=(warning,))

    [finding] = judge(replace(case, terms=changed), KNOWLEDGE)

    assert finding.evidence == ("terms:4-17",)
    assert "逾期将联系您的通讯录联系人" in finding.texts["why.zh"]


def test_hidden_code_is_said_and_silences_what_cannot_be_known() -> None:
    declared = InlineCase(
        terms=(InlineStatement(says=("contacts",)),), permissions=("READ_CONTACTS",)
    )
    hidden = (Limit("packed", "some packer", "…"),)

    assert "declared-not-possible" in findings(declared)
    found = findings(declared, limits=hidden)
    assert "declared-not-possible" not in found
    assert found["hidden-code-with-access"].severity is Severity.MEDIUM
    assert found["code-not-visible"].why.startswith("packed code (1).")


def flow_of(case: Case) -> Flow:
    return case.flows[0]


def test_the_whole_stage_gives_the_same_verdict_in_every_order() -> None:
    case = make_case(DENIED, KNOWLEDGE)
    other = replace(flow_of(case), id="f2", recipient="Acme", endpoint="https://acme.test/")
    permissions = (PermissionRequest("android.permission.READ_CONTACTS"),)
    package = app("随心贷", target_sdk=30, permissions=permissions)

    def verdict(flows: tuple[Flow, ...]) -> object:
        return reach_verdict(
            Evidence(package, case.terms, reads=case.reads, flows=flows), KNOWLEDGE
        )

    one, two = flow_of(case), other
    assert verdict((one, two)) == verdict((two, one))
    result = reach_verdict(
        Evidence(package, case.terms, reads=case.reads, flows=(one, two)), KNOWLEDGE
    )
    assert result.severity is Severity.HIGH
    assert result.lending.is_lending is True
    assert result.jurisdictions.packs == ("play",)
    assert [f.id for f in result.findings if f.rule == "contacts-upload-denied"] == [
        "contacts-upload-denied:share:contacts:Acme",
        "contacts-upload-denied:share:contacts:first_party",
    ]
