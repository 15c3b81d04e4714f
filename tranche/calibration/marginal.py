"""The law of one series, lognormal or mean-reverting, with its errors, and the residuals that copulas are fitted to."""

from __future__ import annotations

import math

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.errors import DataError, Place, Problem

from .clusters import arch_test, whitened
from .estimate import Estimate, estimates, long_run_error, sandwich
from .history import History


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
    E[S(t)] = S(0)·e^(drift·t). Errors by the influence of each return, with its neighbours', and of its square with
    what it tells of squares to come (`whitened`). Where the memory of volatility is long beside the history they are
    still too small, for such a history shows too few spells; and no error of a variance has the normal law where tails
    are as fat as those of a t with 4 degrees of freedom. Raises DataError: a level of zero or below."""
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
    square = variance * whitened(shock * shock / variance)
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
    likelihood: speed = −ln φ/dt, volatility = σ_e·√(2·speed/(1 − φ²)). Errors by the sandwich, squares as in
    `lognormal`. Raises DataError: no reversion in the data."""
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
    square = (rest / float(rest.std())) ** 2
    # the scores know squares by themselves, (z² − 1)·∂ln σ_e/∂p: what is added is the memory of their clusters
    slope = np.array([0.0, _slope_of_speed(speed, dt), 1.0 / volatility])
    memory = (whitened(square) - (square - 1.0))[:, None] * slope
    found = estimates(values, sandwich(observed, values, room=(math.inf, speed, volatility), extra=lambda _: memory))
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


def reverting_scale(law: Marginal, dt: float) -> float:
    """The error of ln √(2·speed/(1 − φ²)), by which the volatility of a reverting law is more than that of its steps; 0
    of a lognormal law."""
    if law.kind != "reverting":
        return 0.0
    speed = law.parameters["speed"]
    return abs(_slope_of_speed(speed.value, dt)) * speed.se


def _slope_of_speed(speed: float, dt: float) -> float:
    """∂/∂speed of ln √((1 − e^(−2·speed·dt))/(2·speed)), which falls with speed."""
    return dt / math.expm1(2.0 * speed * dt) - 0.5 / speed


def student_dof(residuals: NDArray[np.float64]) -> Estimate | None:
    """The degrees of freedom ν > 2 of a t law with mean 0, by maximum likelihood together with its scale; None where a
    normal has the better BIC. The scale is not that of the variance, which few observations make where tails are fat;
    it is unknown too, and the error of ν is that of both together."""
    from scipy.optimize import minimize
    from scipy.special import gammaln

    n = len(residuals)

    def observed(p: NDArray[np.float64]) -> NDArray[np.float64]:
        dof, scale = float(p[0]), float(p[1])
        constant = float(gammaln((dof + 1.0) / 2.0) - gammaln(dof / 2.0)) - math.log(dof * math.pi) / 2.0
        return np.asarray(constant - math.log(scale) - (dof + 1.0) / 2.0 * np.log1p((residuals / scale) ** 2 / dof))

    def point(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([2.0 + math.exp(x[0]), math.exp(x[1])])

    def loss(x: NDArray[np.float64]) -> float:
        return -float(observed(point(x)).mean())

    deviation = float(np.sqrt((residuals**2).mean()))
    start = np.array([math.log(4.0), math.log(deviation / math.sqrt(1.5))])  # ν = 6
    limits = [(-3.0, 6.0), (float(start[1]) - 10.0, float(start[1]) + 2.0)]
    found = minimize(loss, start, method="L-BFGS-B", bounds=limits)
    values = point(np.asarray(found.x))
    normal = -n * (math.log(2.0 * math.pi * deviation**2) + 1.0) / 2.0
    if 2.0 * float(observed(values).sum()) - math.log(n) <= 2.0 * normal:
        return None
    return estimates(list(values), sandwich(observed, list(values), room=[values[0] - 2.0, values[1]]))[0]
