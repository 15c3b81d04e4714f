"""An estimate and how uncertain it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

Observed = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Parameters [k] → the log-likelihood of each observation [n]."""


@attrs.frozen
class Estimate:
    """`value` and its standard error `se`; NaN where none could be computed."""

    value: float
    se: float = math.nan

    def __str__(self) -> str:
        return f"{self.value:.4g} (se {self.se:.2g})" if math.isfinite(self.se) else f"{self.value:.4g}"


def long_run_error(influence: NDArray[np.float64]) -> float:
    """The standard error of an estimator from its influence on each observation [n], in order of time.

    Newey & West, Econometrica 55 (1987), Bartlett weights, 4·(n/100)^(2/9) lags: clusters of volatility make squares
    hang together, and errors that ignore them are too small.
    """
    n = len(influence)
    x = influence - influence.mean()
    lags = int(4.0 * (n / 100.0) ** (2.0 / 9.0))
    variance = float(x @ x) / n
    for lag in range(1, lags + 1):
        variance += 2.0 * (1.0 - lag / (lags + 1.0)) * float(x[lag:] @ x[:-lag]) / n
    return math.sqrt(max(variance, 0.0) / n)


def scores(observed: Observed, at: NDArray[np.float64], steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """[n, k]: the derivative of each observation's log-likelihood, by central differences."""
    columns = []
    for j, step in enumerate(steps):
        move = np.zeros(len(at))
        move[j] = step
        columns.append((observed(at + move) - observed(at - move)) / (2.0 * step))
    return np.column_stack(columns)


def hessian(observed: Observed, at: NDArray[np.float64], steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """[k, k]: the mean over the observations of the second derivatives, by central differences."""
    k = len(at)
    found = np.zeros((k, k))
    for i in range(k):
        for j in range(i, k):
            a, b = np.zeros(k), np.zeros(k)
            a[i], b[j] = steps[i], steps[j]
            corners = observed(at + a + b) - observed(at + a - b) - observed(at - a + b) + observed(at - a - b)
            found[i, j] = found[j, i] = float(corners.mean()) / (4.0 * steps[i] * steps[j])
    return found


def sandwich(
    observed: Observed,
    at: Sequence[float],
    *,
    room: Sequence[float] | None = None,
    extra: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None,
) -> NDArray[np.float64]:
    """[k, k]: the covariance H⁻¹·Σ·H⁻¹/n of a maximum-likelihood estimator; White, Econometrica 50 (1982).

    `room` [k]: how far each parameter may be moved without leaving its set. `extra(steps)` [n, k]: what the margins,
    estimated by ranks, add to the scores. NaN where the likelihood is not curved, as at the edge of the set.
    """
    point = np.asarray(at, dtype=np.float64)
    steps = 1e-4 * np.maximum(np.abs(point), 0.1)
    if room is not None:
        steps = np.minimum(steps, 0.4 * np.asarray(room, dtype=np.float64))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # of densities at the edge: NaN, and told so
        bent = hessian(observed, point, steps)
        gradient = scores(observed, point, steps)
        if extra is not None:
            gradient = gradient + extra(steps)
    n, k = gradient.shape
    if not np.isfinite(bent).all() or not (np.linalg.eigvalsh(-bent) > 0.0).all():
        return np.full((k, k), math.nan)
    inverse = np.linalg.inv(-bent)
    centred = gradient - gradient.mean(axis=0)
    return np.asarray(inverse @ (centred.T @ centred / n) @ inverse / n)


def estimates(values: Sequence[float], covariance: NDArray[np.float64]) -> tuple[Estimate, ...]:
    """Values with the roots of the covariance's diagonal."""
    with np.errstate(invalid="ignore"):
        errors = np.sqrt(np.diag(covariance))
    return tuple(Estimate(float(value), float(error)) for value, error in zip(values, errors, strict=True))
