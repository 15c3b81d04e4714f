"""What would have been: the path again with one input held on its mean path, all others as they were drawn."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche import engine
from tranche._kernels.cashflows import CashFlows
from tranche.program import INSTRUCTION, Kind, Op, Program, instruction
from tranche.results import Inputs

from .probes import SIDES, compared, probed

SAMPLE = 1_000  # paths over which the mean path is taken, from path 0 on
ALL = "all inputs"


@attrs.frozen
class Alternative:
    """One run of the path. `held`: the input on its mean path, or ALL; `totals` by record: the final values;
    `flows` [T, records]: what moved in each period; `readings[t]` by instruction: (numerator, denominator, level,
    failed) of the tests."""

    held: str
    totals: dict[str, float]
    flows: NDArray[np.float64]
    readings: Sequence[dict[int, tuple[float, float, float, bool]]]


class Alternatives:
    """Of one path of a Program. `there` paths exist; with a single one there is no mean to hold an input on."""

    def __init__(self, program: Program, inputs: Inputs, path: int, there: int | None) -> None:
        self.program, self._inputs, self.path = program, inputs, path
        self.sample = SAMPLE if there is None else min(SAMPLE, there)
        self._found: dict[str, Alternative] = {}
        self._refused: dict[int, Alternative] = {}

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

    def without(self, decides: int) -> Alternative:
        """The path as it was drawn, with what instruction `decides` says held at no."""
        if decides not in self._refused:
            other = attrs.evolve(self.program, instructions=_refusing(self.program, decides))
            self._refused[decides] = self._run("", self.rows, (probed(other), compared(other)))
        return self._refused[decides]

    @cached_property
    def _probed(self) -> tuple[Program, list[int]]:
        return probed(self.program), compared(self.program)

    def _run(
        self, name: str, rows: NDArray[np.float64], other: tuple[Program, list[int]] | None = None
    ) -> Alternative:
        """The path on other inputs, in the kernel: as in the twin, to the last bit. An amount that is out of bounds is
        a figure like any other: nothing is summed here."""
        program, tests = other or self._probed
        given = [CashFlows(np.ascontiguousarray(rows[None]), program.inputs, signed=True)] if program.inputs else []
        kernel = engine.make_kernel(engine.scenario(program, given))
        unread = np.zeros((2, program.periods, len(program.records)), dtype=np.uint64)
        totals, flows = np.empty((1, len(program.records))), np.empty((1, program.periods, len(program.records)))
        kernel.run(0, 1, 1, totals, unread, None)
        kernel.run(0, 1, 1, np.empty_like(totals), unread, flows)
        own = len(self.program.records)
        seen = flows[0, :, own:].reshape(program.periods, len(tests), len(SIDES) + 1).tolist()
        readings: list[dict[int, tuple[float, float, float, bool]]] = []
        for date in seen:
            pairs = zip(tests, date, strict=True)
            readings.append({test: (over, under, level, fails != 0) for test, (over, under, level, fails) in pairs})
        names = [record.name for record in self.program.records]
        final = dict(zip(names, totals[0, :own].tolist(), strict=True))
        return Alternative(name, final, flows[0, :, :own], readings)


def _refusing(program: Program, decides: int) -> NDArray[np.void]:
    """The instructions with one that writes a condition, first of its operands, turned into 0."""
    zero = next(k for k in program.of_kind(Kind.CONSTANT) if program.registers[k].initial == 0)
    rows = program.instructions.copy()
    written = int(rows["r"][decides][0])
    rows[decides] = np.array([instruction(Op.COPY, (written, zero))], dtype=INSTRUCTION)[0]
    return rows
