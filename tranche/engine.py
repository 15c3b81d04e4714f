"""Floor 4. Program × sources of inputs → Results: blocks, threads, buffers, and what went wrong where."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import attrs
import numpy as np
from numpy.typing import ArrayLike, NDArray

from tranche._kernels import waterfall
from tranche._kernels.cashflows import CashFlows
from tranche.errors import DataError, Problem, UsageError
from tranche.program import INSTRUCTION, Kind, Program
from tranche.results import Results, carried

CALL = 16_384  # paths in one call of the kernel: between calls progress is shown and Ctrl-C is heard
MOST_PATHS = 100_000_000


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
    unknown = sorted(set(collections) - set(wanted))
    missing = [name for name in wanted if name not in collections]
    if unknown or missing:
        what = f"collections have {', '.join(sorted(collections)) or 'nothing'}"
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
    width: int = 64,
    seed: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Results:
    """Run paths first_path ≤ p < first_path + paths. The bits of every figure depend on neither threads nor width.

    `progress` is called with the number of paths done since the last call. Raises UsageError and DataError.
    """
    program = inputs.program
    _check_paths(inputs, first_path, paths)
    kernel = make_kernel(inputs, width)
    totals = np.empty((paths, len(program.records)))
    sums = np.zeros((2, program.periods, len(program.records)), dtype=np.uint64)
    for start in range(0, paths, CALL):
        count = min(CALL, paths - start)
        bad = kernel.run(first_path + start, count, thread_count(threads), totals[start : start + count], sums)
        _raise_bad(inputs, *bad)
        if progress is not None:
            progress(count)
    return Results(program=program, totals=totals, sums=carried(sums), first_path=first_path, seed=seed)


def path_flows(inputs: Scenario, first_path: int, paths: int, *, width: int = 64) -> NDArray[np.float64]:
    """What every record moved (flow) or its level (stock), [paths, T, records]: for few paths, all is kept."""
    program = inputs.program
    _check_paths(inputs, first_path, paths)
    totals = np.empty((paths, len(program.records)))
    sums = np.zeros((2, program.periods, len(program.records)), dtype=np.uint64)
    flows = np.empty((paths, program.periods, len(program.records)))
    bad = make_kernel(inputs, width).run(first_path, paths, 1, totals, sums, flows)
    _raise_bad(inputs, *bad)
    return flows


def make_kernel(inputs: Scenario, width: int = 64) -> waterfall.Kernel:
    """The compiled kernel, holding a Program and its sources. Raises UsageError for a width it does not offer."""
    program = inputs.program
    if width not in waterfall.WIDTHS:
        raise UsageError(Problem(f"block width {width}", f"one of {', '.join(map(str, waterfall.WIDTHS))}"))
    fields = program.instructions.view(np.int32).reshape(-1, INSTRUCTION.itemsize // 4)
    offsets = np.cumsum([0, *(len(source.columns) for source in inputs.sources)])
    return waterfall.Kernel(
        np.ascontiguousarray(fields),
        program.initial,
        program.series,
        program.of_kind(Kind.SERIES).start,
        len(program.inputs),
        program.of_kind(Kind.INPUT).start,
        np.array([record.register for record in program.records], dtype=np.int32),
        np.array([record.flow for record in program.records], dtype=np.int32),
        program.quantum,
        [(source, int(offset)) for source, offset in zip(inputs.sources, offsets, strict=False)],
        width,
    )


def thread_count(threads: int | None) -> int:
    """Threads to use: all processors this process may use by default, and one where OpenMP was missing at build."""
    if threads is not None and threads < 1:
        raise UsageError(Problem(f"threads is {threads}", "1 or more, or leave it out for all processors"))
    if not waterfall.openmp:
        if threads is not None and threads > 1:
            warnings.warn("built without OpenMP: running on one thread", stacklevel=3)
        return 1
    return threads or available_processors()


def available_processors() -> int:
    """Processors that this process may use (all of them where the system does not say)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check_paths(inputs: Scenario, first_path: int, paths: int) -> None:
    if not 1 <= paths <= MOST_PATHS:
        raise UsageError(Problem(f"paths is {paths}", f"from 1 to {MOST_PATHS:,}"))
    if first_path < 0:
        raise UsageError(Problem(f"first_path is {first_path}", "0 or more"))
    if inputs.paths is not None and first_path + paths > inputs.paths:
        what = f"paths {first_path} to {first_path + paths - 1} asked for"
        raise UsageError(Problem(what, f"the collections have {inputs.paths} paths, numbered from 0"))


def _raise_bad(inputs: Scenario, bad_path: int, bad_amount: int) -> None:
    if bad_path >= 0:
        rows = inputs.rows(bad_path, 1)[0]
        period, column = (int(x) for x in np.argwhere(~((rows >= 0) & (rows < np.inf)))[0])
        what = f"{inputs.program.inputs[column]} is {rows[period, column]} on path {bad_path} in period {period + 1}"
        raise DataError(Problem(what, "a finite amount, 0 or more"))
    if bad_amount >= 0:
        bound = inputs.program.bound
        what = f"an amount on path {bad_amount} is not a number or beyond {bound:,.0f} {inputs.program.currency}"
        raise DataError(Problem(what, "collections in the deal's currency and of the size of its notional"))
