"""A deal, run: everything that the invariants look at, computed once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche import engine
from tranche._kernels.cashflows import CashFlows
from tranche.compiler import compile_deal
from tranche.deal import Deal
from tranche.errors import Problem, UsageError
from tranche.inputs import CollateralCash, prepare
from tranche.program import Program
from tranche.records import record_of
from tranche.reference import PathResult, Watch, exact, run_path
from tranche.results import Results

MOST_PATHS = 10_000  # all flows of all paths are kept


@attrs.frozen(eq=False)
class Observed:
    """One run of a deal. `flows` [paths, T, records]: what each record moved, or its level, in each period."""

    deal: Deal
    collections: CollateralCash | None
    seed: int
    inputs: engine.Scenario = attrs.field(repr=False)  # long: the deal and the collections say what it is
    paths: int

    @property
    def program(self) -> Program:
        return self.inputs.program

    @property
    def name(self) -> str:
        return self.deal.name

    @cached_property
    def results(self) -> Results:
        return engine.run_program(self.inputs, self.paths, threads=1)

    @cached_property
    def flows(self) -> NDArray[np.float64]:
        return engine.path_flows(self.inputs, 0, self.paths)

    def flow(self, name: str) -> NDArray[np.float64]:
        """The record `owner.field` by path and period [paths, T]; zeros when the deal never moves it. Raises
        UsageError: no class of the deal can have it."""
        number = record_of(self.program, name)
        return np.zeros(self.flows.shape[:2]) if number is None else self.flows[:, :, number]

    def twin(self, path: int, number: Callable[[float], Any] = float, watch: Watch | None = None) -> PathResult:
        """The same path in plain Python: in floats, or in exact arithmetic with `number=exact`."""
        return run_path(self.program, self.inputs.rows(path, 1)[0], number, watch)

    @cached_property
    def exact_paths(self) -> list[PathResult]:
        """Every path in exact arithmetic."""
        return [self.twin(path, exact) for path in range(self.paths)]


def observe_rows(deal: Deal, rows: NDArray[np.float64], program: Program | None = None) -> Observed:
    """A deal on paths of everything that it reads, cash and factors: `rows` [paths, T, inputs] in the order of
    `program.inputs`. `program`: the deal compiled, where it is at hand. Raises DealError and DataError."""
    program = program or compile_deal(deal)
    signed = any(not name.startswith("collections.") for name in program.inputs)
    values = np.ascontiguousarray(rows, dtype=np.float64)
    sources = [CashFlows(values, program.inputs, signed=signed)] if program.inputs else []
    return Observed(deal, None, 0, engine.scenario(program, sources), len(rows))


def observe(
    deal: Deal,
    collections: CollateralCash | None = None,
    *,
    paths: int | None = None,
    seed: int = 0,
) -> Observed:
    """Compile a deal and make it ready to be looked at.

    `collections`: [paths, T] or [T] in the deal's currency, or a mapping of such arrays by component; None: what the
    deal's file names, or what its fleet earns. `paths`: all that the collections have, or 20.
    Raises DealError, DataError and UsageError.
    """
    inputs = prepare(deal, seed=seed, collections=collections)
    count = paths if paths is not None else (inputs.paths or 20)
    if not 1 <= count <= MOST_PATHS:
        raise UsageError(Problem(f"{count} paths", f"from 1 to {MOST_PATHS:,}: every flow of every path is kept"))
    return Observed(deal, collections, seed, inputs, count)
