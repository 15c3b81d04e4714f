"""Correlations that follow the stress of one series, by maximum likelihood: R(t) = (1 − w)·R_calm + w·R_stress."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.errors import Problem, UsageError, nearest

from .correlation import correlations_of, free_of, from_free, likeliest, matrix_of
from .criteria import Criteria
from .estimate import Estimate, estimates, sandwich
from .scores import Scores
from .static_copula import AT_EDGE, HIGHEST_DOF, LOWEST_DOF, pair_names

Array = NDArray[np.float64]
MEASURES = ("drawdown", "volatility")
STEEPEST = 50.0
FIRST_LOG_DOF = math.log(8.0)
LEAST_SHARE = 0.02  # of the steps on each side of the threshold, or one of the matrices is not seen


@attrs.frozen(eq=False)
class StressLinkFit(Criteria):
    """w = logistic(steepness·(s − threshold)) of the stress s of `on`, by `measure`; `weights` [n] the w by step; `dof`
    of the t copula, None of the Gaussian one."""

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
    dof: float | None = None

    @property
    def label(self) -> str:
        """What tables call it."""
        return f"stress_link{'' if self.dof is None else ' of t'} on {self.on}, {self.measure}"


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
    starts = [_start(z, s, float(np.quantile(s, q)), _spread(s)) for q in (0.5, 0.8, 0.92)]
    return _fit(z, s, names, on, measure, memory, starts)


def fit_student_link(z: Array, s: Array, gaussian: StressLinkFit) -> StressLinkFit | None:
    """The same of a t copula, whose degrees of freedom are those of calm and of stress, as markets draw it; from the
    Gaussian fit. None where they go to their upper end, which is the Gaussian copula."""
    begin = [free_of(0.999 * matrix + 0.001 * np.eye(z.shape[1])) for matrix in (gaussian.calm, gaussian.stress)]
    steepness, threshold = (gaussian.parameters[name].value for name in ("steepness", "threshold"))
    start = np.concatenate([*begin, [math.log(steepness), threshold, FIRST_LOG_DOF]])
    found = _fit(z, s, gaussian.names, gaussian.on, gaussian.measure, gaussian.memory, [start], of_t=True)
    return None if found.dof is None or found.dof > AT_EDGE else found


def _fit(
    z: Array, s: Array, names: Sequence[str], on: str, measure: str, memory: float, starts: Sequence[Array],
    of_t: bool = False,
) -> StressLinkFit:  # fmt: skip
    """The best of the local maxima from `starts`: free correlations of calm and stress, ln steepness, threshold and,
    `of_t`, ln dof."""
    scores, size = Scores(z), z.shape[1]
    count = size * (size - 1) // 2
    spread = _spread(s)
    low, high = (float(x) for x in np.quantile(s, [LEAST_SHARE, 1.0 - LEAST_SHARE]))
    limits = [(-20.0, 20.0)] * (2 * count) + [(math.log(0.05 / spread), math.log(STEEPEST / spread)), (low, high)]
    limits += [(math.log(LOWEST_DOF), math.log(HIGHEST_DOF))] if of_t else []

    def log_density(matrices: Array, steepness: float, threshold: float, dof: float) -> Array:
        weights = logistic(steepness * (s - threshold))
        return scores.log_density(matrices[0] + weights[:, None, None] * (matrices[1] - matrices[0]), dof)

    def unpacked(p: Array) -> tuple[Array, float, float, float]:
        matrices = np.stack([from_free(p[k * count : (k + 1) * count], size) for k in (0, 1)])
        return matrices, math.exp(p[2 * count]), float(p[2 * count + 1]), math.exp(p[-1]) if of_t else math.inf

    def negative(p: Array) -> float:
        value = float(log_density(*unpacked(p)).sum())
        return -value if math.isfinite(value) else 1e10

    def observed(p: Array) -> Array:
        both = matrix_of(p[: 2 * count].reshape(2, count), size)
        return log_density(both, float(p[2 * count]), float(p[2 * count + 1]), float(p[-1]) if of_t else math.inf)

    point = min((_search(negative, start, limits) for start in starts), key=negative)
    matrices, steepness, threshold, dof = unpacked(point)
    values = [*correlations_of(matrices).ravel(), steepness, threshold, *([dof] if of_t else [])]
    room = [*(1.0 - np.abs(values[: 2 * count])), steepness, math.inf, *([dof - 0.5] if of_t else [])]
    pair = pair_names(names)
    labels = [*(f"calm {p}" for p in pair), *(f"stress {p}" for p in pair), "steepness", "threshold", "dof"]
    return StressLinkFit(
        names=tuple(names),
        on=on,
        measure=measure,
        memory=memory,
        parameters=dict(zip(labels, estimates(values, sandwich(observed, values, room=room)), strict=of_t)),
        log_likelihood=-negative(point),
        n=len(z),
        calm=matrices[0],
        stress=matrices[1],
        weights=logistic(steepness * (s - threshold)),
        dof=dof if of_t else None,
    )


def logistic(x: Array) -> Array:
    """1 / (1 + e^−x)."""
    from scipy.special import expit

    return np.asarray(expit(x))


def _spread(s: Array) -> float:
    return max(float(s.std()), 1e-9)


def _start(z: Array, s: Array, threshold: float, spread: float) -> Array:
    """The correlations below and above a threshold, and a steepness that tells them apart."""
    below, above = z[s <= threshold], z[s > threshold]
    parts = [likeliest(part.T @ part / len(part)) * 0.95 + 0.05 * np.eye(z.shape[1]) for part in (below, above)]
    return np.concatenate([free_of(parts[0]), free_of(parts[1]), [math.log(3.0 / spread), threshold]])


def _search(negative: Callable[[Array], float], start: Array, limits: list[tuple[float, float]]) -> Array:
    """A local maximum."""
    from scipy.optimize import minimize

    return np.asarray(minimize(negative, start, method="L-BFGS-B", bounds=limits).x)
