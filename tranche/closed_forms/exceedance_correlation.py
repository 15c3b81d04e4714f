"""Correlation of what lies beyond a threshold: the Gaussian null that every claim of convergence has to beat."""

from __future__ import annotations

import math

from tranche.errors import Invalid

from .bivariate_normal import bivariate_normal


def exceedance_correlation(rho: float, threshold: float) -> float:
    """corr(X, Y | X ≥ θ, Y ≥ θ) of standard normals with correlation `rho`, −1 < rho < 1; by symmetry also of both
    ≤ −θ. `threshold` θ in standard deviations, at most 8 (beyond, the moments cancel to nothing in floating point).

    It falls towards 0 as θ grows although the dependence is the same: Longin & Solnik, J. Finance 56 (2001); moments
    of the truncated law: Rosenbaum, JRSS B 23 (1961). Raises Invalid.
    """
    if not -1.0 < rho < 1.0:
        raise Invalid(f"the correlation is {rho:g}", "a number between -1 and 1")
    if not abs(threshold) <= 8.0:
        raise Invalid(f"the threshold is {threshold:g} standard deviations", "a number from -8 to 8")
    variance, covariance = _central(rho, threshold)
    return covariance / variance


def _central(rho: float, h: float) -> tuple[float, float]:
    """Variance of X and covariance of X and Y, given that both exceed h."""
    from scipy.special import ndtr

    rest = math.sqrt(1.0 - rho * rho)
    share = bivariate_normal(-h, -h, rho)
    edge = _density(h) * float(ndtr(-h * (1.0 - rho) / rest)) / share
    corner = rest * _density(h * math.sqrt(2.0 / (1.0 + rho))) / (math.sqrt(2.0 * math.pi) * share)
    mean = (1.0 + rho) * edge
    square = 1.0 + (1.0 + rho * rho) * h * edge + rho * corner
    product = rho + 2.0 * rho * h * edge + corner
    return square - mean * mean, product - mean * mean


def _density(x: float) -> float:
    return math.exp(-x * x / 2.0) / math.sqrt(2.0 * math.pi)
