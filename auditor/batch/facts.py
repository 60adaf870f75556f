"""The facts of one app as the store keeps them: all that judging needs, and no file of the app.

In: `pipeline.Examined`. Out: bytes (JSON, compressed), and the documents of terms apart, because
many apps carry the same. `restore` gives an `Examined` from which `pipeline.conclude` makes the
same report as on the day of the scan.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from auditor.batch import codec
from auditor.model import (
    Endpoint,
    FamilyHint,
    Flow,
    Framework,
    Library,
    Limit,
    Manifest,
    Package,
    Packer,
    Part,
    PermissionUse,
    Signer,
    SourceRead,
    View,
)
from auditor.pipeline import Examined, Observation, TermsSource, Traits

FORMAT = 1
"""Raise it when facts mean something else though their shape is the same."""
_TEXTS, _TEXT = 400_000, 2_000
"""Characters of all string resources, and of one, that judging looks at."""
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Document:
    """One document of terms in the package; its bytes lie in the store under `sha256`."""

    name: str
    origin: str
    role_hint: str
    sha256: str


@dataclass(frozen=True, slots=True)
class StoredPackage:
    """`model.Package` without its files."""

    path: str
    name: str
    sha256: str
    size: int
    parts: tuple[Part, ...]
    manifest: Manifest
    signers: tuple[Signer, ...]
    nested: tuple[str, ...]
    limits: tuple[Limit, ...]
    texts: tuple[str, ...]
    """String resources in their order, each cut to what judging looks at."""


@dataclass(frozen=True, slots=True)
class Facts:
    """`pipeline.Examined`, in values that can be written."""

    package: StoredPackage
    libraries: tuple[Library, ...]
    frameworks: tuple[Framework, ...]
    packers: tuple[Packer, ...]
    permissions: tuple[PermissionUse, ...]
    reads: tuple[SourceRead, ...]
    flows: tuple[Flow, ...]
    endpoints: tuple[Endpoint, ...]
    terms: tuple[Document, ...]
    links: tuple[str, ...]
    code_strings: tuple[str, ...]
    observations: tuple[Observation, ...]
    limits: tuple[Limit, ...]
    families: tuple[FamilyHint, ...]
    renamed_share: float
    quotes: Mapping[str, str]
    traits: Traits


class StoredTexts:
    """`model.Resources` of an app that is not open: its texts, and nothing else."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Take the texts, in order."""
        self._texts = texts

    def string(self, res_id: int) -> Mapping[str, str]:
        """Nothing: ids are not kept."""
        del res_id
        return {}

    def name(self, res_id: int) -> str:
        """Nothing: ids are not kept."""
        del res_id
        return ""

    def id_of(self, name: str) -> int | None:
        """Nothing: ids are not kept."""
        del name
        return None

    def array(self, res_id: int) -> tuple[str, ...]:
        """Nothing: ids are not kept."""
        del res_id
        return ()

    def layout(self, res_id: int) -> tuple[View, ...]:
        """Nothing: layouts are not kept."""
        del res_id
        return ()

    def strings(self) -> Mapping[str, Mapping[str, str]]:
        """Every text, under its number."""
        return {str(number): {"": text} for number, text in enumerate(self._texts)}


@cache
def shape_digest() -> str:
    """SHA-256 of the format and of the fields of every class in it."""
    return hashlib.sha256(f"{FORMAT}\n{codec.shape_of(Facts)}".encode()).hexdigest()


def pack(app: Examined) -> tuple[bytes, dict[str, bytes]]:
    """Give the facts as bytes, and the documents of terms by their SHA-256, compressed."""
    bodies = {hashlib.sha256(t.data).hexdigest(): t.data for t in app.terms}
    digests = [hashlib.sha256(t.data).hexdigest() for t in app.terms]
    package = app.package
    facts = Facts(
        package=StoredPackage(
            path=package.name,
            name=package.name,
            sha256=package.sha256,
            size=package.size,
            parts=package.parts,
            manifest=package.manifest,
            signers=package.signers,
            nested=package.nested,
            limits=package.limits,
            texts=tuple(_texts(package)),
        ),
        libraries=app.libraries,
        frameworks=app.frameworks,
        packers=app.packers,
        permissions=app.permissions,
        reads=app.reads,
        flows=app.flows,
        endpoints=app.endpoints,
        terms=tuple(
            Document(t.name, t.origin, t.role_hint, digest)
            for t, digest in zip(app.terms, digests, strict=True)
        ),
        links=app.links,
        code_strings=app.code_strings,
        observations=app.observations,
        limits=app.limits,
        families=app.families,
        renamed_share=app.renamed_share,
        quotes=app.quotes,
        traits=app.traits,
    )
    written = zlib.compress(codec.dumps(facts), _LEVEL)
    return written, {d: zlib.compress(body, _LEVEL) for d, body in bodies.items()}


def unpack(data: bytes) -> Facts:
    """Read stored facts.

    Raises:
        ValueError: they are damaged or of another shape.
    """
    try:
        facts = codec.loads(Facts, zlib.decompress(data))
    except zlib.error as error:
        raise ValueError(f"damaged facts: {error}") from error
    assert isinstance(facts, Facts)
    return facts


def restore(facts: Facts, document: Callable[[str], bytes]) -> Examined:
    """Give what `pipeline.conclude` takes; `document` gives the bytes of a document of terms."""
    stored = facts.package
    package = Package(
        path=stored.path,
        name=stored.name,
        sha256=stored.sha256,
        size=stored.size,
        parts=stored.parts,
        manifest=stored.manifest,
        signers=stored.signers,
        files=(),
        resources=StoredTexts(stored.texts),
        nested=stored.nested,
        limits=stored.limits,
    )
    return Examined(
        package=package,
        libraries=facts.libraries,
        frameworks=facts.frameworks,
        packers=facts.packers,
        permissions=facts.permissions,
        reads=facts.reads,
        flows=facts.flows,
        endpoints=facts.endpoints,
        terms=tuple(
            TermsSource(t.name, document(t.sha256), t.origin, t.role_hint) for t in facts.terms
        ),
        links=facts.links,
        code_strings=facts.code_strings,
        observations=facts.observations,
        limits=facts.limits,
        families=facts.families,
        renamed_share=facts.renamed_share,
        quotes=facts.quotes,
        traits=facts.traits,
    )


def _texts(package: Package) -> Iterable[str]:
    size = 0
    for by_locale in package.resources.strings().values():
        for text in by_locale.values():
            yield text[:_TEXT]
            size += min(len(text), _TEXT) + 1
            if size > _TEXTS:
                return
