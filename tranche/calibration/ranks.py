"""From residuals to the copula's scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pseudo_observations(residuals: NDArray[np.float64]) -> NDArray[np.float64]:
    """[n, d]: rank/(n + 1) of each residual in its column, mean ranks for equal ones, so strictly inside (0, 1)."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(residuals, axis=0) / (len(residuals) + 1.0))


def normal_scores(residuals: NDArray[np.float64]) -> NDArray[np.float64]:
    """[n, d]: the normal quantiles of the pseudo-observations. Their margins are normal, whatever the data's were, so
    that what is left to see in them is the copula."""
    from scipy.special import ndtri

    return np.asarray(ndtri(pseudo_observations(residuals)))
