"""Where something stands in the code, and the steps of a datum from its source to its sink."""

from __future__ import annotations

from auditor.dex import CodeIndex
from auditor.flows.events import Site
from auditor.flows.values import Taint, Trail
from auditor.model import CallSite, CodePlace, Step

_STEPS = 40


class Sites:
    """Methods and offsets of an index as the places that reports name."""

    def __init__(self, index: CodeIndex) -> None:
        """Look at `index` on demand."""
        self.index = index

    def site(self, callee: int, site: Site) -> CallSite:
        """The call that the instruction at `site` makes, `callee` where it names none."""
        caller = self.index.signature(site[0])
        return CallSite(self.callee(callee, site), caller, site[1], self._dex(site[0]))

    def place(self, site: Site) -> CodePlace:
        """The instruction at (method, offset)."""
        return CodePlace(self.index.signature(site[0]), site[1], self._dex(site[0]))

    def callee(self, callee: int, site: Site) -> str:
        """The method named by the instruction, or the platform's static field."""
        code = self.index.code(site[0])
        if code is not None and site[1] in code.index_at:
            insn = code.insns[code.index_at[site[1]]]
            if isinstance(insn.ref, int):
                if insn.name.startswith("invoke"):
                    return self.index.signature(insn.ref)
                if insn.name.startswith("sget"):
                    info = self.index.field(insn.ref)
                    return f"{info.cls}->{info.name}:{info.type}"
        return self.index.signature(callee) if callee >= 0 else self.index.signature(site[0])

    def _dex(self, method: int) -> str:
        return self.index.class_dex(self.index.method(method).cls)

    def steps(self, taint: Taint, source: CallSite, sink: CallSite) -> tuple[Step, ...]:
        """Where a datum went, from its source to its sink."""
        trail: list[Trail] = []
        at = taint.trail
        while at is not None:
            trail.append(at)
            at = at.before
        trail.reverse()
        text = f"reads: {_name(source.signature)}"
        steps = [Step(source.caller, source.offset, source.dex, text, "source")]
        last: tuple[int, int, str] | None = None
        for place in trail[1:]:
            if place.method < 0 or (place.method, place.offset, place.kind) == last:
                continue
            last = (place.method, place.offset, place.kind)
            caller = self.index.signature(place.method)
            text = self._text(place)
            steps.append(Step(caller, place.offset, self._dex(place.method), text, place.kind))
        if len(steps) > _STEPS:
            steps = [*steps[: _STEPS // 2], *steps[-_STEPS // 2 :]]
        text = f"sends: {_name(sink.signature)}"
        steps.append(Step(sink.caller, sink.offset, sink.dex, text, "sink"))
        return tuple(steps)

    def _text(self, place: Trail) -> str:
        if place.kind in ("call", "callback"):
            called = self.callee(-1, (place.method, place.offset))
            return f"is passed to {_name(called)}" + (f" ({place.note})" if place.note else "")
        if place.kind == "return":
            return f"is returned by {_name(self.index.signature(place.method))}"
        if place.kind == "store":
            return f"is stored as {place.note}"
        if place.kind == "transform":
            return f"is {place.note}"
        return f"goes through {place.note}" if place.note else place.kind


def _name(signature: str) -> str:
    """`Lp/q/C;->m(…)…` → `C.m`."""
    cls, _, rest = signature.partition("->")
    return cls.strip("[L;").rpartition("/")[2] + "." + rest.partition("(")[0].partition(":")[0]
