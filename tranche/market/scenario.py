"""From a market to a source of simulated factors."""

from __future__ import annotations

from collections.abc import Sequence

from tranche._kernels.scenario import Scenario
from tranche.errors import Problem, UsageError

from .coefficients import coefficients
from .terms import Market


def scenario(market: Market, times: Sequence[float], seed: int) -> Scenario:
    """The market's factors, in the order of `market.factors`, at the end of each period; their columns bear the names
    that formulas and Programs give them, `market.FACTOR`.

    `times`: T+1 year fractions from closing, the first 0. `seed`: 0 ≤ seed < 2**64. A path depends on the market, the
    times, the seed and its own number only. Raises DealError and UsageError.
    """
    if not 0 <= seed < 2**64:
        raise UsageError(Problem(f"seed {seed}", "a whole number from 0 to 2**64 - 1"))
    c = coefficients(market, times)
    columns = tuple(f"market.{name}" for name in c.columns)
    return Scenario(
        columns, seed, c.decay, c.shift, c.scale, c.start, c.level, c.low, c.high, c.is_exponential, c.mixing
    )
