"""Floor 4. Program × sources of inputs → Results: blocks, threads, buffers, and what went wrong where."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

import attrs
import numpy as np
from numpy.typing import ArrayLike, NDArray

from tranche._kernels import waterfall
from tranche._kernels.cashflows import CashFlows
from tranche.errors import DataError, Problem, UsageError
from tranche.program import INSTRUCTION, Kind, Program
from tranche.reduction import Reduction, carried, merged, new_tally, watched
from tranche.results import Results

# One call of the kernel: at most so many paths, and paths x periods x instructions (some tenths of a second). Between
# calls progress is shown and Ctrl-C is heard; at the end of each all threads wait for the last, so not less.
CALL = 1_048_576
CALL_WORK = 300_000_000
REGISTER_BYTES = 40 * 1024  # a register file of this size stays in a first-level cache of 48 KiB
DEFAULT_PATHS = 10_000  # of a simulated market
MOST_PATHS = 100_000_000
KEPT = 128 * 1024 * 1024  # bytes of path totals that are kept without being asked for
LAST_PATH = 2**62
MOST_THREADS = 1_024


KeepPaths = bool | Literal["auto"]

_forked = False


def _after_fork() -> None:
    """OpenMP's threads do not survive a fork: what was forked runs on one, which gives the same bits."""
    global _forked  # noqa: PLW0603  # a fact about this process
    _forked = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class Source(Protocol):
    """What fills input registers: see `cyext/source.pxd`."""

    @property
    def columns(self) -> tuple[str, ...]: ...

    @property
    def periods(self) -> int: ...

    @property
    def paths(self) -> int | None: ...  # None: as many as asked for

    @property
    def capsule(self) -> object: ...

    def rows(self, first: int, count: int) -> NDArray[np.float64]: ...


@attrs.frozen(eq=False)
class Scenario:
    """The inputs of a Program: sources, in the order of `program.inputs`."""

    program: Program
    sources: tuple[Source, ...]

    @property
    def paths(self) -> int | None:
        """How many paths there are; None when they are drawn and there is no end of them."""
        counts = [source.paths for source in self.sources if source.paths is not None]
        return min(counts) if counts else None

    def rows(self, first: int, count: int) -> NDArray[np.float64]:
        """Inputs of paths first ≤ p < first + count: [count, T, inputs]."""
        parts = [source.rows(first, count) for source in self.sources]
        if not parts:
            return np.empty((count, self.program.periods, 0))
        return np.concatenate(parts, axis=2)


def scenario(program: Program, sources: Sequence[Source]) -> Scenario:
    """Match sources to a Program's inputs. Raises DataError when columns or periods differ."""
    columns = tuple(column for source in sources for column in source.columns)
    if columns != program.inputs:
        raise DataError(Problem(f"the sources give {list(columns)}", f"the program reads {list(program.inputs)}"))
    for source in sources:
        if source.periods != program.periods:
            raise DataError(
                Problem(f"{source.columns[0]}: {source.periods} periods", f"the deal has {program.periods}")
            )
    return Scenario(program, tuple(sources))


def cash_flows(program: Program, collections: ArrayLike | Mapping[str, ArrayLike]) -> CashFlows:
    """The user's collections as a source.

    An array [paths, T] (or [T]: one path), or a mapping of such arrays by component (`interest`, `principal`, `loss`).
    Raises DataError: unknown or missing component, wrong shape. The run finds NaN, infinite and negative amounts.
    """
    wanted = [name.removeprefix("collections.") for name in program.inputs if name.startswith("collections.")]
    if not wanted:
        raise DataError(Problem("this deal makes its own collections", "leave `collections` out"))
    if not isinstance(collections, Mapping):
        if len(wanted) != 1:
            raise DataError(Problem("one array of collections", f"a mapping with {', '.join(wanted)}"))
        collections = {wanted[0]: collections}
    if set(collections) != set(wanted):
        what = f"collections have {', '.join(sorted(map(str, collections))) or 'nothing'}"
        raise DataError(Problem(what, f"this deal takes {', '.join(wanted)}"))
    arrays = [_matrix(name, collections[name], program.periods) for name in wanted]
    if len({array.shape for array in arrays}) > 1:
        raise DataError(Problem("collections differ in their number of paths", "one row for each path in every array"))
    if len(arrays) == 1:
        values = np.ascontiguousarray(arrays[0])[:, :, None]  # keeps the memory as it is
    else:
        values = np.ascontiguousarray(np.stack(arrays, axis=2))
    return CashFlows(values, tuple(f"collections.{name}" for name in wanted))


