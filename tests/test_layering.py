"""Who may import whom: the rule that keeps stages apart (docs/architecture.md, "Layers")."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "auditor"

SHARED = {"model", "errors", "catalog", "opening", ""}
"""What everything may import; "" is the package itself, for its version."""
MAY_IMPORT = {
    "": set(),
    "model": set(),
    "errors": set(),
    "opening": set(),
    "catalog": set(),
    "ingest": set(),
    "dex": set(),
    "facts": {"dex"},
    "flows": {"dex"},
    "terms": set(),
    "verdicts": set(),
    "report": set(),
    "guard": set(),
    "masking": set(),
    "pipeline": {
        "guard",
        "masking",
        "ingest",
        "dex",
        "facts",
        "flows",
        "terms",
        "verdicts",
        "joining",
    },
    "joining": {"ingest", "dex", "facts", "flows", "verdicts"},
    "rulebook": {"verdicts"},
    "batch": {"pipeline", "report"},
    "evidence": {"pipeline", "report"},
    "commands": {"pipeline", "rulebook", "batch", "report", "evidence"},
    "cli": {"commands", "pipeline", "batch", "report"},
    "__main__": {"cli"},
}
"""For each module or package of `auditor`, the others that it may import beside the shared ones."""

BASE_FOR = {"model": set(), "errors": set(), "opening": set(), "catalog": {"errors", "opening"}}
"""The shared modules are lower than everything: what they may import themselves."""

ONLY_IN = {
    "androguard": {"ingest"},
    "apkInspector": {"ingest"},
    "asn1crypto": {"ingest"},
    "opencc": {"terms"},
    "pypdf": {"terms"},
    "docx": {"terms"},
    "publicsuffixlist": {"facts"},
    "jinja2": {"report", "batch"},
    "sqlalchemy": {"batch"},
    "alembic": {"batch"},
    "distributed": {"batch"},
    "fsspec": {"batch"},
    "rapidfuzz": {"batch"},
    "pypinyin": {"batch"},
    "datasketch": {"batch"},
    "psycopg": {"batch"},
    "pyarrow": {"batch"},
    "PIL": {"facts"},
    "typer": {"cli", "commands"},
    "rich": {"cli", "commands", "batch"},
    "yaml": {"catalog"},
    "cryptography": {"evidence", "flows", "ingest"},
}
"""Libraries that belong to one place."""
NOWHERE = {"socket", "urllib.request", "http.client", "requests", "subprocess", "pickle", "marshal"}
"""Nothing here talks to the network, starts programs, or unpacks foreign objects."""


@cache
def imports(path: Path) -> tuple[str, ...]:
    return tuple(imported(path))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports anywhere, absolute; the name is kept where it may be one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer_of(module: str) -> str:
    """`auditor.flows.engine` → `flows`."""
    return module.split(".")[1] if "." in module else ""


@cache
def files() -> tuple[Path, ...]:
    found = (p for p in PACKAGE.rglob("*.py") if "data" not in p.relative_to(PACKAGE).parts)
    return tuple(sorted(found))


def layer_of_file(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def all_layers() -> set[str]:
    return {layer_of_file(path) for path in files()}


def test_every_layer_is_in_the_table() -> None:
    assert all_layers() - MAY_IMPORT.keys() == set()


@pytest.mark.parametrize("layer", sorted(all_layers()))
def test_a_layer_imports_only_what_it_may(layer: str) -> None:
    allowed = BASE_FOR.get(layer, MAY_IMPORT[layer] | SHARED) | {layer}
    wrong = []
    for path in files():
        if layer_of_file(path) != layer:
            continue
        for module in imports(path):
            if module != "auditor" and not module.startswith("auditor."):
                continue
            target = layer_of(module)
            known = target in MAY_IMPORT
            if known and target not in allowed:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {module}")

    assert wrong == []


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_a_library_stays_in_its_place(library: str) -> None:
    users = {
        layer_of_file(path)
        for path in files()
        if any(m == library or m.startswith(library + ".") for m in imports(path))
    }

    assert users <= ONLY_IN[library]


def test_nothing_uses_network_programs_or_foreign_objects() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {module}"
        for path in files()
        for module in imports(path)
        if module in NOWHERE
    ]

    assert wrong == []


def test_only_the_nursery_forks_and_only_this_program_is_started() -> None:
    """A batch isolates apps: `os.posix_spawn` of our own interpreter, then `os.fork`."""
    starts = {"fork", "posix_spawn", "posix_spawnp", "system", "popen", "execv", "execve", "spawnv"}
    found = {
        (str(path.relative_to(PACKAGE)), node.attr)
        for path in files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in starts
    }

    assert found == {("batch/attempt.py", "posix_spawn"), ("batch/nursery.py", "fork")}


def test_the_rule_sees_a_wrong_import(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text("def f():\n    from auditor import flows\n    import auditor.report.html\n")

    assert [layer_of(m) for m in imports(file)] == ["", "flows", "report"]


def test_commands_do_not_load_the_stages() -> None:
    """`auditor --help` must be quick: at the top of its files a command imports no stage."""
    heavy = {"pipeline", "rulebook", "report", "batch", "evidence", "catalog", "model"}
    wrong = []
    for path in files():
        if layer_of_file(path) not in ("commands", "cli"):
            continue
        body = ast.parse(path.read_text(encoding="utf-8")).body
        for node in body:
            if isinstance(node, ast.ImportFrom) and layer_of(node.module or "") in heavy:
                wrong.append(f"{path.name} imports {node.module}")

    assert wrong == []
