"""Correlations that follow the stress of one series, by maximum likelihood: R(t) = (1 − w)·R_calm + w·R_stress."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.errors import Problem, UsageError, nearest

from . import density
from .correlation import correlations_of, free_of, from_free, likeliest, matrix_of
from .estimate import Estimate, estimates, sandwich
from .static_copula import pair_names

Array = NDArray[np.float64]
MEASURES = ("drawdown", "volatility")
STEEPEST = 50.0
LEAST_SHARE = 0.02  # of the steps on each side of the threshold, or one of the matrices is not seen


@attrs.frozen(eq=False)
class StressLinkFit:
    """w = logistic(steepness·(s − threshold)) of the stress s of `on`, by `measure`; `weights` [n] the w by step."""

    names: tuple[str, ...]
    on: str
    measure: str
    memory: float
    parameters: dict[str, Estimate]
    log_likelihood: float
    n: int
    calm: Array = attrs.field(repr=False)
    stress: Array = attrs.field(repr=False)
    weights: Array = attrs.field(repr=False)

    @property
    def aic(self) -> float:
        return 2.0 * len(self.parameters) - 2.0 * self.log_likelihood

    @property
    def bic(self) -> float:
        return math.log(self.n) * len(self.parameters) - 2.0 * self.log_likelihood


def stress_of(levels: Array, scores: Array, dt: float, volatility: float, measure: str, memory: float = 0.25) -> Array:
    """[n]: the stress at the beginning of each step, as the stress link of a market defines it, from n + 1 levels and
    the n normal scores between them.

        drawdown     ln(peak / S) / volatility, the peak since the first level
        volatility   (v − 1)/√(2(1 − λ)/(1 + λ)), v the mean of squared scores whose weights halve in `memory` years

    Raises UsageError: an unknown measure.
    """
    if measure == "drawdown":
        logs = np.log(levels)
        return np.asarray((np.maximum.accumulate(logs) - logs)[:-1] / volatility)
    if measure == "volatility":
        kept = math.exp(-math.log(2.0) * dt / memory)
        found, v = np.empty(len(scores)), 1.0
        for t, z in enumerate(scores):
            found[t] = v
            v = kept * v + (1.0 - kept) * float(z) * float(z)
        return np.asarray((found - 1.0) / math.sqrt(2.0 * (1.0 - kept) / (1.0 + kept)))
    raise UsageError(Problem(f"unknown measure of stress {measure!r}", nearest(measure, MEASURES)))


def fit_stress_link(
    z: Array, s: Array, names: Sequence[str], on: str, measure: str = "drawdown", memory: float = 0.25
) -> StressLinkFit:
    """Both matrices, steepness and threshold from normal scores z [n, d] and the stress s [n] known before each step.

    The threshold stays where at least LEAST_SHARE of the steps lie on each side. Sandwich errors, margins as known.
    """
    size = z.shape[1]
    count = size * (size - 1) // 2
    low, high = (float(x) for x in np.quantile(s, [LEAST_SHARE, 1.0 - LEAST_SHARE]))
    spread = max(float(s.std()), 1e-9)

    def unpacked(p: Array) -> tuple[Array, Array, float, float]:
        return from_free(p[:count], size), from_free(p[count:-2], size), math.exp(p[-2]), float(p[-1])

    def negative(p: Array) -> float:
        calm, stress, steepness, threshold = unpacked(p)
        value = float(density.gaussian(z, _mixed(calm, stress, logistic(steepness * (s - threshold)))).sum())
        return -value if math.isfinite(value) else 1e10

    point = min((_search(negative, z, s, float(np.quantile(s, q)), spread, (low, high)) for q in (0.5, 0.8, 0.92)),
                key=negative)  # fmt: skip
    calm, stress, steepness, threshold = unpacked(point)

    def observed(p: Array) -> Array:
        both = matrix_of(p[:-2].reshape(2, count), size)
        return density.gaussian(z, _mixed(both[0], both[1], logistic(float(p[-2]) * (s - float(p[-1])))))

    values = [*correlations_of(calm), *correlations_of(stress), steepness, threshold]
    room = [1.0 - abs(float(v)) for v in values[:-2]] + [steepness, math.inf]
    pair = pair_names(names)
    labels = [*(f"calm {p}" for p in pair), *(f"stress {p}" for p in pair), "steepness", "threshold"]
    return StressLinkFit(
        names=tuple(names),
        on=on,
        measure=measure,
        memory=memory,
        parameters=dict(zip(labels, estimates(values, sandwich(observed, values, room=room)), strict=True)),
        log_likelihood=-negative(point),
        n=len(z),
        calm=calm,
        stress=stress,
        weights=logistic(steepness * (s - threshold)),
    )


def logistic(x: Array) -> Array:
    """1 / (1 + e^−x)."""
    from scipy.special import expit

    return np.asarray(expit(x))


def _mixed(calm: Array, stress: Array, w: Array) -> Array:
    """[n, d, d]."""
    return np.asarray(calm + w[:, None, None] * (stress - calm))


def _search(
    negative: Callable[[Array], float], z: Array, s: Array, threshold: float, spread: float, bounds: tuple[float, float]
) -> Array:
    """A local maximum from the correlations below and above a threshold."""
    from scipy.optimize import minimize

    below, above = z[s <= threshold], z[s > threshold]
    parts = [likeliest(part.T @ part / len(part)) * 0.95 + 0.05 * np.eye(z.shape[1]) for part in (below, above)]
    start = np.concatenate([free_of(parts[0]), free_of(parts[1]), [math.log(3.0 / spread), threshold]])
    limits = [(-20.0, 20.0)] * (len(start) - 2) + [(math.log(0.05 / spread), math.log(STEEPEST / spread)), bounds]
    found = minimize(negative, start, method="L-BFGS-B", bounds=limits)
    return np.asarray(found.x)
