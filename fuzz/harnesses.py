"""One harness a reader: bytes in, nothing out; what escapes it is a defect.

A harness may let pass only what its reader promises to raise (`errors.AuditError`). It also asserts
what the reader promises of its answers, above all that every text can stand in a report (UTF-8).
"""

from __future__ import annotations

import io
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import docx

from auditor import pipeline
from auditor.catalog import Catalog, E, Entry
from auditor.dex import CodeIndex, DexInput
from auditor.dex.mutf8 import decode_mutf8
from auditor.errors import AuditError, UnreadablePackageError
from auditor.facts import NoCode
from auditor.facts.hybrid import blobs, dotnet
from auditor.facts.hybrid.compiled import Store, read_store
from auditor.facts.hybrid.js.apis import JsApis, js_apis
from auditor.facts.hybrid.js.scripts import Script, read_scripts
from auditor.facts.urls import UrlBook, url_book
from auditor.flows import trace
from auditor.flows.models import Knowledge
from auditor.ingest import read_code, read_package_bytes, resource_limits
from auditor.ingest.archive import Ceilings, open_archive
from auditor.ingest.arsc import Table
from auditor.ingest.axml import read_axml
from auditor.ingest.quote import quote_methods
from auditor.ingest.source import BytesSource
from auditor.model import Manifest, Package
from auditor.pipeline import Options, audit_package
from auditor.report import RENDERERS
from auditor.terms import TermsSource, annotate, read_terms
from auditor.verdicts import load_knowledge
from fuzz.parts import packed_parts
from tests.axml import E as Node
from tests.axml import Ref, apk, axml, manifest, zipped
from tests.facts_fixture import NoResources
from tests.flow_fixture import Numbered, launched
from tests.test_ingest_signing import with_block

Harness = Callable[[bytes], None]
_SMALL = Ceilings(entries=500, file=4 << 20, total=16 << 20, free=1 << 20)
_STRING, _LAYOUT = 0x7F010000, 0x7F020000


class Kept(Catalog):
    """The catalog, read once: a run of many inputs is not about reading YAML."""

    @cache  # noqa: B019  it lives as long as the process
    def entries(self, folder: str, kind: type[E]) -> tuple[E, ...]:
        """As `Catalog.entries`."""
        return super().entries(folder, kind)

    @cache  # noqa: B019
    def table(self, name: str) -> Mapping[str, Any]:
        """As `Catalog.table`."""
        return super().table(name)


class Slim(Kept):
    """The same with some of the libraries only: to look for each takes a third of a small scan."""

    @cache  # noqa: B019
    def entries(self, folder: str, kind: type[E]) -> tuple[E, ...]:
        """As `Catalog.entries`, of the libraries every eighth."""
        return super().entries(folder, kind)[:: 8 if folder == "libraries" else 1]


class KeptNumbered(Kept, Numbered):
    """The same, with the numbered sources and sinks of the tests."""


@cache
def kept_catalog() -> Catalog:
    """The program's catalog."""
    return Kept()


def keep_knowledge() -> None:
    """In this process, make once what each audit makes of the catalog; for long runs."""
    kept_knowledge, kept_rules = cache(Knowledge), cache(load_knowledge)
    vars(trace)["Knowledge"] = kept_knowledge
    vars(pipeline)["load_knowledge"] = kept_rules


@cache
def _slim() -> Catalog:
    return Slim()


@cache
def _numbered() -> Catalog:
    return KeptNumbered()


@cache
def _apis() -> JsApis:
    return js_apis(kept_catalog())


@cache
def _book() -> UrlBook:
    return url_book(kept_catalog())


@cache
def _shell() -> Mapping[str, bytes]:
    """The files of a small app around a fuzzed one."""
    root = manifest(Node("application", {"label": Ref(_STRING)}))
    return {"AndroidManifest.xml": axml(root)}


def _fit(*texts: str) -> None:
    """Every text must be fit for a report."""
    for text in texts:
        text.encode("utf-8")


# ---------------------------------------------------------------- ingest


def fuzz_zip(data: bytes) -> None:
    """The ZIP directory and the content of each entry."""
    try:
        archive = open_archive(BytesSource(data), "x.apk", _SMALL)
    except UnreadablePackageError as error:
        _fit(str(error))
        return
    _fit(*archive.entries, *(limit.why for limit in archive.limits))
    left = 16 << 20
    for name, entry in archive.entries.items():
        left -= entry.size
        if left < 0:
            return
        try:
            assert len(archive.read(name)) == entry.size
            archive.window(name).read(0, 64)
        except UnreadablePackageError as error:
            _fit(str(error))


