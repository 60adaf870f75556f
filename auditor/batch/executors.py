"""Where tasks run: threads of this machine that wait for worker processes, or a Dask cluster.

Both are a `concurrent.futures.Executor`, and both are handed `attempt.attempt`: on a cluster it is
a Dask worker's thread that waits for a worker process on that machine.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from auditor.batch import attempt
from auditor.errors import UsageError


@dataclass(frozen=True)
class Crew:
    """An executor, and how many tasks it does at once."""

    executor: Executor
    slots: int
    remote: bool = False


@contextmanager
def local_crew(workers: int) -> Iterator[Crew]:
    """Use this machine."""
    attempt.begin()
    executor = ThreadPoolExecutor(workers, thread_name_prefix="worker")
    try:
        yield Crew(executor, workers)
    finally:
        # Nothing is under way at a regular end; at any other, nobody waits for it.
        attempt.stop()
        executor.shutdown(wait=True, cancel_futures=True)
        attempt.close_all()
        attempt.begin()


@contextmanager
def cluster_crew(address: str) -> Iterator[Crew]:
    """Use a Dask cluster; `address` is its scheduler's, `tcp://host:8786`.

    Raises:
        UsageError: distributed is not installed, or nobody answers at the address.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(f"--cluster needs distributed (extra cluster): {error}") from error
    try:
        client = Client(address, timeout="20s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(f"--cluster {address}: {error}") from error
    try:
        client.wait_for_workers(1, timeout=60)
        slots = sum(client.nthreads().values())
        # pure=False: each attempt is a run of its own, though a retry hands over the same bytes.
        yield Crew(client.get_executor(pure=False), max(1, slots), remote=True)
    except TimeoutError as error:
        raise UsageError(f"--cluster {address}: no worker has come up") from error
    finally:
        with contextlib.suppress(OSError, TimeoutError):
            client.close(timeout=10)
