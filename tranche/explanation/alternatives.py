"""What would have been: the path again with one input held on its mean path, all others as they were drawn."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.program import Op, Program
from tranche.reference import Number, run_path
from tranche.results import Inputs

SAMPLE = 1_000  # paths over which the mean path is taken, from path 0 on
ALL = "all inputs"


@attrs.frozen
class Alternative:
    """One run of the twin. `held`: the input on its mean path, or ALL; `totals` by record: the final values;
    `flows[t]` by record: what moved in period t; `readings[t]` by instruction: (numerator, denominator, level, failed)
    of the tests."""

    held: str
    totals: dict[str, float]
    flows: Sequence[dict[str, float]]
    readings: Sequence[dict[int, tuple[float, float, float, bool]]]


class Alternatives:
    """Of one path of a Program. `there` paths exist; with a single one there is no mean to hold an input on."""

    def __init__(self, program: Program, inputs: Inputs, path: int, there: int | None) -> None:
        self.program, self._inputs, self.path = program, inputs, path
        self.sample = SAMPLE if there is None else min(SAMPLE, there)
        self._found: dict[str, Alternative] = {}

    @property
    def possible(self) -> bool:
        return self.sample > 1 and bool(self.program.inputs)

    @cached_property
    def rows(self) -> NDArray[np.float64]:
        """The path's own inputs [T, inputs]."""
        return np.asarray(self._inputs.rows(self.path, 1)[0])

    @cached_property
    def mean(self) -> NDArray[np.float64]:
        """The mean path of every input [T, inputs], over `sample` paths."""
        return np.asarray(self._inputs.rows(0, self.sample).mean(axis=0))

    def value(self, name: str, t: int) -> tuple[float, float]:
        """An input on the path and on its mean path, in period t."""
        k = self.program.inputs.index(name)
        return float(self.rows[t, k]), float(self.mean[t, k])

    @cached_property
    def actual(self) -> Alternative:
        """The path as it was drawn."""
        return self._run("", self.rows)

    def held(self, name: str) -> Alternative:
        """The path with the input `name` on its mean path; with ALL, every input."""
        if name not in self._found:
            rows = self.mean.copy() if name == ALL else self.rows.copy()
            if name != ALL:
                k = self.program.inputs.index(name)
                rows[:, k] = self.mean[:, k]
            self._found[name] = self._run(name, rows)
        return self._found[name]

    def _run(self, name: str, rows: NDArray[np.float64]) -> Alternative:
        readings: list[dict[int, tuple[float, float, float, bool]]] = [{} for _ in range(self.program.periods)]

        def watch(t: int, at: int, op: Op, before: dict[str, Number], after: dict[str, Number], amount: Number) -> None:
            if "denominator" in before:
                readings[t][at] = (before["numerator"], before["denominator"], before["level"], amount != 0)

        twin = run_path(self.program, rows, watch=watch)
        names = [record.name for record in self.program.records]
        flows = [dict(zip(names, moved, strict=True)) for moved in twin.movements]
        return Alternative(name, dict(zip(names, twin.totals, strict=True)), flows, readings)
