"""Write `auditor/data/hierarchy/framework.txt`: the supertypes of the platform's public classes.

    python tools/framework_hierarchy.py ANDROID_JAR > auditor/data/hierarchy/framework.txt

ANDROID_JAR is the stub jar of an Android SDK. Class files are read as JVMS section 4 describes
them. One line a class, in JVM names without `L` and `;`: the class, its superclass (left out when
it is Object), its interfaces. Classes that have neither are left out.
"""

from __future__ import annotations

import struct
import sys
import zipfile

PACKAGES = (
    "android/",
    "java/",
    "javax/crypto/",
    "javax/net/",
    "javax/security/",
    "org/apache/http/",
    "org/json/",
    "org/xmlpull/",
    "dalvik/system/",
)
LEFT_OUT = (
    "android/R",
    "android/icu/",
    "android/opengl/",
    "android/renderscript/",
    "android/media/tv/",
    "android/drm/",
    "android/animation/",
    "android/filterfw/",
    "android/graphics/drawable/",
    "android/media/effect/",
    "android/transition/",
    "android/system/",
    "android/view/textclassifier/",
    "java/awt/",
    "java/sql/",
    "java/time/",
    "java/lang/invoke/",
    "java/security/acl/",
    "java/security/cert/",
)
_SIZES = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4}


def supertypes(data: bytes) -> tuple[str, list[str]]:
    """Name of a class, and its superclass and interfaces."""
    count = struct.unpack_from(">H", data, 8)[0]
    texts: dict[int, str] = {}
    classes: dict[int, int] = {}
    at, number = 10, 1
    while number < count:
        tag = data[at]
        if tag == 1:
            size = struct.unpack_from(">H", data, at + 1)[0]
            texts[number] = data[at + 3 : at + 3 + size].decode("utf-8", "replace")
            at += 3 + size
        else:
            if tag == 7:
                classes[number] = struct.unpack_from(">H", data, at + 1)[0]
            at += 1 + _SIZES[tag]
        number += 2 if tag in (5, 6) else 1
    _, this, above, number = struct.unpack_from(">HHHH", data, at)
    ids = [above, *struct.unpack_from(f">{number}H", data, at + 8)]
    return texts[classes[this]], [texts[classes[n]] for n in ids if n]


def main(path: str) -> None:
    """Print the table."""
    rows = []
    with zipfile.ZipFile(path) as jar:
        for name in sorted(jar.namelist()):
            wanted = name.startswith(PACKAGES) and not name.startswith(LEFT_OUT)
            if not name.endswith(".class") or not wanted:
                continue
            cls, above = supertypes(jar.read(name))
            above = [a for a in above if a != "java/lang/Object"]
            if above:
                rows.append(" ".join((cls, *above)))
    print("\n".join(rows))


if __name__ == "__main__":
    main(sys.argv[1])
