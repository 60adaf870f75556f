"""How the platform comes to start a component, and which of its methods it calls."""

from __future__ import annotations

from auditor.dex import MethodInfo
from auditor.flows import targets
from auditor.flows.app import App
from auditor.flows.models import descriptor
from auditor.model import Component

_LAUNCHER = "android.intent.category.LAUNCHER"
GUESSED = "event"
"""Trigger of methods that are only named like callbacks; what registers them says better."""


def platform_trigger(engine: App, component: Component) -> tuple[str, bool | None]:
    """How the platform comes to start a component by itself; ("", None) when it doesn't."""
    if component.kind == "provider":
        return "application_start", True
    if component.kind == "activity":
        if any(_LAUNCHER in f.categories for f in component.filters):
            return "launcher_start", True
        return ("other_app", None) if component.exported else ("", None)
    if component.kind == "receiver":
        boots = engine.know.roles["boots"].words
        actions = [a for f in component.filters for a in f.actions]
        if any(a.rpartition(".")[2] in boots for a in actions):
            return "boot", True
        return ("broadcast", True) if actions or component.exported else ("", None)
    if component.filters or component.exported:
        return "background", None
    return "", None


def lifecycle(engine: App, cls: str) -> list[tuple[str, int, str]]:
    """(name, parameters, trigger) of the methods that the platform calls on a component."""
    chain = engine.types.chain(cls)
    triggers: dict[str, str] = {}
    for entry in engine.know.lifecycles:
        if any(descriptor(name) in chain for name in entry.on):
            for name, trigger in entry.methods.items():
                triggers.setdefault(name, trigger)
    found: dict[tuple[str, int], str] = {}
    at: str | None = cls
    own: list[MethodInfo] = []
    while at and engine.index.is_defined(at):
        if targets.is_opaque(engine, at):
            break
        own += [engine.index.method(m) for m in engine.index.methods_of(at)]
        at = engine.index.superclass(at)
    for name in ("<init>", *triggers):
        for info in own:
            if info.name == name and info.has_code and not info.access & 0x8:
                found.setdefault((name, len(info.params)), triggers.get(name, ""))
    for info in own:
        callback = info.name.startswith("on") and info.name[2:3].isupper()
        if callback and info.has_code and not info.access & 0xA:
            found.setdefault((info.name, len(info.params)), triggers.get(info.name, GUESSED))
    return [(name, arity, trigger) for (name, arity), trigger in found.items()]
