"""What a worker does: a case, or a slice of its paths, or the tables of paths that others ran. It knows no folder of
results."""

from __future__ import annotations

import time

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


def perform(task: Task, prepared: Prepared | None = None) -> Outcome:
    """Do a task; `prepared`: its case, when somebody else made it ready."""
    try:
        ready = prepared or remembered(task.case, task.seed)
        if task.reduction is not None:
            reduction, spent = unpack_reduction(task.reduction), 0.0
        else:
            inputs = ready.inputs.scenario()
            count = engine.paths_to_run(inputs, task.count, task.first)
            if count <= 0:
                return Outcome(files=ready.files)
            start = time.thread_time()
            run = engine.run_program(
                inputs, count, first_path=task.first, threads=1, seed=task.seed, keep_paths=False
            )
            spent, reduction = time.thread_time() - start, run.reduction
    except TrancheError as error:
        return Outcome(problems=tuple(map(str, error)))
    return Outcome(
        data=_tables(ready, reduction, task.seed) if task.whole else pack_reduction(reduction),
        files=ready.files,
        seconds=spent,
        path_periods=0 if task.reduction else reduction.count * ready.inputs.program.periods,
    )


def _tables(ready: Prepared, reduction: Reduction, seed: int) -> bytes:
    return pack_tables(Results(ready.inputs.program, reduction, first_path=0, seed=seed))
