"""Draws of copulas by numpy alone: what fits have to find again."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, stdtr


def gaussian(rng, n, matrix):
    return ndtr(rng.standard_normal((n, len(matrix))) @ np.linalg.cholesky(matrix).T)


def student(rng, n, matrix, dof):
    x = rng.standard_normal((n, len(matrix))) @ np.linalg.cholesky(matrix).T
    return stdtr(dof, x / np.sqrt(rng.chisquare(dof, n) / dof)[:, None])


def clayton(rng, n, theta, size=2):
    """By its frailty: V gamma(1/θ), U = (1 + E/V)^(−1/θ)."""
    v = rng.gamma(1.0 / theta, size=n)
    return (1.0 + rng.exponential(size=(n, size)) / v[:, None]) ** (-1.0 / theta)


def gumbel(rng, n, theta, size=2):
    """V positive stable (Chambers, Mallows & Stuck 1976), U = exp(−(E/V)^(1/θ))."""
    a = 1.0 / theta
    angle, e = rng.uniform(0, np.pi, n), rng.exponential(size=n)
    v = np.sin(a * angle) / np.sin(angle) ** (1 / a) * (np.sin((1 - a) * angle) / e) ** ((1 - a) / a)
    return np.exp(-((rng.exponential(size=(n, size)) / v[:, None]) ** a))


def frank(rng, n, theta, size=2):
    """V logarithmic."""
    p = -np.expm1(-theta)
    v = rng.logseries(p, n)
    return -np.log1p(-p * np.exp(-rng.exponential(size=(n, size)) / v[:, None])) / theta


def chain(rng, n, stay_calm, stay_stress):
    """[n] of 0 and 1: a two-state chain begun in calm."""
    found = np.zeros(n, dtype=int)
    draws = rng.random(n)
    for t in range(1, n):
        stay = stay_stress if found[t - 1] else stay_calm
        found[t] = found[t - 1] if draws[t] < stay else 1 - found[t - 1]
    return found
