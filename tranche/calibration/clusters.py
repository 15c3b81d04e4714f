"""Clusters of volatility: whether there are any, and what they do to the error of a mean of squares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FASTEST_LAGS = 8  # of squared residuals in the test of volatility clusters
NO_CLUSTERS = 0.2  # its p-value from which on squares are taken as independent
SHORTEST = 1e-3  # of α + β
STARTS = [(share, total) for total in (0.5, 0.8, 0.9, 0.95, 0.98, 0.99) for share in (0.03, 0.1, 0.3)]


def arch_test(residuals: Array) -> float:
    """The p-value of Engle's Lagrange-multiplier test on FASTEST_LAGS lags: small where volatility clusters.
    1 where it moves in the first steps alone. Econometrica 50 (1982)."""
    from scipy.stats import chi2

    square = residuals**2
    lagged = np.column_stack([square[FASTEST_LAGS - k : len(square) - k] for k in range(1, FASTEST_LAGS + 1)])
    target = square[FASTEST_LAGS:]
    design = np.column_stack([np.ones(len(target)), lagged])
    rest = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    total = float(((target - target.mean()) ** 2).sum())
    if total < 1e-12:
        return 1.0
    explained = 1.0 - float(rest @ rest) / total
    return float(chi2.sf(len(target) * explained, FASTEST_LAGS))


def whitened(square: Array) -> Array:
    """[n]: what each step adds, in the long run, to the sum of `square` [n] − 1, squares whose mean is 1: free of
    autocorrelation, so that its plain variance is that of the mean.

    With a GARCH(1, 1) of h = 1 − α − β + α·square + β·h before each step, sums of square − 1 are those of
    (1 + α/(1 − α − β))·(square − h), up to what happens at the ends: Francq, Horváth & Zakoïan, J. Financial
    Econometrics 9 (2011). α and β by Gaussian quasi-likelihood. Squares of a GARCH hang together for a hundred steps
    and more while each correlates little with the next, so that windows of lags, fixed or chosen by an autoregression
    of order one, stop far too early. Squares that do not cluster, such as those of a price that is seldom set anew, are
    no GARCH: they stay square − 1.
    """
    from scipy.optimize import minimize
    from scipy.signal import lfilter

    if arch_test(np.sqrt(square)) > NO_CLUSTERS:
        return square - 1.0
    longest = 1.0 - 2.0 / len(square)  # no history knows of a memory longer than itself

    def expected(p: Array) -> Array:
        alpha, beta = p[0] * p[1], (1.0 - p[0]) * p[1]
        news = np.concatenate([[1.0], 1.0 - p[1] + alpha * square[:-1]])
        return np.asarray(lfilter([1.0], [1.0, -beta], news))

    def loss(p: Array) -> float:
        h = expected(p)
        return float((np.log(h) + square / h).mean())

    start = min((np.array(one) for one in STARTS), key=loss)
    found = minimize(loss, start, method="L-BFGS-B", bounds=[(0.0, 1.0), (SHORTEST, longest)])
    best = min((start, np.asarray(found.x)), key=loss)
    return np.asarray((1.0 + best[0] * best[1] / (1.0 - best[1])) * (square - expected(best)))
