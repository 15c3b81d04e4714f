"""Internal rate of return."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .figures import Figures
from .root import root

RECEIVED = {
    "residual": ("distribution",),
    "debt": ("interest", "cap_shortfall", "commitment_fee", "principal", "prepaid", "converted", "call_premium"),
}
LENT = {"residual": (), "debt": ("drawn", "drawn_outside")}
STEEPEST = 600.0  # |log rate · longest time|: beyond it e**x leaves the range of floating point
TOLERANCE = 1e-14  # of the log rate


def irr(figures: Figures, name: str) -> float:
    """The yield of a class bought at closing at its issue price (100% unless the deal says otherwise): see
    `rate_of_return` of its mean cash flows.

    Debt receives interest, principal, scheduled and swept, commitment fees, call premiums and the shares that it
    converts into, and lends what is drawn later; a residual receives distributions, and what a sponsor pays in as an
    equity cure or for a call is not counted against them. NaN without a notional, or when
    nothing comes back.
    """
    claim = figures.claim(name)
    received = figures.mean(*[f"{name}.{field}" for field in RECEIVED[claim.kind]])
    for field in LENT[claim.kind]:
        received = received - figures.mean(f"{name}.{field}")
    return rate_of_return(np.concatenate([[-claim.invested], received]), figures.program.times)


def rate_of_return(flows: ArrayLike, times: Sequence[float]) -> float:
    """The effective annual rate r, a decimal, with Σ flow(k)·(1 + r)^−t(k) = 0; `times` in years.

    The convention of a spreadsheet's XIRR when times are ACT/365F. NaN where the flows have no sign change.
    """
    cash = np.asarray(flows, dtype=np.float64)
    if not np.fmin.reduce(cash, initial=0.0) < 0.0 < np.fmax.reduce(cash, initial=0.0):
        return math.nan
    past, limit = _exponents(tuple(times))

    def value(log_rate: float) -> float:
        return float(cash.dot(np.exp(log_rate * past)))

    reach = 1.0
    while (low := value(-reach)) * (high := value(reach)) > 0:
        if reach >= limit:
            return math.nan
        reach = min(2.0 * reach, limit)
    return math.expm1(root(value, -reach, reach, low, high, TOLERANCE))


@lru_cache(maxsize=16)
def _exponents(times: tuple[float, ...]) -> tuple[NDArray[np.float64], float]:
    """Of e**(log rate): −t(k); and the largest |log rate| for them. All classes have the same, and most deals."""
    years = np.asarray(times, dtype=np.float64)
    return -years, STEEPEST / float(years.max())
