"""Log densities of copulas in any number of dimensions."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def gaussian(z: Array, matrix: Array) -> Array:
    """[n]: −½·ln|R| − ½·z′(R⁻¹ − I)z of normal scores z [n, d]; R [d, d], or one a row [n, d, d]."""
    _, log_det = np.linalg.slogdet(matrix)
    return np.asarray(-0.5 * (log_det + _form(z, matrix) - (z * z).sum(axis=1)))


def student(u: Array, matrix: Array, dof: float) -> Array:
    """[n]: the t copula of u [n, d] with correlations R and ν degrees of freedom. Demarta & McNeil, ISR 73 (2005)."""
    from scipy.special import stdtrit

    return student_scores(np.asarray(stdtrit(dof, u), dtype=np.float64), matrix, dof)


def student_scores(x: Array, matrix: Array, dof: float) -> Array:
    """`student` of the t quantiles x = t_ν⁻¹(u); R [d, d], or one a row [n, d, d]."""
    size = x.shape[1]
    _, log_det = np.linalg.slogdet(matrix)
    constant = math.lgamma((dof + size) / 2.0) - math.lgamma(dof / 2.0)
    constant -= size * (math.lgamma((dof + 1.0) / 2.0) - math.lgamma(dof / 2.0))
    joint = -0.5 * log_det - (dof + size) / 2.0 * np.log1p(_form(x, matrix) / dof)
    return np.asarray(constant + joint + (dof + 1.0) / 2.0 * np.log1p(x * x / dof).sum(axis=1))


def _form(x: Array, matrix: Array) -> Array:
    """[n]: x′R⁻¹x."""
    inverse = np.linalg.inv(matrix)
    return np.asarray(np.einsum("ni,nij,nj->n" if matrix.ndim == 3 else "ni,ij,nj->n", x, inverse, x))


def clayton(u: Array, theta: float) -> Array:
    """[n]: θ > 0. Π(1 + kθ) · Πu^(−1−θ) · (Σu^(−θ) − d + 1)^(−d−1/θ). Hofert, Mächler & McNeil, JMVA 110 (2012)."""
    size = u.shape[1]
    log_u = np.log(u)
    constant = math.fsum(math.log1p(k * theta) for k in range(size))
    power = -theta * log_u
    largest = power.max(axis=1)
    # ln(Σu^(−θ) − d + 1), of which powers beyond e^30 are kept in logarithms
    near = np.log1p(np.expm1(np.minimum(power, 30.0)).sum(axis=1))
    far = largest + np.log(np.exp(power - largest[:, None]).sum(axis=1) - (size - 1.0) * np.exp(-largest))
    total = np.where(largest < 30.0, near, far)
    return np.asarray(constant - (1.0 + theta) * log_u.sum(axis=1) - (size + 1.0 / theta) * total)


def gumbel(u: Array, theta: float) -> Array:
    """[n]: θ ≥ 1. The generator's d-th derivative is e^(−x)·t^(−d)·Σ a_dk(1/θ)·x^k with x = t^(1/θ); ibid."""
    size, alpha = u.shape[1], 1.0 / theta
    minus_log = -np.log(u)
    total = (minus_log**theta).sum(axis=1)
    x = total**alpha
    polynomial = np.zeros(len(u))
    for k in range(size, 0, -1):
        polynomial = (polynomial + _gumbel_weight(size, k, alpha)) * x
    each = (theta - 1.0) * np.log(minus_log).sum(axis=1) + minus_log.sum(axis=1)
    return np.asarray(size * math.log(theta) + each - x - size * np.log(total) + np.log(polynomial))


def frank(u: Array, theta: float) -> Array:
    """[n]: θ > 0, or below 0 in two dimensions. (θ/(1 − e^−θ))^(d−1)·Li_{1−d}(h)/h·e^(−θ·Σu); ibid."""
    size = u.shape[1]
    if abs(theta) < 1e-8:
        return np.zeros(len(u))
    span = -math.expm1(-theta)
    # h = Π(1 - e**-θu) / (1 - e**-θ)**(d - 1), and 1 - h, which is next to nothing where θu is large
    if theta > 0.0:
        log_h = np.log1p(-np.exp(-theta * u)).sum(axis=1) - (size - 1) * math.log1p(-math.exp(-theta))
        h, rest = np.exp(log_h), -np.expm1(log_h)
    else:
        h = np.prod(-np.expm1(-theta * u) / span, axis=1) * span
        rest = 1.0 - h
    # Σ k!·S(d, k + 1)·(h/(1 − h))^k/(1 − h), as a polynomial over (1 − h)^d
    shape = sum(math.factorial(k) * _subsets(size, k + 1) * h**k * rest ** (size - 1 - k) for k in range(size))
    ratio = np.log(shape) - size * np.log(rest)
    return np.asarray((size - 1) * math.log(theta / span) + ratio - theta * u.sum(axis=1))


@cache
def _subsets(n: int, k: int) -> int:
    """Stirling numbers of the second kind."""
    if n == k:
        return 1
    if k == 0 or k > n:
        return 0
    return k * _subsets(n - 1, k) + _subsets(n - 1, k - 1)


@cache
def _cycles(n: int, k: int) -> int:
    """Signed Stirling numbers of the first kind."""
    if n == k:
        return 1
    if k == 0 or k > n:
        return 0
    return _cycles(n - 1, k - 1) - (n - 1) * _cycles(n - 1, k)


def _gumbel_weight(size: int, k: int, alpha: float) -> float:
    """a_dk(α) = (−1)^(d−k)·Σ_j α^j·s(d, j)·S(j, k)."""
    total = math.fsum(alpha**j * _cycles(size, j) * _subsets(j, k) for j in range(k, size + 1))
    return float((-1) ** (size - k)) * total
