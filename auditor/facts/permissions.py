"""Which permissions the app requests, and which personal data each one opens."""

from __future__ import annotations

from auditor.catalog import Catalog
from auditor.model import DataType, Manifest, PermissionUse


def data_types_by_permission(catalog: Catalog) -> dict[str, tuple[DataType, ...]]:
    """Map each permission to the data types it opens, in the order of the table."""
    found: dict[str, list[DataType]] = {}
    for raw in catalog.table("data_types.yaml")["entries"]:
        for name in raw.get("permissions", ()):
            found.setdefault(name, []).append(DataType(raw["id"]))
    return {name: tuple(types) for name, types in found.items()}


def permission_facts(manifest: Manifest, catalog: Catalog) -> tuple[PermissionUse, ...]:
    """List the requested permissions by name, each with the data types it opens.

    A permission asked for twice keeps the wider request: no `maxSdkVersion`, else the highest.
    """
    opens = data_types_by_permission(catalog)
    widest: dict[str, int | None] = {}
    for request in manifest.permissions:
        known = widest.get(request.name, -1)
        if request.max_sdk is None or known is None:
            widest[request.name] = None
        else:
            widest[request.name] = max(known, request.max_sdk)
    return tuple(
        PermissionUse(name, opens.get(name, ()), max_sdk)
        for name, max_sdk in sorted(widest.items())
    )
