"""What conditioning on one variable does to a correlation that never changed, and how to undo it."""

from __future__ import annotations

import math

from tranche.errors import Invalid


def conditional_correlation(rho: float, variance_ratio: float) -> float:
    """The correlation of X and Y within a set of X in which X has `variance_ratio` times its variance.

    ρ_A = ρ·√(v / (1 − ρ²·(1 − v))), whatever the set, as long as Y is linear in X with an independent rest. Boyer,
    Gibson & Loretan, FRB International Finance 597 (1999). Raises Invalid.
    """
    _check(rho, variance_ratio)
    return rho * math.sqrt(variance_ratio / (1.0 - rho * rho * (1.0 - variance_ratio)))


def forbes_rigobon(rho: float, variance_ratio: float) -> float:
    """The correlation that remains of `rho`, measured while X had `variance_ratio` times its calm variance, once the
    larger variance is allowed for: ρ* = ρ / √(1 + δ·(1 − ρ²)), δ = variance_ratio − 1.

    Undoes `conditional_correlation`. Forbes & Rigobon, J. Finance 57 (2002), (11): it holds for a change in the
    variance of X alone, without omitted variables. Raises Invalid.
    """
    _check(rho, variance_ratio)
    return rho / math.sqrt(1.0 + (variance_ratio - 1.0) * (1.0 - rho * rho))


def truncated_variance(threshold: float) -> float:
    """The variance of a standard normal above `threshold`: 1 + t·λ − λ², λ = φ(t)/Φ(−t)."""
    from scipy.special import log_ndtr

    hazard = math.exp(-threshold * threshold / 2.0 - math.log(2.0 * math.pi) / 2.0 - float(log_ndtr(-threshold)))
    return 1.0 + threshold * hazard - hazard * hazard


def _check(rho: float, variance_ratio: float) -> None:
    if not -1.0 <= rho <= 1.0:
        raise Invalid(f"the correlation is {rho:g}", "a number from -1 to 1")
    if not 0.0 < variance_ratio < math.inf:
        raise Invalid(f"the ratio of the variances is {variance_ratio:g}", "a number above 0")
