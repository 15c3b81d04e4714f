"""Regimes of t copulas: the degrees of freedom of each, or one number for both."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from .correlation import likeliest
from .regime_copula import GAIN, LEAST_STAY, MOST_STAY, RegimeFit, finished, smooth
from .scores import Scores
from .static_copula import AT_EDGE, HIGHEST_DOF, LOWEST_DOF

Array = NDArray[np.float64]
ROUNDS = 200
BEGIN = (12.0, 6.0)  # degrees of freedom of calm and of stress
EVERY, SMALL = 5, 0.02  # rounds between searches for the dof; a gain below which every round has one
REACH = 1.0  # how far the logarithm of a dof may move in a round
DOUBTFUL = 20.0  # above it a Gaussian copula may do as well


def fit_student_regimes(z: Array, names: Sequence[str], gaussian: RegimeFit) -> tuple[RegimeFit, ...]:
    """From normal scores z [n, d] and the Gaussian regimes fitted to them: regimes with t copulas, one number of
    degrees of freedom for both, and one for each; a regime in which the Gaussian copula has the better BIC keeps that.
    Empty where no t copula gains.

    By expectation and conditional maximisation (Meng & Rubin, Biometrika 80, 1993): correlations and chain by EM, with
    the weights of a t law; the degrees of freedom by search on the likelihood that they enter.
    """
    shared = _em(z, gaussian, (True, True), shared=True)
    own = _em(z, gaussian, (True, True))
    trials = [own]
    for k in (0, 1):
        if own is None or (own[2][k] or 0.0) > DOUBTFUL:
            trials.append(_em(z, gaussian, (k == 1, k == 0)))
    fits = [finished(z, names, *trial) for trial in trials if trial is not None]
    found = sorted(fits, key=lambda fit: fit.bic)[:1]
    return tuple(found) if shared is None else (finished(z, names, *shared, shared=True), *found)


Found = tuple[Array, Array, tuple[float | None, float | None]]


def _em(z: Array, gaussian: RegimeFit, is_t: tuple[bool, bool], *, shared: bool = False) -> Found | None:
    """Stay [2], correlations [2, d, d] and degrees of freedom at a maximum near the Gaussian fit; None where one of the
    degrees of freedom goes to its upper end, which is a Gaussian copula."""
    scores, size = Scores(z), z.shape[1]
    stay = np.array([gaussian.chain.stay_calm, gaussian.chain.stay_stress])
    matrices = np.stack([gaussian.calm, gaussian.stress])
    stress = gaussian.probabilities
    dof = [BEGIN[k] if is_t[k] else math.inf for k in (0, 1)]
    best, gained = -math.inf, math.inf
    for turn in range(ROUNDS):
        weights = (1.0 - stress, stress)
        searches = turn % EVERY == 0 or gained < SMALL
        if searches:
            dof = _moved(scores, matrices, weights, dof, is_t, shared)
        for k in (0, 1):
            x, share = scores.values(dof[k]), weights[k] / weights[k].sum()
            if is_t[k]:
                form = np.einsum("ni,ij,nj->n", x, np.linalg.inv(matrices[k]), x)
                share = share * (dof[k] + size) / (dof[k] + form)
            matrices[k] = likeliest((share[:, None] * x).T @ x, matrices[k], steps=3)
        each = [scores.log_density(matrices[k], dof[k]) for k in (0, 1)]
        value, _, probabilities, jumps = smooth(np.stack(each, axis=1)[None], stay[None])
        gained, best = float(value[0]) - best, float(value[0])
        if any(is_t[k] and dof[k] > AT_EDGE for k in (0, 1)):
            return None
        if searches and turn and gained < GAIN:
            break
        stay = np.clip(jumps[0], LEAST_STAY, MOST_STAY)
        stress = probabilities[0]
    return stay, matrices, (dof[0] if is_t[0] else None, dof[1] if is_t[1] else None)


def _moved(
    scores: Scores, matrices: Array, weights: tuple[Array, Array], dof: list[float], is_t: tuple[bool, bool],
    shared: bool,
) -> list[float]:  # fmt: skip
    """The degrees of freedom that maximise the expected log-likelihood, within REACH of those before."""

    def expected(k: int, one: float) -> float:
        return float(weights[k] @ scores.log_density(matrices[k], one))

    if shared:
        one = _searched(lambda x: expected(0, x) + expected(1, x), dof[0])
        return [one, one]
    return [_searched(partial(expected, k), dof[k]) if is_t[k] else dof[k] for k in (0, 1)]


def _searched(value: Callable[[float], float], now: float) -> float:
    from scipy.optimize import minimize_scalar

    low, high = max(math.log(LOWEST_DOF), math.log(now) - REACH), min(math.log(HIGHEST_DOF), math.log(now) + REACH)
    found = minimize_scalar(
        lambda x: -value(math.exp(x)), bounds=(low, high), method="bounded", options={"xatol": 1e-3}
    )
    return math.exp(float(found.x))