def _matrix(name: str, values: ArrayLike, periods: int) -> NDArray[np.float64]:
    try:
        if np.iscomplexobj(values):
            raise TypeError
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(Problem(f"collections.{name} is not an array of numbers")) from None
    array = array[None, :] if array.ndim == 1 else array
    if array.ndim != 2 or array.shape[1] != periods or not array.shape[0]:
        raise DataError(
            Problem(f"collections.{name} has shape {np.shape(values)}", f"[paths, {periods}], a column for each date")
        )
    return array


def run_program(
    inputs: Scenario,
    paths: int,
    *,
    first_path: int = 0,
    threads: int | None = None,
    width: int | None = None,
    seed: int | None = None,
    progress: Callable[[int], None] | None = None,
    keep_paths: KeepPaths = "auto",
) -> Results:
    """Run paths first_path ≤ p < first_path + paths. The bits of every figure depend on neither threads nor width.

    `keep_paths`: whether every path's totals are kept (8 bytes a path and record), or only what the paths add up to,
    which needs the same memory for any number of them; "auto": kept up to 128 MB. No other figure depends on it.
    `progress` is called with the number of paths done since the last call. Raises UsageError and DataError.
    """
    program = inputs.program
    _check_paths(inputs, first_path, paths)
    kernel = make_kernel(inputs, width)
    keep = _keeps(program, paths, keep_paths)
    totals = np.empty((paths, len(program.records))) if keep else None
    sums = np.zeros((2, program.periods, len(program.records)), dtype=np.uint64)
    workers = thread_count(threads)
    tallies = [new_tally(program) for _ in range(workers)]
    call = paths_at_once(program)
    for start in range(0, paths, call):
        count = min(call, paths - start)
        rows = None if totals is None else totals[start : start + count]
        bad = kernel.run(first_path + start, count, workers, rows, sums, None, tallies)
        _raise_bad(inputs, *bad)
        if progress is not None:
            progress(count)
    reduction = Reduction(paths, carried(sums), merged(tallies))
    return Results(program, reduction, totals, first_path=first_path, seed=seed, inputs=inputs)


def _keeps(program: Program, paths: int, keep_paths: KeepPaths) -> bool:
    """Whether a run keeps the totals of its paths. Raises UsageError."""
    if isinstance(keep_paths, str) and keep_paths == "auto":
        return 8 * paths * len(program.records) <= KEPT
    if not isinstance(keep_paths, bool | np.bool_):
        raise UsageError(Problem(f"keep_paths is {keep_paths!r}", 'True, False or "auto"'))
    return bool(keep_paths)


def paths_to_run(inputs: Scenario, wanted: int | None, first_path: int = 0) -> int:
    """How many paths from `first_path` on to run: as many as are wanted, by default DEFAULT_PATHS, of a simulated
    market; of the user's own cash those of them that there are, by default all, and none or fewer where `first_path` is
    past the last. Raises UsageError."""
    if wanted is not None:
        wanted = whole_number("paths", wanted, 1, MOST_PATHS)
    if inputs.paths is None:
        return DEFAULT_PATHS if wanted is None else wanted
    there = inputs.paths - first_path
    return there if wanted is None else min(wanted, there)


def path_flows(inputs: Scenario, first_path: int, paths: int, *, width: int | None = None) -> NDArray[np.float64]:
    """What every record moved (flow) or its level (stock), [paths, T, records]: for few paths, all is kept."""
    program = inputs.program
    _check_paths(inputs, first_path, paths)
    totals = np.empty((paths, len(program.records)))
    sums = np.zeros((2, program.periods, len(program.records)), dtype=np.uint64)
    flows = np.empty((paths, program.periods, len(program.records)))
    bad = make_kernel(inputs, width).run(first_path, paths, 1, totals, sums, flows)
    _raise_bad(inputs, *bad)
    return flows


