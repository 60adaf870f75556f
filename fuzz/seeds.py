"""Where fuzzing begins: small valid inputs of each format, made by the tests' own writers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from fuzz.parts import BLOCK, KINDS, TERMS, pack
from tests.axml import E, Ref, apk, arsc, axml, manifest, zipped
from tests.report_fixture import HOSTILE
from tests.smali import assemble
from tests.test_dex_malformed import CONTAINER, FORMATS, PLAIN, RICH
from tests.test_facts_compiled import hermes
from tests.test_facts_scripts import METRO, UNI_APP, WEBPACK
from tests.test_ingest_resources import FILES, TYPES
from tests.test_ingest_signing import V1, V2, V3, V31, scheme_block, signing_block
from tests.test_terms_fuzz import PIECES, SAMPLES

ROOT = Path(__file__).parents[1]
_FLOW = """
.class public Lt/Main;
.super Landroid/app/Activity;
.field f:Ljava/lang/String;
.method public onCreate(Landroid/os/Bundle;)V
    .registers 5
    invoke-static {}, Lt/Source;->read1()Ljava/lang/String;
    move-result-object v0
    new-instance v1, Ljava/lang/StringBuilder;
    invoke-direct {v1}, Ljava/lang/StringBuilder;-><init>()V
    invoke-virtual {v1, v0}, Ljava/lang/StringBuilder;->append(Ljava/lang/String;)Ljava/lang/StringBuilder;
    invoke-virtual {v1}, Ljava/lang/StringBuilder;->toString()Ljava/lang/String;
    move-result-object v2
    iput-object v2, p0, Lt/Main;->f:Ljava/lang/String;
    iget-object v2, p0, Lt/Main;->f:Ljava/lang/String;
    if-eqz v2, :end
    invoke-static {v2}, Lt/Sink;->send2(Ljava/lang/String;)V
    :end
    return-void
