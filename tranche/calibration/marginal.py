"""The law of one series, lognormal or mean-reverting, with its errors, and the residuals that copulas are fitted to."""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.errors import DataError, Place, Problem

from .estimate import Estimate, estimates, long_run_error, sandwich
from .history import History

FASTEST_LAGS = 8  # of squared residuals in the test of volatility clusters


@attrs.frozen(eq=False)
class Marginal:
    """`kind` lognormal or reverting; `parameters` per annum, decimals; `last` the last level; `residuals` [rows − 1],
    one a step, standardised; `dof` of a t fitted to them, None where the normal has the better BIC; `clusters` the
    p-value of Engle's test that squared residuals do not hang together; `warnings` what a reader should know."""

    name: str
    kind: str
    parameters: dict[str, Estimate]
    last: float
    low: float
    high: float
    residuals: NDArray[np.float64] = attrs.field(repr=False)
    dof: Estimate | None = None
    clusters: float = math.nan
    filtered: str = ""
    warnings: tuple[str, ...] = ()


def lognormal(history: History, name: str) -> Marginal:
    """Log returns r with mean m and variance s²: volatility = s/√dt, drift = m/dt + volatility²/2, so that
    E[S(t)] = S(0)·e^(drift·t). Errors by the influence of each return, with its neighbours'. Raises DataError: a level
    of zero or below."""
    levels = history.column(name)
    bad = np.flatnonzero(levels <= 0.0)
    if len(bad):
        what = f"{name} is {levels[bad[0]]:g} on {history.dates[bad[0]]}, and on {len(bad)} dates zero or below"
        fix = f"a price is positive; a level that may be zero reverts: --reverting {name}"
        raise DataError(Problem(what, fix, Place(name, history.source)))
    returns = np.diff(np.log(levels))
    if float(returns.std()) < 1e-12:
        raise DataError(Problem(f"{name} never moves", "a series with changes", Place(name, history.source)))
    dt = history.dt
    mean, variance = float(returns.mean()), float(returns.var())
    shock = returns - mean
    square = shock * shock - variance
    volatility = Estimate(math.sqrt(variance / dt), long_run_error(square / (2.0 * math.sqrt(variance * dt))))
    drift = Estimate(mean / dt + variance / (2.0 * dt), long_run_error((shock + square / 2.0) / dt))
    residuals = shock / math.sqrt(variance)
    return Marginal(
        name=name,
        kind="lognormal",
        parameters={"drift": drift, "volatility": volatility},
        last=float(levels[-1]),
        low=0.0,
        high=math.inf,
        residuals=residuals,
        dof=student_dof(residuals),
        clusters=arch_test(residuals),
    )


def reverting(history: History, name: str) -> Marginal:
    """The exact discretisation x' = m + (x − m)·φ + e of the reverting factor, by least squares, which is maximum
    likelihood: speed = −ln φ/dt, volatility = σ_e·√(2·speed/(1 − φ²)). Errors by the sandwich. Raises DataError: no
    reversion in the data."""
    levels, dt = history.column(name), history.dt
    before, after = levels[:-1], levels[1:]
    if float(levels.std()) < 1e-12:
        raise DataError(Problem(f"{name} never moves", "a series with changes", Place(name, history.source)))
    phi = float(np.cov(before, after, bias=True)[0, 1] / before.var())
    if not 0.0 < phi < 1.0:
        what = f"{name} does not revert: each level is {phi:.3f} of the one before it, measured from the mean"
        fix = "a longer history, or a lognormal law for a price" if phi >= 1.0 else "a finer frequency"
        raise DataError(Problem(what, fix, Place(name, history.source)))
    mean = float((after.mean() - phi * before.mean()) / (1.0 - phi))
    rest = after - mean - phi * (before - mean)

    def observed(p: NDArray[np.float64]) -> NDArray[np.float64]:
        decay = math.exp(-p[1] * dt)
        spread = p[2] * math.sqrt((1.0 - decay * decay) / (2.0 * p[1]))
        z = (after - p[0] - decay * (before - p[0])) / spread
        return np.asarray(-z * z / 2.0 - math.log(spread))

    speed = -math.log(phi) / dt
    volatility = float(rest.std()) * math.sqrt(2.0 * speed / (1.0 - phi * phi))
    values = (mean, speed, volatility)
    found = estimates(values, sandwich(observed, values, room=(math.inf, speed, volatility)))
    inside = bool((levels >= 0.0).all() and (levels <= 1.0).all())
    stationary = volatility / math.sqrt(2.0 * speed)
    low, high = (0.0, 1.0) if inside else (mean - 10.0 * stationary, mean + 10.0 * stationary)
    warnings = []
    stuck = int(((levels == low) | (levels == high)).sum())
    if stuck:
        warnings.append(f"{name} stands at its bound on {stuck} dates: its volatility is understated")
    if found[1].se > found[1].value / 2.0:
        warnings.append(f"the speed of {name} is hardly known: the history is short for it")
    residuals = rest / float(rest.std())
    return Marginal(
        name=name,
        kind="reverting",
        parameters=dict(zip(("mean", "speed", "volatility"), found, strict=True)),
        last=float(levels[-1]),
        low=low,
        high=high,
        residuals=residuals,
        dof=student_dof(residuals),
        clusters=arch_test(residuals),
        warnings=tuple(warnings),
    )


def student_dof(residuals: NDArray[np.float64]) -> Estimate | None:
    """The degrees of freedom of a t law with mean 0 and variance 1, ν > 2, by maximum likelihood; None where a normal
    has the better BIC."""
    from scipy.optimize import minimize_scalar
    from scipy.stats import norm, t

    n = len(residuals)

    def observed(p: NDArray[np.float64]) -> NDArray[np.float64]:
        scale = math.sqrt((p[0] - 2.0) / p[0])
        return np.asarray(t.logpdf(residuals / scale, p[0]) - math.log(scale))

    found = minimize_scalar(
        lambda x: -float(observed(np.array([2.0 + math.exp(x)])).sum()), bounds=(-3.0, 6.0), method="bounded",
        options={"xatol": 1e-8},
    )  # fmt: skip
    dof = 2.0 + math.exp(float(found.x))
    if -2.0 * float(found.fun) - math.log(n) <= 2.0 * float(norm.logpdf(residuals).sum()):
        return None
    return estimates([dof], sandwich(observed, [dof], room=[dof - 2.0]))[0]


def arch_test(residuals: NDArray[np.float64]) -> float:
    """The p-value of Engle's Lagrange-multiplier test on FASTEST_LAGS lags: small where volatility clusters.
    Econometrica 50 (1982)."""
    from scipy.stats import chi2

    square = residuals**2
    lagged = np.column_stack([square[FASTEST_LAGS - k : len(square) - k] for k in range(1, FASTEST_LAGS + 1)])
    target = square[FASTEST_LAGS:]
    design = np.column_stack([np.ones(len(target)), lagged])
    rest = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    explained = 1.0 - float(rest @ rest) / float(((target - target.mean()) ** 2).sum())
    return float(chi2.sf(len(target) * explained, FASTEST_LAGS))
