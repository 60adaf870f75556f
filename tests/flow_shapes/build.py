"""Build the DEX files of the flow shapes: `build.py D8_JAR ANDROID_JAR [LIBRARY_JAR…]`.

In: `*.java` (each a file of small screens, every one a shape that data can take), `kotlin.kt`, and
`stubs/*.txt`, one class a line, of which only the signatures count. Out: `*.dex`, committed beside
them, so that the tests need neither javac nor kotlinc. Stubs are compiled against, never packed.

A shape reads messages with `U.s` or contacts with `U.rows` and sends with `U.post`; here every such
call gets a copy of the method of its own, so that flows of different shapes are told apart.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
_RETURNS = {"void": "", "boolean": "return false;"}
_NUMBERS = {"int", "long", "short", "byte", "char", "float", "double"}
_HEAD = re.compile(r"((?:abstract\s+|final\s+)*)(class|interface|@interface)\s+(\w+)")
_RUNTIME = "@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME) "


def own_copies(source: str, start: str, method: str) -> str:
    """Give each call of a method of `U` its own copy of that method."""
    at = source.index(start)
    end = source.index("\n}\n", at)
    body = source[at:end].splitlines()
    bodies = {m[1]: line for line in body[1:] if (m := re.search(method, line))}
    copies: list[str] = []

    def own(match: re.Match[str]) -> str:
        name = f"{match[1]}{len(copies)}"
        copies.append(bodies[match[1]].replace(f" {match[1]}(", f" {name}(", 1))
        return f"U.{name}("

    rest = re.sub(r"U\.(\w+)\(", own, source[end:])
    return source[:at] + body[0] + "\n" + "\n".join(copies) + rest


def stub_sources(text: str) -> dict[str, str]:
    """Java sources by path: lines `== package`, then one class a line."""
    found, package = {}, ""
    for line in text.splitlines():
        if line.startswith("== "):
            package = line[3:].strip()
        elif line.strip():
            head = _HEAD.search(line)
            assert head, line
            path = f"{package.replace('.', '/')}/{head[3]}.java"
            found[path] = f"package {package};\n{_class(line.strip(), head)}\n"
    return found


def _class(line: str, head: re.Match[str]) -> str:
    kind, name = head[2], head[3]
    opening, _, body = line.partition("{")
    members = [_member(m, kind, name) for m in _split(body.rpartition("}")[0])]
    mark = _RUNTIME if kind == "@interface" else ""
    return f"{mark}public {opening.replace('public ', '')}{{ {' '.join(members)} }}"


def _split(body: str) -> list[str]:
    parts, depth, current = [], 0, ""
    for char in body:
        depth += {"{": 1, "}": -1}.get(char, 0)
        if char == ";" and not depth:
            parts.append(current)
            current = ""
            continue
        current += char
        if char == "}" and not depth:
            parts.append(current)
            current = ""
    return [p.strip() for p in parts if p.strip()]


def _member(text: str, kind: str, cls: str) -> str:
    if "{" in text:
        head = _HEAD.search(text.partition("{")[0])
        if head:
            plain = text.replace("public ", "").replace("static ", "", 1)
            return _class(plain, head).replace("public ", "public static ", 1)
        return "public " + text.replace("public ", "")
    text = text.replace("public ", "")
    if "(" not in text or "=" in text:
        return f"public {text};"
    if text.startswith("abstract ") or (
        kind != "class" and not text.startswith(("default", "static"))
    ):
        return f"public {text};"
    words = text[: text.index("(")].split()
    if words == [cls]:
        return f"public {text} {{ }}"
    result = re.sub(
        r"^<.*>\s*", "", " ".join(w for w in words[:-1] if w not in ("static", "default"))
    )
    value = _RETURNS.get(result, "return 0;" if result in _NUMBERS else "return null;")
    return f"public {text} {{ {value} }}"


def run(*command: str) -> None:
    """Run a tool; its words are shown when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[:4000])


def build(d8: str, android: str, libraries: list[str]) -> None:
    """Build every DEX file."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        stubs = {}
        for path in sorted(HERE.glob("stubs/*.txt")):
            stubs.update(stub_sources(path.read_text(encoding="utf-8")))
        for name, text in stubs.items():
            (work / "src" / name).parent.mkdir(parents=True, exist_ok=True)
            (work / "src" / name).write_text(text, encoding="utf-8")
        sources = [str(p) for p in sorted((work / "src").rglob("*.java"))]
        run("javac", "-nowarn", "--release", "8", "-cp", android, "-d", str(work / "lib"), *sources)
        for path in sorted(HERE.glob("*.java")):
            mine = work / path.stem
            mine.mkdir()
            text = own_copies(path.read_text(encoding="utf-8"), "class U {", r"static \S+ (\w+)\(")
            (mine / "Shapes.java").write_text(text, encoding="utf-8")
            paths = f"{android}:{work / 'lib'}"
            run(
                "javac",
                "-nowarn",
                "--release",
                "8",
                "-cp",
                paths,
                "-d",
                str(mine),
                str(mine / "Shapes.java"),
            )
            _dex(d8, android, mine, path.stem)
        mine = work / "kotlin"
        mine.mkdir()
        text = (HERE / "kotlin.kt").read_text(encoding="utf-8")
        text = own_copies(text, "object U {", r"fun (\w+)\(")
        (mine / "Shapes.kt").write_text(text, encoding="utf-8")
        paths = ":".join([android, *libraries])
        run("kotlinc", str(mine / "Shapes.kt"), "-cp", paths, "-d", str(mine), "-no-reflect")
        _dex(d8, android, mine, "kotlin")


def _dex(d8: str, android: str, folder: Path, name: str) -> None:
    classes = [str(p) for p in sorted(folder.rglob("*.class"))]
    tool = (
        "java",
        "-cp",
        d8,
        "com.android.tools.r8.D8",
        "--lib",
        android,
        "--min-api",
        "24",
        "--release",
    )
    run(*tool, "--output", str(folder), *classes)
    (HERE / f"{name}.dex").write_bytes((folder / "classes.dex").read_bytes())


if __name__ == "__main__":
    build(sys.argv[1], sys.argv[2], sys.argv[3:])
