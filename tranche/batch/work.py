"""What a worker does: a case, or a slice of its paths, or the tables of paths that others ran. It knows no folder of
results and keeps nothing but the last deals it compiled."""

from __future__ import annotations

import os
import time
from functools import lru_cache
from pathlib import Path

import attrs

from tranche import engine
from tranche.errors import Problem, TrancheError
from tranche.few import Few
from tranche.files import Deal, MarketFile, files_read, load, read_market_file
from tranche.inputs import Ingredients, in_market, ingredients
from tranche.reduction import Reduction
from tranche.results import Results

from .grid import Case, file_hash
from .packed import pack_reduction, unpack_reduction
from .tables import pack_tables

REMEMBERED = 4  # compiled cases a worker keeps: neighbours in the grid share their deal


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
class Prepared:
    """A case made ready: its Program with what feeds it, and the files that its deal names, relative to the deal's
    folder, by SHA-256."""

    inputs: Ingredients
    files: tuple[tuple[str, str], ...]


@attrs.frozen
class Outcome:
    """`data`: a reduction or tables, packed; None when the case failed, and `problems` say why, or when it has no paths
    there. `seconds`: processor time of scenario and kernel alone; `path_periods`: paths × payment dates run."""

    data: bytes | None = None
    files: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    seconds: float = 0.0
    path_periods: int = 0


def prepare_case(case: Case, seed: int) -> Prepared:
    """Load, lay the market over, override, compile. Raises TrancheError."""
    changed = [
        Problem(f"{name} changed while the batch ran", "start the batch again")
        for name, said in ((case.deal, case.deal_hash), (case.market, case.market_hash))
        if name and file_hash(Path(name)) != said
    ]
    if changed:
        raise TrancheError(changed)
    deal, names = _deal(case.deal, case.deal_hash)
    if case.overrides:
        deal = deal.with_(dict(case.overrides))
    if case.market:
        above, more = _market(case.market, case.market_hash, deal.currency)
        deal, names = in_market(deal, above, case.market), names | more
    with files_read() as late:
        inputs = ingredients(deal, seed=seed)
    files = sorted({os.path.relpath(path, case.folder) for path in names | late})
    return Prepared(inputs, tuple((name, file_hash(case.folder / name)) for name in files))


@lru_cache(maxsize=REMEMBERED)
def _deal(path: str, content: str) -> tuple[Deal, frozenset[Path]]:
    """The deal of a file with that content, and the files it names."""
    with files_read() as names:
        deal = load(path)
    return deal, frozenset(names)


@lru_cache(maxsize=4 * REMEMBERED)
def _market(path: str, content: str, currency: str) -> tuple[MarketFile, frozenset[Path]]:
    with files_read() as names:
        market = read_market_file(path, currency)
    return market, frozenset(names)


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


_known: Few[tuple[Case, int], Prepared] = Few(REMEMBERED)


def remembered(case: Case, seed: int) -> Prepared:
    """`prepare_case`, once for the tasks of a case. Raises TrancheError."""
    return _known.get((case, seed)) or _known.keep((case, seed), prepare_case(case, seed))


def forget() -> None:
    """Between two batches of one process the files that deals name may change."""
    _deal.cache_clear()
    _market.cache_clear()
    _known.clear()