.end method
"""  # noqa: E501
_TERMS = (
    "# 隐私政策\n我们会收集您的通讯录和短信，用于信用评估。未经同意不会共享给第三方。\n",
    "<html><body><h1>Privacy</h1><p>We do not share your contacts.</p><table><tr><th>Data"
    "<th>Purpose<tr><td rowspan=2>Location<td>Risk<tr><td>SMS</table></body></html>",
    '{"dataShared":[{"type":"Contacts","purposes":["App functionality"]}]}',
    "category,type,collected\nPersonal info,Name,yes\n",
)
_RULE = ROOT / "auditor" / "data"


def seeds(name: str) -> list[bytes]:
    """Valid inputs for one harness."""
    return list(globals()[f"_{name}"]())


def _zip() -> Iterator[bytes]:
    yield apk(None, {"a.txt": b"a" * 99, "assets/b": b"b"})
    yield zipped({"AndroidManifest.xml": _manifest(), "resources.arsc": arsc(TYPES)}, deflate=False)
    yield b"junk" * 9 + zipped({"a": b"1"})
    yield zipped({"a": b"1", "META-INF/X.RSA": b"2"}) + b"behind"


def _manifest() -> bytes:
    return axml(
        manifest(
            E("uses-permission", {"name": "android.permission.READ_CONTACTS", "maxSdkVersion": 28}),
            E(
                "application",
                {"label": Ref(0x7F010000), "debuggable": True},
                (E("activity", {"name": ".Main"}, (E("intent-filter"),)),),
            ),
        )
    )


def _axml() -> Iterator[bytes]:
    yield _manifest()
    yield axml(manifest(E("application", {"label": "借款"})), utf8=True)
    yield axml(manifest(E("service", {"name": "a.B"})), node_header=24, pool_header=32)


def _arsc() -> Iterator[bytes]:
    yield arsc(TYPES)
    yield arsc(TYPES, sparse=True)


def _signing() -> Iterator[bytes]:
    yield signing_block({V2: scheme_block()})
    yield signing_block({V3: scheme_block(), V31: scheme_block(), 9: b"pad"})
    for data in V1.values():
        yield b"7" + data
    with zipfile.ZipFile(ROOT / "samples" / "relay" / "app.apk") as archive:
        for name in archive.namelist():
            if name.endswith(".RSA"):
                yield b"7" + archive.read(name)


def _dex() -> Iterator[bytes]:
    yield from (PLAIN, RICH, FORMATS, CONTAINER, assemble(_FLOW))


def _mutf8() -> Iterator[bytes]:
    yield b"plain"
    yield b"a\xc0\x80b\xed\xa0\xbd\xed\xb8\x80"
    yield "借款\ud83d".encode("utf-8", "surrogatepass") + b"\xff"


def _flows() -> Iterator[bytes]:
    yield assemble(_FLOW)
    yield from (PLAIN, RICH)


def _quote() -> Iterator[bytes]:
    yield from (assemble(_FLOW), PLAIN, RICH)


def _script() -> Iterator[bytes]:
    for text in (UNI_APP, WEBPACK, METRO):
        yield b" " + text.encode()
    yield b"<<html><script>" + METRO.encode() + b"</script><a onclick='plus.contacts.x()'>"


def _hermes() -> Iterator[bytes]:
    yield hermes(["https://a.example/v1/contacts", "getAll", "联系人", "x" * 300])


def _native() -> Iterator[bytes]:
    yield b"\x02\x7fELF\0\0https://api.a.example/v1\0/user/contacts\0"
    yield b"\x00package:contacts_service/a.dart\0https://b.example/\0"
    yield b"\x01XALZ\0\0\0\0\x10\0\0\0\xf0\x01aaaaaaaaaaaaaaaa"
    yield b"\x01" + "https://c.example/x".encode("utf-16-le") + b"GetContacts\0"


def _terms() -> Iterator[bytes]:
    yield from (text.encode() for text in _TERMS)
    yield SAMPLES[2]
    yield _TERMS[0].encode("utf-16")
    yield "".join(PIECES).encode()


def _pdf() -> Iterator[bytes]:
    yield SAMPLES[1].partition(b"\n")[2]


def _docx() -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(SAMPLES[0])) as archive:
        yield archive.read("word/document.xml")
    table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Contacts</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    yield (
        f'<w:document xmlns:w="{space}"><w:body>{table}<w:p><w:r><w:t>We collect your contacts.'
        "</w:t></w:r></w:p></w:body></w:document>"
    ).encode()


def _rules() -> Iterator[bytes]:
    for folder in ("findings", "rules", "libraries", "lexicon", "sources", "propagations"):
        found = sorted((_RULE / folder).rglob("*.yaml"), key=lambda p: (p.stat().st_size, p))
        yield found[0].read_bytes()[:4000]
    yield b"a: &a [1, *a]\nb: {<<: {c: 1}}\n"


def _report() -> Iterator[bytes]:
    for number, text in enumerate(HOSTILE):
        yield bytes([number]) + text[:300].encode("utf-8", "surrogatepass")
    yield from (bytes([128 + form]) + "借款<b>=1".encode() for form in range(40))


def _reopen() -> Iterator[bytes]:
    from auditor.report import render_json
    from tests.report_fixture import packed

    yield from (bytes([0, n, 0, m, 1, 2]) for n in range(9) for m in (0, 9, 13, 26, 30))
    yield b"\1" + render_json(packed(), "en").encode()
    yield from (bytes([2, n, m, 1, 2, 3, 4, 5, 6]) for n in range(9) for m in range(5))
    yield b"\3" + zipped({"SHA256SUMS": b"", "run.json": b"{}", "report.json": b"{}"})
    yield b"\4-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ==\n-----END SSH SIGNATURE-----\n"
    yield b"\4ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== a@b"
    yield from (bytes([5, 16, n, 0, 255, n]) for n in range(0, 255, 17))
    yield from (bytes([6, n, m, 0]) for n in range(0, 200, 3) for m in range(n % 5, 17, 5))


def _scan() -> Iterator[bytes]:
    files = {**FILES, **V1}
    yield pack([("AndroidManifest.xml", _manifest())])
    yield pack([("classes.dex", assemble(_FLOW)), (TERMS, _TERMS[1].encode())])
    yield pack(
        [
            ("AndroidManifest.xml", _manifest()),
            ("classes.dex", assemble(_FLOW)),
            ("resources.arsc", arsc(TYPES)),
            *((kind, files[kind]) for kind in KINDS if kind in files),
            (TERMS, _TERMS[0].encode()),
        ]
    )
    yield pack(
        [
            ("AndroidManifest.xml", _manifest()),
            ("classes.dex", PLAIN),
            ("assets/www/index.js", UNI_APP.encode()),
            ("assets/index.android.bundle", hermes(["https://a.example/v1", "联系人"])),
            ("lib/arm64-v8a/libapp.so", b"\x7fELF\0https://api.a.example/v1\0"),
            ("assets/privacy.html", _TERMS[1].encode()),
            (BLOCK, signing_block({V2: scheme_block()})),
        ]
    )
    with zipfile.ZipFile(ROOT / "samples" / "relay" / "app.apk") as archive:
        kept = [n for n in archive.namelist() if n in KINDS]
        yield pack([(name, archive.read(name)) for name in kept])