def make_kernel(inputs: Scenario, width: int | None = None) -> waterfall.Kernel:
    """The compiled kernel, holding a Program and its sources; `width`: paths in a block, by default those that suit the
    program. Raises UsageError for a width that the kernel does not offer."""
    program = inputs.program
    width = block_width(program) if width is None else width
    if width not in waterfall.WIDTHS:
        raise UsageError(Problem(f"block width {width}", f"one of {', '.join(map(str, waterfall.WIDTHS))}"))
    fields = program.instructions.view(np.int32).reshape(-1, INSTRUCTION.itemsize // 4)
    offsets = np.cumsum([0, *(len(source.columns) for source in inputs.sources)])
    return waterfall.Kernel(
        np.ascontiguousarray(fields),
        program.initial,
        program.narrow,
        program.series,
        program.of_kind(Kind.SERIES).start,
        len(program.inputs),
        program.of_kind(Kind.INPUT).start,
        np.array([record.register for record in program.records], dtype=np.int32),
        np.array([record.flow for record in program.records], dtype=np.int32),
        program.quantum,
        [(source, int(offset)) for source, offset in zip(inputs.sources, offsets, strict=False)],
        width,
        watched(program),
    )


def paths_at_once(program: Program) -> int:
    """Paths in one call of the kernel: whole blocks of every width."""
    whole = math.lcm(*waterfall.WIDTHS)
    work = program.periods * max(1, len(program.instructions))
    return min(CALL, max(1, CALL_WORK // (work * whole)) * whole)


def block_width(program: Program) -> int:
    """128 paths where the register file of so many fits a first-level cache, else 64: narrower blocks pay more for
    every instruction than the cache saves, and a market is drawn 64 paths at a time."""
    lanes = np.count_nonzero(~program.narrow)
    return 128 if lanes * 128 * 8 <= REGISTER_BYTES else 64


def thread_count(threads: int | None) -> int:
    """Threads to use: all processors this process may use by default; one where OpenMP was missing at the build, and in
    a forked process."""
    if threads is not None:
        threads = whole_number("threads", threads, 1, MOST_THREADS)
    if not waterfall.openmp:
        if threads is not None and threads > 1:
            warnings.warn("built without OpenMP: running on one thread", stacklevel=3)
        return 1
    return 1 if _forked else threads or available_processors()


def whole_number(name: str, value: object, least: int, most: int) -> int:
    """`value` as an int. Raises UsageError unless it is a whole number from `least` to `most`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value <= most:
        raise UsageError(Problem(f"{name} is {value!r}", f"a whole number from {least:,} to {most:,}"))
    return int(value)


def available_processors() -> int:
    """Processors that this process may use (all of them where the system does not say)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check_paths(inputs: Scenario, first_path: int, paths: int) -> None:
    whole_number("paths", paths, 1, MOST_PATHS)
    whole_number("path number", first_path, 0, LAST_PATH)
    if inputs.paths is not None and first_path + paths > inputs.paths:
        what = f"paths {first_path} to {first_path + paths - 1} asked for"
        raise UsageError(Problem(what, f"the collections have {inputs.paths} paths, numbered from 0"))


def _raise_bad(inputs: Scenario, bad_path: int, bad_amount: int) -> None:
    if bad_path >= 0:
        given = next(source for source in inputs.sources if source.paths is not None)  # only they can be unusable
        rows = given.rows(bad_path, 1)[0]
        period, column = (int(x) for x in np.argwhere(~((rows >= 0) & (rows < np.inf)))[0])
        what = f"{given.columns[column]} is {rows[period, column]} on path {bad_path} in period {period + 1}"
        raise DataError(Problem(what, "a finite amount, 0 or more"))
    if bad_amount >= 0:
        bound = inputs.program.bound
        what = f"an amount on path {bad_amount} is not a number or beyond {bound:,.0f} {inputs.program.currency}"
        fix = "collections in the deal's currency and of the size of its notional"
        if any(source.paths is None for source in inputs.sources):  # simulated
            fix += "; a coin with dof has no finite mean unless the market states its ceiling"
        raise DataError(Problem(what, fix))
