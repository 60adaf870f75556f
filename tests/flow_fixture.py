"""Run the data-flow engine on code of a test: smali in, flows out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from auditor.catalog import Catalog
from auditor.dex import CodeIndex, DexInput
from auditor.flows.app import App
from auditor.flows.collect import Collector
from auditor.flows.frames import Budget, Frame
from auditor.flows.heap import Heap
from auditor.flows.models import Knowledge
from auditor.flows.roots import Program
from auditor.flows.trace import SMALL_APP
from auditor.model import Component, Flow, IntentFilter, Limit, Manifest
from tests.facts_fixture import NoResources
from tests.smali import assemble

DATA = Path(__file__).parent / "flow_data"
LAUNCHER = IntentFilter(("android.intent.action.MAIN",), ("android.intent.category.LAUNCHER",))


class Numbered(Catalog):
    """The catalog, its sources and sinks replaced by `t.Source.read<n>` and `t.Sink.send<n>`."""

    def files(self, folder: str) -> list[Path]:
        if folder in ("sources", "sinks"):
            return [DATA / f"{folder}.yaml"]
        return super().files(folder)


@cache
def knowledge() -> Knowledge:
    """All of the catalog."""
    return Knowledge(Catalog())


@cache
def numbered() -> Knowledge:
    """The catalog with numbered sources and sinks."""
    return Knowledge(Numbered())


def launched(cls: str) -> Manifest:
    """A manifest whose one component is an activity of class `cls`, Java style."""
    activity = Component("activity", cls, exported=True, filters=(LAUNCHER,))
    return Manifest(package=cls.rpartition(".")[0], components=(activity,))


def index_of(text: str) -> CodeIndex:
    """Assemble classes and index them."""
    return CodeIndex.build([DexInput("classes.dex", assemble(text))])


def app_of(text: str, known: Knowledge, manifest: Manifest | None = None) -> App:
    """An engine that has run nothing yet."""
    shown = manifest or launched("t.Main")
    return App(index_of(text), known, shown, NoResources(), Budget(*SMALL_APP))


def inside(engine: App, method: int) -> Frame:
    """Let the engine stand at the beginning of a method."""
    engine.heap = Heap(engine.base)
    frame = Frame(method, None, (), engine.base, 0, ())
    engine.frames = [frame]
    return frame


def flows_of(
    text: str, known: Knowledge, manifest: Manifest | None = None
) -> tuple[list[Flow], list[Limit]]:
    """Flows and limits of a whole program."""
    engine = app_of(text, known, manifest)
    program = Program(engine)
    program.run()
    flows = Collector(program, lambda cls: "app").flows()
    spent = [Limit("budget", str(m), "spent") for m in engine.budget.spent]
    return flows, [*engine.limits, *spent]


def pairs_of(text: str) -> set[tuple[int, int]]:
    """Numbers of source and sink of every flow of a program with numbered ones."""
    flows, limits = flows_of(text, numbered())
    assert not limits, limits
    return {(_number(f.source.signature), _number(f.sink.signature)) for f in flows}


def _number(signature: str) -> int:
    found = re.search(r"->(?:read|send)(\d)\(", signature)
    assert found, signature
    return int(found.group(1))
