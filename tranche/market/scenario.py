"""From a market to a source of simulated factors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

from tranche._kernels.scenario import Scenario
from tranche.errors import Problem, UsageError
from tranche.terms.by_bytes import ByBytes, by_bytes

from .lower import tape
from .sobol import plan
from .tape import Tape
from .terms import Market

SAMPLINGS = ("random", "antithetic", "sobol")


def scenario(
    market: Market,
    times: Sequence[float],
    seed: int,
    *,
    start: dt.date | None = None,
    sampling: str = "random",
) -> Scenario:
    """The columns of the market at the end of each period, in the order of `market.columns`, named as formulas and
    Programs name them, `market.NAME`.

    `times`: T+1 year fractions from `start`, the closing date (needed by factors with dates), the first 0. `seed`:
    0 ≤ seed < 2**64. `sampling`: random, or antithetic (the odd path 2k+1 is path 2k turned round: every uniform u is
    1 − u), or sobol (`market.sobol`). The paths of the last two are not independent, and standard errors are those of
    independent ones: they overstate sobol's, and those of antithetic pairs where a figure goes one way with the draws;
    of one that goes the same way on both sides, as a straddle does, the error is up to √2 times what they say. A path
    depends on the market, the times, the seed, the sampling and its own number only. Raises DealError and UsageError.
    """
    if not 0 <= seed < 2**64:
        raise UsageError(Problem(f"seed {seed}", "a whole number from 0 to 2**64 - 1"))
    if sampling not in SAMPLINGS:
        raise UsageError(Problem(f"unknown sampling {sampling!r}", f"one of {', '.join(SAMPLINGS)}"))
    made = _tape(by_bytes(market), tuple(times), start)
    columns = tuple(f"market.{name}" for name in made.columns)
    points = None
    if sampling == "sobol" and market.factors:
        made, plan_ = plan(made, times, seed)
        points = plan_.arrays
    turned = sampling == "antithetic"
    return Scenario(columns, seed, made.steps, made.params, made.constants, made.initial, turned, points)


@lru_cache(maxsize=16)  # the deals of a batch share their markets and dates
def _tape(market: ByBytes[Market], times: tuple[float, ...], start: dt.date | None) -> Tape:
    """The tape, which nobody can write to."""
    made = tape(market.value, times, start)
    for array in (made.steps, made.params, made.constants, made.initial):
        array.setflags(write=False)
    return made
