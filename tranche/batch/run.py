"""Run a batch: plan what is not computed yet, hand it to workers, keep what comes back, write the dataset."""

from __future__ import annotations

import datetime as dt
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import attrs

from tranche import engine
from tranche.errors import Problem, UsageError
from tranche.reduction import Reduction

from .arrow import arrow
from .dataset import Result, write_dataset, write_manifest
from .executor import Executor, executor_for
from .garbage import seldom_collected
from .grid import Case
from .lock import locked
from .packed import Unpacked, pack_reduction, reduction_of, unpack_reduction
from .prepare import KEPT, forget
from .progress import BatchReport, Progress
from .store import Store, code_hash, slice_address, versions
from .work import Outcome, Task

SLICE = 262_144  # paths of a task
TICK = 0.25  # seconds between two looks at the clock


@attrs.define(eq=False)
class _Unit:
    """What is computed once: one case, or several that are the same in all that counts."""

    case: Case
    number: int
    terms: str
    address: str
    slices: dict[int, int]  # first path → paths, still to be run
    stored: list[str]  # addresses of slices that are kept until the tables are made
    reduction: Reduction | None = None
    failures: dict[int, tuple[str, ...]] = attrs.Factory(dict)
    done: bool = False
    cases: int = 0


def run_batch(
    cases: Sequence[Case],
    out: str | Path,
    *,
    paths: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    cluster: str | None = None,
    slice_paths: int = SLICE,
    fresh: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> BatchReport:
    """Run every case over paths 0 ≤ p < `paths` (as `tranche.run` does by default) and write the dataset into `out`.

    What an earlier run left in `out` under the same code, deal, market, overrides, seed and paths is not computed
    again, unless `fresh`. A case that fails is a row with its reason. `workers`: processes, all processors by default,
    0: this process alone; `cluster`: run on Dask, "local" or the address of a scheduler. `slice_paths`: paths of a
    task. None of these changes a bit of the dataset.
    Raises UsageError (nothing to run, the folder is in use) and MissingExtra.
    """
    arrow()
    forget()
    if not cases:
        raise UsageError(Problem("the grid has no cases", "name deal files, or a folder of them"))
    engine.whole_number("seed", seed, 0, 2**64 - 1)
    slice_paths = engine.whole_number("slice_paths", slice_paths, 1, engine.MOST_PATHS)
    if paths is not None:
        paths = engine.whole_number("paths", paths, 1, engine.MOST_PATHS)
    if workers is None:
        workers = engine.available_processors()
    workers = engine.whole_number("workers", workers, 0, engine.MOST_THREADS)
    store = Store(Path(out), code_hash())
    with locked(store.lock), store, seldom_collected():
        return _Batch(store, cases, paths, seed, slice_paths, fresh, progress).run(workers, cluster)


class _Batch:
    def __init__(
        self,
        store: Store,
        cases: Sequence[Case],
        paths: int | None,
        seed: int,
        slice_paths: int,
        fresh: bool,
        tell: Callable[[Progress], None] | None,
    ) -> None:
        self.store, self.cases, self.paths, self.seed = store, cases, paths, seed
        self.slice_paths, self.fresh, self.tell = slice_paths, fresh, tell
        self.started, self.clock = dt.datetime.now(dt.UTC), time.perf_counter()
        self.progress = Progress(len(cases))
        self.kernel_seconds = 0.0
        self.units: list[_Unit] = []
        self.unit_of: list[_Unit] = []  # by case
        self.by_number: dict[int, _Unit] = {}
        self.merged: deque[Task] = deque()  # tables of cases whose slices are all run
        self._plan()

    def run(self, workers: int, cluster: str | None) -> BatchReport:
        if self.progress.tasks:
            tasks = self._tasks()
            ahead = list(islice(tasks, KEPT))
            executor = executor_for(min(workers, self.progress.tasks), workers, cluster, ahead)
            try:
                self._work(executor, chain(ahead, tasks))
            finally:
                executor.close()
        computed = self.progress.done - self.progress.known
        tables, listed = write_dataset(self.store.out, self._results())
        self._tick()
        write_manifest(
            self.store.out,
            {
                "format": 1, "versions": versions(), "code": self.store.code, "seed": self.seed, "paths": self.paths,
                "tables": tables, "cases": listed,
                "times": {
                    "started": self.started.isoformat(timespec="seconds"),
                    "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                    "seconds": round(self.progress.seconds, 3),
                },
            },
        )  # fmt: skip
        return BatchReport(
            cases=len(self.cases),
            computed=computed - self.progress.failed,
            known=self.progress.known,
            failed=tuple(
                (case, "\n".join(_first(unit))) for case, unit in zip(self.cases, self.unit_of, strict=True)
                if unit.failures
            ),
            fewer=sum(row.get("paths", self.paths) < self.paths for row in listed) if self.paths is not None else 0,
            seconds=self.progress.seconds,
            kernel_seconds=self.kernel_seconds,
            path_periods=self.progress.path_periods,
            manifest=self.store.out / "manifest.json",
        )  # fmt: skip

    def _plan(self) -> None:
        """What is known already, and what is to do. Equal cases are one unit."""
        same: dict[tuple[str, Path], _Unit] = {}
        for number, case in enumerate(self.cases):
            terms = self.store.terms(case, self.seed, self.paths)
            key = (terms, case.folder)
            if key not in same:
                address = self.store.address(terms, case)
                unit = _Unit(case, number, terms, address, {}, [])
                same[key] = unit
                self.units.append(unit)
                self.by_number[number] = unit
                if not self.fresh and self.store.result(address) is not None:
                    unit.done = True
                else:
                    self._slice(unit)
            unit = same[key]
            unit.cases += 1
            self.unit_of.append(unit)
            if unit.done:
                self.progress.done += 1
                self.progress.known += 1

    def _slice(self, unit: _Unit) -> None:
        if self.paths is None or self.paths <= self.slice_paths:
            self.progress.tasks += 1
            return
        for first in range(0, self.paths, self.slice_paths):
            unit.slices[first] = min(self.slice_paths, self.paths - first)
        self.progress.tasks += len(unit.slices) + 1

    def _tasks(self) -> Iterator[Task]:
        for unit in self.units:
            if unit.done:
                continue
            if not unit.slices:
                yield Task(unit.number, unit.case, self.seed, 0, self.paths)
                continue
            for first, count in list(unit.slices.items()):
                address = slice_address(unit.address, first, count)
                known = None if self.fresh else self.store.slice(address)
                if known is None:
                    yield Task(unit.number, unit.case, self.seed, first, count, whole=False)
                else:
                    self._slice_done(unit, first, reduction_of(known), address)
                    self.progress.tasks_done += 1

    def _work(self, executor: Executor, tasks: Iterator[Task]) -> None:
        running, more = 0, True
        while True:
            while running < executor.capacity:
                task = self.merged.popleft() if self.merged else next(tasks, None)
                if task is None:
                    more = bool(self.merged)  # the last slices may have been known
                    if not more:
                        break
                    continue
                executor.submit(task)
                running += 1
            if not running and not more:
                return
            for task, outcome in executor.wait(TICK):
                running -= 1
                self._done(task, outcome)
            self._tick()

    def _done(self, task: Task, outcome: Outcome) -> None:
        unit = self.by_number[task.number]
        self.progress.tasks_done += 1
        self.progress.path_periods += outcome.path_periods
        self.kernel_seconds += outcome.seconds
        if outcome.files:
            self.store.remember(unit.terms, outcome.files)
            address = self.store.address(unit.terms, unit.case, outcome.files)
            if unit.stored and address != unit.address:
                outcome = Outcome(problems=(str(_changed(unit.case)),))
            unit.address = address
        if outcome.problems:
            unit.failures[task.first] = outcome.problems
        if not task.whole:
            reduction, address = None, ""
            if outcome.data is not None:
                address = slice_address(unit.address, task.first, task.count or 0)
                self.store.keep_slice(address, outcome.data)
                reduction = unpack_reduction(outcome.data)
            self._slice_done(unit, task.first, reduction, address)
            return
        if outcome.data is not None:
            self.store.keep_result(unit.address, outcome.data)
            self.store.drop_slices(unit.stored)
        elif not unit.failures:
            unit.failures[0] = ("there are no paths",)
        self._case_done(unit)

    def _slice_done(self, unit: _Unit, first: int, reduction: Reduction | None, address: str) -> None:
        """Add a slice to its case; after the last one, ask for the tables."""
        del unit.slices[first]
        if reduction is not None:
            unit.stored.append(address)
            unit.reduction = reduction if unit.reduction is None else Reduction.join([unit.reduction, reduction])
        if unit.slices:
            return
        if unit.failures or unit.reduction is None:
            self.progress.tasks_done += 1
            unit.failures = unit.failures or {0: ("there are no paths",)}
            self._case_done(unit)
            return
        data, unit.reduction = pack_reduction(unit.reduction), None
        self.merged.append(Task(unit.number, unit.case, self.seed, 0, None, reduction=data))

    def _case_done(self, unit: _Unit) -> None:
        unit.done = True
        self.progress.done += unit.cases
        self.progress.failed += unit.cases if unit.failures else 0

    def _tick(self) -> None:
        self.progress.seconds = time.perf_counter() - self.clock
        if self.tell is not None:
            self.tell(self.progress)

    def _results(self) -> Iterator[tuple[Case, str, Result]]:
        for case, unit in zip(self.cases, self.unit_of, strict=True):
            if unit.failures:
                yield case, "", _first(unit)
            else:
                yield case, unit.address, _reader(self.store, unit)


def _changed(case: Case) -> Problem:
    """Why the slices of a case are not of one."""
    return Problem(f"a file that {case.deal} names changed while the batch ran", "start the batch again")


def _first(unit: _Unit) -> tuple[str, ...]:
    """Why a case failed: what the first of its slices said."""
    return unit.failures[min(unit.failures)]


def _reader(store: Store, unit: _Unit) -> Callable[[], Unpacked]:
    def read() -> Unpacked:
        data = store.result(unit.address)
        if data is None:
            raise UsageError(Problem(f"a result vanished from {store.inner} while the batch ran", "start it again"))
        return data

    return read
