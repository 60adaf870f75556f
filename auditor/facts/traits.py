"""What is alike in two apps of one maker, in a form that survives renaming.

In: the bytecode index, the package. Out: `Traits`: sketches of the sets of class and method digests
of the app's own code, and its icon as a perceptual hash. A method's digest is made of its
prototype and of what it calls outside the app; a class's of its methods and fields. Names that the
app gave count nowhere, for R8 changes them.

A sketch is the `SKETCH` smallest digests of a set (bottom-k, Broder 1997): two sketches tell how
much the two sets have in common.
"""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from auditor.dex import CodeIndex
from auditor.model import Package, PackageFile

SKETCH = 512
"""Digests that are kept of each set."""
_CLASSES = 6_000
"""Own classes of an app that are looked at, in order of definition."""
_METHODS = 400
"""Methods of one class that are looked at."""
_CALLS_OUT = 2
"""A method that calls out less often looks like many others, and is no sign by itself."""
_ICON_BYTES = 1 << 20
_ICON_PIXELS = 2048 * 2048


@dataclass(frozen=True, slots=True)
class Traits:
    """The signs of one app."""

    classes: tuple[str, ...] = ()
    """The smallest digests of its classes, 16 hexadecimal digits each, ascending."""
    class_count: int = 0
    """Distinct digests of classes, kept or not."""
    methods: tuple[str, ...] = ()
    method_count: int = 0
    icon: str = ""
    """Difference hash of the launcher icon, 16 hexadecimal digits; empty without a raster icon."""


def collect_traits(index: CodeIndex, package: Package, is_own: Callable[[str], bool]) -> Traits:
    """Collect the traits of an app; `is_own` tells its own classes from libraries'."""
    classes: set[str] = set()
    methods: set[str] = set()
    looked = 0
    for cls in index.classes():
        if looked == _CLASSES:
            break
        if not is_own(cls) or cls.rpartition("/")[2].startswith(("R$", "R;", "BuildConfig;")):
            continue
        looked += 1
        own = [_method(index, mid) for mid in index.methods_of(cls)[:_METHODS]]
        methods.update(digest for digest, calls in own if calls >= _CALLS_OUT)
        if sum(calls for _, calls in own) >= _CALLS_OUT:
            classes.add(_class(index, cls, [digest for digest, _ in own]))
    return Traits(
        classes=sketch(classes),
        class_count=len(classes),
        methods=sketch(methods),
        method_count=len(methods),
        icon=_icon(package),
    )


def sketch(digests: Iterable[str]) -> tuple[str, ...]:
    """Keep the smallest digests, ascending."""
    return tuple(sorted(set(digests))[:SKETCH])


def sketch_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Sketch a set of texts."""
    return sketch(map(digest, set(texts)))


def digest(text: str) -> str:
    """16 hexadecimal digits of a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _method(index: CodeIndex, mid: int) -> tuple[str, int]:
    """Digest of a method, and how many calls leave the app's code."""
    info = index.method(mid)
    outside = []
    inside = 0
    for _, callee in index.callees(mid):
        if index.method(callee).defined:
            inside += 1
        else:
            outside.append(index.signature(callee))
    shape = "".join(_masked(index, t) for t in (*info.params, info.ret))
    name = info.name if info.name in ("<init>", "<clinit>") else ""
    text = f"{name}({shape}){inside}|" + "|".join(sorted(outside))
    return digest(text), len(outside)


def _class(index: CodeIndex, cls: str, methods: list[str]) -> str:
    above = _masked(index, index.superclass(cls) or "")
    interfaces = sorted(_masked(index, i) for i in index.interfaces(cls))
    fields = sorted(_masked(index, index.field(f).type) for f in index.fields_of(cls)[:_METHODS])
    return digest("|".join([above, *interfaces, *fields, *sorted(methods)]))


def _masked(index: CodeIndex, descriptor: str) -> str:
    """A type that the app defines loses its name."""
    bare = descriptor.lstrip("[")
    if not index.is_defined(bare):
        return descriptor
    return descriptor[: len(descriptor) - len(bare)] + "L*;"


# ---------------------------------------------------------------- icon


def _icon(package: Package) -> str:
    wanted = set(package.manifest.icons)
    files = [
        f
        for f in package.files
        if f.name in wanted and f.name.lower().endswith((".png", ".webp", ".jpg"))
    ]
    files = [f for f in files if f.size <= _ICON_BYTES]
    for file in sorted(files, key=lambda f: (-f.size, f.part, f.name)):
        if found := _difference_hash(file):
            return found
    return ""


def _difference_hash(file: PackageFile) -> str:
    """Tell for 8 × 8 squares of the grey image whether the next one is brighter.

    An image of one colour has no hash.
    """
    from PIL import Image, UnidentifiedImageError

    malformed = (
        *(OSError, ValueError, SyntaxError, EOFError, OverflowError, struct.error, zlib.error),
        *(Image.DecompressionBombError, UnidentifiedImageError),
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(file.load()), formats=("PNG", "WEBP", "JPEG")) as image:
                if image.width * image.height > _ICON_PIXELS:
                    return ""
                flat = Image.new("RGBA", image.size, "white")
                flat.alpha_composite(image.convert("RGBA"))
                pixels = flat.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    except malformed:
        return ""
    bits = "".join(
        "1" if pixels[row * 9 + x] < pixels[row * 9 + x + 1] else "0"
        for row in range(8)
        for x in range(8)
    )
    return f"{int(bits, 2):016x}" if "1" in bits else ""
