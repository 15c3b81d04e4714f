"""The market of the scenario benchmark in plain numpy: a period at a time, all paths at once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr, stdtrit

from benchmarks.scenario_market import (
    CALM_DOF,
    CALM_RHO,
    DRIVERS,
    MONTHS,
    STRESS_DOF,
    STRESS_LASTS,
    STRESS_RHO,
    STRESS_SHARE,
)

Array = NDArray[np.float64]
DT = 1.0 / 12.0


def run(paths: int, seed: int = 0) -> Array:
    """[months, 6, paths]: rent, BTC, ETH, utilisation, power, rate."""
    rng = np.random.default_rng(seed)
    count = len(DRIVERS)
    eye, ones = np.eye(count), np.ones((count, count))
    roots = [np.linalg.cholesky(rho * ones + (1 - rho) * eye) for rho in (CALM_RHO, STRESS_RHO)]
    kept = math.exp(-DT / (STRESS_LASTS * (1 - STRESS_SHARE)))
    enter, stay = STRESS_SHARE * (1 - kept), STRESS_SHARE + (1 - STRESS_SHARE) * kept
    stress = rng.random(paths) < STRESS_SHARE
    out = np.empty((MONTHS, count, paths))
    x = np.zeros((count, paths))
    x[3], x[4], x[5] = math.log(0.9 / 0.1) - math.log(0.82 / 0.18), math.log(0.08 / 0.07), 0.04 - 0.035
    fall = np.zeros(paths)
    for month in range(MONTHS):
        if month:
            stress = rng.random(paths) < np.where(stress, stay, enter)
        e = rng.standard_normal((count, paths))
        z = np.where(stress, _scores(rng, roots[1] @ e, STRESS_DOF), _scores(rng, roots[0] @ e, CALM_DOF))
        fat = [_fat(z[k]) for k in (1, 2)]
        released = rng.random(paths) < 1 - math.exp(-0.5 * DT)
        fall += released * (math.log(0.85) + 0.1 * rng.standard_normal(paths))
        x[0] = _reverting(x[0], z[0], math.log(2) / 0.5, 0.35)
        for k, sigma in ((1, 0.5), (2, 0.7)):
            x[k] += -sigma * sigma / 2 * DT + sigma * math.sqrt(DT) * fat[k - 1]
        speed = math.log(2) / 0.5
        x[3] = _reverting(x[3], z[3], speed, 0.4 * math.sqrt(2 * speed))
        x[4] = _reverting(x[4], z[4], math.log(2) / 0.2, 0.6)
        x[5] = _reverting(x[5], z[5], 0.5, 0.01)
        out[month, 0] = 2.35 * np.exp(-0.25 * (month + 1) * DT + x[0] + fall)
        out[month, 1], out[month, 2] = 90_000.0 * np.exp(x[1]), 3_000.0 * np.exp(x[2])
        out[month, 3] = 1 / (1 + np.exp(-(math.log(0.82 / 0.18) + x[3])))
        out[month, 4], out[month, 5] = 0.07 * np.exp(x[4]), 0.035 + x[5]
    return out


def _scores(rng: np.random.Generator, y: Array, dof: float) -> Array:
    return ndtri(stdtr(dof, y * np.sqrt(dof / rng.chisquare(dof, y.shape[1]))))


def _fat(z: Array, dof: float = 4.0) -> Array:
    from scipy.special import ndtr

    return math.sqrt((dof - 2) / dof) * stdtrit(dof, ndtr(z))


def _reverting(x: Array, z: Array, speed: float, volatility: float) -> Array:
    decay = math.exp(-speed * DT)
    return decay * x + volatility * math.sqrt((1 - decay * decay) / (2 * speed)) * z
