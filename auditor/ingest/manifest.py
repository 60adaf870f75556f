"""Turn binary manifests into `model.Manifest`, with the values that Android would use.

Rules: `frameworks/base/core/java/android/content/pm/parsing/ParsingPackageUtils.java` and the
classes beside it (`ParsedActivityUtils`, `ParsedProviderUtils`, …). Attributes are found by
resource id as there: an `android:name` without the id of `android.R.attr.name` is decoration. A
split adds components and meta-data, but no permissions: Android reads only its `<application>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auditor.ingest import axml
from auditor.ingest.axml import Element
from auditor.ingest.network_security import NetworkSecurity, read_network_security
from auditor.ingest.permissions import implied
from auditor.ingest.resources import AppResources, is_reference, scalar
from auditor.model import Component, IntentFilter, Limit, Manifest, PermissionRequest

ICON = 0x01010002
LABEL, NAME, PERMISSION, READ_PERMISSION = 0x01010001, 0x01010003, 0x01010006, 0x01010007
ENABLED, DEBUGGABLE, EXPORTED, PROCESS = 0x0101000E, 0x0101000F, 0x01010010, 0x01010011
AUTHORITIES, VALUE, RESOURCE, MIME_TYPE = 0x01010018, 0x01010024, 0x01010025, 0x01010026
SCHEME, TARGET_ACTIVITY, MIN_SDK = 0x01010027, 0x01010202, 0x0101020C
VERSION_CODE, VERSION_NAME, TARGET_SDK = 0x0101021B, 0x0101021C, 0x01010270
MAX_SDK, ALLOW_BACKUP, CLEARTEXT = 0x01010271, 0x01010280, 0x010104EC
NETWORK_SECURITY, VERSION_CODE_MAJOR, COMPONENT_FACTORY = 0x01010527, 0x01010576, 0x0101057A

MAX_PERMISSIONS = 2_000
MAX_COMPONENTS = 20_000
MAX_FILTERS = 500
MAX_ITEMS = 2_000
"""Values of one other kind: meta-data, queries, actions of a filter."""

_KINDS = {
    "activity": "activity",
    "activity-alias": "activity",
    "service": "service",
    "receiver": "receiver",
    "provider": "provider",
}
_PERMISSION_TAGS = ("uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m")


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells which app and which part of it a manifest belongs to."""

    package: str
    split: str
    version_code: str


def identify(root: Element) -> Identity:
    """Read package, split name and version code of a `<manifest>`."""
    package, split = root.by_name("package"), root.by_name("split")
    return Identity(
        package.text if package else "",
        split.text if split else "",
        _version_code(root),
    )


def read_manifest(
    base: Element, splits: Sequence[Element], resources: AppResources, where: str
) -> tuple[Manifest, tuple[Limit, ...]]:
    """Merge the manifests of an app; what exceeds a bound is told as a limit."""
    reader = _Reader(base, resources, where)
    return reader.manifest(splits), tuple(reader.limits)


