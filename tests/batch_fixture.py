"""What the tests of batches share: sample apps, a listener that keeps what it hears, one run."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auditor.batch.executors import local_crew
from auditor.batch.plan import find_sources
from auditor.batch.run import Batch, Settings, Summary
from auditor.batch.store import Store, open_store
from auditor.catalog import Catalog

SAMPLES = Path(__file__).parents[1] / "samples"


@dataclass
class Heard:
    """A listener."""

    phases: list[tuple[str, int]] = field(default_factory=list)
    troubles: dict[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def phase(self, name: str, total: int) -> None:
        self.phases.append((name, total))

    def started(self, location: str) -> None:
        pass

    def finished(self, location: str, trouble: str = "") -> None:
        self.done.append(location)
        if trouble:
            self.troubles[Path(location).name] = trouble


def copy_sample(name: str, folder: Path, stem: str = "") -> Path:
    """Copy a sample app into a folder under its sample's name."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{stem or name}.apk"
    shutil.copyfile(SAMPLES / name / "app.apk", target)
    return target


def run_batch(
    store: Store | Path,
    given: list[str] | None,
    *,
    workers: int = 2,
    catalog: Catalog | None = None,
    heard: Heard | None = None,
    **settings: Any,
) -> Summary:
    """Run one batch to its end."""
    opened = store if isinstance(store, Store) else open_store(str(store), create=True)
    listener = heard or Heard()
    known = catalog or Catalog()
    with opened.writer() as writer, local_crew(workers) as crew:
        batch = Batch(opened, writer, known, crew, Settings(**settings), listener)
        return batch.run(find_sources(given) if given is not None else None)
