"""Draws of copulas by numpy alone: what fits have to find again."""

from __future__ import annotations

import math

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


def garch(rng, n, alpha, beta, gamma=0.0, draw=None, below=0.5):
    """[n] of long-run variance 1 where α + β + γ·`below` is less than 1, after 500 steps that are forgotten; `draw(n)`
    of innovations with variance 1, normal by default, of whose z² the share `below` lies below 0."""
    z = rng.standard_normal(n + 500) if draw is None else draw(n + 500)
    omega, h, found = abs(1.0 - alpha - beta - gamma * below), 1.0, []
    for one in z.tolist():
        found.append(h**0.5 * one)
        h = omega + (alpha + gamma * (one < 0.0)) * found[-1] ** 2 + beta * h
    return np.array(found[500:])


def skewed_t(rng, n, nu, skew):
    """Hansen's (1994) by its inverse: halves of Student's t, 1 − λ and 1 + λ wide, with mean 0 and variance 1."""
    c = math.exp(math.lgamma((nu + 1) / 2) - math.lgamma(nu / 2)) / math.sqrt(math.pi * (nu - 2))
    a = 4 * skew * c * (nu - 2) / (nu - 1)
    b = math.sqrt(1 + 3 * skew**2 - a * a)
    side = np.where(rng.random(n) < (1 - skew) / 2, skew - 1, 1 + skew)
    return (side * np.abs(rng.standard_t(nu, n)) * math.sqrt((nu - 2) / nu) - a) / b
