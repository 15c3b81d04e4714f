"""What a worker does: a case, or a slice of its paths, or the tables of paths that others ran. It knows no folder of
results."""

from __future__ import annotations

import time
from collections.abc import Sequence

import attrs

from tranche import engine
from tranche.errors import TrancheError
from tranche.reduction import Reduction
from tranche.results import Results

from .alike import Prepared
from .grid import Case
from .packed import pack_reduction, unpack_reduction
from .prepare import remembered
from .tables import pack_tables


@attrs.frozen
class Task:
    """`count` paths from `first` on of case `number` under `seed`; None: as many as a run has by default.

    `whole`: they are all its paths, and its tables are wanted; `reduction`: the paths are run already, and the tables
    are wanted of these."""

    number: int
    case: Case
    seed: int
    first: int
    count: int | None
    whole: bool = True
    reduction: bytes | None = None


@attrs.frozen
class Outcome:
    """`data`: a reduction or tables, packed; None when the case failed, and `problems` say why, or when it has no paths
    there. `seconds`: processor time of scenario and kernel alone; `path_periods`: paths × payment dates run."""

    data: bytes | None = None
    files: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    seconds: float = 0.0
    path_periods: int = 0


Group = tuple[Task, ...]  # what a worker is given at once


def perform(task: Task, prepared: Prepared | None = None) -> Outcome:
    """Do a task; `prepared`: its case, when somebody else made it ready."""
    return _told(task, _run(task, _ready(task, prepared)))


def perform_together(tasks: Sequence[Task]) -> tuple[Outcome, ...]:
    """Do short tasks stage by stage, which is quicker: a run of the kernel leaves little of the interpreter's in the
    caches of the processor, and all but the first of a stage find there what the one before them has used."""
    ready = [_ready(task) for task in tasks]
    ran = [_run(task, one) for task, one in zip(tasks, ready, strict=True)]
    return tuple([_told(task, one) for task, one in zip(tasks, ran, strict=True)])


@attrs.frozen
class _Ready:
    """A case, and what its paths are drawn from; None where they are run already."""

    case: Prepared
    scenario: engine.Scenario | None


@attrs.frozen
class _Ran:
    """Paths that were run, now or before by others."""

    case: Prepared
    reduction: Reduction
    seconds: float = 0.0
    path_periods: int = 0


def _ready(task: Task, prepared: Prepared | None = None) -> _Ready | Outcome:
    try:
        case = prepared or remembered(task.case, task.seed)
        return _Ready(case, case.inputs.scenario() if task.reduction is None else None)
    except TrancheError as error:
        return _failed(error)


def _run(task: Task, ready: _Ready | Outcome) -> _Ran | Outcome:
    if isinstance(ready, Outcome):
        return ready
    if task.reduction is not None:
        return _Ran(ready.case, unpack_reduction(task.reduction))
    assert ready.scenario is not None
    try:
        count = engine.paths_to_run(ready.scenario, task.count, task.first)
        if count <= 0:
            return Outcome(files=ready.case.files)
        start = time.thread_time()
        run = engine.run_program(
            ready.scenario, count, first_path=task.first, threads=1, seed=task.seed, keep_paths=False
        )
        spent = time.thread_time() - start
    except TrancheError as error:
        return _failed(error)
    return _Ran(ready.case, run.reduction, spent, run.reduction.count * ready.scenario.program.periods)


def _told(task: Task, ran: _Ran | Outcome) -> Outcome:
    if isinstance(ran, Outcome):
        return ran
    data = _tables(ran, task.seed) if task.whole else pack_reduction(ran.reduction)
    return Outcome(data, ran.case.files, seconds=ran.seconds, path_periods=ran.path_periods)


def _tables(ran: _Ran, seed: int) -> bytes:
    return pack_tables(Results(ran.case.inputs.program, ran.reduction, first_path=0, seed=seed))


def _failed(error: TrancheError) -> Outcome:
    return Outcome(problems=tuple(map(str, error)))
