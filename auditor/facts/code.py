"""What the facts need to know of the bytecode: a small part of `dex.CodeIndex`.

Tests hand in a fake, the pipeline the index. Names of classes are descriptors, `Lcom/app/Main;`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from auditor.model import CodePlace


class Code(Protocol):
    """The questions that facts ask of the code."""

    def classes(self) -> Iterable[str]:
        """Descriptors of every defined class."""

    def strings(self) -> Iterable[str]:
        """Every string constant of the string tables, used or not."""

    def strings_containing(self, needle: bytes) -> Iterable[str]:
        """String constants whose UTF-8 contains `needle`."""

    def holds_string(self, text: str) -> bool:
        """Tell whether a string table holds exactly this text, used or not."""

    def loads_of(self, text: str) -> Sequence[CodePlace]:
        """Instructions that load exactly this string."""

    def calls_of(self, owner: str, name: str) -> Sequence[CodePlace]:
        """Instructions that call the method `name` (any signature) of class `owner`."""

    def field_reads_of(self, owner: str, name: str) -> Sequence[CodePlace]:
        """Instructions that read the field `name` (any type) of class `owner`."""

    def field_owners(self, name: str) -> Sequence[str]:
        """Defined classes that have a field of this name."""

    def field_annotation_texts(self, wanted: Collection[str]) -> Iterable[tuple[str, str]]:
        """(class, text) of the annotations of fields that hold one of the texts wanted."""

    def annotated(self, annotation: str) -> Iterable[tuple[str, str]]:
        """(class, method name) of the defined methods that bear an annotation (descriptor)."""

    def named_objects(self, owner: str, name: str) -> Iterable[tuple[str, str]]:
        """(text, class) of the calls of a method that get a constant text and a new object."""

    def texts_in(self, method: str) -> Sequence[str]:
        """Constant texts that a method, by its signature, loads; in order."""

    def implementors(self, descriptor: str) -> Sequence[str]:
        """Defined classes that implement or extend `descriptor`, directly or not."""

    def prototypes(self, owner: str) -> Sequence[str]:
        """Prototypes of the methods that a class defines: `(Ljava/lang/String;)V`."""

    def body_shape(self, owner: str, name: str) -> str:
        """How trivial the bodies of `owner`'s methods called `name` are.

        `empty` (returns and can refuse nothing: it throws nothing and calls only logs), `true` /
        `false` (returns this constant on every path), `other`, or an empty string when no such
        method has code. A body that hands its arguments to one other method has that one's shape.
        """


class NoCode:
    """A package without readable bytecode."""

    def classes(self) -> Iterable[str]:
        """No class."""
        return ()

    def strings(self) -> Iterable[str]:
        """No string."""
        return ()

    def strings_containing(self, needle: bytes) -> Iterable[str]:
        """No string."""
        return ()

    def holds_string(self, text: str) -> bool:
        """No string."""
        return False

    def loads_of(self, text: str) -> Sequence[CodePlace]:
        """No load."""
        return ()

    def calls_of(self, owner: str, name: str) -> Sequence[CodePlace]:
        """No call."""
        return ()

    def field_reads_of(self, owner: str, name: str) -> Sequence[CodePlace]:
        """No read."""
        return ()

    def field_owners(self, name: str) -> Sequence[str]:
        """No class."""
        return ()

    def field_annotation_texts(self, wanted: Collection[str]) -> Iterable[tuple[str, str]]:
        """No annotation."""
        return ()

    def annotated(self, annotation: str) -> Iterable[tuple[str, str]]:
        """No method."""
        return ()

    def named_objects(self, owner: str, name: str) -> Iterable[tuple[str, str]]:
        """No call."""
        return ()

    def texts_in(self, method: str) -> Sequence[str]:
        """No text."""
        return ()

    def implementors(self, descriptor: str) -> Sequence[str]:
        """No class."""
        return ()

    def prototypes(self, owner: str) -> Sequence[str]:
        """No method."""
        return ()

    def body_shape(self, owner: str, name: str) -> str:
        """No method."""
        return ""


def java_name(descriptor: str) -> str:
    """`Lcom/app/Main;` as manifests write it: `com.app.Main`."""
    return descriptor[1:-1].replace("/", ".")


def descriptor_of(java: str) -> str:
    """`com.app.Main` as code writes it: `Lcom/app/Main;`."""
    return f"L{java.replace('.', '/')};"