class _Reader:
    """Reads one app's manifests; holds what all of its elements need."""

    def __init__(self, base: Element, resources: AppResources, where: str) -> None:
        self.base = base
        self.resources = resources
        self.where = where
        self.limits: list[Limit] = []
        self.package = identify(base).package
        self.application = next(base.all("application"), Element("application"))
        if sum(1 for _ in base.all("application")) > 1:
            self._tell("more than one <application>; the first counts, as on a device")
        uses_sdk = list(base.all("uses-sdk"))[-1:]
        self.min_sdk = self._sdk(uses_sdk, MIN_SDK)
        self.target_sdk = self._sdk(uses_sdk, TARGET_SDK) or self.min_sdk

    def manifest(self, splits: Sequence[Element]) -> Manifest:
        """Join base and splits."""
        applications = [self.application]
        for split in splits:
            applications += list(split.all("application"))[:1]
        components = self._components(applications)
        security = self._network_security()
        labels = self._labels(components)
        app = self.application
        cleartext = self._flag(app, CLEARTEXT)
        return Manifest(
            package=self.package,
            version_name=self._text(self.base, VERSION_NAME),
            version_code=_version_code(self.base),
            min_sdk=self.min_sdk,
            target_sdk=self.target_sdk,
            application_class=self._class(self._text(app, NAME)),
            app_component_factory=self._class(self._text(app, COMPONENT_FACTORY)),
            label=labels.get("") or next(iter(labels.values()), ""),
            labels=labels,
            permissions=self._permissions(),
            components=tuple(component for component, _ in components),
            queries=self._queries(),
            cleartext=security.cleartext if security else cleartext,
            cleartext_domains=security.cleartext_domains if security else (),
            user_certificates=security.user_certificates if security else False,
            debuggable=self._flag(app, DEBUGGABLE) or False,
            allow_backup=self._flag(app, ALLOW_BACKUP),
            meta_data=tuple(pair for a in applications for pair in self._meta_data(a)),
            icons=self._icons(),
        )

    # ------------------------------------------------------------ values

    def _tell(self, why: str, kind: str = "manifest_malformed") -> None:
        limit = Limit(kind, self.where, why)
        if limit not in self.limits:
            self.limits.append(limit)

    def _text(self, element: Element, attribute: int) -> str:
        return self.resources.text(element.by_id(attribute))

    def _flag(self, element: Element, attribute: int) -> bool | None:
        found = element.by_id(attribute)
        value = self.resources.value(found) if found else None
        if value is None:
            return None
        if value.type == axml.STRING:
            return value.text.lower() in ("true", "1")
        return value.data != 0

    def _sdk(self, uses_sdk: list[Element], attribute: int) -> int | None:
        found = uses_sdk[0].by_id(attribute) if uses_sdk else None
        value = self.resources.value(found) if found else None
        if value is None:
            return None
        if value.type == axml.STRING:
            return int(value.text) if value.text.isascii() and value.text.isdecimal() else 10_000
        return min(value.data, 10_000)

    def _class(self, name: str) -> str:
        """Complete a class name as `ParsingUtils.buildClassName` does."""
        if not name:
            return ""
        if name.startswith("."):
            return self.package + name
        return name if "." in name else f"{self.package}.{name}"

    def _capped(self, elements: Iterable[Element], most: int, what: str) -> Iterator[Element]:
        for position, element in enumerate(elements):
            if position == most:
                self._tell(f"more than {most} {what}; the others were not read", "budget")
                return
            yield element

    # ------------------------------------------------------------ parts of the manifest

    def _permissions(self) -> tuple[PermissionRequest, ...]:
        found: dict[PermissionRequest, None] = {}
        elements = (e for e in self.base.children if e.name in _PERMISSION_TAGS)
        for element in self._capped(elements, MAX_PERMISSIONS, "permissions"):
            name = self._text(element, NAME)
            top = element.by_id(MAX_SDK)
            most = top.data if top and top.type in (axml.INT, axml.HEX) else None
            if name:
                later = element.name != "uses-permission"
                found.setdefault(PermissionRequest(name, most, later))
        return (*found, *implied(found, self.target_sdk or 1))

    def _components(self, applications: list[Element]) -> list[tuple[Component, Element]]:
        elements = (e for a in applications for e in a.children if e.name in _KINDS)
        found: dict[Component, Element] = {}
        for element in self._capped(elements, MAX_COMPONENTS, "components"):
            component = self._component(element)
            if component.name:
                found.setdefault(component, element)
        return list(found.items())

    def _component(self, element: Element) -> Component:
        kind = _KINDS[element.name]
        filters = self._filters(element)
        app = self.application
        permission = self._text(element, PERMISSION) or self._text(app, PERMISSION)
        if kind == "provider":
            permission = self._text(element, READ_PERMISSION) or permission
        authorities = self._text(element, AUTHORITIES)
        return Component(
            kind,
            self._class(self._text(element, NAME)),
            self._exported(element, kind, bool(filters)),
            self._flag(element, ENABLED) is not False and self._flag(app, ENABLED) is not False,
            permission,
            self._process(self._text(element, PROCESS) or self._text(app, PROCESS)),
            self._class(self._text(element, TARGET_ACTIVITY)),
            tuple(part for part in authorities.split(";")[:MAX_ITEMS] if part),
            filters,
            tuple(self._meta_data(element)),
        )

    def _exported(self, element: Element, kind: str, has_filters: bool) -> bool:
        """Apply the defaults: providers below target 17, filters below target 31."""
        said = self._flag(element, EXPORTED)
        if said is not None:
            return said
        target = self.target_sdk or 1
        return target < 17 if kind == "provider" else has_filters and target < 31

    def _process(self, name: str) -> str:
        full = self.package + name if name.startswith(":") else name
        return "" if full == self.package else full

    def _filters(self, element: Element) -> tuple[IntentFilter, ...]:
        filters = self._capped(element.all("intent-filter"), MAX_FILTERS, "intent filters")
        return tuple(
            IntentFilter(
                self._names(one, "action", NAME),
                self._names(one, "category", NAME),
                self._names(one, "data", SCHEME),
                self._names(one, "data", MIME_TYPE),
            )
            for one in filters
        )

    def _names(self, element: Element, tag: str, attribute: int) -> tuple[str, ...]:
        children = self._capped(element.all(tag), MAX_ITEMS, f"<{tag}> in one filter")
        texts = (self._text(child, attribute) for child in children)
        return tuple(dict.fromkeys(text for text in texts if text))

    def _meta_data(self, element: Element) -> Iterator[tuple[str, str]]:
        for child in self._capped(element.all("meta-data"), MAX_ITEMS, "<meta-data>"):
            value, resource = child.by_id(VALUE), child.by_id(RESOURCE)
            text = self.resources.text(value) if value else ""
            if not text and (reference := resource or value) and is_reference(reference.type):
                text = "@" + (self.resources.name(reference.data) or f"{reference.data:08x}")
            yield self._text(child, NAME), text

    def _queries(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        children = (child for queries in self.base.all("queries") for child in queries.children)
        for child in self._capped(children, MAX_ITEMS, "<queries>"):
            if child.name == "package":
                found.setdefault("package:" + self._text(child, NAME))
            elif child.name == "provider":
                for authority in self._text(child, AUTHORITIES).split(";"):
                    found.setdefault("provider:" + authority)
            elif child.name == "intent":
                for action in self._names(child, "action", NAME):
                    found.setdefault("intent:" + action)
        return tuple(found)

    def _labels(self, components: list[tuple[Component, Element]]) -> dict[str, str]:
        """Return the label in every locale: the application's, else that of the launcher."""
        label = self.application.by_id(LABEL)
        if label is None:
            launchers = (element for component, element in components if _is_launcher(component))
            label = next((e.by_id(LABEL) for e in launchers if e.by_id(LABEL)), None)
        if label is None:
            return {}
        found = self.resources.texts(label)
        return {locale: text for locale, text in sorted(found.items()) if text}

    def _icons(self) -> tuple[str, ...]:
        icon = self.application.by_id(ICON)
        if icon is None or not is_reference(icon.type):
            return ()
        return self.resources.paths(icon.data)

    def _network_security(self) -> NetworkSecurity | None:
        reference = self.application.by_id(NETWORK_SECURITY)
        if reference is None or not is_reference(reference.type):
            return None
        root = next(self.resources.xml(reference.data), None)
        if root is None:
            self._tell("its network-security-config cannot be read", "resource_malformed")
            return None
        debuggable = self._flag(self.application, DEBUGGABLE) or False
        return read_network_security(root, self.resources.text, debuggable)


def _is_launcher(component: Component) -> bool:
    return component.kind == "activity" and any(
        "android.intent.action.MAIN" in f.actions
        and "android.intent.category.LAUNCHER" in f.categories
        for f in component.filters
    )


def _version_code(root: Element) -> str:
    low, high = root.by_id(VERSION_CODE), root.by_id(VERSION_CODE_MAJOR)
    if low is None:
        return ""
    if high is not None and high.data:
        return str(high.data << 32 | low.data)
    return scalar(low.type if low.type != axml.HEX else axml.INT, low.data, low.text)
