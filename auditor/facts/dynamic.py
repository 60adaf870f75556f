"""Code that can run without standing in the DEX files: what this audit cannot have seen.

DEX files and APKs that lie elsewhere in the package are told by the stage that reads it.
"""

from __future__ import annotations

from collections.abc import Iterable

from auditor.facts.code import Code
from auditor.facts.libraries import APP, Owners
from auditor.model import Library, Limit, Package

_LOADERS = (
    ("Ldalvik/system/DexClassLoader;", "<init>"),
    ("Ldalvik/system/InMemoryDexClassLoader;", "<init>"),
    ("Ldalvik/system/PathClassLoader;", "<init>"),
    ("Ldalvik/system/DexFile;", "loadDex"),
    ("Ldalvik/system/DexFile;", "<init>"),
)
_INSTALL = "android.permission.REQUEST_INSTALL_PACKAGES"
_APK_TYPE = "application/vnd.android.package-archive"
_REPLACING = {
    "hotfix": "replaces code after installation",
    "plugin_framework": "loads whole apps as plug-ins",
}
_SHOWN = 3


def dynamic_code_limits(
    package: Package, code: Code, owner: Owners, libraries: Iterable[Library]
) -> tuple[Limit, ...]:
    """Name what can run without standing in the DEX files that were read."""
    limits = [*_loaders(code, owner), *_installs(package, code)]
    for library in libraries:
        if words := _REPLACING.get(library.category):
            limits.append(Limit("dynamic_code", library.id, f"{library.name} {words}"))
    return tuple(sorted(set(limits)))


def _loaders(code: Code, owner: Owners) -> Iterable[Limit]:
    for cls, method in _LOADERS:
        places = code.calls_of(cls, method)
        own = [p for p in places if owner(p.caller.partition("->")[0]) == APP]
        if not own:
            continue
        shown = ", ".join(f"{p.caller}@{p.offset}" for p in own[:_SHOWN])
        name = cls[1:-1].rpartition("/")[2]
        yield Limit(
            "dynamic_code", shown, f"loads code at run time with {name}: what it loads is not known"
        )


def _installs(package: Package, code: Code) -> Iterable[Limit]:
    if not any(p.name == _INSTALL for p in package.manifest.permissions):
        return
    if code.loads_of(_APK_TYPE):
        why = "the app can ask to install another APK, which is not part of this audit"
        yield Limit("dynamic_code", "AndroidManifest.xml", why)
