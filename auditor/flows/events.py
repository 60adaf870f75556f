"""What a run of code shows: the events of a frame, and the payload of each kind.

The engine notes them where they happen; `roots.py` follows them, `collect.py` makes flows of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor.flows.values import Condition, Taint, Value, join

Site = tuple[int, int]
"""(method id, offset)."""
Event = tuple[str, int, int, str]
"""(kind, method id, offset, what): the name of something that a run showed."""
PICKED = 0
"""The source number of what the user picked: no personal datum, but it narrows a query."""
Guards = frozenset[Condition] | None
"""Conditions that hold wherever this happens; None where none were noted yet."""


@dataclass(frozen=True, slots=True)
class Source:
    """One place at which data of one kind enter."""

    number: int
    data_type: str
    site: Site
    callee: int
    rule: str
    scope: str
    detail: str


@dataclass(frozen=True, slots=True)
class Send:
    """Payload of a `send` event: what one call gives away."""

    sink: str
    kind: str
    callee: int
    taints: frozenset[Taint]
    urls: Value
    http_method: Value
    guards: Guards
    named: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Read:
    """Payload of a `read` event."""

    source: int
    guards: Guards


@dataclass(frozen=True, slots=True)
class Later:
    """Payload of a `later` event: a callback that a trigger will run."""

    trigger: str
    on: Value
    name: str
    args: tuple[Value, ...]
    label: Value
    guards: Guards


@dataclass(frozen=True, slots=True)
class Start:
    """Payload of a `start` event: a component that is started."""

    kind: str
    classes: tuple[str, ...]
    guards: Guards


@dataclass(frozen=True, slots=True)
class End:
    """Payload of an `end` event: the screen or the app is closed."""

    guards: Guards


Payload = Send | Read | Later | Start | End


def noted(old: Payload | None, new: Payload, here: frozenset[Condition]) -> Payload:
    """The payload of an event that comes (again), under the conditions `here`.

    Taints and addresses add up; of the conditions those stay that held each time.
    """
    guards = here if new.guards is None else new.guards | here
    if old is None or type(old) is not type(new):
        return replace(new, guards=guards)
    guards = guards if old.guards is None else old.guards & guards
    if isinstance(new, Send) and isinstance(old, Send):
        return replace(
            new,
            taints=old.taints | new.taints,
            urls=join(old.urls, new.urls),
            http_method=join(old.http_method, new.http_method),
            guards=guards,
            named=old.named | new.named,
        )
    if isinstance(new, Later) and isinstance(old, Later):
        return replace(
            new,
            on=join(old.on, new.on),
            args=tuple(join(a, b) for a, b in zip(old.args, new.args, strict=True)),
            label=join(old.label, new.label),
            guards=guards,
        )
    return replace(new, guards=guards)
