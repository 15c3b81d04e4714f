"""Normal scores as quantiles of other laws."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from . import density

Array = NDArray[np.float64]
KEPT = 8  # laws whose quantiles are kept: derivatives by other parameters ask for the same ones again


class Scores:
    """Normal scores z [n, d] of ranks. A rank occurs in every series, so that each is turned into a quantile once."""

    def __init__(self, z: Array) -> None:
        self.z = z
        ranks, self._place = np.unique(z, return_inverse=True)
        self._u = np.asarray(ndtr(ranks))
        self._known: dict[float, Array] = {}

    def values(self, dof: float) -> Array:
        """t_ν⁻¹(u) [n, d]; the scores themselves where ν is infinite."""
        if math.isinf(dof):
            return self.z
        if dof not in self._known:
            if len(self._known) >= KEPT:
                del self._known[next(iter(self._known))]
            self._known[dof] = np.asarray(stdtrit(dof, self._u), dtype=np.float64)[self._place].reshape(self.z.shape)
        return self._known[dof]

    def log_density(self, matrix: Array, dof: float) -> Array:
        """[n] of the t copula with correlations R [d, d], of the Gaussian one where ν is infinite."""
        if math.isinf(dof):
            return density.gaussian(self.z, matrix)
        return density.student_scores(self.values(dof), matrix, dof)
