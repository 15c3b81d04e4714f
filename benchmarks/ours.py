"""Our version: the compiled Program of the deal file, run by the engine that `tranche run` uses."""

from __future__ import annotations

import datetime as dt
from functools import cache, cached_property
from pathlib import Path

import attrs
import numpy as np

from benchmarks.job import SUMS, TOTALS, Array, Output, Spec
from tranche._kernels import waterfall
from tranche.compiler import compile_deal
from tranche.engine import cash_flows, run_program, scenario
from tranche.files import load
from tranche.program import Program
from tranche.results import Results

DEAL = Path(__file__).parents[1] / "deals" / "benchmark.yaml"
KERNEL = Path(waterfall.__file__)
SYMBOLS = r"walk_block\.avx"
"""Where the kernel's loops over the lanes are, in the copies for AVX2 and AVX-512."""

RECORDS = {
    "fee": ("servicing.paid",),
    "s_int": ("senior.interest",),
    "s_prin": ("senior.principal", "senior.prepaid"),
    "s_short": ("senior.shortfall",),
    "m_int": ("mezz.interest",),
    "m_prin": ("mezz.principal", "mezz.prepaid"),
    "m_pik": ("mezz.deferred",),
    "eq": ("equity.distribution",),
    "trap_periods": ("dscr.breached",),
    "s_balance": ("senior.balance",),
    "s_end": ("senior.balance",),
    "m_balance": ("mezz.balance",),
    "m_end": ("mezz.balance",),
    "reserve": ("reserve.balance",),
}
"""Which records of the Program a figure of the job is the sum of."""


@attrs.frozen(eq=False, slots=False)
class Ours:
    """An `Output` that is made of a run's results when it is read: the run itself is what is timed."""

    results: Results

    @property
    def grain(self) -> float:
        """What each path's amount is rounded to before it enters a sum."""
        return self.results.program.quantum

    @cached_property
    def totals(self) -> Array:
        return np.column_stack([sum(map(self.results.total, RECORDS[name])) for name in TOTALS])

    @cached_property
    def sums(self) -> Array:
        mean = np.column_stack([sum(map(self.results.mean, RECORDS[name])) for name in SUMS])
        return mean * self.results.count


@cache
def program(months: int) -> Program:
    """The deal file compiled; other lengths than 120 months differ in the maturity only."""
    deal = load(DEAL)
    first = deal.schedule.closing
    year, month = divmod(first.month - 1 + months, 12)
    maturity = dt.date(first.year + year, month + 1, first.day)
    return compile_deal(attrs.evolve(deal, schedule=attrs.evolve(deal.schedule, maturity=maturity)))


def run(cf: Array, spec: Spec, threads: int) -> Output:
    """Run the deal on `cf` (paths, months): all that a run does but compiling the deal."""
    compiled = program(spec.months)
    return Ours(run_program(scenario(compiled, [cash_flows(compiled, cf)]), len(cf), threads=threads))
