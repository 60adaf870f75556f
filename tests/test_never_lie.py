"""A report never lies by failing: what breaks shows in the limits, or ends in an error."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

from auditor import cli, pipeline
from auditor.dex import CodeIndex
from auditor.errors import UnreadableTermsError
from auditor.flows import trace
from auditor.guard import Guard
from auditor.model import Limit
from fuzz import mutate

SAMPLE = Path(__file__).parents[1] / "samples" / "picker-mask"
SEED, SOME = 7, 150
PARTLY, BROKEN = 4, 70

STAGES = {
    "code": (pipeline, "read_code"),
    "code index": (CodeIndex, "build"),
    "facts": (pipeline, "collect_facts"),
    "flows": (pipeline, "trace_flows"),
    "settings": (pipeline, "settings_of"),
    "constants": (pipeline, "with_constants"),
    "bundled terms": (pipeline, "bundled_terms"),
    "terms": (pipeline, "read_terms"),
    "quotes": (pipeline, "quoted"),
}
"""Each guarded stage, and where a fault is put."""


def scan(out: Path, *more: str) -> int:
    terms = ("--terms", str(SAMPLE / "terms.html"))
    return cli.run(
        ["scan", str(SAMPLE / "app.apk"), *terms, "--strict", "-q", "-o", str(out), *more]
    )


def document(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "app.json").read_text("utf-8"))
    return found


def broken(*args: object, **kwargs: object) -> NoReturn:
    raise RuntimeError("<b>hostile text</b>")


def exhausted(*args: object, **kwargs: object) -> NoReturn:
    raise MemoryError


def endless(*args: object, **kwargs: object) -> None:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        pass


def test_without_a_fault_nothing_is_told(tmp_path: Path) -> None:
    assert scan(tmp_path) == 0


CASES = [
    *(pytest.param(stage, broken, "stage_failed", id=f"{stage}-exception") for stage in STAGES),
    *(
        pytest.param(stage, exhausted, "memory", id=f"{stage}-memory")
        for stage in ("code", "flows")
    ),
    *(pytest.param(stage, endless, "timeout", id=f"{stage}-time") for stage in ("flows", "terms")),
]
WHERE = {"code index": "code", "bundled terms": "terms"}


@pytest.mark.parametrize(("stage", "fault", "kind"), CASES)
def test_a_stage_that_fails_is_told(
    stage: str,
    fault: Callable[..., None],
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner, name = STAGES[stage]
    first: list[int] = []

    def once(*args: object, **kwargs: object) -> Any:  # noqa: ANN401
        """Fail the first time only: the stage's substitute may call the same function."""
        if first:
            return real(*args, **kwargs)
        first.append(1)
        return fault(*args, **kwargs)

    real = getattr(owner, name)
    monkeypatch.setattr(owner, name, once)

    assert scan(tmp_path, "--stage-seconds", "3") == PARTLY

    found = document(tmp_path)
    told = [x for x in found["limits"] if x["kind"] == kind]
    assert [x["where"] for x in told] == [WHERE.get(stage, stage)]
    assert "hostile text" not in json.dumps(found)
    assert WHERE.get(stage, stage) in (tmp_path / "app.html").read_text("utf-8")
    traced = [f for f in found["flows"] if f["level"] == "traced"]
    assert bool(traced) == (stage not in ("code", "code index", "flows"))


@pytest.mark.parametrize("name", ["reach_verdict", "read_package"])
def test_a_failure_that_leaves_no_report_has_its_own_exit_code(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not 1, which says that there are findings; with the traceback, for it is a bug."""
    monkeypatch.setattr(pipeline, name, broken)
    assert scan(tmp_path) == BROKEN
    assert "RuntimeError" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_errors_on_purpose_pass() -> None:
    def refuse() -> NoReturn:
        raise UnreadableTermsError("no")

    with pytest.raises(UnreadableTermsError):
        Guard().run("terms", refuse, list)


def test_a_limit_names_the_line_that_failed() -> None:
    guard = Guard()
    assert guard.run("x", lambda: CodeIndex.build(None), list) == []  # type: ignore[arg-type]
    (limit,) = guard.limits
    assert limit == Limit("stage_failed", "x", limit.why)
    assert "TypeError at dex/tables.py:" in limit.why


# ---------------------------------------------------------------- single bytes


def test_single_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of `python -m fuzz.mutate --count 20000`: findings stay, or something is told."""
    monkeypatch.setattr(trace, "Knowledge", cache(trace.Knowledge))  # type: ignore[attr-defined]
    monkeypatch.setattr(pipeline, "load_knowledge", cache(pipeline.load_knowledge))  # type: ignore[attr-defined]
    outcomes = [mutate.mutate(number, SEED) for number in range(SOME)]
    counts = Counter(outcome.kind for outcome in outcomes)
    assert [o for o in outcomes if o.kind == mutate.SURVIVOR] == []
    assert counts[mutate.LIMIT] > SOME // 3
    assert counts[mutate.KEPT] > SOME // 10


def test_the_comparison_itself() -> None:
    base = mutate.bases()[0]
    assert base.findings
    assert mutate.judge(base, base.data).kind == mutate.KEPT
    assert mutate.judge(base, base.data[:-4]).kind in (mutate.ERROR, mutate.LIMIT)
