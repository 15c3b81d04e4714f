"""Our version: the compiled Program of the deal file, run by the engine that `tranche run` uses."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

from benchmarks.job import Array, Output, Spec
from tranche.compiler import compile_deal
from tranche.engine import cash_flows, run_program, scenario
from tranche.program import Program

DEAL = Path(__file__).parent.parent / "deals" / "benchmark.yaml"
MATURITY = {120: dt.date(2035, 1, 1), 60: dt.date(2030, 1, 1)}


@cache
def program(months: int) -> Program:
    """The deal file compiled; other lengths than 120 months differ in the maturity only."""
    import sys

    from bdeal import deal

    return compile_deal(deal(months))


def run(cf: Array, spec: Spec, threads: int) -> Output:
    """Collections (paths, months) → totals and per-period sums, from the records that the deal keeps."""
    compiled = program(spec.months)
    results = run_program(scenario(compiled, [cash_flows(compiled, cf)]), len(cf), threads=threads)
    return Output(results.totals, results.means)
