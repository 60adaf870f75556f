"""What the index tells of a method, a field, a call site: plain tuples."""

from __future__ import annotations

from typing import NamedTuple

from auditor.dex.values import Value

HANDLE_KINDS = (
    "static-put",
    "static-get",
    "instance-put",
    "instance-get",
    "invoke-static",
    "invoke-instance",
    "invoke-constructor",
    "invoke-direct",
    "invoke-interface",
)


class MethodInfo(NamedTuple):
    """A method that the app defines or names."""

    id: int
    cls: str
    name: str
    proto: str
    """`(ILjava/lang/String;)V`."""
    params: tuple[str, ...]
    ret: str
    access: int
    """Access flags; 0 when no class of the app defines it."""
    defined: bool
    has_code: bool


class FieldInfo(NamedTuple):
    """A field that the app defines or names."""

    id: int
    cls: str
    name: str
    type: str
    access: int
    defined: bool
    static_value: Value
    """Constant with which a static field starts; None when the file gives none, or it is null."""


class MethodHandle(NamedTuple):
    """What a method handle leads to."""

    kind: str
    """One of `HANDLE_KINDS`."""
    member: int
    """Global id: of a field for the first four kinds, of a method for the others."""


class CallSiteInfo(NamedTuple):
    """An invoke-custom's call site: what links it."""

    bootstrap: MethodHandle | None
    name: str
    proto: str
    args: tuple[Value, ...]
    """Further arguments of the bootstrap method; for a lambda: erased prototype, handle of
    its body, prototype."""