def fuzz_axml(data: bytes) -> None:
    """Binary XML, as a document and as the manifest of an app."""
    document = read_axml(data)
    _fit(*document.problems)
    if document.root is not None:
        for element in document.root.walk():
            _fit(element.name, *(repr(a) for a in element.attributes))
    _use(_package(zipped({"AndroidManifest.xml": data}, deflate=False)))


def fuzz_arsc(data: bytes) -> None:
    """The resource table: every question of the later stages."""
    table = Table(data)
    for res_id in (_STRING, _STRING + 1, _LAYOUT, 0x7F030000, 0x01010001):
        list(table.values(res_id)), list(table.items(res_id))
        _fit(table.name(res_id))
    for kind in ("string", "array", "layout", "xml", "id", "plurals"):
        _fit(*(name for name, _ in table.ids(kind)))
        for _, name, config, _ in table.listing(kind):
            _fit(name, str(config))
    _fit(*table.problems)
    _use(_package(zipped({**_shell(), "resources.arsc": data}, deflate=False)))


def fuzz_signing(data: bytes) -> None:
    """The signing block; behind its first byte, when that is odd, a PKCS #7 file instead."""
    if data[:1] == b"7":
        _package(apk(None, {"META-INF/A.RSA": data[1:], "META-INF/A.SF": data[1:]}))
    else:
        _package(with_block(apk(), data))


def _package(data: bytes) -> Package | None:
    try:
        package = read_package_bytes("x.apk", data)
    except UnreadablePackageError as error:
        _fit(str(error))
        assert "\n" not in str(error)
        return None
    _fit(*(f"{x.kind}{x.where}{x.why}" for x in package.limits))
    _fit(*(f"{s.subject}{s.not_before}" for s in package.signers))
    return package


def _use(package: Package | None) -> None:
    if package is None:
        return
    _fit(package.manifest.package, package.manifest.label, repr(package.manifest))
    read_code(package)
    for res_id in (_STRING, _LAYOUT, 0x7F030000):
        package.resources.string(res_id), package.resources.layout(res_id)
        package.resources.array(res_id)
    package.resources.strings()
    resource_limits(package)


# ---------------------------------------------------------------- code


def fuzz_dex(data: bytes) -> None:
    """The bytecode index: every question there is."""
    from tests.test_dex_malformed import ask_everything

    ask_everything(CodeIndex.build([DexInput("classes.dex", data)]))


def fuzz_mutf8(data: bytes) -> None:
    """Modified UTF-8."""
    _fit(decode_mutf8(data))


def fuzz_flows(data: bytes) -> None:
    """The data-flow engine on code of a fuzzed file."""
    index = CodeIndex.build([DexInput("classes.dex", data)])
    classes = index.classes()
    main = classes[0][1:-1].replace("/", ".") if classes else "t.Main"
    shown: Manifest = launched(main)
    traced = trace.trace_flows(index, shown, NoResources(), _numbered())
    _fit(*(repr(found) for found in (*traced.flows, *traced.reads, *traced.limits)))


def fuzz_quote(data: bytes) -> None:
    """The decompiler behind quotations."""
    index = CodeIndex.build([DexInput("classes.dex", data)])
    wanted = [index.signature(m) for m in list(index.all_methods())[:3]]
    quotes = quote_methods({"classes.dex": data}, [("classes.dex", name) for name in wanted])
    _fit(*quotes.values())


# ---------------------------------------------------------------- code that is not DEX


def fuzz_script(data: bytes) -> None:
    """Scripts; a page when the first byte says so."""
    text, html = data[1:], data[:1] == b"<"
    found = read_scripts([Script("assets/www/a.js", "x.apk", text, html)], _apis())
    _fit(*(repr(x) for x in (*found.reads, *found.flows, *found.sendings)))


def fuzz_hermes(data: bytes) -> None:
    """Hermes bytecode: the string table and what is made of it."""
    hermes = blobs.read_hermes(data)
    strings = hermes.strings if hermes else ()
    _store(Store("assets/a.bundle", "x.apk", "hermes", data, strings))


def fuzz_native(data: bytes) -> None:
    """Texts in native libraries, Dart snapshots and .NET assemblies, by the first byte."""
    kind = {0: "flutter", 1: "dotnet"}.get(data[0] % 3 if data else 2, "native")
    _store(Store("lib/a.so", "x.apk", kind, data[1:], ()))
    blobs.dart_packages(data)
    for found in dotnet.texts_in(data[1:], "a")[0]:
        _fit(found.text)


def _store(store: Store) -> None:
    found = read_store(store, _apis(), _book(), NoCode())
    _fit(*(repr(x) for x in (*found.reads, *found.flows, *found.endpoints, *found.limits)))


