"""Terms inside a package: found by name or by content, in files, JSON, scripts and strings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import pytest

from auditor.catalog import Catalog
from auditor.model import Manifest, Package, PackageFile, Resources, View
from auditor.terms import bundled_terms, read_terms

CATALOG = Catalog()
POLICY = (
    "隐私政策\n我们会收集您的通讯录、位置信息，用于信用评估。\n我们会向第三方共享您的个人信息。\n"
    "本政策适用于本应用的全部服务，请您仔细阅读并确认已经充分理解。"
)


@dataclass
class Strings:
    """Resources that hold strings only."""

    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def string(self, res_id: int) -> Mapping[str, str]:
        return {}

    def name(self, res_id: int) -> str:
        return ""

    def id_of(self, name: str) -> int | None:
        return None

    def array(self, res_id: int) -> tuple[str, ...]:
        return ()

    def layout(self, res_id: int) -> tuple[View, ...]:
        return ()

    def strings(self) -> Mapping[str, Mapping[str, str]]:
        return self.texts


def package(
    files: Mapping[str, bytes], strings: Mapping[str, Mapping[str, str]] | None = None
) -> Package:
    listed = []
    for path, data in files.items():
        part, _, name = path.rpartition("!/")
        listed.append(PackageFile(part or "base.apk", name, len(data), partial(bytes, data)))
    resources = cast(Resources, Strings(strings or {}))
    return Package("a.apk", "a.apk", "0" * 64, 1, (), Manifest("a"), (), tuple(listed), resources)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        pytest.param(
            "assets/privacy.html",
            f"<html><body><p>{POLICY}</p></body></html>".encode(),
            id="by name",
        ),
        pytest.param("assets/www/a1.txt", POLICY.encode(), id="by content"),
        pytest.param(
            "split_config.zh.apk!/assets/xieyi.html",
            f"<p>{POLICY}</p><p>x</p>".encode(),
            id="in a split",
        ),
        pytest.param("res/raw/policy", POLICY.encode("gb18030"), id="raw resource in GB18030"),
        pytest.param(
            "assets/data.json", json.dumps({"a": {"privacy": POLICY}}).encode(), id="in JSON"
        ),
        pytest.param(
            "assets/www/app.js",
            ('var t="' + POLICY.replace("\n", "\\n") + '";').encode(),
            id="in a script",
        ),
        pytest.param(
            "assets/www/t.js", f"export default `<p>{POLICY}</p>`".encode(), id="in a template"
        ),
    ],
)
def test_found(path: str, data: bytes) -> None:
    sources, _ = bundled_terms(package({path: data}), CATALOG)
    assert len(sources) == 1
    part, _, name = path.rpartition("!/")
    assert sources[0].origin == f"{part or 'base.apk'}!/{name}"
    terms = read_terms(sources, CATALOG)
    assert any("contacts" in s.data_types and not s.negated for s in terms.statements)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        pytest.param(
            "assets/open_source_licenses.html",
            b"<p>Apache License we collect personal data third parties</p>",
            id="licences",
        ),
        pytest.param("assets/strings.json", b'{"ok": "OK", "cancel": "Cancel"}', id="labels"),
        pytest.param("lib/arm64-v8a/libprivacy.so", POLICY.encode(), id="native library"),
        pytest.param("assets/privacy.bin", b"\x00\x01\x02" * 100, id="binary"),
        pytest.param("classes.dex", POLICY.encode(), id="code"),
    ],
)
def test_passed_over(path: str, data: bytes) -> None:
    assert bundled_terms(package({path: data}), CATALOG) == ((), ())


def test_string_resources_of_each_locale() -> None:
    strings = {
        "privacy_text": {
            "": "We collect your contacts and share personal data with third parties.",
            "zh": POLICY,
        },
        "app_name": {"": "Cash"},
    }
    sources, _ = bundled_terms(package({}, strings), CATALOG)
    assert [(s.name, s.origin) for s in sources] == [
        ("privacy_text", "resources!/string/privacy_text"),
        ("privacy_text-zh", "resources!/string/privacy_text (zh)"),
    ]


def test_links_are_facts() -> None:
    files = {
        "assets/a.html": b'<a href="https://lender.test/privacy/policy.html">x</a><a href="https://lender.test/home">y</a>'
    }
    strings = {"url": {"": "https://lender.test/user_agreement"}}
    assert bundled_terms(package(files, strings), CATALOG)[1] == (
        "https://lender.test/privacy/policy.html",
        "https://lender.test/user_agreement",
    )


def test_the_same_text_twice_is_one_document() -> None:
    files = {"assets/privacy.txt": POLICY.encode(), "assets/privacy_copy.txt": POLICY.encode()}
    assert len(bundled_terms(package(files), CATALOG)[0]) == 1


def test_a_file_that_cannot_be_read_is_passed_over() -> None:
    broken = package({})
    files = (PackageFile("base.apk", "assets/privacy.html", 100, bytes),)
    whole = Package("a", "a", "0", 1, (), Manifest("a"), (), files, broken.resources)
    assert bundled_terms(whole, CATALOG) == ((), ())
