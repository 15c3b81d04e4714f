"""The tests that keep a claim of convergence honest."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.closed_forms.exceedance_correlation import exceedance_correlation

from .ranks import normal_scores
from .regime_copula import run_em, static_log_likelihood

Array = NDArray[np.float64]
THRESHOLDS = (-1.5, -1.25, -1.0, -0.75, -0.5, -0.25, 0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
FEWEST = 20  # pairs beyond a threshold, or its correlation says nothing
BATCH = 50  # histories that are fitted at once


@attrs.frozen(eq=False)
class ExceedanceTest:
    """Per threshold θ (negative: both below θ; 0 stands twice, below and above): the `correlation` of the pairs beyond,
    NaN where there are fewer than FEWEST or one of the two never moves, their `count`, the Gaussian copula's (`null`),
    and its 95% band over histories of the same length (`low`, `high`). `p_value`: how often a Gaussian copula's own
    history lies as far from its null, by the root mean square over the thresholds; NaN where none has a correlation."""

    pair: tuple[str, str]
    rho: float
    thresholds: tuple[float, ...]
    correlation: Array
    count: NDArray[np.int64]
    null: Array
    low: Array
    high: Array
    p_value: float


def exceedance_test(
    x: Array, y: Array, pair: tuple[str, str] = ("x", "y"), *, simulations: int = 499, seed: int = 0
) -> ExceedanceTest:
    """Exceedance correlations of normal scores against the Gaussian null: Longin & Solnik (2001), Ang & Chen (2002).

    Scores by rank, so that margins play no part. Under any Gaussian copula the correlations fall as θ moves outwards;
    what counts is where the data leave the band.
    """
    z = normal_scores(np.column_stack([x, y]))
    rho = float(np.clip((z[:, 0] * z[:, 1]).mean() / (z * z).mean(), -0.999, 0.999))
    found, count = _exceedances(z)
    null = np.array([exceedance_correlation(rho, abs(theta)) for theta in THRESHOLDS])
    rng = np.random.Generator(np.random.Philox(seed))
    drawn = np.empty((simulations, len(THRESHOLDS)))
    for k in range(simulations):
        e = rng.standard_normal((len(z), 2))
        e[:, 1] = rho * e[:, 0] + math.sqrt(1.0 - rho * rho) * e[:, 1]
        drawn[k] = _exceedances(normal_scores(e))[0]
    low, high, spread = (np.full(len(THRESHOLDS), math.nan) for _ in range(3))
    for k, column in enumerate(drawn.T):
        seen = column[np.isfinite(column)]
        if len(seen) >= simulations / 2:
            low[k], high[k] = np.quantile(seen, [0.025, 0.975])
            spread[k] = seen.std()
    known = np.isfinite(found) & np.isfinite(spread)
    distance = _root_mean_square(((found - null) / spread)[known])
    distances = np.array([_root_mean_square(((row - null) / spread)[known]) for row in drawn])
    p = (1.0 + float((distances >= distance).sum())) / (simulations + 1.0) if known.any() else math.nan
    return ExceedanceTest(pair, rho, THRESHOLDS, found, count, null, low, high, p)


@attrs.frozen(eq=False)
class ConvergenceTest:
    """Twice the gain in log-likelihood of two regimes over one copula, and how often histories drawn from that copula
    gain as much when they are fitted in the same way (`p_value`; `drawn` their ratios). No table has this law: under
    the null the chain's probabilities mean nothing (Davies, Biometrika 74, 1987)."""

    ratio: float
    p_value: float
    drawn: Array = attrs.field(repr=False)


def convergence_test(
    z: Array, *, bootstrap: int = 199, seed: int = 0, progress: Callable[[int], None] | None = None
) -> ConvergenceTest:
    """Whether calm equals stress, by parametric bootstrap of the likelihood ratio; z [n, d] normal scores."""
    from .correlation import likeliest

    root = np.linalg.cholesky(likeliest(z.T @ z / len(z)))
    ratio = _ratios(z[None])[0]
    rng = np.random.Generator(np.random.Philox(seed))
    drawn: list[float] = []
    while len(drawn) < bootstrap:
        some = min(BATCH, bootstrap - len(drawn))
        batch = np.stack([normal_scores(rng.standard_normal(z.shape) @ root.T) for _ in range(some)])
        drawn += list(_ratios(batch))
        if progress is not None:
            progress(some)
    p = (1.0 + sum(one >= ratio for one in drawn)) / (bootstrap + 1.0)
    return ConvergenceTest(float(ratio), float(p), np.array(drawn))


def _ratios(z: Array) -> Array:
    return np.asarray(np.maximum(2.0 * (run_em(z).log_likelihood - static_log_likelihood(z)), 0.0))


def _exceedances(z: Array) -> tuple[Array, NDArray[np.int64]]:
    """Correlation and number of the pairs beyond each of THRESHOLDS; the first half are below, the second above."""
    found, count = np.full(len(THRESHOLDS), math.nan), np.zeros(len(THRESHOLDS), dtype=np.int64)
    half = len(THRESHOLDS) // 2
    for k, theta in enumerate(THRESHOLDS):
        beyond = (z <= theta).all(axis=1) if k < half else (z >= theta).all(axis=1)
        count[k] = int(beyond.sum())
        if count[k] >= FEWEST and (np.ptp(z[beyond], axis=0) > 0.0).all():
            found[k] = float(np.corrcoef(z[beyond, 0], z[beyond, 1])[0, 1])
    return found, count


def _root_mean_square(x: Sequence[float] | Array) -> float:
    values = np.asarray(x, dtype=np.float64)
    values = values[np.isfinite(values)]
    return float(np.sqrt((values * values).mean())) if len(values) else math.nan