# ---------------------------------------------------------------- terms and knowledge


def fuzz_terms(data: bytes) -> None:
    """A document of terms in any format: text, a page, a data-safety form, any encoding."""
    _terms(data)


def fuzz_pdf(data: bytes) -> None:
    """A document of terms as PDF."""
    _terms(b"%PDF-1.7\n" + data)


@cache
def _document_parts() -> Mapping[str, bytes]:
    stream = io.BytesIO()
    docx.Document().save(stream)
    with zipfile.ZipFile(stream) as archive:
        types, styles = (archive.read(n) for n in ("[Content_Types].xml", "word/styles.xml"))
    return {
        "[Content_Types].xml": types,
        "_rels/.rels": _relation("officeDocument", "word/document.xml"),
        "word/_rels/document.xml.rels": _relation("styles", "styles.xml"),
        "word/styles.xml": styles,
    }


def _relation(kind: str, target: str) -> bytes:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    one = f'<Relationship Id="r1" Type="{kinds}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{space}">{one}</Relationships>'.encode()


def fuzz_docx(data: bytes) -> None:
    """A document of terms as DOCX: its text, or the whole archive."""
    if data[:2] == b"PK":
        _terms(data)
    else:
        _terms(zipped({**_document_parts(), "word/document.xml": data}, deflate=False))


def _terms(data: bytes) -> None:
    terms = read_terms([TermsSource("x", data[: 1 << 16], "given")], kept_catalog())
    assert terms.documents or terms.limits
    for document in terms.documents:
        segments = annotate(document, terms.statements)
        assert "".join(text for text, _ in segments) == document.text
        _fit(document.text, document.title, document.effective_date, document.version)
    for statement in terms.statements:
        text = terms.documents[0].text
        assert text[statement.start : statement.end] == statement.quote


@cache
def _kinds() -> tuple[type[Entry], ...]:
    found: list[type[Entry]] = []
    waiting: list[type[Entry]] = [Entry]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            found.append(kind)
            waiting.append(kind)
    return tuple(sorted(set(found), key=lambda kind: kind.__name__))


@cache
def _rules_folder() -> Path:
    base = Path("/dev/shm")  # noqa: S108  a file system in memory, where there is one
    return Path(tempfile.mkdtemp(prefix="fuzz-rules-", dir=base if base.is_dir() else None))


def fuzz_rules(data: bytes) -> None:
    """A YAML file of the catalog, as an entry of every kind."""
    folder = _rules_folder() / "findings"
    folder.mkdir(exist_ok=True)
    (folder / "rule.yaml").write_bytes(data)
    catalog = Catalog(_rules_folder())
    for kind in _kinds():
        try:
            catalog.entries("findings", kind)
        except AuditError as error:
            _fit(str(error))
            assert "\n" not in str(error)
            if "entry" not in str(error):
                return  # the file itself is wrong, whatever the kind


# ---------------------------------------------------------------- all together


def fuzz_scan(data: bytes) -> None:
    """A whole scan: an app of fuzzed parts, its terms, the report as JSON and in one more format.

    The data choose the format, the page less often than others: it takes longer than the audit, and
    `fuzz_report` is about formats.
    """
    apk_bytes, terms = packed_parts(data)
    try:
        package = read_package_bytes("x.apk", apk_bytes)
    except UnreadablePackageError as error:
        _fit(str(error))
        return
    given = (TermsSource("terms", terms, "given"),) if terms else ()
    report = audit_package(package, _slim(), Options(terms=given, quotes=False, lenient=False))
    chosen = zlib.crc32(data) % 32
    others = [name for name in RENDERERS if name not in ("html", "json")]
    for name in ("json", others[chosen % len(others)] if chosen else "html"):
        RENDERERS[name](report, "en").encode("utf-8")


def _report_harness() -> Harness:
    from fuzz.documents import fuzz_report

    return fuzz_report


def fuzz_report(data: bytes) -> None:
    """The report's own formats, with fuzzed texts in every place."""
    _report_harness()(data)


def fuzz_reopen(data: bytes) -> None:
    """What others may have made and this program reads again: reports, evidence, stores."""
    from fuzz.reopened import fuzz_reopen

    fuzz_reopen(data)


HARNESSES: Mapping[str, Harness] = {
    name.removeprefix("fuzz_"): value
    for name, value in sorted(globals().items())
    if name.startswith("fuzz_")
}


def run_once(name: str, data: bytes) -> Any:  # noqa: ANN401
    """Run one harness on one input."""
    return HARNESSES[name](data)
