"""Small packages and code for the tests of facts, put together from plain values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from auditor.model import (
    CodePlace,
    Component,
    Manifest,
    Package,
    PackageFile,
    Part,
    PermissionRequest,
    Signer,
    View,
)


class NoResources:
    """A package without resources."""

    def string(self, res_id: int) -> Mapping[str, str]:
        return {}

    def name(self, res_id: int) -> str:
        return ""

    def id_of(self, name: str) -> int | None:
        return None

    def array(self, res_id: int) -> tuple[str, ...]:
        return ()

    def layout(self, res_id: int) -> tuple[View, ...]:
        return ()

    def strings(self) -> Mapping[str, Mapping[str, str]]:
        return {}


class FakeCode:
    """Answers of the bytecode index, given directly."""

    def __init__(
        self,
        classes: Iterable[str] = (),
        strings: Mapping[str, Sequence[CodePlace]] | None = None,
        calls: Mapping[tuple[str, str], Sequence[CodePlace]] | None = None,
        implementors: Mapping[str, Sequence[str]] | None = None,
        shapes: Mapping[tuple[str, str], str] | None = None,
        fields: Mapping[str, Sequence[str]] | None = None,
        field_texts: Iterable[tuple[str, str]] = (),
        field_reads: Mapping[tuple[str, str], Sequence[CodePlace]] | None = None,
        annotations: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        prototypes: Mapping[str, Sequence[str]] | None = None,
        texts: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._classes = tuple(classes)
        self._strings = strings or {}
        self._calls = calls or {}
        self._implementors = implementors or {}
        self._shapes = shapes or {}
        self._fields = fields or {}
        self._field_texts = tuple(field_texts)
        self._field_reads = field_reads or {}
        self._annotations = annotations or {}
        self._prototypes = prototypes or {}
        self._texts = texts or {}

    def classes(self) -> Iterable[str]:
        return self._classes

    def strings(self) -> Iterable[str]:
        return self._strings

    def strings_containing(self, needle: bytes) -> Iterable[str]:
        held = [*self._strings, *(text for _, text in self._field_texts)]
        return [s for s in held if needle in s.encode()]

    def holds_string(self, text: str) -> bool:
        return text in self._strings or any(text == held for _, held in self._field_texts)

    def loads_of(self, text: str) -> Sequence[CodePlace]:
        return self._strings.get(text, ())

    def calls_of(self, owner: str, name: str) -> Sequence[CodePlace]:
        return self._calls.get((owner, name), ())

    def field_reads_of(self, owner: str, name: str) -> Sequence[CodePlace]:
        return self._field_reads.get((owner, name), ())

    def field_owners(self, name: str) -> Sequence[str]:
        return self._fields.get(name, ())

    def field_annotation_texts(self, wanted: Collection[str]) -> Iterable[tuple[str, str]]:
        return [(cls, text) for cls, text in self._field_texts if text in wanted]

    def annotated(self, annotation: str) -> Iterable[tuple[str, str]]:
        return self._annotations.get(annotation, ())

    def named_objects(self, owner: str, name: str) -> Iterable[tuple[str, str]]:
        return ()

    def texts_in(self, method: str) -> Sequence[str]:
        return self._texts.get(method, ())

    def implementors(self, descriptor: str) -> Sequence[str]:
        return self._implementors.get(descriptor, ())

    def prototypes(self, owner: str) -> Sequence[str]:
        return self._prototypes.get(owner, ())

    def body_shape(self, owner: str, name: str) -> str:
        return self._shapes.get((owner, name), "")


def manifest(
    package: str = "com.suixinhua.app",
    components: Iterable[str] = (),
    application: str = "",
    permissions: Iterable[PermissionRequest] = (),
    meta_data: tuple[tuple[str, str], ...] = (),
    label: str = "随心花",
) -> Manifest:
    """A manifest; `components` are activities."""
    return Manifest(
        package=package,
        application_class=application,
        label=label,
        components=tuple(Component("activity", name, False) for name in components),
        permissions=tuple(permissions),
        meta_data=meta_data,
    )


def package(
    files: Mapping[str, bytes] | None = None,
    of: Manifest | None = None,
    signers: tuple[Signer, ...] = (),
    part: str = "app.apk",
    extra: Mapping[tuple[str, str], bytes] | None = None,
) -> Package:
    """A package of one APK (and of what `extra` names by part and path)."""
    listed = {(part, name): data for name, data in (files or {}).items()} | dict(extra or {})
    parts = dict.fromkeys([part, *(p for p, _ in listed)])
    return Package(
        path="app.apk",
        name="app.apk",
        sha256="00" * 32,
        size=1,
        parts=tuple(Part(name, "00" * 32, 1) for name in parts),
        manifest=of or manifest(),
        signers=signers,
        files=tuple(
            PackageFile(where, name, len(data), partial(bytes, data))
            for (where, name), data in sorted(listed.items())
        ),
        resources=NoResources(),
    )


def place(caller: str, offset: int = 0) -> CodePlace:
    """An instruction of `classes.dex`."""
    return CodePlace(caller, offset, "classes.dex")
