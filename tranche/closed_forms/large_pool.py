"""A large homogeneous pool of credits with one Gaussian factor: Vasicek's loss distribution and its tranches."""

from __future__ import annotations

import math

from tranche.errors import Invalid

from .bivariate_normal import bivariate_normal


def large_pool_tranche_loss(pd: float, rho: float, recovery: float, attach: float, detach: float) -> float:
    """Expected loss of the tranche from `attach` to `detach`, fraction of its notional.

    E[min(max(L − A, 0), D − A)] / (D − A), L = (1 − R)·Φ((Φ⁻¹(PD) − √ρ·M)/√(1 − ρ)), M standard normal.
    `pd` over the horizon, 0 < pd < 1; `rho` the correlation of the latent variables, 0 < rho < 1; all fractions of the
    pool's notional. Vasicek, Risk 15 (2002). Raises Invalid.
    """
    _check(pd, rho, recovery)
    if not 0.0 <= attach < detach <= 1.0:
        raise Invalid(f"a tranche from {attach:g} to {detach:g}", "0 <= attach < detach <= 1")
    lost = 1.0 - recovery
    excess = _stop_loss(pd, rho, attach / lost) - _stop_loss(pd, rho, detach / lost)
    return lost * excess / (detach - attach)


def large_pool_loss_quantile(pd: float, rho: float, level: float) -> float:
    """The share of the pool defaulted that is not exceeded with probability `level`, 0 < level < 1:
    Φ((Φ⁻¹(PD) + √ρ·Φ⁻¹(level))/√(1 − ρ)). Raises Invalid."""
    from scipy.special import ndtr, ndtri

    _check(pd, rho, 0.0)
    if not 0.0 < level < 1.0:
        raise Invalid(f"the level is {level:g}", "a number between 0 and 1")
    return float(ndtr((ndtri(pd) + math.sqrt(rho) * ndtri(level)) / math.sqrt(1.0 - rho)))


def _stop_loss(pd: float, rho: float, k: float) -> float:
    """E[max(X − k, 0)] of the defaulted share X: Φ₂(Φ⁻¹(PD), m*; √ρ) − k·Φ(m*), X > k exactly for M < m*."""
    from scipy.special import ndtr, ndtri

    if k >= 1.0:
        return 0.0
    if k <= 0.0:
        return pd - k
    c = float(ndtri(pd))
    m = (c - math.sqrt(1.0 - rho) * float(ndtri(k))) / math.sqrt(rho)
    return bivariate_normal(c, m, math.sqrt(rho)) - k * float(ndtr(m))


def _check(pd: float, rho: float, recovery: float) -> None:
    for name, value in (("probability of default", pd), ("correlation", rho)):
        if not 0.0 < value < 1.0:
            raise Invalid(f"the {name} is {value:g}", "a number between 0 and 1")
    if not 0.0 <= recovery < 1.0:
        raise Invalid(f"the recovery is {recovery:g}", "0 or more, below 1")
