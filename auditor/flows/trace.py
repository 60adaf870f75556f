"""The flows stage: from code, manifest and catalog to reads, flows, endpoints and limits.

In: `CodeIndex`, `Manifest`, `Resources`, `Catalog`, and a function that names the library to which
a class belongs. Out: `Traced`. Nothing is executed; what the budget did not reach is a limit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from auditor.catalog import Catalog
from auditor.dex import CodeIndex
from auditor.flows.app import App
from auditor.flows.collect import Collector
from auditor.flows.frames import Budget
from auditor.flows.models import Knowledge
from auditor.flows.origins import Origins
from auditor.flows.roots import Program
from auditor.flows.unreached import look_at_the_rest
from auditor.model import CodePlace, Endpoint, Flow, Limit, Manifest, Resources, SourceRead

SMALL_APP = (400_000, 60_000)
"""Budget of an app that is interpreted whole, and of one of its entry points: instructions
interpreted, plus an eighth of the heap entries joined."""
BIG_APP = (80_000, 16_000)
_TOLD = 12
"""Entry points that ran out of budget which are named one by one."""


@dataclass(frozen=True, slots=True)
class Traced:
    """All that the flows stage found."""

    reads: tuple[SourceRead, ...]
    flows: tuple[Flow, ...]
    endpoints: tuple[Endpoint, ...]
    limits: tuple[Limit, ...]
    reached: frozenset[str] = frozenset()
    """Methods that some entry point reaches, as far as the analysis went."""
    refusals: tuple[CodePlace, ...] = ()
    """Where refusing a permission closes the screen or the app."""


def constant_argument(index: CodeIndex, place: CodePlace, position: int) -> str | None:
    """The constant passed at a call (`position` counts from 0, the receiver apart), or None.

    Looks back over the straight code before the call only.
    """
    method = index.method_id(place.caller)
    code = index.code(method) if method is not None else None
    if code is None or place.offset not in code.index_at:
        return None
    at = code.index_at[place.offset]
    call = code.insns[at]
    skip = 0 if "static" in call.name else 1
    if position + skip >= len(call.regs):
        return None
    register = call.regs[position + skip]
    for insn in reversed(code.insns[max(0, at - 60) : at]):
        if insn.regs[:1] == (register,) and insn.name.startswith(("const", "move", "sget", "iget")):
            if insn.name.startswith("const"):
                return str(insn.ref if insn.ref is not None else insn.literal)
            return None
    return None


def trace_flows(
    index: CodeIndex,
    manifest: Manifest,
    resources: Resources,
    catalog: Catalog,
    owner: Callable[[str], str] = lambda cls: "app",
    files: Callable[[str], bytes | None] = lambda path: None,
) -> Traced:
    """Follow personal data through the app; `files` gives the bytes of a file by its path."""
    engine = App(index, _knowledge(catalog), manifest, resources, Budget(*SMALL_APP))
    engine.files = files
    program = Program(engine)
    if not program.relevance.whole:
        engine.budget = Budget(*BIG_APP)
    program.run()
    reached = frozenset(index.signature(m) for m in engine.visited)
    rest = look_at_the_rest(engine)
    collector = Collector(program, owner, Origins(index, catalog))
    for event, send in rest.sends.items():
        collector.unreached(event, send)
    limits = dict(engine.limits)
    for limit in _spent(engine):
        limits.setdefault(limit)
    return Traced(
        tuple(collector.source_reads(rest.sources)),
        tuple(collector.flows()),
        tuple(collector.endpoints()),
        tuple(sorted(limits)),
        reached,
        tuple(collector.refusals()),
    )


@lru_cache(maxsize=2)
def _knowledge(catalog: Catalog) -> Knowledge:
    """The tables of one catalog; they are read only, and half of the time of a small app."""
    return Knowledge(catalog)


def _spent(engine: App) -> list[Limit]:
    why = "the analysis of this entry point ran out of its budget; what it does later was not seen"
    entries = sorted(engine.index.signature(m) for m in engine.budget.spent if m >= 0)
    found = [Limit("budget", entry, why) for entry in entries[:_TOLD]]
    if len(entries) > _TOLD:
        found.append(Limit("budget", "app", f"{len(entries)} entry points in all: {why}"))
    return found
