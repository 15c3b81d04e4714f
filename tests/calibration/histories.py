"""Histories made by numpy: laws and dependence that fits have to find again."""

from __future__ import annotations

import datetime as dt

import numpy as np
from scipy.special import ndtri

from tests.calibration import simulate
from tranche.calibration.correlation import matrix_of
from tranche.calibration.history import History, history_of

BEGIN = dt.date(2000, 1, 7)


def weekly(n: int) -> list[dt.date]:
    return [BEGIN + dt.timedelta(weeks=k) for k in range(n + 1)]


def converging(n: int = 1_000, seed: int = 1) -> History:
    """Rent and BTC, correlation 0.05 in calm and 0.85 in stress, and a utilisation that hangs on neither."""
    rng = np.random.default_rng(seed)
    state = simulate.chain(rng, n, 0.98, 0.93)
    calm = simulate.gaussian(rng, n, matrix_of(np.array([0.05]), 2))
    stress = simulate.gaussian(rng, n, matrix_of(np.array([0.85]), 2))
    z = ndtri(np.where(state[:, None] == 1, stress, calm))
    step = 7 / 365.25
    rent = 2.35 * np.exp(np.cumsum(np.append(0, (-0.25 - 0.35**2 / 2) * step + 0.35 * np.sqrt(step) * z[:, 0])))
    btc = 65e3 * np.exp(np.cumsum(np.append(0, (0.1 - 0.55**2 / 2) * step + 0.55 * np.sqrt(step) * z[:, 1])))
    use = reverting(rng, n, 0.8, 2.0, 0.12, step)
    return history_of(weekly(n), {"rent": rent, "btc": btc, "use": use}, "made.csv")


def reverting(rng, n, mean, speed, volatility, step):
    decay = np.exp(-speed * step)
    spread = volatility * np.sqrt((1 - decay**2) / (2 * speed))
    found = [mean]
    for e in rng.standard_normal(n):
        found.append(mean + decay * (found[-1] - mean) + spread * e)
    return np.array(found)
