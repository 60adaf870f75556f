"""Pages and scripts from outside the package, and scripts whose names were hidden."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from auditor.facts.frameworks import place
from auditor.facts.hybrid.js.apis import JsApis
from auditor.facts.hybrid.js.values import Script
from auditor.facts.names import glob_matches
from auditor.model import CodePlace, Limit, Package

_CONFIGURATIONS = (
    ("assets/capacitor.config.json", ("server", "url")),
    ("assets/apps/*/www/manifest.json", ("launch_path",)),
    ("assets/data/dcloud_control.json", ("launch_path",)),
)
"""Files that name a start page, and the path of keys to it."""
_LARGEST = 1_000_000
_OBFUSCATED = 200
"""Names like `_0x3f2a` from which a script counts as obfuscated."""


def start_pages(package: Package) -> Iterator[tuple[str, CodePlace]]:
    """Addresses of pages on a server with which an app of web pages starts, with their place."""
    for file in package.files:
        for glob, keys in _CONFIGURATIONS:
            if file.size <= _LARGEST and glob_matches(glob, file.name):
                data = file.load()
                url = _value(data, keys)
                if url.startswith(("http://", "https://")):
                    at = max(0, data.find(url.encode()))
                    yield url, CodePlace(place(package, file), at, file.part)


def remote_limits(
    pages: Iterable[tuple[str, CodePlace]], scripts: Iterable[Script], apis: JsApis
) -> Iterator[Limit]:
    """What of these is not examined."""
    for url, where in pages:
        why = f"the app starts with a page on a server, {url}: what its scripts do is not seen here"
        yield Limit("hybrid", where.caller, why)
    for script in scripts:
        for api in apis.entries:
            if api.kind == "update" and any(m.encode() in script.text for m in api.marks):
                yield Limit("dynamic_code", script.place, api.note)
        if script.text.count(b"_0x") >= _OBFUSCATED:
            why = "the script was obfuscated: names of interfaces in it can be hidden"
            yield Limit("obfuscated", script.place, why)


def _value(data: bytes, keys: tuple[str, ...]) -> str:
    try:
        held: Any = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    for key in keys:
        held = held.get(key) if isinstance(held, dict) else None
    return held if isinstance(held, str) else ""
