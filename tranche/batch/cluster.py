"""Tasks on Dask: a cluster on this machine, or the scheduler at an address. Deals are compiled here, so that workers
need none of the files; a worker that dies or joins changes no bit, since a task is its Program, seed and paths."""

from __future__ import annotations

import itertools
import uuid
from collections import deque
from typing import Any

from tranche.errors import MissingExtra, Problem, TrancheError, UsageError

from .alike import Prepared
from .prepare import remembered
from .store import code_hash
from .work import Outcome, Task, perform

LOCAL = "local"
AHEAD = 3  # tasks a thread of the cluster: what the client holds at a time
CONNECT = 10.0  # seconds
MOST_TROUBLES = 3  # attempts at a task that the cluster loses


class Cluster:
    """A Dask client; `address`: LOCAL or that of a scheduler; `workers`: processes of a local cluster."""

    def __init__(self, address: str, workers: int) -> None:
        distributed = _distributed()
        self.cluster: Any = None
        if address == LOCAL:
            self.cluster = distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=40
            )
        try:
            self.client = distributed.Client(self.cluster or address, timeout=CONNECT)
        except (OSError, ValueError) as error:
            what = f"no Dask scheduler answers at {address}: {error}"
            raise UsageError(Problem(what, "write tcp://HOST:PORT, or local")) from None
        self.completed = distributed.as_completed(loop=self.client.loop)
        self.tasks: dict[str, Task] = {}
        self.troubles: dict[Task, int] = {}
        self.failed: deque[tuple[Task, Outcome]] = deque()
        self.names = (f"tranche-{uuid.uuid4().hex}-{k}" for k in itertools.count())

    @property
    def capacity(self) -> int:
        threads = sum(self.client.ncores().values())
        return AHEAD * max(1, int(threads))

    def submit(self, task: Task) -> None:
        try:
            prepared = remembered(task.case, task.seed)
        except TrancheError as error:
            self.failed.append((task, Outcome(problems=tuple(map(str, error)))))
            return
        key = next(self.names)
        self.tasks[key] = task
        self.completed.add(self.client.submit(perform_there, task, prepared, code_hash(False), key=key, pure=False))

    def wait(self, seconds: float) -> list[tuple[Task, Outcome]]:
        """What is done; waits for one when nothing is, but not beyond `seconds`."""
        done = list(self.failed)
        self.failed.clear()
        if not done and self.tasks:
            self._wait_for_one(seconds)
        for future in self.completed.next_batch(block=False) if self.tasks else ():
            if future.status == "pending":  # it was done, and its worker died before we had it: it is done again
                self.completed.add(future)
                continue
            task = self.tasks.pop(future.key)
            outcome = self._outcome(task, future)
            future.release()
            if outcome is not None:
                self.troubles.pop(task, None)
                done.append((task, outcome))
        return done

    def _outcome(self, task: Task, future: Any) -> Outcome | None:
        """None when the cluster lost the task, which is then submitted again, a few times."""
        if future.status == "finished":
            outcome: Outcome = future.result()
            return outcome
        self.troubles[task] = self.troubles.get(task, 0) + 1
        if self.troubles[task] < MOST_TROUBLES:
            self.submit(task)
            return None
        error = future.exception() if future.status == "error" else None
        why = f"{type(error).__name__}: {error}" if error else f"the task was {future.status}"
        return Outcome(problems=(f"the cluster could not do it in {MOST_TROUBLES} attempts: {why}",))

    def _wait_for_one(self, seconds: float) -> None:
        import time

        until = time.perf_counter() + seconds
        while not self.completed.has_ready() and time.perf_counter() < until:
            time.sleep(0.001)

    def close(self) -> None:
        self.client.close()
        if self.cluster is not None:
            self.cluster.close()


def perform_there(task: Task, prepared: Prepared, code: str) -> Outcome:
    """`perform`, on a worker whose sources are ours."""
    if code_hash(False) != code:
        return Outcome(problems=("the worker of the cluster runs another version of tranche or of a library",))
    return perform(task, prepared)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        fix = "pip install 'tranche-finance[cluster]'"
        raise MissingExtra(Problem("--cluster needs dask.distributed", fix)) from None
    return distributed
