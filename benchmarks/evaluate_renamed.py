"""Flows through libraries that R8 renamed: three apps, built here with the real libraries.

`renamed/` holds their sources. Needed are a JDK, kotlinc, aapt and these Debian packages:
libokhttp-java, libokio-java, libgoogle-gson-java, librxjava-java, libreactive-streams-java, kotlin,
libkotlinx-coroutines-java; R8 comes with `samples/build.py`'s tools. Where one is missing the part
is skipped with a word. Nothing that is built here is kept.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = Path(__file__).parent / "renamed"
JARS = Path("/usr/share/java")
COMMON = ("okhttp.jar", "okio.jar")
KOTLIN = (
    *("gson.jar", "kotlin-stdlib.jar", "kotlinx-coroutines-core.jar"),
    *("kotlin-stdlib-common-1.3.31.jar", "kotlinx-coroutines-core-common.jar"),
)


@dataclass(frozen=True)
class Case:
    """One app: its source, its package, its libraries, and where contacts go in it."""

    source: str
    package: str
    jars: tuple[str, ...]
    endpoints: tuple[str, ...]


CASES = (
    Case(
        "Http.java",
        "com.kredit.http",
        COMMON,
        tuple(f"https://api.kredit-one.example/v1/{p}" for p in ("contacts", "form", "multi", "q")),
    ),
    Case(
        "Coroutines.kt",
        "com.kredit.kt",
        (*COMMON, *KOTLIN),
        ("https://kt.kredit-two.example/api/contacts/batch",),
    ),
    Case(
        "Rx.java",
        "com.kredit.rx",
        (*COMMON, "rxjava.jar", "reactive-streams.jar"),
        ("https://rx.kredit-three.example/book",),
    ),
)
MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="{package}"
  android:versionCode="1" android:versionName="1">
<uses-sdk android:minSdkVersion="21" android:targetSdkVersion="30"/>
<uses-permission android:name="android.permission.READ_CONTACTS"/>
<uses-permission android:name="android.permission.INTERNET"/>
<application android:label="Kredit"><activity android:name=".MainActivity"><intent-filter>
<action android:name="android.intent.action.MAIN"/>
<category android:name="android.intent.category.LAUNCHER"/>
</intent-filter></activity></application></manifest>
"""
RULES = """-keep class {package}.MainActivity {{ *; }}
-dontwarn **
-repackageclasses ''
-allowaccessmodification
-keepattributes *Annotation*,Signature
-keepclassmembers class * {{ @com.google.gson.annotations.SerializedName <fields>; }}
"""


def renamed(corpus: Path, processes: int) -> bool:
    """Build each app with R8 in full mode, trace it, and compare with where contacts go."""
    sys.path.insert(0, str(ROOT / "samples"))
    import build as samples

    missing = sorted({j for c in CASES for j in c.jars if not (JARS / j).exists()})
    if missing:
        print(f"{JARS} lacks {', '.join(missing)}: skipped")
        return True
    good = True
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            try:
                app = _build(case, Path(folder), samples.find_tools())
            except (samples.BuildError, OSError, subprocess.CalledProcessError) as error:
                print(f"{case.source}: cannot be built here ({error}): skipped")
                continue
            found, seconds = _trace(app)
        wanted = set(case.endpoints)
        good = good and found == wanted
        print(
            f"{case.source:<14} found {len(found & wanted)} of {len(wanted)},"
            f" {len(found - wanted)} too many, {seconds:.1f} s"
        )
    return good


def _build(case: Case, work: Path, tools: object) -> Path:
    r8, android = str(tools.d8), str(tools.android)  # type: ignore[attr-defined]
    jars = [str(JARS / name) for name in case.jars]
    classes, out, app = work / "classes", work / "dex", work / "app.apk"
    out.mkdir()
    classes.mkdir()
    path = ":".join([android, *jars])
    source = str(SOURCES / case.source)
    compiler = (
        ["kotlinc", "-no-jdk", "-nowarn"]
        if source.endswith(".kt")
        else ["javac", "-nowarn", "-Xlint:none", "-source", "8", "-target", "8"]
    )
    copy = work / ("MainActivity" + Path(source).suffix)
    copy.write_bytes(Path(source).read_bytes())
    _run(*compiler, "-cp", path, "-d", str(classes), str(copy))
    jar = work / "app.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        for file in sorted(classes.rglob("*.class")):
            archive.write(file, file.relative_to(classes).as_posix())
    (work / "rules.pro").write_text(RULES.format(package=case.package), encoding="utf-8")
    (work / "AndroidManifest.xml").write_text(
        MANIFEST.format(package=case.package), encoding="utf-8"
    )
    _run(
        *("java", "-cp", r8, "com.android.tools.r8.R8", "--release", "--min-api", "21"),
        *("--lib", android, "--pg-conf", str(work / "rules.pro"), "--output", str(out)),
        *(str(jar), *jars),
    )
    _run("aapt", "package", "-f", "-M", str(work / "AndroidManifest.xml"), "-I", android, "-F", app)
    with zipfile.ZipFile(app, "a") as archive:
        for file in sorted(out.glob("*.dex")):
            archive.write(file, file.name)
    return app


def _run(*words: str | Path) -> None:
    subprocess.run(words, check=True, capture_output=True)


def _trace(app: Path) -> tuple[set[str | None], float]:
    """Endpoints to which the whole address book is traced, and seconds of processor time."""
    import time

    from auditor.catalog import Catalog
    from auditor.dex import CodeIndex, DexInput
    from auditor.flows.trace import trace_flows
    from auditor.ingest import dex_files, read_package

    package = read_package(app)
    code = CodeIndex.build([DexInput(name, data) for name, data in dex_files(package)])
    begin = time.process_time()
    traced = trace_flows(code, package.manifest, package.resources, Catalog())
    return {
        f.endpoint
        for f in traced.flows
        if f.data_type.startswith("contacts") and f.level.value == "traced"
    }, time.process_time() - begin
