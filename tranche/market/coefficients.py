"""The dynamics of all factors as one recursion, period by period: what the scenario kernel and its twin draw from.

    y[f] <- decay[t, f] · y[f] + (shift[t, f] + scale[t, f] · z[f]),   z = mixing · independent normals,   y = start

A factor's value at the end of period t is level · e**y where `is_exponential`, else level + y clipped to [low, high].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche._kernels.scenario import exp
from tranche.errors import DealError, Invalid, Place, Problem, UsageError

from .copula import mixing_matrix
from .terms import Lognormal, Market, Reverting

LARGEST_LOG = 700.0  # the kernel's exponential ends at 708
DEVIATIONS = 12.0  # no driver leaves ±8.3


@attrs.frozen(eq=False, kw_only=True)
class Coefficients:
    """float64 throughout but `is_exponential` (int32). decay, shift, scale [T, factors]; mixing [factors, factors];
    the others [factors]."""

    columns: tuple[str, ...]
    decay: NDArray[np.float64]
    shift: NDArray[np.float64]
    scale: NDArray[np.float64]
    start: NDArray[np.float64]
    level: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    is_exponential: NDArray[np.int32]
    mixing: NDArray[np.float64]


def coefficients(market: Market, times: Sequence[float]) -> Coefficients:
    """Resolve a market over `times`: T+1 year fractions from closing, the first 0, rising.

    Raises DealError (correlations that contradict each other, a factor that leaves the range of floating point) and
    UsageError (times).
    """
    steps = [float(b) - float(a) for a, b in pairwise(times)]
    if not steps or times[0] != 0 or not all(0 < dt < math.inf for dt in steps):
        raise UsageError(Problem("times do not rise from 0", "year fractions 0 = t0 < t1 < …, one more than periods"))
    factors = market.factors
    columns = tuple(factor.name for factor in factors)
    try:
        mixing = mixing_matrix(market.copula, columns)
    except Invalid as error:
        raise DealError(Problem(error.what, error.fix, Place("market.copula.gaussian"))) from error
    moves = np.array([[_move(factor, dt) for factor in factors] for dt in steps]).reshape(len(steps), len(factors), 3)
    problems = [p for k, f in enumerate(factors) if isinstance(f, Lognormal) for p in _overflow(f, moves[:, k])]
    if problems:
        raise DealError(problems)
    read = [_reading(factor) for factor in factors]
    start, level, low, high = (np.array([row[k] for row in read], dtype=np.float64) for k in range(4))
    return Coefficients(
        columns=columns,
        decay=np.ascontiguousarray(moves[:, :, 0]),
        shift=np.ascontiguousarray(moves[:, :, 1]),
        scale=np.ascontiguousarray(moves[:, :, 2]),
        start=start,
        level=level,
        low=low,
        high=high,
        is_exponential=np.array([isinstance(factor, Lognormal) for factor in factors], dtype=np.int32),
        mixing=mixing,
    )


def _move(factor: Lognormal | Reverting, dt: float) -> tuple[float, float, float]:
    """decay, shift and scale over `dt` years; exact in law, so that the payment frequency does not matter."""
    if isinstance(factor, Lognormal):
        return 1.0, (factor.drift - factor.volatility * factor.volatility / 2) * dt, factor.volatility * math.sqrt(dt)
    return exp(-factor.speed * dt), 0.0, factor.volatility * math.sqrt(dt * _mean_decay(2 * factor.speed * dt))


def _reading(factor: Lognormal | Reverting) -> tuple[float, float, float, float]:
    """start, level, low and high."""
    if isinstance(factor, Lognormal):
        return 0.0, factor.initial, 0.0, math.inf
    return factor.initial - factor.mean, factor.mean, factor.low, factor.high


def _mean_decay(x: float) -> float:
    """(1 − e**−x) / x, the mean of e**−s over 0 ≤ s ≤ x; by its series where the difference would cancel."""
    if abs(x) > 0.5:
        return (1.0 - exp(-x)) / x
    total = term = 1.0
    for n in range(2, 16):
        term *= -x / n
        total += term
    return total


def _overflow(factor: Lognormal, moves: NDArray[np.float64]) -> list[Problem]:
    reach = float(np.abs(moves[:, 1]).sum()) + DEVIATIONS * math.sqrt(float((moves[:, 2] ** 2).sum()))
    reach += abs(math.log(factor.initial)) if factor.initial > 0 else 0.0
    if reach <= LARGEST_LOG:
        return []
    return [
        Problem(
            f"drift {factor.drift:g} and volatility {factor.volatility:g} carry {factor.name!r} beyond floating point",
            "decimals per annum, such as -0.25 and 0.35",
            Place(f"market.factors.{factor.name}"),
        )
    ]
