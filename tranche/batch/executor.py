"""Whoever does the tasks of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .work import Outcome, Task


class Executor(Protocol):
    """Whoever does tasks: `pool.Processes`, `cluster.Cluster`."""

    @property
    def capacity(self) -> int: ...  # tasks it wants at a time

    def submit(self, task: Task) -> None: ...

    def wait(self, seconds: float) -> list[tuple[Task, Outcome]]: ...

    def close(self) -> None: ...


def executor_for(few: int, workers: int, cluster: str | None, ahead: Sequence[Task]) -> Executor:
    """`few` processes, none for 0; or the Dask cluster that `cluster` names, of so many `workers`. `ahead`: tasks that
    will be the first. Raises MissingExtra and UsageError."""
    if cluster is not None:
        from .cluster import Cluster

        return Cluster(cluster, max(1, workers))
    from .pool import Here, Processes

    return Processes(few, ahead) if few else Here()
