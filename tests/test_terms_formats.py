"""Documents as people hold them: formats, encodings, hostile input. Every sample is built here."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path

import docx
import pytest
from pypdf import PdfWriter

from auditor.catalog import Catalog
from auditor.errors import UnreadableTermsError
from auditor.model import Terms
from auditor.terms import TermsSource, annotate, read_terms, read_terms_file
from auditor.terms.decode import decode
from auditor.terms.formats import layout_of
from auditor.terms.normal import fold

CATALOG = Catalog()
CONTACTS = "我们会收集您的通讯录，用于信用评估。"


def read(data: bytes, name: str = "policy") -> Terms:
    return read_terms([TermsSource(name, data, "given")], CATALOG)


def claims(terms: Terms) -> list[tuple[str, bool, tuple[str, ...]]]:
    return [(s.action.value, s.negated, s.data_types) for s in terms.statements]


LEGACY = (
    "<html><body><h1>隐私政策</h1><p>我们会收集您的通讯录和位置信息，用于信用评估。"
    "第三方不会获得您的信息。</p></body></html>"
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gb2312", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_encodings(encoding: str) -> None:
    terms = read(LEGACY.encode(encoding))
    assert ("collect", False, ("contacts", "location")) in claims(terms)


def test_big5() -> None:
    text = "<html><body><p>本公司不會蒐集您的通訊錄，詳見隱私權政策。</p></body></html>"
    terms = read(text.encode("big5"))
    assert claims(terms) == [("collect", True, ("contacts",))]
    assert terms.documents[0].language == "zh-Hant"
    assert terms.statements[0].quote == "本公司不會蒐集您的通訊錄，詳見隱私權政策。"


def test_declared_encoding_is_no_promise() -> None:
    page = f'<html><head><meta charset="iso-8859-1"></head><body><p>{CONTACTS}</p></body></html>'
    assert claims(read(page.encode())) == [("collect", False, ("contacts",))]


def test_western_encoding() -> None:
    assert decode("Política: não coletamos contatos".encode("cp1252")).endswith(
        "não coletamos contatos"
    )


def test_saved_page_without_its_furniture() -> None:
    page = f"""<html><head><title>隐私政策</title>
    <script>var a="我们会读取您的短信";</script></head><body>
    <nav><a href="/">我们会收集您的相册</a></nav>
    <div class="cookie-banner">We collect your location.</div>
    <div style="display:none">我们会收集您的通话记录。</div>
    <main><h1>隐私政策</h1><p>{CONTACTS}</p></main><footer>收集您的麦克风</footer></body></html>"""
    assert claims(read(page.encode())) == [("collect", False, ("contacts",))]


def test_table_of_a_page_with_row_spans() -> None:
    page = """<html><body><table><tr><th>权限</th><th>目的</th></tr>
    <tr><td>通讯录</td><td rowspan="2">反欺诈</td></tr>
    <tr><td>位置信息</td></tr></table></body></html>"""
    found = read(page.encode()).statements
    assert [(s.data_types, s.purposes) for s in found] == [
        (("contacts",), ("fraud_prevention",)),
        (("location",), ("fraud_prevention",)),
    ]
    assert found[1].quote == "位置信息 | 反欺诈"


def test_docx_with_heading_and_table() -> None:
    document = docx.Document()
    document.add_heading("隐私政策", 1)
    document.add_paragraph(CONTACTS)
    table = document.add_table(2, 2)
    for cell, text in zip(
        [c for r in table.rows for c in r.cells],
        ["权限", "用途", "读取短信", "风险评估"],
        strict=True,
    ):
        cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    assert claims(read(stream.getvalue())) == [
        ("collect", False, ("contacts",)),
        ("collect", False, ("sms",)),
    ]


def pdf(text: str) -> bytes:
    """A PDF of one page with Latin text, written by hand."""
    body = f"BT /F1 12 Tf 40 700 Td ({text}) Tj ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, item in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return out + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start


def test_pdf() -> None:
    terms = read(pdf("We collect your contacts and SMS messages."))
    assert claims(terms) == [("collect", False, ("contacts", "sms"))]


def test_pdf_without_text_is_a_limit() -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    stream = io.BytesIO()
    writer.write(stream)
    terms = read(stream.getvalue(), "scan.pdf")
    assert terms.documents == ()
    assert [(x.kind, x.where) for x in terms.limits] == [("terms_unreadable", "scan.pdf")]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"%PDF-1.7 nothing here", id="broken PDF"),
        pytest.param(b"PK\x03\x04 no archive", id="broken DOCX"),
        pytest.param(bytes(range(32)) * 400, id="control characters"),
        pytest.param(b"<html><body></body></html>", id="empty page"),
    ],
)
def test_unreadable_is_a_limit(data: bytes) -> None:
    terms = read(data)
    assert (terms.documents, terms.statements) == ((), ())
    assert [x.kind for x in terms.limits] == ["terms_unreadable"]


def test_zip_bomb_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (30 * 2**20))
    limits = read(stream.getvalue()).limits
    assert limits[0].why == "the DOCX is packed like a ZIP bomb"


def test_play_data_safety_as_json() -> None:
    form = {
        "dataCollected": [{"category": "Contacts", "purposes": ["Fraud prevention"]}],
        "dataShared": [{"category": "Precise location"}],
        "other": [{"type": "SMS or MMS", "collected": False, "shared": False}],
    }
    terms = read(json.dumps(form).encode(), "safety.json")
    assert claims(terms) == [
        ("collect", False, ("contacts",)),
        ("share", False, ("location",)),
        ("collect", True, ("sms",)),
        ("share", True, ("sms",)),
    ]
    assert terms.documents[0].role == "data_safety"


def test_play_data_safety_as_saved_page() -> None:
    page = """<html><head><title>Data safety</title><link href="https://play.google.com/x"></head><body>
    <h1>Data safety</h1><h2>Data collected</h2><div>Contacts</div><h2>Data shared</h2>
    <div>Device or other IDs</div></body></html>"""
    assert claims(read(page.encode())) == [
        ("collect", False, ("contacts",)),
        ("share", False, ("device_ids",)),
    ]


def test_entities_are_not_expanded() -> None:
    page = (
        '<!DOCTYPE html [<!ENTITY a "通讯录"><!ENTITY b "&a;&a;&a;&a;">]>'
        "<html><body><p>我们会收集&b;</p></body></html>"
    )
    assert "通讯录通讯录" not in read(page.encode()).documents[0].text


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"<html><body>" + b"<div>" * 50_000 + CONTACTS.encode(), id="deep HTML"),
        pytest.param(b"<p>" * 50_000 + CONTACTS.encode(), id="unclosed paragraphs"),
        pytest.param(("不会" * 5_000 + CONTACTS).encode(), id="negators"),
        pytest.param(("|" * 60_000 + "\n" + CONTACTS).encode(), id="pipes"),
        pytest.param(("(" * 40_000 + CONTACTS).encode(), id="brackets"),
        pytest.param(("通过" * 20_000 + "\n" + CONTACTS).encode(), id="openings of a pattern"),
        pytest.param(b"a" * 200_000, id="one word"),
    ],
)
def test_hostile_texts_end_soon(data: bytes) -> None:
    begin = time.process_time()
    read(data)
    assert time.process_time() - begin < 12


def test_long_text_is_cut_and_says_so() -> None:
    terms = read(("我们会收集您的通讯录。\n" + "x" * 79 + "\n").encode() * 1 + b"y " * 1_100_000)
    assert [x.kind for x in terms.limits] == ["terms_truncated"]
    assert ("collect", False, ("contacts",)) in claims(terms)


def test_read_terms_file(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    path.write_text(CONTACTS, encoding="utf-8")
    assert read_terms_file(path) == TermsSource("p.txt", CONTACTS.encode(), "given")
    for wrong in (tmp_path / "missing.txt", tmp_path):
        with pytest.raises(UnreadableTermsError):
            read_terms_file(wrong)
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b" \n")
    with pytest.raises(UnreadableTermsError, match="empty"):
        read_terms_file(empty)


def test_spans_and_annotation_cover_the_text() -> None:
    terms = read("隐私政策\n1. 我们会读取您的通讯录并上传。\n2. 其他。".encode())
    document = terms.documents[0]
    segments = annotate(document, terms.statements)
    assert "".join(text for text, _ in segments) == document.text
    marked = [text for text, ids in segments if ids]
    assert marked == ["我们会读取您的通讯录并上传。"]
    assert segments[1][1] == ("s1.1", "s1.2")


def test_two_documents_of_one_name_stay_apart() -> None:
    sources = [
        TermsSource("a.txt", t.encode(), "given") for t in (CONTACTS, "我们不会收集您的通讯录。")
    ]
    terms = read_terms(sources, CATALOG)
    assert [d.name for d in terms.documents] == ["a.txt", "a.txt (2)"]
    assert [s.document for s in terms.statements] == ["a.txt", "a.txt (2)"]
    assert [(c.kind, c.data_type, c.affirms, c.denies) for c in terms.conflicts] == [
        ("contradiction", "contacts", "s1.1", "s2.1")
    ]


def test_title_role_date_and_version() -> None:
    text = "某某借款隐私政策\n版本号：V2.1\n更新日期：2023年3月5日\n我们会收集您的通讯录。"
    document = read(text.encode()).documents[0]
    assert (document.title, document.role) == ("某某借款隐私政策", "privacy_policy")
    assert (document.version, document.effective_date, document.language) == (
        "2.1",
        "2023-03-05",
        "zh",
    )


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("征信授权书\n本人授权贵司查询征信。", "authorisation"),
        ("用户服务协议\n甲方应当按时还款。", "user_agreement"),
        ("第三方SDK目录\n友盟", "sdk_list"),
        ("儿童隐私保护规则\n监护人", "children"),
        ("Loan Agreement\nThe borrower shall repay.", "user_agreement"),
        ("Hello\nworld", "other"),
    ],
)
def test_roles(text: str, role: str) -> None:
    assert read(text.encode()).documents[0].role == role


def test_fold_keeps_the_way_back() -> None:
    text = "您的“通 訊 錄”及\u200bＩＭＥＩ"
    folded = fold(text)
    assert folded.text == '您的"通讯录"及imei'
    start = folded.text.index("通讯录")
    a, b = folded.span(start, start + 3)
    assert text[a:b] == "通 訊 錄"


def test_hard_wrapped_lines_are_one_sentence() -> None:
    text = "为了向您提供借款服务并评估您的信用状况，我们会读取您的手机通\n讯录中的联系人。"
    assert claims(read(text.encode()))[0] == ("collect", False, ("contacts",))


def test_same_input_same_output() -> None:
    data = (CONTACTS * 3 + "\n我们不会收集您的短信。").encode()
    assert read(data) == read(data)


def test_layout_says_what_is_a_row() -> None:
    layout, limits = layout_of(TermsSource("t", b"| a | b |\n|---|---|\n| 1 | 2 |", "given"))
    assert layout is not None and limits == ()
    assert [(b.kind.value, b.header, b.title) for b in layout.blocks] == [
        ("row", (), True),
        ("row", ("a", "b"), False),
    ]
