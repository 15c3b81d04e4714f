"""`python -m benchmarks.whole`: a deal of the usual size (five tranches, six fees, four reserves, six tests) in the
compiled Program and in numpy code written for it alone; checked to agree; nanoseconds per path and month."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import whole_numpy
from benchmarks.job import Array
from tranche.compiler import compile_deal
from tranche.engine import cash_flows, run_program, scenario
from tranche.files import load
from tranche.program import Program
from tranche.results import Results

DEAL = Path(__file__).parent / "whole_deal.yaml"
MOST_INSTRUCTIONS, MOST_NS = 150, 60.0
RECORDS = {"principal": ("principal", "prepaid"), "paid": ("paid", "excess")}  # figures that add up several records
AGREE = 1e-9  # of the largest amount of a figure


def program() -> Program:
    return compile_deal(load(DEAL))


def collections(paths: int, seed: int = 0) -> Array:
    """Cash [paths, months]: from 1.12 to 0.98 of what the month's debt service and fees would be, times a lognormal
    AR(1) that puts every test, reserve and both lists to work."""
    rng = np.random.default_rng(seed)
    months = np.arange(whole_numpy.MONTHS)
    share = 1.0 - months / len(months)
    service = sum(
        notional / len(months) + notional * share * whole_numpy.RATE[debt] / 12
        for debt, notional in whole_numpy.NOTIONAL.items()
    )
    level = (service + 30e3 + 46e3 * share) * (1.12 - 0.14 * months / len(months))
    cash, deviation = np.empty((paths, len(months))), np.zeros(paths)
    for t, amount in enumerate(level):
        deviation = 0.92 * deviation + 0.12 * rng.standard_normal(paths)
        cash[:, t] = amount * np.exp(deviation)
    return cash


def ours(compiled: Program, cash: Array) -> Results:
    return run_program(scenario(compiled, [cash_flows(compiled, cash)]), len(cash), threads=1)


def figures(results: Results) -> tuple[Array, Array]:
    """Totals [paths, figures] and sums [months, figures] of a run, as the numpy version keeps them."""
    totals, sums = [], []
    for figure in whole_numpy.FIGURES:
        owner, _, field = figure.rpartition(".")
        if figure == "total.breached":
            field = "default"
        parts = [f"{owner}.{part}" for part in RECORDS.get(field, (field,))]
        totals.append(sum(map(results.total, parts)))
        sums.append(sum(map(results.mean, parts)) * results.count)
    return np.column_stack(totals), np.column_stack(sums)


def disagreements(results: Results, peer: tuple[Array, Array]) -> list[str]:
    """What differs between the two by more than rounding."""
    found = []
    grain = results.program.quantum * results.count  # what is rounded before it enters a sum
    for what, mine, theirs, slack in zip(("totals", "sums"), figures(results), peer, (0.0, grain), strict=True):
        for k, figure in enumerate(whole_numpy.FIGURES):
            off = float(np.abs(mine[:, k] - theirs[:, k]).max())
            if not off <= AGREE * max(1.0, float(np.abs(theirs[:, k]).max())) + slack:
                found.append(f"{what}.{figure}: differs by {off:.3g}")
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whole", description=__doc__)
    parser.add_argument("--paths", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5, help="timed rounds, after one that is not counted")
    asked = parser.parse_args(arguments)
    compiled, cash = program(), collections(asked.paths)
    problems = disagreements(ours(compiled, cash), whole_numpy.run(cash))
    if problems:
        print("the two versions do not agree, so nothing is timed:", *problems, sep="\n  ", file=sys.stderr)
        return 1
    calls: dict[str, Callable[[], object]] = {
        "ours, any deal": lambda: ours(compiled, cash),
        f"numpy, blocks of {whole_numpy.BLOCK:,} paths": lambda: whole_numpy.run(cash),
    }
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for counted in range(-1, asked.rounds):
        for name, call in calls.items():
            start = time.process_time()  # of this process alone: others may be using the machine
            call()
            if counted >= 0:
                seconds[name].append(time.process_time() - start)
    ns = {name: 1e9 * statistics.median(each) / cash.size for name, each in seconds.items()}
    first = next(iter(ns.values()))
    kept = len(whole_numpy.FIGURES)
    print(f"both versions agree on {kept} figures of {asked.paths:,} paths x {cash.shape[1]} months\n")
    print("| version | ns per path and month | ours / it |\n|---|---|---|")
    for name, each in ns.items():
        print(f"| {name} | {each:.2f} | {first / each:.3f} |")
    print(f"\n{len(compiled.instructions)} instructions, of fewer than {MOST_INSTRUCTIONS}; "
          f"{first:.1f} ns, of fewer than {MOST_NS:.0f}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
