"""Markov chains of two states, 0 and 1, in continuous time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tranche._kernels.scenario import exp


def chain_limits(probability: float, lasts: float, lengths: Sequence[float], start: str) -> NDArray[np.float64]:
    """P(state 1 at the end of a period) after state 0 and after state 1, [T, 2].

    `probability`: of state 1 in the long run; `lasts`: years that a spell of it lasts on average. It is left at the
    rate 1/lasts and entered at probability / ((1 − probability)·lasts); in the long run the lag-dt autocorrelation is
    exp(−dt / (lasts·(1 − probability))). `start` long_run: the first period has its state with probability
    `probability`.
    """
    kept = [exp(-dt / (lasts * (1.0 - probability))) for dt in lengths]
    rows = [[probability * (1.0 - k), probability + (1.0 - probability) * k] for k in kept]
    if start == "long_run":
        rows[0] = [probability, probability]
    return np.array(rows)
